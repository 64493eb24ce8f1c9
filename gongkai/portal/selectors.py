"""Reads that only the public site needs. Every item read here starts from :func:`_public_items`.

Lists come from placements, whose rows exist only for what is public. All functions are
``public_*``: what they return may be shown to everybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any

from django.db.models import Q, QuerySet

from gongkai.catalogue.models import Column, ColumnKind, Placement, PublicSite, Section, Theme
from gongkai.catalogue.selectors import Page, public_columns
from gongkai.catalogue.tallies import counts_by
from gongkai.core import memo
from gongkai.core.clock import SHANGHAI, at, day_of
from gongkai.core.models import Blob, Fact
from gongkai.organisations.models import Unit
from gongkai.portal.rules import OPINION_WORDS
from gongkai.publishing.enums import Visibility, WithdrawCategory
from gongkai.publishing.models import Item
from gongkai.publishing.placing import item_path, listed_at
from gongkai.publishing.selectors import with_reference

FOUND_LIMIT = 20
_LARGEST = 2**62


def _public_items() -> QuerySet[Item]:
    """Items that are public now; the only base for reading items in this app."""
    return Item.objects.filter(visibility=Visibility.PUBLIC)


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A notice whose day lies ahead; ``ends`` = the day is the end of its validity."""

    id: int
    title: str
    unit: str
    on: date
    place: str
    ends: bool


def public_upcoming(area: str, day: date, *, limit: int = 4) -> list[Upcoming]:
    """Notices of the whole city (``area`` '') or of one district whose day is not past, nearest
    first: the day of the event, or the end of validity within two months.

    Only what was published within a year is looked at, so that the home page reads a short
    stretch of an index however old the archive is.
    """
    rows = _public_items().filter(
        Q(facts__event_on__gte=day.isoformat())
        | Q(
            facts__event_on__isnull=True,
            expires_on__gte=day,
            expires_on__lte=day + timedelta(days=61),
        ),
        published_at__gte=at(day - timedelta(days=366)),
        kind__key="notice",
    )
    if area:
        rows = rows.filter(unit__area__code=area)
    found = []
    rows = rows.select_related("unit").only("title", "facts", "expires_on", "unit__short_name")
    for item in rows.order_by("-published_at", "-id")[:200]:
        event_on = _event_day(item)
        on = event_on or item.expires_on
        if on is not None:
            place = str(item.facts.get("place") or "")
            found.append(
                Upcoming(item.pk, item.title, item.unit.short_name, on, place, event_on is None)
            )
    return sorted(found, key=lambda u: (u.on, u.id))[:limit]


def _event_day(item: Item) -> date | None:
    try:
        return date.fromisoformat(str(item.facts.get("event_on") or "")[:10])
    except ValueError:
        return None


def read_cursor(cursor: str) -> tuple[datetime, int] | None:
    """(moment, id) of the row a stretch ended with; None for what is no cursor."""
    stamp, _, row = cursor.rpartition("-")
    try:
        moment, number = datetime.fromtimestamp(float(stamp), SHANGHAI), int(row)
    except (ValueError, OverflowError, OSError):
        return None
    return (moment, number) if 0 < number < _LARGEST else None


def cursor_of(row: Placement) -> str:
    """The cursor of the stretch that follows a row."""
    return f"{row.published_at.timestamp():.6f}-{row.pk}"


def known_cursor(cursor: str) -> str:
    """The cursor itself when it can be read, else empty: the list then starts at the top."""
    return cursor if len(cursor) < 60 and read_cursor(cursor) else ""


