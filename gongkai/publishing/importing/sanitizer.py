"""The two passes of the sanitizer: a wide one that reads, a strict one that decides."""

from __future__ import annotations

import re
from typing import Final

import nh3

from gongkai.publishing.importing.blocks import CLASSES
from gongkai.publishing.importing.inline import drop_unprintable
from gongkai.publishing.importing.links import BLOB_SRC, safe_href

# The whole list of what a stored text may contain.
ALLOWED: Final[dict[str, set[str]]] = {
    "h2": set(),
    "h3": set(),
    "h4": set(),
    "p": {"class"},
    "ul": set(),
    "ol": set(),
    "li": set(),
    "table": set(),
    "caption": set(),
    "thead": set(),
    "tbody": set(),
    "tr": set(),
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "strong": set(),
    "em": set(),
    "br": set(),
    "a": {"href"},
    "img": {"src", "alt"},
    "figure": set(),
    "figcaption": set(),
    "sup": set(),
    "sub": set(),
    "blockquote": set(),
}
# Removed with all they contain. Everything else that is not allowed loses only its tags.
_WITH_CONTENT: Final = frozenset(
    [
        "script",
        "style",
        "title",
        "iframe",
        "frame",
        "frameset",
        "noscript",
        "noframes",
        "noembed",
        "template",
        "svg",
        "math",
        "textarea",
        "select",
        "object",
        "embed",
        "applet",
        "audio",
        "video",
        "canvas",
        "map",
        "xml",
        "rt",
        "rp",
        "button",
        "head",
        "plaintext",
        "xmp",
    ]
)
_READABLE: Final = frozenset(
    [
        "h1",
        "h5",
        "h6",
        "div",
        "span",
        "font",
        "b",
        "i",
        "s",
        "strike",
        "del",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "nav",
        "address",
        "center",
        "form",
        "fieldset",
        "legend",
        "details",
        "summary",
        "hr",
        "dl",
        "dt",
        "dd",
        "pre",
        "tfoot",
        "input",
    ]
)
_STYLES: Final = frozenset(
    [
        "display",
        "mso-hide",
        "mso-list",
        "font-weight",
        "font-style",
        "font-family",
        "vertical-align",
        "text-align",
        "list-style-type",
    ]
)
_READ_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": {"style", "class", "align"},
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start", "type"},
    "input": {"type", "checked"},
}
# Read so that a refused address can be reported; the strict pass knows only the harmless ones.
_READ_SCHEMES: Final = frozenset(
    [
        "http",
        "https",
        "mailto",
        "tel",
        "blob",
        "data",
        "file",
        "ftp",
        "javascript",
        "vbscript",
        "about",
        "cid",
    ]
)
# The parser takes time that grows with the square of the depth of these elements.
_NESTING: Final = re.compile(
    r"<(/?)(address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset|"
    r"figcaption|figure|footer|form|header|hgroup|main|menu|nav|ol|search|section|summary|ul|"
    r"pre|listing|table|button|h[1-6])\b",
    re.IGNORECASE,
)
_MAX_DEPTH: Final = 300
_MANY_TAGS: Final = 2000
_NUMBER: Final = re.compile(r"[2-9]|[1-9]\d|100")
_SCOPES: Final = frozenset({"col", "row", "colgroup", "rowgroup"})

_reader: Final = nh3.Cleaner(
    tags=set(ALLOWED) | _READABLE,
    clean_content_tags=set(_WITH_CONTENT),
    attributes=_READ_ATTRIBUTES,
    filter_style_properties=set(_STYLES),
    url_schemes=set(_READ_SCHEMES),
    link_rel=None,
)


def _judge(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return safe_href(value)
    if name == "src":
        return value if BLOB_SRC.fullmatch(value) else None
    if name in ("colspan", "rowspan"):
        return value if _NUMBER.fullmatch(value) else None
    if name == "scope":
        return value if value in _SCOPES else None
    if name == "class":
        return value if value in CLASSES else None
    return value if name == "alt" and tag == "img" else None


_strict: Final = nh3.Cleaner(
    tags=set(ALLOWED),
    clean_content_tags=set(_WITH_CONTENT),
    attributes={tag: names for tag, names in ALLOWED.items() if names},
    attribute_filter=_judge,
    url_schemes={"http", "https", "mailto", "tel", "blob"},
    link_rel=None,
)


def read(html: str) -> str:
    """A fragment put into order, with what the cleaning steps want to look at still in it.

    Not fit for storing or showing.
    """
    return _reader.clean(_cap_depth(drop_unprintable(html)))


def strict(html: str) -> str:
    """A fragment with nothing but ``ALLOWED`` in it, each attribute judged by value."""
    return _strict.clean(_cap_depth(drop_unprintable(html)))


def _cap_depth(html: str) -> str:
    """Give elements nested absurdly deep a name that means nothing; shallow text is untouched."""
    if html.count("<") < _MANY_TAGS:
        return html
    depth = cut = 0

    def name(match: re.Match[str]) -> str:
        nonlocal depth, cut
        if match[1]:
            if cut:
                cut -= 1
                return f"</x-{match[2]}"
            depth = max(depth - 1, 0)
        elif depth >= _MAX_DEPTH:
            cut += 1
            return f"<x-{match[2]}"
        else:
            depth += 1
        return match[0]

    return _NESTING.sub(name, html)
