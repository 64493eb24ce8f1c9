"""Withdrawal: gone at once and everywhere, a tombstone stays; and the way back."""

from collections.abc import Callable

import pytest

from gongkai.catalogue.models import Placement
from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.core.models import OutboxMessage
from gongkai.organisations.access import system_member
from gongkai.organisations.enums import Role
from gongkai.publishing import selectors
from gongkai.publishing.enums import Status, Visibility, WithdrawCategory
from gongkai.publishing.models import Item, ItemVersion
from gongkai.publishing.tests.conftest import Bureau
from gongkai.review import services as review
from gongkai.review.models import ReviewCase
from tests.factories import UserFactory, make_public, moment, user_with

Stored = Callable[[Item], Item]
RELEASED_AT = moment(11)


def columns(item: Item) -> set[tuple[str, str, str]]:
    rows = Placement.objects.filter(subject_kind="item", subject_id=item.pk)
    return {
        (p.column.site.prefix, p.column.key, p.section.key if p.section else "")
        for p in rows.select_related("column__site", "section")
    }


def visible_versions(item: Item) -> list[tuple[int, bool]]:
    return [(v.number, bool(v.content)) for v in selectors.public_versions(item)]


# --- withdrawal ----------------------------------------------------------------------------------


def test_a_withdrawal_takes_the_item_down_at_once_and_leaves_a_tombstone(
    bureau: Bureau, stored: Stored
) -> None:
    item = bureau.public()
    bureau.withdraw(item, reason="  金额有误，更正后重新发布  ")
    row = stored(item)
    assert (row.visibility, row.live) == (Visibility.WITHDRAWN, False)
    assert (row.withdrawn_at, row.withdraw_category) == (moment(15), "error")
    assert row.withdraw_reason == "金额有误，更正后重新发布"
    assert columns(item) == set()
    assert selectors.public_item(item.pk) == row
    assert selectors.public_versions(row) == []
    assert selectors.public_version(row, 1) is None
    assert selectors.public_links(row) == ([], [])


def test_a_withdrawal_leaves_a_fact_and_is_announced(bureau: Bureau) -> None:
    item = bureau.public()
    bureau.withdraw(item, "duplicate")
    fact = facts.trail("item", item.pk)[-1]
    assert fact.action == "publishing.item.withdrawn"
    details = {name: fact.details[name] for name in ("category", "version", "placements")}
    assert details == {"category": "duplicate", "version": 1, "placements": 3}
    queued = OutboxMessage.objects.filter(payload__event="withdrawn")
    assert "publishing.ledger" in {m.kind for m in queued}
    assert {m.available_at for m in queued} == {moment(15)}


@pytest.mark.parametrize("category", WithdrawCategory.values)
def test_versions_are_sealed_when_private_or_secret_content_was_up(
    bureau: Bureau, category: str
) -> None:
    item = bureau.correct(bureau.public())
    bureau.withdraw(item, category)
    sealed = category in ("privacy", "secrecy")
    assert set(ItemVersion.objects.values_list("sealed", flat=True)) == {sealed}


@pytest.mark.parametrize("role", Role.values)
def test_a_final_or_secrecy_reviewer_or_the_supervisor_withdraws(
    bureau: Bureau, role: str, stored: Stored
) -> None:
    item = bureau.public()
    who = user_with(role, bureau.city.bureau_a)
    if role in ("final_reviewer", "secrecy_reviewer", "supervisor"):
        bureau.withdraw(item, by=who)
        assert stored(item).visibility == Visibility.WITHDRAWN
        return
    with pytest.raises(PermissionRefused, match="撤回"):
        bureau.withdraw(item, by=who)
    assert stored(item).visibility == Visibility.PUBLIC


def test_one_person_is_enough_to_take_down_even_an_approver(bureau: Bureau, stored: Stored) -> None:
    item = bureau.public()
    bureau.withdraw(item, by=bureau.people["secrecy"])
    assert stored(item).visibility == Visibility.WITHDRAWN


def test_the_city_s_office_withdraws_anywhere_a_district_s_only_at_home(
    bureau: Bureau, stored: Stored
) -> None:
    unit = bureau.city.district_1_bureau
    there = make_public(bureau.city, unit, user_with("editor", unit))
    here = bureau.public()
    own = user_with("supervisor", bureau.city.district_1)
    neighbour = user_with("supervisor", bureau.city.district_2)
    for item in (there, here):
        with pytest.raises(NotVisible):
            bureau.withdraw(item, by=neighbour)
    with pytest.raises(NotVisible):
        bureau.withdraw(here, by=own)
    bureau.withdraw(there, by=own)
    bureau.withdraw(here, by=user_with("supervisor", bureau.city.office))
    assert stored(here).visibility == stored(there).visibility == Visibility.WITHDRAWN