def public_stream(
    column: Column,
    *,
    kind: str = "",
    opinion: bool = False,
    after: str = "",
    year: int = 0,
    size: int = 20,
) -> Page:
    """One page of a column narrowed to one kind of information or to calls for opinions; newest
    first, read by key."""
    rows = Placement.objects.filter(column=column, section=None)
    if opinion:
        asks = reduce(lambda a, b: a | b, (Q(card__title__icontains=w) for w in OPINION_WORDS))
        rows = rows.filter(asks, kind="notice")
    elif kind:
        rows = rows.filter(kind=kind)
    if 1949 <= year <= 2999:
        rows = rows.filter(
            published_at__gte=at(date(year, 1, 1)), published_at__lt=at(date(year + 1, 1, 1))
        )
    key = read_cursor(after) if after else None
    if key:
        rows = rows.filter(published_at__lte=key[0]).exclude(published_at=key[0], id__gte=key[1])
    found = list(rows.order_by("-published_at", "-id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(
        tuple({**p.card, "published_at": p.published_at} for p in found[:size]),
        cursor_of(last) if last else "",
    )


@dataclass(frozen=True, slots=True)
class Told:
    """A public item with its own facts, for blocks that draw what it says."""

    id: int
    kind: str
    title: str
    path: str
    unit: str
    published_at: datetime
    summary: str
    doc_no: str
    contact: str
    validity: str
    formed_on: date | None
    effective_on: date | None
    expires_on: date | None
    topics: Sequence[str]
    keywords: Sequence[str]
    area: str
    """Code of the district the unit belongs to; empty for the city's own units."""
    facts: Mapping[str, Any]
    attachments: Sequence[Mapping[str, Any]]
    area_id: int | None = None


def _told(item: Item) -> Told:
    return Told(
        id=item.pk,
        kind=item.kind.key,
        title=item.title,
        path=item_path(item.pk),
        unit=item.unit.short_name,
        published_at=listed_at(item),
        summary=item.summary,
        doc_no=item.doc_no,
        contact=item.contact,
        validity=item.current_validity,
        formed_on=item.formed_on,
        effective_on=item.effective_on,
        expires_on=item.expires_on,
        topics=item.topics,
        keywords=item.keywords,
        area=item.unit.area.code if item.unit.area else "",
        facts=item.facts,
        attachments=item.attachments or (),
        area_id=item.unit.area_id,
    )


def public_told(
    column: Column,
    *,
    kinds: Iterable[str] = (),
    sections: Iterable[Section] = (),
    size: int = 6,
) -> list[Told]:
    """The newest items of a column (or of any of some sections) with their facts, newest first;
    two queries, read by key however large the column is."""
    rows = Placement.objects.filter(column=column, subject_kind="item")
    chosen = list(sections)
    rows = rows.filter(section__in=chosen) if chosen else rows.filter(section=None)
    wanted = list(kinds)
    if wanted:
        rows = rows.filter(kind__in=wanted)
    ids = list(
        dict.fromkeys(
            rows.order_by("-published_at", "-id").values_list("subject_id", flat=True)[
                : size * max(1, len(chosen))
            ]
        )
    )[:size]
    return public_told_of(ids)


def public_told_of(ids: Iterable[int]) -> list[Told]:
    """Public items by id with their facts, in the order given; one query."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    found = {item.pk: item for item in with_reference(_public_items().filter(pk__in=wanted))}
    return [_told(found[pk]) for pk in wanted if pk in found]


def public_section_cards(
    column: Column, sections: Iterable[Section], *, each: int = 5, own: bool = True
) -> dict[int | None, tuple[dict[str, Any], ...]]:
    """The newest cards of a column (key None, unless ``own`` is false) and of every section
    given; one query."""
    of_column = Placement.objects.filter(column=column).order_by("-published_at", "-id")
    wanted = Q(pk__in=of_column.filter(section=None).values("pk")[:each]) if own else Q()
    for section in sections:
        wanted |= Q(pk__in=of_column.filter(section=section).values("pk")[:each])
    found: dict[int | None, list[dict[str, Any]]] = {}
    for row in Placement.objects.filter(wanted).order_by("-published_at", "-id"):
        card = {**row.card, "published_at": row.published_at}
        found.setdefault(row.section_id, []).append(card)
    return {section: tuple(cards) for section, cards in found.items()}


@dataclass(frozen=True, slots=True)
class ColumnFigures:
    """How many items a column (key None) and its sections hold, and the newest day."""

    counts: Mapping[int | None, int]
    newest: date | None

    @property
    def total(self) -> int:
        """All items of the column."""
        return self.counts.get(None, 0)


def public_figures(column: Column) -> ColumnFigures:
    """Counts and newest day of a column; two queries."""
    counts = {key: n for (key,), n in counts_by([column], "section").items()}
    newest = (
        Placement.objects.filter(column=column, section=None)
        .order_by("-published_at")
        .values_list("published_at", flat=True)
        .first()
    )
    return ColumnFigures(counts, day_of(newest) if newest else None)


def public_years(column: Column, section: Section | None = None) -> list[int]:
    """The years of which a column (or section) holds something, newest first."""
    mine = section.pk if section else None
    counts = counts_by([column], "section", "year")
    return sorted((year for part, year in counts if part == mine), reverse=True)


def public_columns_of(item_id: int) -> list[Column]:
    """The columns in which an item stands, topics first."""
    rows = Placement.objects.filter(subject_kind="item", subject_id=item_id, section=None)
    placed = dict(rows.order_by("id").values_list("column_id", "id"))
    columns = public_columns(placed).values()
    return sorted(columns, key=lambda column: (column.order, placed[column.pk]))


def public_site_columns(sites: Iterable[PublicSite]) -> dict[int, list[Column]]:
    """Topics and streams of the sites, each with its sections; two queries."""
    known = _site_columns(tuple(site.pk for site in sites))
    return {site: list(columns) for site, columns in known.items()}


@memo.reference(lambda sites: sites)
def _site_columns(sites: tuple[int, ...]) -> dict[int, list[Column]]:
    found: dict[int, list[Column]] = {}
    rows = (
        Column.objects.filter(site__in=sites)
        .exclude(kind=ColumnKind.UNIT)
        .select_related("site", "owner")
        .prefetch_related("sections")
    )
    for column in rows:
        found.setdefault(column.site_id, []).append(column)
    return found


@memo.reference(lambda keys: tuple(sorted(keys)))
def public_topic_sites(keys: Iterable[str]) -> dict[str, set[str]]:
    """The prefixes of the sites that keep a topic column, by the column's key."""
    found: dict[str, set[str]] = {}
    rows = Column.objects.filter(kind=ColumnKind.TOPIC, key__in=list(keys))
    for key, prefix in rows.values_list("key", "site__prefix"):
        found.setdefault(key, set()).add(prefix)
    return found


def public_unit_counts() -> dict[int, int]:
    """How many public items each unit has, by unit id."""
    owners = dict(Column.objects.filter(kind=ColumnKind.UNIT).values_list("pk", "owner_id"))
    counts = counts_by(owners, "section", "column")
    return {owners[column]: n for (section, column), n in counts.items() if section is None}


def public_unit_column(code: str) -> Column | None:
    """The column of a unit on whichever site it lies, with owner and its relations."""
    return (
        Column.objects.select_related("site", "owner__parent", "owner__area", "owner__successor")
        .filter(kind=ColumnKind.UNIT, key=f"unit-{code}")
        .first()
    )


def public_unit_kinds(column: Column) -> dict[str, int]:
    """How many items of each kind stand in a column."""
    counts = counts_by([column], "section", "kind")
    return {kind: n for (section, kind), n in counts.items() if section is None and kind}


def public_unit_rules(unit: Unit, *, size: int = 20) -> Page:
    """What a unit has published in a column 公开制度, on whichever site."""
    rows = Placement.objects.filter(column__key="zhidu", section=None, unit_id=unit.pk)
    found = rows.order_by("-published_at", "-id")[:size]
    return Page(tuple({**p.card, "published_at": p.published_at} for p in found), "")


def public_unit_names(codes: Iterable[str]) -> dict[str, str]:
    """Short names of units by code."""
    wanted = list(codes)
    if not wanted:
        return {}
    return dict(Unit.objects.filter(code__in=wanted).values_list("code", "short_name"))


def public_theme(code: str) -> Theme | None:
    """A theme with its top class."""
    return Theme.objects.select_related("parent").filter(code=code).first() if code else None


def public_blobs(digests: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Size in bytes and content type of files by SHA-256 (of files a public record names)."""
    wanted = list(digests)
    if not wanted:
        return {}
    rows = Blob.objects.filter(pk__in=wanted).values_list("sha256", "size", "content_type")
    return {sha: (size, content_type) for sha, size, content_type in rows}


def public_withdrawals(item_id: int) -> list[tuple[datetime, str]]:
    """When a public item had been withdrawn earlier and in which case; no reasons, no text."""
    facts = Fact.objects.filter(
        subject_kind="item", subject_id=str(item_id), action="publishing.item.withdrawn"
    ).order_by("occurred_at", "id")
    labels = dict(WithdrawCategory.choices)
    return [(f.occurred_at, labels.get(f.details.get("category", ""), "")) for f in facts]
