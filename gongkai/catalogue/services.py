"""Writing placements: in the publishing transaction, or rebuilt as a whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from gongkai.catalogue.models import Column, Placement, Section
from gongkai.catalogue.rules import RecordFacts, matches
from gongkai.core import facts
from gongkai.core.actors import Actor


@dataclass(frozen=True, slots=True)
class Record:
    """A published record as columns see it."""

    kind: str
    id: int
    unit_id: int
    published_at: datetime
    facts: RecordFacts
    card: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shelf:
    """All columns and their sections, read once for many records."""

    columns: tuple[tuple[Column, tuple[Section, ...]], ...]

    @classmethod
    def load(cls) -> "Shelf":
        """Read the columns; two queries."""
        columns = Column.objects.select_related("site").prefetch_related("sections")
        return cls(tuple((column, tuple(column.sections.all())) for column in columns))

    def places(self, record: Record) -> Iterator[tuple[Column, Section | None]]:
        """Where the record belongs: each matching column once, and each matching section."""
        for column, sections in self.columns:
            hits = [s for s in sections if matches(s.rule, record.facts)]
            if hits or matches(column.rule, record.facts):
                yield column, None
                for section in hits:
                    yield column, section


def rows_for(record: Record, shelf: Shelf) -> list[Placement]:
    """The placement rows of one record, unsaved."""
    return [
        Placement(
            column=column,
            section=section,
            subject_kind=record.kind,
            subject_id=record.id,
            unit_id=record.unit_id,
            published_at=record.published_at,
            card=dict(record.card),
        )
        for column, section in shelf.places(record)
    ]


def place(*, record: Record, shelf: Shelf | None = None) -> list[Column]:
    """Replace the placements of one record; returns the columns it now stands in."""
    if not connection.in_atomic_block:
        raise RuntimeError("placements are written in the publishing transaction")
    rows = rows_for(record, shelf or Shelf.load())
    Placement.objects.filter(subject_kind=record.kind, subject_id=record.id).delete()
    Placement.objects.bulk_create(rows)
    return [row.column for row in rows if row.section_id is None]


def remove(*, kind: str, record_id: int) -> int:
    """Take one record out of every column; returns how many rows went."""
    return Placement.objects.filter(subject_kind=kind, subject_id=record_id).delete()[0]


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
        facts.record(
            action="catalogue.placements.rebuilt",
            subject=("catalogue", kind or "all"),
            actor=actor,
            occurred_at=now,
            details={"rows": total},
        )
    return total
