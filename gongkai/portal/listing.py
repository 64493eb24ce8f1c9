"""Cards of placements made ready for list rows, and the ways through long lists."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from gongkai.core.clock import day_of

_HOLDS = {
    "repealed": ("已废止", "idle"),
    "lapsed": ("已失效", "idle"),
    "not_yet": ("尚未施行", "warn"),
}


def row(card: Mapping[str, Any], *, summary: bool = False) -> dict[str, Any]:
    """One list row (design: item_list) from a card."""
    tag, tone = str(card.get("kind_name", "")), str(card.get("tone", ""))
    holds = _HOLDS.get(str(card.get("validity", "")))
    if holds:
        tag, tone = holds
    elif card.get("corrected"):
        tag, tone = "有更正", "red"
    elif card.get("history"):
        tag, tone = "历史信息", "idle"
    meta = " · ".join(filter(None, (str(card.get("unit", "")), str(card.get("doc_no", "")))))
    return {
        "title": card["title"],
        "url": card["path"],
        "tag": tag,
        "tone": tone,
        # Of history only the day is known.
        "at": day_of(card["published_at"]) if card.get("history") else card["published_at"],
        "meta": meta,
        "summary": card.get("summary", "") if summary else "",
    }


def rows(
    cards: Iterable[Mapping[str, Any]], *, summary: bool = False, known: str = ""
) -> list[dict[str, Any]]:
    """List rows from cards; a tag that only repeats the heading ``known`` is left out."""
    found = [row(card, summary=summary) for card in cards]
    return [{**r, "tag": ""} if r["tag"] == known else r for r in found]


def address(path: str, **query: object) -> str:
    """A path with those query values that are not empty."""
    kept = {name: str(value) for name, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def year_of(value: str | None) -> int:
    """A year from the address; 0 for everything that is not one."""
    text = value or ""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return year if 1949 <= year <= 2999 else 0


def year_links(
    path: str, years: Sequence[int], current: int, **query: object
) -> list[dict[str, Any]]:
    """Links to the years of a list (design: tabs); empty when there is nothing to choose."""
    if len(years) < 2 and not current:
        return []
    shown = sorted({*years, current} - {0}, reverse=True)
    return [
        {"label": "全部年份", "url": address(path, **query), "current": not current},
        *(
            {
                "label": f"{year} 年",
                "url": address(path, **query, year=year),
                "current": year == current,
            }
            for year in shown
        ),
    ]


def pages(path: str, *, after: str, following: str, **query: object) -> dict[str, str]:
    """Addresses of the first stretch (when not there) and of the next older one."""
    return {
        "newest": address(path, **query) if after else "",
        "older": address(path, **query, after=following) if following else "",
    }
