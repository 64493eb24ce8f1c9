"""The profile of a unit, its guide and its directory, as the public sees them."""

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.catalogue.entries.models import Catalogue, Entry, EntryLink
from gongkai.portal.tests.town import Town, build, moment
from gongkai.profiles.tests.test_rules import WHOLE
from gongkai.profiles.tests.world import World
from gongkai.publishing.models import Item
from tests.factories import DAY

SECRET = "尚未公开的内容暗号"
PARTS = ("overview", "functions", "leaders", "guide", "rules", "report", "apply", "list")


@pytest.fixture
def world(town: Town) -> World:
    """The town of the portal, with quick ways to publish profiles."""
    return World(town.city)


def page(visitor: Client, path: str, status: int = 200) -> str:
    response = visitor.get(path)
    assert response.status_code == status, (path, response.status_code)
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return str(response.content.decode())


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_for_a_unit_that_has_published_nothing(
    town: Town, visitor: Client, part: str
) -> None:
    html = page(visitor, f"/dw/czj/?part={part}")
    assert "0731-00000000" in html  # somebody to call
    if part in ("overview", "functions", "leaders", "guide", "rules", "report"):
        assert "尚未公布" in html


@pytest.mark.parametrize("kind", ["overview", "functions", "leader", "system", "annual_report"])
def test_drafts_of_a_profile_are_not_seen(world: World, visitor: Client, kind: str) -> None:
    world.draft(kind, title=f"{SECRET}标题", summary=SECRET)
    for part in PARTS:
        assert SECRET not in page(visitor, f"/dw/czj/?part={part}")
    assert SECRET not in page(visitor, "/dw/czj/ml/")
    assert SECRET not in page(visitor, "/dw/czj/ml/csv/")


def test_a_change_that_is_not_released_is_not_seen(world: World, visitor: Client) -> None:
    from gongkai.publishing import services as publishing
    from tests.factories import member

    item = world.public("functions")
    publishing.item_edit(
        item_id=item.pk,
        content={"facts": {**WHOLE, "head": SECRET}},
        member=member(world.editor()),
        now=moment(13),
    )
    assert SECRET not in page(visitor, "/dw/czj/?part=functions")


def test_article_20_the_eight_facts_are_shown(world: World, visitor: Client) -> None:
    world.public("functions")
    html = page(visitor, "/dw/czj/?part=functions")
    for text in (
        "长沙市财政局", "拟订财政政策，编制预算。", "预算处", "岳麓区岳华路 218 号", "9:00—12:00",
        "czj@example.cn", "0731-88660002", "张演示",
    ):  # fmt: skip
        assert text in html
    assert 'href="tel:073188660001"' in html
    assert "最近核对" in html and "2022年10月18日" in html.replace("\u2009", "").replace(" ", "")


def test_each_leader_has_a_card_in_order_with_a_way_to_the_resume(
    world: World, visitor: Client
) -> None:
    facts = {"post": "副局长", "duty": "分管预算", "resume": "1990年起工作。"}
    second = world.public("leader", facts={"name": "乙演示", "order": "2", **facts})
    first = world.public("leader", facts={"name": "甲演示", "order": "1", **facts})
    html = page(visitor, "/dw/czj/?part=leaders")
    assert html.index("甲演示") < html.index("乙演示")
    for item in (first, second):
        assert f'href="/nr/{item.pk}/"' in html
    assert "1990年起工作" in page(visitor, f"/nr/{first.pk}/")


def test_article_12_the_guide_names_office_address_hours_phone_and_review(
    world: World, visitor: Client
) -> None:
    world.public("functions")
    world.guide()
    html = page(visitor, "/dw/czj/?part=guide")
    for text in ("公开工作机构", "岳麓区岳华路 218 号", "czj@example.cn", "最近核对", "信息分类"):
        assert text in html
    assert "尚未公布" not in html
    assert "岳麓区岳华路 218 号" in page(visitor, "/dw/czj/?part=apply")


