"""Outages, quality figures and duties: what is said of them on a day."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.portal import rules_utilities as rules

DAY = date(2022, 10, 18)


def facts(a: str, b: str, c: str, d: str, **more: Any) -> dict[str, Any]:
    return {"from_on": a, "from_time": b, "to_on": c, "to_time": d, **more}


def span(*args: str, **more: Any) -> rules.Span:
    found = rules.span(facts(*args, **more))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("args", "words", "state"),
    [
        (("2022-10-18", "09:00", "2022-10-18", "17:00"), "10月18日 9:00 — 17:00（8 小时）", "now"),
        (("2022-10-20", "22:00", "2022-10-21", "06:00"), "10月20日 22:00 — 次日 6:00（8 小时）", "ahead"),
        (("2022-10-17", "22:00", "2022-10-18", "06:00"), "10月17日 22:00 — 次日 6:00（8 小时）", "now"),
        (("2022-10-17", "22:00", "2022-10-18", "00:00"), "10月17日 22:00 — 次日 0:00（2 小时）", "past"),
        (("2022-10-24", "", "2022-10-30", ""), "10月24日—10月30日", "ahead"),
        (("2022-10-18", "", "2022-10-18", ""), "10月18日，具体时间见公告", "now"),
        (("2022-10-10", "08:00", "2022-10-20", "08:00"), "10月10日 8:00 — 10月20日 8:00（10 天）", "now"),
        (("2022-10-19", "09:30", "2022-10-19", "12:00"), "10月19日 9:30 — 12:00（2.5 小时）", "ahead"),
    ],
)  # fmt: skip
def test_a_span_is_said_as_people_say_it(args: tuple[str, ...], words: str, state: str) -> None:
    found = span(*args)
    assert rules.span_words(found) == words and found.state(DAY) == state


@pytest.mark.parametrize(
    "broken",
    [
        {}, {"from_on": "2022-10-18"}, facts("2022-10-19", "", "2022-10-18", "09:00"),
        facts("someday", "", "2022-10-18", ""), facts("2022-10-18", "10:00", "2022-10-18", "09:00"),
        {"from_on": None, "to_on": []}, facts("2022-13-01", "", "2022-10-18", ""),
    ],
)  # fmt: skip
def test_facts_that_tell_no_span_make_none(broken: dict[str, Any]) -> None:
    assert rules.span(broken) is None


def test_a_time_that_cannot_be_read_makes_whole_days() -> None:
    found = span("2022-10-18", "9点", "2022-10-18", "晚上")
    assert not found.timed and found.days == (DAY, DAY)


@pytest.mark.parametrize(
    ("back", "words", "light"),
    [
        ("20:40", "10月16日 20:40 恢复，比公告早 1 小时 20 分", "green"),
        ("22:00", "10月16日 22:00 恢复，按公告时间", "green"),
        ("22:45", "10月16日 22:45 恢复，比公告晚 45 分", "yellow"),
        ("", "没有公布恢复时间", "grey"),
    ],
)
def test_a_return_is_early_on_time_late_or_unsaid(back: str, words: str, light: str) -> None:
    found = span(
        "2022-10-16", "14:20", "2022-10-16", "22:00", restored_on="2022-10-16", restored_time=back
    )
    assert rules.return_words(found) == (words, light)


def test_what_came_back_yesterday_is_past_whatever_was_announced() -> None:
    found = span(
        "2022-10-16", "", "2022-10-20", "", restored_on="2022-10-17", restored_time="12:00"
    )
    assert found.state(DAY) == "past" and found.state(date(2022, 10, 17)) == "now"


def test_the_week_counts_every_day_that_is_touched() -> None:
    spans = [
        span("2022-10-20", "22:00", "2022-10-21", "06:00"),
        span("2022-10-24", "", "2022-10-30", ""),
        span("2022-10-01", "", "2022-10-02", ""),
    ]
    week = rules.week_days(spans, DAY)
    assert [d["count"] for d in week] == [0, 0, 1, 1, 0, 0, 1]
    assert [d["name"] for d in week[:4]] == ["今天", "明天", "后天", "周五"]
    first, second, third = rules.week_bars(spans, DAY)
    assert third is None and first is not None and second is not None
    assert (first.left, first.width, first.row) == (2.917, 0.333, 0)
    assert (second.left, second.width, second.row) == (6.0, 1.0, 1)


days = st.dates(date(2022, 9, 1), date(2022, 12, 1))
times = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@given(days, times, st.integers(0, 15), times)
def test_a_bar_never_leaves_its_week(a: date, b: time, more: int, c: time) -> None:
    starts, ends = datetime.combine(a, b), datetime.combine(a + timedelta(days=more), c)
    if ends < starts:
        starts, ends = ends, starts
    found = rules.Span(starts, ends, None, True)
    [bar] = rules.week_bars([found], DAY)
    first, last = found.days
    assert first <= last
    if bar is not None:
        assert bar.left >= 0 and bar.width >= 0.12 and bar.left + bar.width <= 7.001
    assert (bar is None) == (
        ends <= datetime.combine(DAY, time(0))
        or starts >= datetime.combine(DAY, time(0)) + timedelta(days=7)
    )


@pytest.mark.parametrize(
    ("row", "passed", "limit", "share", "mark"),
    [
        ({"value": 0.5, "most": 1}, True, "不高于 1", 50.0, None),
        ({"value": "1.2", "most": "1"}, False, "不高于 1", 100.0, None),
        ({"value": 7.4, "least": 6.5, "most": 8.5}, True, "6.5—8.5", 87.1, 76.5),
        ({"value": 6, "least": 6.5, "most": 8.5}, False, "6.5—8.5", 70.6, 76.5),
        ({"value": 0.02, "least": 0.05}, False, "不低于 0.05", None, None),
        ({"value": 3}, True, "", None, None),
        ({"value": 0, "most": 0}, True, "不高于 0", None, None),
    ],
)
def test_a_figure_is_judged_by_comparison(
    row: dict[str, Any], passed: bool, limit: str, share: float | None, mark: float | None
) -> None:
    [found] = rules.figures([{"sample": "出厂水", "item": "项目", **row}])
    assert (found.passed, found.limit, found.share, found.mark) == (passed, limit, share, mark)


def test_a_figure_without_a_number_is_left_out() -> None:
    assert rules.figures([{"value": "未检出"}, {"value": None}, {"value": True}, {}]) == []


DUTIES = [
    {"name": "价格", "kinds": ["fees"], "fresh": 30},
    {"name": "概况", "kinds": ["functions", "overview"], "fresh": 0},
]


def test_a_duty_is_fresh_old_or_missing() -> None:
    old = {"fees": (date(2022, 8, 1), "/nr/1/"), "overview": (date(2020, 1, 1), "/nr/2/")}
    price, about = rules.duties(DUTIES, old, DAY)
    assert (price.light, price.words) == ("yellow", "有，78 天前，超过 30 天")
    assert (about.light, about.url) == ("green", "/nr/2/")
    price, about = rules.duties(DUTIES, {"fees": (DAY, "/nr/3/")}, DAY)
    assert (price.light, price.words) == ("green", "今天更新")
    assert (about.light, about.words, about.url) == ("grey", "没有找到", "")
