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
