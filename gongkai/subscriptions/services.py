"""Every write of subscriptions that a reader asks for.

Whoever asks has no account; the answer is the same whether or not an address is known here, so that
nobody learns who subscribed to what. Facts name the subscription and its kind: neither address nor
what was searched for, because the trail is kept for ever and read by many.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from gongkai.core import facts, outbox
from gongkai.core.actors import Actor
from gongkai.core.clock import day_of
from gongkai.core.encryption import Secret, blind_index, blind_indexes
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.messaging.rules import address_problem, stamp
from gongkai.subscriptions import rules
from gongkai.subscriptions.enums import Frequency, Leave
from gongkai.subscriptions.models import ADDRESS, Due, Subscriber, Subscription
from gongkai.subscriptions.registry import followable

RULE = "订阅"
READER = Actor(key="public:reader", name="网站读者")
TIMER = Actor.system("subscriptions", "订阅维护")
CONFIRM_JOB = "subscriptions.confirm"
MANAGE_JOB = "subscriptions.manage"
ACTIONS = {
    "subscriptions.subscription.confirmed": "读者确认订阅",
    "subscriptions.subscription.changed": "读者修改订阅",
    "subscriptions.subscription.left": "读者退订",
    "subscriptions.subscription.expired": "订阅到期删除",
}


def _record(action: str, row: Subscription, actor: Actor, now: datetime, **details: object) -> None:
    facts.record(
        action=f"subscriptions.subscription.{action}",
        subject=("subscription", row.pk),
        actor=actor,
        occurred_at=now,
        details={"kind": row.kind, "frequency": row.frequency, **details},
    )


def _require_mail() -> None:
    if not settings.MAIL_ENABLED:
        raise Refusal(RULE, "这个网站现在不发邮件。", "可以用页面上的订阅地址（Feed）。")


def _checked(address: str) -> str:
    normal = rules.normal_address(address)
    problem = address_problem(normal) if normal else "请填写邮箱地址。"
    if problem:
        raise InvalidInput({"address": [problem]}, rule=RULE)
    return normal


def _find(normal: str) -> Subscriber | None:
    """The row of an address, under whichever key it is indexed."""
    rows = Subscriber.objects.select_for_update()
    return rows.filter(address_index__in=blind_indexes(ADDRESS, normal)).first()


def _may_write(who: Subscriber, now: datetime) -> bool:
    """Whether one more letter that strangers can cause may go to the address today; counts it."""
    today = day_of(now)
    if who.letters_on != today:
        who.letters_on, who.letters = today, 0
    who.letters += 1
    who.save(update_fields=["letters_on", "letters"])
    return who.letters <= rules.LETTERS_A_DAY


def subscribe(*, kind: str, target: str, address: str, frequency: str, now: datetime) -> None:
    """Ask for a subscription: a letter with the link that confirms it goes to the address.

    ``target`` is canonical. Nothing is sent besides that letter before it is confirmed, at most five
    letters go to one address in a day, and the outcome is the same for every address. Raises
    InvalidInput, and Refusal when mail is off.
    """
    normal = _checked(address)
    known = followable(kind)
    if known is None or known.canonical(rules.parsed(target)) != target or not target:
        raise InvalidInput({"": ["没有找到要订阅的内容，请回到原来的页面再试。"]}, rule=RULE)
    if frequency not in Frequency.values:
        raise InvalidInput({"frequency": ["请选择多久发一次。"]}, rule=RULE)
    with transaction.atomic():
        _require_mail()
        who = _find(normal)
        if who is None:
            who = Subscriber.objects.create(
                address=Secret.of(ADDRESS, normal),
                address_index=blind_index(ADDRESS, normal),
                created_at=now,
            )
        row = who.subscriptions.filter(kind=kind, target=target).first()
        if row is None and who.subscriptions.count() < rules.MOST:
            row = who.subscriptions.create(
                kind=kind, target=target, frequency=frequency, asked_at=now
            )
        elif row is not None and row.confirmed_at is None:
            row.frequency, row.asked_at = frequency, now
            row.save(update_fields=["frequency", "asked_at"])
        if _may_write(who, now):
            outbox.enqueue(
                kind=CONFIRM_JOB,
                subject=("subscriber", who.pk),
                key=f"{who.pk}:{row.pk if row else 0}:{stamp(now)}",
                payload={"subscription": row.pk if row else None},
                now=now,
            )


def manage_link_send(*, address: str, now: datetime) -> None:
    """Send the link to an address's own subscriptions; to an unknown address nothing, and the
    asker cannot tell. Raises InvalidInput, and Refusal when mail is off."""
    normal = _checked(address)
    with transaction.atomic():
        _require_mail()
        who = _find(normal)
        if who is not None and _may_write(who, now):
            outbox.enqueue(
                kind=MANAGE_JOB,
                subject=("subscriber", who.pk),
                key=f"{who.pk}:{stamp(now)}",
                now=now,
            )


def _locked(subscription_id: int) -> tuple[Subscriber, Subscription] | None:
    """Both rows, the address first: what changes several subscriptions locks in the same order."""
    owner = Subscriber.objects.select_for_update().filter(subscriptions=subscription_id).first()
    row = Subscription.objects.filter(pk=subscription_id).first() if owner else None
    return (owner, row) if owner and row else None


def confirm(*, subscription_id: int, now: datetime) -> bool:
    """Confirm a subscription by its link; it begins now. False when it is not there any more.

    A paused address is written to again: its owner has just read a letter there. Safe to repeat.
    """
    with transaction.atomic():
        found = _locked(subscription_id)
        if found is None:
            return False
        who, row = found
        who.confirmed_at = who.confirmed_at or now
        # The first weekly digest comes on the next Monday.
        who.weekly_on = who.weekly_on or day_of(now)
        who.paused_at, who.failed_at, who.failures = None, None, 0
        who.save(update_fields=["confirmed_at", "weekly_on", "paused_at", "failed_at", "failures"])
        if row.confirmed_at is None:
            row.confirmed_at = row.looked_at = now
            row.save(update_fields=["confirmed_at", "looked_at"])
            _record("confirmed", row, READER, now)
    return True


def frequency_set(
    *, subscriber_id: int, subscription_id: int, frequency: str, now: datetime
) -> bool:
    """Change how often the owner of an address hears of something; False when it is not theirs."""
    if frequency not in Frequency.values:
        raise InvalidInput({"frequency": ["请选择多久发一次。"]}, rule=RULE)
    with transaction.atomic():
        found = _locked(subscription_id)
        if found is None or found[0].pk != subscriber_id or found[1].confirmed_at is None:
            return False
        row = found[1]
        if row.frequency != frequency:
            before, row.frequency = row.frequency, frequency
            row.save(update_fields=["frequency"])
            _record("changed", row, READER, now, before=before)
    return True


def leave(*, subscriber_id: int, ids: Iterable[int], how: Leave, now: datetime) -> int:
    """End subscriptions of an address, at once and for good; returns how many there were.

    With the last one the address is deleted, and what was waiting to be sent with each.
    """
    with transaction.atomic():
        who = Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()
        if who is None:
            return 0
        return _end(who, list(who.subscriptions.filter(pk__in=list(ids))), READER, how, now)


def leave_all(*, subscriber_id: int, now: datetime) -> int:
    """End everything and delete the address."""
    with transaction.atomic():
        who = Subscriber.objects.select_for_update().filter(pk=subscriber_id).first()
        if who is None:
            return 0
        return _end(who, list(who.subscriptions.all()), READER, Leave.ALL, now)


def _end(
    who: Subscriber, rows: list[Subscription], actor: Actor, how: Leave | str, now: datetime
) -> int:
    action = "left" if isinstance(how, Leave) else "expired"
    last = who.subscriptions.exclude(pk__in=[row.pk for row in rows]).first() is None
    for row in rows:
        _record(action, row, actor, now, how=str(how), address_deleted=last)
    Subscription.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if last:
        who.delete()
    return len(rows)


def expire(now: datetime) -> int:
    """Timer job: delete what nobody confirmed in three days, addresses that have been paused for
    ninety, and what was told more than thirty days ago; returns how many. A piece at a time."""
    done = 0
    pending = Q(confirmed_at=None, asked_at__lt=now - rules.CONFIRM_LIFE)
    paused = Q(subscriber__paused_at__lt=now - rules.PAUSED_LIFE)
    for why, condition in (("unconfirmed", pending), ("paused", paused)):
        ids = Subscription.objects.filter(condition).values_list("subscriber_id", flat=True)
        for pk in list(dict.fromkeys(ids[:500])):
            with transaction.atomic():
                who = Subscriber.objects.select_for_update().filter(pk=pk).first()
                if who is not None:
                    rows = list(who.subscriptions.filter(condition))
                    done += _end(who, rows, TIMER, why, now) if rows else 0
    told = Due.objects.filter(settled_at__lt=now - rules.DUE_LIFE)
    gone = list(told.values_list("pk", flat=True)[:2000])
    if gone:
        done += Due.objects.filter(pk__in=gone).delete()[0]
    # Who asked when fifty subscriptions stood there already, or left in the middle.
    empty = Subscriber.objects.annotate(n=Count("subscriptions")).filter(
        n=0, created_at__lt=now - rules.CONFIRM_LIFE
    )
    done += empty.delete()[0] if empty.exists() else 0
    return done
