"""Drafting, editing and claiming numbers."""

from typing import Any

import pytest
from wagtail.models import Revision

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.organisations.enums import Role
from gongkai.publishing import selectors, services
from gongkai.publishing.content import content_of
from gongkai.publishing.enums import Status, Visibility
from gongkai.publishing.models import Item, NumberClaim
from gongkai.publishing.tests.conftest import NOW, Bureau
from gongkai.review.models import ReviewCase
from gongkai.review.services import step_reject
from tests.factories import (
    UnitFactory,
    UserFactory,
    make_draft,
    member,
    user_with,
)


def stored(item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


def copy_of(item: Item) -> Item:
    return services.working_copy(stored(item))


def claims() -> set[tuple[str, int]]:
    return set(NumberClaim.objects.values_list("value", "item_id"))


# --- drafting ------------------------------------------------------------------------------------


def test_a_draft_is_hidden_and_keeps_everything_that_was_written(bureau: Bureau) -> None:
    item = bureau.draft(keywords=["小微企业"], effective_on="2022-11-01")
    row, copy = stored(item), copy_of(item)
    assert (row.visibility, row.status, row.version) == (Visibility.HIDDEN, Status.DRAFT, 0)
    assert (row.live, row.published_at, row.index_no) == (False, None, "")
    wanted = bureau.content(keywords=["小微企业"], effective_on="2022-11-01", doc_no=copy.doc_no)
    content = content_of(copy)
    assert {name: content[name] for name in wanted} == wanted
    assert (content["unit"], content["kind"]) == ("czj", "policy")
    assert bureau.actions(item) == ["item.drafted"]
    assert selectors.public_item(item.pk) is None


def test_a_draft_names_its_author(bureau: Bureau) -> None:
    item = bureau.draft()
    assert [r.user for r in Revision.objects.for_instance(item)] == [bureau.editor]


@pytest.mark.parametrize("title", ["", "   ", "\n"])
def test_a_draft_needs_a_title_and_nothing_else(bureau: Bureau, title: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        bureau.draft(title=title)
    assert set(refused.value.fields) == {"title"}
    assert not Item.objects.exists()
    services.item_create(
        unit=bureau.city.bureau_a, kind=bureau.city.kinds["news"], content={"title": " 一件事 "},
        member=member(bureau.editor), now=NOW,
    )  # fmt: skip
    assert Item.objects.get().title == "一件事"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "长" * 301}, "title"),
        ({"summary": "长" * 401}, "summary"),
        ({"contact": "0" * 61}, "contact"),
        ({"change_note": "长" * 301}, "change_note"),
        ({"genre": "小说"}, "genre"),
        ({"validity": "forever"}, "validity"),
        ({"attribute": "secret"}, "attribute"),
        ({"change_kind": "rewrite"}, "change_kind"),
        ({"formed_on": "2022-02-30"}, "formed_on"),
        ({"expires_on": "明年"}, "expires_on"),
    ],
)
def test_what_the_platform_cannot_store_is_refused_at_once_not_at_release(
    bureau: Bureau, change: dict[str, Any], field: str
) -> None:
    item = bureau.draft()
    for write in (lambda: bureau.draft(**change), lambda: bureau.edit(item, **change)):
        with pytest.raises(InvalidInput) as refused:
            write()
        assert set(refused.value.fields) == {field}
    assert Item.objects.count() == 1
    assert bureau.actions(item) == ["item.drafted"]


def test_a_unit_that_has_ended_drafts_no_more(bureau: Bureau) -> None:
    gone = UnitFactory(ended=True)
    with pytest.raises(Refusal, match="已停用"):
        make_draft(bureau.city, gone, user_with("editor", gone))


def test_unit_and_kind_of_a_draft_come_from_where_it_was_started(bureau: Bureau) -> None:
    item = services.item_create(
        unit=bureau.city.bureau_a, kind=bureau.city.kinds["policy"], now=NOW,
        content={"title": "旧标题", "unit": "fgw", "kind": "news"}, member=member(bureau.editor),
    )  # fmt: skip
    bureau.edit(item, unit="fgw", kind="news", title="新标题")
    copy = copy_of(item)
    assert (copy.unit, copy.kind.key, copy.title) == (bureau.city.bureau_a, "policy", "新标题")


# --- editing -------------------------------------------------------------------------------------


def test_an_edit_is_a_new_draft_and_names_the_changed_fields(bureau: Bureau) -> None:
    item = bureau.draft()
    colleague = user_with("editor", bureau.city.bureau_a)
    bureau.edit(item, by=colleague, title="新标题", summary="新概述", genre="通知")
    assert copy_of(item).title == "新标题"
    fact = facts.trail("item", item.pk)[-1]
    assert fact.action == "publishing.item.edited"
    assert fact.details == {"fields": ["summary", "title"]}
    assert fact.actor_key == f"user:{colleague.pk}"
    assert Revision.objects.for_instance(item).count() == 2


