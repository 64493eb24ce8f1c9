"""The ladder and the lifecycle of follow-ups (督办). Plain values only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gongkai.core.workdays import (
    Explanation,
    WorkCalendar,
    add_workdays,
    workdays_between,
)


@dataclass(frozen=True, slots=True)
class Rung:
    """One level: what its notice is called, usual working days for the reply, who else gets it.

    ``to_head`` = the unit's head unit (its district's government, its parent) gets it too.
    """

    level: str
    label: str
    document: str
    days: int
    to_head: bool
    words: str


LADDER: Final = (
    Rung("reminder", "提醒", "提醒函", 5, False, "发给责任单位"),
    Rung("notice", "督办", "督办通知", 5, True, "发给责任单位，抄送其上级"),
    Rung("talk", "约谈", "约谈通知", 3, True, "发给责任单位和其上级，请负责人说明情况"),
)
# K: the reply days are this product's proposal; no rule of the city was found that fixes them.
UNCONFIRMED_DAYS: Final = "回复期限的天数是系统建议值，没有找到统一规定，发出时可以改。"
LONGEST_DAYS: Final = 60


def rung(level: str) -> Rung:
    """The rung of a level; raises KeyError for an unknown one."""
    for found in LADDER:
        if found.level == level:
            return found
    raise KeyError(level)


def next_level(level: str) -> str | None:
    """The next rung up; None at the top."""
    levels = [found.level for found in LADDER]
    place = levels.index(level)
    return levels[place + 1] if place + 1 < len(levels) else None


@dataclass(frozen=True, slots=True)
class Move:
    """One legal move: from, event, to, who may, what it needs."""

    source: str
    event: str
    target: str
    who: str
    needs: str


LIFECYCLE: Final = (
    Move("", "issue", "open", "发出部门的主管", "事由、要求、回复期限"),
    Move("open", "reply", "replied", "责任单位的编辑", "回复内容"),
    Move("returned", "reply", "replied", "责任单位的编辑", "回复内容"),
    Move("replied", "accept", "closed", "发出部门的主管", "审看过回复"),
    Move("replied", "return", "returned", "发出部门的主管", "退回理由、新的期限"),
    Move("open", "escalate", "escalated", "发出部门的主管", "理由；已过回复期限；还有上一级"),
    Move("returned", "escalate", "escalated", "发出部门的主管", "理由；已过回复期限；还有上一级"),
    Move("replied", "escalate", "escalated", "发出部门的主管", "理由；还有上一级"),
    Move("open", "call_off", "closed", "发出部门的主管", "撤销理由"),
    Move("returned", "call_off", "closed", "发出部门的主管", "撤销理由"),
    Move("replied", "call_off", "closed", "发出部门的主管", "撤销理由"),
)
EVENTS: Final = {
    "issue": "发出",
    "reply": "回复",
    "accept": "认可，办结",
    "return": "退回",
    "escalate": "升级",
    "call_off": "撤销",
}


def target_of(status: str, event: str) -> str | None:
    """The status after an event, or None when the move is illegal."""
    for move in LIFECYCLE:
        if move.source == status and move.event == event:
            return move.target
    return None


def escalation_problem(status: str, level: str, due: date, day: date) -> str | None:
    """Why a follow-up may not go up a rung on a day, in Chinese; None when it may."""
    if next_level(level) is None:
        return f"已经是最高一级（{LADDER[-1].label}），不能再升级"
    if status in ("open", "returned") and day <= due:
        return f"回复期限是 {due:%Y-%m-%d}，还没有过，不能升级"
    return None


@dataclass(frozen=True, slots=True)
class Clock:
    """How a follow-up stands with its reply day. ``left`` are working days; negative = late."""

    due: date
    left: int
    overdue: bool
    words: str


def clock_of(status: str, due: date, day: date, calendar: WorkCalendar) -> Clock:
    """Overdue is computed: a reply is owed and the day is past."""
    owed = status in ("open", "returned")
    left = workdays_between(day, due, calendar)
    overdue = owed and day > due
    if not owed:
        words = f"期限 {due:%Y-%m-%d}"
    elif overdue:
        # Late over a weekend is late by zero working days; the calendar days say it then.
        words = f"逾期 {-left} 个工作日" if left < 0 else f"逾期 {(day - due).days} 天（非工作日）"
    else:
        words = f"还剩 {left} 个工作日" if left else "今天到期"
    return Clock(due, left, overdue, words)


def explain_due(start: date, due: date, days: int | None, calendar: WorkCalendar) -> Explanation:
    """How the reply day was found: counted in working days, or chosen by the office."""
    if days is None:
        left = workdays_between(start, due, calendar)
        return Explanation(
            f"回复期限由发出部门指定为 {due:%Y-%m-%d}，从 {start:%Y-%m-%d} 的次日起有"
            f" {left} 个工作日。",
            (),
        )
    counted = add_workdays(start, days, calendar)
    found = counted.explain()
    if counted.date == due:
        return found
    # The calendar changed after the notice went out; the date it names stays.
    return Explanation(
        f"发出时按当时的日历算得 {due:%Y-%m-%d}；放假安排后来有调整，现在推算是"
        f" {counted.date:%Y-%m-%d}，以发出的文书为准。",
        found.lines,
    )


@dataclass(frozen=True, slots=True)
class LateShare:
    """A share that a bulk notice may be about."""

    assignment_id: int
    unit_id: int
    unit: str
    number: int
    text: str
    words: str


def by_unit(shares: Iterable[LateShare]) -> Mapping[int, Sequence[LateShare]]:
    """One notice per unit: its shares in the order of the document."""
    found: dict[int, list[LateShare]] = {}
    for share in shares:
        found.setdefault(share.unit_id, []).append(share)
    return {
        unit: sorted(rows, key=lambda row: (row.number, row.assignment_id))
        for unit, rows in sorted(found.items(), key=lambda pair: pair[1][0].unit)
    }


def demand_words(shares: Sequence[LateShare], lead: str) -> str:
    """The body of a bulk notice: a sentence, then one numbered line per task."""
    lines = [
        f"{place}. 第 {share.number} 项：{share.text}（{share.words}）"
        for place, share in enumerate(shares, start=1)
    ]
    return "\n".join([lead.strip(), *lines])
