"""Reading an uploaded official document into plain paragraphs and tables.

Pure: no Django, no settings, no clock, no network. ``read_document`` is the only door; what it
returns is the same for .txt, .md, .docx, .pdf and .html, so whoever reads the content (the
work-point parser, the rule-text importer, the paste-in editor) need not know the file type.
"""

from gongkai.core.documents.model import (
    Block,
    Cell,
    DocumentError,
    DocumentKind,
    Paragraph,
    SourceDocument,
    Table,
)
from gongkai.core.documents.reader import MAX_BYTES, MAX_CHARS, from_text, read_document, sniff

__all__ = [
    "MAX_BYTES",
    "MAX_CHARS",
    "Block",
    "Cell",
    "DocumentError",
    "DocumentKind",
    "Paragraph",
    "SourceDocument",
    "Table",
    "from_text",
    "read_document",
    "sniff",
]
