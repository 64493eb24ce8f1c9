"""Reads of catalogues. ``public_*`` is the only door for public pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, QuerySet, Value, When

from gongkai.catalogue.entries import states
from gongkai.catalogue.entries.enums import (
    OPEN_STATES,
    AbsenceStatus,
    CatalogueStatus,
    State,
)
from gongkai.catalogue.entries.fields import field_name
from gongkai.catalogue.entries.models import (
    Catalogue,
    CatalogueImport,
    Entry,
    EntryAbsence,
    EntryInstance,
    EntryLink,
    EntryUnit,
)
from gongkai.catalogue.entries.rules import Deadlines, Instance, expected, state_on
from gongkai.catalogue.entries.rules_rows import EntryRow
from gongkai.catalogue.models import Placement
from gongkai.core.workdays import WorkCalendar
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit

# --- states of a day ----------------------------------------------------------------------------


def condition(state: str, day: date) -> Q:
    """What an instance in this state on a day looks like: rules.state_on as a query."""
    public = Q(published_on__lte=day)
    waiting = ~public | Q(published_on=None)
    owed = waiting & Q(absent=False, unclear=False)
    match state:
        case State.PUBLISHED:
            return public & Q(late=False)
        case State.LATE:
            return public & Q(late=True)
        case State.ABSENT:
            return waiting & Q(absent=True)
        case State.UNCLEAR:
            return waiting & Q(absent=False, unclear=True)
        case State.OVERDUE:
            return owed & Q(due_on__lt=day)
        case State.DUE_SOON:
            return owed & Q(due_on__gte=day, soon_on__lte=day)
        case _:
            return owed & (Q(due_on=None) | Q(soon_on__gt=day))


def counts(rows: QuerySet[EntryInstance], day: date) -> dict[str, int]:
    """How many instances are in each state on a day; one query."""
    found = rows.aggregate(**_counted(day))
    return {str(state): found[f"n_{state}"] for state in State}


def _counted(day: date) -> dict[str, Count]:
    # Prefixed, because some states bear the name of a column.
    return {f"n_{state}": Count("pk", filter=condition(state, day)) for state in State}


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit in the overview of a city: its states, and the days its oldest arrears count."""

    unit: Unit
    counts: Mapping[str, int]
    oldest: date | None


def by_unit(rows: QuerySet[EntryInstance], day: date) -> list[UnitRow]:
    """The units with anything in ``rows``, most overdue first; two queries."""
    found: dict[int, dict[str, Any]] = {
        row["unit_id"]: dict(row)
        for row in rows.order_by()
        .values("unit_id")
        .annotate(**_counted(day), oldest=Min("due_on", filter=condition(State.OVERDUE, day)))
    }
    units = Unit.objects.filter(pk__in=found).order_by("order", "pk")
    listed = [
        UnitRow(u, {str(s): found[u.pk][f"n_{s}"] for s in State}, found[u.pk]["oldest"])
        for u in units
    ]
    return sorted(listed, key=lambda r: (-r.counts["overdue"], -r.counts["due_soon"]))


def instances(
    unit_ids: Iterable[int] | None, *, field: str = "", period: str = ""
) -> QuerySet[EntryInstance]:
    """Instances of these units (None = all), narrowed to a field's key or a period."""
    rows = EntryInstance.objects.all()
    if unit_ids is not None:
        rows = rows.filter(unit_id__in=list(unit_ids))
    if field:
        kind = Q(catalogue__field="") if field == "statutory" else Q(catalogue__field=field)
        rows = rows.filter(kind)
    if period:
        rows = rows.filter(period=period)
    return rows


def urgent_first(rows: QuerySet[EntryInstance], day: date) -> QuerySet[EntryInstance]:
    """The rows with their state as ``state``, what is overdue first, the longest overdue on top."""
    whens = [When(condition(s, day), then=Value(n)) for n, s in enumerate(State)]
    return (
        rows.annotate(rank=Case(*whens, default=Value(9), output_field=IntegerField()))
        .select_related("entry", "unit", "catalogue")
        .order_by("rank", F("due_on").asc(nulls_last=True), "-published_on", "entry__sort", "pk")
    )