def test_a_page_not_reviewed_for_a_year_says_so(world: World, visitor: Client) -> None:
    item = world.public("overview")
    assert "超过一年没有核对" not in page(visitor, "/dw/czj/?part=overview")
    Item.objects.filter(pk=item.pk).update(reviewed_on=DAY - timedelta(days=366))
    assert "超过一年没有核对" in page(visitor, "/dw/czj/?part=overview")


def test_reports_stand_by_year_newest_first(world: World, visitor: Client) -> None:
    for year in ("2020", "2021", "2019"):
        world.public("annual_report", facts={"year": year}, title=f"{year}年报告")
    html = page(visitor, "/dw/czj/?part=report")
    assert html.index("2021年") < html.index("2020年") < html.index("2019年")


def test_rules_name_their_topic(world: World, visitor: Client) -> None:
    world.public("system", title="信息发布办法")
    html = page(visitor, "/dw/czj/?part=rules").replace("<wbr>", "")
    assert "信息发布办法" in html and ">信息发布<" in html


def test_a_withdrawn_part_is_gone(world: World, visitor: Client, town: Town) -> None:
    item = world.public("leader")
    town.people[item.unit_id] = world.people[item.unit_id]
    town.withdraw(item)
    assert "张演示" not in page(visitor, "/dw/czj/?part=leaders")


