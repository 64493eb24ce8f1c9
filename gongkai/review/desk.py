"""The reviewers' screens: the queue, one case with its differences, consultations."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core.clock import now
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.organisations.access import Member
from gongkai.organisations.desk import desk_context, fold_errors, member_of, posted, staff_required
from gongkai.organisations.enums import Role
from gongkai.review import consulting, rules, selectors, services
from gongkai.review.enums import ACTIVE, STEP_ROLE, CaseStatus, Step, Verdict
from gongkai.review.forms import AnswerForm, ConsultForm, SecrecyForm, SettleForm, VerdictForm
from gongkai.review.models import Consultation, Review, ReviewCase, WithheldRecord
from gongkai.review.notes import notes_of
from gongkai.review.registry import reviewable

PER_PAGE = 20
REWRITABLE = (CaseStatus.REJECTED, CaseStatus.VOIDED, CaseStatus.RECALLED)


def waiting(member: Member) -> list[QuerySet[Any]]:
    """The cases and consultations that wait for the person, for the menu."""
    return [selectors.queue_for(member), selectors.consultations_for(member)]


@staff_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for me, then everything of my units, by state."""
    member = member_of(request)
    waiting = Paginator(selectors.queue_for(member), PER_PAGE).get_page(request.GET.get("w"))
    status = request.GET.get("status", "")
    cases = selectors.cases_for(member)
    if status in CaseStatus.values:
        cases = cases.filter(status=status)
    page = Paginator(cases, PER_PAGE).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        current="review",
        page_title="审核",
        waiting=waiting,
        mine=[(c, _four_eyes(c, member, c.reviews.all())) for c in waiting.object_list],
        consultations=list(selectors.consultations_for(member)[:50]),
        page=page,
        states=_states(status),
    )
    return render(request, "review/queue.html", context)


def _states(chosen: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": f"?status={value}#all" if value else "?#all",
            "current": value == chosen,
        }
        for value, label in [("", "全部"), *CaseStatus.choices]
    ]


def _settle_form(question: Consultation, sent: SettleForm | None, settling: int) -> SettleForm:
    if sent is not None and question.pk == settling:
        return sent
    return SettleForm(auto_id=f"id_settle_{question.pk}_%s")


def _four_eyes(case: ReviewCase, member: Member, reviews: Iterable[Review]) -> str | None:
    if member.actor.user_id is None:
        return None
    return rules.four_eyes_problem(
        member.actor.user_id,
        authors=case.authors,
        submitted_by=case.submitted_by_id,
        deciders=[review.person_id for review in reviews],
    )


def _form_for(case: ReviewCase, data: Any = None) -> VerdictForm:
    form_class = SecrecyForm if case.current_step == Step.SECRECY else VerdictForm
    return form_class(data, initial={"digest": case.digest})


def _stepper(case: ReviewCase, reviews: list[Review]) -> list[dict[str, str]]:
    verdicts = {review.step: review.verdict for review in reviews}
    steps = [{"label": "送审", "state": "done"}]
    for step in case.steps:
        verdict = verdicts.get(step)
        state = ""
        if verdict is not None:
            state = "bad" if verdict in (Verdict.REJECT, Verdict.WITHHOLD) else "done"
        elif case.status == CaseStatus.OPEN and case.current_step == step:
            state = "now"
        steps.append({"label": Step(step).label, "state": state})
    if case.status == CaseStatus.WITHHELD:
        return steps
    released = case.status == CaseStatus.RELEASED
    waits = case.status == CaseStatus.APPROVED
    return [*steps, {"label": "发布", "state": "done" if released else "now" if waits else ""}]


@staff_required
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One submission: what changed, the whole content, the verdict."""
    member = member_of(request)
    row = _case_or_missing(member, case_id)
    form = _form_for(row, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _decide(row, form.cleaned_data, member)
            row.refresh_from_db()
            if row.status == CaseStatus.RELEASED:
                return redirect(_after_release(row))
            return redirect("review-desk:case", case_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    return _case_page(request, row, member, form=form)


def _after_release(row: ReviewCase) -> str:
    """Where one sees what the release did: the live strip of an item, else the record's own page."""
    if row.subject_kind == "item":
        return reverse("desk:strip", args=[row.subject_kind, row.subject_id])
    return reviewable(row.subject_kind).edit_url(row.subject_id)


def _case_or_missing(member: Member, case_id: int) -> ReviewCase:
    row = selectors.case_for(member, case_id)
    if row is None:
        raise NotVisible
    return row


