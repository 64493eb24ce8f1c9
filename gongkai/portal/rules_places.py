"""How fresh a place is, and under which heading it stands. Plain values only."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

REST: Final = "其他"
_NUMBER: Final = re.compile(r"^[一二三四五六七八九十]+、")


@dataclass(frozen=True, slots=True)
class Freshness:
    """How a place stands: light, words, and how much of the agreed days has gone (0 to 100)."""

    light: str
    words: str
    gone: float
    late: bool


def freshness(gap: int | None, newest: date | None, today: date) -> Freshness:
    """How fresh a place is against the days agreed for it; without an agreement it is never late."""
    if newest is None:
        return Freshness(
            "yellow" if gap else "grey", "还没有内容", 100.0 if gap else 0.0, bool(gap)
        )
    days = max((today - newest).days, 0)
    words = "今天更新" if days == 0 else "昨天更新" if days == 1 else f"{days} 天前更新"
    if not gap:
        return Freshness("grey", words, 0.0, False)
    if days > gap:
        return Freshness("yellow", f"{words}，超过约定的 {gap} 天", 100.0, True)
    return Freshness("green", f"{words}，约定 {gap} 天", round(days * 100 / gap, 1), False)


def heading(title: str) -> str:
    """A section title of the work points without its number; the rest for none."""
    return _NUMBER.sub("", title.strip()) or REST
