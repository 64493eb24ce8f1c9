"""The office's writes of follow-ups (督办): issue, accept, return, escalate, call off. What the unit
answers is written in ``followup_replies``.

A follow-up is the supervising office's instrument for 工作要点 point 15 (逐项推动落实): what was
demanded, by when, what was answered and what the office said to it stay on record as facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from gongkai.core import facts
from gongkai.core.calendar import load_calendar
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.core.workdays import add_workdays
from gongkai.ledger import followup_notices as notices
from gongkai.ledger import rules_followups as rules
from gongkai.ledger.enums import FollowLevel, FollowOutcome, FollowStatus
from gongkai.ledger.models import (
    Assignment,
    FollowUp,
    FollowUpReply,
    FollowUpShare,
    Plan,
    WorkPoint,
)
from gongkai.ledger.services import require_office, require_open
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit


@dataclass(frozen=True, slots=True)
class Terms:
    """By when a reply is due: so many working days, or a day that the office chooses."""

    days: int | None = None
    day: date | None = None


def due_of(terms: Terms, start: date) -> tuple[date, int | None]:
    """(the reply day, the working days it was counted in). Raises InvalidInput."""
    if (terms.days is None) == (terms.day is None):
        raise InvalidInput({"days": ["请填写工作日数，或者指定一个日期，两者选一。"]})
    if terms.days is not None:
        if not 1 <= terms.days <= rules.LONGEST_DAYS:
            raise InvalidInput({"days": [f"工作日数应在 1 到 {rules.LONGEST_DAYS} 之间。"]})
        return add_workdays(start, terms.days, load_calendar()).date, terms.days
    assert terms.day is not None
    if terms.day <= start:
        raise InvalidInput({"day": ["回复期限应在今天以后。"]})
    if (terms.day - start).days > 366:
        raise InvalidInput({"day": ["回复期限离今天超过一年，请核对年份。"]})
    return terms.day, None


def head_of(unit: Unit, office: Unit) -> Unit | None:
    """Who stands above a unit: its district's government, its parent, or the office's own."""
    above = unit.area if unit.area_id and unit.area_id != unit.pk else unit.parent
    return above or (office.parent if office.parent_id != unit.pk else None)


def record(row: FollowUp, action: str, member: Member, now: datetime, **details: Any) -> None:
    facts.record(
        action=f"ledger.followup.{action}",
        subject=("ledger_followup", row.pk),
        unit_id=row.unit_id,
        actor=member.actor,
        occurred_at=now,
        details={"number": row.number, "level": row.level, **details},
    )


def may_see(member: Member, row: FollowUp) -> bool:
    """The unit, whoever supervises it, the issuing office, and the head unit if it got a copy."""
    if member.may_see(row.unit) or member.holds(Role.SUPERVISOR, row.office_id):
        return True
    return bool(row.head_id) and row.head_id in member.unit_ids()


def locked(followup_id: int, member: Member) -> FollowUp:
    row = (
        FollowUp.objects.select_for_update(of=("self",))
        .select_related("office__parent", "unit__area", "unit__parent", "head", "plan__office")
        .filter(pk=followup_id)
        .first()
    )
    if row is None or not may_see(member, row):
        raise NotVisible
    return row


def move(row: FollowUp, event: str) -> str:
    target = rules.target_of(row.status, event)
    if target is None:
        raise Refusal(
            "督办流程",
            f"{row.number}现在是“{FollowStatus(row.status).label}”，不能{rules.EVENTS[event]}。",
            "请刷新页面，看看别人是不是已经办过。",
        )
    return target


def followup_issue(
    *,
    office: Unit,
    unit: Unit,
    level: str,
    title: str,
    demand: str,
    terms: Terms,
    member: Member,
    now: datetime,
    basis: str = "",
    plan: Plan | None = None,
    point: WorkPoint | None = None,
    assignment_ids: Sequence[int] = (),
) -> FollowUp:
    """Send a notice to a unit: about shares of tasks, about a point, or about a matter of its own.

    Raises PermissionRefused unless the member supervises in the office, InvalidInput naming the
    field, Refusal when the plan is closed.
    """
    with transaction.atomic():
        require_office(member, office, "发出督办")
        errors: dict[str, list[str]] = {}
        if level not in FollowLevel.values:
            errors["level"] = ["请选择层级。"]
        if not title.strip():
            errors["title"] = ["请写明事由。"]
        elif len(title.strip()) > 120:
            errors["title"] = ["事由不超过 120 个字，细节写在要求里。"]
        if not demand.strip():
            errors["demand"] = ["请写明要求对方做什么。"]
        if not unit.valid_on(day_of(now)):
            errors["unit"] = [f"{unit.short_name}已经停用，请选择承接它职能的单位。"]
        elif not member.supervises(unit):
            errors["unit"] = [f"{unit.short_name}不在{office.short_name}的主管范围。"]
        shares = list(
            Assignment.objects.select_related("task__point__plan__office").filter(
                pk__in=assignment_ids, unit=unit, active=True, task__point__plan__office=office
            )
        )
        if len(shares) != len(set(assignment_ids)):
            errors["assignment_ids"] = ["有的任务已经不由这个单位负责，请刷新后重新选择。"]
        if point is not None and point.plan.office_id != office.pk:
            errors["point"] = ["这项要点不在本部门的台账里。"]
        if errors:
            raise InvalidInput(errors, rule="发出督办")
        plans = {share.task.point.plan for share in shares}
        plan = plan or next(iter(plans), None) or (point.plan if point else None)
        if plan is not None:
            if plan.office_id != office.pk:
                raise InvalidInput({"plan": ["这份要点不是本部门的台账。"]})
            require_open(plan)
        return _issue(
            office=office, unit=unit, level=level, title=title.strip(), demand=demand.strip(),
            terms=terms, member=member, now=now, basis=basis.strip()[:300], plan=plan,
            point=point, shares=[share.pk for share in shares],
        )  # fmt: skip


def _issue(
    *,
    office: Unit,
    unit: Unit,
    level: str,
    title: str,
    demand: str,
    terms: Terms,
    member: Member,
    now: datetime,
    basis: str,
    plan: Plan | None,
    point: WorkPoint | None,
    shares: Sequence[int],
    follows: FollowUp | None = None,
) -> FollowUp:
    day = day_of(now)
    due, days = due_of(terms, day)
    # The office's row is the lock of its number series.
    Unit.objects.select_for_update().get(pk=office.pk)
    last = FollowUp.objects.filter(office=office, year=day.year).aggregate(Max("serial"))
    row = FollowUp.objects.create(
        office=office,
        unit=unit,
        head=head_of(unit, office) if rules.rung(level).to_head else None,
        plan=plan,
        point=point,
        follows=follows,
        year=day.year,
        serial=(last["serial__max"] or 0) + 1,
        level=level,
        title=title,
        demand=demand,
        basis=basis,
        issued_by_id=member.actor.user_id,
        issued_at=now,
        due_from=day,
        due_days=days,
        reply_due=due,
    )
    FollowUpShare.objects.bulk_create(
        FollowUpShare(followup=row, assignment_id=share) for share in sorted(set(shares))
    )
    record(
        row, "issued", member, now, title=title, due=due, days=days, shares=list(shares),
        follows=follows.number if follows else None,
    )  # fmt: skip
    notices.issued(row, member, now)
    return row


def followups_issue_bulk(
    *,
    office: Unit,
    plan: Plan,
    shares: Sequence[rules.LateShare],
    level: str,
    title: str,
    lead: str,
    terms: Terms,
    member: Member,
    now: datetime,
    basis: str = "",
) -> list[FollowUp]:
    """One notice per unit, each listing that unit's shares; all of them or none."""
    if not shares:
        raise InvalidInput({"assignments": ["请至少选一项任务。"]}, rule="发出督办")
    if not lead.strip():
        raise InvalidInput({"lead": ["请写明要求。"]}, rule="发出督办")
    groups = rules.by_unit(shares)
    units = Unit.objects.select_related("area", "parent").in_bulk(list(groups))
    with transaction.atomic():
        return [
            followup_issue(
                office=office, unit=units[unit], level=level, title=title, basis=basis,
                demand=rules.demand_words(rows, lead), terms=terms, member=member, now=now,
                plan=plan, assignment_ids=[row.assignment_id for row in rows],
            )
            for unit, rows in groups.items()
        ]  # fmt: skip


