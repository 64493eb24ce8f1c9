"""When monthly reports are due and how one stands. Plain values only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from gongkai.core.workdays import WorkCalendar, add_workdays, previous_workday_on_or_before

MISSING, LATE, ON_TIME, OPEN, RETURNED = "missing", "late", "on_time", "open", "returned"
WORDS = {
    MISSING: "未报，已过期",
    LATE: "逾期报送",
    ON_TIME: "按时报送",
    OPEN: "未到期",
    RETURNED: "退回，待补",
}
TONES = {MISSING: "red", LATE: "warn", ON_TIME: "ok", OPEN: "idle", RETURNED: "warn"}
SHORT = {MISSING: "未报", LATE: "逾期报", ON_TIME: "按时", OPEN: "未到期", RETURNED: "退回"}


def month_of(day: date) -> date:
    """The first day of a day's month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_day(month: date) -> date:
    """The last day of a month."""
    return next_month(month) - timedelta(days=1)


def months(start: date, end: date) -> Iterator[date]:
    """First days of the months from ``start`` to ``end``, both included."""
    month = month_of(start)
    while month <= end:
        yield month
        month = next_month(month)


@dataclass(frozen=True, slots=True)
class DueRule:
    """How a plan's reports fall due: ``next_nth`` counts ``nth`` working days of the next month."""

    kind: str
    nth: int = 5

    def words(self) -> str:
        """The rule in words."""
        if self.kind == "last_workday":
            return "每月最后一个工作日前报当月"
        return f"次月第 {self.nth} 个工作日前报上月"


def due_on(month: date, rule: DueRule, calendar: WorkCalendar) -> date:
    """The last day on which a report for the month is on time."""
    if rule.kind == "last_workday":
        return previous_workday_on_or_before(last_day(month), calendar)
    return add_workdays(last_day(month), max(rule.nth, 1), calendar).date


def state_of(*, due: date, day: date, first_sent: date | None, returned: bool = False) -> str:
    """How a report stands on a day, from when it first was sent; a later rewrite is not lateness.

    One that was sent back waits for its unit, whatever the day.
    """
    if first_sent is None or first_sent > day:
        return MISSING if day > due else OPEN
    if returned:
        return RETURNED
    return LATE if first_sent > due else ON_TIME


def owes(
    *,
    month: date,
    since: date,
    active: bool,
    recurring: bool,
    done_before: bool,
    reports_from: date | None,
    year: int,
) -> bool:
    """Whether a share owes a report for a month.

    From the plan's first reporting month to the end of its year, from the month in which the
    unit was named. A task that was proved before the month began and does not recur has nothing
    left to report.
    """
    if reports_from is None or not active:
        return False
    if month < month_of(reports_from) or month.year > year or last_day(month) < since:
        return False
    return recurring or not done_before
