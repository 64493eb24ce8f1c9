"""Screens of follow-ups (督办): the list, one follow-up, issuing one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core import facts
from gongkai.core.calendar import load_calendar
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.core.workdays import add_workdays
from gongkai.ledger import board, followup_replies, followups, services
from gongkai.ledger import followup_board as reads
from gongkai.ledger import rules_followups as rules
from gongkai.ledger.enums import FOLLOW_LIVE, FOLLOW_OWED, FollowStatus
from gongkai.ledger.forms_followups import (
    IssueForm,
    ReplyForm,
    VerdictForm,
    WhyForm,
    WhyTermsForm,
)
from gongkai.ledger.lights import load
from gongkai.ledger.models import Assignment, FollowUp
from gongkai.ledger.proofs import own_items
from gongkai.organisations.access import Member, visible_units
from gongkai.organisations.desk import (
    desk_context,
    fold_errors,
    member_of,
    posted,
    role_required,
    staff_required,
)
from gongkai.organisations.enums import Role, UnitKind
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Visibility

PER_PAGE = 30
OFFERED = 12
"""How many of the unit's newest public items a reply may point to."""


def offices_of(member: Member) -> list[Unit]:
    """The offices in which the person supervises."""
    return list(Unit.objects.filter(pk__in=member.unit_ids(Role.SUPERVISOR)).order_by("order"))


