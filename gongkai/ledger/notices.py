"""What the ledger tells units of, and which of its deadlines fall due. Work points are public, so
their titles may be mailed; what the office writes about a unit's work is shown on the site only."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from gongkai.ledger import lights, rules
from gongkai.ledger.enums import Light
from gongkai.ledger.models import Assignment, Evidence, Plan
from gongkai.messaging.audience import holders, people
from gongkai.messaging.registry import DueItem, register_due_source, register_notice_kind
from gongkai.messaging.rules import OVERDUE_DAYS
from gongkai.messaging.services import Notice, notify, notify_all
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role

ASSIGNED = "ledger.assigned"
ENDED = "ledger.unassigned"
REJECTED = "ledger.evidence_rejected"
OVERRIDDEN = "ledger.light_overridden"


def register() -> None:
    """Declare the kinds of notice and the source of due dates; from ``apps.ready()``."""
    register_notice_kind(ASSIGNED, "分到台账任务")
    register_notice_kind(ENDED, "台账任务不再由本单位负责")
    register_notice_kind(REJECTED, "凭据被退回", urgent=True)
    register_notice_kind(OVERRIDDEN, "任务灯由人工设定")
    register_due_source("ledger.tasks", "台账任务", tasks_due)


def _tell(
    row: Assignment,
    kind: str,
    title: str,
    body: str,
    member: Member,
    now: datetime,
    *,
    also: int | None = None,
) -> None:
    notify(
        kind=kind,
        to=holders(row.unit_id, Role.EDITOR) | people(also),
        title=title,
        body=body,
        url=reverse("ledger-desk:assignment", args=[row.pk]),
        # The same thing may happen to a unit's share again, and is told again.
        key=f"{row.pk}:{now.isoformat()}",
        subject=("ledger_assignment", row.pk),
        skip=member.actor.user_id,
        now=now,
    )


def assigned(row: Assignment, member: Member, now: datetime) -> None:
    """The office named the unit for a task."""
    title = f"第{row.task.point.number}项要点的一项任务分给了{row.unit.short_name}"
    _tell(row, ASSIGNED, title, row.task.text, member, now)


def ended(row: Assignment, reason: str, member: Member, now: datetime) -> None:
    """The office took the unit off a task."""
    title = f"第{row.task.point.number}项要点的一项任务不再由{row.unit.short_name}负责"
    _tell(row, ENDED, title, f"{row.task.text} 理由：{reason}", member, now)


def rejected(row: Assignment, evidence: Evidence, member: Member, now: datetime) -> None:
    """The office sent evidence back: who handed it in and the unit's editors hear of it."""
    title = f"{row.unit.short_name}第{row.task.point.number}项任务的凭据被退回"
    body = f"《{evidence.title}》退回理由：{evidence.reject_reason}"
    _tell(row, REJECTED, title, body, member, now, also=evidence.added_by_id)


def overridden(row: Assignment, light: str, reason: str, member: Member, now: datetime) -> None:
    """The office set a light by hand."""
    label = Light(light).label
    title = f"{row.unit.short_name}第{row.task.point.number}项任务的灯由主管部门设为{label}"
    _tell(row, OVERRIDDEN, title, f"{row.task.text} 理由：{reason}", member, now)


def confirmed(plan: Plan, member: Member, now: datetime, *, fresh: bool) -> None:
    """The year's ledger is live: each unit hears once how many tasks it has.

    A plan that was read again tells only the units that had nothing before.
    """
    counts = Counter(
        Assignment.objects.filter(
            task__point__plan=plan,
            active=True,
            task__retired_at=None,
            task__point__retired_at=None,
        ).values_list("unit_id", flat=True)
    )
    word = "" if fresh else "（更新后）"
    notify_all(
        [
            Notice(
                kind=ASSIGNED,
                to=holders(unit_id, Role.EDITOR).without(member.actor.user_id),
                title=f"{plan.year} 年工作要点台账{word}有 {count} 项任务由本单位负责",
                body=plan.title,
                url=reverse("ledger-desk:mine"),
                key=f"plan:{plan.pk}:{unit_id}",
                subject=("ledger_plan", plan.pk),
            )
            for unit_id, count in sorted(counts.items())
        ],
        now=now,
    )


def tasks_due(today: date, until: date) -> Iterator[DueItem]:
    """Shares without evidence that counts, by unit and day, so that a unit with forty tasks at
    the end of the year gets one reminder. A handful of queries."""
    since = today - timedelta(days=OVERDUE_DAYS)
    years = [y for y in range(since.year, until.year + 1) if since <= date(y, 12, 31) <= until]
    rows = list(
        Assignment.objects.filter(
            Q(task__deadline__gte=since, task__deadline__lte=until)
            | Q(task__deadline=None, task__point__plan__year__in=years),
            active=True,
            task__retired_at=None,
            task__point__retired_at=None,
            task__point__plan__closed_at=None,
        )
        .select_related("task__point__plan", "unit")
        .order_by("task__point__number", "task__seq", "pk")
    )
    if not rows:
        return
    found = lights.load(rows)
    waiting: dict[tuple[int, int, date], list[Assignment]] = defaultdict(list)
    for row in rows:
        if found.verdict(row.pk, today).light == Light.GREEN:
            continue
        plan = row.task.point.plan
        due, _ = rules.Duty(plan.year, row.task.deadline, row.task.recurs).due_on()
        waiting[(plan.pk, row.unit_id, due)].append(row)
    for (plan_id, unit_id, due), shares in waiting.items():
        numbers = list(dict.fromkeys(share.task.point.number for share in shares))
        points = "、".join(str(number) for number in numbers[:6])
        more = "等" if len(numbers) > 6 else ""
        one = len(shares) == 1
        yield DueItem(
            audience=holders(unit_id, Role.EDITOR),
            title=f"{shares[0].unit.short_name} {len(shares)} 项台账任务还没有凭据（第{points}项{more}要点）",
            url=reverse("ledger-desk:assignment", args=[shares[0].pk])
            if one
            else reverse("ledger-desk:mine"),
            due=due,
            key=f"{plan_id}:{unit_id}",
        )
