"""What the detector of personal numbers reports."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class NumberKind(StrEnum):
    """What a found number is."""

    RESIDENT_ID = "resident_id"
    MOBILE = "mobile"
    CARD = "bank_card"


class Ground(StrEnum):
    """Why the digits were taken for that number."""

    CHECKED = "checked"  # the check character, or the shape of an unbroken number
    CONTEXT = "context"  # named as such by words nearby or by the column heading
    BAD_CHECK = "bad_check"  # looks right but the check character or the length is wrong
    WEAK_MASK = "weak_mask"  # a mask hides too little
    LOOKALIKE = "lookalike"  # letters stand for digits
    AMBIGUOUS = "ambiguous"  # also satisfies the rule of a 统一社会信用代码
    LOOSE = "loose"  # may be separate numbers standing side by side


@dataclass(frozen=True, slots=True)
class Hit:
    """A number found at ``text[start:end]``; the digits stay out of ``repr``.

    ``certain`` is False where the digits may well be something else and a person has to look.
    """

    kind: NumberKind
    start: int
    end: int
    digits: str = field(repr=False)
    certain: bool
    ground: Ground
    disguises: tuple[str, ...] = ()


_RANK: Final = {NumberKind.RESIDENT_ID: 0, NumberKind.CARD: 1, NumberKind.MOBILE: 2}


def without_overlaps(found: Iterable[Hit]) -> list[Hit]:
    """Keep the surest and then the longest reading of each stretch of digits."""
    chosen: list[Hit] = []
    for hit in sorted(found, key=lambda h: (not h.certain, _RANK[h.kind], h.start - h.end)):
        place = bisect_left(chosen, hit.start, key=lambda h: h.start)
        if place > 0 and chosen[place - 1].end > hit.start:
            continue
        if place < len(chosen) and chosen[place].start < hit.end:
            continue
        chosen.insert(place, hit)
    return chosen
