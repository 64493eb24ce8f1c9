"""Letters to readers: collecting what waits, writing one letter an address, and what fails.

The timer hands addresses to the outbox in pieces, so that a stop in the middle loses nothing; the
handler writes the letter as things stand then: what was withdrawn meanwhile is not in it. Mail goes
through ``messaging.mailing``, like everybody's. A server that fails after it took a letter and
before that could be written down gets the letter again.
"""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.template.loader import render_to_string

from gongkai.catalogue.selectors import public_sites
from gongkai.core import outbox
from gongkai.core.clock import SHANGHAI, day_of
from gongkai.core.models import OutboxMessage
from gongkai.messaging.mailing import absolute, deliver
from gongkai.messaging.rules import Letter
from gongkai.publishing.facts_text import cn_day
from gongkai.subscriptions import links, rules
from gongkai.subscriptions.enums import Frequency, State
from gongkai.subscriptions.models import Due, Subscriber, Subscription
from gongkai.subscriptions.registry import Followed, Told, described, followable, lines_of

logger = logging.getLogger("gongkai.subscriptions")

LETTER_JOB = "subscriptions.letter"
BATCH = 200
PIECES = 50
"""At most so many batches at one call of the timer: 10,000 addresses."""
_FIELD = {Frequency.DAILY: "daily_on", Frequency.WEEKLY: "weekly_on"}


def site_name() -> str:
    """Who writes: the city's site."""
    return next((site.name for site in public_sites()), "政务公开")


# Collecting.


def queue(now: datetime) -> int:
    """Timer job: hand every address for which something waits, and whose time has come, to the
    outbox; returns how many letters were asked for. Idempotent."""
    if not settings.MAIL_ENABLED:
        return 0
    today, hour = day_of(now), now.astimezone(SHANGHAI).hour
    due = [Frequency.AT_ONCE]
    if rules.daily_due(None, today, hour):
        due.append(Frequency.DAILY)
    if rules.weekly_due(None, today, hour):
        due.append(Frequency.WEEKLY)
    asked = 0
    for frequency in due:
        for _ in range(PIECES):
            piece = _queue_piece(frequency, now)
            asked += piece
            if piece < BATCH:
                break
    return asked


def _waiting() -> QuerySet[Due]:
    return Due.objects.filter(state=State.WAITING, subscription__subscriber__paused_at=None)


def _queue_piece(frequency: Frequency, now: datetime) -> int:
    rows = _waiting().filter(subscription__frequency=frequency, queued_at=None)
    field = _FIELD.get(frequency)
    if field is not None:
        day = day_of(now) if frequency == Frequency.DAILY else rules.week_start(day_of(now))
        name = f"subscription__subscriber__{field}"
        rows = rows.filter(Q(**{name: None}) | Q(**{f"{name}__lt": day}))
    found = dict(
        rows.order_by()
        .values_list("subscription__subscriber")
        .annotate(last=Max("pk"))
        .order_by("subscription__subscriber")[:BATCH]
    )
    if not found:
        return 0
    with transaction.atomic():
        people = Subscriber.objects.select_for_update().filter(pk__in=found, paused_at=None)
        for who in people.order_by("pk"):
            last = found[who.pk]
            # Another failure, or another thing that waits, is another letter.
            outbox.enqueue(
                kind=LETTER_JOB,
                subject=("subscriber", who.pk),
                key=f"{who.pk}:{frequency}:{last}:{who.failures}",
                now=now,
            )
            if field is not None:
                setattr(who, field, day_of(now))
                who.save(update_fields=[field])
        Due.objects.filter(
            subscription__subscriber__in=found,
            subscription__frequency=frequency,
            state=State.WAITING,
            queued_at=None,
            pk__lte=max(found.values()),
        ).update(queued_at=now)
    return len(found)


# Writing.


def groups_of(who: Subscriber, due: Iterable[Due]) -> list[rules.Group]:
    """What a letter says: by subscription in the order in which they were made, and only what may
    be told now."""
    rows = sorted(due, key=lambda d: (d.subscription_id, d.occurred_at, d.pk))
    subjects: dict[str, set[Told]] = {}
    for row in rows:
        subjects.setdefault(row.subject_kind, set()).add(Told(row.event, row.subject_id))
    lines = {kind: lines_of(kind, told) for kind, told in subjects.items()}
    names = described({(d.subscription.kind, d.subscription.target) for d in rows})
    found: dict[int, tuple[Subscription, list[rules.Line]]] = {}
    for row in rows:
        line = lines[row.subject_kind].get(Told(row.event, row.subject_id))
        if line is not None:
            note = "，".join(filter(None, (line.note, cn_day(day_of(row.occurred_at)))))
            lines_here = found.setdefault(row.subscription_id, (row.subscription, []))[1]
            lines_here.append(replace(line, note=note))
    groups = []
    for subscription, told in found.values():
        known = names.get((subscription.kind, subscription.target))
        kind = followable(subscription.kind)
        if known is None or kind is None:
            continue
        groups.append(
            rules.Group(
                kind.label,
                f"{known.title}（{known.note}）" if known.note else known.title,
                absolute(known.url),
                links.leave_link(who, [subscription.pk]),
                tuple(dict.fromkeys(told)),
            )
        )
    return groups


