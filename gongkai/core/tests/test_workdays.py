import csv
import io
from datetime import date, datetime, timedelta

import pytest
from chinese_calendar import constants as published
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.workdays import (
    DayKind,
    Override,
    Pause,
    WorkCalendar,
    add_workdays,
    next_workday_on_or_after,
    previous_workday_on_or_before,
    to_json_dict,
    workdays_between,
)

CALENDAR = WorkCalendar()
FIRST_UNKNOWN_YEAR = max(published.holidays).year + 1

DATES = st.dates(min_value=date(2004, 1, 1), max_value=date(2031, 12, 31))
KNOWN_DATES = st.dates(min_value=date(2004, 1, 1), max_value=date(2026, 6, 30))
COUNTS = st.integers(min_value=1, max_value=60)

ADD_VECTORS = """\
2024-01-24,20,2024-02-26
2024-04-01,20,2024-04-29
2024-09-10,20,2024-10-14
2025-01-13,15,2025-02-08
2025-01-13,20,2025-02-14
2025-09-19,20,2025-10-23
2026-02-09,20,2026-03-13
2026-09-16,20,2026-10-20
2025-12-25,20,2026-01-23
2025-03-15,20,2025-04-14
2025-09-28,20,2025-10-31
2025-03-20,7,2025-03-31
2025-03-31,15,2025-04-22
2025-04-18,20,2025-05-20
2024-09-10,40,2024-11-11
2025-06-27,20,2025-07-25
2025-07-15,20,2025-08-12
2025-09-22,20,2025-10-24
2025-01-20,20,2025-02-21
2025-09-25,20,2025-10-29
2025-12-22,20,2026-01-20
2025-09-26,20,2025-10-30
2022-09-15,20,2022-10-18
"""

PAUSE_VECTORS = """\
2022-09-15,20,2022-09-28..2022-10-08,2022-10-21
2025-04-14,20,2025-04-21..2025-05-12,2025-06-03
2025-04-14,20,2025-04-21..2025-05-16,2025-06-09
2025-04-14,20,2025-04-21..2025-05-08|2025-04-24..2025-05-12,2025-06-03
2025-04-14,20,2025-04-21..2025-05-08|2025-05-13..2025-05-20,2025-06-06
2025-04-14,40,2025-04-21..2025-05-12,2025-07-01
2025-09-19,30,2025-09-24..2025-10-15,2025-11-21
2026-04-20,20,2026-04-24..2026-05-20,2026-06-11
2026-02-03,20,2026-02-06..2026-02-27,2026-03-23
"""

CALENDAR_DAY_VECTORS = """\
2025-02-12,60,2025-04-14
2024-12-05,60,2025-02-05
2026-01-31,15,2026-02-24
2025-07-30,60,2025-09-28
"""


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def _pauses(text: str) -> list[tuple[date, date]]:
    pairs = [span.split("..") for span in text.split("|")]
    return [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in pairs]


@pytest.mark.parametrize(("start", "n", "due"), _rows(ADD_VECTORS))
def test_the_nth_working_day_excludes_the_day_of_receipt(start: str, n: str, due: str) -> None:
    found = add_workdays(date.fromisoformat(start), int(n), CALENDAR)
    assert found.date.isoformat() == due
    assert found.provisional is False


@pytest.mark.parametrize(("start", "n", "pauses", "due"), _rows(PAUSE_VECTORS))
def test_article_33_excludes_the_time_needed_for_consultation(
    start: str, n: str, pauses: str, due: str
) -> None:
    found = add_workdays(date.fromisoformat(start), int(n), CALENDAR, _pauses(pauses))
    assert found.date.isoformat() == due


@pytest.mark.parametrize(("start", "days", "due"), _rows(CALENDAR_DAY_VECTORS))
def test_a_calendar_day_limit_ending_on_a_day_off_rolls_forward(
    start: str, days: str, due: str
) -> None:
    end = date.fromisoformat(start) + timedelta(days=int(days))
    assert next_workday_on_or_after(end, CALENDAR).isoformat() == due


