"""Withheld information is looked at again (条例, 国务院令第711号, article 18); four eyes.

One of the unit's secrecy or final reviewers proposes, another final reviewer confirms; nobody who
wrote or submitted the content does either.
"""

from datetime import date, datetime

from django.db import connection, transaction
from django.urls import reverse

from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.messaging.audience import Audience, holders, people
from gongkai.messaging.services import notify
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.review import rules_withheld as rules
from gongkai.review.acts import record_act
from gongkai.review.enums import Outcome, WithheldState, WithholdCode
from gongkai.review.models import WithheldRecord, WithheldReview
from gongkai.review.registry import reviewable
from gongkai.review.rules import four_eyes_problem
from gongkai.review.withholding import policy

PROPOSERS = (Role.SECRECY_REVIEWER, Role.FINAL_REVIEWER)
CONFIRMERS = (Role.FINAL_REVIEWER,)
RULE = "定期评估（条例第十八条）"


def _locked(record_id: int) -> WithheldRecord:
    # After the content's own record, as everywhere at the gate (see services.locked_case).
    if connection.features.has_select_for_update:
        known = WithheldRecord.objects.filter(pk=record_id)
        for kind, subject_id in known.values_list("subject_kind", "subject_id"):
            reviewable(kind).lock(subject_id)
    found = (
        WithheldRecord.objects.select_for_update(of=("self",))
        .select_related("case", "unit")
        .filter(pk=record_id)
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def who_problem(record: WithheldRecord, person: int | None, proposer: int | None) -> str | None:
    """Why this person may not evaluate, in Chinese; None when four eyes allow it."""
    if person is None:
        return "评估要由本人登录后办理"
    if four_eyes_problem(
        person, authors=record.case.authors, submitted_by=record.case.submitted_by_id, deciders=()
    ):
        return "您参与了这份内容的撰写或送审，不能评估自己的稿件"
    if person == proposer:
        return "这次评估是您提出的，要由另一位终审人员确认"
    return None


def _check_person(
    record: WithheldRecord, member: Member, roles: tuple[Role, ...], act: str, proposer: int | None
) -> int:
    require_visible(member, record.unit)
    require_role(member, record.unit, *roles, act=act)
    person = member.actor.user_id
    problem = who_problem(record, person, proposer)
    if problem or person is None:
        raise PermissionRefused(
            "四眼原则（提出和确认不是同一人，撰稿人不参与，管理员也不例外）",
            f"{problem}。",
            "请由本单位其他终审、保密审查人员办理。",
        )
    return person


def _check_kept(record: WithheldRecord) -> None:
    if record.state != WithheldState.KEPT:
        raise Refusal(
            RULE,
            f"这条登记现在是“{WithheldState(record.state).label}”，不需要再评估。",
            "请刷新页面查看最新状态。",
        )


def evaluation_propose(
    *,
    record_id: int,
    outcome: str,
    reason: str,
    member: Member,
    now: datetime,
    code: str = "",
    next_review_on: date | None = None,
) -> WithheldReview:
    """Propose to keep withholding (ground, reason and next look anew) or to release.

    A secrecy or final reviewer of the record's unit. Without ``next_review_on`` the usual interval
    applies. Raises NotVisible, PermissionRefused, InvalidInput, and Refusal when the record is not
    withheld any more or an evaluation waits for confirmation.
    """
    with transaction.atomic():
        record = _locked(record_id)
        person = _check_person(record, member, PROPOSERS, "提出评估", None)
        _check_kept(record)
        if record.evaluations.filter(agreed=None).exists():
            raise Refusal(RULE, "已经有一次评估等待确认。", "请先由终审人员确认或者退回。")
        keeps = outcome == Outcome.KEEP
        today = day_of(now)
        if keeps and next_review_on is None:
            next_review_on = rules.months_after(today, policy().review_months)
        errors: dict[str, list[str]] = {}
        if outcome not in Outcome.values:
            errors["outcome"] = ["请选择评估结果。"]
        if not reason.strip():
            errors["reason"] = ["请写明评估的理由：原来的情形还在不在，依据有没有变化。"]
        if keeps and code not in WithholdCode.values:
            errors["code"] = ["请从条例规定的七种情形中选择一种。"]
        problem = rules.interval_problem(today, next_review_on, policy()) if keeps else None
        if problem:
            errors["next_review_on"] = [problem]
        if errors:
            raise InvalidInput(errors)
        made = WithheldReview.objects.create(
            record=record,
            outcome=outcome,
            code=code if keeps else "",
            reason=reason.strip()[:1000],
            next_review_on=next_review_on if keeps else None,
            proposed_by_id=person,
            proposed_at=now,
        )
        record_act(
            record.case,
            "review.withheld.proposed",
            member,
            now,
            record=record.pk,
            outcome=outcome,
            code=made.code,
        )
        _tell(
            record,
            "review.withheld_proposed",
            f"不予公开登记 {record.pk} 号有评估等您确认",
            holders(record.unit, *CONFIRMERS),
            made,
            member,
            now,
        )
    return made


def _tell(
    record: WithheldRecord,
    kind: str,
    title: str,
    to: Audience,
    row: WithheldReview,
    member: Member,
    now: datetime,
) -> None:
    """A notice without the title of what is withheld; who did it knows already."""
    notify(
        kind=kind,
        to=to,
        title=title,
        url=reverse("review-desk:withheld-record", args=[record.pk]),
        key=f"{row.pk}:{'decided' if row.agreed is not None else 'proposed'}",
        now=now,
        skip=member.actor.user_id,
    )


def _open_evaluation(
    evaluation_id: int, member: Member, act: str
) -> tuple[WithheldRecord, WithheldReview, int]:
    known = WithheldReview.objects.filter(pk=evaluation_id).values_list("record_id", flat=True)
    record = _locked(known[0] if known else 0)
    row = WithheldReview.objects.select_for_update().get(pk=evaluation_id)
    person = _check_person(record, member, CONFIRMERS, act, row.proposed_by_id)
    if row.agreed is not None:
        raise Refusal(RULE, "这次评估已经办结。", "请刷新页面查看最新状态。")
    _check_kept(record)
    return record, row, person


def evaluation_confirm(
    *, evaluation_id: int, member: Member, now: datetime, remark: str = ""
) -> WithheldRecord:
    """Confirm a proposed evaluation; a final reviewer who did not propose it.

    Keeping sets ground, reason and next look. Releasing reopens the draft for its editor; the
    period of article 26 runs from this day, and the record stays open until the content is
    actually published.
    """
    with transaction.atomic():
        record, row, person = _open_evaluation(evaluation_id, member, "确认评估")
        row.agreed, row.remark = True, remark.strip()[:500]
        row.decided_by_id, row.decided_at = person, now
        row.save(update_fields=["agreed", "remark", "decided_by", "decided_at"])
        target = rules.register_target(record.state, row.outcome)
        assert target is not None
        record.state = target
        if row.outcome == Outcome.KEEP:
            record.code, record.reason = row.code, row.reason
            record.next_review_on = row.next_review_on
        else:
            record.released_on = day_of(now)
        record.save(update_fields=["state", "code", "reason", "next_review_on", "released_on"])
        released = row.outcome == Outcome.RELEASE
        record_act(
            record.case,
            "review.withheld.released" if released else "review.withheld.kept",
            member,
            now,
            record=record.pk,
            code=record.code,
            next_review_on=None if released else record.next_review_on,
        )
        if released:
            reviewable(record.subject_kind).reopened(subject_id=record.subject_id, now=now)
        _tell(
            record,
            "review.withheld_decided",
            f"不予公开登记 {record.pk} 号：{row.get_outcome_display()}",
            people(row.proposed_by_id)
            | (holders(record.unit, Role.EDITOR) if released else Audience()),
            row,
            member,
            now,
        )
    return record


def evaluation_return(
    *, evaluation_id: int, remark: str, member: Member, now: datetime
) -> WithheldReview:
    """Send a proposed evaluation back with a remark; the record stays as it was."""
    with transaction.atomic():
        record, row, person = _open_evaluation(evaluation_id, member, "退回评估")
        if not remark.strip():
            raise InvalidInput({"remark": ["请写明退回的理由。"]})
        row.agreed, row.remark = False, remark.strip()[:500]
        row.decided_by_id, row.decided_at = person, now
        row.save(update_fields=["agreed", "remark", "decided_by", "decided_at"])
        record_act(
            record.case, "review.withheld.returned", member, now, record=record.pk,
            remark=row.remark,
        )  # fmt: skip
        _tell(
            record,
            "review.withheld_decided",
            f"不予公开登记 {record.pk} 号的评估被退回",
            people(row.proposed_by_id),
            row,
            member,
            now,
        )
    return row
