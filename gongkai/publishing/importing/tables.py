"""Making pasted and imported tables regular: spans that fit, heading rows, captions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gongkai.publishing.importing.blocks import HEADINGS, Block, Cell, Table
from gongkai.publishing.importing.inline import BLANK, Piece, all_marked, plain, without

MAX_SPAN: Final = 100
_ORDINAL: Final = (
    r"[0-9０-９一二三四五六七八九十]+(?:[-－—–.．][0-9０-９]+)*"
    r"(?:[ \u3000：:．.、]|$|(?=[\u4e00-\u9fff《“（]))"
)
_CAPTION: Final = re.compile(rf"表[ \u3000]?(?:[A-Z]|附)?{_ORDINAL}")
_FIGURE: Final = re.compile(rf"图[ \u3000]?{_ORDINAL}")
_UNIT: Final = re.compile(r"[（(]?(?:计量|金额)?单位[:：].{1,16}")
_FIRST_HEADS: Final = frozenset(
    [
        "序号",
        "编号",
        "项目",
        "名称",
        "类别",
        "类型",
        "单位",
        "指标",
        "地区",
        "事项",
        "区县",
        "年份",
        "年度",
        "月份",
        "时间",
        "日期",
        "科目",
        "科目编码",
        "科目名称",
        "内容",
        "部门",
        "等级",
        "级别",
        "行业",
        "姓名",
        "企业名称",
        "单位名称",
        "项目名称",
        "事项名称",
        "指标名称",
        "责任单位",
        "牵头单位",
        "任务",
        "工作任务",
        "村名",
        "户主",
        "补贴项目",
        "申请人",
    ]
)
_NUMBER: Final = re.compile(
    r"[-+－—–]?[¥￥]?[0-9０-９][0-9０-９,，.．]*[%％‰元万亿项个家户人次]*|[-—–/／]"
)
_SENTENCE: Final = re.compile(r"[。；！？，]")
_HEAD_LENGTH: Final = 16
_CAPTION_LENGTH: Final = 60


def regular(rows: list[list[Cell]], *, thead: int, caption: list[Piece]) -> Table | None:
    """A table whose spans fit its grid and whose heading rows are known; None when empty.

    ``thead`` is the number of leading rows the source itself marked as headings.
    """
    rows = _fit_spans(rows)
    if not rows:
        return None
    head = min(thead, len(rows))
    if not head and len(rows) > 1 and (_all_heads(rows[0]) or _obvious(rows)):
        head = 1
    index = 0
    while index < head:
        head = max([head, *(index + cell.rowspan for cell in rows[index])])
        index += 1
    if head >= len(rows):
        head = 0
        if len(rows) == 1 or thead:
            for row in rows:
                for cell in row:
                    cell.is_head = False
    for row in rows[:head]:
        for cell in row:
            cell.is_head = True
            if all_marked(cell.pieces, "strong"):
                cell.pieces = without(cell.pieces, "strong")
    return Table(rows, head, caption)


def _fit_spans(rows: list[list[Cell]]) -> list[list[Cell]]:
    for index, row in enumerate(rows):
        for cell in row:
            cell.colspan = min(max(cell.colspan, 1), MAX_SPAN)
            left = len(rows) - index
            cell.rowspan = left if cell.rowspan == 0 else min(max(cell.rowspan, 1), left)
    # A row that owns no cell only lengthens the spans above it.
    for index in range(len(rows) - 1, -1, -1):
        if rows[index]:
            continue
        for above in range(index):
            for cell in rows[above]:
                if above + cell.rowspan > index:
                    cell.rowspan -= 1
        del rows[index]
    return rows


def _all_heads(row: Sequence[Cell]) -> bool:
    return bool(row) and all(cell.is_head for cell in row)


def _obvious(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first row reads as column headings: short names over other content."""
    first = rows[0]
    if len(first) < 2 or any(cell.rowspan >= len(rows) for cell in first):
        return False
    names = [_words(cell) for cell in first]
    if not all(names) or any(
        len(name) > _HEAD_LENGTH or _NUMBER.fullmatch(name) or _SENTENCE.search(name)
        for name in names
    ):
        return False
    if all(all_marked(cell.pieces, "strong") for cell in first):
        return not all(all_marked(cell.pieces, "strong") for cell in rows[1])
    if len(set(names)) != len(names):
        return False
    if names[0] in _FIRST_HEADS and len(first) > 2:
        return True
    return len(rows) > 2 and _numeric_column(rows, len(first))


def _numeric_column(rows: Sequence[Sequence[Cell]], width: int) -> bool:
    body = rows[1:]
    if any(len(row) != width for row in body):
        return False
    return any(
        all(_NUMBER.fullmatch(_words(row[column])) for row in body) for column in range(width)
    )


def _words(cell: Cell) -> str:
    return re.sub(r"\s+", "", plain(cell.pieces)).strip(BLANK)


def is_number(text: str) -> bool:
    """Whether a cell holds a figure (or a dash standing for none)."""
    return bool(_NUMBER.fullmatch(re.sub(r"\s+", "", text)))


def attach_captions(blocks: list[Block]) -> list[Block]:
    """Move a 表N line into the table below it and a 图N line into the figure above it.

    A line 单位：… between the caption and the table joins the caption.
    """
    result: list[Block] = []
    for block in blocks:
        if block.table is not None and not block.table.caption:
            unit: Block | None = None
            if result and _is_line(result[-1], _UNIT, whole=True):
                unit = result.pop()
            if result and _is_line(result[-1], _CAPTION):
                caption = result.pop().pieces
                if all_marked(caption, "strong"):
                    caption = without(caption, "strong")
                if unit is not None:
                    words = unit.text().strip("（）()")
                    caption = [*caption, Piece(f"（{words}）")]
                block.table.caption = caption
            elif unit is not None:
                result.append(unit)
        elif (
            result
            and result[-1].tag == "figure"
            and not result[-1].pieces
            and _is_line(block, _FIGURE)
        ):
            result[-1].pieces = block.pieces
            continue
        result.append(block)
    return result


def _is_line(block: Block, pattern: re.Pattern[str], *, whole: bool = False) -> bool:
    if block.tag not in ("p", *HEADINGS) or any(x.picture or x.is_break for x in block.pieces):
        return False
    text = block.text()
    if len(text) > _CAPTION_LENGTH or text.endswith(("。", "；", "：", ":")):
        return False
    return bool(pattern.fullmatch(text) if whole else pattern.match(text))
