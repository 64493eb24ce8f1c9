"""Who the signed-in person is, and the checks that services make before they write."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from gongkai.core.actors import Actor
from gongkai.core.errors import NotVisible, PermissionRefused
from gongkai.organisations import rules
from gongkai.organisations.enums import Role
from gongkai.organisations.models import RoleAssignment, Unit, User


@dataclass(frozen=True, slots=True)
class Member:
    """A person with the roles they hold on one day. Built once per request or command."""

    actor: Actor
    holdings: tuple[rules.Holding, ...]

    def holds(self, role: str, unit: Unit | int) -> bool:
        """Whether the role is held in this unit."""
        return rules.holds(self.holdings, role, unit if isinstance(unit, int) else unit.pk)

    def holds_anywhere(self, *roles: str) -> bool:
        """Whether any of the roles is held in any unit."""
        return any(h.role in roles for h in self.holdings)

    def unit_ids(self, *roles: str) -> set[int]:
        """Units in which one of the roles (any role when none is named) is held."""
        return {h.unit_id for h in self.holdings if not roles or h.role in roles}

    def supervises(self, unit: Unit) -> bool:
        """Whether a supervisor role reaches the unit."""
        return rules.supervises(self.holdings, rules.Place(unit.pk, unit.area_id))

    def may_see(self, unit: Unit) -> bool:
        """Whether unpublished work of the unit may be seen."""
        return rules.may_see(self.holdings, rules.Place(unit.pk, unit.area_id))

    def supervised_areas(self) -> tuple[bool, set[int]]:
        """(the whole city, else the districts) that a supervisor role reaches."""
        held = [h for h in self.holdings if h.role == Role.SUPERVISOR]
        return any(h.area_id is None for h in held), {h.area_id for h in held if h.area_id}


def member_for(user: User | AnonymousUser, day: date) -> Member:
    """The person's roles on a day; an anonymous visitor or inactive account holds none."""
    if not isinstance(user, User) or not user.is_active:
        return Member(Actor(key="anonymous", name="访客"), ())
    rows = RoleAssignment.objects.filter(user=user).select_related("unit")
    holdings = tuple(
        rules.Holding(
            r.role, r.unit_id, r.unit.area_id, r.valid_from, r.valid_to, r.unit.short_name
        )
        for r in rows
    )
    return Member(
        Actor(key=f"user:{user.pk}", name=str(user), user_id=user.pk),
        rules.held_on(holdings, day),
    )


def system_member(job: str, name: str = "系统") -> Member:
    """A named system job; it holds no role, services that accept jobs say so."""
    return Member(Actor.system(job, name), ())


def require_role(member: Member, unit: Unit, *roles: str, act: str) -> None:
    """Refuse unless one of the roles is held in the unit.

    Raises PermissionRefused naming the act, the roles that may do it and what the person holds.
    """
    if any(member.holds(role, unit) for role in roles):
        return
    wanted = "、".join(Role(role).label for role in roles)
    raise PermissionRefused(
        "岗位权限",
        f"“{act}”只能由{unit.short_name}的{wanted}岗位办理，您不在这个岗位上。",
        f"请由{unit.short_name}的{wanted}人员登录后办理，或联系运维人员核对岗位。",
    )


def require_visible(member: Member, unit: Unit) -> None:
    """Another unit's unpublished work does not exist for a stranger: raises NotVisible."""
    if not member.may_see(unit):
        raise NotVisible


def visible_units(member: Member) -> QuerySet[Unit]:
    """Units whose unpublished work the person may see."""
    whole_city, areas = member.supervised_areas()
    if whole_city:
        return Unit.objects.all()
    return Unit.objects.filter(Q(pk__in=member.unit_ids()) | Q(area_id__in=areas))


def of_visible_units(member: Member, field: str = "unit") -> Q:
    """The condition that keeps rows of :func:`visible_units` only.

    None at all for who may see the whole city, so that the newest rows come from an index.
    """
    whole_city, areas = member.supervised_areas()
    if whole_city:
        return Q()
    own = Q(**{f"{field}_id__in": member.unit_ids()})
    return own | Q(**{f"{field}__area_id__in": areas}) if areas else own


def unit_ids_visible(member: Member) -> Iterable[int]:
    """Ids of :func:`visible_units`, as a subquery."""
    return visible_units(member).values_list("pk", flat=True)
