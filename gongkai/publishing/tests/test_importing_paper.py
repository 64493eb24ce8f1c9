"""Headings, head and title of an official paper (GB/T 9704-2012, chapter 7)."""

from __future__ import annotations

import pytest

from gongkai.publishing.importing.paper import read_paper
from gongkai.publishing.importing.roles import Line, Role, Span
from gongkai.publishing.tests.importing_lines import (
    BLANK,
    FILLER,
    TITLE,
    line,
    roles,
    title,
)


def levels(*lines: Line) -> list[int]:
    """Heading levels of the lines below a title; 0 where there is no heading."""
    return [part.level for part in read_paper([TITLE, line(FILLER), *lines]).parts[2:]]


# -- headings


def test_levels_follow_the_fonts_of_the_standard() -> None:
    assert levels(
        line("一、总体要求", "hei"),
        line(FILLER),
        line("（一）指导思想", "kai"),
        line(FILLER),
        line("1. 基本原则", bold=True),
        line(FILLER),
        line("（1）分步实施", bold=True),
        line(FILLER),
        line("二、组织保障。", "hei"),
        line(FILLER),
    ) == [2, 0, 3, 0, 4, 0, 4, 0, 2, 0]


def test_levels_follow_the_numbers_when_all_is_in_one_font() -> None:
    assert levels(
        line("一、总体要求"),
        line(FILLER),
        line("（一）布点"),
        line(FILLER),
        line("二、保障"),
        line(FILLER),
    ) == [2, 0, 3, 0, 2, 0]


def test_enumerated_items_in_the_body_font_are_no_headings() -> None:
    assert levels(
        line("申请人应当提交下列材料："),
        line("（一）身份证明"),
        line("（二）营业执照"),
        line("（三）其他材料"),
        line(FILLER),
    ) == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "一、各单位要高度重视，切实加强领导。",
        "一、会议时间：2022年5月10日",
        "（一）申请表；",
        "（一）身份证明，",
        "1. 每日公布菜单",
        "2022年的主要工作",
        "第一条规定的情形",
    ],
)
def test_numbered_sentences_in_the_body_font_are_text(text: str) -> None:
    assert levels(line(text), line(FILLER)) == [0, 0]


def test_chapters_and_sections_are_headings_and_articles_are_text_with_a_bold_number() -> None:
    paper = read_paper(
        [
            title("星沙市政府数据共享管理办法"),
            line("第一章　总则", align="center"),
            line("第一节　一般规定", align="center"),
            line("第一条　为了规范政府数据共享，制定本办法。"),
            line("第二条　本办法适用于本市行政区域。"),
            line("（一）行政机关；"),
            line("第二章 附则"),
            line("第三条　本办法自2022年6月1日起施行。"),
        ]
    )
    assert [part.level for part in paper.parts] == [0, 2, 3, 0, 0, 0, 2, 0]
    assert [part.lead for part in paper.parts] == [0, 0, 0, 3, 3, 0, 0, 3]


def test_levels_leave_no_gap_when_a_kind_is_missing() -> None:
    assert levels(
        line("（一）布点", "kai"), line(FILLER), line("（二）运营", "kai"), line(FILLER)
    ) == [
        *(2, 0, 2, 0),
    ]


def test_outline_levels_of_styles_count_from_the_highest_in_use() -> None:
    assert levels(
        line("总体要求", outline=1), line(FILLER), line("指导思想", outline=2), line(FILLER)
    ) == [2, 0, 3, 0]


def test_a_numbered_heading_is_judged_by_its_number_even_when_styled() -> None:
    assert levels(
        line("一、甲", outline=2), line(FILLER), line("（一）乙", "kai"), line(FILLER)
    ) == [2, 0, 3, 0]


def test_the_opening_sentence_in_kai_is_set_off_and_the_paragraph_stays_whole() -> None:
    lead, rest = "（一）加强领导。", FILLER
    mixed = Line(lead + rest, (Span(lead, "kai", 16), Span(rest, "fangsong", 16)))
    part = read_paper([TITLE, line(FILLER), mixed]).parts[2]
    assert (part.role, part.level, part.lead) == (Role.BODY, 0, len(lead))


def test_a_generated_number_counts_into_the_opening_words() -> None:
    lead, rest = "加强领导。", FILLER
    mixed = Line("（一）" + lead + rest, (Span(lead, "kai", 16), Span(rest, "fangsong", 16)))
    assert read_paper([TITLE, line(FILLER), mixed]).parts[2].lead == len("（一）" + lead)


def test_a_paper_all_in_hei_has_no_headings_by_font_alone() -> None:
    lines = [
        title("关于放假的通知"),
        line("一、放假时间，从十月一日起。", "hei"),
        line(FILLER, "hei"),
    ]
    assert [part.level for part in read_paper(lines).parts] == [0, 0, 0]


