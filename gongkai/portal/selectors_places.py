"""Reads for the places of utilities, interpretation, dialogue, grass roots and institutions.

Like ``selectors``: every item starts from public ones, every function is ``public_*`` and says how
many queries it costs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery

from gongkai.catalogue.models import Column, ColumnKind, Placement, PublicSite
from gongkai.catalogue.tallies import counts_by
from gongkai.core.clock import at, day_of
from gongkai.core.models import Fact
from gongkai.ledger.selectors import public_plan
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Visibility
from gongkai.publishing.interpretations import is_original
from gongkai.publishing.models import Item, ItemLink
from gongkai.publishing.placing import item_path

MOST = 400
"""Of documents and interpretations of a year so many are looked at; a city makes fewer."""


def _public_items() -> QuerySet[Item]:
    return Item.objects.filter(visibility=Visibility.PUBLIC)


def _of_area(rows: QuerySet[Item], area: str) -> QuerySet[Item]:
    """Of one district (its code), or of the city's own units ('')."""
    return rows.filter(unit__area__code=area) if area else rows.filter(unit__area=None)


def public_units_by_code(codes: Iterable[str], day: date) -> dict[str, Unit]:
    """Units that exist on a day, by code, with the department above them; one query."""
    wanted = list(codes)
    if not wanted:
        return {}
    rows = Unit.objects.filter(code__in=wanted).select_related("parent")
    return {unit.code: unit for unit in rows if unit.valid_on(day)}


def public_newest_by_kind(unit_ids: Iterable[int]) -> dict[int, dict[str, tuple[date, str]]]:
    """Day and address of every unit's newest public item of every kind; two queries."""
    rows = (
        _public_items()
        .filter(unit__in=list(unit_ids), original_published_on=None)
        .order_by()
        .values("unit_id", "kind_id")
        .annotate(newest=Max("published_at"))
    )
    wanted = Q()
    for row in rows:
        wanted |= Q(unit_id=row["unit_id"], kind_id=row["kind_id"], published_at=row["newest"])
    found: dict[int, dict[str, tuple[date, str]]] = {}
    if not wanted:
        return found
    for pk, unit_id, kind, moment in (
        _public_items().filter(wanted).values_list("pk", "unit_id", "kind__key", "published_at")
    ):
        assert moment is not None
        found.setdefault(unit_id, {})[kind] = (day_of(moment), item_path(pk))
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """An interpretation as its place counts it."""

    id: int
    title: str
    path: str
    unit: str
    form: str
    original: bool
    published_at: datetime
    summary: str


