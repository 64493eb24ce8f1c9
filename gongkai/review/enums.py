"""Stored values of the gate."""

from django.db.models import TextChoices

from gongkai.organisations.enums import Role


class Step(TextChoices):
    FIRST = "first", "初审"
    SECOND = "second", "复审"
    FINAL = "final", "终审"
    SECRECY = "secrecy", "保密审查"


STEP_ROLE = {
    Step.FIRST: Role.FIRST_REVIEWER,
    Step.SECOND: Role.SECOND_REVIEWER,
    Step.FINAL: Role.FINAL_REVIEWER,
    Step.SECRECY: Role.SECRECY_REVIEWER,
}


class CaseStatus(TextChoices):
    OPEN = "open", "审核中"
    APPROVED = "approved", "审核完成，待发布"
    RELEASED = "released", "已发布"
    REJECTED = "rejected", "已退回"
    WITHHELD = "withheld", "审定不公开"
    VOIDED = "voided", "已作废"
    RECALLED = "recalled", "已撤回"


ACTIVE = (CaseStatus.OPEN, CaseStatus.APPROVED)


class Verdict(TextChoices):
    APPROVE = "approve", "通过"
    OPEN = "open", "可以公开"
    REJECT = "reject", "退回修改"
    WITHHOLD = "withhold", "不予公开"


class WithholdCode(TextChoices):
    """The seven grounds of 条例 (国务院令第711号) articles 14-16; there is no free "other"."""

    STATE_SECRET = "state_secret", "依法确定为国家秘密（条例第十四条）"
    LAW_FORBIDDEN = "law_forbidden", "法律、行政法规禁止公开（条例第十四条）"
    SAFETY_STABILITY = "safety_stability", "公开后可能危及“三安全一稳定”（条例第十四条）"
    THIRD_PARTY_RIGHTS = "third_party_rights", "涉及商业秘密、个人隐私等第三方权益（条例第十五条）"
    INTERNAL_AFFAIRS = "internal_affairs", "内部事务信息（条例第十六条第一款）"
    PROCESS_INFO = "process_info", "过程性信息（条例第十六条第二款）"
    ENFORCEMENT_FILE = "enforcement_file", "行政执法案卷信息（条例第十六条第二款）"


class WithheldState(TextChoices):
    """Where a record of the withheld register is (see rules_withheld.REGISTER)."""

    KEPT = "kept", "不予公开"
    RELEASING = "releasing", "可以公开，待发布"
    PUBLISHED = "published", "已公开，销号"
    SUPERSEDED = "superseded", "另行审定，销号"


class Outcome(TextChoices):
    """What a periodic evaluation finds (条例第十八条)."""

    KEEP = "keep", "继续不予公开"
    RELEASE = "release", "可以公开"
