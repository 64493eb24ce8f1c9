"""Folding the log, forgetting it, and what the report reads from it."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongkai.core.clock import at
from gongkai.search import reports, tallies, traces
from gongkai.search.clicks import Mark
from gongkai.search.models import SearchClick, SearchDay, SearchTally, SearchTrace
from gongkai.search.reports import KINDS, Period, QueryList
from gongkai.search.traces import Search
from tests.factories import DAY

pytestmark = pytest.mark.django_db
_numbers = count(1)


def search(text: str, strict: int, related: int = 0, *, day: date = DAY, **more: Any) -> int:
    """One line, written at once."""
    opened = more.pop("opened", ())
    trace = next(_numbers)
    moment = at(day, 10)
    lines: list[Any] = [
        traces.line_of(Search(text, strict, related, **more), trace=trace, now=moment)
    ]
    lines += [traces.click_line(Mark(trace, f"item:{n}", n), now=moment) for n in opened]
    traces.store(lines)
    return trace


def some_day(day: date = DAY) -> None:
    search("公积金", 3, day=day, opened=(1, 2), milliseconds=10)
    search("公积金", 3, day=day, milliseconds=30)
    search("公积金", 3, day=day, page=2, opened=(12,))
    search("公积金", 3, day=day, filters={"type": "policy"}, opened=(1,), synonyms=True)
    search("电动车上牌", 0, 9, day=day, opened=(4,))
    search("电动车上牌", 0, 9, day=day, corrected=True)
    search("滑雪场", 0, day=day)
    search("张三13812341234", 0, day=day)


def figures(row: Any) -> dict[str, int]:
    return {name: getattr(row, name) for name in (*tallies.SUMS, "slowest") if getattr(row, name)}


def test_a_day_is_counted_by_words_and_whole() -> None:
    some_day()
    day = tallies.fold_day(DAY, now=at(DAY, 18))
    assert figures(day) == {
        "searches": 7, "narrowed": 1, "empty": 2, "related_only": 2, "unclicked": 1, "clicked": 3,
        "clicks": 5, "positions": 20, "milliseconds": 40, "slowest": 30, "corrected": 1,
        "synonyms": 1,
    }  # fmt: skip
    assert (day.later_pages, day.dropped) == (1, {"personal": 1})
    assert day.opened == {"1": 2, "2": 1, "4": 1, "12": 1}
    rows = {row.text or row.dropped: figures(row) for row in SearchTally.objects.all()}
    assert rows["公积金"] == {
        "searches": 3, "narrowed": 1, "unclicked": 1, "clicked": 2, "clicks": 4, "positions": 16,
        "milliseconds": 40, "slowest": 30, "synonyms": 1,
    }  # fmt: skip
    assert rows["电动车上牌"]["related_only"] == 2 and "unclicked" not in rows["电动车上牌"]
    assert rows["滑雪场"] == {"searches": 1, "empty": 1}
    assert rows["personal"] == {"searches": 1, "empty": 1}


def test_folding_again_replaces_and_changes_nothing_else() -> None:
    some_day()
    some_day(DAY - timedelta(days=1))
    tallies.fold_day(DAY - timedelta(days=1), now=at(DAY, 18))
    before = list(SearchTally.objects.order_by("text").values_list("text", "searches"))
    tallies.fold_day(DAY - timedelta(days=1), now=at(DAY, 19))
    assert list(SearchTally.objects.order_by("text").values_list("text", "searches")) == before


def test_the_timer_folds_what_is_open_and_catches_up() -> None:
    assert tallies.fold_due(at(DAY, 12)) == 0
    search("税", 1, day=DAY - timedelta(days=4))
    search("税", 1)
    assert tallies.fold_due(at(DAY, 12)) == 5
    final = dict(SearchDay.objects.values_list("day", "final"))
    assert [final[DAY - timedelta(days=n)] for n in range(5)] == [False, False, True, True, True]
    assert tallies.fold_due(at(DAY, 12, 5)) == 0, "ten minutes have not passed"
    search("费", 0)
    assert tallies.fold_due(at(DAY, 12, 11)) == 1
    assert SearchDay.objects.get(pk=DAY).searches == 2
    # A click that came late, before the day is settled, is counted.
    trace = SearchTrace.objects.get(day=DAY, text="税").pk
    traces.store([traces.click_line(Mark(trace, "item:1", 1), now=at(DAY + timedelta(days=1), 9))])
    assert tallies.fold_due(at(DAY + timedelta(days=1), 12)) == 3
    assert tallies.fold_due(at(DAY + timedelta(days=1), 12, 11)) == 1, "the others wait six hours"
    assert tallies.fold_due(at(DAY + timedelta(days=2), 3)) == 3
    settled = SearchDay.objects.get(pk=DAY)
    assert (settled.clicks, settled.final) == (1, True)


def test_traces_are_forgotten_and_rare_words_with_them() -> None:
    old = DAY - timedelta(days=tallies.KEEP_DAYS + 1)
    for _ in range(5):
        search("公积金", 1, day=old, opened=(1,))
    search("张小三的房子", 0, day=old, milliseconds=70)
    search("李四家的事", 0, 2, day=old)
    search("税", 1, day=DAY - timedelta(days=tallies.KEEP_DAYS))
    assert tallies.forget_due(at(DAY, 12)) == 0, "nothing goes before it was folded"
    tallies.fold_due(at(DAY, 12))
    whole = figures(SearchDay.objects.get(pk=old))
    assert tallies.forget_due(at(DAY, 12)) == 7
    assert tallies.forget_due(at(DAY, 12)) == 0
    assert SearchTrace.objects.count() == 1 and not SearchClick.objects.exists()
    rows = {row.text or row.dropped: figures(row) for row in SearchTally.objects.filter(day=old)}
    assert set(rows) == {"公积金", "rare"}
    assert rows["rare"] == {
        "searches": 2, "empty": 1, "related_only": 1, "milliseconds": 70, "slowest": 70,
    }  # fmt: skip
    assert figures(SearchDay.objects.get(pk=old)) == whole
    tallies.fold_due(at(DAY, 13))
    assert SearchDay.objects.get(pk=old).searches == 7, "a forgotten day is never counted again"


def test_clicks_without_their_search_go_too() -> None:
    long_ago = at(DAY - timedelta(days=tallies.KEEP_DAYS + 5))
    traces.store([traces.click_line(Mark(9, "item:1", 1), now=long_ago)])
    tallies.forget_due(at(DAY, 12))
    assert not SearchClick.objects.exists()


def test_lists_are_cut_and_counted_by_two_queries() -> None:
    some_day()
    some_day(DAY - timedelta(days=1))
    search("税", 1, day=DAY - timedelta(days=40))
    tallies.fold_due(at(DAY, 18))
    period = Period(DAY - timedelta(days=6), DAY)
    found = {}
    for kind in KINDS.values():
        rows = QueryList(period, kind)
        with CaptureQueriesContext(connection) as seen:
            found[kind.key] = [q.text for q in rows[0:20]]
            assert rows.count() == len(found[kind.key])
        assert len(seen) == 2
        assert [q.text for q in rows.all()] == found[kind.key]
    assert found == {
        "frequent": ["公积金", "电动车上牌", "滑雪场"],
        "empty": ["滑雪场"],
        "related": ["电动车上牌"],
        "unclicked": ["公积金"],
        "slow": ["公积金"],
    }
    top = QueryList(period, KINDS["frequent"])[0:1][0].figures
    assert (top.searches, top.clicks, top.average_position, top.average_ms) == (6, 8, 4.0, 13)


def test_a_report_has_every_day_and_every_place() -> None:
    some_day()
    tallies.fold_due(at(DAY, 18))
    found = reports.report(Period(DAY - timedelta(days=2), DAY))
    assert [row.searches for _, row in found.days] == [0, 0, 7]
    assert found.opened[0] == ("1", 2) and found.opened[-1] == ("11+", 1)
    assert found.dropped == (("像个人信息", 1),)
    assert found.whole.part("empty") == 28.6
    nothing = reports.report(Period(DAY - timedelta(days=9), DAY - timedelta(days=8)))
    assert (nothing.whole.searches, nothing.whole.part("empty"), nothing.folded_at) == (
        0,
        None,
        None,
    )
