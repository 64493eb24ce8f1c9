"""Geometry and words of drawings of time: validity, stages, planned steps. Pure functions.

Places and widths are percent of the drawing, see ``figures``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """One bar of a validity chart; ``open`` sides run beyond the drawing."""

    row: Any
    start: float
    width: float
    open_left: bool
    open_right: bool
    state: str
    """``on``, ``ending`` (ends soon), ``over`` or ``coming``."""
    left: int | None
    """Days until the end, the last day counted; None without an end or when over."""


@dataclass(frozen=True, slots=True)
class Gantt:
    """A validity chart: bars, the place of today, marks of the calendar (place, words)."""

    spans: Sequence[Span]
    today: float
    ticks: Sequence[tuple[float, str]]


def gantt(
    rows: Iterable[tuple[Any, date | None, date | None]],
    *,
    first: date,
    last: date,
    today: date,
    soon: int = 90,
) -> Gantt:
    """Bars from (row, from, until) between two days; the last day belongs to the bar.

    ``soon`` is how many days before its end something is called ending. Raises ValueError when
    the stretch holds no day.
    """
    whole = (last - first).days + 1
    if whole < 1:
        raise ValueError("a chart of time needs at least one day")

    def place(day: date, after: int = 0) -> float:
        return round(min(max(((day - first).days + after) / whole, 0.0), 1.0) * 100, 2)

    spans = []
    for row, since, until in rows:
        start = place(since) if since else 0.0
        end = place(until, 1) if until else 100.0
        if until is not None and until < today:
            state = "over"
        elif since is not None and since > today:
            state = "coming"
        elif until is not None and (until - today).days < soon:
            state = "ending"
        else:
            state = "on"
        spans.append(
            Span(
                row=row,
                start=start,
                # What lies wholly outside still leaves a mark at the edge.
                width=max(round(end - start, 2), 0.6),
                open_left=since is None or since < first,
                open_right=until is None or until > last,
                state=state,
                left=(until - today).days + 1 if until and state != "over" else None,
            )
        )
    return Gantt(spans, place(today), _ticks(first, last, place))


def _ticks(first: date, last: date, place: Any) -> list[tuple[float, str]]:
    """Quarters within two years, years beyond that; the year is said where it begins."""
    quarterly = (last - first).days <= 750
    found = []
    for year in range(first.year, last.year + 1):
        for month in (1, 4, 7, 10) if quarterly else (1,):
            day = date(year, month, 1)
            # A word beginning at the very edge would stand outside the drawing.
            if first <= day <= last and place(day) <= 94:
                found.append((place(day), f"{year}年" if month == 1 else f"{month}月"))
    return found


@dataclass(frozen=True, slots=True)
class Stage:
    """One step on a strip of stages: place, width, and its state (done, now, later)."""

    name: str
    x: float
    width: float
    state: str


def stages(names: Sequence[str], now: int) -> list[Stage]:
    """A strip of equal steps; those before ``now`` are done, ``now`` beyond the end means all."""
    room = 100 / len(names) if names else 100.0
    return [
        Stage(
            name=name,
            x=round(place * room, 2),
            width=round(room - (1.2 if place < len(names) - 1 else 0), 2),
            state="done" if place < now else "now" if place == now else "later",
        )
        for place, name in enumerate(names)
    ]


@dataclass(frozen=True, slots=True)
class Node:
    """One planned step of a project and how it went by the day of the data."""

    name: str
    note: str
    planned: date | None
    done: date | None
    state: str
    """``done`` (in time), ``late`` (done late), ``overdue`` (not done, day past), ``ahead``,
    ``coming`` (not due yet)."""
    days: int
    """Calendar days late (late, overdue) or early (ahead)."""

    @property
    def words(self) -> str:
        """The state in words."""
        return {
            "done": "按期完成",
            "ahead": f"提前 {self.days} 天完成",
            "late": f"晚 {self.days} 天完成",
            "overdue": f"已过计划 {self.days} 天，没有完成",
            "coming": "还没有到时间",
            "open": "没有定时间",
        }[self.state]

    @property
    def light(self) -> str:
        """The light for it."""
        return {"late": "yellow", "overdue": "red", "coming": "grey", "open": "grey"}.get(
            self.state, "green"
        )


def node(name: str, planned: date | None, done: date | None, as_of: date, note: str = "") -> Node:
    """Judge one step by the day its data is of: nothing later is known."""
    state, days = "open", 0
    if done is not None:
        days = abs((done - planned).days) if planned else 0
        state = "late" if planned and done > planned else "ahead" if days else "done"
    elif planned is not None:
        days = (as_of - planned).days
        state = "overdue" if days > 0 else "coming"
    return Node(name, note, planned, done, state, days)
