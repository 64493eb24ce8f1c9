"""Catalogue tables for tests, as offices hand them in."""

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADS = [
    ["序号", "公开事项", "", "公开内容（要素）", "公开依据", "公开时限", "公开主体",
     "公开渠道和载体", "公开对象", "", "公开方式", "", "公开层级", ""],
    ["", "一级事项", "二级事项", "", "", "", "", "", "全社会", "特定群体（请写明）", "主动",
     "依申请公开", "县级", "乡、村级"],
]  # fmt: skip
ROW = [
    "1", "招生管理", "学校招生方案", "1.招生计划；2.报名条件；3.咨询电话",
    "【法律】《中华人民共和国义务教育法》\n【条例】《政府信息公开条例》（国务院令第711号）",
    "信息形成或者变更之日起20个工作日内", "市财政局",
    "■政府网站 □政府公报 ■两微一端 □其他", "√", "", "√", "", "√", "",
]  # fmt: skip


def row(**changes: str) -> list[str]:
    """The usual row with other cells: n, item1, item2, elements, bases, limit, units, channels,
    all, group, active, request, county, town."""
    names = ("n", "item1", "item2", "elements", "bases", "limit", "units", "channels", "all",
             "group", "active", "request", "county", "town")  # fmt: skip
    values = list(ROW)
    for name, value in changes.items():
        values[names.index(name)] = value
    return values


def fill(sheet: Worksheet, rows: Sequence[Sequence[str]], *, title: str = "") -> Worksheet:
    """Write title, heads in two rows with their merged cells, and the rows."""
    if title:
        sheet.append([title])
    top = sheet.max_row + 1 if title else 1
    for head in HEADS:
        sheet.append(head)
    for first, last in (("B", "C"), ("I", "J"), ("K", "L"), ("M", "N")):
        sheet.merge_cells(f"{first}{top}:{last}{top}")
    for column in "ADEFGH":
        sheet.merge_cells(f"{column}{top}:{column}{top + 1}")
    for values in rows:
        sheet.append(list(values))
    return sheet


def table(*rows: Sequence[str], name: str = "义务教育", title: str = "") -> bytes:
    """An .xlsx with one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name
    fill(sheet, rows or [ROW], title=title)
    return save(book)


def save(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
