"""Reading .docx: the parts of the archive are checked before any of them is unpacked.

Only the body, the styles and the numbering are read. Numbers that Word generates are written
into the text, because a work point without its number cannot be told from its neighbour.
Deleted revisions, hidden text and comments are left out; inserted revisions are kept.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Final

import lxml.etree as etree

from gongkai.core.documents.docx_numbering import Numbering, local, read_numbering, value
from gongkai.core.documents.docx_package import BROKEN, check_archive, read_part
from gongkai.core.documents.model import DocumentError, RawCell, SourceDocument, TextBuilder

_MAX_DEPTH: Final = 60


class _Styles:
    """Heading level, number reference and name of every paragraph style."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, etree._Element] = {}
        for style in root if root is not None else ():
            if local(style) == "style":
                self._styles[_attribute(style, "styleId")] = style

    def _chain(self, style_id: str) -> Iterator[etree._Element]:
        for _ in range(12):
            style = self._styles.get(style_id)
            if style is None:
                return
            yield style
            style_id = next((value(child) for child in style if local(child) == "basedOn"), "")

    def name(self, style_id: str) -> str:
        style = self._styles.get(style_id)
        if style is None:
            return ""
        return next((value(child) for child in style if local(child) == "name"), "")

    def heading_level(self, style_id: str) -> int | None:
        for style in self._chain(style_id):
            for child in style.iter():
                if local(child) == "outlineLvl":
                    return _outline(value(child))
            name = next((value(child) for child in style if local(child) == "name"), "").lower()
            if name.startswith(("heading ", "标题 ")) and name[-1:].isdigit():
                return int(name[-1])
            if name in ("title", "标题"):
                return 1
        return None

    def number(self, style_id: str) -> tuple[str, int] | None:
        for style in self._chain(style_id):
            for child in style:
                if local(child) == "pPr":
                    found = _number_of(child)
                    if found:
                        return found
        return None


def _attribute(element: etree._Element, name: str) -> str:
    for key, content in element.attrib.items():
        if etree.QName(key).localname == name:
            return str(content)
    return ""


def _outline(text: str) -> int | None:
    return int(text) + 1 if text.isdigit() and int(text) < 9 else None


def _number_of(properties: etree._Element) -> tuple[str, int] | None:
    for child in properties:
        if local(child) == "numPr":
            level, number = 0, ""
            for part in child:
                if local(part) == "ilvl" and value(part).isdigit():
                    level = int(value(part))
                elif local(part) == "numId":
                    number = value(part)
            return (number, level) if number else None
    return None


def _is_on(element: etree._Element) -> bool:
    return value(element) not in ("0", "false", "off")


class _Reader:
    def __init__(self, styles: _Styles, numbering: Numbering, builder: TextBuilder) -> None:
        self.styles = styles
        self.numbering = numbering
        self.builder = builder
        self.deleted_revisions = False

    # -- runs ---------------------------------------------------------------------------------
    def _inline(self, element: etree._Element, depth: int = 0) -> Iterator[str]:
        """Yield the text of a paragraph; a page break is yielded as a form feed."""
        if depth > _MAX_DEPTH:
            return
        for child in element:
            tag = local(child)
            if tag == "t":
                yield child.text or ""
            elif tag == "tab":
                yield "\t"
            elif tag == "noBreakHyphen":
                yield "-"
            elif tag in ("br", "cr"):
                yield "\f" if _attribute(child, "type") == "page" else "\n"
            elif tag == "lastRenderedPageBreak":
                yield "\f"
            elif tag in ("del", "moveFrom"):
                self.deleted_revisions = True
            elif tag == "r":
                if not self._hidden(child):
                    yield from self._inline(child, depth + 1)
            elif tag == "ruby":
                for part in child:
                    if local(part) == "rubyBase":
                        yield from self._inline(part, depth + 1)
            elif tag == "AlternateContent":
                choice = next((part for part in child if local(part) == "Choice"), None)
                if choice is not None:
                    yield from self._inline(choice, depth + 1)
            elif tag == "txbxContent":
                for paragraph in child.iter():
                    if local(paragraph) == "p":
                        yield "".join(self._inline(paragraph, depth + 1)) + "\n"
            elif tag in _TRANSPARENT:
                yield from self._inline(child, depth + 1)

    @staticmethod
    def _hidden(run: etree._Element) -> bool:
        for child in run:
            if local(child) == "rPr":
                return any(
                    local(part) in ("vanish", "webHidden") and _is_on(part) for part in child
                )
        return False

    # -- blocks -------------------------------------------------------------------------------
    def paragraph_text(self, element: etree._Element) -> tuple[str, int | None, str]:
        """Text with its generated number, heading level, style hint."""
        style_id, level, number, centred = "", None, None, False
        for child in element:
            if local(child) != "pPr":
                continue
            number = _number_of(child)
            for part in child:
                tag = local(part)
                if tag == "pStyle":
                    style_id = value(part)
                elif tag == "outlineLvl":
                    level = _outline(value(part))
                elif tag == "jc":
                    centred = value(part) == "center"
        if level is None:
            level = self.styles.heading_level(style_id)
        if number is None:
            number = self.styles.number(style_id)
        text = "".join(self._inline(element))
        label = ""
        if number is not None and text.strip():
            label = self.numbering.label(*number)
        style = self.styles.name(style_id) or ("centre" if centred else "")
        return label + text, level, style

    def body(self, element: etree._Element, depth: int = 0) -> None:
        if depth > _MAX_DEPTH:
            return
        for child in element:
            tag = local(child)
            if tag == "p":
                self._paragraph(child)
            elif tag == "tbl":
                self.builder.table(self._rows(child, 0))
            elif tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"):
                self.body(child, depth + 1)
            elif tag in ("del", "moveFrom"):
                self.deleted_revisions = True

    def _paragraph(self, element: etree._Element) -> None:
        text, level, style = self.paragraph_text(element)
        # A page turn inside a paragraph is layout, not the end of the paragraph; its place is
        # noted at the beginning or the end of the paragraph, whichever is nearer.
        late = 2 * len(text.partition("\f")[0].strip()) >= len(text.strip())
        if "\f" in text and not late:
            self.builder.page_break()
        for line in text.replace("\f", "").split("\n"):
            self.builder.paragraph(line, level, style)
        if "\f" in text and late:
            self.builder.page_break()

    def _rows(self, table: etree._Element, depth: int) -> list[list[RawCell]]:
        """Rows of a table; vertical merges are turned into row spans."""
        rows: list[list[tuple[str, int, str]]] = []
        for row in _find(table, "tr"):
            cells: list[tuple[str, int, str]] = []
            before = 0
            for properties in row:
                if local(properties) == "trPr":
                    for part in properties:
                        if local(part) == "gridBefore" and value(part).isdigit():
                            before = int(value(part))
                        elif local(part) == "del":
                            before = -1
            if before < 0:
                self.deleted_revisions = True
                continue
            cells.extend([("", 1, "")] * min(before, 20))
            for cell in _find(row, "tc"):
                cells.append(self._cell(cell, depth))
            rows.append(cells)
        return _spans(rows)

    def _cell(self, cell: etree._Element, depth: int) -> tuple[str, int, str]:
        span, merge = 1, ""
        for child in cell:
            if local(child) == "tcPr":
                for part in child:
                    if local(part) == "gridSpan" and value(part).isdigit():
                        span = max(1, min(64, int(value(part))))
                    elif local(part) == "vMerge":
                        merge = value(part) or "continue"
        return "\n".join(self._cell_lines(cell, depth)), span, merge

    def _cell_lines(self, cell: etree._Element, depth: int) -> Iterator[str]:
        if depth > 5:
            return
        for child in cell:
            tag = local(child)
            if tag == "p":
                text = self.paragraph_text(child)[0].replace("\f", "").strip()
                if text:
                    yield text
            elif tag == "tbl":
                for row in _find(child, "tr"):
                    for inner in _find(row, "tc"):
                        yield from self._cell_lines(inner, depth + 1)
            elif tag in ("sdt", "sdtContent", "ins", "customXml", "smartTag"):
                yield from self._cell_lines(child, depth + 1)


