"""Units and their 政府信息公开专栏 in the fixed layout of 国办公开办函〔2019〕61号."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe

from gongkai.catalogue.entries.enums import ARTICLES
from gongkai.core import clock
from gongkai.organisations.models import Unit
from gongkai.portal import listing, selectors, unit_content, unit_list, unit_parts
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, site_for_unit, sites_and_site
from gongkai.portal.unit_frame import (
    KNOWN,
    PAGES,
    find_unit,
    rail,
    rule_cards,
    statutory_total,
    unit_path,
)
from gongkai.profiles.columns import public_matrix
from gongkai.profiles.rules_columns import report_years
from gongkai.profiles.selectors import GOVERNMENTS, public_profile
from gongkai.search.models import SearchTrace
from gongkai.search.traces import Search, searched


@require_safe
def units(request: HttpRequest, district: str = "") -> HttpResponse:
    """The units of a site with the state of their four columns; also where to apply."""
    sites, site = sites_and_site(district)
    apply = request.GET.get("for") == "apply"
    own = unit_list.units_of(sites, site, clock.today())
    name = "申请公开政府信息" if apply else "单位公开专栏"
    description = "怎样申请公开政府信息，向哪个单位申请" if apply else "各单位的政府信息公开专栏"
    found = unit_list.groups(site, own) if apply else unit_list.overview(request, site, own)
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=name,
        tags=column_tags(name, description, [], "依申请公开" if apply else "信息公开目录"),
        trail=[(name, "")],
        total=len(own),
        apply=apply,
        district_sites=[s for s in sites if s.prefix and not site.prefix],
        **found,
    )
    return show(request, "apply.html" if apply else "units.html", context)


@require_safe
def unit(request: HttpRequest, code: str, district: str = "") -> HttpResponse:
    """One part of a unit's column; the statutory content unless ``?part=`` says otherwise."""
    part = request.GET.get("part", "list")
    part = part if part in KNOWN and part not in PAGES else "list"
    return _unit(request, code, district, part)


@require_safe
def find(request: HttpRequest, code: str, district: str = "") -> HttpResponse:
    """检索 inside one unit's column (条例第二十四条)."""
    return _unit(request, code, district, "find")


def _unit(request: HttpRequest, code: str, district: str, part: str) -> HttpResponse:
    sites, site = sites_and_site(district)
    found, column = find_unit(code, clock.today())
    home = site_for_unit(sites, found)
    tail = "jiansuo/" if part == "find" else ""
    if home.pk != site.pk:
        asked = part if part not in ("list", "find") else ""
        return HttpResponsePermanentRedirect(
            listing.address(f"{unit_path(home, found)}{tail}", part=asked)
        )
    path = unit_path(site, found)
    name, tag = KNOWN[part]
    profile = public_profile(column)
    cards = rule_cards(found, profile)
    kinds = selectors.public_unit_kinds(column) if column else {}
    more = _body(request, found, column, path, part, kinds)
    if part == "find" and more.get("ready"):
        searched(
            Search(
                text=more["asked"],
                strict=more["page"].paginator.count,
                page=more["page"].number,
                filters={"unit": found.code},
                place=SearchTrace.Place.UNIT,
            ),
            now=clock.now(),
            headers=request.headers,
        )
    if not more:
        more = unit_parts.part_context(part, profile, clock.today())
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=f"{more.get('article') or name} - {found.short_name}",
        tags=column_tags(
            f"{found.short_name}{name}",
            f"{found.full_name}{name}",
            ["政府信息公开", found.short_name],
            tag,
        ),
        trail=[("单位公开专栏", f"{site.path}dw/"), (found.short_name, path), (name, "")],
        unit=found,
        unit_kind=found.get_kind_display(),
        unit_path=path,
        ended=not found.valid_on(clock.today()),
        part=part,
        part_name=name,
        here_url=f"{path}{tail}",
        total=sum(kinds.values()),
        profile=profile,
        **rail(
            path, part, profile,
            total=statutory_total(kinds), rules=len(cards) + len(profile.of("system")),
        ),
        rule_rows=listing.rows(cards),
        year_now=clock.today().year,
        governs=found.kind in GOVERNMENTS and part == "list",
        is_home=site.owner_id == found.pk,
        sub_units=_below(sites, site, found) if part == "list" else [],
        **(_owed(found) if part == "report" else {}),
        **more,
    )  # fmt: skip
    return show(request, "unit.html", context)


def _body(
    request: HttpRequest, found: Unit, column: Any, path: str, part: str, kinds: dict[str, int]
) -> dict[str, Any]:
    """What the pane of the statutory content and of the search holds; empty for other parts."""
    if part == "find":
        return unit_content.find(request, found, column, f"{path}jiansuo/")
    if part != "list":
        return {}
    key = request.GET.get("article", "")
    if column is not None and key in ARTICLES:
        return unit_content.article(request, found, column, path, key, kinds)
    if column is not None and any(request.GET.get(n) for n in ("kind", "year", "after")):
        return unit_content.flat(request, column, path, kinds)
    return unit_content.index(found, column, path, kinds)


def _below(sites: list[Any], site: Any, found: Unit) -> list[dict[str, str]]:
    """The columns of the units below one that is no government with a site of its own."""
    if found.kind not in GOVERNMENTS or site.owner_id == found.pk:
        return []  # a site's own government links to the overview of all its units instead
    return [
        {"name": below.short_name, "url": unit_path(site_for_unit(sites, below), below)}
        for below in unit_list.below(found, clock.today())
    ]


def _owed(found: Unit) -> dict[str, Any]:
    """The years of which a report is out late, missing or not due yet."""
    years = report_years(clock.today())
    [(_, cells)] = public_matrix([found], years, clock.today())
    return {"cells": cells}
