"""What screening reports: findings that name the place, the fault and the remedy."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """BLOCK stops publication, WARN asks a person to look, INFO only tells."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


SEVERITY_LABELS: Final = {
    Severity.BLOCK: "不得发布",
    Severity.WARN: "请核对",
    Severity.INFO: "提示",
}
_ORDER: Final = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. ``excerpt_masked`` shows its surroundings and never a personal number.

    ``field`` is the field's key or ``file:<n>``; ``where`` is for people (附件《…》第3页);
    ``start`` and ``end`` are offsets into the text of a field, None for files.
    """

    code: str
    severity: Severity
    field: str
    where: str
    excerpt_masked: str
    message: str
    remedy: str
    start: int | None = None
    end: int | None = None

    @property
    def sentence(self) -> str:
        """The whole finding as one Chinese line."""
        place = f"{self.where}：" if self.where else ""
        return f"{place}{self.message}{self.remedy}"


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one inspection, the blocking ones first."""

    findings: tuple[Finding, ...]

    @property
    def blocking(self) -> bool:
        """Whether anything found must be put right before publication."""
        return any(finding.severity is Severity.BLOCK for finding in self.findings)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity is severity)


def report_of(findings: Iterable[Finding]) -> Report:
    """Make a report: severest first, otherwise in the order of finding."""
    return Report(tuple(sorted(findings, key=lambda f: _ORDER[f.severity])))


def capped(findings: Iterable[Finding], limit: int, where: str) -> Iterator[Finding]:
    """Pass at most ``limit`` findings of one code and count the rest in one line at ``where``.

    A leaked list holds thousands of numbers; a reviewer needs the first ones and the count.
    """
    seen: Counter[str] = Counter()
    last: dict[str, Finding] = {}
    for finding in findings:
        seen[finding.code] += 1
        last[finding.code] = finding
        if seen[finding.code] <= limit:
            yield finding
    for code, count in seen.items():
        if count > limit:
            rest = f"同类问题共{count}处，已列出前{limit}处，其余未逐条列出。"
            yield replace(last[code], where=where, excerpt_masked="", message=rest)
