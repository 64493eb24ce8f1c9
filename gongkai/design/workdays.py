"""Layout of a deadline's calendar: weeks, cells and the sum, from the steps of a computed due date.

Pure functions on any object with ``date``, ``kind``, ``counted``, ``ordinal`` and ``note``: this
floor computes no deadline, it only shows how one was computed.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

_START: Final = frozenset({"start", "received", "origin", "begin"})
_WEEKEND: Final = frozenset({"weekend"})
_HOLIDAY: Final = frozenset({"holiday"})
_MAKEUP: Final = frozenset({"makeup", "adjusted_workday"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the grid: what is drawn, and the same fact in words."""

    day: dt.date
    number: str
    css: str
    corner: str
    makeup: bool
    big: str
    small: str
    words: str


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of counted days between two exclusions."""

    days: int
    first: dt.date
    last: dt.date

    @property
    def words(self) -> str:
        """The stretch in words."""
        return span_words(self.first, self.last)


def span_words(first: dt.date, last: dt.date) -> str:
    """``9月16日—28日``, ``10月9日—11月2日`` or one day; the month is said once."""
    words = f"{first.month}月{first.day}日"
    if first == last:
        return words
    same_month = (first.year, first.month) == (last.year, last.month)
    return f"{words}—{last.day}日" if same_month else f"{words}—{last.month}月{last.day}日"


def days_words(days: Iterable[dt.date]) -> str:
    """``9月29日、30日，10月8日``: the month is said once for its days."""
    words = ""
    month = 0
    for day in days:
        if day.month == month:
            words += f"、{day.day}日"
        else:
            words += ("，" if words else "") + f"{day.month}月{day.day}日"
            month = day.month
    return words


@dataclass(frozen=True, slots=True)
class Grid:
    """All weeks, the runs that add up to the total, and the working days left out."""

    weeks: tuple[tuple[Cell, ...], ...]
    runs: tuple[Run, ...]
    total: int
    left_out: tuple[dt.date, ...]
    first: dt.date
    due: dt.date
    has_makeup: bool

    @property
    def left_out_words(self) -> str:
        """The days taken out, in words."""
        return days_words(self.left_out)


def _kind(step: Any) -> str:
    return str(getattr(step.kind, "value", step.kind))


def _is_left_out(step: Any) -> bool:
    """A working day that is not counted: taken out of the clock (for example 征求第三方意见)."""
    return not step.counted and _kind(step) not in _START | _WEEKEND | _HOLIDAY


def _short(note: str, otherwise: str) -> str:
    return note if 0 < len(note) <= 3 else otherwise


def _cell(day: dt.date, step: Any, due: dt.date, today: dt.date | None, label_month: bool) -> Cell:
    number = f"{day.month}.{day.day}" if label_month else str(day.day)
    said = f"{day.month}月{day.day}日"
    if step is None:
        return Cell(day, number, "out", "", False, "", "", said)
    kind, note = _kind(step), str(step.note or "")
    # Whatever is counted or taken out on a Saturday or Sunday is a working day by official order.
    on_weekend = day.weekday() > 4
    makeup = kind in _MAKEUP or (on_weekend and (step.counted or _is_left_out(step)))
    corner = big = small = ""
    classes: list[str] = []
    words = [said]
    if makeup:
        words.append("调休上班")
    if step.counted:
        classes.append("cnt")
        big = str(step.ordinal)
        words.append(f"第{step.ordinal}个工作日")
        if note:
            corner = _short(note, "")
            if corner:
                classes.append("hit")
    elif kind in _START:
        classes.append("rec")
        corner, big = _short(note, "起算"), "0"
        words.append("当日不计")
    elif kind in _WEEKEND:
        classes.append("off")
        corner = "休"
        words.append("周末，不计")
    elif kind in _HOLIDAY:
        classes.append("off")
        small = _short(note, "放假")
        words.append("放假，不计")
    else:
        classes.append("pause")
        small = _short(note, "扣除")
        words.append("扣除，不计")
    if note and note not in words[-1]:
        words.append(note)
    if day == due:
        classes.append("due")
        corner = "期满"
        words.append("期满日")
    if day == today:
        classes.append("today")
        corner = corner if day == due else "今天"
        words.append("今天")
    return Cell(day, number, " ".join(classes), corner, makeup, big, small, "，".join(words))


def _runs(steps: Sequence[Any]) -> tuple[Run, ...]:
    runs: list[Run] = []
    current: list[dt.date] = []
    for step in steps:
        if step.counted:
            current.append(step.date)
        elif _is_left_out(step) and current:
            runs.append(Run(len(current), current[0], current[-1]))
            current = []
    if current:
        runs.append(Run(len(current), current[0], current[-1]))
    return tuple(runs)


def grid(steps: Iterable[Any], *, due: dt.date | None = None, today: dt.date | None = None) -> Grid:
    """Lay the steps out in weeks from Monday to Sunday.

    ``due`` defaults to the last counted day. Raises ValueError when there is no counted day.
    """
    ordered = sorted(steps, key=lambda step: step.date)
    counted = [step for step in ordered if step.counted]
    if not counted:
        raise ValueError("a calendar needs at least one counted day")
    last_due = due or counted[-1].date
    by_day = {step.date: step for step in ordered}
    start = ordered[0].date - dt.timedelta(days=ordered[0].date.weekday())
    end = max(ordered[-1].date, last_due)
    weeks: list[tuple[Cell, ...]] = []
    monday = start
    while monday <= end:
        days = [monday + dt.timedelta(days=offset) for offset in range(7)]
        weeks.append(
            tuple(
                _cell(day, by_day.get(day), last_due, today, day.day == 1 and day != start)
                for day in days
            )
        )
        monday += dt.timedelta(days=7)
    return Grid(
        weeks=tuple(weeks),
        runs=_runs(ordered),
        total=len(counted),
        left_out=tuple(step.date for step in ordered if _is_left_out(step)),
        first=ordered[0].date,
        due=last_due,
        has_makeup=any(cell.makeup for week in weeks for cell in week),
    )
