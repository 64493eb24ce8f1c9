"""Comparing two readings of a plan, for importing a corrected document again.

Points are matched by number and text, then by text alone (renumbered), then by number alone
(reworded), then by likeness. What the office has already confirmed is never overwritten silently:
every change names the fields that differ.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gongkai.ledger.parsing.model import ParsedItem, ParsedPlan

#: Fields of a point whose difference the office must see.
COMPARED_FIELDS: Final = (
    "section", "title", "text", "lead", "responsible", "role", "deadlines", "tasks", "kind",
)  # fmt: skip
#: Likeness (0 to 1, shared character pairs) from which a point counts as the same one.
_SAME_NUMBER: Final = 0.3
_OTHER_NUMBER: Final = 0.6


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A point that is in both plans but differs, in number or in ``fields``."""

    old_no: int
    new_no: int
    fields: tuple[str, ...] = ()


@dataclass(slots=True)
class PlanDiff:
    """``moved`` has a new number and the same text; ``changed`` differs in its fields."""

    added: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    changed: list[ItemChange] = field(default_factory=list)
    moved: list[ItemChange] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.moved)


Item = ParsedItem | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Entry:
    no: int
    values: Mapping[str, Any]
    digest: str
    pairs: frozenset[str]


def text_hash(title: str, text: str) -> str:
    """SHA-256 (hex) over title and text without spaces and punctuation."""
    bare = re.sub(r"[\W_]+", "", title + text)
    return hashlib.sha256(bare.encode()).hexdigest()


def _entry(item: Item) -> _Entry:
    values = item.as_json() if isinstance(item, ParsedItem) else item
    title, text = str(values.get("title") or ""), str(values.get("text") or "")
    bare = re.sub(r"[\W_]+", "", title + text)
    pairs = frozenset(bare[i : i + 2] for i in range(len(bare) - 1))
    return _Entry(int(values["no"]), values, text_hash(title, text), pairs)


def _likeness(a: _Entry, b: _Entry) -> float:
    total = len(a.pairs) + len(b.pairs)
    return 2 * len(a.pairs & b.pairs) / total if total else 0.0


def _differences(old: _Entry, new: _Entry) -> tuple[str, ...]:
    """Fields that differ; a field the old record does not have is not compared."""
    return tuple(
        name
        for name in COMPARED_FIELDS
        if name in old.values
        and name in new.values
        and (old.values[name] or None) != (new.values[name] or None)
    )


def _items(plan: ParsedPlan | Iterable[Item]) -> list[_Entry]:
    source = plan.items if isinstance(plan, ParsedPlan) else plan
    return [_entry(item) for item in source]


def diff_plans(old: ParsedPlan | Sequence[Item], new: ParsedPlan | Sequence[Item]) -> PlanDiff:
    """Compare two plans, or lists of points (ParsedItem or their JSON form).

    Numbers in the result are those of the plan the point is in. Raises KeyError when a JSON
    point has no ``no``.
    """
    olds, news = _items(old), _items(new)
    pairs: list[tuple[_Entry, _Entry]] = []

    def match(test: Callable[[_Entry, _Entry], bool]) -> None:
        for right in list(news):
            left = next((entry for entry in olds if test(entry, right)), None)
            if left is not None:
                olds.remove(left)
                news.remove(right)
                pairs.append((left, right))

    match(lambda a, b: a.no == b.no and a.digest == b.digest)
    match(lambda a, b: a.digest == b.digest)
    match(lambda a, b: a.no == b.no and _likeness(a, b) >= _SAME_NUMBER)
    match(lambda a, b: _likeness(a, b) >= _OTHER_NUMBER)
    result = PlanDiff(added=[e.no for e in news], removed=[e.no for e in olds])
    for left, right in sorted(pairs, key=lambda pair: pair[1].no):
        fields = _differences(left, right)
        if left.no != right.no and left.digest == right.digest:
            result.moved.append(ItemChange(left.no, right.no, fields))
        elif left.no != right.no or fields:
            result.changed.append(ItemChange(left.no, right.no, fields))
        else:
            result.unchanged.append(right.no)
    return result
