"""How alike two points are, and which point continues which. Plain values only.

Used when a document is read again with other numbers, when a year follows on another, and when
a district's points are matched to the city's.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SAME_NUMBER = 0.25
OTHER_NUMBER = 0.5
REFERENCE = 0.16
"""From this part of a district point's weight found in a city point, a reference is proposed."""


@dataclass(frozen=True, slots=True)
class Text:
    """A point as it is compared."""

    number: int
    title: str
    text: str
    digest: str = ""


def pairs(text: str) -> Counter[str]:
    """Overlapping character pairs without spaces and punctuation."""
    bare = re.sub(r"[\W_]+", "", text)
    return Counter(bare[i : i + 2] for i in range(len(bare) - 1))


def likeness(left: Text, right: Text) -> float:
    """0 to 1: shared character pairs (Dice), the title counted twice."""
    a = pairs(left.text) + pairs(left.title) + pairs(left.title)
    b = pairs(right.text) + pairs(right.title) + pairs(right.title)
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def match_points(
    old: Mapping[int, Text],
    new: Sequence[Text],
    same_number: float = SAME_NUMBER,
    other_number: float = OTHER_NUMBER,
) -> list[int | None]:
    """For each new point the old one (by key) it continues, or None.

    Equal text first (same number before others), then the most alike pairs: a point that kept
    its number needs less likeness than one that moved. Each old point is used once.
    """
    free = dict(old)
    found: list[int | None] = [None] * len(new)

    def take(place: int, key: int) -> None:
        found[place] = key
        del free[key]

    for place, point in enumerate(new):
        same = [key for key, was in free.items() if was.digest and was.digest == point.digest]
        if same:
            take(place, min(same, key=lambda key: (free[key].number != point.number, key)))
    scored = []
    for place, point in enumerate(new):
        if found[place] is not None:
            continue
        for key, was in free.items():
            score = likeness(was, point)
            if score >= (same_number if was.number == point.number else other_number):
                scored.append((score, was.number == point.number, place, key))
    for _, _, place, key in sorted(scored, key=lambda s: (-s[0], not s[1], s[2], s[3])):
        if found[place] is None and key in free:
            take(place, key)
    return found


@dataclass(frozen=True, slots=True)
class Proposal:
    """A district's point seems to carry out a city point; ``percent`` of its weight was found."""

    number: int
    above: int
    percent: int


def _weights(texts: Iterable[Text]) -> Mapping[str, float]:
    """Rare pairs say more than common ones (inverse document frequency)."""
    rows = [set(pairs(text.title + text.text)) for text in texts]
    seen = Counter(pair for row in rows for pair in row)
    return {pair: math.log((len(rows) + 1) / (count + 0.5)) for pair, count in seen.items()}


def propose_references(points: Sequence[Text], above: Sequence[Text]) -> list[Proposal]:
    """For each point of a district the city point it most likely carries out, if any does.

    Only what few city points say counts; words that every point has ("公开", "信息") weigh
    almost nothing.
    """
    weights = _weights(above)
    cities = [(text, set(pairs(text.title + text.text))) for text in above]
    found = []
    for point in points:
        own = set(pairs(point.title + point.text))
        whole = sum(weights.get(pair, math.log(len(above) + 1)) for pair in own)
        best, score = None, 0.0
        for text, words in cities:
            title = pairs(text.title)
            shared = sum(weights[p] * (2 if p in title else 1) for p in own & words)
            part = shared / whole if whole else 0.0
            if part > score:
                best, score = text, part
        if best is not None and score >= REFERENCE:
            found.append(Proposal(point.number, best.number, min(round(score * 100), 100)))
    return found
