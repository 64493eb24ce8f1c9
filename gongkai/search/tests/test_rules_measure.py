"""Figures of quality: worked by hand, and what must hold for any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.search.rules_measure import (
    Answered,
    difference,
    figures,
    gains,
    hit,
    percentile,
    recall,
    reciprocal_rank,
)

ANSWERED = st.builds(
    Answered,
    st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, max_size=16),
    st.sets(st.sampled_from("abcdefghijklmnop"), min_size=1, max_size=5),
)


@pytest.mark.parametrize(
    ("found", "right", "depth", "share"),
    [
        ("abc", "a", 1, 1.0),
        ("abc", "b", 1, 0.0),
        ("abc", "b", 2, 1.0),
        ("abc", "bc", 2, 0.5),
        ("abc", "xy", 3, 0.0),
        ("", "a", 10, 0.0),
        ("abc", "", 3, 0.0),
        ("abc", "abcd", 100, 0.75),
    ],
)
def test_recall(found: str, right: str, depth: int, share: float) -> None:
    assert recall(Answered(found, right), depth) == share


@pytest.mark.parametrize(
    ("found", "right", "value"),
    [("abc", "a", 1.0), ("abc", "c", 1 / 3), ("abc", "x", 0.0), ("abc", "bc", 0.5), ("", "a", 0.0)],
)
def test_reciprocal_rank(found: str, right: str, value: float) -> None:
    assert reciprocal_rank(Answered(found, right)) == value


def test_reciprocal_rank_ends_at_the_tenth_hit() -> None:
    assert reciprocal_rank(Answered("abcdefghij", "j")) == 0.1
    assert reciprocal_rank(Answered("abcdefghijk", "k")) == 0.0


def test_figures_are_means_over_questions() -> None:
    found = figures([Answered("ab", "a"), Answered("ab", "b"), Answered("ab", "x")])
    assert found["R@1"] == pytest.approx(1 / 3)
    assert found["R@5"] == found["hit@100"] == pytest.approx(2 / 3)
    assert found["MRR@10"] == pytest.approx(0.5)


def test_several_right_ones_count_by_share_and_as_a_hit() -> None:
    found = figures([Answered("axyz", "ab")])
    assert (found["R@1"], found["hit@1"]) == (0.5, 1.0)


def test_no_questions_no_figures() -> None:
    assert set(figures([]).values()) == {0.0}


@given(st.lists(ANSWERED, max_size=20))
def test_figures_grow_with_depth_and_stay_in_range(rows: list[Answered]) -> None:
    found = figures(rows)
    assert all(0 <= value <= 1 for value in found.values())
    for name in ("R", "hit"):
        assert found[f"{name}@1"] <= found[f"{name}@5"] <= found[f"{name}@10"]
    assert all(recall(row, 5) <= hit(row, 5) for row in rows)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, 0.0),
        ([7], 0.5, 7),
        ([7], 0.95, 7),
        ([3, 1, 2], 0.5, 2),
        (range(1, 101), 0.95, 95),
        (range(1, 101), 1.0, 100),
        (range(1, 101), 0.0, 1),
    ],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_equal_orders_differ_by_nothing() -> None:
    found = difference([0.5, 1, 0], [0.5, 1, 0])
    assert (found.mean, found.low, found.high) == (0, 0, 0)
    assert difference([], []).mean == 0


def test_a_clear_gain_has_an_interval_above_nought() -> None:
    found = difference([0.0] * 200, [1.0] * 20 + [0.0] * 180)
    assert found.mean == pytest.approx(0.1)
    assert 0.05 < found.low < 0.1 < found.high < 0.15


def test_a_doubtful_gain_has_an_interval_around_nought() -> None:
    found = difference([1.0, 0.0] * 50, [0.0, 1.0] * 49 + [1.0, 1.0])
    assert found.low < 0 < found.high


def test_the_interval_is_the_same_every_time() -> None:
    before, after = [0.0, 1.0, 0.0, 0.5] * 10, [1.0, 0.5, 0.0, 0.5] * 10
    assert difference(before, after) == difference(before, after)
    assert difference(before, after) != difference(before, after, seed=1)


def test_orders_of_different_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        difference([1.0], [1.0, 0.0])


@given(st.lists(ANSWERED, min_size=1, max_size=12))
def test_the_mean_lies_inside_its_interval(rows: list[Answered]) -> None:
    turned = [Answered(list(reversed(row.found)), row.right) for row in rows]
    for found in (
        difference([recall(r, 1) for r in rows], [recall(r, 1) for r in turned], rounds=50),
    ):
        assert -1 <= found.low <= found.high <= 1


def test_gains_name_what_changed() -> None:
    found = gains([Answered("ab", "b")] * 4, [Answered("ba", "b")] * 4)
    assert found["R@1"].mean == 1
    assert found["R@10"].mean == 0
    assert found["MRR@10"].low == 0.5
