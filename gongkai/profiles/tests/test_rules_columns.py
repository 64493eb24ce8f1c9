"""Four columns, and reports on time, late or missing (条例第四十九条)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.profiles.rules_columns import (
    REPORT_STATES,
    Columns,
    Report,
    report_cell,
    report_years,
)

TODAY = date(2022, 10, 18)
OLD = date(2019, 3, 25)


def cell(
    year: int = 2021, published: date | None = None, *, whole: bool = False, founded: date = OLD,
    ended: date | None = None, today: date = TODAY, history: bool = False,
) -> str:  # fmt: skip
    report = Report(year, published, "/nr/1/", history=history) if published else None
    return report_cell(
        year, report, whole_government=whole, founded=founded, ended=ended, today=today
    ).state


@pytest.mark.parametrize(
    ("day", "whole", "state"),
    [
        (date(2022, 1, 31), False, "on_time"),
        (date(2022, 2, 1), False, "late"),
        (date(2022, 3, 31), True, "on_time"),
        (date(2022, 4, 1), True, "late"),
        (date(2022, 3, 31), False, "late"),
    ],
)
def test_article_49_the_last_day_is_on_time(day: date, whole: bool, state: str) -> None:
    assert cell(published=day, whole=whole) == state


@pytest.mark.parametrize(
    ("today", "state"), [(date(2022, 1, 31), "not_due"), (date(2022, 2, 1), "missing")]
)
def test_a_report_is_missing_only_after_its_day(today: date, state: str) -> None:
    assert cell(today=today) == state


def test_a_unit_owes_nothing_for_years_before_it_and_after_its_end() -> None:
    assert cell(2018) == "not_owed"
    assert cell(2019) == "missing"
    assert cell(2021, ended=date(2021, 12, 1)) == "not_owed"
    assert cell(2018, date(2019, 1, 20)) == "on_time"  # published all the same


def test_history_from_an_old_site_is_never_late() -> None:
    assert cell(2019, date(2021, 5, 1), history=True) == "history"
    assert cell(2019, date(2020, 1, 5), history=True) == "on_time"


@given(st.dates(date(2015, 1, 1), date(2025, 1, 1)) | st.none(), st.integers(2015, 2023))
def test_every_state_has_a_shape_and_a_word(published: date | None, year: int) -> None:
    shape, word = REPORT_STATES[cell(year, published)]
    assert shape and word


def test_the_matrix_shows_years_that_are_over() -> None:
    assert report_years(TODAY, 3) == (2021, 2020, 2019)


def test_four_columns_are_whole_only_when_each_holds_something() -> None:
    whole = Columns({"guide": 1, "rules": 2, "content": 30, "report": 1})
    assert whole.complete and not whole.missing
    part = Columns({"content": 3, "guide": 0})
    assert part.present == 1 and part.missing == ("指南", "制度", "年报")
