"""Addresses elsewhere: which open at once, which after a notice (国办发〔2017〕47号).

A notice page must never serve as a way to send readers anywhere. The address it leads to is
signed when a public page is made, together with the record that contains it, and works only as
long as that record is public.
"""

from urllib.parse import urlencode, urlsplit

from django.core.signing import BadSignature, Signer

from gongkai.publishing.importing.links import safe_href

_SALT = "gongkai.portal.leaving"
_GOVERNMENT = ("gov.cn",)


def _signer() -> Signer:
    return Signer(salt=_SALT, sep="~")


def is_government(url: str) -> bool:
    """Whether an address is of a government site, which opens without a notice."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    return any(host == name or host.endswith(f".{name}") for name in _GOVERNMENT)


def leaving_address(url: str, *, item_id: int = 0) -> str:
    """Where a link to another site leads: straight on to a government site, else the notice.

    ``item_id`` is the public item that contains the link; 0 = the site itself (its foot).
    """
    if is_government(url):
        return url
    _, _, signature = _signer().sign(f"{item_id}:{url}").rpartition("~")
    return f"/likai/?{urlencode({'u': url, 'n': item_id, 's': signature})}"


def signed_target(url: str, item_id: int, signature: str) -> bool:
    """Whether this installation itself put the address on a page of that item."""
    if safe_href(url) != url or not url.lower().startswith(("http://", "https://")):
        return False
    try:
        _signer().unsign(f"{item_id}:{url}~{signature}")
    except BadSignature:
        return False
    return True
