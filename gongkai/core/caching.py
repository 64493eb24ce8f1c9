"""What caches are told about public pages. One number rules: nothing public is older than LIFE."""

import re
from hashlib import blake2b

LIFE = 5
"""Seconds between the moment a page is rendered and the last moment anybody may be shown it."""

_STALE = 1
"""Seconds of those in which a page may still be shown while it is fetched anew."""

# A shared cache keeps a page 3 seconds and shows it 1 more while it fetches the next; a browser
# that got it at the last moment may use it 1 more while it asks again: 5 together.
FRESH = f"public, max-age=0, s-maxage={LIFE - 2 * _STALE}, stale-while-revalidate={_STALE}"


# Results and suggestions of searches, of the whole site and of one unit (docs/adr/0016).
_NEVER = re.compile(r"/(?:qx/[^/]+/)?(?:search/(?!feed/)|dw/[^/]+/jiansuo/)")


def never_kept(path: str) -> bool:
    """Whether the pages of a public address are made for each reader anew and kept by nobody."""
    return _NEVER.match(path) is not None


def aged(left: float) -> str:
    """``Cache-Control`` of a page that may be shown ``left`` seconds more."""
    return f"public, max-age=0, s-maxage={max(0, int(left))}"


def may_keep(control: str) -> bool:
    """Whether a ``Cache-Control`` header allows a shared cache to keep the answer."""
    words = {word.strip().partition("=")[0] for word in control.lower().split(",")}
    return "public" in words and not words & {"no-store", "no-cache", "private"}


def etag_of(content: bytes) -> str:
    """A weak validator: the same text may be sent packed or not."""
    return f'W/"{blake2b(content, digest_size=9).hexdigest()}"'


def matches(asked: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names a validator (weak comparison, RFC 9110 §13.1.2)."""
    if not asked or not etag:
        return False
    bare = etag.removeprefix("W/")
    return asked.strip() == "*" or any(
        part.strip().removeprefix("W/") == bare for part in asked.split(",")
    )
