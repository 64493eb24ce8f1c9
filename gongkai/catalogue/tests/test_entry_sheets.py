"""Catalogue tables as they really look (trap 14): merged and shifted cells, glyphs, 同上, hidden
parts, wrong files. Every refusal names sheet, row, column and remedy; good rows are kept."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gongkai.catalogue.entries.rules_cells import (
    Basis,
    Tick,
    join_bases,
    join_elements,
    marked_parts,
    read_channels,
    read_levels,
    read_tick,
    split_bases,
    split_elements,
    split_units,
)
from gongkai.catalogue.entries.rules_limits import LimitKind, parse_limit
from gongkai.catalogue.entries.rules_rows import EntryRow, field_of
from gongkai.catalogue.entries.sheets import (
    ExportSheet,
    FileReading,
    read_file,
    row_from_json,
    row_to_json,
    to_json,
    write_file,
)
from gongkai.catalogue.entries.workbook import WorkbookError, column_name, read_workbook
from gongkai.catalogue.tests.tables import HEADS, ROW, fill, row, save, table


def read(*rows: list[str], **more: str) -> FileReading:
    return read_file(table(*rows, **more), "目录.xlsx")


def only(reading: FileReading) -> EntryRow:
    assert reading.refused == []
    (sheet,) = reading.sheets
    (entry,) = sheet.sheet.rows
    return entry


def told(reading: FileReading) -> str:
    return "\n".join(f"{t.where} {t.message}" for t in [*reading.refused, *reading.notes])


# --- what a good table gives ----------------------------------------------------------------------


def test_the_nine_columns_are_read() -> None:
    entry = only(read(row()))
    assert (entry.number, entry.item1, entry.item2) == ("1", "招生管理", "学校招生方案")
    assert entry.elements == ("招生计划", "报名条件", "咨询电话")
    assert entry.bases == (
        Basis("法律", "中华人民共和国义务教育法", ""),
        Basis("条例", "政府信息公开条例", "国务院令第711号"),
    )
    assert entry.limit.n == 20
    assert entry.units == ("市财政局",)
    assert entry.channels == ("website", "newmedia")
    assert (entry.audience, entry.method, entry.levels) == ("all", "active", ("county",))
    assert entry.doubts == ()


def test_the_field_comes_from_the_sheet_name_or_the_title() -> None:
    assert read(row()).sheets[0].field == "yiwujiaoyu"
    named = read(row(), name="Sheet1", title="望城区涉农补贴领域基层政务公开标准目录")
    assert named.sheets[0].field == "shenongbutie"
    unknown = read(row(), name="Sheet1")
    assert unknown.sheets == []
    assert "看不出属于哪个领域" in told(unknown) and "Sheet1" in told(unknown)
    assert read_file(table(name="Sheet1"), only="jiuye").sheets[0].field == "jiuye"


def test_the_longest_field_name_wins() -> None:
    fields = [("a", "救助", ()), ("b", "社会救助", ("低保",))]
    assert field_of("社会救助", "", fields) == "b"
    assert field_of("x", "低保领域", fields) == "b"
    assert field_of("x", "y", fields) == ""


def test_vertically_merged_cells_hold_in_every_row() -> None:
    book = Workbook()
    sheet = fill(book.active, [row(), row(n="2", item1="", item2="招生结果", limit="")])  # type: ignore[arg-type]
    sheet.title = "义务教育"
    sheet.merge_cells("B3:B4")
    sheet.merge_cells("F3:F4")
    rows = read_file(save(book)).sheets[0].sheet.rows
    assert [(r.item1, r.item2, r.limit.n) for r in rows] == [
        ("招生管理", "学校招生方案", 20), ("招生管理", "招生结果", 20),
    ]  # fmt: skip


def test_an_item_merged_over_both_columns_has_one_level() -> None:
    book = Workbook()
    sheet = fill(book.active, [row(item1="学校名录", item2="")])  # type: ignore[arg-type]
    sheet.title = "义务教育"
    sheet.merge_cells("B3:C3")
    entry = only(read_file(save(book)))
    assert (entry.item1, entry.item2) == ("学校名录", "")


@pytest.mark.parametrize("word", ["同上", "同 上", "〃"])
def test_ditto_takes_the_cell_above(word: str) -> None:
    rows = read(row(), row(n="2", item2="招生结果", bases=word, limit=word, units=word)).sheets[0]
    first, second = rows.sheet.rows
    assert (second.bases, second.limit, second.units) == (first.bases, first.limit, first.units)


def test_ditto_in_the_first_row_is_refused_by_name() -> None:
    reading = read(row(limit="同上"), row(n="2", item2="其他"))
    assert len(reading.sheets[0].sheet.rows) == 1
    assert "工作表“义务教育”第 3 行 F 列（公开时限） 写着“同上”，上面却没有内容" in told(reading)


def test_repeated_heads_and_remarks_in_the_middle_are_no_entries() -> None:
    reading = read(row(), *HEADS, row(n="2", item2="招生结果"), ["备注：本目录每年更新。"])
    assert [r.item2 for r in reading.sheets[0].sheet.rows] == ["学校招生方案", "招生结果"]
    assert "备注" in told(reading)


def test_a_table_that_starts_some_columns_to_the_right_is_read() -> None:
    shifted = [["", "", *values] for values in (*HEADS, ROW)]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "义务教育"
    sheet.append(["义务教育领域"])
    for values in shifted:
        sheet.append(values)
    sheet.merge_cells("D2:E2")
    assert only(read_file(save(book))).item2 == "学校招生方案"


def test_a_second_head_may_move_the_columns() -> None:
    moved = [["", *h] for h in HEADS]
    reading = read(row(), *moved, ["", *row(n="2", item2="招生结果")])
    assert [r.item2 for r in reading.sheets[0].sheet.rows] == ["学校招生方案", "招生结果"]


def test_several_sheets_are_several_fields_and_one_field_twice_is_refused() -> None:
    book = Workbook()
    fill(book.active, [row()]).title = "义务教育"  # type: ignore[arg-type]
    fill(book.create_sheet("卫生健康"), [row()])
    fill(book.create_sheet("义务教育（2）"), [row()])
    reading = read_file(save(book))
    assert [s.field for s in reading.sheets] == ["yiwujiaoyu", "weishengjiankang"]
    assert "同一个领域" in told(reading)


def test_hidden_sheets_and_rows_are_named_and_not_read() -> None:
    book = Workbook()
    sheet = fill(book.active, [row(), row(n="2", item2="内部事项")])  # type: ignore[arg-type]
    sheet.title = "义务教育"
    sheet.row_dimensions[4].hidden = True
    hidden = fill(book.create_sheet("卫生健康"), [row()])
    hidden.sheet_state = "hidden"
    reading = read_file(save(book))
    assert [r.item2 for s in reading.sheets for r in s.sheet.rows] == ["学校招生方案"]
    assert "工作表“卫生健康” 是隐藏的，没有读入" in told(reading)
    assert "第 4 行 这一行是隐藏的" in told(reading)


def test_a_formula_is_read_by_its_result_and_named() -> None:
    entry = only(read(row(n="=1+1")))
    assert entry.number == ""
    reading = read(row(units='="市"&"财政局"'))
    (entry,) = reading.sheets[0].sheet.rows
    assert any("公式" in d.message and d.label == "公开主体" for d in entry.doubts)


# --- glyphs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["√", "✓", "✔", "☑", "■", "●", "R", "þ", "是"])
def test_every_kind_of_tick_is_a_tick(mark: str) -> None:
    assert read_tick(mark).on
    assert only(read(row(all=mark))).audience == "all"


@pytest.mark.parametrize("mark", ["□", "口", "○", "☐", "×", "否", "/", "—", ""])
def test_empty_boxes_are_no_ticks(mark: str) -> None:
    assert not read_tick(mark).on


def test_letters_of_symbol_fonts_are_read_and_shown_for_checking() -> None:
    assert read_tick("t") == Tick(True, "", True)
    entry = only(read(row(active="t")))
    assert entry.method == "active"
    assert [d.label for d in entry.doubts] == ["公开方式·主动"]


@pytest.mark.parametrize(
    ("text", "keys", "platforms"),
    [
        ("■政府网站 □政府公报 ■两微一端", ("website", "newmedia"), ()),
        ("☑政府网站\n☐政府公报\n☑公开查阅点", ("website", "reading"), ()),
        ("√政府网站□公报√12345热线", ("website", "hotline"), ()),
        ("口政府公报 t政府网站", ("website",), ()),
        ("政府网站、政务服务中心", ("website", "hall"), ()),
        ("政府网站", ("website",), ()),
        ("■发布会/听证会 ■入户/现场", ("briefing", "visit"), ()),
        ("■社区/企事业单位/村公示栏（电子屏）", ("board",), ()),
        (
            "■政府网站 ■其他：投资项目在线审批监管平台",
            ("website", "other"),
            ("投资项目在线审批监管平台",),
        ),
        ("■政府网站 ■信用中国", ("website",), ("信用中国",)),
    ],
)
def test_channels_are_read_with_marks_and_without(
    text: str, keys: tuple[str, ...], platforms: tuple[str, ...]
) -> None:
    found = read_channels(text)
    assert (found.keys, found.platforms) == (keys, platforms)


def test_channels_without_a_single_mark_set_are_refused() -> None:
    reading = read(row(channels="□政府网站 □政府公报"))
    assert "H 列（公开渠道和载体） 所有渠道前面都是空框" in told(reading)


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"active": "√", "request": "√"}, "K 列", "只能选一种"),
        ({"active": "", "request": ""}, "K 列", "没有勾选"),
        ({"all": "", "group": ""}, "I 列", "公开对象没有勾选"),
        ({"all": "", "group": "√"}, "J 列", "没有写明是哪些人"),
        ({"elements": ""}, "D 列", "没有写公开内容"),
        ({"item1": "", "item2": ""}, "B 列", "没有写公开事项"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused_and_the_others_are_kept(
    changes: dict[str, str], column: str, words: str
) -> None:
    reading = read(row(**changes), row(n="2", item1="学校信息", item2="学校名录"))
    assert [r.item2 for r in reading.sheets[0].sheet.rows] == ["学校名录"]
    (trouble,) = reading.refused
    assert trouble.row == 3 and column in trouble.where and words in trouble.message


def test_a_row_that_slipped_by_one_column_is_refused_not_guessed() -> None:
    slipped = row()
    slipped.insert(4, "")
    reading = read(slipped[:14], row(n="2", item2="招生结果"))
    assert [r.item2 for r in reading.sheets[0].sheet.rows] == ["招生结果"]
    assert "错开了一列" in told(reading)


def test_the_same_row_twice_is_refused_once() -> None:
    reading = read(row(), row(n="2"))
    assert len(reading.sheets[0].sheet.rows) == 1
    assert "和第 3 行完全相同" in told(reading)


def test_a_named_group_and_its_limits() -> None:
    entry = only(read(row(all="", group="领取补贴的农户")))
    assert (entry.audience, entry.group) == ("group", "领取补贴的农户")
    both = only(read(row(group="在校学生")))
    assert (both.audience, both.group) == ("both", "在校学生")


def test_single_columns_for_audience_method_and_level_are_read_too() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "就业"
    sheet.append(["序号", "公开事项", "公开内容（要素）", "公开依据", "公开时限", "公开主体",
                  "公开渠道和载体", "公开对象", "公开方式", "公开层级"])  # fmt: skip
    sheet.append(["1", "招聘信息", "岗位；条件", "《就业促进法》", "长期公开", "市财政局",
                  "政府网站", "□全社会 ■特定群体：求职者", "■主动 □依申请", "县级、乡级"])  # fmt: skip
    entry = only(read_file(save(book)))
    assert (entry.item1, entry.item2, entry.elements) == ("招聘信息", "", ("岗位", "条件"))
    assert (entry.audience, entry.group, entry.method) == ("group", "求职者", "active")
    assert entry.levels == ("county", "town")
    assert entry.limit.kind is LimitKind.LASTING


def test_a_limit_that_is_not_understood_is_kept_and_shown() -> None:
    entry = only(read(row(limit="按规定时限")))
    assert not entry.limit.parsed
    assert any("没有读懂" in d.message for d in entry.doubts)


def test_a_table_without_heads_is_refused_with_the_heads_it_needs() -> None:
    book = Workbook()
    book.active.append(["义务教育", "一些文字"])  # type: ignore[union-attr]
    book.active.title = "义务教育"  # type: ignore[union-attr]
    assert "没有找到表头" in told(read_file(save(book)))


# --- wrong files ----------------------------------------------------------------------------------


def _bomb() -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(table())) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, source.read(name))
        target.writestr("xl/media/big.bin", b"0" * (60 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") + b"\0" * 600,
         "另存为“Excel 工作簿（.xlsx）”"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
         "取消打开密码"),
        ("序号,公开事项\n1,招生\n".encode(), "不能作为目录导入"),
        (b"", "空文件"),
        (b"%PDF-1.7 ...", "PDF"),
        (table()[:1500], "不能作为目录导入"),
        (b"PK\x03\x04" + b"\0" * 100, "不能作为目录导入"),
    ],
)  # fmt: skip
def test_other_files_are_refused_with_the_remedy(data: bytes, words: str) -> None:
    with pytest.raises(WorkbookError, match="。") as error:
        read_workbook(data, "目录.xlsx")
    assert words in error.value.message


def test_a_zip_bomb_is_not_unpacked() -> None:
    with pytest.raises(WorkbookError, match="压缩炸弹"):
        read_workbook(_bomb())


def test_too_large_a_file_is_refused_before_it_is_opened() -> None:
    with pytest.raises(WorkbookError, match="10MB 的上限"):
        read_workbook(b"PK\x03\x04" + b"0" * (11 * 1024 * 1024))


def test_a_merged_area_over_the_whole_sheet_costs_nothing() -> None:
    data = table()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name.endswith("sheet1.xml"):
                text = text.replace(b'ref="A1:A2"', b'ref="P4:XFD1048576"')
            target.writestr(name, text)
    assert read_file(out.getvalue()).rows == 1


def test_a_file_with_only_hidden_sheets_is_refused() -> None:
    book = Workbook()
    fill(book.create_sheet("义务教育"), [row()]).sheet_state = "hidden"
    with pytest.raises(WorkbookError, match="取消隐藏"):
        read_file(save(book))


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    for content in (data, b"PK\x03\x04" + data):
        with pytest.raises(WorkbookError):
            read_workbook(content)


# --- cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("1.机构名称;2.开放时间;3.机构地址", ("机构名称", "开放时间", "机构地址")),
        ("1、名称 2、地址", ("名称", "地址")),
        ("（一）依据\n（二）条件", ("依据", "条件")),
        ("①依据②条件", ("依据②条件",)),
        ("① 依据；② 条件", ("依据", "条件")),
        ("依据；条件；程序", ("依据", "条件", "程序")),
        ("依据\n条件", ("依据", "条件")),
        ("补贴标准（每亩 1.5 元）", ("补贴标准（每亩 1.5 元）",)),
        ("1.名称；2.名称", ("名称",)),
        ("", ()),
    ],
)
def test_elements_in_one_cell_become_a_check_list(text: str, elements: tuple[str, ...]) -> None:
    assert split_elements(text) == elements


_words = st.text(
    st.sampled_from("公开内容机构名称办理条件和程序咨询电话补贴标准甲乙丙丁1a"),
    min_size=2,
    max_size=12,
).filter(lambda t: not t[0].isdigit())


@given(st.lists(_words, min_size=1, max_size=8, unique=True))
def test_elements_survive_being_written_and_read(elements: list[str]) -> None:
    assert split_elements(join_elements(elements)) == tuple(elements)


@given(
    st.lists(
        st.builds(
            Basis,
            tag=st.sampled_from(["", "法律", "条例", "规章"]),
            title=st.text(
                st.sampled_from("中华人民共和国行政许可法条例办法规定"), min_size=3, max_size=14
            ),
            doc_no=st.sampled_from(["", "国办发〔2019〕54号", "国务院令第711号"]),
        ),
        max_size=5,
        unique=True,
    )
)
def test_bases_survive_being_written_and_read(bases: list[Basis]) -> None:
    # A tag stands for what follows it, so an untagged basis comes before the tagged ones.
    ordered = sorted(bases, key=lambda b: b.tag)
    assert split_bases(join_bases(ordered)) == tuple(ordered)


def test_levels_units_and_marks() -> None:
    assert read_levels("乡、村级") == ("town", "village")
    assert read_levels("■县级 □乡级") == ("county",)
    assert split_units("市财政局、市农业农村局\n市财政局") == ("市财政局", "市农业农村局")
    assert marked_parts("政府网站和公报") == []
    assert [column_name(n) for n in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]


# --- out and back in ------------------------------------------------------------------------------

_rows = st.builds(
    EntryRow,
    sheet=st.just("义务教育"),
    row=st.just(0),
    number=st.integers(1, 99).map(str),
    item1=_words,
    item2=st.one_of(st.just(""), _words),
    elements=st.lists(_words, min_size=1, max_size=5, unique=True).map(tuple),
    bases=st.just((Basis("条例", "政府信息公开条例", "国务院令第711号"),)),
    limit_text=st.sampled_from(["20个工作日", "长期公开", "每季度", "及时公开", "另行通知"]),
    limit=st.none(),
    units=st.lists(st.sampled_from(["市财政局", "市教育局", "相关部门"]), min_size=1, unique=True).map(tuple),
    channels=st.lists(st.sampled_from(["website", "board", "hall"]), min_size=1, unique=True).map(
        lambda keys: tuple(k for k in ("website", "hall", "board") if k in keys)
    ),
    platforms=st.sampled_from([(), ("信用中国",)]),
    audience=st.sampled_from(["all", "group", "both"]),
    group=st.just("在校学生"),
    method=st.sampled_from(["active", "request"]),
    levels=st.sampled_from([("county",), ("county", "town"), ("city", "village")]),
)  # fmt: skip


def _settled(entry: EntryRow) -> EntryRow:
    from dataclasses import replace

    return replace(
        entry,
        limit=parse_limit(entry.limit_text),
        group=entry.group if entry.audience != "all" else "",
    )


def _essence(entry: EntryRow) -> dict[str, object]:
    stored = row_to_json(entry)
    return {k: v for k, v in stored.items() if k not in ("row", "doubts", "sheet")}


@settings(max_examples=25, deadline=None)
@given(st.lists(_rows.map(_settled), min_size=1, max_size=5, unique_by=lambda r: r.key))
def test_what_is_exported_is_read_back_the_same(rows: list[EntryRow]) -> None:
    data = write_file([ExportSheet("yiwujiaoyu", "望城区义务教育领域目录", rows)])
    reading = read_file(data)
    assert reading.refused == []
    assert [_essence(r) for r in reading.sheets[0].sheet.rows] == [_essence(r) for r in rows]


def test_what_was_understood_survives_storage() -> None:
    entry = only(read(row(limit="及时公开")))
    assert row_from_json(row_to_json(entry)) == entry
    assert to_json(read(row(elements="")))["refused"][0]["where"].startswith(
        "工作表“义务教育”第 3 行"
    )
