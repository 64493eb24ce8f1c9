"""The turn of the year: carry over what is not done, close a year, open it again with a reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.ledger import rules
from gongkai.ledger.board import board_of
from gongkai.ledger.models import Assignment, LedgerTask, Plan, WorkPoint
from gongkai.ledger.selectors import public_progress
from gongkai.ledger.services import require_office
from gongkai.organisations.access import Member


def _plan(plan_id: int, member: Member, act: str) -> Plan:
    plan = (
        Plan.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(pk=plan_id)
        .first()
    )
    if plan is None or not member.supervises(plan.office):
        raise NotVisible
    require_office(member, plan.office, act)
    return plan


def _record(
    plan: Plan, action: str, member: Member, now: datetime, details: dict[str, Any]
) -> None:
    facts.record(
        action=f"ledger.plan.{action}",
        subject=("ledger_plan", plan.pk),
        unit_id=plan.office_id,
        actor=member.actor,
        occurred_at=now,
        details=details,
    )


# --- carrying over --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CarryChoice:
    """A task that may be carried into the next year, and whether that is proposed, and why."""

    task_id: int
    number: int
    point: str
    text: str
    light: str
    proposed: bool
    because: str


def carry_choices(plan: Plan, day: date) -> list[CarryChoice]:
    """Every task: recurring ones are renewed, unproved ones carried over, the rest left; six
    queries."""
    progress = public_progress(plan, day)
    recurring = set(
        LedgerTask.objects.filter(point__plan=plan, retired_at=None)
        .exclude(recurs="")
        .values_list("pk", flat=True)
    )
    found = []
    for point in progress.points:
        for task in point.tasks:
            if task.id in recurring:
                because = "有周期，续到下一年"
            elif not task.proved:
                because = "还没有有效凭据，结转"
            else:
                because = "已有凭据，不结转"
            found.append(
                CarryChoice(
                    task.id, point.number, point.title, task.text, task.light,
                    task.id in recurring or not task.proved, because,
                )
            )  # fmt: skip
    return found


def _a_year_on(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def plan_roll_over(
    *, plan_id: int, task_ids: Collection[int], member: Member, now: datetime
) -> Plan:
    """Begin next year's plan with tasks of this one; returns the new plan.

    Recurring tasks are renewed with their deadline a year on; the others are carried over without
    one (end of the year). Units go along. The new year's document is read in later and takes this
    plan over. Raises Refusal when the next year has a plan already.
    """
    with transaction.atomic():
        plan = _plan(plan_id, member, "结转到下一年")
        year = plan.year + 1
        if Plan.objects.filter(office=plan.office, year=year).exists():
            raise Refusal(
                "年度结转",
                f"{plan.office.short_name}已经有 {year} 年的台账，不能再结转。",
                f"请直接在 {year} 年的台账里办理。",
            )
        tasks = list(
            LedgerTask.objects.filter(
                pk__in=task_ids, point__plan=plan, retired_at=None, point__retired_at=None
            )
            .select_related("point")
            .order_by("point__number", "seq")
        )
        if not tasks:
            raise InvalidInput({"tasks": ["请至少选一项要结转的任务。"]}, rule="年度结转")
        if len(tasks) != len(set(task_ids)):
            raise InvalidInput({"tasks": ["有的任务已经移出台账，请刷新后重新选择。"]})
        title = plan.title.replace(str(plan.year), str(year))
        fresh = Plan.objects.create(
            office=plan.office, year=year, confirmed_at=now, rolled_from=plan,
            title=title if title != plan.title else f"{plan.title}（{year}年）"[:200],
            issuer=plan.issuer, report_due=plan.report_due, report_nth=plan.report_nth,
        )  # fmt: skip
        since = max(day_of(now), date(year, 1, 1))
        points: dict[int, WorkPoint] = {}
        for old in tasks:
            point = points.get(old.point_id)
            if point is None:
                point = points[old.point_id] = _copied_point(old.point, fresh, len(points) + 1)
            _copied_task(old, point, since)
        _record(
            fresh, "rolled_over", member, now,
            {"from": plan.pk, "tasks": [task.pk for task in tasks], "points": len(points)},
        )  # fmt: skip
    return fresh


def _copied_point(old: WorkPoint, plan: Plan, number: int) -> WorkPoint:
    return WorkPoint.objects.create(
        plan=plan, number=number, section_title=old.section_title, title=old.title, text=old.text,
        raw=old.raw, kind=old.kind, role=old.role, written_lead=old.written_lead,
        written_responsible=old.written_responsible, needs_naming=old.needs_naming,
        text_hash=old.text_hash, carried_from=old, kept=True,
    )  # fmt: skip


def _copied_task(old: LedgerTask, point: WorkPoint, since: date) -> None:
    task = LedgerTask.objects.create(
        point=point, seq=old.seq, text=old.text, recurs=old.recurs, carried_from=old,
        deadline=_a_year_on(old.deadline) if old.recurs and old.deadline else None,
    )  # fmt: skip
    Assignment.objects.bulk_create(
        Assignment(
            task=task, unit_id=row.unit_id, role=row.role, reference=row.reference,
            active=row.active, since=since if row.active else None,
        )
        for row in old.assignments.select_related("unit")
        if row.unit.valid_on(since) and (row.active or row.reference)
    )  # fmt: skip


# --- closing --------------------------------------------------------------------------------------


def plan_close(*, plan_id: int, member: Member, now: datetime) -> Plan:
    """Close a year: its final lights become a fact, nothing in it can be changed any more.

    Raises Refusal before the last day of the year, or when it is closed already.
    """
    with transaction.atomic():
        plan = _plan(plan_id, member, "封账")
        if plan.closed_at is not None:
            raise Refusal("封账", f"{plan.title}已经封账。", "不需要再封。")
        last = date(plan.year, 12, 31)
        if day_of(now) < last:
            raise Refusal(
                "封账",
                f"{plan.year} 年还没有结束，{last:%Y-%m-%d} 起才能封账。",
                "请年底再来办理。",
            )
        board = board_of(plan, day_of(now))
        plan.closed_at = now
        plan.save(update_fields=["closed_at"])
        _record(
            plan, "closed", member, now,
            {
                "lights": {str(row.assignment_id): row.verdict.light for row in board.rows},
                "points": {str(p.number): p.light for p in board.progress.points},
                "tally": dict(rules.tally(p.light for p in board.progress.points)),
                "done": board.progress.done,
                "whole": board.progress.whole,
            },
        )  # fmt: skip
    return plan


def plan_reopen(*, plan_id: int, reason: str, member: Member, now: datetime) -> Plan:
    """Open a closed year again, with a reason; the snapshot of its closing stays on record."""
    with transaction.atomic():
        plan = _plan(plan_id, member, "重新打开")
        if plan.closed_at is None:
            raise Refusal("封账", f"{plan.title}没有封账，不需要重新打开。", "可以直接办理。")
        if not reason.strip():
            raise InvalidInput({"reason": ["请写明重新打开的理由。"]})
        plan.closed_at = None
        plan.save(update_fields=["closed_at"])
        _record(plan, "reopened", member, now, {"reason": reason.strip()[:300]})
    return plan
