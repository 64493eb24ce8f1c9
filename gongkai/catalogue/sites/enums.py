"""Stored values of the life of sites, labels in Chinese."""

from typing import Final

from django.db.models import TextChoices


class State(TextChoices):
    """Where a site stands in its life."""

    PREPARING = "preparing", "筹建"
    RUNNING = "running", "运行"
    MAINTENANCE = "maintenance", "例行维护"
    OFFLINE = "offline", "临时下线"
    MOVING = "moving", "迁移中"
    CLOSED = "closed", "已关停"


class Event(TextChoices):
    """What is done with a site."""

    OPEN = "open", "开通"
    MAINTAIN = "maintain", "开始例行维护"
    TAKE_OFFLINE = "take_offline", "临时下线"
    MOVE = "move", "开始迁移"
    RESUME = "resume", "恢复运行"
    CLOSE = "close", "关停"


SHUT: Final = frozenset({State.OFFLINE.value, State.CLOSED.value})
"""States in which the pages of a site are not served."""
