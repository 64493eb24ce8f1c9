"""Every public place answers, is the same for everybody, and survives any address."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from gongkai.catalogue.models import Column
from gongkai.core.caching import FRESH
from gongkai.portal.tests.town import Town, make_plan, moment

CITY = (
    "/", "/zt/yingshang/", "/zt/yingshang/?fq=wenjian", "/zt/yingshang/?all=1", "/zt/guizhang/",
    "/zt/jiedu/", "/zt/jiceng/", "/zx/", "/zx/?kind=policy", "/zx/?kind=opinion", "/dw/",
    "/dw/?for=apply", "/dw/czj/", "/dw/czj/?part=guide", "/dw/czj/?part=rules",
    "/dw/czj/?part=report", "/dw/czj/?part=apply", "/jd/", "/jd/1/", "/search/", "/search/?q=号",
    "/columns/", "/sitemap/", "/accessibility/", "/contact/",
)  # fmt: skip
DISTRICT = (
    "/qx/wangcheng/", "/qx/wangcheng/zt/yingshang/", "/qx/wangcheng/zx/", "/qx/wangcheng/dw/",
    "/qx/wangcheng/dw/wangcheng_czj/", "/qx/wangcheng/jd/", "/qx/wangcheng/search/",
    "/qx/wangcheng/columns/", "/qx/wangcheng/sitemap/", "/qx/wangcheng/accessibility/",
    "/qx/wangcheng/contact/",
)  # fmt: skip
MISSING = (
    "/nope/", "/qx/none/", "/qx/none/zx/", "/zt/none/", "/zt/latest/", "/zt/unit-czj/",
    "/dw/none/", "/nr/987654/", "/nr/0/", "/nr/999999999999999999999999/", "/jd/99/", "/jd/0/",
    "/jd/99999999999999999999/", "/qx/wangcheng/jd/1/", "/nr/987654/v/1/",
    "/qx/wangcheng/zt/jiedu/",
)  # fmt: skip


@pytest.fixture
def full(town: Town) -> Town:
    town.plan()
    town.fill(8)
    town.fill(3, town.city.district_1_bureau)
    return town


@pytest.mark.parametrize("path", CITY + DISTRICT)
def test_every_place_answers_without_cookie_and_may_be_cached(
    full: Town, visitor: Client, path: str
) -> None:
    response = visitor.get(path)
    assert response.status_code == 200
    assert not response.cookies and "Set-Cookie" not in response
    found = "/search/" in path
    assert response["Cache-Control"] == ("no-store" if found else FRESH)
    assert response["Content-Type"].startswith("text/html")
    text = response.content.decode()
    assert "网站标识码" in text and "我为政府网站找错" in text and "湘ICP备" in text
    assert text.count("<h1") == 1 and text.count("<main") == 1


@pytest.mark.parametrize("path", CITY + DISTRICT)
def test_head_answers_like_get_without_a_body(full: Town, visitor: Client, path: str) -> None:
    response = visitor.head(path)
    assert response.status_code == 200 and response.content == b""


@pytest.mark.parametrize("path", CITY[:6] + DISTRICT[:2])
def test_nothing_can_be_posted_to_a_public_page(full: Town, visitor: Client, path: str) -> None:
    assert visitor.post(path).status_code == 405


@pytest.mark.parametrize("path", MISSING)
def test_what_does_not_exist_is_404_in_the_frame_of_the_site(
    full: Town, visitor: Client, path: str
) -> None:
    response = visitor.get(path)
    assert response.status_code == 404
    text = response.content.decode()
    assert "没有" in text and "网站标识码" in text and "noindex" in text
    assert not response.cookies and response["Cache-Control"].startswith("public")


def test_a_404_below_a_district_carries_the_district_s_name(full: Town, visitor: Client) -> None:
    assert "望城政务公开" in visitor.get("/qx/wangcheng/nope/").content.decode()


def test_a_404_before_any_site_exists_is_still_a_page(db: None, visitor: Client) -> None:
    response = visitor.get("/nope/")
    assert response.status_code == 404 and "没有" in response.content.decode()


AFTER = ("zzz", "-", "1-", "-1", "nan-1", "inf-1", "1e400-1", "1666-99999999999999999999999", "😀",
         "0-0", "1" * 300 + "-1", "1666060200.5-1-2", "\x00")  # fmt: skip
YEARS = ("99999", "0", "-1", "2022.5", "二〇二二", "😀", "1948", "\x00")
PAGES = ("-1", "zzz", "😀", "9" * 40)
PLACES = ("/zx/", "/zt/yingshang/", "/zt/jiedu/", "/dw/czj/", "/qx/wangcheng/zx/")


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize(
    "query",
    [*(f"after={quote(v)}" for v in AFTER), *(f"year={quote(v)}" for v in YEARS),
     *(f"page={quote(v)}" for v in PAGES), "kind=😀", "kind=none", "fq=none", "fq=😀", "part=none",
     "fq=wenjian&after=zzz&year=99999&page=-1", "all=2"],
)  # fmt: skip
def test_bad_cursors_and_parameters_show_the_page_itself(
    full: Town, visitor: Client, path: str, query: str
) -> None:
    assert visitor.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("site", ["/", "/qx/wangcheng/"])
def test_no_verb_on_the_home_page_is_a_dead_link(full: Town, visitor: Client, site: str) -> None:
    text = visitor.get(site).content.decode()
    verbs = re.search(r'<ul class="verbs">(.*?)</ul>', text, re.DOTALL)
    assert verbs
    links = re.findall(r'href="([^"]+)"', verbs[1])
    assert len(links) == 6
    for link in links:
        assert visitor.get(link.replace("&amp;", "&")).status_code == 200, link


def test_every_link_of_every_place_leads_somewhere(full: Town, visitor: Client) -> None:
    """One crawl over all public pages; /f/ and /tour/ belong to other rooms."""
    seen: set[str] = set()
    waiting = ["/", "/qx/wangcheng/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        response = visitor.get(path, follow=True)
        assert response.status_code == 200, path
        if response.streaming:  # a file to take along, no page
            continue
        for link in re.findall(r'href="(/[^"#]*)', response.content.decode()):
            link = link.replace("&amp;", "&")
            if not link.startswith(("/static/", "/f/", "/tour/", "/files/")) and link not in seen:
                waiting.append(link)
    assert len(seen) > 60


def test_the_elder_view_is_chosen_by_cookie_only(full: Town) -> None:
    visitor = Client()
    assert 'data-view="standard"' in visitor.get("/").content.decode()
    response = visitor.get("/f/view/", {"to": "elder", "next": "/zx/?kind=policy"})
    assert response.status_code == 302 and response["Location"] == "/zx/?kind=policy"
    assert response["Cache-Control"] == "no-store"
    assert response.cookies["view"].value == "elder" and response.cookies["view"]["path"] == "/"
    for path in ("/", "/zx/", "/jd/", "/nope/"):
        page = visitor.get(path)
        assert 'data-view="elder"' in page.content.decode()
        assert "Cookie" in page["Vary"] and not page.cookies
    back = visitor.get("/f/view/", {"to": "standard", "next": "/"})
    assert back.cookies["view"].value == ""
    assert 'data-view="standard"' in visitor.get("/").content.decode()


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/\\evil", "", "x"])
def test_choosing_a_view_never_leads_away(db: None, visitor: Client, target: str) -> None:
    response = visitor.get("/f/view/", {"to": "elder", "next": target})
    assert response.status_code == 302 and response["Location"] == "/"


@pytest.mark.parametrize("value", ["ELDER", "1", "<script>", "standard"])
def test_any_other_cookie_value_is_the_standard_view(full: Town, value: str) -> None:
    visitor = Client()
    visitor.cookies["view"] = value
    visitor.cookies["gongkai_session"] = "someone"
    assert 'data-view="standard"' in visitor.get("/").content.decode()


def test_the_demo_bar_stands_on_every_page_of_a_demonstration_only(
    full: Town, visitor: Client, settings: Any
) -> None:
    text = visitor.get("/").content.decode()
    assert "2022 年 10 月 18 日" in text and 'href="/tour/"' in text and "<form method" not in text
    settings.DEMO_DATE = None
    assert "演示城市" not in visitor.get("/").content.decode()


def test_columns_say_their_duty_and_name_their_keeper(full: Town, visitor: Client) -> None:
    text = visitor.get("/zt/yingshang/").content.decode()
    assert "下次更新不晚于" in text and "市发展改革委" in text
    empty = visitor.get("/zt/guizhang/").content.decode()
    assert "每 14 天至少更新一次，还没有内容" in empty and "这里还没有内容" in empty


def test_a_column_with_sections_is_composed_and_a_section_is_a_list(
    full: Town, visitor: Client
) -> None:
    composed = visitor.get("/zt/yingshang/").content.decode()
    for name in ("政策文件", "政策解读", "工作动态"):
        assert f">{name}</h2>" in composed
    assert composed.count('href="/zt/yingshang/?fq=wenjian"') >= 2
    listed = visitor.get("/zt/yingshang/?fq=wenjian").content.decode()
    assert listed.count('href="/nr/') == 11 and 'aria-current="page">政策文件' in listed


def test_a_district_s_site_shows_only_its_own(full: Town, visitor: Client) -> None:
    text = visitor.get("/qx/wangcheng/zx/").content.decode()
    assert text.count('href="/nr/') == 3
    assert "望城政务公开" in text


def test_long_lists_are_read_by_key_to_the_end_without_repetition(
    town: Town, visitor: Client
) -> None:
    town.fill(45)
    seen: list[str] = []
    path = "/zt/yingshang/?fq=wenjian"
    for _ in range(4):
        text = visitor.get(path).content.decode()
        seen += re.findall(r'<div class="t">.*?href="(/nr/\d+/)"', text)
        older = re.search(r'href="([^"]+)" rel="next"', text)
        if not older:
            break
        path = older[1].replace("&amp;", "&")
        path = path if path.startswith("/") else f"/zt/yingshang/{path}"
    assert len(seen) == len(set(seen)) == 45


def test_lists_can_be_read_by_kind_and_year(town: Town, visitor: Client) -> None:
    town.fill(8)
    old = town.fill(1, title="去年的信息", index_no="CZJ/2021-00001",
                    published_at=moment(9).replace(year=2021))[0]  # fmt: skip
    text = visitor.get("/zx/?year=2021").content.decode()
    assert f'href="/nr/{old.pk}/"' in text and text.count('href="/nr/') == 1
    assert visitor.get("/zx/?kind=news").content.decode().count('href="/nr/') == 2
    assert "这一年没有内容" in visitor.get("/zx/?year=1999").content.decode()


def test_calls_for_opinions_have_a_list_of_their_own(town: Town, visitor: Client) -> None:
    notice = town.city.kinds["notice"]
    call = town.fill(1, kind=notice, title="关于公开征求意见的公告", index_no="A/1")[0]
    town.fill(1, kind=notice, title="停水公告", index_no="A/2")
    text = visitor.get("/zx/?kind=opinion").content.decode()
    assert f'href="/nr/{call.pk}/"' in text and text.count('href="/nr/') == 1


def test_the_home_page_tells_what_comes_soon(town: Town, visitor: Client) -> None:
    notice = town.city.kinds["notice"]
    town.fill(1, kind=notice, title="主题日活动公告", index_no="A/1",
              facts={"event_on": "2022-10-27", "place": "北部水厂"})  # fmt: skip
    town.fill(
        1, kind=notice, title="昨天的活动公告", index_no="A/2", facts={"event_on": "2022-10-17"}
    )
    town.fill(1, kind=notice, title="坏日期公告", index_no="A/3", facts={"event_on": "很快"})
    town.fill(1, kind=notice, title="公开征求意见公告", index_no="A/4", expires_on="2022-10-18")
    text = visitor.get("/").content.decode()
    soon = text[text.index("快到日子的事") : text.index("政府信息公开</h2>")]
    assert "<b>9</b>天后举行" in soon and "北部水厂" in soon and "今天截止" in soon
    assert "昨天的活动公告" not in soon and "坏日期公告" not in soon


def test_units_are_listed_by_kind_with_counts(full: Town, visitor: Client) -> None:
    text = visitor.get("/dw/").content.decode()
    assert "政府工作部门" in text and '6<span class="vh"> 条' in text  # news is no part of it
    assert "望城区财政局" not in text
    assert "望城区财政局" in visitor.get("/qx/wangcheng/dw/").content.decode()


def test_a_unit_of_a_district_lives_on_the_district_s_site(full: Town, visitor: Client) -> None:
    response = visitor.get("/dw/wangcheng_czj/")
    assert response.status_code == 301
    assert response["Location"] == "/qx/wangcheng/dw/wangcheng_czj/"
    assert visitor.get("/qx/wangcheng/dw/czj/")["Location"] == "/dw/czj/"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("guide", "本单位自编的指南尚未公布"),
        ("rules", "本单位的公开制度尚未公布"),
        ("report", "本单位的年报尚未公布"),
        ("apply", "网上申请还没有开通"),
    ],
)
def test_the_column_of_a_unit_shows_only_what_exists(
    full: Town, visitor: Client, part: str, words: str
) -> None:
    assert words in visitor.get(f"/dw/czj/?part={part}").content.decode()


def test_a_unit_s_rules_are_those_it_published_as_such(town: Town, visitor: Client) -> None:
    item = town.fill(1, topics=["zhidu"], title="信息发布制度")[0]
    text = visitor.get("/dw/czj/?part=rules").content.decode()
    assert f'href="/nr/{item.pk}/"' in text and "尚未公布" not in text


def test_an_ended_unit_keeps_its_page_and_names_its_successor(town: Town, visitor: Client) -> None:
    unit = town.city.bureau_a
    unit.valid_to, unit.successor = moment().date().replace(month=6), town.city.bureau_b
    unit.save()
    text = visitor.get("/dw/czj/").content.decode()
    assert "这个单位已经停用" in text and "市发展改革委" in text
    assert 'href="/dw/czj/"' not in visitor.get("/dw/").content.decode()


def test_a_unit_without_a_column_still_has_a_page(town: Town, visitor: Client) -> None:
    Column.objects.filter(key="unit-czj").delete()
    assert "还没有公开的信息" in visitor.get("/dw/czj/").content.decode()


def test_contact_leads_to_the_form_for_errors(town: Town, visitor: Client) -> None:
    assert 'href="/f/zhaocuo/?site=' in visitor.get("/contact/").content.decode()


def test_a_district_without_a_plan_says_so(full: Town, visitor: Client) -> None:
    assert "还没有录入今年的工作要点" in visitor.get("/qx/wangcheng/jd/").content.decode()


def test_a_district_shows_its_own_plan(full: Town, visitor: Client) -> None:
    make_plan(full.city.district_1, [full.city.district_1_bureau], [], points=2)
    text = visitor.get("/qx/wangcheng/jd/").content.decode()
    assert "2 项里" in text and 'href="/qx/wangcheng/jd/2/"' in text
    assert visitor.get("/qx/wangcheng/jd/2/").status_code == 200
    assert visitor.get("/qx/wangcheng/jd/3/").status_code == 404


def test_a_topic_on_the_home_page_says_when_and_how_much(full: Town, visitor: Client) -> None:
    text = visitor.get("/").content.decode()
    card = text[text.index('<h3><a href="/zt/yingshang/">') :][:900]
    assert "更新 ·" in card and "条</p>" in card
    empty = text[text.index('<h3><a href="/zt/guizhang/">') :][:400]
    assert "还没有内容" in empty


def test_a_topic_with_progress_shows_how_far_it_is(full: Town, visitor: Client) -> None:
    full.fill(
        1, kind=full.city.kinds["progress"], title="四项行动进展", index_no="P/1",
        topics=["yingshang"],
        facts={"programme": "行动", "as_of": "2022-09-30", "target_basis": "工作方案", "measures": [
            {"name": "新登记企业", "unit": "户", "target": 200, "done": 150}]},
    )  # fmt: skip
    text = visitor.get("/").content.decode()
    card = text[text.index('<h3><a href="/zt/yingshang/">') :][:900]
    assert "新登记企业完成 75%" in card and 'width="75"' in card
