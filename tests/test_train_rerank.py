"""The trainer of re-ranking: finds what it should, halves never mix, orders are whole."""

import random

import pytest

from benchmarks.train_rerank import Example, half, judge, order, train, unseen


def made(number: int, *, weight: float = 1.0, useful: int = 0) -> list[Example]:
    """Questions whose right hit has the largest value in one column; the other is chance."""
    chance = random.Random(7)
    found = []
    for n in range(number):
        rows = [[chance.random(), chance.random()] for _ in range(6)]
        best = max(range(6), key=lambda place: rows[place][useful])
        names = [f"{n}-{place}" for place in range(6)]
        found.append(Example(rows, names, frozenset({names[best]}), weight, f"g{n}"))
    return found


@pytest.mark.parametrize("useful", [0, 1])
def test_the_useful_feature_gets_the_weight(useful: int) -> None:
    weights = train(made(60, useful=useful))
    assert weights[useful] > 5 * abs(weights[1 - useful])


def test_a_set_that_counts_little_changes_little() -> None:
    one, other = made(60), made(60, useful=1, weight=0.01)
    weights = train(one + other)
    assert weights[0] > abs(weights[1])


def test_learning_puts_the_right_hits_first() -> None:
    examples = made(60)
    weights = train(examples)
    first = [example.names[order(example, weights)[0]] in example.answer for example in examples]
    assert sum(first) > 55


def test_questions_without_a_right_hit_teach_nothing() -> None:
    lost = Example([[1.0], [2.0]], ("a", "b"), frozenset({"z"}))
    with pytest.raises(ValueError, match="no question"):
        train([lost])


def test_the_order_holds_every_hit_and_keeps_ties() -> None:
    example = Example([[1.0], [1.0], [2.0]], ("a", "b", "c"), frozenset({"a"}))
    assert order(example, [1.0]) == [2, 0, 1]


def test_figures_before_and_after() -> None:
    example = Example([[0.0], [1.0]], ("a", "b", "c"), frozenset({"b"}))
    said = judge([example], [[1.0]])
    assert said["before"]["R@1"] == 0 and said["after"]["R@1"] == 1
    assert said["gain of R@1"] == [1, 1, 1]


def test_each_half_is_judged_with_the_weights_of_the_other() -> None:
    said = unseen([("one", made(80))])["one"]
    assert said["after"]["R@1"] > said["before"]["R@1"] + 0.5


def test_the_half_depends_on_the_right_documents_alone() -> None:
    assert half("a,b") == half("a,b")
    assert {half(str(n)) for n in range(30)} == {0, 1}
