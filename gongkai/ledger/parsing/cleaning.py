"""Cleaning with a record: every character of the clean text knows where it came from.

A ``Line`` is one cleaned paragraph or cell, a ``Strand`` is several of them joined. Both carry
the operations that turned the raw characters into the clean ones, from which ``Fragment`` makes
the list of edits shown to the office.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from gongkai.ledger.parsing.model import Edit
from gongkai.ledger.parsing.vocabulary import (
    PINYIN,
    REDUPLICATED,
    STRONG_ENDINGS,
    TRADITIONAL,
    UNIT_BEGINNINGS,
)

_HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff"
_FULL: Final = "\u3000-\u303f\uff00-\uffef\u2010-\u2027“”‘’…·—"
_TO_SIMPLIFIED: Final = dict(zip(TRADITIONAL[::2], TRADITIONAL[1::2], strict=True))

_INVISIBLE: Final = re.compile(
    "[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f]+"
)
_MARKUP: Final = re.compile(r"\*{1,3}|_{2}|`|\\(?=[.\-_*()\[\]#])")
_PINYIN: Final = re.compile(
    rf"(?<=[{_HAN}])[（(]?([a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü]{{1,6}})[1-5]?[)）]?(?=[{_HAN}{_FULL},.;:)(]|$)"
)
_TRADITIONAL: Final = re.compile("[" + TRADITIONAL[::2] + "]")
_WIDE: Final = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")
_SPACE: Final = re.compile(r"[\s\u3000]+")
_TITLE_GAP: Final = re.compile(
    rf"^(?:[（(]?[一二三四五六七八九十\d]{{1,4}}[)）]?[、.．]?)\s*[{_HAN}“”]{{4,26}}((?:\u3000|\s\s)[\s\u3000]*)(?=[{_HAN}].{{14}})"
)
_DIRTY: Final = re.compile(
    rf"[\s\u3000\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x1f\x7f*_`\\]"
    rf"|[{_HAN}][（(]?[a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜü]|[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]"
    "|[" + TRADITIONAL[::2] + "]"
)


def is_wide(char: str) -> bool:
    """A Chinese character or full-width mark: no space belongs beside it."""
    return bool(char) and (
        "\u3000" <= char <= "\u9fff" or "\uff00" <= char <= "\uffef" or char in "“”‘’…·—〔〕"
    )


def is_pinyin(text: str) -> bool:
    plain = text.lower().replace("ü", "v")
    for vowel in "ǖǘǚǜ":
        plain = plain.replace(vowel, "v")
    decomposed = unicodedata.normalize("NFD", plain)
    return "".join(c for c in decomposed if not unicodedata.combining(c)) in PINYIN


def count_pinyin(text: str) -> int:
    """How many readings stand after characters; five or more in a document are noise."""
    return sum(1 for match in _PINYIN.finditer(text) if is_pinyin(match.group(1)))


Op = tuple[str, str]


@dataclass(slots=True)
class Line:
    """A cleaned stretch of the document: ``origin[i]`` is the place of ``text[i]`` in the source.

    ``ops`` maps a place in the source to (kind of edit, replacement).
    """

    text: str
    origin: Sequence[int]
    start: int
    end: int
    ops: dict[int, Op] = field(default_factory=dict)
    level: int | None = None
    style: str = ""
    after_page_break: bool = False

    def cut(self, left: int, right: int) -> "Line":
        """Part of the line, by positions in the clean text."""
        if left == 0 and right >= len(self.text):
            return self
        start = self.start if left == 0 else self.origin[left]
        end = self.end if right >= len(self.text) else self.origin[right]
        ops = {place: op for place, op in self.ops.items() if start <= place < end}
        return Line(
            self.text[left:right],
            self.origin[left:right],
            start,
            end,
            ops,
            self.level,
            self.style,
            self.after_page_break and left == 0,
        )

    def drop_prefix(self, length: int, kind: str) -> "Line":
        """The line without its first characters; they are recorded as removed."""
        ops = dict(self.ops)
        stop = self.origin[length] if length < len(self.text) else self.end
        ops.update({place: (kind, "") for place in range(self.start, stop)})
        return Line(
            self.text[length:], self.origin[length:], self.start, self.end, ops, self.level,
            self.style, self.after_page_break,
        )  # fmt: skip


class _Tape:
    """A string being cleaned in several passes."""

    def __init__(self, raw: str, start: int) -> None:
        self.text = raw
        self.origin: list[int] = list(range(start, start + len(raw)))
        self.ops: dict[int, Op] = {}

    def replace(
        self, pattern: re.Pattern[str], new: Callable[[re.Match[str]], str | None], kind: str
    ) -> None:
        """Replace every match for which ``new`` returns a string (at most as long)."""
        text: list[str] = []
        origin: list[int] = []
        position = 0
        for match in pattern.finditer(self.text):
            replacement = new(match)
            if replacement is None or replacement == match.group():
                continue
            left, right = match.span()
            text.append(self.text[position:left])
            origin.extend(self.origin[position:left])
            text.append(replacement)
            for index in range(left, right):
                place = self.origin[index]
                after = replacement[index - left] if index - left < len(replacement) else ""
                self.ops[place] = (kind, after)
                if after:
                    origin.append(place)
            position = right
        if position:
            text.append(self.text[position:])
            origin.extend(self.origin[position:])
            self.text, self.origin = "".join(text), origin


def _space(match: re.Match[str]) -> str | None:
    text = match.string
    left = text[match.start() - 1] if match.start() else ""
    right = text[match.end()] if match.end() < len(text) else ""
    if not left or not right:
        return ""
    if text.endswith(STRONG_ENDINGS, 0, match.start()) and text.startswith(
        UNIT_BEGINNINGS, match.end()
    ):
        return " "
    return "" if is_wide(left) or is_wide(right) else " "


def clean_line(
    raw: str,
    start: int,
    *,
    pinyin: bool = False,
    markup: bool = False,
    level: int | None = None,
    style: str = "",
) -> Line:
    """Clean one paragraph or cell that stands at ``start`` in the source."""
    if not _DIRTY.search(raw):
        return Line(raw, range(start, start + len(raw)), start, start + len(raw), {}, level, style)
    tape = _Tape(raw, start)
    tape.replace(_INVISIBLE, lambda m: "", "invisible")
    if markup:
        tape.replace(_MARKUP, lambda m: "", "markup")
    if pinyin:
        tape.replace(_PINYIN, lambda m: "" if is_pinyin(m.group(1)) else None, "pinyin")
    gap = _TITLE_GAP.match(tape.text)
    if gap:
        left = gap.start(1)
        # The wide gap after a title is a separator; it survives as one ideographic space.
        tape.replace(_SPACE, lambda m: "\u3000" if m.start() == left else _space(m), "space")
    else:
        tape.replace(_SPACE, _space, "space")
    tape.replace(_TRADITIONAL, lambda m: _TO_SIMPLIFIED[m.group()], "traditional")
    tape.replace(_WIDE, lambda m: chr(ord(m.group()) - 0xFEE0), "width")
    return Line(tape.text, tape.origin, start, start + len(raw), tape.ops, level, style)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the source with its clean text and the edits between them."""

    start: int
    end: int
    raw: str
    clean: str
    edits: tuple[Edit, ...]


