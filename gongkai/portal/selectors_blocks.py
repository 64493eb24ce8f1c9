"""Reads for the blocks of composed columns. All are ``public_*``: from placements, bounded in rows
and in queries however large the archive is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from gongkai.catalogue.models import Column, Placement, Section
from gongkai.core.clock import day_of
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit
from gongkai.portal.selectors import Told, public_told_of
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import ItemLink
from gongkai.publishing.placing import item_path


def _own(rows: QuerySet[Placement], column: Column) -> QuerySet[Placement]:
    """Only what the column's own level published: the city's columns also hold what districts
    post, and their figures must not be mixed with the city's."""
    if column.site.prefix:
        return rows
    return rows.filter(unit_id__in=Unit.objects.filter(area=None).values("pk"))


def public_own_told(
    column: Column, *, kinds: Iterable[str], sections: Iterable[Section], size: int
) -> list[Told]:
    """The newest items of some sections that the column's own level published, with their facts,
    newest first; two queries."""
    chosen = list(sections)
    if not chosen:
        return []
    rows = Placement.objects.filter(column=column, subject_kind="item", section__in=chosen)
    rows = _own(rows.filter(kind__in=list(kinds)), column).order_by("-published_at", "-id")
    ids = list(rows.values_list("subject_id", flat=True)[: size * len(chosen)])
    return public_told_of(list(dict.fromkeys(ids))[:size])


def public_newest_by_section(
    column: Column,
    sections: Iterable[Section],
    *,
    kinds: Iterable[str] = (),
    each: int = 1,
    own: bool = False,
) -> dict[str, list[Told]]:
    """The newest items of every section by its key, with their facts; two queries. ``own`` leaves
    out what districts post in a column of the city."""
    chosen = {section.pk: section.key for section in sections}
    if not chosen:
        return {}
    newest = Placement.objects.filter(column=column, subject_kind="item")
    wanted = list(kinds)
    if wanted:
        newest = newest.filter(kind__in=wanted)
    if own:
        newest = _own(newest, column)
    newest = newest.order_by("-published_at", "-id")
    taken = Q()
    for pk in chosen:
        taken |= Q(pk__in=newest.filter(section=pk).values("pk")[:each])
    rows = list(
        Placement.objects.filter(taken)
        .order_by("-published_at", "-id")
        .values_list("section_id", "subject_id")
    )
    told = {one.id: one for one in public_told_of(pk for _, pk in rows)}
    found: dict[str, list[Told]] = {key: [] for key in chosen.values()}
    for section, pk in rows:
        if section is not None and pk in told:
            found[chosen[section]].append(told[pk])
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """What explains a document: an interpretation or questions and answers."""

    kind: str
    title: str
    path: str
    unit: str
    published_on: date | None


def public_readings(ids: Iterable[int]) -> dict[int, list[Reading]]:
    """What explains each document, newest first; one query."""
    wanted = list(ids)
    if not wanted:
        return {}
    links = (
        ItemLink.objects.filter(
            target__in=wanted,
            relation__in=("interprets", "imported"),
            source__visibility=Visibility.PUBLIC,
        )
        .select_related("source__unit", "source__kind")
        .order_by("-source__published_at", "-id")
    )
    found: dict[int, list[Reading]] = {}
    for link in links:
        source = link.source
        moment = source.published_at
        found.setdefault(link.target_id, []).append(
            Reading(
                kind=source.kind.key,
                title=source.title,
                path=item_path(source.pk),
                unit=source.unit.short_name,
                published_on=day_of(moment) if moment else None,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Area:
    """A district that may be chosen."""

    code: str
    name: str


def public_areas() -> list[Area]:
    """The districts of the city in their order; one query."""
    rows = Unit.objects.filter(kind=UnitKind.DISTRICT).order_by("order", "pk")
    return [Area(unit.code, unit.short_name.removesuffix("政府")) for unit in rows]


def public_cards_of_area(
    column: Column, section: Section, area: str | None, *, size: int = 8
) -> Sequence[Mapping[str, Any]]:
    """The newest cards of a section: of everybody (``area`` None), of the city's own units (''),
    or of the units of one district; one query."""
    rows = Placement.objects.filter(column=column, section=section)
    if area is not None:
        units = Unit.objects.filter(area__code=area) if area else Unit.objects.filter(area=None)
        rows = rows.filter(unit_id__in=units.values("pk"))
    found = rows.order_by("-published_at", "-id")[:size]
    return [{**p.card, "published_at": p.published_at} for p in found]