def _case_page(
    request: HttpRequest,
    row: ReviewCase,
    member: Member,
    *,
    form: forms.Form | None = None,
    consult_form: ConsultForm | None = None,
    settle_form: SettleForm | None = None,
    settling: int = 0,
) -> HttpResponse:
    """The page of a case; whatever form came back with errors keeps what was typed."""
    adapter = reviewable(row.subject_kind)
    reviews = list(row.reviews.select_related("person"))
    consultations = list(row.consultations.select_related("unit", "answered_by", "previous"))
    reading = adapter.reading(row.view, row.subject_id)
    changes, published = selectors.changes(row, reading)
    step = row.current_step
    mine = bool(step) and member.holds(STEP_ROLE[Step(step)], row.unit_id)
    editor = member.holds(Role.EDITOR, row.unit_id)
    reviewer = any(member.holds(role, row.unit_id) for role in STEP_ROLE.values())
    may_consult = row.status == CaseStatus.OPEN and (editor or reviewer)
    newer = selectors.newest_round(row) if row.status not in ACTIVE else None
    wrong = next((f for f in (form, consult_form, settle_form) if f is not None and f.errors), None)
    context = desk_context(
        request,
        current="review",
        page_title=row.title,
        case=row,
        stepper=_stepper(row, reviews),
        reviews=reviews,
        changes=changes,
        published=published,
        reading=reading,
        newer=newer,
        edit_url=adapter.edit_url(row.subject_id)
        if editor and newer is None and row.status in REWRITABLE
        else "",
        mine=mine,
        blocked=_four_eyes(row, member, reviews) if mine else None,
        form=form or _form_for(row),
        step_label=Step(step).label if step else "",
        last_step=bool(step) and rules.next_step(row.steps, step) is None,
        questions=[
            (c, _settle_form(c, settle_form, settling))
            if reviewer and c.agrees is False and c.blocks
            else (c, None)
            for c in consultations
        ],
        open_questions=[c for c in consultations if c.blocks],
        consult_form=(consult_form or ConsultForm(units=selectors.consultable_units(row)))
        if may_consult
        else None,
        may_recall=row.status in ACTIVE and editor,
        withheld=WithheldRecord.objects.filter(case=row).first()
        if row.status == CaseStatus.WITHHELD
        else None,
        earlier=selectors.earlier_rounds(row),
        wrong=wrong,
        trail_url=reverse("desk:trail", args=[row.subject_kind, row.subject_id]),
        strip_url=_after_release(row),
        notes=notes_of(row.subject_kind, row.subject_id),
    )
    return render(request, "review/case.html", context, status=422 if wrong else 200)


def _decide(row: ReviewCase, data: dict[str, Any], member: Member) -> None:
    verdict = data["verdict"]
    common: dict[str, Any] = {
        "case_id": row.pk,
        "digest": data["digest"],
        "member": member,
        "now": now(),
    }
    if verdict == "withhold":
        services.case_withhold(code=data.get("code", ""), reason=data["remark"], **common)
    elif verdict == "reject":
        services.step_reject(step=row.current_step, remark=data["remark"], **common)
    else:
        services.step_approve(
            step=row.current_step,
            legal_basis=data.get("legal_basis", ""),
            remark=data["remark"],
            **common,
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
    row = _case_or_missing(member, case_id)
    form = ConsultForm(request.POST, units=selectors.consultable_units(row))
    if form.is_valid():
        try:
            consulting.consultation_ask(
                case_id=case_id,
                units=list(form.cleaned_data["units"]),
                question=form.cleaned_data["question"],
                member=member,
                now=now(),
            )
            return redirect(_questions_of(case_id))
        except InvalidInput as error:
            fold_errors(error, form)
    return _case_page(request, row, member, consult_form=form)


def _questions_of(case_id: int) -> str:
    return reverse("review-desk:case", args=[case_id]) + "#questions"


@staff_required
@require_http_methods(["GET", "POST"])
def consultation(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """The consulted organ reads the content and answers."""
    member = member_of(request)
    row = (
        Consultation.objects.select_related("case__unit", "unit", "answered_by", "previous")
        .filter(pk=consultation_id)
        .first()
    )
    if row is None or not member.may_see(row.unit):
        raise NotVisible
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            consulting.consultation_answer(
                consultation_id=row.pk,
                agrees=form.cleaned_data["agrees"] == "yes",
                opinion=form.cleaned_data["opinion"],
                member=member,
                now=now(),
            )
            return redirect("review-desk:consultation", consultation_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    adapter = reviewable(row.case.subject_kind)
    context = desk_context(
        request,
        current="review",
        page_title=f"征求意见：{row.case.title}",
        consultation=row,
        case=row.case,
        reading=adapter.reading(row.case.view, row.case.subject_id),
        may_answer=row.agrees is None
        and row.case.status in ACTIVE
        and any(member.holds(role, row.unit_id) for role in STEP_ROLE.values()),
        form=form,
    )
    status = 422 if form.errors else 200
    return render(request, "review/consultation.html", context, status=status)


@staff_required
@require_POST
def settle(request: HttpRequest, consultation_id: int) -> HttpResponse:
    """Record how an objection was settled."""
    member = member_of(request)
    question = Consultation.objects.filter(pk=consultation_id).first()
    if question is None:
        raise NotVisible
    row = _case_or_missing(member, question.case_id)
    form = SettleForm(request.POST, auto_id=f"id_settle_{consultation_id}_%s")
    if form.is_valid():
        try:
            consulting.consultation_settle(
                consultation_id=consultation_id,
                settlement=form.cleaned_data["settlement"],
                member=member,
                now=now(),
            )
            return redirect(_questions_of(row.pk))
        except InvalidInput as error:
            fold_errors(error, form)
    return _case_page(request, row, member, settle_form=form, settling=consultation_id)