def state_of(row: EntryInstance, day: date) -> str:
    """The state of a stored instance on a day."""
    return state_on(
        Instance(
            row.period, row.start_on, row.due_on, row.soon_on, row.published_on, row.late,
            row.absent, row.unclear, row.subject_kind, row.subject_id,
        ),
        day,
    )  # fmt: skip


def periods(rows: QuerySet[EntryInstance]) -> list[str]:
    """The periods that occur, newest first."""
    return list(rows.order_by("-period").values_list("period", flat=True).distinct())


# --- one entry ----------------------------------------------------------------------------------


def entry_for(member: Member, entry_id: int) -> Entry | None:
    """An entry that concerns the person: their unit answers for it, or they supervise its owner."""
    entry = (
        Entry.objects.select_related("catalogue__owner", "catalogue__source")
        .filter(pk=entry_id)
        .first()
    )
    if entry is None:
        return None
    if member.supervises(entry.catalogue.owner):
        return entry
    mine = EntryUnit.objects.filter(entry=entry, unit_id__in=member.unit_ids())
    return entry if mine.exists() else None


def duties_of(entry: Entry, member: Member) -> list[EntryUnit]:
    """The units that answer (or answered) for an entry, as far as the person may see them."""
    rows = EntryUnit.objects.filter(entry=entry).select_related("unit__area")
    return [
        duty
        for duty in rows.order_by("ended_on", "unit__order", "unit_id")
        if member.may_see(duty.unit)
    ]


