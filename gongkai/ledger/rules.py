"""Lights from what happened up to a day. Plain values only.

Every result carries the sentence that explains it (依据), so that a light can always be asked why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher

SOON_DAYS = 30
STALE_DAYS = 92


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of days in which something held; ``end`` None = still holding.

    ``end`` is the first day on which it no longer held at the end of the day.
    """

    start: date
    end: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it held at the end of the day."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """One piece of evidence: when it stood, when its target was public, whether it was rejected.

    ``visible`` None means the target's publicity does not matter (address, file).
    """

    stood: Span
    visible: tuple[Span, ...] | None
    rejected_on: date | None = None

    def counts_on(self, day: date) -> bool:
        """Whether it proves something at the end of the day."""
        if not self.stood.holds_on(day) or (self.rejected_on and self.rejected_on <= day):
            return False
        return self.visible is None or any(span.holds_on(day) for span in self.visible)


@dataclass(frozen=True, slots=True)
class Duty:
    """When a task must be done. ``deadline`` None is taken as the end of the plan's year."""

    year: int
    deadline: date | None
    recurs: str = ""

    def due_on(self) -> tuple[date, bool]:
        """(the last day, whether it was written rather than implied by the year)."""
        return (self.deadline, True) if self.deadline else (date(self.year, 12, 31), False)


@dataclass(frozen=True, slots=True)
class Override:
    """A person set the light, for a reason, from a day on (until restored)."""

    light: str
    reason: str
    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on the day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A light on a day, in words a person can check; ``days`` to the deadline (negative = late)."""

    light: str
    because: str
    days: int
    evidence: int
    overridden: bool = False


def period_start(recurs: str, day: date) -> date | None:
    """The first day of the period a recurring duty is in; None for one that does not recur."""
    if recurs == "daily":
        return day
    if recurs == "weekly":
        return day - timedelta(days=day.weekday())
    if recurs == "monthly":
        return day.replace(day=1)
    if recurs == "quarterly":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    if recurs == "half_yearly":
        return date(day.year, 1 if day.month <= 6 else 7, 1)
    if recurs == "yearly":
        return date(day.year, 1, 1)
    if recurs == "ongoing":
        return day - timedelta(days=STALE_DAYS)
    return None


def light_of(
    duty: Duty,
    evidence: Sequence[EvidenceSpan],
    day: date,
    overrides: Iterable[Override] = (),
) -> Verdict:
    """The light of one unit's duty at the end of a day.

    Green with evidence that counts (inside the current period, if the duty recurs); red after
    the deadline without it, or when all that was handed in was sent back; yellow in the last
    30 days; grey before that.
    """
    due, written = duty.due_on()
    days = (due - day).days
    counting = [e for e in evidence if e.counts_on(day)]
    start = period_start(duty.recurs, day)
    if start is not None:
        counting = [e for e in counting if e.stood.start >= start]
    for override in overrides:
        if override.holds_on(day):
            return Verdict(
                override.light, f"人工定灯：{override.reason}", days, len(counting), True
            )
    due_words = f"期限 {due:%Y-%m-%d}" + ("" if written else "（文件未写期限，按年度末计）")
    if counting:
        return Verdict("green", f"有 {len(counting)} 件有效凭据；{due_words}", days, len(counting))
    sent_back = [e for e in evidence if e.rejected_on and e.rejected_on <= day]
    if sent_back and not any(
        e.stood.holds_on(day) and not (e.rejected_on and e.rejected_on <= day) for e in evidence
    ):
        return Verdict("red", f"提交的凭据已被退回，还没有新的凭据；{due_words}", days, 0)
    if days < 0:
        return Verdict("red", f"{due_words}，已逾期 {-days} 天，没有有效凭据", days, 0)
    gone = [e for e in evidence if e.stood.start <= day]
    lost = "；原有凭据已撤下或不再公开" if gone else ""
    if days <= SOON_DAYS:
        return Verdict("yellow", f"{due_words}，还剩 {days} 天，没有有效凭据{lost}", days, 0)
    return Verdict("grey", f"{due_words}，还剩 {days} 天，没有有效凭据{lost}", days, 0)


ORDER = ("red", "yellow", "grey", "green")


def worst(lights: Iterable[str]) -> str:
    """The light of several together: the most urgent; grey for none."""
    found = set(lights)
    return next((light for light in ORDER if light in found), "grey")


def tally(lights: Iterable[str]) -> Mapping[str, int]:
    """How many of each, every light present."""
    counts = dict.fromkeys(("green", "yellow", "red", "grey"), 0)
    for light in lights:
        counts[light] += 1
    return counts


def match_tasks(old: Mapping[int, str], new: Sequence[str]) -> list[int | None]:
    """For each new task text the old task it continues (by key), or None for a new one.

    Equal texts first, then the most similar pairs (ratio at least 0.4), each old task once: a
    reworded task keeps its evidence, an unrelated one does not inherit it.
    """
    free = dict(old)
    found: list[int | None] = [None] * len(new)
    for position, text in enumerate(new):
        same = next((key for key, value in free.items() if value == text), None)
        if same is not None:
            found[position] = same
            del free[same]
    pairs = sorted(
        (
            (SequenceMatcher(None, value, new[position], autojunk=False).ratio(), position, key)
            for position in range(len(new))
            if found[position] is None
            for key, value in free.items()
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    for ratio, position, key in pairs:
        if ratio >= 0.4 and found[position] is None and key in free:
            found[position] = key
            del free[key]
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """One unit's part in a task on a day: whether it leads, and its light."""

    lead: bool
    light: str


@dataclass(frozen=True, slots=True)
class PointVerdict:
    """The light of a whole point in words; ``done`` of its ``whole`` tasks have evidence."""

    light: str
    because: str
    done: int
    whole: int


def task_is_proved(shares: Sequence[Share]) -> bool:
    """Whether a task counts as proved: a unit that leads it is green (any unit, if none leads)."""
    leads = [share for share in shares if share.lead] or shares
    return any(share.light == "green" for share in leads)


def point_light(tasks: Sequence[Sequence[Share]]) -> PointVerdict:
    """The light of a point from the shares of its tasks.

    Red as soon as one unit is late, else yellow as soon as one is close to its deadline, else
    green when every task is proved, else grey.
    """
    whole = len(tasks)
    done = sum(1 for shares in tasks if task_is_proved(shares))
    lights = [share.light for shares in tasks for share in shares]
    late, close = lights.count("red"), lights.count("yellow")
    share_words = f"{whole} 件任务里 {done} 件有有效凭据"
    if late:
        return PointVerdict("red", f"有 {late} 项责任已经逾期；{share_words}", done, whole)
    if close:
        words = f"有 {close} 项责任临近期限、还没有凭据；{share_words}"
        return PointVerdict("yellow", words, done, whole)
    if whole and done == whole:
        return PointVerdict("green", f"{whole} 件任务都有有效凭据", done, whole)
    if not whole:
        return PointVerdict("grey", "还没有拆成任务", done, whole)
    return PointVerdict("grey", f"{share_words}，其余还没有到期", done, whole)
