from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.search.rules_boost import AUTHORITY, FRESH, boost, fresh, said

DAY = date(2022, 10, 18)


@pytest.mark.parametrize(
    ("days", "share"), [(0, 1.0), (-30, 1.0), (365, 0.5), (2 * 365, 0.25), (20 * 365, 0.0)]
)
def test_newness_halves_every_year(days: int, share: float) -> None:
    assert fresh(DAY - timedelta(days=days), DAY) == pytest.approx(FRESH * share, abs=0.001)


def test_an_unknown_day_is_no_advantage() -> None:
    assert boost(None, 0, DAY) == 1.0


@given(st.none() | st.dates(), st.integers(-5, 9))
def test_all_together_stays_mild(day: date | None, authority: int) -> None:
    assert 1.0 <= boost(day, authority, DAY) <= 1.0 + FRESH + 3 * AUTHORITY + 1e-9


def test_what_counted_is_said() -> None:
    assert said(DAY, 3, DAY) == ["发布时间近（加 6%）", "市政府发布（加 9%）"]
    assert said(DAY - timedelta(days=900), 1, DAY) == []
