"""A site that is off line or closed says so at every one of its addresses."""

from collections.abc import Callable
from datetime import datetime, time

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date

from gongkai.catalogue.models import PublicSite
from gongkai.catalogue.selectors import public_sites
from gongkai.catalogue.sites import archive
from gongkai.catalogue.sites.enums import State
from gongkai.core.clock import SHANGHAI
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import SiteShut, show


class SiteShutMiddleware:
    """Answers for views that met a site which does not serve its pages now."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """503 while off line; after closing the home page stays (with the manifest of what was
        there) and everything else is gone (410)."""
        return shut_page(request, error.site) if isinstance(error, SiteShut) else None


def shut_page(request: HttpRequest, site: PublicSite) -> HttpResponse:
    """The page of a site that does not serve its own."""
    closed = site.state == State.CLOSED
    title = "网站已经关停" if closed else "网站临时下线"
    listed = site.archive_manifest if closed else {}
    context = site_context(
        site,
        request,
        sites=[s for s in public_sites() if not s.shut],
        page_title=title,
        tags=[*column_tags(title, f"{site.name}{title}", [], "首页"), ("robots", "noindex")],
        closed=closed,
        manifest=listed,
        manifest_url=f"/files/site/{site.key}/{listed['sha256'][:16]}/{archive.FILE_NAME}"
        if listed
        else "",
    )
    status = 503 if not closed else 200 if request.path == site.path else 410
    response = show(request, "shut.html", context, status=status)
    if status == 503 and site.state_until:
        until = datetime.combine(site.state_until, time(23, 59), SHANGHAI)
        response["Retry-After"] = http_date(until.timestamp())
    return response
