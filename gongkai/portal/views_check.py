"""核对文件: whether a file that somebody holds was published here, and whether it still is.

By its SHA-256 with GET; by the file itself with a form under ``/f/``, where the server reads it
once for its digest and keeps nothing. In a browser with script the file never leaves the device.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, sites_and_site
from gongkai.portal.hashing import MOST_BYTES, HashHandler
from gongkai.portal.limits import allowed
from gongkai.profiles.files import public_known
from gongkai.profiles.rules_files import clean_sha

ASKS_A_MINUTE = 30
UPLOADS_A_MINUTE = 6
NAME = "核对下载的文件"


def _page(
    request: HttpRequest, template: str, *, district: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    sites, site = sites_and_site(district)
    home = f"{site.path}jy/"
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=NAME,
        tags=[
            *column_tags(NAME, "核对手里的文件是不是本平台公开的、是不是最新的", [], "办事服务"),
            *([("robots", "noindex")] if more else []),
        ],
        trail=[(NAME, "")],
        check_url=home,
        upload_url="/f/jy/",
        most=MOST_BYTES // 2**20,
        **more,
    )
    response = show(request, template, context, status=status)
    if status != 200:
        response["Cache-Control"] = "no-store"
    return response


def _answer(sha: str) -> dict[str, Any]:
    return {"sha": sha, "known": public_known(sha), "asked": True}


@require_safe
def check(request: HttpRequest, district: str = "") -> HttpResponse:
    """The page with its field for a digest, and what is known of the one that was given."""
    given = request.GET.get("sha256", "")[:300]
    if not given.strip():
        return _page(request, "check.html", district=district)
    if not allowed(request, "check", limit=ASKS_A_MINUTE):
        return _page(request, "check.html", district=district, status=429, busy=True)
    sha = clean_sha(given)
    if not sha:
        return _page(request, "check.html", district=district, given=given, wrong=True)
    return _page(request, "check.html", district=district, given=sha, **_answer(sha))


@csrf_exempt  # the token is checked below, after the reading of the file is set up
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The form for a file, without script; the answer stands on the same page."""
    handler = HashHandler()
    request.upload_handlers = [handler]
    if request.method == "POST":
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > MOST_BYTES + 2**20:  # nothing of it is read
            return _page(request, "check_upload.html", status=413, too_large=True)
    return _upload(request, handler)


@csrf_protect
def _upload(request: HttpRequest, handler: HashHandler) -> HttpResponse:
    if request.method != "POST":
        return _page(request, "check_upload.html")
    if not allowed(request, "check-upload", limit=UPLOADS_A_MINUTE):
        return _page(request, "check_upload.html", status=429, busy=True)
    _ = request.FILES  # reads the body if the token was in a header
    if handler.too_large:
        return _page(request, "check_upload.html", status=413, too_large=True)
    if not handler.digest:
        return _page(request, "check_upload.html", status=422, nothing=True)
    return _page(
        request, "check_upload.html", given_name=handler.filename[:120], **_answer(handler.digest)
    )
