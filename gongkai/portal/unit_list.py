"""The units of a site as lists: by kind, with the state of their columns, with their reports."""

from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from gongkai.catalogue.models import PublicSite
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit
from gongkai.organisations.selectors import public_units
from gongkai.portal import listing, rules, selectors
from gongkai.portal.frame import site_for_unit
from gongkai.portal.unit_frame import unit_path
from gongkai.profiles.columns import public_columns_state, public_matrix
from gongkai.profiles.rules_columns import (
    FOUR_NAMES,
    LATE,
    MISSING,
    REPORT_STATES,
    Columns,
    report_years,
)
from gongkai.profiles.selectors import owes_profile

PER_PAGE = 40
STATES = {"whole": "四栏齐全", "gaps": "有缺项"}


def units_of(sites: list[PublicSite], site: PublicSite, day: date) -> list[Unit]:
    """The units whose columns a site shows, by kind and order."""
    own = [u for u in public_units(day) if site_for_unit(sites, u).pk == site.pk]
    order = {kind: place for place, kind in enumerate(UnitKind.values)}
    return sorted(own, key=lambda u: (order[u.kind], u.order))


def below(unit: Unit, day: date) -> list[Unit]:
    """The units directly below one that exist on a day, in their official order."""
    rows = Unit.objects.select_related("area").filter(parent=unit)
    return [row for row in rows if row.valid_on(day)]


def groups(site: PublicSite, own: list[Unit]) -> dict[str, Any]:
    """Units by kind, each leading to how to apply there."""
    counts = selectors.public_unit_counts()
    return {
        "groups": [
            {
                "name": UnitKind(kind).label,
                "units": [
                    {
                        "name": unit.short_name,
                        "full_name": unit.full_name,
                        "url": listing.address(unit_path(site, unit), part="apply"),
                        "count": counts.get(unit.pk, 0),
                    }
                    for unit in members
                ],
            }
            for kind, members in groupby(own, key=lambda u: u.kind)
        ]
    }


def _narrow(request: HttpRequest, own: list[Unit]) -> tuple[list[Unit], dict[str, str]]:
    """The units that a word and a group ask for, and what was asked."""
    asked = request.GET.get("q", "").strip()[: rules.QUERY_LENGTH]
    kind = request.GET.get("group", "")
    kind = kind if kind in UnitKind.values else ""
    words = rules.query_words(asked)
    found = [
        unit
        for unit in own
        if (not kind or unit.kind == kind)
        and all(w in unit.full_name or w in unit.short_name or w == unit.code for w in words)
    ]
    return found, {"q": asked, "group": kind}


def _kinds(own: list[Unit], chosen: str, path: str, **query: str) -> list[dict[str, Any]]:
    counts = {kind: len(list(members)) for kind, members in groupby(own, key=lambda u: u.kind)}
    return [
        {"label": "全部", "url": listing.address(path, **query), "count": len(own),
         "current": not chosen},
        *(
            {"label": UnitKind(kind).label, "url": listing.address(path, **query, group=kind),
             "count": n, "current": kind == chosen}
            for kind, n in counts.items()
        ),
    ]  # fmt: skip


def overview(request: HttpRequest, site: PublicSite, own: list[Unit]) -> dict[str, Any]:
    """Units with the state of their four columns, found by typing, by group and by state."""
    path = f"{site.path}dw/"
    found, query = _narrow(request, own)
    states = public_columns_state(own)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    if state:
        found = [u for u in found if states[u.pk].complete == (state == "whole")]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    held = [c for u in own if owes_profile(u) and (c := states.get(u.pk))]
    kept = {**query, "state": state}
    return {
        "rows": [_row(site, unit, states[unit.pk]) for unit in page.object_list],
        "page": page,
        "asked": query["q"],
        "group": query["group"],
        "state": state,
        "states": [
            {
                "label": "不限" if key == state else f"只看{label}",
                "url": listing.address(path, **query, state="" if key == state else key),
                "current": key == state,
            }
            for key, label in STATES.items()
        ],
        "kinds": _kinds(own, query["group"], path, q=query["q"], state=state),
        "narrowed": any(kept.values()),
        "here_url": path,
        "reports_url": f"{site.path}nb/",
        "whole": sum(1 for c in held if c.complete),
        "owing": len(held),
        "by_column": [
            (name, sum(1 for c in held if c.counts.get(key, 0)))
            for key, name in FOUR_NAMES.items()
        ],
    }  # fmt: skip


def _row(site: PublicSite, unit: Unit, state: Columns) -> dict[str, Any]:
    path = unit_path(site, unit)
    part = {"guide": "guide", "rules": "rules", "content": "", "report": "report"}
    return {
        "name": unit.short_name,
        "full_name": unit.full_name,
        "kind": unit.get_kind_display(),
        "url": path,
        "marks": [
            {
                "name": name,
                "here": here,
                "url": listing.address(path, part=part[key]),
                "count": state.counts.get(key, 0),
            }
            for key, name, here in state.marks
        ],
        "present": state.present,
    }


def reports(request: HttpRequest, site: PublicSite, own: list[Unit], today: date) -> dict[str, Any]:
    """The annual reports of the units of a site: one row a unit, one cell a year."""
    path = f"{site.path}nb/"
    own = [unit for unit in own if owes_profile(unit)]
    found, query = _narrow(request, own)
    years = report_years(today)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    everyone = public_matrix(own, years[:1], today)
    counts = {state: sum(1 for _, [cell] in everyone if cell.state == state)
              for state in REPORT_STATES}  # fmt: skip
    return {
        "matrix": [
            {"name": unit.short_name, "full_name": unit.full_name,
             "url": listing.address(unit_path(site, unit), part="report"), "cells": cells}
            for unit, cells in public_matrix(list(page.object_list), years, today)
        ],
        "years": years,
        "page": page,
        "asked": query["q"],
        "group": query["group"],
        "kinds": _kinds(own, query["group"], path, q=query["q"]),
        "narrowed": any(query.values()),
        "here_url": path,
        "last_year": years[0],
        "owing": len(own),
        "out": len(own) - counts[MISSING] - counts["not_due"] - counts["not_owed"],
        "late": counts[LATE],
        "missing": counts[MISSING],
    }  # fmt: skip
