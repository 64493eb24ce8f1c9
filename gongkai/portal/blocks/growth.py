"""Blocks of targets, documents in time and news: 强省会 and whatever else is measured."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from gongkai.portal import listing, selectors, selectors_blocks
from gongkai.portal.blocks import Data, Options, Place, block
from gongkai.portal.selectors import Told
from gongkai.publishing.facts_figures import ProgressView, progress_view

CSS = ("design/css/charts.css", "portal/blocks/growth.css")
DOCUMENTS = ("policy", "normative_document", "plan")
DRAWN = frozenset({"progress", "project"})
CITY = "shi"
"""The choice of the city's own units among the districts."""


def home_of(place: Place) -> str:
    """The address of the place's site, ending in a slash."""
    return f"/{place.site.prefix}/" if place.site.prefix else "/"


def city_column(place: Place) -> str:
    """The same column of the city, for a district that has nothing of its own; else empty."""
    return f"/zt/{place.column.key}/" if place.site.prefix else ""


def own_told(place: Place, kinds: Sequence[str], *keys: str, size: int) -> list[Told]:
    """The newest items of some sections that the place's own level published."""
    sections = [s for s in place.sections if s.key in keys]
    return selectors_blocks.public_own_told(place.column, kinds=kinds, sections=sections, size=size)


def related(place: Place, *keys: str, size: int = 3) -> list[dict[str, Any]]:
    """The newest documents of some sections beside the figures that a block draws; one query."""
    chosen = [s for s in place.sections if s.key in keys]
    if not chosen:
        return []
    cards = selectors.public_section_cards(place.column, chosen, each=20, own=False)
    found = [c for s in chosen for c in cards.get(s.pk, ()) if c.get("kind") not in DRAWN]
    by_path = {str(card["path"]): card for card in found}
    newest = sorted(by_path.values(), key=lambda card: card["published_at"], reverse=True)
    return listing.rows(newest[:size])


def drawn(told: Sequence[Told]) -> list[tuple[Told, ProgressView]]:
    """Progress data that can be drawn, the newest day first."""
    found = [(one, progress_view(one.facts)) for one in told]
    kept = [(one, view) for one, view in found if view.rows]
    return sorted(kept, key=lambda pair: pair[1].as_of or date.min, reverse=True)


@block("targets", css=CSS)
def targets(place: Place, options: Options) -> Data | None:
    """One card for each section: its newest figures against their targets, its newest document."""
    chosen = [s for s in (place.section(key) for key in options.get("sections", ())) if s]
    told = selectors_blocks.public_newest_by_section(
        place.column, chosen, kinds=("progress",), each=2, own=True
    )
    cards = selectors.public_section_cards(place.column, chosen, each=5, own=False)
    shown = []
    for section in chosen:
        newest = next(iter(drawn(told.get(section.key, ()))), None)
        others = [c for c in cards.get(section.pk, ()) if c.get("kind") != "progress"]
        papers = [c for c in others if c.get("kind") in DOCUMENTS]
        document = next(iter(papers or others), None)
        shown.append(
            {
                "name": section.name,
                "url": listing.address(place.column.path, fq=section.key),
                "count": place.counts.get(section.pk, 0),
                "told": newest[0] if newest else None,
                "view": newest[1] if newest else None,
                "document": listing.row(document) if document else None,
                "word": "最新文件" if papers else "最新信息",
            }
        )
    return {
        "cards": shown,
        "any": any(card["view"] for card in shown),
        "city_url": city_column(place),
    }


@block("ten", css=CSS)
def ten(place: Place, options: Options) -> Data | None:
    """A ring for each measure of the newest figures of a section, the table behind them and the
    earlier figures."""
    key = str(options.get("section", ""))
    told = own_told(place, ("progress",), key, size=int(options.get("size", 7)))
    series = drawn(told)
    if not series:
        return {"told": None, "city_url": city_column(place), "related": related(place, key)}
    newest, view = series[0]
    return {
        "told": newest,
        "view": view,
        "done": sum(row.pace == "done" for row in view.rows),
        "slow": [row.name for row in view.rows if row.pace == "slow"],
        "earlier": series[1:],
        "related": related(place, key),
        "city_url": city_column(place),
    }


@block("history", css=CSS)
def history(place: Place, options: Options) -> Data | None:
    """The documents of a section along a line of time, newest first."""
    section = place.section(str(options.get("section", "")))
    if section is None:
        return None
    cards = selectors.public_section_cards(
        place.column, [section], each=int(options.get("size", 6)), own=False
    )
    rows = listing.rows(cards.get(section.pk, ()), summary=True)
    return {
        "events": [
            {"at": r["at"], "title": r["title"], "url": r["url"], "text": _brief(r)} for r in rows
        ],
        "more": _more(place, section.key),
        "city_url": city_column(place),
    }


def _brief(row: dict[str, Any]) -> str:
    return "。".join(filter(None, (row["meta"], row["summary"])))


def _more(place: Place, key: str) -> dict[str, str] | None:
    count = place.count(key)
    url = listing.address(place.column.path, fq=key)
    return {"url": url, "label": f"全部 {count} 条"} if count else None


@block("dynamics", css=CSS)
def dynamics(place: Place, options: Options) -> Data | None:
    """News of a section, on the city's site by district (``?qx=``)."""
    section = place.section(str(options.get("section", "")))
    if section is None:
        return None
    areas = selectors_blocks.public_areas() if not place.site.prefix else []
    known = {area.code: area.name for area in areas}
    asked = place.query.get("qx", "")
    chosen = asked if asked in known or (asked == CITY and areas) else ""
    cards = selectors_blocks.public_cards_of_area(
        place.column,
        section,
        None if not chosen else "" if chosen == CITY else chosen,
        size=int(options.get("size", 6)),
    )
    choices = [("", "全部"), (CITY, "市直部门"), *known.items()] if areas else []
    return {
        "rows": listing.rows(cards, known=section.name),
        "choices": [
            {
                "label": label,
                "url": listing.address(place.column.path, qx=code) + "#dynamics",
                "current": code == chosen,
            }
            for code, label in choices
        ],
        "chosen": {CITY: "市直部门", **known}.get(chosen, ""),
        "more": _more(place, section.key),
        "city_url": city_column(place),
    }
