"""Reads of subscriptions: the owner's own page, and figures for staff without any address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from gongkai.core.masking import mask_email
from gongkai.subscriptions.enums import Frequency, State
from gongkai.subscriptions.models import Due, Subscriber, Subscription
from gongkai.subscriptions.registry import (
    Followable,
    Followed,
    described,
    followable,
    followables,
)

TOP = 10


@dataclass(frozen=True, slots=True)
class Own:
    """One subscription as its owner sees it."""

    row: Subscription
    kind: Followable
    followed: Followed


def own(who: Subscriber) -> list[Own]:
    """The confirmed subscriptions of an address, newest first."""
    rows = list(who.subscriptions.exclude(confirmed_at=None).order_by("-confirmed_at", "-pk"))
    names = described((row.kind, row.target) for row in rows)
    found = []
    for row in rows:
        kind = followable(row.kind)
        if kind is not None:
            gone = Followed("已经不在本站的内容", "", "", gone=True)
            found.append(Own(row, kind, names.get((row.kind, row.target), gone)))
    return found


def own_some(who: Subscriber, ids: list[int]) -> list[tuple[str, Followed]]:
    """(kind, what it is) of some subscriptions of an address, unconfirmed ones included."""
    rows = list(who.subscriptions.filter(pk__in=ids).order_by("pk"))
    names = described((row.kind, row.target) for row in rows)
    return [
        (kind.label, names[row.kind, row.target])
        for row in rows
        if (kind := followable(row.kind)) and (row.kind, row.target) in names
    ]


def masked(who: Subscriber) -> str:
    """The address as screens show it."""
    return mask_email(who.address.reveal())


@dataclass(frozen=True, slots=True)
class KindFigures:
    """How many subscriptions of a kind there are, by how often."""

    label: str
    icon: str
    total: int
    by_frequency: tuple[tuple[str, int], ...]


def figures() -> list[KindFigures]:
    """Confirmed subscriptions by kind; one query."""
    rows = (
        Subscription.objects.exclude(confirmed_at=None)
        .order_by()
        .values_list("kind", "frequency")
        .annotate(n=Count("pk"))
    )
    counts = {(kind, frequency): n for kind, frequency, n in rows}
    return [
        KindFigures(
            kind.label,
            kind.icon,
            sum(n for (key, _), n in counts.items() if key == kind.key),
            tuple((f.label, counts.get((kind.key, f.value), 0)) for f in Frequency),
        )
        for kind in followables()
    ]


@dataclass(frozen=True, slots=True)
class State30:
    """Addresses now, and letters' lines of the last thirty days."""

    addresses: int
    pending: int
    paused: int
    waiting: int
    sent: int
    dropped: int


def state(now: datetime) -> State30:
    """How the sending stands; two queries."""
    people = Subscriber.objects.aggregate(
        addresses=Count("pk", filter=Q(confirmed_at__isnull=False)),
        pending=Count("pk", filter=Q(confirmed_at=None)),
        paused=Count("pk", filter=Q(paused_at__isnull=False)),
    )
    lately = now - timedelta(days=30)
    due = Due.objects.aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        sent=Count("pk", filter=Q(state=State.SENT, settled_at__gte=lately)),
        dropped=Count("pk", filter=Q(state=State.DROPPED, settled_at__gte=lately)),
    )
    return State30(**people, **due)


@dataclass(frozen=True, slots=True)
class Top:
    """Something that many follow."""

    followed: Followed
    n: int


def most_followed(kind: Followable, size: int = TOP) -> list[Top]:
    """What is followed most of a kind; nothing for searches, whose words are their readers' own."""
    if not kind.counted:
        return []
    rows = (
        Subscription.objects.filter(kind=kind.key, confirmed_at__isnull=False)
        .order_by()
        .values_list("target")
        .annotate(n=Count("pk"))
        .order_by("-n", "target")[:size]
    )
    counts = dict(rows)
    names = kind.describe(counts.keys())
    return [Top(names[target], n) for target, n in counts.items() if target in names]


@dataclass(frozen=True, slots=True)
class Failing:
    """An address that letters do not reach, masked."""

    address: str
    failures: int
    failed_at: datetime
    paused_at: datetime | None


def failing(size: int = 20) -> list[Failing]:
    """The addresses that failed last."""
    rows = Subscriber.objects.exclude(failed_at=None).order_by("-failed_at", "-pk")[:size]
    return [
        Failing(masked(row), row.failures, row.failed_at, row.paused_at)
        for row in rows
        if row.failed_at is not None
    ]