@pytest.mark.parametrize("superuser", [False, True])
def test_a_stranger_does_not_withdraw(bureau: Bureau, superuser: bool) -> None:
    item = bureau.public()
    strangers = [
        UserFactory(superuser=superuser),
        user_with("final_reviewer", bureau.city.bureau_b),
    ]
    for stranger in strangers:
        with pytest.raises(NotVisible):
            bureau.withdraw(item, by=stranger)


@pytest.mark.parametrize(
    ("category", "reason", "fields"),
    [("", "理由", {"category"}), ("whim", "理由", {"category"}), ("error", "  ", {"reason"}),
     ("whim", "", {"category", "reason"})],
)  # fmt: skip
def test_a_withdrawal_needs_its_category_and_reason(
    bureau: Bureau, category: str, reason: str, fields: set[str], stored: Stored
) -> None:
    item = bureau.public()
    with pytest.raises(InvalidInput) as refused:
        bureau.withdraw(item, category, reason=reason)
    assert set(refused.value.fields) == fields
    assert stored(item).visibility == Visibility.PUBLIC


def test_only_what_is_public_can_be_withdrawn(bureau: Bureau) -> None:
    with pytest.raises(Refusal, match="没有公开"):
        bureau.withdraw(bureau.draft())
    item = bureau.public()
    bureau.withdraw(item)
    with pytest.raises(Refusal, match="没有公开"):
        bureau.withdraw(item)


def test_a_withdrawal_voids_a_correction_on_its_way(bureau: Bureau, stored: Stored) -> None:
    item = bureau.public()
    bureau.edit(item, change_kind="correction", change_note="更正", body="<p>新</p>")
    case = bureau.submit(item)
    bureau.withdraw(item, "privacy")
    assert ReviewCase.objects.get(pk=case.pk).status == "voided"
    assert stored(item).status == Status.DRAFT
    with pytest.raises(Refusal):
        bureau.pass_all(case)
    assert stored(item).visibility == Visibility.WITHDRAWN


def test_a_withdrawal_stops_what_was_approved_for_later(bureau: Bureau, stored: Stored) -> None:
    item = bureau.public()
    bureau.edit(item, change_kind="correction", change_note="更正", body="<p>新</p>")
    case = bureau.submit(item, release_at=moment(20))
    bureau.pass_all(case)
    bureau.withdraw(item)
    assert review.due_release(member=system_member("tick"), now=moment(21)) == 0
    assert stored(item).visibility == Visibility.WITHDRAWN


# --- back again ----------------------------------------------------------------------------------


def test_what_was_withdrawn_comes_back_only_through_the_gate_with_a_note(
    bureau: Bureau, stored: Stored
) -> None:
    item = bureau.public()
    bureau.withdraw(item)
    with pytest.raises(InvalidInput) as refused:
        bureau.submit(item)
    assert set(refused.value.fields) == {"change_kind", "change_note"}
    bureau.correct(item, now=moment(17))
    row = stored(item)
    assert (row.visibility, row.version, row.live) == (Visibility.PUBLIC, 2, True)
    assert (row.withdrawn_at, row.withdraw_category, row.withdraw_reason) == (None, "", "")
    assert (row.published_at, row.updated_at) == (RELEASED_AT, moment(17))
    assert columns(row) == {
        ("", "yingshang", ""), ("", "yingshang", "wenjian"), ("", "latest", ""),
    }  # fmt: skip
    assert visible_versions(row) == [(2, True), (1, True)]


def test_what_was_withdrawn_for_privacy_comes_back_without_its_old_versions(
    bureau: Bureau, stored: Stored
) -> None:
    item = bureau.public()
    bureau.withdraw(item, "privacy")
    bureau.correct(item, "update")
    assert visible_versions(stored(item)) == [(2, True), (1, False)]


def test_each_coming_and_going_is_announced_once(bureau: Bureau) -> None:
    item = bureau.public()
    bureau.withdraw(item)
    bureau.correct(item)
    bureau.withdraw(item)
    events = OutboxMessage.objects.filter(kind="publishing.ledger").order_by("id")
    assert [m.payload["event"] for m in events] == [
        "released",
        "withdrawn",
        "released",
        "withdrawn",
    ]
    assert bureau.actions(item) == [
        "item.drafted", "item.edited", "item.released", "item.corrected", "item.withdrawn",
        "item.withdrawn",
    ]  # fmt: skip
