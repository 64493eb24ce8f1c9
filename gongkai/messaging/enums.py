"""Stored values of messaging."""

from django.db.models import TextChoices


class Channel(TextChoices):
    """How a person wants to hear of a kind of notice; the inbox gets every notice anyway."""

    AT_ONCE = "at_once", "即时邮件"
    DIGEST = "digest", "每日汇总邮件"
    INBOX = "inbox", "只在站内"


class Mail(TextChoices):
    """What became of the mail of one message; empty = none was asked for."""

    NONE = "", "没有邮件"
    WAITING = "waiting", "等待发送"
    SENT = "sent", "已发送"
    REFUSED = "refused", "对方邮箱拒收"
    DROPPED = "dropped", "不再需要"
