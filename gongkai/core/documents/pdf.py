"""Reading the text layer of a PDF and undoing the line breaks of the page.

Chinese has no spaces between words, so a line that reaches the right margin is simply joined to
the next one; a new paragraph shows by its two-character indent, a gap, a centred line or a short
line before it. Page numbers and running heads are left out and reported in the notes.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

import pypdfium2 as pdfium

from gongkai.core.documents.model import DocumentError, SourceDocument, TextBuilder, too_many_chars
from gongkai.core.documents.pdf_tables import Glyph, RuledTable, find_tables, pdfium_c

MAX_PAGES: Final = 500
#: The library is not safe to call from two threads at once: whoever calls it holds this.
PDFIUM: Final = threading.Lock()

_BROKEN: Final = "这个 PDF 文件已损坏，打不开。请重新导出或重新下载完整的文件后再上传。"
_SCAN: Final = (
    "这个 PDF 是扫描件，只有图片、没有文字。请上传由文字处理软件导出的 PDF 或 .docx；"
    "只有纸质件时，请先做文字识别并逐字核对，再上传核对后的文档。"
)
_PAGE_NUMBER: Final = re.compile(
    r"[-—–－·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/，,]?\s*共?\s*\d{1,4}\s*页?)?[-—–－·\s]*"
)
_ENDS: Final = tuple("。！？；：!?;:）)】”》")
_STARTS_ITEM: Final = re.compile(
    r"[一二三四五六七八九十]{1,4}、|[（(][一二三四五六七八九十\d]{1,4}[）)]|\d{1,3}[.．、](?!\d)"
    r"|第[一二三四五六七八九十百]{1,5}[章节条]"
)
_NOT_MERGED: Final = ("号", "文件", "：", ":")


@dataclass(slots=True)
class _Line:
    text: str
    left: float
    right: float
    bottom: float
    top: float
    page: int
    centred: bool = False

    @property
    def height(self) -> float:
        return self.top - self.bottom


@dataclass(slots=True)
class _Page:
    lines: list[_Line]
    tables: list[RuledTable]
    width: float
    height: float


def read_pdf(data: bytes, filename: str, max_chars: int) -> SourceDocument:
    """Read a PDF with a text layer.

    Raises DocumentError: encrypted, scan_without_text, too_large, unreadable.
    """
    with PDFIUM:
        pages = _read_pages(data, max_chars)
    filled = [page for page in pages if page.lines or page.tables]
    if not filled:
        raise DocumentError("scan_without_text", _SCAN)
    notes: list[str] = []
    blank = [str(no) for no, page in enumerate(pages, 1) if not page.lines and not page.tables]
    if blank:
        shown = "、".join(blank[:10]) + ("等" if len(blank) > 10 else "")
        notes.append(f"第{shown}页没有文字，可能是扫描图片，请对照原件核对。")
    dropped = _drop_running_lines(pages)
    if dropped:
        notes.append(f"已略去页码和页眉共{dropped}行。")
    builder = TextBuilder(max_chars)
    _build(pages, builder)
    text = builder.text
    strange = sum(char == "\ufffd" or "\ue000" <= char <= "\uf8ff" for char in text)
    if strange * 10 > len(text):
        raise DocumentError(
            "unreadable",
            "这个 PDF 的字体没有文字编码，读出来是乱码。请改用 .docx，或用原软件重新导出 PDF。",
        )
    return SourceDocument(
        "pdf", text, tuple(builder.blocks), filename, "", tuple(builder.page_breaks), tuple(notes)
    )


def _read_pages(data: bytes, max_chars: int) -> list[_Page]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise DocumentError(
                "encrypted", "这个 PDF 设了打开密码。请先取消密码并另存，再上传。"
            ) from error
        raise DocumentError("unreadable", _BROKEN) from error
    try:
        if len(document) > MAX_PAGES:
            raise DocumentError(
                "too_large",
                f"PDF 有{len(document)}页，超过{MAX_PAGES}页。请只导出工作要点部分后再上传。",
            )
        pages: list[_Page] = []
        total = 0
        for number in range(len(document)):
            pages.append(_read_page(document, number))
            total += sum(len(line.text) for line in pages[-1].lines)
            if total > max_chars:
                raise too_many_chars(max_chars)
        return pages
    except pdfium.PdfiumError as error:
        raise DocumentError("unreadable", _BROKEN) from error
    finally:
        document.close()


def _read_page(document: pdfium.PdfDocument, number: int) -> _Page:
    page = document[number]
    try:
        width, height = page.get_size()
        text_page = page.get_textpage()
        try:
            rows = list(_glyph_rows(text_page))
        finally:
            text_page.close()
        glyphs = [glyph for row in rows for glyph in row]
        tables = find_tables(page, glyphs) if glyphs else []
        lines = []
        for row in rows:
            outside = [glyph for glyph in row if not any(table.contains(glyph) for table in tables)]
            text = "".join(glyph.char for glyph in outside)
            inked = [glyph for glyph in outside if not glyph.char.isspace()]
            if inked:
                lines.append(
                    _Line(
                        text.strip(),
                        min(glyph.left for glyph in inked),
                        max(glyph.right for glyph in inked),
                        min(glyph.bottom for glyph in inked),
                        max(glyph.top for glyph in inked),
                        number,
                    )
                )
        return _Page(lines, tables, width, height)
    finally:
        page.close()


def _glyph_rows(text_page: pdfium.PdfTextPage) -> Iterator[list[Glyph]]:
    """Characters with their boxes, one list per printed line."""
    row: list[Glyph] = []
    for index in range(text_page.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(text_page, index)
        if code in (10, 13):
            if row:
                yield row
            row = []
        elif code > 31 and code not in (0xFFFE, 0xFFFF) and not 0xD800 <= code <= 0xDFFF:
            left, bottom, right, top = text_page.get_charbox(index, loose=True)
            row.append(Glyph(chr(code), left, bottom, right, top))
    if row:
        yield row


def _drop_running_lines(pages: list[_Page]) -> int:
    """Remove page numbers and lines repeated at the head or foot of three or more pages."""
    edge = Counter(
        line.text
        for page in pages
        for line in page.lines
        if line.bottom > page.height * 0.92 or line.top < page.height * 0.08
    )
    dropped = 0
    for page in pages:
        kept = []
        for line in page.lines:
            marginal = line.bottom > page.height * 0.88 or line.top < page.height * 0.12
            if marginal and (_PAGE_NUMBER.fullmatch(line.text[:40]) or edge[line.text] >= 3):
                dropped += 1
            else:
                kept.append(line)
        page.lines = kept
    return dropped


def _build(pages: list[_Page], builder: TextBuilder) -> None:
    lines = [line for page in pages for line in page.lines]
    if lines:
        long_lines = sorted(lines, key=lambda line: line.right - line.left)[len(lines) // 2 :]
        left = _common([line.left for line in long_lines])
        right = _common([line.right for line in long_lines])
        size = median(line.height for line in long_lines)
        gaps = [
            a.bottom - b.bottom
            for a, b in pairwise(lines)
            if a.page == b.page and 0 < a.bottom - b.bottom < 5 * size
        ]
        pitch = median(gaps) if gaps else size * 1.5
        for line in lines:
            inset_left, inset_right = line.left - left, right - line.right
            line.centred = inset_left > 2.5 * size and abs(inset_left - inset_right) < 1.5 * size
    else:
        left = right = size = pitch = 0.0
    paragraph: list[_Line] = []

    def flush() -> None:
        if paragraph:
            text = "".join(
                first.text + _glue(first.text, second.text if second else "")
                for first, second in zip(paragraph, [*paragraph[1:], None], strict=True)
            )
            style = "centre" if all(line.centred for line in paragraph) else ""
            builder.paragraph(text, None, style)
            paragraph.clear()

    for number, page in enumerate(pages):
        waiting = sorted(page.tables, key=lambda table: -table.top)
        for line in page.lines:
            while waiting and waiting[0].top > line.top:
                flush()
                builder.table(waiting.pop(0).rows)
            if paragraph and _begins(paragraph, line, left, right, size, pitch):
                flush()
            paragraph.append(line)
        for table in waiting:
            flush()
            builder.table(table.rows)
        if number + 1 < len(pages):
            builder.page_break()
    flush()


def _common(values: list[float]) -> float:
    """The most frequent value to the nearest 4 points: a margin."""
    counted = Counter(round(number / 4) for number in values)
    best = counted.most_common(1)[0][0]
    near = [number for number in values if abs(round(number / 4) - best) <= 1]
    return median(near)


def _glue(first: str, second: str) -> str:
    """A space only between two Latin words."""
    return (
        " "
        if first[-1:].isascii()
        and second[:1].isascii()
        and second
        and (first[-1:].isalnum() and second[:1].isalnum())
        else ""
    )


def _begins(
    paragraph: list[_Line], line: _Line, left: float, right: float, size: float, pitch: float
) -> bool:
    """Does ``line`` open a new paragraph after the lines gathered so far?"""
    previous = paragraph[-1]
    same_page = previous.page == line.page
    gap = previous.bottom - line.bottom
    alike = abs(previous.height - line.height) < 0.08 * line.height
    full = previous.right > right - 1.2 * size and not previous.text.endswith(_ENDS)
    if full and alike and line.centred and same_page and 0 < gap < 1.7 * line.height + pitch / 2:
        return bool(_STARTS_ITEM.match(line.text))
    if previous.centred or line.centred:
        return not (
            previous.centred
            and line.centred
            and same_page
            and 0 < gap < 1.7 * max(previous.height, line.height)
            and alike
            and not previous.text.endswith(_NOT_MERGED)
            and not _STARTS_ITEM.match(line.text)
        )
    if abs(previous.height - line.height) > 0.25 * size:
        return True
    if same_page and not 0.2 * pitch < gap < 1.6 * pitch:
        return True
    if line.left > left + 1.2 * size:
        return True
    short = previous.right < right - 2.5 * size
    if short and (previous.text.endswith(_ENDS) or len(paragraph) == 1):
        return True
    if short and previous.right < right - 6 * size:
        return True
    return bool(_STARTS_ITEM.match(line.text)) and previous.text.endswith(_ENDS)
