"""Saved searches: what is new since a search was last looked at."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, Q

from gongkai.subscriptions.enums import Event, Frequency
from gongkai.subscriptions.hits import Hit, NoIndex, new_hits
from gongkai.subscriptions.models import Due, Subscription

logger = logging.getLogger("gongkai.subscriptions")

AT_ONCE_EVERY = timedelta(minutes=10)
OTHERS_EVERY = timedelta(hours=1)
#: The index follows a release; what it was late with is found by looking a little further back.
OVERLAP = timedelta(minutes=30)
SEARCHES = 200
"""Different searches at one call of the timer; the longest not looked at first."""


@dataclass(frozen=True, slots=True)
class Round:
    """One look: how many searches were asked, and how much there is to tell."""

    searches: int
    told: int


def _due(now: datetime) -> Q:
    return Q(frequency=Frequency.AT_ONCE, looked_at__lte=now - AT_ONCE_EVERY) | Q(
        looked_at__lte=now - OTHERS_EVERY
    )


def look(now: datetime) -> Round:
    """Ask every saved search whose time has come once, however many readers saved it.

    A search that fails is logged and asked again at the next call; the others go on.
    """
    rows = Subscription.objects.filter(
        _due(now), kind="search", confirmed_at__isnull=False, subscriber__paused_at=None
    )
    oldest = rows.order_by().values("target").annotate(since=Min("looked_at"))
    told = asked = 0
    for row in oldest.order_by("since", "target")[:SEARCHES]:
        try:
            hits = new_hits(row["target"], since=row["since"] - OVERLAP, now=now)
        except NoIndex:
            break  # being built; everything is asked again from where it stood
        except Exception:  # one search must not stop the others
            logger.exception("a saved search could not be asked")
            continue
        asked += 1
        told += _tell(row["target"], hits, now)
    return Round(asked, told)


def _tell(target: str, hits: list[Hit], now: datetime) -> int:
    with transaction.atomic():
        rows = list(
            Subscription.objects.select_for_update(of=("self",)).filter(
                kind="search",
                target=target,
                confirmed_at__isnull=False,
                looked_at__isnull=False,
                subscriber__paused_at=None,
            )
        )
        due = [
            Due(
                subscription=row,
                event=Event.PUBLISHED,
                subject_kind="item",
                subject_id=hit.item_id,
                key=f"published:{hit.item_id}",
                occurred_at=hit.at,
            )
            for row in rows
            for hit in hits
            if row.confirmed_at and row.looked_at
            and hit.at > max(row.looked_at - OVERLAP, row.confirmed_at)
        ]  # fmt: skip
        before = Due.objects.filter(subscription__in=rows).count()
        Due.objects.bulk_create(due, ignore_conflicts=True, batch_size=1000)
        for row in rows:
            row.looked_at = now
        Subscription.objects.bulk_update(rows, ["looked_at"], batch_size=500)
        return Due.objects.filter(subscription__in=rows).count() - before


def run(now: datetime) -> int:
    """Timer job: how much there is to tell anew."""
    return look(now).told
