"""Every write of monthly reports (月报): the plan's rule, drafts, sending, reading, sending back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.core import facts
from gongkai.core.calendar import load_calendar
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.core.models import Fact
from gongkai.ledger import followup_notices as notices
from gongkai.ledger import rules_reports as rules
from gongkai.ledger import services
from gongkai.ledger.enums import ReportDue, ReportStatus
from gongkai.ledger.models import Assignment, MonthReport, Plan
from gongkai.ledger.proofs import own_items
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Visibility

_TYPED = (
    "progress", "percent", "problems", "next_step", "items", "saved_by", "saved_at",
)  # fmt: skip
WRITABLE = (ReportStatus.DRAFT, ReportStatus.RETURNED)


def plan_reports_set(
    *, plan_id: int, start: date | None, kind: str, nth: int, member: Member, now: datetime
) -> Plan:
    """The office decides from which month reports are due and by which day; None turns them off."""
    with transaction.atomic():
        plan = (
            Plan.objects.select_for_update(of=("self",))
            .select_related("office")
            .filter(pk=plan_id)
            .first()
        )
        if plan is None:
            raise NotVisible
        services.require_ledger(member, plan, "设定月报")
        errors: dict[str, list[str]] = {}
        if kind not in ReportDue.values:
            errors["kind"] = ["请选择期限怎么算。"]
        if not 1 <= nth <= 20:
            errors["nth"] = ["第几个工作日应在 1 到 20 之间。"]
        if start is not None and start.year != plan.year:
            errors["start"] = [f"起始月应在 {plan.year} 年内。"]
        if errors:
            raise InvalidInput(errors, rule="设定月报")
        plan.reports_from = rules.month_of(start) if start else None
        plan.report_due, plan.report_nth = kind, nth
        plan.save(update_fields=["reports_from", "report_due", "report_nth"])
        facts.record(
            action="ledger.report.rule_set",
            subject=("ledger_plan", plan.pk),
            unit_id=plan.office_id,
            actor=member.actor,
            occurred_at=now,
            details={"from": plan.reports_from, "due": kind, "nth": nth},
        )
    return plan


@dataclass(frozen=True, slots=True)
class ReportText:
    """What a unit typed about one task."""

    progress: str
    percent: int | None = None
    problems: str = ""
    next_step: str = ""
    items: tuple[int, ...] = ()


def _shares(unit: Unit, ids: Collection[int], member: Member) -> dict[int, Assignment]:
    """The unit's shares, locked; NotVisible when one of them is not the unit's."""
    require_visible(member, unit)
    require_role(member, unit, Role.EDITOR, act="报送月报")
    rows = {
        row.pk: row
        for row in Assignment.objects.select_for_update(of=("self",))
        .select_related("task__point__plan__office", "unit")
        .filter(pk__in=ids, unit=unit)
    }
    if len(rows) != len(set(ids)):
        raise NotVisible
    for plan in {row.task.point.plan for row in rows.values()}:
        services.require_open(plan)
    return rows


def _check_month(row: Assignment, month: date, now: datetime) -> None:
    plan = row.task.point.plan
    if plan.reports_from is None:
        raise Refusal("月报", f"{plan.title}没有要求报送月报。", "请联系政务公开主管部门。")
    if month.day != 1 or month > rules.month_of(day_of(now)) or month < plan.reports_from:
        raise InvalidInput({"month": ["这个月不在报送范围内，请重新选择月份。"]}, rule="月报")
    if not row.active:
        raise Refusal("月报", "这项任务现在不由本单位负责。", "请联系政务公开主管部门。")


def reports_save(
    *,
    unit: Unit,
    month: date,
    entries: Mapping[int, ReportText],
    member: Member,
    now: datetime,
) -> list[MonthReport]:
    """Keep what was typed as drafts (by share id); what was sent already is left as it is."""
    with transaction.atomic():
        shares = _shares(unit, list(entries), member)
        for row in shares.values():
            _check_month(row, month, now)
        for text in entries.values():
            if text.percent is not None and not 0 <= text.percent <= 100:
                raise InvalidInput({"percent": ["完成百分比应在 0 到 100 之间。"]}, rule="月报")
        have = {
            r.assignment_id: r
            for r in MonthReport.objects.filter(assignment__in=shares, month=month)
        }
        kept: list[MonthReport] = []
        for share, text in entries.items():
            report = have.get(share) or MonthReport(assignment_id=share, month=month)
            if report.status not in WRITABLE:
                continue
            report.progress, report.percent = text.progress.strip(), text.percent
            report.problems, report.next_step = text.problems.strip(), text.next_step.strip()
            report.items = sorted(set(text.items))
            report.saved_by_id, report.saved_at = member.actor.user_id, now
            kept.append(report)
        known = [report for report in kept if report.pk is not None]
        MonthReport.objects.bulk_create([report for report in kept if report.pk is None])
        MonthReport.objects.bulk_update(known, _TYPED)
    return kept


def reports_send(
    *, unit: Unit, month: date, assignment_ids: Sequence[int], member: Member, now: datetime
) -> list[MonthReport]:
    """Send the saved reports of these shares; chosen items become evidence of the task.

    All of them or none: InvalidInput has one entry per share that lacks its progress, under
    ``<share id>-progress``.
    """
    if not assignment_ids:
        raise InvalidInput({"send": ["请勾选要报送的任务。"]}, rule="月报")
    with transaction.atomic():
        shares = _shares(unit, assignment_ids, member)
        reports = {
            r.assignment_id: r
            for r in MonthReport.objects.select_for_update().filter(
                assignment__in=shares, month=month
            )
        }
        errors: dict[str, list[str]] = {}
        for pk, row in shares.items():
            _check_month(row, month, now)
            report = reports.get(pk)
            if report is None or not report.progress:
                words = f"第 {row.task.point.number} 项“{row.task.text[:20]}”的进展还没有填写。"
                errors[f"{pk}-progress"] = [words]
            elif report.status not in WRITABLE:
                raise Refusal("月报", "这份月报已经报送，要改请联系政务公开主管部门退回。")
        if errors:
            raise InvalidInput(errors, rule="月报")
        calendar = load_calendar()
        told: list[Fact] = []
        for pk, report in reports.items():
            plan = shares[pk].task.point.plan
            due = rules.due_on(month, rules.DueRule(plan.report_due, plan.report_nth), calendar)
            report.status, report.sent_at = ReportStatus.SUBMITTED, now
            report.first_sent_at = report.first_sent_at or now
            _prove(shares[pk], report, member, now)
            told.append(
                _fact(
                    report, shares[pk], "submitted", member, now, percent=report.percent, due=due,
                    late=day_of(report.first_sent_at) > due,
                )
            )  # fmt: skip
        # Forty tasks are sent at once: a few statements, not eighty.
        rows = MonthReport.objects.filter(pk__in=[report.pk for report in reports.values()])
        rows.update(status=ReportStatus.SUBMITTED, sent_at=now)
        rows.filter(first_sent_at=None).update(first_sent_at=now)
        Fact.objects.bulk_create(told)
    return list(reports.values())


def _prove(row: Assignment, report: MonthReport, member: Member, now: datetime) -> None:
    """Chosen items are handed in as evidence once; one that went meanwhile is passed over."""
    if not report.items:
        return
    have = set(
        row.evidence.filter(
            item_id__in=report.items, removed_at=None, rejected_at=None
        ).values_list("item_id", flat=True)
    )
    public = own_items(row.unit).filter(pk__in=report.items, visibility=Visibility.PUBLIC)
    for item in public.order_by("pk"):
        if item.pk not in have:
            services.evidence_add_item(
                assignment_id=row.pk, item_id=item.pk, member=member, now=now,
                note=f"{report.month.month} 月月报",
            )  # fmt: skip


def _fact(
    report: MonthReport, row: Assignment, action: str, member: Member, now: datetime, **more: Any
) -> Fact:
    return facts.build(
        action=f"ledger.report.{action}",
        subject=("ledger_report", report.pk),
        unit_id=row.unit_id,
        actor=member.actor,
        occurred_at=now,
        details={"assignment": row.pk, "month": f"{report.month:%Y-%m}", **more},
    )


def _judged(report_id: int, member: Member, act: str) -> MonthReport:
    report = (
        MonthReport.objects.select_for_update(of=("self",))
        .select_related("assignment__task__point__plan__office", "assignment__unit")
        .filter(pk=report_id)
        .first()
    )
    if report is None:
        raise NotVisible
    services.require_ledger(member, report.assignment.task.point.plan, act)
    if report.status != ReportStatus.SUBMITTED:
        label = ReportStatus(report.status).label
        raise Refusal("月报", f"这份月报现在是“{label}”，不能{act}。", "请刷新页面。")
    return report


def report_read(*, report_id: int, member: Member, now: datetime) -> MonthReport:
    """The office has read it."""
    with transaction.atomic():
        report = _judged(report_id, member, "阅月报")
        report.status, report.decided_at, report.return_reason = ReportStatus.READ, now, ""
        report.save(update_fields=["status", "decided_at", "return_reason"])
        _fact(report, report.assignment, "read", member, now).save()
    return report


def report_return(*, report_id: int, reason: str, member: Member, now: datetime) -> MonthReport:
    """Back to the unit with a reason; being sent in time the first time still counts."""
    with transaction.atomic():
        report = _judged(report_id, member, "退回月报")
        if not reason.strip():
            raise InvalidInput({"reason": ["请写明退回的理由，责任单位会看到。"]})
        report.status, report.decided_at = ReportStatus.RETURNED, now
        report.return_reason = reason.strip()[:300]
        report.save(update_fields=["status", "decided_at", "return_reason"])
        _fact(report, report.assignment, "returned", member, now, reason=reason.strip()).save()
        notices.report_returned(report, member, now)
    return report
