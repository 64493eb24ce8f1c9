"""Reading a whole official paper: what each paragraph is, and the facts the paper states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gongkai.publishing.importing import patterns as p
from gongkai.publishing.importing.draft import TITLE_LENGTH, Draft
from gongkai.publishing.importing.paper_head import read_head
from gongkai.publishing.importing.paper_tail import (
    read_annexes,
    read_attached,
    read_colophon,
    read_signature,
)
from gongkai.publishing.importing.roles import (
    Line,
    Role,
    heading_weight,
    lead_length,
    look_of,
    stands_out,
)

_TOP_LEVEL: Final = 2
_LOWEST_LEVEL: Final = 4
_SIGN_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class Part:
    """What one line is: its role, its heading level (2 to 4), how many characters lead it."""

    role: Role
    level: int = 0
    lead: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """An official paper taken apart.

    ``parts`` matches the lines one to one; ``inner_titles`` are the lines of each annex title,
    which belong together as one heading.
    """

    parts: tuple[Part, ...]
    title: str | None
    doc_no: str | None
    issuer: str | None
    formed_on: date | None
    addressees: str | None
    attachments: tuple[str, ...]
    warnings: tuple[str, ...]
    inner_titles: tuple[tuple[int, ...], ...]


def read_paper(lines: Sequence[Line]) -> Paper:
    """Find the parts of a paper. Never fails: what is not recognised is body text."""
    draft = Draft(lines)
    _read_contents(draft)
    start = read_head(draft)
    end = read_signature(draft, start)
    read_attached(draft, start)
    read_colophon(draft, start if end is None else end)
    read_annexes(draft, start if end is None else end)
    _read_headings(draft, start)
    _read_rest(draft)
    _check_year(draft)
    return Paper(
        parts=tuple(map(Part, draft.roles, draft.levels, draft.leads)),
        title=draft.title,
        doc_no=draft.doc_no,
        issuer=draft.issuer or draft.head_issuer,
        formed_on=draft.formed_on,
        addressees=draft.addressees,
        attachments=tuple(draft.attachments),
        warnings=tuple(draft.warnings),
        inner_titles=tuple(map(tuple, draft.inner_titles)),
    )


def _read_contents(draft: Draft) -> None:
    """A table of contents, by Word's style or typed with dots and page numbers."""
    seen = False
    for index, line in enumerate(draft.lines):
        head = p.CONTENTS_HEAD.fullmatch(line.text) is not None
        following = draft.next_text(index + 1)
        listed = following < len(draft.lines) and _is_entry(draft.lines[following], typed=True)
        if _is_entry(line, typed=seen) or (head and listed):
            draft.roles[index] = Role.CONTENTS
            seen = True
        elif not line.blank:
            seen = False
    if Role.CONTENTS in draft.roles:
        draft.warnings.append("文档目录没有导入，页面会按各级标题自动生成目录。")


def _is_entry(line: Line, *, typed: bool) -> bool:
    if line.style.startswith(("toc ", "目录 ")):
        return True
    return (
        typed
        and len(line.text) <= 2 * TITLE_LENGTH
        and p.CONTENTS_LINE.fullmatch(line.text) is not None
    )


def _read_headings(draft: Draft, start: int) -> None:
    """Headings and their levels: the kinds in use, from the widest down, without gaps."""
    bounds = [start, *(block[-1] + 1 for block in draft.inner_titles), len(draft.lines)]
    for number in range(len(bounds) - 1):
        weights: dict[int, float] = {}
        for index in range(bounds[number], bounds[number + 1]):
            if draft.roles[index] is Role.BODY:
                weight = heading_weight(index, draft.lines, draft.body)
                if weight is not None:
                    weights[index] = weight
        order = sorted(set(weights.values()))
        base = _TOP_LEVEL + int(number > 0)
        for index, weight in weights.items():
            draft.roles[index] = Role.HEADING
            draft.levels[index] = min(base + order.index(weight), _LOWEST_LEVEL)


def _read_rest(draft: Draft) -> None:
    """Opening words set off in a paragraph; lines on the right or in the middle."""
    for index, line in enumerate(draft.lines):
        if draft.roles[index] is not Role.BODY:
            continue
        found = p.mark_of(line.text)
        if found is not None and found[0] is p.Mark.ARTICLE:
            draft.leads[index] = found[1]
        elif found is not None:
            draft.leads[index] = lead_length(line, draft.body)
        elif line.right and len(line.text) <= _SIGN_LENGTH:
            draft.roles[index] = Role.SIGN
        elif line.centred and len(line.text) <= TITLE_LENGTH:
            draft.roles[index] = Role.PLAIN
            if stands_out(look_of(line.spans), draft.body):
                draft.leads[index] = len(line.text)


def _check_year(draft: Draft) -> None:
    number = p.read_doc_no(draft.doc_no) if draft.doc_no else None
    if number is None or draft.formed_on is None or number.year_fits(draft.formed_on):
        return
    draft.warnings.append(
        f"发文字号“{draft.doc_no}”的年份与成文日期 {draft.formed_on:%Y-%m-%d} "
        "相差超过一年，请核对。"
    )
