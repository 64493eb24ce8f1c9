"""Lists of staff ask the engine: what they find, who finds it, and that the index keeps up."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.test import Client

from gongkai.core import facts
from gongkai.organisations.enums import Role
from gongkai.publishing import lifecycle, purging, services
from gongkai.publishing.found import KIND
from gongkai.publishing.found_staff import FIELDS, within
from gongkai.publishing.models import Item
from gongkai.publishing.tests.conftest import Bureau
from gongkai.review import services as review
from gongkai.search import finding, lists
from gongkai.search.entries import PUBLIC, STAFF
from gongkai.search.lists import OWN, searched
from gongkai.search.writing import compare
from tests.factories import (
    give_role,
    make_draft,
    make_public,
    member,
    moment,
    reviewers,
    user_with,
)
from tests.indexes import follow, followers
from tests.screens import html, queries, sign_in, stop_clock

ADMIN, DESK = "/admin/items/", "/desk/items/"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch)


def titles(browser: Client, address: str) -> list[str]:
    """The titles in the rows of a list, in their order."""
    page = browser.get(address)
    assert page.status_code == 200
    found = re.findall(r'<a href="/(?:admin/items/edit|desk/items)/\d+/">([^<]*)</a>', html(page))
    return [title.replace("<wbr>", "") for title in found]


# --- the index keeps up --------------------------------------------------------------------------


def test_every_write_of_an_item_reaches_the_index_by_its_fact(bureau: Bureau) -> None:
    editor, people = member(bureau.editor), bureau.people
    item = bureau.draft(title="托育补助办法")
    found = ["起草"]

    def keep_up() -> None:
        while facts.seal():
            pass
        for follower in following:
            while follower.step():
                pass
            assert not compare(follower.space).records, found[-1]

    def act(name: str, run: Callable[[], Any], public: bool = False) -> Any:
        found.append(name)
        result = run()
        assert compare(STAFF).records, f"{name} changes what staff find"
        assert bool(compare(PUBLIC).records) is public, name
        keep_up()
        return result

    def passed(case: Any) -> None:
        bureau.pass_all(case)

    with followers(STAFF, PUBLIC) as following:
        keep_up()
        act("改稿", lambda: bureau.edit(item, body="<p>每月三百元</p>"))
        case = act("送审", lambda: bureau.submit(item))
        act(
            "退回",
            lambda: review.step_reject(
                case_id=case.pk, step=case.steps[0], digest=case.digest, remark="金额不对",
                member=member(people[case.steps[0]]), now=moment(10),
            ),
        )  # fmt: skip
        act("再改", lambda: bureau.edit(item, body="<p>每月五百元</p>"))
        case = act("再送审", lambda: bureau.submit(item))
        act("发布", lambda: passed(case), public=True)
        act("起草更正", lambda: bureau.edit(item, title="托育补助实施办法"))
        act(
            "更正发布",
            lambda: bureau.correct(item, title="托育补助实施办法", body="<p>新的正文</p>"),
            public=True,
        )
        act("撤回", lambda: bureau.withdraw(item), public=True)
        act(
            "期满删除",
            lambda: purging.item_purge(
                item_id=item.pk, reason="期满", member=editor, now=moment(16)
            ),
        )
        other = bureau.draft(title="不要的稿子")
        keep_up()
        act(
            "删除草稿",
            lambda: lifecycle.draft_delete(item_id=other.pk, member=editor, now=moment(16)),
        )


# --- what is found -------------------------------------------------------------------------------


@pytest.fixture
def shelf(bureau: Bureau) -> Bureau:
    """A few drafts and public items, taken in by the index."""
    bureau.public(
        title="普惠托育机构运营补助办法", doc_no="长财发〔2022〕1号",
        body="<p>对符合条件的托育机构，按照实际收托人数给予补助。</p>", summary="托育。",
    )  # fmt: skip
    bureau.public(
        title="稻谷目标价格补贴实施方案", doc_no="长财发〔2022〕12号",
        body="<p>补贴资金通过一卡通发放，补助标准另行公布。</p>", summary="稻谷。",
        now=moment(12),
    )  # fmt: skip
    bureau.draft(
        title="龙舟赛道安保经费预算", doc_no="", summary="", body="<p>湘江段，共 37 处点位。</p>"
    )
    follow()
    return bureau


CASES: list[tuple[str, set[str]]] = [
    ("托育", {"普惠托育机构运营补助办法"}),
    ("收托人数", {"普惠托育机构运营补助办法"}),
    ("ＴＵＯ", set()),
    ("運營補助", {"普惠托育机构运营补助办法"}),
    ("补", {"普惠托育机构运营补助办法", "稻谷目标价格补贴实施方案"}),
    ("舟", {"龙舟赛道安保经费预算"}),
    ("37", {"龙舟赛道安保经费预算"}),
    ("３７", {"龙舟赛道安保经费预算"}),
    ("长财发〔2022〕1号", {"普惠托育机构运营补助办法"}),
    ("长财发[2022]12号", {"稻谷目标价格补贴实施方案"}),
    ("長財發（2022）12號", {"稻谷目标价格补贴实施方案"}),
    ("〔2022〕12号", {"稻谷目标价格补贴实施方案"}),
    ("“补贴资金通过”", {"稻谷目标价格补贴实施方案"}),
    ("“补贴通过资金”", set()),
    ("补助 一卡通", {"稻谷目标价格补贴实施方案"}),
    ("没有这个词", set()),
    ("《》", set()),
    ("AND OR ( * \x00 \U0001f600", set()),
    ("长" * 10_000, set()),
]


def test_the_writing_desk_finds_by_title_text_and_number(shelf: Bureau) -> None:
    browser = sign_in(shelf.editor)
    known = [item.title for item in Item.objects.all()]
    for asked, found in CASES:
        response = browser.get(ADMIN, {"q": asked})
        assert response.status_code == 200, asked[:20]
        said = html(response)
        assert {title for title in known if f">{title}</a>" in said} == found, asked[:20]


def test_the_filters_hold_beside_what_is_asked(shelf: Bureau) -> None:
    browser = sign_in(shelf.editor)
    assert titles(browser, f"{ADMIN}?q=经费&status=draft") == ["龙舟赛道安保经费预算"]
    assert titles(browser, f"{ADMIN}?q=经费&status=settled") == []
    assert titles(browser, f"{ADMIN}?q=经费&kind=news") == []
    assert titles(browser, f"{DESK}?q=经费") == []
    assert titles(browser, f"{DESK}?q=托育&state=public") == ["普惠托育机构运营补助办法"]
    assert titles(browser, f"{DESK}?q=托育&state=withdrawn") == []


def test_the_best_comes_first_or_the_list_keeps_its_order(shelf: Bureau) -> None:
    browser = sign_in(shelf.editor)
    for address in (DESK, ADMIN):
        best = titles(browser, f"{address}?q=补助")
        assert best == ["普惠托育机构运营补助办法", "稻谷目标价格补贴实施方案"]
        assert titles(browser, f"{address}?q=补助&order=own") == best[::-1]


def test_a_change_under_way_is_found_by_its_old_and_its_new_words(shelf: Bureau) -> None:
    item = Item.objects.get(title="普惠托育机构运营补助办法")
    shelf.edit(item, title="婴幼儿照护补助办法", body="<p>改成按月发放。</p>")
    follow()
    browser = sign_in(shelf.editor)
    for asked in ("婴幼儿", "按月发放", "收托人数", "普惠托育"):
        assert titles(browser, f"{ADMIN}?q={asked}") == ["婴幼儿照护补助办法"], asked
        assert titles(browser, f"{DESK}?q={asked}") == ["普惠托育机构运营补助办法"], asked


def test_what_was_saved_a_moment_ago_is_found_and_comes_first(shelf: Bureau) -> None:
    browser = sign_in(shelf.editor)
    new = shelf.draft(title="关于补助发放的说明", doc_no="")
    assert titles(browser, f"{ADMIN}?q=补助")[0] == "关于补助发放的说明"
    shelf.edit(new, title="关于津贴发放的说明")
    assert titles(browser, f"{ADMIN}?q=津贴") == ["关于津贴发放的说明"]
    # Sealed, and the index still behind.
    facts.seal()
    assert titles(browser, f"{ADMIN}?q=津贴") == ["关于津贴发放的说明"]


def test_without_an_index_the_database_is_asked(bureau: Bureau) -> None:
    bureau.draft(title="龙舟赛道安保经费预算")
    browser = sign_in(bureau.editor)
    for asked in ("龙舟 预算", "龍舟", "“龙舟”"):
        assert titles(browser, f"{ADMIN}?q={asked}") == ["龙舟赛道安保经费预算"], asked
    assert titles(browser, f"{ADMIN}?q=马拉松") == []


def test_a_search_costs_no_more_queries_than_the_list(shelf: Bureau) -> None:
    for n in range(22):
        shelf.draft(title=f"第{n}号经费预算", doc_no="")
    follow()
    browser = sign_in(shelf.editor)
    for address in (ADMIN, DESK):
        plain = queries(browser, address)
        assert queries(browser, f"{address}?q=补助") <= plain
        assert queries(browser, f"{address}?q=补助&order=own") <= plain + 1


def test_pages_hold_every_hit_once(shelf: Bureau) -> None:
    for n in range(41):
        shelf.draft(title=f"第{n}号经费预算", doc_no="")
    follow()
    browser = sign_in(shelf.editor)
    seen = [title for n in (1, 2, 3) for title in titles(browser, f"{ADMIN}?q=经费预算&p={n}")]
    assert len(seen) == len(set(seen)) == 42


# --- who finds it --------------------------------------------------------------------------------


def test_strangers_find_nothing_of_another_unit_whatever_their_role(
    shelf: Bureau, settings: Any, tmp_path: Any
) -> None:
    city = shelf.city
    # Not in the index yet: what is looked at in the database is limited as well.
    shelf.draft(title="龙舟补助", doc_no="")
    # The city's office may see every unit; a district's may not.
    people = [(role, city.bureau_b) for role in Role.values if role != Role.SUPERVISOR]
    people.append((Role.SUPERVISOR, city.district_1))
    for indexed in (True, False):
        if not indexed:
            settings.SEARCH_DIR = tmp_path
        own = sign_in(shelf.editor)
        assert titles(own, f"{ADMIN}?q=龙舟"), "there is something to be found"
        for role, unit in people:
            stranger = sign_in(user_with(role, unit))
            for asked in ("龙舟", "长财发〔2022〕1号", "补"):
                for address in (f"{ADMIN}?q={asked}", f"{DESK}?q={asked}"):
                    response = stranger.get(address)
                    assert response.status_code in (200, 403)
                    said = html(response).replace(f'value="{asked}"', "")
                    for title in ("龙舟", "托育", "稻谷"):
                        assert title not in said, (role, address, indexed)


def test_the_supervisor_of_a_district_finds_its_units_only(shelf: Bureau) -> None:
    city = shelf.city
    make_public(
        city, city.district_1_bureau, user_with("editor", city.district_1_bureau),
        kind="notice", title="望城区托育补助",
    )  # fmt: skip
    follow()
    district = sign_in(user_with("supervisor", city.district_1))
    assert titles(district, f"{DESK}?q=托育") == ["望城区托育补助"]
    whole = sign_in(user_with("supervisor", city.office))
    assert set(titles(whole, f"{DESK}?q=托育")) == {"望城区托育补助", "普惠托育机构运营补助办法"}


def test_hits_of_other_units_take_no_room(shelf: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    city = shelf.city
    writer = user_with("editor", city.bureau_b)
    for n in range(4):
        make_draft(city, city.bureau_b, writer, title=f"托育{n}", doc_no="", body="<p>托育</p>")
    follow()
    monkeypatch.setattr(finding, "DEEPEST", 2)
    monkeypatch.setattr(finding.records, "__kwdefaults__", {"limit": 2})
    browser = sign_in(shelf.editor)
    assert titles(browser, f"{ADMIN}?q=托育") == ["普惠托育机构运营补助办法"]
    give_role(writer, "editor", city.bureau_a)
    both = sign_in(writer)
    assert "再多写几个字" in html(both.get(f"{ADMIN}?q=托育"))
    assert titles(both, f"{ADMIN}?q=托育&unit={city.bureau_a.pk}") == ["普惠托育机构运营补助办法"]


def test_the_index_opens_nothing(shelf: Bureau) -> None:
    """Even where the index is asked without any limit, the queryset decides."""
    for order in (lists.RELEVANCE, OWN):
        rows = Item.objects.filter(unit=shelf.city.bureau_b).order_by("pk")
        found = searched(rows, "托育", kind=KIND, fields=FIELDS, order=order)
        assert list(Paginator(found.rows, 5).page(1).object_list) == []
    with pytest.raises(ValueError, match="nothing of kind"):
        searched(Item.objects.all(), "托育", kind="no-such", fields=FIELDS)


def test_a_person_of_two_units_finds_both(shelf: Bureau) -> None:
    city = shelf.city
    give_role(shelf.editor, "editor", city.bureau_b)
    item = make_public(
        city, city.bureau_b, user_with("editor", city.bureau_b), reviewers(city.bureau_b),
        kind="notice", title="托育用房规划",
    )  # fmt: skip
    services.item_withdraw(
        item_id=item.pk, category="error", reason="写错", now=moment(15),
        member=member(user_with("supervisor", city.office)),
    )  # fmt: skip
    follow()
    browser = sign_in(shelf.editor)
    assert set(titles(browser, f"{DESK}?q=托育")) == {"托育用房规划", "普惠托育机构运营补助办法"}
    assert titles(browser, f"{DESK}?q=托育&state=withdrawn") == ["托育用房规划"]
    assert within([2, 1], [7]) == ["1", "2", "area:7"]
