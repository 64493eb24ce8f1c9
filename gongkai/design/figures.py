"""Geometry and words of drawings of targets and of periods. Pure functions.

Lengths and places along a drawing are percent of its width, so that a drawing needs no script and
no distortion to fit a phone; heights are in the drawing's own units.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import floor, log10
from typing import Any, Final

LAG: Final = 0.05
"""How far behind the year a target may be before it is called slow."""


def number(value: Any) -> float | None:
    """A number from what an editor or a file gave; None for nothing and for words."""
    if isinstance(value, bool) or value is None or value == "":
        return None
    try:
        found = float(str(value).replace(",", ""))
    except ValueError:
        return None
    return found if found == found and abs(found) != float("inf") else None


def said(value: float | None, digits: int = 4) -> str:
    """A number as people read it: 1,234.5; a dash for none."""
    if value is None:
        return "—"
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def year_share(day: date) -> float:
    """How much of its year has passed at the end of a day, 0 to 1."""
    first, following = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return ((day - first).days + 1) / (following - first).days


@dataclass(frozen=True, slots=True)
class Measure:
    """One target and how far it got. ``share`` is the true share (over 1 when surpassed); the
    lengths are percent of the drawing, ``aim`` and ``was`` the marks of target and last period."""

    name: str
    unit: str
    note: str
    target: float | None
    done: float
    before: float | None
    share: float | None
    length: float
    aim: float | None
    was: float | None
    pace: str
    """Empty, ``done``, ``ok`` or ``slow``."""

    @property
    def percent(self) -> str:
        """The share in words: 81.2%; empty without a target."""
        return "" if self.share is None else f"{said(self.share * 100, 1)}%"

    @property
    def step(self) -> float | None:
        """What came since the last period."""
        return None if self.before is None else self.done - self.before

    @property
    def step_words(self) -> str:
        """What came since the last period, with its sign; empty when not known."""
        if self.step is None:
            return ""
        return f"+{said(self.step)}" if self.step > 0 else said(self.step).replace("-", "−")

    @property
    def pace_words(self) -> str:
        """The pace in words; empty where no target is set or no day is known."""
        return {"done": "已完成", "ok": "按进度", "slow": "慢于时间进度"}.get(self.pace, "")

    @property
    def tone(self) -> str:
        """The tone of a ring: green when done, yellow when slow."""
        return {"done": "green", "slow": "yellow"}.get(self.pace, "")


def measure(row: Mapping[str, Any], as_of: date | None = None) -> Measure | None:
    """One row of measures (name, unit, target, done, before, note); None without a figure done.

    With ``as_of`` the share is compared with how much of the year had passed by then.
    """
    done, target, before = (number(row.get(key)) for key in ("done", "target", "before"))
    if done is None:
        return None
    if target is not None and target <= 0:
        target = None
    share = done / target if target is not None else None
    whole = max(done, target or 0.0, before or 0.0)
    place = _places(whole)
    pace = ""
    if share is not None and share >= 1:
        pace = "done"
    elif share is not None and as_of is not None:
        pace = "slow" if share < year_share(as_of) - LAG else "ok"
    return Measure(
        name=str(row.get("name") or ""),
        unit=str(row.get("unit") or ""),
        note=str(row.get("note") or ""),
        target=target,
        done=done,
        before=before,
        share=share,
        length=place(done),
        aim=None if target is None else place(target),
        was=None if before is None else place(before),
        pace=pace,
    )


def measures(rows: Iterable[Any], as_of: date | None = None) -> list[Measure]:
    """The rows that can be drawn, in their order."""
    found = (measure(row, as_of) for row in rows if isinstance(row, Mapping))
    return [one for one in found if one is not None]


def _places(whole: float) -> Any:
    def place(value: float) -> float:
        return round(min(max(value / whole, 0.0), 1.0) * 100, 2) if whole > 0 else 0.0

    return place


def nice_top(value: float) -> float:
    """A round number at or above a value, for the top of a scale."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if value <= step * power * (1 + 1e-9):
            return float(step * power)
    return 10 * power


@dataclass(frozen=True, slots=True)
class Col:
    """One column: place and width in percent, top and height in units of the drawing."""

    x: float
    width: float
    y: float
    height: float
    series: int
    value: float

    @property
    def words(self) -> str:
        """The value as people read it."""
        return said(self.value)


@dataclass(frozen=True, slots=True)
class Columns:
    """Groups of columns: the columns, the centre and label of every group, lines of the scale."""

    bars: Sequence[Col]
    labels: Sequence[tuple[float, str]]
    lines: Sequence[tuple[float, str]]
    height: int


def columns(groups: Sequence[tuple[str, Sequence[float | None]]], *, height: int = 140) -> Columns:
    """Columns side by side for each group (label, values); what is None leaves a gap."""
    known = [v for _, values in groups for v in values if v is not None]
    top = nice_top(max(known, default=0.0))
    room = 100 / len(groups) if groups else 100.0
    most = max((len(values) for _, values in groups), default=1) or 1
    width = min(room * 0.72 / most, 9.0)
    bars, labels = [], []
    for place, (label, values) in enumerate(groups):
        centre = room * (place + 0.5)
        labels.append((round(centre, 2), label))
        begin = centre - width * len(values) / 2
        for series, value in enumerate(values):
            if value is None:
                continue
            tall = round(max(value, 0.0) / top * height, 2)
            x = round(begin + series * width, 2)
            bars.append(Col(x, round(width * 0.92, 2), height - tall, tall, series, value))
    lines = [(round(height - height * part, 2), said(top * part)) for part in (0.5, 1.0)]
    return Columns(bars, labels, lines, height)


@dataclass(frozen=True, slots=True)
class Line:
    """A line through the centres of groups: points (x percent, y, value) and its segments."""

    points: Sequence[tuple[float, float, float]]
    segments: Sequence[tuple[float, float, float, float]]
    height: int


def line(values: Sequence[float | None], *, height: int = 60, pad: int = 22) -> Line:
    """A line between its lowest and highest value, with room for the words above and below."""
    known = [v for v in values if v is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    reach = (high - low) or 1.0
    room = 100 / len(values) if values else 100.0
    points = [
        (
            round(room * (place + 0.5), 2),
            round(height - (pad / 2 - 4) - (value - low) / reach * (height - pad - 4), 2),
            value,
        )
        for place, value in enumerate(values)
        if value is not None
    ]
    segments = [(a[0], a[1], b[0], b[1]) for a, b in pairwise(points)]
    return Line(points, segments, height)


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a balance follows from the one before it."""

    opening: float | None
    income: float | None
    expense: float | None
    closing: float | None
    difference: float | None
    """Closing less what it should be; None when something is missing."""

    @property
    def state(self) -> str:
        """``ok``, ``off`` or ``unknown``."""
        if self.difference is None:
            return "unknown"
        return "ok" if self.difference == 0 else "off"

    @property
    def words(self) -> str:
        """The finding in words."""
        if self.difference is None:
            return "缺数据，不能核对"
        return "核对一致" if self.state == "ok" else f"相差 {said(self.difference)}"


def balance(
    opening: float | None,
    income: float | None,
    expense: float | None,
    closing: float | None,
    *,
    tolerance: float = 0.01,
) -> Check:
    """opening + income − expense = closing? A difference within the tolerance counts as none."""
    difference = None
    if None not in (opening, income, expense, closing):
        assert opening is not None and income is not None
        assert expense is not None and closing is not None
        difference = round(closing - (opening + income - expense), 4)
        if abs(difference) <= tolerance:
            difference = 0.0
    return Check(opening, income, expense, closing, difference)
