"""Whom a notice is for: named people, or whoever holds a post on the day it is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from gongkai.organisations.enums import Role
from gongkai.organisations.models import RoleAssignment, Unit, User


@dataclass(frozen=True, slots=True)
class Audience:
    """Named people, holders of posts, or both; put together with ``|``, people taken out with
    :meth:`without`. Nothing is read before a notice is sent."""

    users: frozenset[int] = frozenset()
    #: (unit id, role); unit None = in any unit
    posts: frozenset[tuple[int | None, str]] = frozenset()
    #: supervisors of a district, by its id; None = the city's
    supervised: frozenset[int | None] = frozenset()
    left_out: frozenset[int] = frozenset()

    def __or__(self, other: "Audience") -> "Audience":
        """Both audiences together; who is left out of one is left out of the whole."""
        return Audience(
            self.users | other.users,
            self.posts | other.posts,
            self.supervised | other.supervised,
            self.left_out | other.left_out,
        )

    def __bool__(self) -> bool:
        """Whether it could reach anybody at all."""
        return bool(self.users or self.posts or self.supervised)

    def without(self, *user_ids: int | None) -> "Audience":
        """The same audience, these people excepted; None is passed over."""
        gone = frozenset(i for i in user_ids if i is not None)
        return Audience(self.users, self.posts, self.supervised, self.left_out | gone)

    def held(self) -> Q | None:
        """The posts as a condition on role assignments, without the period; None for no posts."""
        condition: Q | None = None
        by_unit: dict[int | None, set[str]] = {}
        for unit_id, role in self.posts:
            by_unit.setdefault(unit_id, set()).add(role)
        parts = [
            Q(role__in=sorted(roles))
            if unit_id is None
            else Q(unit_id=unit_id, role__in=sorted(roles))
            for unit_id, roles in by_unit.items()
        ]
        for area_id in self.supervised:
            area = Q(unit__area=None) if area_id is None else Q(unit__area_id=area_id)
            parts.append(Q(role=Role.SUPERVISOR) & area)
        for part in parts:
            condition = part if condition is None else condition | part
        return condition


def people(*user_ids: int | None) -> Audience:
    """These people; None (nobody known, or the system) is passed over."""
    return Audience(users=frozenset(i for i in user_ids if i is not None))


def holders(unit: Unit | int, *roles: str) -> Audience:
    """Whoever holds one of the roles in the unit on the day of sending.

    Raises ValueError when no role is named: a notice to everybody in a unit is nobody's.
    """
    if not roles:
        raise ValueError("name the roles a notice is for")
    unit_id = unit if isinstance(unit, int) else unit.pk
    return Audience(posts=frozenset((unit_id, str(role)) for role in roles))


def supervisors_of(unit: Unit) -> Audience:
    """The supervisors nearest to the unit: its district's, or the city's for a city unit."""
    return Audience(supervised=frozenset({unit.area_id}))


def operators() -> Audience:
    """The people who run the platform."""
    return Audience(posts=frozenset({(None, str(Role.OPERATOR))}))


def _valid_on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def members(audience: Audience, day: date) -> QuerySet[User]:
    """The people with an active account whom the audience reaches on a day, as one query."""
    held = audience.held()
    found = Q(pk__in=audience.users)
    if held is not None:
        found |= Q(pk__in=RoleAssignment.objects.filter(held, _valid_on(day)).values("user"))
    rows = User.objects.filter(found, is_active=True)
    return rows.exclude(pk__in=audience.left_out) if audience.left_out else rows


def resolve_all(audiences: Sequence[Audience], day: date) -> list[set[int]]:
    """The ids of the people of every audience on a day; two queries however many there are."""
    named: set[int] = set().union(*(a.users for a in audiences)) if audiences else set()
    by_post: dict[tuple[int | None, str], set[int]] = {}
    by_area: dict[int | None, set[int]] = {}
    if any(a.posts or a.supervised for a in audiences):
        rows = RoleAssignment.objects.filter(_valid_on(day), _any_held(audiences))
        for user_id, unit_id, area_id, role in rows.values_list(
            "user_id", "unit_id", "unit__area_id", "role"
        ):
            named.add(user_id)
            by_post.setdefault((unit_id, role), set()).add(user_id)
            by_post.setdefault((None, role), set()).add(user_id)
            if role == Role.SUPERVISOR:
                by_area.setdefault(area_id, set()).add(user_id)
    active = set(User.objects.filter(is_active=True).values_list("pk", flat=True)) & named
    return [
        (
            set(a.users).union(
                *(by_post.get(post, set()) for post in a.posts),
                *(by_area.get(area, set()) for area in a.supervised),
            )
            & active
        )
        - a.left_out
        for a in audiences
    ]


def _any_held(audiences: Iterable[Audience]) -> Q:
    """A wide net over role assignments: by role only, so that it stays one short condition."""
    roles = {role for a in audiences for _, role in a.posts}
    if any(a.supervised for a in audiences):
        roles.add(str(Role.SUPERVISOR))
    return Q(role__in=sorted(roles))
