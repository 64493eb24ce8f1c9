"""Damage that copying, scanning and page breaks do to a document."""

import pytest

from gongkai.core.documents import from_text, read_document
from gongkai.ledger.parsing import parse_work_points
from gongkai.ledger.parsing.cleaning import clean_line, count_pinyin, duplicated_prefix
from gongkai.ledger.parsing.vocabulary import TRADITIONAL
from gongkai.ledger.tests.parsing_helpers import parse

HEAD = "某市2022年政务公开工作要点\n一、公开重点\n"
UNITS = "（市教育局牵头，各区县（市）人民政府负责）"


@pytest.mark.parametrize(
    "gap",
    ["\n\n", "\n\n\n\n", "\n— 3 —\n", "\n\n- 12 -\n\n", "\n\f\n", "\n---\n", "\n第2页 共9页\n"],
)
@pytest.mark.parametrize("at", [4, 9, 14, 20, 30, 41, 52, 60])
def test_a_point_survives_a_page_break_anywhere(gap: str, at: int) -> None:
    whole = "（一）公布招生目录。梳理并公布全市各类学校的招生目录，方便家长对照查询和选择。" + UNITS
    plan = parse(
        HEAD + whole[:at] + gap + whole[at:] + "\n（二）公布乙。公布乙。（市民政局负责）\n"
    )
    first, second = plan.items
    assert first.lead == ["市教育局"]
    assert first.responsible == ["各区县（市）人民政府"]
    assert "梳理并公布全市各类学校的招生目录" in first.text.replace("\n", "")
    assert second.responsible == ["市民政局"]
    for foreign in ("—", "- 12", "---", "第2页"):
        assert foreign not in first.clean


def test_a_bracket_broken_over_several_lines_is_one_bracket() -> None:
    plan = parse(
        HEAD + "（一）公布甲。公布甲清单。（市教育\n\n局、市财政\n\n局牵头，"
        "各区县（市\n）人民政府负责）\n"
    )
    assert plan.items[0].lead == ["市教育局", "市财政局"]
    assert plan.items[0].responsible == ["各区县（市）人民政府"]


@pytest.mark.parametrize("marks", [("#", "##"), ("##", "####"), ("####", "#"), ("", "###")])
def test_heading_levels_may_change_within_the_document(marks: tuple[str, str]) -> None:
    first, second = (f"{mark} " if mark else "" for mark in marks)
    text = (
        f"# 某市2022年政务公开工作要点\n\n{first}一、公开重点\n\n"
        f"（一）公布甲。公布甲。（市教育局负责）\n\n"
        f"{second}二、做好保障\n\n（二）公布乙。公布乙。（市财政局负责）\n"
    )
    plan = parse(text)
    assert [section.title for section in plan.sections] == ["公开重点", "做好保障"]
    assert [item.section_no for item in plan.items] == [1, 2]


@pytest.mark.parametrize(
    "written", ["2022 年 11 月底前", "2022年11 月底前", "2022 年11月 底前", "２０２２年１１月底前"]
)
def test_spaces_and_wide_digits_inside_dates(written: str) -> None:
    plan = parse(HEAD + f"（一）公布甲。{written}公布甲。（市教育局负责）\n")
    (deadline,) = plan.items[0].deadlines
    assert deadline.date == "2022-11-30"
    assert deadline.raw == written


def test_a_fragment_repeated_after_a_page_break_is_removed_and_reported() -> None:
    plan = parse(HEAD + "（一）公布甲。梳理全部事项并公布办理流程图\n\n流程图。（市教育局负责）\n")
    (item,) = plan.items
    assert item.text == "梳理全部事项并公布办理流程图。"
    assert [(e.kind, e.before) for e in item.edits if e.kind == "duplicate_fragment"] == [
        ("duplicate_fragment", "流程图")
    ]
    assert [issue.code for issue in item.issues] == ["duplicate_fragment"]


@pytest.mark.parametrize(
    ("before", "after", "length"),
    [
        ("各项工作任务", "务。（市", 1),
        ("公布办理流程图", "流程图。", 3),
        ("服务人民", "民生改善", 0),
        ("依靠人", "人。", 0),
        ("公布甲。", "公布乙", 0),
        ("市教育局", "、市财政局", 0),
        ("", "公布", 0),
    ],
)
def test_when_a_fragment_counts_as_repeated(before: str, after: str, length: int) -> None:
    assert duplicated_prefix(before, after) == length


