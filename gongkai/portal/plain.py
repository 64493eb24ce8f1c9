"""The plain-text view of a page: the same words from the same blocks, without pictures or drawings.

Made from the rendered page, so that both views always say the same. Pure functions.
"""

from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml import html
from lxml.html import HtmlElement

VIEW: Final = ("view", "text")
_ELSEWHERE: Final = ("/static/", "/files/", "/f/", "/desk/", "/admin/", "/tour/")
_PLAYED: Final = ("video", "audio", "iframe", "canvas", "object", "embed")


def with_view(address: str) -> str:
    """A local page's address in the text view; any other address as it is."""
    if not address.startswith("/") or address.startswith(("//", *_ELSEWHERE)):
        return address
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "view"]
    return urlunsplit(parts._replace(query=urlencode([*query, VIEW])))


def _replace(element: HtmlElement, words: str) -> None:
    """Put words where an element was; what stood behind it stays."""
    parent, previous = element.getparent(), element.getprevious()
    text = words + (element.tail or "")
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    parent.remove(element)


def _words_of(element: HtmlElement) -> str:
    """What a drawing or picture says to those who do not see it."""
    if element.get("aria-hidden") == "true":
        return ""
    said = (element.get("alt") or element.get("aria-label") or "").strip()
    if element.tag == "svg" and not said:
        said = " ".join(text.strip() for text in element.itertext() if text.strip())
    if not said:
        return ""
    return f"［图片：{said}］" if element.tag == "img" else said


def _media_words(element: HtmlElement) -> str:
    kind = {"audio": "录音", "video": "视频"}.get(element.tag, "")
    return f"［这里有一段{kind}，请在标准版播放］" if kind else ""


def plain_page(source: str) -> str:
    """The page without scripts, drawings and pictures; links and searches stay in this view."""
    document = html.document_fromstring(source)
    for element in list(document.iter("script", "template")):
        element.drop_tree()
    for element in list(document.iter("wbr")):
        element.drop_tag()
    for element in list(document.iter("svg", "img")):
        _replace(element, _words_of(element))
    for element in list(document.iter(*_PLAYED)):
        _replace(element, _media_words(element))
    for element in list(document.iter("button")):
        if element.getparent() is not None and not element.xpath("ancestor::form"):
            element.drop_tree()  # works by script only
    for row in list(document.iter("li")):
        if not row.text_content().strip():
            row.drop_tree()
    for details in document.iter("details"):
        details.set("open", "")
    for link in document.iter("a"):
        if link.get("href") and not link.get("data-leave-view"):
            link.set("href", with_view(link.get("href")))
        link.attrib.pop("data-leave-view", None)
    for form in document.iter("form"):
        if (form.get("method") or "get").lower() == "get":
            hidden = html.Element("input", type="hidden", name=VIEW[0], value=VIEW[1])
            form.insert(0, hidden)
    body: str = html.tostring(document, encoding="unicode", doctype="<!doctype html>")
    return body
