"""Rules of the withheld register on plain values (条例第十八条)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.review import rules_withheld as rules
from gongkai.review.enums import Outcome, WithheldState, WithholdCode
from gongkai.review.withholding import policy

TODAY = date(2022, 10, 18)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("decided", "months", "again"),
    [
        (date(2022, 10, 18), 12, date(2023, 10, 18)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2022, 12, 31), 12, date(2023, 12, 31)),
        (date(2022, 12, 31), 2, date(2023, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2022, 1, 31), 3, date(2022, 4, 30)),
        (date(2022, 11, 30), 1, date(2022, 12, 30)),
        (date(2022, 1, 1), 24, date(2024, 1, 1)),
    ],
)
def test_some_months_on_is_the_same_day_or_the_last_of_a_shorter_month(
    decided: date, months: int, again: date
) -> None:
    assert rules.months_after(decided, months) == again


@given(DAYS)
def test_a_year_on_is_never_earlier_and_never_later(day: date) -> None:
    again = rules.months_after(day, 12)
    assert again.year == day.year + 1
    assert timedelta(365) <= again - day <= timedelta(366)


@given(DAYS, st.integers(1, 60))
def test_months_add_up_and_stay_in_their_month(day: date, months: int) -> None:
    again = rules.months_after(day, months)
    assert (again.year * 12 + again.month) - (day.year * 12 + day.month) == months
    assert again.day <= day.day


def test_the_policy_is_data_and_marked_as_not_confirmed() -> None:
    """条例第十八条 fixes no interval; 第二十六条 fixes the twenty working days."""
    found = policy()
    assert (found.review_months, found.max_months, found.release_workdays) == (12, 24, 20)
    assert found.unconfirmed and "第十八条" in found.source


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (None, "请填写"),
        (TODAY, "晚于今天"),
        (TODAY - timedelta(1), "晚于今天"),
        (date(2024, 10, 19), "2024年10月18日"),
        (TODAY + timedelta(1), None),
        (date(2024, 10, 18), None),
    ],
)
def test_the_next_look_is_after_today_and_within_two_years(
    day: date | None, words: str | None
) -> None:
    problem = rules.interval_problem(TODAY, day, policy())
    assert problem is None if words is None else problem is not None and words in problem


@pytest.mark.parametrize(
    ("state", "due", "found"),
    [
        ("kept", TODAY - timedelta(1), "overdue"),
        ("kept", TODAY, "soon"),
        ("kept", TODAY + timedelta(30), "soon"),
        ("kept", TODAY + timedelta(31), "later"),
        ("kept", None, ""),
        ("releasing", TODAY - timedelta(9), ""),
        ("published", TODAY - timedelta(9), ""),
        ("superseded", TODAY - timedelta(9), ""),
    ],
)
def test_overdue_is_computed_from_the_day_after(state: str, due: date | None, found: str) -> None:
    assert rules.urgency(state, due, TODAY, policy()) == found


@pytest.mark.parametrize("own_unit", [True, False])
@pytest.mark.parametrize("own_area", [True, False])
@pytest.mark.parametrize("code", WithholdCode.values)
def test_only_state_secrets_of_another_area_lose_their_title(
    code: str, own_unit: bool, own_area: bool
) -> None:
    sealed = rules.title_sealed(code, own_unit=own_unit, own_area=own_area)
    assert sealed is (code == "state_secret" and not own_unit and not own_area)


def test_the_register_table_knows_every_state_and_outcome() -> None:
    states = {m.source for m in rules.REGISTER} | {m.target for m in rules.REGISTER}
    assert states - {""} == set(WithheldState.values)
    assert set(Outcome.values) <= {m.event for m in rules.REGISTER}


@pytest.mark.parametrize("state", WithheldState.values)
@pytest.mark.parametrize("event", ["keep", "release", "publish", "supersede", "withhold"])
def test_whatever_the_table_lacks_is_illegal(state: str, event: str) -> None:
    legal = {
        ("kept", "keep"): "kept",
        ("kept", "release"): "releasing",
        ("kept", "supersede"): "superseded",
        ("releasing", "publish"): "published",
        ("releasing", "supersede"): "superseded",
    }
    assert rules.register_target(state, event) == legal.get((state, event))


@given(st.dictionaries(st.sampled_from(["summary", "change_note", "contact"]), st.text()))
def test_an_answer_holds_for_title_body_and_attachments_alone(other: dict[str, str]) -> None:
    view = {"title": "甲", "body": "乙", "attachments": []}
    assert rules.passages(view) == rules.passages({**view, **other})
    for name in view:
        assert rules.passages(view) != rules.passages({**view, name: "改"})
