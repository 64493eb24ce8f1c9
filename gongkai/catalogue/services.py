"""Writing placements: in the publishing transaction, or rebuilt as a whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from gongkai.catalogue import tallies
from gongkai.catalogue.models import Column, ColumnKind, Placement, Section, column_path, site_path
from gongkai.catalogue.rules import RecordFacts, matches
from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.clock import day_of

Rule = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A published record as columns see it."""

    kind: str
    id: int
    unit_id: int
    published_at: datetime
    facts: RecordFacts
    card: Mapping[str, Any]


class ShelfColumn(NamedTuple):
    """A column as far as placing needs it."""

    id: int
    key: str
    name: str
    kind: str
    rule: Rule
    prefix: str
    closed_on: date | None

    def takes(self, day: date) -> bool:
        """Whether what was published on a day belongs here: an archived topic takes nothing
        that came after it was closed."""
        return self.closed_on is None or day <= self.closed_on

    @property
    def path(self) -> str:
        """The column page's address path."""
        return column_path(site_path(self.prefix), self.kind, self.key)


_SHELF_FIELDS = ("id", "key", "name", "kind", "rule", "site__prefix", "closed_on")


@dataclass(frozen=True, slots=True)
class Shelf:
    """All columns and their sections, read once for many records.

    Plain values: every release reads them, and a city has hundreds.
    """

    columns: tuple[ShelfColumn, ...]
    sections: Mapping[int, Sequence[tuple[int, Rule]]]
    """(id, rule) of the sections of a column, by its id."""

    @classmethod
    def load(cls, record: Record | None = None) -> "Shelf":
        """Read the columns; two queries.

        For one record, leaves out the columns of units that it names by rule and that cannot
        want it: a city has one for each of its units, and every release would read them all.
        """
        sections: dict[int, list[tuple[int, Rule]]] = {}
        for column_id, section_id, rule in Section.objects.order_by("order", "id").values_list(
            "column_id", "id", "rule"
        ):
            sections.setdefault(column_id, []).append((section_id, rule))
        rows = Column.objects.values_list(*_SHELF_FIELDS)
        if record is not None:
            # All keys of a rule have to hold, so one that names other units only never does.
            elsewhere = Q(kind=ColumnKind.UNIT, rule__has_key="unit") & ~Q(pk__in=list(sections))
            for code in record.facts.unit:
                elsewhere &= ~Q(rule__icontains=f'"{code}"')
            rows = rows.exclude(elsewhere)
        return cls(tuple(map(ShelfColumn._make, rows)), sections)

    def places(self, record: Record) -> Iterator[tuple[ShelfColumn, int | None]]:
        """Where the record belongs: each matching column once (without section), and once with
        the id of each matching section."""
        day = day_of(record.published_at)
        for column in self.columns:
            if not column.takes(day):
                continue
            parts = self.sections.get(column.id, ())
            hits = [pk for pk, rule in parts if matches(rule, record.facts)]
            if hits or matches(column.rule, record.facts):
                yield column, None
                for section_id in hits:
                    yield column, section_id


def _rows(record: Record, places: Iterable[tuple[ShelfColumn, int | None]]) -> list[Placement]:
    return [
        Placement(
            column_id=column.id,
            section_id=section_id,
            subject_kind=record.kind,
            subject_id=record.id,
            unit_id=record.unit_id,
            kind=str(record.card.get("kind", "")),
            published_at=record.published_at,
            card=dict(record.card),
        )
        for column, section_id in places
    ]


def rows_for(record: Record, shelf: Shelf) -> list[Placement]:
    """The placement rows of one record, unsaved."""
    return _rows(record, shelf.places(record))


def place(*, record: Record, shelf: Shelf | None = None, replace: bool = True) -> list[ShelfColumn]:
    """Write the placements of one record; returns the columns it now stands in.

    ``replace`` false says that it never had any before: nothing is looked for to take away.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("placements are written in the publishing transaction")
    places = list((shelf or Shelf.load(record)).places(record))
    if replace:
        remove(kind=record.kind, record_id=record.id)
    tallies.shelve(_rows(record, places))
    return [column for column, section_id in places if section_id is None]


def remove(*, kind: str, record_id: int) -> int:
    """Take one record out of every column; returns how many rows went."""
    return tallies.unshelve(Placement.objects.filter(subject_kind=kind, subject_id=record_id))


_SOURCES: dict[str, Callable[[], Iterable[Record]]] = {}


def register_source(kind: str, source: Callable[[], Iterable[Record]]) -> None:
    """A content room says how to list all its published records, for the rebuild."""
    _SOURCES[kind] = source


def rebuild(*, now: datetime, actor: Actor, kind: str | None = None) -> int:
    """Write every placement anew from what is published; returns the number of rows."""
    shelf = Shelf.load()
    total = 0
    with transaction.atomic():
        for source_kind, source in _SOURCES.items():
            if kind not in (None, source_kind):
                continue
            Placement.objects.filter(subject_kind=source_kind).delete()
            batch: list[Placement] = []
            for record in source():
                batch += rows_for(record, shelf)
                if len(batch) >= 2000:
                    Placement.objects.bulk_create(batch)
                    total += len(batch)
                    batch = []
            Placement.objects.bulk_create(batch)
            total += len(batch)
        tallies.count_again()
        facts.record(
            action="catalogue.placements.rebuilt",
            subject=("catalogue", kind or "all"),
            actor=actor,
            occurred_at=now,
            details={"rows": total},
        )
    return total