def letter_of(who: Subscriber, due: list[Due]) -> tuple[Letter, str] | None:
    """The letter for what is due, with the link that ends everything in it; None when nothing of
    it may be told any more."""
    groups = groups_of(who, due)
    if not groups:
        return None
    manage = links.manage_link(who)
    leave = links.leave_link(who, {row.subscription_id for row in due})
    site = site_name()
    text = rules.letter_text(groups, site=site, manage_link=manage, leave_link=leave)
    html = render_to_string(
        "subscriptions/letter.html",
        {"groups": groups, "site": site, "manage_link": manage, "leave_link": leave},
    )
    return Letter(rules.letter_subject(groups, site), text, html), leave


def send(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler: one letter with all that was handed over for the address. Raises
    MailUndelivered, and is tried again later."""
    who = Subscriber.objects.filter(pk=message.subject_id, paused_at=None).first()
    if who is None:
        return
    due = list(
        Due.objects.filter(
            subscription__subscriber=who,
            state=State.WAITING,
            queued_at__isnull=False,
        ).select_related("subscription")
    )
    found = letter_of(who, due) if due and settings.MAIL_ENABLED else None
    if found is None:
        _settle(due, State.DROPPED, now)
        return
    letter, leave = found
    accepted = deliver(letter, who.address.reveal(), leave_link=leave)
    _settle(due, State.SENT if accepted else State.DROPPED, now)
    if accepted:
        Subscriber.objects.filter(pk=who.pk).exclude(failures=0).update(failures=0)
    else:
        failed(subscriber_id=who.pk, now=now)


def _settle(due: list[Due], state: State, now: datetime) -> None:
    rows = Due.objects.filter(pk__in=[row.pk for row in due])
    rows.update(state=state, settled_at=now)


def failed(*, subscriber_id: int, now: datetime) -> None:
    """A letter could not be delivered; the third in a row pauses the address."""
    with transaction.atomic():
        who = Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()
        if who is None:
            return
        who.failures += 1
        who.failed_at = now
        waiting = Due.objects.filter(subscription__subscriber=who, state=State.WAITING)
        if who.failures >= rules.MOST_FAILURES:
            who.paused_at = now
            waiting.update(state=State.DROPPED, settled_at=now)
        else:
            waiting.update(queued_at=None)
        who.save(update_fields=["failures", "failed_at", "paused_at"])


def given_up(message: OutboxMessage, now: datetime) -> None:
    """The outbox tried a letter for hours: a failure of this address as well."""
    if message.kind == LETTER_JOB:
        failed(subscriber_id=int(message.subject_id), now=now)


# Letters that a reader asks for.


def send_confirmation(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler: the letter that confirms a subscription, or says that it is there already."""
    who = Subscriber.objects.filter(pk=message.subject_id).first()
    if who is None or not settings.MAIL_ENABLED:
        return
    wanted = message.payload["subscription"]
    if wanted is None:
        letter = rules.full_letter(site=site_name(), manage_link=links.manage_link(who))
        _personal(who, letter, _leave_all(who), now)
        return
    row = Subscription.objects.filter(pk=wanted, subscriber=who).first()
    kind = followable(row.kind) if row else None
    known = described([(row.kind, row.target)]).get((row.kind, row.target)) if row else None
    if row is None or kind is None or known is None:
        return
    row.subscriber = who
    _personal(who, _answer(who, row, kind.label, known), links.leave_link(who, [row.pk]), now)


def _answer(who: Subscriber, row: Subscription, what: str, known: Followed) -> Letter:
    if row.confirmed_at is not None:
        manage = links.manage_link(who)
        return rules.known_letter(
            what=what, title=known.title, site=site_name(), manage_link=manage
        )
    return rules.confirm_letter(
        what=what,
        title=known.title,
        frequency=Frequency(row.frequency).label,
        site=site_name(),
        link=links.confirm_link(row),
        leave_link=links.leave_link(who, [row.pk]),
    )


def _personal(who: Subscriber, letter: Letter, leave: str, now: datetime) -> None:
    if not deliver(letter, who.address.reveal(), leave_link=leave):
        failed(subscriber_id=who.pk, now=now)


def send_manage_link(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler: the link to one's own subscriptions."""
    who = Subscriber.objects.filter(pk=message.subject_id).first()
    if who is None or not settings.MAIL_ENABLED:
        return
    letter = rules.manage_letter(site=site_name(), manage_link=links.manage_link(who))
    _personal(who, letter, _leave_all(who), now)


def _leave_all(who: Subscriber) -> str:
    return links.leave_link(who, who.subscriptions.values_list("pk", flat=True))
