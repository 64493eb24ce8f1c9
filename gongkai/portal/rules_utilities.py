"""Outages, quality figures and duties of public utilities. Plain values only: no clock, no ORM.

A planned outage is announced beforehand (城市供水条例第二十二条；城镇燃气管理条例第二十条); what a utility
has to disclose is data (``reference/sectors.json``), part of it unconfirmed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

WEEK: Final = 7
DAY_NAMES: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def day_of_text(value: Any) -> date | None:
    """A date out of a fact (``2022-10-18``); None for anything else."""
    try:
        return date.fromisoformat(str(value or "")[:10])
    except ValueError:
        return None


def clock_of_text(value: Any) -> time | None:
    """A time of day out of a fact (``22:00``); None for anything else."""
    try:
        return time.fromisoformat(str(value or "").strip())
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when something is cut off, and when it really came back. Without a time of
    day the whole day counts. Moments are naive wall-clock times of the city."""

    starts: datetime
    ends: datetime
    restored: datetime | None
    timed: bool

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day it touches; an end at midnight does not touch that day."""
        last = self.ends.date()
        if self.ends.time() == time(0) and self.ends > self.starts:
            last -= timedelta(days=1)
        return self.starts.date(), max(self.starts.date(), last)

    def state(self, today: date) -> str:
        """``past``, ``now`` (it touches today) or ``ahead``. One restored before today is past."""
        first, last = self.days
        if last < today or (self.restored and self.restored.date() < today):
            return "past"
        return "now" if first <= today else "ahead"

    @property
    def hours(self) -> float:
        """How long it is planned to last."""
        return round((self.ends - self.starts).total_seconds() / 3600, 1)

    @property
    def late_minutes(self) -> int | None:
        """Minutes after the announced end at which it came back (negative: earlier); None as long
        as the return has not been published."""
        if self.restored is None:
            return None
        return round((self.restored - self.ends).total_seconds() / 60)


def span(facts: Mapping[str, Any]) -> Span | None:
    """The span an outage's facts tell; None when they tell none or end before they begin."""
    first, last = day_of_text(facts.get("from_on")), day_of_text(facts.get("to_on"))
    if first is None or last is None:
        return None
    from_time, to_time = clock_of_text(facts.get("from_time")), clock_of_text(facts.get("to_time"))
    starts = datetime.combine(first, from_time or time(0))
    # Without a time of day the whole last day counts.
    ends = datetime.combine(last, to_time or time(0))
    if to_time is None:
        ends += timedelta(days=1)
    back = day_of_text(facts.get("restored_on"))
    back_time = clock_of_text(facts.get("restored_time"))
    restored = datetime.combine(back, back_time) if back and back_time else None
    if ends < starts:
        return None
    return Span(starts, ends, restored, bool(from_time and to_time))


def span_words(found: Span) -> str:
    """The span as people say it: 10月20日 22:00 — 次日 6:00（8 小时）."""
    a, b = found.starts, found.ends
    first, last = found.days
    if not found.timed:
        if first == last:
            return f"{first.month}月{first.day}日，具体时间见公告"
        return f"{first.month}月{first.day}日—{last.month}月{last.day}日"
    gap = (b.date() - a.date()).days
    end_day = "" if gap == 0 else "次日 " if gap == 1 else f"{b.month}月{b.day}日 "
    long = f"{found.hours:g} 小时" if found.hours < 72 else f"{gap} 天"
    return (
        f"{a.month}月{a.day}日 {a.hour}:{a.minute:02d} — {end_day}{b.hour}:{b.minute:02d}（{long}）"
    )


def return_words(found: Span) -> tuple[str, str]:
    """(what became of a past outage, its light): early or on time green, late yellow, unsaid grey."""
    late = found.late_minutes
    if late is None:
        return "没有公布恢复时间", "grey"
    at = found.restored
    assert at is not None
    when = f"{at.month}月{at.day}日 {at.hour}:{at.minute:02d} 恢复"
    if late > 0:
        return f"{when}，比公告晚 {_minutes(late)}", "yellow"
    return (f"{when}，比公告早 {_minutes(-late)}" if late else f"{when}，按公告时间"), "green"


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(filter(None, (f"{hours} 小时" if hours else "", f"{rest} 分" if rest else "")))


