"""Text files whose lines were broken at a fixed width: put the paragraphs together again."""

import re
import unicodedata
from collections import Counter
from typing import Final

from gongkai.ledger.parsing.cleaning import Line
from gongkai.ledger.parsing.numbering import marker_at

_FEWEST_LINES: Final = 12
_WIDTHS: Final = range(24, 161)
#: A full line may fall this short (columns): no mark may begin the next line.
_SLACK: Final = 3
_LONGEST_INDENT: Final = 16
_INDENT: Final = re.compile(r"[\u3000\xa0]|\s{2}")


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def _printed(source: str, line: Line) -> str:
    """The whole printed line, indent included."""
    near = max(0, line.start - _LONGEST_INDENT)
    begin = source.rfind("\n", near, line.start) + 1
    if not begin and near:
        begin = line.start
    return source[begin : line.end]


def wrap_width(source: str, lines: list[Line]) -> int:
    """Width in columns at which the lines were broken, 0 when they were not."""
    if len(lines) < _FEWEST_LINES or max(line.end - line.start for line in lines) > 200:
        return 0
    widths = [_columns(_printed(source, line)) for line in lines]
    width, _ = Counter(widths).most_common(1)[0]
    if width not in _WIDTHS:
        return 0
    full = sum(width - _SLACK <= number <= width + _SLACK for number in widths)
    longer = sum(number > width + _SLACK for number in widths)
    return width if full * 3 >= len(widths) and longer * 20 <= len(widths) else 0


def unwrap(source: str, lines: list[Line]) -> list[Line]:
    """Join lines that fill the width to the line after them; leave other texts alone."""
    width = wrap_width(source, lines)
    if not width:
        return lines
    out: list[Line] = []
    full = False
    for line in lines:
        printed = _printed(source, line)
        follows = (
            full
            and not _INDENT.match(printed)
            and marker_at(line.text) is None
            and line.style != "rule"
            and source.count("\n", out[-1].end, line.start) == 1
        )
        if follows:
            out[-1] = _join(out[-1], line)
        else:
            out.append(line)
        full = _columns(printed) >= width - _SLACK
    return out


def _join(first: Line, second: Line) -> Line:
    ops = {place: ("join", "") for place in range(first.end, second.start)}
    return Line(
        first.text + second.text,
        [*first.origin, *second.origin],
        first.start,
        second.end,
        {**first.ops, **ops, **second.ops},
        first.level,
        first.style,
    )
