"""Named places: a topic column composed of its blocks, or as a list by section and year."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gongkai.catalogue.models import Column, ColumnKind, PublicSite, Section
from gongkai.catalogue.selectors import public_cards, public_column, public_sections
from gongkai.core import clock, memo
from gongkai.ledger.selectors import PointState, public_plan, public_point_state
from gongkai.portal import listing, rules, selectors
from gongkai.portal.blocks import DEFAULT, Place, Shown, compose, covered_by
from gongkai.portal.context import site_context, tags_of
from gongkai.portal.frame import show, sites_and_site
from gongkai.subscriptions.kinds import column_target, follow_path


def _point(site: PublicSite, column: Column, today: date) -> PointState | None:
    """The work point a column serves, with its light; None where there is none."""
    if not column.work_point:
        return None
    plan = public_plan(site.owner if site.prefix else None, today)
    if plan is None:
        return None
    return public_point_state(plan, column.work_point, min(today, date(plan.year, 12, 31)))


def _list(
    request: HttpRequest, column: Column, path: str, *, section: Section | None = None, **query: str
) -> dict[str, Any]:
    """The context of a list read by key: rows, years, ways on."""
    year = listing.year_of(request.GET.get("year"))
    after = selectors.known_cursor(request.GET.get("after", ""))
    page = public_cards(column, section, after=after, year=year)
    years = selectors.public_years(column, section)
    return {
        "rows": listing.rows(page.cards, summary=True),
        "years": listing.year_links(path, years, year, **query),
        "year": year,
        "pages": listing.pages(path, after=after, following=page.next, **query, year=year),
        "first_page": not after,
    }


def _tabs(
    column: Column,
    sections: list[Section],
    figures: selectors.ColumnFigures,
    chosen: Section | None,
    listed: bool,
) -> list[dict[str, Any]]:
    if not sections:
        return []
    return [
        {"label": "总览", "url": column.path, "current": not listed},
        *(
            {
                "label": s.name,
                "url": listing.address(column.path, fq=s.key),
                "count": figures.counts.get(s.pk, 0),
                "current": s == chosen,
            }
            for s in sections
        ),
        {
            "label": "全部",
            "url": listing.address(column.path, all="1"),
            "count": figures.total,
            "current": listed and chosen is None,
        },
    ]


Composition = tuple[Place, list[Shown], list[str]]


def _compose(
    site: PublicSite,
    column: Column,
    figures: selectors.ColumnFigures,
    today: date,
    query: Mapping[str, str],
) -> Composition:
    place = Place(
        site=site,
        column=column,
        sections=public_sections(column),
        counts=figures.counts,
        today=today,
        query=query,
        covered=covered_by(column.blocks or DEFAULT),
    )
    return (place, *compose(place))


@memo.while_public(
    lambda site, column, figures, today: (site.pk, column.pk, *figures.counts.items(), today)
)
def _composed(
    site: PublicSite, column: Column, figures: selectors.ColumnFigures, today: date
) -> Composition:
    """The blocks of a column as long as the reader chooses nothing; what is chosen comes from the
    address, and what strangers may write there is not remembered."""
    return _compose(site, column, figures, today, {})


@memo.while_public(lambda column: column.pk)
def public_figures(column: Column) -> selectors.ColumnFigures:
    """Counts and newest day of a column."""
    return selectors.public_figures(column)


def _key(section: Section | None) -> str:
    return section.key if section else ""


@require_safe
def topic(request: HttpRequest, key: str, district: str = "") -> HttpResponse:
    """A topic column: composed of its blocks, or one section (or all) as a list by year."""
    sites, site = sites_and_site(district)
    column = public_column(site, key)
    if column is None or column.kind != ColumnKind.TOPIC:
        raise Http404("没有这个栏目")
    sections = public_sections(column)
    section = next((s for s in sections if s.key == request.GET.get("fq")), None)
    figures = public_figures(column)
    today = clock.today()
    composed = bool(sections or column.blocks)
    listed = section is not None or not composed or request.GET.get("all") == "1"
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=f"{section.name} - {column.name}" if section else column.name,
        tags=tags_of(column, [s.name for s in sections]),
        trail=[(column.name, column.path), (section.name, "")] if section else [(column.name, "")],
        column=column,
        section=section,
        sections=sections,
        tabs=_tabs(column, sections, figures, section, listed),
        figures=figures,
        feeds=[(column.name, f"{column.path}feed/")],
        follow="" if column.closed_on else follow_path(*column_target(column, _key(section))),
        duty=rules.update_duty(column.duty_days, figures.newest, today),
        point=_point(site, column, today),
    )
    if listed:
        kept = {
            "fq": _key(section),
            "all": "" if section or not composed else "1",
        }
        context |= _list(request, column, column.path, section=section, **kept)
        return show(request, "column_list.html", context)
    query = request.GET.dict()
    place, blocks, sheets = (
        _compose(site, column, figures, today, query)
        if query
        else _composed(site, column, figures, today)
    )
    return show(
        request, "column.html", {**context, "place": place, "blocks": blocks, "sheets": sheets}
    )
