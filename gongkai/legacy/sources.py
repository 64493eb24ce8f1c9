"""Files of an old site as a stream of rows: JSON lines or CSV, compressed or in an archive.

Memory does not grow with the file: one line (or one quoted CSV record) at a time. What cannot be
read becomes a row with a problem that names it; reading goes on behind it.
"""

import csv
import gzip
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from gongkai.legacy import encodings
from gongkai.legacy.lines import MAX_LINE, Line, lines
from gongkai.legacy.rules import ValueProblem

_QUOTED_LINES: Final = 5000
_FORMS: Final = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".ndjson", ".json")


class SourceError(Exception):
    """The file as a whole cannot be used; the message is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row by its line number: its values, or what is wrong with it."""

    number: int
    values: dict[str, Any] | None = None
    problem: ValueProblem | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file that has been looked at: its form, encoding, delimiter and column heads."""

    path: Path
    member: str
    form: str
    encoding: str
    delimiter: str
    heads: tuple[str, ...]
    size: int

    @property
    def name(self) -> str:
        """The file's name for people."""
        return self.path.name

    @property
    def described(self) -> str:
        """Form and encoding in a few words."""
        form = "JSON 行" if self.form == "jsonl" else "CSV 表格"
        return f"{form}，{encodings.LABELS[self.encoding]} 编码"


