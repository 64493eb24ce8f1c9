"""年报 of all units of a site on one page (条例第四十九条、第五十条): who has published which year."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gongkai.core import clock
from gongkai.portal import unit_list
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, sites_and_site


@require_safe
def reports(request: HttpRequest, district: str = "") -> HttpResponse:
    """A matrix of units and years with a shape and words for on time, late and missing."""
    sites, site = sites_and_site(district)
    own = unit_list.units_of(sites, site, clock.today())
    name = "政府信息公开年报"
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=name,
        tags=column_tags(
            name,
            f"{site.owner.full_name}各单位的政府信息公开工作年度报告",
            ["年报"],
            "信息公开年报",
        ),
        trail=[("单位公开专栏", f"{site.path}dw/"), (name, "")],
        district_sites=[s for s in sites if s.prefix and not site.prefix],
        **unit_list.reports(request, site, own, clock.today()),
    )
    return show(request, "unit_reports.html", context)