@staff_required
@require_safe
def followups_list(request: HttpRequest) -> HttpResponse:
    """Follow-ups the person may see: all of the area for an office, its own for a unit."""
    member = member_of(request)
    day = today()
    rows = reads.followups_for(member)
    counts = reads.tally(rows, day)
    which = request.GET.get("which", "live")
    which = which if which in counts else "live"
    page = Paginator(reads.listed_page(reads.filtered(rows, which, day), which), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = desk_context(
        request,
        current="followups",
        page_title="督办",
        page=page,
        lines=reads.lines(page.object_list, day, load_calendar()),
        which=which,
        counts=counts,
        office=bool(member.unit_ids(Role.SUPERVISOR)),
        tabs=[
            {
                "label": label,
                "url": f"?which={key or 'all'}",
                "count": counts[key or "all"],
                "current": which == (key or "all"),
            }
            for key, label in reads.FILTERS
        ],
    )
    return render(request, "ledger/followups.html", context)


def followup_for(member: Member, followup_id: int) -> FollowUp:
    """A follow-up the person may see; NotVisible otherwise."""
    row = (
        FollowUp.objects.select_related(
            "office__parent", "unit__area", "unit__parent", "head", "plan", "point", "issued_by",
            "follows", "next",
        )
        .filter(pk=followup_id)
        .first()
    )  # fmt: skip
    if row is None or not followups.may_see(member, row):
        raise NotVisible
    return row


def _shares(row: FollowUp) -> list[tuple[Assignment, Any, str]]:
    rows = list(
        Assignment.objects.filter(followup_shares__followup=row)
        .select_related("task__point__plan", "unit")
        .order_by("task__point__number", "task__seq")
    )
    found = load(rows)
    verdicts = [(a, found.verdict(a.pk, today())) for a in rows]
    return [(a, verdict, board.light_words(verdict)) for a, verdict in verdicts]


def _reply_form(request: HttpRequest, row: FollowUp, *, sent: bool = False) -> ReplyForm:
    items = (
        own_items(row.unit)
        .filter(visibility=Visibility.PUBLIC)
        .only("pk", "title", "published_at")
        .order_by("-published_at")[:OFFERED]
    )
    return ReplyForm(*((request.POST, request.FILES) if sent else ()), items=items)


@staff_required
@require_http_methods(["GET", "POST"])
def followup(request: HttpRequest, followup_id: int) -> HttpResponse:
    """One follow-up: its clock and why, what was demanded and answered, the next act."""
    member = member_of(request)
    row = followup_for(member, followup_id)
    form = _reply_form(request, row, sent=request.method == "POST")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            followup_replies.followup_reply(
                followup_id=row.pk,
                text=data["text"],
                items=[int(pk) for pk in data.get("items", [])],
                url=data["url"],
                url_title=data["url_title"],
                files=[(upload.name, upload.read()) for upload in data["attachments"]],
                member=member,
                now=now(),
            )
            return redirect("ledger-desk:followup", followup_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    elif request.method == "POST":
        followup_replies.require_replier(member, row)
    return _page(request, row, member, {"reply": form})


def _page(
    request: HttpRequest, row: FollowUp, member: Member, sent: dict[str, forms.Form]
) -> HttpResponse:
    calendar = load_calendar()
    office = member.holds(Role.SUPERVISOR, row.office)
    replier = member.holds(Role.EDITOR, row.unit) or bool(
        row.head is not None and member.holds(Role.EDITOR, row.head)
    )
    owed = row.status in FOLLOW_OWED
    wrong = next((form for form in sent.values() if form.errors), None)
    higher = rules.next_level(row.level)
    barred = rules.escalation_problem(row.status, row.level, row.reply_due, today())
    days = {"days": rules.rung(higher or row.level).days}
    context = desk_context(
        request,
        current="followups",
        page_title=f"{row.number} {row.title}",
        row=row,
        rung=rules.rung(row.level),
        tone=reads.TONES[FollowStatus(row.status)],
        level_tone=reads.LEVEL_TONES[row.level],  # type: ignore[index]
        clock=rules.clock_of(row.status, row.reply_due, today(), calendar),
        explained=rules.explain_due(row.due_from, row.reply_due, row.due_days, calendar),
        counted=add_workdays(row.due_from, row.due_days, calendar) if row.due_days else None,
        shares=_shares(row),
        replies=list(row.replies.select_related("by", "unit").prefetch_related("proofs")),
        following=getattr(row, "next", None),
        form=(sent.get("reply") or _reply_form(request, row)) if replier and owed else None,
        office=office,
        live=row.status in FOLLOW_LIVE,
        owed=owed,
        judging=office and row.status == FollowStatus.REPLIED,
        accept_form=sent.get("accept") or VerdictForm(auto_id="id_accept_%s"),
        return_form=sent.get("return") or WhyTermsForm(auto_id="id_return_%s", initial=days),
        escalate_form=sent.get("escalate") or WhyTermsForm(auto_id="id_escalate_%s", initial=days),
        off_form=sent.get("call_off") or WhyForm(auto_id="id_off_%s"),
        higher=rules.rung(higher) if higher and not barred else None,
        barred=barred,
        wrong=wrong,
        record=[
            (fact, facts.action_label(fact.action))
            for fact in reversed(facts.trail("ledger_followup", row.pk))
        ],
    )
    return render(request, "ledger/followup.html", context, status=422 if wrong else 200)


@role_required(Role.SUPERVISOR)
@require_POST
def followup_act(request: HttpRequest, followup_id: int, act: str) -> HttpResponse:
    """The office's acts: accept, return, escalate, call off."""
    member = member_of(request)
    row = followup_for(member, followup_id)
    form: Any
    if act == "accept":
        form = VerdictForm(request.POST, auto_id="id_accept_%s")
    elif act == "call_off":
        form = WhyForm(request.POST, auto_id="id_off_%s")
    else:
        form = WhyTermsForm(request.POST, auto_id=f"id_{act}_%s")
    if form.is_valid():
        common: dict[str, Any] = {"followup_id": row.pk, "member": member, "now": now()}
        data = form.cleaned_data
        try:
            if act == "accept":
                done = followups.followup_accept(remark=data["remark"], **common)
            elif act == "call_off":
                done = followups.followup_call_off(reason=data["reason"], **common)
            elif act == "return":
                done = followups.followup_return(reason=data["reason"], terms=form.terms, **common)
            else:
                done = followups.followup_escalate(
                    reason=data["reason"], terms=form.terms, **common
                )
            return redirect("ledger-desk:followup", followup_id=done.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    else:
        services.require_office(member, row.office, rules.EVENTS[act])
    return _page(request, row, member, {act: form})


# --- issuing one ----------------------------------------------------------------------------------


def _units(member: Member, office: Unit) -> Sequence[Unit]:
    """The units that an office may send a notice to."""
    rows = (
        visible_units(member)
        .filter(valid_to=None)
        .exclude(kind__in=[UnitKind.VILLAGE, UnitKind.OFFICE])
    )
    return [u for u in rows.order_by("kind", "order", "pk") if u.pk != office.pk]


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def followup_new(request: HttpRequest) -> HttpResponse:
    """A notice to one unit, about a share of a task (``share``) or about any matter."""
    member = member_of(request)
    office = offices_of(member)[0]
    share = _share(request, member, office)
    initial: dict[str, Any] = {
        name: request.GET[name][:200] for name in ("title", "demand", "basis", "unit")
        if request.GET.get(name)
    }  # fmt: skip
    if share is not None:
        point = share.task.point
        initial = {
            "unit": share.unit_id,
            "title": f"工作要点第 {point.number} 项“{point.title[:40]}”的任务",
            "demand": f"请说明下列任务的进展，并提交凭据：\n{share.task.text}",
            "basis": f"{point.plan.doc_no}第 {point.number} 项" if point.plan.doc_no else "",
        }
    form = IssueForm(posted(request), units=_units(member, office), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            issued = followups.followup_issue(
                office=office,
                unit=data["unit"],
                level=data["level"],
                title=data["title"],
                demand=data["demand"],
                basis=data["basis"],
                terms=form.terms,
                assignment_ids=[share.pk] if share else [],
                member=member,
                now=now(),
            )
            return redirect("ledger-desk:followup", followup_id=issued.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    context = desk_context(
        request,
        current="followups",
        page_title="发出督办",
        form=form,
        office=office,
        share=share,
        unconfirmed=rules.UNCONFIRMED_DAYS,
    )
    return render(request, "ledger/followup_new.html", context, status=422 if form.errors else 200)


def _share(request: HttpRequest, member: Member, office: Unit) -> Assignment | None:
    chosen = request.GET.get("share", "")
    if not chosen.isdigit():
        return None
    row = (
        Assignment.objects.select_related("task__point__plan", "unit")
        .filter(pk=int(chosen), active=True, task__point__plan__office=office)
        .first()
    )
    if row is None:
        raise NotVisible
    return row
