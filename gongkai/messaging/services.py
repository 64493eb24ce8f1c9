"""Every write of messaging that a room or a person asks for: notices, and marking them read.

A notice is written in the business transaction of what caused it, so that neither happens without
the other. It records no fact of its own: the cause is the fact, and who was told of it can be read
from the messages.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery

from gongkai.core import outbox
from gongkai.core.clock import day_of
from gongkai.core.errors import NotVisible
from gongkai.messaging import rules
from gongkai.messaging.audience import Audience, members, resolve_all
from gongkai.messaging.enums import Channel, Mail
from gongkai.messaging.models import KindSetting, MailSettings, Message
from gongkai.messaging.registry import NoticeKind, notice_kind
from gongkai.organisations.access import Member

MAIL_JOB = "messaging.mail"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice to an audience; see :func:`notify` for the fields."""

    kind: str
    to: Audience
    title: str
    url: str
    key: str
    body: str = ""
    subject: tuple[str, str | int] | None = None
    due: date | None = None


def notify(
    *,
    kind: str,
    to: Audience,
    title: str,
    url: str,
    key: str,
    now: datetime,
    body: str = "",
    subject: tuple[str, str | int] | None = None,
    due: date | None = None,
    skip: int | None = None,
) -> int:
    """Tell an audience of something, in the running transaction; returns how many were told anew.

    ``title`` may be mailed: no personal data, nothing of an unpublished text in it; ``body`` is
    shown on the site only, to people who may see the matter anyway. ``url`` is a page of this
    platform. The same (kind, key) reaches the same person once only; ``skip`` is the id of who did
    it, and who knows already. Two statements, and a third when somebody wants a mail at once.

    Raises LookupError for an undeclared kind, ValueError for a link that leads elsewhere and
    RuntimeError outside a transaction.
    """
    declared = _checked(kind, key, url)
    audience = to.without(skip)
    if not audience:
        return 0
    told = Message.objects.filter(recipient=OuterRef("pk"), kind=kind, key=key)
    people = members(audience, day_of(now)).filter(~Exists(told))
    wants_mail: set[int] = set()
    if settings.MAIL_ENABLED and declared.mail:
        chosen = KindSetting.objects.filter(user=OuterRef("pk"), kind=kind).values("channel")
        rows = people.values_list(
            "pk",
            "mail_settings__verified_at",
            "mail_settings__mail_off",
            Subquery(chosen[:1]),
        )
        ids = []
        for user_id, verified_at, mail_off, channel in rows:
            ids.append(user_id)
            if verified_at and not mail_off and _at_once(declared, channel):
                wants_mail.add(user_id)
    else:
        ids = list(people.values_list("pk", flat=True))
    if not ids:
        return 0
    notice = Notice(kind, to, title, url, key, body, subject, due)
    # Two acts at the same moment may tell the same person: the second finds the row and is quiet.
    Message.objects.bulk_create(
        [_message(notice, user_id, user_id in wants_mail, now) for user_id in ids],
        ignore_conflicts=True,
    )
    if wants_mail:
        _ask_for_mail(kind, key, wants_mail, now)
    return len(ids)


def _checked(kind: str, key: str, url: str) -> NoticeKind:
    declared = notice_kind(kind)
    if not connection.in_atomic_block:
        raise RuntimeError("notices are written inside the transaction of what happened")
    if not rules.is_local_path(url) or len(url) > 500:
        raise ValueError(f"a notice leads to a page of this platform, not to {url!r}")
    if not key or len(key) > 160:
        raise ValueError("the key of a notice has 1 to 160 characters")
    return declared


def _at_once(kind: NoticeKind, channel: str | None) -> bool:
    default = rules.default_channel(mail=kind.mail, urgent=kind.urgent)
    return (channel or default) == Channel.AT_ONCE


def _message(notice: Notice, user_id: int, mail: bool, now: datetime) -> Message:
    subject_kind, subject_id = notice.subject or ("", "")
    return Message(
        recipient_id=user_id,
        kind=notice.kind,
        key=notice.key,
        title=rules.one_line(notice.title, 300),
        body=notice.body.strip()[:1000],
        url=notice.url,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        due=notice.due,
        created_at=now,
        mail=Mail.WAITING if mail else Mail.NONE,
    )


