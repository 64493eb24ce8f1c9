"""The columns of growth, livelihood and countryside: with data, empty, in a district, with
nonsense in the address, and in few queries."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from lxml import html
from pytest_django import DjangoAssertNumQueries

from gongkai.catalogue import services as catalogue
from gongkai.catalogue.models import Column, ColumnKind, PublicSite, Section
from gongkai.core.clock import at
from gongkai.core.models import OutboxMessage
from gongkai.organisations.models import Unit
from gongkai.portal.tests.test_blocks import places
from gongkai.portal.tests.town import Town, moment
from gongkai.portal.verify import look
from gongkai.publishing.models import Item, ItemLink
from gongkai.publishing.placing import record_of

MINE = ("qiangshenghui", "yingshang", "jianshui", "touzi", "minsheng", "xiangcun")
LIMIT = 25
BY_KEY = {str(topic["key"]): topic for topic in places()}


def _open(site: PublicSite, key: str, owner: Unit) -> Column:
    topic = BY_KEY[key]
    here = {"area": owner.area.code} if owner.area else {}
    topics = [key, *(f"{key}/{section}" for section in topic["sections"])]
    column, _ = Column.objects.update_or_create(
        site=site,
        key=key,
        defaults={
            "name": topic["name"], "kind": ColumnKind.TOPIC, "owner": owner,
            "rule": {**here, "topic": topics}, "blocks": topic["blocks"], "order": 1,
            "max_gap_days": 30,
        },
    )  # fmt: skip
    for order, (section, name) in enumerate(topic["sections"].items()):
        rule = {**here, "topic": f"{key}/{section}"}
        Section.objects.update_or_create(
            column=column, key=section, defaults={"name": name, "rule": rule, "order": order}
        )
    return column


class Places:
    """A town with these columns, and a quick way to put public items into them."""

    def __init__(self, town: Town) -> None:
        self.town, self.number = town, 0
        for key in MINE:
            _open(town.city.site, key, town.city.bureau_b)
            _open(town.city.district_site, key, town.city.district_1)
        self.shelf = catalogue.Shelf.load()

    def put(
        self,
        kind: str,
        title: str,
        topic: str,
        *,
        unit: Unit | None = None,
        on: date = date(2022, 10, 10),
        **more: Any,
    ) -> Item:
        self.number += 1
        unit = unit or self.town.city.bureau_a
        item = Item.objects.create(
            **{
                "unit": unit, "kind": self.town.city.kinds[kind], "title": title, "summary": "摘要。",
                "body": "<p>正文。</p>", "theme": self.town.city.themes["0401"], "formed_on": on,
                "topics": [topic], "index_no": f"{unit.code.upper()}/2022-{self.number:05d}",
                "visibility": "public", "status": "settled", "version": 1, "live_digest": "0" * 64,
                "published_at": at(on, 9, self.number % 60), **more,
            }
        )  # fmt: skip
        with transaction.atomic():
            catalogue.place(record=record_of(item), shelf=self.shelf)
        return item

    def figures(
        self, topic: str, rows: list[dict[str, Any]], as_of: str = "2022-09-30", **more: Any
    ) -> Item:
        facts = {
            "programme": more.pop("programme", "一项工程"), "as_of": as_of, "measures": rows,
            "target_basis": "长政办发〔2022〕31号",
        }  # fmt: skip
        title = more.pop("title", f"截至{as_of}的进展")
        return self.put("progress", title, topic, facts=facts, **more)

    def project(self, topic: str, title: str, **facts: Any) -> Item:
        unit = facts.pop("unit", None)
        whole = {
            "owner": "演示建设公司", "place": "岳麓区", "investment": 12.5, "as_of": "2022-09-30",
            "plan_year": 4, "done_year": 3, "stage": "building", **facts,
        }  # fmt: skip
        return self.put("project", title, topic, facts=whole, unit=unit)


@pytest.fixture
def laid(town: Town) -> Iterator[Places]:
    yield Places(town)


def page(visitor: Client, path: str) -> Any:
    response = visitor.get(path)
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def text_of(node: Any) -> str:
    """The words of a part of the page; blanks stand and fall with the markup."""
    return "".join(node.text_content().split())


def block(tree: Any, name: str) -> Any:
    (found,) = tree.xpath(f"//section[contains(concat(@class,' '),'is-{name} ')]")
    return found


ROW = {"name": "净增企业", "unit": "万户", "target": 6.2, "done": 4.7, "before": 4.1}


@pytest.mark.parametrize("prefix", ["", "/qx/wangcheng"])
def test_an_empty_place_says_so_and_leads_a_district_to_the_city(
    laid: Places, visitor: Client, prefix: str
) -> None:
    for key in MINE:
        tree = page(visitor, f"{prefix}/zt/{key}/")
        assert "还没有" in text_of(tree), key
        assert not tree.xpath("//*[contains(@class,'aim-ring')]"), key
        to_city = tree.xpath(f"//div[@class='blocks']//a[@href='/zt/{key}/']")
        assert bool(to_city) is bool(prefix), key


NONSENSE = ("who=', OR 1=1", "list=none", "qt=%00x", "qx=nowhere", "who=&list=&qt=&qx=", "qx=shi")


def test_nonsense_in_the_address_shows_the_whole_place(laid: Places, visitor: Client) -> None:
    for key in MINE:
        for query in NONSENSE:
            assert visitor.get(f"/zt/{key}/?{query}").status_code == 200, (key, query)
            assert visitor.get(f"/qx/wangcheng/zt/{key}/?{query}").status_code == 200, (key, query)


def test_targets_are_drawn_from_the_newest_day_and_lead_to_their_source(
    laid: Places, visitor: Client
) -> None:
    topic = "qiangshenghui/beizeng"
    newest = laid.figures(topic, [ROW, {**ROW, "name": "净增个体", "target": 10, "done": 3}])
    laid.figures(topic, [{**ROW, "done": 1}], "2022-06-30", on=date(2022, 10, 12))
    laid.put("policy", "倍增工作方案", topic)
    found = block(page(visitor, "/zt/qiangshenghui/"), "targets")
    text = text_of(found)
    assert "76%" in text and "按进度" in text and "慢于时间进度" in text
    assert found.xpath(f".//p[@class='source']/a[@href='/nr/{newest.pk}/']")
    assert "倍增工作方案" in text and "数据截至2022年9月30日" in text
    assert [cell.text for cell in found.xpath(".//details//tbody//th")] == ["净增企业", "净增个体"]
    assert text.count("还没有公布进展数据") == 3


def test_what_a_district_reports_is_not_taken_for_the_city(laid: Places, visitor: Client) -> None:
    city = laid.town.city
    laid.figures("minsheng/shishi", [{**ROW, "name": "全市的事"}], on=date(2022, 10, 9))
    laid.figures("minsheng/shishi", [{**ROW, "name": "区里的事"}], unit=city.district_1)
    assert "区里的事" not in text_of(block(page(visitor, "/zt/minsheng/"), "ten"))
    here = text_of(block(page(visitor, "/qx/wangcheng/zt/minsheng/"), "ten"))
    assert "区里的事" in here and "全市的事" not in here


def test_rings_count_what_is_done_and_what_is_slow(laid: Places, visitor: Client) -> None:
    rows = [
        {"name": "学位", "unit": "个", "target": 100, "done": 104},
        {"name": "公路", "unit": "公里", "target": 100, "done": 40},
        {"name": "床位", "unit": "张", "target": 100, "done": 80},
    ]
    laid.figures("minsheng/shishi", rows)
    laid.figures("minsheng/shishi", rows[:1], "2022-08-31", on=date(2022, 9, 10))
    found = block(page(visitor, "/zt/minsheng/"), "ten")
    tally = text_of(found.xpath(".//p[@class='tally']")[0])
    assert tally == "3件实事1件已完成目标1件慢于时间进度"
    assert len(found.xpath(".//ol[@class='rings']/li")) == 3
    assert "104%" in text_of(found) and "截至2022年8月31日" in text_of(found)


def fund_rows(
    opening: float, income: float, expense: float, closing: float
) -> list[dict[str, Any]]:
    return [
        {"name": "基金收入", "unit": "万元", "done": income},
        {"name": "基金支出", "unit": "万元", "done": expense},
        {"name": "期末累计结余", "unit": "万元", "done": closing, "before": opening},
    ]


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ((110, 20, 15, 115), "各期核对一致"),
        ((110, 20, 15, 118), "相差3"),
        ((108, 20, 15, 113), "期初与上期期末相差-2"),
    ],
)
def test_a_fund_is_checked_period_by_period(
    laid: Places, visitor: Client, second: tuple[float, ...], words: str
) -> None:
    laid.figures("minsheng/shiye", fund_rows(100, 20, 10, 110), "2022-08-31", on=date(2022, 9, 9))
    laid.figures("minsheng/shiye", fund_rows(*second))
    found = block(page(visitor, "/zt/minsheng/"), "fund")
    text = text_of(found)
    assert words in text
    assert ("有的数对不上" in text) is (words != "各期核对一致")
    assert [row.text for row in found.xpath(".//tbody//th/a")] == ["8月", "9月"]
    assert len(found.xpath(".//tr[@class='late']")) == (words != "各期核对一致")


def test_groups_have_figures_counts_and_their_newest(laid: Places, visitor: Client) -> None:
    topic = "minsheng/jiuye"
    laid.figures(topic, [{"name": "退役军人", "unit": "人", "target": 100, "done": 50}])
    laid.put("notice", "退役军人专场招聘", topic, keywords=["退役军人"], on=date(2022, 10, 11))
    laid.put("notice", "求职补贴", topic, keywords=["高校毕业生"])
    tree = page(visitor, "/zt/minsheng/")
    cards = {
        a.find("b").text: text_of(a)
        for a in block(tree, "groups").xpath(".//ul[@class='groups']//a")
    }
    assert len(cards) == 7
    assert "50%" in cards["退役军人"] and "1条政策和信息" in cards["退役军人"]
    assert "还没有专门的信息" in cards["残疾人"]
    chosen = text_of(block(page(visitor, "/zt/minsheng/?qt=tuiyi"), "groups"))
    assert "写给退役军人的" in chosen and "求职补贴" not in chosen
    assert "拨打12333" in text_of(block(page(visitor, "/zt/minsheng/?qt=canji"), "groups"))


def test_relief_shows_what_holds_and_what_ends_soon(laid: Places, visitor: Client) -> None:
    topic = "jianshui/wenjian"
    ends = laid.put(
        "notice",
        "小微企业缓缴",
        topic,
        effective_on=date(2022, 5, 1),
        expires_on=date(2022, 12, 31),
    )
    laid.put("notice", "长期有效", topic, effective_on=date(2022, 5, 1), keywords=["制造业"])
    laid.put("notice", "过期的", topic, expires_on=date(2022, 6, 1), validity="lapsed")
    found = block(page(visitor, "/zt/jianshui/"), "validity")
    bars = found.xpath(".//div[@class='gantt']/ul/li")
    assert [bar.get("class") for bar in bars] == ["is-ending", "is-on"]
    assert bars[0].xpath(f".//a[@href='/nr/{ends.pk}/']") and "还有" in text_of(bars[0])
    assert "没有写截止日期" in text_of(bars[1])
    assert "过期的" in text_of(found.xpath(".//details")[-1])
    chosen = text_of(block(page(visitor, "/zt/jianshui/?who=zhizao"), "validity"))
    assert "以文件规定和主管部门审核为准" in chosen and "小微企业缓缴" not in chosen
    none = text_of(block(page(visitor, "/zt/jianshui/?who=keji"), "validity"))
    assert "没有写明不等于不能享受" in none


def test_projects_stand_on_their_lists_with_late_steps_named(laid: Places, visitor: Client) -> None:
    topic = "touzi/shida"
    late = [
        {"node": "桥墩", "planned_on": "2022-09-10"},
        {"node": "通车", "planned_on": "2023-01-01"},
    ]
    laid.project(topic, "东岸大道", list="infrastructure", list_no=2, nodes=late)
    laid.project(topic, "新水厂", list="infrastructure", list_no=1, done_year=5)
    laid.project(topic, "旧进展", list="infrastructure", list_no=1, as_of="2022-06-30", done_year=1)
    laid.project(topic, "芯片", list="research", list_no=1, stage="pilot")
    laid.project(topic, "区里的", list="infrastructure", unit=laid.town.city.district_1)
    laid.project(topic, "不在清单", list="")
    found = block(page(visitor, "/zt/touzi/"), "projects")
    names = [text_of(a) for a in found.xpath(".//ol[@class='projects']//div[@class='name']//a")]
    assert names == ["新水厂", "东岸大道"]
    text = text_of(found)
    assert "今年完成8/8亿元" in text and "公开进展2/10项" in text
    assert "1项有节点过期未完成" in text and "已过计划20天，没有完成" in text
    other = text_of(block(page(visitor, "/zt/touzi/?list=research"), "projects"))
    assert "第3步，共4步：中试验证" in other and "新水厂" not in other
    assert "还没有公布项目进展" in text_of(
        block(page(visitor, "/zt/touzi/?list=industry"), "projects")
    )


def test_requests_tell_the_way_and_the_months(laid: Places, visitor: Client) -> None:
    topic = "touzi/suqiu"
    steps = {"steps": ["提交", "三个工作日受理"], "limit": "15个工作日", "phone": "0731-80001406"}
    laid.put("service", "怎样反映", topic, facts=steps)
    for month, got in (("08-31", 30), ("09-30", 52)):
        rows = [
            {"name": "收到", "unit": "件", "done": got},
            {"name": "办结", "unit": "件", "done": 28},
        ]
        laid.figures(topic, rows, f"2022-{month}")
    found = block(page(visitor, "/zt/touzi/"), "requests")
    assert [text_of(li) for li in found.xpath(".//ol[@class='way']/li")] == [
        "提交",
        "三个工作日受理",
    ]
    assert "15个工作日" in text_of(found) and "52" in text_of(found)


def test_a_document_stands_beside_what_explains_it(laid: Places, visitor: Client) -> None:
    policy = laid.put("policy", "承诺办法", "yingshang/wenjian", contact="0731-80001218")
    for kind, title in (("interpretation", "办法解读"), ("faq", "办法问答")):
        source = laid.put(kind, title, "yingshang/jiedu")
        ItemLink.objects.create(source=source, target=policy, relation="interprets")
    hidden = laid.put("interpretation", "没有公开的解读", "yingshang/jiedu", visibility="internal")
    ItemLink.objects.create(source=hidden, target=policy, relation="interprets")
    laid.put("policy", "没人解释", "yingshang/wenjian", contact="0731-80001219")
    found = block(page(visitor, "/zt/yingshang/"), "pairs")
    rows = {text_of(row.find("th").find("a")): row for row in found.xpath(".//tbody/tr")}
    assert [text_of(td) for td in rows["承诺办法"].findall("td")] == ["办法解读", "办法问答"]
    assert "还没有解读，可以打电话问0731-80001219" in text_of(rows["没人解释"])
    assert "没有公开的解读" not in text_of(found)
    assert "2份文件1份有解读1份有问答" in text_of(found)


def test_cases_tell_problem_practice_and_result(laid: Places, visitor: Client) -> None:
    facts = {"field": "报装", "practice_unit": "市住建局", "problem": "跑四次", "practice": "一次踏勘",
             "result": "减到15天"}  # fmt: skip
    laid.put("case", "报装一件事", "yingshang/anli", facts=facts)
    found = block(page(visitor, "/zt/yingshang/"), "cases")
    assert [text_of(dd) for dd in found.iter("dd")] == ["跑四次", "一次踏勘", "减到15天"]


def test_news_can_be_read_by_district(laid: Places, visitor: Client) -> None:
    city = laid.town.city
    laid.put("news", "市里的事", "qiangshenghui/dongtai")
    laid.put("news", "望城的事", "qiangshenghui/dongtai", unit=city.district_1_bureau)
    for query, said in (("", {"市里的事", "望城的事"}), ("qx=shi", {"市里的事"}),
                        ("qx=wangcheng", {"望城的事"}), ("qx=liuyang", set())):  # fmt: skip
        found = block(page(visitor, f"/zt/qiangshenghui/?{query}"), "dynamics")
        titles = {text_of(a) for a in found.xpath(".//ul[@class='list']//a")}
        assert titles == said, query
    here = block(page(visitor, "/qx/wangcheng/zt/qiangshenghui/"), "dynamics")
    assert not here.xpath(".//nav") and "望城的事" in text_of(here)


def test_money_is_shared_out_by_district_and_batch(laid: Places, visitor: Client) -> None:
    topic = "xiangcun/zijin"
    rows = [
        {"name": "望城区", "unit": "万元", "target": 100, "done": 80},
        {"name": "浏阳市", "unit": "万元", "target": 300, "done": 120},
    ]
    laid.figures(topic, rows, programme="第一批")
    laid.figures(topic, [{**row, "done": 10} for row in rows], "2022-06-30", programme="第一批")
    laid.figures(topic, [{**rows[0], "target": 100, "done": 20}], programme="第二批")
    laid.figures(topic, [{**rows[0], "name": "产业"}], unit=laid.town.city.district_1)
    found = block(page(visitor, "/zt/xiangcun/"), "allocations")
    tally = text_of(found.xpath(".//p[@class='tally']")[0])
    assert tally == "下达500万元已支付220万元支付率44%"
    table = [[text_of(c) for c in row if text_of(c)] for row in found.xpath(".//tbody/tr")]
    assert table == [["浏阳市", "120", "300", "40%"], ["望城区", "100", "200", "50%"]]
    assert len(found.xpath(".//ul[@class='batches']/li")) == 2


def test_documents_beside_the_figures_are_not_lost(laid: Places, visitor: Client) -> None:
    drawn = {"minsheng/shishi": "ten", "minsheng/shiye": "fund", "xiangcun/zijin": "allocations",
             "touzi/shida": "projects"}  # fmt: skip
    for number, topic in enumerate(drawn):
        laid.put("policy", f"第{number}份文件", topic)
        for day in range(1, 8):
            laid.figures(topic, [ROW], f"2022-0{day}-01")
    for number, (topic, name) in enumerate(drawn.items()):
        found = block(page(visitor, f"/zt/{topic.partition('/')[0]}/"), name)
        assert f"第{number}份文件" in text_of(found), topic


def test_taking_part_comes_from_a_published_guide(laid: Places, visitor: Client) -> None:
    facts = {"steps": ["看需求", "提意向"], "conditions": ["依法登记"], "phone": "0731-80002611"}
    laid.put("service", "怎样参与", "xiangcun/shehui", facts=facts)
    laid.put("notice", "村里需要什么", "xiangcun/shehui")
    found = block(page(visitor, "/zt/xiangcun/"), "steps")
    assert [text_of(li) for li in found.xpath(".//ol[@class='way']/li")] == ["看需求", "提意向"]
    assert found.xpath(".//a[@href='tel:0731-80002611']") and "村里需要什么" in text_of(found)


@pytest.mark.parametrize("facts", [{}, {"measures": "许多"}, {"measures": [{"name": "甲"}, 3]}])
def test_figures_that_are_none_break_no_page(
    laid: Places, visitor: Client, facts: dict[str, Any]
) -> None:
    for topic in ("minsheng/shishi", "minsheng/shiye", "minsheng/jiuye", "xiangcun/zijin",
                  "qiangshenghui/wuhao", "touzi/suqiu"):  # fmt: skip
        laid.put("progress", "没有数的进展", topic, facts=facts)
    laid.put("project", "没有数的项目", "touzi/shida", facts={"list": "industry", "nodes": "x"})
    for key in MINE:
        assert visitor.get(f"/zt/{key}/").status_code == 200


def test_every_way_to_act_leads_somewhere(laid: Places, visitor: Client) -> None:
    for prefix in ("", "/qx/wangcheng"):
        tree = page(visitor, f"{prefix}/zt/yingshang/")
        for link in block(tree, "entries").xpath(".//a/@href"):
            assert link.startswith("tel:") or visitor.get(link).status_code == 200, link


def test_a_full_place_asks_no_more_than_twenty_five_questions(
    laid: Places, visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for key in MINE:
        for number in range(8):
            for section in BY_KEY[key]["sections"]:
                topic = f"{key}/{section}"
                kind = ("policy", "news", "notice", "interpretation", "service", "case")[number % 6]
                laid.put(kind, f"第{number}条", topic, facts={"steps": ["办"]})
                if number < 3:
                    laid.figures(topic, [{**ROW, "done": number}], f"2022-0{number + 5}-28")
                    laid.project(topic, f"项目{number}", list="rural", list_no=number)
        with django_assert_max_num_queries(LIMIT):
            visitor.get(f"/zt/{key}/")
        with django_assert_max_num_queries(LIMIT):
            visitor.get(f"/qx/wangcheng/zt/{key}/")


def test_the_page_of_the_data_shows_the_same_drawings(laid: Places, visitor: Client) -> None:
    item = laid.figures("qiangshenghui/wuhao", [ROW])
    tree = page(visitor, f"/nr/{item.pk}/")
    assert tree.xpath("//ul[@class='aims']") and "目标和完成" in text_of(tree.xpath("//caption")[0])
    nodes = [{"node": "桩基", "planned_on": "2022-08-31", "done_on": "2022-09-02"}]
    project = laid.project("touzi/shida", "东岸大道", nodes=nodes)
    text = text_of(page(visitor, f"/nr/{project.pk}/"))
    assert "第5步，共6步：施工建设" in text and "晚2天完成" in text and "75%" in text


def test_the_check_after_release_finds_an_item_that_the_composition_does_not_draw(
    laid: Places, visitor: Client
) -> None:
    item = laid.put("news", "没有写群体的就业消息", "minsheng/jiuye")
    assert f"/nr/{item.pk}/" not in visitor.get("/zt/minsheng/").content.decode()
    message = OutboxMessage(subject_id=str(item.pk), payload={"event": "published"})
    look(message, moment(10))
    steps = {step["label"]: step["state"] for step in message.payload["steps"]}
    assert steps["核验：民生里能看到"] == "done"
