"""Tables of tasks: find the header, follow merged cells, read every row as a point."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gongkai.core.documents import Cell, Table
from gongkai.ledger.parsing.cleaning import Line, Strand
from gongkai.ledger.parsing.items import Draft, short_title
from gongkai.ledger.parsing.model import Issue, Problem
from gongkai.ledger.parsing.names import UnitRegister
from gongkai.ledger.parsing.numbering import marker_at
from gongkai.ledger.parsing.responsibility import Assignment, parse_assignment

#: Header words by meaning of the column; the first pattern that fits wins.
_HEADERS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("number", re.compile(r"(?:序号|编号|序|No\.?)")),
    (
        "person",
        re.compile(r".*(?:责任领导|分管领导|牵头领导|责任人|联系人|市领导|包联领导|负责人)"),
    ),
    ("lead", re.compile(r"(?:.*牵头.*(?:单位|部门|科室|责任).*|主办单位|主责单位|主责部门|牵头)")),
    ("support", re.compile(r"(?:配合|协办|协同|参与|参加|协助)(?:责任)?(?:单位|部门|科室|处室)?")),
    (
        "responsible",
        re.compile(
            r"(?:.*(?:责任|落实|承办|实施|负责|主管)(?:单位|部门|科室|处室|主体|机构|股室).*|责任分工|分工|单位分工|责任单位及分工)"
        ),
    ),
    (
        "deadline",
        re.compile(
            r".*(?:完成时限|时限要求|完成时间|时间要求|时间节点|时限|进度要求|时间安排|完成期限|时间进度|完成日期|推进时限|期限)"
        ),
    ),
    (
        "text",
        re.compile(
            r"(?:具体|主要|工作|任务|重点|公开|落实|细化|推进)?(?:措施|内容|要求|举措|任务内容|工作内容|任务分解|任务要求|工作措施|工作要求|工作举措|内容及要求|任务措施)(?:及要求|和要求|及目标)?|具体任务|工作目标|任务分解|细化任务|具体工作"
        ),
    ),
    (
        "group",
        re.compile(
            r"(?:工作|重点|目标|主要|公开|年度)?(?:任务|事项|类别|工作|领域|要点|项目|指标|重点工作|工作任务|任务名称|工作要点|工作项目|重点任务)(?:名称|类别)?|一级指标|工作类别"
        ),
    ),
    ("note", re.compile(r"备注|说明")),
)
_UNIT_COLUMNS: Final = ("lead", "responsible", "support")
_CONTENT: Final = ("group", "text")


@dataclass(slots=True)
class TableReading:
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _meaning(cell: Cell) -> str:
    text = re.sub(r"[\s（）()：:]", "", cell.text)
    if not text or len(text) > 16:
        return ""
    return next((name for name, pattern in _HEADERS if pattern.fullmatch(text)), "")


def _header(table: Table) -> tuple[dict[int, str], int]:
    """(meaning of each column, index of the first row of data); empty when there is no header."""
    columns: dict[int, str] = {}
    first_row = 0
    for number, row in enumerate(table.rows[:5]):
        meanings = {i: _meaning(cell) for i, cell in enumerate(row)}
        named = {i: meaning for i, meaning in meanings.items() if meaning}
        distinct = {row[i].origin for i in named}
        if len(distinct) >= 2:
            columns.update(named)
            first_row = number + 1
        elif columns:
            break
    kinds = set(columns.values())
    if not kinds.intersection(_UNIT_COLUMNS) or not kinds.intersection(_CONTENT):
        return {}, 0
    return columns, first_row


CleanCell = Callable[[Cell], Line]


class TableReader:
    """Reads the tables of one document in order; a header carries over a page break."""

    def __init__(self, source: str, clean: CleanCell, register: UnitRegister | None) -> None:
        self.source = source
        self.clean = clean
        self.register = register
        self.result = TableReading()
        self.columns: dict[int, str] = {}
        self.width = 0
        self.section = ""
        self.before: dict[int, str] = {}

    def read(self, table: Table) -> None:
        columns, first = _header(table)
        width = len(table.rows[0]) if table.rows else 0
        if columns:
            self.columns, self.width = columns, width
            self.before = {}
        elif not self.columns or width != self.width:
            self.result.problems.append(
                Problem(
                    "table_ignored",
                    "这个表格没有“任务”和“责任单位”两类列名，没有读入。如是分工表，请补上列名。",
                    (table.rows[0][0].text if table.rows else "")[:20],
                )
            )
            return
        if "person" in columns.values():
            self.result.problems.append(
                Problem("person_column_ignored", "表中的领导和联系人姓名没有读入。", "表格")
            )
        for number, row in enumerate(table.rows[first:], first):
            self._row(table, number, row)

    # -- rows -----------------------------------------------------------------------------------
    def _row(self, table: Table, number: int, row: tuple[Cell, ...]) -> None:
        origins = {cell.origin for cell in row}
        filled = [cell for cell in row if cell.text]
        if not filled:
            return
        first = filled[0]
        lone = len(filled) == 1 and first.origin[1] == 0 and _is_caption(first)
        if len(origins) == 1 or lone:
            if not row[0].repeated or row[0].origin[0] == number:
                self.section = self._heading(filled[0].text)
                self.before = {}
            return
        if all(cell.repeated and cell.origin[0] < number for cell in row):
            return
        if sum(1 for i, cell in enumerate(row) if _meaning(cell) == self.columns.get(i)) >= 3:
            return  # the header again, on the next page
        self._point(table, number, row)

    def _point(self, table: Table, number: int, row: tuple[Cell, ...]) -> None:
        issues: list[Issue] = []
        values: dict[str, str] = {}
        texts: dict[int, Line] = {}
        for index in self.columns:
            cell = row[index] if index < len(row) else None
            if cell is None:
                continue
            line = self.clean(cell)
            texts[index] = line
        units_empty = all(
            not texts[i].text for i, m in self.columns.items() if m in _UNIT_COLUMNS and i in texts
        )
        for index, meaning in self.columns.items():
            if index not in texts:
                continue
            text = texts[index].text
            inherits = meaning == "group" or (meaning in _UNIT_COLUMNS and units_empty)
            if not text and inherits and self.before.get(index):
                text = self.before[index]
                if meaning in _UNIT_COLUMNS:
                    issues.append(
                        Issue(
                            "inherited_cell",
                            f"单位一格是空的，沿用上一行的“{text[:20]}”，请核对。",
                            0.15,
                        )
                    )
            if text:
                self.before[index] = text
            values[meaning] = f"{values[meaning]}\n{text}" if values.get(meaning) else text
        self._emit(table, number, row, texts, values, issues)

    def _emit(
        self,
        table: Table,
        number: int,
        row: tuple[Cell, ...],
        texts: dict[int, Line],
        values: dict[str, str],
        issues: list[Issue],
    ) -> None:
        strand = Strand(self.source)
        spans: dict[int, tuple[int, int]] = {}
        for index, cell in enumerate(row):
            if cell.origin != (number, index) or not cell.text:
                continue
            if strand.origin and cell.start <= strand.origin[-1]:
                continue
            line = texts.get(index) or self.clean(cell)
            if not line.text:
                continue
            strand.append(line, "\t")
            spans[index] = (len(strand.origin) - len(line.text), len(strand.origin))
        body_column = self._body_column(row, number)
        group_index = next((i for i, m in self.columns.items() if m == "group"), None)
        body = values.get("text") or values.get("group") or ""
        if body_column is None or not body or not strand.text:
            return
        section, section_label = self.section, ""
        group_shared = (
            group_index is not None
            and group_index != body_column
            and (
                row[group_index].repeated
                or _spans_below(table, number, group_index)
                or not row[group_index].text
            )
        )
        title = ""
        if group_index is not None and group_index != body_column:
            group = self._heading(values.get("group", ""))
            if group_shared:
                section = group or section
            else:
                title = group
        span = spans.get(body_column)
        marker = marker_at(body)
        bodies = [span] if span else []
        if span and marker:
            bodies = [(span[0] + marker.end, span[1])]
        if not title:
            title, issues = _title_of(body, marker.end if marker else 0, issues)
        assignment = self._assignment(values, issues)
        draft = Draft(
            strand,
            0,
            len(strand.text),
            (marker.label if marker else "") or values.get("number", "").strip(),
            marker.number if marker else _number(values.get("number", "")),
            99,
            title,
            bodies,
            assignment,
            "｜".join(v for k, v in values.items() if k in _UNIT_COLUMNS and v).replace("\n", "、"),
            1,
            [part for part in (self.section, section) if part][:2],
            section,
            section_label,
            issues,
        )
        self.result.drafts.append(draft)

    def _body_column(self, row: tuple[Cell, ...], number: int) -> int | None:
        for wanted in ("text", "group"):
            for index, meaning in self.columns.items():
                if meaning == wanted and index < len(row) and row[index].text:
                    return index
        return None

    @staticmethod
    def _heading(text: str) -> str:
        text = text.replace("\n", "").strip()
        marker = marker_at(text)
        return text[marker.end :].strip(" 。：") if marker else text.strip(" 。：")

    def _assignment(self, values: dict[str, str], issues: list[Issue]) -> Assignment | None:
        whole: Assignment | None = None
        for meaning in _UNIT_COLUMNS:
            text = values.get(meaning, "").strip()
            if not text:
                continue
            part = parse_assignment(text, self.register, default_part=meaning)
            if whole is None:
                whole = part
            else:
                whole.add(part)
        deadline = values.get("deadline", "").replace("\n", "")
        if deadline:
            if whole is None:
                whole = Assignment()
            whole.deadline_texts.append(deadline)
        return whole


def _is_caption(cell: Cell) -> bool:
    marker = marker_at(cell.text.strip())
    return marker is not None and len(cell.text) <= 60 and "。" not in cell.text


def _spans_below(table: Table, number: int, column: int) -> bool:
    if number + 1 >= len(table.rows):
        return False
    below = table.rows[number + 1][column]
    return below.repeated and below.origin == table.rows[number][column].origin


def _number(text: str) -> int | None:
    text = text.strip(" .．、")
    return int(text) if text.isdigit() and len(text) <= 4 else None


def _title_of(body: str, start: int, issues: list[Issue]) -> tuple[str, list[Issue]]:
    text = body[start:].strip(" \n\u3000")
    head = re.split("[。；\n]", text, maxsplit=1)[0]
    if 2 <= len(head) <= 40:
        return head.strip(" ：:"), issues
    return short_title(text), issues
