"""What the query log keeps of a query. The canary is a number of a person: in no disguise that
people use may any of its digits, or the words beside it, be kept."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.core.codes import resident_id_check_character
from gongkai.search.rules_traces import (
    KEPT,
    LONG,
    LONGEST,
    NONSENSE,
    PERSONAL,
    canonical_filters,
    words_of,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("公积金 提取", "公积金 提取"),
        ("  公積金\u3000提取\n", "公积金 提取"),
        ("ＡＢＣ　１２３４５", "abc 12345"),
        ("长政办发〔2022〕13号", "长政办发〔2022〕13号"),
        ("91430100MA4L16JQ9D", "91430100ma4l16jq9d"),
        ("2022-10-18 疫情通报", "2022-10-18 疫情通报"),
        ("2020-2022年预算", "2020-2022年预算"),
        ("2022年10月18日", "2022年10月18日"),
        ("12345 热线", "12345 热线"),
        ("C++ 培训", "c++ 培训"),
        ("退税\u200b政策\u202e", "退税政策"),
        ("贷\x00款", "贷 款"),
        ("\ud800贷款", "贷款"),
        ("税", "税"),
        ("湘江新区 A 区", "湘江新区 a 区"),
    ],
)
def test_words_are_cleaned_and_kept(typed: str, kept: str) -> None:
    found = words_of(typed)
    assert (found.text, found.dropped) == (kept, KEPT)


@pytest.mark.parametrize(
    "typed",
    [
        "13812341234",
        "张三 138 1234 1234",
        "1 3 8 1 2 3 4 1 2 3 4 投诉",
        "１３８１２３４１２３４",
        "一三八一二三四一二三四",
        "手机l38l234l234",
        "+8613812341234 拆迁",
        "430104199003071234",
        "43010419900307123X",
        "身份证 430104 19900307 1234",
        "6222021234567890123",
        "6222 0212 3456 7890 123 卡",
        "zhang.san@example.com",
        "ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "0731-88665432",
        "88665432 是谁",
        "qq 12345678",
        "护照 E12345678",
        "湘A12345 违章",
        "湘A·D12345",
        "回执 20221018001234",
        "4301041990****1234 13812341234",
    ],
)
def test_what_may_be_a_number_of_a_person_is_dropped_with_the_words_beside_it(typed: str) -> None:
    found = words_of(typed)
    assert (found.text, found.dropped) == ("", PERSONAL)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("字" * (LONGEST + 1), LONG),
        ("13812341234" * 1000, LONG),
        ("", NONSENSE),
        ("😀😀😀", NONSENSE),
        ("%%%%''''；；；；a", NONSENSE),
        ("\x00\x01\x02", NONSENSE),
        ("?", NONSENSE),
    ],
)
def test_what_is_too_long_or_no_text_is_dropped(typed: str, why: str) -> None:
    found = words_of(typed)
    assert (found.text, found.dropped) == ("", why)


def test_a_hundred_characters_are_kept() -> None:
    assert words_of("字" * LONGEST).text == "字" * LONGEST


WORDS = st.text(alphabet="张三丰举报房租减免在哪里查 ，。（）:：", max_size=20)
SEPARATORS = st.sampled_from(["", " ", "-", "－", "\u3000", "."])
# No strategy over all of Unicode: its tables take seconds to load.
ANYTHING = "ab19税费 \t\n\x00\x7f\u200b\u3000\ud800\ue000\U0010ffff😀@%_.-*/＠１Ａ號〇〔〕"
MOBILES = st.integers(13_000_000_000, 19_999_999_999).map(str)
IDS = st.builds(
    lambda area, year, month, day, number: _id(f"{area}{year}{month:02}{day:02}{number:03}"),
    st.sampled_from(["430104", "430181", "110101", "440305"]),
    st.integers(1940, 2010),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
)


def _id(first17: str) -> str:
    return first17 + resident_id_check_character(first17)


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@given(before=WORDS, after=WORDS, number=MOBILES, gap=SEPARATORS, full=st.booleans())
def test_no_mobile_number_survives(
    before: str, after: str, number: str, gap: str, full: bool
) -> None:
    shown = gap.join((number[:3], number[3:7], number[7:]))
    found = words_of(before + (wide(shown) if full else shown) + after)
    assert (found.text, found.dropped) == ("", PERSONAL)


@given(before=WORDS, after=WORDS, number=IDS, full=st.booleans())
def test_no_resident_number_survives(before: str, after: str, number: str, full: bool) -> None:
    found = words_of(before + (wide(number) if full else number) + after)
    assert (found.text, found.dropped) == ("", PERSONAL)


@given(
    before=WORDS, after=WORDS, name=st.text("abc019._", min_size=1, max_size=12),
    host=st.sampled_from(["example.com", "mail.example.cn", "qq.example"]),
)  # fmt: skip
def test_no_mail_address_survives(before: str, after: str, name: str, host: str) -> None:
    assert words_of(f"{before}{name}@{host}{after}").text == ""


@given(st.text(ANYTHING, max_size=150))
def test_whatever_is_typed_gives_short_clean_words(typed: str) -> None:
    found = words_of(typed)
    assert len(found.text) <= LONGEST
    assert bool(found.text) == (found.dropped == KEPT)
    assert not re.search(r"[\x00-\x1f\x7f\ud800-\udfff]", found.text)
    found.text.encode()
    assert words_of(found.text).text == found.text


@pytest.mark.parametrize(
    ("filters", "text"),
    [
        ({}, ""),
        ({"unit": ["wjw", "czj"], "type": "policy"}, "type=policy&unit=czj,wjw"),
        ({"year": [2022, 2021]}, "year=2021,2022"),
        ({"since": "2022-01-01", "until": "2022-10-18"}, "since=2022-01-01&until=2022-10-18"),
        ({"unit": "13812341234", "type": "张三", "q": "x y", "UNIT": "a"}, ""),
        ({"unit": [""]}, ""),
    ],
)
def test_filters_are_codes_in_one_order(filters: dict[str, str], text: str) -> None:
    assert canonical_filters(filters) == text


def test_filters_that_do_not_fit_are_left_out_whole() -> None:
    text = canonical_filters({f"f_{c}": ["x" * 40, "y" * 40] for c in "abcd"})
    assert len(text) <= 200 and text.count("&") == 1
