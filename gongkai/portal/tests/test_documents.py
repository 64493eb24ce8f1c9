"""The pages of 规范性文件 and 规章: states of the day, filters, paging by key, districts."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.catalogue.loading import REFERENCE
from gongkai.catalogue.models import Column, ColumnKind, Placement
from gongkai.portal import selectors_documents as documents
from gongkai.portal.tests.town import DAY, Town
from gongkai.publishing.models import Item, ItemLink
from gongkai.publishing.rules_due import validity_on

NORMATIVE, RULES = "/zt/guifanxing/", "/zt/guizhang/"
DISTRICT = "/qx/wangcheng/zt/guifanxing/"


def blocks_of(key: str) -> list[dict[str, Any]]:
    import json

    data = json.loads((REFERENCE / "places.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = next(t["blocks"] for t in data["topics"] if t["key"] == key)
    return found


@pytest.fixture
def library(town: Town) -> Town:
    """The test city with the two columns as the reference file composes them."""
    rule = {"any": [{"topic": "guifanxing"}, {"kind": "normative_document"}]}
    for site, here in ((town.city.site, {}), (town.city.district_site, {"area": "wangcheng"})):
        Column.objects.create(
            site=site, key="guifanxing", name="行政规范性文件", kind=ColumnKind.TOPIC,
            owner=site.owner, rule={**here, **rule}, blocks=blocks_of("guifanxing"), order=9,
        )  # fmt: skip
    Column.objects.filter(key="guizhang").update(blocks=blocks_of("guizhang"))
    return town


def normative(town: Town, title: str, **changes: Any) -> Item:
    [item] = town.fill(
        1, **{
            "kind": town.city.kinds["normative_document"], "title": title, "topics": [],
            "doc_no": "长财发〔2022〕1号", "effective_on": date(2021, 1, 1),
            "expires_on": date(2026, 1, 1), "facts": {"register_no": "CSCR—2022—01001"},
            "index_no": f"CZJ/{title}", **changes,
        }
    )  # fmt: skip
    return item


def rule_text(town: Town, title: str, **changes: Any) -> Item:
    return normative(
        town, title,
        **{
            "kind": town.city.kinds["policy"], "topics": ["guizhang"], "facts": {},
            "doc_no": "长沙市人民政府令第139号", "formed_on": date(2020, 5, 6),
            "effective_on": date(2020, 7, 1), "expires_on": None, **changes,
        },
    )  # fmt: skip


def page(visitor: Client, path: str, status: int = 200) -> str:
    response = visitor.get(path)
    assert response.status_code == status
    return response.content.decode()


def titles(text: str) -> list[str]:
    return re.findall(r'class="ti" href="[^"]+">([^<]+)<', text)


STATES = [
    (validity, effective, expires)
    for validity in ("in_force", "not_yet", "amended", "repealed", "lapsed")
    for effective in (None, DAY - timedelta(1), DAY, DAY + timedelta(1))
    for expires in (None, DAY - timedelta(1), DAY, DAY + timedelta(9))
]


def test_the_database_and_the_rule_agree_on_what_holds(library: Town) -> None:
    expected: dict[str, int] = dict.fromkeys(("in_force", "not_yet", "lapsed", "repealed"), 0)
    for number, (validity, effective, expires) in enumerate(STATES):
        normative(
            library, f"办法{number}", validity=validity, effective_on=effective, expires_on=expires
        )
        holds = validity_on(validity, effective, expires, DAY)
        expected["in_force" if holds == "amended" else holds] += 1
    column = Column.objects.get(site__prefix="", key="guifanxing")
    found = documents.public_holding(column, "normative", DAY)
    assert dict(found.counts) == expected and found.total == len(STATES)
    for state, count in expected.items():
        shelf = documents.public_documents(
            column, "normative", documents.Wanted(states=(state,)), DAY, size=100
        )
        assert len(shelf.rows) == count


def test_the_lead_counts_by_state_and_names_what_lapses_soon(
    library: Town, visitor: Client
) -> None:
    normative(library, "快到期的办法", expires_on=DAY + timedelta(74))
    normative(library, "今天到期的办法", expires_on=DAY)
    normative(library, "还早的办法", expires_on=DAY + timedelta(184))
    normative(library, "没施行的办法", effective_on=DAY + timedelta(3))
    normative(library, "到期了的办法", expires_on=DAY - timedelta(1))
    text = page(visitor, NORMATIVE)
    assert re.findall(r'<b class="num">(\d+)<small>件', text) == ["3", "1", "1", "0"]
    soon = text[text.index('id="soon"') : text.index("is-normative-list")]
    assert soon.index("今天到期的办法") < soon.index("快到期的办法")
    assert "<b>74</b>天后到期" in soon and "<b>今天</b>到期" in soon
    assert "还早的办法" not in soon and "不得作为行政管理的依据" in text
    assert "还有 74 天" in text


def test_the_lists_of_what_holds_and_what_ended_are_apart(library: Town, visitor: Client) -> None:
    normative(library, "现行办法")
    normative(library, "失效办法", expires_on=DAY - timedelta(1))
    normative(library, "废止办法", validity="repealed")
    normative(library, "未施行办法", effective_on=DAY + timedelta(1))
    assert titles(page(visitor, NORMATIVE)) == ["现行办法"]
    assert set(titles(page(visitor, f"{NORMATIVE}?validity=ended"))) == {"失效办法", "废止办法"}
    assert titles(page(visitor, f"{NORMATIVE}?validity=repealed")) == ["废止办法"]
    assert titles(page(visitor, f"{NORMATIVE}?validity=not_yet")) == ["未施行办法"]
    assert len(titles(page(visitor, f"{NORMATIVE}?validity=all"))) == 4


def test_a_row_says_number_register_dates_and_downloads(library: Town, visitor: Client) -> None:
    item = normative(library, "停车办法", attachments=[library.attachment()])
    text = page(visitor, NORMATIVE)
    assert "CSCR—2022—01001" in text and "长财发〔2022〕1号" in text
    assert "2021-01-01" in text and "2026-01-01" in text
    assert f"/nr/{item.pk}/pdf/" in text and "qingdan.csv" in text
    assert f"/nr/{item.pk}/dabao/" in text
    assert ">未登记<" not in text


def test_a_document_without_a_register_number_says_so(library: Town, visitor: Client) -> None:
    normative(library, "旧办法", facts={}, effective_on=None, expires_on=None)
    text = page(visitor, NORMATIVE)
    assert ">未登记<" in text and "向制定机关核实" in text
    assert "失效日期没有写明" in text


def test_a_repealed_document_names_the_one_that_ended_it(library: Town, visitor: Client) -> None:
    old = normative(library, "旧办法", validity="repealed", doc_no="长财发〔2020〕1号")
    new = normative(library, "新办法", doc_no="长财发〔2022〕8号")
    ItemLink.objects.create(source=new, target=old, relation="repeals")
    text = page(visitor, f"{NORMATIVE}?validity=ended")
    assert f'被<a href="/nr/{new.pk}/">长财发〔2022〕8号</a>废止' in text
    Item.objects.filter(pk=new.pk).update(visibility="withdrawn")
    assert "长财发〔2022〕8号" not in page(visitor, f"{NORMATIVE}?validity=ended")


def test_a_document_that_is_to_be_repealed_still_holds(library: Town, visitor: Client) -> None:
    old = rule_text(library, "旧规定")
    new = rule_text(library, "新规定", doc_no="长沙市人民政府令第150号",
                    effective_on=DAY + timedelta(30))  # fmt: skip
    ItemLink.objects.create(source=new, target=old, relation="repeals")
    text = page(visitor, RULES)
    assert titles(text) == ["旧规定"]
    assert "令第150号废止）" not in text and "写明废止它" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=停车", ["停车办法"]),
        ("q=停车+收费", []),
        ("q=长财发[2022]7号", ["停车办法"]),
        ("q=cscr-2022-07007", ["停车办法"]),
        ("unit=fgw", ["价格办法"]),
        ("unit=fgw&q=停车", []),
        ("year=2022", ["停车办法", "价格办法"]),
        ("year=2019", []),
    ],
)
def test_what_is_asked_for_is_found(
    library: Town, visitor: Client, query: str, found: list[str]
) -> None:
    normative(
        library, "停车办法", doc_no="长财发〔2022〕7号", facts={"register_no": "CSCR—2022—07007"}
    )
    normative(library, "价格办法", unit=library.city.bureau_b)
    text = page(visitor, f"{NORMATIVE}?{query}")
    assert sorted(titles(text)) == sorted(found)
    if not found:
        assert "没有找到" in text


BAD = (
    "validity=x", "unit=none", "year=abcd", "year=99999", "after=1-2-3", "after=nan-1",
    f"after=1-{2**70}", "no=-1&after=1-1", "q=" + "%00" * 9, "q=%25_%27%3Cscript%3E", "q=" + "字" * 900,
    "q=%5B%28", "validity=all&validity=ended",
)  # fmt: skip


@pytest.mark.parametrize("path", [NORMATIVE, RULES, DISTRICT])
def test_nonsense_in_the_address_breaks_nothing(library: Town, visitor: Client, path: str) -> None:
    normative(library, "停车办法")
    for query in BAD:
        assert "%_'<script>" not in page(visitor, f"{path}?{query}"), query
    assert titles(page(visitor, f"{NORMATIVE}?validity=x&unit=none&year=abcd&no=7")) == ["停车办法"]


def test_a_long_list_is_read_by_key_without_gaps(library: Town, visitor: Client) -> None:
    kind = library.city.kinds["normative_document"]
    library.fill(47, kind=kind, facts={}, topics=[])
    seen: list[str] = []
    numbers: list[str] = []
    path = NORMATIVE
    for _ in range(5):
        text = page(visitor, path)
        seen += titles(text)
        numbers += re.findall(r'class="num no">(\d+)<', text)
        following = re.search(r'href="([^"]+)" rel="next"', text)
        if following is None:
            break
        path = following[1].replace("&amp;", "&").partition("#")[0]
    assert len(seen) == len(set(seen)) == 47
    assert numbers == [str(n) for n in range(1, 48)]
    assert 'rel="prev"' in text


@pytest.mark.parametrize("path", [NORMATIVE, f"{NORMATIVE}?q=事项&validity=all", RULES, DISTRICT])
def test_a_page_costs_the_same_however_much_there_is(
    library: Town, visitor: Client, path: str
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(visitor, path)
        assert not [q["sql"] for q in queries if " OFFSET " in q["sql"]]
        return len(queries)

    def add(count: int, first: int) -> None:
        for number in range(first, first + count):
            district = library.city.district_1_bureau
            normative(library, f"事项{number}", attachments=[library.attachment()])
            normative(library, f"区事项{number}", unit=district, index_no=f"Q/{number}")
            rule_text(library, f"规定事项{number}")

    add(2, 0)
    visitor.get(path)
    few = cost()
    add(6, 2)
    assert cost() == few
    assert few <= 16


def test_a_district_shows_its_own_documents_and_says_who_makes_rules(
    library: Town, visitor: Client
) -> None:
    normative(library, "市办法")
    normative(library, "区办法", unit=library.city.district_1_bureau)
    normative(library, "别区办法", unit=library.city.district_2_bureau)
    text = page(visitor, DISTRICT)
    assert titles(text) == ["区办法"]
    assert "区县（市）没有规章制定权" in text and f'href="{RULES}"' in text
    assert len(titles(page(visitor, NORMATIVE))) == 3
    assert visitor.get("/qx/wangcheng/zt/guizhang/").status_code == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (NORMATIVE, "还没有公开的规范性文件"),
        (DISTRICT, "还没有现行有效的规范性文件"),
        (f"{NORMATIVE}?validity=ended", "这一类还没有"),
        (RULES, "还没有公开的规章文本"),
        (RULES, "现在没有征求意见的规章草案"),
    ],
)
def test_an_empty_place_says_so(library: Town, visitor: Client, path: str, words: str) -> None:
    text = page(visitor, path)
    assert words in text and "doc-table" not in text


def test_only_texts_of_rules_stand_in_their_list(library: Town, visitor: Client) -> None:
    rule_text(library, "停车规定")
    rule_text(library, "废止规定", validity="repealed")
    rule_text(library, "长沙市人民政府关于修改停车规定的决定", doc_no="长沙市人民政府令第140号")
    rule_text(library, "关于清理规章的通知", doc_no="长政发〔2022〕3号")
    notice = library.city.kinds["notice"]
    rule_text(library, "燃气办法公开征求意见的公告", kind=notice, doc_no="", effective_on=None,
              expires_on=DAY + timedelta(3))  # fmt: skip
    text = page(visitor, RULES)
    assert titles(text) == ["停车规定"]
    assert "（2020年5月6日长沙市人民政府令第139号公布　自2020年7月1日起施行）" in text
    drafts = text[text.index("is-rules-drafts") : text.index("is-rules-list")]
    assert "燃气办法" in drafts and "<b>3</b>天后截止" in drafts
    around = text[text.index("is-documents-around") :]
    assert "的决定" in around and "关于清理规章" in around
    assert "燃气办法" not in around and "停车规定</a>" not in around
    assert titles(page(visitor, f"{RULES}?validity=ended")) == ["废止规定"]
    assert "将随规章库一起提供" in text


def test_the_two_downloads_of_a_rule(library: Town, visitor: Client) -> None:
    files = [
        {**library.attachment(name="a.docx"), "title": "停车规定（文字版）"},
        {**library.attachment(name="a.pdf"), "title": "停车规定（图片版）"},
        {**library.attachment(name="biao.docx"), "title": "附表"},
    ]
    rule_text(library, "停车规定", attachments=files)
    bare = rule_text(library, "收费规定")
    text = page(visitor, RULES)
    assert len(re.findall("下载文字版 <small>DOCX", text)) == 1
    assert len(re.findall("下载图片版 <small>PDF", text)) == 1
    assert "没有下载版式" in text and f"/nr/{bare.pk}/pdf/" in text
    assert "biao.docx" not in text


def test_what_is_not_public_never_shows(library: Town, visitor: Client) -> None:
    item = normative(library, "收回的办法")
    Placement.objects.filter(subject_id=item.pk).delete()
    Item.objects.filter(pk=item.pk).update(visibility="hidden", title="CANARY")
    for path in (NORMATIVE, f"{NORMATIVE}?q=CSCR-2022-01001", f"{NORMATIVE}?validity=all"):
        text = page(visitor, path)
        assert "CANARY" not in text and "收回的办法" not in text


def test_the_elder_view_shows_the_documents_at_once(library: Town, visitor: Client) -> None:
    normative(library, "停车办法")
    visitor.cookies["view"] = "elder"
    text = page(visitor, NORMATIVE)
    shown = re.sub(r"<details.*?</details>", "", text, flags=re.DOTALL)
    assert 'data-view="elder"' in text and titles(shown) == ["停车办法"]
