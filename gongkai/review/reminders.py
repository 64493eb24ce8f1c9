"""What of the withheld register falls due, for the reminders of messaging.

Titles of withheld information never leave the desk, so a reminder names the number of the record.
"""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from gongkai.core.calendar import load_calendar
from gongkai.messaging.audience import holders, supervisors_of
from gongkai.messaging.registry import DueItem
from gongkai.organisations.enums import Role
from gongkai.review import register
from gongkai.review.enums import WithheldState
from gongkai.review.models import WithheldRecord


def _url(record: WithheldRecord) -> str:
    return reverse("review-desk:withheld-record", args=[record.pk])


def evaluations_due(today: date, until: date) -> Iterable[DueItem]:
    """Records whose next look comes by ``until``, those overdue included (条例第十八条)."""
    rows = WithheldRecord.objects.filter(
        state=WithheldState.KEPT, next_review_on__lte=until
    ).select_related("unit")
    for record in rows:
        assert record.next_review_on is not None
        to = holders(record.unit, Role.SECRECY_REVIEWER, Role.FINAL_REVIEWER)
        if record.next_review_on < today:
            to = to | supervisors_of(record.unit)
        yield DueItem(
            to,
            f"不予公开登记 {record.pk} 号（{record.unit.short_name}）应当重新评估",
            _url(record),
            record.next_review_on,
            # The next look is another matter: told again.
            f"{record.pk}:{record.next_review_on:%Y%m%d}",
        )


def releases_due(today: date, until: date) -> Iterable[DueItem]:
    """What was found publishable and is not public yet (条例第二十六条)."""
    calendar = load_calendar()
    rows = WithheldRecord.objects.filter(state=WithheldState.RELEASING).select_related("unit")
    for record in rows:
        due = register.release_due(record, calendar)
        if due is None or due.date > until:
            continue
        to = holders(record.unit, Role.EDITOR, Role.FINAL_REVIEWER)
        yield DueItem(
            to,
            f"不予公开登记 {record.pk} 号（{record.unit.short_name}）评估可以公开，应当发布",
            _url(record),
            due.date,
            str(record.pk),
        )