@dataclass(frozen=True, slots=True)
class StripBar:
    """A bar in the week strip, in units of one day (0 to 7); cut at the edges of the week."""

    left: float
    width: float
    row: int


def week_bars(spans: Sequence[Span], today: date) -> list[StripBar | None]:
    """Where each span lies in the seven days from today; None for one that lies outside. Bars are
    at least an eighth of a day wide, so that an hour can be seen."""
    zero = datetime.combine(today, time(0))
    bars: list[StripBar | None] = []
    row = 0
    for one in spans:
        left = (one.starts - zero).total_seconds() / 86400
        right = (one.ends - zero).total_seconds() / 86400
        left, right = max(left, 0.0), min(right, float(WEEK))
        if right <= 0 or left >= WEEK:
            bars.append(None)
            continue
        width = max(right - left, 0.125)
        bars.append(StripBar(round(min(left, WEEK - width), 3), round(width, 3), row))
        row += 1
    return bars


def week_days(spans: Iterable[Span], today: date) -> list[dict[str, Any]]:
    """The seven days from today with how many outages touch each."""
    touched = [one.days for one in spans]
    days = []
    for offset in range(WEEK):
        day = today + timedelta(days=offset)
        name = ("今天", "明天", "后天")[offset] if offset < 3 else DAY_NAMES[day.weekday()]
        days.append({"day": day, "name": name, "count": sum(a <= day <= b for a, b in touched)})
    return days


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured item against its limit.

    ``share`` is how much of the upper limit is used (0-100), ``mark`` where a lower limit lies on
    the same scale; both None for an item that has only a lower limit, which no bar can tell.
    """

    sample: str
    item: str
    value: float
    unit: str
    limit: str
    passed: bool
    share: float | None
    mark: float | None

    @property
    def said(self) -> str:
        """The value with its unit, without idle zeros."""
        return f"{self.value:g} {self.unit}".strip()


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value in (None, ""):
        return None
    try:
        found = float(str(value).replace(",", ""))
    except ValueError:
        return None
    return found if found == found and abs(found) != float("inf") else None


def figures(rows: Iterable[Mapping[str, Any]]) -> list[Figure]:
    """Measured items with their verdict by comparison; rows without a number are left out."""
    found = []
    for row in rows:
        value = _number(row.get("value"))
        if value is None:
            continue
        least, most = _number(row.get("least")), _number(row.get("most"))
        passed = (least is None or value >= least) and (most is None or value <= most)
        if least is not None and most is not None:
            limit = f"{least:g}—{most:g}"
        elif most is not None:
            limit = f"不高于 {most:g}"
        else:
            limit = f"不低于 {least:g}" if least is not None else ""
        share = mark = None
        if most is not None and most > 0:
            share = round(min(max(value / most, 0.0), 1.0) * 100, 1)
            mark = round(max(least, 0.0) / most * 100, 1) if least is not None else None
        found.append(
            Figure(
                str(row.get("sample", "")), str(row.get("item", "")), value,
                str(row.get("unit") or ""), limit, passed, share, mark,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing a unit has to disclose: light, words, newest day and address."""

    name: str
    light: str
    words: str
    newest: date | None
    url: str


def duties(
    items: Iterable[Mapping[str, Any]],
    newest: Mapping[str, tuple[date, str]],
    today: date,
) -> list[Duty]:
    """The check list of one unit: present and fresh green, present but old yellow, missing grey.

    ``newest`` maps a kind to the day and address of the unit's newest public item of that kind.
    """
    found = []
    for item in items:
        have = [newest[kind] for kind in item["kinds"] if kind in newest]
        if not have:
            found.append(Duty(str(item["name"]), "grey", "没有找到", None, ""))
            continue
        day, url = max(have)
        gone, fresh = (today - day).days, int(item.get("fresh", 0))
        if fresh and gone > fresh:
            words = f"有，{gone} 天前，超过 {fresh} 天"
            found.append(Duty(str(item["name"]), "yellow", words, day, url))
        else:
            words = "今天更新" if gone <= 0 else f"有，{gone} 天前更新"
            found.append(Duty(str(item["name"]), "green", words, day, url))
    return found