def _judged(row: FollowUp, accepted: bool, words: str, now: datetime) -> FollowUpReply:
    reply = row.replies.order_by("-at", "-pk").first()
    assert reply is not None  # only a replied follow-up is judged
    reply.accepted, reply.verdict, reply.verdict_at = accepted, words[:500], now
    reply.save(update_fields=["accepted", "verdict", "verdict_at"])
    return reply


def followup_accept(
    *, followup_id: int, member: Member, now: datetime, remark: str = ""
) -> FollowUp:
    """The office is satisfied; the follow-up is closed."""
    with transaction.atomic():
        row = locked(followup_id, member)
        require_office(member, row.office, "认可回复")
        row.status = move(row, "accept")
        row.outcome, row.closed_at = FollowOutcome.ACCEPTED, now
        row.save(update_fields=["status", "outcome", "closed_at"])
        reply = _judged(row, True, remark.strip(), now)
        record(row, "accepted", member, now, reply=reply.pk, reason=remark.strip())
        notices.judged(row, "accepted", member, now)
    return row


def followup_return(
    *, followup_id: int, reason: str, terms: Terms, member: Member, now: datetime
) -> FollowUp:
    """The reply is not enough: back to the unit with a reason and a new reply day."""
    with transaction.atomic():
        row = locked(followup_id, member)
        require_office(member, row.office, "退回回复")
        status = move(row, "return")
        if not reason.strip():
            raise InvalidInput({"reason": ["请写明退回的理由，责任单位会看到。"]})
        due, days = due_of(terms, day_of(now))
        row.status, row.reply_due, row.due_days, row.due_from = status, due, days, day_of(now)
        row.save(update_fields=["status", "reply_due", "due_days", "due_from"])
        reply = _judged(row, False, reason.strip(), now)
        record(
            row, "returned", member, now, reply=reply.pk, reason=reason.strip(), due=due,
            days=days,
        )  # fmt: skip
        notices.judged(row, "returned", member, now)
    return row


