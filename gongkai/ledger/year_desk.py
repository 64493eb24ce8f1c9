"""Screens around a whole plan: export, print, the turn of the year, districts against the city."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core import facts
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.ledger import board, export, references, years
from gongkai.ledger.desk import chosen_day, chosen_plan
from gongkai.ledger.enums import Light
from gongkai.ledger.followup_bulk_desk import no_plan
from gongkai.ledger.forms import ReasonForm
from gongkai.ledger.models import Plan, PointReference, WorkPoint
from gongkai.organisations.access import Member
from gongkai.organisations.desk import desk_context, fold_errors, member_of, role_required
from gongkai.organisations.enums import Role

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _plan(request: HttpRequest) -> Plan | None:
    member = member_of(request)
    return chosen_plan(member, board.plans_for(member), request.GET.get("plan", ""))


def _light(request: HttpRequest) -> str:
    light = request.GET.get("light", "")
    return light if light in Light.values else ""


@role_required(Role.SUPERVISOR)
@require_safe
def export_xlsx(request: HttpRequest) -> HttpResponse:
    """The ledger with the overview's filters as a workbook."""
    plan = _plan(request)
    if plan is None:
        return no_plan(request, "ledger", "导出台账")
    day = chosen_day(request.GET.get("day", ""))
    data = export.workbook(plan, day, _light(request), request.build_absolute_uri("/").rstrip("/"))
    name = f"{plan.office.short_name}{plan.year}年要点台账_{day:%Y%m%d}.xlsx"
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "no-store"
    return response


@role_required(Role.SUPERVISOR)
@require_safe
def ledger_print(request: HttpRequest) -> HttpResponse:
    """The work ledger on A4 landscape, one row a task, with lines for signatures."""
    plan = _plan(request)
    if plan is None:
        return no_plan(request, "ledger", "打印台账")
    light = _light(request)
    found = board.board_of(plan, chosen_day(request.GET.get("day", "")))
    rows = [row for row in found.rows if not light or row.verdict.light == light]
    context = {
        "plan": plan,
        "progress": found.progress,
        "points": [(point, board.by_task(point.rows)) for point in board.by_point(rows)],
        "light": Light(light).label if light else "",
        "tally": dict(board.Group("", "", tuple(rows)).tally),
        "whole": len(rows),
        "day": today(),
    }
    return render(request, "ledger/print.html", context)


# --- the turn of the year -------------------------------------------------------------------------


def _own(request: HttpRequest, plan_id: int) -> tuple[Member, Plan]:
    member = member_of(request)
    plan = Plan.objects.select_related("office__area", "rolled_from").filter(pk=plan_id).first()
    if plan is None or not member.supervises(plan.office):
        raise NotVisible
    return member, plan


