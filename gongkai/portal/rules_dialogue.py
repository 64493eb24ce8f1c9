"""Calls for opinions, their feedback, events and questionnaires: how they stand on a day.

Plain values only. 重大行政决策: the public is heard for 30 days as a rule, a shorter term gives its
reason in the notice (国务院令第713号第十五条). How soon after the close the feedback follows is not fixed
in the texts the house has seen: 20 working days is the platform's own, unconfirmed measure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gongkai.portal.rules_utilities import day_of_text

USUAL_DAYS: Final = 30
FEEDBACK_DAYS: Final = 28
"""About 20 working days, in calendar days: the reader is told days since the close."""


@dataclass(frozen=True, slots=True)
class Term:
    """A call's two days; both count (the last one whole, to midnight)."""

    opens: date
    closes: date

    @property
    def days(self) -> int:
        """How many days the call is open."""
        return (self.closes - self.opens).days + 1

    def state(self, today: date) -> str:
        """``ahead``, ``open`` or ``closed``."""
        if today < self.opens:
            return "ahead"
        return "open" if today <= self.closes else "closed"

    def share(self, today: date) -> float:
        """How much of the term has gone by, in percent."""
        gone = (today - self.opens).days + 1
        return round(min(max(gone / self.days, 0.0), 1.0) * 100, 1)


def term(facts: Mapping[str, Any]) -> Term | None:
    """The term in an item's facts; None when a day is missing or they are the wrong way round."""
    opens, closes = day_of_text(facts.get("opens_on")), day_of_text(facts.get("closes_on"))
    if opens is None or closes is None or closes < opens:
        return None
    return Term(opens, closes)


def left_words(closes: date, today: date) -> tuple[str, str]:
    """(the large word, the small one) of a countdown: 今天 截止, 明天 截止, 12 天后截止."""
    days = (closes - today).days
    if days < 0:
        return "已截止", f"{closes.month}月{closes.day}日"
    if days < 2:
        return ("今天", "明天")[days], "截止"
    return str(days), "天后截止"


def short_note(found: Term, sort: str, reason: str) -> str:
    """What is said of a call of fewer than 30 days; empty for one long enough."""
    if found.days >= USUAL_DAYS:
        return ""
    if reason:
        return f"征求意见 {found.days} 天，少于 30 天的原因：{reason}"
    if sort == "decision":
        return f"征求意见 {found.days} 天，少于 30 天，公告没有写明原因。"
    return f"征求意见 {found.days} 天。"


def feedback_words(closes: date, today: date) -> tuple[str, bool]:
    """(what is said of a closed call without feedback, whether it is overdue)."""
    gone = (today - closes).days
    if gone > FEEDBACK_DAYS:
        return f"截止 {gone} 天，还没有公布采纳情况", True
    return f"截止 {gone} 天，采纳情况还没有公布", False


def adoption(facts: Mapping[str, Any]) -> dict[str, int]:
    """received, adopted, partly, declined of a feedback as whole numbers; 0 for what is unsaid."""
    found = {}
    for name in ("received", "adopted", "partly", "declined"):
        try:
            found[name] = max(0, int(float(str(facts.get(name) or 0).replace(",", ""))))
        except (ValueError, OverflowError):
            found[name] = 0
    return found


def parts(values: Sequence[int]) -> list[tuple[float, float]]:
    """(left, width) in percent of stacked shares; nothing for a sum of nothing."""
    whole = sum(values)
    if whole <= 0:
        return []
    left = 0.0
    found = []
    for value in values:
        width = value * 100 / whole
        found.append((round(left, 2), round(width, 2)))
        left += width
    return found


def shares(rows: Iterable[Mapping[str, Any]], people: int) -> list[dict[str, Any]]:
    """Answers of a questionnaire by question, each with its share of the valid sheets; without
    the number of sheets no share is told, because a percentage without n says nothing."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        try:
            count = int(float(str(row.get("count") or 0).replace(",", "")))
        except (ValueError, OverflowError):
            continue
        share = round(count * 100 / people, 1) if people > 0 else None
        found.setdefault(str(row.get("question", "")), []).append(
            {
                "label": str(row.get("answer", "")),
                "value": count,
                "display": f"{count:,} 人" + (f"，{share:g}%" if share is not None else ""),
            }
        )
    return [{"question": question, "answers": answers} for question, answers in found.items()]


def asked(exchange: Iterable[Mapping[str, Any]]) -> int:
    """How many questions of the public an interview's transcript holds: the turns of 网友."""
    return sum(
        str(turn.get("speaker", "")).startswith(("网友", "市民", "群众")) for turn in exchange
    )


def event_state(held: date, signup_to: date | None, today: date) -> tuple[str, str]:
    """(words, tone) of an event: sign-up open, closed, held today, over."""
    if held < today:
        return "已经举办", "idle"
    if held == today:
        return "今天举行", "red"
    if signup_to is None or signup_to >= today:
        left = (signup_to - today).days if signup_to else None
        return ("正在报名，今天截止" if left == 0 else "正在报名"), "ok"
    return "报名已经截止", "warn"


def stagger(places: Sequence[float], gap: float = 9.0) -> list[int]:
    """0 or 1 for each of ascending places on a line: 1 lifts a mark that would touch the one
    before it on a phone."""
    lanes: list[int] = []
    for number, place in enumerate(places):
        close = number > 0 and place - places[number - 1] < gap
        lanes.append(1 - lanes[-1] if close else 0)
    return lanes


def year_place(day: date, year: int) -> float:
    """Where a day lies in its year, in percent; days of other years at the edge."""
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    return round(min(max((day - start) / (end - start), 0.0), 1.0) * 100, 2)
