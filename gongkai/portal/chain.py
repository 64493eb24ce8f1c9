"""A document, what explains it and what answers questions about it: the same three on the page of
each, and what is said while an interpretation is still to come."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.core import memo
from gongkai.core.clock import day_of
from gongkai.core.workdays import WorkCalendar
from gongkai.publishing.compositions import stand
from gongkai.publishing.enums import ENDED
from gongkai.publishing.facts_text import cn_day
from gongkai.publishing.interpretations import allowance, due_for, interpretation_rule
from gongkai.publishing.models import Item
from gongkai.publishing.rules_kinds import DueRule
from gongkai.publishing.selectors import LinkedItem, Links, public_companions

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """An interpretation that is still to come: by when, and whether that day has passed."""

    text: str
    late: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """``current`` (document, interpretation, answer) and the public items of all three sorts."""

    current: str
    documents: list[LinkedItem]
    interpretations: list[LinkedItem]
    answers: list[LinkedItem]
    waiting: Waiting | None = None


def chain_of(item: Item, links: Links, calendar: WorkCalendar, today: date) -> Chain | None:
    """What the page of an item shows of the three; None for an item that has to do with none."""
    if links.documents:
        found = public_companions(item, links)
        current = "interpretation" if item.kind.interprets else "answer"
        return Chain(current, links.documents, found.interpretations, found.answers)
    if not (links.interpretations or links.answers or item.kind.needs_interpretation):
        return None
    return Chain(
        "document",
        [],
        links.interpretations,
        links.answers,
        None if links.interpretations else waiting_for(item, calendar, today),
    )


@memo.reference(lambda: ())
def _rule() -> DueRule:
    return interpretation_rule()


def waiting_for(item: Item, calendar: WorkCalendar, today: date) -> Waiting | None:
    """What is said of a document without interpretation; None where none is to be expected:
    history of an old site, documents that do not hold any more, kinds that need none."""
    ended = item.current_validity in ENDED
    if not item.kind.needs_interpretation or item.original_published_on or ended:
        return None
    assert item.published_at is not None
    rule = _rule()
    due = due_for(day_of(item.published_at), rule, calendar)
    if today <= due:
        return Waiting(f"解读应当在{cn_day(due)}前发布（{allowance(rule)}）。", False)
    return Waiting(f"按要求应当在{cn_day(due)}前发布（{allowance(rule)}），现在已经过期。", True)


def follow(shown: dict[str, Any], path: str) -> bool:
    """Bring a scenario to where a path of answers (``2-1``) leads. False for what is no path to
    any step, so that one step has one address."""
    parts = path.split("-")
    if len(path) > _LONGEST or not all(p.isascii() and p.isdigit() and p[0] != "0" for p in parts):
        return False
    wanted = tuple(int(part) for part in parts)
    place = stand(shown, wanted)
    shown.update(place)
    return bool(place["path"] == wanted)
