"""Reads over profiles. ``public_*`` is the only door for public code.

What is public is found through the placements of a unit's own column, whose index by kind keeps
this as cheap for an archive of 200,000 items as for an empty one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q

from gongkai.catalogue.models import Column, ColumnKind, Placement
from gongkai.catalogue.tallies import counts_by
from gongkai.core.clock import day_of
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit
from gongkai.profiles.rules import (
    DIRECTORY_FIELDS,
    KINDS,
    PART_KEYS,
    Finding,
    directory_finding,
    number,
    report_year,
    review_due,
)
from gongkai.profiles.rules_guide import UnitData
from gongkai.profiles.rules_state import Entry, Pending, Profile, ProfileState, profile_state
from gongkai.publishing.enums import Status, Visibility
from gongkai.publishing.models import Item, ItemKind

NO_ORGANS = (UnitKind.PARTY, UnitKind.VILLAGE, UnitKind.PUBLIC_UTILITY)
"""These publish here too, but are no administrative organs in the sense of 条例第二条."""
GOVERNMENTS = (UnitKind.GOVERNMENT, UnitKind.DISTRICT)
LOOKED_THROUGH = 1000
"""So many of the newest rows of a directory are checked for their four columns."""
MOST = 400
"""More items of the profile than this no unit has; the rest would not be shown."""

_PENDING = (Status.DRAFT, Status.IN_REVIEW, Status.RETURNED)


def owes_profile(unit: Unit) -> bool:
    """Whether the unit has to publish the whole profile: every administrative organ does."""
    return unit.kind not in NO_ORGANS


def _reviewed(item: Item) -> date:
    """When the item was last found right: its newest version, or a review after it."""
    assert item.published_at is not None
    return item.reviewed_on or day_of(item.published_at)


def _entry(item: Item, kind: str) -> Entry:
    assert item.published_at is not None
    return Entry(item.pk, kind, item.title, item.facts, _reviewed(item), day_of(item.published_at))


def _unit_columns(units: Iterable[int]) -> dict[int, Column]:
    rows = Column.objects.filter(kind=ColumnKind.UNIT, owner__in=list(units))
    return {row.owner_id: row for row in rows.select_related("site")}


@dataclass(frozen=True, slots=True)
class PublicPart:
    """One public item of a profile as pages show it; ``due_on`` None = not reviewed by day;
    ``first_on`` = when it was first public, on an old site perhaps."""

    id: int
    kind: str
    title: str
    facts: Mapping[str, Any]
    reviewed_on: date
    due_on: date | None
    published_on: date
    year: int = 0
    files: Sequence[Mapping[str, Any]] = ()
    validity: str = ""
    doc_no: str = ""
    first_on: date | None = None


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """What the public can read of a unit's profile; parts by their key, leaders in their order,
    reports and rules newest first."""

    parts: Mapping[str, Sequence[PublicPart]]

    def of(self, key: str) -> Sequence[PublicPart]:
        """The items of a part; empty when the unit has published none."""
        return self.parts.get(key, ())

    def first(self, key: str) -> PublicPart | None:
        """The current item of a part that has one only."""
        return next(iter(self.of(key)), None)


def public_profile(column: Column | None) -> PublicProfile:
    """The profile that a unit has published in its column; two queries."""
    if column is None:
        return PublicProfile({})
    ids = Placement.objects.filter(
        column=column, section=None, subject_kind="item", kind__in=KINDS
    ).values_list("subject_id", flat=True)[:MOST]
    rows = (
        Item.objects.filter(pk__in=list(ids), visibility=Visibility.PUBLIC)
        .annotate(kind_key=F("kind__key"))
        .defer("body")
    )
    found: dict[str, list[PublicPart]] = {}
    for item in rows:
        part = next((p for p in PART_KEYS.values() if p.kind == item.kind_key), None)
        if part is None or item.published_at is None:
            continue
        reviewed = _reviewed(item)
        due = review_due(reviewed, part.review_days) if part.review_days else None
        found.setdefault(part.key, []).append(
            PublicPart(
                item.pk, item.kind_key, item.title, item.facts, reviewed, due,
                day_of(item.published_at), report_year(item.title, item.facts),
                item.attachments, item.current_validity, item.doc_no,
                item.original_published_on or day_of(item.published_at),
            )
        )  # fmt: skip
    for key, parts in found.items():
        parts.sort(key=lambda p: (p.published_on, p.id), reverse=True)
        if key == "leaders":
            parts.sort(key=lambda p: (number(p.facts.get("order"), 999), p.id))
        elif key == "report":
            parts.sort(key=lambda p: (-p.year, -p.id))
    return PublicProfile(found)


def public_part_item(part: PublicPart) -> Item | None:
    """The item behind a part with its text, as far as it is public."""
    return (
        Item.objects.select_related("unit__area", "kind", "theme__parent")
        .filter(pk=part.id, visibility=Visibility.PUBLIC)
        .first()
    )


def public_texts(parts: Sequence[PublicPart]) -> dict[int, str]:
    """The stored text of public items by id; one query for all."""
    rows = Item.objects.filter(pk__in=[p.id for p in parts], visibility=Visibility.PUBLIC)
    return dict(rows.values_list("pk", "body"))


def _classes(
    columns: Mapping[int, Column],
) -> dict[int, list[tuple[str, int]]]:
    """Names and counts of the classes in which each unit publishes, by unit id; two queries.

    Guide, rules and reports stand beside the statutory content (国办公开办函〔2019〕61号) and are
    no classes of it.
    """
    names = dict(ItemKind.objects.order_by("order", "pk").values_list("key", "name"))
    place = {key: n for n, key in enumerate(names)}
    owner = {column.pk: unit_id for unit_id, column in columns.items()}
    found: dict[int, list[tuple[str, str, int]]] = {}
    for (section, column, kind), count in counts_by(
        list(owner), "section", "column", "kind"
    ).items():
        if section is None and kind in names and kind not in ("guide", "system", "annual_report"):
            found.setdefault(owner[column], []).append((kind, names[kind], count))
    return {
        unit_id: [(name, n) for _, name, n in sorted(rows, key=lambda r: place[r[0]])]
        for unit_id, rows in found.items()
    }


def _address(column: Column | None, unit: Unit) -> tuple[str, str, str]:
    """(directory, search, how to apply) of a unit."""
    home = column.site.path if column else "/"
    return f"{home}dw/{unit.code}/ml/", f"{home}search/", f"{home}dw/{unit.code}/?part=apply"


def _data(
    unit: Unit,
    column: Column | None,
    classes: Sequence[tuple[str, int]],
    entries: Sequence[Entry],
    index_example: str = "",
) -> UnitData:
    functions = max((e for e in entries if e.kind == "functions"), key=lambda e: e.id, default=None)
    guide = max((e for e in entries if e.kind == "guide"), key=lambda e: e.id, default=None)
    directory, search, apply = _address(column, unit)
    return UnitData(
        name=unit.full_name,
        functions=functions.facts if functions else {},
        functions_on=functions.published_on if functions else None,
        classes=classes,
        directory=directory,
        search=search,
        apply=apply,
        index_example=index_example,
        guide=guide.facts if guide else {},
    )


def profiles_of(units: Sequence[Unit]) -> dict[int, Profile]:
    """What the state of several units is computed from, by unit id; a constant number of
    queries however many there are. What directories lack is left out: :func:`state_of` tells."""
    ids = [unit.pk for unit in units]
    columns = _unit_columns(ids)
    kinds = dict(ItemKind.objects.filter(key__in=KINDS).values_list("pk", "key"))
    entries: dict[int, list[Entry]] = {}
    pending: dict[int, list[Pending]] = {}
    rows = Item.objects.filter(
        Q(visibility=Visibility.PUBLIC) | Q(status__in=_PENDING),
        unit_id__in=ids, kind_id__in=list(kinds),
    ).defer("body", "summary", "attachments")  # fmt: skip
    for item in rows:
        public = item.visibility == Visibility.PUBLIC and item.published_at is not None
        kind = kinds[item.kind_id]
        if public:
            entries.setdefault(item.unit_id, []).append(_entry(item, kind))
        if item.status in _PENDING:
            pending.setdefault(item.unit_id, []).append(
                Pending(item.pk, kind, item.status == Status.IN_REVIEW, public)
            )
    classes = _classes(columns)
    return {
        unit.pk: Profile(
            entries=entries.get(unit.pk, []),
            pending=pending.get(unit.pk, []),
            data=_data(
                unit, columns.get(unit.pk), classes.get(unit.pk, []), entries.get(unit.pk, [])
            ),
            founded=unit.valid_from,
            whole_government=unit.kind in GOVERNMENTS,
        )
        for unit in units
    }


def unit_data(unit: Unit) -> UnitData:
    """What the guide of one unit is made from."""
    profile = profiles_of([unit])[unit.pk]
    example = (
        Item.objects.filter(unit=unit, visibility=Visibility.PUBLIC)
        .exclude(index_no="")
        .order_by("-published_at")
        .values_list("index_no", flat=True)
        .first()
    )
    column = _unit_columns([unit.pk]).get(unit.pk)
    return _data(unit, column, profile.data.classes, profile.entries, example or "")


def directory_gaps(unit: Unit) -> list[Finding]:
    """Which of the four columns the newest thousand rows of a unit's directory lack
    (条例第十二条); one query."""
    rows = (
        Item.objects.filter(unit=unit, visibility=Visibility.PUBLIC)
        .order_by("-published_at")
        .values_list("title", *DIRECTORY_FIELDS)[:LOOKED_THROUGH]
    )
    lacking: dict[str, list[str]] = {}
    for title, *cells in rows:
        for name, cell in zip(DIRECTORY_FIELDS, cells, strict=True):
            if not cell:
                lacking.setdefault(name, []).append(str(title))
    return [directory_finding(name, len(ts), ts[0]) for name, ts in lacking.items()]


def state_of(unit: Unit, today: date) -> ProfileState:
    """The whole state of one unit's profile, directory included."""
    profile = profiles_of([unit])[unit.pk]
    state = profile_state(profile, today)
    return ProfileState(state.parts, tuple(directory_gaps(unit)))


def states_of(units: Sequence[Unit], today: date) -> list[tuple[Unit, ProfileState]]:
    """The states of several units, the worst first."""
    profiles = profiles_of(units)
    rows = [(unit, profile_state(profiles[unit.pk], today)) for unit in units]
    return sorted(rows, key=lambda row: row[1].badness, reverse=True)
