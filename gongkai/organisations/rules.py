"""Which roles count on a day, and how far a supervisor sees. Plain values only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Holding:
    """One role held: unit id, the id of the unit's district (None = city level), the period, and
    the unit's short name."""

    role: str
    unit_id: int
    area_id: int | None
    valid_from: date
    valid_to: date | None = None
    unit_name: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record belongs: its unit, and that unit's district (None = city level)."""

    unit_id: int
    area_id: int | None


def held_on(holdings: Iterable[Holding], day: date) -> tuple[Holding, ...]:
    """The holdings that count on a day; both ends of a period belong to it."""
    return tuple(
        h for h in holdings if h.valid_from <= day and (h.valid_to is None or day <= h.valid_to)
    )


def holds(holdings: Iterable[Holding], role: str, unit_id: int) -> bool:
    """Whether the role is held in exactly this unit."""
    return any(h.role == role and h.unit_id == unit_id for h in holdings)


def supervises(holdings: Iterable[Holding], place: Place) -> bool:
    """Whether a supervisor role reaches a place.

    The city's office sees the whole city, districts included; a district's office sees only the
    units of its own district.
    """
    return any(
        h.role == "supervisor" and (h.area_id is None or h.area_id == place.area_id)
        for h in holdings
    )


def may_see(holdings: Iterable[Holding], place: Place) -> bool:
    """Whether unpublished work of a unit may be seen: own unit in any role, or supervised."""
    held = tuple(holdings)
    return any(h.unit_id == place.unit_id for h in held) or supervises(held, place)


def grant_problem(
    holdings: Iterable[Holding], *, granter: int | None, person: int, role: str, place: Place
) -> str | None:
    """Why a role may not be given or ended here, in Chinese; None when it may.

    An operator does it everywhere, a supervisor within the own area; only an operator makes
    operators, because an operator is not bound to an area. Nobody does it for themselves.
    """
    held = tuple(holdings)
    if granter is not None and granter == person:
        return "不能给自己授予岗位，也不能改动自己的岗位"
    if any(h.role == "operator" for h in held):
        return None
    if role == "operator":
        return "运维岗位只能由运维人员授予和结束"
    if supervises(held, place):
        return None
    return "授予和结束岗位只能由运维人员，或者主管本区域的政务公开主管办理"


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included; ``until`` None = open."""

    since: date
    until: date | None = None

    def overlaps(self, other: "Period") -> bool:
        """Whether the two have a day in common."""
        return (self.until is None or other.since <= self.until) and (
            other.until is None or self.since <= other.until
        )
