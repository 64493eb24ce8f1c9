"""The withheld register at the desk: the list, one record with its evaluations, the export."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.organisations.access import Member
from gongkai.organisations.desk import (
    desk_context,
    fold_errors,
    member_of,
    posted,
    role_required,
)
from gongkai.organisations.enums import REVIEWER_ROLES, Role
from gongkai.organisations.models import Unit
from gongkai.review import evaluating, register, register_file
from gongkai.review.enums import WithheldState, WithholdCode
from gongkai.review.forms import EvaluationForm, EvaluationVerdictForm
from gongkai.review.models import WithheldRecord, WithheldReview
from gongkai.review.registry import reviewable
from gongkai.review.rules_withheld import months_after
from gongkai.review.withholding import policy

READERS = (Role.EDITOR, *REVIEWER_ROLES, Role.SUPERVISOR)
PER_PAGE = 20
STATES = (("overdue", "已过评估日期"), ("soon", "近期评估"), *WithheldState.choices)


def due(member: Member) -> list[QuerySet[WithheldRecord]]:
    """The records that wait for this person's evaluation or confirmation, for the menu."""
    units = member.unit_ids(*evaluating.PROPOSERS)
    if not units:
        return []
    waiting = WithheldReview.objects.filter(record=OuterRef("pk"), agreed=None)
    owed = Q(pk__in=register.due_records(today()).order_by().values("pk"), unit_id__in=units)
    mine = Q(unit_id__in=member.unit_ids(*evaluating.CONFIRMERS))
    others = waiting.exclude(proposed_by=member.actor.user_id)
    return [
        WithheldRecord.objects.filter(
            (owed & ~Exists(waiting)) | (mine & Exists(others)), state=WithheldState.KEPT
        )
    ]


def _filters(request: HttpRequest) -> dict[str, str]:
    sent = request.POST if request.method == "POST" else request.GET
    return {name: sent.get(name, "").strip()[:40] for name in ("unit", "code", "state")}


@role_required(*READERS)
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """The register of the units whose work one may see; what is overdue comes first."""
    member = member_of(request)
    mine = register.records_for(member)
    filters = _filters(request)
    rows = register.narrowed(mine, **filters, today=today())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    kept = register.narrowed(mine, unit="", code="", state="overdue", today=today()).count()
    context = desk_context(
        request,
        current="withheld",
        page_title="不予公开登记",
        page=page,
        entries=register.entries(page.object_list, member, today()),
        overdue=kept,
        filters=filters,
        filtered=any(filters.values()),
        query=urlencode({k: v for k, v in filters.items() if v}),
        units=list(
            Unit.objects.filter(pk__in=mine.order_by().values("unit_id")).order_by("order", "pk")
        ),
        codes=WithholdCode.choices,
        states=STATES,
        may_export=member.holds_anywhere(Role.SUPERVISOR),
        policy=policy(),
    )
    return render(request, "review/withheld.html", context)


@role_required(Role.SUPERVISOR)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The register as .xlsx for the supervising office; who took it out is recorded."""
    member = member_of(request)
    content = register_file.register_export(filters=_filters(request), member=member, now=now())
    response = HttpResponse(content, content_type=register_file.CONTENT_TYPE)
    name = f"withheld-register-{today():%Y%m%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@role_required(*READERS)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, record_id: int) -> HttpResponse:
    """One record: ground, evaluations, the clock after a release; propose an evaluation."""
    member = member_of(request)
    entry = _entry_or_missing(member, record_id)
    form = EvaluationForm(posted(request), initial=_initial(entry))
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            evaluating.evaluation_propose(
                record_id=record_id,
                outcome=data["outcome"],
                code=data["code"],
                reason=data["reason"],
                next_review_on=data["next_review_on"],
                member=member,
                now=now(),
            )
            return redirect("review-desk:withheld-record", record_id=record_id)
        except InvalidInput as error:
            fold_errors(error, form)
    return _record_page(request, entry, member, form=form)


def _entry_or_missing(member: Member, record_id: int) -> register.Entry:
    entry = register.entry_for(member, record_id, today())
    if entry is None:
        raise NotVisible
    return entry


def _initial(entry: register.Entry) -> dict[str, Any]:
    usual = months_after(today(), policy().review_months)
    return {"code": entry.record.code, "next_review_on": usual}


def _record_page(
    request: HttpRequest,
    entry: register.Entry,
    member: Member,
    *,
    form: EvaluationForm | None = None,
    verdict: EvaluationVerdictForm | None = None,
) -> HttpResponse:
    row = entry.record
    waiting = entry.waiting
    person = member.actor.user_id
    holds = [role for role in evaluating.PROPOSERS if member.holds(role, row.unit_id)]
    confirms = any(member.holds(role, row.unit_id) for role in evaluating.CONFIRMERS)
    kept = row.state == WithheldState.KEPT
    problem = evaluating.who_problem(row, person, waiting.proposed_by_id if waiting else None)
    wrong = next((f for f in (form, verdict) if f is not None and f.errors), None)
    due = register.release_due(row, load_calendar())
    history = [] if entry.sealed else list(
        row.evaluations.select_related("proposed_by", "decided_by").order_by("-id")
    )  # fmt: skip
    editor = member.holds(Role.EDITOR, row.unit_id)
    context = desk_context(
        request,
        current="withheld",
        page_title=entry.title,
        entry=entry,
        record=row,
        history=history,
        waiting=waiting,
        due=due,
        late=bool(due and not row.closed_at and today() > due.date),
        left=_left(due, row),
        may_propose=kept and bool(holds) and waiting is None and problem is None,
        may_confirm=kept and confirms and waiting is not None and problem is None,
        blocked=problem if kept and (confirms if waiting else holds) else None,
        form=form or EvaluationForm(initial=_initial(entry)),
        verdict=verdict or EvaluationVerdictForm(),
        published=register.published_after(row),
        edit_url=reviewable(row.subject_kind).edit_url(row.subject_id)
        if editor and row.state in register.OPEN_STATES
        else "",
        reads_case=not entry.sealed,
        wrong=wrong,
        policy=policy(),
    )
    status = 422 if wrong else 200
    return render(request, "review/withheld_record.html", context, status=status)


def _left(due: Any, row: WithheldRecord) -> int | None:
    """Working days left until what was found publishable must be public; None when struck off."""
    if due is None or row.closed_at or today() > due.date:
        return None
    return sum(1 for step in due.steps if step.counted and step.date > today())


@role_required(*READERS)
@require_http_methods(["GET", "POST"])
def evaluation(request: HttpRequest, evaluation_id: int) -> HttpResponse:
    """Confirm a proposed evaluation or send it back; a GET leads to its record."""
    member = member_of(request)
    row = WithheldReview.objects.filter(pk=evaluation_id).first()
    if row is None:
        raise NotVisible
    entry = _entry_or_missing(member, row.record_id)
    address = reverse("review-desk:withheld-record", args=[row.record_id])
    if request.method != "POST":
        return redirect(address)
    form = EvaluationVerdictForm(request.POST)
    if form.is_valid():
        try:
            _settle(row.pk, form.cleaned_data, member)
            return redirect(address)
        except InvalidInput as error:
            fold_errors(error, form)
    return _record_page(request, entry, member, verdict=form)


def _settle(evaluation_id: int, data: dict[str, Any], member: Member) -> None:
    common: dict[str, Any] = {"evaluation_id": evaluation_id, "member": member, "now": now()}
    if data["verdict"] == "confirm":
        evaluating.evaluation_confirm(remark=data["remark"], **common)
    else:
        evaluating.evaluation_return(remark=data["remark"], **common)
