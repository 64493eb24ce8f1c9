"""The directory of all places: who keeps each, which work point it serves, how fresh it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gongkai.catalogue.models import PublicSite
from gongkai.core import clock
from gongkai.portal import rules, rules_places, selectors_places
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, sites_and_site


def _groups(site: PublicSite, places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The places under the headings of the year's work points; those without one at the end."""
    heads = selectors_places.public_point_heads(site.owner if site.prefix else None, clock.today())
    groups: dict[str, list[dict[str, Any]]] = {}
    for place in places:
        head = rules_places.heading(heads.get(place["kept"].column.work_point or 0, ""))
        place["pointed"] = place["kept"].column.work_point in heads
        groups.setdefault(head, []).append(place)
    ordered = sorted(groups, key=lambda head: head == rules_places.REST)
    return [{"name": head, "places": groups[head]} for head in ordered]


@require_safe
def columns(request: HttpRequest, district: str = "") -> HttpResponse:
    """All topic columns of a site: keeper, work point, sections, and whether they are in time."""
    sites, site = sites_and_site(district)
    today = clock.today()
    places: list[dict[str, Any]] = []
    archived = []
    for kept in selectors_places.public_kept([site]):
        if kept.column.closed_on:
            archived.append(kept.column)
            continue
        gap = kept.column.duty_days
        places.append(
            {
                "kept": kept,
                "duty": rules.update_duty(gap, kept.newest, today),
                "fresh": rules_places.freshness(gap, kept.newest, today),
            }
        )
    late = sum(place["fresh"].late for place in places)
    context = site_context(
        site,
        request,
        sites=sites,
        page_title="全部栏目",
        tags=column_tags(
            "全部栏目",
            f"{site.name}的全部栏目",
            [place["kept"].column.name for place in places],
            "信息公开目录",
        ),
        trail=[("全部栏目", "")],
        groups=_groups(site, places),
        whole=len(places),
        late=late,
        in_time=len(places) - late,
        today=today,
        archived=sorted(archived, key=lambda column: str(column.closed_on), reverse=True),
        others=[other for other in sites if other.pk != site.pk],
    )
    return show(request, "columns.html", context)
