"""The column of a unit in its fixed layout, finding inside it, its reports, and the overview."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.catalogue.entries.models import (
    Catalogue,
    Entry,
    EntryAbsence,
    EntryLink,
    EntryUnit,
)
from gongkai.organisations.models import Unit
from gongkai.portal.tests.town import Town, moment
from gongkai.profiles.statutory import Search, public_bases, public_find, public_statutory
from gongkai.profiles.tests.world import World
from gongkai.publishing.models import Item
from tests.factories import DAY


@pytest.fixture
def world(town: Town) -> World:
    return World(town.city)


def page(visitor: Client, path: str, status: int = 200) -> str:
    response = visitor.get(path)
    assert response.status_code == status, (path, response.status_code)
    return str(response.content.decode()).replace("<wbr>", "")


def entry(town: Town, article: str, code: str = "f-1") -> Entry:
    catalogue, _ = Catalogue.objects.get_or_create(
        key="fading", defaults={"kind": "statutory", "owner": town.city.government, "name": "法定"}
    )
    return Entry.objects.create(
        catalogue=catalogue, code=code, item1=f"事项{code}", article=article, created_at=moment(8)
    )


def link(found: Entry, item: Item) -> None:
    EntryLink.objects.create(
        entry=found, unit=item.unit, subject_kind="item", subject_id=item.pk, published_on=DAY,
        linked_at=moment(9),
    )  # fmt: skip


def state(town: Town, unit: Unit | None = None) -> dict[str, int]:
    from gongkai.portal import selectors

    unit = unit or town.city.bureau_a
    column = selectors.public_unit_column(unit.code)
    assert column is not None
    found = public_statutory(column, unit.level, selectors.public_unit_kinds(column))
    return {one.key: one.count for one in found.items if one.count}


def column_of(town: Town) -> Any:
    from gongkai.portal import selectors

    return selectors.public_unit_column(town.city.bureau_a.code)


def test_61_exactly_four_columns_and_the_way_to_apply_as_a_button(
    town: Town, visitor: Client
) -> None:
    html = page(visitor, "/dw/czj/")
    rail = html[html.index('aria-label="政府信息公开专栏"') :]
    rail = rail[: rail.index("</nav>")]
    assert rail.count("<li>") == 4 and "依申请公开" not in rail
    assert 'class="btn rail-apply"' in html


def test_article_20_every_item_stands_there_even_when_nothing_is_public(
    town: Town, visitor: Client
) -> None:
    html = page(visitor, "/dw/czj/")
    for number in ("（一）", "（二）", "（十五）", "第二十一条"):
        assert number in html
    assert html.count("尚未公开") == 16


def test_kinds_stand_under_their_item_and_news_under_none(town: Town) -> None:
    town.fill(8)  # two each of policy, interpretation, notice and news
    assert state(town) == {"20-3": 4, "20-15": 2}


def test_the_catalogue_decides_before_the_kind_and_nothing_is_counted_twice(town: Town) -> None:
    items = town.fill(8)
    policies = [i for i in items if i.kind.key == "policy"]
    link(entry(town, "20-1"), policies[0])
    assert state(town) == {"20-1": 1, "20-3": 3, "20-15": 2}
    link(entry(town, "20-7", "f-2"), policies[0])
    assert state(town) == {"20-1": 1, "20-3": 3, "20-7": 1, "20-15": 2}
    column = column_of(town)
    for key, count in state(town).items():
        assert len(public_find(column, Search(article=key)).cards) == count


def test_no_entry_of_this_kind_is_said_with_its_reason(town: Town, visitor: Client) -> None:
    found = entry(town, "20-6")
    unit = town.city.bureau_a
    EntryUnit.objects.create(entry=found, unit=unit, since=DAY)
    assert "公开目录里有这一项，由本单位公开。" in page(visitor, "/dw/czj/")
    row = EntryAbsence.objects.create(
        entry=found, unit=unit, period="2022", reason="本单位没有执法职责。", requested_at=moment(9)
    )
    assert "本单位没有执法职责" not in page(visitor, "/dw/czj/")  # nobody agreed yet
    row.status, row.decided_at = "approved", moment(10)
    row.save()
    html = page(visitor, "/dw/czj/")
    assert "本单位没有执法职责。（2022年）" in html
    assert html.count("尚未公开") == 15
    assert "本单位无此类信息" in page(visitor, "/dw/czj/?article=20-6")


def test_only_the_city_s_government_may_have_rules(town: Town, visitor: Client) -> None:
    assert "没有规章制定权" in page(visitor, "/dw/czj/")
    html = page(visitor, f"/dw/{town.city.government.code}/")
    assert "没有规章制定权" not in html and "政府规章（废止、失效）" in html


def test_repealed_documents_stand_in_their_own_list(town: Town, visitor: Client) -> None:
    found = entry(town, "20-1")
    holds = town.fill(1, doc_no="长财发〔2022〕1号", title="有效的文件")[0]
    ended = town.fill(1, doc_no="长财发〔2020〕9号", title="废止的文件", validity="repealed",
                      index_no="CZJ/2022-80000")[0]  # fmt: skip
    for item in (holds, ended):
        link(found, item)
    counts = {b.basis.key: b.count for b in public_bases(column_of(town))}
    assert counts == {
        "guizhang": 0, "guizhang-feizhi": 0, "guifanxing": 1, "guifanxing-feizhi": 1
    }  # fmt: skip
    html = page(visitor, "/dw/czj/?article=20-1&list=guifanxing-feizhi")
    assert "废止的文件" in html and "有效的文件" not in html


def test_a_withdrawn_record_is_in_no_count_and_no_list(town: Town, visitor: Client) -> None:
    item = town.public(title="要撤回的文件")
    assert "要撤回的文件" in page(visitor, "/dw/czj/")
    town.withdraw(item)
    assert "要撤回的文件" not in page(visitor, "/dw/czj/")
    assert state(town) == {}
    assert "要撤回的文件" not in page(visitor, "/dw/czj/jiansuo/?q=撤回")


@pytest.mark.parametrize("query", ["?kind=policy", "?year=2022", "?kind=policy&year=2022"])
def test_old_addresses_of_lists_still_work(town: Town, visitor: Client, query: str) -> None:
    town.fill(8)
    assert "的信息</a>" in page(visitor, f"/dw/czj/{query}")


def test_the_whole_list_is_read_by_key_without_news(town: Town, visitor: Client) -> None:
    town.fill(60)
    seen: list[str] = []
    path = "/dw/czj/?year=all"
    while path:
        html = page(visitor, path)
        body = html[html.index("part-body") :]
        seen += [part.split('"')[0] for part in body.split('href="/nr/')[1:]]
        older = [p.split('"')[0] for p in body.split('href="')[1:] if "after=" in p.split('"')[0]]
        path = older[-1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 6), ("q=“第1号”", 1), ("q=事项+“第1号”", 1), ("q=没有的词", 0), ("q=CZJ/2022-90001", 1),
        ("kind=policy", 2), ("kind=news", 2), ("year=2022", 6), ("year=2001", 0),
        ("article=20-3", 4), ("validity=in_force", 6), ("validity=ended", 0),
        ("kind=policy&article=20-15", 0), ("q=%25", 0), ("q=_", 0),
    ],
)  # fmt: skip
def test_finding_inside_the_column(town: Town, visitor: Client, query: str, count: int) -> None:
    town.fill(8)
    town.fill(4, town.city.bureau_b)
    town.indexed()
    html = page(visitor, f"/dw/czj/jiansuo/?{query}")
    body = html[html.index("part-body") :]
    assert body.count('href="/nr/') == count
    if not count:
        assert "没有找到" in body


@pytest.mark.parametrize(
    "query",
    ["q=" + "x" * 500, "year=abc", "kind='--", "article=99", "validity=nope", "after=1e400-1",
     "after=-", "q=%00", "q=<script>alert(1)</script>"],
)  # fmt: skip
def test_bad_conditions_are_harmless(town: Town, visitor: Client, query: str) -> None:
    town.fill(2)
    assert "<script>alert" not in page(visitor, f"/dw/czj/jiansuo/?{query}")


def test_drafts_are_not_found(world: World, visitor: Client) -> None:
    world.draft("notice", title="尚未公开的暗号", summary="暗号")
    assert "尚未公开的暗号" not in page(visitor, "/dw/czj/jiansuo/?q=暗号")
    assert "尚未公开的暗号" not in page(visitor, "/dw/czj/")


def test_the_search_of_a_district_unit_is_on_its_site(town: Town, visitor: Client) -> None:
    response = visitor.get("/dw/wangcheng_czj/jiansuo/")
    assert response["Location"] == "/qx/wangcheng/dw/wangcheng_czj/jiansuo/"


def test_article_12_the_guide_says_what_is_missing_and_whose_task_it_is(
    world: World, visitor: Client
) -> None:
    html = page(visitor, "/dw/czj/?part=guide")
    assert "办公时间" in html and "由长沙市财政局编制公布后补上" in html
    world.public("functions")
    world.guide()
    assert "指南里还没有" not in page(visitor, "/dw/czj/?part=guide")


def test_rules_are_grouped_with_their_validity_and_gaps_are_named(
    world: World, visitor: Client
) -> None:
    world.public("system", title="发布办法", facts={"topic": "publish"})
    html = page(visitor, "/dw/czj/?part=rules")
    assert "现行有效" in html
    gaps = html[html.index("这几方面还没有公布制度") :]
    assert "保密审查" in gaps and "信息发布" not in gaps[:120]


def test_article_50_a_report_lists_its_six_parts_and_names_a_missing_one(
    world: World, visitor: Client
) -> None:
    heads = ("一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
             "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况", "六、其他需要报告的事项")  # fmt: skip
    item = world.public("annual_report", facts={"year": "2021"}, title="2021年报告",
                        body="".join(f"<h2>{h}</h2><p>文。</p>" for h in heads))  # fmt: skip
    html = page(visitor, "/dw/czj/?part=report")
    assert html.count(f'href="/nr/{item.pk}/#') == 5
    assert "正文里没有找到" in html
    anchors = [part.split('"')[0] for part in html.split(f'href="/nr/{item.pk}/#')[1:]]
    whole = page(visitor, f"/nr/{item.pk}/")
    assert all(f'id="{anchor}"' in whole for anchor in anchors)


def test_article_49_the_matrix_says_on_time_late_and_missing(
    world: World, town: Town, visitor: Client
) -> None:
    Unit.objects.update(valid_from=date(2020, 6, 1))
    on_time = world.public("annual_report", facts={"year": "2021"}, title="2021年报告")
    late = world.public("annual_report", facts={"year": "2020"}, title="2020年报告")
    for item, day in ((on_time, 400), (late, 600)):
        Item.objects.filter(pk=item.pk).update(published_at=moment(9) - timedelta(days=day))
    Item.objects.filter(pk=on_time.pk).update(published_at=moment(9) - timedelta(days=270))
    html = page(visitor, "/nb/?q=财政局")
    assert "●" in html and "按时" in html
    assert "▲" in html and f'href="/nr/{late.pk}/"' in html
    assert "没有公布" in page(visitor, "/nb/?q=发展改革")
    assert "当年未设立" in html
    assert "没有符合条件的单位" in page(visitor, "/nb/?q=没有这个单位")
    assert "望城区财政局" in page(visitor, "/qx/wangcheng/nb/")


def test_units_are_found_by_typing_by_group_and_by_state(
    world: World, town: Town, visitor: Client
) -> None:
    world.whole()
    html = page(visitor, "/dw/?q=财政")
    assert 'href="/dw/czj/"' in html and 'href="/dw/fgw/"' not in html
    assert 'href="/dw/czj/"' in page(visitor, "/dw/?group=department")
    assert 'href="/dw/czj/"' not in page(visitor, "/dw/?group=government")
    whole = page(visitor, "/dw/?state=whole")
    gaps = page(visitor, "/dw/?state=gaps")
    assert ('href="/dw/czj/"' in whole) != ('href="/dw/czj/"' in gaps)
    assert "○" in gaps and "缺" in gaps
    for bad in ("?group=x", "?state=x", "?page=x", "?page=999", "?q=%00"):
        page(visitor, f"/dw/{bad}")


def test_a_government_leads_to_the_columns_of_its_units(town: Town, visitor: Client) -> None:
    html = page(visitor, f"/dw/{town.city.government.code}/")
    assert "本级政府各单位的政府信息公开专栏都在这里" in html and 'href="/nb/"' in html
    html = page(visitor, f"/qx/wangcheng/dw/{town.city.district_1.code}/")
    assert 'href="/qx/wangcheng/dw/"' in html


@pytest.mark.parametrize(
    "path",
    ["/dw/czj/", "/dw/czj/?article=20-1", "/dw/czj/?article=20-3", "/dw/czj/?year=all",
     "/dw/czj/jiansuo/", "/dw/czj/jiansuo/?q=事项&kind=policy&article=20-3&validity=in_force",
     "/dw/", "/dw/?q=财政&state=gaps", "/nb/", "/dw/changsha/"],
)  # fmt: skip
def test_pages_ask_the_same_however_many_units_and_items(
    world: World, town: Town, visitor: Client, path: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    world.whole()
    town.fill(40)
    link(entry(town, "20-1"), Item.objects.filter(kind__key="policy")[0])
    for number in range(20):
        Unit.objects.create(
            code=f"u{number}", short_name=f"单位{number}", full_name=f"单位{number}",
            kind="department", level="city", valid_from=date(2020, 1, 1),
        )  # fmt: skip
    with django_assert_max_num_queries(14):
        assert visitor.get(path).status_code == 200