def test_traditional_characters_are_replaced_and_recorded() -> None:
    line = clean_line("市場準入負面清單", 7)
    assert line.text == "市场准入负面清单"
    assert line.ops[8] == ("traditional", "场")
    assert list(line.origin) == list(range(7, 15))


def test_the_table_of_traditional_characters_is_sound() -> None:
    old, new = TRADITIONAL[::2], TRADITIONAL[1::2]
    assert len(old) == len(new)
    assert not set(old) & set(new)
    assert len(set(old)) == len(dict(zip(old, new, strict=True)))


def test_clean_text_costs_nothing() -> None:
    line = clean_line("公布目录。", 3)
    assert (line.text, line.ops) == ("公布目录。", {})


def test_english_words_keep_their_spaces_and_are_not_taken_for_pinyin() -> None:
    assert clean_line("使用 open data 平台", 0).text == "使用open data平台"
    assert count_pinyin("推广app、wifi和H5应用") == 0
    assert count_pinyin("政zheng务wù公（gong）开kai") == 4


def test_stray_office_line_running_head_and_tail_are_left_out() -> None:
    plan = parse(
        "某市政务公开办公室文件\n某政公开办发〔2022〕3号\n办公室\n"
        "某市2022年政务公开工作要点\n一、公开重点\n（一）公布甲。公布甲。（市教育局负责）\n"
        "（二）公布乙。公布乙。（市财政局负责）\n信息公开属性：此件主动公开\n---\n"
        "某市政务公开办公室\n2022年5月10日印发\n"
    )
    assert [p.code for p in plan.problems] == ["stray_line"]
    assert plan.items[-1].clean.endswith("（市财政局负责）")
    assert plan.doc_no == "某政公开办发〔2022〕3号"
    assert plan.issued_on == "2022-05-10"


def test_points_run_together_on_one_line_are_told_apart() -> None:
    plan = parse(
        "某市2022年工作方案一、公开重点（一）公布甲。公布第一、二、三产业清单。（市教育局负责）"
        "（二）公布乙。公布乙。（市财政局负责）二、做好保障（三）组织培训。举办培训。（市司法局负责）\n".replace(
            "方案一", "方案\n一"
        )
    )
    assert [item.label for item in plan.items] == ["（一）", "（二）", "（三）"]
    assert [item.section for item in plan.items] == ["公开重点", "公开重点", "做好保障"]
    assert plan.items[0].text == "公布第一、二、三产业清单。"


def test_web_copies_with_ideographic_indents_instead_of_line_breaks() -> None:
    text = "某市2022年工作方案　　一、公开重点　　" + "　　".join(
        f"（{n}）公布事项。梳理并公布第{n}类事项的办理条件、流程、时限和收费标准。（市教育局负责）"
        for n in "一二三"
    )
    plan = parse(text)
    assert [item.no for item in plan.items] == [1, 2, 3]
    assert plan.title == "某市2022年工作方案"


def test_a_title_set_off_by_a_wide_space() -> None:
    plan = parse(
        HEAD + "（一）公布补贴目录　梳理各类惠民补贴并公布补贴目录和标准。（市财政局负责）\n"
    )
    assert plan.items[0].title == "公布补贴目录"
    assert plan.items[0].text.startswith("梳理各类惠民补贴")


def test_missing_and_repeated_numbers_are_reported() -> None:
    def codes(*numbers: str) -> list[str]:
        points = "".join(f"（{n}）公布事项。公布事项{n}。（市教育局负责）\n" for n in numbers)
        return [p.code for p in parse("某市2022年要点\n" + points).problems]

    assert codes("一", "二", "三") == []
    assert codes("一", "二", "四") == ["number_gap"]
    assert codes("一", "二", "二", "三") == ["number_duplicate"]


def test_list_of_attachments_is_not_a_list_of_points() -> None:
    plan = parse(
        "关于印发《某市2022年政务公开工作要点》的通知\n各单位：\n现印发给你们。\n"
        "附件：1.某市2022年政务公开工作要点\n2.任务分解表\n3.联系表\n"
        "某市2022年政务公开工作要点\n（一）公布甲。公布甲。（市教育局负责）\n附件：1.分解表\n2.联系表\n"
    )
    assert [item.title for item in plan.items] == ["公布甲"]


def test_sub_points_stay_inside_their_point() -> None:
    plan = parse(
        HEAD + "（一）公布甲。做好以下工作：\n①公布目录；\n②公布标准。\n"
        "（市教育局负责）\n（二）公布乙。公布乙。（市财政局负责）\n"
    )
    assert [item.no for item in plan.items] == [1, 2]
    assert "②公布标准" in plan.items[0].text
    assert plan.items[0].responsible == ["市教育局"]


