"""Where government information can be read on the spot (条例 国务院令第711号, article 25-1)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gongkai.deposits.enums import PlaceKind
from gongkai.deposits.selectors import public_places
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, sites_and_site


@require_safe
def places(request: HttpRequest, district: str = "") -> HttpResponse:
    """The reading places of the city or of one district, by kind."""
    sites, site = sites_and_site(district)
    found = public_places(site.owner.area_id)
    order = {kind: place for place, kind in enumerate(PlaceKind.values)}
    found.sort(key=lambda place: (order[place.kind], place.order, place.pk))
    name = "查阅场所"
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=name,
        tags=column_tags(
            name, "可以当场查阅政府信息的档案馆、图书馆和政务服务场所", [], "信息公开指南"
        ),
        trail=[(name, "")],
        places=found,
        district_sites=[s for s in sites if s.prefix and not site.prefix],
    )
    return show(request, "places.html", context)
