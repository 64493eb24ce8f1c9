"""Batches that wait to be handed over, for the reminders of messaging."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from gongkai.core.calendar import load_calendar
from gongkai.deposits import selectors
from gongkai.deposits.models import DepositBatch
from gongkai.messaging.audience import operators, supervisors_of
from gongkai.messaging.registry import DueItem


def dispatches_due(today: date, until: date) -> Iterable[DueItem]:
    """Batches not handed over whose period ends by ``until``, those overdue included."""
    calendar = load_calendar()
    rows = DepositBatch.objects.filter(sent_at=None, item_count__gt=0)
    for batch in rows.select_related("target__owner"):
        due = selectors.shown(batch, today, calendar).due
        if due.date <= until:
            yield DueItem(
                supervisors_of(batch.target.owner) | operators(),
                f"{batch.target.name} {batch.period.year} 年 {batch.period.month} 月应当移送",
                reverse("deposits-desk:batch", args=[batch.pk]),
                due.date,
                str(batch.pk),
            )
