"""Fetches one page of every kind as a visitor would, in the standard and the elder view, and says
what each lacks."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from gongkai.portal.page_lint import lint


def visitor() -> Client:
    """A browser without cookies that asks for this installation's own address."""
    return Client(headers={"host": urlsplit(settings.BASE_URL).netloc})


def problems(paths: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """(address, what is wrong) for every page, also those where nothing is."""
    client = visitor()
    secure = settings.BASE_URL.startswith("https:")
    for path in paths:
        for view in ("", "elder"):
            client.cookies.clear()
            if view:
                client.cookies["view"] = view
            response = client.get(path, follow=True, secure=secure)
            if not response.get("Content-Type", "").startswith("text/html"):
                continue
            found = lint(response.content.decode(), status=response.status_code)
            yield f"{path}（长者模式）" if view else path, found
