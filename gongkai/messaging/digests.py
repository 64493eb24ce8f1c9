"""The daily digest: one mail a person and working day, with what waits."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from gongkai.core import outbox
from gongkai.core.calendar import load_calendar
from gongkai.core.clock import SHANGHAI, day_of
from gongkai.core.models import OutboxMessage
from gongkai.core.workdays import add_workdays
from gongkai.messaging import rules
from gongkai.messaging.audience import resolve_all
from gongkai.messaging.enums import Channel
from gongkai.messaging.mailing import absolute, deliver, refused, settings_link
from gongkai.messaging.models import MailSettings, Message
from gongkai.messaging.registry import (
    DueItem,
    DueSource,
    due_kind,
    kind_label,
    notice_kind,
    notice_kinds,
)
from gongkai.messaging.reminders import open_items
from gongkai.messaging.selectors import channel_of, chosen

DIGEST_JOB = "messaging.digest"
NEWEST = 3
DUE_LINES = 30


def queue(now: datetime) -> int:
    """Timer job: ask for the digests of the people whose hour has come; returns how many.

    Idempotent: the day is written on each person's settings in the same transaction. Nobody whose
    inbox and due dates are empty gets a mail. On days that are no working days nothing happens.
    """
    if not settings.MAIL_ENABLED:
        return 0
    today = day_of(now)
    hour = now.astimezone(SHANGHAI).hour
    due_now = (
        MailSettings.objects.filter(
            Q(last_digest_on=None) | Q(last_digest_on__lt=today),
            digest_hour__lte=hour,
            mail_off=False,
            user__is_active=True,
        )
        .exclude(verified_at=None)
        .order_by("user_id")
    )
    if not due_now.exists():
        return 0
    calendar = load_calendar()
    if not calendar.is_workday(today):
        return 0
    # Asked before anything is locked: a room may take its time.
    items = open_items(today, add_workdays(today, rules.SOON_WORKDAYS, calendar).date)
    with transaction.atomic():
        ids = [row.pk for row in due_now.select_for_update(of=("self",))]
        lines = _due_lines(ids, chosen(ids), items, today)
        unread = set(
            Message.objects.filter(recipient_id__in=ids, read_at=None)
            .values_list("recipient_id", flat=True)
            .distinct()
        )
        asked = 0
        for user_id in ids:
            if user_id in unread or user_id in lines:
                asked += 1
                outbox.enqueue(
                    kind=DIGEST_JOB,
                    subject=("user", user_id),
                    key=f"{user_id}:{today.isoformat()}",
                    payload={"day": today.isoformat(), "due": lines.get(user_id, [])},
                    now=now,
                )
        MailSettings.objects.filter(user_id__in=ids).update(last_digest_on=today)
    return asked


def _due_lines(
    ids: list[int],
    choices: dict[int, dict[str, str]],
    items: Sequence[tuple[DueSource, DueItem]],
    today: date,
) -> dict[int, list[list[str]]]:
    """What is due for each of these people: [title, path, date]; the sources are asked once."""
    long_past = today - timedelta(days=rules.OVERDUE_DAYS)
    found = [(source, item) for source, item in items if item.due >= long_past]
    lines: dict[int, list[list[str]]] = {}
    wanted = set(ids)
    reached = resolve_all([item.audience for _, item in found], today)
    for (source, item), people in sorted(
        zip(found, reached, strict=True), key=lambda pair: (pair[0][1].due, pair[0][1].key)
    ):
        kind = notice_kind(due_kind(source.key))
        for user_id in people & wanted:
            if channel_of(kind, choices.get(user_id, {})) == Channel.INBOX:
                continue
            mine = lines.setdefault(user_id, [])
            if len(mine) < DUE_LINES:
                mine.append([item.title, item.url, item.due.isoformat()])
    return lines


def send(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler: write and send one digest as the inbox stands now."""
    row = MailSettings.objects.select_related("user").filter(user_id=message.subject_id).first()
    day = date.fromisoformat(message.payload["day"])
    if (
        row is None
        or row.mail_off
        or row.verified_at is None
        or not row.user.email
        or not row.user.is_active
        or day != day_of(now)  # yesterday's digest helps nobody
    ):
        return
    letter = rules.digest_letter(
        bundles(row.pk),
        [
            rules.Line(title, absolute(path), _due(date.fromisoformat(due), day))
            for title, path, due in message.payload["due"]
        ],
        name=str(row.user),
        day=day,
        inbox_link=absolute(reverse("messaging-desk:inbox")),
        settings_link=settings_link(),
    )
    if letter is not None and not deliver(letter, row.user.email):
        refused(row.pk, now)


def _due(due: date, today: date) -> str:
    return f"{due:%Y-%m-%d}，{rules.due_words(due, today=today)}"


def bundles(user_id: int) -> list[rules.Bundle]:
    """The person's unread messages by kind, without the kinds they want on the site only."""
    mine = chosen([user_id]).get(user_id, {})
    silent = [k.key for k in notice_kinds() if channel_of(k, mine) == Channel.INBOX]
    rows = Message.objects.filter(recipient_id=user_id, read_at=None).exclude(kind__in=silent)
    counts = Counter(rows.values_list("kind", flat=True))
    newest: dict[str, list[str]] = {}
    for kind, title in rows.order_by("-created_at", "-id").values_list("kind", "title")[:200]:
        titles = newest.setdefault(kind, [])
        if len(titles) < NEWEST:
            titles.append(title)
    return [
        rules.Bundle(kind_label(kind), count, tuple(newest.get(kind, ())))
        for kind, count in counts.most_common()
    ]