def test_the_annual_report_date_does_not_roll_it_moves_back() -> None:
    assert previous_workday_on_or_before(date(2025, 1, 31), CALENDAR) == date(2025, 1, 27)
    assert previous_workday_on_or_before(date(2026, 1, 31), CALENDAR) == date(2026, 1, 30)


@pytest.mark.parametrize("day", [date(2022, 10, 8), date(2022, 10, 9)])
def test_make_up_days_of_the_2022_national_day_are_working_days(day: date) -> None:
    described = CALENDAR.day(day)
    assert described.kind is DayKind.MAKEUP
    assert described.name == "国庆节"
    assert described.is_workday


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2022, 10, 1), DayKind.HOLIDAY, "国庆节"),
        (date(2022, 9, 12), DayKind.HOLIDAY, "中秋节"),
        (date(2022, 4, 5), DayKind.HOLIDAY, "清明节"),
        (date(2022, 6, 3), DayKind.HOLIDAY, "端午节"),
        (date(2022, 1, 3), DayKind.HOLIDAY, "元旦"),
        (date(2022, 2, 1), DayKind.HOLIDAY, "春节"),
        (date(2024, 2, 9), DayKind.WORKDAY, ""),
        (date(2022, 9, 17), DayKind.WEEKEND, ""),
        (date(2022, 9, 16), DayKind.WORKDAY, ""),
    ],
)
def test_days_carry_their_kind_and_chinese_name(day: date, kind: DayKind, name: str) -> None:
    described = CALENDAR.day(day)
    assert (described.kind, described.name, described.provisional) == (kind, name, False)


def test_a_date_in_2030_is_provisional_and_never_presented_as_certain() -> None:
    due = add_workdays(date(2030, 9, 20), 20, CALENDAR)
    assert due.provisional is True
    explanation = due.explain()
    assert "暂定" in explanation.basis
    assert "2030年的节假日安排尚未公布" in explanation.basis
    assert all("暂定" in line for line in explanation.lines)


def test_a_count_that_only_ends_in_an_unpublished_year_is_provisional() -> None:
    last_known = date(FIRST_UNKNOWN_YEAR - 1, 12, 10)
    due = add_workdays(last_known, 20, CALENDAR)
    assert due.date.year == FIRST_UNKNOWN_YEAR
    assert due.provisional is True
    assert due.steps[0].provisional is False


def test_the_known_range_is_the_packages_own() -> None:
    assert CALENDAR.is_known(min(published.holidays).year)
    assert CALENDAR.is_known(FIRST_UNKNOWN_YEAR - 1)
    assert not CALENDAR.is_known(FIRST_UNKNOWN_YEAR)
    assert not CALENDAR.is_known(min(published.holidays).year - 1)


def test_an_override_wins_over_the_published_arrangement() -> None:
    calendar = WorkCalendar(
        {
            date(2022, 9, 16): Override(DayKind.HOLIDAY, "台风停工", "某政办发〔2022〕1号"),
            date(2022, 9, 17): DayKind.MAKEUP,
        }
    )
    off = calendar.day(date(2022, 9, 16))
    assert (off.kind, off.name, off.source) == (
        DayKind.HOLIDAY,
        "台风停工",
        "某政办发〔2022〕1号",
    )
    due = add_workdays(date(2022, 9, 15), 1, calendar)
    assert due.date == date(2022, 9, 17)
    assert due.steps[0].note == "台风停工放假，不计"
    assert due.explain().lines == (
        "9月16日 台风停工放假，不计",
        "9月17日 调休上班，计为第1个工作日",
    )


def test_overrides_of_some_days_do_not_make_the_rest_of_the_year_certain() -> None:
    year = FIRST_UNKNOWN_YEAR
    overrides = {date(year, 1, 1): Override(DayKind.HOLIDAY, "元旦")}
    assert WorkCalendar(overrides).day(date(year, 1, 1)).provisional is False
    assert WorkCalendar(overrides).day(date(year, 6, 1)).provisional is True
    entered = WorkCalendar(overrides, complete_years={year})
    assert entered.day(date(year, 6, 1)).provisional is False
    assert add_workdays(date(year, 5, 1), 20, entered).provisional is False


