"""From paragraphs to a tree of numbered nodes, undoing page breaks and wrapped lines."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gongkai.ledger.parsing.brackets import Cover, OpenMarks, outermost
from gongkai.ledger.parsing.cleaning import TERMINAL, Line, Strand, duplicated_prefix
from gongkai.ledger.parsing.front import is_attachment, is_foot, is_non_content, is_title_like
from gongkai.ledger.parsing.model import Issue, Problem
from gongkai.ledger.parsing.names import looks_like_unit
from gongkai.ledger.parsing.numbering import (
    BRACKETED,
    SECTION,
    Marker,
    marker_at,
    markers_in,
)
from gongkai.ledger.parsing.responsibility import label_at

ROOT: Final = -2
PART: Final = -1

_SENTENCE: Final = re.compile("[。；！？;!?]")
_ANY_MARK: Final = re.compile("[，。、；：！？（）()《》“”,.;:!?]")
_SHORT_BRACKET: Final = re.compile(r"[（(][^（）()]{1,6}[)）]$")
_BEFORE_INLINE: Final = "。！？；：;:”）)】》 \u3000"
_INLINE_FROM: Final = 40
_HEADING_LENGTH: Final = 34


@dataclass(slots=True)
class Node:
    """A numbered heading or point with the text up to the next number.

    ``head_end`` is the place in the text where a heading on a line of its own ends (0: none).
    """

    rank: int
    marker: Marker | None
    strand: Strand
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    lines: list[tuple[Line, str]] = field(default_factory=list)
    labels: list[Line] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    head_end: int = 0
    recent: str = ""
    marks: OpenMarks = field(default_factory=OpenMarks)

    @property
    def label_end(self) -> int:
        return self.marker.end if self.marker else 0

    def append(self, line: Line, separator: str) -> None:
        before = len(self.strand.origin)
        self.strand.append(line, separator)
        hosted = len(self.strand.origin) - before - len(line.text)
        self.lines.append((line, separator))
        self.marks.feed(line.text)
        self.recent = (self.recent + ("\n" if hosted else "") + line.text)[-80:]

    def absorb(self, child: "Node") -> None:
        """Take over the text of a sub-point and of everything below it."""
        if not self.head_end and len(self.lines) == 1 and _is_heading(self.lines[0][0]):
            self.head_end = len(self.strand.origin)
        for number, (line, separator) in enumerate(child.lines):
            self.append(line, separator if number else "\n")
        for line in child.labels:
            self.labels.append(line)
        self.issues.extend(child.issues)
        for grandchild in child.children:
            self.absorb(grandchild)

    def descendants(self) -> Iterator["Node"]:
        for child in self.children:
            yield child
            yield from child.descendants()


@dataclass(slots=True)
class Outline:
    root: Node
    problems: list[Problem] = field(default_factory=list)


def split_inline(lines: list[Line]) -> Iterator[Line]:
    """Cut lines in which several points run on: …负责）（二）…, …任务（一）….

    A number inside a line counts only where a sentence has ended or a heading stands before it,
    and only when it continues the sequence; 第一、二、三产业 is left alone.
    """
    last: dict[int, int] = {}
    for line in lines:
        cuts = [0]
        text = line.text
        opening = marker_at(text)
        if opening is not None:
            last[opening.rank] = opening.number
        if len(text) >= _INLINE_FROM:
            cuts.extend(_inline_cuts(text, opening, last))
        for left, right in zip(cuts, [*cuts[1:], len(text)], strict=True):
            yield line.cut(left, right)


def _inline_cuts(text: str, opening: Marker | None, last: dict[int, int]) -> Iterator[int]:
    brackets = outermost(text)
    cover = Cover(brackets)
    starts = {bracket.start for bracket in brackets}
    previous = opening
    for marker in markers_in(text):
        if marker.start == 0 or not SECTION <= marker.rank <= BRACKETED:
            continue
        at = marker.start
        if cover.holds(at) and at not in starts:
            continue
        before = text[at - 1]
        since = text[max(previous.end if previous else 0, at - 120) : at]
        heading = (
            previous is not None
            and marker.rank > previous.rank
            and 3 <= at - previous.end <= 40
            and not _SENTENCE.search(since)
        )
        if not (before in _BEFORE_INLINE or heading) or before in "《“":
            continue
        if marker.rank == BRACKETED and before not in "。；：;:）)":
            continue
        if marker.number != last.get(marker.rank, 0) + 1 and not (
            marker.number == 1 and (marker.rank > SECTION or before in "。：）)")
        ):
            continue
        if "《" in since and since.rfind("《") > since.rfind("》"):
            continue
        last[marker.rank] = marker.number
        previous = marker
        yield at


def _is_heading(line: Line) -> bool:
    """The line is a heading on its own: marked as one, or short and without a full stop."""
    text = line.text
    if _SENTENCE.search(text) or text.endswith(("，", "、", ",")):
        return False
    return line.level is not None or line.style == "centre" or len(text) <= _HEADING_LENGTH


class _Builder:
    def __init__(self, source: str, lines: list[Line], ignored: set[str]) -> None:
        self.source = source
        self.root = Node(ROOT, None, Strand(source))
        self.current = self.root
        self.problems: list[Problem] = []
        self.repeated = Counter(line.text for line in lines if len(line.text) <= 20)
        self.ignored = ignored
        self.in_attachment_list = False
        self.after_foot = False
        self.last_numbers: dict[int, int] = {}

    def build(self, lines: list[Line]) -> Outline:
        for position, line in enumerate(lines):
            following = lines[position + 1] if position + 1 < len(lines) else None
            self._line(line, following, len(lines) - position - 1)
        return Outline(self.root, self.problems)

    def _line(self, line: Line, following: Line | None, remaining: int) -> None:
        node = self.current
        if is_non_content(line):
            self.after_foot = self.after_foot or is_foot(line)
            node.strand.skip(line, "layout")
            return
        if is_attachment(line.text) and len(line.text) < 80 and not _SENTENCE.search(line.text):
            self.in_attachment_list = True
            node.strand.skip(line, "attachment")
            return
        marker = marker_at(line.text)
        if self.in_attachment_list:
            entry = marker and len(line.text) < 60 and not _SENTENCE.search(line.text)
            ends = following is None or marker_at(following.text) or is_title_like(following.text)
            if entry and ends:
                node.strand.skip(line, "attachment")
                return
            self.in_attachment_list = False
        if marker is not None and not self._is_wrapped_number(marker, node):
            self.after_foot = False
            self._open(marker, line)
            return
        if self.after_foot and not is_title_like(line.text):
            node.strand.skip(line, "layout")
            return
        self.after_foot = False
        if label_at(line.text) and line.text[0] not in "（(【[":
            node.labels.append(line)
            return
        if node.labels and node.labels[-1].text.endswith(("、", "，", ",")):
            node.labels.append(line)
            return
        complete = not node.recent or node.recent[-1] in TERMINAL + "）)】”"
        if self._is_stray(line, node, complete):
            node.strand.skip(line, "stray_line")
            if remaining > 3 and line.text not in self.ignored:
                self.problems.append(
                    Problem(
                        "stray_line",
                        f"“{line.text}”单独成行，不知属于哪里，已略去。",
                        f"“{node.recent[:20]}”之后" if node.recent else "",
                    )
                )
            return
        if complete and (is_title_like(line.text) or self._is_plain_heading(line)):
            self._open_part(line)
            return
        self._continue(line, node)

    def _is_wrapped_number(self, marker: Marker, node: Node) -> bool:
        """A line that begins with a number only because the line before was broken there."""
        if not node.recent or node.recent[-1] in TERMINAL + "）)】”》":
            return False
        expected = self.last_numbers.get(marker.rank, 0) + 1
        long_before = len(node.lines[-1][0].text) >= 25 if node.lines else False
        return long_before and marker.number not in (1, expected)

    def _is_stray(self, line: Line, node: Node, complete: bool) -> bool:
        text = line.text
        if len(text) > 20 or _ANY_MARK.search(text):
            return text in self.ignored
        if text in self.ignored or self.repeated[text] >= 3:
            return True
        return complete and len(text) <= 20 and node.rank > ROOT and looks_like_unit(text)

    @staticmethod
    def _is_plain_heading(line: Line) -> bool:
        return (
            line.level is not None
            and 4 <= len(line.text) <= 40
            and not _SENTENCE.search(line.text)
            and not line.text.startswith(("（", "("))
        )

    def _open(self, marker: Marker, line: Line) -> None:
        parent = self.current
        while parent.rank >= marker.rank and parent.parent is not None:
            parent = parent.parent
        node = Node(marker.rank, marker, Strand(self.source), parent)
        parent.children.append(node)
        node.append(line, "")
        self.last_numbers[marker.rank] = marker.number
        self.current = node

    def _open_part(self, line: Line) -> None:
        node = Node(PART, None, Strand(self.source), self.root)
        self.root.children.append(node)
        node.append(line, "")
        node.head_end = len(line.text)
        self.current = node

    def _continue(self, line: Line, node: Node) -> None:
        separator = ""
        if node.recent:
            separator = self._separator(node, line)
            if not separator:
                repeated = duplicated_prefix(node.recent, line.text)
                if repeated:
                    piece = line.text[:repeated]
                    line = line.drop_prefix(repeated, "duplicate_fragment")
                    node.issues.append(
                        Issue(
                            "duplicate_fragment",
                            f"换页处重复的“{piece}”已去掉，请对照原件核对。",
                            0.15,
                        )
                    )
        node.append(line, separator)

    def _separator(self, node: Node, line: Line) -> str:
        last = node.recent[-1]
        if node.marks.open_within(1000):
            return ""
        previous = node.lines[-1][0] if node.lines else None
        if (
            previous is not None
            and len(node.lines) == 1
            and node.rank > ROOT
            and _is_heading(previous)
            and line.text[0] not in "（(【["
        ):
            if not node.head_end:
                node.head_end = len(node.strand.origin)
            return "\n"
        if last in TERMINAL:
            return "\n"
        if last in "）)":
            return "" if _SHORT_BRACKET.search(node.recent[-12:]) else "\n"
        if last in "”》】":
            return "\n" if node.recent[-2:-1] in "。！？" else ""
        return ""


def build_outline(source: str, lines: list[Line], ignored: set[str]) -> Outline:
    """Build the tree. ``ignored`` are lines (issuer, unit names of the head) that may recur."""
    split = list(split_inline(lines))
    return _Builder(source, split, ignored).build(split)


def is_list_node(node: Node) -> bool:
    """A sub-point of a sentence list (（1）, ①), not a point of its own."""
    return node.rank >= BRACKETED