def test_points_without_numbers_are_found_by_their_brackets() -> None:
    plan = parse(
        "某市2022年若干措施\n公布补贴目录，方便查询。（市财政局负责）\n公布培训计划。（市人社局负责）\n"
    )
    assert [item.responsible for item in plan.items] == [["市财政局"], ["市人社局"]]
    assert plan.numbering == "none"
    assert plan.items[0].text == "公布补贴目录，方便查询。"


def test_a_point_that_lost_its_bracket_is_kept_and_doubtful() -> None:
    plan = parse(
        HEAD + "（一）公布甲。公布甲类事项的目录。\n（二）公布乙。公布乙。（市财政局负责）\n"
    )
    assert [item.no for item in plan.items] == [1, 2]
    assert plan.items[0].confidence == 0.5
    assert "no_units" in [issue.code for issue in plan.items[0].issues]


def test_the_frame_of_a_plan_is_no_point() -> None:
    plan = parse(
        "某市2022年实施方案\n一、总体要求\n（一）指导思想。坚持以人民为中心，公开透明。\n"
        "二、主要任务\n（二）公布甲。公布甲。（市教育局负责）\n三、保障措施\n"
        "（三）加强组织领导。各单位要明确专人负责公开工作。\n"
    )
    assert [(item.no, item.kind) for item in plan.items] == [(2, "task"), (3, "requirement")]


def test_markdown_tables_are_read() -> None:
    text = (
        "# 某市2022年任务分解\n\n| 序号 | 工作任务 | 牵头单位 | 完成时限 |\n|---|---|---|---|\n"
        "| 1 | 公布目录。 | 市教育局 | 6月底前 |\n| 2 | 公布标准。 | 市财政局 | 长期坚持 |\n"
    )
    plan = parse_work_points(read_document(text.encode(), "分解.md"))
    assert [(i.no, i.lead, i.deadlines[0].date) for i in plan.items] == [
        (1, ["市教育局"], "2022-06-30"),
        (2, ["市财政局"], None),
    ]


def test_points_in_text_beside_a_task_table_are_mentioned_not_lost() -> None:
    text = (
        "# 某市2022年任务分解\n\n一、提高认识。各单位要重视公开工作。\n\n"
        "| 序号 | 工作任务 | 牵头单位 |\n|---|---|---|\n| 1 | 公布目录。 | 市教育局 |\n"
    )
    plan = parse_work_points(from_text(text))
    assert len(plan.items) == 1
    assert "text_points_skipped" in [p.code for p in plan.problems]


def test_a_data_table_is_ignored_with_the_reason() -> None:
    text = (
        "# 某市2022年要点\n\n（一）公布甲。公布甲。（市教育局负责）\n\n"
        "| 区县 | 人口 |\n|---|---|\n| 甲 | 3 |\n"
    )
    plan = parse_work_points(from_text(text))
    assert len(plan.items) == 1
    (problem,) = [p for p in plan.problems if p.code == "table_ignored"]
    assert "责任单位" in problem.message


@pytest.mark.parametrize(
    ("line", "doc_no"),
    [
        ("某政办发〔2022〕16号", "某政办发〔2022〕16号"),
        ("某政办发[2022]16号", "某政办发〔2022〕16号"),
        ("某政办发（2022）第16号", "某政办发〔2022〕16号"),
        ("某政办发〔 2022 〕 16 号", "某政办发〔2022〕16号"),
    ],
)
def test_document_numbers(line: str, doc_no: str) -> None:
    plan = parse(f"某市2022年要点\n{line}\n（一）公布甲。公布甲。（市教育局负责）\n")
    assert plan.doc_no == doc_no


def test_a_cited_document_number_is_not_its_own() -> None:
    plan = parse(
        "某市2022年工作方案\n为落实《意见》（国发〔2021〕5号）精神，制定本方案。\n"
        "（一）公布甲。公布甲。（市教育局负责）\n"
    )
    assert plan.doc_no == ""


def test_a_plan_over_several_years_takes_its_year_from_the_date_of_issue() -> None:
    plan = parse(
        "某市政府办公室\n2022年3月1日\n某市公开工作行动方案（2022—2025年）\n"
        "（一）公布甲。年底前公布甲。（市教育局负责）\n"
    )
    assert plan.year == 2022
    assert plan.items[0].deadlines[0].date == "2022-12-31"
