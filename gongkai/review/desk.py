"""The reviewers' screens: the queue, one case with its differences, consultations."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core import facts
from gongkai.core.clock import now
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.organisations.access import Member
from gongkai.organisations.desk import desk_context, member_of, staff_required
from gongkai.review import rules, selectors, services
from gongkai.review.enums import STEP_ROLE, CaseStatus, Step
from gongkai.review.forms import AnswerForm, ConsultForm, SecrecyForm, SettleForm, VerdictForm
from gongkai.review.models import Consultation, ReviewCase
from gongkai.review.registry import reviewable


def waiting_count(member: Member) -> int:
    """How many cases wait for the person, for the menu."""
    return selectors.queue_for(member).count() + selectors.consultations_for(member).count()


@staff_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for me, then everything of my units."""
    member = member_of(request)
    waiting = [(case, _four_eyes(case, member)) for case in selectors.queue_for(member)[:100]]
    page = Paginator(selectors.cases_for(member), 20).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        current="review",
        page_title="审核",
        waiting=waiting,
        consultations=list(selectors.consultations_for(member)[:50]),
        page=page,
    )
    return render(request, "review/queue.html", context)


def _four_eyes(case: ReviewCase, member: Member) -> str | None:
    if member.actor.user_id is None:
        return None
    return rules.four_eyes_problem(
        member.actor.user_id,
        authors=case.authors,
        submitted_by=case.submitted_by_id,
        deciders=case.reviews.values_list("person_id", flat=True),
    )


def _form_for(case: ReviewCase, data: Any = None) -> VerdictForm:
    form_class = SecrecyForm if case.current_step == Step.SECRECY else VerdictForm
    return form_class(data, initial={"digest": case.digest}, prefix="")


def _stepper(case: ReviewCase) -> list[dict[str, Any]]:
    done = {review.step: review for review in case.reviews.select_related("person")}
    steps = [
        {
            "label": "送审",
            "state": "done",
            "note": f"{case.submitted_by} {case.submitted_at:%m-%d %H:%M}",
        }
    ]
    for step in case.steps:
        review = done.get(step)
        state = ""
        if review is not None:
            state = "bad" if review.verdict in ("reject", "withhold") else "done"
        elif case.status == CaseStatus.OPEN and case.current_step == step:
            state = "now"
        steps.append({"label": Step(step).label, "state": state, "review": review, "note": ""})
    final = {"label": "发布", "state": "done" if case.status == CaseStatus.RELEASED else ""}
    return [*steps, final]


