"""Reads of the inbox and of a person's settings. Everybody reads their own, nobody another's."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from gongkai.core.masking import mask_email
from gongkai.messaging import rules
from gongkai.messaging.enums import Mail
from gongkai.messaging.models import KindSetting, MailSettings, Message
from gongkai.messaging.registry import NoticeKind, kind_label, notice_kinds
from gongkai.organisations.access import Member
from gongkai.organisations.models import User

PAGE = 30
#: The badge stops counting here: more is "many", and counting stays cheap.
MANY = 999


def own(member: Member) -> QuerySet[Message]:
    """The person's own messages, newest first; nobody's for somebody who is not signed in."""
    if member.actor.user_id is None:
        return Message.objects.none()
    rows = Message.objects.filter(recipient_id=member.actor.user_id)
    return rows.order_by("-created_at", "-id")


def waiting(member: Member) -> list[QuerySet[Message]]:
    """The person's unread messages for the menu, at most :data:`MANY`; read from an index."""
    unread = own(member).filter(read_at=None).order_by().values("pk")[:MANY]
    return [Message.objects.filter(pk__in=unread)]


def newest_id(member: Member) -> int:
    """The id of the person's newest message; 0 when there is none."""
    return own(member).values_list("pk", flat=True).first() or 0


def unread_by_kind(member: Member) -> dict[str, int]:
    """How many unread messages of each kind the person has, most first."""
    rows = own(member).filter(read_at=None).order_by().values_list("kind").annotate(n=Count("pk"))
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the inbox: its messages, and the ids to go on from (None = no further page)."""

    rows: tuple[Message, ...]
    newer: int | None
    older: int | None
    first: bool


def page_of(
    member: Member,
    *,
    unread: bool,
    kind: str = "",
    before: int | None = None,
    after: int | None = None,
) -> Page:
    """A page of messages by key: ``before`` an id (older) or ``after`` one (newer)."""
    rows = own(member)
    if unread:
        rows = rows.filter(read_at=None)
    if kind:
        rows = rows.filter(kind=kind)
    # Pages go on from a message, not from a number: an inbox may be very deep, and keeps growing.
    start = after or before
    edge = own(member).filter(pk=start).first() if start else None
    if edge is None:
        before = after = None
    if edge is not None and after is not None:
        newer = Q(created_at__gt=edge.created_at) | Q(created_at=edge.created_at, pk__gt=edge.pk)
        found = list(rows.filter(newer).order_by("created_at", "id")[: PAGE + 1])
        more = len(found) > PAGE
        kept = tuple(reversed(found[:PAGE]))
        older = kept[-1].pk if kept else None
        return Page(kept, kept[0].pk if more and kept else None, older, not more)
    if edge is not None:
        rows = rows.filter(
            Q(created_at__lt=edge.created_at) | Q(created_at=edge.created_at, pk__lt=edge.pk)
        )
    found = list(rows[: PAGE + 1])
    kept = tuple(found[:PAGE])
    return Page(
        kept,
        kept[0].pk if before is not None and kept else None,
        kept[-1].pk if len(found) > PAGE else None,
        before is None,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of notice with what the person gets now."""

    kind: NoticeKind
    channel: str


@dataclass(frozen=True, slots=True)
class MailState:
    """Whether and how a person gets mail now; ``address`` is masked."""

    enabled: bool
    address: str
    verified: bool
    code_sent: bool
    refused: bool
    off: bool
    digest_hour: int
    waiting: int


def mail_settings_of(user_id: int) -> MailSettings:
    """The person's settings; an unsaved row with the defaults when there is none."""
    return MailSettings.objects.filter(user_id=user_id).first() or MailSettings(user_id=user_id)


def mail_state(user_id: int) -> MailState:
    """What the settings page says about mail."""
    address = User.objects.filter(pk=user_id).values_list("email", flat=True).first() or ""
    row = mail_settings_of(user_id)
    return MailState(
        enabled=settings.MAIL_ENABLED,
        address=mask_email(address),
        verified=bool(address) and row.verified_at is not None,
        code_sent=bool(address) and row.verified_at is None and row.code_sent_at is not None,
        refused=row.refused_at is not None,
        off=row.mail_off,
        digest_hour=row.digest_hour,
        waiting=Message.objects.filter(recipient_id=user_id, mail=Mail.WAITING)[:MANY].count(),
    )


def chosen(user_ids: list[int]) -> dict[int, dict[str, str]]:
    """What these people chose, by person and kind; one query."""
    found: dict[int, dict[str, str]] = {}
    rows = KindSetting.objects.filter(user_id__in=user_ids)
    for user_id, kind, channel in rows.values_list("user_id", "kind", "channel"):
        found.setdefault(user_id, {})[kind] = channel
    return found


def channel_of(kind: NoticeKind, choices: Mapping[str, str]) -> str:
    """How a kind is told to somebody who made these choices."""
    return choices.get(kind.key) or rules.default_channel(mail=kind.mail, urgent=kind.urgent)


def choices_of(member: Member) -> list[Choice]:
    """Every kind of notice the person can get, with the channel, as on the settings page."""
    user_id = member.actor.user_id or 0
    mine = chosen([user_id]).get(user_id, {})
    return [
        Choice(kind, channel_of(kind, mine))
        for kind in notice_kinds()
        if not kind.roles or member.holds_anywhere(*kind.roles)
    ]


def labels(kinds: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """(key, label, count) of counted kinds."""
    return [(key, kind_label(key), count) for key, count in kinds.items()]