TERMINAL: Final = "。！？；：!?;:…"


def duplicated_prefix(before: str, after: str) -> int:
    """Length of a fragment repeated after a page break: 任务 + 务。 → 1; 0 when none.

    A single character counts only when the sentence ends right behind it, so that 人民 + 民生
    stays as it is.
    """
    if not before or before[-1] in TERMINAL or before[-1] in "，、）)":
        return 0
    for length in range(min(8, len(after), len(before)), 0, -1):
        piece = after[:length]
        if not before.endswith(piece) or not all("\u4e00" <= c <= "\u9fff" for c in piece):
            continue
        if length == 1 and (piece in REDUPLICATED or after[1:2] not in ("。", "；", "！")):
            return 0
        return length
    return 0


class Strand:
    """Lines joined into one text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.origin: list[int] = []
        self.ops: dict[int, Op] = {}
        self._places: list[int] | None = None
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    @property
    def tail(self) -> str:
        """The end of the text, long enough to decide how the next line is joined."""
        return self._parts[-1][-80:] if self._parts else ""

    def skip(self, line: Line, kind: str) -> None:
        """Record that a line inside the strand was left out."""
        self._places = None
        self.ops.update({place: (kind, "") for place in range(line.start, line.end)})

    def append(self, line: Line, separator: str = "") -> None:
        """Join a line; what lies between becomes an edit of kind "join"."""
        if not line.text:
            return
        self._places = None
        self.ops.update(line.ops)
        if self.origin:
            gap = [
                place
                for place in range(self.origin[-1] + 1, line.origin[0])
                if place not in self.ops
            ]
            host = None
            if separator and gap:
                same = (place for place in gap if self.source[place] == separator)
                host = next(same, gap[0])
            for place in gap:
                if place == host:
                    self._parts.append(separator)
                    self.origin.append(place)
                    if self.source[place] != separator:
                        self.ops[place] = ("join", separator)
                else:
                    self.ops[place] = ("join", "")
        self._parts.append(line.text)
        self.origin.extend(line.origin)

    def source_slice(self, left: int, right: int) -> str:
        """The source text from which ``text[left:right]`` was made."""
        if right <= left:
            return ""
        return self.source[self.origin[left] : self.origin[right - 1] + 1]

    def fragment(self, left: int, right: int) -> Fragment:
        """Cut out ``text[left:right]`` with its edits."""
        if right <= left:
            place = self.origin[left] if left < len(self.origin) else 0
            return Fragment(place, place, "", "", ())
        start, end = self.origin[left], self.origin[right - 1] + 1
        if self._places is None:
            self._places = sorted(self.ops)
        first = bisect_left(self._places, start)
        last = bisect_left(self._places, end)
        edits: list[Edit] = []
        kind, begin, stop, after = "", -1, -1, ""
        for place in self._places[first:last]:
            op_kind, op_after = self.ops[place]
            if op_kind == kind and place == stop:
                stop, after = place + 1, after + op_after
                continue
            if kind:
                edits.append(Edit(kind, begin - start, self.source[begin:stop], after))
            kind, begin, stop, after = op_kind, place, place + 1, op_after
        if kind:
            edits.append(Edit(kind, begin - start, self.source[begin:stop], after))
        return Fragment(start, end, self.source[start:end], self.text[left:right], tuple(edits))
