"""From Word's XML to lines: words, looks, numbers and places of every paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Final

from gongkai.publishing.importing.formatting import RunLook, StyleSheet
from gongkai.publishing.importing.inline import BLANK, drop_unprintable
from gongkai.publishing.importing.numbering import Label, Numbering
from gongkai.publishing.importing.patterns import ATTACHED
from gongkai.publishing.importing.roles import Line, Span, body_look, look_of, stands_out
from gongkai.publishing.importing.wordml import A, Element, V, W, make, remove, text_of, text_run

_TAB_WIDTH: Final = 1.5
_RED: Final = re.compile(r"[C-F][0-9A-F](?:[0-4][0-9A-F]){2}")
_MAX_LEVEL: Final = 4


@dataclass(slots=True)
class Item:
    """A paragraph or table of the body with its line; ``label`` is its automatic number."""

    element: Element
    line: Line
    label: Label | None = None


def gather(body: Element, styles: StyleSheet, numbering: Numbering) -> list[Item]:
    """The lines of a settled body, in order. Numbers inside tables are written into the cells."""
    for paragraph in list(body.iterchildren(W + "p")):
        split_at_breaks(paragraph)
    items: list[Item] = []
    for element in body:
        if element.tag == W + "p":
            items.append(_paragraph(element, styles, numbering))
        elif element.tag == W + "tbl":
            for paragraph in element.iter(W + "p"):
                label = label_of(paragraph, styles, numbering)
                if label is not None and text_of(paragraph).strip(BLANK):
                    write_label(paragraph, label.prefix() if label.text else "• ")
            items.append(Item(element, Line(_table_text(element), is_table=True)))
    _choose_lists(items)
    return items


def split_at_breaks(paragraph: Element) -> None:
    """A paragraph for each line: soft returns stand for paragraphs in most papers.

    Breaks inside a link or a field stay what they are; page and column breaks go.
    """
    for mark in list(paragraph.iter(W + "br", W + "cr")):
        if mark.get(W + "type") in ("page", "column"):
            remove(mark)
    while True:
        marks = paragraph.iter(W + "br", W + "cr")
        mark = next((m for m in marks if m.getparent().getparent() is paragraph), None)
        if mark is None or _field_depth(paragraph, mark):
            return
        run = mark.getparent()
        rest = deepcopy(paragraph.find(W + "pPr"))
        following = paragraph.makeelement(W + "p")
        if rest is None:
            rest = following.makeelement(W + "pPr")
        # The number belongs to the first line alone, whether the paragraph or its style says it.
        for numbered in rest.findall(W + "numPr"):
            rest.remove(numbered)
        numbered = make("numPr")
        numbered.append(make("numId", val="0"))
        rest.append(numbered)
        following.append(rest)
        tail = run.makeelement(W + "r")
        properties = run.find(W + "rPr")
        if properties is not None:
            tail.append(deepcopy(properties))
        for sibling in list(mark.itersiblings()):
            tail.append(sibling)
        following.append(tail)
        for sibling in list(run.itersiblings()):
            following.append(sibling)
        remove(mark)
        paragraph.addnext(following)
        paragraph = following


def _field_depth(paragraph: Element, mark: Element) -> int:
    depth = 0
    for node in paragraph.iter(W + "fldChar", mark.tag):
        if node is mark:
            return depth
        kind = node.get(W + "fldCharType")
        depth += {"begin": 1, "end": -1}.get(kind or "", 0)
    return depth


def label_of(paragraph: Element, styles: StyleSheet, numbering: Numbering) -> Label | None:
    """Count a paragraph in its list, if it is in one."""
    look = styles.paragraph(paragraph.find(W + "pPr"))
    if look.list_id in ("", "0"):
        return None
    level = look.list_level
    if level is None or look.list_from_style:
        tied = numbering.level_of_style(look.list_id, look.list_from_style)
        level = tied or level or 0
    return numbering.label(look.list_id, level)


def write_label(paragraph: Element, text: str) -> None:
    """Put a number in front of the words of a paragraph."""
    trim_start(paragraph)
    run = text_run(text)
    properties = paragraph.find(W + "pPr")
    if properties is None:
        paragraph.insert(0, run)
    else:
        properties.addnext(run)


def trim_start(paragraph: Element) -> None:
    """Take away blanks and tabs in front: they only indent."""
    for node in list(paragraph.iter(W + "t", W + "tab", A + "blip", V + "imagedata", W + "sym")):
        if node.tag == W + "tab":
            if node.getparent().tag == W + "r":
                remove(node)
        elif node.tag == W + "t":
            node.text = _words(node.text or "").lstrip(BLANK)
            if node.text:
                return
        else:
            return


def runs_of(paragraph: Element) -> Iterator[Element]:
    """The runs of a paragraph, those of links included."""
    yield from paragraph.iter(W + "r")


def _words(text: str) -> str:
    return drop_unprintable(text).replace("\u00a0", " ")


def _paragraph(element: Element, styles: StyleSheet, numbering: Numbering) -> Item:
    properties = element.find(W + "pPr")
    look = styles.paragraph(properties)
    style = styles.paragraph_style(properties)
    label = label_of(element, styles, numbering)
    spans: list[Span] = []
    red = False
    for run in runs_of(element):
        text = _words(text_of(run))
        if not text:
            continue
        seen: RunLook = styles.run(run.find(W + "rPr"), style)
        spans.append(Span(text, seen.family, seen.size, seen.bold))
        red = red or bool(text.strip() and _RED.fullmatch(seen.colour))
    offset = look.left + look.first + _leading(spans)
    spans = _trimmed(spans)
    text = "".join(span.text for span in spans)
    pictured = next(element.iter(A + "blip", V + "imagedata"), None) is not None
    if label is not None and label.text and text:
        text = label.prefix() + text
    line = Line(
        text=text,
        spans=tuple(spans),
        align=look.align,
        offset=offset,
        outline=look.outline,
        style=look.style_name,
        red=red,
        listed=bool(label and label.bullet),
        pictured=pictured,
    )
    return Item(element, line, label)


def _leading(spans: list[Span]) -> float:
    text = "".join(span.text for span in spans)
    blanks = text[: len(text) - len(text.lstrip(BLANK))]
    widths = {" ": 0.5, "\u3000": 1.0, "\t": _TAB_WIDTH}
    return sum(widths.get(char, 0.0) for char in blanks)


def _trimmed(spans: list[Span]) -> list[Span]:
    """Spans without the blanks at both ends of the whole."""
    result = list(spans)
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        while result:
            text = strip(result[end].text, BLANK)
            if text:
                result[end] = replace(result[end], text=text)
                break
            result.pop(end)
    return result


def _table_text(table: Element) -> str:
    rows = []
    for row in table.iter(W + "tr"):
        cells = [" ".join(text_of(cell).split()) for cell in row.iterchildren(W + "tc")]
        rows.append("\u3000".join(cell for cell in cells if cell))
    return "\n".join(row for row in rows if row)


def _choose_lists(items: list[Item]) -> None:
    """Let plain 1. 2. 3. lists be ordered lists; every other number is written as text.

    Only an unbroken list from 1 qualifies: HTML starts each list anew, and a number that is
    wrong is worse than one that is typed.
    """
    texts = [item for item in items if not item.line.blank]
    body = body_look([item.line for item in items])
    index = 0
    while index < len(texts):
        end = index
        while end < len(texts) and _plain(texts[end], texts[index], end - index + 1):
            end += 1
        before = texts[index - 1] if index else None
        alone = before is None or (before.label is None and not ATTACHED.match(before.line.text))
        after_free = end >= len(texts) or texts[end].label is None
        group = texts[index:end]
        looks_plain = not any(stands_out(look_of(x.line.spans), body) for x in group)
        if len(group) > 1 and alone and after_free and looks_plain:
            for item in group:
                words = "".join(span.text for span in item.line.spans)
                item.line = replace(item.line, text=words, listed=True)
        index = max(end, index + 1)


def _plain(item: Item, first: Item, count: int) -> bool:
    label = item.label
    return (
        label is not None
        and first.label is not None
        and label.plain
        and label.list_id == first.label.list_id
        and label.count == count
        and item.line.outline is None
    )


def list_level(label: Label) -> int:
    """The depth of a list item, as deep as the converter's lists go."""
    return min(label.level, _MAX_LEVEL)