def _ask_for_mail(kind: str, key: str, user_ids: set[int], now: datetime) -> None:
    """One side effect for one notice; a later reader of the same notice is another effect."""
    to = sorted(user_ids)
    mark = hashlib.sha256(",".join(map(str, to)).encode()).hexdigest()[:12]
    outbox.enqueue(
        kind=MAIL_JOB,
        subject=("notice", kind),
        key=f"{kind}:{key}:{mark}",
        now=now,
        payload={"kind": kind, "key": key, "to": to},
    )


def notify_all(notices: Sequence[Notice], *, now: datetime) -> int:
    """Many notices at once, for timer jobs and bulk work; the same rules as :func:`notify`.

    A handful of statements for every 500 notices, however many people they reach.
    """
    return sum(_notify_some(notices[i : i + 500], now) for i in range(0, len(notices), 500))


def _notify_some(notices: Sequence[Notice], now: datetime) -> int:
    kinds = {n.kind: _checked(n.kind, n.key, n.url) for n in notices}
    for notice in notices:
        _checked(notice.kind, notice.key, notice.url)
    reached = resolve_all([n.to for n in notices], day_of(now))
    told = set(
        Message.objects.filter(
            kind__in=sorted(kinds), key__in=sorted({n.key for n in notices})
        ).values_list("kind", "key", "recipient_id")
    )
    wants: dict[str, set[int]] = {}
    if settings.MAIL_ENABLED and any(kind.mail for kind in kinds.values()):
        wants = {key: _mailed_at_once(kind) for key, kind in kinds.items() if kind.mail}
    rows: list[Message] = []
    for notice, user_ids in zip(notices, reached, strict=True):
        fresh = [i for i in sorted(user_ids) if (notice.kind, notice.key, i) not in told]
        told.update((notice.kind, notice.key, i) for i in fresh)
        mailed = wants.get(notice.kind, set()) & set(fresh)
        rows += [_message(notice, i, i in mailed, now) for i in fresh]
        if mailed:
            _ask_for_mail(notice.kind, notice.key, mailed, now)
    Message.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def _mailed_at_once(kind: NoticeKind) -> set[int]:
    """Everybody who gets notices of this kind by mail at once."""
    chosen = KindSetting.objects.filter(user=OuterRef("user"), kind=kind.key).values("channel")
    rows = MailSettings.objects.filter(mail_off=False).exclude(verified_at=None)
    return {
        user_id
        for user_id, channel in rows.values_list("user_id", Subquery(chosen[:1]))
        if _at_once(kind, channel)
    }


def settle(*, kind: str, key: str, now: datetime) -> int:
    """What a notice asked for has been done by somebody: it waits for nobody any more.

    Marks the notice read for everybody it had reached, in the running transaction, so that an inbox
    shows work that is really waiting. Returns how many were unread.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("notices are settled inside the transaction of what happened")
    return Message.objects.filter(kind=kind, key=key, read_at=None).update(read_at=now)


def message_read(*, message_id: int, member: Member, now: datetime) -> Message:
    """Mark one own message read; somebody else's does not exist (NotVisible)."""
    with transaction.atomic():
        rows = Message.objects.select_for_update().filter(recipient_id=member.actor.user_id)
        row = rows.filter(pk=message_id).first() if member.actor.user_id else None
        if row is None:
            raise NotVisible
        if row.read_at is None:
            row.read_at = now
            row.save(update_fields=["read_at"])
    return row


def message_unread(*, message_id: int, member: Member) -> Message:
    """Put one own message back among the unread ones; somebody else's does not exist."""
    with transaction.atomic():
        rows = Message.objects.select_for_update().filter(recipient_id=member.actor.user_id)
        row = rows.filter(pk=message_id).first() if member.actor.user_id else None
        if row is None:
            raise NotVisible
        if row.read_at is not None:
            row.read_at = None
            row.save(update_fields=["read_at"])
    return row


def messages_read(*, member: Member, now: datetime, newest: int, kind: str = "") -> int:
    """Mark the own unread messages read, of one kind or of all; returns how many.

    ``newest`` is the newest message the person saw: what came afterwards stays unread. Somebody
    else's message does not exist (NotVisible).
    """
    with transaction.atomic():
        mine = Message.objects.filter(recipient_id=member.actor.user_id)
        seen = mine.filter(pk=newest).first() if member.actor.user_id else None
        if seen is None:
            raise NotVisible
        rows = mine.filter(read_at=None, created_at__lte=seen.created_at)
        if kind:
            rows = rows.filter(kind=kind)
        return rows.update(read_at=now)
