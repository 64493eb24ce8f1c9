"""Keeps the instances of entries in step with what they are derived from.

The rows hold days only, so a day that passes changes nothing in them; a new year or a changed
working calendar has them written anew (:func:`follow`, a timer job).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet

from gongkai.catalogue.entries.enums import AbsenceStatus, Method
from gongkai.catalogue.entries.models import (
    Entry,
    EntryAbsence,
    EntryClock,
    EntryInstance,
    EntryLink,
    EntryUnit,
)
from gongkai.catalogue.entries.rules import Deadlines, Publication, expected
from gongkai.catalogue.entries.rules_limits import Limit, LimitKind, from_json
from gongkai.core.calendar import load_calendar
from gongkai.core.clock import day_of
from gongkai.core.models import CalendarDay

_BATCH: Final = 4000
_ON_REQUEST: Final = Limit(LimitKind.EVENT)
"""What is disclosed on request is never due of itself (条例 art. 27)."""

Pair = tuple[int, int]
Row = tuple[Any, ...]


def window(today: date) -> tuple[date, date]:
    """The days that instances are kept for: this year, and what falls due in the month after."""
    return date(today.year, 1, 1), date(today.year + 1, 1, 31)


def publications(links: QuerySet[EntryLink]) -> dict[Pair, list[Publication]]:
    """The active links by (entry, unit)."""
    found: dict[Pair, list[Publication]] = defaultdict(list)
    rows = links.filter(ended_at=None).values_list(
        "entry_id", "unit_id", "subject_kind", "subject_id", "formed_on", "published_on",
        "renewed_on", "exempt", "period",
    )  # fmt: skip
    for (
        entry_id,
        unit_id,
        kind,
        number,
        formed,
        published,
        renewed,
        exempt,
        period,
    ) in rows.iterator(chunk_size=_BATCH):
        found[entry_id, unit_id].append(
            Publication(kind, number, formed, published, renewed, exempt, period)
        )
    return found


def absences(rows: QuerySet[EntryAbsence]) -> dict[Pair, list[str]]:
    """The approved absences by (entry, unit)."""
    found: dict[Pair, list[str]] = defaultdict(list)
    approved = rows.filter(status=AbsenceStatus.APPROVED)
    for entry_id, unit_id, period in approved.values_list("entry_id", "unit_id", "period"):
        found[entry_id, unit_id].append(period)
    return found


def limits(entries: QuerySet[Entry]) -> dict[int, tuple[Limit, int]]:
    """(limit, catalogue id) of the entries that are in force."""
    shared: dict[str, Limit] = {}
    found: dict[int, tuple[Limit, int]] = {}
    rows = entries.filter(retired_at=None).values_list("pk", "rule", "method", "catalogue_id")
    for pk, rule, method, catalogue_id in rows:
        # Equal rules become one object, so that the engine's memory finds them fast.
        limit = shared.setdefault(str(rule), from_json(rule))
        found[pk] = (_ON_REQUEST if method == Method.REQUEST else limit, catalogue_id)
    return found


def _instances(scope: Mapping[str, Any], today: date) -> Iterator[Row]:
    """The instances of the pairs within ``scope`` (conditions on entry_id and unit_id)."""
    first, last = window(today)
    deadlines, days = Deadlines(load_calendar()), _Days()
    entries = Entry.objects.all()
    if "entry_id__in" in scope:
        entries = entries.filter(pk__in=scope["entry_id__in"])
    by_entry = limits(entries)
    linked = publications(EntryLink.objects.filter(**scope))
    absent = absences(EntryAbsence.objects.filter(**scope))
    duties = EntryUnit.objects.filter(**scope).values_list(
        "entry_id", "unit_id", "since", "ended_on", "checked_on"
    )
    for entry_id, unit_id, since, ended, checked in duties.iterator(chunk_size=_BATCH):
        found = by_entry.get(entry_id)
        if found is None or (ended is not None and ended < first):
            continue
        limit, catalogue_id = found
        pair = (entry_id, unit_id)
        for i in expected(
            limit, since=since, ended=ended, checked_on=checked,
            publications=linked.get(pair, ()), absences=absent.get(pair, ()),
            first=first, last=last, deadlines=deadlines,
        ):  # fmt: skip
            # Whoever no longer answers for an entry owes nothing under it any more.
            if ended is None or i.published_on is not None:
                yield (
                    entry_id, unit_id, catalogue_id, i.period, days[i.start_on], days[i.due_on],
                    days[i.soon_on], days[i.published_on], i.late, i.absent, i.unclear, i.kind,
                    i.record_id,
                )  # fmt: skip


_COLUMNS: Final = (
    "entry", "unit", "catalogue", "period", "start_on", "due_on", "soon_on", "published_on",
    "late", "absent", "unclear", "subject_kind", "subject_id",
)  # fmt: skip


def _write(rows: Iterator[Row]) -> int:
    """Store rows of :data:`_COLUMNS`; returns how many.

    Without model objects: a city has some two hundred thousand of them, and building and
    preparing each as a model costs ten times what storing it does.
    """
    meta, ops = EntryInstance._meta, connection.ops
    known = {field.name: str(field.column) for field in meta.concrete_fields}
    columns = ", ".join(ops.quote_name(known[name]) for name in _COLUMNS)
    places = ", ".join(["%s"] * len(_COLUMNS))
    sql = f"INSERT INTO {ops.quote_name(meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    total = 0
    with connection.cursor() as cursor:
        while batch := list(islice(rows, _BATCH)):
            cursor.executemany(sql, batch)
            total += len(batch)
    return total


class _Days(dict[date | None, Any]):
    """Days as the database takes them, each adapted once."""

    def __missing__(self, day: date | None) -> Any:
        self[day] = adapted = connection.ops.adapt_datefield_value(day)
        return adapted


def signature() -> str:
    """A digest of the office's own table of holidays and make-up days."""
    rows = CalendarDay.objects.order_by("day").values_list("day", "kind")
    return hashlib.sha256(str(list(rows)).encode()).hexdigest()


