"""Reads the text layer of a PDF and what is attached to it (PDFium)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pypdfium2

from gongkai.core.documents.pdf import PDFIUM

MAX_PAGES: Final = 1_000
_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia)\b")
_FEW_CHARACTERS: Final = 10


class PdfError(Exception):
    """The PDF cannot be opened; ``locked`` says that it asks for a password."""

    def __init__(self, *, locked: bool) -> None:
        super().__init__("locked" if locked else "damaged")
        self.locked = locked


@dataclass(frozen=True, slots=True)
class PdfText:
    """Page texts in order, the named author, and the numbers of pages without text."""

    pages: tuple[str, ...]
    page_count: int
    author: str

    @property
    def pages_without_text(self) -> tuple[int, ...]:
        return tuple(
            number
            for number, text in enumerate(self.pages, start=1)
            if len(text.strip()) < _FEW_CHARACTERS
        )


def read_pdf(content: bytes) -> PdfText:
    """Read the text of at most ``MAX_PAGES`` pages. Raises PdfError."""
    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            raise PdfError(locked="assword" in str(error)) from None
        try:
            count = len(document)
            pages = tuple(_page_texts(document, min(count, MAX_PAGES)))
            author = str(document.get_metadata_value("Author") or "").strip()
        except pypdfium2.PdfiumError:
            raise PdfError(locked=False) from None
        finally:
            document.close()
    return PdfText(pages, count, author)


def _page_texts(document: "pypdfium2.PdfDocument", count: int) -> Iterator[str]:
    for index in range(count):
        page = document[index]
        text = page.get_textpage()
        yield str(text.get_text_bounded()).replace("\r\n", "\n")
        text.close()
        page.close()


def has_active_content(content: bytes) -> bool:
    """Whether scripts, launch actions or attached files are announced in the open part."""
    return _ACTIVE.search(content) is not None
