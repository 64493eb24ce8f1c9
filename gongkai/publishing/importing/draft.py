"""The notes taken while a paper is being read: one role for each line, and the facts found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from gongkai.publishing.importing import patterns as p
from gongkai.publishing.importing.roles import Line, Look, Role, body_look, look_of

TITLE_LENGTH: Final = 120
TITLE_LINES: Final = 6


@dataclass(slots=True)
class Draft:
    """A paper under reading. ``roles``, ``levels`` and ``leads`` match the lines one to one."""

    lines: Sequence[Line]
    body: Look = field(init=False)
    roles: list[Role] = field(init=False)
    levels: list[int] = field(init=False)
    leads: list[int] = field(init=False)
    title: str | None = None
    doc_no: str | None = None
    issuer: str | None = None
    head_issuer: str | None = None
    formed_on: date | None = None
    addressees: str | None = None
    attachments: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    inner_titles: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.body = body_look(self.lines)
        self.roles = [
            Role.TABLE if x.is_table else Role.BLANK if x.blank else Role.BODY for x in self.lines
        ]
        self.levels = [0] * len(self.lines)
        self.leads = [0] * len(self.lines)

    def next_text(self, index: int) -> int:
        """The first line from ``index`` on that is not blank; the number of lines when none is."""
        while index < len(self.lines) and self.lines[index].blank:
            index += 1
        return index

    def title_block(self, first: int) -> list[int]:
        """The lines of a title from its first one: printed titles are broken over lines."""
        block = [first]
        start = self.lines[first]
        look = look_of(start.spans)
        for index in range(first + 1, min(first + TITLE_LINES, len(self.lines))):
            line = self.lines[index]
            if line.blank or line.is_table or line.centred != start.centred:
                break
            if p.DRAFT_NOTE.fullmatch(line.text):
                block.append(index)
                break
            other = look_of(line.spans)
            same = other.size == look.size and other.family == look.family
            if not same or line.style != start.style or not may_continue(line.text):
                break
            if not start.centred and not start.style.startswith(("title", "标题")):
                break
            if p.read_doc_no(line.text) or p.UNIT_NAME.fullmatch(line.text):
                break
            block.append(index)
        return block


def may_continue(text: str) -> bool:
    """Whether a centred line can belong to a title."""
    return len(text) <= TITLE_LENGTH and not (
        p.DATE_LINE.fullmatch(text)
        or p.ENACTING_NOTE.fullmatch(text)
        or p.mark_of(text) is not None
        or text.endswith(("。", "：", ":", "；"))
        or text.startswith(("（", "("))
    )
