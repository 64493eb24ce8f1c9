"""Which roles count on a day, how far a supervisor reaches, who may give roles."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.organisations.rules import (
    Holding,
    Period,
    Place,
    grant_problem,
    held_on,
    holds,
    may_see,
    supervises,
)

START, END = date(2022, 3, 1), date(2022, 6, 30)
CITY, NORTH, SOUTH = None, 10, 20
DAYS = st.dates(date(2022, 1, 1), date(2022, 12, 31))


def holding(
    role: str = "editor", unit: int = 1, area: int | None = CITY, **period: date
) -> Holding:
    return Holding(role, unit, area, period.get("since", START), period.get("until"))


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (START - timedelta(days=1), False),
        (START, True),
        (date(2022, 5, 1), True),
        (END, True),
        (END + timedelta(days=1), False),
    ],
)
def test_both_ends_of_a_period_belong_to_it(day: date, counts: bool) -> None:
    assert bool(held_on([holding(until=END)], day)) is counts


@given(DAYS)
def test_an_open_holding_counts_on_every_day_from_its_first(day: date) -> None:
    assert bool(held_on([holding()], day)) is (day >= START)


def test_a_role_is_held_in_exactly_its_unit() -> None:
    held = [holding("editor", 1), holding("clerk", 2)]
    assert holds(held, "editor", 1)
    assert not holds(held, "editor", 2)
    assert not holds(held, "clerk", 1)


@pytest.mark.parametrize(
    ("area", "place", "reached"),
    [
        (CITY, Place(5, CITY), True),
        (CITY, Place(5, NORTH), True),
        (NORTH, Place(5, NORTH), True),
        (NORTH, Place(5, SOUTH), False),
        (NORTH, Place(5, CITY), False),
    ],
)
def test_the_city_office_reaches_everything_and_a_district_office_only_its_own(
    area: int | None, place: Place, reached: bool
) -> None:
    assert supervises([holding("supervisor", 1, area)], place) is reached


@pytest.mark.parametrize("role", ["editor", "operator", "final_reviewer", "case_officer"])
def test_only_the_supervisor_role_supervises(role: str) -> None:
    assert not supervises([holding(role, 1, CITY)], Place(5, CITY))


@given(st.lists(st.tuples(st.sampled_from(["editor", "operator", "clerk"]), st.integers(1, 5))))
def test_a_stranger_sees_nothing_of_a_unit_in_which_no_role_is_held(
    roles: list[tuple[str, int]],
) -> None:
    held = [holding(role, unit, NORTH) for role, unit in roles]
    assert not may_see(held, Place(99, NORTH))
    assert may_see([*held, holding("clerk", 99, NORTH)], Place(99, NORTH))


HERE = Place(5, NORTH)


@pytest.mark.parametrize(
    ("held", "role", "allowed"),
    [
        ([holding("operator", 1)], "editor", True),
        ([holding("operator", 1)], "operator", True),
        ([holding("operator", 1)], "supervisor", True),
        ([holding("supervisor", 1, CITY)], "editor", True),
        ([holding("supervisor", 1, CITY)], "supervisor", True),
        ([holding("supervisor", 1, NORTH)], "editor", True),
        ([holding("supervisor", 1, NORTH)], "supervisor", True),
        ([holding("supervisor", 1, SOUTH)], "editor", False),
        ([holding("supervisor", 1, CITY)], "operator", False),
        ([holding("supervisor", 1, NORTH)], "operator", False),
        ([holding("final_reviewer", 5, NORTH)], "editor", False),
        ([holding("editor", 5, NORTH)], "editor", False),
        ([], "editor", False),
    ],
)
def test_roles_are_given_by_operators_and_by_supervisors_of_the_area(
    held: list[Holding], role: str, allowed: bool
) -> None:
    problem = grant_problem(held, granter=1, person=2, role=role, place=HERE)
    assert (problem is None) is allowed


@pytest.mark.parametrize("role", ["editor", "final_reviewer", "supervisor", "operator"])
@pytest.mark.parametrize("held", ["operator", "supervisor"])
def test_nobody_gives_a_role_to_themselves(held: str, role: str) -> None:
    problem = grant_problem([holding(held)], granter=7, person=7, role=role, place=HERE)
    assert problem and "自己" in problem


@given(DAYS, DAYS, DAYS, DAYS)
def test_periods_overlap_exactly_when_they_share_a_day(a: date, b: date, c: date, d: date) -> None:
    one, two = Period(min(a, b), max(a, b)), Period(min(c, d), max(c, d))
    days = {one.since + timedelta(days=n) for n in range((one.until - one.since).days + 1)}  # type: ignore[operator]
    shares = any(two.since <= day <= two.until for day in days)  # type: ignore[operator]
    assert one.overlaps(two) is shares
    assert two.overlaps(one) is shares


@given(DAYS, DAYS)
def test_an_open_period_overlaps_everything_that_ends_on_or_after_its_start(
    a: date, b: date
) -> None:
    assert Period(a).overlaps(Period(date(2021, 1, 1), b)) is (b >= a)
    assert Period(a).overlaps(Period(b))
