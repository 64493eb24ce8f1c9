"""Making text that was read out of a file fit for searching: pure functions on strings."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

PAGE_MARK: Final = "\f"
"""Stands between the pages of a stored text."""

_LINE_ENDS: Final = re.compile("\r\n?|[\v\x85\u2028\u2029]")
#: Controls, invisible marks, directions, surrogates, private use (bullets of symbol fonts).
_DROPPED: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef"
    "\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\ufff9-\uffff]"
)
#: Fonts of PDF files often give 一 and 人 as radicals, which look the same and are never typed.
_RADICALS: Final = re.compile("[\u2e80-\u2ef3\u2f00-\u2fd5]")
_BLANKS: Final = re.compile(r"[^\S\n\f]+")
_LINE_EDGES: Final = re.compile(r" ?\n[ \n]*")
_PAGE_EDGES: Final = re.compile(r"[ \n]*\f[ \n]*")

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_FULL: Final = f"{_HAN}\u3000-\u303f\uff01-\uff60，。、；：？！“”‘’（）《》〈〉〔〕【】—…"
_SPACED: Final = re.compile(f"(?<=[{_FULL}])[ \t]+(?=[{_FULL}])")
_NUMBER_SPACED: Final = re.compile(f"(?<=[{_FULL}])[ \t]+(?=[0-9])|(?<=[0-9])[ \t]+(?=[{_FULL}])")
_STRANGE: Final = re.compile("[\ufffd\ue000-\uf8ff]")


def clean(text: str) -> str:
    """NFC, one kind of line end, no control characters, single blanks, no empty lines.

    Line ends and page marks stay. Safe to apply again to its own result.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _DROPPED.sub("", text)
    text = _RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = unicodedata.normalize("NFC", text)
    text = _BLANKS.sub(" ", text)
    text = _PAGE_EDGES.sub(PAGE_MARK, _LINE_EDGES.sub("\n", text))
    return text.strip(" \n")


def is_garbled(text: str) -> bool:
    """Whether a font without an encoding made the text useless: more than a tenth is no letter."""
    return len(_STRANGE.findall(text)) * 10 > max(len(text), 1)


def without_gaps(text: str) -> str:
    """Remove the blanks that recognition puts between Chinese characters, and beside numbers."""
    return _NUMBER_SPACED.sub("", _SPACED.sub("", text))


_ENDS: Final = tuple("。！？；：!?;:…")
_STARTS: Final = re.compile(
    r"[一二三四五六七八九十]{1,4}、|[（(][一二三四五六七八九十\d]{1,4}[）)]|\d{1,3}[.．、](?!\d)"
    r"|第[一二三四五六七八九十百零]{1,6}[章节条]|[-—·•●■◆]"
)
#: A line of fewer full-width characters than this is no line of running text.
_NARROWEST: Final = 12.0
#: A line that leaves less than this share of the widest one free was broken by the margin.
_REACHES: Final = 0.88


def _width(line: str) -> float:
    return sum(1.0 if ord(char) > 0x2E7F else 0.5 for char in line)


def joined(text: str) -> str:
    """Put the lines of one page together that only the margin divides.

    Nothing else can be searched by its neighbours: 优化营／商环境 would not be found as 营商.
    """
    lines = [line.strip() for line in text.split("\n")]
    widths = [_width(line) for line in lines]
    limit = max(widths, default=0.0) * _REACHES
    if limit < _NARROWEST:
        return "\n".join(lines)
    out: list[str] = []
    open_ = False
    for line, width in zip(lines, widths, strict=True):
        if open_ and line and not _STARTS.match(line):
            first = out[-1]
            words = first[-1:].isascii() and first[-1:].isalnum() and line[:1].isascii()
            out[-1] = f"{first} {line}" if words and line[:1].isalnum() else first + line
        else:
            out.append(line)
        open_ = width >= limit and not line.endswith(_ENDS)
    return "\n".join(out)


def cut(pages: Sequence[str], limit: int) -> tuple[tuple[str, ...], bool]:
    """At most ``limit`` characters of the pages, and whether that was all of them."""
    kept: list[str] = []
    room = limit
    for page in pages:
        if len(page) > room:
            if room > 0:
                kept.append(page[:room])
            return tuple(kept), False
        kept.append(page)
        room -= len(page) + 1
    return tuple(kept), True


def bound(pages: Iterable[str]) -> str:
    """The pages as one stored text; pages without text keep their place."""
    whole = PAGE_MARK.join(page.replace(PAGE_MARK, "\n") for page in pages)
    return whole if whole.strip(f"{PAGE_MARK}\n ") else ""


def filled(text: str, recognised: Mapping[int, str], pages: int) -> str:
    """A stored text with the recognised pages (from 1) put into their places."""
    there = text.split(PAGE_MARK) if text else []
    there += [""] * (pages - len(there))
    for number, found in recognised.items():
        if 1 <= number <= len(there) and found:
            there[number - 1] = f"{there[number - 1]}\n{found}".strip("\n")
    return bound(there)
