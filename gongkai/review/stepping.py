"""Which steps a unit's submissions pass: who may change them, and what can never be changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import RoleAssignment, Unit
from gongkai.review.enums import STEP_ROLE, Step
from gongkai.review.models import ReviewStep
from gongkai.review.rules import normalise_steps
from gongkai.review.services import steps_for

CHOOSABLE = (Step.FIRST, Step.SECOND, Step.FINAL)
"""The secrecy review is not for choosing: it always comes last (条例第十七条)."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One unit with the steps it uses and how many people hold the post of each."""

    unit: Unit
    own: bool
    steps: tuple[tuple[str, str, int], ...]

    @property
    def unstaffed(self) -> tuple[str, ...]:
        """Steps for which nobody holds the post: a submission would stop there."""
        return tuple(label for _, label, people in self.steps if not people)


def units_for(member: Member) -> QuerySet[Unit]:
    """Units whose steps the person may change: all for operators, else the supervised ones."""
    units = Unit.objects.filter(valid_to=None).order_by("order", "pk")
    whole_city, areas = member.supervised_areas()
    if whole_city or member.holds_anywhere(Role.OPERATOR):
        return units
    return units.filter(area_id__in=areas)


def rows_of(units: Sequence[Unit], today: date) -> list[StepRow]:
    """The steps of units and who staffs them; three queries however many units."""
    ids = [unit.pk for unit in units]
    chosen: dict[int | None, list[str]] = {}
    for unit_id, step in ReviewStep.objects.filter(Q(unit_id__in=ids) | Q(unit=None)).values_list(
        "unit_id", "step"
    ):
        chosen.setdefault(unit_id, []).append(step)
    held = (
        RoleAssignment.objects.filter(unit_id__in=ids, role__in=STEP_ROLE.values())
        .filter(valid_from__lte=today, user__is_active=True)
        .filter(Q(valid_to=None) | Q(valid_to__gte=today))
        .values_list("unit_id", "role")
        .annotate(people=Count("user_id", distinct=True))
    )
    people = {(unit_id, role): count for unit_id, role, count in held}
    return [
        StepRow(
            unit,
            unit.pk in chosen,
            tuple(
                (step, str(Step(step).label), people.get((unit.pk, STEP_ROLE[Step(step)]), 0))
                for step in normalise_steps(chosen.get(unit.pk) or chosen.get(None) or ())
            ),
        )
        for unit in units
    ]


def require_keeper(member: Member, unit: Unit) -> None:
    """Raises NotVisible to strangers and PermissionRefused to the unit's own staff."""
    if member.holds_anywhere(Role.OPERATOR) or member.supervises(unit):
        return
    if not member.may_see(unit):
        raise NotVisible
    raise PermissionRefused(
        "岗位权限",
        "审核步骤只能由运维人员，或者主管本区域的政务公开主管调整。",
        "请联系政务公开主管部门。",
    )


def steps_set(
    *, unit_id: int, steps: Sequence[str], common: bool, member: Member, now: datetime
) -> tuple[str, ...]:
    """Set the steps of a unit, or with ``common`` go back to the common ones; returns them.

    An operator, or a supervisor whose office reaches the unit. The secrecy review stays last
    whatever is chosen (条例第十七条). Submissions under way keep the steps they began with.
    Raises NotVisible, PermissionRefused, InvalidInput.
    """
    with transaction.atomic():
        unit = Unit.objects.select_for_update(of=("self",)).filter(pk=unit_id).first()
        if unit is None:
            raise NotVisible
        require_keeper(member, unit)
        wanted = [step for step in CHOOSABLE if step in steps]
        unknown = set(steps) - {*CHOOSABLE, Step.SECRECY}
        if unknown:
            raise InvalidInput({"steps": ["没有这个审核步骤，请重新选择。"]})
        if not wanted and not common:
            raise InvalidInput({"steps": ["保密审查之外，至少要有初审、复审、终审中的一步。"]})
        before = steps_for(unit)
        own_before = ReviewStep.objects.filter(unit=unit).exists()
        ReviewStep.objects.filter(unit=unit).delete()
        if not common:
            ReviewStep.objects.bulk_create(
                ReviewStep(unit=unit, step=step, order=order)
                for order, step in enumerate((*wanted, Step.SECRECY), start=1)
            )
        after = steps_for(unit)
        if (before, own_before) != (after, not common):
            facts.record(
                action="review.steps.changed",
                subject=("unit", unit.pk),
                unit_id=unit.pk,
                actor=member.actor,
                occurred_at=now,
                details={"before": list(before), "after": list(after), "common": common},
            )
    return after
