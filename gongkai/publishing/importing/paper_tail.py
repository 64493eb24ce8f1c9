"""The end of a paper: 附件说明, 署名, 成文日期, 附注, 附件, 版记 (GB/T 9704-2012, 7.3.4 to 7.4)."""

from __future__ import annotations

import re
from typing import Final

from gongkai.publishing.importing import patterns as p
from gongkai.publishing.importing.draft import TITLE_LENGTH, Draft, may_continue
from gongkai.publishing.importing.roles import Line, Role, is_large

_SIGN_LENGTH: Final = 60
_SIGN_LINES: Final = 20
_TOP_LEVEL: Final = 2
_COLOPHON_LINES: Final = 8
_NAME_LENGTH: Final = 200


def read_signature(draft: Draft, start: int) -> int | None:
    """Find 署名 and 成文日期; return the line after them, None when there is no signature.

    A line that is only a date counts when it stands on the right or right below the name of a
    unit; anywhere else it is part of the text.
    """
    for index in range(start, len(draft.lines)):
        line = draft.lines[index]
        if draft.roles[index] is not Role.BODY or len(line.text) > _SIGN_LENGTH:
            continue
        day = p.DATE_LINE.fullmatch(line.text)
        both = None if day else p.UNIT_AND_DATE.fullmatch(line.text)
        if day is not None:
            units = _units_above(draft, index, start)
            if line.right or any(is_unit(draft.lines[place].text) for place in units):
                _close(draft, [*units, index], units, day)
                return index + 1
        elif both is not None and is_unit(both["unit"]):
            last = draft.next_text(index + 1) == len(draft.lines)
            if line.right or last:
                units = _units_above(draft, index, start)
                _close(draft, [*units, index], units, both, both["unit"])
                return index + 1
    return None


def _close(
    draft: Draft, places: list[int], units: list[int], day: re.Match[str], beside: str = ""
) -> None:
    for place in places:
        draft.roles[place] = Role.SIGN
    found = p.read_day(day)
    if found is None:
        draft.warnings.append(f"落款日期“{day[0]}”不是有效的日期，成文日期没有填写，请核对原文。")
    else:
        draft.formed_on = found
    texts = [draft.lines[place].text for place in units]
    names = [name for text in (*texts, beside) for name in _names(text) if is_unit(name)]
    if names:
        draft.issuer = "、".join(names)


def _units_above(draft: Draft, index: int, start: int) -> list[int]:
    units: list[int] = []
    for place in range(index - 1, start - 1, -1):
        if not draft.lines[place].text:
            continue
        if draft.roles[place] is not Role.BODY or not _sign_like(draft.lines[place]):
            break
        units.insert(0, place)
        if len(units) >= _SIGN_LINES:
            break
    return units


def _sign_like(line: Line) -> bool:
    text = line.text
    if len(text) > _SIGN_LENGTH or p.has_sentence(text) or "：" in text or ":" in text:
        return False
    if p.mark_of(text) is not None or p.ANNEX_MARK.fullmatch(text) or line.listed:
        return False
    return line.right or (is_unit(text) and line.outline is None)


def is_unit(text: str) -> bool:
    """Whether a text is worded as the name of an organ."""
    return len(text) >= 3 and p.UNIT_NAME.fullmatch(text) is not None


def _names(text: str) -> list[str]:
    """Units on one line: parted by blanks, or by the place name that each begins with."""
    pieces = text.split()
    if len(pieces) > 1 and not all(len(piece) > 3 and is_unit(piece) for piece in pieces):
        pieces = [p.squeeze(text)]
    names: list[str] = []
    for piece in pieces:
        place = re.escape(piece[:3])
        names.extend(re.split(rf"(?<=[局厅委部会院署处府室心])(?={place})", piece))
    return names


def read_attached(draft: Draft, start: int) -> None:
    """附件说明: the names of the attachments, one or several to a line, under the text."""
    index = start
    while index < len(draft.lines):
        text = draft.lines[index].text
        found = p.ATTACHED.fullmatch(text) if draft.roles[index] is Role.BODY else None
        index += 1
        if found is None or len(text) > 2 * _NAME_LENGTH:
            continue
        draft.roles[index - 1] = Role.ATTACHED
        names = [name for name in p.ATTACHED_NEXT.split(found["rest"]) if name.strip()]
        while index < len(draft.lines):
            item = p.ATTACHED_ITEM.fullmatch(draft.lines[index].text)
            if item is None or draft.roles[index] is not Role.BODY or len(item[0]) > _NAME_LENGTH:
                break
            draft.roles[index] = Role.ATTACHED
            names.append(item["name"])
            index += 1
        draft.attachments.extend(p.squeeze(name.rstrip("。；; \u3000")) for name in names)


def read_annexes(draft: Draft, start: int) -> None:
    """Annexes in the same file: 附件1 and a title of their own, which becomes a heading."""
    index = start
    while index < len(draft.lines):
        line = draft.lines[index]
        if draft.roles[index] is not Role.BODY:
            index += 1
            continue
        marked = p.ANNEX_MARK.fullmatch(line.text) is not None and not line.centred
        title = draft.next_text(index + 1) if marked else index
        block: list[int] = []
        if title < len(draft.lines) and _is_inner_title(draft, title, marked):
            block = draft.title_block(title)
            if marked:
                draft.roles[index] = Role.PLAIN
        elif marked:
            block = [index]
        for place in block:
            draft.roles[place] = Role.HEADING
            draft.levels[place] = _TOP_LEVEL
        if block:
            draft.inner_titles.append(block)
            index = block[-1]
        index += 1


def _is_inner_title(draft: Draft, index: int, marked: bool) -> bool:
    line = draft.lines[index]
    if draft.roles[index] is not Role.BODY or not line.centred or len(line.text) > TITLE_LENGTH:
        return False
    if not may_continue(line.text):
        return False
    if marked:
        return True
    block = draft.title_block(index)
    words = p.join_title([draft.lines[place].text for place in block])
    return is_large(line, draft.body) and p.TITLE_WORD.fullmatch(words) is not None


def read_colophon(draft: Draft, start: int) -> None:
    """附注 stays and is checked against publication; 版记 is for the printed paper and goes."""
    last = max((i for i, line in enumerate(draft.lines) if not line.blank), default=0)
    dropped = False
    for index in range(start, len(draft.lines)):
        line, role = draft.lines[index], draft.roles[index]
        if role not in (Role.BODY, Role.TABLE):
            continue
        rows = [row.strip() for row in line.text.splitlines() if row.strip()]
        if index >= last - _COLOPHON_LINES and rows and all(map(p.COLOPHON.fullmatch, rows)):
            draft.roles[index] = Role.COLOPHON
            dropped = True
        elif p.CLOSING_NOTE.fullmatch(line.text):
            draft.roles[index] = Role.PLAIN
        else:
            continue
        if p.NOT_PUBLIC.search(line.text):
            words = line.text.strip("（）()")
            draft.warnings.append(f"原文注明“{words}”，请核对本件能否主动公开。")
    if dropped:
        draft.warnings.append("版记（抄送、印发机关和印发日期等）没有导入，网页上不显示版记。")
