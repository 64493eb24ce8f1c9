"""What one round of submission means for the next: no unchanged repeats, answers that still hold.

Rounds before the last release are another change's affair and do not count here.
"""

from datetime import datetime

from gongkai.core.errors import Refusal
from gongkai.organisations.access import Member
from gongkai.review import notices
from gongkai.review import rules_withheld as rules
from gongkai.review.acts import record_act
from gongkai.review.enums import CaseStatus, Verdict, WithheldState
from gongkai.review.models import Consultation, Review, ReviewCase, WithheldRecord


def refuse_repeat(*, kind: str, subject_id: str, digest: str) -> None:
    """Refuse content that was withheld, or sent back last, when nothing in it was changed.

    What was withheld comes back through an evaluation of the register (条例第十八条) or changed.
    Raises Refusal naming who said what.
    """
    mine = {"subject_kind": kind, "subject_id": subject_id}
    withheld = (
        WithheldRecord.objects.filter(
            **mine,
            case__digest=digest,
            state__in=[WithheldState.KEPT, WithheldState.SUPERSEDED],
        )
        .order_by("-id")
        .first()
    )
    if withheld is not None:
        raise Refusal(
            "不予公开的信息（条例第十八条）",
            f"这份内容已经审定不予公开，情形是“{withheld.get_code_display()}”，"
            f"理由是：{withheld.reason}",
            "内容没有变化的，先在“不予公开登记”里重新评估；能删去不应公开的部分的，修改后再送审。",
        )
    last = (
        Review.objects.filter(
            case__subject_kind=kind, case__subject_id=subject_id, verdict=Verdict.REJECT
        )
        .select_related("person", "case")
        .defer("case__view")
        .order_by("-id")
        .first()
    )
    if last is None or last.digest != digest:
        return
    if ReviewCase.objects.filter(
        subject_kind=kind,
        subject_id=subject_id,
        round__gt=last.case.round,
        status=CaseStatus.RELEASED,
    ).exists():
        return
    raise Refusal(
        "退回修改",
        f"内容和上次退回时一样，没有改动。{last.get_step_display()}{last.person}"
        f"退回的意见是：{last.remark}",
        "请按意见修改后再送审；对意见有不同看法的，先和审核人商量。",
    )


def carry_over(*, case: ReviewCase, member: Member, now: datetime) -> None:
    """Bring the consultations of the last round into the new one (条例第十一条).

    An answer holds on while title, body and attachments are exactly what was asked about;
    otherwise, and where there was no answer yet, the same organ is asked again and the old answer
    stays beside it for reference. Called by the gate only, in the transaction of the submission.
    """
    if case.round == 1:
        return
    last = (
        ReviewCase.objects.filter(subject_kind=case.subject_kind, subject_id=case.subject_id)
        .exclude(pk=case.pk)
        .order_by("-round")
        .first()
    )
    if last is None or last.status == CaseStatus.RELEASED:
        return
    same = rules.passages(last.view) == rules.passages(case.view)
    for old in last.consultations.select_related("unit").order_by("pk"):
        holds = same and old.agrees is not None
        new = Consultation(
            case=case,
            unit=old.unit,
            question=old.question,
            asked_by_id=old.asked_by_id,
            asked_at=old.asked_at if holds else now,
            previous=old,
            carried=holds,
        )
        if holds:
            new.agrees, new.opinion, new.settlement = old.agrees, old.opinion, old.settlement
            new.answered_by_id, new.answered_at = old.answered_by_id, old.answered_at
        new.save()
        record_act(
            case,
            "review.consultation.carried" if holds else "review.consultation.asked",
            member,
            now,
            unit=old.unit.short_name,
            **({} if holds else {"again": True}),
        )
        if not holds:
            notices.asked(consultation=new, case=case, member=member, now=now)
