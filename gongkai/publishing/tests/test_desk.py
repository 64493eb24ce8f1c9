"""Staff screens of published information: find it, see its clock, take it down."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from gongkai.organisations.models import User
from gongkai.publishing import services
from gongkai.publishing.enums import WithdrawCategory
from gongkai.publishing.models import Item
from gongkai.publishing.reading import reading_of, topic_names
from gongkai.publishing.tests.conftest import Bureau
from tests.factories import give_role, make_public, member, moment, reviewers, user_with
from tests.screens import html, queries, refused, sign_in, stop_clock, words

LIST = "/desk/items/"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch)


def page(item: Item) -> str:
    return f"/desk/items/{item.pk}/"


def stored(item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


WHY = {"category": "error", "reason": "金额写错了，更正后重新公布。"}


# --- the list ------------------------------------------------------------------------------------


def test_the_list_shows_what_the_own_unit_has_published_and_no_draft(bureau: Bureau) -> None:
    bureau.public(title="公开了的通知")
    bureau.draft(title="还在写的通知")
    said = words(sign_in(bureau.editor).get(LIST))
    assert "公开了的通知" in said and "还在写的通知" not in said


def test_another_unit_finds_nothing_in_its_list(bureau: Bureau) -> None:
    bureau.public(title="公开了的通知")
    said = words(sign_in(user_with("editor", bureau.city.bureau_b)).get(LIST))
    assert "公开了的通知" not in said and "还没有公开过信息" in said


def test_the_citys_supervisor_sees_every_unit_a_districts_only_its_own(bureau: Bureau) -> None:
    bureau.public(title="市里的通知")
    make_public(
        bureau.city, bureau.city.district_1_bureau,
        user_with("editor", bureau.city.district_1_bureau), title="望城的通知",
    )  # fmt: skip
    city = words(sign_in(user_with("supervisor", bureau.city.office)).get(LIST))
    district = words(sign_in(user_with("supervisor", bureau.city.district_1)).get(LIST))
    assert "市里的通知" in city and "望城的通知" in city
    assert "市里的通知" not in district and "望城的通知" in district


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=托育", {"托育补助"}),
        ("q=%20托育%20", {"托育补助"}),
        ("q=长财发〔2022〕2号", {"稻谷补贴"}),
        ("q=没有这个词", set()),
        ("state=withdrawn", {"稻谷补贴"}),
        ("state=public", {"托育补助"}),
        ("state=hidden", {"托育补助", "稻谷补贴"}),
        ("q=补&state=public", {"托育补助"}),
        ("q=" + "长" * 500, set()),
    ],
)
def test_the_list_is_searched_by_title_number_and_state(
    bureau: Bureau, query: str, found: set[str]
) -> None:
    bureau.public(title="托育补助", doc_no="长财发〔2022〕1号")
    bureau.withdraw(bureau.public(title="稻谷补贴", doc_no="长财发〔2022〕2号"))
    said = words(sign_in(bureau.editor).get(f"{LIST}?{query}"))
    assert {title for title in ("托育补助", "稻谷补贴") if title in said} == found
    if not found:
        assert "没有找到" in said and "清空条件" in said


def copies(item: Item, number: int) -> None:
    """More public items like this one."""
    for n in range(number):
        copy = Item.objects.get(pk=item.pk)
        copy.pk, copy.title, copy.index_no = None, f"第{n}号通知", f"X/{n}"
        copy.doc_no, copy.latest_revision_id, copy.live_revision_id = "", None, None
        Item.objects.bulk_create([copy])


def test_the_list_is_paged_by_twenty_and_costs_the_same_when_full(bureau: Bureau) -> None:
    item = bureau.public()
    browser = sign_in(bureau.editor)
    before = queries(browser, LIST)
    copies(item, 24)
    assert queries(browser, LIST) == before <= 20
    assert "共 25 条" in words(browser.get(LIST))
    rows = [len(re.findall(r'href="/desk/items/\d+/"', html(browser.get(f"{LIST}?page={n}"))))
            for n in (1, 2)]  # fmt: skip
    assert rows == [20, 5]


# --- one item ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["draft", "stranger", "missing"])
def test_drafts_other_units_items_and_missing_ones_are_all_404(bureau: Bureau, state: str) -> None:
    item = bureau.draft() if state == "draft" else bureau.public()
    who = (
        user_with("final_reviewer", bureau.city.bureau_b) if state == "stranger" else bureau.editor
    )
    path = "/desk/items/999999/" if state == "missing" else page(item)
    assert sign_in(who).get(path).status_code == 404
    assert sign_in(who).post(path, WHY).status_code == 404


def test_article_26_the_clock_says_by_when_and_how_many_workdays_it_took(bureau: Bureau) -> None:
    item = bureau.public(formed_on="2022-10-10", now=moment(11))
    said = words(sign_in(bureau.editor).get(page(item)))
    assert "应当公开2022年11月7日" in said
    assert "实际公开2022年10月18日按时公开" in said
    assert "实际用了 6 个工作日" in said
    assert "为什么是这一天？" in said and "第二十六条" in said


def test_what_came_late_is_called_late(bureau: Bureau) -> None:
    item = bureau.public(formed_on="2022-08-01", now=moment(11))
    said = words(sign_in(bureau.editor).get(page(item)))
    assert "逾期公开" in said and "实际用了" not in said


def test_imported_history_is_exempt(bureau: Bureau) -> None:
    item = bureau.public(formed_on="2022-08-01", now=moment(11))
    Item.objects.filter(pk=item.pk).update(original_published_on=date(2022, 8, 3))
    assert "历史信息，不计" in words(sign_in(bureau.editor).get(page(item)))


def test_every_public_version_is_listed_newest_first_with_its_note(bureau: Bureau) -> None:
    item = bureau.correct(bureau.public(), now=moment(15))
    sent = words(sign_in(bureau.editor).get(page(item)))
    versions = sent.partition("历次公开版本")[2]
    assert "更正金额" in versions and "现在公开" in versions and "历史版本" in versions
    assert versions.index("现在公开") < versions.index("历史版本")


def test_the_page_takes_at_most_twenty_queries(bureau: Bureau) -> None:
    item = bureau.correct(bureau.public(), now=moment(15))
    assert queries(sign_in(bureau.people["final"]), page(item)) <= 20


@pytest.mark.parametrize(
    ("role", "unit", "may"),
    [
        ("final_reviewer", "bureau_a", True),
        ("secrecy_reviewer", "bureau_a", True),
        ("supervisor", "office", True),
        ("editor", "bureau_a", False),
        ("first_reviewer", "bureau_a", False),
    ],
)
def test_who_may_take_down_sees_the_form_and_others_read_who_may(
    bureau: Bureau, role: str, unit: str, may: bool
) -> None:
    item = bureau.public()
    browser = sign_in(user_with(role, getattr(bureau.city, unit)))
    said = words(browser.get(page(item)))
    assert ("我要撤回" in said) is may
    response = browser.post(page(item), WHY)
    if may:
        assert response["Location"] == f"/desk/strip/item/{item.pk}/"
        assert stored(item).visibility == "withdrawn"
    else:
        assert "撤回由市财政局的终审、保密审查人员或政务公开主管部门办理" in said
        assert refused(response, 403, "岗位权限")
        assert stored(item).visibility == "public"


@pytest.mark.parametrize(
    ("given", "message", "target"),
    [
        ({"reason": "金额写错了"}, "请选择撤回的情形。", "#id_category"),
        ({"category": "whim", "reason": "金额写错了"}, "whim", "#id_category"),
        ({"category": "error"}, "原因会显示在原网址上。", "#id_reason"),
        ({"category": "error", "reason": "   "}, "原因会显示在原网址上。", "#id_reason"),
        ({"category": "error", "reason": "长" * 301}, "300", "#id_reason"),
    ],
)
def test_an_incomplete_withdrawal_comes_back_open_with_what_was_typed(
    bureau: Bureau, given: dict[str, str], message: str, target: str
) -> None:
    item = bureau.public()
    response = sign_in(bureau.people["final"]).post(page(item), given)
    assert response.status_code == 422
    assert message in words(response) and f'href="{target}"' in html(response)
    assert given.get("reason", "") in html(response)
    assert "<details" in html(response).partition("撤回这条信息")[2].partition(" open")[0]
    assert stored(item).visibility == "public"


def withdrawn(bureau: Bureau) -> tuple[Item, Client]:
    item = bureau.public()
    browser = sign_in(bureau.people["final"])
    browser.post(page(item), WHY)
    return item, browser


def test_a_withdrawn_item_shows_why_and_is_not_taken_down_twice(bureau: Bureau) -> None:
    item, browser = withdrawn(bureau)
    said = words(browser.get(page(item)))
    assert "已撤回" in said and WHY["reason"] in said and "我要撤回" not in said
    assert str(WithdrawCategory.ERROR.label) in said
    assert refused(browser.post(page(item), WHY), 409, "撤回")


def test_the_editor_is_led_to_the_correction_a_reviewer_is_not(bureau: Bureau) -> None:
    item = bureau.public()
    link = f'href="/admin/items/edit/{item.pk}/"'
    assert link in html(sign_in(bureau.editor).get(page(item)))
    assert link not in html(sign_in(bureau.people["final"]).get(page(item)))


@pytest.mark.parametrize("path", [LIST, "/desk/items/1/"])
def test_nobody_gets_in_without_signing_in(bureau: Bureau, path: str) -> None:
    response = sign_in(None).get(path)
    assert response.status_code == 302 and response["Location"].startswith("/desk/login/")


# --- words instead of codes ----------------------------------------------------------------------


def texts(item: Item) -> dict[str, tuple[str, str]]:
    content: dict[str, Any] = item.versions.get().content
    return dict(reading_of(content, str(item.pk)).texts)


def test_a_reading_has_words_for_every_code(bureau: Bureau) -> None:
    item = bureau.public(
        topics=["yingshang/wenjian"], joint_units=["fgw"], origin="joint",
        doc_no="长财发〔2022〕1号",
    )  # fmt: skip
    found = {label: text for label, text in texts(item).values()}
    assert found["专题"] == "优化营商环境·政策文件"
    assert "市发展改革委" in found.values()
    assert "主动公开" in found.values()
    assert not {"0401", "proactive", "joint", "fgw"} & set(found.values())


def test_an_interpretations_own_facts_are_read_by_their_labels(bureau: Bureau) -> None:
    document = bureau.public(title="托育补助办法")
    item = bureau.public(
        kind="interpretation", title="解读托育补助办法", doc_no="",
        facts={"interprets": [document.pk], "form": "text", "original": True,
               "drafter": "市财政局", "interpreter": "处长", "phone": "0731-88660001"},
    )  # fmt: skip
    found = {label: text for label, text in texts(item).values()}
    assert found["解读的文件"] == "托育补助办法" and found["原创解读"] == "是"


def test_names_of_topics_take_one_query(bureau: Bureau, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = topic_names(["yingshang", "yingshang/jiedu", "mystery/none"])
    assert found == ["优化营商环境", "优化营商环境·政策解读", "mystery/none"]


def test_a_reading_leaves_out_what_is_empty(bureau: Bureau) -> None:
    assert "文号" not in str(reading_of({"title": "标题", "doc_no": ""}, "1").texts)


def test_a_withdrawal_while_a_correction_is_in_review_voids_it(bureau: Bureau) -> None:
    item = bureau.public()
    bureau.edit(item, change_kind="correction", change_note="改", body="<p>改了</p>")
    case = bureau.submit(item)
    sign_in(bureau.people["final"]).post(page(item), WHY)
    case.refresh_from_db()
    assert case.status == "voided"


def test_a_person_of_two_units_sees_both(bureau: Bureau) -> None:
    both: User = bureau.editor
    give_role(both, "editor", bureau.city.bureau_b)
    bureau.public(title="财政局的")
    item = make_public(
        bureau.city, bureau.city.bureau_b, user_with("editor", bureau.city.bureau_b),
        reviewers(bureau.city.bureau_b), title="发改委的",
    )  # fmt: skip
    said = words(sign_in(both).get(LIST))
    assert "财政局的" in said and "发改委的" in said
    services.item_withdraw(
        item_id=item.pk, category="error", reason="写错", now=moment(15),
        member=member(user_with("supervisor", bureau.city.office)),
    )  # fmt: skip
    assert "已撤回" in words(sign_in(both).get(LIST))
