"""Places of utilities, interpretation, dialogue, grass roots, platform, institutions, training:
with data, empty, for a district, with odd addresses, and at a small price in queries."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.catalogue.loading import REFERENCE
from gongkai.catalogue.models import Column, ColumnKind, PublicSite, Section
from gongkai.deposits.models import ReadingPlace
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit
from gongkai.portal import selectors_places
from gongkai.portal.tests.town import DAY, Town
from gongkai.publishing.models import Item, ItemKind, ItemLink
from tests.factories import UnitFactory, moment

KEYS = ("gongqi", "jiedu", "hudong", "jiceng", "pingtai", "zhidu", "peixun")
LIMIT = 25


def _topics() -> dict[str, dict[str, Any]]:
    data = json.loads((REFERENCE / "places.json").read_text(encoding="utf-8"))
    return {topic["key"]: topic for topic in data["topics"]}


def _column(site: PublicSite, topic: dict[str, Any], owner: Unit, area: str) -> None:
    here = {"area": area} if area else {}
    key = topic["key"]
    own = topic.get("rule") or {"topic": [key, *(f"{key}/{part}" for part in topic["sections"])]}
    column, _ = Column.objects.update_or_create(
        site=site,
        key=key,
        defaults={
            "name": topic["name"],
            "kind": ColumnKind.TOPIC,
            "owner": owner,
            "rule": {**here, **own},
            "max_gap_days": topic["gap"],
            "work_point": topic["point"],
            "blocks": topic["blocks"],
            "order": 50,
        },
    )
    column.sections.all().delete()
    for order, (part, name) in enumerate(topic["sections"].items(), 1):
        Section.objects.create(
            column=column,
            key=part,
            name=name,
            rule={**here, "topic": f"{key}/{part}"},
            order=order,
        )


@pytest.fixture
def places(town: Town) -> Town:
    """The town with the seven columns of the city and of one district, one waterworks."""
    topics = _topics()
    for key in KEYS:
        _column(town.city.site, topics[key], town.city.bureau_a, "")
        _column(town.city.district_site, topics[key], town.city.district_1, "wangcheng")
    UnitFactory(
        code="demo_gongshui",
        short_name="供水公司",
        full_name="供水公司",
        kind=UnitKind.PUBLIC_UTILITY,
        parent=town.city.bureau_a,
    )
    return town


def put(town: Town, kind: str, topic: str, facts: dict[str, Any], **more: Any) -> Item:
    """One public item of a kind, by direct rows."""
    unit = more.pop("unit", None)
    more.setdefault("index_no", f"TEST/2022-{Item.objects.count():05d}")
    [item] = town.fill(
        1, unit, kind=ItemKind.objects.get(key=kind), topics=[topic], facts=facts, **more
    )
    return item


def page(visitor: Client, path: str) -> str:
    response = visitor.get(path)
    assert response.status_code == 200, path
    return response.content.decode().replace("<wbr>", "")


OUTAGE = {
    "utility": "water", "sort": "planned", "area": "书院路片区", "from_on": "2022-10-18",
    "from_time": "09:00", "to_on": "2022-10-18", "to_time": "17:00", "reason": "迁改管道",
    "households": 2380, "hotline": "0731-80004001",
}  # fmt: skip
CALL = {
    "sort": "decision", "opens_on": "2022-09-19", "closes_on": "2022-10-18", "phone": "0731-80001502",
    "ways": [{"way": "邮寄", "where": "长沙市演示路1号"}],
}  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "/qx/wangcheng"])
@pytest.mark.parametrize("key", KEYS)
def test_an_empty_place_says_so_and_costs_little(
    places: Town, visitor: Client, key: str, prefix: str
) -> None:
    with CaptureQueriesContext(connection) as found:
        text = page(visitor, f"{prefix}/zt/{key}/")
    assert len(found) <= LIMIT
    assert "还没有" in text or "现在没有" in text or "今天没有停供" in text


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "query", ["?dept=没有&page=x", "?page=-1&list=abc", "?page=9999999&list=1", "?fq=no&all=2"]
)
def test_odd_addresses_are_read_as_plain_ones(
    places: Town, visitor: Client, key: str, query: str
) -> None:
    page(visitor, f"/zt/{key}/{query}")


def test_todays_outage_leads_the_utilities(places: Town, visitor: Client) -> None:
    item = put(places, "outage", "gongqi/gongshui", OUTAGE)
    late = {
        **OUTAGE, "area": "银盆岭", "from_on": "2022-10-08", "to_on": "2022-10-09",
        "from_time": "22:00", "to_time": "06:00", "restored_on": "2022-10-09",
        "restored_time": "06:45",
    }  # fmt: skip
    put(places, "outage", "gongqi/gongshui", late)
    put(places, "outage", "gongqi/gongshui", {**OUTAGE, "from_on": "x"})
    text = page(visitor, "/zt/gongqi/")
    assert '今天有 <span class="num">1</span> 处停供或者停运' in text
    assert f'href="/nr/{item.pk}/"' in text and "10月18日 9:00 — 17:00（8 小时）" in text
    assert "比公告晚 45 分" in text and "按时恢复 0 处" in text


def test_a_general_notice_of_an_outage_is_not_missed(places: Town, visitor: Client) -> None:
    put(
        places, "notice", "gongqi/gongshui", {}, title="供水公司关于福元片区夜间计划停水的公告",
        effective_on=date(2022, 10, 20), expires_on=date(2022, 10, 21),
    )  # fmt: skip
    put(places, "notice", "gongqi/gongshui", {}, title="关于开放日的公告")
    text = page(visitor, "/zt/gongqi/")
    assert "<b>福元片区</b>" in text and "10月20日—10月21日" in text
    assert "往后已经公告" in text


def test_a_sector_shows_units_and_duties_or_says_there_are_none(
    places: Town, visitor: Client
) -> None:
    water = Unit.objects.get(code="demo_gongshui")
    put(places, "outage", "gongqi/gongshui", OUTAGE, unit=water)
    price = {
        "items": [{"name": "居民", "standard": "1.88元", "basis": "文件"}],
        "complaint": "12345",
    }
    put(
        places,
        "fees",
        "gongqi/gongshui",
        price,
        unit=water,
        published_at=moment(8) - timedelta(days=400),
    )
    text = page(visitor, "/zt/gongqi/")
    assert "本市没有集中供热企业。" in text and "尚待主管部门核实" in text
    assert "还没有登记这一领域的公共企事业单位。" in text
    assert "有，400 天前，超过 365 天" in text and "没有找到" in text
    assert "1.88元" in text and "依申请公开" not in text.split("<main")[1].split("</main")[0]


def test_quality_is_drawn_against_its_limit(places: Town, visitor: Client) -> None:
    results = [
        {"sample": "出厂水", "item": "浑浊度", "value": 0.5, "most": 1, "unit": "NTU"},
        {"sample": "末梢水", "item": "余氯", "value": 0.01, "least": 0.05, "unit": "mg/L"},
    ]
    put(
        places,
        "quality",
        "gongqi/gongshui",
        {"utility": "water", "period": "2022年9月", "results": results},
    )
    text = page(visitor, "/zt/gongqi/")
    assert '<rect width="50.0" height="10"/>' in text
    assert "2 项检测，1 项合格" in text and "不合格" in text


def test_the_call_that_closes_first_leads(places: Town, visitor: Client) -> None:
    put(
        places,
        "consultation",
        "hudong/zhengji",
        {**CALL, "closes_on": "2022-11-10"},
        title="后截止的",
    )
    put(places, "consultation", "hudong/zhengji", CALL, title="今天截止的")
    put(places, "consultation", "hudong/zhengji", {"opens_on": "?"}, title="没有日期的")
    text = page(visitor, "/zt/hudong/")
    assert text.index("今天截止的") < text.index("后截止的")
    assert '<b class="num">今天</b><span>截止</span>' in text and "长沙市演示路1号" in text
    assert "<form" not in text.split("<main")[1].split("</main")[0]


def test_a_closed_call_stands_beside_its_feedback(places: Town, visitor: Client) -> None:
    over = {**CALL, "closes_on": "2022-09-28", "opens_on": "2022-09-01"}
    answered = put(places, "consultation", "hudong/zhengji", over, title="有反馈的")
    put(
        places,
        "consultation",
        "hudong/zhengji",
        {**over, "closes_on": "2022-09-02"},
        title="没有反馈的",
    )
    counts = {
        "received": 187,
        "adopted": 96,
        "partly": 41,
        "declined": 50,
        "answers": [answered.pk],
    }
    feedback = put(places, "feedback", "hudong/fankui", counts, title="采纳情况")
    ItemLink.objects.create(source=feedback, target=answered, relation="responds")
    text = page(visitor, "/zt/hudong/")
    assert "结束 2 件，公布采纳情况 1 件" in text
    assert "截止 46 天，还没有公布采纳情况" in text
    assert f'href="/nr/{feedback.pk}/"' in text and 'class="green" x="0.0" width="51.34"' in text
    feedback.visibility = "withdrawn"
    feedback.save()
    assert "公布采纳情况 0 件" in page(visitor, "/zt/hudong/")


def test_events_interviews_and_surveys_tell_their_numbers(places: Town, visitor: Client) -> None:
    event = {"held_on": "2022-10-29", "signup_to": "2022-10-25", "hours": "9:00—11:30", "place": "受理中心",
             "seats": 30, "signup": ["电话报名"], "groups": [{"group": "市民", "count": 30}]}  # fmt: skip
    put(places, "event", "hudong/kaifang", event)
    put(
        places,
        "event",
        "hudong/kaifang",
        {**event, "held_on": "2022-09-17", "attended": 46, "opinions": 17},
    )
    put(places, "interview", "hudong/fangtan", {"guests": ["嘉宾"], "held_on": "2022-10-11", "exchange": [
        {"speaker": "网友“甲”", "words": "问"}, {"speaker": "嘉宾", "words": "答"}]})  # fmt: skip
    put(places, "survey", "hudong/wenjuan", {"opens_on": "2022-08-01", "closes_on": "2022-08-31", "people": 200,
        "results": [{"question": "几趟", "answer": "一趟", "count": 150}]})  # fmt: skip
    text = page(visitor, "/zt/hudong/")
    assert '<b class="num">30</b> 个名额' in text and "正在报名" in text
    assert "46 人参加，提出意见 17 条" in text
    assert '网友提问 <b class="num">1</b> 个' in text and "150 人，75%" in text


def test_forms_count_this_years_own_interpretations(places: Town, visitor: Client) -> None:
    put(places, "interpretation", "jiedu", {"form": "qa", "original": True}, title="一问一答甲")
    put(places, "interpretation", "jiedu", {"form": "text", "original": False})
    put(
        places,
        "interpretation",
        "jiedu",
        {"form": "qa", "original": True},
        original_published_on=date(2022, 3, 1),
    )
    put(
        places,
        "interpretation",
        "jiedu",
        {"form": "qa", "original": True},
        unit=places.city.district_1_bureau,
    )
    text = page(visitor, "/zt/jiedu/")
    assert '发布解读 <span class="num">2</span> 篇，用了 <span class="num">2</span> 种形式' in text
    assert "50%" in text and "今年还没有用到的形式" in text
    assert '发布解读 <span class="num">1</span> 篇' in page(visitor, "/qx/wangcheng/zt/jiedu/")


def test_a_document_is_shown_with_the_days_to_its_interpretation(
    places: Town, visitor: Client
) -> None:
    document = put(places, "policy", "jiedu", {}, published_at=moment(8) - timedelta(days=9))
    put(
        places,
        "policy",
        "jiedu",
        {},
        published_at=moment(8) - timedelta(days=20),
        title="没有解读的",
    )
    reading = put(
        places,
        "interpretation",
        "jiedu",
        {"form": "text"},
        published_at=moment(8) - timedelta(days=7),
    )
    ItemLink.objects.create(source=reading, target=document, relation="interprets")
    text = page(visitor, "/zt/jiedu/")
    assert '文件 <span class="num">2</span> 件，已经解读 <span class="num">1</span> 件' in text
    assert "2 天后解读" in text and "还没有解读，公开 20 天" in text


def policies(count: int, department: str) -> list[dict[str, str]]:
    return [
        {"name": f"补贴{n}", "basis": "长财发〔2022〕1号", "department": department, "purpose": "用途",
         "target": "对象", "standard": f"{n}元/亩", "phone": "0731-80001601"}
        for n in range(1, count + 1)
    ]  # fmt: skip


def test_the_seven_columns_are_filtered_and_paged(places: Town, visitor: Client) -> None:
    pension = {**policies(1, "民政局")[0], "name": "高龄津贴", "phone": ""}
    rows = [*policies(13, "农业农村局"), pension]
    own = put(
        places,
        "subsidy_list",
        "jiceng/butie",
        {"year": 2022, "policies": rows, "supervision": "12345"},
        title="市级清单",
    )
    other = put(places, "subsidy_list", "jiceng/butie", {"year": 2022, "policies": policies(1, "区局")},
                unit=places.city.district_1_bureau, title="区级清单")  # fmt: skip
    text = page(visitor, "/zt/jiceng/")
    assert (
        '<span class="num">14</span> 项补贴，七项内容齐全的 <span class="num">13</span> 项' in text
    )
    assert "补贴12" in text and "补贴13<" not in text and "第 1 页，共 2 页" in text
    assert "高龄津贴" in page(visitor, "/zt/jiceng/?page=2")
    narrowed = page(visitor, "/zt/jiceng/?dept=民政局")
    assert "高龄津贴" in narrowed and "补贴1<" not in narrowed
    assert "区级清单" in page(visitor, f"/zt/jiceng/?list={other.pk}")
    assert f"/nr/{own.pk}/" in text and f"?list={other.pk}" in text
    assert '<span class="num">1</span> 项补贴' in page(visitor, "/qx/wangcheng/zt/jiceng/")


def test_windows_of_the_city_and_of_districts_are_listed(places: Town, visitor: Client) -> None:
    for owner, name, phone in (
        (places.city.office, "市档案馆查阅大厅", "0731-80000001"),
        (places.city.district_1, "望城区查阅点", ""),
    ):
        ReadingPlace.objects.create(
            owner=owner, kind="archive", name=name, address="演示路", hours="工作日", phone=phone, checked_on=DAY
        )  # fmt: skip
    text = page(visitor, "/zt/jiceng/")
    assert "2 处窗口和查阅点" in text and '下面 <b class="num">1</b> 处窗口有电话' in text
    district = page(visitor, "/qx/wangcheng/zt/jiceng/")
    assert "望城区查阅点" in district and "市档案馆查阅大厅" not in district


def test_institutions_stand_in_their_order_with_public_counts(
    places: Town, visitor: Client
) -> None:
    places.withdraw(places.public())
    places.correct(places.public(doc_no="长财发〔2022〕77号"))
    put(places, "system", "zhidu", {"topic": "secrecy"}, title="保密审查办法")
    put(places, "system", "zhidu", {"topic": "clearing"}, title="清理办法")
    text = page(visitor, "/zt/zhidu/")
    assert '五项制度，已经公布 <span class="num">1</span> 项' in text
    assert "保密审查办法" in text and "清理办法" in text and "还没有公布" in text
    counts = selectors_places.public_year_counts("", date(2022, 1, 1), DAY)
    assert counts == {"released": 2, "corrected": 1, "withdrawn": 1}
    assert '<b class="num">2</b><span>条信息经过审核' in text
    assert (
        sum(selectors_places.public_year_counts("wangcheng", date(2022, 1, 1), DAY).values()) == 0
    )


def test_the_training_year_tells_what_was_held_and_what_comes(
    places: Town, visitor: Client
) -> None:
    lesson = {"lessons": [{"lesson": "条例"}], "place": "会议室", "audience": "工作人员"}
    put(
        places,
        "training",
        "peixun",
        {**lesson, "way": "visit", "held_on": "2022-08-17", "people": 21},
    )
    text = page(visitor, "/zt/peixun/")
    assert "今年还没有办" in text
    put(
        places,
        "training",
        "peixun",
        {**lesson, "way": "gathered", "held_on": "2022-06-22", "people": 116},
    )
    put(
        places,
        "training",
        "peixun",
        {**lesson, "way": "exchange", "held_on": "2022-11-16"},
        title="交流观摩",
    )
    put(
        places,
        "training",
        "peixun",
        {**lesson, "way": "gathered", "held_on": "2021-05-01", "people": 9},
    )
    text = page(visitor, "/zt/peixun/")
    assert '办了 <span class="num">2</span> 次，<span class="num">137</span> 人次' in text
    assert "已经做到" in text and "下一次：2022年11月16日" in text.replace(" ", "")


def test_the_platform_counts_columns_in_time_and_draws_measures(
    places: Town, visitor: Client
) -> None:
    measures = [
        {"name": "页面模板", "unit": "个", "target": 42, "done": 21},
        {"name": "可用率", "unit": "%", "target": 99, "done": 99.9},
        {"name": "没有目标", "unit": "条", "done": 7},
        {"name": "坏数", "unit": "条", "done": "很多"},
    ]
    put(
        places,
        "progress",
        "pingtai",
        {"programme": "适老化", "as_of": "2022-10-15", "measures": measures},
    )
    text = page(visitor, "/zt/pingtai/")
    assert "个栏目按约定更新" in text and "4301000001" in text
    assert (
        '<rect width="50.0" height="10"/>' in text and "还没有达到" in text and "坏数" not in text
    )
    assert "2 / 3 项达到目标" in text


def test_the_directory_tells_keeper_point_and_freshness(places: Town, visitor: Client) -> None:
    places.plan(points=16, tasks=1)
    put(places, "outage", "gongqi/gongshui", OUTAGE)
    text = page(visitor, "/columns/")
    assert "个栏目按约定更新" in text and "今天更新，约定 30 天" in text.replace("昨天", "今天")
    assert 'href="/jd/8/">第 8 项</a>' in text and "还没有内容" in text
    assert page(visitor, "/qx/wangcheng/columns/").count('href="/qx/wangcheng/zt/') >= 7


@pytest.mark.parametrize("path", [*(f"/zt/{key}/" for key in KEYS), "/columns/"])
def test_a_full_place_costs_no_more_than_a_small_one(
    places: Town, visitor: Client, path: str
) -> None:
    places.plan(points=16, tasks=1)
    water = Unit.objects.get(code="demo_gongshui")

    def fill() -> None:
        put(places, "outage", "gongqi/gongshui", OUTAGE, unit=water)
        put(places, "consultation", "hudong/zhengji", CALL)
        put(places, "consultation", "hudong/zhengji", {**CALL, "closes_on": "2022-10-01"})
        put(places, "interpretation", "jiedu", {"form": "qa"})
        put(places, "policy", "jiedu", {})
        put(places, "subsidy_list", "jiceng/butie", {"year": 2022, "policies": policies(3, "局")})
        put(places, "progress", "pingtai", {"programme": "适老化", "measures": []})
        put(places, "system", "zhidu", {"topic": "publish"})
        put(
            places,
            "training",
            "peixun",
            {"way": "gathered", "held_on": "2022-06-22", "lessons": []},
        )

    fill()
    with CaptureQueriesContext(connection) as small:
        page(visitor, path)
    for _ in range(4):
        fill()
    with CaptureQueriesContext(connection) as large:
        page(visitor, path)
    assert len(large) == len(small) <= LIMIT, [q["sql"][:100] for q in large]


def test_what_names_a_source_is_not_original_whatever_was_ticked(places: Town) -> None:
    """The desk and the public place count originals by the same rule."""
    facts = {"form": "text", "original": True}
    put(places, "interpretation", "jiedu", facts, title="自己写的解读")
    put(places, "interpretation", "jiedu", facts, title="转载的解读", source="省司法厅")
    found = selectors_places.public_interpretations("", date(DAY.year, 1, 1))
    told = {one.title: one.original for one in found}
    assert told == {"自己写的解读": True, "转载的解读": False}
