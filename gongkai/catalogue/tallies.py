"""Placements and their counts are written together, so that no page has to count the archive."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import ExtractYear

from gongkai.catalogue.models import Column, Placement, PlacementTally
from gongkai.core import bulk
from gongkai.core.clock import SHANGHAI

FOLD_AT = 1000
"""So many rows beyond one for each count, and the timer adds them up."""

Key = tuple[int, int | None, str, int]


def _write(counts: Counter[Key], sign: int) -> None:
    PlacementTally.objects.bulk_create(
        [
            PlacementTally(column_id=column, section_id=section, kind=kind, year=year, n=sign * n)
            for (column, section, kind, year), n in counts.items()
        ]
    )


def _key(column: int, section: int | None, kind: str, moment: datetime) -> Key:
    return column, section, kind, moment.astimezone(SHANGHAI).year


def shelve(rows: Sequence[Placement]) -> None:
    """Save new placements with their counts; inside the caller's transaction."""
    bulk.insert(rows)
    _write(Counter(_key(r.column_id, r.section_id, r.kind, r.published_at) for r in rows), 1)


def unshelve(rows: QuerySet[Placement]) -> int:
    """Delete placements with their counts; returns how many went."""
    gone = list(rows.values_list("id", "column_id", "section_id", "kind", "published_at"))
    if gone:
        Placement.objects.filter(pk__in=[row[0] for row in gone]).delete()
        _write(Counter(_key(*row[1:]) for row in gone), -1)
    return len(gone)


def count_again() -> None:
    """Count every placement anew, after they were written as a whole."""
    PlacementTally.objects.all().delete()
    rows = (
        Placement.objects.order_by()
        .annotate(year=ExtractYear("published_at", tzinfo=SHANGHAI))
        .values_list("column_id", "section_id", "kind", "year")
        .annotate(n=Count("id"))
    )
    _write(Counter({(c, s, kind, year): n for c, s, kind, year, n in rows}), 1)


def fold(now: datetime) -> int:
    """Add up the counts that consist of many rows; returns how many rows were saved."""
    groups = PlacementTally.objects.order_by().values("column", "section", "kind", "year")
    if PlacementTally.objects.count() - groups.distinct().count() < FOLD_AT:
        return 0
    with transaction.atomic():
        # Rows that another release adds meanwhile are left for the next time.
        rows = list(PlacementTally.objects.select_for_update())
        sums: Counter[Key] = Counter()
        for row in rows:
            sums[row.column_id, row.section_id, row.kind, row.year] += row.n
        for start in range(0, len(rows), 5000):  # a statement takes only so many values
            some = [row.pk for row in rows[start : start + 5000]]
            PlacementTally.objects.filter(pk__in=some).delete()
        _write(Counter({key: n for key, n in sums.items() if n}), 1)
    return len(rows) - len(sums)


def counts_by(columns: Iterable[Column | int], *fields: str) -> dict[tuple[Any, ...], int]:
    """How many placements, by the named fields (``column``, ``section``, ``kind``, ``year``).

    ``section`` None is the column itself, which holds everything its sections hold. Nothing is
    returned for what has none.
    """
    rows = (
        PlacementTally.objects.filter(column__in=columns)
        .order_by()
        .values_list(*fields)
        .annotate(total=Sum("n"))
    )
    return {tuple(row[:-1]): row[-1] for row in rows if row[-1] > 0}
