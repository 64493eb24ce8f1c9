"""What each paragraph of an official paper is, told from its words and its look.

Pure: plain values in, plain values out. Papers rarely use heading styles: the level is said by
the number in front (一、 （一） 1.) and by the font that GB/T 9704-2012, 7.3.3, prescribes for it
(黑体, 楷体, 仿宋), the parts of the paper by their place, alignment and wording.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gongkai.publishing.importing.patterns import Mark, has_sentence, mark_of

_SMALL: Final = 50
_PLAIN_SMALL: Final = 35
_LEAD: Final = 60
_DEFAULT_SIZE: Final = 16.0
_UNNUMBERED: Final = 35.0


class Role(StrEnum):
    """The part of the paper a paragraph plays."""

    BLANK = "blank"
    BODY = "body"
    TITLE = "title"
    HEAD = "head"  # 版头: mark of the issuer, number, secrecy, signer
    CONTENTS = "contents"
    NOTE = "note"
    ADDRESSEE = "addressee"
    HEADING = "heading"
    SIGN = "sign"
    ATTACHED = "attached"
    PLAIN = "plain"  # a line without first-line indent
    COLOPHON = "colophon"  # 版记
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a paragraph in one look."""

    text: str
    family: str = ""
    size: float | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph (or a table) as the reader of roles sees it.

    ``text`` has the automatic number in front and no blanks at the ends; ``offset`` is the
    distance of the text from the left margin in characters; ``outline`` the heading level of
    its style (0 is the highest); ``listed`` says that it belongs to a Word list without Chinese
    numbers (those paragraphs stay list items).
    """

    text: str
    spans: tuple[Span, ...] = ()
    align: str = "left"
    offset: float = 0.0
    outline: int | None = None
    style: str = ""
    red: bool = False
    listed: bool = False
    is_table: bool = False
    pictured: bool = False

    @property
    def blank(self) -> bool:
        return not (self.text or self.is_table or self.pictured)

    @property
    def centred(self) -> bool:
        return self.align == "center"

    @property
    def right(self) -> bool:
        """Whether the line stands in the right part of the page."""
        return self.align == "right" or (not self.centred and self.offset >= 7)


@dataclass(frozen=True, slots=True)
class Look:
    """The prevailing look of a line or of the body."""

    family: str = ""
    size: float | None = None
    bold: bool = False


def look_of(spans: Sequence[Span]) -> Look:
    """The look of most characters."""
    families: Counter[str] = Counter()
    sizes: Counter[float | None] = Counter()
    bold: Counter[bool] = Counter()
    for span in spans:
        weight = len(span.text.strip())
        families[span.family] += weight
        sizes[span.size] += weight
        bold[span.bold] += weight
    if not families:
        return Look()
    return Look(
        families.most_common(1)[0][0], sizes.most_common(1)[0][0], bold.most_common(1)[0][0]
    )


def body_look(lines: Sequence[Line]) -> Look:
    """The look of the running text: that of most characters in long paragraphs."""
    long = [span for line in lines if len(line.text) > _SMALL for span in line.spans]
    return look_of(long or [span for line in lines for span in line.spans])


def stands_out(look: Look, body: Look) -> bool:
    """Whether a look marks a heading beside this body: 黑体, 楷体 or bold where the body is not."""
    if look.bold and not body.bold:
        return True
    return look.family in ("hei", "kai", "title") and look.family != body.family


def is_large(line: Line, body: Look) -> bool:
    """Whether a line is set in title size."""
    look = look_of(line.spans)
    if look.family == "title" and body.family != "title":
        return True
    size = look.size or 0.0
    return size >= 18 and size > (body.size or _DEFAULT_SIZE)


def lead_length(line: Line, body: Look) -> int:
    """Characters of the opening words set off by their look; 0 when all looks alike.

    Papers often run a heading into its paragraph: （一）加强领导。各单位要… with the first
    sentence in 楷体.
    """
    length = 0
    for span in line.spans:
        if span.text.strip() and not stands_out(Look(span.family, span.size, span.bold), body):
            break
        length += len(span.text)
    number = len(line.text) - sum(len(span.text) for span in line.spans)
    whole = len(line.text)
    if not length or length + number >= whole:
        return 0
    return length + number if length + number <= _LEAD else 0


def heading_weight(index: int, lines: Sequence[Line], body: Look) -> float | None:
    """How high a line stands as a heading (the smaller the higher), None when it is none."""
    line = lines[index]
    found = mark_of(line.text)
    mark = found[0] if found else None
    text = line.text
    if mark in (Mark.BOOK, Mark.CHAPTER, Mark.SECTION):
        return float(mark) if len(text) <= _SMALL and not has_sentence(text) else None
    if mark is Mark.ARTICLE or text.endswith(("；", "，", "、")):
        return None
    if line.outline is not None:
        if len(text) > 80 or (has_sentence(text[:-1]) and len(text) > _SMALL):
            return None
        return float(mark) if mark is not None else _outline_weight(line.outline)
    if line.listed:
        return None
    out = stands_out(look_of(line.spans), body)
    following = _neighbour(lines, index, 1)
    if mark in (Mark.FIRST, Mark.SECOND):
        if out:
            fits = len(text) <= 60 and not has_sentence(text[:-1])
            return float(mark) if fits and not lead_length(line, body) else None
        preceding = _neighbour(lines, index, -1)
        return float(mark) if _plain_heading(text, mark, preceding, following) else None
    if mark in (Mark.THIRD, Mark.FOURTH):
        fits = out and len(text) <= 40 and not has_sentence(text) and not text.endswith(("：", ":"))
        return float(mark) if fits and not lead_length(line, body) else None
    alone = line.centred and out and len(text) <= 30 and not has_sentence(text)
    over_text = following is not None and not following.is_table
    return _UNNUMBERED if alone and over_text else None


def _neighbour(lines: Sequence[Line], index: int, step: int) -> Line | None:
    index += step
    while 0 <= index < len(lines) and lines[index].blank:
        index += step
    return lines[index] if 0 <= index < len(lines) else None


def _outline_weight(outline: int) -> float:
    # Between the numbered kinds, so that styles and numbers in one paper still make one order.
    return (5.0, 45.0, 55.0, 65.0)[min(outline, 3)]


def _plain_heading(text: str, mark: Mark, preceding: Line | None, following: Line | None) -> bool:
    """A numbered short line without any special look, standing over running text.

    Beside a line of its own kind it is an item of an enumeration.
    """
    if len(text) > _PLAIN_SMALL or has_sentence(text) or text.endswith(("：", ":")):
        return False
    if "：" in text or following is None:
        return False
    if preceding is not None and len(preceding.text) <= _PLAIN_SMALL:
        above = mark_of(preceding.text)
        if above is not None and above[0] == mark:
            return False
    below = mark_of(following.text)
    return following.is_table or below is None or below[0] > mark
