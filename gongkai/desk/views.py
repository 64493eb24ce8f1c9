"""The staff shell: what waits for me, the live strip after a release, the audit trail."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongkai.core import facts
from gongkai.core.clock import now, today
from gongkai.core.errors import NotVisible
from gongkai.core.models import Fact
from gongkai.desk.record import rows_of
from gongkai.desk.strip import strip_state
from gongkai.ledger import board
from gongkai.organisations.access import Member
from gongkai.organisations.desk import desk_context, member_of, staff_required
from gongkai.organisations.enums import REVIEWER_ROLES, Role
from gongkai.organisations.models import Unit
from gongkai.publishing import selectors as publishing
from gongkai.publishing.enums import Status
from gongkai.review import selectors as review

LISTED = 6
"""How many of each kind the first page names; the rest is one link away."""


@staff_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me today: reviews, returned drafts, tasks, the state of the ledger."""
    member = member_of(request)
    parts: dict[str, Any] = {}
    if member.holds_anywhere(*REVIEWER_ROLES):
        parts |= _reviewing(member)
    if member.holds_anywhere(Role.EDITOR):
        parts |= _writing(member)
    if member.holds_anywhere(Role.SUPERVISOR):
        parts |= _supervising(member)
    context = desk_context(request, current="home", page_title="今天", now=now(), **parts)
    return render(request, "desk/home.html", context)


def _reviewing(member: Member) -> dict[str, Any]:
    queue = review.queue_for(member)
    return {
        "reviewer": True,
        "waiting": list(queue[:LISTED]),
        "waiting_total": queue.count(),
        "consultations": list(review.consultations_for(member)[:LISTED]),
    }


def _writing(member: Member) -> dict[str, Any]:
    drafts = publishing.items_for(member).filter(unit_id__in=member.unit_ids(Role.EDITOR))
    wanted = {"returned": Status.RETURNED, "drafting": Status.DRAFT, "sent": Status.IN_REVIEW}
    totals = drafts.aggregate(
        **{f"{name}_total": Count("pk", filter=Q(status=s)) for name, s in wanted.items()}
    )
    lists = {
        name: list(
            drafts.filter(status=status)
            .defer("body", "facts", "attachments")
            .order_by("-updated_at")[:LISTED]
        )
        for name, status in wanted.items()
    }
    cases = review.active_cases("item", [str(item.pk) for item in lists["sent"]])
    tasks = board.unit_tasks(member, today(), urgent_only=True)
    return {
        "editor": True,
        **totals,
        **lists,
        "sent": [(item, cases.get(str(item.pk))) for item in lists["sent"]],
        "tasks": tasks[:LISTED],
        "tasks_total": len(tasks),
    }


def _supervising(member: Member) -> dict[str, Any]:
    plans = board.plans_for(member)
    own = [plan for plan in plans if member.holds(Role.SUPERVISOR, plan.office)]
    plan = next(iter(own or plans), None)
    return {
        "supervisor": True,
        "plan": plan,
        "board": board.board_of(plan, today()) if plan else None,
        "imports": board.waiting_imports(member),
    }


def missing(request: HttpRequest) -> HttpResponse:
    """A record that does not exist for this person, or an address that never did: 404."""
    context = desk_context(request, page_title="没有这一页")
    return render(request, "desk/missing.html", context, status=404)


def _subject_visible(member: Member, kind: str, subject_id: str) -> str:
    """The title of a subject the person may see; NotVisible otherwise."""
    if kind == "item":
        item = publishing.item_for(member, subject_id) if subject_id.isdigit() else None
        if item is None:
            raise NotVisible
        return item.title
    fact = (
        Fact.objects.filter(subject_kind=kind, subject_id=subject_id).exclude(unit_id=None).first()
    )
    unit = Unit.objects.filter(pk=fact.unit_id).first() if fact and fact.unit_id else None
    if unit is None or not member.may_see(unit):
        raise NotVisible
    return unit.short_name


@staff_required
@require_safe
def strip(request: HttpRequest, kind: str, subject_id: str) -> HttpResponse:
    """The last release or withdrawal, step by step; JSON when asked for it."""
    member = member_of(request)
    title = _subject_visible(member, kind, subject_id)
    state = strip_state(kind, subject_id)
    if state is None:
        raise NotVisible
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"done": state.done, "steps": state.steps})
    context = desk_context(
        request,
        current="published",
        page_title=f"已{state.heading}",
        title=title,
        state=state,
        live_url=reverse("desk:strip", args=[kind, subject_id]),
        public_url=f"/nr/{subject_id}/",
        item_url=reverse("publishing-desk:item", args=[subject_id]),
        trail_url=reverse("desk:trail", args=[kind, subject_id]),
    )
    return render(request, "desk/strip.html", context)


@staff_required
@require_safe
def trail(request: HttpRequest, kind: str, subject_id: str) -> HttpResponse:
    """Everything that happened to one subject, newest first, with its place in the chain."""
    member = member_of(request)
    title = _subject_visible(member, kind, subject_id)
    found = facts.trail(kind, subject_id)[::-1]
    page = Paginator(found, 100).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        page_title="经过",
        title=title,
        page=page,
        rows=rows_of(page.object_list),
    )
    return render(request, "desk/trail.html", context)
