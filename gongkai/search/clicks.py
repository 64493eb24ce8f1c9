"""The mark of a hit, so that a click can be told without knowing who clicked.

A hit's link is the plain address of the record. Beside it stands ``ping`` (HTML standard), which
has the browser tell us of the click while it follows the link: no script, nothing to see in a
copied link, no detour when our address does not answer, and readers can switch it off.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from django.core.signing import BadSignature, TimestampSigner

ADDRESS: Final = "/f/dianji/"
LIFE: Final = 24 * 3600
"""Seconds after which a click counts no more."""

DEEPEST: Final = 2000
_SALT: Final = "gongkai.search.click"


@dataclass(frozen=True, slots=True)
class Mark:
    """A hit of a page: the page's trace, the record's key, the place among all hits."""

    trace: int
    record: str
    position: int


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=_SALT, sep="~")


def token(mark: Mark) -> str:
    """The mark as it stands in a page, signed with the time."""
    return _signer().sign(f"{mark.trace:x}.{mark.position}.{mark.record}")


def read(text: str) -> Mark | None:
    """The mark of a token that we signed within a day; None for anything else."""
    if len(text) > 300:
        return None
    try:
        value = _signer().unsign(text, max_age=LIFE)
    except BadSignature:
        return None
    trace, position, record = value.split(".", 2)
    found = Mark(int(trace, 16), record, int(position))
    return found if found.trace and 0 < found.position <= DEEPEST else None


def ping_address(mark: Mark) -> str:
    """What the browser is to tell; empty when the search is not in the log."""
    return f"{ADDRESS}?t={quote(token(mark))}" if mark.trace else ""
