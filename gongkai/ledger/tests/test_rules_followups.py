"""The ladder, the lifecycle table, clocks and bulk grouping of follow-ups."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.core.workdays import DayKind, WorkCalendar, add_workdays
from gongkai.ledger import rules_followups as rules
from gongkai.ledger.enums import FOLLOW_LIVE, FollowLevel, FollowStatus

CALENDAR = WorkCalendar()
DAYS = st.dates(min_value=date(2021, 1, 1), max_value=date(2024, 12, 31))


def test_the_ladder_has_every_level_once_and_climbs_to_the_interview() -> None:
    assert [one.level for one in rules.LADDER] == FollowLevel.values
    assert [one.label for one in rules.LADDER] == list(FollowLevel.labels)
    assert rules.next_level("reminder") == "notice"
    assert rules.next_level("notice") == "talk"
    assert rules.next_level("talk") is None
    assert not rules.rung("reminder").to_head and rules.rung("notice").to_head


def test_an_unknown_level_has_no_rung() -> None:
    with pytest.raises(KeyError):
        rules.rung("shouting")


@pytest.mark.parametrize(
    ("status", "event", "target"),
    [
        ("", "issue", "open"),
        ("open", "reply", "replied"),
        ("returned", "reply", "replied"),
        ("replied", "accept", "closed"),
        ("replied", "return", "returned"),
        ("open", "escalate", "escalated"),
        ("replied", "escalate", "escalated"),
        ("open", "call_off", "closed"),
    ],
)
def test_what_the_table_allows(status: str, event: str, target: str) -> None:
    assert rules.target_of(status, event) == target


@pytest.mark.parametrize("status", ["closed", "escalated"])
@pytest.mark.parametrize("event", list(rules.EVENTS))
def test_nothing_happens_to_what_is_over(status: str, event: str) -> None:
    assert rules.target_of(status, event) is None


@pytest.mark.parametrize(
    ("status", "event"),
    [("open", "accept"), ("open", "return"), ("returned", "accept"), ("replied", "reply")],
)
def test_what_the_table_forbids(status: str, event: str) -> None:
    assert rules.target_of(status, event) is None


def test_the_table_speaks_of_known_statuses_only_and_every_live_one_can_end() -> None:
    known = {"", *FollowStatus.values}
    assert {m.source for m in rules.LIFECYCLE} | {m.target for m in rules.LIFECYCLE} <= known
    assert {m.event for m in rules.LIFECYCLE} == set(rules.EVENTS)
    for status in FOLLOW_LIVE:
        assert rules.target_of(status, "call_off") == "closed"


@pytest.mark.parametrize(
    ("status", "level", "day", "words"),
    [
        ("open", "reminder", date(2022, 10, 18), "还没有过"),
        ("open", "reminder", date(2022, 10, 19), None),
        ("returned", "notice", date(2022, 10, 18), "还没有过"),
        ("replied", "reminder", date(2022, 10, 10), None),
        ("open", "talk", date(2022, 12, 1), "最高一级"),
    ],
)
def test_when_a_follow_up_may_climb(status: str, level: str, day: date, words: str | None) -> None:
    found = rules.escalation_problem(status, level, date(2022, 10, 18), day)
    assert (found is None) if words is None else (found is not None and words in found)


@pytest.mark.parametrize(
    ("status", "day", "overdue", "words"),
    [
        ("open", date(2022, 10, 17), False, "还剩 1 个工作日"),
        ("open", date(2022, 10, 18), False, "今天到期"),
        ("open", date(2022, 10, 19), True, "逾期 1 个工作日"),
        ("returned", date(2022, 10, 20), True, "逾期 2 个工作日"),
        ("replied", date(2022, 11, 20), False, "期限 2022-10-18"),
        ("closed", date(2022, 11, 20), False, "期限 2022-10-18"),
    ],
)
def test_the_clock_in_words(status: str, day: date, overdue: bool, words: str) -> None:
    found = rules.clock_of(status, date(2022, 10, 18), day, CALENDAR)
    assert (found.overdue, found.words) == (overdue, words)


def test_late_over_a_weekend_is_late_although_no_working_day_has_passed() -> None:
    friday, sunday = date(2022, 10, 14), date(2022, 10, 16)
    found = rules.clock_of("open", friday, sunday, CALENDAR)
    assert found.overdue and found.left == 0 and found.words == "逾期 2 天（非工作日）"


@given(DAYS, st.integers(1, 40), st.integers(-60, 60))
def test_overdue_means_a_reply_is_owed_and_the_day_is_past(
    start: date, days: int, shift: int
) -> None:
    due = add_workdays(start, days, CALENDAR).date
    day = due + timedelta(days=shift)
    for status in FollowStatus.values:
        clock = rules.clock_of(status, due, day, CALENDAR)
        assert clock.overdue == (status in ("open", "returned") and day > due)
        assert (clock.left < 0) <= (day > due)


def test_the_national_holiday_is_left_out_and_the_panel_says_so() -> None:
    due = add_workdays(date(2022, 9, 29), 5, CALENDAR).date
    assert due == date(2022, 10, 11)
    found = rules.explain_due(date(2022, 9, 29), due, 5, CALENDAR)
    assert "第5个工作日" in found.basis and any("国庆" in line for line in found.lines)


def test_a_chosen_day_is_explained_as_chosen() -> None:
    found = rules.explain_due(date(2022, 10, 10), date(2022, 10, 14), None, CALENDAR)
    assert "指定为 2022-10-14" in found.basis and "4 个工作日" in found.basis


def test_a_calendar_that_changed_afterwards_does_not_move_the_letter() -> None:
    later = WorkCalendar({date(2022, 10, 14): DayKind.HOLIDAY})
    found = rules.explain_due(date(2022, 10, 10), date(2022, 10, 14), 4, later)
    assert "2022-10-17" in found.basis and "以发出的文书为准" in found.basis


def late(pk: int, unit: int, number: int = 1) -> rules.LateShare:
    return rules.LateShare(pk, unit, f"单位{unit}", number, f"任务{pk}", "逾期 3 天")


def test_a_bulk_notice_lists_the_tasks_of_its_unit_in_the_order_of_the_document() -> None:
    found = rules.by_unit([late(1, 2, 9), late(2, 1), late(3, 2, 4)])
    assert list(found) == [1, 2]
    assert [one.assignment_id for one in found[2]] == [3, 1]
    words = rules.demand_words(found[2], " 请办理： ")
    assert words.splitlines() == [
        "请办理：", "1. 第 4 项：任务3（逾期 3 天）", "2. 第 9 项：任务1（逾期 3 天）",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 5), st.integers(1, 17)), max_size=40))
def test_no_share_is_lost_or_doubled_in_grouping(rows: list[tuple[int, int, int]]) -> None:
    shares = [late(place, unit, number) for place, (_, unit, number) in enumerate(rows)]
    found = rules.by_unit(shares)
    assert sorted(s.assignment_id for g in found.values() for s in g) == list(range(len(rows)))
    assert all(s.unit_id == unit for unit, group in found.items() for s in group)
