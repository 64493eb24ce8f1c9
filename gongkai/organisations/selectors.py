"""Reads over units and people."""

from collections.abc import Iterable
from datetime import date

from gongkai.core import memo
from gongkai.organisations.enums import UnitKind, UnitLevel
from gongkai.organisations.models import Unit, UnitAlias


def public_units(day: date) -> list[Unit]:
    """Units that exist on a day, in their official order."""
    return [u for u in Unit.objects.select_related("area") if u.valid_on(day)]


def public_units_by_id(ids: Iterable[int]) -> dict[int, Unit]:
    """Units by id, each with its area and parent."""
    return memo.rows("organisations.unit", ids, _units)


def _units(ids: list[int]) -> dict[int, Unit]:
    return Unit.objects.select_related("area", "parent").in_bulk(ids)


def divisions(day: date) -> list[Unit]:
    """The districts and counties, in their official order."""
    return [u for u in Unit.objects.filter(kind=UnitKind.DISTRICT) if u.valid_on(day)]


def names_to_units(day: date, area: Unit | None = None) -> dict[str, Unit]:
    """Every written name (short, full, alias) of a unit of the city level or of one district.

    A district's names win over the city's inside that district's documents.
    """
    names: dict[str, Unit] = {}
    levels = [Unit.objects.filter(area=None) | Unit.objects.filter(kind=UnitKind.DISTRICT)]
    if area is not None:
        levels.append(Unit.objects.filter(area=area))
    for units in levels:
        current = {u.pk: u for u in units if u.valid_on(day)}
        for unit in current.values():
            names[unit.short_name] = unit
            names[unit.full_name] = unit
        for alias in UnitAlias.objects.filter(unit_id__in=current):
            names[alias.name] = current[alias.unit_id]
    return names


def city_government() -> Unit | None:
    """The city's own government."""
    return Unit.objects.filter(kind=UnitKind.GOVERNMENT, level=UnitLevel.CITY).first()


def supervising_office(area: Unit | None) -> Unit | None:
    """The office in charge of openness for the city or for one district."""
    return Unit.objects.filter(kind=UnitKind.OFFICE, area=area, valid_to=None).first()
