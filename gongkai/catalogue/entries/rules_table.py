"""A sheet of a catalogue as entries: heads found, merged cells undone, every odd row named.

Heads are those of 基层政务公开标准目录 (国办发〔2019〕54号 and the tables made after it): nine columns,
some of them in two rows. Nothing is guessed: what cannot be read is refused with sheet, row, column
and remedy, and the other rows are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gongkai.catalogue.entries.rules_cells import (
    one_line,
    plain,
    read_levels,
    read_tick,
    split_bases,
    split_elements,
    split_units,
    squeeze,
)
from gongkai.catalogue.entries.rules_choices import (
    Doubt,
    RowRefused,
    choose_audience,
    choose_channels,
    choose_method,
)
from gongkai.catalogue.entries.rules_limits import LOCAL, LocalDays, is_ditto, parse_limit
from gongkai.catalogue.entries.rules_rows import LABELS, EntryRow, SheetReading, Trouble
from gongkai.catalogue.entries.workbook import Area, Sheet, column_name

_HEADS: Final = {
    "序号": "number", "编号": "number",
    "公开事项": "item1", "事项": "item1", "事项名称": "item1", "公开事项名称": "item1",
    "一级事项": "item1", "一级公开事项": "item1", "公开事项一级事项": "item1",
    "二级事项": "item2", "二级公开事项": "item2", "公开事项二级事项": "item2",
    "公开内容要素": "elements", "公开内容": "elements", "公开要素": "elements",
    "公开内容及要素": "elements", "公开依据": "bases", "依据": "bases",
    "公开时限": "limit", "时限": "limit", "公开时间": "limit", "公开时限要求": "limit",
    "公开主体": "units", "责任主体": "units", "公开责任主体": "units",
    "公开渠道和载体": "channels", "公开渠道及载体": "channels", "公开渠道": "channels",
    "公开渠道载体": "channels", "公开对象": "audience", "公开方式": "method",
    "公开层级": "level", "条例条款": "article", "对应条例条款": "article",
}  # fmt: skip
_SUBHEADS: Final = {
    "一级事项": ("item1", "item1"), "二级事项": ("item1", "item2"),
    "全社会": ("audience", "audience_all"), "社会": ("audience", "audience_all"),
    "特定群体": ("audience", "audience_group"), "特定群众": ("audience", "audience_group"),
    "特定群体请写明": ("audience", "audience_group"),
    "主动": ("method", "method_active"), "主动公开": ("method", "method_active"),
    "依申请": ("method", "method_request"), "依申请公开": ("method", "method_request"),
}  # fmt: skip
_NEEDED: Final = ("item1", "elements", "bases", "limit", "units")
_MAX_MERGED: Final = 400_000


class _Grid:
    """Cells with merged areas undone: a merged value stands in every row of its first column."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.last_row, self.last_column = sheet.last_row, sheet.last_column
        self._from: dict[tuple[int, int], tuple[int, int]] = {}
        self.wide: dict[tuple[int, int], Area] = {}
        covered = 0
        for area in sheet.areas:
            bottom, right = min(area.bottom, self.last_row), min(area.right, self.last_column)
            covered += max(0, bottom - area.top + 1) * max(0, right - area.left + 1)
            if covered > _MAX_MERGED:
                sheet.cut = sheet.cut or "合并单元格太多，没有全部拆开，请取消整表合并后再导入"
                break
            for row in range(area.top, bottom + 1):
                for column in range(area.left, right + 1):
                    self._from[row, column] = (area.top, area.left)
            if right > area.left:
                self.wide[area.top, area.left] = Area(area.top, area.left, bottom, right)

    def text(self, row: int, column: int, *, across: bool = False) -> str:
        """The cell's text; ``across`` also looks into areas that are merged sideways (heads)."""
        top, left = self._from.get((row, column), (row, column))
        if left != column and not across:
            return ""
        cell = self.sheet.cells.get((top, left))
        return cell.text if cell else ""

    def own(self, row: int, column: int) -> str:
        """The text that stands in this very cell."""
        cell = self.sheet.cells.get((row, column))
        return cell.text if cell else ""

    def formula(self, row: int, column: int) -> bool:
        """Whether a formula made the cell."""
        cell = self.sheet.cells.get(self._from.get((row, column), (row, column)))
        return bool(cell and cell.formula)


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the heads are and which column plays which part; a level column names its levels."""

    first: int
    last: int
    roles: Mapping[int, str]
    levels: Mapping[int, tuple[str, ...]]
    ignored: Mapping[int, str]


def _role(text: str) -> str:
    return _HEADS.get(squeeze(text).removesuffix("请写明"), "")


def _find_head(grid: _Grid, row: int) -> _Head | None:
    """The head that begins in this row, if one does."""
    columns = range(1, grid.last_column + 1)
    tops = {c: _role(grid.own(row, c)) for c in columns}
    if len({role for role in tops.values() if role} - {"number"}) < 4:
        return None
    subs: dict[int, str] = {}
    for c in columns:
        text = squeeze(grid.own(row + 1, c))
        if text in _SUBHEADS or read_levels(grid.own(row + 1, c)):
            subs[c] = grid.own(row + 1, c)
    two_rows = len(subs) >= 2
    roles: dict[int, str] = {}
    levels: dict[int, tuple[str, ...]] = {}
    ignored: dict[int, str] = {}
    for c in columns:
        top = _role(grid.text(row, c, across=True))
        sub = subs.get(c, "") if two_rows else ""
        known = _SUBHEADS.get(squeeze(sub)) if sub else None
        if known and (known[0] == top or not top):
            roles[c] = known[1]
        elif sub and top in ("level", "") and read_levels(sub):
            roles[c], levels[c] = "level", read_levels(sub)
        elif top and grid.own(row, c):
            roles[c] = top
        elif not top and grid.own(row, c).strip():
            ignored[c] = one_line(grid.own(row, c))
    if "item1" not in roles.values() or "elements" not in roles.values():
        return None
    return _Head(row, row + (1 if two_rows else 0), roles, levels, ignored)


def read_sheet(sheet: Sheet, local: LocalDays = LOCAL) -> SheetReading:
    """Everything one sheet says."""
    reading = SheetReading(sheet.name)
    grid = _Grid(sheet)
    head: _Head | None = None
    titles: list[str] = []
    above: dict[str, str] = {}
    seen: dict[tuple[str, str, str], int] = {}
    row = 1
    while row <= grid.last_row:
        found = _find_head(grid, row)
        if found is not None:
            if head is None:
                _heads_told(reading, found)
            head, row = found, found.last + 1
            continue
        if head is None:
            titles += [one_line(grid.own(row, c)) for c in range(1, grid.last_column + 1)]
        elif row in sheet.hidden_rows:
            reading.notes.append(
                Trouble(
                    sheet.name, row, "", "", "这一行是隐藏的，没有读入；需要的请取消隐藏后再导入"
                )
            )
        else:
            _row(reading, grid, head, row, above, seen, local)
        row += 1
    reading.title = next((t for t in titles if len(t) > 3), "")
    if head is None and sheet.cells:
        reading.refused.append(
            Trouble(
                sheet.name, 0, "", "",
                "没有找到表头。表头应有“公开事项、公开内容（要素）、公开依据、公开时限、公开主体”等列，请补上表头",
            )
        )  # fmt: skip
    if sheet.cut:
        reading.refused.append(Trouble(sheet.name, 0, "", "", sheet.cut))
    if sheet.hidden_columns & set(head.roles if head else ()):
        names = "、".join(column_name(c) for c in sorted(sheet.hidden_columns))
        reading.notes.append(
            Trouble(sheet.name, 0, "", "", f"{names} 列是隐藏的，已经一并读入，请核对")
        )
    return reading


def _heads_told(reading: SheetReading, head: _Head) -> None:
    missing = [LABELS[name] for name in _NEEDED if name not in head.roles.values()]
    if missing:
        reading.notes.append(
            Trouble(
                reading.name, head.first, "", "", f"表头缺少“{'”“'.join(missing)}”，相应内容为空"
            )
        )
    for column, text in head.ignored.items():
        reading.notes.append(
            Trouble(
                reading.name, head.first, column_name(column), text, "不是标准目录的列，没有读入"
            )
        )


def _row(
    reading: SheetReading,
    grid: _Grid,
    head: _Head,
    row: int,
    above: dict[str, str],
    seen: dict[tuple[str, str, str], int],
    local: LocalDays,
) -> None:
    own = {c: one_line(grid.own(row, c)) for c in head.roles if grid.own(row, c).strip()}
    texts = {c: plain(grid.text(row, c)) for c in head.roles}
    if not any(texts.values()):
        return
    if _is_remark(grid, head, row, own):
        words = next(iter(own.values()), "")
        if words:
            reading.notes.append(
                Trouble(reading.name, row, "", "", f"“{words[:30]}”不是目录行，没有读入")
            )
        return
    if not own:
        return  # wholly inside areas merged from above
    place = {role: column_name(c) for c, role in reversed(list(head.roles.items()))}
    item = ("", "")
    try:
        entry = _entry(reading.name, row, head, texts, above, place, grid, local)
        item = (entry.item1, entry.item2)
        if entry.key in seen:
            raise RowRefused("item1", f"和第 {seen[entry.key]} 行完全相同，请删去重复的一行")
        seen[entry.key] = row
        reading.rows.append(entry)
    except RowRefused as refused:
        by_role = {role: texts[c] for c, role in head.roles.items()}
        item = (
            one_line(by_role.get("item1", "")) or above.get("item1", ""),
            one_line(by_role.get("item2", "")),
        )
        reading.refused_items.append(item)
        reading.refused.append(
            Trouble(
                reading.name, row, place.get(refused.role, ""), LABELS.get(refused.role, ""),
                refused.message,
            )
        )  # fmt: skip


def _is_remark(grid: _Grid, head: _Head, row: int, own: Mapping[int, str]) -> bool:
    """A line that is no entry: a note, a section title, a sum."""
    if len(own) > 1:
        return False
    column = next(iter(own), 0)
    if column and (row, column) in grid.wide:
        area = grid.wide[row, column]
        return area.right - area.left >= 2
    return (
        bool(own)
        and head.roles[column] in ("number", "item1")
        and not any(
            grid.text(row, c).strip()
            for c, role in head.roles.items()
            if role in ("elements", "limit")
        )
    )


def _entry(
    sheet: str,
    row: int,
    head: _Head,
    texts: Mapping[int, str],
    above: dict[str, str],
    place: Mapping[str, str],
    grid: _Grid,
    local: LocalDays,
) -> EntryRow:
    values: dict[str, str] = {}
    doubts: list[Trouble] = []

    def doubt(role: str, message: str) -> None:
        doubts.append(Trouble(sheet, row, place.get(role, ""), LABELS.get(role, ""), message))

    for column, role in head.roles.items():
        text = texts[column]
        if text and is_ditto(text):
            if role not in above:
                raise RowRefused(role, "写着“同上”，上面却没有内容，请写明")
            text = above[role]
        if grid.formula(row, column) and role != "number":
            doubt(
                role, "是公式，按上次保存的结果读入" if text else "是公式，没有保存结果，按空白读入"
            )
        if role == "level" and column in head.levels:
            continue
        if text or role not in values:
            values[role] = text
    levels = _levels(head, texts, values, above, doubt)
    item1, item2 = one_line(values.get("item1", "")), one_line(values.get("item2", ""))
    if not item1 and above.get("item1") and item2:
        item1 = above["item1"]
        doubt("item1", f"是空的，按上一行的“{item1}”读入")
    if not item1:
        raise RowRefused("item1", "没有写公开事项，请填写")
    elements = split_elements(values.get("elements", ""))
    if not elements:
        raise RowRefused("elements", "没有写公开内容，请列出要素")
    limit_text = (
        one_line(values.get("limit", ""))
        if "\n" not in values.get("limit", "")
        else (values["limit"])
    )
    limit = parse_limit(limit_text, local)
    if not limit.parsed:
        _check_shift(head, texts, limit_text, local)
        doubt(
            "limit",
            f"“{limit_text}”没有读懂，不计算期限，请由主管认定"
            if limit_text
            else "是空的，不计算期限",
        )
    elif limit.vague:
        doubt("limit", f"“{limit_text}”没有写明天数，按本地口径 {limit.n} 个工作日计算")
    bases = split_bases(values.get("bases", ""))
    if not bases:
        doubt("bases", "是空的")
    units = split_units(values.get("units", ""))
    if not units:
        doubt("units", "是空的，导入后请指定单位")
    channels = choose_channels(values, doubt)
    audience, group = choose_audience(head.roles.values(), values, doubt)
    method = choose_method(head.roles.values(), values, doubt)
    if not levels:
        doubt("level", "没有勾选")
    above.update({role: text for role, text in values.items() if text})
    above["item1"] = item1
    return EntryRow(
        sheet, row, one_line(values.get("number", "")), item1[:200], item2[:200], elements, bases,
        limit_text[:300], limit, units, channels.keys, channels.platforms, audience, group, method,
        levels, one_line(values.get("article", ""))[:10], tuple(doubts),
    )  # fmt: skip


def _check_shift(head: _Head, texts: Mapping[int, str], limit_text: str, local: LocalDays) -> None:
    """A limit that stands beside its column means that the row slipped sideways."""
    at = next((c for c, role in head.roles.items() if role == "limit"), 0)
    for other in (at - 1, at + 1):
        text = texts.get(other, "")
        if text and len(text) < 60 and parse_limit(text, local).parsed:
            raise RowRefused(
                "limit",
                f"写的是“{limit_text[:20]}”，而时限“{one_line(text)[:20]}”在 {column_name(other)} 列："
                "这一行可能错开了一列，请对齐后再导入",
            )


def _levels(
    head: _Head,
    texts: Mapping[int, str],
    values: Mapping[str, str],
    above: dict[str, str],
    doubt: Doubt,
) -> tuple[str, ...]:
    found: list[str] = []
    for column, names in head.levels.items():
        text, role = texts[column], f"level:{column}"
        if text and is_ditto(text):
            text = above.get(role, "")
        above[role] = text
        tick = read_tick(text)
        if tick.on:
            # One column for 乡、村 may say in its cells which of the two is meant.
            found += [n for n in read_levels(tick.text) if n in names] or list(names)
            if tick.doubtful:
                doubt("level", "里的符号按已选读入")
    if not head.levels:
        found += read_levels(values.get("level", ""))
    order = ("city", "county", "town", "village")
    return tuple(sorted(dict.fromkeys(found), key=order.index))