@staff_required
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One submission: what changed, the whole content, the verdict."""
    member = member_of(request)
    row = selectors.case_for(member, case_id)
    if row is None:
        raise NotVisible
    form = _form_for(row, request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _decide(row, form.cleaned_data, member)
            row.refresh_from_db()
            if row.status == CaseStatus.RELEASED:
                return redirect("desk:strip", kind=row.subject_kind, subject_id=row.subject_id)
            return redirect("review-desk:case", case_id=row.pk)
        except InvalidInput as error:
            for field, messages in error.fields.items():
                for message in messages:
                    form.add_error(field if field in form.fields else None, message)
    if request.method == "POST":
        status = 422
    return render(request, "review/case.html", _case_context(request, row, member, form), status=status)


def _case_context(
    request: HttpRequest, row: ReviewCase, member: Member, form: forms.Form
) -> dict[str, Any]:
    adapter = reviewable(row.subject_kind)
    changes, published = selectors.changes(row)
    step = row.current_step
    mine = bool(step) and member.holds(STEP_ROLE[Step(step)], row.unit_id)
    consultations = list(row.consultations.select_related("unit", "answered_by"))
    return desk_context(
        request,
        current="review",
        page_title=row.title,
        case=row,
        stepper=_stepper(row),
        reviews=list(row.reviews.select_related("person")),
        changes=changes,
        published=published,
        reading=adapter.reading(row.view, row.subject_id),
        edit_url=adapter.edit_url(row.subject_id),
        mine=mine,
        blocked=_four_eyes(row, member) if mine else None,
        form=form,
        step_label=Step(step).label if step else "",
        consultations=consultations,
        consult_form=ConsultForm(),
        settle_form=SettleForm(),
        may_consult=row.status == CaseStatus.OPEN
        and any(member.holds(r, row.unit_id) for r in ("editor", *STEP_ROLE.values())),
        may_recall=row.status in (CaseStatus.OPEN, CaseStatus.APPROVED)
        and member.holds("editor", row.unit_id),
        earlier=selectors.earlier_rounds(row),
        trail=[
            {
                "at": fact.occurred_at,
                "title": f"{facts.action_label(fact.action)}",
                "text": f"{fact.actor_name} {fact.details.get('remark') or ''}".strip(),
                "tone": "red" if "rejected" in fact.action or "voided" in fact.action else "",
            }
            for fact in facts.trail(row.subject_kind, row.subject_id)
        ],
        trail_url=reverse("desk:trail", args=[row.subject_kind, row.subject_id]),
    )


def _decide(row: ReviewCase, data: dict[str, Any], member: Member) -> None:
    verdict = data["verdict"]
    moment = now()
    if verdict == "withhold":
        services.case_withhold(
            case_id=row.pk,
            digest=data["digest"],
            member=member,
            now=moment,
            code=data.get("code", ""),
            reason=data["remark"],
        )
        return
    if verdict == "reject":
        services.step_reject(
            case_id=row.pk,
            step=row.current_step,
            digest=data["digest"],
            member=member,
            now=moment,
            remark=data["remark"],
        )
        return
    services.step_approve(
        case_id=row.pk,
        step=row.current_step,
        digest=data["digest"],
        member=member,
        now=moment,
        legal_basis=data.get("legal_basis", ""),
        remark=data["remark"],
    )


@staff_required
@require_POST
def recall(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take a submission back."""
    services.case_recall(case_id=case_id, member=member_of(request), now=now())
    return redirect("review-desk:case", case_id=case_id)


@staff_required
@require_POST
def consult(request: HttpRequest, case_id: int) -> HttpResponse:
    """Ask other organs."""
    member = member_of(request)
    row = selectors.case_for(member, case_id)
    if row is None:
        raise NotVisible
    form = ConsultForm(request.POST)
    if not form.is_valid():
        raise InvalidInput({name: list(map(str, errors)) for name, errors in form.errors.items()})
    services.consultation_ask(
        case_id=case_id,
        units=list(form.cleaned_data["units"]),
        question=form.cleaned_data["question"],
        member=member,
        now=now(),
    )
    return redirect("review-desk:case", case_id=case_id)


@staff_required
@require_http_methods(["GET", "POST"])
def consultation(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """The consulted organ reads the content and answers."""
    member = member_of(request)
    row = Consultation.objects.select_related("case__unit", "unit").filter(pk=consultation_id).first()
    if row is None or not member.may_see(row.unit):
        raise NotVisible
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.consultation_answer(
                consultation_id=row.pk,
                agrees=form.cleaned_data["agrees"] == "yes",
                opinion=form.cleaned_data["opinion"],
                member=member,
                now=now(),
            )
            return redirect("review-desk:queue")
        except InvalidInput as error:
            form.add_error("opinion", [m for ms in error.fields.values() for m in ms])
    context = desk_context(
        request,
        current="review",
        page_title=f"征求意见：{row.case.title}",
        consultation=row,
        case=row.case,
        reading=reviewable(row.case.subject_kind).reading(row.case.view, row.case.subject_id),
        form=form,
    )
    return render(
        request, "review/consultation.html", context, status=422 if request.method == "POST" else 200
    )


@staff_required
@require_POST
def settle(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """Record how an objection was settled."""
    row = services.consultation_settle(
        consultation_id=consultation_id,
        settlement=request.POST.get("settlement", ""),
        member=member_of(request),
        now=now(),
    )
    return redirect("review-desk:case", case_id=row.case_id)
