"""Automatic list numbers of .docx, written out as the reader of the printed page sees them."""

import re
from dataclasses import dataclass, field
from typing import Final

import lxml.etree as etree

from gongkai.core.numerals import MAX_NUMBER, int_to_chinese


def local(element: etree._Element) -> str:
    """Tag without its namespace (transitional and strict files differ only in that)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def value(element: etree._Element) -> str:
    """The w:val attribute, empty when absent."""
    for key, content in element.attrib.items():
        if str(key).rpartition("}")[2] == "val":
            return str(content)
    return ""


_CHINESE: Final = frozenset(
    (
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
        "ideographDigital",
        "japaneseDigitalTenThousand",
        "koreanDigital2",
        "ideographTraditional",
    )
)
_ROMAN: Final = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


def format_number(number: int, style: str) -> str:
    """Write a counter the way Word's number format asks for; unknown formats fall to digits."""
    number = max(0, min(number, MAX_NUMBER))
    if style in _CHINESE:
        return int_to_chinese(number)
    if style in ("upperLetter", "lowerLetter") and number:
        letters = chr(ord("A") + (number - 1) % 26) * min(4, (number - 1) // 26 + 1)
        return letters if style == "upperLetter" else letters.lower()
    if style in ("upperRoman", "lowerRoman") and number:
        roman = ""
        for size, letter in _ROMAN:
            while number >= size:
                roman += letter
                number -= size
        return roman if style == "upperRoman" else roman.lower()
    if style.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if style == "decimalZero":
        return f"{number:02d}"
    return str(number)


@dataclass(frozen=True, slots=True)
class _Level:
    style: str = "decimal"
    pattern: str = ""
    start: int = 1
    legal: bool = False


@dataclass(slots=True)
class Numbering:
    """Counters of all lists of one document."""

    lists: dict[str, str] = field(default_factory=dict)
    overrides: dict[tuple[str, int], int] = field(default_factory=dict)
    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    _counters: dict[str, dict[int, int]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def label(self, number_id: str, level: int) -> str:
        """Advance the list and return its label ("（三）", "2．"), empty for bullets."""
        abstract = self.lists.get(number_id)
        shape = self.levels.get((abstract or "", level))
        if abstract is None or shape is None:
            return ""
        counters = self._counters.setdefault(abstract, {})
        restart = self.overrides.get((number_id, level))
        if restart is not None and (number_id, level) not in self._started:
            counters[level] = restart
        else:
            counters[level] = counters.get(level, shape.start - 1) + 1
        self._started.add((number_id, level))
        for deeper in [key for key in counters if key > level]:
            del counters[deeper]
        if shape.style in ("bullet", "none"):
            return ""

        def written(match: re.Match[str]) -> str:
            index = int(match.group(1)) - 1
            of_level = self.levels.get((abstract, index), _Level())
            style = "decimal" if shape.legal else of_level.style
            return format_number(counters.get(index, of_level.start), style)

        return re.sub(r"%([1-9])", written, shape.pattern)


def read_numbering(root: etree._Element | None) -> Numbering:
    """Read word/numbering.xml; an absent part gives a Numbering without lists."""
    numbering = Numbering()
    for child in root if root is not None else ():
        tag = local(child)
        if tag == "abstractNum":
            identifier = _id(child, "abstractNumId")
            for part in child:
                if local(part) == "lvl":
                    index = _id(part, "ilvl")
                    if index.isdigit():
                        numbering.levels[identifier, int(index)] = _read_level(part)
        elif tag == "num":
            identifier = _id(child, "numId")
            for part in child:
                if local(part) == "abstractNumId":
                    numbering.lists[identifier] = value(part)
                elif local(part) == "lvlOverride":
                    index = _id(part, "ilvl")
                    start = next((value(x) for x in part if local(x) == "startOverride"), "")
                    if index.isdigit() and start.isdigit():
                        numbering.overrides[identifier, int(index)] = int(start)
    return numbering


def _id(element: etree._Element, name: str) -> str:
    for key, content in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(content)
    return ""


def _read_level(element: etree._Element) -> _Level:
    style, pattern, start, legal = "decimal", "", 1, False
    for part in element:
        tag = local(part)
        if tag == "numFmt":
            style = value(part)
        elif tag == "lvlText":
            pattern = value(part)
        elif tag == "start" and value(part).isdigit():
            start = int(value(part))
        elif tag == "isLgl":
            legal = value(part) not in ("0", "false", "off")
    return _Level(style, pattern, start, legal)
