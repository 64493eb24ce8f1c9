"""The end of an official paper: signature, attachments, annexes, 版记 (GB/T 9704-2012)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.publishing.importing import patterns as p
from gongkai.publishing.importing.paper import read_paper
from gongkai.publishing.importing.roles import Line, Role
from gongkai.publishing.tests.importing_lines import (
    BLANK,
    FILLER,
    TITLE,
    line,
    right,
    roles,
    title,
)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2022年5月10日", date(2022, 5, 10)),
        ("2022 年 5 月 10 日", date(2022, 5, 10)),
        ("二〇二二年五月十日", date(2022, 5, 10)),
        ("二○二二年十二月二十一日", date(2022, 12, 21)),
        ("２０２２年５月１０日", date(2022, 5, 10)),
    ],
)
def test_signature_and_date(written: str, day: date) -> None:
    paper = read_paper([TITLE, line(FILLER), right("星沙市财政局"), right(written)])
    assert (paper.issuer, paper.formed_on) == ("星沙市财政局", day)
    assert roles(paper)[-2:] == [Role.SIGN] * 2


def test_a_day_that_does_not_exist_is_reported() -> None:
    paper = read_paper([TITLE, line(FILLER), right("星沙市财政局"), right("2022年2月30日")])
    assert paper.formed_on is None
    assert any("2月30日" in warning for warning in paper.warnings)


def test_joint_signatures_name_every_unit() -> None:
    paper = read_paper(
        [
            *(TITLE, line(FILLER), right("星沙市财政局　　星沙市民政局"), right("星沙市教育局")),
            right("2022年5月10日"),
        ]
    )
    assert paper.issuer == "星沙市财政局、星沙市民政局、星沙市教育局"


def test_a_signature_moved_right_by_blanks_or_indent_is_found() -> None:
    paper = read_paper(
        [TITLE, line(FILLER), line("星沙市财政局", offset=14), line("2022年5月10日", offset=13)]
    )
    assert paper.issuer == "星沙市财政局"


def test_unit_and_date_on_one_line() -> None:
    paper = read_paper([TITLE, line(FILLER), right("星沙市财政局　2022年5月10日")])
    assert (paper.issuer, paper.formed_on) == ("星沙市财政局", date(2022, 5, 10))


def test_a_left_signature_counts_when_it_names_a_unit() -> None:
    paper = read_paper([TITLE, line(FILLER), line("星沙市财政局"), line("2022年5月10日")])
    assert (paper.issuer, paper.formed_on) == ("星沙市财政局", date(2022, 5, 10))


def test_a_date_inside_the_text_is_no_signature() -> None:
    paper = read_paper([TITLE, line("办理时限"), line("2022年5月10日"), line(FILLER)])
    assert (paper.issuer, paper.formed_on) == (None, None)


def test_the_last_sentence_is_not_swallowed_by_the_signature() -> None:
    paper = read_paper(
        [TITLE, line(FILLER), line("特此通知。"), right("市财政局"), right("2022年5月1日")]
    )
    assert roles(paper)[2] is Role.BODY


def test_the_signer_of_an_order_is_not_taken_for_the_issuer() -> None:
    paper = read_paper([TITLE, line(FILLER), right("市长　某某某"), right("2022年5月10日")])
    assert paper.issuer is None
    assert roles(paper)[-2:] == [Role.SIGN] * 2


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["附件：星沙市补贴标准"], ["星沙市补贴标准"]),
        (["附件：1. 任务分解表", "2. 补贴标准。"], ["任务分解表", "补贴标准"]),
        (["附件：1．任务分解表；　2．补贴标准"], ["任务分解表", "补贴标准"]),
        (["附 件：", "1、甲表", "2、乙表"], ["甲表", "乙表"]),
        (["附件1是任务分解表。"], []),
    ],
)
def test_attachments_are_named(lines: list[str], names: list[str]) -> None:
    paper = read_paper(
        [TITLE, line(FILLER), *map(line, lines), right("市财政局"), right("2022年5月1日")]
    )
    assert list(paper.attachments) == names


def test_an_annex_in_the_same_file_gets_a_heading_and_its_levels_go_below() -> None:
    paper = read_paper(
        [
            *(TITLE, line(FILLER), right("星沙市财政局"), right("2022年5月10日")),
            *(line("附件1"), BLANK, title("星沙市预算公开"), title("工作方案")),
            *(line("一、目标", "hei"), line(FILLER), line("（一）时间", "kai"), line(FILLER)),
        ]
    )
    assert [part.level for part in paper.parts][4:] == [0, 0, 2, 2, 3, 0, 4, 0]
    assert paper.inner_titles == ((6, 7),)
    assert roles(paper)[4] is Role.PLAIN


def test_the_document_that_a_notice_issues_is_found_by_its_title_alone() -> None:
    paper = read_paper(
        [
            *(TITLE, line(FILLER), right("星沙市财政局"), right("2022年5月10日"), BLANK),
            *(title("星沙市预算公开工作要点"), line("一、目标", "hei"), line(FILLER)),
        ]
    )
    assert [part.level for part in paper.parts][5:] == [2, 3, 0]
    assert paper.title == TITLE.text


def test_an_annex_mark_without_a_title_is_itself_the_heading() -> None:
    paper = read_paper(
        [
            *(TITLE, line(FILLER), right("星沙市财政局"), right("2022年5月10日")),
            *(line("附件2"), Line("甲　乙", is_table=True)),
        ]
    )
    assert paper.parts[4].level == 2


def test_the_colophon_goes_with_a_word_and_the_note_below_the_date_stays() -> None:
    paper = read_paper(
        [
            *(TITLE, line(FILLER), right("星沙市财政局"), right("2022年5月10日")),
            *(line("（此件公开发布）"), line("抄送：市人大常委会办公室。")),
            line("星沙市财政局办公室　　2022年5月11日印发"),
        ]
    )
    assert roles(paper)[-3:] == [Role.PLAIN, Role.COLOPHON, Role.COLOPHON]
    assert [warning for warning in paper.warnings if "版记" in warning]
    assert paper.formed_on == date(2022, 5, 10)


@pytest.mark.parametrize(
    ("note", "warned"),
    [("（此件公开发布）", False), ("（此件依申请公开）", True), ("（此件不予公开）", True)],
)
def test_a_note_against_publication_is_reported(note: str, warned: bool) -> None:
    paper = read_paper([TITLE, line(FILLER), right("市财政局"), right("2022年5月1日"), line(note)])
    assert any("能否主动公开" in warning for warning in paper.warnings) is warned


def test_number_and_date_that_do_not_fit_are_reported() -> None:
    paper = read_paper(
        [
            *(TITLE, line("星财预〔2012〕8号", align="center"), line(FILLER)),
            *(right("星沙市财政局"), right("2022年5月10日")),
        ]
    )
    assert any("相差超过一年" in warning for warning in paper.warnings)


@pytest.mark.parametrize(
    ("lines", "title_"),
    [
        (["星沙市人民政府办公室", "关于印发办法的通知"], "星沙市人民政府办公室关于印发办法的通知"),
        (
            ["星沙市财政局 星沙市民政局", "关于发放补贴的通知"],
            "星沙市财政局 星沙市民政局关于发放补贴的通知",
        ),
        (["通　　知"], "通知"),
        (["星沙市 2022 年政务公开工作要点"], "星沙市2022年政务公开工作要点"),
        (["Open Data", "开放计划"], "Open Data开放计划"),
    ],
)
def test_title_lines_are_joined_as_a_title_is_cited(lines: list[str], title_: str) -> None:
    assert p.join_title(lines) == title_


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.builds(
            Line,
            st.sampled_from(
                [
                    *(
                        "",
                        FILLER,
                        "一、总体要求",
                        "（一）布点",
                        "附件1",
                        "附件：1. 甲",
                        "2. 乙",
                        "目录",
                    ),
                    *(
                        "星沙市财政局",
                        "2022年5月10日",
                        "2022年13月40日",
                        "（此件公开发布）",
                        "各单位：",
                    ),
                    *(
                        "星财预〔2022〕8号",
                        "关于放假的通知",
                        "抄送：市委。",
                        "第一章　总则",
                        "第一条　为了",
                    ),
                ]
            ),
            align=st.sampled_from(["left", "center", "right"]),
            outline=st.sampled_from([None, 0, 1, 3]),
            is_table=st.booleans(),
        ),
        max_size=14,
    )
)
def test_any_order_of_lines_is_read_without_error_and_without_level_gaps(lines: list[Line]) -> None:
    paper = read_paper(lines)
    assert len(paper.parts) == len(lines)
    used = sorted({part.level for part in paper.parts if part.level})
    assert used == [] or (used[0] >= 2 and used[-1] <= 4)
    for part in paper.parts:
        assert (part.role is Role.HEADING) is (part.level > 0)
