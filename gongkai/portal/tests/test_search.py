"""The results page: what it shows, by every parameter, whatever is typed."""

import re
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.core.caching import never_kept
from gongkai.portal.tests.town import Town
from gongkai.profiles.tests.world import World
from gongkai.publishing.models import Item
from gongkai.search.entries import PUBLIC
from gongkai.search.writing import Follower

RULES = (
    "<p>第一条　为了规范租金减免，制定本办法。</p><p>第二条　承租人应当书面申请。</p>"
    "<p>第三条　本办法自公布之日起施行。</p>"
)


def page(visitor: Client, query: str, site: str = "/", **cookies: str) -> str:
    answer = visitor.get(f"{site}search/?{quote(query, safe='=&')}")
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    html = answer.content.decode()
    return html[html.index("<main") : html.index("</main>")]


def hits(html: str) -> list[str]:
    """Titles of the hits in order, cards first."""
    found = re.findall(r"<h3[^>]*><a[^>]*>(.*?)</a></h3>", html)
    return [re.sub(r"<[^>]+>", "", title) for title in found]


@pytest.fixture
def full(town: Town) -> Town:
    """A few documents that differ in everything that can be asked for."""
    policy = town.city.kinds["policy"]
    common = {"theme": town.city.themes["0401"]}
    town.fill(1, kind=policy, title="租金减免办法", doc_no="长财发〔2022〕42号", body=RULES,
              index_no="CZJ/2022-00042", **common)  # fmt: skip
    town.fill(1, kind=town.city.kinds["interpretation"], title="一图读懂租金减免",
              index_no="CZJ/2022-00043", topics=[])  # fmt: skip
    town.fill(1, town.city.bureau_b, kind=policy, title="旧的租金办法", doc_no="长发改〔2019〕7号",
              validity="repealed", index_no="FGW/2019-00007", **common)  # fmt: skip
    town.fill(1, town.city.bureau_b, kind=policy, title="房租补贴的通知",
              body="<p>减免以后的房租和租金，按长财发〔2022〕42号办理。</p>",
              index_no="FGW/2022-00008", **common)  # fmt: skip
    town.fill(1, town.city.district_1_bureau, title="望城区租金减免公告", topics=[])
    town.indexed()
    return town


def test_words_are_found_and_marked_and_what_does_not_hold_is_one_click_away(
    full: Town, visitor: Client
) -> None:
    html = page(visitor, "q=租金")
    assert "找到 4 条" in html and "旧的租金办法" not in html
    assert "<mark>租金</mark>减免办法" in html
    assert '<span class="at">第一条</span>' in html
    assert "另有 1 条已废止或者失效" in html
    html = page(visitor, "q=租金&lapsed=1")
    assert "找到 5 条" in html and "旧的租金办法" in html.replace("<mark>", "").replace(
        "</mark>", ""
    )
    assert ">已废止</span>" in html and "包括已废止和失效的" in html


COUNTS = {
    "type=interpretation": 1, "type=policy": 3, "unit=czj": 2, "topic=04": 4, "year=2022": 4,
    "year=2001": 0, "validity=repealed": 1, "validity=in_force": 4, "site=wangcheng": 1,
    "site=city": 3, "title=1": 3, "in=policy": 3, "in=interpretation": 1, "in=news": 0,
    "order=newest": 4, "unit=nope": 4, "year=abc": 4, "page=-1": 4, "page=999999": 4,
    "unit=fgw&lapsed=1": 2, "in=articles": 3,
}  # fmt: skip


def test_every_parameter(full: Town, visitor: Client) -> None:
    for query, count in COUNTS.items():
        html = page(visitor, f"q=租金&{query}")
        said = re.search(r"找到 (\d+) 条", html)
        assert (int(said[1]) if said else 0) == count, query
    assert "这些条件下没有" in page(visitor, "q=租金&year=2001")


def test_newest_first(full: Town, visitor: Client) -> None:
    Item.objects.filter(title="房租补贴的通知").update(published_at="2022-01-02T00:00Z")
    full.indexed()
    assert hits(page(visitor, "q=租金&order=newest"))[-1] == "房租补贴的通知"


def test_a_number_is_answered_with_the_document_and_what_mentions_it(
    full: Town, visitor: Client
) -> None:
    for typed in ("长财发[2022]42号", "长财发（2022）42号", "长财发〔2022〕42号"):
        html = page(visitor, f"q={typed}")
        assert "您查的这一份" in html and hits(html) == ["租金减免办法", "房租补贴的通知"], typed
    assert hits(page(visitor, "q=czj/2022-00042"))[0] == "租金减免办法"


def test_a_number_of_a_repealed_document_is_answered_all_the_same(
    full: Town, visitor: Client
) -> None:
    html = page(visitor, "q=长发改〔2019〕7号")
    assert "您查的这一份" in html and "已废止" in html


