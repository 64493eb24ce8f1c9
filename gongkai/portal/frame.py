"""Which site a request is for, and the answers that are pages too: missing and gone."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from gongkai.catalogue.models import PublicSite
from gongkai.catalogue.selectors import public_sites
from gongkai.catalogue.sites.enums import SHUT, State
from gongkai.core.context import reading_view, without_view
from gongkai.core.middleware import is_public_path
from gongkai.legacy.selectors import public_redirect
from gongkai.organisations.models import Unit
from gongkai.portal import plain
from gongkai.portal.context import absolute, site_context


class SiteShut(Exception):
    """The site does not answer now: off line for a time, or closed for good."""

    def __init__(self, site: PublicSite) -> None:
        super().__init__(site.key)
        self.site = site


def sites_and_site(district: str = "") -> tuple[list[PublicSite], PublicSite]:
    """All sites and the one a request is for ('' = the city's); raises Http404 or SiteShut."""
    sites = public_sites()
    prefix = f"qx/{district}" if district else ""
    for site in sites:
        if site.prefix == prefix:
            if site.state in SHUT:
                raise SiteShut(site)
            return sites, site
    raise Http404("没有这个网站")


def open_site(sites: list[PublicSite], unit: Unit) -> PublicSite:
    """The site whose frame an item of the unit stands in: what a closed site had lives on in the
    city's. Raises SiteShut while the site is off line."""
    site = site_for_unit(sites, unit)
    if site.state == State.CLOSED and site.prefix:
        site = next((other for other in sites if not other.prefix), site)
    if site.state in SHUT:
        raise SiteShut(site)
    return site


def site_for_unit(sites: list[PublicSite], unit: Unit) -> PublicSite:
    """The site that shows a unit: its district's, if it has one, else the city's."""
    for site in sites:
        if site.prefix and site.owner_id == unit.area_id:
            return site
    return next((site for site in sites if not site.prefix), sites[0])


def show(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render a page of this app in the view that its reader chose.

    A page may have a simplified template for the elder view, ``portal/elder/<template>``; one that
    has none is shown by its normal template with the tokens of the elder view. The plain-text view
    is made from the normal page, so that it can never say anything else.
    """
    view = reading_view(request)
    names = [f"portal/{template}"]
    if view == "elder":
        names.insert(0, f"portal/elder/{template}")
    if view == "text":
        context.setdefault("canonical", absolute(without_view(request.get_full_path())))
    response = render(request, names, context, status=status)
    if view == "text":
        response.content = plain.plain_page(response.content.decode()).encode()
    return response


def _old_address(request: HttpRequest) -> tuple[str, str] | None:
    if request.method not in ("GET", "HEAD") or not is_public_path(request.path):
        return None
    return public_redirect(request.get_full_path(), request.get_host().partition(":")[0])


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """An address of the old site goes to what replaced it, for ever (301); everything else is
    the 404 page in the frame of the site it belongs to (410 for old pages without successor)."""
    old = _old_address(request)
    if old is not None and old[1]:
        return HttpResponsePermanentRedirect(old[1])
    parts = request.path.split("/")
    district = parts[2] if len(parts) > 3 and parts[1] == "qx" else ""
    try:
        sites, site = sites_and_site(district)
    except (Http404, SiteShut):
        try:
            sites, site = sites_and_site()
        except (Http404, SiteShut):
            return render(request, "404.html", status=404)
    context = site_context(site, request, sites=sites, tags=[("robots", "noindex")])
    return show(request, "missing.html", context, status=404 if old is None else 410)
