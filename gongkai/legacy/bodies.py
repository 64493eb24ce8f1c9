"""Texts of an old site as stored HTML: plain text into paragraphs, web pages through the
sanitizer, pictures and links to files of the same site brought along."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

from gongkai.legacy.rules import paragraphs, paragraphs_html
from gongkai.publishing.importing.clean import clean_html, plain_text
from gongkai.publishing.importing.inline import BLANK, tidy

_ATTRIBUTE: Final = re.compile(
    r"""(<(?:a|img)\b[^>]*?\s)(href|src)\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE
)
_FILE: Final = re.compile(
    r"\.(?:pdf|ofd|docx?|xlsx?|pptx?|wps|et|dps|zip|rar|txt|csv|rtf|jpe?g|png|gif)$", re.IGNORECASE
)
# What ``tidy`` would change; most texts hold none of it, and one look costs less than tidying.
_UNTIDY: Final = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\ufeff\ufff9-\uffff\ud800-\udfff]|[ \u3000]{2}"
)
_EMBEDDED: Final = ("data:", "blob:", "javascript:", "mailto:", "tel:", "#")


@dataclass(slots=True)
class Body:
    """A stored text, its words, and what it asked for."""

    html: str
    text: str
    files: list[str] = field(default_factory=list)
    """Addresses of files the text links to."""
    lost_pictures: list[str] = field(default_factory=list)
    warnings: tuple[str, ...] = ()


def from_text(text: str) -> Body:
    """Plain text: one paragraph a line. The same as the sanitizer makes of these paragraphs,
    without parsing what we have just written (a test compares the two)."""
    parts = paragraphs(text)
    if _UNTIDY.search(text):
        parts = [tidy(part) for part in parts]
    lines = [line for line in (part.strip(BLANK) for part in parts) if line]
    return Body(paragraphs_html(lines), "\n".join(lines))


def from_html(html: str, *, base: str, picture: Callable[[str], str | None]) -> Body:
    """A web page's text through the sanitizer.

    ``base`` is the page's old address, which relative links need; ``picture`` keeps a picture
    and gives its SHA-256, None when it is not there.
    """
    found = Body("", "")

    def replaced(match: re.Match[str]) -> str:
        head, name, value = match.groups()
        address = value.strip("\"'").strip()
        if not address or address.lower().startswith(_EMBEDDED):
            return match[0]
        whole = _joined(base, address)
        if name.lower() == "src":
            sha256 = picture(whole)
            if sha256 is None:
                found.lost_pictures.append(whole)
                return head
            return f'{head}src="blob:{sha256}"'
        if _FILE.search(urlsplit(whole).path):
            found.files.append(whole)
        return f'{head}href="{whole}"'

    cleaned = clean_html(_ATTRIBUTE.sub(replaced, html))
    found.html = cleaned.html
    found.text = plain_text(cleaned.html)
    found.warnings = cleaned.warnings
    found.files = list(dict.fromkeys(found.files))
    found.lost_pictures = list(dict.fromkeys(found.lost_pictures))
    return found


def _joined(base: str, address: str) -> str:
    try:
        whole = urljoin(base, address) if base else address
        urlsplit(whole)
    except ValueError:
        return "#"
    return whole.replace('"', "%22").replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")


_LINK: Final = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)


def links_in(html: str) -> list[str]:
    """The addresses a stored text links to."""
    return [match[1].replace("&amp;", "&") for match in _LINK.finditer(html)]


def rewrite_links(html: str, target: Callable[[str], str | None]) -> tuple[str, int, int]:
    """Give links new addresses. ``target`` says for an old address: the new one, "" to keep only
    the words, None for unknown. Returns the text, how many were rewritten, how many unknown ones
    are left (they keep the old address; readers see that it leads outside)."""
    known = unknown = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal known, unknown
        new = target(match[1].replace("&amp;", "&"))
        if new is None:
            unknown += match[1].startswith("http")
            return match[0]
        known += 1
        return f'<a href="{new.replace("&", "&amp;")}">{match[2]}</a>' if new else match[2]

    return _LINK.sub(replaced, html), known, unknown
