"""Stored values of deposits."""

from django.db.models import TextChoices


class TargetKind(TextChoices):
    """Who must be given what is published (条例第二十五条)."""

    ARCHIVE = "archive", "国家档案馆"
    LIBRARY = "library", "公共图书馆"


class PlaceKind(TextChoices):
    """Where the public may read it (条例第二十五条)."""

    ARCHIVE = "archive", "国家档案馆"
    LIBRARY = "library", "公共图书馆"
    SERVICE_HALL = "service_hall", "政务服务场所"
    OTHER = "other", "其他查阅场所"


class LeftOut(TextChoices):
    """Why a version that was public is not sent, or has to come back."""

    WITHDRAWN = "withdrawn", "已撤回"
    SEALED = "sealed", "旧版本已封存"


class BatchState(TextChoices):
    """Computed from the dates of a batch, never stored."""

    PENDING = "pending", "待移送"
    SENT = "sent", "已移送"
    RECEIVED = "received", "已回执"
    EMPTY = "empty", "无需移送"
