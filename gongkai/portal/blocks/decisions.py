"""Blocks of 决策公开, 规划公开 and 疫情防控: the agenda, the plans in time, what holds today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from gongkai.decisions import public
from gongkai.decisions.public import PlanLevel, PublicMeasure, PublicPlan
from gongkai.decisions.rules_plans import midterm_year
from gongkai.portal import listing
from gongkai.portal.blocks import Data, Options, Place, block
from gongkai.portal.context import area_of

CSS = "portal/blocks/decisions.css"
SESSIONS = {"executive": "常务会议", "plenary": "全体会议"}
WIDTH = 1000


def _year(meeting: public.PublicMeeting) -> int:
    return meeting.held_on.year if meeting.held_on else 0


@block("meeting", css=CSS)
def meeting(place: Place, options: Options) -> Data | None:
    """The newest meeting as an agenda with its results, the earlier ones by year."""
    found = public.public_meetings(area_of(place.site))
    latest = found[0] if found else None
    earlier = [(m, SESSIONS.get(m.session, "会议")) for m in found[1:]]
    return {
        "latest": latest,
        "session": SESSIONS.get(latest.session, "会议") if latest else "",
        "years": [
            (year, list(rows)) for year, rows in groupby(earlier, key=lambda row: _year(row[0]))
        ],
        "all": f"{place.column.path}?all=1",
    }


@dataclass(frozen=True, slots=True)
class Bar:
    """One plan in the drawing: where its bar begins and how long it is, of a thousand."""

    plan: PublicPlan
    level: str
    x: int
    width: int
    mark: int | None


def bars(levels: Sequence[PlanLevel], first: int, last: int) -> list[Bar]:
    """The bars of all plans whose years are known, in the order of the tree."""
    scale = WIDTH / (last - first + 1)
    found = []
    for level in levels:
        for plan in level.plans:
            if plan.years is None:
                continue
            begin, end = plan.years
            half = midterm_year(begin, end)
            found.append(
                Bar(
                    plan,
                    level.name,
                    round((begin - first) * scale),
                    max(round((end - begin + 1) * scale), 8),
                    round((half - first + 0.5) * scale) if half else None,
                )
            )
    return found


def _ticks(first: int, last: int) -> list[int]:
    step = 1 if last - first < 8 else 5
    ticks = [year for year in range(first, last + 1) if year % step == (1 if step == 5 else 0)]
    return ticks or [first]


@block("plan_tree", css=CSS)
def plan_tree(place: Place, options: Options) -> Data | None:
    """The plans in time, and by level with interpretation, progress and mid-term review."""
    levels = public.public_plan_tree(area_of(place.site), place.today)
    years = [y for level in levels for p in level.plans if p.years for y in p.years]
    data: Data = {"levels": levels, "bars": []}
    if years:
        first, last = min(years), max(years)
        scale = WIDTH / (last - first + 1)
        today = place.today
        part = (today.timetuple().tm_yday - 1) / 366
        data |= {
            "bars": bars(levels, first, last),
            "now": round((today.year + part - first) * scale),
            "grid": [round((y - first) * scale) for y in _ticks(first, last)],
            "ticks": [(y, round((y - first) * scale)) for y in _ticks(first, last)],
            "first": first,
            "last": last,
            "this_year": today.year,
        }
    data["counts"] = {
        "holds": sum(not p.lapsed for level in levels for p in level.plans),
        "over": sum(p.lapsed for level in levels for p in level.plans),
        "reviewed": sum(p.midterm == "done" for level in levels for p in level.plans),
    }
    return data


def _more(place: Place, section: str, label: str) -> dict[str, str] | None:
    """The way to the list of a section, for the heading of a block."""
    if not place.section(section):
        return None
    return {"url": listing.address(place.column.path, fq=section), "label": label}


def _grid(current: Sequence[PublicMeasure], kinds: dict[str, str]) -> list[dict[str, Any]]:
    """The measures in force as rows by area; a cell for every kind that occurs anywhere."""
    rows = []
    for area, found in groupby(current, key=lambda m: (m.area, m.area_name)):
        by_kind = {m.kind: m for m in found}
        rows.append({"name": area[1], "cells": [(kinds[k], by_kind.get(k)) for k in kinds]})
    return rows


@block("measures", css=CSS)
def measures(place: Place, options: Options) -> Data | None:
    """What holds today by area and kind, what is to come, what ended."""
    board = public.public_measures(area_of(place.site), place.today)
    used = {m.kind for m in board.current}
    kinds = {key: name for key, name in board.kinds.items() if key in used}
    return {
        "kinds": list(kinds.values()),
        "rows": _grid(board.current, kinds),
        "coming": board.coming,
        "over": board.over,
        "count": len(board.current),
        "today": place.today,
        "more": _more(place, "cuoshi", "全部措施"),
    }


@block("bulletin", css=CSS)
def bulletin(place: Place, options: Options) -> Data | None:
    """The figures of the newest bulletin and who published them."""
    return {"bulletin": public.public_bulletin(area_of(place.site))}


@block("rebuttals", css=CSS)
def rebuttals(place: Place, options: Options) -> Data | None:
    """Rumours and what is true, side by side."""
    found = public.public_rebuttals(area_of(place.site), size=int(options.get("size", 4)))
    return {"pairs": found, "more": _more(place, "piyao", "全部辟谣") if found else None}


def _by_day(trace: public.PublicTrace) -> list[tuple[date | None, list[Any]]]:
    rows = sorted(trace.venues, key=lambda v: str(v.get("day") or ""), reverse=True)
    return [(day, list(found)) for day, found in groupby(rows, key=lambda v: v["date"])]


@block("traces", css=CSS)
def traces(place: Place, options: Options) -> Data | None:
    """Places and parts of the day of the notices within their term."""
    found = public.public_traces(area_of(place.site), place.today)
    return {"traces": [(trace, _by_day(trace)) for trace in found]}
