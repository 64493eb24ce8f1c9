"""What a catalogue entry expects of a unit in a stretch of time, and how it stands on a day.

The engine turns a rule, the publications linked with the entry and the approved absences into
instances: one for each publication that is expected or that happened. An instance holds days, not
a state; the state follows from a day (:func:`state_on`), so nothing has to be rewritten overnight.

Counting follows 条例（国务院令第711号）第二十六条: 20 working days from the day the information was
formed or changed, where the entry does not say otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MONTHLY, rrule

from gongkai.catalogue.entries.rules_limits import Limit, LimitKind, Span
from gongkai.core.workdays import WorkCalendar, add_workdays

STATUTORY_DAYS: Final = 20
"""Working days of 条例第二十六条, for entries that only say 长期公开."""
SOON_WORKDAYS: Final = 3
"""临期: at most so many working days are left."""


class Publication(NamedTuple):
    """A record linked with an entry. ``published_on`` None: submitted, not public yet."""

    kind: str
    record_id: int
    formed_on: date | None
    published_on: date | None
    renewed_on: date | None = None
    exempt: bool = False
    period: str = ""


class Instance(NamedTuple):
    """One publication that is expected, or that happened, under an entry of a unit."""

    period: str
    start_on: date | None
    due_on: date | None
    soon_on: date | None
    published_on: date | None
    late: bool
    absent: bool
    unclear: bool
    kind: str
    record_id: int | None


class Due(NamedTuple):
    """One period of a calendar rule: its key, the day by which it has to be public, and the date
    that the rule names (a period's last day where it counts from there)."""

    key: str
    due: date
    base: date


@dataclass(slots=True)
class Deadlines:
    """Due days on one working calendar, each counted once."""

    calendar: WorkCalendar
    _due: dict[tuple[date, int], date] = field(default_factory=dict)
    _soon: dict[date, date] = field(default_factory=dict)
    blank: dict[tuple[Limit, date, date, date], list[Instance]] = field(default_factory=dict)
    """Instances of pairs without publications and absences, which many pairs share."""
    _periods: dict[tuple[Limit, date, date], tuple[Due, ...]] = field(default_factory=dict)

    def after(self, start: date, n: int, span: Span = Span.WORKDAY) -> date:
        """The last day of a period of ``n`` days or months that begins on ``start``."""
        if span is Span.DAY:
            return start + timedelta(days=n)
        if span is Span.MONTH:
            moved: date = start + relativedelta(months=n)
            return moved
        due = self._due.get((start, n))
        if due is None:
            due = self._due[start, n] = add_workdays(start, n, self.calendar).date
        return due

    def soon(self, due: date) -> date:
        """The first day on which at most three working days are left until ``due``."""
        first = self._soon.get(due)
        if first is None:
            first, left = due, 0
            # Going back over a working day leaves one more of them between that day and ``due``.
            while left + self.calendar.is_workday(first) <= SOON_WORKDAYS:
                left += self.calendar.is_workday(first)
                first -= timedelta(days=1)
            self._soon[due] = first
        return first

    def periods(self, limit: Limit, first: date, last: date) -> tuple[Due, ...]:
        """The periods of a calendar rule that are due from ``first`` to ``last``."""
        found = self._periods.get((limit, first, last))
        if found is None:
            found = tuple(_periods(limit, first, last, self))
            self._periods[limit, first, last] = found
        return found


def _periods(limit: Limit, first: date, last: date, deadlines: Deadlines) -> Iterator[Due]:
    # A period may end well before its due day (季度结束后20个工作日).
    begin = date(first.year - 1, 1, 1)
    for base in rrule(
        MONTHLY, dtstart=_at_noon(begin), until=_at_noon(last),
        bymonth=limit.months, bymonthday=limit.day,
    ):  # fmt: skip
        day = base.date()
        due = deadlines.after(day, limit.n, limit.span) if limit.n else day
        if first <= due <= last:
            yield Due(period_key(limit.freq, day), due, day)


def _at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)


def period_key(freq: str, day: date) -> str:
    """The name of the period that a day lies in: 2022, 2022H1, 2022Q3, 2022-07."""
    if freq == "half":
        return f"{day.year}H{1 if day.month <= 6 else 2}"
    if freq == "quarterly":
        return f"{day.year}Q{(day.month + 2) // 3}"
    if freq == "monthly":
        return f"{day.year}-{day.month:02d}"
    return str(day.year)


def period_label(key: str) -> str:
    """A period's name in words: 2022年第3季度."""
    year, rest = key[:4], key[4:]
    if rest.startswith("Q"):
        return f"{year}年第{rest[1:]}季度"
    if rest.startswith("H"):
        return f"{year}年{'上' if rest == 'H1' else '下'}半年"
    if rest.startswith("-"):
        return f"{year}年{int(rest[1:])}月"
    return f"{year}年"


