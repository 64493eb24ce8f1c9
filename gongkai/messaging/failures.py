"""Operators hear of a side effect that has failed for good."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from gongkai.core import outbox
from gongkai.core.models import OutboxMessage
from gongkai.messaging.audience import operators
from gongkai.messaging.services import notify

EFFECT_FAILED = "outbox.failed"
MAIL_FAILED = "outbox.mail_failed"

_MAIL_KINDS: set[str] = set()


def register_mail_kind(kind: str) -> None:
    """Say that an outbox kind of another room sends mail, in ``apps.ready()``."""
    _MAIL_KINDS.add(kind)


def effect_given_up(message: OutboxMessage, now: datetime) -> None:
    """Tell the operators, once for each effect. A failed mail is told on the site only: a mail
    about mails that cannot be sent would fail in its turn.

    The error's own words may hold what the effect was about, so only its name is passed on.
    """
    mail = message.kind.startswith("messaging.") or message.kind in _MAIL_KINDS
    label = outbox.kind_label(message.kind)
    error = message.error.partition(":")[0]
    with transaction.atomic():
        notify(
            kind=MAIL_FAILED if mail else EFFECT_FAILED,
            to=operators(),
            title=f"“{label}”重试 {message.attempts} 次仍未成功，已经停止",
            body=f"对象：{message.subject_kind} {message.subject_id}；错误：{error}。"
            "请查看服务日志，排除原因后重新执行。",
            url=reverse("messaging-desk:inbox"),
            key=f"effect:{message.pk}",
            subject=(message.subject_kind, message.subject_id),
            now=now,
        )


def find_abandoned(now: datetime) -> int:
    """Timer job: effects whose last worker died have nobody to say so; returns how many."""
    dead = OutboxMessage.objects.filter(
        done_at=None, attempts__gte=outbox.MAX_ATTEMPTS, leased_until__lt=now
    )
    found = list(dead[:100])
    for message in found:
        message.leased_until = None
        message.error = message.error or "WorkerLost: 执行中断，没有留下错误"
        message.save(update_fields=["leased_until", "error"])
        effect_given_up(message, now)
    return len(found)