def test_61_the_rail_holds_the_four_columns_in_order_and_the_way_to_apply(
    world: World, visitor: Client
) -> None:
    html = page(visitor, "/dw/czj/?part=guide")
    names = (
        "政府信息公开指南",
        "政府信息公开制度",
        "法定主动公开内容",
        "政府信息公开年报",
        "依申请公开",
    )
    rail = html[html.index('aria-label="政府信息公开专栏"') : html.index("part-body")]
    places = [rail.index(f"<span>{name}</span>") for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize("value", ["nope", "directory", "", "x" * 300, "list'"])
def test_an_unknown_part_shows_the_content(town: Town, visitor: Client, value: str) -> None:
    assert 'id="part">法定主动公开内容' in page(visitor, f"/dw/czj/?part={value}")


def test_a_district_unit_is_sent_to_its_site_with_the_part(town: Town, visitor: Client) -> None:
    response = visitor.get("/dw/wangcheng_czj/?part=functions")
    assert response.status_code == 301
    assert response["Location"] == "/qx/wangcheng/dw/wangcheng_czj/?part=functions"
    response = visitor.get("/dw/wangcheng_czj/ml/")
    assert response["Location"] == "/qx/wangcheng/dw/wangcheng_czj/ml/"


def test_article_12_the_directory_shows_the_four_columns(world: World, visitor: Client) -> None:
    item = world.public("notice", title="停水通知", summary="哪里停水、停多久。")
    html = page(visitor, "/dw/czj/ml/")
    for text in (item.index_no, "停水通知", "哪里停水、停多久。", "2022-10-10"):
        assert text in html


def test_the_directory_narrows_by_kind_and_year(town: Town, visitor: Client) -> None:
    town.fill(8)
    html = page(visitor, "/dw/czj/ml/?kind=news&year=2022")
    assert html.count('data-l="名称"') == Item.objects.filter(kind__key="news").count()
    assert "没有符合条件的信息" in page(visitor, "/dw/czj/ml/?year=2019")
    assert "没有符合条件的信息" in page(visitor, "/dw/czj/ml/?kind=nope")


def test_the_directory_is_paged_by_key_without_gaps(town: Town, visitor: Client) -> None:
    town.fill(70)
    seen: list[str] = []
    path = "/dw/czj/ml/"
    for _ in range(5):
        html = page(visitor, path)
        seen += [part.split('"')[0] for part in html.split('data-l="名称"><a href="')[1:]]
        if "after=" not in html:
            break
        cursor = html.split("after=")[1].split('"')[0]
        path = f"/dw/czj/ml/?after={cursor}"
    assert len(seen) == len(set(seen)) == 70


@pytest.mark.parametrize(
    "query",
    [
        "after=x", "after=1e400-1", "after=-", "year=99999", "year=abc", "kind=%00", "kind='--",
        "kind=" + "x" * 200, "after=" + "9" * 200, "year=0000", "after=1666000000-99999999999999999999",
    ],
)  # fmt: skip
def test_bad_parameters_of_the_directory_are_harmless(
    town: Town, visitor: Client, query: str
) -> None:
    town.fill(2)
    for path in ("/dw/czj/ml/", "/dw/czj/ml/csv/", "/dw/czj/ml/xlsx/"):
        response = visitor.get(f"{path}?{query}")
        assert response.status_code == 200
        if response.streaming:
            assert b"".join(response.streaming_content)


def test_article_20_the_directory_narrows_by_the_items_of_the_article(
    town: Town, visitor: Client
) -> None:
    one, other, *_ = town.fill(4)
    catalogue = Catalogue.objects.create(
        key="fading", kind="statutory", owner=town.city.government, name="法定主动公开内容"
    )
    entry = Entry.objects.create(
        catalogue=catalogue, code="f-1", item1="机构职能", article="20-2", created_at=moment(8)
    )
    for item, day in ((one, DAY), (other, None)):
        EntryLink.objects.create(
            entry=entry, unit=item.unit, subject_kind="item", subject_id=item.pk,
            published_on=day, linked_at=moment(9),
        )  # fmt: skip
    html = page(visitor, "/dw/czj/ml/?article=20-2")
    assert html.count('data-l="名称"') == 1 and one.title in html
    assert "机关职能、机构设置和负责人（1）" in html
    assert len(page(visitor, "/dw/czj/ml/csv/?article=20-2").splitlines()) == 2
    assert page(visitor, "/dw/czj/ml/?article=99").count('data-l="名称"') == 4


@pytest.mark.parametrize("form", ["pdf", "XLSX", "csv2"])
def test_an_unknown_format_is_missing(town: Town, visitor: Client, form: str) -> None:
    page(visitor, f"/dw/czj/ml/{form}/", 404)


def test_the_csv_holds_every_row_of_the_filter(town: Town, visitor: Client) -> None:
    town.fill(9)
    rows = list(csv.reader(io.StringIO(page(visitor, "/dw/czj/ml/csv/").lstrip("\ufeff"))))
    assert rows[0] == ["索引号", "名称", "内容概述", "生成日期", "网址"]
    assert len(rows) == 10
    some = list(csv.reader(io.StringIO(page(visitor, "/dw/czj/ml/csv/?kind=news"))))
    assert len(some) - 1 == Item.objects.filter(kind__key="news").count()


def test_the_workbook_opens_and_keeps_text_as_text(world: World, visitor: Client) -> None:
    world.public("notice", title="=1+1&<b>", summary="概述")
    response = visitor.get("/dw/czj/ml/xlsx/")
    assert "UTF-8''" in response["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert [cell.value for cell in sheet[1]] == ["索引号", "名称", "内容概述", "生成日期", "网址"]
    assert sheet["B2"].value == "=1+1&<b>" and sheet["B2"].data_type == "s"


def test_no_cell_of_the_csv_is_a_formula(world: World, visitor: Client) -> None:
    world.public("notice", title="=cmd|' /C calc'!A0", summary="@SUM(1)")
    rows = list(csv.reader(io.StringIO(page(visitor, "/dw/czj/ml/csv/"))))
    assert rows[1][1].startswith("'=") and rows[1][2].startswith("'@")


def test_a_unit_without_column_has_an_empty_directory(visitor: Client, db: Any) -> None:
    from gongkai.catalogue.models import Column

    build()
    Column.objects.filter(key="unit-czj").delete()
    assert "还没有公开的信息" in page(visitor, "/dw/czj/ml/")
    assert len(page(visitor, "/dw/czj/ml/csv/").splitlines()) == 1


@pytest.mark.parametrize("part", PARTS)
def test_no_part_asks_more_than_fourteen_questions(
    world: World, visitor: Client, part: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    world.whole()
    with django_assert_max_num_queries(14):
        visitor.get(f"/dw/czj/?part={part}")


@pytest.mark.parametrize("query", ["", "?kind=news", "?year=2022", "?kind=news&year=2022"])
def test_the_directory_asks_the_same_however_full_it_is(
    town: Town, visitor: Client, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    town.fill(80)
    with django_assert_max_num_queries(12):
        visitor.get(f"/dw/czj/ml/{query}")
