"""What time it is on this platform. Only views, tasks and commands ask; services are told."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The current instant, aware, in Asia/Shanghai.

    In a demonstration city the calendar day stands still at ``DEMO_DATE``; the time of day runs.
    """
    real = datetime.now(SHANGHAI)  # noqa: TID251 - the one place that may
    if settings.DEMO_DATE is None:
        return real
    return datetime.combine(settings.DEMO_DATE, real.timetz())


def today() -> date:
    """The current calendar day in Asia/Shanghai."""
    return now().date()


def day_of(moment: datetime) -> date:
    """The Asia/Shanghai calendar day of an aware instant."""
    return moment.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The last instant that still belongs to a day: facts up to here count "as of" it."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI) - timedelta(
        microseconds=1
    )


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A wall-clock instant in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
