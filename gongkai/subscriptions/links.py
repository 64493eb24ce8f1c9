"""Signed links in mails. Who holds one can act for the address, and needs nothing else.

They carry random keys and numbers of rows, never an address, and are signed with the secret key of
the installation: changing that one makes the links of earlier mails void.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core import signing
from django.urls import reverse

from gongkai.messaging.mailing import absolute
from gongkai.subscriptions.models import Subscriber, Subscription
from gongkai.subscriptions.rules import CONFIRM_LIFE, LINK_LIFE, MOST

_CONFIRM, _MANAGE, _LEAVE = (f"subscriptions.{name}" for name in ("confirm", "manage", "leave"))


def _read(token: str, salt: str, life: timedelta) -> Any:
    try:
        return signing.loads(token, salt=salt, max_age=life)
    except signing.BadSignature:
        return None


def confirm_token(row: Subscription) -> str:
    """The token that confirms one subscription."""
    return signing.dumps([str(row.subscriber.key), row.pk], salt=_CONFIRM)


def manage_token(who: Subscriber) -> str:
    """The token that opens all subscriptions of an address."""
    return signing.dumps(str(who.key), salt=_MANAGE)


def leave_token(who: Subscriber, ids: Iterable[int]) -> str:
    """The token that ends some subscriptions of an address."""
    return signing.dumps([str(who.key), *sorted(ids)[:MOST]], salt=_LEAVE, compress=True)


def confirm_link(row: Subscription) -> str:
    """The full address that confirms a subscription."""
    return absolute(reverse("portal:subscribe-confirm", args=[confirm_token(row)]))


def manage_link(who: Subscriber) -> str:
    """The full address of one's own subscriptions."""
    return absolute(reverse("portal:subscriptions", args=[manage_token(who)]))


def leave_link(who: Subscriber, ids: Iterable[int]) -> str:
    """The full address that ends some subscriptions with one POST."""
    return absolute(reverse("portal:unsubscribe", args=[leave_token(who, ids)]))


def to_confirm(token: str) -> Subscription | None:
    """The subscription of a confirmation link; None for a link that is void."""
    found = _read(token, _CONFIRM, CONFIRM_LIFE)
    if found is None:
        return None
    rows = Subscription.objects.select_related("subscriber")
    return rows.filter(pk=found[1], subscriber__key=found[0]).first()


def to_manage(token: str) -> Subscriber | None:
    """The address of a management link; None for a link that is void."""
    found = _read(token, _MANAGE, LINK_LIFE)
    return Subscriber.objects.filter(key=found).first() if found else None


def was_manage(token: str) -> bool:
    """Whether a management link is ours, though its address may be gone."""
    return _read(token, _MANAGE, LINK_LIFE) is not None


def to_leave(token: str) -> tuple[Subscriber | None, list[int]] | None:
    """The address (None when it is gone already) and subscriptions of a link; None when void."""
    found = _read(token, _LEAVE, LINK_LIFE)
    if found is None:
        return None
    return Subscriber.objects.filter(key=found[0]).first(), list(found[1:])
