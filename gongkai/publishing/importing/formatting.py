"""What a run or a paragraph really looks like once styles, theme and defaults are applied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gongkai.publishing.importing.wordml import (
    A,
    Element,
    W,
    child_val,
    is_on,
    number,
    switch,
    val,
)

_MAX_CHAIN: Final = 12
_HALF_POINTS: Final = 2
_TWIPS: Final = 20
# Width of one character of the standard body size (3号, 16 pt); indents are judged in it.
_CHARACTER: Final = 16.0

# Families by what they are used for in official papers; the key is part of the font's name.
_FAMILIES: Final = (
    ("小标宋", "title"),
    ("xiaobiaosong", "title"),
    ("中宋", "title"),
    ("zhongsong", "title"),
    ("大标宋", "title"),
    ("黑体", "hei"),
    ("simhei", "hei"),
    ("heiti", "hei"),
    ("黑_", "hei"),
    ("楷", "kai"),
    ("kaiti", "kai"),
    ("simkai", "kai"),
    ("仿宋", "fangsong"),
    ("fangsong", "fangsong"),
    ("宋", "song"),
    ("simsun", "song"),
    ("song", "song"),
)


def family(font: str) -> str:
    """The kind of a Chinese font: title, hei, kai, fangsong, song, or empty."""
    name = font.lower()
    return next((kind for part, kind in _FAMILIES if part in name), "")


@dataclass(frozen=True, slots=True)
class RunLook:
    """Effective look of a run: font family kind, size in points, switches, colour."""

    family: str = ""
    size: float | None = None
    bold: bool = False
    italic: bool = False
    hidden: bool = False
    struck: bool = False
    colour: str = ""
    raised: str = ""


@dataclass(frozen=True, slots=True)
class ParagraphLook:
    """Effective look of a paragraph; indents in characters of body size."""

    align: str = "left"
    left: float = 0.0
    right: float = 0.0
    first: float = 0.0
    outline: int | None = None
    style_name: str = ""
    list_id: str = ""
    list_level: int | None = None
    list_from_style: str = ""


class StyleSheet:
    """The styles of a document."""

    def __init__(self, styles: Element | None, theme: Element | None) -> None:
        self._styles: dict[str, Element] = {}
        self._default_paragraph = ""
        self._run_defaults: Element | None = None
        self._paragraph_defaults: Element | None = None
        self._theme = _theme_fonts(theme)
        if styles is None:
            return
        for style in styles.iterchildren(W + "style"):
            style_id = style.get(W + "styleId", "")
            self._styles[style_id] = style
            if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true"):
                self._default_paragraph = style_id
        defaults = styles.find(W + "docDefaults")
        if defaults is not None:
            self._run_defaults = defaults.find(f"{W}rPrDefault/{W}rPr")
            self._paragraph_defaults = defaults.find(f"{W}pPrDefault/{W}pPr")

    def list_styles(self) -> dict[str, str]:
        """Numbering styles and the lists they name."""
        return {
            style_id: val(style.find(f"{W}pPr/{W}numPr/{W}numId"))
            for style_id, style in self._styles.items()
            if style.get(W + "type") == "numbering"
        }

    def name(self, style_id: str) -> str:
        """The name of a style, lower case; empty when it is not defined."""
        return child_val(self._styles.get(style_id), "name").lower()

    def _chain(self, style_id: str) -> Iterator[Element]:
        for _ in range(_MAX_CHAIN):
            style = self._styles.get(style_id)
            if style is None:
                return
            yield style
            style_id = child_val(style, "basedOn")

    def paragraph(self, properties: Element | None) -> ParagraphLook:
        """The look of a paragraph with these properties (w:pPr)."""
        style_id = child_val(properties, "pStyle") or self._default_paragraph
        layers: list[tuple[Element, str]] = [] if properties is None else [(properties, "")]
        for style in self._chain(style_id):
            own = style.find(W + "pPr")
            if own is not None:
                layers.append((own, style.get(W + "styleId", "")))
        if self._paragraph_defaults is not None:
            layers.append((self._paragraph_defaults, ""))
        values: dict[str, str] = {}
        indent: dict[str, float] = {}
        for layer, origin in layers:
            for tag in ("jc", "outlineLvl"):
                if layer.find(W + tag) is not None:
                    values.setdefault(tag, child_val(layer, tag))
            numbered = layer.find(W + "numPr")
            if numbered is not None and "numId" not in values:
                if numbered.find(W + "numId") is not None:
                    values["numId"] = child_val(numbered, "numId")
                    values["numStyle"] = origin
                values.setdefault("ilvl", child_val(numbered, "ilvl"))
            for side, width in _indents(layer.find(W + "ind")).items():
                indent.setdefault(side, width)
        outline = number(values.get("outlineLvl"))
        name = self.name(style_id)
        if outline is None and name.startswith(("heading ", "标题 ")) and name[-1:].isdigit():
            outline = int(name[-1]) - 1
        return ParagraphLook(
            align=_ALIGN.get(values.get("jc", ""), "left"),
            left=indent.get("left", 0.0),
            right=indent.get("right", 0.0),
            first=indent.get("first", 0.0),
            outline=outline if outline is not None and 0 <= outline < 9 else None,
            style_name=name,
            list_id=values.get("numId", ""),
            list_level=number(values.get("ilvl")),
            list_from_style=values.get("numStyle", ""),
        )

    def run(self, properties: Element | None, paragraph_style: str) -> RunLook:
        """The look of a run with these properties (w:rPr) in a paragraph of this style."""
        layers: list[Element] = [] if properties is None else [properties]
        for style_id in (child_val(properties, "rStyle"), paragraph_style):
            for style in self._chain(style_id):
                own = style.find(W + "rPr")
                if own is not None:
                    layers.append(own)
        if self._run_defaults is not None:
            layers.append(self._run_defaults)
        size = self._first(layers, "sz")
        points = number(size)
        return RunLook(
            family=self._family(layers),
            size=None if points is None else points / _HALF_POINTS,
            bold=_switched(layers, "b"),
            italic=_switched(layers, "i"),
            hidden=_switched(layers, "vanish"),
            struck=_switched(layers, "strike") or _switched(layers, "dstrike"),
            colour=self._first(layers, "color").upper(),
            raised=self._first(layers, "vertAlign"),
        )

    def paragraph_style(self, properties: Element | None) -> str:
        """The id of the style of a paragraph, the default one when it names none."""
        return child_val(properties, "pStyle") or self._default_paragraph

    @staticmethod
    def _first(layers: list[Element], tag: str) -> str:
        return next((val(x.find(W + tag)) for x in layers if x.find(W + tag) is not None), "")

    def _family(self, layers: list[Element]) -> str:
        for layer in layers:
            fonts = layer.find(W + "rFonts")
            if fonts is None:
                continue
            font = fonts.get(W + "eastAsia") or self._theme.get(
                fonts.get(W + "eastAsiaTheme", "")[:5], ""
            )
            if font:
                return family(font)
        return ""


_ALIGN: Final = {"center": "center", "right": "right", "end": "right"}


def _indents(element: Element | None) -> dict[str, float]:
    if element is None:
        return {}
    result: dict[str, float] = {}
    for side, names in (
        ("left", ("left", "start")),
        ("right", ("right", "end")),
        ("first", ("firstLine",)),
    ):
        for name in names:
            chars = number(element.get(f"{W}{name}Chars"))
            twips = number(element.get(W + name))
            if chars is not None:
                result[side] = chars / 100
            elif twips is not None:
                result[side] = twips / _TWIPS / _CHARACTER
    return result


def _switched(layers: list[Element], tag: str) -> bool:
    return next((found for x in layers if (found := switch(x, tag)) is not None), False)


def _theme_fonts(theme: Element | None) -> dict[str, str]:
    """East Asian fonts of the theme, keyed by the first letters of the reference (minor, major)."""
    result: dict[str, str] = {}
    if theme is None:
        return result
    for key in ("major", "minor"):
        fonts = next(theme.iter(f"{A}{key}Font"), None)
        if fonts is None:
            continue
        east = fonts.find(A + "ea")
        named = "" if east is None else east.get("typeface", "")
        hans = next((f for f in fonts.iter(A + "font") if f.get("script") == "Hans"), None)
        result[key] = named or ("" if hans is None else hans.get("typeface", ""))
    return result


def shaded(cell: Element) -> bool:
    """Whether a table cell has a coloured ground."""
    shading = cell.find(f"{W}tcPr/{W}shd")
    fill = "" if shading is None else shading.get(W + "fill", "").lower()
    return fill not in ("", "auto", "ffffff")


def repeats_as_header(row: Element) -> bool:
    """Whether Word repeats this table row on every page."""
    return is_on(row.find(f"{W}trPr/{W}tblHeader"))
