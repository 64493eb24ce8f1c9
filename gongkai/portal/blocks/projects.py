"""Blocks of projects and of complaints about their approval: 扩大有效投资, 乡村建设."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from gongkai.design import figures
from gongkai.portal import listing, selectors_blocks
from gongkai.portal.blocks import Data, Options, Place, block
from gongkai.portal.blocks.growth import CSS, city_column, drawn, own_told, related
from gongkai.portal.selectors import Told
from gongkai.publishing.facts_figures import ProjectView, money, project_view
from gongkai.publishing.rules_facts import lines_of

LIMIT = 45
Row = dict[str, Any]


def newest_of_each(told: Sequence[Told]) -> list[tuple[Told, ProjectView]]:
    """One entry for each project, its newest: by number on its list, else by project code, else
    each for itself."""
    found: dict[object, tuple[Told, ProjectView]] = {}
    for one in told:
        view = project_view(one.facts)
        key: object = one.facts.get("project_code") or one.id
        if view.roster and view.list_no:
            key = (view.roster, view.list_no)
        if key not in found or _day(view) > _day(found[key][1]):
            found[key] = (one, view)
    return list(found.values())


def _day(view: ProjectView) -> date:
    return view.as_of or date.min


def _summary(name: str, rows: Sequence[tuple[Told, ProjectView]], planned: int) -> Row:
    told = [view for _, view in rows if view.invested]
    total = figures.measure(
        {
            "name": name,
            "unit": "亿元",
            "target": sum(view.planned or 0.0 for view in told),
            "done": sum(view.spent or 0.0 for view in told),
        },
        max((v.as_of for _, v in rows if v.as_of), default=None),
    )
    return {
        "count": len(rows),
        "planned": planned,
        "total": total if told else None,
        "done_words": money(total.done) if told and total else "",
        "investment": money(sum(view.investment or 0.0 for _, view in rows) or None),
        "overdue": sum(bool(view.overdue) for _, view in rows),
        "nodes_done": sum(n.done is not None for _, v in rows for n in v.nodes),
        "nodes_late": sum(v.late for _, v in rows),
    }


def _shown(rows: Sequence[tuple[Told, ProjectView]]) -> list[Row]:
    ordered = sorted(rows, key=lambda row: (row[1].list_no or 999, -row[0].id))
    return [
        {
            "told": told,
            # 湘江东岸工程：第三季度进展 is the project and its report; lists name the project.
            "name": told.title.partition("：")[0],
            "view": view,
            "investment": money(view.investment),
            "next": view.next_node,
        }
        for told, view in ordered
    ]


@block("projects", css=CSS)
def projects(place: Place, options: Options) -> Data | None:
    """Projects by the list they are on (``?list=``): stage, this year's money, planned steps.

    ``lists``: key → name and planned (how many the list holds); projects of no list named here
    are left out. ``own`` leaves out what districts post in a column of the city.
    """
    lists: Mapping[str, Mapping[str, Any]] = options.get("lists", {})
    keys = tuple(options.get("in", ()))
    if options.get("own"):
        told = own_told(place, ("project",), *keys, size=LIMIT)
    else:
        told = place.told(kinds=("project",), sections=keys, size=LIMIT)
    grouped: dict[str, list[tuple[Told, ProjectView]]] = {key: [] for key in lists}
    for one, view in newest_of_each(told):
        if view.roster in grouped:
            grouped[view.roster].append((one, view))
    asked = place.query.get("list", "")
    first = next((key for key in lists if grouped[key]), next(iter(lists), ""))
    chosen = asked if asked in lists else first
    if not lists:
        return None
    tabs = [
        {
            "key": key,
            "name": entry["name"],
            "url": listing.address(place.column.path, list=key) + "#projects",
            "current": key == chosen,
            **_summary(str(entry["name"]), grouped[key], int(entry.get("planned", 0))),
        }
        for key, entry in lists.items()
    ]
    days = [view.as_of for rows in grouped.values() for _, view in rows if view.as_of]
    return {
        "tabs": tabs,
        "chosen": lists[chosen]["name"],
        "rows": _shown(grouped[chosen]),
        "any": any(grouped.values()),
        "as_of": max(days) if days else None,
        "related": related(place, *keys) if options.get("own") else [],
        "late": sum(tab["overdue"] for tab in tabs),
        "city_url": city_column(place),
        "all_url": listing.address(place.column.path, fq=keys[0]) if keys else "",
    }


@block("requests", css=CSS)
def requests(place: Place, options: Options) -> Data | None:
    """How a complaint goes (from a published guide), and what became of them month by month."""
    key = str(options.get("section", ""))
    section = place.section(key)
    if section is None:
        return None
    found = selectors_blocks.public_newest_by_section(
        place.column, [section], kinds=("progress", "service"), each=8, own=True
    ).get(key, [])
    guide = next((t for t in found if t.kind == "service"), None)
    series = list(reversed(drawn([t for t in found if t.kind == "progress"])))
    names = options.get("measures", {})
    groups = [
        (
            f"{view.as_of.month}月" if view.as_of else "—",
            [_done(view.rows, names.get("received")), _done(view.rows, names.get("closed"))],
        )
        for _, view in series
    ]
    return {
        "guide": guide,
        "steps": lines_of(guide.facts.get("steps")) if guide else [],
        "limit": str(guide.facts.get("limit") or "") if guide else "",
        "phone": str(guide.facts.get("phone") or "") if guide else "",
        "series": series,
        "newest": series[-1] if series else None,
        "chart": figures.columns(groups, height=110) if groups else None,
        "names": [names.get("received", "收到"), names.get("closed", "办结")],
        "all_url": listing.address(place.column.path, fq=key),
        "city_url": city_column(place),
    }


def _done(rows: Sequence[figures.Measure], name: Any) -> float | None:
    return next((row.done for row in rows if row.name == name), None)
