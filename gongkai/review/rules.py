"""Rules of the gate on plain values: the lifecycle table, the order of steps, four eyes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DEFAULT_STEPS = ("first", "final", "secrecy")


@dataclass(frozen=True, slots=True)
class Move:
    """One legal move of a case: from, event, to, who may, what it needs."""

    source: str
    event: str
    target: str
    who: str
    needs: str


LIFECYCLE: tuple[Move, ...] = (
    Move("", "submit", "open", "本单位编辑", "必填项齐全，无阻断性检查结果"),
    Move("open", "approve", "open", "当前步骤审核人，非撰稿人", "内容与送审时一致；非最后一步"),
    Move(
        "open", "approve_last", "approved", "最后一步审核人", "保密审查有结论和依据；征求意见已了结"
    ),
    Move("open", "reject", "rejected", "当前步骤审核人，非撰稿人", "退回意见"),
    Move("open", "withhold", "withheld", "保密审查人", "七种情形之一和理由"),
    Move("open", "void", "voided", "系统", "送审后内容被改动"),
    Move("approved", "void", "voided", "系统", "定时发布前内容被改动，或到点复查发现不能发布"),
    Move("open", "recall", "recalled", "本单位编辑", "尚未办结"),
    Move("approved", "recall", "recalled", "本单位编辑", "尚未发布"),
    Move("approved", "release", "released", "系统", "摘要与审定一致；到发布时间"),
)


def target_of(status: str, event: str) -> str | None:
    """The status after an event, or None when the move is illegal."""
    for move in LIFECYCLE:
        if move.source == status and move.event == event:
            return move.target
    return None


MAX_AHEAD = timedelta(days=366)


def release_time_problem(release_at: datetime, now: datetime) -> str | None:
    """What is wrong with a chosen time of release (whole minutes), in Chinese; None when right."""
    if release_at <= now:
        return "定时发布时间应晚于现在。"
    if release_at > now + MAX_AHEAD:
        return "定时发布最多提前一年，请核对年份。"
    return None


def normalise_steps(configured: Sequence[str]) -> tuple[str, ...]:
    """The steps a submission passes: as configured, always ending with the secrecy review.

    The review of 条例第十七条 cannot be configured away, and comes last so that it is about
    exactly what will be released. Without configuration the common steps apply.
    """
    steps = [s for s in dict.fromkeys(configured or DEFAULT_STEPS) if s != "secrecy"]
    return (*(steps or ["final"]), "secrecy")


def next_step(steps: Sequence[str], current: str) -> str | None:
    """The step after the current one; None after the last."""
    position = list(steps).index(current)
    return steps[position + 1] if position + 1 < len(steps) else None


def four_eyes_problem(
    person: int, *, authors: Iterable[int], submitted_by: int | None, deciders: Iterable[int]
) -> str | None:
    """Why this person may not decide, in Chinese; None when they may. Binds everybody."""
    if person in set(authors) or person == submitted_by:
        return "您参与了这份内容的撰写或送审，不能审核自己的稿件"
    if person in set(deciders):
        return "您已经在这次送审的另一步作过结论，每一步要由不同的人办理"
    return None
