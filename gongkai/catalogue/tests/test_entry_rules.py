"""The state engine: what is expected of a unit, and how it stands on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.entries.enums import State
from gongkai.catalogue.entries.rules import (
    STATE,
    Deadlines,
    Instance,
    Publication,
    covers,
    expected,
    is_period,
    period_key,
    period_label,
    state_on,
    tally,
)
from gongkai.catalogue.entries.rules_limits import Limit, parse_limit
from gongkai.core.workdays import WorkCalendar, add_workdays, workdays_between

CALENDAR = WorkCalendar()
FIRST, LAST = date(2022, 1, 1), date(2023, 1, 31)
SINCE = date(2022, 9, 20)


def public(
    day: date, formed: date | None = None, *, number: int = 1, exempt: bool = False,
    period: str = "", renewed: date | None = None,
) -> Publication:  # fmt: skip
    return Publication("item", number, formed, day, renewed, exempt, period)


def run(
    limit: Limit | str,
    *publications: Publication,
    since: date = SINCE,
    absences: tuple[str, ...] = (),
    checked: date | None = None,
    ended: date | None = None,
    first: date = FIRST,
    last: date = LAST,
) -> list[Instance]:
    return expected(
        parse_limit(limit) if isinstance(limit, str) else limit,
        since=since, ended=ended, checked_on=checked, publications=publications,
        absences=absences, first=first, last=last, deadlines=Deadlines(CALENDAR),
    )  # fmt: skip


def states(found: list[Instance], day: date) -> list[str]:
    return [state_on(i, day) for i in found]


def test_the_states_of_the_engine_are_those_of_the_database() -> None:
    assert set(STATE) == set(State.values)


def test_the_first_publication_is_due_twenty_working_days_after_the_entry_began() -> None:
    """条例（国务院令第711号）第二十六条; National Day and its make-up days lie in between."""
    (owed,) = run("20个工作日")
    assert owed.due_on == add_workdays(SINCE, 20, CALENDAR).date == date(2022, 10, 21)
    assert (owed.period, owed.start_on) == ("2022", SINCE)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2022, 9, 20), "not_due"),
        (date(2022, 10, 17), "not_due"),  # four working days are left
        (date(2022, 10, 18), "due_soon"),  # three
        (date(2022, 10, 21), "due_soon"),  # the last day still counts
        (date(2022, 10, 22), "overdue"),
    ],
)
def test_a_day_moves_through_not_due_due_soon_and_overdue(day: date, state: str) -> None:
    assert states(run("20个工作日"), day) == [state]


def test_due_soon_begins_before_a_holiday_that_swallows_the_days() -> None:
    deadlines = Deadlines(CALENDAR)
    due = date(2022, 10, 9)  # a Sunday worked after National Day
    first = deadlines.soon(due)
    assert workdays_between(first, due, CALENDAR) == 3
    assert workdays_between(first - timedelta(days=1), due, CALENDAR) == 4
    assert first < date(2022, 10, 1)


@given(st.dates(date(2021, 1, 1), date(2025, 12, 31)))
def test_due_soon_means_at_most_three_working_days_left(due: date) -> None:
    first = Deadlines(CALENDAR).soon(due)
    assert workdays_between(first, due, CALENDAR) <= 3
    assert workdays_between(first - timedelta(days=1), due, CALENDAR) > 3


def test_each_publication_counts_from_its_own_forming() -> None:
    on_time = public(date(2022, 9, 28), date(2022, 9, 1), number=1)
    late = public(date(2022, 10, 14), date(2022, 9, 1), number=2)
    found = run("20个工作日", on_time, late)
    assert states(found, date(2022, 10, 18)) == ["published", "late"]


def test_publication_on_the_last_day_is_in_time_and_one_day_later_is_late() -> None:
    formed = date(2022, 9, 1)
    due = add_workdays(formed, 20, CALENDAR).date
    assert states(run("20个工作日", public(due, formed)), due) == ["published"]
    after = due + timedelta(days=1)
    assert states(run("20个工作日", public(after, formed)), after) == ["late"]


def test_imported_history_is_never_late() -> None:
    old = public(date(2022, 6, 1), date(2021, 1, 1), exempt=True)
    assert states(run("20个工作日", old), date(2022, 10, 18)) == ["published"]


def test_a_publication_before_the_entry_began_answers_for_it() -> None:
    found = run("20个工作日", public(date(2022, 3, 1), date(2022, 2, 20)))
    assert states(found, date(2022, 12, 1)) == ["published"]
    assert run("20个工作日", public(date(2020, 3, 1))) == [], "older years are not listed"


def test_what_was_submitted_is_watched_by_its_own_day() -> None:
    pending = Publication("item", 7, date(2022, 9, 1), None)
    (found,) = run("20个工作日", pending)
    assert found.due_on == add_workdays(date(2022, 9, 1), 20, CALENDAR).date
    assert state_on(found, found.due_on + timedelta(days=1)) == "overdue"


def test_what_is_published_tomorrow_is_not_public_today() -> None:
    (found,) = run("20个工作日", public(date(2022, 10, 10), date(2022, 10, 1)))
    assert state_on(found, date(2022, 10, 9)) != "published"
    assert state_on(found, date(2022, 10, 10)) == "published"


# --- 无此事项 -------------------------------------------------------------------------------------


def test_an_agreed_absence_excuses_the_period_and_the_next_year_asks_anew() -> None:
    found = run("20个工作日", absences=("2022",), since=date(2022, 3, 1), last=date(2023, 12, 31))
    assert states(found, date(2022, 12, 1))[0] == "absent"
    assert [i.period for i in found] == ["2022", "2023"]
    assert state_on(found[1], date(2023, 6, 1)) == "overdue"


def test_an_absence_of_another_period_excuses_nothing() -> None:
    assert states(run("20个工作日", absences=("2021",)), date(2022, 12, 1)) == ["overdue"]


@pytest.mark.parametrize(
    ("absence", "period", "held"),
    [
        ("2022", "2022", True), ("2022", "2022Q3", True), ("2022", "2022-07", True),
        ("2022Q3", "2022Q3", True), ("2022Q3", "2022Q4", False), ("2022Q1", "2022", False),
        ("2022-1", "2022-10", False), ("2021", "2022", False),
    ],
)  # fmt: skip
def test_a_year_covers_its_quarters_and_months_and_nothing_else(
    absence: str, period: str, held: bool
) -> None:
    assert covers(absence, period) is held


# --- calendar rules -------------------------------------------------------------------------------


def test_quarters_fall_due_after_their_end_and_are_filled_in_order() -> None:
    rule = "每季度结束后10个工作日内"
    found = run(
        rule, public(date(2022, 4, 12), number=1), public(date(2022, 7, 20), number=2),
        since=date(2022, 2, 1),
    )  # fmt: skip
    by_period = {i.period: i for i in found}
    assert by_period["2022Q1"].due_on == add_workdays(date(2022, 3, 31), 10, CALENDAR).date
    assert state_on(by_period["2022Q1"], date(2022, 10, 8)) == "published"
    assert by_period["2022Q2"].due_on == date(2022, 7, 14)
    assert state_on(by_period["2022Q2"], date(2022, 10, 8)) == "late"
    assert state_on(by_period["2022Q3"], date(2022, 10, 8)) == "not_due"
    assert state_on(by_period["2022Q3"], date(2022, 12, 1)) == "overdue"


def test_one_missed_period_does_not_make_the_later_ones_late() -> None:
    rule, since, last = "每月10日前", date(2022, 10, 1), date(2022, 12, 31)
    months = [public(date(2022, 11, 8), number=1), public(date(2022, 12, 6), number=2)]
    found = run(rule, *months, since=since, last=last)
    assert [(i.period, state_on(i, date(2022, 12, 8))) for i in found] == [
        ("2022-10", "overdue"), ("2022-11", "published"), ("2022-12", "published"),
    ]  # fmt: skip
    caught_up = run(rule, *months, public(date(2022, 11, 9), number=3), since=since, last=last)
    assert state_on(caught_up[0], date(2022, 12, 8)) == "late"


def test_a_late_publication_fills_the_period_it_lies_in_or_that_ended_last() -> None:
    late = public(date(2022, 11, 20))
    october, november, _ = run("每月10日前", late, since=date(2022, 10, 1), last=date(2022, 12, 31))
    assert (october.published_on, november.late) == (None, True)
    quarter = public(date(2022, 10, 28))
    by_period = {
        i.period: state_on(i, date(2022, 11, 1))
        for i in run("每季度结束后10个工作日内", quarter, since=date(2022, 8, 1))
    }
    assert by_period == {"2022Q3": "late", "2022Q4": "not_due"}


def test_a_named_period_is_filled_whatever_the_order() -> None:
    found = run(
        "每季度", public(date(2022, 10, 10), period="2022Q2", number=3), since=date(2022, 4, 1)
    )
    by_period = {i.period: state_on(i, date(2022, 10, 18)) for i in found}
    assert by_period["2022Q2"] == "late"
    assert by_period["2022Q3"] == "overdue"


def test_what_was_due_before_the_unit_answered_for_it_is_not_owed() -> None:
    found = run("每年3月底前", since=date(2022, 9, 20))
    assert found == []
    assert [i.period for i in run("每年1月31日前", since=date(2022, 9, 20))] == ["2023"]


def test_a_publication_of_the_same_period_before_the_entry_began_still_fills_it() -> None:
    found = run("每年12月底前", public(date(2022, 2, 1)), since=date(2022, 9, 20))
    assert states(found, date(2022, 10, 18)) == ["published"]


def test_arrears_of_last_year_stay_visible() -> None:
    found = run("每年12月底前", since=date(2021, 3, 1))
    assert [(i.period, state_on(i, date(2022, 2, 1))) for i in found] == [
        ("2021", "overdue"), ("2022", "not_due"),
    ]  # fmt: skip


def test_more_than_one_publication_in_a_period_is_shown_and_owes_nothing() -> None:
    found = run(
        "每季度", public(date(2022, 8, 1), number=1), public(date(2022, 8, 9), number=2),
        since=date(2022, 7, 1), last=date(2022, 9, 30),
    )  # fmt: skip
    assert states(found, date(2022, 10, 18)) == ["published", "published"]


def test_a_quarter_of_a_year_of_absence_is_excused() -> None:
    found = run("每季度", since=date(2022, 1, 1), absences=("2022Q1",))
    assert [state_on(i, date(2022, 8, 1)) for i in found][:3] == ["absent", "overdue", "not_due"]


@given(
    st.sampled_from(["每月底前", "每季度", "每半年公开一次", "每年12月底前", "每季度首月15日前"]),
    st.lists(st.dates(FIRST, date(2022, 12, 31)), max_size=20),
)
def test_every_publication_stands_in_exactly_one_instance(rule: str, days: list[date]) -> None:
    publications = [public(day, number=n) for n, day in enumerate(days, 1)]
    found = run(rule, *publications, since=FIRST)
    shown = sorted(i.record_id for i in found if i.record_id is not None)
    assert shown == list(range(1, len(days) + 1))
    due = [i.period for i in found if i.due_on]
    assert len(due) == len(set(due))


# --- lasting, event, unparsed ---------------------------------------------------------------------


def test_lasting_content_is_looked_through_a_year_after_it_was_last_renewed() -> None:
    found = run("长期公开", public(date(2021, 10, 20), renewed=date(2021, 11, 1)))
    assert [(i.due_on, state_on(i, date(2022, 10, 18))) for i in found] == [
        (date(2022, 11, 1), "not_due")
    ]
    assert state_on(found[0], date(2022, 11, 2)) == "overdue"
    checked = run("长期公开", public(date(2021, 10, 20)), checked=date(2022, 10, 1))
    assert checked == [], "the next check lies beyond the window"


def test_lasting_content_that_was_never_published_is_owed_by_article_26() -> None:
    (owed,) = run("长期公开")
    assert owed.due_on == date(2022, 10, 21)


def test_what_depends_on_progress_owes_nothing() -> None:
    assert run("按进展") == []
    assert states(run("按进展", public(date(2022, 9, 1))), date(2022, 10, 1)) == ["published"]


def test_an_unparsed_limit_is_shown_as_unclear_until_something_is_public() -> None:
    assert states(run("详见附件"), date(2022, 10, 18)) == ["unclear"]
    assert states(run("详见附件", public(date(2022, 9, 1))), date(2022, 10, 18)) == ["published"]


def test_nothing_new_is_owed_after_the_unit_stopped_answering() -> None:
    found = run("每月底前", since=date(2022, 6, 1), ended=date(2022, 8, 15))
    assert [i.period for i in found] == ["2022-06", "2022-07"]


@pytest.mark.parametrize(
    ("freq", "key", "label"),
    [
        ("yearly", "2022", "2022年"), ("half", "2022H2", "2022年下半年"),
        ("quarterly", "2022Q3", "2022年第3季度"), ("monthly", "2022-07", "2022年7月"),
    ],
)  # fmt: skip
def test_periods_have_a_key_and_a_name(freq: str, key: str, label: str) -> None:
    assert period_key(freq, date(2022, 7, 15)) == key
    assert period_label(key) == label
    assert is_period(key)


@pytest.mark.parametrize(
    "text", ["", "22", "2022Q5", "2022-13", "2022-7", "abcd", "２０２２", "2022H3"]
)
def test_other_words_are_no_period(text: str) -> None:
    assert not is_period(text)


def test_a_tally_names_every_state() -> None:
    assert tally(["overdue", "late", "late"]) == {
        "overdue": 1, "due_soon": 0, "unclear": 0, "not_due": 0, "late": 2, "published": 0,
        "absent": 0,
    }  # fmt: skip
