"""The staff shell: what waits for me, the live strip after a release, the audit trail."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
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
from gongkai.review.register import is_sealed

LISTED = 6
"""How many of each kind the first page names; the rest is one link away."""
DRAFTS = {Status.RETURNED: "returned", Status.DRAFT: "drafting", Status.IN_REVIEW: "sent"}


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
    queue = review.queue_for(member).prefetch_related(None)
    waiting = list(queue[: LISTED + 1])
    return {
        "reviewer": True,
        "waiting": waiting[:LISTED],
        "waiting_total": queue.count() if len(waiting) > LISTED else len(waiting),
        "consultations": list(review.consultations_for(member)[:LISTED]),
    }


def _writing(member: Member) -> dict[str, Any]:
    found: dict[str, list[Any]] = {status: [] for status in DRAFTS}
    # The newest few of each state together with the number of all of them, in one query.
    rows = (
        publishing.items_for(member)
        .filter(unit_id__in=member.unit_ids(Role.EDITOR), status__in=list(DRAFTS))
        .defer("body", "facts", "attachments")
        .annotate(
            place=Window(
                RowNumber(), partition_by="status", order_by=[F("updated_at").desc(), F("pk")]
            ),
            total=Window(Count("pk"), partition_by="status"),
        )
        .filter(place__lte=LISTED)
        .order_by("place")
    )
    for item in rows:
        found[item.status].append(item)
    cases = review.active_cases("item", [str(item.pk) for item in found[Status.IN_REVIEW]])
    tasks = board.unit_tasks(member, today(), urgent_only=True)
    return {
        "editor": True,
        **{name: found[status] for status, name in DRAFTS.items()},
        **{
            f"{name}_total": found[status][0].total if found[status] else 0
            for status, name in DRAFTS.items()
        },
        "sent": [(item, cases.get(str(item.pk))) for item in found[Status.IN_REVIEW]],
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
        if item is None or is_sealed(member, kind, subject_id):
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
