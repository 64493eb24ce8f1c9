"""Rules of the withheld register on plain values (条例, 国务院令第711号, article 18).

What was found not to be publishable is looked at again from time to time; what may be published
by then is published, within the period of article 26 counted from the day of that decision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.review.rules import Move

KEEP, RELEASE = "keep", "release"

REGISTER: tuple[Move, ...] = (
    Move("", "withhold", "kept", "保密审查人", "七种情形之一和理由"),
    Move("kept", "keep", "kept", "提出：保密审查或终审；确认：另一名终审", "情形、理由、下次评估"),
    Move("kept", "release", "releasing", "提出：保密审查或终审；确认：另一名终审", "理由"),
    Move("releasing", "publish", "published", "系统", "内容重新送审并实际发布"),
    Move("kept", "supersede", "superseded", "系统", "同一信息改动后又审定不予公开，另行登记"),
    Move("releasing", "supersede", "superseded", "系统", "重新送审时又审定不予公开，另行登记"),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """How often and how long; months and days are product policy, working days are the law's."""

    review_months: int
    max_months: int
    soon_days: int
    release_workdays: int
    source: str
    unconfirmed: bool


def register_target(state: str, event: str) -> str | None:
    """The state of a record after an event, or None when the move is illegal."""
    return next((m.target for m in REGISTER if (m.source, m.event) == (state, event)), None)


def months_after(day: date, months: int) -> date:
    """The same day of the month some months on, or the last day of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
    return date(year, month, min(day.day, last))


def interval_problem(today: date, next_review_on: date | None, policy: Policy) -> str | None:
    """Why a day of the next look cannot stand, in Chinese; None when it can."""
    limit = months_after(today, policy.max_months)
    if next_review_on is None:
        return "请填写下次评估的日期。"
    if next_review_on <= today:
        return "下次评估应当晚于今天。"
    if next_review_on > limit:
        return (
            f"下次评估最迟定在 {limit.year}年{limit.month}月{limit.day}日"
            f"（{policy.max_months} 个月以内）。"
        )
    return None


def urgency(state: str, next_review_on: date | None, today: date, policy: Policy) -> str:
    """``overdue``, ``soon`` or ``later`` for a record still withheld; empty for the others.

    Overdue is computed, never stored: from the day after the day that was set.
    """
    if state != "kept" or next_review_on is None:
        return ""
    if next_review_on < today:
        return "overdue"
    return "soon" if (next_review_on - today).days <= policy.soon_days else "later"


def title_sealed(code: str, *, own_unit: bool, own_area: bool) -> bool:
    """Whether a person who oversees the unit reads the code alone, without title and reason.

    A lawfully classified matter is known to those who need it: the unit itself and the office of
    its own area. The city's office oversees the districts, yet reads only that there is such a
    record (product policy for 保守国家秘密法, need to know).
    """
    return code == "state_secret" and not (own_unit or own_area)


def passages(view: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """What another organ was asked about: title, body and attachments.

    Its answer holds for these and nothing else; a changed summary or change note is not its
    affair, a changed figure is.
    """
    return view.get("title"), view.get("body"), view.get("attachments")
