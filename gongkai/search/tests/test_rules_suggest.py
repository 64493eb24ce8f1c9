"""The vocabulary of public records, how it sounds, and what it suggests while somebody types."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.pairs import fold
from gongkai.search import rules_pinyin
from gongkai.search.rules_suggest import LIMIT, suggest
from gongkai.search.rules_vocabulary import LONGEST_TITLE, Vocabulary, parts
from gongkai.search.tests.test_rules_spelling import titles, vocabulary

SMALL = Vocabulary.build(
    [
        ("住房公积金", 9),
        ("公积金提取", 5),
        ("长沙市住房公积金贷款管理办法", 1),
        ("营商环境", 8),
        ("优化营商环境", 4),
        ("5G基站建设", 2),
        ("APP备案", 2),
        ("《社会保险法》", 3),
        ("绿化条例", 2),
        ("西安路改造", 1),
        ("", 5),
        ("无效", 0),
        ("x", 3),
        ("123", 3),
    ]
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("公积金", ["公积金提取", "住房公积金", "长沙市住房公积金贷款管理办法"]),
        ("公积", ["公积金提取", "住房公积金", "长沙市住房公积金贷款管理办法"]),
        ("公積", ["公积金提取", "住房公积金", "长沙市住房公积金贷款管理办法"]),
        ("gongji", ["公积金提取", "住房公积金", "长沙市住房公积金贷款管理办法"]),
        ("gongjij", ["公积金提取", "住房公积金", "长沙市住房公积金贷款管理办法"]),
        ("zhufang", ["住房公积金", "长沙市住房公积金贷款管理办法"]),
        ("zfgjj", ["住房公积金", "长沙市住房公积金贷款管理办法"]),
        ("yshj", ["营商环境", "优化营商环境"]),
        ("营商", ["营商环境", "优化营商环境"]),
        ("营伤", ["营商环境", "优化营商环境"]),
        ("营s", ["营商环境", "优化营商环境"]),
        ("营shang", ["营商环境", "优化营商环境"]),
        ("5g", ["5G基站建设"]),
        ("５Ｇ", ["5G基站建设"]),
        ("app", ["APP备案"]),
        ("lvhua", ["绿化条例"]),
        ("lühua", ["绿化条例"]),
        ("xi'an", ["西安路改造"]),
        ("xian", ["西安路改造", "社会保险法"]),
        ("贷款 公积", ["长沙市住房公积金贷款管理办法"]),
        ("征收 营商", ["征收 营商环境", "征收 优化营商环境"]),
        ("营商环境", ["优化营商环境"]),
        ("没有这个", []),
        ("qqq", []),
        ("", []),
        (" ", []),
        ("字" * 31, []),
        ("****", []),
        ("\ud800", []),
    ],
)
def test_what_is_suggested(typed: str, expected: list[str]) -> None:
    assert suggest(typed, SMALL) == expected


def test_no_more_than_asked_for() -> None:
    assert len(suggest("长沙", vocabulary())) == LIMIT
    assert len(suggest("长沙", vocabulary(), 3)) == 3
    assert suggest("长沙", vocabulary(), 0) == []


def test_only_what_was_given_is_suggested() -> None:
    said = set(titles()) | {piece for title in titles() for piece in parts(title)}
    for typed in ("长沙", "管理", "guanli", "cs", "条例", "办法"):
        for found in suggest(typed, Vocabulary.build((title, 1.0) for title in titles())):
            assert found in said


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_anything_may_be_typed(typed: str) -> None:
    assert len(suggest(typed, SMALL)) <= LIMIT


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("公积金住房营商gjzhufan 'ü5G\ud800"), max_size=12))
def test_suggestions_are_new_and_different(typed: str) -> None:
    found = [fold(text) for text in suggest(typed, SMALL)]
    assert len(set(found)) == len(found)
    assert fold(typed.strip()) not in found


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "长沙市人民政府关于印发《长沙市城市管理条例》的通知",
            ["长沙市人民政府", "长沙市城市管理条例"],
        ),
        ("关于住房公积金缴存基数调整的通知", ["住房公积金缴存基数调整"]),
        ("2022年部门预算", ["部门预算"]),
        ("第一批名单", ["名单"]),
        ("ABC 123", []),
        ("", []),
    ],
)
def test_parts_of_titles(title: str, expected: list[str]) -> None:
    assert list(parts(title)) == expected


def test_frequent_parts_come_before_titles() -> None:
    made = Vocabulary.build((f"长沙市财政局关于项目{n}号拨款的通知", 1.0) for n in "甲乙丙丁戊")
    assert made.phrases[0] == "长沙市财政局"


def test_the_vocabulary_is_kept_and_read_again() -> None:
    again = Vocabulary.from_bytes(vocabulary().to_bytes())
    assert again.phrases == vocabulary().phrases
    assert again.suggested == vocabulary().suggested
    for typed in ("公积", "zhufang", "yshj", "营伤", "长沙市"):
        assert suggest(typed, again) == suggest(typed, vocabulary())
    assert again.to_bytes() == vocabulary().to_bytes()


@pytest.mark.parametrize("kept", [b"", b"gkvocab1", b"gkvocab1....nonsense", b"x" * 100])
def test_damaged_bytes_are_refused(kept: bytes) -> None:
    with pytest.raises(ValueError, match="vocabulary"):
        Vocabulary.from_bytes(kept)


def test_a_changed_byte_is_noticed() -> None:
    kept = bytearray(SMALL.to_bytes())
    kept[9] ^= 1
    with pytest.raises(ValueError, match="damaged"):
        Vocabulary.from_bytes(bytes(kept))


def test_an_empty_vocabulary_is_silent() -> None:
    for nothing in (Vocabulary.build(()), Vocabulary.from_bytes(Vocabulary.build(()).to_bytes())):
        assert len(nothing) == 0
        assert suggest("公积金", nothing) == []


def test_only_the_best_are_kept() -> None:
    many = ((f"{chr(0x4E00 + n)}山公园", 1.0) for n in range(3000))
    made = Vocabulary.build([*many, ("住房公积金", 50.0)], size=100)
    assert len(made) <= 100
    assert made.phrases[0] == "住房公积金"


def test_long_titles_are_no_suggestion() -> None:
    made = Vocabulary.build([("长沙市公园" * 10, 5.0)])
    assert all(len(phrase) <= LONGEST_TITLE for phrase in made.phrases[: made.suggested])


def test_two_spellings_are_one_phrase() -> None:
    made = Vocabulary.build([("住房公积金", 2.0), ("住房公積金", 1.0)])
    assert made.phrases[:1] == ["住房公积金"]
    assert suggest("住房公", made) == ["住房公积金"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("长沙市", ("chang", "sha", "shi")),
        ("银行行长", ("yin", "hang", "hang", "zhang")),
        ("重庆", ("chong", "qing")),
        ("绿化", ("lv", "hua")),
        ("5g基站", ("5", "g", "ji", "zhan")),
        ("", ()),
    ],
)
def test_how_text_sounds(text: str, expected: tuple[str, ...]) -> None:
    assert rules_pinyin.sounds(text) == expected


@given(st.text(max_size=60))
def test_every_character_has_one_sound(text: str) -> None:
    assert len(rules_pinyin.sounds(text)) == len(text)


@pytest.mark.parametrize(
    ("clear", "plain"),
    [("zhang", "zan"), ("chi", "ci"), ("shi", "si"), ("nan", "lan"), ("ying", "yin"), ("n", "n"),
     ("neng", "len"), ("zi", "zi"), ("", "")],
)  # fmt: skip
def test_what_ears_mix_up(clear: str, plain: str) -> None:
    assert rules_pinyin.blurred(clear) == plain


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("zhufang", [("zhu", "fang")]),
        ("xian", [("xian",), ("xi", "an")]),
        ("xi'an", [("xi", "an")]),
        ("gjj", []),
        ("", []),
        ("公积", []),
        ("a" * 41, []),
    ],
)
def test_typed_pinyin_is_read(typed: str, ways: list[tuple[str, ...]]) -> None:
    assert rules_pinyin.segment(typed)[: len(ways) or 1] == ways


def test_an_unfinished_syllable_is_read() -> None:
    assert ("zhu", "fa") in rules_pinyin.segment("zhufa", open_end=True)
    assert ("gong", "j") in rules_pinyin.segment("gongj", open_end=True)