def test_an_edit_that_changes_nothing_leaves_no_trace(bureau: Bureau) -> None:
    item = bureau.draft()
    case = bureau.submit(item)
    bureau.edit(item, **{k: v for k, v in content_of(copy_of(item)).items()})
    assert Revision.objects.for_instance(item).count() == 1
    assert bureau.actions(item) == ["item.drafted"]
    assert ReviewCase.objects.get(pk=case.pk).status == "open"


def test_an_edit_voids_what_was_in_review(bureau: Bureau) -> None:
    item = bureau.draft()
    case = bureau.submit(item)
    bureau.edit(item, title="又改了一下")
    assert ReviewCase.objects.get(pk=case.pk).status == "voided"
    assert stored(item).status == Status.DRAFT
    with pytest.raises(Refusal):
        bureau.pass_all(case)
    assert stored(item).visibility == Visibility.HIDDEN


def test_an_edit_of_public_information_changes_nothing_for_the_public(bureau: Bureau) -> None:
    item = bureau.public()
    before = content_of(stored(item))
    bureau.edit(item, title="还没有审核的新标题", body="<p>草稿</p>")
    row = stored(item)
    assert content_of(row) == before
    assert (row.visibility, row.version, row.status) == (Visibility.PUBLIC, 1, Status.DRAFT)
    assert copy_of(item).title == "还没有审核的新标题"


def test_returned_work_can_be_changed_and_submitted_again(bureau: Bureau) -> None:
    item = bureau.draft()
    case = bureau.submit(item)
    step_reject(
        case_id=case.pk, step="first", digest=case.digest, remark="改标题", now=NOW,
        member=member(bureau.people["first"]),
    )  # fmt: skip
    assert stored(item).status == Status.RETURNED
    bureau.edit(item, title="改好的标题")
    again = bureau.submit(item)
    assert (again.round, again.title) == (2, "改好的标题")


@pytest.mark.parametrize("title", ["", "  "])
def test_an_edit_cannot_take_the_title_away(bureau: Bureau, title: str) -> None:
    item = bureau.draft()
    with pytest.raises(InvalidInput):
        bureau.edit(item, title=title)
    assert copy_of(item).title


def test_each_change_of_public_information_needs_a_note_of_its_own(bureau: Bureau) -> None:
    """The note of the last correction does not explain the next one, nor does its nature."""
    item = bureau.correct(bureau.public(), "privacy", change_note="删去身份证号")
    bureau.edit(item, title="第二次改动")
    copy = copy_of(item)
    assert (copy.change_kind, copy.change_note) == ("", "")
    with pytest.raises(InvalidInput) as refused:
        bureau.submit(item)
    assert set(refused.value.fields) == {"change_kind", "change_note"}
    bureau.edit(item, change_kind="update", change_note="更新电话")
    bureau.edit(item, summary="再补一句")
    assert copy_of(item).change_note == "更新电话"


# --- who may -------------------------------------------------------------------------------------


def _acts(item: Item, bureau: Bureau) -> dict[str, Any]:
    return {
        "create": lambda who: services.item_create(
            unit=bureau.city.bureau_a, kind=bureau.city.kinds["news"], content={"title": "一件事"},
            member=who, now=NOW,
        ),
        "edit": lambda who: services.item_edit(
            item_id=item.pk, content={"title": "别的标题"}, member=who, now=NOW
        ),
        "submit": lambda who: services.item_submit(item_id=item.pk, member=who, now=NOW),
    }  # fmt: skip


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("act", ["create", "edit", "submit"])
def test_only_editors_of_the_unit_write(bureau: Bureau, act: str, role: str) -> None:
    item = bureau.draft()
    do = _acts(item, bureau)[act]
    who = member(user_with(role, bureau.city.bureau_a))
    if role == Role.EDITOR:
        do(who)
        return
    with pytest.raises(PermissionRefused, match="市财政局"):
        do(who)
    assert bureau.actions(item) == ["item.drafted"]


@pytest.mark.parametrize("act", ["edit", "submit"])
def test_another_unit_s_draft_does_not_exist_for_strangers(bureau: Bureau, act: str) -> None:
    do = _acts(bureau.draft(), bureau)[act]
    strangers = [
        user_with("editor", bureau.city.bureau_b),
        UserFactory(),
        UserFactory(superuser=True),
    ]
    for stranger in strangers:
        with pytest.raises(NotVisible):
            do(member(stranger))


@pytest.mark.parametrize("item_id", [0, 10**9])
def test_what_does_not_exist_is_not_visible(bureau: Bureau, item_id: int) -> None:
    who = member(bureau.editor)
    for call in (
        lambda: services.item_edit(item_id=item_id, content={}, member=who, now=NOW),
        lambda: services.item_submit(item_id=item_id, member=who, now=NOW),
        lambda: services.item_withdraw(
            item_id=item_id, category="error", reason="x", member=who, now=NOW
        ),
    ):
        with pytest.raises(NotVisible):
            call()


