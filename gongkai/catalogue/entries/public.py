"""What public pages may know of the catalogues. Records are shown only through their placements,
so what is not public now never appears; entries for a named group show no records at all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q

from gongkai.catalogue.entries.enums import ARTICLES, Audience, CatalogueStatus, Channel, Level
from gongkai.catalogue.entries.fields import STATUTORY, field_name
from gongkai.catalogue.entries.models import Catalogue, Entry, EntryLink, EntryUnit
from gongkai.catalogue.entries.selectors import Card, cards
from gongkai.core.clock import day_of
from gongkai.organisations.models import Unit

NEWEST = 3
"""How many records the public table shows for one entry."""


@dataclass(frozen=True, slots=True)
class PublicCatalogue:
    """One catalogue in the list: its address key, how much it holds, its newest publication."""

    key: str
    name: str
    full_name: str
    entries: int
    covered: int
    newest: date | None
    units: tuple[str, ...]
    updated_on: date | None


def public_catalogues(owner: Unit) -> list[PublicCatalogue]:
    """The present catalogues of a government; three queries."""
    rows = list(
        Catalogue.objects.filter(owner=owner, status=CatalogueStatus.CURRENT)
        .annotate(n=Count("entries", filter=Q(entries__retired_at=None)))
        .order_by("order", "pk")
    )
    links: dict[int, dict[str, Any]] = {
        row["entry__catalogue_id"]: dict(row)
        for row in EntryLink.objects.filter(
            entry__catalogue__in=rows, ended_at=None, published_on__isnull=False,
            entry__retired_at=None,
        )
        .order_by()
        .values("entry__catalogue_id")
        .annotate(covered=Count("entry_id", distinct=True), newest=Max("published_on"))
    }  # fmt: skip
    units: dict[int, list[str]] = {}
    named = (
        EntryUnit.objects.filter(entry__catalogue__in=rows, ended_on=None, entry__retired_at=None)
        .order_by("unit__order", "unit_id")
        .values_list("entry__catalogue_id", "unit__short_name")
        .distinct()
    )
    for catalogue_id, name in named:
        units.setdefault(catalogue_id, []).append(name)
    return [
        PublicCatalogue(
            c.field or STATUTORY, field_name(c.field), c.name, c.n,
            links.get(c.pk, {}).get("covered", 0), links.get(c.pk, {}).get("newest"),
            tuple(units.get(c.pk, ())), day_of(c.updated_at) if c.updated_at else None,
        )
        for c in rows
    ]  # fmt: skip


def public_catalogue(owner: Unit, key: str) -> Catalogue | None:
    """A present catalogue by the key in its address."""
    return Catalogue.objects.filter(
        owner=owner, status=CatalogueStatus.CURRENT, field="" if key == STATUTORY else key
    ).first()


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """One row of the nine-column table with its newest public records."""

    entry: Entry
    units: tuple[tuple[str, str], ...]
    channels: tuple[str, ...]
    levels: tuple[str, ...]
    records: tuple[Card, ...] = ()
    count: int = 0
    restricted: bool = False


@dataclass(slots=True)
class _Seen:
    subjects: list[tuple[str, int]] = field(default_factory=list)
    count: int = 0


def public_entries(entries: Sequence[Entry], unit_code: str = "") -> list[PublicEntry]:
    """The table rows of these entries; three queries however many there are."""
    duties: dict[int, list[tuple[str, str]]] = {}
    for entry_id, code, name in (
        EntryUnit.objects.filter(entry__in=entries, ended_on=None)
        .order_by("unit__order", "unit_id")
        .values_list("entry_id", "unit__code", "unit__short_name")
    ):
        duties.setdefault(entry_id, []).append((code, name))
    shown = [e.pk for e in entries if e.audience != Audience.GROUP]
    seen: dict[int, _Seen] = {}
    links = EntryLink.objects.filter(
        entry__in=shown, ended_at=None, published_on__isnull=False
    ).order_by("-published_on", "-pk")
    if unit_code:
        links = links.filter(unit__code=unit_code)
    for entry_id, kind, record_id in links.values_list("entry_id", "subject_kind", "subject_id"):
        row = seen.setdefault(entry_id, _Seen())
        row.count += 1
        if len(row.subjects) < NEWEST:
            row.subjects.append((kind, record_id))
    known = cards(s for row in seen.values() for s in row.subjects)
    return [
        PublicEntry(
            entry=e,
            units=tuple(duties.get(e.pk, ())),
            channels=tuple(
                str(Channel(c).label) for c in e.channels if c != "other" or not e.platforms
            ) + tuple(e.platforms),
            levels=tuple(str(Level(level).label) for level in e.levels),
            records=tuple(known[s] for s in seen[e.pk].subjects if s in known)
            if e.pk in seen else (),
            count=seen[e.pk].count if e.pk in seen else 0,
            restricted=e.audience == Audience.GROUP,
        )
        for e in entries
    ]  # fmt: skip


def public_entry_units(catalogue: Catalogue) -> list[Unit]:
    """The units that answer for anything in a catalogue."""
    return list(
        Unit.objects.filter(
            entry_duties__entry__catalogue=catalogue, entry_duties__ended_on=None,
            entry_duties__entry__retired_at=None,
        )
        .distinct()
        .order_by("order", "pk")
    )  # fmt: skip


def public_satisfied(kind: str, record_id: int) -> list[tuple[str, str, str]]:
    """(catalogue's address key, field, entry's name) of the entries a public record stands under;
    entries for a named group are left out."""
    rows = (
        EntryLink.objects.filter(
            subject_kind=kind, subject_id=record_id, ended_at=None, published_on__isnull=False,
            entry__retired_at=None,
        )
        .exclude(entry__audience=Audience.GROUP)
        .select_related("entry__catalogue")
        .only("entry__item1", "entry__item2", "entry__catalogue__field")
        .order_by("entry__catalogue__order", "entry__sort")
    )  # fmt: skip
    return [
        (r.entry.catalogue.field or STATUTORY, field_name(r.entry.catalogue.field), r.entry.name)
        for r in rows
    ]


# --- the statutory content of one unit (条例 art. 20) ----------------------------------------------


def public_article_counts(unit_id: int) -> dict[str, int]:
    """How many public records a unit has under each item of 条例 arts 20 and 21."""
    rows = (
        EntryLink.objects.filter(
            unit_id=unit_id, ended_at=None, published_on__isnull=False, entry__retired_at=None,
            subject_kind="item",
        )
        .exclude(entry__audience=Audience.GROUP)
        .exclude(entry__article="")
        .order_by()
        .values_list("entry__article")
        .annotate(n=Count("subject_id", distinct=True))
    )  # fmt: skip
    found = dict(rows)
    return {key: found[key] for key in ARTICLES if key in found}


def public_article_records(unit_id: int, article: str) -> list[int]:
    """Ids of the unit's records under an item of 条例 arts 20 and 21, newest first, each once."""
    rows = EntryLink.objects.filter(
        unit_id=unit_id, ended_at=None, published_on__isnull=False, subject_kind="item",
        entry__article=article, entry__retired_at=None,
    ).exclude(entry__audience=Audience.GROUP)  # fmt: skip
    ordered = rows.order_by("-published_on", "-subject_id").values_list("subject_id", flat=True)
    return list(dict.fromkeys(ordered))
