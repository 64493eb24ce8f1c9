"""Folding the query log into tallies, and forgetting it.

A day is folded again and again while clicks may still come, then once for good. Traces live
``KEEP_DAYS`` days; of the tallies that stay, words that were asked only a few times are taken out
at the same moment, because rare words can point at a person.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Max, Min, Q, Sum

from gongkai.core import bulk
from gongkai.core.clock import day_of, end_of_day
from gongkai.search.models import SearchClick, SearchDay, SearchTally, SearchTrace
from gongkai.search.rules_traces import KEPT, RARE

KEEP_DAYS: Final = 180
"""Days that a single search is kept."""

RARELY: Final = 5
"""Words asked fewer times than this in all tallies are not kept longer than the traces."""

SETTLED_AFTER: Final = timedelta(hours=26)
"""After the end of a day: a click counts for a day (``clicks.LIFE``), and may be written late."""

EVERY: Final = timedelta(minutes=10)
EVERY_OLD: Final = timedelta(hours=6)
"""How often today, and a day that is over but may still get clicks, are counted again."""

CHUNK: Final = 5000
SUMS: Final = (
    "searches", "narrowed", "empty", "related_only", "unclicked", "clicked", "clicks", "positions",
    "milliseconds", "corrected", "synonyms",
)  # fmt: skip
_FIRST: Final = Q(page=1)
_FOUND: Final = Q(page=1, strict__gt=0)
SLOWEST: Final = "slowest"


def _counts() -> dict[str, Any]:
    # ``n_`` keeps sums and fields of the same name apart.
    return {
        "n_searches": Count("pk", filter=_FIRST),
        "n_narrowed": Count("pk", filter=_FIRST & ~Q(filters="")),
        "n_empty": Count("pk", filter=_FIRST & Q(strict=0, related=0)),
        "n_related_only": Count("pk", filter=_FIRST & Q(strict=0, related__gt=0)),
        "n_found": Count("pk", filter=_FOUND),
        "n_milliseconds": Sum("milliseconds", filter=_FIRST, default=0),
        "n_slowest": Max("milliseconds", filter=_FIRST, default=0),
        "n_corrected": Count("pk", filter=_FIRST & Q(corrected=True)),
        "n_synonyms": Count("pk", filter=_FIRST & Q(synonyms=True)),
    }


def _click_counts() -> dict[str, Any]:
    return {
        "n_clicks": Count("pk"),
        "n_positions": Sum("position", default=0),
        "n_clicked": Count("trace", distinct=True, filter=Q(trace__page=1)),
        "n_clicked_found": Count(
            "trace", distinct=True, filter=Q(trace__page=1, trace__strict__gt=0)
        ),
    }


def _joined(row: dict[str, Any], clicks: dict[str, Any]) -> dict[str, Any]:
    both = {name.removeprefix("n_"): value for name, value in {**row, **clicks}.items()}
    found, opened = both.pop("found"), both.pop("clicked_found", 0)
    return {**both, "unclicked": found - opened}


def _is_final(day: date, now: datetime) -> bool:
    return now > end_of_day(day) + SETTLED_AFTER


def fold_day(day: date, *, now: datetime) -> SearchDay:
    """Count a day afresh, from its traces; what was counted before is replaced.

    Counting comes first, so that the write lock is held for the writing only.
    """
    traces = SearchTrace.objects.filter(day=day)
    clicks = SearchClick.objects.filter(trace__day=day)
    by_words: dict[tuple[str, str], dict[str, Any]] = {}
    keys = ("trace__text", "trace__dropped")
    for row in clicks.values(*keys).annotate(**_click_counts()).order_by():
        text, dropped = row.pop(keys[0]), row.pop(keys[1])
        by_words[(text, dropped)] = row
    rows = traces.values("text", "dropped").annotate(**_counts()).order_by()
    tallies = [
        SearchTally(day=day, **_joined(dict(row), by_words.get((row["text"], row["dropped"]), {})))
        for row in rows.iterator(CHUNK)
    ]
    whole = _joined(
        traces.aggregate(**_counts(), later_pages=Count("pk", filter=Q(page__gt=1))),
        clicks.aggregate(**_click_counts()),
    )
    opened = clicks.values_list("position").annotate(n=Count("pk")).order_by("position")
    lost = traces.filter(_FIRST).exclude(dropped=KEPT).values_list("dropped")
    whole |= {
        "opened": {str(position): n for position, n in opened},
        "dropped": dict(lost.annotate(n=Count("pk")).order_by("dropped")),
        "folded_at": now,
        "final": _is_final(day, now),
    }
    with transaction.atomic():
        # The row of the day is the lock: one worker at a time replaces the words of a day.
        folded, _ = SearchDay.objects.update_or_create(day=day, defaults=whole)
        SearchTally.objects.filter(day=day).delete()
        bulk.insert(tallies)
    return folded


def _is_due(row: SearchDay, now: datetime) -> bool:
    if row.final:
        return False
    pause = EVERY if row.day == day_of(now) else EVERY_OLD
    # A count that claims to be of later was made by another clock.
    return _is_final(row.day, now) or not row.folded_at <= now < row.folded_at + pause


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def fold_due(now: datetime) -> int:
    """Timer job: fold every day that may have changed; returns how many days.

    Idempotent, and catches up after any pause: a day is open until it was folded after its end.
    """
    first = SearchTrace.objects.aggregate(first=Min("day"))["first"]
    today = day_of(now)
    if first is None or first > today:
        return 0
    known = {
        row.day: row
        for row in SearchDay.objects.filter(day__gte=first).only("day", "folded_at", "final")
    }
    blank: list[SearchDay] = []
    done = 0
    for day in _days(first, today):
        row = known.get(day)
        if row is None and not SearchTrace.objects.filter(day=day).exists():
            blank.append(SearchDay(day=day, folded_at=now, final=_is_final(day, now)))
        elif row is None or _is_due(row, now):
            fold_day(day, now=now)
            done += 1
    SearchDay.objects.bulk_create(blank, ignore_conflicts=True)
    return done + len(blank)


def forget_due(now: datetime) -> int:
    """Timer job: delete traces that have had their time, a stretch at a time; returns how many.

    A day goes only after it was folded for good.
    """
    before = day_of(now) - timedelta(days=KEEP_DAYS)
    done = 0
    for row in SearchDay.objects.filter(thinned=False, final=True, day__lt=before)[:10]:
        old = SearchTrace.objects.filter(day=row.day)
        while ids := list(old.values_list("pk", flat=True)[:CHUNK]):
            with transaction.atomic():
                SearchClick.objects.filter(trace__in=ids).delete()
                SearchTrace.objects.filter(pk__in=ids).delete()
            done += len(ids)
        _thin(row)
    # Clicks whose trace was lost.
    SearchClick.objects.filter(day__lt=before - timedelta(days=2)).delete()
    return done


def _thin(row: SearchDay) -> None:
    """Put the rare words of a day together, without the words."""
    with transaction.atomic():
        tallies = SearchTally.objects.filter(day=row.day)
        known = SearchTally.objects.filter(text__in=tallies.exclude(text="").values("text"))
        rare = known.values("text").annotate(n=Sum("searches")).filter(n__lt=RARELY).values("text")
        sums: dict[str, int] = defaultdict(int)
        ids = []
        for found in tallies.filter(text__in=rare).values("pk", SLOWEST, *SUMS):
            ids.append(found["pk"])
            for name in SUMS:
                sums[name] += found[name]
            sums[SLOWEST] = max(sums[SLOWEST], found[SLOWEST])
        for start in range(0, len(ids), CHUNK):
            SearchTally.objects.filter(pk__in=ids[start : start + CHUNK]).delete()
        if ids:
            SearchTally.objects.create(day=row.day, text="", dropped=RARE, **sums)
        SearchDay.objects.filter(pk=row.pk).update(thinned=True)


def share(part: int, whole: int) -> float | None:
    """A share in percent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
