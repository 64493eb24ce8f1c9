"""What public pages say about time and state. Plain values only: no ORM, no settings, no clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from typing import Any

OPINION_WORDS = ("征求意见", "征集", "公开征询")
EVENT_WORDS = ("活动", "开放日", "听证", "座谈", "培训", "辅导", "招聘会")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b\ufeff]+")
QUERY_LENGTH = 60
QUERY_WORDS = 6


@dataclass(frozen=True, slots=True)
class State:
    """Whether a document holds on a day: the word, the tone of its box and a sentence."""

    word: str
    tone: str
    text: str


def _cn(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def validity_state(
    validity: str, effective_on: date | None, expires_on: date | None, day: date
) -> State:
    """The state of a document from its stored validity and its two dates.

    A date that has come or gone speaks before a stored 现行有效: nobody has to change the record
    on the day a document begins or ends to hold.
    """
    until = f"，有效期至 {_cn(expires_on)}" if expires_on else ""
    if validity == "repealed":
        return State("已废止", "stop", "这份文件已经废止，不再执行，保留在这里供查考。")
    if validity == "lapsed" or (expires_on and expires_on < day):
        since = f"，有效期到 {_cn(expires_on)}" if expires_on and expires_on < day else ""
        return State("已失效", "stop", f"这份文件已经失效{since}，保留在这里供查考。")
    if effective_on and effective_on > day:
        return State("尚未施行", "warn", f"自 {_cn(effective_on)}起施行{until}。")
    if validity == "not_yet":
        return State("尚未施行", "warn", "施行日期另行公布。")
    since = f"自 {_cn(effective_on)}起施行" if effective_on else ""
    words = f"{since}{until}。" if since else f"{until.removeprefix('，')}。" if until else ""
    if validity == "amended":
        return State("已修改", "info", f"这份文件修改过，以修改后的文本为准。{words}")
    return State("现行有效", "ok", words)


@dataclass(frozen=True, slots=True)
class UpdateDuty:
    """How often a column must be fed and whether it is: a sentence, a few words, overdue or not."""

    words: str
    overdue: bool
    brief: str


def update_duty(max_gap_days: int | None, newest: date | None, day: date) -> UpdateDuty | None:
    """The update duty of a column in words; None for a column without one."""
    if not max_gap_days:
        return None
    rule = f"每 {max_gap_days} 天至少更新一次"
    if newest is None:
        return UpdateDuty(f"{rule}，还没有内容。", True, f"约定每 {max_gap_days} 天更新")
    gone = (day - newest).days
    if gone > max_gap_days:
        return UpdateDuty(
            f"{rule}，最近更新 {_cn(newest)}，已经 {gone} 天没有更新，请维护单位补上。",
            True,
            f"约定每 {max_gap_days} 天更新，已超 {gone - max_gap_days} 天",
        )
    following = newest + timedelta(days=max_gap_days)
    return UpdateDuty(
        f"{rule}，最近更新 {_cn(newest)}，下次更新不晚于 {_cn(following)}。",
        False,
        f"下次更新不晚于 {following.month} 月 {following.day} 日",
    )


def coming(title: str, day: date, event_on: date, *, ends: bool = False) -> tuple[int, str]:
    """(days until a day that matters, the word under the number).

    ``ends`` says that the day is the end of validity and not the day of an event; a call for
    opinions closes, a meeting is held, anything else runs out.
    """
    days = (event_on - day).days
    if any(word in title for word in (*OPINION_WORDS, "报名")):
        verb = "截止"
    elif any(word in title for word in EVENT_WORDS):
        verb = "举行"
    else:
        verb = "到期" if ends else ""
    return days, f"天后{verb}" if days else f"今天{verb}" if verb else "就在今天"


@dataclass(frozen=True, slots=True)
class Headline:
    """How far something is, in a few words, with the share that is done (0 to 1)."""

    words: str
    share: float

    @property
    def length(self) -> str:
        """The share in percent, as drawings take it."""
        return f"{self.share * 100:.4g}"


def headline(facts: Mapping[str, Any]) -> Headline | None:
    """The one line that a published progress record can be told in; None without a target.

    Three and more measures are counted (how many reached their target); fewer are told by the
    first one's share.
    """
    found: list[tuple[str, float, float]] = []
    for row in facts.get("measures") or ():
        target, done = _number(row.get("target")), _number(row.get("done"))
        if target and done is not None:
            found.append((str(row.get("name", "")), target, done))
    if not found:
        return None
    if len(found) >= 3:
        reached = sum(done >= target for _, target, done in found)
        return Headline(f"{len(found)} 项里 {reached} 项达到目标", reached / len(found))
    name, target, done = found[0]
    share = max(done / target, 0.0)
    return Headline(f"{name}完成 {share:.0%}", min(share, 1.0))


def _number(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if isfinite(number) else None


def query_words(text: str) -> list[str]:
    """What to look for: at most six words of a cleaned query; empty when nothing is left."""
    clean = _CONTROL.sub(" ", text).strip()[:QUERY_LENGTH]
    return clean.split()[:QUERY_WORDS]


def safe_next(path: str) -> str:
    """A local address to go back to; the home page for anything that could lead elsewhere."""
    if not path.startswith("/") or path.startswith("//") or len(path) > 2000:
        return "/"
    if "\\" in path or any(ord(character) < 33 or ord(character) == 127 for character in path):
        return "/"
    if path.startswith("/f/"):
        return "/"
    return path
