"""Publishing deadlines as data, their verdicts, and what dates make of validity."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.core.workdays import WorkCalendar
from gongkai.publishing.rules_due import (
    GENERAL,
    Base,
    bases,
    due_of,
    explain,
    next_review,
    timeliness,
    validity_on,
)
from gongkai.publishing.rules_kinds import DueRule, due_rule, look, plain_number

CALENDAR = WorkCalendar({})
FORMED, CHANGED = date(2022, 9, 21), date(2022, 10, 11)


@pytest.mark.parametrize(
    ("done", "late", "word", "part"),
    [
        (date(2022, 10, 12), False, "按时公开", "提前 9 个工作日"),
        (date(2022, 10, 25), False, "按时公开", "正好是最后一天"),
        (date(2022, 10, 27), True, "逾期公开", "晚了 2 个工作日"),
        (date(2022, 9, 20), False, "待公开", "还没有公开"),
    ],
)
def test_article_26_counts_from_forming_to_the_first_release_after_it(
    done: date, late: bool, word: str, part: str
) -> None:
    base, due = date(2022, 9, 21), date(2022, 10, 25)
    workdays = {date(2022, 10, 12): 9, date(2022, 10, 27): -2}.get(done, 0)
    verdict = timeliness(base=base, due=due, releases=[done], changed=False, workdays=workdays)
    assert (verdict.late, verdict.word) == (late, word)
    assert part in verdict.text


def test_a_change_is_measured_by_the_release_after_it_not_by_the_first() -> None:
    verdict = timeliness(
        base=date(2022, 9, 21),
        due=date(2022, 10, 25),
        releases=[date(2022, 3, 1), date(2022, 10, 26), date(2022, 11, 9)],
        changed=True,
        workdays=-1,
    )
    assert verdict.late and "变更" in verdict.text and "2022 年 10 月 26 日" in verdict.text


def test_what_never_came_out_is_late_after_the_last_day_and_open_before() -> None:
    last = date(2022, 10, 25)
    for today, late, word in (
        (last, False, "待公开"),
        (date(2022, 10, 26), True, "逾期未公开"),
    ):
        verdict = timeliness(
            base=FORMED, due=last, releases=[], changed=False, workdays=-1, today=today
        )
        assert (verdict.late, verdict.word, verdict.done) == (late, word, None)


def found(rule: DueRule, **more: object) -> list[Base]:
    given_: dict[str, object] = {"formed_on": FORMED, "changed_on": None, "facts": {}, **more}
    return bases(rule, **given_)  # type: ignore[arg-type]


def test_the_general_period_runs_from_forming_article_26() -> None:
    [base] = found(DueRule())
    assert (base.day, base.word, base.rule) == (FORMED, "成文", GENERAL)
    assert due_of(base, CALENDAR).allowed == 20


def test_a_later_change_starts_a_period_of_its_own_article_26() -> None:
    first, second = found(DueRule(), changed_on=CHANGED)
    assert (first.day, second.day, second.word) == (FORMED, CHANGED, "变更")
    assert second.rule == GENERAL
    assert len(found(DueRule(), changed_on=FORMED)) == 1


def test_a_period_may_run_from_a_date_among_the_facts() -> None:
    rule = due_rule(
        {"count": 20, "unit": "day", "base": "fact:approved_on", "base_word": "批准", "basis": "x"}
    )
    [base] = found(rule, facts={"approved_on": "2022-08-26"})
    due = due_of(base, CALENDAR)
    assert (base.word, due.date, due.steps) == ("批准", date(2022, 9, 15), ())
    assert explain(base, due) == "从 2022 年 8 月 26 日的次日起算，第 20 日为 2022 年 9 月 15 日。"


@pytest.mark.parametrize("value", [None, "", "很快", 3])
def test_without_that_date_the_general_period_holds(value: object) -> None:
    rule = due_rule({"count": 1, "unit": "day", "base": "fact:found_on", "basis": "x"})
    [base] = found(rule, facts={"found_on": value})
    assert base == Base(FORMED, "成文", GENERAL)


def test_an_interpretation_is_due_three_workdays_after_its_document() -> None:
    rule = due_rule({"count": 3, "unit": "workday", "base": "target", "basis": "x"})
    [base] = found(rule, target_on=date(2022, 10, 13))
    assert due_of(base, CALENDAR).date == date(2022, 10, 18)
    assert found(rule)[0].rule == GENERAL  # its document is not public


def test_a_yearly_report_is_due_on_a_day_of_the_next_year() -> None:
    rule = due_rule({"unit": "yearly", "base": "fact:year", "month": 1, "day": 31, "basis": "x"})
    [base] = found(rule, facts={"year": 2021})
    assert due_of(base, CALENDAR).date == date(2022, 1, 31)
    assert rule.words == "次年 1 月 31 日前"
    assert found(rule, facts={"year": "去年"})[0].rule == GENERAL


def test_a_calendar_of_releases_asks_for_the_day_itself() -> None:
    rule = due_rule({"count": 0, "base": "fact:calendar_on", "basis": "x", "base_word": "日程"})
    [base] = found(rule, facts={"calendar_on": "2022-09-22"})
    assert due_of(base, CALENDAR).date == date(2022, 9, 22)
    assert rule.words == "当天" and rule.sentence == "在日程当天公开。"


@pytest.mark.parametrize(
    ("written", "effective", "expires", "now"),
    [
        ("in_force", None, None, "in_force"),
        ("in_force", None, date(2022, 10, 18), "in_force"),  # the last day still counts
        ("in_force", None, date(2022, 10, 17), "lapsed"),
        ("in_force", date(2022, 10, 19), None, "not_yet"),
        ("not_yet", date(2022, 10, 18), None, "in_force"),
        ("not_yet", None, None, "not_yet"),
        ("amended", None, date(2022, 10, 17), "lapsed"),
        ("repealed", None, date(2022, 10, 17), "repealed"),
        ("repealed", date(2022, 11, 1), None, "repealed"),
        ("lapsed", None, None, "lapsed"),
    ],
)
def test_dates_that_came_or_went_speak_before_what_was_written(
    written: str, effective: date | None, expires: date | None, now: str
) -> None:
    assert validity_on(written, effective, expires, date(2022, 10, 18)) == now


days = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@given(st.sampled_from(["in_force", "not_yet", "amended"]), days, days, days, days)
def test_what_has_lapsed_never_holds_again(
    written: str, effective: date, expires: date, one: date, two: date
) -> None:
    early, late = sorted((one, two))
    if validity_on(written, effective, expires, early) == "lapsed":
        assert validity_on(written, effective, expires, late) == "lapsed"


@given(days, st.integers(1, 1000))
def test_the_next_review_lies_ahead(day: date, length: int) -> None:
    assert (next_review(day, length) - day).days == length


@pytest.mark.parametrize(
    "typed", ["CSCR—2022—01001", "cscr-2022-01001", "CSCR－2022 — 01001", "CSCR——2022–01001"]
)
def test_a_registration_number_is_the_same_however_its_dashes_are_typed(typed: str) -> None:
    assert plain_number(typed) == "CSCR-2022-01001"


def test_a_look_says_which_facts_stand_in_the_head() -> None:
    schema = [{"name": "a", "head": True}, {"name": "b"}]
    assert look({"noun": "文件", "unknown": 1}, schema).head == ("a",)
    assert look({}, []).noun == "信息"
