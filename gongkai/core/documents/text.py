"""Plain text and Markdown: find the encoding, then mark paragraphs in the text as it stands."""

import re
from itertools import pairwise
from typing import Final

from gongkai.core.documents.model import (
    Block,
    Cell,
    DocumentError,
    Paragraph,
    SourceDocument,
    Table,
)

_UNREADABLE: Final = (
    "文件的文字编码无法识别，读出来是乱码。请用记事本打开，确认文字正常后，"
    "另存为 UTF-8 编码再上传。"
)
#: Marks left by text that was once decoded with the wrong table.
_MOJIBAKE: Final = ("锟斤拷", "烫烫烫", "屯屯屯")


def _han_share(text: str) -> float:
    sample = text[:4000]
    if not sample:
        return 0.0
    good = sum(
        "\u4e00" <= char <= "\u9fff" or char in "，。、；：（）《》“”\n\r\t" or " " <= char <= "~"
        for char in sample
    )
    return good / len(sample)


def _bad_controls(text: str) -> int:
    return sum(text.count(chr(code)) for code in range(32) if code not in (9, 10, 12, 13))


def decode(data: bytes) -> tuple[str, str]:
    """Return (text, encoding). Tries UTF-8, UTF-16 and GB18030, in that order of certainty.

    Raises DocumentError("unreadable") when none of them gives clean text: a document with lost
    characters must not enter the ledger.
    """
    for bom, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(bom):
            try:
                return _checked(data.decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise DocumentError("unreadable", _UNREADABLE) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if "\x00" not in text:
            return _checked(text, "utf-8")
    if len(data) % 2 == 0:
        best = max(
            (_try(data, encoding) for encoding in ("utf-16-le", "utf-16-be")),
            key=lambda pair: _han_share(pair[0]),
        )
        if b"\x00" in data and _han_share(best[0]) > 0.8:
            return _checked(*best)
    if b"\x00" not in data:
        # Text that is UTF-8 but for a few broken bytes must not be taken for GB18030.
        repaired = data.decode("utf-8", "replace")
        broken = repaired.count("\ufffd")
        if not (broken * 50 < len(repaired) and _han_share(repaired) > 0.9):
            text, encoding = _try(data, "gb18030")
            if text and _han_share(text) > 0.6:
                return _checked(text, encoding)
    raise DocumentError("unreadable", _UNREADABLE)


def _try(data: bytes, encoding: str) -> tuple[str, str]:
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        return "", encoding


def _checked(text: str, encoding: str) -> tuple[str, str]:
    if "\x00" in text or _bad_controls(text) > 3 + len(text) // 500:
        raise DocumentError("unreadable", _UNREADABLE)
    if any(mark in text for mark in _MOJIBAKE) or text.count("\ufffd") > len(text) // 200:
        raise DocumentError("unreadable", _UNREADABLE)
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


_LINE: Final = re.compile(r"[^\n\f]+")
#: Web copies put a whole document on one line and keep the two-character paragraph indent.
_INDENT: Final = re.compile(r"(?:[\u3000\xa0]{2,}|[\u3000\xa0] +[\u3000\xa0])")
_LONG_LINE: Final = 120


def _page_breaks(text: str) -> tuple[int, ...]:
    return tuple(match.start() + 1 for match in re.finditer("\f", text))


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a very long line at paragraph indents; trim every piece."""
    cuts = [start]
    if end - start > _LONG_LINE:
        for match in _INDENT.finditer(text, start, end):
            cuts.append(match.start())
    cuts.append(end)
    pieces = []
    for left, right in pairwise(cuts):
        while left < right and text[left].isspace():
            left += 1
        while right > left and text[right - 1].isspace():
            right -= 1
        if left < right:
            pieces.append((left, right))
    return pieces


_RULE: Final = re.compile(r"(?:[-*_=—─－]\s*){3,}")


def read_text(text: str, filename: str, encoding: str) -> SourceDocument:
    """Every non-empty line is a paragraph; hard-wrapped lines are for the reader of the content."""
    blocks: list[Block] = []
    for line in _LINE.finditer(text):
        for start, end in _pieces(text, line.start(), line.end()):
            piece = text[start:end]
            style = "rule" if len(piece) < 200 and _RULE.fullmatch(piece) else ""
            blocks.append(Paragraph(piece, start, end, None, style))
    return SourceDocument("text", text, tuple(blocks), filename, encoding, _page_breaks(text))


_HEADING: Final = re.compile(r" {0,3}(#{1,6})[ \t]+")
_TABLE_RULE: Final = frozenset(" \t|:-")


def read_markdown(text: str, filename: str, encoding: str) -> SourceDocument:
    """Markdown as official texts use it: headings, rules, pipe tables, bold lines."""
    blocks: list[Block] = []
    pending: list[tuple[int, int]] = []

    def flush() -> None:
        if pending:
            blocks.append(_pipe_table(text, pending))
            pending.clear()

    for line in _LINE.finditer(text):
        start, end = line.span()
        stripped = line.group().strip()
        if not stripped:
            continue
        if stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 2:
            pending.append((start, end))
            continue
        flush()
        level = None
        style = ""
        heading = _HEADING.match(text, start, end)
        if heading:
            start, level = heading.end(), len(heading.group(1))
            while end > start and text[end - 1] in "# \t":
                end -= 1
        elif len(stripped) < 200 and _RULE.fullmatch(stripped):
            style = "rule"
        elif stripped.startswith(("> ", ">")) and len(stripped) > 1:
            start = text.index(">", start) + 1
        for left, right in _pieces(text, start, end):
            piece_left, piece_right = _unbold(text, left, right)
            blocks.append(
                Paragraph(text[piece_left:piece_right], piece_left, piece_right, level, style)
            )
    flush()
    return SourceDocument("markdown", text, tuple(blocks), filename, encoding, _page_breaks(text))


def _unbold(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the marks when the whole paragraph is bold."""
    for mark in ("**", "__"):
        if (
            end - start > 4
            and text.startswith(mark, start)
            and text.endswith(mark, start, end)
            and text.count(mark, start, end) == 2
        ):
            return start + 2, end - 2
    return start, end


def _pipe_table(text: str, lines: list[tuple[int, int]]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for start, end in lines:
        if "-" in (drawn := text[start:end]) and _TABLE_RULE.issuperset(drawn):
            continue
        left = text.index("|", start) + 1
        cells: list[Cell] = []
        while left < end:
            right = text.find("|", left, end)
            if right < 0:
                break
            a, b = left, right
            while a < b and text[a].isspace():
                a += 1
            while b > a and text[b - 1].isspace():
                b -= 1
            cells.append(Cell(text[a:b], a, b, False, (len(rows), len(cells))))
            left = right + 1
        rows.append(tuple(cells))
    width = max((len(row) for row in rows), default=0)
    full = tuple(
        row
        + tuple(
            Cell("", lines[0][0], lines[0][0], False, (number, column))
            for column in range(len(row), width)
        )
        for number, row in enumerate(rows)
    )
    return Table(full, lines[0][0], lines[-1][1])
