"""Units and their 政府信息公开专栏 in five parts (国办公开办函〔2019〕61号)."""

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.views.decorators.http import require_safe

from gongkai.catalogue.entries.enums import ARTICLES
from gongkai.catalogue.models import Column
from gongkai.core import clock
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.selectors import public_units
from gongkai.portal import articles, listing, selectors, unit_parts
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, site_for_unit, sites_and_site
from gongkai.portal.unit_frame import KNOWN, find_unit, rail, rule_cards, unit_path
from gongkai.profiles.selectors import public_profile
from gongkai.publishing.selectors import public_kinds


@require_safe
def units(request: HttpRequest, district: str = "") -> HttpResponse:
    """The units of a site by kind, with how much each has published; also where to apply."""
    sites, site = sites_and_site(district)
    counts = selectors.public_unit_counts()
    apply = request.GET.get("for") == "apply"
    own = [u for u in public_units(clock.today()) if site_for_unit(sites, u).pk == site.pk]
    order = {kind: place for place, kind in enumerate(UnitKind.values)}
    own.sort(key=lambda u: (order[u.kind], u.order))
    groups = [
        {
            "name": UnitKind(kind).label,
            "units": [
                {
                    "name": unit.short_name,
                    "full_name": unit.full_name,
                    "url": listing.address(unit_path(site, unit), part="apply" if apply else ""),
                    "count": counts.get(unit.pk, 0),
                }
                for unit in members
            ],
        }
        for kind, members in groupby(own, key=lambda u: u.kind)
    ]
    name = "申请公开政府信息" if apply else "单位公开专栏"
    description = "怎样申请公开政府信息，向哪个单位申请" if apply else "各单位的政府信息公开专栏"
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=name,
        tags=column_tags(name, description, [], "依申请公开" if apply else "信息公开目录"),
        trail=[(name, "")],
        groups=groups,
        total=len(own),
        apply=apply,
        district_sites=[s for s in sites if s.prefix and not site.prefix],
    )
    return show(request, "apply.html" if apply else "units.html", context)


@require_safe
def unit(request: HttpRequest, code: str, district: str = "") -> HttpResponse:
    """One part of a unit's column; the statutory content unless ``?part=`` says otherwise."""
    sites, site = sites_and_site(district)
    found, column = find_unit(code, clock.today())
    part = request.GET.get("part", "list")
    if part not in KNOWN or part == "directory":
        part = "list"
    home = site_for_unit(sites, found)
    if home.pk != site.pk:
        asked = part if part != "list" else ""
        return HttpResponsePermanentRedirect(listing.address(unit_path(home, found), part=asked))
    path = unit_path(site, found)
    name, tag = KNOWN[part]
    profile = public_profile(column)
    cards = rule_cards(found, profile)
    kinds = selectors.public_unit_kinds(column) if column else {}
    total = sum(kinds.values())
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=f"{name} - {found.short_name}",
        tags=column_tags(
            f"{found.short_name}{name}",
            f"{found.full_name}{name}",
            ["政府信息公开", found.short_name],
            tag,
        ),
        trail=[("单位公开专栏", f"{site.path}dw/"), (found.short_name, "")],
        unit=found,
        unit_kind=found.get_kind_display(),
        unit_path=path,
        ended=not found.valid_on(clock.today()),
        part=part,
        part_name=name,
        total=total,
        profile=profile,
        **rail(path, part, profile, total=total, rules=len(cards) + len(profile.of("system"))),
        rule_rows=listing.rows(cards),
        year_now=clock.today().year,
    )
    if part == "list" and column is not None:
        context |= _content(request, column, path, kinds)
    else:
        context |= unit_parts.part_context(part, profile, clock.today())
    return show(request, "unit.html", context)


def _content(
    request: HttpRequest, column: Column, path: str, kinds: dict[str, int]
) -> dict[str, Any]:
    article = request.GET.get("article", "")
    around = {"articles": articles.article_rail(column.owner, path, article)}
    if article in ARTICLES:
        page_no = request.GET.get("page")
        return around | articles.article_list(column.owner, column, path, article, page_no)
    kind = request.GET.get("kind", "")
    names = {key: found.name for key, found in public_kinds().items()}
    if kind not in names:
        kind = ""
    year = listing.year_of(request.GET.get("year"))
    after = selectors.known_cursor(request.GET.get("after", ""))
    page = selectors.public_stream(column, kind=kind, after=after, year=year)
    tabs = [
        {
            "label": label,
            "url": listing.address(path, kind=key),
            "count": kinds.get(key, 0) if key else sum(kinds.values()),
            "current": key == kind,
        }
        for key, label in {"": "全部", **names}.items()
        if not key or kinds.get(key) or key == kind
    ]
    return around | {
        "tabs": tabs,
        "rows": listing.rows(page.cards),
        "years": listing.year_links(path, selectors.public_years(column), year, kind=kind),
        "year": year,
        "pages": listing.pages(path, after=after, following=page.next, kind=kind, year=year),
    }
