"""The layouts, the foot, the demo bar, the toolbar and the error pages."""

import re
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from lxml import html

from gongkai.design.gallery_content import SITE
from gongkai.design.views import SCREENS

pytestmark = pytest.mark.urls("gongkai.design.tests.urls")


@pytest.fixture
def page(client: Client) -> Any:
    def get(address: str = "/design/") -> html.HtmlElement:
        response = client.get(address)
        assert response.status_code == 200
        return html.document_fromstring(response.content.decode())

    return get


@pytest.mark.parametrize("screen", SCREENS)
def test_every_gallery_screen_has_language_title_main_skip_link_and_unique_ids(
    page: Any, screen: str
) -> None:
    document = page(f"/design/?screen={screen}")
    assert document.get("lang") == "zh-CN"
    assert document.findtext(".//title").strip()
    assert len(document.findall(".//main")) == 1
    assert document.xpath("//a[@class='skip']")[0].get("href") == "#main"
    ids = [element.get("id") for element in document.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert len(document.findall(".//h1")) == 1
    controls = set(document.xpath("//@aria-controls | //@aria-labelledby | //@aria-describedby"))
    for target in {word for value in controls for word in value.split()}:
        assert target in ids, target


def test_there_is_no_gallery_outside_a_demonstration(client: Client, settings: Any) -> None:
    settings.DEMO_DATE = None
    assert client.get("/design/").status_code == 404


def test_an_unknown_gallery_screen_is_not_found(client: Client) -> None:
    assert client.get("/design/?screen=nothing").status_code == 404


def test_the_foot_has_all_parts_the_site_rules_ask_for(page: Any) -> None:
    """国办发〔2017〕47号: 标识, 找错, 标识码, 主办, 承办, 联系方式, ICP, 公安备案, 站点地图."""
    for screen in ("components", "home", "item"):
        foot = page(f"/design/?screen={screen}").find(".//footer").text_content()
        for part in (
            "党政机关",
            "我为政府网站找错",
            "网站标识码",
            "主办单位",
            "承办单位",
            "联系方式",
            "湘ICP备",
            "湘公网安备",
            "站点地图",
            "无障碍声明",
        ):
            assert part in foot, (screen, part)
    assert SITE["id_code"]


def test_page_tags_are_written_once_escaped_and_never_empty() -> None:
    """国办发〔2017〕47号, 网页标签规范: required tags are never empty or written twice."""
    out = render_to_string(
        "design/public.html",
        {
            "page_tags": [
                ("SiteName", '长沙"政务"公开'),
                ("PubDate", "2022-10-18 09:30"),
                ("Author", ""),
            ]
        },
    )
    document = html.document_fromstring(out)
    tags = [(tag.get("name"), tag.get("content")) for tag in document.iter("meta")]
    assert tags.count(("SiteName", '长沙"政务"公开')) == 1
    assert ("PubDate", "2022-10-18 09:30") in tags
    assert not [name for name, _ in tags if name == "Author"]


def test_public_pages_hold_no_token_no_form_that_posts_and_no_cookie(client: Client) -> None:
    for screen in ("components", "home", "item"):
        response = client.get(f"/design/?screen={screen}")
        body = response.content.decode()
        assert "csrfmiddlewaretoken" not in body
        assert not re.search(r'method="post"', body, re.IGNORECASE)
        assert not response.cookies


def test_demo_bar_links_on_public_pages_and_posts_with_a_token_on_the_desk(page: Any) -> None:
    public = page("/design/?screen=home").xpath("//div[starts-with(@class, 'demo')]")[0]
    assert public.xpath(".//a[@href='/f/role/']")
    assert not public.findall(".//form")
    assert (
        re.sub(r"\s+", " ", public.text_content()).find("您现在是：市财政局·编辑 → 下一步：审核")
        > 0
    )
    desk = page("/desk/design/?screen=desk").xpath("//div[starts-with(@class, 'demo')]")[0]
    posts = desk.findall(".//form")
    assert len(posts) == 4
    assert all(form.xpath(".//input[@name='csrfmiddlewaretoken']") for form in posts)
    assert desk.find(".//details") is not None


@pytest.mark.parametrize(
    ("view", "label", "target"),
    [("standard", "长者模式", "elder"), ("elder", "回标准版", "standard")],
)
def test_the_view_follows_the_context_and_offers_the_way_back(
    view: str, label: str, target: str
) -> None:
    document = html.document_fromstring(render_to_string("design/public.html", {"view": view}))
    assert document.get("data-view") == view
    link = document.xpath("//nav[@class='tools']//a")[0]
    assert link.text_content().strip() == label
    assert f"to={target}" in link.get("href")


def test_the_toolbar_stays_hidden_without_script(page: Any) -> None:
    bar = page("/design/").get_element_by_id("a11y")
    assert bar.get("hidden") is not None
    toggle = page("/design/").xpath("//*[@data-a11y-toggle]")[0]
    assert toggle.tag == "a" and toggle.get("href")


def test_desk_menu_counts_and_marks(page: Any) -> None:
    rail = page("/design/?screen=desk").xpath("//details[@class='rail']")[0]
    assert rail.get("open") is not None
    assert [link.text_content() for link in rail.xpath(".//a[@aria-current='page']")] == [
        "依申请公开待办 4"
    ]


def test_error_pages_need_no_context() -> None:
    for name, words in (
        ("404.html", "没有这个页面"),
        ("500.html", "系统出了故障"),
        ("403.html", "您可以"),
    ):
        out = render_to_string(name)
        assert words in html.document_fromstring(out).text_content()


def test_refusal_names_the_rule_the_reason_and_the_remedy() -> None:
    out = render_to_string(
        "403.html",
        {
            "rule": "审核人不能审自己提交的内容",
            "reason": "这份文件是您本人提交的",
            "remedy": "请本单位另一位复审人办理",
        },
    )
    document = html.document_fromstring(out)
    assert document.findtext(".//h1") == "这份文件是您本人提交的"
    assert [term.text for term in document.iter("dt")] == ["依据的规则", "您可以"]
    assert "请本单位另一位复审人办理" in document.text_content()


def test_message_page_offers_one_filled_button() -> None:
    out = render_to_string(
        "design/message.html",
        {
            "tone": "ok",
            "heading": "已经提交",
            "rows": [{"label": "编号", "value": "长住建依申〔2022〕64号"}],
            "actions": [{"label": "看进度", "url": "/p"}, {"label": "回首页", "url": "/"}],
        },
    )
    document = html.document_fromstring(out)
    buttons = [link.get("class") for link in document.xpath("//p[@class='acts-form']/a")]
    assert buttons == ["btn", "btn quiet"]
