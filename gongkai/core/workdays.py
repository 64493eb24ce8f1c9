"""Working days (工作日) as administrative time limits count them.

A working day is a weekday that the State Council's yearly holiday arrangement does not make a
holiday, or a weekend day that the arrangement moves to work (调休). The starting day is never
counted (民事诉讼法 art. 85 on periods; 国务院令第711号 counts its 20 working days from receipt the
same way), so the n-th working day is always strictly after the start.

The arrangements come from the ``chinesecalendar`` package, whose year range is read from the
package. The office's own table (``overrides``) wins over it. A year nobody has published yet is
counted by plain weekdays and every result that touches it is marked ``provisional``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from chinese_calendar import constants as published

#: The type, where a field is itself named ``date``.
Date: TypeAlias = date

_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)
_HOLIDAY_NAMES: Final[Mapping[str, str]] = {
    english: name + ("节" if name in {"清明", "端午", "中秋"} else "")
    for english, name in (
        (entry.value, entry.chinese)  # type: ignore[attr-defined]
        for entry in published.Holiday
    )
}
_PUBLISHED_YEARS: Final = range(
    min(published.holidays).year,
    max(published.holidays).year + 1,
)
_WEEKDAYS: Final = "一二三四五六日"


class DayKind(StrEnum):
    """What a calendar day is for counting; only WORKDAY and MAKEUP are working days."""

    WORKDAY = "workday"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    WEEKEND = "weekend"


WORKING_KINDS: Final = frozenset({DayKind.WORKDAY, DayKind.MAKEUP})


@dataclass(frozen=True, slots=True)
class Override:
    """One row of the office's table: a holiday or make-up day with the notice it rests on."""

    kind: DayKind
    name: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day as the calendar sees it; ``name`` is the holiday's Chinese name."""

    date: Date
    kind: DayKind
    name: str = ""
    source: str = ""
    provisional: bool = False

    @property
    def is_workday(self) -> bool:
        return self.kind in WORKING_KINDS


@dataclass(frozen=True, slots=True)
class Pause:
    """An interval ``(start, end]`` whose inside days do not count (国务院令第711号 art. 33-3).

    The day the letter goes out still counts, the day the answer comes in does not.
    """

    start: date
    end: date
    label: str = "征求意见期间"

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(
                f"“{self.label}”的结束日期{self.end:%Y-%m-%d}早于开始日期"
                f"{self.start:%Y-%m-%d}，请核对。"
            )

    def covers(self, day: date) -> bool:
        return self.start < day <= self.end