def test_the_name_of_a_unit_is_answered_with_its_column_and_phone(
    full: Town, visitor: Client
) -> None:
    World(full.city, full.editors, full.people).public("functions")
    full.indexed()
    html = page(visitor, "q=市财政局")
    card = html[html.index("hit-card") :]
    assert 'href="/dw/czj/"' in card and "?part=apply" in card and 'href="tel:' in card
    assert "优化营商环境" in page(visitor, "q=优化营商环境")


def test_an_answered_question_is_answered_at_once(full: Town, visitor: Client) -> None:
    kind = full.city.kinds["faq"]
    full.fill(1, kind=kind, title="租金减免要交哪些材料？", summary="交一张表。", index_no="X/1")
    full.indexed()
    html = page(visitor, "q=租金减免要交哪些材料")
    assert "已经答复过的问题" in html and "交一张表。" in html


def test_what_fits_only_in_part_stands_under_its_own_heading(full: Town, visitor: Client) -> None:
    html = page(visitor, "q=火星移民租金减免")
    assert "没有全部符合的" in html and html.index("下面的只符合一部分") < html.index("found-list")


def test_nothing_found_offers_ways_on(full: Town, visitor: Client) -> None:
    html = page(visitor, "q=龘靐齉")
    assert "没有找到" in html and "?for=apply" in html and "12345" in html


def test_articles_lead_into_the_document(full: Town, visitor: Client) -> None:
    html = page(visitor, "q=书面申请&in=articles")
    assert "租金减免办法 第二条" in hits(html) and "#:~:text=" in html


def test_a_district_finds_its_own_and_leads_to_the_whole_city(full: Town, visitor: Client) -> None:
    html = page(visitor, "q=租金", "/qx/wangcheng/")
    assert hits(html) == ["望城区租金减免公告"]
    assert 'href="/search/?q=%E7%A7%9F%E9%87%91"' in html


BAD = (
    "", "   ", "x" * 10_000, "租金" * 5_000, "😀", "\x00\x01\x02", "AND OR (", "****", "\\", "%", "_",
    '"', "“", "《", "-租金", "-", '"><script>alert(1)</script>', "'; DROP TABLE", "(((((", "NOT",
    "\ud800", "\u202e\u200b", "title:租金", "[* TO *]", "租金^1000000", "~~", "号", "的", "2022",
)  # fmt: skip


def test_whatever_is_typed_there_is_a_page(full: Town, visitor: Client) -> None:
    for typed in BAD:
        data = {"q": typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}
        for address in ("/search/", "/dw/czj/jiansuo/", "/search/jianyi/"):
            answer = visitor.get(address, data)
            assert answer.status_code == 200, (address, typed)
            assert b"<script>alert" not in answer.content


def test_raw_bytes_that_are_no_text_are_a_page_too(full: Town, visitor: Client) -> None:
    for query in ("q=%ff%fe", "q=%ED%A0%80", "q", "q=&q=租金", "&&&=", "q=%00"):
        assert visitor.get(f"/search/?{query}").status_code == 200


def test_bad_parameters_leave_the_page_right(full: Town, visitor: Client) -> None:
    for parameter in ("page", "year", "type", "unit", "order", "in", "site"):
        for value in ("-1", "😀", "9" * 300, "%00", "<x>"):
            html = page(visitor, f"q=租金&{parameter}={value}")
            assert "找到 4 条" in html, (parameter, value)


def test_a_withdrawn_item_is_gone_although_the_index_still_has_it(
    town: Town, visitor: Client
) -> None:
    item = town.public(title="要撤回的租金通知")
    town.indexed()
    assert "要撤回的" in page(visitor, "q=租金")
    town.withdraw(item)
    for query in ("q=租金", f"q={item.doc_no}", f"q={item.title}"):
        html = page(visitor, query)
        assert f"/nr/{item.pk}/" not in html and "通知</a>" not in html
    assert "要撤回的" not in visitor.get("/search/jianyi/", {"q": "要撤回"}).content.decode()
    assert f"/nr/{item.pk}/" not in visitor.get("/dw/czj/jiansuo/?q=租金").content.decode()


def test_text_of_an_older_version_is_not_shown(town: Town, visitor: Client) -> None:
    item = town.public(title="租金通知", body="<p>原来写的是八万元租金。</p>", summary="概述")
    town.indexed()
    assert "八万元" in page(visitor, "q=租金")
    Item.objects.filter(pk=item.pk).update(live_digest="1" * 64)
    html = page(visitor, "q=租金")
    assert "八万元" not in html and "概述" in html and f"/nr/{item.pk}/" in html


def test_the_follower_brings_what_was_released(town: Town, visitor: Client) -> None:
    town.indexed()
    item = town.public(title="刚刚公开的租金通知")
    from gongkai.core.facts import seal

    seal()
    follower = Follower(PUBLIC)
    follower.step()
    follower.close()
    assert f"/nr/{item.pk}/" in page(visitor, "q=租金")


def test_without_an_index_the_page_says_so(town: Town, visitor: Client) -> None:
    town.fill(2)
    html = page(visitor, "q=事项")
    assert "索引正在建立" in html and "/columns/" in html and "没有找到" not in html
    assert "索引正在建立" in visitor.get("/dw/czj/jiansuo/?q=事项").content.decode()