def rebuild(*, now: datetime) -> int:
    """Write every instance anew; returns how many there are."""
    today = day_of(now)
    with transaction.atomic():
        clock, _ = EntryClock.objects.select_for_update().get_or_create(pk=1)
        EntryInstance.objects.all().delete()
        total = _write(_instances({}, today))
        clock.year, clock.calendar, clock.built_at = today.year, signature(), now
        clock.save()
    return total


def follow(now: datetime) -> int:
    """Timer job: write everything anew when a year has begun or the working calendar changed."""
    clock = EntryClock.objects.filter(pk=1).first()
    if clock and clock.year == day_of(now).year and clock.calendar == signature():
        return 0
    return rebuild(now=now)


def refresh_pairs(pairs: Iterable[Pair], *, today: date) -> int:
    """Write the instances of these (entry, unit) pairs anew, in the running transaction."""
    wanted = sorted(set(pairs))
    if not wanted:
        return 0
    by_unit: dict[int, list[int]] = defaultdict(list)
    for entry_id, unit_id in wanted:
        by_unit[unit_id].append(entry_id)
    total = 0
    for unit_id, entry_ids in by_unit.items():
        for part in _chunks(entry_ids, 500):
            scope = {"entry_id__in": part, "unit_id": unit_id}
            EntryInstance.objects.filter(**scope).delete()
            total += _write(_instances(scope, today))
    return total


def refresh_entries(entry_ids: Sequence[int], *, today: date) -> int:
    """The same for every unit of these entries."""
    total = 0
    for part in _chunks(list(entry_ids), 500):
        scope = {"entry_id__in": part}
        EntryInstance.objects.filter(**scope).delete()
        total += _write(_instances(scope, today))
    return total


def _chunks(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
