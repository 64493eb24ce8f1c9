"""Public columns and the units' own columns as search finds them: places that one can go to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db.models import Q, QuerySet

from gongkai.catalogue.models import Column, ColumnKind
from gongkai.catalogue.sites.enums import SHUT, State
from gongkai.search.entries import PUBLIC, Change, Entry, Shown, Source, number_key

KIND: Final = "column"
UNIT: Final = "unit"
CITY: Final = "city"
_ALL_AFTER: Final = (
    "organisations.units.loaded",
    "catalogue.places.loaded",
    "catalogue.site.changed",
)


def _public() -> QuerySet[Column]:
    """Topic columns and unit columns of sites that answer."""
    rows = Column.objects.exclude(kind=ColumnKind.STREAM)
    return rows.exclude(Q(site__state__in=SHUT) | Q(site__state=State.PREPARING))


def _names(column: Column) -> list[str]:
    """What a column is called; of a unit's, every written name of the unit."""
    if column.kind != ColumnKind.UNIT:
        return [column.name]
    unit = column.owner
    return [unit.full_name, unit.short_name, column.name, *(a.name for a in unit.aliases.all())]


def entry_of(column: Column) -> Entry:
    """A column as search keeps it: it comes first when it is asked for by one of its names."""
    names = list(dict.fromkeys(_names(column)))
    of_unit = column.kind == ColumnKind.UNIT
    sections = "" if of_unit else " ".join(section.name for section in column.sections.all())
    area = column.owner.area if of_unit else column.site.owner.area
    return Entry(
        kind=KIND,
        id=column.pk,
        title=_title(column),
        meta=" ".join(filter(None, (*names[1:], sections))),
        numbers=tuple(number_key(name) for name in names),
        facets={
            "type": (UNIT if of_unit else KIND,),
            "unit": (column.owner.code,),
            "site": (area.code if area else CITY,),
        },
        version=_version(column),
    )


def _title(column: Column) -> str:
    """A unit's full name; a district's column says which site it is on, for the city's bears the
    same name."""
    if column.kind == ColumnKind.UNIT:
        return column.owner.full_name
    return f"{column.name}（{column.site.name}）" if column.site.prefix else column.name


def _version(column: Column) -> str:
    return "|".join((_title(column), column.name, column.owner.full_name, column.description))


def read(ids: Sequence[int]) -> Iterable[Entry]:
    """Entries of those columns that are public now."""
    rows = _public().filter(pk__in=ids).select_related("owner__area", "site__owner__area")
    for column in rows.prefetch_related("owner__aliases", "sections"):
        yield entry_of(column)


def ids(after: int, limit: int) -> Sequence[int]:
    """Public columns above an id."""
    rows = _public().filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def touched(change: Change) -> Iterable[int]:
    """The columns that a fact is about: all of them when units, places or a site changed."""
    if change.action in _ALL_AFTER:
        return list(Column.objects.order_by("pk").values_list("pk", flat=True))
    return [int(change.id)] if change.kind == KIND and change.id.isdecimal() else []


def show(wanted: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Shown]:
    """What lists of hits say of columns. One query."""
    rows = _public().filter(pk__in={pk for pk, _ in wanted})
    found = {}
    for column in rows.select_related("owner", "site"):
        of_unit = column.kind == ColumnKind.UNIT
        found[(column.pk, "")] = Shown(
            version=_version(column),
            title=_title(column),
            path=column.path,
            tag="单位" if of_unit else "栏目",
            tone="idle",
            unit="" if of_unit else column.owner.short_name,
            summary=column.description or ("政府信息公开专栏" if of_unit else ""),
            notes=_notes(column),
        )
    return found


def _notes(column: Column) -> tuple[str, ...]:
    if column.kind != ColumnKind.UNIT:
        return ("已归档",) if column.closed_on else ()
    until = column.owner.valid_to
    return (f"设立到 {until.year} 年 {until.month} 月 {until.day} 日",) if until else ()


SOURCE: Final = Source(KIND, "单位和栏目", PUBLIC, read, ids, touched, show)
