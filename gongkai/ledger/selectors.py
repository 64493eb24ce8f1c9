"""Reads of the ledger. ``public_*`` is the only door for public pages.

What the public sees: points, tasks, units, deadlines, lights with their 依据, and links to
evidence that is public itself. Never remarks, reasons for sending back, file names or drafts.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Count, Q

from gongkai.core import memo
from gongkai.core.clock import day_of
from gongkai.ledger import lights, rules
from gongkai.ledger.enums import FOLLOW_LIVE, EvidenceKind, FollowStatus, PointKind, UnitRole
from gongkai.ledger.models import Assignment, Evidence, FollowUp, LedgerTask, Plan, WorkPoint
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item

_RECURS = {
    "daily": "每天",
    "weekly": "每周",
    "monthly": "每月",
    "quarterly": "每季度",
    "half-yearly": "每半年",
    "half_yearly": "每半年",
    "yearly": "每年",
    "ongoing": "持续更新",
}


@dataclass(frozen=True, slots=True)
class UnitState:
    """How one unit stands with one task; ``evidence`` is the number of pieces that count."""

    code: str
    name: str
    lead: bool
    light: str
    because: str
    evidence: int


@dataclass(frozen=True, slots=True)
class PublicEvidence:
    """A public item that proves a task, linked by its address."""

    item_id: int
    title: str
    unit: str
    published_on: date


@dataclass(frozen=True, slots=True)
class TaskState:
    """One task with its units. ``kept`` counts evidence that is on file but not a public item."""

    id: int
    text: str
    due_words: str
    proved: bool
    units: tuple[UnitState, ...]
    evidence: tuple[PublicEvidence, ...] = ()
    kept: int = 0

    @property
    def light(self) -> str:
        """The most urgent light of its units; green once it is proved and nobody is late."""
        found = rules.worst(unit.light for unit in self.units)
        return "green" if self.proved and found == "grey" else found

    @property
    def leads(self) -> tuple[UnitState, ...]:
        """The units that lead."""
        return tuple(unit for unit in self.units if unit.lead)

    @property
    def others(self) -> tuple[UnitState, ...]:
        """The units that answer for a part."""
        return tuple(unit for unit in self.units if not unit.lead)


@dataclass(frozen=True, slots=True)
class PointState:
    """One point with its light; ``leads`` are the names of the units that lead any task."""

    number: int
    section: str
    title: str
    text: str
    is_task: bool
    verdict: rules.PointVerdict
    leads: tuple[str, ...]
    responsible: int
    role: str
    needs_naming: tuple[str, ...]
    tasks: tuple[TaskState, ...]

    @property
    def light(self) -> str:
        """Its light."""
        return self.verdict.light


@dataclass(frozen=True, slots=True)
class Progress:
    """A plan on a day: every point with its light, and how many of each light."""

    plan: Plan
    day: date
    points: tuple[PointState, ...]

    @property
    def tally(self) -> Mapping[str, int]:
        """How many points show each light."""
        return rules.tally(point.light for point in self.points)

    @property
    def done(self) -> int:
        """How many tasks are proved."""
        return sum(point.verdict.done for point in self.points)

    @property
    def whole(self) -> int:
        """How many tasks there are."""
        return sum(point.verdict.whole for point in self.points)

    def sections(self) -> Iterator[tuple[str, tuple[PointState, ...]]]:
        """The points by section, in the order of the document."""
        found: dict[str, list[PointState]] = {}
        for point in self.points:
            found.setdefault(point.section, []).append(point)
        for title, points in found.items():
            yield title, tuple(points)


@dataclass(frozen=True, slots=True)
class MonthLight:
    """The light of a point at the end of a month (or on the day itself, for the running one)."""

    day: date
    verdict: rules.PointVerdict


@dataclass(frozen=True, slots=True)
class PointDetail:
    """One point with its neighbours' numbers and its lights month by month, oldest first."""

    plan: Plan
    point: PointState
    history: tuple[MonthLight, ...]


@memo.until_next_fact(lambda area, day: (area.pk if area else None, day))
def public_plan(area: Unit | None, day: date) -> Plan | None:
    """The newest confirmed plan of the city (``area`` None) or of a district, up to a year."""
    return (
        Plan.objects.select_related("office")
        .filter(office__area=area, year__lte=day.year)
        .order_by("-year", "-id")
        .first()
    )


