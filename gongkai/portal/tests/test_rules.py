"""What public pages say about time and state, and what they accept from an address."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.core.codes import bracket_form
from gongkai.portal import listing, rules

DAY = date(2022, 10, 18)


@pytest.mark.parametrize(
    ("validity", "effective", "expires", "word", "tone"),
    [
        ("in_force", None, None, "现行有效", "ok"),
        ("in_force", DAY, None, "现行有效", "ok"),
        ("in_force", DAY + timedelta(days=1), None, "尚未施行", "warn"),
        ("in_force", None, DAY, "现行有效", "ok"),
        ("in_force", None, DAY - timedelta(days=1), "已失效", "stop"),
        ("not_yet", None, None, "尚未施行", "warn"),
        ("not_yet", DAY - timedelta(days=5), None, "尚未施行", "warn"),
        ("amended", None, None, "已修改", "info"),
        ("amended", None, DAY - timedelta(days=1), "已失效", "stop"),
        ("repealed", DAY, DAY + timedelta(days=9), "已废止", "stop"),
        ("lapsed", None, None, "已失效", "stop"),
    ],
)
def test_dates_that_have_come_speak_before_a_stored_validity(
    validity: str, effective: date | None, expires: date | None, word: str, tone: str
) -> None:
    state = rules.validity_state(validity, effective, expires, DAY)
    assert (state.word, state.tone) == (word, tone)


def test_the_sentence_names_both_dates() -> None:
    state = rules.validity_state("in_force", date(2022, 6, 1), date(2024, 5, 31), DAY)
    assert state.text == "自 2022 年 6 月 1 日起施行，有效期至 2024 年 5 月 31 日。"


@pytest.mark.parametrize("validity", ["in_force", "amended", "repealed", "lapsed", "not_yet"])
@pytest.mark.parametrize("expires", [None, date(2023, 1, 1), date(2020, 1, 1)])
def test_sentences_are_whole(validity: str, expires: date | None) -> None:
    text = rules.validity_state(validity, None, expires, DAY).text
    assert text == "" or text.endswith("。")
    assert "，，" not in text and "；。" not in text and not text.startswith("，")


@pytest.mark.parametrize(
    ("gap", "newest", "overdue", "part"),
    [
        (14, date(2022, 10, 4), False, "下次更新不晚于 2022 年 10 月 18 日"),
        (14, date(2022, 10, 3), True, "已经 15 天没有更新"),
        (14, None, True, "还没有内容"),
        (1, DAY, False, "每 1 天至少更新一次"),
    ],
)
def test_the_update_duty_is_said_with_both_days(
    gap: int, newest: date | None, overdue: bool, part: str
) -> None:
    duty = rules.update_duty(gap, newest, DAY)
    assert duty is not None and duty.overdue is overdue and part in duty.words


@pytest.mark.parametrize("gap", [None, 0])
def test_a_column_without_a_duty_promises_nothing(gap: int | None) -> None:
    assert rules.update_duty(gap, DAY, DAY) is None


@pytest.mark.parametrize(
    ("title", "days", "ends", "expected"),
    [
        ("关于公开征求意见的公告", 3, False, (3, "天后截止")),
        ("关于公开征求意见的公告", 0, False, (0, "今天截止")),
        ("走进水厂主题日活动公告", 9, False, (9, "天后举行")),
        ("走进水厂主题日活动公告", 0, True, (0, "今天举行")),
        ("计划停水公告", 3, False, (3, "天后")),
        ("计划停水公告", 0, False, (0, "就在今天")),
        ("健康提示", 2, True, (2, "天后到期")),
        ("健康提示", 0, True, (0, "今天到期")),
    ],
)
def test_what_comes_soon_has_the_right_verb(
    title: str, days: int, ends: bool, expected: tuple[int, str]
) -> None:
    assert rules.coming(title, DAY, DAY + timedelta(days=days), ends=ends) == expected


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", []),
        ("  ", []),
        ("\x00", []),
        ("租金\x00减免", ["租金", "减免"]),
        (" 租金  减免 ", ["租金", "减免"]),
        ("a b c d e f g h", ["a", "b", "c", "d", "e", "f"]),
        ("😀", ["😀"]),
    ],
)
def test_a_query_becomes_a_few_clean_words(typed: str, words: list[str]) -> None:
    assert rules.query_words(typed) == words


@given(st.text(max_size=200))
def test_a_query_never_holds_control_characters_or_grows(typed: str) -> None:
    words = rules.query_words(typed)
    assert len(words) <= 6 and sum(map(len, words)) <= 60
    assert not any(ord(c) < 32 for word in words for c in word)


@pytest.mark.parametrize(
    "typed", ["[2022]", "（2022）", "【2022】", "(2022)", "〔2022〕", "［2022］"]
)
def test_whatever_brackets_a_number_is_typed_with(typed: str) -> None:
    assert bracket_form(f"长财发{typed}42号") == "长财发〔2022〕42号"


@pytest.mark.parametrize(
    "path", ["/", "/nr/4/", "/zx/?kind=policy&year=2022", "/search/?q=%E7%A7%9F%E9%87%91", "/dw/"]
)
def test_local_addresses_are_kept(path: str) -> None:
    assert rules.safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "nr/4/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
        "https://evil.example/", "javascript:alert(1)", "/\tevil", "/a\r\nSet-Cookie: x=1", "/ x",
        "/\x00", "/f/view/?to=elder", "/" + "a" * 3000,
    ],
)  # fmt: skip
def test_an_address_that_could_lead_elsewhere_becomes_the_home_page(path: str) -> None:
    assert rules.safe_next(path) == "/"


@given(st.text(max_size=60))
def test_no_text_ever_leads_to_another_host(text: str) -> None:
    path = rules.safe_next(text)
    assert path.startswith("/") and not path.startswith("//") and "\\" not in path
    assert not urlsplit(path).netloc


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        ("2022", 2022), ("1949", 1949), ("2999", 2999), ("1948", 0), ("99999", 0), ("-1", 0),
        ("", 0), (None, 0), ("二〇二二", 0), ("２０２２", 0), ("20 2", 0), ("2e3", 0), ("😀", 0),
    ],
)  # fmt: skip
def test_a_year_is_four_plain_digits(typed: str | None, year: int) -> None:
    assert listing.year_of(typed) == year


def test_addresses_keep_only_values_and_escape_them() -> None:
    assert listing.address("/zx/") == "/zx/"
    assert listing.address("/zx/", kind="", year=0, after="") == "/zx/"
    assert listing.address("/zx/", kind="a b&c") == "/zx/?kind=a+b%26c"


def test_one_year_needs_no_choice_and_the_chosen_year_is_always_shown() -> None:
    assert listing.year_links("/zx/", [2022], 0) == []
    links = listing.year_links("/zx/", [2022], 2020)
    assert [(link["label"], link["current"]) for link in links] == [
        ("全部年份", False),
        ("2022 年", False),
        ("2020 年", True),
    ]


@pytest.mark.parametrize(
    ("card", "tag", "tone"),
    [
        ({}, "政策文件", ""),
        ({"kind_name": "政策解读", "tone": "ok"}, "政策解读", "ok"),
        ({"corrected": True}, "有更正", "red"),
        ({"corrected": True, "validity": "repealed"}, "已废止", "idle"),
        ({"validity": "lapsed"}, "已失效", "idle"),
        ({"validity": "not_yet"}, "尚未施行", "warn"),
    ],
)
def test_a_row_says_what_matters_most(card: dict[str, object], tag: str, tone: str) -> None:
    base = {"kind": "policy", "kind_name": "政策文件", "title": "标题", "path": "/nr/1/"}
    row = listing.row({**base, **card, "published_at": None})
    assert (row["tag"], row["tone"]) == (tag, tone)


def test_a_tag_that_repeats_the_heading_is_left_out() -> None:
    card = {
        "kind": "policy",
        "kind_name": "政策文件",
        "title": "题",
        "path": "/",
        "published_at": 0,
    }
    assert listing.rows([card], known="政策文件")[0]["tag"] == ""
    assert listing.rows([{**card, "corrected": True}], known="政策文件")[0]["tag"] == "有更正"


def _measures(*pairs: tuple[object, object]) -> dict[str, object]:
    return {
        "measures": [{"name": f"指标{n}", "target": t, "done": d} for n, (t, d) in enumerate(pairs)]
    }


@pytest.mark.parametrize(
    ("facts", "words", "share"),
    [
        (_measures((140, 70)), "指标0完成 50%", 0.5),
        (_measures((140, 154)), "指标0完成 110%", 1.0),
        (_measures(("200", "50"), (10, 10)), "指标0完成 25%", 0.25),
        (_measures((10, 10), (10, 12), (10, 3)), "3 项里 2 项达到目标", 2 / 3),
        (_measures((None, 5), (8, 2)), "指标1完成 25%", 0.25),
        (_measures((10, -5)), "指标0完成 0%", 0.0),
    ],
)
def test_progress_is_told_in_one_line(facts: dict[str, object], words: str, share: float) -> None:
    told = rules.headline(facts)
    assert told is not None and told.words == words and told.share == pytest.approx(share)


@pytest.mark.parametrize(
    "facts",
    [{}, {"measures": []}, {"measures": None}, _measures((0, 5)), _measures(("很多", 5)),
     _measures((5, "nan")), _measures((5, None))],
)  # fmt: skip
def test_without_a_target_there_is_nothing_to_tell(facts: dict[str, object]) -> None:
    assert rules.headline(facts) is None