def test_negative_counts_and_reversed_pauses_are_refused() -> None:
    with pytest.raises(ValueError, match="不能为负数"):
        add_workdays(date(2022, 9, 15), -1, CALENDAR)
    with pytest.raises(ValueError, match="早于开始日期"):
        add_workdays(date(2022, 9, 15), 1, CALENDAR, [(date(2022, 9, 20), date(2022, 9, 19))])
    with pytest.raises(ValueError, match="第三方"):
        Pause(date(2022, 9, 20), date(2022, 9, 19), "征求第三方意见")


def test_a_datetime_is_refused_because_its_day_depends_on_the_zone() -> None:
    with pytest.raises(TypeError):
        CALENDAR.day(datetime(2022, 9, 15, 8, 0))


def test_zero_working_days_is_the_start_itself() -> None:
    due = add_workdays(date(2022, 10, 1), 0, CALENDAR)
    assert (due.date, due.steps, due.provisional) == (date(2022, 10, 1), (), False)
    assert "2022年10月1日" in due.explain().basis


def test_a_pause_of_no_days_changes_nothing() -> None:
    same = (date(2022, 9, 20), date(2022, 9, 20))
    assert (
        add_workdays(date(2022, 9, 15), 20, CALENDAR, [same]).date
        == add_workdays(date(2022, 9, 15), 20, CALENDAR).date
    )


def test_every_step_says_whether_it_counted_and_why() -> None:
    pause = Pause(date(2022, 9, 28), date(2022, 10, 8), "征求第三方意见期间")
    due = add_workdays(date(2022, 9, 15), 20, CALENDAR, [pause])
    by_day = {step.date: step for step in due.steps}
    assert by_day[date(2022, 9, 16)].note == "第1个工作日"
    assert by_day[date(2022, 9, 17)].note == "周末，不计"
    assert by_day[date(2022, 9, 28)].ordinal == 9
    assert by_day[date(2022, 9, 29)].note == "征求第三方意见期间，不计"
    assert by_day[date(2022, 10, 1)].note == "国庆节放假，不计"
    assert by_day[date(2022, 10, 8)].counted is False
    assert by_day[date(2022, 10, 9)].note == "国庆节调休上班，第10个工作日"
    assert due.steps[0].date == date(2022, 9, 16)
    assert due.steps[-1].date == due.date == date(2022, 10, 21)


def test_the_explanation_merges_runs_of_days() -> None:
    due = add_workdays(date(2022, 9, 15), 20, CALENDAR)
    explanation = due.explain()
    assert explanation.basis == (
        "从2022年9月15日的次日起算，第20个工作日为2022年10月18日（星期二）。"
    )
    assert explanation.lines == (
        "9月16日—30日 第1—11个工作日（周末不计）",
        "10月1日—7日 国庆节放假，不计",
        "10月8日—9日 国庆节调休上班，计为第12—13个工作日",
        "10月10日—18日 第14—20个工作日（周末不计）",
    )


def test_the_explanation_names_the_excluded_working_days() -> None:
    pause = Pause(date(2022, 9, 28), date(2022, 10, 8), "征求第三方意见期间")
    explanation = add_workdays(date(2022, 9, 15), 20, CALENDAR, [pause]).explain()
    assert "其中征求第三方意见期间的3个工作日不计" in explanation.basis
    assert "9月29日—10月8日 征求第三方意见期间，不计（其中工作日3天）" in explanation.lines


def test_the_explanation_shows_years_when_the_count_crosses_one() -> None:
    lines = add_workdays(date(2025, 12, 25), 20, CALENDAR).explain().lines
    assert lines == (
        "2025年12月26日—31日 第1—4个工作日（周末不计）",
        "2026年1月1日—3日 元旦放假，不计",
        "2026年1月4日 元旦调休上班，计为第5个工作日",
        "2026年1月5日—23日 第6—20个工作日（周末不计）",
    )


def test_a_range_over_two_years_names_both() -> None:
    calendar = WorkCalendar({date(2026, 1, 1): DayKind.WORKDAY})
    lines = add_workdays(date(2025, 12, 29), 3, calendar).explain().lines
    assert lines == ("2025年12月30日—2026年1月1日 第1—3个工作日",)


