"""What tests of staff screens share: a signed-in browser, a still clock, the words of a page."""

import re
from datetime import datetime, tzinfo
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.organisations.models import User
from tests.factories import moment

EVENING = moment(18)
"""What time it is for a view under :func:`stop_clock`: after everything the factories do."""


def stop_clock(monkeypatch: pytest.MonkeyPatch, now: datetime = EVENING) -> None:
    """Let it be one moment of the test day for every view."""

    class Still(datetime):
        """A clock that stands still."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return now.astimezone(tz)

    monkeypatch.setattr("gongkai.core.clock.datetime", Still)


def sign_in(user: User | None) -> Client:
    """A browser in which this person is signed in (nobody, for None)."""
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(response: HttpResponse | Any) -> str:
    """What a page says: its main part without tags, runs of blanks as one."""
    html = response.content.decode()
    main = html[html.index("<main") :] if "<main" in html else html
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", main)))


def html(response: HttpResponse | Any) -> str:
    """The page as sent."""
    return str(response.content.decode())


def refused(response: HttpResponse | Any, status: int, rule: str) -> bool:
    """Whether a page refuses with this status, names the rule and says what one can do."""
    said = words(response)
    assert response.status_code == status, f"{response.status_code}: {said[:200]}"
    assert "依据的规则" in said and rule in said, said[:300]
    remedy = said.partition("您可以")[2]
    assert len(remedy.strip()) > 6, said[:300]
    return True


def queries(client: Client, path: str, **headers: str) -> int:
    """How many queries it takes to answer, the session's own included, savepoints not."""
    client.get(path, headers=headers)  # the first request fills caches
    with CaptureQueriesContext(connection) as found:
        response = client.get(path, headers=headers)
    assert response.status_code == 200, response.status_code
    return sum(1 for query in found if "SAVEPOINT" not in query["sql"])
