"""Stored values of the ledger."""

from django.db.models import TextChoices


class PointKind(TextChoices):
    TASK = "task", "任务"
    REQUIREMENT = "requirement", "要求"


class UnitRole(TextChoices):
    LEAD = "lead", "牵头"
    RESPONSIBLE = "responsible", "责任"


class ImportStatus(TextChoices):
    OPEN = "open", "待确认"
    CONFIRMED = "confirmed", "已确认"
    DISCARDED = "discarded", "已放弃"


class Precision(TextChoices):
    DAY = "day", "日"
    MONTH = "month", "月"
    QUARTER = "quarter", "季"
    HALF = "half", "半年"
    YEAR = "year", "年"
    NONE = "none", "未写明"


class Light(TextChoices):
    """A task's light; computed, never stored by hand except as an override with a reason."""

    GREEN = "green", "按期"
    YELLOW = "yellow", "临期"
    RED = "red", "逾期"
    GREY = "grey", "未到"


class EvidenceKind(TextChoices):
    ITEM = "item", "已公开的信息"
    URL = "url", "网址"
    FILE = "file", "文件"


class FollowLevel(TextChoices):
    """The rungs of the ladder, mildest first."""

    REMINDER = "reminder", "提醒"
    NOTICE = "notice", "督办"
    TALK = "talk", "约谈"


class FollowStatus(TextChoices):
    """Where a follow-up stands. Overdue is computed, how it ended is ``FollowOutcome``."""

    OPEN = "open", "待回复"
    REPLIED = "replied", "已回复，待审看"
    RETURNED = "returned", "退回，待补充"
    ESCALATED = "escalated", "已升级"
    CLOSED = "closed", "已办结"


FOLLOW_LIVE = (FollowStatus.OPEN, FollowStatus.REPLIED, FollowStatus.RETURNED)
"""Not over yet."""
FOLLOW_OWED = (FollowStatus.OPEN, FollowStatus.RETURNED)
"""The unit owes a reply."""


class FollowOutcome(TextChoices):
    ACCEPTED = "accepted", "回复认可"
    CALLED_OFF = "called_off", "撤销"


class ReportDue(TextChoices):
    """How the day by which a month's report is due is found."""

    NEXT_NTH = "next_nth", "次月第几个工作日"
    LAST_WORKDAY = "last_workday", "当月最后一个工作日"


class ReportStatus(TextChoices):
    """Where a monthly report stands. Late and missing are computed."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已报送"
    RETURNED = "returned", "退回"
    READ = "read", "已阅"


class ReferenceSource(TextChoices):
    PROPOSED = "proposed", "系统建议"
    OFFICE = "office", "主管核定"
