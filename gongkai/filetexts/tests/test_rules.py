"""Cleaning, joining lines, gaps of recognition, pages."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.filetexts.rules import PAGE_MARK, bound, clean, cut, filled, joined, without_gaps


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("一\r\n二\r三\v四\u2028五", "一\n二\n三\n四\n五"),
        ("  甲\u3000\u3000乙\xa0\t丙  \n\n\n \n丁 ", "甲 乙 丙\n丁"),
        ("零\x00宽\u200b\ufeff\u202e字\ud800", "零宽字"),
        ("\u2f00级\u2f08民", "一级人民"),
        ("e\u0301", "é"),
        ("甲 \n \f\n 乙", f"甲{PAGE_MARK}乙"),
        ("\uf0b7项目", "项目"),
        ("〔2022〕 5号", "〔2022〕 5号"),
        ("", ""),
    ],
)
def test_clean(raw: str, wanted: str) -> None:
    assert clean(raw) == wanted


@given(st.text(max_size=200))
def test_clean_is_nfc_printable_and_stable(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not [c for c in once if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\f"]
    assert "  " not in once and "\n\n" not in once
    once.encode()


@pytest.mark.parametrize(
    ("recognised", "wanted"),
    [
        ("长 沙 市 人 民 政 府", "长沙市人民政府"),
        ("长 政 办 发 〔 2022 〕 13 号", "长政办发〔2022〕13号"),
        ("请 用 WPS Office 打 开", "请用 WPS Office 打开"),
        ("自 2022 年 10 月 1 日 起 ， 施 行 。", "自2022年10月1日起，施行。"),
        ("10 20", "10 20"),
        ("甲\n乙", "甲\n乙"),
    ],
)
def test_gaps_between_chinese_characters_go(recognised: str, wanted: str) -> None:
    assert without_gaps(recognised) == wanted


LINE = "为深入贯彻落实党中央国务院决策部署进一步优化营"


def test_lines_that_the_margin_divides_are_one() -> None:
    assert joined(f"{LINE}\n商环境。\n第二段") == f"{LINE}商环境。\n第二段"


@pytest.mark.parametrize(
    "text",
    [
        "短行\n也是短行\n还是",
        f"{LINE[:-1]}。\n下一段从这里开始",
        f"{LINE}\n一、总体要求",
        f"{LINE}\n（二）重点任务",
        f"{LINE}\n第三条 本办法自发布之日起施行",
        f"关于优化营商环境的通知\n{LINE}",
    ],
)
def test_lines_that_stay_apart(text: str) -> None:
    assert joined(text) == text


def test_latin_words_keep_a_blank_between_lines() -> None:
    first = "the quick brown fox jumps over the lazy dog and"
    assert joined(f"{first}\nruns away") == f"{first} runs away"


@given(st.lists(st.text(alphabet="长沙市政府。：ab1 ", max_size=30), max_size=12))
def test_joining_loses_no_character(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert "".join(joined(text).split()) == "".join(text.split())


def test_cut_counts_characters_over_pages() -> None:
    assert cut(["甲乙", "丙丁"], 10) == (("甲乙", "丙丁"), True)
    assert cut(["甲乙", "丙丁"], 4) == (("甲乙", "丙"), False)
    assert cut(["甲乙丙"], 2) == (("甲乙",), False)
    assert cut(["甲乙", "丙"], 2) == (("甲乙",), False)


@given(st.lists(st.text(alphabet="甲乙", max_size=5), max_size=6), st.integers(0, 30))
def test_cut_keeps_a_beginning(pages: list[str], limit: int) -> None:
    kept, whole = cut(pages, limit)
    assert "".join(pages).startswith("".join(kept))
    assert sum(map(len, kept)) <= limit
    assert not whole or list(kept) == pages


def test_recognised_pages_get_their_places() -> None:
    text = bound(["第一页", "", "第三页", ""])
    assert filled(text, {2: "识别的", 4: ""}, 4).split(PAGE_MARK) == [
        "第一页", "识别的", "第三页", "",
    ]  # fmt: skip
    assert filled("", {1: "", 2: "第二页"}, 2) == f"{PAGE_MARK}第二页"
    assert filled("", {1: ""}, 3) == ""
    assert filled("有", {9: "没有这一页"}, 1) == "有"


def test_pages_without_any_text_are_no_text() -> None:
    assert bound(["", "", ""]) == ""
    assert bound(["甲\f乙"]) == "甲\n乙"
