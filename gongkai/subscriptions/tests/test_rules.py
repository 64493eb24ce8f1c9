"""Rules of subscriptions on plain values."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.subscriptions import rules
from gongkai.subscriptions.rules import Group, Line, canonical, first, parsed

MON, TUE, SUN = date(2022, 10, 17), date(2022, 10, 18), date(2022, 10, 23)
NAMES = st.sampled_from(["q", "type", "unit", "year", "page", "sort", "Bad", "x" * 30])


@pytest.mark.parametrize(
    ("typed", "normal"),
    [(" Li@Mail.Example ", "li@mail.example"), ("ｌｉ＠mail.example", "li@mail.example"), ("", "")],
)
def test_one_address_is_one_whatever_it_is_typed_like(typed: str, normal: str) -> None:
    assert rules.normal_address(typed) == normal


@settings(max_examples=50)
@given(st.dictionaries(NAMES, st.lists(st.text(max_size=12), max_size=3), max_size=5))
def test_canonical_parameters_are_one_text_for_one_question(params: dict[str, list[str]]) -> None:
    text = canonical(params)
    assert canonical(parsed(text)) == text, "canonical again is the same"
    assert canonical({name: params[name][::-1] for name in reversed(list(params))}) == text
    assert not {"page", "sort", "Bad"} & set(parsed(text))
    assert len(text) <= rules.TARGET_LENGTH and text.isascii()


def test_what_says_how_it_is_looked_at_does_not_count() -> None:
    one = canonical({"q": ["公积金  提取"], "sort": ["new"], "page": ["3"], "type": ["", "policy"]})
    assert one == canonical({"type": ["policy"], "q": [" 公积金 提取 "]})
    assert first(one, "q") == "公积金 提取" and first(one, "none") == ""


def test_what_is_too_long_is_nothing() -> None:
    assert canonical({"q": ["字" * 100]}) == ""


@pytest.mark.parametrize(
    ("last", "today", "hour", "due"),
    [(None, TUE, 8, True), (None, TUE, 7, False), (TUE, TUE, 9, False), (MON, TUE, 8, True)],
)
def test_a_daily_digest_goes_once_a_day_from_eight(
    last: date | None, today: date, hour: int, due: bool
) -> None:
    assert rules.daily_due(last, today, hour) is due


@pytest.mark.parametrize(
    ("last", "today", "hour", "due"),
    [(None, MON, 8, True), (None, MON, 7, False), (MON, SUN, 12, False), (date(2022, 10, 14), TUE, 1, True),
     (None, SUN, 0, True)],
)  # fmt: skip
def test_a_weekly_digest_goes_once_a_week_from_monday(
    last: date | None, today: date, hour: int, due: bool
) -> None:
    assert rules.weekly_due(last, today, hour) is due


def group(count: int, title: str = "关于补助的通知") -> Group:
    lines = tuple(
        Line("新公开", f"{title}{n}", "市财政局，2022年10月18日", f"https://x.example/nr/{n}/")
        for n in range(count)
    )
    return Group(
        "栏目", "优化营商环境", "https://x.example/zt/yingshang/", "https://x.example/out/1", lines
    )


def test_a_letter_names_one_thing_and_counts_several() -> None:
    assert (
        rules.letter_subject([group(1)], "长沙政务公开")
        == "【长沙政务公开】新公开：关于补助的通知0"
    )
    assert "3 条更新" in rules.letter_subject([group(1), group(2)], "长沙政务公开")
    assert "\n" not in rules.letter_subject([group(1, "一\r\nBcc: x@y.cn\n")], "站")


def test_a_letter_has_titles_links_and_ways_out_and_is_bounded() -> None:
    text = rules.letter_text(
        [group(rules.LINES + 5)], site="站", manage_link="https://m", leave_link="https://l"
    )
    assert text.count("新公开：") == rules.LINES and "另有 5 条" in text
    assert "https://m" in text and "https://l" in text and "https://x.example/out/1" in text


def test_letters_that_strangers_can_cause_say_what_to_do() -> None:
    confirm = rules.confirm_letter(
        what="栏目",
        title="民生",
        frequency="每天一封汇总",
        site="站",
        link="https://c",
        leave_link="https://l",
    )
    assert (
        "三天内有效" in confirm.text and "https://c" in confirm.text and "https://l" in confirm.text
    )
    for letter in (
        rules.known_letter(what="栏目", title="民生", site="站", manage_link="https://m"),
        rules.full_letter(site="站", manage_link="https://m"),
        rules.manage_letter(site="站", manage_link="https://m"),
    ):
        assert "https://m" in letter.text and letter.subject.startswith("【站】")