def _year_page(request: HttpRequest, plan: Plan, member: Member, **more: Any) -> HttpResponse:
    choices = years.carry_choices(plan, today())
    following = Plan.objects.filter(office=plan.office, year=plan.year + 1).first()
    chosen = {int(pk) for pk in request.POST.getlist("task") if pk.isdigit()}
    closings = [
        (fact, facts.action_label(fact.action))
        for fact in reversed(facts.trail("ledger_plan", plan.pk))
    ]
    wrong = more.get("problems") or more.get("form")
    context = desk_context(
        request,
        current="ledger",
        page_title=f"{plan.year} 年的年度结转和封账",
        plan=plan,
        following=following,
        choices=[
            (one, one.task_id in chosen if request.method == "POST" else one.proposed)
            for one in choices
        ],
        proposed=sum(1 for one in choices if one.proposed),
        owner=member.holds(Role.SUPERVISOR, plan.office),
        over=today() >= date(plan.year, 12, 31),
        reopen_form=more.get("form") or ReasonForm(auto_id="id_reopen_%s"),
        problems=more.get("problems") or [],
        wrong=more.get("form"),
        record=closings,
    )
    return render(request, "ledger/year.html", context, status=422 if wrong else 200)


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def year(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What goes over into the next year; closing and opening again."""
    member, plan = _own(request, plan_id)
    if request.method == "GET":
        return _year_page(request, plan, member)
    try:
        fresh = years.plan_roll_over(
            plan_id=plan.pk,
            task_ids=[int(pk) for pk in request.POST.getlist("task") if pk.isdigit()],
            member=member,
            now=now(),
        )
    except InvalidInput as error:
        problems = [m for found in error.fields.values() for m in found]
        return _year_page(request, plan, member, problems=problems)
    return redirect(f"/desk/ledger/?plan={fresh.pk}")


@role_required(Role.SUPERVISOR)
@require_POST
def year_act(request: HttpRequest, plan_id: int, act: str) -> HttpResponse:
    """Close a year, or open it again with a reason."""
    member, plan = _own(request, plan_id)
    if act == "close":
        years.plan_close(plan_id=plan.pk, member=member, now=now())
        return redirect("ledger-desk:year", plan_id=plan.pk)
    form: forms.Form = ReasonForm(request.POST, auto_id="id_reopen_%s")
    if form.is_valid():
        try:
            years.plan_reopen(
                plan_id=plan.pk, reason=form.cleaned_data["reason"], member=member, now=now()
            )
            return redirect("ledger-desk:year", plan_id=plan.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    return _year_page(request, plan, member, form=form)


# --- districts against the city -------------------------------------------------------------------


@role_required(Role.SUPERVISOR)
@require_safe
def districts(request: HttpRequest) -> HttpResponse:
    """How the districts carry each point of the city's plan; ``open`` shows one point's list."""
    member = member_of(request)
    plans = [p for p in board.plans_for(member) if p.office.area_id is None]
    plan = chosen_plan(member, plans, request.GET.get("plan", ""))
    if plan is None:
        context = desk_context(request, current="ledger", page_title="区县对应情况")
        return render(request, "ledger/districts.html", context)
    found = references.coverage(plan, today())
    key = request.GET.get("open", "")
    opened = next((p for p in found.points if str(p.point.number) == key), None)
    context = desk_context(
        request,
        current="ledger",
        page_title="区县对应情况",
        plan=plan,
        found=found,
        opened=opened,
        whole=len(found.districts),
        with_plan=len(found.districts) - len(found.without_plan),
    )
    return render(request, "ledger/districts.html", context)


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def plan_references(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Which city points each point of a district's plan carries out; the district decides."""
    member, plan = _own(request, plan_id)
    problems: list[str] = []
    if request.method == "POST":
        number = request.POST.get("point", "")
        point = WorkPoint.objects.filter(
            plan=plan, pk=int(number) if number.isdigit() else 0
        ).first()
        if point is None:
            raise NotVisible
        try:
            references.references_set(
                point_id=point.pk,
                above_ids=[int(pk) for pk in request.POST.getlist("above") if pk.isdigit()],
                member=member,
                now=now(),
            )
            return redirect(f"{request.path}#p{point.number}")
        except InvalidInput as error:
            problems = [m for found in error.fields.values() for m in found]
    above = list(WorkPoint.objects.filter(plan=plan.refers_to_id, retired_at=None))
    links: dict[int, list[PointReference]] = {}
    for link in PointReference.objects.filter(point__plan=plan).select_related("above"):
        links.setdefault(link.point_id, []).append(link)
    context = desk_context(
        request,
        current="ledger",
        page_title="对应市级要点",
        plan=plan,
        rows=[
            (point, links.get(point.pk, []), {link.above_id for link in links.get(point.pk, [])})
            for point in plan.points.filter(retired_at=None).order_by("number")
        ],
        above=above,
        missing=[
            p for p in above
            if not any(p.pk == link.above_id for found in links.values() for link in found)
        ],
        owner=member.holds(Role.SUPERVISOR, plan.office) and plan.closed_at is None,
        problems=problems,
    )  # fmt: skip
    return render(request, "ledger/references.html", context, status=422 if problems else 200)
