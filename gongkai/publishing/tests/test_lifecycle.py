"""Dates, freshness reviews and drafts nobody needs: what each does, once, and who may."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from gongkai.catalogue import services as catalogue
from gongkai.catalogue.models import Placement
from gongkai.core import facts, outbox
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.core.errors import NotVisible, PermissionRefused, Refusal
from gongkai.core.models import OutboxMessage
from gongkai.messaging.models import Message
from gongkai.organisations.access import system_member
from gongkai.publishing import lifecycle, schedule
from gongkai.publishing.content import content_of
from gongkai.publishing.models import Item, NumberClaim
from gongkai.publishing.tests.conftest import NOW, Bureau
from gongkai.publishing.tests.test_kinds import FUNCTIONS, write
from gongkai.review.services import digest_of
from tests.factories import DAY, member, user_with

TICK = system_member("tick")


def tick(day: date) -> int:
    return lifecycle.due_validity(member=TICK, now=at(day, 0, 5))


def stored(item: Item) -> Item:
    return Item.objects.select_related("unit", "kind", "theme").get(pk=item.pk)


def cards(item: Item) -> set[str]:
    rows = Placement.objects.filter(subject_id=item.pk)
    assert rows
    return {row.card["validity"] for row in rows}


def acts(item: Item) -> list[str]:
    return [fact.action.rpartition(".")[2] for fact in facts.trail("item", str(item.pk))]


def test_a_document_lapses_the_day_after_its_last_day_and_once(bureau: Bureau) -> None:
    item = bureau.public(expires_on=DAY.isoformat())
    assert (stored(item).validity_now, cards(item)) == ("", {"in_force"})
    assert tick(DAY) == 0
    assert tick(DAY + timedelta(days=1)) == 1
    assert tick(DAY + timedelta(days=2)) == 0
    assert (stored(item).current_validity, cards(item)) == ("lapsed", {"lapsed"})
    assert acts(item).count("lapsed") == 1
    fact = facts.trail("item", str(item.pk))[-1]
    assert (fact.actor_key, fact.details["from"], fact.details["to"]) == (
        "system:tick", "in_force", "lapsed",
    )  # fmt: skip


def test_what_has_lapsed_stays_findable_and_says_so(bureau: Bureau, client: Client) -> None:
    item = bureau.public(expires_on=DAY.isoformat())
    tick(DAY + timedelta(days=1))
    assert "已失效" in client.get("/zx/").content.decode()
    assert client.get(f"/nr/{item.pk}/").status_code == 200


def test_subscribers_hear_of_a_lapse(bureau: Bureau) -> None:
    item = bureau.public(expires_on=DAY.isoformat())
    tick(DAY + timedelta(days=1))
    told = OutboxMessage.objects.filter(subject_id=str(item.pk), payload__event="lapsed")
    assert told.exists()
    while outbox.run(now=at(DAY + timedelta(days=1), 1)):
        pass
    assert not told.exclude(error="").exists()


def test_a_document_not_yet_in_force_begins_to_hold_on_its_day(bureau: Bureau) -> None:
    begins = DAY + timedelta(days=5)
    item = bureau.public(effective_on=begins.isoformat())
    assert (stored(item).current_validity, cards(item)) == ("not_yet", {"not_yet"})
    assert tick(begins - timedelta(days=1)) == 0
    assert tick(begins) == 1
    assert tick(begins) == 0
    assert (stored(item).current_validity, cards(item)) == ("in_force", {"in_force"})
    assert acts(item)[-1] == "begun"


def test_a_repealed_document_does_not_lapse(bureau: Bureau) -> None:
    item = bureau.public(expires_on=DAY.isoformat(), validity="repealed")
    assert tick(DAY + timedelta(days=9)) == 0
    assert stored(item).current_validity == "repealed"


def test_the_reviewed_content_is_not_touched_by_a_lapse(bureau: Bureau) -> None:
    item = bureau.public(expires_on=DAY.isoformat())
    tick(DAY + timedelta(days=1))
    row = stored(item)
    assert digest_of(content_of(row)) == row.live_digest


def test_a_rebuild_of_the_placements_keeps_what_lapsed(bureau: Bureau) -> None:
    item = bureau.public(expires_on=DAY.isoformat())
    tick(DAY + timedelta(days=1))
    catalogue.rebuild(now=NOW, actor=Actor.system("rebuild", "重建"))
    assert cards(item) == {"lapsed"}


def test_a_correction_with_a_new_last_day_holds_again(bureau: Bureau) -> None:
    item = bureau.public(expires_on=DAY.isoformat())
    tick(DAY + timedelta(days=1))
    bureau.edit(item, expires_on="2024-01-01", change_kind="update", change_note="延期两年")
    bureau.pass_all(bureau.submit(item))
    assert (stored(item).current_validity, cards(item)) == ("in_force", {"in_force"})


def test_drafts_and_withdrawn_items_are_left_alone(bureau: Bureau) -> None:
    bureau.draft(expires_on=DAY.isoformat())
    assert tick(DAY + timedelta(days=9)) == 0


def test_one_that_fails_does_not_stop_the_others(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first = bureau.public(expires_on=DAY.isoformat())
    second = bureau.public(expires_on=DAY.isoformat(), doc_no="长财发〔2022〕77号")
    place = catalogue.place

    def fails(*, record: Any, **more: Any) -> Any:
        if record.id == first.pk:
            raise OSError("磁盘已满")
        return place(record=record, **more)

    monkeypatch.setattr(catalogue, "place", fails)
    assert tick(DAY + timedelta(days=1)) == 1
    assert stored(first).validity_now == "" and stored(second).validity_now == "lapsed"
    assert "磁盘已满" in caplog.text


def test_nothing_due_costs_two_queries(
    bureau: Bureau, django_assert_num_queries: Callable[[int], Any]
) -> None:
    bureau.public(expires_on="2030-01-01")
    with django_assert_num_queries(2):
        assert tick(DAY) == 0


# --- about to lapse ------------------------------------------------------------------------------


def remind(day: date) -> int:
    return schedule.expiring_notices(now=at(day, 8))


def test_editors_hear_thirty_days_before_and_once(bureau: Bureau) -> None:
    item = bureau.public(expires_on="2022-12-31")
    assert remind(date(2022, 11, 30)) == 0
    assert remind(date(2022, 12, 1)) == 1
    assert remind(date(2022, 12, 1)) == 0
    assert remind(date(2022, 12, 2)) == 0
    [told] = Message.objects.filter(kind="publishing.expiring")
    assert told.recipient == bureau.editor and item.title in told.title
    assert told.due == date(2022, 12, 31)


def test_normative_documents_are_evaluated_half_a_year_before(bureau: Bureau) -> None:
    bureau.pass_all(bureau.submit(bureau.draft(kind="normative_document", **NORMATIVE)))
    assert remind(date(2023, 7, 4)) == 0
    assert remind(date(2023, 7, 5)) == 1  # 180 days before 2024-01-01
    assert "评估是否继续执行" in Message.objects.get(kind="publishing.expiring").body


NORMATIVE: dict[str, Any] = {
    "genre": "通告", "doc_no": "长财发〔2022〕71号",
    "effective_on": "2022-10-18", "expires_on": "2024-01-01", "contact": "0731-80001501",
    "facts": {"register_no": "CSCR—2022—05001", "basis": "《条例》", "drafter": "市财政局",
              "legality_no": "长司审〔2022〕1号", "validity_rule": "two"},
}  # fmt: skip


# --- freshness -----------------------------------------------------------------------------------


@pytest.fixture
def page(bureau: Bureau) -> Item:
    return bureau.pass_all(bureau.submit(write(bureau, "functions", FUNCTIONS)))


def confirm(item: Item, who: Any, day: date = date(2023, 3, 1)) -> date:
    return lifecycle.item_confirm(item_id=item.pk, member=member(who), now=at(day, 9))


def test_an_editor_confirms_that_nothing_changed(bureau: Bureau, page: Item) -> None:
    assert confirm(page, bureau.editor) == date(2024, 2, 29)
    assert stored(page).reviewed_on == date(2023, 3, 1)
    fact = facts.trail("item", str(page.pk))[-1]
    assert fact.action == "publishing.item.reviewed"
    assert fact.details["next"] == "2024-02-29" and fact.details["digest"] == page.live_digest
    confirm(page, bureau.editor)
    assert acts(page).count("reviewed") == 1  # the same day counts once


def test_who_may_not_confirm(bureau: Bureau, page: Item) -> None:
    with pytest.raises(PermissionRefused):
        confirm(page, bureau.people["final"])
    with pytest.raises(PermissionRefused):
        confirm(page, user_with("supervisor", bureau.city.office))
    with pytest.raises(NotVisible):
        confirm(page, user_with("editor", bureau.city.bureau_b))


def test_what_is_being_changed_cannot_be_confirmed_unchanged(bureau: Bureau, page: Item) -> None:
    bureau.edit(page, facts={**FUNCTIONS, "head": "新局长"})
    with pytest.raises(Refusal, match="没有发布的修改"):
        confirm(page, bureau.editor)


def test_only_public_information_of_such_a_kind_is_confirmed(bureau: Bureau) -> None:
    with pytest.raises(Refusal, match="不需要定期核对"):
        confirm(bureau.public(), bureau.editor)
    with pytest.raises(Refusal, match="没有公开"):
        confirm(write(bureau, "functions", FUNCTIONS), bureau.editor)


def test_a_review_falls_due_a_year_after_the_release(bureau: Bureau, page: Item) -> None:
    [due] = list(schedule.reviews_due(DAY, date(2023, 10, 18)))
    assert due.due == date(2023, 10, 18) and "机构职能" in due.title
    assert list(schedule.reviews_due(DAY, date(2023, 10, 17))) == []


# --- deleting ------------------------------------------------------------------------------------


def delete(item: Item, who: Any) -> None:
    lifecycle.draft_delete(item_id=item.pk, member=member(who), now=NOW)


def test_a_draft_nobody_needs_goes_and_gives_its_number_back(bureau: Bureau) -> None:
    item = bureau.draft(doc_no="长财发〔2022〕66号")
    pk = item.pk
    delete(item, bureau.editor)
    assert not Item.objects.filter(pk=pk).exists()
    assert not NumberClaim.objects.exists()
    assert bureau.draft(doc_no="长财发〔2022〕66号").pk
    fact = facts.trail("item", str(pk))[-1]
    assert fact.action == "publishing.item.deleted"
    assert fact.details["numbers"] == ["长财发〔2022〕66号"]


def test_what_was_ever_submitted_or_public_is_kept(bureau: Bureau) -> None:
    item = bureau.draft()
    case = bureau.submit(item)
    with pytest.raises(Refusal, match="送审过"):
        delete(item, bureau.editor)
    bureau.pass_all(case)
    with pytest.raises(Refusal, match="公开过"):
        delete(item, bureau.editor)


def test_who_may_not_delete(bureau: Bureau) -> None:
    item = bureau.draft()
    with pytest.raises(PermissionRefused):
        delete(item, bureau.people["final"])
    with pytest.raises(NotVisible):
        delete(item, user_with("editor", bureau.city.bureau_b))


def test_the_desk_asks_before_it_deletes(bureau: Bureau, client: Client) -> None:
    item = bureau.draft(title="不要的稿子")
    client.force_login(bureau.editor)
    assert (
        f"/admin/items/discard/{item.pk}/"
        in client.get(f"/admin/items/edit/{item.pk}/").content.decode()
    )
    asked = client.get(f"/admin/items/discard/{item.pk}/").content.decode()
    assert "确定删除" in asked and Item.objects.filter(pk=item.pk).exists()
    assert client.post(f"/admin/items/discard/{item.pk}/").status_code == 302
    assert not Item.objects.filter(pk=item.pk).exists()
