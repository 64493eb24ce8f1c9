"""What the results page reads from its address and says; no database."""

from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.portal import rules_search as rules
from gongkai.portal.rules_search import Known, Wanted

KNOWN = Known(
    types={
        "policy": "政策文件",
        "interpretation": "政策解读",
        "faq": "政策问答",
        "unit": "单位专栏",
    },
    groups={"policy": "policy", "interpretation": "policy", "faq": "response"},
    units={"czj": "市财政局", "fgw": "市发展改革委"},
    topics={"04": "财政、金融、审计"},
    validities={"in_force": "现行有效", "repealed": "已废止"},
    sites={"city": "市本级", "wangcheng": "望城区政府"},
)
GOOD = {
    "q": "公积金", "in": "policy", "type": "policy", "unit": "czj", "topic": "04", "year": "2022",
    "validity": "in_force", "site": "city", "order": "newest", "title": "1", "lapsed": "1",
    "syn": "0", "page": "3",
}  # fmt: skip


def test_an_address_is_read_and_written_back() -> None:
    wanted = rules.read(GOOD, KNOWN)
    assert wanted.query(page=3).count("&") == len(GOOD) - 1
    again = {name: values[0] for name, values in parse_qs(wanted.query(page=3)).items()}
    assert rules.read(again, KNOWN) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [("type", "nope"), ("unit", "'--"), ("topic", "99"), ("year", "abc"), ("year", "99999"),
     ("year", "１９９９"), ("validity", "ended"), ("site", "none"), ("order", "price"), ("in", "x"),
     ("title", "yes"), ("lapsed", "true"), ("page", "-1"), ("page", "abc"), ("page", "1e9"),
     ("page", "9" * 400), ("page", "²")],
)  # fmt: skip
def test_what_cannot_be_meant_counts_as_not_said(name: str, value: str) -> None:
    assert rules.read({"q": "公积金", name: value}, KNOWN) == Wanted(q="公积金")


def test_a_page_number_has_an_end() -> None:
    assert rules.read({"page": "999999"}, KNOWN).page == rules.LAST_PAGE


def test_a_kind_outside_of_the_tab_is_given_up() -> None:
    assert rules.read({"q": "x", "in": "faq", "type": "policy"}, KNOWN).type == ""
    assert rules.read({"q": "x", "in": "policy", "type": "interpretation"}, KNOWN).type == ""
    assert rules.read({"q": "x", "in": "policy", "type": "policy"}, KNOWN).type == "policy"


def test_a_district_s_site_is_always_searched_alone() -> None:
    wanted = rules.read({"q": "x", "site": "city"}, KNOWN, site="wangcheng")
    assert wanted.site == "wangcheng"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*GOOD, "other"]), st.text(max_size=40)))
def test_any_address_is_read_and_gives_one_that_can_be_sent(given: dict[str, str]) -> None:
    wanted = rules.read(given, KNOWN)
    query = wanted.query(page=wanted.page)
    assert query.isascii()
    again = {name: values[0] for name, values in parse_qs(query).items()}
    assert rules.read(again, KNOWN) == wanted


def test_a_change_goes_back_to_the_first_page() -> None:
    assert "page" not in Wanted(q="x", page=4).query(unit="czj")
    assert "page=4" in Wanted(q="x").query(page=4)


