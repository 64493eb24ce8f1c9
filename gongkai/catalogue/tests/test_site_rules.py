"""The life of a site as a table, limits that warn, and the numbers in a foot."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.sites import rules, selectors
from gongkai.catalogue.sites.enums import SHUT, Event, State
from gongkai.catalogue.sites.rules import Absence, Need

ALLOWED = {
    ("preparing", "open"): "running",
    ("running", "maintain"): "maintenance",
    ("running", "take_offline"): "offline",
    ("maintenance", "take_offline"): "offline",
    ("running", "move"): "moving",
    ("maintenance", "resume"): "running",
    ("offline", "resume"): "running",
    ("moving", "resume"): "running",
    ("moving", "close"): "closed",
}


@pytest.mark.parametrize(("state", "event"), list(product(State.values, Event.values)))
def test_only_what_the_table_says_is_allowed(state: str, event: str) -> None:
    step = rules.transition(state, event)
    assert (step.new.value if step else None) == ALLOWED.get((state, event))


def test_nothing_leaves_a_closed_site_and_every_state_is_reached() -> None:
    assert rules.events_of("closed") == []
    assert {t.new for t in rules.TRANSITIONS} | {State.PREPARING} == set(State)


def test_what_shuts_a_site_must_be_announced() -> None:
    for step in rules.TRANSITIONS:
        if step.new in SHUT:
            assert {Need.NOTE, Need.NOTICE} <= step.needs
    assert Need.UNTIL in rules.transition("running", "take_offline").needs  # type: ignore[union-attr]


def test_the_limits_are_data_and_marked_as_unconfirmed() -> None:
    assert selectors.limits().unconfirmed and selectors.limits().source


LIMITS = rules.Limits(1, 30, "x", True)
DAY = date(2022, 10, 18)


def test_thirty_days_are_within_the_limit_and_thirty_one_are_not() -> None:
    assert rules.limit_warnings(LIMITS, [], DAY, DAY + timedelta(days=30)) == []
    assert len(rules.limit_warnings(LIMITS, [], DAY, DAY + timedelta(days=31))) == 1


def test_a_second_time_in_the_same_year_warns_and_in_another_not() -> None:
    this, last = Absence(date(2022, 1, 5), date(2022, 1, 6)), Absence(date(2021, 12, 30), None)
    assert len(rules.limit_warnings(LIMITS, [this], DAY, DAY)) == 1
    assert rules.limit_warnings(LIMITS, [last], DAY, DAY) == []


@given(st.integers(0, 400), st.integers(0, 5))
def test_warnings_grow_with_days_and_times(days: int, times: int) -> None:
    earlier = [Absence(DAY, DAY)] * times
    found = rules.limit_warnings(LIMITS, earlier, DAY, DAY + timedelta(days=days))
    assert len(found) == (times >= 1) + (days > 30)


REAL = ("4301000042", "湘ICP备12345678号", "湘公网安备 43010002000123号")


@pytest.mark.parametrize(
    ("code", "icp", "police"),
    [
        REAL,
        ("bm12345678", "京ICP备05070218号-1", "京公网安备11010202000001号"),
    ],
)
def test_real_numbers_pass(code: str, icp: str, police: str) -> None:
    assert rules.identifier_problems(code, icp, police) == []


@pytest.mark.parametrize(
    "code", ["", "430100", "bm1234567", "BM12345678", "43010000012", "4301００0001"]
)
def test_a_crooked_site_code_is_named(code: str) -> None:
    (problem,) = rules.identifier_problems(code, *REAL[1:])
    assert "网站标识码" in problem and rules.MISSHAPEN in problem


@pytest.mark.parametrize(
    "icp", ["", "ICP备12345678号", "港ICP备12345678号", "湘ICP备1234567号", "湘ICP证12345678号"]
)
def test_a_crooked_icp_number_is_named(icp: str) -> None:
    (problem,) = rules.identifier_problems(REAL[0], icp, REAL[2])
    assert "ICP备案号" in problem and rules.MISSHAPEN in problem


@pytest.mark.parametrize("police", ["", "湘公网安备123号", "公安备案43010002000123号"])
def test_a_crooked_police_number_is_named(police: str) -> None:
    (problem,) = rules.identifier_problems(*REAL[:2], police)
    assert "公安备案号" in problem and rules.MISSHAPEN in problem


def test_placeholders_are_well_formed_but_named() -> None:
    found = rules.identifier_problems(
        "0000000000", "湘ICP备00000000号", "湘公网安备43010002000123号（演示）"
    )
    assert len(found) == 3 and all(rules.PLACEHOLDER in text for text in found)
