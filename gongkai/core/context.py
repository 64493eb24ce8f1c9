"""Template context that every page needs. Never touches the session or the user."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def platform(request: HttpRequest) -> dict[str, Any]:
    """The reading view chosen by the visitor and the demonstration date, if any."""
    return {
        "view": "elder" if request.COOKIES.get("view") == "elder" else "standard",
        "demo_date": settings.DEMO_DATE,
    }
