"""What was typed, understood: any text, every form of number, quotations, exclusions, questions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.pairs import fold
from gongkai.search.rules_numbers import NumberKind, find_numbers, tail_of
from gongkai.search.rules_query import LIMIT, WORD_LIMIT, Asked, parse
from gongkai.search.rules_stop import content_of

ANYTHING = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            '“”「」『』‘’"《》〈〉*?-−()（）〔〕[]年号令第2022长政办发 \u202e\u200b\ud800\x00　😀'
        ),
    ),
    max_size=300,
)


@settings(max_examples=250, deadline=None)
@given(ANYTHING)
def test_any_text_is_understood(text: str) -> None:
    asked = parse(text)
    assert len(asked.text) <= LIMIT
    asked.text.encode()  # no half of a surrogate pair is left
    assert asked.text == " ".join(asked.text.split()) or "  " in asked.text or asked.text == ""
    assert not any(ord(c) < 32 or "\u202a" <= c <= "\u202e" for c in asked.text)
    for word in (*asked.words, *asked.content, *asked.excluded, *asked.phrases, *asked.titles):
        assert word.strip() and word == fold(word)
    assert set(asked.single) <= set(asked.words)
    assert bool(asked.content) == bool(asked.words)
    assert asked.empty == (not (asked.words or asked.phrases or asked.numbers))
    assert asked == parse(text)
    # What is shown back in the box means the same when it is sent again.
    again = parse(asked.text)
    assert (again.words, again.phrases, again.numbers) == (
        asked.words,
        asked.phrases,
        asked.numbers,
    )


@pytest.mark.parametrize(
    "text", ["", " \t\n　", "😀🎉", "（）", "\x00\x01", "\u202e\u200b", "\ud800", "“”"]
)
def test_nothing_to_look_for(text: str) -> None:
    assert parse(text).empty


def test_a_long_text_is_cut_and_the_reader_told() -> None:
    asked = parse("公积金提取" * 2000)
    assert asked.truncated
    assert len(asked.text) == LIMIT
    assert asked.warnings == ("您写的内容较长，只查了前 200 个字。",)
    assert not parse("字" * LIMIT).truncated
    assert parse("字" * (LIMIT + 1)).truncated


def test_a_word_flood_is_cut() -> None:
    asked = parse(" ".join(f"词{n}" for n in range(60)))
    assert len(asked.words) == WORD_LIMIT
    assert any("只查了前 24 个词" in warning for warning in asked.warnings)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("长政办发〔2022〕13号", "长政办发〔2022〕13号"),
        ("长政办发[2022]13号", "长政办发〔2022〕13号"),
        ("长政办发［２０２２］１３号", "长政办发〔2022〕13号"),
        ("长政办发【2022】13号", "长政办发〔2022〕13号"),
        ("长政办发（2022）13号", "长政办发〔2022〕13号"),
        ("长政办发(2022)13", "长政办发〔2022〕13号"),
        ("长政办发〔2022)13号", "长政办发〔2022〕13号"),
        ("长政办发{2022}13号", "长政办发〔2022〕13号"),
        ("长政办发〖2022〗13号", "长政办发〔2022〕13号"),
        ("长政办发﹝2022﹞13号", "长政办发〔2022〕13号"),
        ("长政办发 〔 2022 〕 第 013 号", "长政办发〔2022〕13号"),
        ("長政辦發〔2022〕13號", "长政办发〔2022〕13号"),
        ("长政办发2022 13号", "长政办发〔2022〕13号"),
        ("长政办发202213号", "长政办发〔2022〕13号"),
        ("长政办发2022年13号", "长政办发〔2022〕13号"),
        ("长政办发2022年第13号", "长政办发〔2022〕13号"),
        ("长政办发2022-13", "长政办发〔2022〕13号"),
        ("长政办发 2022/13 号", "长政办发〔2022〕13号"),
        ("关于印发长政办发〔2022〕13号的通知", "长政办发〔2022〕13号"),
        ("请问长财建〔2022〕57号", "长财建〔2022〕57号"),
        ("长沙市财政局长财建〔2022〕57号", "长财建〔2022〕57号"),
        ("2022 13号", "〔2022〕13号"),
        ("2022年13号文件", "〔2022〕13号"),
        ("2022-13号", "〔2022〕13号"),
        ("〔2022〕13号", "〔2022〕13号"),
        ("（2022）13号", "〔2022〕13号"),
        ("长沙市人民政府令第150号", "长沙市人民政府令第150号"),
        ("市政府令150号", "市政府令第150号"),
        ("国务院令第七百一十一号", "国务院令第711号"),
        ("国务院令（2019年）第711号", "国务院令（2019年）第711号"),
        ("市政府第150号令", "市政府令第150号"),
        ("150号令", "令第150号"),
        ("114301006735800977/2022-00001", "114301006735800977/2022-00001"),
        ("114301006735800977 / 2022 — 1", "114301006735800977/2022-00001"),
        ("CSCR—2022—01001", "CSCR-2022-01001"),
        ("cscr-2022-01001", "CSCR-2022-01001"),
        ("ＣＳＣＲ－2022－01001", "CSCR-2022-01001"),
        ("114301006735800977", "114301006735800977"),
        ("91430000MA4L1ABCXT", None),
    ],
)
def test_numbers_take_the_form_stored(typed: str, value: str | None) -> None:
    assert [n.value for n in parse(typed).numbers] == ([value] if value else [])


@pytest.mark.parametrize(
    "typed",
    [
        "2022年5月13号",
        "2022年10月18日",
        "地铁2022年13号线",
        "13号",
        "2022",
        "2022年第三季度",
        "芙蓉路2020 15号楼",
        "12345",
        "2021-2025年规划",
        "43010219900101123X",
        "13号文件",
        "投入2022 500万元",
        "国办发2022年10月",
        "令行禁止",
    ],
)
def test_what_only_looks_like_a_number(typed: str) -> None:
    assert parse(typed).numbers == ()


def test_a_number_leaves_the_other_words() -> None:
    asked = parse("长政办发〔2022〕13号 实施细则")
    assert asked.words == ("实施细则",)
    number = asked.numbers[0]
    assert (number.kind, number.prefix, number.year, number.serial) == (
        NumberKind.DOC_NO,
        "长政办发",
        2022,
        13,
    )
    assert number.tail == "〔2022〕13号"


def test_every_form_has_a_tail_that_the_stored_number_ends_with() -> None:
    for typed, stored in [
        ("政办发〔2022〕13号", "长政办发〔2022〕13号"),
        ("2022 13号", "长政办发〔2022〕13号"),
        ("市政府令150号", "长沙市人民政府令第150号"),
        ("CSCR-2022-01001", "CSCR-2022-01001"),
    ]:
        assert stored.endswith(parse(typed).numbers[0].tail)


def test_two_numbers() -> None:
    values = [n.value for n in parse("湘政发〔2021〕3号和长政发〔2022〕1号").numbers]
    assert values == ["湘政发〔2021〕3号", "长政发〔2022〕1号"]


def test_a_wrong_check_character_is_told() -> None:
    assert "校验码不对" in parse("114301006735800978").warnings[0]
    assert "请核对" in parse("114301006735800978/2022-00001").warnings[0]


def test_a_persons_number_is_neither_code_nor_repeated() -> None:
    asked = parse("430102199001011234")
    assert asked.numbers == ()
    assert asked.warnings == ()


@given(st.text("长政办发〔〕[]（）()2022013号年第令- —/CSR1a", max_size=40))
def test_numbers_are_taken_from_their_own_place(text: str) -> None:
    folded = fold(text)
    numbers, taken, _ = find_numbers(folded)
    assert sum(len(n.typed) for n in numbers) == len(taken)
    assert all(n.typed in folded for n in numbers)


@pytest.mark.parametrize(
    ("stored", "tail"),
    [
        ("长政办发〔2022〕13号", "〔2022〕13号"),
        ("长沙市人民政府令第150号", "令第150号"),
        ("CSCR—2022—01001", "CSCR-2022-01001"),
        ("114301006735800977/2022-00001", "114301006735800977/2022-00001"),
        ("长沙市财政局公告", "长沙市财政局公告"),
    ],
)
def test_the_tail_of_a_stored_number(stored: str, tail: str) -> None:
    assert tail_of(stored) == tail


@pytest.mark.parametrize("marks", ["“{}”", "「{}」", "『{}』", '"{}"', "‘{}’", "＂{}＂"])
def test_quotation_marks_ask_for_the_exact_phrase(marks: str) -> None:
    asked = parse(marks.format("优化营商环境") + " 三年行动")
    if marks[0] == "＂":
        asked = parse(fold(asked.text))
    assert asked.phrases == ("优化营商环境",)
    assert asked.words == ("三年行动",)


def test_title_marks_name_a_title_and_ask_for_its_words() -> None:
    asked = parse("《长沙市城市管理条例》罚款")
    assert asked.titles == ("长沙市城市管理条例",)
    assert asked.phrases == ()
    assert asked.words == ("罚款", "长沙市城市管理条例")


def test_a_mark_alone_is_ordinary_text() -> None:
    asked = parse("“公积金提取")
    assert asked.words == ("公积金提取",)
    assert asked.warnings == ("引号没有成对，已按普通文字查找。",)


def test_an_outer_title_keeps_what_is_quoted_in_it() -> None:
    assert parse("《关于实施“强省会”战略的意见》").titles == ("关于实施“强省会”战略的意见",)


@pytest.mark.parametrize(
    ("typed", "words", "excluded"),
    [
        ("公积金 -贷款", ("公积金",), ("贷款",)),
        ("公积金 −贷款 -提取", ("公积金",), ("贷款", "提取")),
        ("公积金-贷款", ("公积金", "贷款"), ()),
        ("2021-2025年", ("2021", "2025年"), ()),
        ("-解读", ("解读",), ()),
        ("公积金 - 贷款", ("公积金", "贷款"), ()),
        ("公积金 -公积金", ("公积金",), ()),
        ("公积金 －贷款", ("公积金",), ("贷款",)),
    ],
)
def test_a_dash_leaves_a_word_out(
    typed: str, words: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    asked = parse(typed)
    assert asked.words == words
    assert asked.excluded == excluded


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("公积金 AND 贷款", ("公积金", "贷款")),
        ("公积金 OR (贷款)", ("公积金", "贷款")),
        ("AND OR (", ("and", "or")),
        ("android and", ("android", "and")),
        ("公积金****", ("公积金",)),
        ("住房公積金", ("住房公积金",)),
        ("ＡＰＰ ５Ｇ", ("app", "5g")),
        ("增长6.5%", ("增长6", "5")),
        ("路", ("路",)),
        ("公积金、社保；医保", ("公积金", "社保", "医保")),
        ("公积金 公积金", ("公积金",)),
    ],
)
def test_words(typed: str, words: tuple[str, ...]) -> None:
    assert parse(typed).words == words


def test_wildcards_are_told() -> None:
    assert parse("公积*金").warnings == ("不支持用 * 代替文字，已略去。",)
    assert parse("****").empty


def test_single_characters_are_named() -> None:
    assert parse("路 公积金 a").single == ("路",)


@pytest.mark.parametrize(
    ("typed", "content"),
    [
        ("请问公积金怎么提取？", ("公积金", "提取")),
        ("怎么办理居住证", ("办理居住证",)),
        ("居住证怎么办？", ("居住证",)),
        ("我想咨询一下生育津贴什么时候发", ("生育津贴",)),
        ("灵活就业人员能不能缴纳公积金", ("灵活就业人员", "缴纳公积金")),
        ("低保标准是多少", ("低保标准",)),
        ("小微企业有哪些税收优惠", ("小微企业", "税收优惠")),
        ("失业补助金的领取条件是什么呢", ("失业补助金的领取条件",)),
        ("请问", ("请问",)),
        ("为什么", ("为什么",)),
        ("什么是强省会战略", ("强省会战略",)),
        ("吧台装修", ("吧台装修",)),
        ("长沙市人民政府关于印发通知", ("长沙市人民政府关于印发通知",)),
    ],
)
def test_phrases_of_asking_are_cut(typed: str, content: tuple[str, ...]) -> None:
    assert parse(typed).content == content


@given(st.text("请问怎么如何哪些的规定吗公积金 是什么", max_size=30))
def test_content_is_never_cut_to_nothing(text: str) -> None:
    assert bool(content_of(text).strip()) == bool(text.strip())
    pieces = content_of(text).split()
    assert all(piece in text for piece in pieces)


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("公积金怎么提取", True),
        ("居住证在哪里办", True),
        ("住房公积金管理条例", False),
        ("可以吗?", True),
    ],
)
def test_questions_are_recognised(typed: str, question: bool) -> None:
    assert parse(typed).question is question


def test_asked_is_a_value() -> None:
    assert parse("公积金") == parse("公积金")
    assert hash(parse("公积金")) == hash(parse("公积金"))
    assert Asked().empty