def history(
    duty: EntryUnit, *, today: date, calendar: WorkCalendar, years: int = 3
) -> list[tuple[str, Instance]]:
    """(state, instance) of one unit under one entry over some years, newest first."""
    entry = duty.entry
    pair = (duty.entry_id, duty.unit_id)
    scope = {"entry_id": duty.entry_id, "unit_id": duty.unit_id}
    rule = states.limits(Entry.objects.filter(pk=entry.pk)).get(entry.pk)
    limit = rule[0] if rule else entry.limit
    found = expected(
        limit,
        since=duty.since,
        ended=duty.ended_on,
        checked_on=duty.checked_on,
        publications=states.publications(EntryLink.objects.filter(**scope)).get(pair, ()),
        absences=states.absences(EntryAbsence.objects.filter(**scope)).get(pair, ()),
        first=date(today.year - years + 1, 1, 1),
        last=states.window(today)[1],
        deadlines=Deadlines(calendar),
    )
    rows = [(state_on(i, today), i) for i in found]
    if duty.ended_on is not None or entry.retired_at is not None:
        rows = [(s, i) for s, i in rows if s not in OPEN_STATES]
    return sorted(
        rows, key=lambda r: (r[1].due_on or r[1].published_on or date.min, r[1].period),
        reverse=True,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """A public record as lists show it."""

    title: str
    path: str
    published_at: datetime


def cards(subjects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Card]:
    """Title and address of the records among these that are public now; one query for each kind."""
    by_kind: dict[str, set[int]] = {}
    for kind, record_id in subjects:
        by_kind.setdefault(kind, set()).add(record_id)
    found: dict[tuple[str, int], Card] = {}
    for kind, ids in by_kind.items():
        rows = Placement.objects.filter(subject_kind=kind, subject_id__in=ids, section=None)
        for record_id, card, moment in rows.values_list("subject_id", "card", "published_at"):
            found[kind, record_id] = Card(str(card["title"]), str(card["path"]), moment)
    return found


def links_of(duty: EntryUnit) -> list[EntryLink]:
    """What was published by a unit under an entry, newest first, ended links last."""
    rows = EntryLink.objects.filter(entry_id=duty.entry_id, unit_id=duty.unit_id)
    return list(rows.order_by(F("ended_at").asc(nulls_first=True), "-published_on", "-pk")[:200])


def absences_of(duty: EntryUnit) -> list[EntryAbsence]:
    """What a unit asked for under an entry, newest first."""
    rows = EntryAbsence.objects.filter(entry_id=duty.entry_id, unit_id=duty.unit_id)
    return list(rows.select_related("requested_by", "decided_by").order_by("-pk"))


def absences_waiting(member: Member, unit_ids: Sequence[int]) -> QuerySet[EntryAbsence]:
    """What waits for a decision of this person among these units, oldest first."""
    rows = EntryAbsence.objects.filter(status=AbsenceStatus.REQUESTED, unit_id__in=unit_ids)
    rows = rows.exclude(requested_by_id=member.actor.user_id or 0)
    return rows.select_related("entry__catalogue", "unit", "requested_by").order_by("pk")


# --- catalogues ---------------------------------------------------------------------------------


def catalogues_of(owner: Unit) -> QuerySet[Catalogue]:
    """The present catalogues of a government with how many entries are in force."""
    return (
        Catalogue.objects.filter(owner=owner, status=CatalogueStatus.CURRENT)
        .annotate(entry_count=Count("entries", filter=Q(entries__retired_at=None)))
        .order_by("order", "pk")
    )


def imports_of(owners: Sequence[Unit]) -> QuerySet[CatalogueImport]:
    """What was read in for these governments."""
    return (
        CatalogueImport.objects.filter(owner__in=owners)
        .select_related("owner", "created_by")
        .defer("parsed")
    )


def rows_of(catalogue: Catalogue) -> list[EntryRow]:
    """The entries in force as rows of a table, for the export."""
    entries = Entry.objects.filter(catalogue=catalogue, retired_at=None).order_by("sort", "pk")
    return [
        EntryRow(
            sheet=field_name(catalogue.field), row=number, number=e.number, item1=e.item1,
            item2=e.item2, elements=tuple(e.elements), bases=tuple(e.basis_list),
            limit_text=e.limit_text, limit=e.limit,
            units=tuple(filter(None, e.units_text.split("、"))), channels=tuple(e.channels),
            platforms=tuple(e.platforms), audience=e.audience, group=e.group, method=e.method,
            levels=tuple(e.levels), article=e.article,
        )
        for number, e in enumerate(entries, start=4)
    ]  # fmt: skip


def entries_of_unit(unit_id: int) -> list[Entry]:
    """The entries in force for which a unit answers, in the order of the catalogues."""
    rows = Entry.objects.filter(
        answering__unit_id=unit_id, answering__ended_on=None, retired_at=None
    )
    return list(
        rows.select_related("catalogue").order_by("catalogue__order", "catalogue_id", "sort")
    )


def unknown_codes(unit_id: int, codes: Sequence[str]) -> list[str]:
    """Those of the codes that name no entry in force of the unit."""
    if not codes:
        return []
    known = Entry.objects.filter(
        answering__unit_id=unit_id, answering__ended_on=None, retired_at=None, code__in=codes
    ).values_list("code", flat=True)
    return [code for code in codes if code not in set(known)]


def entry_names(codes: Sequence[str]) -> dict[str, str]:
    """Field and name of entries by code, for whoever reads an item: 义务教育·招生管理·学校招生."""
    rows = Entry.objects.filter(code__in=list(codes)).select_related("catalogue")
    return {e.code: f"{field_name(e.catalogue.field)}·{e.name}" for e in rows}


def newest_of(rows: QuerySet[EntryLink]) -> date | None:
    """The newest day of publication among active links."""
    found: dict[str, Any] = rows.filter(ended_at=None).aggregate(day=Max("published_on"))
    day = found["day"]
    return day if isinstance(day, date) else None