# -- head


def test_the_parts_above_the_text_become_facts() -> None:
    paper = read_paper(
        [
            line("000123"),
            line("特急"),
            line("星沙市财政局文件", "title", size=40, align="center", red=True),
            line("星财预〔2022〕8号　　　　签发人：某某", align="center"),
            BLANK,
            title("星沙市财政局关于做好"),
            title("预算公开工作的通知"),
            BLANK,
            line("各区县（市）财政局，市直各单位："),
            line(FILLER),
        ]
    )
    assert paper.title == "星沙市财政局关于做好预算公开工作的通知"
    assert paper.doc_no == "星财预〔2022〕8号"
    assert paper.issuer == "星沙市财政局"
    assert paper.addressees == "各区县（市）财政局，市直各单位"
    assert roles(paper)[-2:] == [Role.ADDRESSEE, Role.BODY]
    assert set(roles(paper)[:7]) == {Role.HEAD, Role.TITLE, Role.BLANK}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("星政发〔2022〕13号", "星政发〔2022〕13号"),
        ("星政发[2022]13号", "星政发〔2022〕13号"),
        ("星政发（2022）13 号", "星政发〔2022〕13号"),
        ("星政发【2022】第013号", "星政发〔2022〕13号"),
        ("（星政发〔2022〕13号）", "星政发〔2022〕13号"),
    ],
)
def test_document_numbers_are_normalised_and_changes_are_said(typed: str, number: str) -> None:
    paper = read_paper([TITLE, line(typed, align="center"), line(FILLER)])
    assert paper.doc_no == number
    assert any("发文字号" in text for text in paper.warnings) is (number not in typed)


def test_the_number_of_an_order_is_put_together() -> None:
    paper = read_paper(
        [
            line("星沙市人民政府令", "title", size=40, align="center", red=True),
            line("第 145 号", align="center"),
            title("星沙市城市绿化管理办法"),
            line("第一条　为了加强城市绿化管理，制定本办法。"),
        ]
    )
    assert (paper.doc_no, paper.issuer) == ("星沙市人民政府令第145号", "星沙市人民政府")


@pytest.mark.parametrize(
    "text",
    [
        "星沙市财政局关于做好预算公开工作的通知",
        "星沙市2022年政务公开工作要点",
        "关于《星沙市养犬管理条例（草案）》的说明",
    ],
)
def test_a_centred_first_line_in_body_size_is_the_title(text: str) -> None:
    assert read_paper([line(text, align="center"), line(FILLER)]).title == text


def test_an_uncentred_first_line_worded_as_a_title_is_the_title() -> None:
    assert read_paper([line("关于放假安排的通知"), line(FILLER)]).title == "关于放假安排的通知"


@pytest.mark.parametrize("text", [FILLER, "一、总体要求", "各单位："])
def test_without_a_title_the_editor_is_asked(text: str) -> None:
    paper = read_paper([line(text), line(FILLER)])
    assert paper.title is None
    assert any("标题" in warning for warning in paper.warnings)


def test_a_note_of_the_draft_state_belongs_to_the_title() -> None:
    paper = read_paper([TITLE, line("（征求意见稿）", align="center"), line(FILLER)])
    assert paper.title is not None
    assert paper.title.endswith("（征求意见稿）")


def test_an_enacting_note_stays_as_a_note() -> None:
    note = "（2022年3月1日星沙市人民政府第5次常务会议通过　自2022年5月1日起施行）"
    paper = read_paper([title("星沙市绿化办法"), line(note, align="center"), line(FILLER)])
    assert paper.title == "星沙市绿化办法"
    assert roles(paper)[1] is Role.NOTE


@pytest.mark.parametrize(
    "text",
    ["现就有关事项通知如下：", "附件：", "一、总体要求：", "为了加强管理，现提出以下意见："],
)
def test_lines_with_a_colon_that_name_nobody_are_no_addressees(text: str) -> None:
    assert read_paper([TITLE, line(text), line(FILLER)]).addressees is None


@pytest.mark.parametrize("mark", ["秘密★1年", "机密", "绝密★长期", "内部资料 注意保存"])
def test_a_secrecy_mark_is_shouted_about(mark: str) -> None:
    paper = read_paper([line(mark), TITLE, line(FILLER)])
    assert "不得公开" in paper.warnings[0]


def test_a_table_of_contents_is_left_out() -> None:
    paper = read_paper(
        [
            TITLE,
            line("目　录", align="center"),
            line("一、总体要求........1"),
            line("二、保障措施………… 3"),
            line(FILLER),
        ]
    )
    assert roles(paper)[1:4] == [Role.CONTENTS] * 3
    assert any("目录" in warning for warning in paper.warnings)
