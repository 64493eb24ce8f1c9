"""All addresses. Public pages at the root; staff under /desk/ and /admin/; forms under /f/."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from gongkai.core.views import serve_file
from gongkai.desk.views import missing
from gongkai.organisations.desk import member_of
from gongkai.portal.frame import not_found

urlpatterns = [
    path("desk/", include("gongkai.organisations.urls")),
    path("admin/", include("gongkai.publishing.admin_urls")),
    path("desk/", include("gongkai.desk.urls")),
    path("desk/", include("gongkai.organisations.desk_urls")),
    path("desk/", include("gongkai.review.desk_urls")),
    path("desk/", include("gongkai.publishing.desk_urls")),
    path("desk/", include("gongkai.messaging.desk_urls")),
    path("desk/", include("gongkai.search.desk_urls")),
    path("desk/", include("gongkai.filetexts.desk_urls")),
    path("desk/", include("gongkai.catalogue.desk_urls")),
    path("desk/", include("gongkai.legacy.desk_urls")),
    path("desk/", include("gongkai.profiles.desk_urls")),
    path("desk/", include("gongkai.decisions.desk_urls")),
    path("desk/", include("gongkai.deposits.desk_urls")),
    path("desk/", include("gongkai.ledger.desk_urls")),
    path("design/", include("gongkai.design.urls")),
    path("desk/", include("gongkai.sitecare.desk_urls")),
    path("desk/", include("gongkai.desk.search_urls")),
    path("desk/", include("gongkai.subscriptions.desk_urls")),
    path("", include("gongkai.demo.urls")),
    path("files/<slug:kind>/<str:record>/<slug:sha>/<path:filename>", serve_file, name="file"),
    path("", include("gongkai.portal.urls")),
]


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A missing page in the frame its reader came from: the desk for staff, else the site."""
    if request.path.startswith("/desk/") and member_of(request).holdings:
        return missing(request)
    return not_found(request, exception)
