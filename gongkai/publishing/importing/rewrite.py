"""Writing a paper back as plain WordprocessingML whose styles say what each paragraph is.

The converter maps styles to HTML; by giving every paragraph one of our own few styles, and
every run only what the web text keeps, its mapping becomes exact.
"""

from __future__ import annotations

from typing import Final

from gongkai.publishing.importing.formatting import StyleSheet, repeats_as_header, shaded
from gongkai.publishing.importing.gather import Item, list_level, runs_of, trim_start, write_label
from gongkai.publishing.importing.inline import BLANK
from gongkai.publishing.importing.paper import Paper
from gongkai.publishing.importing.patterns import join_title
from gongkai.publishing.importing.roles import Look, Role, Span, body_look, look_of, stands_out
from gongkai.publishing.importing.wordml import A, Element, V, W, make, remove, text_of, text_run

BULLETS: Final = "1"
NUMBERS: Final = "2"
STYLE_MAP: Final = """
p.GkH2 => h2:fresh
p.GkH3 => h3:fresh
p.GkH4 => h4:fresh
p.GkSign => p.sign:fresh
p.GkNote => p.note:fresh
p.GkPlain => p.no-indent:fresh
p:ordered-list(1) => ol > li:fresh
p:unordered-list(1) => ul > li:fresh
p:unordered-list(2) => ul > li > ul > li:fresh
p:unordered-list(3) => ul > li > ul > li > ul > li:fresh
p:unordered-list(4) => ul > li > ul > li > ul > li > ul > li:fresh
p:unordered-list(5) => ul > li > ul > li > ul > li > ul > li > ul > li:fresh
"""
_DROPPED: Final = (Role.TITLE, Role.HEAD, Role.CONTENTS, Role.COLOPHON)
_STYLES: Final = {
    Role.SIGN: "GkSign",
    Role.NOTE: "GkNote",
    Role.PLAIN: "GkPlain",
    Role.ADDRESSEE: "GkPlain",
}


def rewrite(items: list[Item], paper: Paper, styles: StyleSheet) -> int:
    """Restyle the body in place; returns how many pictures went with dropped parts."""
    body = body_look([item.line for item in items])
    lost = 0
    signature: Element | None = None
    joined = {place: block for block in paper.inner_titles for place in block}
    for index, (item, part) in enumerate(zip(items, paper.parts, strict=True)):
        element = item.element
        if part.role in _DROPPED:
            lost += sum(1 for _ in element.iter(A + "blip", V + "imagedata"))
            remove(element)
        elif part.role is Role.TABLE:
            _table(element, styles)
        elif part.role is Role.SIGN and signature is not None:
            _plain_runs(element, styles, body, bold=False)
            _append_line(signature, element)
            continue
        elif part.role is Role.HEADING and index in joined:
            block = joined[index]
            if index == block[0]:
                words = join_title([items[place].line.text for place in block])
                _replace_words(element, words)
                _restyle(element, "GkH2", None)
            else:
                remove(element)
        else:
            _paragraph(item, part.role, part.level, part.lead, styles, body)
        if part.role is Role.SIGN:
            signature = element
        elif part.role is not Role.BLANK:
            signature = None
    return lost


def _paragraph(
    item: Item, role: Role, level: int, lead: int, styles: StyleSheet, body: Look
) -> None:
    element, label = item.element, item.label
    _plain_runs(element, styles, body, bold=role not in (Role.HEADING, Role.SIGN))
    style = f"GkH{level}" if role is Role.HEADING else _STYLES.get(role, "")
    number: Element | None = None
    if label is not None and item.line.listed and role is Role.BODY:
        number = make("numPr")
        number.append(make("ilvl", val=str(list_level(label) if label.bullet else 0)))
        number.append(make("numId", val=BULLETS if label.bullet else NUMBERS))
    _restyle(element, style, number)
    trim_start(element)
    if label is not None and label.text and number is None and text_of(element).strip(BLANK):
        write_label(element, label.prefix())
    if lead:
        _embolden(element, lead)


