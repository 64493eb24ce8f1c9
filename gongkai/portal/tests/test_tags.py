"""Page tags of 国办发〔2017〕47号: each mandatory one exactly once and never empty."""

from html import unescape
from html.parser import HTMLParser

import pytest
from django.test import Client

from gongkai.portal.tests.test_pages import CITY, DISTRICT
from gongkai.portal.tests.town import Town

SITE = ("SiteName", "SiteDomain", "SiteIDCode")
COLUMN = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ARTICLE = ("ArticleTitle", "PubDate", "ContentSource")


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.meta: list[tuple[str, str]] = []
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "meta" and "name" in values:
            self.meta.append((values["name"] or "", values.get("content") or ""))
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def head(text: str) -> _Head:
    parser = _Head()
    parser.feed(text.split("</head>", 1)[0])
    return parser


def lint(text: str, wanted: tuple[str, ...]) -> list[str]:
    found = head(text)
    problems = [] if found.title.strip() else ["no title"]
    for name in wanted:
        values = [content for tag, content in found.meta if tag == name]
        if len(values) != 1 or not values[0].strip() or values[0] in ("None", "null"):
            problems.append(f"{name}: {values}")
    names = [name for name, _ in found.meta]
    problems += [f"{name} twice" for name in names if names.count(name) > 1]
    return problems


@pytest.fixture
def full(town: Town) -> Town:
    town.plan()
    town.fill(8)
    town.fill(2, town.city.district_1_bureau)
    return town


@pytest.mark.parametrize("path", CITY + DISTRICT)
def test_every_column_page_carries_its_seven_tags(full: Town, visitor: Client, path: str) -> None:
    assert lint(visitor.get(path).content.decode(), SITE + COLUMN) == []


def test_every_content_page_carries_its_tags(full: Town, visitor: Client) -> None:
    for item in [full.public(summary="概述。", keywords=["补助"])]:
        text = visitor.get(f"/nr/{item.pk}/").content.decode()
        wanted = (
            SITE
            + ARTICLE
            + ("ColumnName", "ColumnType", "Description", "Author", "Url", "Keywords")
        )
        assert lint(text, wanted) == []
        tags = dict(head(text).meta)
        assert tags["ArticleTitle"] == item.title
        assert tags["ContentSource"] == "长沙市财政局"
        assert "∶" not in tags["PubDate"] and len(tags["PubDate"]) == 16


def test_a_content_page_without_optional_facts_omits_them(full: Town, visitor: Client) -> None:
    item = full.fill(1, index_no="X/1", summary="", keywords=[], topics=[])[0]
    text = visitor.get(f"/nr/{item.pk}/").content.decode()
    assert lint(text, SITE + ARTICLE + ("Description", "Url")) == []
    assert "Keywords" not in dict(head(text).meta)


def test_a_reprint_names_its_source(full: Town, visitor: Client) -> None:
    item = full.fill(1, index_no="X/1", source="湖南省人民政府网站")[0]
    text = visitor.get(f"/nr/{item.pk}/").content.decode()
    assert dict(head(text).meta)["ContentSource"] == "湖南省人民政府网站"


@pytest.mark.parametrize("path", ["/nope/", "/nr/987654/", "/qx/none/"])
def test_even_a_missing_page_names_its_site(full: Town, visitor: Client, path: str) -> None:
    assert lint(visitor.get(path).content.decode(), SITE) == []


def test_tags_are_escaped(full: Town, visitor: Client) -> None:
    item = full.fill(1, index_no="X/1", title='引"号<b>&')[0]
    text = visitor.get(f"/nr/{item.pk}/").content.decode()
    assert dict(head(text).meta)["ArticleTitle"] == unescape('引"号<b>&')
