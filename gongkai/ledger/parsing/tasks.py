"""From the text of an item to its duties: one task per sentence that tells someone to act."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from gongkai.ledger.parsing.brackets import Cover, outermost
from gongkai.ledger.parsing.cleaning import Strand
from gongkai.ledger.parsing.deadlines import Found, find_deadlines
from gongkai.ledger.parsing.model import Deadline, ParsedTask
from gongkai.ledger.parsing.vocabulary import DUTY_VERBS

_SENTENCE_ENDS: Final = "。；;！？!?\n"
#: Text without a full stop for longer than this is damaged; dates further on are left to a person.
_LONGEST_SENTENCE: Final = 3_000
_CLOSING_QUOTES: Final = "”’」』"


@dataclass(slots=True)
class TaskList:
    tasks: list[ParsedTask] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    no_duty_verb: bool = False


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of sentences in ``text[start:end]``; brackets and quotes are not broken open."""
    cover = Cover(outermost(text[start:end]))
    quotes = 0
    begin = start
    for position in range(start, end):
        char = text[position]
        if char == "“":
            quotes += 1
        elif char == "”":
            quotes = max(0, quotes - 1)
        elif char in _SENTENCE_ENDS and (char == "\n" or not cover.holds(position - start)):
            if quotes and char != "\n" and "”" in text[position : min(end, position + 60)]:
                continue
            quotes = 0
            yield from _trimmed(text, begin, position + 1)
            begin = position + 1
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start] in " \n\u3000\t" + _CLOSING_QUOTES:
        start += 1
    while end > start and text[end - 1] in " \n\u3000\t":
        end -= 1
    if end - start > 1:
        yield start, end


def has_duty_verb(sentence: str) -> bool:
    return any(verb in sentence for verb in DUTY_VERBS)


def as_written(found: Found, strand: Strand, offset: int) -> Deadline:
    """The deadline with ``raw`` taken from the source (2022 年年底前, space included)."""
    raw = strand.source_slice(offset + found.start, offset + found.end)
    return replace(found.deadline, raw="".join(raw.splitlines()) or found.deadline.raw)


def _split_at_deadlines(
    text: str, start: int, end: int, found: list[Found]
) -> Iterator[tuple[int, int, Found | None]]:
    """One sentence with several dates is several tasks: 6月底前完成甲，9月底前完成乙."""
    dated = [item for item in found if item.deadline.date is not None]
    if len(dated) < 2:
        first = dated[0] if dated else found[0] if found else None
        yield start, end, first
        return
    begin = start
    current = dated[0]
    for item in dated[1:]:
        comma = max(text.rfind(mark, begin, start + item.start) for mark in "，,、")
        if comma <= start + current.start or not has_duty_verb(text[begin:comma]):
            continue
        if not has_duty_verb(text[comma:end]):
            continue
        yield begin, comma, current
        begin, current = comma + 1, item
    yield begin, end, current


def read_tasks(
    strand: Strand,
    start: int,
    end: int,
    plan_year: int | None,
    *,
    item_deadline: Deadline | None = None,
) -> TaskList:
    """Tasks in ``strand.text[start:end]``.

    A deadline belongs to its own sentence only. ``item_deadline`` (from the bracket, the label
    or the table column) applies to every task that has none.
    """
    text = strand.text
    result = TaskList()
    for left, right in sentences(text, start, end):
        sentence = text[left:right]
        searched = sentence[:_LONGEST_SENTENCE]
        found = list(find_deadlines(searched, plan_year)) if _may_have_date(searched) else []
        written = {id(item): as_written(item, strand, left) for item in found}
        for item in found:
            result.deadlines.append(written[id(item)])
            if item.bad:
                result.bad.append(f"“{written[id(item)].raw}”：{item.bad}")
        for a, b, due in _split_at_deadlines(text, left, right, found):
            piece = text[a:b].strip(" ，,\n\u3000")
            if has_duty_verb(piece):
                deadline = written[id(due)] if due else item_deadline
                result.tasks.append(ParsedTask(piece, deadline))
    if not result.tasks and end > start:
        whole = text[start:end].strip()
        if whole:
            result.no_duty_verb = True
            first = result.deadlines[0] if result.deadlines else item_deadline
            result.tasks.append(ParsedTask(whole, first))
    return result


def _may_have_date(sentence: str) -> bool:
    return any(char in sentence for char in "年月季半每逐") or "按" in sentence
