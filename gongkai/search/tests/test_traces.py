"""Writing the query log: never in a reader's way, nothing of the reader in it."""

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.template import Context, Template

from gongkai.core.clock import at
from gongkai.search import clicks, traces
from gongkai.search.clicks import Mark
from gongkai.search.models import SearchClick, SearchTrace
from gongkai.search.traces import Search, Writer
from tests.factories import DAY

NOW = at(DAY, 15, 42)


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Writer:
    """A fresh writer in the place of the process's own."""
    own = Writer(room=20, pause=0.01)
    monkeypatch.setattr(traces, "WRITER", own)
    return own


def test_a_search_is_one_line_known_to_the_hour(db: None, writer: Writer) -> None:
    trace = traces.searched(
        Search(
            "  公積金 提取 ", 3, 40, milliseconds=12.6, filters={"unit": ["zjj"]}, synonyms=True
        ),
        now=datetime(2022, 10, 18, 7, 42, 11, tzinfo=UTC),
    )
    assert trace > 0 and not SearchTrace.objects.exists()
    assert writer.flush() == 1
    row = SearchTrace.objects.get()
    assert (row.pk, row.day, row.hour) == (trace, DAY, 15)
    assert (row.text, row.dropped, row.filters) == ("公积金 提取", "", "unit=zjj")
    assert (row.strict, row.related, row.page, row.milliseconds) == (3, 40, 1, 13)
    assert (row.order, row.place) == ("relevance", "results")
    assert row.synonyms and not row.corrected


def test_the_table_has_no_room_for_a_person() -> None:
    names = {field.name for model in (SearchTrace, SearchClick) for field in model._meta.fields}
    assert names == {
        "id", "day", "hour", "text", "dropped", "filters", "order", "place", "strict", "related",
        "page", "milliseconds", "corrected", "synonyms", "trace", "record", "position",
    }  # fmt: skip


@pytest.mark.parametrize("canary", ["张三13812341234", "430104199003071234", "a.b@example.com"])
def test_personal_words_are_counted_and_never_reach_the_database(
    db: None, writer: Writer, canary: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(f"{sql} {params}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen), caplog.at_level(logging.DEBUG):
        assert traces.searched(Search(canary, 0), now=NOW)
        writer.flush()
    row = SearchTrace.objects.get()
    assert (row.text, row.dropped) == ("", "personal")
    assert sent and not any(canary[:6] in text for text in [*sent, caplog.text])


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"Referer": "https://zwgk.example/desk/search/?list=empty"},
    ],
)
def test_pages_nobody_asked_for_and_staff_are_not_noted(
    writer: Writer, headers: dict[str, str]
) -> None:
    assert traces.searched(Search("税", 1), now=NOW, headers=headers) == 0
    assert traces.searched(Search("   ", 0), now=NOW) == 0
    assert writer.flush() == 0


def test_an_unknown_order_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="unknown order"):
        traces.line_of(Search("税", 1, order="random"), trace=1, now=NOW)


def test_a_click_counts_once_even_before_its_search_is_written(db: None, writer: Writer) -> None:
    for _ in range(2):
        traces.clicked(Mark(77, "item:12", 3), now=NOW)
        writer.flush()
    row = SearchClick.objects.get()
    assert (row.trace_id, row.record, row.position, row.hour) == (77, "item:12", 3, 15)


def test_lines_are_lost_counted_and_said_when_the_database_is_away(
    writer: Writer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(lines: Any) -> None:
        raise DatabaseError("database is locked")

    monkeypatch.setattr(traces, "store", away)
    traces.searched(Search("停水通知", 1), now=NOW)
    assert writer.flush() == 0
    assert writer.lost == 1 and "1 lines lost" in caplog.text and "停水" not in caplog.text


def test_a_flood_is_bounded(writer: Writer) -> None:
    for _ in range(30):
        traces.searched(Search("税", 1), now=NOW)
    assert writer.lost == 10


def test_a_thread_writes_while_the_page_goes_on(
    writer: Writer, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.SEARCH_LOG_THREAD = True
    written: list[Any] = []
    go, done = threading.Event(), threading.Event()

    def slow(lines: Any) -> None:
        go.wait(5)
        written.extend(lines)
        done.set()

    monkeypatch.setattr(traces, "store", slow)
    monkeypatch.setattr(traces, "close_old_connections", lambda: None)
    started = time.perf_counter()
    for _ in range(5):
        traces.searched(Search("税", 1), now=NOW)
    assert time.perf_counter() - started < 0.5 and not written
    go.set()
    assert done.wait(5) and 1 <= len(written) <= 5


MARK = Mark(4611686018427387903, "item:12", 11)


def test_a_mark_comes_back_and_only_as_we_signed_it() -> None:
    token = clicks.token(MARK)
    assert clicks.read(token) == MARK
    bad = [
        "", "x", token[:-1], token.replace("item:12", "item:13"), token.replace(".11.", ".1."),
        token + "x", "~".join(token.split("~")[1:]), "a" * 400,
    ]  # fmt: skip
    assert [clicks.read(text) for text in bad] == [None] * len(bad)


def test_a_mark_is_good_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    token = clicks.token(MARK)
    later = time.time() + clicks.LIFE
    monkeypatch.setattr("django.core.signing.time.time", lambda: later - 10)
    assert clicks.read(token) == MARK
    monkeypatch.setattr("django.core.signing.time.time", lambda: later + 10)
    assert clicks.read(token) is None


def test_the_tag_writes_the_attribute_or_nothing() -> None:
    page = Template("{% load search_clicks %}<a href='/nr/1/'{% click_ping t r 2 %}>x</a>")
    said = page.render(Context({"t": 5, "r": 'item:1"><script>'}))
    assert "href='/nr/1/' ping=\"/f/dianji/?t=5.2.item%3A1%22%3E%3Cscript%3E~" in said
    assert "item%3A1~" in page.render(Context({"t": 5, "r": "item:1#第三条"}))
    assert page.render(Context({"t": 0, "r": "item:1"})) == "<a href='/nr/1/'>x</a>"
