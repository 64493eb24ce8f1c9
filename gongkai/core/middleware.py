"""Two rules of the house, kept at the door."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    JsonResponse,
)
from django.shortcuts import render

from gongkai.core import memo
from gongkai.core.caching import FRESH, etag_of, matches, never_kept
from gongkai.core.errors import NotVisible, Refusal

logger = logging.getLogger("gongkai.public")

# Everything else is public: no session, no cookie, no token, so any cache may hold it.
STAFF_PREFIXES = ("/desk/", "/admin/", "/f/", "/tour/", "/files/")


CACHED_STATUSES = (200, 301, 404, 410)


def is_public_path(path: str) -> bool:
    """Whether an address belongs to the cacheable public site."""
    return not path.startswith(STAFF_PREFIXES)


class PublicPathMiddleware:
    """Public pages are the same for everyone.

    Cookies that could vary the page are taken from the request. A response that would set one is
    a mistake of ours: it raises in tests and development, and is stripped and logged elsewhere.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        public = is_public_path(request.path)
        if public:
            view = request.COOKIES.get("view", "")
            request.COOKIES = {"view": view} if view == "elder" else {}
        response = self.get_response(request)
        if public and not request.path.startswith("/static/"):
            session: SessionBase | None = getattr(request, "session", None)
            if response.cookies or (session is not None and session.accessed):
                names = ", ".join(response.cookies) or "session"
                if settings.PUBLIC_LEAK_RAISES:
                    raise RuntimeError(f"public page {request.path} touches {names}")
                logger.error("public page %s touches %s", request.path, names)
                response.cookies.clear()
            if "Cache-Control" not in response:
                kept = response.status_code in CACHED_STATUSES and not never_kept(request.path)
                response["Cache-Control"] = FRESH if kept else "no-store"
            if "Vary" in response:
                del response["Vary"]
            response["Vary"] = "Accept-Encoding, Cookie"
            return self._validated(request, response)
        if not public:
            if "Cache-Control" not in response:
                response["Cache-Control"] = "private, no-store"
            elif response["Cache-Control"].startswith("public"):
                # A public file asked for by signed-in staff: a cache that keeps it must not
                # keep their renewed session cookie with it.
                response.cookies.clear()
            if request.method == "POST":
                # What this process remembers may be what was just changed.
                memo.clear()
        return response

    @staticmethod
    def _validated(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Name the state of a page, and say only that when the reader has it already."""
        if response.streaming or response.status_code != 200 or "ETag" in response:
            return response
        if response["Cache-Control"] == "no-store":
            return response
        response["ETag"] = etag_of(response.content)
        if not matches(request.headers.get("If-None-Match", ""), response["ETag"]):
            return response
        short = HttpResponseNotModified()
        for name in ("Cache-Control", "ETag", "Vary"):
            short[name] = response[name]
        return short


class SessionTouchMiddleware:
    """Keeps the session of a person at work alive, with one write a minute at most."""

    EVERY = 60
    """Seconds."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        # Only where somebody is signed in: asking a session that nobody opened would create it.
        if session.accessed and session.get("_auth_user_id"):
            seen, moment = session.get("touched", 0), int(time.time())
            if not seen <= moment < seen + self.EVERY:
                session["touched"] = moment
        return response


class RefusalMiddleware:
    """A service that says no becomes a page that names the rule, the reason and the remedy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a Refusal into 403, 409 or 422; NotVisible into 404."""
        if isinstance(error, NotVisible):
            raise Http404("没有这条记录") from error
        if not isinstance(error, Refusal):
            return None
        context = {"rule": error.rule, "reason": error.reason, "remedy": error.remedy}
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse(context, status=error.status)
        return render(request, "403.html", context, status=error.status)