def test_counting_starts_on_a_weekend_without_a_line_of_its_own() -> None:
    lines = add_workdays(date(2022, 9, 16), 2, CALENDAR).explain().lines
    assert lines == ("9月17日—20日 第1—2个工作日（周末不计）",)


def test_days_left_and_days_overdue_are_one_signed_number() -> None:
    assert workdays_between(date(2022, 9, 30), date(2022, 10, 10), CALENDAR) == 3
    assert workdays_between(date(2022, 10, 10), date(2022, 9, 30), CALENDAR) == -3
    assert workdays_between(date(2022, 9, 30), date(2022, 9, 30), CALENDAR) == 0


def test_the_json_form_has_date_provisional_and_steps() -> None:
    assert to_json_dict(add_workdays(date(2022, 9, 30), 1, CALENDAR)) == {
        "date": "2022-10-08",
        "provisional": False,
        "steps": [
            *(
                {
                    "date": f"2022-10-0{day}",
                    "kind": "holiday",
                    "counted": False,
                    "ordinal": None,
                    "note": "国庆节放假，不计",
                }
                for day in range(1, 8)
            ),
            {
                "date": "2022-10-08",
                "kind": "makeup",
                "counted": True,
                "ordinal": 1,
                "note": "国庆节调休上班，第1个工作日",
            },
        ],
    }


@given(DATES, COUNTS)
@settings(max_examples=60, deadline=None)
def test_due_dates_grow_with_n_and_are_working_days(start: date, n: int) -> None:
    due = add_workdays(start, n, CALENDAR)
    assert start < due.date < add_workdays(start, n + 1, CALENDAR).date
    assert CALENDAR.is_workday(due.date)
    assert workdays_between(start, due.date, CALENDAR) == n


@st.composite
def pauses_of_2022(draw: st.DrawFn) -> list[tuple[date, date]]:
    spans = draw(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 30)), max_size=4))
    day = date(2022, 3, 1)
    return [(day + timedelta(days=a), day + timedelta(days=a + b)) for a, b in spans]


@given(COUNTS, pauses_of_2022())
@settings(max_examples=60, deadline=None)
def test_pauses_never_shorten_the_clock_and_count_as_their_union(
    n: int, pauses: list[tuple[date, date]]
) -> None:
    start = date(2022, 3, 1)
    due = add_workdays(start, n, CALENDAR, pauses)
    assert due.date >= add_workdays(start, n, CALENDAR).date
    assert due.date == add_workdays(start, n, CALENDAR, [*pauses, *pauses]).date
    assert workdays_between(start, due.date, CALENDAR, pauses) == n
    assert CALENDAR.is_workday(due.date)


@given(KNOWN_DATES, COUNTS)
@settings(max_examples=40, deadline=None)
def test_every_walked_day_appears_once_in_the_steps(start: date, n: int) -> None:
    due = add_workdays(start, n, CALENDAR)
    days = [step.date for step in due.steps]
    assert days == [start + timedelta(days=i) for i in range(1, (due.date - start).days + 1)]
    assert [s.ordinal for s in due.steps if s.counted] == list(range(1, n + 1))
    assert due.provisional is False


@given(KNOWN_DATES, COUNTS)
@settings(max_examples=40, deadline=None)
def test_the_compressed_lines_name_every_ordinal_boundary(start: date, n: int) -> None:
    lines = add_workdays(start, n, CALENDAR).explain().lines
    assert f"{n}个工作日" in lines[-1]
    assert len(lines) <= n + 12


@given(DATES)
@settings(max_examples=60, deadline=None)
def test_rolling_stops_at_the_nearest_working_day(day: date) -> None:
    after = next_workday_on_or_after(day, CALENDAR)
    before = previous_workday_on_or_before(day, CALENDAR)
    assert before <= day <= after
    assert CALENDAR.is_workday(after)
    assert CALENDAR.is_workday(before)
    assert (before == day) == (after == day) == CALENDAR.is_workday(day)
