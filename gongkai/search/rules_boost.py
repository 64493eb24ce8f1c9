"""Mild, explained advantages beside relevance: what is new, what a government itself has issued.

House measures, not law: together at most 15 %, so that they decide between hits that fit alike and
never put what fits badly before what fits well.
"""

import math
from datetime import date
from typing import Final

FRESH: Final = 0.06
"""Advantage on the day of publication; half of it is left after a year."""

AUTHORITY: Final = 0.03
"""Advantage for each step of authority (``entries.Entry.authority``, 0 to 3)."""

_HALF_LIFE: Final = 365.25
_SAID_FROM: Final = 0.03

_ISSUERS: Final = {2: "政府办公厅（室）或者区县政府发布", 3: "市政府发布"}


def fresh(published: date | None, today: date) -> float:
    """Advantage of a day of publication; nothing for days to come or unknown ones."""
    if published is None:
        return 0.0
    age = max(0, (today - published).days)
    return FRESH * math.exp2(-age / _HALF_LIFE)


def boost(published: date | None, authority: int, today: date) -> float:
    """What a score is multiplied with: 1 to 1.15."""
    return 1.0 + fresh(published, today) + AUTHORITY * min(max(authority, 0), 3)


def said(published: date | None, authority: int, today: date) -> list[str]:
    """The advantages worth telling, in words."""
    found = []
    if (part := fresh(published, today)) >= _SAID_FROM:
        found.append(f"发布时间近（加 {part:.0%}）")
    if authority in _ISSUERS:
        found.append(f"{_ISSUERS[authority]}（加 {AUTHORITY * authority:.0%}）")
    return found
