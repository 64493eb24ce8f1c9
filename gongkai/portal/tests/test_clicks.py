"""A browser tells of a click on a hit: only marks of ours count, and nothing of the reader stays."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.search import clicks, traces
from gongkai.search.clicks import Mark
from gongkai.search.models import SearchClick
from gongkai.search.traces import Writer

pytestmark = pytest.mark.django_db
MARK = Mark(123456789, "item:7", 3)


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Writer:
    own = Writer()
    monkeypatch.setattr(traces, "WRITER", own)
    return own


def test_a_ping_is_counted_later_and_answered_at_once(writer: Writer) -> None:
    browser = Client(enforce_csrf_checks=True)
    address = clicks.ping_address(MARK)
    with CaptureQueriesContext(connection) as seen:
        answer = browser.generic(
            "POST", address, "PING", "text/ping",
            headers={"Ping-From": "https://x/search/?q=税", "Ping-To": "https://x/nr/7/"},
        )  # fmt: skip
    assert not seen.captured_queries
    assert (answer.status_code, answer.content, answer.cookies) == (204, b"", {})
    assert answer["Cache-Control"] == "private, no-store"
    assert writer.flush() == 1
    row = SearchClick.objects.get()
    assert (row.trace_id, row.record, row.position) == (123456789, "item:7", 3)


@pytest.mark.parametrize("token", ["", "x", "1.1.item:7~a~b", clicks.token(MARK) + "0", "%00" * 99])
def test_what_we_did_not_sign_is_not_counted(writer: Writer, token: str) -> None:
    answer = Client().post(f"{clicks.ADDRESS}?t={token}")
    assert answer.status_code == 204 and writer.flush() == 0


def test_a_link_there_does_nothing(writer: Writer) -> None:
    assert Client().get(clicks.ping_address(MARK)).status_code == 405
    assert writer.flush() == 0