@pytest.mark.parametrize(
    ("page", "last", "shown"),
    [(1, 1, [1]), (1, 2, [1, 2]), (1, 9, [1, 2, 3, None, 9]), (5, 9, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
     (6, 20, [1, None, 4, 5, 6, 7, 8, None, 20]), (20, 20, [1, None, 18, 19, 20])],
)  # fmt: skip
def test_pages_that_are_offered(page: int, last: int, shown: list[int | None]) -> None:
    assert rules.window(page, last) == shown


@given(st.integers(1, 100), st.integers(1, 100))
def test_the_first_the_last_and_the_present_page_are_always_offered(page: int, last: int) -> None:
    shown = [number for number in rules.window(min(page, last), last) if number]
    assert {1, last, min(page, last)} <= set(shown) and shown == sorted(set(shown))


def test_a_facet_puts_what_is_taken_first_and_gives_it_up_again() -> None:
    counts = [("fgw", 9), ("czj", 2), ("gone", 5)]
    facet = rules.facet_of(Wanted(q="x", unit="czj"), KNOWN, "unit", counts)
    assert facet is not None
    assert [(v.name, v.count, v.on) for v in facet.values] == [
        ("市财政局", 2, True), ("市发展改革委", 9, False),
    ]  # fmt: skip
    assert facet.values[0].query == "q=x" and facet.values[1].query == "q=x&unit=fgw"


def test_a_facet_with_nothing_to_choose_is_left_out_but_never_what_is_taken() -> None:
    assert rules.facet_of(Wanted(q="x"), KNOWN, "unit", [("czj", 3)]) is None
    facet = rules.facet_of(Wanted(q="x", unit="czj"), KNOWN, "unit", [])
    assert facet is not None and facet.values[0].count == 0 and facet.values[0].on


def test_years_stand_newest_first() -> None:
    facet = rules.facet_of(Wanted(q="x"), KNOWN, "year", [("2019", 9), ("2022", 1)])
    assert facet is not None and [v.name for v in facet.values] == ["2022 年", "2019 年"]


def test_chips_take_back_one_condition_each() -> None:
    wanted = rules.read(GOOD, KNOWN)
    found = rules.chips(wanted, KNOWN)
    assert [chip.label for chip in found] == [
        "信息种类：政策文件", "发布单位：市财政局", "主题：财政、金融、审计", "公开年份：2022 年",
        "有效性：现行有效", "网站：市本级", "只查标题", "包括已废止和失效的",
    ]  # fmt: skip
    assert "unit=" not in found[1].query and "year=2022" in found[1].query
    assert len(rules.chips(wanted, KNOWN, fixed=("site",))) == 7


def test_tabs_count_groups_of_kinds_and_leave_out_empty_ones() -> None:
    counts = {"policy": 3, "interpretation": 2, "unit": 1}
    found = rules.tabs(Wanted(q="x"), KNOWN, counts, articles=7)
    assert [(tab["label"], tab["count"]) for tab in found] == [
        ("全部", None), ("条文", 7), ("政策文件", 3), ("解读", 2), ("单位和栏目", 1),
    ]  # fmt: skip
    found = rules.tabs(Wanted(q="x", scope="faq", type="faq"), KNOWN, {}, articles=0)
    assert [tab["label"] for tab in found] == ["全部", "问答"] and found[1]["current"]
    assert found[0]["query"] == "q=x"


TEXT = "概述\n第一条　为了规范。\n第二条　应当依照第九条申请。\n附件：清单.xlsx\n名称 金额\n甲 1"


@pytest.mark.parametrize(
    ("words", "place"),
    [("概述", ""), ("规范", "第一条"), ("应当", "第二条"), ("申请", "第二条"), ("清单", "附件《清单.xlsx》"),
     ("甲", "附件《清单.xlsx》")],
)  # fmt: skip
def test_where_a_find_stands(words: str, place: str) -> None:
    assert rules.place_of(TEXT, TEXT.index(words), articles=True) == place


def test_articles_are_named_only_where_a_document_has_some() -> None:
    assert rules.place_of(TEXT, TEXT.index("规范")) == ""


def test_the_first_mark_of_a_fragment_has_its_place_in_the_text() -> None:
    assert rules.first_mark(10, [("前面", False), ("公积金", True)]) == 12
    assert rules.first_mark(10, []) == 10


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("第三条　申请人应当提交下列材料：", "申请人应当提交下列材料"),
        ("第三条　无。", ""),
        ("", ""),
    ],
)
def test_a_link_into_an_article_names_its_own_words(text: str, link: str) -> None:
    assert rules.text_link(text).startswith("#:~:text=%" if link else "")
    assert bool(rules.text_link(text)) == bool(link)


def test_counts_in_honest_words() -> None:
    assert rules.number_words(12, 1000) == "找到 12 条"
    assert rules.number_words(12345, 1000) == "找到 12,345 条，列出前 1,000 条"
