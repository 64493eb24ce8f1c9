"""Digits in running text, undisguised: folded to ASCII and cut into candidate numbers.

People split, widen and spell digits, sometimes to hide them. Folding keeps one character per
character, so every place in the folded text has its place in the original.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

#: Numerals and circled digits that only a second pass reads as digits: ① also marks list items.
SPELLED_DIGITS: Final[Mapping[str, str]] = dict(
    zip(
        "〇零○一二三四五六七八九壹贰叁肆伍陆柒捌玖①②③④⑤⑥⑦⑧⑨⓪",
        "0001234567891234567891234567890",
        strict=True,
    )
)
#: The longest run of digits worth looking at: two mobile numbers written together.
LONGEST: Final = 22
SHORTEST: Final = 11

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_GAP: Final = re.compile(r"[\s\-_.,、/\\|#~]{1,3}")
_GROUP: Final = re.compile("[0-9]+")
_LONG_ENOUGH: Final = re.compile(r"[0-9](?:[\s\-_.,、/\\|#~]{0,3}[0-9]){10}")
_X_TAIL: Final = re.compile(r"([\s\-_.]{0,3})[Xx×](?![0-9A-Za-z])")
_LINE_ENDS: Final = "\u0085\u2028\u2029"


def _folding() -> dict[int, str]:
    table = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
    for code in range(0x80, 0x1FBFA):
        char = chr(code)
        decimal = unicodedata.decimal(char, None)
        if decimal is not None:
            table[code] = str(decimal)
        elif char.isspace():
            table[code] = "\n" if char in _LINE_ENDS else " "
    table |= {ord(c): "-" for c in "‐‑‒–—―−﹣－ー─━"}
    table |= {ord(c): "×" for c in "×✕✖╳ХхΧχⅩⅹ"}
    table |= {ord(c): "*" for c in "＊●•※∗✱"}
    table |= {ord(c): "." for c in "·・．。﹒"}
    return table


_FOLD: Final = _folding()
_FOLD_SPELLED: Final = _FOLD | {ord(char): digit for char, digit in SPELLED_DIGITS.items()}
_SPELLED: Final = "".join(SPELLED_DIGITS)
_SPELLED_RUN: Final = re.compile(rf"[0-9{_SPELLED}](?:[\s\-_.]{{0,3}}[0-9{_SPELLED}]){{10,}}")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; ``places`` maps its positions back where invisible characters were dropped."""

    text: str
    places: Sequence[int] | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive digit groups taken as one number, in folded positions.

    ``gaps`` are the separators between the groups; ``joined`` says that further digits stand
    close before the window.
    """

    start: int
    end: int
    digits: str
    sizes: tuple[int, ...]
    gaps: tuple[str, ...]
    joined: bool

    @property
    def contiguous(self) -> bool:
        return not self.gaps

    @property
    def regular(self) -> bool:
        """Whole, split in one place, or split everywhere in the same way."""
        return len(set(self.gaps)) <= 1

    def split_only_by(self, characters: str) -> bool:
        return all(char in characters or char.isspace() for gap in self.gaps for char in gap)


def fold(text: str, *, spelled: bool = False) -> Folded:
    """Fold width, blanks, hyphens and digit forms to ASCII; ``spelled`` reads 一二三 and ①② too."""
    places = None
    if _INVISIBLE.search(text):
        places = [i for i, char in enumerate(text) if not _INVISIBLE.match(char)]
        text = _INVISIBLE.sub("", text)
    return Folded(text.translate(_FOLD_SPELLED if spelled else _FOLD), places)


def has_spelled_number(folded: str) -> bool:
    """Whether plainly folded text holds a run of digits, long enough, with spelled ones in it."""
    return any(not run.group().isascii() for run in _SPELLED_RUN.finditer(folded))


def digits_of(text: str) -> str:
    """All digits of ``text`` as ASCII."""
    return "".join(_GROUP.findall(fold(text).text))


def may_hold_number(folded: str) -> bool:
    """Whether :func:`windows` could find any: a quick look that spares most texts the slow one."""
    return _LONG_ENOUGH.search(folded) is not None


def windows(folded: str) -> Iterator[Window]:
    """Every run of whole digit groups with 11 to 22 digits; 17 digits also with an X behind."""
    groups = [m.span() for m in _GROUP.finditer(folded)]
    for first, (start, end) in enumerate(groups):
        joined = first > 0 and _gap(folded, groups[first - 1][1], start) is not None
        digits = folded[start:end]
        sizes = [end - start]
        gaps: list[str] = []
        following = first + 1
        while len(digits) <= LONGEST:
            if len(digits) >= SHORTEST:
                yield Window(start, end, digits, tuple(sizes), tuple(gaps), joined)
            if len(digits) == 17 and (tail := _X_TAIL.match(folded, end)) is not None:
                split = (*gaps, tail[1]) if tail[1] else tuple(gaps)
                yield Window(start, tail.end(), f"{digits}X", (*sizes, 1), split, joined)
            if following == len(groups):
                break
            a, b = groups[following]
            gap = _gap(folded, end, a)
            if gap is None:
                break
            gaps.append(gap)
            sizes.append(b - a)
            digits += folded[a:b]
            end = b
            following += 1


def describe_disguise(written: str) -> tuple[str, ...]:
    """Name in Chinese how a number was written other than in plain digits."""
    visible = _INVISIBLE.sub("", written)
    folded = visible.translate(_FOLD)
    odd = [c for c in visible if not c.isascii() and c not in SPELLED_DIGITS]
    signs = {
        "夹有不可见字符": len(visible) != len(written),
        "跨行书写": "\n" in folded,
        "夹有空格": re.search(r"[^\S\n]", folded) is not None,
        "夹有符号": re.search(r"[\-_.,、/\\|#~]", folded) is not None,
        "使用中文数字": any(c in SPELLED_DIGITS for c in visible),
        "使用全角或特殊数字": any(c.translate(_FOLD).isdigit() for c in odd),
        "用×代替X": folded.endswith("×"),
    }
    return tuple(label for label, present in signs.items() if present)


def _gap(folded: str, start: int, end: int) -> str | None:
    return folded[start:end] if _GAP.fullmatch(folded, start, end) else None