def is_period(key: str) -> bool:
    """Whether a text names a period as :func:`period_key` writes them."""
    year, rest = key[:4], key[4:]
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        return False
    months = {f"-{month:02d}" for month in range(1, 13)}
    return rest in {"", "H1", "H2", "Q1", "Q2", "Q3", "Q4", *months}


def covers(absence: str, period: str) -> bool:
    """Whether 无此事项 of one period holds for another: a year covers its quarters and months."""
    return period == absence or (len(absence) == 4 and period.startswith(absence))


class _States(NamedTuple):
    """Names of states as strings, so that this module needs no enum of the database."""

    overdue: str = "overdue"
    due_soon: str = "due_soon"
    unclear: str = "unclear"
    not_due: str = "not_due"
    late: str = "late"
    published: str = "published"
    absent: str = "absent"


STATE: Final = _States()


def state_on(instance: Instance, day: date) -> str:
    """How an instance stands at the end of a day (未到期, 临期, 逾期, 已公开, 逾期公开, 无此事项).

    What was published later than ``day`` was not public on it.
    """
    if instance.published_on is not None and instance.published_on <= day:
        return STATE.late if instance.late else STATE.published
    if instance.absent:
        return STATE.absent
    if instance.unclear:
        return STATE.unclear
    if instance.due_on is None or instance.soon_on is None:
        return STATE.not_due
    if day > instance.due_on:
        return STATE.overdue
    return STATE.due_soon if day >= instance.soon_on else STATE.not_due


def expected(
    limit: Limit,
    *,
    since: date,
    ended: date | None,
    checked_on: date | None,
    publications: Sequence[Publication],
    absences: Sequence[str],
    first: date,
    last: date,
    deadlines: Deadlines,
) -> list[Instance]:
    """The instances of one entry and unit that matter from ``first`` to ``last``.

    ``since`` is the day from which the unit answers for the entry, ``ended`` the day it stopped;
    ``checked_on`` the day somebody last looked through what stands for long. What is still owed
    from before ``first`` is listed too.
    """
    if ended is not None:
        last = min(last, ended)
    if not publications and not absences:
        # Most pairs of a city are like this, and alike.
        key = (limit, since, first, last)
        blank = deadlines.blank.get(key)
        if blank is None:
            blank = deadlines.blank[key] = (
                _by_calendar(limit, since, (), first, last, deadlines)
                if limit.kind is LimitKind.CALENDAR
                else _by_forming(limit, since, None, (), (), first, last, deadlines)
            )
        return blank
    if limit.kind is LimitKind.CALENDAR:
        found = _by_calendar(limit, since, publications, first, last, deadlines)
    else:
        found = _by_forming(
            limit, since, checked_on, publications, absences, first, last, deadlines
        )
    if not absences:
        return found
    return [
        i._replace(absent=True)
        if i.published_on is None and any(covers(a, i.period) for a in absences)
        else i
        for i in found
    ]


def _dated(p: Publication, limit: Limit, deadlines: Deadlines) -> Instance:
    """A publication as an instance of its own, due by its own forming."""
    due: date | None = None
    if p.formed_on is not None and limit.kind in (LimitKind.WITHIN, LimitKind.LASTING):
        n, span = (limit.n, limit.span) if limit.n else (STATUTORY_DAYS, Span.WORKDAY)
        due = deadlines.after(p.formed_on, n, span)
    public = p.published_on
    late = public is not None and due is not None and not p.exempt and public > due
    day = public or p.formed_on
    return Instance(
        p.period or (str(day.year) if day else ""), p.formed_on, due,
        deadlines.soon(due) if due else None, public, late, False,
        public is None and due is None and limit.kind is LimitKind.UNPARSED, p.kind, p.record_id,
    )  # fmt: skip


def _by_forming(
    limit: Limit,
    since: date,
    checked_on: date | None,
    publications: Sequence[Publication],
    absences: Sequence[str],
    first: date,
    last: date,
    deadlines: Deadlines,
) -> list[Instance]:
    """Every publication counts from its own day; an entry with none owes its first one."""
    found = []
    public: list[date] = []
    for p in publications:
        if p.published_on is not None:
            public.append(p.renewed_on or p.published_on)
        if p.published_on is None or p.published_on >= first:
            found.append(_dated(p, limit, deadlines))
    if limit.kind is LimitKind.EVENT:
        return found
    if not public:
        if not found and since <= last:
            found += _first(limit, since, absences, first, last, deadlines)
    elif limit.lasting or limit.kind is LimitKind.LASTING:
        newest = max([*public, *([checked_on] if checked_on else [])])
        again = newest + relativedelta(years=1)
        if first <= again <= last or again < first:
            found.append(
                Instance(str(again.year), newest, again, deadlines.soon(again), None, False, False,
                         False, "", None)
            )  # fmt: skip
    return found