def _restyle(element: Element, style: str, number: Element | None) -> None:
    old = element.find(W + "pPr")
    if old is not None:
        element.remove(old)
    properties = make("pPr")
    if style:
        properties.append(make("pStyle", val=style))
    if number is not None:
        properties.append(number)
    element.insert(0, properties)


def _plain_runs(element: Element, styles: StyleSheet, body: Look, *, bold: bool) -> None:
    """Leave on each run only bold, emphasis and raised or lowered letters."""
    style = styles.paragraph_style(element.find(W + "pPr"))
    for run in runs_of(element):
        properties = run.find(W + "rPr")
        look = styles.run(properties, style)
        plain = make("rPr")
        if bold and look.bold and not body.bold:
            plain.append(make("b"))
        if look.italic:
            plain.append(make("i"))
        if look.raised in ("superscript", "subscript"):
            plain.append(make("vertAlign", val=look.raised))
        if properties is not None:
            run.remove(properties)
        run.insert(0, plain)


def _embolden(element: Element, length: int) -> None:
    """Set the first ``length`` characters in bold, the rest of the paragraph not."""
    left = length
    for run in list(runs_of(element)):
        text = text_of(run)
        if not text:
            continue
        properties = run.find(W + "rPr")
        if properties is None:
            properties = make("rPr")
            run.insert(0, properties)
        for mark in properties.findall(W + "b"):
            properties.remove(mark)
        if left >= len(text):
            properties.append(make("b"))
        elif left > 0:
            _split_bold(run, left)
        left = max(left - len(text), 0)


def _split_bold(run: Element, length: int) -> None:
    for words in run.iterchildren(W + "t"):
        text = words.text or ""
        if length < len(text):
            run.addprevious(text_run(text[:length], bold=True))
            words.text = text[length:]
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            return
        run.addprevious(text_run(text, bold=True))
        words.text = ""
        length -= len(text)
        if length <= 0:
            return


def _append_line(first: Element, element: Element) -> None:
    """Join a line of the signature to the lines above it."""
    trim_start(element)
    run = make("r")
    run.append(make("br"))
    first.append(run)
    for child in list(element):
        if child.tag != W + "pPr":
            first.append(child)
    remove(element)


def _replace_words(element: Element, words: str) -> None:
    pictures = [r for r in runs_of(element) if next(r.iter(A + "blip", V + "imagedata"), None)]
    for child in list(element):
        element.remove(child)
    element.append(text_run(words))
    for run in pictures:
        element.append(run)


def _table(table: Element, styles: StyleSheet) -> None:
    _header(table, styles)
    for paragraph in table.iter(W + "p"):
        _plain_runs(paragraph, styles, Look(), bold=True)
        _restyle(paragraph, "", None)


def _header(table: Element, styles: StyleSheet) -> None:
    """Mark heading rows: those Word repeats, else a first row set off by font or ground."""
    rows = list(table.iterchildren(W + "tr"))
    marked = [repeats_as_header(row) for row in rows]
    for row in rows:
        for mark in row.findall(f"{W}trPr/{W}tblHeader"):
            remove(mark)
    count = marked.index(False) if False in marked else 0
    if not count and len(rows) > 1 and _set_off(rows[0], styles) and not _set_off(rows[1], styles):
        count = 1
    for row in rows[:count]:
        properties = row.find(W + "trPr")
        if properties is None:
            properties = make("trPr")
            row.insert(0, properties)
        properties.append(make("tblHeader"))


def _set_off(row: Element, styles: StyleSheet) -> bool:
    cells = list(row.iterchildren(W + "tc"))
    if len(cells) < 2 or not all(text_of(cell).strip() for cell in cells):
        return False
    if all(shaded(cell) for cell in cells):
        return True
    return all(stands_out(_cell_look(cell, styles), Look()) for cell in cells)


def _cell_look(cell: Element, styles: StyleSheet) -> Look:
    spans = []
    for paragraph in cell.iter(W + "p"):
        style = styles.paragraph_style(paragraph.find(W + "pPr"))
        for run in runs_of(paragraph):
            look = styles.run(run.find(W + "rPr"), style)
            spans.append(Span(text_of(run), look.family, look.size, look.bold))
    return look_of(spans)
