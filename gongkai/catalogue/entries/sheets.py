"""A catalogue as an .xlsx file, in and out, with the same nine columns."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from gongkai.catalogue.entries.fields import STATUTORY, fields, known_names, local_days
from gongkai.catalogue.entries.rules_cells import CHANNELS, Basis, join_bases, join_elements
from gongkai.catalogue.entries.rules_limits import from_json
from gongkai.catalogue.entries.rules_rows import EntryRow, SheetReading, Trouble, field_of
from gongkai.catalogue.entries.rules_table import read_sheet
from gongkai.catalogue.entries.workbook import WorkbookError, column_name, read_workbook

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(slots=True)
class FieldReading:
    """One sheet and the catalogue it belongs to: a field's key, or ``statutory``."""

    field: str
    sheet: SheetReading


@dataclass(slots=True)
class FileReading:
    """What a whole file gave. ``refused`` also holds what concerns no single sheet."""

    sheets: list[FieldReading]
    refused: list[Trouble]
    notes: list[Trouble]

    @property
    def rows(self) -> int:
        """How many entries were understood."""
        return sum(len(s.sheet.rows) for s in self.sheets)


def read_file(data: bytes, filename: str = "", *, only: str = "") -> FileReading:
    """Read every visible sheet; hidden ones are named, never read silently.

    ``only`` is the key of the field (or ``statutory``) that a file with one sheet belongs to when
    its names do not tell. Raises WorkbookError when the file as a whole cannot be read.
    """
    reading = FileReading([], [], [])
    workbook = read_workbook(data, filename)
    visible = [s for s in workbook if not s.hidden and s.cells]
    for sheet in workbook:
        if sheet.hidden:
            reading.notes.append(
                Trouble(sheet.name, 0, "", "", "是隐藏的，没有读入；需要的请取消隐藏后再导入")
            )
    if not visible:
        raise WorkbookError(
            "文件里没有可以读的工作表。请核对是不是选错了文件，或者取消隐藏工作表。"
        )
    used: dict[str, str] = {}
    for sheet in visible:
        result = read_sheet(sheet, local_days())
        key = only if only and len(visible) == 1 else ""
        key = key or field_of(sheet.name, result.title or filename, known_names())
        reading.notes += result.notes
        if not key:
            reading.refused.append(
                Trouble(
                    sheet.name, 0, "", "",
                    "看不出属于哪个领域，没有读入。请把工作表名改成领域名称（例如“义务教育”）后再导入",
                )
            )  # fmt: skip
            continue
        if key in used:
            reading.refused.append(
                Trouble(
                    sheet.name, 0, "", "",
                    f"和工作表“{used[key]}”是同一个领域，没有读入。请合并成一个工作表",
                )
            )  # fmt: skip
            continue
        used[key] = sheet.name
        reading.refused += result.refused
        if result.rows:
            reading.sheets.append(FieldReading(key, result))
    return reading


# --- stored form --------------------------------------------------------------------------------


def row_to_json(row: EntryRow) -> dict[str, Any]:
    """One understood row as plain values."""
    return {**asdict(row), "limit": row.limit.to_json()}


def row_from_json(stored: Mapping[str, Any]) -> EntryRow:
    """The row that :func:`row_to_json` stored."""
    values = dict(stored)
    values["bases"] = tuple(Basis(**b) for b in values["bases"])
    values["limit"] = from_json(values["limit"])
    values["doubts"] = tuple(Trouble(**d) for d in values["doubts"])
    for name in ("elements", "units", "channels", "platforms", "levels"):
        values[name] = tuple(values[name])
    return EntryRow(**values)


def to_json(reading: FileReading) -> dict[str, Any]:
    """The reading as plain values, for keeping and for the command."""
    return {
        "sheets": [
            {
                "field": s.field,
                "name": s.sheet.name,
                "title": s.sheet.title,
                "rows": [row_to_json(r) for r in s.sheet.rows],
                "refused_items": [list(i) for i in s.sheet.refused_items],
            }
            for s in reading.sheets
        ],
        "refused": [{**asdict(t), "where": t.where} for t in reading.refused],
        "notes": [{**asdict(t), "where": t.where} for t in reading.notes],
    }


