"""Marks and snippets: the source is never changed, marks are where the words are, and it is fast."""

import itertools
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.pairs import fold
from gongkai.search.rules_highlight import (
    JOINER,
    LENGTH,
    Needles,
    Segments,
    fragments,
    marked,
    snippet,
)
from gongkai.search.rules_query import parse

LONG = (
    "长沙市住房公积金管理中心发布通知。为支持职工合理住房消费，现就有关事项通知如下。"
    + "第一条 本办法所称职工，是指在本市行政区域内工作的人员。" * 12
    + "职工连续缴存满三个月，可以申请提取住房公积金支付房租。每年提取一次。"
    + "第二条 单位应当按时足额缴存。" * 12
    + "购买首套住房的，公积金贷款最高额度为七十万元。"
    + "本通知自发布之日起施行。" * 5
)


def needles(query: str, *synonyms: str) -> Needles:
    return Needles.of(parse(query), synonyms)


def shown(segments: Segments) -> str:
    return "".join(f"[{text}]" if is_marked else text for text, is_marked in segments)


def plain(segments: Segments) -> str:
    return "".join(text for text, _ in segments)


@pytest.mark.parametrize(
    ("title", "query", "expected"),
    [
        ("长沙市住房公积金提取办法", "公积金提取", "长沙市住房[公积金提取]办法"),
        ("長沙市住房公積金管理條例", "公积金", "長沙市住房[公積金]管理條例"),
        ("公积金的提取", "公积金提取", "[公积金]的[提取]"),
        ("ＡＰＰ备案指南", "app", "[ＡＰＰ]备案指南"),
        ("apple与app", "app", "apple与[app]"),
        ("2013年13号文件", "13", "2013年[13]号文件"),
        ("优化营商环境三年行动", "营商环境 行动", "优化[营商环境]三年[行动]"),
        ("关于的问题", "的", "关于的问题"),
        ("道路和桥梁", "路", "道[路]和桥梁"),
        ("没有这些词", "公积金", "没有这些词"),
        ("长政办发〔2022〕13号", "长政办发[2022]13", "[长政办发〔2022〕13号]"),
        ("长沙市人民政府令第150号", "市政府令150号", "长沙市人民政府[令第150号]"),
        ("", "公积金", ""),
    ],
)
def test_marks_of_a_title(title: str, query: str, expected: str) -> None:
    assert shown(marked(title, needles(query))) == expected


def test_synonyms_are_marked_too() -> None:
    found = marked("住房公积金和社会保险", needles("社保", "社会保险"))
    assert shown(found) == "住房公积金和[社会保险]"


def test_question_words_are_not_marked() -> None:
    found = marked("如何提取公积金：怎么办理", needles("公积金怎么提取"))
    assert shown(found) == "如何[提取公积金]：怎么办理"


def test_two_places_are_joined() -> None:
    found = snippet(LONG, needles("提取支付房租 贷款最高额度"))
    text = shown(found)
    assert "[提取" in text and "[支付房租]" in text and "[贷款最高额度]" in text
    assert text.count(JOINER) == 3
    assert len(plain(found)) <= LENGTH + 40


def test_a_piece_begins_at_a_sentence() -> None:
    found = plain(snippet(LONG, needles("支付房租"), most=1))
    assert found.startswith("…职工连续缴存满三个月")


def test_an_exact_phrase_comes_before_scattered_words() -> None:
    text = (
        "环境很好，营商很多，环境优化。" * 3
        + "无关的句子。" * 40
        + "我们优化营商环境。"
        + "无关。" * 40
    )
    assert "[优化营商环境]" in shown(snippet(text, needles("“优化营商环境”")))


def test_without_a_find_the_beginning_is_shown() -> None:
    found = snippet("　　" + LONG, needles("无人机"))
    assert plain(found).startswith("长沙市住房公积金管理中心")
    assert plain(found).endswith(JOINER)
    assert not any(is_marked for _, is_marked in found)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "短"])
def test_short_texts(text: str) -> None:
    assert plain(snippet(text, needles("公积金"))).strip() == text.strip()
    assert plain(marked(text, needles("公积金"))) == text


def test_line_breaks_become_blanks_in_a_row() -> None:
    found = snippet("第一行公积金\n第二行\t第三行", needles("公积金"))
    assert "\n" not in plain(found) and "\t" not in plain(found)


TEXTS = st.text(
    st.sampled_from("公积金住房提取的了，。\n ab13〔〕《》長積“”😀\ud800 "), max_size=400
)


@settings(max_examples=200, deadline=None)
@given(
    TEXTS,
    st.text("公积金住房提取的 ab13“”《》-长積", max_size=20),
    st.integers(1, 200),
    st.integers(1, 3),
)
def test_pieces_are_the_source(text: str, query: str, length: int, most: int) -> None:
    wanted = needles(query, "住房公积金")
    pieces = fragments(text, wanted, length=length, most=most)
    last = 0
    for piece in pieces:
        assert last <= piece.start < piece.end <= len(text)
        last = piece.end
        assert plain(piece.segments) == text[piece.start : piece.end]
        flags = [is_marked for _, is_marked in piece.segments]
        assert all(a != b for a, b in itertools.pairwise(flags))
        assert all(words for words, _ in piece.segments)
    whole = marked(text, wanted)
    assert plain(whole) == text
    for words, is_marked in whole:
        if is_marked:
            assert any(needle in fold(words) for needle in wanted.weights)
        else:
            assert not any(
                n in fold(words) for n in wanted.weights if all(c >= "\u4e00" for c in n)
            )


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_and_query(text: str, query: str) -> None:
    assert plain(marked(text, needles(query))) == text
    snippet(text, needles(query))


def test_ten_kilobytes_take_little_time() -> None:
    text = (LONG * 10)[:3600]
    assert len(text.encode()) > 10_000
    wanted = needles("长沙市职工住房公积金提取支付房租申请条件 贷款最高额度 缴存")
    snippet(text, wanted)
    best = min(_seconds(text, wanted) for _ in range(5))
    assert best < 0.004  # 0.4 ms where nothing else runs; a loaded machine gets ten times that


def _seconds(text: str, wanted: Needles) -> float:
    begun = time.perf_counter()
    snippet(text, wanted)
    return time.perf_counter() - begun
