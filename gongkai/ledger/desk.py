"""Screens of the ledger: the office's board, one task, a unit's own tasks and their evidence."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core import facts
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.ledger import board, services
from gongkai.ledger.enums import EvidenceKind, Light
from gongkai.ledger.followup_board import about_share
from gongkai.ledger.forms import AssignForm, EvidenceForm, OverrideForm, ReasonForm
from gongkai.ledger.lights import load
from gongkai.ledger.models import Assignment, Evidence, LedgerTask, Plan
from gongkai.ledger.selectors import PointState, due_words
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
from gongkai.publishing.enums import Visibility
from gongkai.publishing.found import KIND
from gongkai.publishing.found_staff import FIELDS, within
from gongkai.search.lists import searched

PER_PAGE = 50


# --- the office's board ------------------------------------------------------------------------


def chosen_plan(member: Member, plans: list[Plan], chosen: str) -> Plan | None:
    own = (plan for plan in plans if member.holds(Role.SUPERVISOR, plan.office))
    wanted = next((plan for plan in plans if str(plan.pk) == chosen), None)
    return wanted or next(own, plans[0] if plans else None)


def chosen_day(text: str) -> date:
    """A day up to today; today for anything else."""
    try:
        return min(date.fromisoformat(text), today())
    except ValueError:
        return today()


@role_required(Role.SUPERVISOR)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The whole plan by point or by unit, as of today or an earlier day."""
    member = member_of(request)
    plans = board.plans_for(member)
    plan = chosen_plan(member, plans, request.GET.get("plan", ""))
    context: dict[str, Any] = {"plans": plans, "plan": plan}
    if plan is not None:
        context |= _board(request, plan)
    return render(
        request,
        "ledger/overview.html",
        desk_context(request, current="ledger", page_title="要点台账", **context),
    )


