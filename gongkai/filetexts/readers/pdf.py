"""PDF: the text layer page by page, and which pages are pictures; pages drawn for recognition."""

import math

import pypdfium2 as pdfium
from PIL import Image

from gongkai.core.documents.pdf import PDFIUM
from gongkai.core.documents.pdf_tables import pdfium_c
from gongkai.filetexts.readers.model import Found, Limits, Outcome, ReadingError
from gongkai.filetexts.rules import is_garbled, joined

_FEW = 10
"""A page with fewer characters may be a picture with a page number."""
_MANY_PATHS = 60
"""Letters turned into outlines are at least so many paths."""
_PIXELS = 40_000_000


def _opened(content: bytes) -> "pdfium.PdfDocument":
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if "assword" in str(error) or "security" in str(error).lower():
            raise ReadingError(Outcome.ENCRYPTED, "PDF 设了打开密码，读不出文字。") from error
        raise ReadingError(Outcome.UNREADABLE, "PDF 文件已损坏，打不开。") from error


def read(content: bytes, name: str, limits: Limits) -> Found:
    """Text of every page, lines put together. Raises ReadingError."""
    found = Found()
    room = limits.max_chars
    with PDFIUM:
        document = _opened(content)
        try:
            count = len(document)
            for index in range(min(count, limits.max_pages)):
                text, picture = _page(document, index)
                found.pages.append(joined(text))
                if picture:
                    found.pictures.append(index + 1)
                room -= len(text)
                if room < 0:
                    break
        finally:
            document.close()
    if count > limits.max_pages:
        found.complete = False
        found.note = f"PDF 有 {count} 页，只读前 {limits.max_pages} 页。"
    if not count:
        raise ReadingError(Outcome.UNREADABLE, "PDF 里没有页面。")
    return found


def _page(document: "pdfium.PdfDocument", index: int) -> tuple[str, bool]:
    """(text, whether it is a picture) of a page; a page that is broken counts as empty."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return "", False
    try:
        layer = page.get_textpage()
        try:
            text = str(layer.get_text_bounded()).replace("\r\n", "\n")
        finally:
            layer.close()
        if is_garbled(text):
            return "", True
        return text, len("".join(text.split())) < _FEW and _is_drawn(page)
    except pdfium.PdfiumError:
        return "", False
    finally:
        page.close()


def _is_drawn(page: "pdfium.PdfPage") -> bool:
    """Whether there is something on the page that may be writing: a picture, or many outlines."""
    paths = 0
    for shown in page.get_objects(max_depth=4):
        if shown.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            return True
        paths += shown.type == pdfium_c.FPDF_PAGEOBJ_PATH
        if paths >= _MANY_PATHS:
            return True
    return False


def drawn(content: bytes, number: int, dpi: int) -> tuple[Image.Image, int]:
    """One page (from 1) in shades of grey, and its true resolution. Raises ReadingError."""
    with PDFIUM:
        document = _opened(content)
        try:
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(dpi / 72, math.sqrt(_PIXELS / max(width * height, 1.0)))
            bitmap = page.render(scale=scale, grayscale=True)
            picture = bitmap.to_pil().convert("L")
            bitmap.close()
            page.close()
        except (pdfium.PdfiumError, IndexError, ValueError) as error:
            raise ReadingError(Outcome.UNREADABLE, f"第{number}页画不出来。") from error
        finally:
            document.close()
    return picture, round(scale * 72)