@dataclass(frozen=True, slots=True)
class PlanRows:
    """What a plan (or one point of it) consists of, read once."""

    points: Sequence[WorkPoint]
    tasks: Mapping[int, Sequence[LedgerTask]]
    assignments: Mapping[int, Sequence[Assignment]]
    facts: lights.PlanFacts


def read_plan(plan: Plan, number: int | None = None) -> PlanRows:
    """Five queries however large the plan is."""
    wanted = WorkPoint.objects.filter(plan=plan, retired_at=None)
    if number is not None:
        wanted = wanted.filter(number=number)
    points = list(wanted.order_by("number"))
    for point in points:
        point.plan = plan
    return read_points(points)


def read_points(points: Sequence[WorkPoint]) -> PlanRows:
    """What these points consist of, their ``plan`` being loaded; four queries."""
    tasks: dict[int, list[LedgerTask]] = defaultdict(list)
    by_id: dict[int, LedgerTask] = {}
    by_point = {point.pk: point for point in points}
    for task in LedgerTask.objects.filter(point__in=points, retired_at=None).order_by("seq"):
        task.point = by_point[task.point_id]
        tasks[task.point_id].append(task)
        by_id[task.pk] = task
    assignments: dict[int, list[Assignment]] = defaultdict(list)
    rows = (
        Assignment.objects.filter(task__in=list(by_id), active=True)
        .select_related("unit")
        .order_by("unit__order", "unit_id")
    )
    for row in rows:
        row.task = by_id[row.task_id]
        assignments[row.task_id].append(row)
    return PlanRows(points, tasks, assignments, lights.load(rows))


def point_states(points: Iterable[WorkPoint], day: date) -> dict[int, PointState]:
    """Points of several plans with their lights on a day, by id; four queries."""
    rows = read_points(list(points))
    return {point.pk: _point(point, rows, as_of(point.plan, day)) for point in rows.points}


def as_of(plan: Plan, day: date) -> date:
    """A closed plan stands as it was on the day of its closing."""
    return min(day, day_of(plan.closed_at)) if plan.closed_at else day


def due_short(task: LedgerTask, year: int) -> str:
    """The deadline for a line of a table; the year is left out where it is the plan's."""
    recurs = _RECURS.get(task.recurs, "")
    if task.deadline is None:
        return recurs or "年底（文件没写）"
    day = task.deadline
    words = f"{day.month}月{day.day}日" if day.year == year else f"{day:%Y-%m-%d}"
    return f"{recurs}，{words}" if recurs else words


def due_words(task: LedgerTask, year: int) -> str:
    """The deadline as the document has it and as it counts."""
    recurs = _RECURS.get(task.recurs, "")
    if task.deadline is None:
        words = f"文件没有写期限，按 {year} 年 12 月 31 日计"
    else:
        day = task.deadline
        words = f"期限 {day.year} 年 {day.month} 月 {day.day} 日"
        if task.deadline_raw:
            words += f"（原文“{task.deadline_raw}”）"
    return f"{recurs}；{words}" if recurs else words


def _shares(rows: Sequence[Assignment], facts: lights.PlanFacts, day: date) -> list[rules.Share]:
    return [
        rules.Share(row.role == UnitRole.LEAD, facts.verdict(row.pk, day).light) for row in rows
    ]


def _task(task: LedgerTask, rows: PlanRows, year: int, day: date) -> TaskState:
    own = rows.assignments.get(task.pk, ())
    units = []
    for row in own:
        verdict = rows.facts.verdict(row.pk, day)
        units.append(
            UnitState(
                code=row.unit.code,
                name=row.unit.short_name,
                lead=row.role == UnitRole.LEAD,
                light=verdict.light,
                because=verdict.because,
                evidence=verdict.evidence,
            )
        )
    return TaskState(
        id=task.pk,
        text=task.text,
        due_words=due_words(task, year),
        proved=rules.task_is_proved(_shares(own, rows.facts, day)),
        units=tuple(units),
    )


def _verdict(point: WorkPoint, rows: PlanRows, day: date) -> rules.PointVerdict:
    return rules.point_light(
        [
            _shares(rows.assignments.get(task.pk, ()), rows.facts, day)
            for task in rows.tasks.get(point.pk, ())
        ]
    )


