"""Lists of staff with a search box: the engine says which records fit, best first; the list's own
queryset says which of them the person may see.

What the index says never opens anything: it only narrows a queryset that is limited already. A
record whose last change the index has not taken in yet is looked at in the database, so that a
draft is found in the second in which it was saved; without an index everything is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, overload

from django.db.models import BigIntegerField, Case, Model, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from gongkai.core.models import Fact
from gongkai.core.typed import containing
from gongkai.search import finding, index
from gongkai.search.asking import number_keys
from gongkai.search.entries import STAFF, sources
from gongkai.search.query import Ask, Word
from gongkai.search.rules_numbers import NumberKind
from gongkai.search.rules_query import parse

M = TypeVar("M", bound=Model)

RELEVANCE: Final = finding.RELEVANCE
OWN: Final = "own"
"""The list's own order."""


class Ranked(Sequence[M], Generic[M]):
    """Rows in the order of ``ids``; each stretch is read from the database when it is shown."""

    def __init__(self, rows: QuerySet[M], ids: Sequence[int]) -> None:
        self._rows = rows
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, place: int) -> M: ...

    @overload
    def __getitem__(self, place: slice) -> list[M]: ...

    def __getitem__(self, place: int | slice) -> M | list[M]:
        if isinstance(place, int):
            return self[place : place + 1 or None][0]
        wanted = self._ids[place]
        found = {row.pk: row for row in self._rows.filter(pk__in=wanted)}
        return [found[pk] for pk in wanted if pk in found]


@dataclass(frozen=True, slots=True)
class Listed(Generic[M]):
    """What a list shows. ``cut``: more records fit than are looked at (``finding.DEEPEST``)."""

    rows: QuerySet[M] | Ranked[M]
    cut: bool = False


def ask_list(text: str, only: Mapping[str, Sequence[str]]) -> Ask:
    """The question of a list, read as readers' questions are, but for two things: a number means
    exactly that number, not the documents that are about the same; and no synonyms are added."""
    asked = parse(text)
    numbers = (n.tail if n.kind == NumberKind.ORDER else n.value for n in asked.numbers)
    return Ask(
        words=tuple(map(Word, asked.content)),
        phrases=(*asked.phrases, *numbers),
        excluded=asked.excluded,
        numbers=number_keys(asked),
        only=only,
    )


def _known_and_late(
    rows: QuerySet[Any], ids: Sequence[int], kind: str, cursor: int
) -> tuple[list[int], list[int]]:
    """(those of ``ids`` that are among the rows, records that facts are about which the index has
    not taken in); one query."""
    known = rows.order_by().filter(pk__in=ids).values_list("pk", Value(0))
    reference = Cast("subject_id", BigIntegerField())
    # By sequence alone: the facts of a kind are many, those behind the cursor few.
    behind = Fact.objects.filter(Q(sequence=None) | Q(sequence__gt=cursor)).values_list(
        Case(When(subject_kind=kind, then=reference), output_field=BigIntegerField()), Value(1)
    )
    found: list[tuple[int | None, int]] = list(known.union(behind, all=True))
    late = {pk for pk, is_late in found if is_late and pk is not None}
    return [pk for pk, is_late in found if not is_late and pk is not None], sorted(late)


def _cursor() -> int | None:
    generation = index.current(STAFF)
    found = index.read_state(generation).get("cursor") if generation else None
    return found if isinstance(found, int) else None


def searched(
    rows: QuerySet[M],
    text: str,
    *,
    kind: str,
    fields: Sequence[str],
    only: Mapping[str, Sequence[str]] | None = None,
    order: str = RELEVANCE,
) -> Listed[M]:
    """The rows of a list that fit what was typed: by relevance, or in their own order.

    ``rows`` is limited to what the person may see; ``only`` says the same to the index, so that
    hits of other units do not take up the room. ``fields`` are looked at in the database while the
    index is missing or behind. Raises ValueError for a kind without a source for staff.
    """
    if kind not in {source.kind for source in sources(STAFF)}:
        raise ValueError(f"nothing of kind {kind} is indexed for staff")
    if not text.strip():
        return Listed(rows)
    plain = containing(text, *fields)
    asked = ask_list(text, only or {})
    cursor = _cursor()
    if cursor is None or asked.empty or index.searcher(STAFF) is None:
        return Listed(rows.filter(plain))
    ids = finding.records(STAFF, asked, kind)
    cut = len(ids) >= finding.DEEPEST
    known, late = _known_and_late(rows, ids, kind, cursor)
    # What the index does not know yet is newer than all it knows, so it comes first.
    new = list(rows.filter(plain, pk__in=late).values_list("pk", flat=True)) if late else []
    if order != RELEVANCE:
        return Listed(rows.filter(pk__in={*known, *new}), cut)
    rank = {pk: place for place, pk in enumerate(ids)}
    known.sort(key=lambda pk: rank[pk])
    return Listed(Ranked(rows, list(dict.fromkeys([*new, *known]))), cut)
