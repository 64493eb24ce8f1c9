"""How good an order of hits is: recall, mean reciprocal rank, percentiles, and how sure a
difference is. Pure functions, plain values."""

import math
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

DEPTHS: Final = (1, 5, 10, 100)
"""Hits that recall is measured at."""

RECIPROCAL_DEPTH: Final = 10

ROUNDS: Final = 2000
SEED: Final = 20221018


@dataclass(frozen=True, slots=True)
class Answered:
    """One question: what was found, best first, and what is right."""

    found: Sequence[str]
    right: Collection[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of a paired difference and the interval that holds it with 95 of 100."""

    mean: float
    low: float
    high: float


def recall(answered: Answered, depth: int) -> float:
    """Share of what is right among the first ``depth`` hits; 0 when nothing is right."""
    right = set(answered.right)
    return len(right.intersection(answered.found[:depth])) / len(right) if right else 0.0


def hit(answered: Answered, depth: int) -> float:
    """1 when anything right is among the first ``depth`` hits, else 0."""
    return 0.0 if set(answered.right).isdisjoint(answered.found[:depth]) else 1.0


def reciprocal_rank(answered: Answered, depth: int = RECIPROCAL_DEPTH) -> float:
    """1 by the place of the first right hit; 0 when it is not among the first ``depth``."""
    right = set(answered.right)
    places = (place for place, key in enumerate(answered.found[:depth], 1) if key in right)
    return 1 / next(places, math.inf)


def figures(rows: Sequence[Answered]) -> dict[str, float]:
    """``R@k`` (mean share of right ones found), ``hit@k`` (share of questions with any) and
    ``MRR@10``; all 0 for no questions."""
    number = len(rows) or 1
    found = {f"R@{k}": sum(recall(row, k) for row in rows) / number for k in DEPTHS}
    found["MRR@10"] = sum(map(reciprocal_rank, rows)) / number
    return found | {f"hit@{k}": sum(hit(row, k) for row in rows) / number for k in DEPTHS}


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of the values do not exceed; 0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def difference(
    before: Sequence[float], after: Sequence[float], *, rounds: int = ROUNDS, seed: int = SEED
) -> Difference:
    """Paired bootstrap of ``after - before``, one value for each question in both.

    The same numbers give the same interval. Raises ValueError for lists of unequal length.
    """
    gains = [new - old for old, new in zip(before, after, strict=True)]
    if not gains:
        return Difference(0.0, 0.0, 0.0)
    chance = random.Random(seed)  # noqa: S311
    means = sorted(sum(chance.choices(gains, k=len(gains))) / len(gains) for _ in range(rounds))
    return Difference(sum(gains) / len(gains), percentile(means, 0.025), percentile(means, 0.975))


def gains(before: Sequence[Answered], after: Sequence[Answered]) -> Mapping[str, Difference]:
    """What a second order of the same questions changed, for the figures that matter most."""
    return {
        "R@1": difference([recall(r, 1) for r in before], [recall(r, 1) for r in after]),
        "R@10": difference([recall(r, 10) for r in before], [recall(r, 10) for r in after]),
        "MRR@10": difference(
            [reciprocal_rank(r) for r in before], [reciprocal_rank(r) for r in after]
        ),
    }
