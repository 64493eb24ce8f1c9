"""By when information has to be public, and whether it was. Plain values only.

条例（国务院令第711号）第二十六条: within 20 working days of forming or of a change; kinds with a
period of their own carry it as data (``rules_kinds.DueRule``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gongkai.core.workdays import DueDate, WorkCalendar, add_workdays
from gongkai.publishing.rules_facts import is_date, number_of
from gongkai.publishing.rules_kinds import DueRule

GENERAL = DueRule()


@dataclass(frozen=True, slots=True)
class Base:
    """The day a period runs from, what happened on it, and the rule that then applies."""

    day: date
    word: str
    rule: DueRule


def _cn(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def bases(
    rule: DueRule,
    *,
    formed_on: date | None,
    changed_on: date | None,
    facts: Mapping[str, Any],
    target_on: date | None = None,
) -> list[Base]:
    """The days from which periods run, in order: forming (or what the kind's rule names), and a
    later change, for which the general period applies. A rule that names a day nobody has filled
    in gives way to the general one."""
    found = []
    first = _first_day(rule, facts, target_on)
    if first is not None:
        found.append(Base(first, rule.base_word, rule))
    elif formed_on is not None:
        own = rule if rule.base == "formed" else GENERAL
        word = "成文" if own.base_word == GENERAL.base_word else own.base_word
        found.append(Base(formed_on, word, own))
    if changed_on is not None and changed_on != formed_on:
        found.append(Base(changed_on, "变更", GENERAL))
    return found


def _first_day(rule: DueRule, facts: Mapping[str, Any], target_on: date | None) -> date | None:
    if rule.base == "target":
        return target_on
    if not rule.base.startswith("fact:"):
        return None
    value = facts.get(rule.base.removeprefix("fact:"))
    if rule.unit == "yearly":
        year = number_of(value)
        return date(int(year), 12, 31) if year and 1949 <= year <= 2999 else None
    return date.fromisoformat(str(value)) if value and is_date(value) else None


def due_of(base: Base, calendar: WorkCalendar) -> DueDate:
    """The last day, with every day walked over for a period in working days."""
    rule = base.rule
    if rule.unit == "workday":
        return add_workdays(base.day, rule.count, calendar)
    if rule.unit == "yearly":
        last = date(base.day.year + 1, rule.month, rule.day)
    else:
        last = base.day + timedelta(days=rule.count)
    return DueDate(date=last, provisional=False, steps=(), start=base.day, allowed=rule.count)


def explain(base: Base, due: DueDate) -> str:
    """How the last day was found, as one Chinese line."""
    if due.steps:
        return due.explain().basis
    if base.rule.unit == "yearly":
        return f"{base.day.year} 年度的，最迟在 {_cn(due.date)}公开。"
    if not base.rule.count:
        return f"{base.rule.base_word}是 {_cn(due.date)}，当天公开。"
    return f"从 {_cn(base.day)}的次日起算，第 {base.rule.count} 日为 {_cn(due.date)}。"


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Whether a publication came in time. ``done`` is None while it has not come yet."""

    late: bool
    word: str
    text: str
    done: date | None = None


def timeliness(
    *,
    base: date,
    due: date,
    releases: Sequence[date],
    changed: bool,
    workdays: int,
    word: str = "",
    today: date | None = None,
    early_counts: bool = False,
) -> Timeliness:
    """Judge a publication against its last day (条例第二十六条).

    ``base`` is the day the period runs from (``word`` says what happened on it), ``releases`` are
    the days on which a version came out, ``workdays`` counts from the release (or ``today`` while
    there is none) to the last day, negative = after it. A change made after the first publication
    is measured by the first release after it.
    """
    what = word or ("变更" if changed else "成文")
    done = min(releases, default=None) if early_counts else release_for(base, releases)
    rule = f"{_cn(base)}{what}，最迟应当在 {_cn(due)}前公开"
    if done is None and today is not None and today > due:
        left = "变更后的内容" if changed else "内容"
        return Timeliness(
            True, "逾期未公开", f"{rule}；{left}到现在还没有公开，已经晚了 {-workdays} 个工作日。"
        )
    if done is None:
        return Timeliness(
            False,
            "待更新" if changed else "待公开",
            f"{rule}；{'变更后的' if changed else ''}内容还没有公开。",
        )
    if done > due:
        return Timeliness(
            True, "逾期公开", f"{rule}；实际在 {_cn(done)}公开，晚了 {-workdays} 个工作日。", done
        )
    early = f"，提前 {workdays} 个工作日" if workdays else "，正好是最后一天"
    return Timeliness(False, "按时公开", f"{rule}；实际在 {_cn(done)}公开{early}。", done)


def release_for(base: date, releases: Sequence[date]) -> date | None:
    """The first release on or after the base day; None when there is none."""
    return min((day for day in releases if day >= base), default=None)


def validity_on(
    validity: str, effective_on: date | None, expires_on: date | None, day: date
) -> str:
    """What a document's validity is on a day. Its last day is ``expires_on`` itself; a date that
    has come or gone speaks before what was written, except that repealed stays repealed."""
    if validity in ("repealed", "lapsed"):
        return validity
    if expires_on and expires_on < day:
        return "lapsed"
    if effective_on and effective_on > day:
        return "not_yet"
    if validity == "not_yet" and effective_on:
        return "in_force"
    return validity


def next_review(reviewed_on: date, review_days: int) -> date:
    """The day by which standing information is looked at again."""
    return reviewed_on + timedelta(days=review_days)