# --- out ----------------------------------------------------------------------------------------

_LEVEL_HEADS: Final = (("city", "市级"), ("county", "县级"), ("town", "乡级"), ("village", "村级"))
_WIDTHS: Final = (6, 14, 18, 34, 38, 22, 18, 30, 8, 16, 8, 8, 8, 8, 8, 8, 10)
_LINE: Final = Side(style="thin", color="FF999999")


@dataclass(frozen=True, slots=True)
class ExportSheet:
    """One catalogue for the file: its field, its title and its rows."""

    field: str
    title: str
    rows: Sequence[EntryRow]


def channel_text(keys: Iterable[str], platforms: Iterable[str]) -> str:
    """The channels as a cell with marks, as official tables have them."""
    chosen = set(keys)
    others = "、".join(platforms)
    parts = []
    for key, names in CHANNELS.items():
        if key == "other":
            continue
        parts.append(f"{'■' if key in chosen else '□'}{names[0]}")
    lines = [*parts]
    lines += [f"■{name}" for name in platforms] if others else []
    lines.append(f"{'■' if 'other' in chosen else '□'}其他")
    return "\n".join(lines)


def write_file(sheets: Sequence[ExportSheet]) -> bytes:
    """The .xlsx of these catalogues, one sheet each, heads in two rows; :func:`read_file` reads it
    back to the same rows."""
    book = Workbook()
    book.remove(book.active)
    for exported in sheets:
        name = (
            "法定主动公开内容"
            if exported.field == STATUTORY
            else fields()[exported.field].name
            if exported.field in fields()
            else exported.field
        )
        _sheet(book.create_sheet(name[:31]), exported)
    if not sheets:
        book.create_sheet("空目录")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(sheet: Worksheet, exported: ExportSheet) -> None:
    statutory = exported.field == STATUTORY
    heads = [
        ("序号", ""), ("公开事项", "一级事项"), ("", "二级事项"), ("公开内容（要素）", ""),
        ("公开依据", ""), ("公开时限", ""), ("公开主体", ""), ("公开渠道和载体", ""),
        ("公开对象", "全社会"), ("", "特定群体"), ("公开方式", "主动"), ("", "依申请公开"),
        ("公开层级", "市级"), ("", "县级"), ("", "乡级"), ("", "村级"),
        *([("条例条款", "")] if statutory else []),
    ]  # fmt: skip
    sheet.append([exported.title])
    sheet.append([top for top, _ in heads])
    sheet.append([sub for _, sub in heads])
    for column, (top, sub) in enumerate(heads, 1):
        if top and not sub:
            sheet.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)
    for first, last in ((2, 3), (9, 10), (11, 12), (13, 16)):
        sheet.merge_cells(start_row=2, end_row=2, start_column=first, end_column=last)
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(heads))
    for row in exported.rows:
        tick = "√"
        sheet.append(
            [
                row.number, row.item1, row.item2, join_elements(row.elements),
                join_bases(row.bases), row.limit_text, "、".join(row.units),
                channel_text(row.channels, row.platforms),
                tick if row.audience in ("all", "both") else "",
                row.group if row.audience in ("group", "both") else "",
                tick if row.method == "active" else "", tick if row.method == "request" else "",
                *(tick if key in row.levels else "" for key, _ in _LEVEL_HEADS),
                *([row.article] if statutory else []),
            ]
        )  # fmt: skip
    _dress(sheet, len(heads))


def _dress(sheet: Worksheet, columns: int) -> None:
    edge = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
    for row in sheet.iter_rows(min_row=2, max_col=columns):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            cell.border = edge
            # A text that begins with = is a text all the same.
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for row in sheet.iter_rows(min_row=1, max_row=3, max_col=columns):
        for cell in row:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
            cell.fill = PatternFill("solid", fgColor="FFF0F2F5")
    for position, width in enumerate(_WIDTHS[:columns], 1):
        sheet.column_dimensions[column_name(position)].width = width
    sheet.freeze_panes = "B4"
