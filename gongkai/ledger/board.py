"""Reads of the ledger for staff: the office's board, a unit's own tasks, one assignment."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from gongkai.ledger import lights, rules
from gongkai.ledger.enums import FOLLOW_LIVE, ImportStatus, Light, UnitRole
from gongkai.ledger.models import Assignment, Evidence, FollowUpShare, Plan, PlanImport
from gongkai.ledger.selectors import Progress, as_of, due_short, progress_from, read_plan
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item


@dataclass(frozen=True, slots=True)
class Row:
    """One unit's share of one task on a day; ``words`` name its light."""

    assignment_id: int
    task_id: int
    number: int
    point_title: str
    text: str
    unit: str
    unit_id: int
    lead: bool
    due: str
    verdict: rules.Verdict
    words: str
    chased: bool = False


def chased(assignment_ids: Iterable[int] | None = None, plan: Plan | None = None) -> set[int]:
    """The shares that a follow-up under way is about, of these or of a plan; one query."""
    rows = FollowUpShare.objects.filter(followup__status__in=FOLLOW_LIVE)
    if assignment_ids is not None:
        rows = rows.filter(assignment_id__in=list(assignment_ids))
    if plan is not None:
        rows = rows.filter(assignment__task__point__plan=plan)
    return set(rows.values_list("assignment_id", flat=True))


def light_words(verdict: rules.Verdict) -> str:
    """A light in a few words; the days are calendar days, as the ledger counts them."""
    label = str(Light(verdict.light).label)
    if verdict.overridden:
        return f"{label}（人工）"
    if verdict.light == Light.RED:
        return f"逾期 {-verdict.days} 天" if verdict.days < 0 else "凭据被退回"
    if verdict.light == Light.YELLOW:
        return f"剩 {verdict.days} 天" if verdict.days else "今天到期"
    return label


def plans_for(member: Member) -> list[Plan]:
    """Plans of the offices in which the person supervises; the city's office sees districts'."""
    whole, areas = member.supervised_areas()
    plans = Plan.objects.select_related("office__area", "refers_to")
    if not whole:
        plans = plans.filter(office__area_id__in=areas)
    return list(plans.order_by("office__area_id", "-year", "id"))


def _row(
    a: Assignment, facts: lights.PlanFacts, day: date, busy: Collection[int] = frozenset()
) -> Row:
    verdict = facts.verdict(a.pk, day)
    return Row(
        assignment_id=a.pk,
        task_id=a.task_id,
        number=a.task.point.number,
        point_title=a.task.point.title,
        text=a.task.text,
        unit=a.unit.short_name,
        unit_id=a.unit_id,
        lead=a.role == UnitRole.LEAD,
        due=due_short(a.task, a.task.point.plan.year),
        verdict=verdict,
        words=light_words(verdict),
        chased=a.pk in busy,
    )


@dataclass(frozen=True, slots=True)
class Board:
    """A plan on a day: its points with their lights, and every unit's share, in its order."""

    progress: Progress
    rows: tuple[Row, ...]

    @property
    def tally(self) -> dict[str, int]:
        """How many shares show each light."""
        return dict(rules.tally(row.verdict.light for row in self.rows))

    @property
    def late(self) -> list[Row]:
        """The shares that are late, longest first."""
        return sorted(
            (row for row in self.rows if row.verdict.light == Light.RED),
            key=lambda row: (row.verdict.days, row.number),
        )


def board_of(plan: Plan, day: date) -> Board:
    """Everything the office's board shows of a plan; seven queries however large it is."""
    read, day, busy = read_plan(plan), as_of(plan, day), chased(plan=plan)
    rows = [_row(a, read.facts, day, busy) for found in read.assignments.values() for a in found]
    rows.sort(key=lambda r: (r.number, r.task_id, not r.lead, r.assignment_id))
    return Board(progress_from(read, plan, day), tuple(rows))


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together with their tally and most urgent light."""

    key: str
    name: str
    rows: tuple[Row, ...]

    @property
    def light(self) -> str:
        """The most urgent light."""
        return rules.worst(row.verdict.light for row in self.rows)

    @property
    def tally(self) -> dict[str, int]:
        """How many of each light."""
        return dict(rules.tally(row.verdict.light for row in self.rows))


def by_unit(rows: Iterable[Row]) -> list[Group]:
    """Rows grouped by unit: those with late tasks first, then those with tasks falling due."""
    found = _grouped(rows, lambda row: (str(row.unit_id), row.unit))
    order = {light: position for position, light in enumerate(rules.ORDER)}
    return sorted(found, key=lambda g: (order[g.light], -g.tally["red"], g.name))


def by_point(rows: Iterable[Row]) -> list[Group]:
    """Rows grouped by point, in the order given."""
    return _grouped(rows, lambda row: (str(row.number), row.point_title))


def by_task(rows: Iterable[Row]) -> list[Group]:
    """Rows grouped by task, in the order given."""
    return _grouped(rows, lambda row: (str(row.task_id), row.text))


def _grouped(rows: Iterable[Row], name: Callable[[Row], tuple[str, str]]) -> list[Group]:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[name(row)].append(row)
    return [Group(key, label, tuple(found)) for (key, label), found in groups.items()]


def waiting_imports(member: Member) -> list[PlanImport]:
    """Documents that were read in and wait for the person to confirm them, newest first."""
    offices = member.unit_ids(Role.SUPERVISOR)
    if not offices:
        return []
    return list(
        PlanImport.objects.filter(office_id__in=offices, status=ImportStatus.OPEN)
        .select_related("office")
        .defer("raw_text", "parsed")[:20]
    )


def assignments_for(member: Member) -> QuerySet[Assignment]:
    """Shares the person may see: of their own units, or of plans their office supervises."""
    whole, areas = member.supervised_areas()
    if whole:
        return Assignment.objects.all()
    return Assignment.objects.filter(
        Q(unit_id__in=member.unit_ids())
        | Q(task__point__plan__office__area_id__in=areas)
        | Q(unit__area_id__in=areas)
    )


def unit_tasks(member: Member, day: date, *, urgent_only: bool = False) -> list[Row]:
    """The tasks of the units in which the person edits, most urgent first; six queries."""
    units = member.unit_ids(Role.EDITOR)
    if not units:
        return []
    found = list(
        Assignment.objects.filter(
            unit_id__in=units, active=True, task__retired_at=None, task__point__retired_at=None
        ).select_related("task__point__plan", "unit")
    )
    facts = lights.load(found)
    busy = chased([a.pk for a in found])
    rows = [_row(a, facts, day, busy) for a in found]
    if urgent_only:
        rows = [row for row in rows if row.verdict.light != Light.GREEN]
    order = {light: position for position, light in enumerate(rules.ORDER)}
    return sorted(rows, key=lambda r: (order[r.verdict.light], r.verdict.days, r.number))


def evidence_of(assignment: Assignment) -> list[tuple[Evidence, bool]]:
    """Every piece of evidence, newest first, and whether its item is public now."""
    rows = list(assignment.evidence.select_related("added_by", "blob").order_by("-added_at", "-id"))
    public = set(
        Item.objects.filter(
            pk__in=[row.item_id for row in rows if row.item_id], visibility=Visibility.PUBLIC
        ).values_list("pk", flat=True)
    )
    return [(row, row.item_id is None or row.item_id in public) for row in rows]
