"""The calendar of what is coming: releases, ends of validity, deadlines, reviews."""

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import today as current_day
from gongkai.organisations.access import visible_units
from gongkai.organisations.desk import desk_context, member_of, staff_required
from gongkai.publishing import schedule
from gongkai.publishing.models import ItemKind
from gongkai.publishing.schedule import Coming

SHOWN_IN_CELL = 3
LISTED = 200


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the month view."""

    day: date
    inside: bool
    today: bool
    free: bool
    entries: tuple[Coming, ...]
    more: int


def _month(text: str, today: date) -> date:
    """The first day of the chosen month; this month for anything that is none."""
    try:
        chosen = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return chosen if 2000 <= chosen.year <= 2100 else today.replace(day=1)


def _weeks(first: date, today: date, by_day: dict[date, list[Coming]]) -> list[list[Cell]]:
    workdays = load_calendar()
    weeks = []
    for week in months.Calendar().monthdatescalendar(first.year, first.month):
        weeks.append(
            [
                Cell(
                    day,
                    day.month == first.month,
                    day == today,
                    not workdays.is_workday(day),
                    tuple(by_day.get(day, ())[:SHOWN_IN_CELL]),
                    max(0, len(by_day.get(day, ())) - SHOWN_IN_CELL),
                )
                for day in week
            ]
        )
    return weeks


def _choice(request: HttpRequest, name: str, allowed: set[str]) -> str:
    value = request.GET.get(name, "")
    return value if value in allowed else ""


@staff_required
@require_safe
def schedule_view(request: HttpRequest) -> HttpResponse:
    """A month of what is scheduled, expiring and due; an editor sees the own units, the
    supervising office its area. As a calendar on wide screens, as a list on phones."""
    member, today = member_of(request), current_day()
    units = list(visible_units(member).order_by("order", "id"))
    kinds = list(ItemKind.objects.all())
    first = _month(request.GET.get("month", ""), today)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    given = {
        "unit": _choice(request, "unit", {str(unit.pk) for unit in units}),
        "kind": _choice(request, "kind", {kind.key for kind in kinds}),
        "sort": _choice(request, "sort", set(schedule.SORTS)),
        "view": _choice(request, "view", {"list"}),
    }
    unit_id = int(given["unit"]) if given["unit"] else None
    found = schedule.coming(
        first,
        last,
        today=today,
        member=member,
        unit_id=unit_id,
        kind=given["kind"],
        sort=given["sort"],
    )
    late = schedule.overdue(today=today, member=member, unit_id=unit_id)
    by_day: dict[date, list[Coming]] = {}
    for entry in found:
        by_day.setdefault(entry.day, []).append(entry)

    def address(**changes: Any) -> str:
        query = {k: v for k, v in {**given, "month": f"{first:%Y-%m}", **changes}.items() if v}
        return f"?{urlencode(query)}"

    context = desk_context(
        request,
        current="schedule",
        page_title="发布日历",
        month=first,
        weeks=_weeks(first, today, by_day),
        days=[
            (day, list(entries))
            for day, entries in groupby(found[:LISTED], key=lambda entry: entry.day)
        ],
        total=len(found),
        unlisted=max(0, len(found) - LISTED),
        late=late[:8],
        late_total=len(late),
        units=units if len(units) > 1 else [],
        kinds=kinds,
        sorts=[(key, word) for key, (word, _) in schedule.SORTS.items()],
        given=given,
        filtered=any(given[name] for name in ("unit", "kind", "sort")),
        earlier=address(month=f"{first - timedelta(days=1):%Y-%m}"),
        later=address(month=f"{last + timedelta(days=1):%Y-%m}"),
        this_month=address(month="") if first != today.replace(day=1) else "",
        clear=f"?month={first:%Y-%m}",
        tabs=[
            {"label": "月历", "url": address(view=""), "current": not given["view"]},
            {"label": "清单", "url": address(view="list"), "current": bool(given["view"])},
        ],
        list_url=address(view="list"),
        today=today,
    )
    return render(request, "publishing/schedule.html", context)