def followup_escalate(
    *, followup_id: int, reason: str, terms: Terms, member: Member, now: datetime
) -> FollowUp:
    """Up one rung: this one is over, a new notice goes to the unit and to its head unit.

    Returns the new notice. Raises Refusal at the top of the ladder, or before the reply day while
    a reply is owed.
    """
    with transaction.atomic():
        row = locked(followup_id, member)
        require_office(member, row.office, "升级督办")
        status = move(row, "escalate")
        problem = rules.escalation_problem(row.status, row.level, row.reply_due, day_of(now))
        if problem:
            raise Refusal("督办升级", f"{row.number}{problem}。", "可以先等回复，或者退回、撤销。")
        if not reason.strip():
            raise InvalidInput({"reason": ["请写明升级的理由，责任单位和它的上级会看到。"]})
        level = rules.next_level(row.level)
        assert level is not None
        if row.status == FollowStatus.REPLIED:
            _judged(row, False, reason.strip(), now)
        row.status, row.closed_at = status, now
        row.save(update_fields=["status", "closed_at"])
        shares = list(row.shares.values_list("assignment_id", flat=True))
        record(row, "escalated", member, now, reason=reason.strip(), to=level)
        return _issue(
            office=row.office, unit=row.unit, level=level, title=row.title, terms=terms,
            demand=f"{reason.strip()}\n原要求（{row.number}）：\n{row.demand}", member=member,
            now=now, basis=row.basis, plan=row.plan, point=row.point, shares=shares, follows=row,
        )  # fmt: skip


def followup_call_off(*, followup_id: int, reason: str, member: Member, now: datetime) -> FollowUp:
    """The office takes its notice back, with a reason; the record stays."""
    with transaction.atomic():
        row = locked(followup_id, member)
        require_office(member, row.office, "撤销督办")
        row.status = move(row, "call_off")
        if not reason.strip():
            raise InvalidInput({"reason": ["请写明撤销的理由，责任单位会看到。"]})
        row.outcome, row.closed_at = FollowOutcome.CALLED_OFF, now
        row.save(update_fields=["status", "outcome", "closed_at"])
        record(row, "called_off", member, now, reason=reason.strip())
        notices.judged(row, "called_off", member, now)
    return row
