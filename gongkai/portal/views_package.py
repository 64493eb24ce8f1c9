"""One item to take along: its text, its files and a list of their SHA-256, as one archive."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from gongkai.portal import views_items
from gongkai.portal.context import site_context
from gongkai.portal.frame import show, site_for_unit, sites_and_site
from gongkai.portal.limits import allowed
from gongkai.profiles.files import public_parcel, zip_chunks
from gongkai.profiles.rules_files import safe_name
from gongkai.publishing.enums import Visibility
from gongkai.publishing.placing import item_path
from gongkai.publishing.selectors import public_item

A_MINUTE = 20
_LARGEST = 2**62


@require_safe
def package(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """The archive, streamed; of a withdrawn item its tombstone, of too large a one why not."""
    found = public_item(item_id) if item_id < _LARGEST else None
    if found is None:
        raise Http404("没有这条信息")
    if found.visibility == Visibility.WITHDRAWN:
        return views_items.item(request, item_id)
    parcel = public_parcel(found)
    if parcel is None:
        raise Http404("文件缺失，请联系发布单位")
    busy = not allowed(request, "package", limit=A_MINUTE)
    if busy or parcel.too_large:
        sites, _ = sites_and_site()
        site = site_for_unit(sites, found.unit)
        context = site_context(
            site,
            request,
            sites=sites,
            page_title="不能打包下载",
            tags=[("robots", "noindex")],
            trail=[(found.title, item_path(found.pk)), ("打包下载", "")],
            item=found,
            busy=busy,
        )
        refused = show(request, "package.html", context, status=429 if busy else 413)
        refused["Cache-Control"] = "no-store"
        return refused
    response = StreamingHttpResponse(zip_chunks(parcel), content_type="application/zip")
    name = quote(safe_name(f"{found.title[:60]}.zip"))
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Robots-Tag"] = "noindex"
    return response
