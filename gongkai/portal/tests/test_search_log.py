"""The results page and the query log: what is noted, what the hits carry, what a click becomes."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.core.clock import today
from gongkai.portal.tests.town import Town
from gongkai.search import nightly, traces
from gongkai.search.models import SearchClick, SearchTrace
from gongkai.search.traces import Writer


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Writer:
    own = Writer()
    monkeypatch.setattr(traces, "WRITER", own)
    return own


@pytest.fixture
def found(town: Town) -> Town:
    town.fill(3, title="租金减免办法", topics=[])
    town.indexed()
    return town


def test_a_search_and_a_click_become_two_lines(
    found: Town, visitor: Client, writer: Writer
) -> None:
    with CaptureQueriesContext(connection) as seen:
        html = visitor.get("/search/", {"q": "租金減免", "year": "2022"}).content.decode()
    assert not any(query["sql"].startswith("INSERT") for query in seen)
    links = re.findall(r'<a href="(/nr/\d+/[^"]*)" ping="([^"]+)"', html)
    assert len(links) == 3
    writer.flush()
    trace = SearchTrace.objects.get()
    assert (trace.text, trace.strict, trace.page, trace.filters) == ("租金减免", 3, 1, "year=2022")
    path, ping = links[1]
    assert visitor.post(unescape(ping), b"PING", content_type="text/ping").status_code == 204
    writer.flush()
    click = SearchClick.objects.get()
    assert (click.trace, click.position) == (trace, 2)
    assert f"/nr/{click.record.removeprefix('item:')}/" == urlsplit(path).path


@pytest.mark.parametrize("typed", ["", "   ", "😀", "?"])
def test_what_is_no_question_is_not_noted(
    found: Town, visitor: Client, writer: Writer, typed: str
) -> None:
    assert "ping=" not in visitor.get("/search/", {"q": typed}).content.decode()
    visitor.get("/search/jianyi/", {"q": "租金"})
    visitor.head("/search/", {"q": "租金"})
    assert writer.flush() == 0


def test_without_an_index_nothing_counts_as_not_found(
    town: Town, visitor: Client, writer: Writer
) -> None:
    visitor.get("/search/", {"q": "租金"})
    assert writer.flush() == 0


def test_the_elder_view_counts_too(found: Town, visitor: Client, writer: Writer) -> None:
    visitor.cookies["view"] = "elder"
    assert "ping=" in visitor.get("/search/", {"q": "租金减免"}).content.decode()
    assert writer.flush() == 1


def test_the_nightly_check_asks_as_the_page_does(found: Town) -> None:
    checked = nightly.check_titles(today=today(), count=30)
    assert checked.ready and checked.good and len(checked.rows) >= 3


def test_the_search_inside_a_unit_is_noted_as_such(
    found: Town, visitor: Client, writer: Writer
) -> None:
    visitor.get(f"/dw/{found.city.bureau_a.code}/jiansuo/", {"q": "租金"})
    visitor.get(f"/dw/{found.city.bureau_a.code}/jiansuo/")
    writer.flush()
    line = SearchTrace.objects.get()
    assert (line.place, line.text) == (SearchTrace.Place.UNIT, "租金")
    assert line.filters == f"unit={found.city.bureau_a.code}"
