"""The table a benchmark prints, and the page it leaves in ``benchmarks/results/``."""

import os
import platform
import statistics
import sys
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
HEAD = ("measure", "figure", "yardstick", "ratio", "required", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One measure. ``ratio`` is figure ÷ yardstick; ``kept`` None: for information only."""

    measure: str
    figure: str
    yardstick: str = ""
    ratio: float | None = None
    required: str = ""
    kept: bool | None = None

    @property
    def verdict(self) -> str:
        """PASS or MISS where something is required, else nothing."""
        return "" if self.kept is None else "PASS" if self.kept else "MISS"

    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        return (
            self.measure,
            self.figure,
            self.yardstick,
            "" if self.ratio is None else f"{self.ratio:.2f}",
            self.required,
            self.verdict,
        )


@dataclass(slots=True)
class Result:
    """What one benchmark found."""

    name: str
    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: list[tuple[str, tuple[str, ...], list[tuple[str, ...]]]] = field(default_factory=list)
    skipped: str = ""

    def add(
        self,
        measure: str,
        figure: str,
        yardstick: str = "",
        ratio: float | None = None,
        limit: float | None = None,
        least: float | None = None,
    ) -> None:
        """Append a row; with a ``limit`` the ratio must not be greater, with ``least`` not less."""
        kept, required = None, ""
        if limit is not None:
            kept, required = None if ratio is None else ratio <= limit, f"≤ {limit:g}"
        elif least is not None:
            kept, required = None if ratio is None else ratio >= least, f"≥ {least:g}"
        self.rows.append(Row(measure, figure, yardstick, ratio, required, kept))

    def need(self, measure: str, figure: str, required: str, kept: bool) -> None:
        """Append a row that is right or wrong."""
        self.rows.append(Row(measure, figure, required=required, kept=kept))

    @property
    def missed(self) -> bool:
        """Whether something required was not kept."""
        return any(row.kept is False for row in self.rows)


def ms(seconds: float) -> str:
    """A duration for a table."""
    return f"{seconds * 1000:.2f} ms" if seconds < 1 else f"{seconds:.1f} s"


def median(values: Sequence[float]) -> float:
    """The median; benchmarks run on shared machines, where a mean says little."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def machine() -> str:
    """Processor, memory and versions; never the name of the machine."""
    import sqlite3

    import django
    import wagtail

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = ""
    if hasattr(os, "sysconf"):
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        memory = f", {size:.0f} GiB memory"
    return (
        f"{os.cpu_count()} × {model}{memory}; Python {platform.python_version()}, "
        f"Django {django.get_version()}, Wagtail {wagtail.__version__}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def load_average() -> str:
    """How busy the machine is beside the benchmark (1 minute), where the system tells."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _plain(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(_width(line[n]) for line in (head, *rows)) for n in range(len(head))]
    lines = []
    for line in (head, *rows):
        cells = (c + " " * (w - _width(c)) for c, w in zip(line, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)])


def show(result: Result) -> None:
    """Print the tables and notes."""
    print(f"\n{result.name}: {result.title}")
    if result.skipped:
        print(f"  NOT RUN: {result.skipped}")
        return
    if result.rows:
        print(_plain(HEAD, [row.cells() for row in result.rows]))
    for title, head, rows in result.tables:
        print(f"\n{title}")
        print(_plain(head, rows))
    for note in result.notes:
        print(f"- {note}")
    sys.stdout.flush()


def write(result: Result, *, command: str, seconds: float, load: str) -> Path | None:
    """Write ``results/<name>.md``; nothing for a benchmark that could not run."""
    if result.skipped:
        return None
    from django.db import connection

    parts = [
        f"# {result.name}: {result.title}",
        "",
        f"- Machine: {machine()}",
        f"- Database: {connection.vendor}",
        f"- Date: {time.strftime('%Y-%m-%d')}, {seconds:.0f} s; load of the machine at the start "
        f"{load}, at the end {load_average()}",
        f"- Command: `{command}`",
        "",
    ]
    if result.rows:
        parts += [_markdown(HEAD, [row.cells() for row in result.rows]), ""]
    for title, head, rows in result.tables:
        parts += [f"## {title}", "", _markdown(head, rows), ""]
    parts += [f"- {note}" for note in result.notes]
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{result.name}.md"
    path.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")
    return path