def fingerprint(path: Path) -> str:
    """SHA-256 of the file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def look(path: Path, name: str = "") -> Source:
    """Look at the beginning of a file. Raises SourceError."""
    if not path.is_file():
        raise SourceError(f"读不到文件“{path.name}”，请核对路径。")
    size = path.stat().st_size
    if size == 0:
        raise SourceError(f"文件“{path.name}”是空的，没有可以读入的内容，请重新导出。")
    shown = (name or path.name).lower()
    member = ""
    if shown.endswith(".zip"):
        member = _member(path)
        shown = member.lower()
    form = next((f for f in _FORMS if shown.endswith(f)), "")
    if not form:
        raise SourceError(
            f"文件“{name or path.name}”不是可以读入的格式，请给 .jsonl、.jsonl.gz、.csv，"
            "或装有其中一个文件和附件的 .zip。"
        )
    kind = "csv" if "csv" in form else "jsonl"
    with _open(path, member) as handle:
        try:
            sample = handle.read(encodings.SAMPLE)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(
                f"“{path.name}”解不开（{_short(error)}），请重新压缩或传输。"
            ) from error
    if not sample.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise SourceError(f"文件“{path.name}”里没有内容，请重新导出。")
    encoding = encodings.detect(sample)
    delimiter = ""
    heads: tuple[str, ...] = ()
    if kind == "csv":
        delimiter, heads = _csv_heads(sample, encoding, path.name)
    else:
        heads = _json_heads(sample, encoding)
        if not heads:
            raise SourceError(
                f"“{path.name}”的开头没有一行是 JSON 对象，请核对是不是“每行一条”的 JSON。"
            )
    return Source(path, member, kind, encoding, delimiter, heads, size)


def _short(error: Exception) -> str:
    return type(error).__name__


def _member(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
    except (zipfile.BadZipFile, OSError) as error:
        raise SourceError(f"压缩包“{path.name}”打不开，请重新打包。") from error
    if any(info.flag_bits & 1 for info in infos):
        raise SourceError(f"压缩包“{path.name}”加了密码，请去掉密码重新打包。")
    data = [
        i.filename
        for i in infos
        if i.filename.lower().endswith((".jsonl", ".jsonl.gz", ".csv", ".ndjson"))
        and not i.filename.startswith("__MACOSX/")
    ]
    # Tables among the attachments lie in folders; the data file stands at the top.
    top = [name for name in data if "/" not in name] or data
    found = [name for name in top if not name.lower().endswith(".csv")] or top
    if len(found) != 1:
        raise SourceError(
            f"压缩包里应当只有一个 .jsonl 或 .csv 数据文件，现在有 {len(found)} 个，请整理后重新打包。"
        )
    return found[0]


@contextmanager
def _open(path: Path, member: str) -> Iterator[IO[bytes]]:
    if member:
        with zipfile.ZipFile(path) as archive, archive.open(member) as raw:
            if member.lower().endswith(".gz"):
                with gzip.open(raw, "rb") as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield raw
    elif path.name.lower().endswith(".gz"):
        with gzip.open(path, "rb") as packed:
            yield packed  # type: ignore[misc]
    else:
        with path.open("rb") as plain:
            yield plain


# --- JSON lines ----------------------------------------------------------------------------------


class _TwiceError(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _TwiceError(key)
            seen.add(key)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)


def parse_line(text: str, *, ended: bool = True) -> dict[str, Any]:
    """One JSON object. Raises ValueProblem naming what is wrong."""
    try:
        found = _DECODER.decode(text.strip())
    except _TwiceError as error:
        raise ValueProblem(
            "duplicate_key",
            f"字段“{str(error)[:40]}”出现了两次",
            "请核对导出程序，一个字段只写一次。",
        ) from None
    except (ValueError, RecursionError) as error:
        if not ended:
            raise ValueProblem(
                "truncated", "最后一行不完整，文件在中间断了", "请重新导出或重新传输这个文件。"
            ) from None
        place = getattr(error, "colno", 0)
        where = f"第 {place} 个字符附近" if place else "内容"
        raise ValueProblem(
            "json", f"不是完整的 JSON：{where}写法有误", "请核对引号、逗号和换行；每行一个对象。"
        ) from None
    if not isinstance(found, dict):
        raise ValueProblem("json", "这一行不是 JSON 对象", "每行应当是一个 { } 对象。")
    return found


def _json_rows(handle: IO[bytes], source: Source) -> Iterator[SourceRow]:
    for line in lines(handle, source.encoding):
        if line.problem:
            yield SourceRow(line.number, problem=line.problem)
        elif line.text.strip():
            try:
                yield SourceRow(line.number, parse_line(line.text, ended=line.ended))
            except ValueProblem as problem:
                yield SourceRow(line.number, problem=problem)


def _json_heads(sample: bytes, encoding: str) -> tuple[str, ...]:
    """Keys in the first readable lines, each once."""
    text = sample.decode(encoding, errors="replace").lstrip("\ufeff")
    heads: dict[str, None] = {}
    for line in text.splitlines()[:60]:
        try:
            heads |= dict.fromkeys(parse_line(line))
        except ValueProblem:
            continue
    return tuple(heads)


# --- CSV -----------------------------------------------------------------------------------------


def _csv_heads(sample: bytes, encoding: str, name: str) -> tuple[str, tuple[str, ...]]:
    text = sample.decode(encoding, errors="replace").lstrip("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = {d: first.count(d) for d in (",", "\t", ";", "|")}
    delimiter = max(counts, key=lambda d: counts[d])
    heads = tuple(h.strip() for h in next(csv.reader([first], delimiter=delimiter), []))
    if len(heads) < 2:
        raise SourceError(
            f"“{name}”的第一行看不出列名，请核对：第一行是列名，列之间用逗号、分号或制表符隔开。"
        )
    twice = [h for h in dict.fromkeys(heads) if heads.count(h) > 1]
    if twice or "" in heads:
        what = f"列名“{'、'.join(twice)}”重复" if any(twice) else "有的列没有列名"
        raise SourceError(f"“{name}”的第一行里{what}，请改好再读。")
    return delimiter, heads


def _open_quote(text: str, delimiter: str, inside: bool) -> bool:
    """Whether a quoted field is still open at the end of a line that began ``inside`` one."""
    place, size = 0, len(text)
    while place < size:
        if inside:
            place = text.find('"', place)
            if place < 0:
                return True
            if text[place + 1 : place + 2] == '"':
                place += 2
                continue
            inside = False
            place += 1
        else:
            quote = text.find('"', place)
            if quote < 0:
                return False
            if quote == 0 or text[quote - 1] == delimiter:
                inside = True
            place = quote + 1
    return inside


_QUOTES = ValueProblem(
    "quotes", "从这一行开始有一个引号没有配对", "请核对这一行的引号；字段里的引号要写成两个。"
)


def _records(handle: IO[bytes], source: Source) -> Iterator[tuple[int, str, ValueProblem | None]]:
    """Whole records with the number of their first line; a quote that never closes costs only
    the line it stands in."""
    fresh = lines(handle, source.encoding)
    waiting: list[Line] = []
    while True:
        line = waiting.pop(0) if waiting else next(fresh, None)
        if line is None:
            return
        if line.problem:
            yield line.number, "", line.problem
            continue
        if '"' not in line.text or not _open_quote(
            line.text.rstrip("\r\n"), source.delimiter, False
        ):
            yield line.number, line.text, None
            continue
        taken, length, closed = [line], len(line.text), False
        while not closed and len(taken) < _QUOTED_LINES and length < MAX_LINE:
            following = waiting.pop(0) if waiting else next(fresh, None)
            if following is None:
                break
            taken.append(following)
            length += len(following.text)
            if following.problem:
                break
            closed = not _open_quote(following.text.rstrip("\r\n"), source.delimiter, True)
        text = "".join(part.text for part in taken)
        # A stray quote may meet the next one by chance: then the columns do not come out.
        if closed and len(_cells(text, source) or ()) == len(source.heads):
            yield line.number, text, None
        else:
            yield line.number, "", _QUOTES
            waiting = taken[1:] + waiting


def _cells(text: str, source: Source) -> list[str] | None:
    """The cells of one record; None when its quotes are wrong."""
    try:
        buffer = io.StringIO(text, newline="")
        return next(csv.reader(buffer, delimiter=source.delimiter, strict=True))
    except (csv.Error, StopIteration):
        return None


def _csv_rows(handle: IO[bytes], source: Source) -> Iterator[SourceRow]:
    csv.field_size_limit(MAX_LINE)
    width = len(source.heads)
    headed = False
    for number, text, problem in _records(handle, source):
        if problem:
            yield SourceRow(number, problem=problem)
            continue
        if not text.strip():
            continue
        if not headed:
            headed = True
            continue
        cells = _cells(text, source)
        if cells is None:
            yield SourceRow(number, problem=_QUOTES)
            continue
        if len(cells) != width:
            reason = f"这一行有 {len(cells)} 列，表头有 {width} 列"
            yield SourceRow(
                number,
                problem=ValueProblem("columns", reason, "请核对分隔符和引号，或补齐缺的列。"),
            )
            continue
        yield SourceRow(number, dict(zip(source.heads, cells, strict=True)))


def rows(source: Source, *, after: int = 0) -> Iterator[SourceRow]:
    """Every row behind line ``after``, in order."""
    with _open(source.path, source.member) as handle:
        reader = _csv_rows if source.form == "csv" else _json_rows
        for row in reader(handle, source):
            if row.number > after:
                yield row
