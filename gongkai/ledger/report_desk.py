"""Screens of monthly reports: a unit's month on one screen, the office's matrix and its reading."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.ledger import report_board, reports
from gongkai.ledger import rules_reports as reporting
from gongkai.ledger.enums import ReportStatus
from gongkai.ledger.followup_bulk_desk import no_plan, own_plan
from gongkai.ledger.forms import ReasonForm
from gongkai.ledger.forms_followups import ReportForm, ReportRuleForm
from gongkai.ledger.models import MonthReport, Plan
from gongkai.organisations.access import Member
from gongkai.organisations.desk import (
    desk_context,
    fold_errors,
    member_of,
    posted,
    role_required,
    staff_required,
)
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit

PER_PAGE = 40


def month_in(text: str) -> date | None:
    """The first day of a month written 2022-09; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError:
        return None


# --- a unit's month -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One task on the screen: what is owed, its form, what is proposed for it."""

    owed: report_board.Owed
    form: ReportForm | None
    borrowed: bool


@staff_required
@require_http_methods(["GET", "POST"])
def reports_unit(request: HttpRequest) -> HttpResponse:
    """A unit's tasks of one month on one screen: fill in, keep drafts, send.

    A supervisor without an editor's post sees the matrix instead.
    """
    member = member_of(request)
    units = report_board.reporting_units(member)
    unit = _unit(units, request.GET.get("unit", ""))
    if unit is None:
        if request.method == "GET" and member.holds_anywhere(Role.SUPERVISOR):
            return reports_office(request)  # type: ignore[return-value]
        if request.method == "POST":
            raise NotVisible
        context = desk_context(request, current="reports", page_title="任务月报")
        return render(request, "ledger/reports.html", context)
    desk = report_board.unit_desk(unit, month_in(request.GET.get("month", "")), today())
    sent = request.method == "POST"
    entries = [_entry(one, desk, request if sent else None) for one in desk.owed]
    problems: list[str] = []
    if sent:
        problems = _keep(request, desk, entries, member)
        if not problems:
            query = urlencode({"unit": unit.pk, "month": f"{desk.month:%Y-%m}", "kept": "1"})
            return redirect(f"{reverse('ledger-desk:reports')}?{query}")
    context = desk_context(
        request,
        current="reports",
        page_title="任务月报",
        unit=unit,
        units=units,
        desk=desk,
        entries=entries,
        writable=any(entry.form for entry in entries),
        problems=problems,
        kept="kept" in request.GET,
        counts={
            state: sum(1 for one in desk.owed if one.state == state) for state in reporting.WORDS
        },
        months=[
            {
                "label": f"{month.month} 月",
                "url": f"?{urlencode({'unit': unit.pk, 'month': f'{month:%Y-%m}'})}",
                "current": month == desk.month,
            }
            for month in desk.months
        ],
    )
    return render(request, "ledger/reports.html", context, status=422 if problems else 200)


def _unit(units: list[Unit], chosen: str) -> Unit | None:
    wanted = next((unit for unit in units if str(unit.pk) == chosen), None)
    return wanted or (units[0] if units else None)


def _entry(one: report_board.Owed, desk: report_board.Desk, request: HttpRequest | None) -> Entry:
    if one.report is not None and one.report.status not in reports.WRITABLE:
        return Entry(one, None, False)
    before = desk.before.get(one.share.pk)
    source = one.report or before
    borrowed = one.report is None and before is not None
    initial: dict[str, Any] = {}
    if source is not None:
        initial = {
            "progress": source.progress,
            "percent": source.percent,
            "problems": source.problems,
            "next_step": source.next_step,
        }
    if one.report is not None:
        initial |= {"items": [str(pk) for pk in one.report.items], "send": True}
    form = ReportForm(
        request.POST if request else None,
        share=one.share.pk,
        items=desk.proposals(one.share),
        initial=initial,
    )
    return Entry(one, form, borrowed)


def _keep(
    request: HttpRequest, desk: report_board.Desk, entries: list[Entry], member: Member
) -> list[str]:
    """Save what can be saved, then send what is asked for; what is wrong, in words."""
    problems = []
    texts: dict[int, reports.ReportText] = {}
    wanted: list[int] = []
    for entry in entries:
        form, share = entry.form, entry.owed.share
        if form is None:
            continue
        if not form.is_valid():
            where = f"第 {share.task.point.number} 项“{share.task.text[:16]}”"
            problems += [f"{where}：{m}" for found in form.errors.values() for m in found]
            continue
        data = form.cleaned_data
        texts[share.pk] = reports.ReportText(
            progress=data["progress"],
            percent=data["percent"],
            problems=data["problems"],
            next_step=data["next_step"],
            items=tuple(int(pk) for pk in data.get("items", [])),
        )
        if data["send"]:
            wanted.append(share.pk)
    if texts:
        reports.reports_save(
            unit=desk.unit, month=desk.month, entries=texts, member=member, now=now()
        )
    if problems:
        return problems
    if request.POST.get("act") == "send":
        try:
            reports.reports_send(
                unit=desk.unit, month=desk.month, assignment_ids=wanted, member=member, now=now()
            )
        except InvalidInput as error:
            for name, found in error.fields.items():
                for entry in entries:
                    if entry.form is not None and name == f"{entry.owed.share.pk}-progress":
                        entry.form.add_error("progress", found)
                problems += found
    return problems