def _point(point: WorkPoint, rows: PlanRows, day: date) -> PointState:
    tasks = tuple(_task(task, rows, point.plan.year, day) for task in rows.tasks.get(point.pk, ()))
    leads = dict.fromkeys(unit.name for task in tasks for unit in task.leads)
    others = {unit.name for task in tasks for unit in task.others}
    return PointState(
        number=point.number,
        section=point.section_title,
        title=point.title,
        text=point.text,
        is_task=point.kind == PointKind.TASK,
        verdict=_verdict(point, rows, day),
        leads=tuple(leads),
        responsible=len(others - set(leads)),
        role=point.role,
        needs_naming=tuple(point.needs_naming),
        tasks=tasks,
    )


@memo.until_next_fact(lambda plan, day: (plan.pk, day))
def public_progress(plan: Plan, day: date) -> Progress:
    """Every point of the plan with its light at the end of a day; five queries, asked again when
    a new fact was recorded."""
    return progress_from(read_plan(plan), plan, day)


def progress_from(rows: PlanRows, plan: Plan, day: date) -> Progress:
    """:func:`public_progress` of a plan that was read before; no query."""
    day = as_of(plan, day)
    return Progress(plan, day, tuple(_point(point, rows, day) for point in rows.points))


@memo.until_next_fact(lambda plan, number, day: (plan.pk, number, day))
def public_point_state(plan: Plan, number: int, day: date) -> PointState | None:
    """One point with its light and tasks, without evidence and history; five queries, asked again
    when a new fact was recorded."""
    rows = read_plan(plan, number)
    return _point(rows.points[0], rows, as_of(plan, day)) if rows.points else None


def _month_ends(plan: Plan, day: date) -> Iterator[date]:
    start = plan.issued_on or date(plan.year, 1, 1)
    year, month = start.year, start.month
    while (year, month) < (day.year, day.month):
        yield date(year, month, monthrange(year, month)[1])
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    yield day


def _evidence(
    rows: Sequence[Assignment],
) -> tuple[dict[int, list[PublicEvidence]], dict[int, int]]:
    """Evidence by task: links to items that are public now, and how many pieces are not links."""
    task_of = {row.pk: row.task_id for row in rows}
    pieces = list(
        Evidence.objects.filter(
            assignment_id__in=list(task_of), removed_at=None, rejected_at=None
        ).values_list("assignment_id", "kind", "item_id")
    )
    items = {
        item.pk: item
        for item in Item.objects.filter(
            pk__in={item for _, _, item in pieces if item}, visibility=Visibility.PUBLIC
        ).select_related("unit")
    }
    links: dict[int, dict[int, PublicEvidence]] = defaultdict(dict)
    kept: dict[int, int] = defaultdict(int)
    for assignment, kind, item_id in pieces:
        task = task_of[assignment]
        if kind != EvidenceKind.ITEM:
            kept[task] += 1
            continue
        item = items.get(item_id or 0)
        if item is not None and item.published_at is not None:
            links[task][item.pk] = PublicEvidence(
                item.pk, item.title, item.unit.short_name, day_of(item.published_at)
            )
    newest = {
        task: sorted(found.values(), key=lambda e: (e.published_on, e.item_id), reverse=True)
        for task, found in links.items()
    }
    return newest, kept


def public_point(plan: Plan, number: int, day: date) -> PointDetail | None:
    """One point with tasks, units, public evidence and its light month by month; seven queries.

    Earlier months are computed from the facts of that time for the units of today.
    """
    rows = read_plan(plan, number)
    if not rows.points:
        return None
    row, day = rows.points[0], as_of(plan, day)
    state = _point(row, rows, day)
    links, kept = _evidence([a for found in rows.assignments.values() for a in found])
    tasks = tuple(
        replace(task, evidence=tuple(links.get(task.id, ())), kept=kept.get(task.id, 0))
        for task in state.tasks
    )
    history = tuple(MonthLight(end, _verdict(row, rows, end)) for end in _month_ends(plan, day))
    return PointDetail(plan, replace(state, tasks=tasks), history)


@dataclass(frozen=True, slots=True)
class PublicCounts:
    """What the public learns of follow-ups: how many, never what about."""

    issued: int
    under_way: int
    closed: int


def public_followups(plan: Plan) -> PublicCounts:
    """Counts of a plan's follow-ups; one query. An escalation is no new matter."""
    found = FollowUp.objects.filter(plan=plan).aggregate(
        issued=Count("pk", filter=Q(follows=None)),
        under_way=Count("pk", filter=Q(status__in=FOLLOW_LIVE)),
        closed=Count("pk", filter=Q(status=FollowStatus.CLOSED)),
    )
    return PublicCounts(found["issued"], found["under_way"], found["closed"])
