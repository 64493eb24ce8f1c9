"""Stored values of error reports, labels in Chinese."""

from django.db.models import TextChoices


class ErrorKind(TextChoices):
    """What a reader found wrong on a page."""

    TYPO = "typo", "错别字或格式错误"
    LINK = "link", "链接或附件打不开"
    OUTDATED = "outdated", "内容过时、没有更新"
    WRONG = "wrong", "内容不准确"
    LEAK = "leak", "有不该公开的内容"
    OTHER = "other", "其他"


class ReportStatus(TextChoices):
    NEW = "new", "待处理"
    HANDLED = "handled", "已处理"


class Outcome(TextChoices):
    """What came of a report."""

    CORRECTED = "corrected", "已经改正"
    PASSED_ON = "passed_on", "已转有关单位处理"
    NO_ERROR = "no_error", "核对过，没有错误"
    UNCLEAR = "unclear", "说得不清楚，没有找到"


class LinkState(TextChoices):
    """What was found at an outside address."""

    UNSEEN = "unseen", "还没有查过"
    OK = "ok", "能打开"
    MOVED = "moved", "转到了别的网站"
    BROKEN = "broken", "打不开"
