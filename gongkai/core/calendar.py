"""The working-day calendar of this installation: published calendar plus the editable table."""

from gongkai.core import memo
from gongkai.core.models import CalendarDay
from gongkai.core.workdays import DayKind, Override, WorkCalendar


def load_calendar() -> WorkCalendar:
    """Read the exceptions (one query); build it once per request or command and pass it on."""
    return WorkCalendar(
        {
            row.day: Override(DayKind(row.kind), row.name, row.source)
            for row in CalendarDay.objects.all()
        }
    )


@memo.reference(lambda: ())
def public_calendar() -> WorkCalendar:
    """:func:`load_calendar` for public pages, which may be some seconds behind (core.memo)."""
    return load_calendar()
