"""What time it is: the real instant, or the standing day of a demonstration city."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from gongkai.core import clock
from gongkai.core.context import platform

DEMO = date(2022, 10, 18)


@time_machine.travel(datetime(2026, 3, 1, 16, 30, tzinfo=UTC), tick=False)
def test_now_is_the_instant_in_shanghai(settings: Settings) -> None:
    settings.DEMO_DATE = None
    assert clock.now() == datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    assert clock.now().utcoffset() == timedelta(hours=8)
    assert clock.today() == date(2026, 3, 2)


def test_in_a_demonstration_city_the_day_stands_still_and_the_time_of_day_runs(
    settings: Settings,
) -> None:
    settings.DEMO_DATE = DEMO
    with time_machine.travel(datetime(2026, 3, 1, 1, 15, tzinfo=UTC), tick=False) as traveller:
        assert clock.now() == clock.at(DEMO, 9, 15)
        traveller.shift(timedelta(hours=2))
        assert clock.now() == clock.at(DEMO, 11, 15)
        traveller.shift(timedelta(days=40))
        assert clock.now() == clock.at(DEMO, 11, 15)
        assert clock.today() == DEMO


@time_machine.travel(datetime(2026, 3, 1, 16, 5, tzinfo=UTC), tick=False)
def test_a_demonstration_day_just_after_shanghai_midnight_is_still_that_day(
    settings: Settings,
) -> None:
    settings.DEMO_DATE = DEMO
    assert clock.now() == clock.at(DEMO, 0, 5)
    assert clock.today() == DEMO


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2022, 10, 17, 15, 59, tzinfo=UTC), date(2022, 10, 17)),
        (datetime(2022, 10, 17, 16, 0, tzinfo=UTC), date(2022, 10, 18)),
        (datetime(2022, 12, 31, 16, 0, tzinfo=UTC), date(2023, 1, 1)),
    ],
)
def test_the_day_of_an_instant_is_its_day_in_shanghai(moment: datetime, day: date) -> None:
    assert clock.day_of(moment) == day


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_the_end_of_a_day_is_its_last_instant(day: date) -> None:
    last = clock.end_of_day(day)
    assert clock.day_of(last) == day
    assert clock.day_of(last + timedelta(microseconds=1)) == day + timedelta(days=1)


@given(st.dates(date(1992, 1, 1), date(2100, 1, 1)), st.integers(0, 23), st.integers(0, 59))
def test_a_wall_clock_instant_belongs_to_its_day(day: date, hour: int, minute: int) -> None:
    moment = clock.at(day, hour, minute)
    assert clock.day_of(moment) == day
    assert clock.at(day) <= moment <= clock.end_of_day(day)


def test_pages_know_the_demonstration_day_and_the_chosen_view(settings: Settings) -> None:
    from django.test import RequestFactory

    settings.DEMO_DATE = DEMO
    request = RequestFactory().get("/")
    assert platform(request) == {
        "view": "standard",
        "demo_date": DEMO,
        "this_page": "/",
    }
    request.COOKIES["view"] = "elder"
    assert platform(request)["view"] == "elder"
    request.COOKIES["view"] = "<script>"
    assert platform(request)["view"] == "standard"
