"""Which addresses a stored text may carry."""

from __future__ import annotations

import re
from typing import Final

BLOB_SRC: Final = re.compile(r"blob:([0-9a-f]{64})")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.\-]*:", re.IGNORECASE)
_WEB: Final = re.compile(r"https?://[^/?#]+.*", re.IGNORECASE)
_MAIL: Final = re.compile(r"mailto:[^@\s]+@[^@\s]+", re.IGNORECASE)
_PHONE: Final = re.compile(r"tel:[+0-9()\-]{3,24}", re.IGNORECASE)
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\\<>\"'`^{|}\u200b-\u200f\u2028-\u202e\ufeff]")
_MAX: Final = 2000


def safe_href(raw: str) -> str | None:
    """The address to store, or None when the link must go.

    Allowed: http, https, mailto, tel and addresses relative to the site. An address that
    leaves the scheme open (``//host/…``) is stored with https. Backslashes, blanks and quotes
    are refused: browsers read some of them as another address than people do.
    """
    href = raw.strip(" \t\r\n\u3000\u00a0")
    if not href or len(href) > _MAX or _FORBIDDEN.search(href):
        return None
    if href.startswith("//"):
        href = "https:" + href
    if _SCHEME.match(href):
        for pattern in (_WEB, _MAIL, _PHONE):
            if pattern.fullmatch(href):
                return href
        return None
    if href.startswith("#_"):
        return None
    return href


def is_outside(href: str, own_hosts: frozenset[str] = frozenset()) -> bool:
    """Whether an address leads to another site than those named."""
    match = re.match(r"https?://(?:[^/?#@]*@)?([^/?#:]+)", href, re.IGNORECASE)
    return bool(match) and match[1].lower() not in own_hosts if match else False
