"""Template context that every page needs. Never touches the session or the user."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest

from gongkai.core.middleware import is_public_path


def without_view(address: str) -> str:
    """An address without the choice of view: what the text view is a copy of."""
    if "view=" not in address:
        return address
    parts = urlsplit(address)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "view"]
    return urlunsplit(parts._replace(query=urlencode(query)))


def reading_view(request: HttpRequest) -> str:
    """How a page is to be shown: ``elder`` by the visitor's own choice (the one public cookie),
    ``text`` by the address (``?view=text``), else ``standard``."""
    if request.GET.get("view") == "text" and is_public_path(request.path):
        return "text"
    return "elder" if request.COOKIES.get("view") == "elder" else "standard"


def platform(request: HttpRequest) -> dict[str, Any]:
    """The reading view chosen by the visitor and the demonstration date, if any."""
    return {
        "view": reading_view(request),
        "this_page": without_view(request.get_full_path()),
        "demo_date": settings.DEMO_DATE,
    }
