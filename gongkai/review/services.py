"""Every write of the gate. Only this module calls a room's ``release``."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.review import notices, rounds, rules, withholding
from gongkai.review.acts import record_act
from gongkai.review.enums import (
    ACTIVE,
    STEP_ROLE,
    CaseStatus,
    Step,
    Verdict,
    WithholdCode,
)
from gongkai.review.models import Review, ReviewCase, ReviewStep, WithheldRecord
from gongkai.review.registry import Subject, reviewable

logger = logging.getLogger("gongkai.review")


def digest_of(view: Any) -> str:
    """The digest of exactly what is read."""
    return facts.sha256_text(facts.canonical_json(view))


def steps_for(unit: Unit) -> tuple[str, ...]:
    """The steps of a unit: its own rows, else the common ones, else the built-in default."""
    rows = list(
        ReviewStep.objects.filter(Q(unit=unit) | Q(unit=None)).values_list("unit_id", "step")
    )
    own = [step for unit_id, step in rows if unit_id]
    return rules.normalise_steps(own or [step for _, step in rows])


def locked_case(case_id: int) -> ReviewCase:
    """The case, locked for this transaction after its record; NotVisible when there is none."""
    # SQLite locks as a whole when a transaction begins.
    if connection.features.has_select_for_update:
        known = ReviewCase.objects.filter(pk=case_id).values_list("subject_kind", "subject_id")
        for kind, subject_id in known:
            reviewable(kind).lock(subject_id)
    try:
        return ReviewCase.objects.select_for_update().get(pk=case_id)
    except ReviewCase.DoesNotExist as error:
        raise NotVisible from error


def _move(case: ReviewCase, event: str) -> str:
    target = rules.target_of(case.status, event)
    if target is None:
        raise Refusal(
            "审核流程",
            f"这次送审现在是“{CaseStatus(case.status).label}”，不能再办理这一步。",
            "请刷新页面查看最新状态。",
        )
    return target


def _check_submitter(kind: str, member: Member, unit: Unit) -> None:
    """An editor of the unit, unless the room itself says who sends its records to review."""
    own = getattr(reviewable(kind), "check_submitter", None)
    if own is not None:
        own(member=member, unit=unit)
        return
    require_visible(member, unit)
    require_role(member, unit, Role.EDITOR, act="送审")


def checked_release_time(release_at: datetime | None, now: datetime) -> datetime | None:
    """The chosen time of release in whole minutes; InvalidInput when it cannot be."""
    if release_at is None:
        return None
    whole = release_at.replace(second=0, microsecond=0)
    problem = rules.release_time_problem(whole, now)
    if problem:
        raise InvalidInput({"release_at": [problem]})
    return whole


def case_submit(
    *,
    kind: str,
    subject_id: str,
    member: Member,
    now: datetime,
    note: str = "",
    release_at: datetime | None = None,
    subject: Subject | None = None,
) -> ReviewCase:
    """Submit a record for review. The content room has checked its completeness before.

    A room that has just read and locked the record hands it over as ``subject``.
    Only an editor of the record's unit may; raises Refusal when a case is active already and
    InvalidInput for a release time that has passed.
    """
    with transaction.atomic():
        subject = subject or reviewable(kind).subject(subject_id)
        _check_submitter(kind, member, subject.unit)
        release_at = checked_release_time(release_at, now)
        earlier = ReviewCase.objects.filter(subject_kind=kind, subject_id=subject_id)
        statuses = list(earlier.order_by().values_list("status", flat=True))
        if any(status in ACTIVE for status in statuses):
            raise Refusal("审核流程", "这份内容已经在审核中。", "请等待审核结果，或先撤回送审。")
        digest = digest_of(subject.view)
        if statuses:
            rounds.refuse_repeat(kind=kind, subject_id=subject_id, digest=digest)
        steps = steps_for(subject.unit)
        case = ReviewCase.objects.create(
            subject_kind=kind,
            subject_id=subject_id,
            unit=subject.unit,
            title=subject.title,
            round=len(statuses) + 1,
            digest=digest,
            view=subject.view,
            authors=sorted(set(subject.authors)),
            steps=list(steps),
            current_step=steps[0],
            status=CaseStatus.OPEN,
            submitted_by_id=member.actor.user_id,
            submitted_at=now,
            release_at=release_at,
            note=note[:300],
        )
        record_act(case, "review.case.submitted", member, now, steps=list(steps))
        rounds.carry_over(case=case, member=member, now=now)
        notices.waiting(case=case, member=member, now=now)
    return case


def _deciders(case: ReviewCase) -> Iterable[int]:
    """Who has decided already; at the first step nobody has."""
    if case.steps and case.current_step == case.steps[0]:
        return ()
    return case.reviews.order_by().values_list("person_id", flat=True)


def _check_decider(case: ReviewCase, member: Member, step: str) -> int:
    if case.unit_id not in member.unit_ids():  # else the unit itself need not be read
        require_visible(member, case.unit)
    if step not in Step.values:
        raise Refusal("审核顺序", "没有这个审核步骤。", "请刷新页面，按当前步骤办理。")
    person = member.actor.user_id
    problem = (
        "审核结论要由本人登录后作出"
        if person is None
        else rules.four_eyes_problem(
            person,
            authors=case.authors,
            submitted_by=case.submitted_by_id,
            deciders=_deciders(case),
        )
    )
    if problem or person is None:
        raise PermissionRefused(
            "四眼原则（谁撰稿谁不审核，管理员也不例外）",
            f"{problem}。",
            "请由本单位其他审核人员办理。",
        )
    role = STEP_ROLE[Step(step)]
    if not member.holds(role, case.unit_id):
        require_role(member, case.unit, role, act=Step(step).label)
    return person


def _check_step(case: ReviewCase, step: str, digest: str) -> None:
    if case.status != CaseStatus.OPEN or case.current_step != step:
        current = (
            Step(case.current_step).label
            if case.status == CaseStatus.OPEN
            else CaseStatus(case.status).label
        )
        raise Refusal(
            "审核顺序",
            f"这次送审现在到“{current}”，还不能或不再需要办理“{Step(step).label}”。",
            "请刷新页面，按当前步骤办理。",
        )
    if digest != case.digest:
        raise Refusal(
            "所审即所发",
            "您看到的内容不是这次送审的内容。",
            "请刷新页面，重新阅读后再作结论。",
        )


def _check_unchanged(case: ReviewCase) -> None:
    if digest_of(reviewable(case.subject_kind).present_view(case.subject_id)) != case.digest:
        raise Refusal(
            "所审即所发",
            "送审以后内容被改动过，原来的审核结论不能用于改动后的内容。",
            "请由编辑重新送审。",
        )


def step_approve(
    *,
    case_id: int,
    step: str,
    digest: str,
    member: Member,
    now: datetime,
    legal_basis: str = "",
    remark: str = "",
) -> ReviewCase:
    """Approve the current step; the last approval releases now or keeps for ``release_at``.

    The secrecy review needs its legal basis (条例第十七条). Raises PermissionRefused, Refusal.
    """
    with transaction.atomic():
        case = locked_case(case_id)
        person = _check_decider(case, member, step)
        _check_step(case, step, digest)
        _check_unchanged(case)
        secrecy = step == Step.SECRECY
        if secrecy and not legal_basis.strip():
            raise InvalidInput({"legal_basis": ["请填写可以公开的依据，例如“条例第十三条”。"]})
        following = rules.next_step(case.steps, step)
        target = _move(case, "approve" if following else "approve_last")
        if following is None:
            waiting = [c.unit.short_name for c in case.consultations.all() if c.blocks]
            if waiting:
                raise Refusal(
                    "发布前协调（条例第十一条）",
                    f"{'、'.join(waiting)}的意见还没有了结，不能作最后结论。",
                    "请等对方回复；有不同意见的，先记录协商结果。",
                )
        Review.objects.create(
            case=case,
            step=step,
            digest=digest,
            verdict=Verdict.OPEN if secrecy else Verdict.APPROVE,
            legal_basis=legal_basis.strip()[:300],
            remark=remark.strip()[:1000],
            person_id=person,
            decided_at=now,
        )
        case.status = target
        case.current_step = following or ""
        release_now = following is None and (case.release_at is None or case.release_at <= now)
        if not release_now:
            case.save(update_fields=["status", "current_step"])
        record_act(
            case,
            "review.step.opened" if secrecy else "review.step.approved",
            member,
            now,
            step=step,
            legal_basis=legal_basis.strip(),
            remark=remark.strip(),
        )
        notices.step_done(case=case, step=step, now=now)
        if following is None:
            record_act(case, "review.case.approved", member, now)
        if release_now:
            _release(case, member, now)
        elif following is None:
            notices.approved(case=case, member=member, now=now)
        else:
            notices.waiting(case=case, member=member, now=now)
    return case


def _release(case: ReviewCase, member: Member, now: datetime) -> None:
    """Release; the caller has checked in this transaction that nothing was changed."""
    case.status = _move(case, "release")
    case.closed_at = now
    case.save(update_fields=["status", "current_step", "closed_at"])
    reviewable(case.subject_kind).release(case=case, member=member, now=now)
    record_act(case, "review.case.released", member, now)
    withholding.strike_published(case=case, member=member, now=now)


def due_release(*, member: Member, now: datetime) -> int:
    """Release what was approved for a time that has come; each in its own transaction.

    One that fails is logged and tried again at the next tick; the others are released.
    """
    due = ReviewCase.objects.filter(status=CaseStatus.APPROVED, release_at__lte=now)
    released = 0
    for case_id in due.order_by("release_at", "id").values_list("pk", flat=True):
        try:
            released += _release_due(case_id, member, now)
        except Exception:  # one bad record must not hold up all the others
            logger.exception("scheduled release of case %s failed", case_id)
            with transaction.atomic():
                notices.release_failed(case=ReviewCase.objects.get(pk=case_id), now=now)
    return released


def _release_due(case_id: int, member: Member, now: datetime) -> bool:
    with transaction.atomic():
        case = locked_case(case_id)
        if case.status != CaseStatus.APPROVED:
            return False
        reason = _stops_release(case, now)
        if reason:
            _close(case, "void", "review.case.voided", member, now, reason=reason)
            notices.release_stopped(case=case, reason=reason, now=now)
            return False
        _release(case, member, now)
    return True


def _stops_release(case: ReviewCase, now: datetime) -> str:
    """Why what was approved must not go out at its hour; empty when it may.

    The content is compared again, and the room may know more (a unit that has ended, an
    inspection that finds today what it did not find then).
    """
    try:
        _check_unchanged(case)
    except Refusal:
        return "审核以后内容被改动过"
    more = getattr(reviewable(case.subject_kind), "stops_release", None)
    return str(more(view=case.view, subject_id=case.subject_id, now=now)) if more else ""


def _close(
    case: ReviewCase, event: str, action: str, member: Member, now: datetime, **details: Any
) -> None:
    case.status = _move(case, event)
    notices.closed(case=case, now=now)
    case.current_step = ""
    case.closed_at = now
    case.save(update_fields=["status", "current_step", "closed_at"])
    record_act(case, action, member, now, **details)
    reviewable(case.subject_kind).case_closed(case=case, now=now)


def step_reject(
    *, case_id: int, step: str, digest: str, member: Member, now: datetime, remark: str
) -> ReviewCase:
    """Send back with a remark; the next submission starts at the first step again."""
    with transaction.atomic():
        case = locked_case(case_id)
        person = _check_decider(case, member, step)
        _check_step(case, step, digest)
        if not remark.strip():
            raise InvalidInput({"remark": ["请写明退回的理由和需要修改的地方。"]})
        Review.objects.create(
            case=case,
            step=step,
            digest=digest,
            verdict=Verdict.REJECT,
            remark=remark.strip()[:1000],
            person_id=person,
            decided_at=now,
        )
        _close(
            case, "reject", "review.step.rejected", member, now, step=step, remark=remark.strip()
        )
        notices.returned(case=case, step=step, remark=remark.strip(), member=member, now=now)
    return case


def case_withhold(
    *, case_id: int, digest: str, member: Member, now: datetime, code: str, reason: str
) -> WithheldRecord:
    """The secrecy review finds the content not publishable, by one of the seven grounds."""
    with transaction.atomic():
        case = locked_case(case_id)
        person = _check_decider(case, member, Step.SECRECY)
        _check_step(case, Step.SECRECY, digest)
        errors: dict[str, list[str]] = {}
        if code not in WithholdCode.values:
            errors["code"] = ["请从条例规定的七种情形中选择一种。"]
        if not reason.strip():
            errors["remark"] = ["请写明不予公开的具体理由。"]
        if errors:
            raise InvalidInput(errors)
        Review.objects.create(
            case=case,
            step=Step.SECRECY,
            digest=digest,
            verdict=Verdict.WITHHOLD,
            code=code,
            legal_basis=WithholdCode(code).label,
            remark=reason.strip()[:1000],
            person_id=person,
            decided_at=now,
        )
        record = withholding.register_withheld(
            case=case, code=code, reason=reason.strip()[:1000], member=member, now=now
        )
        _close(case, "withhold", "review.case.withheld", member, now, code=code)
        notices.withheld(case=case, code=code, member=member, now=now)
    return record


def case_recall(*, case_id: int, member: Member, now: datetime) -> ReviewCase:
    """The editor takes the submission back."""
    with transaction.atomic():
        case = locked_case(case_id)
        require_visible(member, case.unit)
        require_role(member, case.unit, Role.EDITOR, act="撤回送审")
        _close(case, "recall", "review.case.recalled", member, now)
    return case


def void_active(*, kind: str, subject_id: str, member: Member, now: datetime) -> bool:
    """An edit voids what was submitted; called by the room in the editing transaction."""
    case = (
        ReviewCase.objects.select_for_update()
        .filter(subject_kind=kind, subject_id=subject_id, status__in=ACTIVE)
        .first()
    )
    if case is None:
        return False
    _close(case, "void", "review.case.voided", member, now)
    return True
