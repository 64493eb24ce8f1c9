"""Stored values of moving an old site in."""

from django.db.models import TextChoices


class RunStatus(TextChoices):
    """Where an import is. Only the gate takes it from "in review" to "releasing"."""

    PREPARING = "preparing", "正在读入"
    PREPARED = "prepared", "已备好，待送审"
    IN_REVIEW = "in_review", "审核中"
    RELEASING = "releasing", "正在写入"
    RELEASED = "released", "已公开"
    ABANDONED = "abandoned", "已放弃"


# While an import is in one of these, its rows count when duplicates are looked for.
COUNTING = (
    RunStatus.PREPARING,
    RunStatus.PREPARED,
    RunStatus.IN_REVIEW,
    RunStatus.RELEASING,
    RunStatus.RELEASED,
)


class IssueKind(TextChoices):
    """What became of a row, or of a part of it."""

    BAD = "bad", "没有收下"
    DUPLICATE = "duplicate", "重复，没有收下"
    NEAR = "near", "疑似重复，已收下"
    FILE = "file", "缺少的附件"
    LINK = "link", "没有对上的关联"
    NOTICE = "notice", "请核对"


class RedirectState(TextChoices):
    """What an old address leads to."""

    ITEM = "item", "信息"
    COLUMN = "column", "栏目"
    GONE = "gone", "没有承接的页面"
