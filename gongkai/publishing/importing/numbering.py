"""Numbers that Word itself writes in front of paragraphs, computed as Word shows them.

The converter knows only "ordered" and "unordered"; 一、 （三） 第五条 2.1 live in numbering.xml
as a format and a pattern, and a citation of an official text needs them as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gongkai.core.numerals import MAX_NUMBER, digits_to_chinese, int_to_chinese
from gongkai.publishing.importing.wordml import Element, W, child_val, is_on, number, val

_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_LEGAL_DIGITS: Final = str.maketrans("零一二三四五六七八九十百千", "零壹贰叁肆伍陆柒捌玖拾佰仟")
_WITH_UNITS: Final = frozenset(
    [
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "koreanCounting",
    ]
)
_ROMAN: Final = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)
# First character and length of Unicode's ready-made enclosed numbers.
_ENCLOSED: Final = {
    "decimalEnclosedCircle": ("①", 20),
    "decimalEnclosedCircleChinese": ("①", 20),
    "decimalEnclosedParen": ("⑴", 20),
    "decimalEnclosedFullstop": ("⒈", 20),
    "ideographEnclosedCircle": ("㊀", 10),
}
_MAX_LEVELS: Final = 9
_MAX_LINKS: Final = 10


def format_number(count: int, style: str) -> str:
    """Write a counter in one of Word's number formats (ST_NumberFormat); unknown ones as digits."""
    if not 0 <= count <= MAX_NUMBER:
        return str(count)
    if style in _WITH_UNITS:
        return int_to_chinese(count)
    if style in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return digits_to_chinese(count)
    if style in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return int_to_chinese(count).translate(_LEGAL_DIGITS)
    if style in ("decimalFullWidth", "decimalFullWidth2"):
        return str(count).translate({0x30 + i: 0xFF10 + i for i in range(10)})
    if style == "decimalZero":
        return f"{count:02d}"
    if count < 1:
        return str(count)
    if style == "ideographTraditional":
        return _STEMS[(count - 1) % 10]
    if style == "ideographZodiac":
        return _BRANCHES[(count - 1) % 12]
    if style in ("upperLetter", "lowerLetter"):
        letters = chr(ord("A") + (count - 1) % 26) * min((count - 1) // 26 + 1, 8)
        return letters if style == "upperLetter" else letters.lower()
    if style in ("upperRoman", "lowerRoman"):
        roman = _roman(count)
        return roman if style == "upperRoman" else roman.lower()
    first, length = _ENCLOSED.get(style, ("", 0))
    return chr(ord(first) + count - 1) if count <= length else str(count)


def _roman(count: int) -> str:
    letters = ""
    for size, letter in _ROMAN:
        times, count = divmod(count, size)
        letters += letter * times
    return letters


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: format, pattern (``%1、``), first number, what follows the number."""

    style: str = "decimal"
    pattern: str = ""
    start: int = 1
    suffix: str = "tab"
    legal: bool = False
    restart: int | None = None
    paragraph_style: str = ""

    @property
    def is_bullet(self) -> bool:
        return self.style == "bullet"


@dataclass(frozen=True, slots=True)
class Label:
    """The number of one paragraph.

    ``text`` is what Word shows ("（二）"), empty for a bullet; ``plain`` says that the list only
    counts 1., 2., 3. on one level, so that HTML's own ordered list shows the same.
    """

    text: str
    level: int
    list_id: str
    count: int
    bullet: bool = False
    plain: bool = False
    suffix: str = "tab"

    def prefix(self) -> str:
        """The number as it stands before the text, with the blank that belongs between."""
        if not self.text or self.suffix == "nothing":
            return self.text
        last = self.text[-1]
        if last in "、）。．，：":
            return self.text
        return self.text + ("\u3000" if "\u4e00" <= last <= "\u9fff" else " ")


@dataclass(slots=True)
class Numbering:
    """All lists of a document and their counters. ``label`` is asked in document order."""

    _abstract: dict[str, dict[int, Level]] = field(default_factory=dict)
    _of_num: dict[str, str] = field(default_factory=dict)
    _replaced: dict[tuple[str, int], Level] = field(default_factory=dict)
    _starts: dict[tuple[str, int], int] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def level_of_style(self, num_id: str, style_id: str) -> int:
        """The level of a list that a paragraph style is tied to; 0 when none is."""
        levels = self._abstract.get(self._of_num.get(num_id, ""), {})
        return next((i for i, lv in levels.items() if lv.paragraph_style == style_id), 0)

    def label(self, num_id: str, index: int) -> Label | None:
        """Count one paragraph of a list and give its number; None when there is no such list."""
        abstract = self._of_num.get(num_id)
        if abstract is None or not 0 <= index < _MAX_LEVELS:
            return None
        level = self._level(num_id, abstract, index)
        if level is None:
            return None
        counts = self._counts.setdefault(abstract, {})
        fresh = (num_id, index) not in self._started
        if fresh and (num_id, index) in self._starts:
            counts[index] = self._starts[num_id, index]
        else:
            counts[index] = counts.get(index, level.start - 1) + 1
        self._started.add((num_id, index))
        for deeper in [key for key in counts if key > index]:
            if self._restarts(num_id, abstract, deeper, index):
                del counts[deeper]
        if level.is_bullet:
            return Label("", index, num_id, counts[index], bullet=True)
        plain = index == 0 and level.style == "decimal" and level.pattern in ("%1.", "%1．", "%1")
        text = self._write(num_id, abstract, level, counts)
        return Label(text, index, num_id, counts[index], plain=plain, suffix=level.suffix)

    def _level(self, num_id: str, abstract: str, index: int) -> Level | None:
        own = self._replaced.get((num_id, index))
        return own if own is not None else self._abstract.get(abstract, {}).get(index)

    def _restarts(self, num_id: str, abstract: str, deeper: int, counted: int) -> bool:
        level = self._level(num_id, abstract, deeper)
        if level is None or level.restart is None:
            return True
        # w:lvlRestart n: start again after level n (1-based) or one above it; 0 never.
        return counted < level.restart

    def _write(self, num_id: str, abstract: str, level: Level, counts: dict[int, int]) -> str:
        if level.style == "none":
            return re.sub(r"%[1-9]", "", level.pattern)

        def written(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            named = self._level(num_id, abstract, index) or Level()
            style = "decimal" if level.legal else named.style
            return format_number(counts.get(index, named.start), style)

        return re.sub(r"%([1-9])", written, level.pattern).strip(" \t")


def read_numbering(root: Element | None, style_lists: dict[str, str]) -> Numbering:
    """Read numbering.xml (None: a document without lists).

    ``style_lists`` maps the id of a numbering style to the list that it names.
    """
    numbering = Numbering()
    if root is None:
        return numbering
    links: dict[str, str] = {}
    for element in root.iterchildren(W + "abstractNum"):
        abstract = element.get(W + "abstractNumId", "")
        numbering._abstract[abstract] = dict(_levels(element))
        link = child_val(element, "numStyleLink")
        if link:
            links[abstract] = link
    for element in root.iterchildren(W + "num"):
        num_id = element.get(W + "numId", "")
        numbering._of_num[num_id] = child_val(element, "abstractNumId")
        for override in element.iterchildren(W + "lvlOverride"):
            index = number(override.get(W + "ilvl"))
            if index is None:
                continue
            start = number(child_val(override, "startOverride"))
            if start is not None:
                numbering._starts[num_id, index] = start
            own = override.find(W + "lvl")
            if own is not None:
                numbering._replaced[num_id, index] = _level(own)
    _follow(numbering, links, style_lists)
    return numbering


def _follow(numbering: Numbering, links: dict[str, str], style_lists: dict[str, str]) -> None:
    for num_id, abstract in list(numbering._of_num.items()):
        for _ in range(_MAX_LINKS):
            if abstract not in links:
                break
            target = style_lists.get(links[abstract], "")
            abstract = numbering._of_num.get(target, "")
        numbering._of_num[num_id] = abstract


def _levels(abstract: Element) -> Iterator[tuple[int, Level]]:
    for element in abstract.iterchildren(W + "lvl"):
        index = number(element.get(W + "ilvl", "0"))
        if index is not None:
            yield index, _level(element)


def _level(element: Element) -> Level:
    start = number(child_val(element, "start"))
    return Level(
        style=_style(element.find(W + "numFmt")),
        pattern=child_val(element, "lvlText"),
        start=1 if start is None else start,
        suffix=child_val(element, "suff", "tab"),
        legal=is_on(element.find(W + "isLgl")),
        restart=number(child_val(element, "lvlRestart")),
        paragraph_style=child_val(element, "pStyle"),
    )


def _style(element: Element | None) -> str:
    if element is None:
        return "decimal"
    style = val(element, "decimal")
    # Formats newer than the standard are named in w:format, as an example ("001, 002, …").
    return "decimalZero" if style == "custom" else style
