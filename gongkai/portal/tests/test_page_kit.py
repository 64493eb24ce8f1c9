"""The parts that every public page shares: tags and foot, notices on leaving, feeds, site map."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import get_resolver
from pytest_django import DjangoAssertNumQueries

from gongkai.core.clock import SHANGHAI
from gongkai.portal import page_lint, urls
from gongkai.portal import selectors_machines as machines
from gongkai.portal.outside import is_government, leaving_address, signed_target
from gongkai.portal.page_addresses import addresses
from gongkai.portal.page_check import problems
from gongkai.portal.tests.town import Town, moment
from gongkai.portal.views_machines import PART
from gongkai.publishing.models import Item, ItemVersion

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


# --- tags and foot -------------------------------------------------------------------------------


@pytest.fixture
def full(town: Town) -> Town:
    town.plan()
    town.fill(8)
    town.fill(2, town.city.district_1_bureau)
    item = town.public(keywords=["补助"], source="湖南日报")
    item = town.correct(item, title="更正以后的标题")
    sealed = town.public(doc_no="长财发〔2022〕77号")
    town.correct(sealed, change_kind="privacy", change_note="删去号码。", title="删去号码以后")
    town.withdraw(town.public(doc_no="长财发〔2022〕78号"))
    return town


def test_every_kind_of_page_carries_tags_and_foot_in_both_views(full: Town) -> None:
    found = dict(problems(addresses()))
    assert len(found) > 100
    assert {path: texts for path, texts in found.items() if texts} == {}
    # Every template of ours is among them: an address nobody asked for is not checked.
    asked = {path.split("?")[0] for path in found}
    for name in ("zx/", "dw/", "ml/", "jd/", "search/", "columns/", "sitemap/", "cy/", "contact/"):
        assert f"/{name}" in asked and f"/qx/wangcheng/{name}" in asked
    assert any("/v/1/" in path for path in asked) and "/meiyou/zhege/yemian/" in asked


def test_pages_with_parameters_of_their_own_carry_them_too(full: Town, visitor: Client) -> None:
    item = Item.objects.filter(visibility="public").last()
    assert item is not None
    pages = [
        leaving_address("https://example.com/", item_id=item.pk),
        "/f/zhaocuo/",
        "/jd/1/",
        "/f/zhaocuo/huizhi/?no=ZC-ABCDE-FGHJK",
    ]
    for path in pages:
        answer = visitor.get(path)
        assert page_lint.lint(answer.content.decode(), status=answer.status_code) == [], path


def test_no_public_address_is_left_out_of_the_check(full: Town) -> None:
    """Whoever adds a public page decides here whether it is a page to be checked."""
    html_pages = {
        "home",
        "topic",
        "stream",
        "units",
        "unit",
        "directory",
        "catalogues",
        "progress",
        "search",
        "columns",
        "sitemap",
        "accessibility",
        "contact",
        "places",
        "check",
        "reports",
        "unit-find",
        "item",
        "version",
    }
    other = {
        # The item's own page after some answers.
        "scenario",
        "characters",
        "suggest",
        "click",
        "manifest",
        "directory-file",
        "feed",
        "topic-feed",
        "unit-feed",
        "search-feed",
        "item-feed",
        "sitemap-index",
        "sitemap-part",
        "robots",
        "view",
        "pdf",
        "leaving",
        "leaving-signed",
        "point",
        "report",
        "report-state",
        "catalogue",
        "package",
        "check-upload",
        "subscribe",
        "subscribe-sent",
        "subscribe-confirm",
        "subscriptions",
        "unsubscribe",
    }
    names = {p.name for p in [*urls.SITE, *urls.urlpatterns] if getattr(p, "name", None)}
    assert names == html_pages | other
    resolve = get_resolver().resolve
    seen = {resolve(path.split("?")[0]).url_name for path in addresses() if "meiyou" not in path}
    assert html_pages <= seen


@pytest.fixture
def page(town: Town, visitor: Client) -> str:
    item = town.public()
    return visitor.get(f"/nr/{item.pk}/").content.decode()


def test_the_lint_finds_nothing_on_a_good_page(page: str) -> None:
    assert page_lint.lint(page) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (r'<meta name="SiteName"[^>]*>', "", "缺少标签 SiteName"),
        (r'(<meta name="SiteIDCode"[^>]*>)', r"\1\1", "SiteIDCode 出现了 2 次"),
        (r'(name="ContentSource" content=)"[^"]*"', r'\1"null"', "ContentSource 是空的"),
        (r'(name="Author" content=)"[^"]*"', r'\1" "', "Author 是空的"),
        (r'(name="PubDate" content="[^"]*):', r"\1∶", "PubDate 应当写成"),
        (r'name="PubDate" content="[^"]*"', 'name="PubDate" content="2021-01-01 00:00"', "不一致"),
        (r'name="ArticleTitle" content="[^"]*"', 'name="ArticleTitle" content="别的"', "不一致"),
        (r"<title>[^<]*</title>", "<title></title>", "没有网页标题"),
        (r'<html lang="zh-CN"', "<html", "语言"),
        (r"我为政府网站找错", "反馈", "页脚缺少我为政府网站找错"),
        (r"网站标识码：\d+", "网站标识码：43", "页脚缺少网站标识码"),
        (r"公网安备\d+号", "公网安备1号", "页脚缺少公安备案号"),
        (r"ICP备\d+号", "", "页脚缺少ICP备案号"),
        (r"主办单位：", "", "页脚缺少主办单位"),
        (r"承办单位：", "", "页脚缺少承办单位"),
        (r"联系电话：", "", "页脚缺少联系方式"),
        (r"/f/zhaocuo/", "/contact/", "找错入口"),
        (r'href="/sitemap/"', 'href="/x/"', "站点地图的链接"),
        (r"·[^<]*简体中文", "", "页头没有主域名"),
    ],
)
def test_the_lint_names_what_is_missing(page: str, old: str, new: str, says: str) -> None:
    broken = re.sub(old, new, page)
    assert broken != page, old
    assert any(says in text for text in page_lint.lint(broken)), page_lint.lint(broken)


def test_the_command_warns_of_placeholders_and_fails_on_faults(
    full: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "gongkai.portal.management.commands.check_pages.addresses", lambda: ["/", "/zx/"]
    )
    call_command("check_pages")
    said = capsys.readouterr().out
    assert "4 个页面，0 个有问题" in said
    site = full.city.site
    site.undertaker = ""
    site.save()
    with pytest.raises(CommandError):
        call_command("check_pages")
    assert "页脚缺少承办单位" in capsys.readouterr().out


# --- leaving -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["https://www.gov.cn/x", "http://zwfw.changsha.gov.cn/", "https://GOV.CN./"]
)
def test_government_sites_open_at_once(url: str) -> None:
    assert is_government(url) and leaving_address(url, item_id=1) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://gov.cn.evil.example/",
        "https://xgov.cn/",
        "https://gov.cn@evil.example/",
        "https://evil.example/?gov.cn",
    ],
)
def test_what_only_looks_like_government_does_not(url: str) -> None:
    assert not is_government(url) and leaving_address(url, item_id=1).startswith("/likai/?")


def test_a_link_in_a_text_leads_to_the_notice_and_on(town: Town, visitor: Client) -> None:
    body = (
        '<p><a href="https://example.com/a?b=1&amp;c=2">外站</a>'
        '<a href="https://www.gov.cn/">中国政府网</a><a href="/zx/">本站</a></p>'
    )
    item = town.fill(1, body=body)[0]
    text = visitor.get(f"/nr/{item.pk}/").content.decode()
    assert 'href="https://example.com' not in text and 'href="/zx/"' in text
    assert 'href="https://www.gov.cn/" class="out" rel="noopener"' in text
    link = unescape(re.search(r'href="(/likai/[^"]+)"', text)[1])  # type: ignore[index]
    notice = visitor.get(link)
    said = notice.content.decode()
    assert notice.status_code == 200 and 'href="https://example.com/a?b=1&amp;c=2"' in said
    assert 'rel="noopener noreferrer nofollow"' in said and item.title in said
    assert "noindex" in said and not notice.cookies


def test_the_notice_is_no_open_door(town: Town, visitor: Client) -> None:
    item = town.fill(1)[0]
    good = leaving_address("https://example.com/", item_id=item.pk)
    query = {k: v[0] for k, v in parse_qs(urlsplit(good).query).items()}
    assert visitor.get(good).status_code == 200
    for changed in (
        {"u": "https://evil.example/"},
        {"n": "0"},
        {"n": str(item.pk + 1)},
        {"s": "x"},
        {"n": "x"},
        {"n": "9" * 30},
        {"u": "javascript:alert(1)"},
        {"u": ""},
        {"s": ""},
    ):
        assert visitor.get("/likai/", {**query, **changed}).status_code == 404, changed
    assert visitor.get("/likai/").status_code == 404
    assert not signed_target("javascript:alert(1)", 0, "x")


def test_the_notice_dies_with_the_item(town: Town, visitor: Client) -> None:
    item = town.public()
    link = leaving_address("https://example.com/", item_id=item.pk)
    assert visitor.get(link).status_code == 200
    town.withdraw(item)
    assert visitor.get(link).status_code == 404


def test_a_source_is_shown_under_the_title(town: Town, visitor: Client) -> None:
    item = town.fill(1, source="湖南日报")[0]
    assert "来源：湖南日报" in visitor.get(f"/nr/{item.pk}/").content.decode()
    other = town.fill(1, index_no="X/2")[0]
    assert "来源：" not in visitor.get(f"/nr/{other.pk}/").content.decode()


# --- feeds ---------------------------------------------------------------------------------------

FEEDS = ("/feed/", "/zt/yingshang/feed/", "/dw/czj/feed/")


def entries(answer: Any) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(answer.content)  # noqa: S314
    assert root.tag == f"{ATOM}feed"
    for need in ("id", "title", "updated"):
        assert len(root.findall(f"{ATOM}{need}")) == 1
    assert {n.get("rel") for n in root.findall(f"{ATOM}link")} == {"self", "alternate"}
    found = {}
    for entry in root.findall(f"{ATOM}entry"):
        for need in ("id", "title", "updated", "published", "author"):
            assert len(entry.findall(f"{ATOM}{need}")) == 1
        name = entry.findtext(f"{ATOM}author/{ATOM}name")
        assert name and name.strip()
        found[str(entry.findtext(f"{ATOM}id"))] = entry
    assert len(found) == len(root.findall(f"{ATOM}entry")), "ids are unique"
    return found


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_follow_release_correction_and_withdrawal(
    town: Town, visitor: Client, path: str
) -> None:
    empty = visitor.get(path)
    assert entries(empty) == {} and empty["Content-Type"].startswith("application/atom+xml")
    item = town.public(summary="一句话 & <b>说明</b>")
    first = visitor.get(path)
    (key,) = entries(first)
    assert key.startswith("tag:") and f"/nr/{item.pk}/" in key
    assert first["ETag"] != empty["ETag"] and "说明" in first.content.decode()
    again = visitor.get(path, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304 and again.content == b""
    same = visitor.get(path, headers={"if-modified-since": first["Last-Modified"]})
    assert same.status_code == 304
    town.correct(item, title="更正以后的标题")
    second = visitor.get(path, headers={"if-none-match": first["ETag"]})
    (entry,) = entries(second).values()
    assert second.status_code == 200 and set(entries(second)) == {key}
    assert entry.findtext(f"{ATOM}title") == "更正以后的标题"
    assert str(entry.findtext(f"{ATOM}updated")) > str(entry.findtext(f"{ATOM}published"))
    town.withdraw(Item.objects.get(pk=item.pk))
    gone = visitor.get(path, headers={"if-none-match": second["ETag"]})
    assert gone.status_code == 200 and entries(gone) == {}
    late = visitor.get(path, headers={"if-modified-since": second["Last-Modified"]})
    assert late.status_code == 200, "a withdrawal is a change"


def test_control_characters_do_not_break_a_feed(town: Town, visitor: Client) -> None:
    town.fill(1, title="标题\x0b里有\x00怪字\ufffe")
    (entry,) = entries(visitor.get("/feed/")).values()
    assert entry.findtext(f"{ATOM}title") == "标题里有怪字"


@pytest.mark.parametrize(
    "path",
    [
        "/zt/none/feed/",
        "/zt/latest/feed/",
        "/dw/none/feed/",
        "/qx/none/feed/",
        "/dw/wangcheng_czj/feed/",
    ],
)
def test_feeds_that_do_not_exist(town: Town, visitor: Client, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_pages_name_their_feeds(town: Town, visitor: Client) -> None:
    def named(path: str) -> list[str]:
        page = page_lint.read(visitor.get(path).content.decode())
        return [href for rel, href in page.notes if rel == "alternate"]

    assert named("/") == ["/feed/"]
    assert named("/zt/yingshang/") == ["/feed/", "/zt/yingshang/feed/"]
    assert named("/qx/wangcheng/") == ["/qx/wangcheng/feed/"]
    for path in ("/feed/", "/zt/yingshang/feed/", "/qx/wangcheng/feed/"):
        assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_costs_the_same_however_full(
    town: Town, visitor: Client, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    town.fill(60)
    with django_assert_max_num_queries(7):
        assert len(entries(visitor.get(path))) == 50


# --- site map ------------------------------------------------------------------------------------


def locations(visitor: Client, path: str) -> list[str]:
    answer = visitor.get(path)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(b"".join(answer.streaming_content))  # noqa: S314
    return [str(node.findtext(f"{MAP}loc")) for node in root]


def test_the_site_map_lists_what_is_public_and_nothing_else(town: Town, visitor: Client) -> None:
    items = town.fill(3)
    draft = town.draft()
    gone = town.withdraw(town.public(doc_no="长财发〔2022〕55号"))
    parts = locations(visitor, "/sitemap.xml")
    assert [urlsplit(p).path for p in parts] == ["/sitemap-0.xml", "/sitemap-1.xml"]
    listed = {urlsplit(loc).path for loc in locations(visitor, "/sitemap-1.xml")}
    assert listed == {f"/nr/{item.pk}/" for item in items}
    assert f"/nr/{draft.pk}/" not in listed and f"/nr/{gone.pk}/" not in listed
    places = {urlsplit(loc).path for loc in locations(visitor, "/sitemap-0.xml")}
    assert {"/", "/zx/", "/zt/yingshang/", "/dw/czj/", "/qx/wangcheng/"} <= places
    for path in sorted(places)[::7]:
        assert visitor.get(path).status_code == 200, path


def test_parts_hold_ten_thousand_numbers_and_keep_their_place(
    town: Town, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = town.fill(7)
    monkeypatch.setattr("gongkai.portal.views_machines.PART", 3)
    monkeypatch.setattr(machines, "_PIECE", 2)
    found: list[str] = []
    for part in [urlsplit(p).path for p in locations(visitor, "/sitemap.xml")][1:]:
        listed = locations(visitor, part)
        assert 0 < len(listed) <= 3
        found += listed
    assert sorted(urlsplit(f).path for f in found) == sorted(f"/nr/{i.pk}/" for i in items)
    assert PART == 10_000
    for wrong in ("/sitemap-99.xml", "/sitemap-99999999999999999999.xml"):
        assert visitor.get(wrong).status_code == 404


def test_lastmod_is_the_time_of_the_present_version(town: Town, visitor: Client) -> None:
    item = town.correct(town.public(), title="更正以后")
    text = b"".join(visitor.get("/sitemap-1.xml").streaming_content).decode()
    last = ItemVersion.objects.filter(item=item).order_by("-number")[0].released_at
    assert f"<lastmod>{last.astimezone(SHANGHAI).isoformat()}</lastmod>" in text
    assert last == moment(14)


def test_the_site_map_is_read_in_pieces(
    town: Town, visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    town.fill(40)
    with django_assert_max_num_queries(1):
        locations(visitor, "/sitemap.xml")
    with django_assert_max_num_queries(1):
        assert len(locations(visitor, "/sitemap-1.xml")) == 40


def test_robots_points_to_the_map_and_away_from_staff(town: Town, visitor: Client) -> None:
    said = visitor.get("/robots.txt").content.decode()
    assert "Disallow: /desk/" in said and "/sitemap.xml" in said