_TRANSPARENT: Final = frozenset(
    (
        "ins",
        "moveTo",
        "hyperlink",
        "smartTag",
        "sdt",
        "sdtContent",
        "customXml",
        "fldSimple",
        "drawing",
        "pict",
        "shape",
        "textbox",
        "inline",
        "anchor",
        "graphic",
        "graphicData",
        "wsp",
        "txbx",
        "wgp",
        "group",
        "rect",
        "roundrect",
        "oMath",
        "dir",
        "bdo",
    )
)


def _find(element: etree._Element, tag: str, depth: int = 0) -> Iterator[etree._Element]:
    """Children with this tag, looking through content controls."""
    for child in element:
        name = local(child)
        if name == tag:
            yield child
        elif name in ("sdt", "sdtContent", "ins", "customXml") and depth < _MAX_DEPTH:
            yield from _find(child, tag, depth + 1)


def _spans(rows: list[list[tuple[str, int, str]]]) -> list[list[RawCell]]:
    """Word marks every cell of a vertical merge; count them into the first one."""
    out: list[list[RawCell]] = []
    # Column position → (row, index) of the cell that opened the merge there.
    open_merges: dict[int, tuple[int, int]] = {}
    for cells in rows:
        row: list[RawCell] = []
        column = 0
        for text, span, merge in cells:
            opened = open_merges.get(column)
            if merge == "continue" and opened is not None:
                first = out[opened[0]][opened[1]]
                out[opened[0]][opened[1]] = RawCell(
                    first.text, first.row_span + 1, first.column_span
                )
            else:
                row.append(RawCell(text, 1, span))
                open_merges.pop(column, None)
                if merge == "restart":
                    open_merges[column] = (len(out), len(row) - 1)
            column += span
        out.append(row)
    return out


def read_docx(data: bytes, filename: str, max_chars: int) -> SourceDocument:
    """Read a .docx that ``sniff`` has recognised. Raises DocumentError."""
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DocumentError("unreadable", BROKEN) from error
    with archive:
        check_archive(archive, len(data))
        root = read_part(archive, "word/document.xml")
        if root is None or local(root) != "document":
            raise DocumentError(
                "not_a_docx",
                "文件里没有 Word 正文。请用文字处理软件打开原文件，另存为 .docx 再上传。",
            )
        styles = _Styles(read_part(archive, "word/styles.xml"))
        numbering = read_numbering(read_part(archive, "word/numbering.xml"))
    builder = TextBuilder(max_chars)
    reader = _Reader(styles, numbering, builder)
    for child in root:
        if local(child) == "body":
            reader.body(child)
    notes: tuple[str, ...] = ()
    if reader.deleted_revisions:
        notes = ("文档带有修订痕迹：已删除的内容没有读入，新增的内容已读入。",)
    return SourceDocument(
        "docx",
        builder.text,
        tuple(builder.blocks),
        filename,
        "utf-8",
        tuple(builder.page_breaks),
        notes,
    )
