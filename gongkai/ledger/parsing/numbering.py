"""Numbers in front of sections and points: 一、 （一） 1. （1） ① 第一章."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gongkai.core.numerals import chinese_to_int

#: Depth of the styles, from chapter to circled digit. Official papers nest them in this order.
CHAPTER, SECTION, GROUP, ARABIC, BRACKETED, CIRCLED = range(6)

_CN: Final = "一二三四五六七八九十百〇零"
_MARKER: Final = re.compile(
    rf"第(?P<chapter>[{_CN}]{{1,5}})(?:章|节|部分|条)[、：:\s\u3000]?"
    rf"|(?P<section>[{_CN}]{{1,5}})[、．.]"
    rf"|[（(](?P<group>[{_CN}]{{1,5}})[）)][、.．]?"
    r"|(?P<arabic>\d{1,3})(?:[.．、](?!\d)|[.．](?=(?:19|20)\d\d(?:年|[-—－–至])))"
    r"|(?:[（(](?P<bracketed>\d{1,3})[）)]|(?P<half>\d{1,2})[）)])[、.．]?"
    r"|(?P<circled>[①-⑳])"
)
_RANKS: Final = {
    "chapter": CHAPTER,
    "section": SECTION,
    "group": GROUP,
    "arabic": ARABIC,
    "bracketed": BRACKETED,
    "half": BRACKETED,
    "circled": CIRCLED,
}


@dataclass(frozen=True, slots=True)
class Marker:
    """A number at ``start``; ``label`` is what is written, ``rank`` its depth."""

    rank: int
    number: int
    label: str
    start: int
    end: int


def _marker(match: re.Match[str]) -> Marker | None:
    style = match.lastgroup or ""
    written = match.group(style)
    if style == "circled":
        number = ord(written) - 0x245F
    elif style in ("chapter", "section", "group"):
        try:
            number = chinese_to_int(written)
        except ValueError:
            return None
    else:
        number = int(written)
    if number == 0:
        return None
    return Marker(_RANKS[style], number, match.group().strip(), match.start(), match.end())


def marker_at(text: str, position: int = 0) -> Marker | None:
    """The number that begins at ``position``, if any."""
    match = _MARKER.match(text, position)
    return _marker(match) if match else None


def markers_in(text: str) -> Iterator[Marker]:
    """All places that look like a number, wherever they stand; the caller judges each."""
    for match in _MARKER.finditer(text):
        marker = _marker(match)
        if marker is not None:
            yield marker