def test_pages_of_hits(town: Town, visitor: Client) -> None:
    town.fill(23)
    town.indexed()
    html = page(visitor, "q=事项")
    assert "找到 23 条" in html and len(hits(html)) == 10 and 'rel="next"' in html
    assert len(hits(page(visitor, "q=事项&page=3"))) == 3
    assert hits(page(visitor, "q=事项&page=99")) == hits(page(visitor, "q=事项&page=3"))


def test_a_page_asks_at_most_twelve_questions(
    full: Town, visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    full.fill(40)
    full.indexed()
    for query in (
        "q=事项", "q=市财政局", "q=长财发〔2022〕42号", "q=事项&in=articles", "q=没有这回事的租金",
        "q=租金&unit=czj&year=2022&type=policy&lapsed=1",
    ):  # fmt: skip
        with django_assert_max_num_queries(12):
            page(visitor, query)


def test_the_elder_view_has_pages_of_its_own(full: Town, visitor: Client) -> None:
    visitor.cookies["view"] = "elder"
    for query in ("q=租金", "q=长财发〔2022〕42号", "q=龘靐齉", "q=", "q=火星移民租金减免"):
        assert "打电话问" in page(visitor, query)
    assert "found-big" in page(visitor, "q=租金")


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/search/", False), ("/search/jianyi/", False), ("/qx/wangcheng/search/", False),
     ("/dw/czj/jiansuo/", False), ("/search/feed/", True), ("/dw/czj/", True), ("/", True)],
)  # fmt: skip
def test_which_addresses_no_cache_keeps(path: str, kept: bool) -> None:
    assert never_kept(path) is not kept


def test_suggestions_are_phrases_that_are_public(full: Town, visitor: Client) -> None:
    answer = visitor.get("/search/jianyi/", {"q": "租金减"})
    assert answer["Cache-Control"] == "no-store" and not answer.cookies
    words = answer.json()["suggestions"]
    assert "租金减免办法" in words and len(words) <= 8
    assert visitor.get("/search/jianyi/", {"q": ""}).json() == {"suggestions": []}


def test_every_page_has_one_search_box_with_suggestions(full: Town, visitor: Client) -> None:
    for path in (
        "/",
        "/zx/",
        "/qx/wangcheng/zx/",
        "/search/?q=租金",
        "/nope/",
        "/f/zhaocuo/?page=/",
    ):
        html = visitor.get(path).content.decode()
        assert html.count('role="search"') == 1 and html.count("data-suggest=") == 1, path
    assert (
        'data-suggest="/qx/wangcheng/search/jianyi/"'
        in visitor.get("/qx/wangcheng/").content.decode()
    )


def test_several_units_of_one_name_are_told_without_a_question_for_each(
    full: Town, visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for unit in (full.city.bureau_a, full.city.bureau_b, full.city.district_1_bureau):
        unit.aliases.create(name="便民服务局")
    full.indexed()
    with django_assert_max_num_queries(12):
        assert page(visitor, "q=便民服务局").count('hit-card">') == 3


def test_a_search_can_be_followed_as_it_stands(full: Town, visitor: Client) -> None:
    answer = page(visitor, "q=租金&in=policy&unit=czj")
    follow = re.search(r'href="(/f/dingyue/\?what=search&amp;[^"]+)"', answer)
    assert follow and "in=policy" in follow[1] and "unit=czj" in follow[1]
    told = visitor.get(follow[1].replace("&amp;", "&")).content.decode().replace("<wbr>", "")
    assert "范围：政策文件" in told and "发布单位：市财政局" in told
    feed = re.search(r'href="([^"]+/feed/[^"]+)"', answer)
    assert feed
    found = visitor.get(feed[1].replace("&amp;", "&")).content.decode()
    assert "租金减免办法" in found and "房租补贴的通知" not in found and "一图读懂" not in found
    assert "/f/dingyue/?what=search" not in page(visitor, "q=租金&in=articles")


def test_a_slip_is_answered_with_what_was_meant(full: Town, visitor: Client) -> None:
    html = page(visitor, "q=租金检免办法")
    assert "您要找的是不是" in html and "租金减免办法</b>" in html
    assert "您要找的是不是" not in page(visitor, "q=租金")


def test_other_words_are_named_and_can_be_left_out(full: Town, visitor: Client) -> None:
    html = page(visitor, "q=市财政局")
    assert "也查了：" in html and "长沙市财政局" in html and "syn=0" in html
    assert "也查了：" not in page(visitor, "q=市财政局&syn=0")


def test_the_search_inside_a_unit_finds_in_the_text_and_only_there(
    full: Town, visitor: Client
) -> None:
    found = visitor.get("/dw/fgw/jiansuo/?q=房租").content.decode()
    assert "房租补贴的通知" in found and "租金减免办法" not in found
    assert 'href="/search/?q=' in found
    found = visitor.get("/dw/fgw/jiansuo/?q=租金&validity=ended").content.decode()
    assert "旧的租金办法" in found and "房租补贴的通知" not in found
