"""What the gate tells people of. Called in the transaction of what happened.

A title may be mailed before the secrecy review has passed, so it never names the information
itself; the body does, and is read on the site only, by people who may see the case.
"""

from datetime import datetime

from django.urls import reverse

from gongkai.core.clock import SHANGHAI
from gongkai.messaging.audience import Audience, holders, people
from gongkai.messaging.registry import register_notice_kind
from gongkai.messaging.services import notify, settle
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.review.enums import STEP_ROLE, Step, WithholdCode
from gongkai.review.models import Consultation, ReviewCase

WAITING = "review.waiting"
RETURNED = "review.returned"
WITHHELD = "review.withheld"
APPROVED = "review.approved"
FAILED = "review.release_failed"
ASKED = "review.consultation_asked"
ANSWERED = "review.consultation_answered"


def register() -> None:
    """Declare the kinds; called from the app's ``ready()``."""
    register_notice_kind(WAITING, "等待审核")
    register_notice_kind(RETURNED, "送审被退回", urgent=True)
    register_notice_kind(WITHHELD, "审定不予公开", urgent=True)
    register_notice_kind(APPROVED, "审核完成，等待定时发布")
    register_notice_kind(FAILED, "定时发布没有成功", urgent=True)
    register_notice_kind(ASKED, "被征求意见")
    register_notice_kind(ANSWERED, "征求意见有回复")


def _writers(case: ReviewCase) -> Audience:
    return people(*case.authors, case.submitted_by_id)


def _tell(
    case: ReviewCase, kind: str, to: Audience, title: str, body: str, key: str, now: datetime,
    member: Member | None = None,
) -> None:  # fmt: skip
    notify(
        kind=kind,
        to=to,
        title=title,
        body=body,
        url=reverse("review-desk:case", args=[case.pk]),
        key=key,
        subject=(case.subject_kind, case.subject_id),
        skip=member.actor.user_id if member else None,
        now=now,
    )


def waiting(*, case: ReviewCase, member: Member, now: datetime) -> None:
    """The current step waits for its reviewers, those who wrote on it excepted."""
    step = Step(case.current_step)
    to = holders(case.unit_id, STEP_ROLE[step]).without(*case.authors, case.submitted_by_id)
    title = f"一条信息等您{step.label}"
    _tell(case, WAITING, to, title, f"《{case.title}》", f"{case.pk}:{step}", now, member)


def step_done(*, case: ReviewCase, step: str, now: datetime) -> None:
    """The step has been decided, or will not be: it waits for nobody any more."""
    if step:
        settle(kind=WAITING, key=f"{case.pk}:{step}", now=now)


def closed(*, case: ReviewCase, now: datetime) -> None:
    """The case ended without release; ``case`` still has its step. Nobody is waited for."""
    step_done(case=case, step=case.current_step, now=now)
    for key in case.consultations.filter(agrees=None).values_list("pk", flat=True):
        settle(kind=ASKED, key=f"{key}", now=now)


def returned(*, case: ReviewCase, step: str, remark: str, member: Member, now: datetime) -> None:
    """A step sent the submission back."""
    label = Step(step).label
    body = f"《{case.title}》{label}意见：{remark}"
    title = f"您送审的信息在{label}被退回修改"
    _tell(case, RETURNED, _writers(case), title, body, f"{case.pk}", now, member)


def withheld(*, case: ReviewCase, code: str, member: Member, now: datetime) -> None:
    """The secrecy review found the content not publishable."""
    body = f"《{case.title}》{WithholdCode(code).label}"
    title = "您送审的信息经审查不予公开"
    _tell(case, WITHHELD, _writers(case), title, body, f"{case.pk}", now, member)


def approved(*, case: ReviewCase, member: Member, now: datetime) -> None:
    """The last step approved what is to be released later."""
    assert case.release_at is not None
    moment = case.release_at.astimezone(SHANGHAI)
    body = f"《{case.title}》定于 {moment:%Y-%m-%d %H:%M} 自动发布；在这之前改动内容，审核即作废。"
    title = "您送审的信息审核完成，等待定时发布"
    _tell(case, APPROVED, _writers(case), title, body, f"{case.pk}", now, member)


def release_stopped(*, case: ReviewCase, reason: str, now: datetime) -> None:
    """The hour came, but what had been approved may not go out: it is its editor's again."""
    to = _writers(case) | holders(case.unit_id, Role.FINAL_REVIEWER)
    body = f"《{case.title}》到了发布时间没有发布：{reason}。请由编辑处理后重新送审。"
    _tell(case, FAILED, to, "定时发布已取消，请编辑处理", body, f"{case.pk}:void", now)


def release_failed(*, case: ReviewCase, now: datetime) -> None:
    """The hour came, and something went wrong; told once, although every tick tries again."""
    to = _writers(case) | holders(case.unit_id, Role.FINAL_REVIEWER)
    body = f"《{case.title}》到了发布时间没有发布成功，平台会继续重试；一小时后仍未发布，请联系运维人员。"
    _tell(case, FAILED, to, "定时发布没有成功，平台正在重试", body, f"{case.pk}:error", now)


def asked(*, consultation: Consultation, case: ReviewCase, member: Member, now: datetime) -> None:
    """Another organ is asked: its reviewers answer."""
    notify(
        kind=ASKED,
        to=holders(consultation.unit_id, *STEP_ROLE.values()),
        title=f"{case.unit.short_name}就一条拟公开的信息征求您单位意见",
        body=f"《{case.title}》征求事项：{consultation.question}",
        url=reverse("review-desk:consultation", args=[consultation.pk]),
        key=f"{consultation.pk}",
        subject=(case.subject_kind, case.subject_id),
        skip=member.actor.user_id,
        now=now,
    )


def answered(*, consultation: Consultation, member: Member, now: datetime) -> None:
    """The organ asked has answered: whoever asked, and the writers, go on."""
    case = consultation.case
    settle(kind=ASKED, key=f"{consultation.pk}", now=now)
    verdict = "同意公开" if consultation.agrees else "不同意公开，需要协商"
    opinion = f"：{consultation.opinion}" if consultation.opinion else ""
    to = _writers(case) | people(consultation.asked_by_id)
    title = f"{consultation.unit.short_name}已回复征求意见"
    body = f"《{case.title}》{verdict}{opinion}"
    _tell(case, ANSWERED, to, title, body, f"{consultation.pk}", now, member)