def public_interpretations(area: str, since: date) -> list[Reading]:
    """Interpretations released since a day, newest first, history left out; one query."""
    rows = _of_area(
        _public_items().filter(
            kind__key="interpretation", published_at__gte=at(since), original_published_on=None
        ),
        area,
    )
    found = []
    for pk, title, unit, facts, source, moment, summary in rows.order_by(
        "-published_at", "-id"
    ).values_list("pk", "title", "unit__short_name", "facts", "source", "published_at", "summary")[
        :MOST
    ]:
        assert moment is not None
        found.append(
            Reading(
                pk, title, item_path(pk), unit, str(facts.get("form") or "text"),
                is_original(facts, source), moment, summary,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Explained:
    """A document that should be interpreted, and its earliest interpretation if there is one."""

    title: str
    path: str
    unit: str
    published_at: datetime
    reading: str
    read_at: datetime | None


def public_explained(area: str, since: date) -> list[Explained]:
    """Documents of the kinds that need an interpretation, released since a day, newest first;
    two queries."""
    rows = _of_area(
        _public_items().filter(
            kind__needs_interpretation=True,
            published_at__gte=at(since),
            original_published_on=None,
        ),
        area,
    )
    documents = list(
        rows.order_by("-published_at", "-id").values_list(
            "pk", "title", "unit__short_name", "published_at"
        )[:MOST]
    )
    readings: dict[int, tuple[datetime, int]] = {}
    links = ItemLink.objects.filter(
        target__in=[row[0] for row in documents],
        relation="interprets",
        source__visibility=Visibility.PUBLIC,
    ).values_list("target_id", "source__published_at", "source_id")
    for target, moment, source in links:
        if moment and (target not in readings or moment < readings[target][0]):
            readings[target] = (moment, source)
    found = []
    for pk, title, unit, moment in documents:
        read = readings.get(pk)
        assert moment is not None
        found.append(
            Explained(
                title, item_path(pk), unit, moment,
                item_path(read[1]) if read else "", read[0] if read else None,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """A public item that answers another one, with its facts."""

    path: str
    title: str
    published_at: datetime
    facts: Mapping[str, Any]


def public_answers(item_ids: Iterable[int]) -> dict[int, Answer]:
    """The newest public feedback on each of the calls, by the call's id; one query."""
    rows = (
        ItemLink.objects.filter(
            target__in=list(item_ids),
            relation="responds",
            source__visibility=Visibility.PUBLIC,
        )
        .select_related("source")
        .order_by("source__published_at")
    )
    found = {}
    for link in rows:
        source = link.source
        assert source.published_at is not None
        found[link.target_id] = Answer(
            item_path(source.pk), source.title, source.published_at, source.facts
        )
    return found


COUNTED = {
    "released": "publishing.item.released",
    "corrected": "publishing.item.corrected",
    "withdrawn": "publishing.item.withdrawn",
}


def public_year_counts(area: str, first: date, last: date) -> dict[str, int]:
    """How many items were released, corrected and withdrawn between two days by the units of the
    whole city ('') or of one district; two queries.

    Only what the public can see anyway: a release, a correction and a withdrawal each leave a
    page. What is returned in review or withheld is no public count and is not read here.
    """
    rows = Fact.objects.filter(
        action__in=COUNTED.values(),
        occurred_at__gte=at(first),
        occurred_at__lte=at(last, 23, 59),
    )
    if area:
        rows = rows.filter(
            unit_id__in=list(Unit.objects.filter(area__code=area).values_list("pk", flat=True))
        )
    found = dict(rows.order_by().values_list("action").annotate(n=Count("pk")))
    return {name: found.get(action, 0) for name, action in COUNTED.items()}


@dataclass(frozen=True, slots=True)
class Kept:
    """A column as the directory and the platform's table show it."""

    column: Column
    total: int
    newest: date | None
    title: str
    path: str


def public_kept(sites: Sequence[PublicSite]) -> list[Kept]:
    """The topic columns of the sites with owner, sections, size and newest item; three queries.

    What came with an old site counts as content and never as an update (it stands at the day it
    was first public).
    """
    newest = Placement.objects.filter(column=OuterRef("pk"), section=None).order_by(
        "-published_at", "-id"
    )
    rows = list(
        Column.objects.filter(site__in=sites, kind=ColumnKind.TOPIC)
        .select_related("site", "owner")
        .prefetch_related("sections")
        .annotate(
            newest_at=Subquery(newest.values("published_at")[:1]),
            newest_card=Subquery(newest.values("card")[:1]),
        )
        .order_by("site__order", "order", "id")
    )
    counts = {column: n for column, section, n in _totals(rows) if section is None}
    found = []
    for column in rows:
        card = getattr(column, "newest_card", None) or {}
        moment = getattr(column, "newest_at", None)
        found.append(
            Kept(
                column, counts.get(column.pk, 0), day_of(moment) if moment else None,
                str(card.get("title", "")), str(card.get("path", "")),
            )
        )  # fmt: skip
    return found


def _totals(columns: Sequence[Column]) -> list[tuple[int, int | None, int]]:
    return [
        (column, section, n)
        for (column, section), n in counts_by(columns, "column", "section").items()
    ]


def public_point_heads(area: Unit | None, day: date) -> dict[int, str]:
    """Section titles of the points of the present plan, by number; two queries."""
    plan = public_plan(area, day)
    if plan is None:
        return {}
    return dict(plan.points.values_list("number", "section_title"))


def public_villages(area_id: int | None, day: date) -> dict[str, list[Unit]]:
    """Villages by the name of their district, of one district or (None) of the city; one query."""
    rows = Unit.objects.filter(kind=UnitKind.VILLAGE).select_related("parent", "area")
    if area_id:
        rows = rows.filter(area_id=area_id)
    found: dict[str, list[Unit]] = {}
    for unit in rows.annotate(place=F("area__order")).order_by("place", "order", "pk"):
        if unit.valid_on(day):
            name = unit.area.short_name if unit.area else ""
            found.setdefault(name, []).append(unit)
    return found
