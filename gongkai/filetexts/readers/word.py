"""Word documents: the body by the reader of uploads, then headers, footers and notes; ODF text."""

import lxml.etree as etree

from gongkai.core.documents import DocumentError
from gongkai.core.documents.docx import read_docx
from gongkai.filetexts.readers.markup import local, paragraphs
from gongkai.filetexts.readers.model import Found, Limits
from gongkai.screening.ooxml import Package

_AROUND = r"word/(?:header[0-9]*|footer[0-9]*|footnotes|endnotes)\.xml"


def read(content: bytes, name: str, limits: Limits) -> Found:
    """Body with tables, generated numbers and text boxes; headers, footers and notes, each once."""
    package = Package(content)
    try:
        body = read_docx(content, name, limits.max_chars * 2).text
    except DocumentError as error:
        if error.code != "too_large":
            raise
        # Tables larger than any official document: their cells are text all the same.
        body = "\n".join(paragraphs(package.xml("word/document.xml")))
    lines = [text for part in package.matching(_AROUND) for text in paragraphs(package.xml(part))]
    return Found(["\n".join([body, *dict.fromkeys(lines)])])


_ODF_SKIPPED = ("tracked-changes", "annotation", "ruby-text")
_ODF_BREAKS = {"tab": "\t", "s": " ", "line-break": "\n"}


def read_odf(content: bytes, name: str, limits: Limits) -> Found:
    """Paragraphs and headings of an OpenDocument text, sheet or presentation."""
    done: list[str] = []
    open_: list[list[str]] = []
    walker = etree.iterwalk(Package(content).xml("content.xml"), events=("start", "end"))
    for event, element in walker:
        tag = local(element)
        if event == "start":
            if tag in _ODF_SKIPPED:
                walker.skip_subtree()
            elif tag in ("p", "h"):
                open_.append([element.text or ""])
            elif open_:
                open_[-1] += [_ODF_BREAKS.get(tag, ""), element.text or ""]
        elif tag in ("p", "h") and open_:
            done.append("".join(open_.pop()))
            if open_:
                open_[-1].append(element.tail or "")
        elif open_:
            open_[-1].append(element.tail or "")
    return Found(["\n".join(done)])
