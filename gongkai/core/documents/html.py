"""Reading a saved web page: visible paragraphs, headings and tables, nothing else.

Parsed with lxml without network and without entities. Hidden elements are skipped: copies on
other sites hide characters inside official texts.
"""

import re
from collections.abc import Iterator
from typing import Final

import lxml.etree as etree
import lxml.html as lxml_html

from gongkai.core.documents.model import DocumentError, RawCell, SourceDocument, TextBuilder
from gongkai.core.documents.text import decode

_SKIPPED: Final = frozenset(
    (
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "nav",
        "header",
        "footer",
        "form",
        "button",
        "select",
        "option",
        "iframe",
        "object",
        "svg",
        "rt",
        "rp",
        "aside",
        "textarea",
        "audio",
        "video",
        "canvas",
        "map",
    )
)
_BLOCKS: Final = frozenset(
    (
        "p",
        "div",
        "section",
        "article",
        "main",
        "body",
        "html",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "center",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "figure",
        "figcaption",
        "address",
        "fieldset",
        "hr",
    )
)
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])"
)
_SPACES: Final = re.compile(r"[ \t\r\n]+")
_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,20})", re.I)
_MAX_DEPTH: Final = 200
_MAX_SPAN: Final = 500

_STARTS: Final = (
    "<!doctype html",
    "<html",
    "<head",
    "<body",
    "<table",
    "<div",
    "<p>",
    "<p ",
    "<article",
    "<section",
    "<main",
    "<h1",
    "<h2",
    "<meta",
)


def looks_like_html(head: bytes) -> bool:
    """True when the first bytes are those of a web page or a fragment of one."""
    text = head.decode("utf-16", "ignore") if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
    text = text or head.decode("latin-1").lstrip("ï»¿\x00")
    text = text.lstrip().lower()
    while text.startswith(("<!--", "<?xml")):
        _, found, text = text.partition("-->" if text.startswith("<!--") else "?>")
        if not found:
            return False
        text = text.lstrip()
    return text.startswith(_STARTS)


def _decode(data: bytes) -> tuple[str, str]:
    declared = _CHARSET.search(data[:4096])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = declared.group(1).decode("ascii").lower()
        name = "gb18030" if name in ("gb2312", "gbk", "x-gbk", "gb18030") else name
        try:
            return data.decode(name), name
        except (LookupError, UnicodeDecodeError):
            pass  # A wrong declaration is common; the content decides.
    return decode(data)


class _Reader:
    def __init__(self, builder: TextBuilder) -> None:
        self.builder = builder
        self.parts: list[str] = []

    def flush(self, level: int | None = None, style: str = "") -> None:
        text = _SPACES.sub(" ", "".join(self.parts).replace("\n", " ")).replace("\x00", "\n")
        self.parts.clear()
        for line in text.split("\n"):
            self.builder.paragraph(line, level, style)

    def walk(self, element: etree._Element, level: int | None, style: str, depth: int) -> None:
        if depth > _MAX_DEPTH:
            raise DocumentError(
                "unreadable", "网页嵌套层数过多，无法读取。请把正文复制到 Word 文档中再上传。"
            )
        if element.text:
            self.parts.append(element.text)
        number = _list_start(element)
        for child in element:
            tag = child.tag.lower() if isinstance(child.tag, str) else ""
            if not tag or tag in _SKIPPED or _is_hidden(child):
                pass
            elif tag == "table":
                self.flush(level, style)
                if _is_layout(child):
                    self.walk(child, level, style, depth + 1)
                    self.flush(level, style)
                else:
                    self.builder.table(list(_rows(child, depth + 1)))
            elif tag == "br":
                self.parts.append("\x00")
            elif tag in _BLOCKS or tag in ("tr", "td", "th", "tbody", "thead", "tfoot", "caption"):
                self.flush(level, style)
                child_level = int(tag[1]) if tag in _HEADINGS else level
                child_style = "rule" if tag == "hr" else "centre" if _centred(child) else style
                if tag == "li" and number is not None:
                    self.parts.append(f"{number}. ")
                    number += 1
                    child_style = "list"
                self.walk(child, child_level, child_style, depth + 1)
                self.flush(child_level, child_style)
            else:
                self.walk(child, level, style, depth + 1)
            if child.tail:
                self.parts.append(child.tail)


_HEADINGS: Final = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


def _list_start(element: etree._Element) -> int | None:
    if element.tag != "ol" or element.get("type", "1") != "1":
        return None
    start = element.get("start", "1")
    return int(start) if start.isdigit() and len(start) < 5 else 1


def _is_hidden(element: etree._Element) -> bool:
    return element.get("hidden") is not None or bool(
        _HIDDEN.search((element.get("style") or "")[:2000].lower())
    )


def _centred(element: etree._Element) -> bool:
    style = (element.get("style") or "")[:500].replace(" ", "").lower()
    return element.get("align", "").lower() == "center" or "text-align:center" in style


def _span(cell: etree._Element, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return max(1, min(_MAX_SPAN, int(text))) if text.isdigit() and len(text) < 6 else 1


def _rows(table: etree._Element, depth: int) -> Iterator[list[RawCell]]:
    for row in _table_rows(table):
        cells = []
        for cell in row:
            if cell.tag in ("td", "th") and not _is_hidden(cell):
                text = "\n".join(_lines(cell, depth))
                cells.append(RawCell(text, _span(cell, "rowspan"), _span(cell, "colspan")))
        if cells:
            yield cells


def _table_rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("tbody", "thead", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _lines(cell: etree._Element, depth: int) -> Iterator[str]:
    """Text lines of a cell; nested tables are read as lines."""
    inner = TextBuilder(1_000_000)
    reader = _Reader(inner)
    reader.walk(cell, None, "", depth)
    reader.flush()
    for block in inner.blocks:
        yield inner.text[block.start : block.end].replace("\t", " ").strip()


def _is_layout(table: etree._Element) -> bool:
    """A table of one cell, or one that holds other tables, only arranges the page."""
    if any(inner is not table for inner in table.iter("table")):
        return True
    return sum(1 for _ in table.iter("td", "th")) <= 1


def read_html(data: bytes, filename: str, max_chars: int) -> SourceDocument:
    """Read a web page. Raises DocumentError."""
    text, encoding = _decode(data)
    if len(text) > max_chars * 6:
        raise DocumentError("too_large", "网页过大。请只保存正文部分后再上传。")
    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text.lstrip("\ufeff")).replace("\x00", "")
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, huge_tree=False)
    try:
        root = lxml_html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError(
            "unreadable", "网页无法解析。请把正文复制到 Word 文档中，另存为 .docx 再上传。"
        ) from error
    builder = TextBuilder(max_chars)
    reader = _Reader(builder)
    reader.walk(root, None, "", 0)
    reader.flush()
    return SourceDocument("html", builder.text, tuple(builder.blocks), filename, encoding)