def _first(
    limit: Limit,
    since: date,
    absences: Sequence[str],
    first: date,
    last: date,
    deadlines: Deadlines,
) -> list[Instance]:
    """What a unit owes that has published nothing: what exists when the entry begins counts as
    formed no later than then. Where 无此事项 was approved for a year, the next year asks anew."""
    if limit.kind is LimitKind.UNPARSED:
        year = str(max(since, first).year)
        return [Instance(year, None, None, None, None, False, False, True, "", None)]
    n, span = (limit.n, limit.span) if limit.n else (STATUTORY_DAYS, Span.WORKDAY)
    found = []
    start = since
    while start <= last:
        due = deadlines.after(start, n, span)
        if start > since and due > last:
            break
        here = Instance(
            str(start.year), start, due, deadlines.soon(due), None, False, False, False, "", None
        )
        excused = any(covers(a, here.period) for a in absences)
        if not excused or start.year >= first.year:
            found.append(here)
        if not excused:
            break
        start = date(start.year + 1, 1, 1)
    return found


def _by_calendar(
    limit: Limit,
    since: date,
    publications: Sequence[Publication],
    first: date,
    last: date,
    deadlines: Deadlines,
) -> list[Instance]:
    """One instance for each period; a publication fills the period it names, else the one that
    :func:`_period_for` finds."""
    # Looks back, so that a period left open then is still known, and what was published before
    # the unit answered for the entry still fills the period it was published in.
    periods = deadlines.periods(limit, first - relativedelta(months=25), last)
    starts = _starts(periods)
    keys = {q.key for q in periods}
    filled: dict[str, Publication] = {}
    extra: list[Publication] = []
    rest: list[tuple[date, Publication]] = []
    for p in publications:
        if p.period and p.period in keys and p.period not in filled:
            filled[p.period] = p
        elif p.published_on is not None:
            rest.append((p.published_on, p))
    for day, p in sorted(rest, key=lambda pair: (pair[0], pair[1].record_id)):
        key = None if p.period else _period_for(day, limit, periods, starts, filled, since)
        if key is None:
            extra.append(p)
        else:
            filled[key] = p
    found = []
    for q in periods:
        p_or_none = filled.get(q.key)
        public = p_or_none.published_on if p_or_none else None
        if (q.due < since and public is None) or (q.due < first and public and public < first):
            continue
        exempt = p_or_none is not None and p_or_none.exempt
        found.append(
            Instance(
                q.key, starts[q.key], q.due, deadlines.soon(q.due), public,
                public is not None and public > q.due and not exempt, False, False,
                p_or_none.kind if p_or_none else "", p_or_none.record_id if p_or_none else None,
            )
        )  # fmt: skip
    for p in extra:
        if p.published_on is not None and p.published_on >= first:
            found.append(
                Instance(p.period or str(p.published_on.year), p.formed_on, None, None,
                         p.published_on, False, False, False, p.kind, p.record_id)
            )  # fmt: skip
    return found


def _period_for(
    day: date,
    limit: Limit,
    periods: Sequence[Due],
    starts: Mapping[str, date],
    filled: Mapping[str, Publication],
    since: date,
) -> str | None:
    """The period that a publication of ``day`` fills: its own, else the oldest one that is still
    owed, else the next one, whose time has begun.

    Its own is the period it lies in, or, where the limit counts from a period's end, the period
    that ended last. So one period that was missed does not make all later ones late.
    """
    if limit.n:
        own = max((q.base for q in periods if q.base <= day), default=None)
        target = next((q.key for q in periods if q.base == own), "")
    else:
        target = period_key(limit.freq, day)
    # What was due before the unit answered for it is not made up for later.
    free = [q for q in periods if q.key not in filled and (day <= q.due or q.due >= since)]
    for q in free:
        if q.key == target:
            return q.key
    for q in free:
        if q.due < day:
            return q.key
    return next((q.key for q in free if not limit.n and starts[q.key] <= day), None)


def _starts(periods: Sequence[Due]) -> dict[str, date]:
    """When the time of each period begins: the day after the one before was due."""
    starts: dict[str, date] = {}
    previous = date(1949, 9, 30)
    for q in periods:
        starts[q.key] = previous + timedelta(days=1)
        previous = q.due
    return starts


def tally(states: Iterable[str]) -> dict[str, int]:
    """How many of each state; states that do not occur are there with 0."""
    counts = dict.fromkeys(STATE, 0)
    for state in states:
        counts[state] += 1
    return counts
