"""The cells of an .xlsx workbook with what a person would see: merged areas, hidden parts, formulas.

Reads the XML parts directly (ECMA-376): sizes are checked before anything is unpacked, and a
merged area that claims a million rows costs nothing. Entities, DTDs and the network are never
touched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

import lxml.etree as etree

from gongkai.screening.filetypes import LABELS, MEGABYTE, FileType, sniff
from gongkai.screening.ooxml import Package, PackageError
from gongkai.screening.sheets import shared_strings

MAX_BYTES: Final = 10 * MEGABYTE
MAX_SHEETS: Final = 60
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 80
MAX_CELLS: Final = 600_000

_REFERENCE: Final = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REMEDIES: Final = {
    FileType.XLS: "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再导入。",
    FileType.LOCKED_OFFICE: "请先取消打开密码，再导入。",
    FileType.CSV: "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”后再导入。",
    FileType.ZIP: "请解压后，把里面的 .xlsx 文件逐个导入。",
    FileType.ARCHIVE: "请解压后，把里面的 .xlsx 文件逐个导入。",
    FileType.EMPTY: "请检查原文件后重新选择。",
}


class WorkbookError(Exception):
    """The file cannot be read; ``message`` is a Chinese sentence with the remedy."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, and whether a formula made it."""

    text: str
    formula: bool = False


@dataclass(frozen=True, slots=True)
class Area:
    """A merged area, 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One sheet; ``cells`` by (row, column), 1-based, only those with text."""

    name: str
    hidden: bool = False
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    cut: str = ""
    """Why the sheet was not read to its end, if so."""

    @property
    def last_row(self) -> int:
        """The last row with text; 0 for an empty sheet."""
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        """The last column with text."""
        return max((column for _, column in self.cells), default=0)


def column_name(number: int) -> str:
    """A, B, …, Z, AA: the name of a column as office programs show it."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _column_number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def _place(reference: str) -> tuple[int, int] | None:
    match = _REFERENCE.fullmatch(reference)
    return (int(match[2]), _column_number(match[1])) if match else None


def read_workbook(data: bytes, filename: str = "") -> list[Sheet]:
    """The sheets of a workbook in their order, hidden ones included and marked.

    Raises WorkbookError for everything that is not a readable .xlsx, naming what it is instead and
    what to do.
    """
    if len(data) > MAX_BYTES:
        raise WorkbookError(
            f"文件有 {len(data) / MEGABYTE:.1f}MB，超过 {MAX_BYTES // MEGABYTE}MB 的上限。"
            "请删去图片，或者按领域拆成几个文件。"
        )
    kind = sniff(data, filename)
    if kind is not FileType.XLSX:
        remedy = _REMEDIES.get(kind, "请选择 .xlsx 格式的目录表格。")
        raise WorkbookError(f"内容是{LABELS[kind]}，不能作为目录导入。{remedy}")
    try:
        package = Package(data)
        if package.macro_parts():
            raise WorkbookError("文件带有宏程序。请另存为不带宏的“Excel 工作簿（.xlsx）”后再导入。")
        return list(_sheets(package))
    except PackageError as error:
        raise WorkbookError(
            f"{error.reason}请用 Excel 或 WPS 重新另存为 .xlsx 后再导入。"
        ) from error


def _sheets(package: Package) -> Iterator[Sheet]:
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(package.names):
        raise PackageError("unreadable", "文件缺少工作簿目录，已经损坏。")
    targets = {
        link.get("Id", ""): link.get("Target", "")
        for link in package.xml("xl/_rels/workbook.xml.rels").iter("{*}Relationship")
    }
    listed = list(package.xml("xl/workbook.xml").iter("{*}sheet"))
    if len(listed) > MAX_SHEETS:
        raise WorkbookError(
            f"文件有 {len(listed)} 个工作表，超过 {MAX_SHEETS} 个的上限。请拆成几个文件。"
        )
    strings = shared_strings(package)
    budget = MAX_CELLS
    for entry in listed:
        sheet = Sheet(entry.get("name", ""), entry.get("state", "visible") != "visible")
        target = targets.get(entry.get(_RELATION, ""), "").removeprefix("/")
        part = target if target.startswith("xl/") else f"xl/{target}"
        if part not in package.names or "worksheets/" not in part:
            continue  # a chart sheet holds no table
        budget -= _fill(sheet, package.read(part), strings, budget)
        yield sheet


def _fill(sheet: Sheet, content: bytes, strings: list[str], budget: int) -> int:
    """Read the cells of one sheet; returns how many there were."""
    events = etree.iterparse(
        BytesIO(content), events=("end",), resolve_entities=False, no_network=True,
        load_dtd=False, huge_tree=False,
    )  # fmt: skip
    row = count = 0
    column = 0
    in_order = 0
    try:
        for _, element in events:
            tag = etree.QName(element.tag).localname if isinstance(element.tag, str) else ""
            if tag == "c":
                place = _place(element.get("r", ""))
                row, column = place or (in_order + 1, column + 1)
                text, formula = _cell(element, strings)
                if text or formula:
                    if row > MAX_ROWS or column > MAX_COLUMNS or count >= budget:
                        sheet.cut = _cut(row, column)
                    else:
                        sheet.cells[row, column] = Cell(text, formula)
                        count += 1
                element.clear()
            elif tag == "row":
                number = element.get("r", "")
                in_order = int(number) if number.isdigit() else in_order + 1
                if element.get("hidden") in {"1", "true"}:
                    sheet.hidden_rows.add(in_order)
                column = 0
                element.clear()
            elif tag == "col" and element.get("hidden") in {"1", "true"}:
                first, last = int(element.get("min", "0")), int(element.get("max", "0"))
                sheet.hidden_columns.update(range(first, min(last, MAX_COLUMNS) + 1))
            elif tag == "mergeCell":
                _merge(sheet, element.get("ref", ""))
    except (etree.XMLSyntaxError, ValueError):
        raise PackageError("unreadable", "文件内部有损坏的部分，无法打开检查。") from None
    return count


def _cut(row: int, column: int) -> str:
    if row > MAX_ROWS:
        return f"超过第 {MAX_ROWS} 行的内容没有读入，请拆成几个文件"
    if column > MAX_COLUMNS:
        return f"第 {column_name(MAX_COLUMNS)} 列以后还有内容，没有读入，请核对表格"
    return "内容太多，后面的行没有读入，请拆成几个文件"


def _merge(sheet: Sheet, reference: str) -> None:
    first, _, last = reference.partition(":")
    start, end = _place(first), _place(last)
    if start and end:
        sheet.areas.append(
            Area(*start, min(end[0], MAX_ROWS), min(end[1], MAX_COLUMNS))
        )  # fmt: skip


def _cell(cell: etree._Element, strings: list[str]) -> tuple[str, bool]:
    kind = cell.get("t", "n")
    formula = cell.find("{*}f") is not None
    if kind == "inlineStr":
        return "".join(t.text or "" for t in cell.iter("{*}t")), formula
    raw = next((v.text or "" for v in cell.iter("{*}v")), "")
    if kind == "s":
        return (strings[int(raw)] if raw.isdigit() and int(raw) < len(strings) else ""), formula
    if kind == "b":
        return ("是" if raw == "1" else "否"), formula
    if kind == "n" and re.fullmatch(r"-?[0-9]+\.0+", raw):
        raw = raw.partition(".")[0]
    return raw, formula
