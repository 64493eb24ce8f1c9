"""The front of a paper: 版头, title, 发文字号, 主送机关 (GB/T 9704-2012, 7.2 to 7.3.2)."""

from __future__ import annotations

from typing import Final

from gongkai.publishing.importing import patterns as p
from gongkai.publishing.importing.draft import TITLE_LENGTH, Draft
from gongkai.publishing.importing.roles import Line, Role, is_large

_HEAD_LINES: Final = 25
_NOTE_LENGTH: Final = 800
_NAME_LENGTH: Final = 60
_TITLE_STYLES: Final = ("title", "标题", "正文标题", "公文标题", "大标题")


def read_head(draft: Draft) -> int:
    """Read everything above the text; return the line where the text begins."""
    first = _find_title(draft)
    if first is None:
        draft.warnings.append("没有识别出标题，请手工填写标题。")
        return _below(draft, 0)
    order = ""
    for index in range(first):
        order = _head_line(draft, index, order)
    block = draft.title_block(first)
    for index in block:
        draft.roles[index] = Role.TITLE
    draft.title = p.join_title([draft.lines[index].text for index in block])
    return _below(draft, block[-1] + 1)


def _head_line(draft: Draft, index: int, order: str) -> str:
    line = draft.lines[index]
    if line.blank:
        return order
    if p.ANNEX_MARK.fullmatch(line.text):
        draft.roles[index] = Role.PLAIN
        return order
    for row in line.text.splitlines():
        order = _head_text(draft, row.strip(), order)
    draft.roles[index] = Role.HEAD
    return order


def _head_text(draft: Draft, text: str, order: str) -> str:
    """One line of 版头; returns the name of the order (…令) whose number may follow below."""
    packed = p.squeeze(text)
    if p.SECRECY.fullmatch(packed):
        draft.warnings.append(
            f"文件首页标有“{packed}”。涉密或者内部文件不得公开，请立即停止并向保密员核实。"
        )
    elif order and p.ORDER_NUMBER.fullmatch(packed):
        set_number(draft, order + packed)
    elif p.ORDER_MARK.fullmatch(packed):
        draft.head_issuer = packed.removesuffix("令")
        return packed
    elif p.ORG_MARK.fullmatch(packed):
        draft.head_issuer = packed.removesuffix("文件")
    elif not set_number(draft, p.SIGNER.sub("", text)) and p.UNIT_NAME.fullmatch(packed):
        draft.head_issuer = draft.head_issuer or packed
    return order


def set_number(draft: Draft, text: str) -> bool:
    """Take a line as 发文字号 if it is one; the first found counts."""
    number = p.read_doc_no(text)
    if number is None:
        return False
    if draft.doc_no is None:
        draft.doc_no = number.canonical
        if p.squeeze(text) != number.canonical:
            draft.warnings.append(
                f"发文字号“{text}”已按规范写成“{number.canonical}”，请与原件核对。"
            )
    return True


def _is_head_text(line: Line) -> bool:
    packed = p.squeeze(line.text)
    return bool(
        p.read_doc_no(p.SIGNER.sub("", line.text))
        or p.SECRECY.fullmatch(packed)
        or p.HEAD_META.fullmatch(packed)
        or p.ORDER_NUMBER.fullmatch(packed)
        or ((line.centred or line.red) and p.ORG_MARK.fullmatch(packed))
        or (line.centred and p.ORDER_MARK.fullmatch(packed))
        or p.ANNEX_MARK.fullmatch(line.text)
    )


def _find_title(draft: Draft) -> int | None:
    lines = draft.lines
    front = range(min(len(lines), _HEAD_LINES))
    candidates = [i for i in front if not (lines[i].blank or lines[i].is_table)]
    usable = [i for i in candidates if _may_be_title(draft, i)]
    for index in usable:
        if lines[index].style in _TITLE_STYLES:
            return index
    for index in usable:
        line = lines[index]
        if (line.centred or line.outline == 0) and is_large(line, draft.body) and not line.red:
            return index
    centred = [i for i in usable if lines[i].centred]
    plain = [i for i in centred if not lines[i].red and not p.UNIT_NAME.fullmatch(lines[i].text)]
    if plain or centred:
        return (plain or centred)[0]
    # Nothing is centred: the first line, when it is worded or styled as a title.
    first = next((i for i in candidates if not _is_head_text(lines[i])), None)
    if first is None or first not in usable:
        return None
    named = p.TITLE_WORD.fullmatch(p.squeeze(lines[first].text)) is not None
    return first if named or lines[first].outline == 0 else None


def _may_be_title(draft: Draft, index: int) -> bool:
    line = draft.lines[index]
    text = line.text
    if len(text) > TITLE_LENGTH or _is_head_text(line) or line.right or line.listed:
        return False
    if text.endswith(("。", "；", "：", ":", "，")) or p.DATE_LINE.fullmatch(text):
        return False
    if p.CONTENTS_HEAD.fullmatch(text) or p.mark_of(text) is not None:
        return False
    # Running text above means that the title was missed: a centred line below it is none.
    return not any(
        not x.is_table and (len(x.text) > TITLE_LENGTH or x.text.endswith("。"))
        for x in draft.lines[:index]
    )


def _below(draft: Draft, index: int) -> int:
    """发文字号, enacting note, date and 主送机关 between the title and the text."""
    while (index := draft.next_text(index)) < len(draft.lines):
        line = draft.lines[index]
        text = line.text
        if line.is_table:
            return index
        if set_number(draft, text.strip("（）()")):
            draft.roles[index] = Role.HEAD
        elif len(text) < _NOTE_LENGTH and p.ENACTING_NOTE.fullmatch(text):
            draft.roles[index] = Role.NOTE
        elif line.centred and (day := p.DATE_LINE.fullmatch(text)):
            draft.formed_on = p.read_day(day)
            draft.roles[index] = Role.PLAIN
        elif line.centred and p.UNIT_NAME.fullmatch(text) and len(text) <= _NAME_LENGTH:
            draft.issuer = draft.issuer or p.squeeze(text)
            draft.roles[index] = Role.PLAIN
        elif is_addressee(line):
            draft.addressees = text.rstrip("：:")
            draft.roles[index] = Role.ADDRESSEE
            return index + 1
        else:
            return index
        index += 1
    return index


def is_addressee(line: Line) -> bool:
    """Whether the first line of the text names who the paper is sent to (ends with a colon)."""
    return (
        p.ADDRESSEE.fullmatch(line.text) is not None
        and not p.NOT_ADDRESSEE.search(line.text)
        and p.mark_of(line.text) is None
        and not (line.centred or line.right or line.listed)
    )
