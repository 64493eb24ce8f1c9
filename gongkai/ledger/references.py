"""Which city points a district's points carry out: proposed by likeness, decided by the office."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.core.models import Fact
from gongkai.ledger import rules, services
from gongkai.ledger.comparison import as_text
from gongkai.ledger.enums import ReferenceSource
from gongkai.ledger.models import Plan, PointReference, WorkPoint
from gongkai.ledger.rules_likeness import propose_references
from gongkai.ledger.selectors import PointState, point_states
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit
from gongkai.organisations.selectors import divisions


def propose(plan: Plan) -> int:
    """Propose references for the points that the office has not decided on; returns how many.

    In the running transaction, after the plan's points were written.
    """
    points = list(plan.points.filter(retired_at=None))
    decided = {
        int(pk)
        for pk in Fact.objects.filter(
            action="ledger.reference.set", subject_kind="ledger_point",
            subject_id__in=[str(p.pk) for p in points],
        ).values_list("subject_id", flat=True)
    }  # fmt: skip
    open_points = {p.number: p for p in points if p.pk not in decided}
    PointReference.objects.filter(point__in=open_points.values()).delete()
    if plan.refers_to_id is None:
        return 0
    above = {p.number: p for p in WorkPoint.objects.filter(plan=plan.refers_to_id, retired_at=None)}
    found = propose_references(
        [as_text(p) for p in open_points.values()], [as_text(p) for p in above.values()]
    )
    PointReference.objects.bulk_create(
        PointReference(
            point=open_points[one.number], above=above[one.above],
            source=ReferenceSource.PROPOSED, likeness=one.percent,
        )
        for one in found
    )  # fmt: skip
    return len(found)


def references_set(
    *, point_id: int, above_ids: Sequence[int], member: Member, now: datetime
) -> WorkPoint:
    """The district's office decides which city points a point carries out (none is a decision)."""
    with transaction.atomic():
        point = WorkPoint.objects.select_related("plan__office").filter(pk=point_id).first()
        if point is None:
            raise NotVisible
        services.require_ledger(member, point.plan, "核定对应关系")
        above = {
            p.pk: p
            for p in WorkPoint.objects.filter(
                pk__in=above_ids, plan=point.plan.refers_to_id, retired_at=None
            )
        }
        if len(above) != len(set(above_ids)):
            raise InvalidInput({"above": ["所选的市级要点已经变化，请刷新后重新选择。"]})
        PointReference.objects.filter(point=point).delete()
        PointReference.objects.bulk_create(
            PointReference(point=point, above_id=pk, source=ReferenceSource.OFFICE) for pk in above
        )
        facts.record(
            action="ledger.reference.set",
            subject=("ledger_point", point.pk),
            unit_id=point.plan.office_id,
            actor=member.actor,
            occurred_at=now,
            details={"point": point.number, "above": sorted(p.number for p in above.values())},
        )
    return point


@dataclass(frozen=True, slots=True)
class Carrying:
    """How one district carries one city point: its own points and their most urgent light."""

    district: Unit
    plan: Plan
    points: tuple[PointState, ...]

    @property
    def light(self) -> str:
        """The most urgent light of the district's points."""
        return rules.worst(point.light for point in self.points)


@dataclass(frozen=True, slots=True)
class PointCoverage:
    """One city point: which districts have it in their own plan, which lack it."""

    point: WorkPoint
    carried: tuple[Carrying, ...]
    lacking: tuple[Unit, ...]

    @property
    def tally(self) -> Mapping[str, int]:
        """How many districts show each light."""
        return rules.tally(one.light for one in self.carried)


@dataclass(frozen=True, slots=True)
class Coverage:
    """A city plan against the plans of its districts on a day."""

    plan: Plan
    districts: tuple[Unit, ...]
    without_plan: tuple[Unit, ...]
    points: tuple[PointCoverage, ...]


def coverage(plan: Plan, day: date) -> Coverage:
    """How the districts carry each point; eight queries however many districts there are.

    A district without a plan of its own is named once, not at every point.
    """
    districts = divisions(day)
    own: dict[int, Plan] = {}
    for row in Plan.objects.filter(refers_to=plan).select_related("office").order_by("pk"):
        if row.office.area_id is not None:
            own[row.office.area_id] = row
    by_plan = {row.pk: area for area, row in own.items()}
    links = list(
        PointReference.objects.filter(
            above__plan=plan, point__plan__in=list(own.values()), point__retired_at=None
        ).select_related("point__plan")
    )
    states = point_states({link.point_id: link.point for link in links}.values(), day)
    carried: dict[int, dict[int, list[PointState]]] = defaultdict(lambda: defaultdict(list))
    for link in sorted(links, key=lambda link: link.point.number):
        carried[link.above_id][by_plan[link.point.plan_id]].append(states[link.point_id])
    found = []
    for point in plan.points.filter(retired_at=None).order_by("number"):
        have = carried.get(point.pk, {})
        found.append(
            PointCoverage(
                point,
                tuple(
                    Carrying(unit, own[unit.pk], tuple(have[unit.pk]))
                    for unit in districts
                    if unit.pk in have
                ),
                tuple(u for u in districts if u.pk in own and u.pk not in have),
            )
        )
    return Coverage(
        plan,
        tuple(districts),
        tuple(unit for unit in districts if unit.pk not in own),
        tuple(found),
    )
