"""Writing down what is to be told: one row for each subscription and thing that happened."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from gongkai.subscriptions.models import Due, Subscription

BATCH = 1000


def followers(kind: str, targets: Iterable[str], *, before: datetime) -> list[int]:
    """The subscriptions that follow any of some targets and did so before something happened."""
    rows = Subscription.objects.filter(
        kind=kind,
        target__in=list(targets),
        confirmed_at__lte=before,
        subscriber__paused_at=None,
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def tell(
    *,
    kind: str,
    targets: Iterable[str],
    event: str,
    subject: tuple[str, int],
    key: str,
    occurred_at: datetime,
) -> int:
    """Have all who follow any of some targets of a kind told that something happened to a subject.

    ``key`` names the happening for good: the same subscription hears of it once, however often this
    is called. Rooms whose subjects are no items register how to put it into words
    (``registry.register_lines``). In pieces, so that a column with many readers locks nothing long.
    """
    ids = followers(kind, targets, before=occurred_at)
    for start in range(0, len(ids), BATCH):
        _write(ids[start : start + BATCH], event, subject, key, occurred_at)
    return len(ids)


def _write(
    ids: list[int], event: str, subject: tuple[str, int], key: str, occurred_at: datetime
) -> None:
    with transaction.atomic():
        # Who left since the question was asked must not make the others fail.
        there = Subscription.objects.select_for_update().filter(pk__in=ids)
        Due.objects.bulk_create(
            [
                Due(
                    subscription_id=pk,
                    event=event,
                    subject_kind=subject[0],
                    subject_id=subject[1],
                    key=key[:80],
                    occurred_at=occurred_at,
                )
                for pk in there.order_by("pk").values_list("pk", flat=True)
            ],
            ignore_conflicts=True,
        )