def test_staff_find_the_drafts_of_their_own_units_only(bureau: Bureau) -> None:
    item = bureau.draft()
    other = make_draft(bureau.city, bureau.city.bureau_b, user_with("editor", bureau.city.bureau_b))
    mine, office = member(bureau.editor), member(user_with("supervisor", bureau.city.office))
    assert set(selectors.items_for(mine)) == {item}
    assert selectors.item_for(mine, other.pk) is None
    assert set(selectors.items_for(office)) == {item, other}
    assert set(selectors.items_for(member(UserFactory(superuser=True)))) == set()


# --- claims --------------------------------------------------------------------------------------


def test_a_number_is_spoken_for_from_the_first_draft_on(bureau: Bureau) -> None:
    item = bureau.draft(doc_no="长财发[2022]３号")
    assert copy_of(item).doc_no == "长财发〔2022〕3号"
    assert claims() == {("长财发〔2022〕3号", item.pk)}


@pytest.mark.parametrize(
    "written", ["长财发〔2022〕3号", "长财发[2022]3号", "长财发（2022）3", " 长财发〔2022〕 3 号 "]
)
def test_a_number_is_refused_to_a_second_draft_however_it_is_written(
    bureau: Bureau, written: str
) -> None:
    bureau.draft(doc_no="长财发〔2022〕3号")
    with pytest.raises(InvalidInput, match="已经用于另一份文件") as refused:
        bureau.draft(doc_no=written)
    assert set(refused.value.fields) == {"doc_no"}
    assert Item.objects.count() == 1
    second = bureau.draft(doc_no="长财发〔2022〕4号")
    with pytest.raises(InvalidInput, match="已经用于另一份文件"):
        bureau.edit(second, doc_no=written)
    assert copy_of(second).doc_no == "长财发〔2022〕4号"


def test_a_number_is_refused_to_another_unit_too(bureau: Bureau) -> None:
    bureau.draft(doc_no="长财发〔2022〕3号")
    other = bureau.city.bureau_b
    with pytest.raises(InvalidInput, match="已经用于"):
        make_draft(bureau.city, other, user_with("editor", other), doc_no="长财发〔2022〕3号")


@pytest.mark.parametrize("replacement", ["", "长财发〔2022〕9号", "写错的字号"])
def test_a_number_is_given_back_when_the_draft_drops_it(bureau: Bureau, replacement: str) -> None:
    item = bureau.draft(doc_no="长财发〔2022〕3号")
    bureau.edit(item, doc_no=replacement)
    second = bureau.draft(doc_no="长财发〔2022〕3号")
    assert ("长财发〔2022〕3号", second.pk) in claims()


def test_a_malformed_number_is_kept_as_typed_and_named_at_submission(bureau: Bureau) -> None:
    item = bureau.draft(doc_no="长财发2022年3号")
    assert copy_of(item).doc_no == "长财发2022年3号"
    assert claims() == set()
    with pytest.raises(InvalidInput) as refused:
        bureau.submit(item)
    assert set(refused.value.fields) == {"doc_no"}


def test_a_number_the_public_has_seen_stays_claimed_when_a_draft_drops_it(bureau: Bureau) -> None:
    item = bureau.public(doc_no="长财发〔2022〕3号")
    bureau.edit(item, doc_no="长财发〔2022〕5号")
    assert claims() == {("长财发〔2022〕3号", item.pk), ("长财发〔2022〕5号", item.pk)}
    bureau.edit(item, doc_no="长财发〔2022〕6号")
    assert claims() == {("长财发〔2022〕3号", item.pk), ("长财发〔2022〕6号", item.pk)}
    with pytest.raises(InvalidInput):
        bureau.draft(doc_no="长财发〔2022〕3号")


def test_a_number_of_an_earlier_public_version_stays_claimed_for_ever(bureau: Bureau) -> None:
    item = bureau.public(doc_no="长财发〔2022〕3号")
    bureau.correct(item, doc_no="长财发〔2022〕5号", change_note="更正字号")
    bureau.edit(item, doc_no="长财发〔2022〕6号")
    assert {number for number, _ in claims()} == {
        "长财发〔2022〕3号", "长财发〔2022〕5号", "长财发〔2022〕6号",
    }  # fmt: skip


def test_a_number_of_withdrawn_information_is_not_free(bureau: Bureau) -> None:
    item = bureau.public(doc_no="长财发〔2022〕3号")
    bureau.withdraw(item)
    with pytest.raises(InvalidInput, match="已经用于"):
        bureau.draft(doc_no="长财发〔2022〕3号")
