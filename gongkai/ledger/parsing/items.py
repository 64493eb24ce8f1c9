"""From the tree of nodes to points of work: which nodes are points, and who answers for them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gongkai.ledger.parsing.cleaning import Strand
from gongkai.ledger.parsing.model import Issue, Problem
from gongkai.ledger.parsing.names import UnitRegister
from gongkai.ledger.parsing.numbering import GROUP, SECTION
from gongkai.ledger.parsing.outline import PART, ROOT, Node, is_list_node
from gongkai.ledger.parsing.responsibility import (
    Assignment,
    default_units_in,
    labels_in,
    parse_assignment,
)
from gongkai.ledger.parsing.tasks import has_duty_verb
from gongkai.ledger.parsing.unit_brackets import UnitBracket, find_unit_brackets
from gongkai.ledger.parsing.vocabulary import CONTEXT_SECTIONS, REQUIREMENT_SECTIONS

_TITLE_LIMIT: Final = 46
_CLAUSE: Final = re.compile("[，,；;：:。]")


@dataclass(slots=True)
class Draft:
    """A point before its names are resolved.

    ``start``/``end`` bound the point in ``strand.text``, number and bracket included; ``bodies``
    are the stretches of prose without title and bracket.
    """

    strand: Strand
    start: int
    end: int
    label: str
    number: int | None
    rank: int
    title: str
    bodies: list[tuple[int, int]]
    assignment: Assignment | None
    bracket: str = ""
    part: int = 1
    path: list[str] = field(default_factory=list)
    section: str = ""
    section_label: str = ""
    issues: list[Issue] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """A node with its brackets found."""

    node: Node
    brackets: list[UnitBracket]
    labelled: Assignment | None

    @property
    def assigned(self) -> bool:
        return bool(self.brackets) or self.labelled is not None


#: (start, stop, bodies, assignment, bracket, part) → Draft
_Maker = Callable[[int, int, list[tuple[int, int]], Assignment | None, str, int], Draft]


class ItemReader:
    """Selects the points of an outline."""

    def __init__(self, register: UnitRegister | None) -> None:
        self.register = register
        self.problems: list[Problem] = []
        self.drafts: list[Draft] = []
        self.readings: dict[int, _Reading] = {}
        self.any_assigned = False
        self.skipped = 0

    def read(self, root: Node) -> list[Draft]:
        nodes = [root, *root.descendants()]
        for node in nodes:
            self.readings[id(node)] = self._reading(node)
        self.any_assigned = any(reading.assigned for reading in self.readings.values())
        if self.readings[id(root)].brackets:
            # Bracketed paragraphs without any number in front of them.
            self._emit(root)
        for child in root.children:
            self._walk(child, context=False)
        return self.drafts

    def _reading(self, node: Node) -> _Reading:
        text = node.strand.text
        brackets = find_unit_brackets(text, self.register)
        if node.rank == ROOT:
            brackets = [b for b in brackets if b.assignment.names_anyone]
            return _Reading(node, brackets, None)
        labelled: Assignment | None = None
        for line in node.labels:
            part = parse_assignment(line.text, self.register)
            if labelled is None:
                labelled = part
            else:
                labelled.add(part)
        return _Reading(node, brackets, labelled)

    # -- selection ----------------------------------------------------------------------------
    def _walk(self, node: Node, *, context: bool) -> None:
        reading = self.readings[id(node)]
        context = context or _is_context(node)
        below = any(self.readings[id(child)].assigned for child in node.descendants())
        children = node.children
        if children and all(is_list_node(child) for child in children) and not below:
            self._absorb(node, children)
            children = []
            reading = self.readings[id(node)]
        elif children and self._last_carries_all(node):
            self._absorb(node, children)
            children = []
            reading = self.readings[id(node)]
            if reading.assigned:
                node.issues.append(
                    Issue(
                        "shared_bracket",
                        "单位写在最后一个小点之后，已按整项共同的责任单位读入，请核对。",
                        0.1,
                    )
                )
        elif children and reading.assigned and not below:
            self._absorb(node, children)
            children = []
            reading = self.readings[id(node)]
        if not children:
            if reading.assigned or self._stands_alone(node, context):
                self._emit(node)
            return
        if reading.assigned:
            self._emit(node)
        else:
            self._report_intro(node, context)
        for child in children:
            self._walk(child, context=context)

    def _absorb(self, node: Node, children: list[Node]) -> None:
        for child in children:
            node.absorb(child)
        node.children = []
        self.readings[id(node)] = self._reading(node)

    def _last_carries_all(self, node: Node) -> bool:
        """Only the last of several sub-points names units: they are those of the whole point."""
        children = node.children
        if len(children) < 2 or node.rank < GROUP or any(child.children for child in children):
            return False
        assigned = [self.readings[id(child)].assigned for child in children]
        if not assigned[-1] or any(assigned[:-1]) or self.readings[id(node)].assigned:
            return False
        return len(self.readings[id(children[-1])].brackets) <= 1

    def _stands_alone(self, node: Node, context: bool) -> bool:
        """A leaf without units: a point whose units are missing, or something else?"""
        if context or node.rank == PART:
            return False
        body = node.strand.text[max(node.head_end, node.label_end) :].strip()
        if not self.any_assigned:
            return len(node.strand.text) - node.label_end >= 4
        if len(body) < 12 or not re.search("[。；]", body):
            self.skipped += 1
            return False
        return True

    def _report_intro(self, node: Node, context: bool) -> None:
        body = node.strand.text[max(node.head_end, node.label_end) :]
        if context or node.rank <= PART or not self.any_assigned:
            return
        if len(body) > 60 and "。" in body and has_duty_verb(body):
            label = node.marker.label if node.marker else ""
            self.problems.append(
                Problem(
                    "intro_text",
                    "这一部分开头的文字没有标明单位，没有列为任务，请核对是否需要补充。",
                    f"{label}{_title(node)[0][:20]}",
                )
            )

    # -- drafts -------------------------------------------------------------------------------
    def _emit(self, node: Node) -> None:
        reading = self.readings[id(node)]
        text = node.strand.text
        title, body_start, derived = _title(node)
        brackets = list(reading.brackets)
        labels_at = _inline_labels(text, brackets, body_start)
        end = len(text)
        labelled = reading.labelled
        if labels_at >= 0:
            tail = parse_assignment(text[labels_at:].strip(" 。"), self.register)
            if tail.names_anyone:
                labelled = tail
                end = labels_at
        path, section, section_label = _ancestry(node)

        def draft(
            start: int,
            stop: int,
            bodies: list[tuple[int, int]],
            assignment: Assignment | None,
            bracket: str,
            part: int,
        ) -> Draft:
            return Draft(
                node.strand,
                start,
                stop,
                node.marker.label if node.marker else "",
                node.marker.number if node.marker else None,
                node.rank,
                title,
                [(a, b) for a, b in bodies if text[a:b].strip(" 。\n\u3000")],
                assignment,
                bracket,
                part,
                path,
                section,
                section_label,
                list(node.issues) if part == 1 else [],
            )

        title_issue = Issue("title_missing", "这一项没有单独的标题，取正文开头作标题。", 0.05)
        if node.rank == ROOT:
            self._emit_paragraphs(node, brackets, draft)
            return
        if not brackets:
            made = draft(0, len(text), [(body_start, end)], labelled, "", 1)
            if derived:
                made.issues.append(title_issue)
            self.drafts.append(made)
            return
        position = body_start
        start = 0
        made_here: list[Draft] = []
        for bracket in brackets:
            bodies = [(min(position, bracket.start), bracket.start)]
            stop = _past_stop(text, bracket.end)
            made = draft(
                start, stop, bodies, bracket.assignment, bracket.content, len(made_here) + 1
            )
            position, start = stop, stop
            made_here.append(made)
        if derived:
            made_here[0].issues.append(title_issue)
        self._trailing(made_here, text, position, end)
        if labelled is not None and made_here[-1].assignment is not None:
            made_here[-1].assignment.add(labelled)
        self.drafts.extend(made_here)

    def _emit_paragraphs(self, node: Node, brackets: list[UnitBracket], draft: _Maker) -> None:
        """Without numbers each paragraph that ends in a unit bracket is a point."""
        text = node.strand.text
        stop = 0
        for part, bracket in enumerate(brackets, 1):
            start = max(text.rfind("\n", 0, bracket.start) + 1, stop)
            if not any(char.isalnum() for char in text[start : bracket.start]):
                continue
            stop = _past_stop(text, bracket.end)
            made = draft(
                start, stop, [(start, bracket.start)], bracket.assignment, bracket.content, part
            )
            made.title = short_title(text[start : bracket.start])
            self.drafts.append(made)

    def _trailing(self, made: list[Draft], text: str, position: int, end: int) -> None:
        """Text after the last bracket belongs to the last point, unless it sets a default."""
        rest = text[position:end].strip(" 。\n\u3000）)")
        last = made[-1]
        if len(rest) < 2 or last.assignment is None:
            return
        names, everywhere = default_units_in(rest, self.register)
        if names and len(rest) < 120:
            last.assignment.default_units += names
            last.assignment.default_everywhere |= everywhere
            last.end = max(last.end, end)
            return
        last.end = max(last.end, end)
        last.bodies.append((position, end))
        if len(rest) >= 8 and len(last.bodies) > 1 and any(b > a for a, b in last.bodies[:-1]):
            last.issues.append(
                Issue("text_after_bracket", "单位括号之后还有文字，已并入本项，请核对。", 0.1)
            )


def _past_stop(text: str, position: int) -> int:
    """A full stop right behind the bracket belongs to it."""
    return position + 1 if text[position : position + 1] in ("。", "；") else position


def short_title(text: str) -> str:
    """The first clause as a title, quotes and brackets kept whole."""
    text = text.strip(" \n\u3000。")
    for match in _CLAUSE.finditer(text, 2, 41):
        head = text[: match.start()]
        if all(head.count(a) == head.count(b) for a, b in ("“”", "《》", "（）")):
            return head
    return text if len(text) <= 40 else text[:30]


def _title(node: Node) -> tuple[str, int, bool]:
    """(title, where the body begins, whether the title was made from the body)."""
    text = node.strand.text
    begin = node.label_end
    while begin < len(text) and text[begin] in " \u3000、．.":
        begin += 1
    stop = node.head_end
    if not stop:
        gap = text.find("\u3000", begin, begin + 30)
        line_end = text.find("\n", begin)
        limit = line_end if line_end >= 0 else len(text)
        full_stop = text.find("。", begin, min(limit, begin + _TITLE_LIMIT))
        if gap > begin and gap < limit:
            stop = gap + 1
        elif full_stop > begin and full_stop + 1 < len(text):
            stop = full_stop + 1
        elif limit - begin <= _TITLE_LIMIT and "。" not in text[begin:limit]:
            stop = limit
        else:
            colon = text.find("：", begin, min(limit, begin + 26))
            known = _known_heading(text, begin)
            if known:
                stop = begin + len(known)
            elif colon > begin and colon + 1 < limit:
                stop = colon + 1
    if not stop:
        return short_title(_without_brackets(text[begin:])), begin, True
    title = _without_brackets(text[begin:stop])
    return title, stop, False


def _known_heading(text: str, begin: int) -> str:
    """总体要求, 保障措施 and the like, when the copy has lost the break after the heading."""
    return next(
        (
            word
            for word in (*CONTEXT_SECTIONS, *REQUIREMENT_SECTIONS)
            if text.startswith(word, begin)
        ),
        "",
    )


def _without_brackets(text: str) -> str:
    for bracket in reversed(find_unit_brackets(text[:600], at_end=False)):
        text = text[: bracket.start] + text[bracket.end :]
    return text.replace("\n", "").strip(" 。：:；\u3000")


def _is_context(node: Node) -> bool:
    title = _title(node)[0]
    return len(title) <= 16 and any(word in title for word in CONTEXT_SECTIONS)


def _ancestry(node: Node) -> tuple[list[str], str, str]:
    """(path of headings, title of the section, its number as written)."""
    chain: list[Node] = []
    parent = node.parent
    while parent is not None and parent.rank > ROOT:
        chain.append(parent)
        parent = parent.parent
    chain.reverse()
    path = [f"{n.marker.label if n.marker else ''}{_title(n)[0]}" for n in chain]
    best = next((n for n in reversed(chain) if n.rank <= SECTION), chain[0] if chain else None)
    if best is None:
        return path, "", ""
    return path, _title(best)[0], best.marker.label if best.marker else ""


def _inline_labels(text: str, brackets: list[UnitBracket], start: int) -> int:
    """Where …。责任单位：… begins at the end of running text, -1 when nowhere."""
    last = brackets[-1].end if brackets else start
    for match in labels_in(text):
        at = match.start()
        if at < last or at == 0:
            continue
        if text[at - 1] in "。；;\n \u3000）)，":
            return at
    return -1
