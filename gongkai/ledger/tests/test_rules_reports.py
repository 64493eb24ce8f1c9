"""When monthly reports are due, what is late, who owes one."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.core.workdays import WorkCalendar
from gongkai.ledger import rules_reports as rules

CALENDAR = WorkCalendar()
FIFTH = rules.DueRule("next_nth", 5)
LAST = rules.DueRule("last_workday")


@pytest.mark.parametrize(
    ("month", "rule", "due"),
    [
        # October 2022: 1 to 7 are holidays, 8 and 9 are worked instead.
        (date(2022, 9, 1), FIFTH, date(2022, 10, 12)),
        (date(2022, 8, 1), FIFTH, date(2022, 9, 7)),
        (date(2022, 10, 1), FIFTH, date(2022, 11, 7)),
        (date(2022, 12, 1), rules.DueRule("next_nth", 1), date(2023, 1, 3)),
        (date(2022, 7, 1), LAST, date(2022, 7, 29)),
        (date(2022, 9, 1), LAST, date(2022, 9, 30)),
        (date(2022, 1, 1), LAST, date(2022, 1, 30)),
    ],
)
def test_the_due_day_follows_the_plans_rule(month: date, rule: rules.DueRule, due: date) -> None:
    assert rules.due_on(month, rule, CALENDAR) == due


@given(st.dates(date(2020, 1, 1), date(2025, 12, 1)), st.integers(1, 20))
def test_the_due_day_is_a_working_day_after_the_month_or_at_its_end(day: date, nth: int) -> None:
    month = rules.month_of(day)
    after = rules.due_on(month, rules.DueRule("next_nth", nth), CALENDAR)
    assert after > rules.last_day(month) and CALENDAR.is_workday(after)
    within = rules.due_on(month, LAST, CALENDAR)
    assert month <= within <= rules.last_day(month) and CALENDAR.is_workday(within)


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)))
def test_months_end_where_the_next_begins(day: date) -> None:
    month = rules.month_of(day)
    assert rules.last_day(month) + timedelta(days=1) == rules.next_month(month)
    assert rules.last_day(month).month == month.month


def test_months_run_over_the_turn_of_the_year() -> None:
    assert list(rules.months(date(2022, 11, 15), date(2023, 1, 2))) == [
        date(2022, 11, 1), date(2022, 12, 1), date(2023, 1, 1),
    ]  # fmt: skip
    assert list(rules.months(date(2022, 11, 1), date(2022, 10, 31))) == []


DUE = date(2022, 10, 12)


@pytest.mark.parametrize(
    ("sent", "day", "returned", "state"),
    [
        (None, date(2022, 10, 12), False, rules.OPEN),
        (None, date(2022, 10, 13), False, rules.MISSING),
        (date(2022, 10, 12), date(2022, 10, 18), False, rules.ON_TIME),
        (date(2022, 10, 13), date(2022, 10, 18), False, rules.LATE),
        (date(2022, 10, 11), date(2022, 10, 18), True, rules.RETURNED),
        # As of an earlier day, what was sent later has not come yet.
        (date(2022, 10, 14), date(2022, 10, 13), False, rules.MISSING),
    ],
)
def test_how_a_report_stands(sent: date | None, day: date, returned: bool, state: str) -> None:
    assert rules.state_of(due=DUE, day=day, first_sent=sent, returned=returned) == state
    assert state in rules.WORDS and state in rules.TONES and state in rules.SHORT


def test_a_rewrite_after_the_due_day_does_not_make_a_report_late() -> None:
    found = rules.state_of(due=DUE, day=date(2022, 11, 1), first_sent=date(2022, 10, 9))
    assert found == rules.ON_TIME


def owed(**changes: Any) -> bool:
    values: dict[str, Any] = {
        "month": date(2022, 9, 1), "since": date(2022, 5, 10), "active": True, "recurring": False,
        "done_before": False, "reports_from": date(2022, 7, 1), "year": 2022, **changes,
    }  # fmt: skip
    return rules.owes(**values)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, True),
        ({"reports_from": None}, False),
        ({"active": False}, False),
        ({"month": date(2022, 6, 1)}, False),
        ({"month": date(2022, 7, 1)}, True),
        ({"month": date(2023, 1, 1)}, False),
        ({"since": date(2022, 9, 30)}, True),
        ({"since": date(2022, 10, 1)}, False),
        ({"done_before": True}, False),
        ({"done_before": True, "recurring": True}, True),
    ],
)
def test_who_owes_a_report(changes: dict[str, Any], answer: bool) -> None:
    assert owed(**changes) is answer


def test_the_rule_in_words() -> None:
    assert FIFTH.words() == "次月第 5 个工作日前报上月"
    assert LAST.words() == "每月最后一个工作日前报当月"
