"""Plain text, tables with commas, captions and web pages, in whatever encoding they come."""

import csv
import io
import re

from gongkai.core.documents.html import read_html as document_of
from gongkai.core.documents.text import decode
from gongkai.filetexts.readers.model import Found, Limits

_TIMES = re.compile(r"^(?:WEBVTT.*|NOTE.*|.*-->.*|\d+)$", re.M)


def read_text(content: bytes, name: str, limits: Limits) -> Found:
    """A text file; a page mark in it is a page."""
    text, _ = decode(content)
    return Found(text[: limits.max_chars * 2].split("\f"))


def read_csv(content: bytes, name: str, limits: Limits) -> Found:
    """Rows with their cells divided by tabs."""
    text, _ = decode(content)
    lines = []
    try:
        for row in csv.reader(io.StringIO(text[: limits.max_chars * 2])):
            lines.append("\t".join(cell for cell in row if cell.strip()))
    except csv.Error:
        return Found([text])
    return Found(["\n".join(lines)])


def read_captions(content: bytes, name: str, limits: Limits) -> Found:
    """What is said in a film, without the times."""
    text, _ = decode(content)
    return Found([_TIMES.sub("", text)])


def read_html(content: bytes, name: str, limits: Limits) -> Found:
    """What a web page shows."""
    return Found([document_of(content, name, limits.max_chars * 2).text])