def _board(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    day = chosen_day(request.GET.get("day", ""))
    view = "unit" if request.GET.get("by") == "unit" else "point"
    light = request.GET.get("light", "")
    found = board.board_of(plan, day)
    shown = [row for row in found.rows if light not in Light.values or row.verdict.light == light]
    groups = board.by_unit(shown) if view == "unit" else board.by_point(shown)
    key = request.GET.get("open", "")
    opened = next((group for group in groups if group.key == key), None)
    listed = opened.rows if opened else shown if light in Light.values else ()
    pages = Paginator(listed if view == "unit" or not opened else board.by_task(listed), PER_PAGE)
    words = {"plan": str(plan.pk), "by": view}
    if day != today():
        words["day"] = day.isoformat()
    return {
        "progress": found.progress,
        "sections": _sections(found),
        "late": found.late,
        "tally": found.tally,
        "whole": len(found.rows),
        "groups": Paginator(groups, PER_PAGE).get_page(request.GET.get("page")),
        "opened": opened,
        "point": next((p for p in found.progress.points if str(p.number) == key), None)
        if opened and view == "point"
        else None,
        "listed": pages.get_page(request.GET.get("page")) if opened or listed else None,
        "by_task": bool(opened) and view == "point",
        "nothing": light in Light.values and not shown,
        "view": view,
        "light": light if light in Light.values else "",
        "light_choices": Light.choices,
        "day": day,
        "past": day != today(),
        "here": urlencode(words),
        "query": urlencode({**words, "light": light} if light in Light.values else words),
        "city": plan.office.area_id is None,
        "chasing": sum(1 for row in found.rows if row.chased),
        "views": [
            {"label": label, "url": f"?{urlencode({**words, 'by': by})}", "current": by == view}
            for by, label in (("point", "按要点"), ("unit", "按单位"))
        ],
    }


def _sections(found: board.Board) -> list[tuple[str, list[tuple[PointState, dict[str, int]]]]]:
    """The points by section, each with how many of its shares show each light."""
    tallies = {group.key: group.tally for group in board.by_point(found.rows)}
    none = dict(board.Group("", "", ()).tally)
    return [
        (title, [(point, tallies.get(str(point.number), none)) for point in points])
        for title, points in found.progress.sections()
    ]


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """One task with all its units; the office may name further ones."""
    member = member_of(request)
    row = (
        LedgerTask.objects.select_related("point__plan__office__area")
        .filter(pk=task_id, retired_at=None, point__retired_at=None)
        .first()
    )
    if row is None or not member.supervises(row.point.plan.office):
        raise NotVisible
    assignments = list(
        row.assignments.select_related("unit", "task__point__plan").order_by("role", "unit__order")
    )
    owner = member.holds(Role.SUPERVISOR, row.point.plan.office) and not row.point.plan.closed_at
    taken = [a.unit_id for a in assignments if a.active]
    form = AssignForm(posted(request), taken=taken) if owner or request.method == "POST" else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            services.assignment_add(
                task_id=row.pk,
                unit=form.cleaned_data["unit"],
                role=form.cleaned_data["role"],
                member=member,
                now=now(),
            )
            return redirect("ledger-desk:task", task_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    found = load(assignments)
    verdicts = [(a, found.verdict(a.pk, today())) for a in assignments if a.active]
    context = desk_context(
        request,
        current="ledger",
        page_title=row.text,
        task=row,
        point=row.point,
        due=due_words(row, row.point.plan.year),
        form=form,
        rows=[(a, verdict, board.light_words(verdict)) for a, verdict in verdicts],
        references=[a for a in assignments if a.reference and not a.active],
        ended=[a for a in assignments if not a.reference and not a.active],
    )
    status = 422 if form is not None and form.errors else 200
    return render(request, "ledger/task.html", context, status=status)


# --- a unit's own tasks ------------------------------------------------------------------------


@staff_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The tasks of my units, most urgent first."""
    rows = board.unit_tasks(member_of(request), today())
    context = desk_context(
        request,
        current="mine",
        page_title="我的任务",
        page=Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        several=len({row.unit_id for row in rows}) > 1,
        tally=board.Group("", "", tuple(rows)).tally,
    )
    return render(request, "ledger/mine.html", context)


def _assignment_for(member: Member, assignment_id: int) -> Assignment:
    row = (
        board.assignments_for(member)
        .select_related("task__point__plan__office__area", "unit__area")
        .filter(pk=assignment_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


@dataclass(frozen=True, slots=True)
class _Forms:
    """Forms of the page of a share that came back with errors; what was typed stays."""

    evidence: EvidenceForm | None = None
    override: OverrideForm | None = None
    end: ReasonForm | None = None
    act: ReasonForm | None = None
    acting_on: int = 0

    def wrong(self) -> forms.Form | None:
        """The one with errors, for the summary above the page."""
        found = (self.evidence, self.override, self.end, self.act)
        return next((form for form in found if form is not None and form.errors), None)


LISTED = 100
"""How many public items the evidence form offers at once."""


def _evidence_form(request: HttpRequest, row: Assignment, *, sent: bool = False) -> EvidenceForm:
    items = (
        services.own_items(row.unit)
        .filter(visibility=Visibility.PUBLIC)
        .only("pk", "title", "published_at")
        .order_by("-published_at")
    )
    words = request.GET.get("find", "").strip()[:60]
    data = (request.POST, request.FILES) if sent else ()
    found = searched(
        items,
        words,
        kind=KIND,
        fields=FIELDS[1:],
        only={"unit": within([row.unit_id], [row.unit_id]), "state": [Visibility.PUBLIC]},
    )
    return EvidenceForm(*data, items=items, offered=list(found.rows[:LISTED]))


@staff_required
@require_http_methods(["GET", "POST"])
def assignment(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """One unit's share of one task: its light and why, its evidence, what may be done."""
    member = member_of(request)
    row = _assignment_for(member, assignment_id)
    form = _evidence_form(request, row, sent=request.method == "POST")
    if request.method == "POST" and form.is_valid():
        try:
            _add_evidence(row, form.cleaned_data, member)
            return redirect("ledger-desk:assignment", assignment_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    return _share_page(request, row, member, _Forms(evidence=form))


def _share_page(
    request: HttpRequest, row: Assignment, member: Member, sent: _Forms
) -> HttpResponse:
    verdict = load([row]).verdict(row.pk, today())
    open_year = row.task.point.plan.closed_at is None
    contributor = member.holds(Role.EDITOR, row.unit) and row.active and open_year
    office = member.holds(Role.SUPERVISOR, row.task.point.plan.office) and open_year
    evidence = [
        (piece, public, _act_form(piece, sent, contributor, office))
        for piece, public in board.evidence_of(row)
    ]
    record = facts.trail("ledger_assignment", row.pk)
    context = desk_context(
        request,
        current="mine" if member.holds(Role.EDITOR, row.unit) else "ledger",
        page_title=row.task.text,
        row=row,
        point=row.task.point,
        verdict=verdict,
        words=board.light_words(verdict),
        due=due_words(row.task, row.task.point.plan.year),
        evidence=evidence,
        followups=about_share(row.pk),
        sent_back=next((e for e, _, _ in evidence if e.rejected_at and not e.removed_at), None)
        if not verdict.evidence
        else None,
        form=(sent.evidence or _evidence_form(request, row)) if contributor else None,
        find=request.GET.get("find", ""),
        contributor=contributor,
        office=office,
        override_form=sent.override or OverrideForm(auto_id="id_light_%s"),
        end_form=sent.end or ReasonForm(auto_id="id_end_%s"),
        wrong=sent.wrong(),
        record=[(fact, facts.action_label(fact.action)) for fact in reversed(record[-30:])],
    )
    return render(request, "ledger/assignment.html", context, status=422 if sent.wrong() else 200)


def _act_form(piece: Evidence, sent: _Forms, contributor: bool, office: bool) -> ReasonForm | None:
    """The form to take a standing piece back (its unit) or send it back (the office)."""
    if piece.removed_at or piece.rejected_at or not (contributor or office):
        return None
    if sent.act is not None and sent.acting_on == piece.pk:
        return sent.act
    return ReasonForm(auto_id=f"id_evidence_{piece.pk}_%s")


def _add_evidence(row: Assignment, data: dict[str, Any], member: Member) -> None:
    common: dict[str, Any] = {
        "assignment_id": row.pk,
        "member": member,
        "now": now(),
        "note": data["note"],
    }
    if data["kind"] == EvidenceKind.ITEM:
        services.evidence_add_item(item_id=data["item"].pk, **common)
    elif data["kind"] == EvidenceKind.URL:
        services.evidence_add_url(url=data["url"], title=data["title"], **common)
    else:
        upload = data["file"]
        services.evidence_add_file(data=upload.read(), filename=upload.name, **common)


@staff_required
@require_POST
def evidence_act(request: HttpRequest, evidence_id: int, act: str) -> HttpResponse:
    """Remove (the unit) or reject (the office) a piece of evidence."""
    member = member_of(request)
    piece = Evidence.objects.filter(pk=evidence_id).first()
    if piece is None:
        raise NotVisible
    row = _assignment_for(member, piece.assignment_id)
    form = ReasonForm(request.POST, auto_id=f"id_evidence_{evidence_id}_%s")
    if form.is_valid():
        service = services.evidence_remove if act == "remove" else services.evidence_reject
        try:
            service(
                evidence_id=evidence_id,
                reason=form.cleaned_data["reason"],
                member=member,
                now=now(),
            )
            return redirect("ledger-desk:assignment", assignment_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    return _share_page(request, row, member, _Forms(act=form, acting_on=piece.pk))


@role_required(Role.SUPERVISOR)
@require_POST
def assignment_act(request: HttpRequest, assignment_id: int, act: str) -> HttpResponse:
    """Set or restore a light, or end an assignment."""
    member = member_of(request)
    row = _assignment_for(member, assignment_id)
    common: dict[str, Any] = {"assignment_id": row.pk, "member": member, "now": now()}
    if act == "restore":
        services.light_restore(**common)
        return redirect("ledger-desk:assignment", assignment_id=row.pk)
    override = OverrideForm(request.POST, auto_id="id_light_%s") if act == "override" else None
    end = ReasonForm(request.POST, auto_id="id_end_%s") if act == "end" else None
    form: ReasonForm | None = override or end
    if form is not None and form.is_valid():
        service = services.light_override if act == "override" else services.assignment_end
        try:
            service(**form.cleaned_data, **common)
            return redirect("ledger-desk:assignment", assignment_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    return _share_page(request, row, member, _Forms(override=override, end=end))