# --- the office -----------------------------------------------------------------------------------


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def reports_office(request: HttpRequest) -> HttpResponse:
    """Units by months: who reported in time, late, not at all; and the plan's rule."""
    member = member_of(request)
    plan = own_plan(member, request.GET.get("plan", ""))
    if plan is None:
        return no_plan(request, "reports", "任务月报")
    form = ReportRuleForm(posted(request), plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            reports.plan_reports_set(
                plan_id=plan.pk,
                start=form.start_day,
                kind=form.cleaned_data["kind"],
                nth=form.cleaned_data["nth"],
                member=member,
                now=now(),
            )
            return redirect(f"{request.path}?plan={plan.pk}")
        except InvalidInput as error:
            fold_errors(error, form)
    found = report_board.matrix(plan, today())
    rows = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        current="reports",
        page_title="任务月报",
        plan=plan,
        plans=Plan.objects.filter(office_id__in=member.unit_ids(Role.SUPERVISOR)),
        matrix=found,
        heads=[
            (month, found.dues.get(month), found.missing(month), found.tallies.get(month))
            for month in found.months
        ],
        rows=rows,
        form=form,
        rule=reporting.DueRule(plan.report_due, plan.report_nth).words(),
        day=today(),
    )
    status = 422 if form.errors else 200
    return render(request, "ledger/reports_office.html", context, status=status)


def _office_plan(member: Member, plan_id: int) -> Plan:
    plan = Plan.objects.select_related("office").filter(pk=plan_id).first()
    if plan is None or not member.supervises(plan.office):
        raise NotVisible
    return plan


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET"])
def reports_read(request: HttpRequest, plan_id: int, unit_id: int, month: str) -> HttpResponse:
    """One unit's reports of one month, to read and to send back."""
    return _read_page(request, plan_id, unit_id, month)


def _read_page(
    request: HttpRequest,
    plan_id: int,
    unit_id: int,
    month: str,
    sent: tuple[int, ReasonForm] | None = None,
) -> HttpResponse:
    member = member_of(request)
    plan = _office_plan(member, plan_id)
    wanted = month_in(month)
    unit = Unit.objects.filter(pk=unit_id).first()
    if wanted is None or unit is None or wanted not in report_board.plan_months(plan, today()):
        raise NotVisible
    owed = [
        o for o in report_board.plan_owed(plan, today(), [wanted]) if o.share.unit_id == unit_id
    ]
    if not owed:
        raise NotVisible
    office = member.holds(Role.SUPERVISOR, plan.office)
    entries = [(one, _return_form(one.report, sent) if office else None) for one in owed]
    unread = [o for o in owed if o.report and o.report.status == ReportStatus.SUBMITTED]
    context = desk_context(
        request,
        current="reports",
        page_title=f"{unit.short_name} {wanted.month} 月月报",
        plan=plan,
        unit=unit,
        month=wanted,
        entries=entries,
        office=office,
        unread=len(unread),
        due=owed[0].due,
        wrong=sent[1] if sent else None,
    )
    return render(request, "ledger/reports_read.html", context, status=422 if sent else 200)


def _return_form(
    report: MonthReport | None, sent: tuple[int, ReasonForm] | None
) -> ReasonForm | None:
    if report is None or report.status != ReportStatus.SUBMITTED:
        return None
    if sent is not None and sent[0] == report.pk:
        return sent[1]
    return ReasonForm(auto_id=f"id_report_{report.pk}_%s")


@role_required(Role.SUPERVISOR)
@require_POST
def reports_read_all(request: HttpRequest, plan_id: int, unit_id: int, month: str) -> HttpResponse:
    """Every sent report of a unit's month has been read."""
    member = member_of(request)
    plan = _office_plan(member, plan_id)
    wanted = month_in(month)
    if wanted is None:
        raise NotVisible
    rows = MonthReport.objects.filter(
        assignment__task__point__plan=plan, assignment__unit_id=unit_id, month=wanted,
        status=ReportStatus.SUBMITTED,
    ).values_list("pk", flat=True)  # fmt: skip
    for report_id in list(rows):
        reports.report_read(report_id=report_id, member=member, now=now())
    return redirect("ledger-desk:reports-read", plan_id=plan_id, unit_id=unit_id, month=month)


@role_required(Role.SUPERVISOR)
@require_POST
def report_return(request: HttpRequest, report_id: int) -> HttpResponse:
    """Send one report back with a reason."""
    member = member_of(request)
    row = (
        MonthReport.objects.select_related("assignment__task__point__plan__office")
        .filter(pk=report_id)
        .first()
    )
    if row is None:
        raise NotVisible
    plan = row.assignment.task.point.plan
    _office_plan(member, plan.pk)
    place = (plan.pk, row.assignment.unit_id, f"{row.month:%Y-%m}")
    form = ReasonForm(request.POST, auto_id=f"id_report_{row.pk}_%s")
    if form.is_valid():
        try:
            reports.report_return(
                report_id=row.pk, reason=form.cleaned_data["reason"], member=member, now=now()
            )
            return redirect("ledger-desk:reports-read", *place)
        except InvalidInput as error:
            fold_errors(error, form)
    return _read_page(request, *place, (row.pk, form))