class WorkCalendar:
    """Knows what each day is: overrides first, then the published arrangement, then weekdays.

    ``overrides`` maps a date to an ``Override`` (or a bare ``DayKind``). ``complete_years`` are
    the years whose whole arrangement the office has entered: their other days are certain too.
    """

    __slots__ = ("_complete", "_overrides")

    def __init__(
        self,
        overrides: Mapping[date, Override | DayKind] | None = None,
        complete_years: Collection[int] = (),
    ) -> None:
        self._overrides = {
            day: Override(entry) if isinstance(entry, DayKind) else entry
            for day, entry in (overrides or {}).items()
        }
        self._complete = frozenset(complete_years)

    def is_known(self, year: int) -> bool:
        """Whether the arrangement of ``year`` is published or fully entered by the office."""
        return year in _PUBLISHED_YEARS or year in self._complete

    def day(self, day: date) -> Day:
        """Describe ``day``. Raises TypeError for a datetime: time zones are the caller's task."""
        if isinstance(day, datetime):
            raise TypeError("workdays are counted in dates, not datetimes")
        if (entry := self._overrides.get(day)) is not None:
            return Day(day, entry.kind, entry.name, entry.source)
        if day in published.workdays:
            return Day(day, DayKind.MAKEUP, _HOLIDAY_NAMES[published.workdays[day]])
        if day in published.holidays:
            return Day(day, DayKind.HOLIDAY, _HOLIDAY_NAMES[published.holidays[day]])
        kind = DayKind.WEEKEND if day.weekday() >= _SATURDAY else DayKind.WORKDAY
        return Day(day, kind, provisional=not self.is_known(day.year))

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` is a working day (by plain weekday in unpublished years)."""
        return self.day(day).is_workday


@dataclass(frozen=True, slots=True)
class Step:
    """One day walked over: whether it counted, as which working day, and why (Chinese)."""

    date: Date
    kind: DayKind
    counted: bool
    ordinal: int | None
    note: str
    name: str = ""
    pause: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """The 依据 line of a date and its calendar steps with runs of days merged."""

    basis: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DueDate:
    """The n-th working day after ``start`` with every day that was walked over.

    ``provisional`` means that some walked day lies in a year without a published arrangement:
    the date must be shown as 暂定 and computed again when the arrangement is out.
    """

    date: Date
    provisional: bool
    steps: tuple[Step, ...]
    start: Date
    allowed: int

    def explain(self) -> Explanation:
        """Say in Chinese how the date was found, for the 为什么? panel."""
        if not self.steps:
            return Explanation(f"不加工作日，即{_full(self.date)}。", ())
        basis = (
            f"从{_plain(self.start)}的次日起算，第{self.allowed}个工作日为{_full(self.date)}"
            f"{'（暂定）' if self.provisional else ''}"
        )
        paused = sum(1 for step in self.steps if step.pause and step.kind in WORKING_KINDS)
        if paused:
            labels = "、".join(dict.fromkeys(step.pause for step in self.steps if step.pause))
            basis += f"；其中{labels}的{paused}个工作日不计"
        basis += "。"
        if self.provisional:
            unknown = sorted({step.date.year for step in self.steps if step.provisional})
            years = "、".join(f"{year}年" for year in unknown)
            basis += f"{years}的节假日安排尚未公布，暂按周一至周五计算，公布后须重新计算。"
        with_year = self.start.year != self.date.year
        return Explanation(
            basis,
            tuple(_line(group, with_year=with_year) for group in _groups(self.steps)),
        )


def add_workdays(
    start: date,
    n: int,
    calendar: WorkCalendar,
    pauses: Sequence[Pause | tuple[date, date]] = (),
) -> DueDate:
    """Return the ``n``-th working day strictly after ``start``, skipping the union of pauses.

    ``n`` = 0 gives ``start`` itself. Raises ValueError for a negative ``n`` or for a pause that
    ends before it starts.
    """
    if n < 0:
        raise ValueError(f"工作日天数不能为负数，收到的是{n}。")
    intervals = _as_pauses(pauses)
    steps: list[Step] = []
    counted = 0
    current = start
    while counted < n:
        current += _ONE_DAY
        day = calendar.day(current)
        pause = next((p for p in intervals if p.covers(current)), None)
        counts = day.is_workday and pause is None
        counted += counts
        steps.append(_step(day, pause, counted if counts else None))
    return DueDate(
        date=current,
        provisional=any(step.provisional for step in steps),
        steps=tuple(steps),
        start=start,
        allowed=n,
    )


def workdays_between(
    a: date,
    b: date,
    calendar: WorkCalendar,
    pauses: Sequence[Pause | tuple[date, date]] = (),
) -> int:
    """Count the working days in ``(a, b]`` outside pauses; negative when ``b`` is before ``a``.

    ``workdays_between(today, due)`` is therefore the number of working days left, and below zero
    the number overdue.
    """
    if b < a:
        return -workdays_between(b, a, calendar, pauses)
    intervals = _as_pauses(pauses)
    return sum(
        1
        for day in _days_after(a, b)
        if calendar.is_workday(day) and not any(p.covers(day) for p in intervals)
    )


def next_workday_on_or_after(day: date, calendar: WorkCalendar) -> date:
    """Roll a calendar-day limit that ends on a day off forward to the next working day."""
    while not calendar.is_workday(day):
        day += _ONE_DAY
    return day


def previous_workday_on_or_before(day: date, calendar: WorkCalendar) -> date:
    """The last working day up to ``day``: for fixed dates that do not roll, such as 31 January."""
    while not calendar.is_workday(day):
        day -= _ONE_DAY
    return day


def to_json_dict(due: DueDate) -> dict[str, object]:
    """The JSON form of a due date: ``date``, ``provisional`` and ``steps``."""
    return {
        "date": due.date.isoformat(),
        "provisional": due.provisional,
        "steps": [
            {
                "date": step.date.isoformat(),
                "kind": step.kind.value,
                "counted": step.counted,
                "ordinal": step.ordinal,
                "note": step.note,
            }
            for step in due.steps
        ],
    }


def _as_pauses(pauses: Iterable[Pause | tuple[date, date]]) -> tuple[Pause, ...]:
    return tuple(p if isinstance(p, Pause) else Pause(*p) for p in pauses)


def _days_after(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))


def _step(day: Day, pause: Pause | None, ordinal: int | None) -> Step:
    if ordinal is not None:
        made_up = _made_up(day.name) + "，" if day.kind is DayKind.MAKEUP else ""
        note = f"{made_up}第{ordinal}个工作日"
    elif pause is not None and day.is_workday:
        note = f"{pause.label}，不计"
    else:
        note = _off(day.kind, day.name)
    return Step(
        date=day.date,
        kind=day.kind,
        counted=ordinal is not None,
        ordinal=ordinal,
        note=note,
        name=day.name,
        pause=pause.label if pause else "",
        provisional=day.provisional,
    )


def _made_up(name: str) -> str:
    return f"{name}调休上班"


def _off(kind: DayKind, name: str) -> str:
    return f"{name}放假，不计" if kind is DayKind.HOLIDAY else "周末，不计"


def _groups(steps: Sequence[Step]) -> list[list[Step]]:
    """Merge runs of days of one sort; ordinary weekends disappear inside runs of workdays."""
    groups: list[list[Step]] = []
    previous: tuple[str, str, bool] | None = None
    for step in steps:
        key = _sort(step)
        if previous is not None and previous[2] == key[2]:
            if key == previous or (key[0] == "weekend" and previous[0] == "workday"):
                groups[-1].append(step)
                continue
            if key[0] == "workday" and previous[0] == "weekend":
                groups[-1].append(step)
                previous = key
                continue
        groups.append([step])
        previous = key
    return groups


def _sort(step: Step) -> tuple[str, str, bool]:
    if step.pause:
        return ("pause", step.pause, step.provisional)
    name = step.name if step.kind in {DayKind.HOLIDAY, DayKind.MAKEUP} else ""
    return (step.kind.value, name, step.provisional)


def _line(group: Sequence[Step], *, with_year: bool) -> str:
    days = _span(group[0].date, group[-1].date, with_year=with_year)
    ordinals = [step.ordinal for step in group if step.ordinal is not None]
    first = group[0]
    if first.pause:
        inside = sum(1 for step in group if step.kind in WORKING_KINDS)
        text = f"{first.pause}，不计（其中工作日{inside}天）"
    elif ordinals:
        counted = f"第{ordinals[0]}" + (f"—{ordinals[-1]}" if len(ordinals) > 1 else "")
        if first.kind is DayKind.MAKEUP:
            text = f"{_made_up(first.name)}，计为{counted}个工作日"
        else:
            weekends = len(ordinals) < len(group)
            text = f"{counted}个工作日{'（周末不计）' if weekends else ''}"
    else:
        text = _off(first.kind, first.name)
    return f"{days} {text}{'（暂定）' if first.provisional else ''}"


def _span(first: date, last: date, *, with_year: bool) -> str:
    start = _plain(first) if with_year else f"{first.month}月{first.day}日"
    if first == last:
        return start
    if (first.year, first.month) == (last.year, last.month):
        return f"{start}—{last.day}日"
    end = f"{last.month}月{last.day}日"
    return f"{start}—{f'{last.year}年' if first.year != last.year else ''}{end}"


def _plain(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _full(day: date) -> str:
    return f"{_plain(day)}（星期{_WEEKDAYS[day.weekday()]}）"
