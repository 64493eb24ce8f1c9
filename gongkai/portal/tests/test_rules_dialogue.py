"""Calls, feedback, events and questionnaires on a day; how fresh a place is."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.portal import rules_dialogue as rules
from gongkai.portal import rules_places

DAY = date(2022, 10, 18)


def term(opens: str, closes: str) -> rules.Term:
    found = rules.term({"opens_on": opens, "closes_on": closes})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("opens", "closes", "state", "days"),
    [
        ("2022-09-19", "2022-10-18", "open", 30),
        ("2022-09-19", "2022-10-17", "closed", 29),
        ("2022-10-19", "2022-11-18", "ahead", 31),
        ("2022-10-18", "2022-10-18", "open", 1),
    ],
)
def test_a_call_is_open_to_the_end_of_its_last_day(
    opens: str, closes: str, state: str, days: int
) -> None:
    found = term(opens, closes)
    assert (found.state(DAY), found.days) == (state, days)


@pytest.mark.parametrize(
    "broken",
    [{}, {"opens_on": "2022-10-18"}, {"opens_on": "2022-10-19", "closes_on": "2022-10-18"},
     {"opens_on": "soon", "closes_on": "later"}],
)  # fmt: skip
def test_a_term_that_cannot_be_read_is_none(broken: dict[str, Any]) -> None:
    assert rules.term(broken) is None


@pytest.mark.parametrize(
    ("ahead", "words"),
    [(0, ("今天", "截止")), (1, ("明天", "截止")), (2, ("2", "天后截止")), (23, ("23", "天后截止")),
     (-1, ("已截止", "10月17日"))],
)  # fmt: skip
def test_the_countdown_speaks(ahead: int, words: tuple[str, str]) -> None:
    assert rules.left_words(DAY + timedelta(days=ahead), DAY) == words


def test_a_short_call_tells_its_reason_or_that_there_is_none() -> None:
    short, long = term("2022-09-01", "2022-09-20"), term("2022-09-01", "2022-09-30")
    assert rules.short_note(long, "decision", "") == ""
    assert "原因：开学" in rules.short_note(short, "decision", "开学")
    assert "没有写明原因" in rules.short_note(short, "decision", "")
    assert rules.short_note(short, "other", "") == "征求意见 20 天。"


def test_missing_feedback_is_said_and_becomes_overdue() -> None:
    assert rules.feedback_words(DAY - timedelta(days=28), DAY)[1] is False
    words, late = rules.feedback_words(DAY - timedelta(days=29), DAY)
    assert late and "29 天" in words


@given(st.dates(date(2020, 1, 1), date(2024, 1, 1)), st.integers(0, 400), st.integers(-50, 450))
def test_the_share_of_a_term_stays_between_nothing_and_all(a: date, n: int, at: int) -> None:
    share = rules.Term(a, a + timedelta(days=n)).share(a + timedelta(days=at))
    assert 0 <= share <= 100
    if at == n:
        assert share == 100


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=4))
def test_stacked_parts_fill_the_bar(values: list[int]) -> None:
    parts = rules.parts(values)
    assert bool(parts) == (sum(values) > 0)
    if parts:
        left, width = parts[-1]
        assert left + width == pytest.approx(100, abs=0.05)


def test_what_is_no_number_counts_as_nothing() -> None:
    found = rules.adoption({"received": "1,206", "adopted": "很多", "partly": -3, "declined": None})
    assert found == {"received": 1206, "adopted": 0, "partly": 0, "declined": 0}


def test_a_share_is_told_only_with_the_number_of_sheets() -> None:
    rows = [
        {"question": "几趟", "answer": "一趟", "count": 3},
        {"question": "几趟", "answer": "二趟", "count": "x"},
    ]
    [with_n] = rules.shares(rows, 4)
    assert [a["display"] for a in with_n["answers"]] == ["3 人，75%"]
    [without] = rules.shares(rows, 0)
    assert [a["display"] for a in without["answers"]] == ["3 人"]


def test_questions_of_the_public_are_counted() -> None:
    turns = [{"speaker": "主持人"}, {"speaker": "网友“甲”"}, {"speaker": "市民"}, {}]
    assert rules.asked(turns) == 2


@pytest.mark.parametrize(
    ("held", "signup", "words", "tone"),
    [
        (1, 0, "正在报名，今天截止", "ok"), (5, 2, "正在报名", "ok"), (5, None, "正在报名", "ok"),
        (5, -1, "报名已经截止", "warn"), (0, -1, "今天举行", "red"), (-1, -5, "已经举办", "idle"),
    ],
)  # fmt: skip
def test_an_event_says_where_it_stands(
    held: int, signup: int | None, words: str, tone: str
) -> None:
    closes = None if signup is None else DAY + timedelta(days=signup)
    assert rules.event_state(DAY + timedelta(days=held), closes, DAY) == (words, tone)


@given(st.lists(st.floats(0, 100), max_size=12).map(sorted))
def test_marks_that_would_touch_lie_in_different_lanes(places: list[float]) -> None:
    lanes = rules.stagger(places)
    assert len(lanes) == len(places)
    for a, b, one, two in zip(places, places[1:], lanes, lanes[1:], strict=False):
        assert b - a >= 9 or one != two


def test_a_day_lies_in_its_year() -> None:
    assert rules.year_place(date(2022, 1, 1), 2022) == 0
    assert rules.year_place(date(2022, 7, 2), 2022) == pytest.approx(49.9, abs=0.1)
    assert rules.year_place(date(2023, 5, 1), 2022) == 100


@pytest.mark.parametrize(
    ("gap", "ago", "light", "words", "late"),
    [
        (14, 0, "green", "今天更新，约定 14 天", False), (14, 14, "green", "14 天前更新，约定 14 天", False),
        (14, 15, "yellow", "15 天前更新，超过约定的 14 天", True), (None, 400, "grey", "400 天前更新", False),
        (14, None, "yellow", "还没有内容", True), (None, None, "grey", "还没有内容", False),
        (14, 1, "green", "昨天更新，约定 14 天", False),
    ],
)  # fmt: skip
def test_a_place_is_fresh_or_behind(
    gap: int | None, ago: int | None, light: str, words: str, late: bool
) -> None:
    newest = None if ago is None else DAY - timedelta(days=ago)
    found = rules_places.freshness(gap, newest, DAY)
    assert (found.light, found.words, found.late) == (light, words, late)
    assert 0 <= found.gone <= 100


def test_a_heading_loses_its_number_only() -> None:
    assert rules_places.heading("一、围绕推动高质量发展") == "围绕推动高质量发展"
    assert rules_places.heading("") == rules_places.REST
