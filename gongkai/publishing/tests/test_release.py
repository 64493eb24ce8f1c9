"""Release and correction: what the public sees, and what each act leaves behind."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongkai.catalogue import services as catalogue
from gongkai.catalogue.models import Placement
from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.core.errors import Refusal
from gongkai.core.models import OutboxMessage
from gongkai.organisations.access import system_member
from gongkai.publishing import selectors, services
from gongkai.publishing.content import content_of
from gongkai.publishing.enums import Status, Visibility
from gongkai.publishing.models import IndexSerial, Item, ItemLink, ItemVersion
from gongkai.publishing.tests.conftest import NOW, Bureau
from gongkai.review import services as review
from gongkai.review.models import ReviewCase
from tests.factories import make_draft, make_public, moment, user_with

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


# --- the first release ---------------------------------------------------------------------------


def test_exactly_the_reviewed_content_becomes_public(bureau: Bureau) -> None:
    draft = bureau.draft()
    case = bureau.submit(draft)
    item = bureau.pass_all(case)
    assert content_of(item) == case.view
    assert (item.visibility, item.status, item.version) == (Visibility.PUBLIC, Status.SETTLED, 1)
    assert (item.published_at, item.updated_at) == (RELEASED_AT, RELEASED_AT)
    assert item.live_digest == case.digest == review.digest_of(content_of(item))
    assert item.live
    version = ItemVersion.objects.get()
    assert (version.number, version.digest, version.content) == (1, case.digest, case.view)
    assert (version.released_at, version.change_note, version.sealed) == (RELEASED_AT, "", False)
    assert selectors.public_item(item.pk) == item
    assert ReviewCase.objects.get().status == "released"


def test_a_release_leaves_facts_and_queues_every_listener(bureau: Bureau) -> None:
    item = bureau.public()
    fact = facts.trail("item", item.pk)[-2]
    assert fact.action == "publishing.item.released"
    assert (fact.details["version"], fact.details["digest"]) == (1, item.live_digest)
    assert fact.details["index_no"] == item.index_no
    assert [c["path"] for c in fact.details["columns"]] == ["/zt/yingshang/", "/zx/"]
    assert [f.action for f in facts.trail("item", item.pk)] == [
        "publishing.item.drafted", "review.case.submitted", "review.step.approved",
        "review.step.approved", "review.step.opened", "review.case.approved",
        "publishing.item.released", "review.case.released",
    ]  # fmt: skip
    queued = OutboxMessage.objects.filter(subject_kind="item", subject_id=str(item.pk))
    assert {m.payload["event"] for m in queued} == {"released"}
    assert "publishing.ledger" in {m.kind for m in queued}
    assert {m.available_at for m in queued} == {RELEASED_AT}


def test_a_release_places_the_item_in_the_same_transaction(bureau: Bureau) -> None:
    item = bureau.public()
    assert columns(item) == {
        ("", "yingshang", ""), ("", "yingshang", "wenjian"), ("", "latest", ""),
    }  # fmt: skip
    card = Placement.objects.filter(subject_id=item.pk).first()
    assert card is not None
    assert card.card["title"] == item.title
    assert card.card["path"] == f"/nr/{item.pk}/"
    assert (card.card["corrected"], card.published_at) == (False, RELEASED_AT)


def test_a_district_s_item_stands_in_its_own_and_the_city_s_columns(bureau: Bureau) -> None:
    unit = bureau.city.district_1_bureau
    item = make_public(bureau.city, unit, user_with("editor", unit))
    assert {site for site, _, _ in columns(item)} == {"", "qx/wangcheng"}


def test_nothing_of_a_draft_stands_anywhere(bureau: Bureau) -> None:
    item = bureau.draft()
    bureau.submit(item)
    assert columns(item) == set()
    assert selectors.public_item(item.pk) is None
    assert selectors.public_versions(item) == []
    assert not OutboxMessage.objects.filter(subject_kind="item").exists()


def test_a_failing_release_leaves_nothing_behind(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, stored: Stored
) -> None:
    def fails(**kwargs: Any) -> None:
        raise OSError("断电")

    item = bureau.draft()
    case = bureau.submit(item)
    monkeypatch.setattr("gongkai.publishing.events.announce", fails)
    with pytest.raises(OSError, match="断电"):
        bureau.pass_all(case)
    row = stored(item)
    assert (row.visibility, row.version, row.index_no) == (Visibility.HIDDEN, 0, "")
    assert not ItemVersion.objects.exists()
    assert columns(item) == set()
    assert "item.released" not in bureau.actions(item)


def test_the_database_refuses_public_information_that_nobody_reviewed(
    bureau: Bureau,
) -> None:
    item = bureau.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(visibility="public", published_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=item.pk).update(visibility="public", live_digest="0" * 64)


def test_a_release_outside_the_gate_of_other_content_is_refused(bureau: Bureau) -> None:
    item = bureau.draft()
    case = bureau.submit(item)
    case.digest = "0" * 64
    with pytest.raises(Refusal, match="没有发布"), transaction.atomic():
        services.release_reviewed(case=case, member=system_member("tick"), now=NOW)


# --- index numbers -------------------------------------------------------------------------------


def test_index_numbers_run_on_per_unit_and_year_of_forming(bureau: Bureau) -> None:
    numbers = [
        bureau.public().index_no,
        bureau.public().index_no,
        bureau.public(formed_on="2021-12-30", doc_no="长财发〔2021〕88号").index_no,
        bureau.public().index_no,
    ]
    assert numbers == ["CZJ/2022-00001", "CZJ/2022-00002", "CZJ/2021-00001", "CZJ/2022-00003"]
    unit = bureau.city.bureau_b
    assert make_public(bureau.city, unit, user_with("editor", unit)).index_no == "FGW/2022-00001"


def test_an_index_number_stands_under_the_unit_s_credit_code(bureau: Bureau) -> None:
    bureau.city.bureau_a.uscc = "114301006735800977"
    bureau.city.bureau_a.save()
    assert bureau.public().index_no == "114301006735800977/2022-00001"


def test_an_index_number_never_changes_and_is_never_given_twice(bureau: Bureau) -> None:
    item = bureau.public()
    assert bureau.correct(item, formed_on="2021-12-30", doc_no="长财发〔2022〕1号").index_no == (
        item.index_no
    )
    bureau.withdraw(item)
    assert bureau.public().index_no == "CZJ/2022-00002"
    assert IndexSerial.objects.get(year=2022).last == 2


def test_a_draft_that_is_never_released_uses_up_no_number(bureau: Bureau) -> None:
    bureau.submit(bureau.draft())
    assert bureau.public().index_no == "CZJ/2022-00001"


# --- links ---------------------------------------------------------------------------------------

INTERPRETATION: dict[str, Any] = {
    "form": "text",
    "drafter": "市财政局企业处",
    "interpreter": "企业处处长",
    "phone": "0731-88660002",
}


def interpret(bureau: Bureau, *policies: Item, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "interpretation", "title": "措施解读", "genre": "", "topics": ["yingshang/jiedu"],
        "facts": {**INTERPRETATION, "interprets": [p.pk for p in policies]}, **changes,
    }  # fmt: skip


def test_a_public_interpretation_and_its_document_point_at_each_other(bureau: Bureau) -> None:
    policy = bureau.public()
    item = bureau.public(**interpret(bureau, policy))
    documents, nothing = selectors.public_links(item)
    assert ([d.id for d in documents], nothing) == ([policy.pk], [])
    nothing, explanations = selectors.public_links(policy)
    assert ([e.id for e in explanations], nothing) == ([item.pk], [])
    assert (explanations[0].form, explanations[0].phone) == ("text", "0731-88660002")
    assert explanations[0].published_on == date(2022, 10, 18)


def test_the_day_of_a_linked_document_is_its_day_in_shanghai(bureau: Bureau) -> None:
    policy = bureau.public(now=at(date(2022, 10, 18), 0, 30))
    item = bureau.public(**interpret(bureau, policy))
    assert selectors.public_links(item)[0][0].published_on == date(2022, 10, 18)


def test_a_link_to_what_is_not_public_shows_nothing(bureau: Bureau) -> None:
    hidden, policy = bureau.draft(), bureau.public()
    item = bureau.public(**interpret(bureau, hidden, policy))
    assert [d.id for d in selectors.public_links(item)[0]] == [policy.pk]
    bureau.withdraw(policy)
    assert selectors.public_links(item)[0] == []


def test_a_draft_interpretation_shows_on_no_document(bureau: Bureau) -> None:
    policy = bureau.public()
    bureau.submit(bureau.draft(**interpret(bureau, policy)))
    assert selectors.public_links(policy) == ([], [])
    assert not ItemLink.objects.exists()


def test_a_correction_replaces_the_links(bureau: Bureau) -> None:
    one, two = bureau.public(), bureau.public()
    item = bureau.public(**interpret(bureau, one))
    bureau.correct(item, facts={**INTERPRETATION, "interprets": [two.pk, item.pk, 10**9]})
    assert [d.id for d in selectors.public_links(item)[0]] == [two.pk]


# --- corrections ---------------------------------------------------------------------------------


def test_a_correction_keeps_the_old_version_visible_with_its_note(bureau: Bureau) -> None:
    first = bureau.public()
    item = bureau.correct(first, now=moment(16))
    assert (item.version, item.body) == (2, "<p>更正后的正文</p>")
    assert (item.published_at, item.updated_at) == (RELEASED_AT, moment(16))
    new, old = selectors.public_versions(item)
    assert (new.number, new.change_kind, new.change_note) == (2, "correction", "更正金额")
    assert (old.number, old.content["body"]) == (1, first.body)
    assert selectors.public_version(item, 1) == old
    assert selectors.public_version(item, 3) is None
    assert bureau.actions(item)[-1] == "item.corrected"
    assert {p.card["corrected"] for p in Placement.objects.filter(subject_id=item.pk)} == {True}


def test_a_correction_is_announced_again(bureau: Bureau) -> None:
    item = bureau.correct(bureau.public(), now=moment(16))
    keys = OutboxMessage.objects.filter(kind="publishing.ledger").values_list(
        "idempotency_key", flat=True
    )
    assert sorted(keys) == [
        f"publishing.ledger:{item.pk}:1:released", f"publishing.ledger:{item.pk}:2:released",
    ]  # fmt: skip


def test_a_correction_moves_the_item_between_columns(bureau: Bureau) -> None:
    item = bureau.correct(bureau.public(), topics=["yingshang/jiedu"])
    assert ("", "yingshang", "jiedu") in columns(item)
    assert ("", "yingshang", "wenjian") not in columns(item)


@pytest.mark.parametrize(
    ("kind", "old_visible"),
    [("correction", True), ("update", True), ("privacy", False), ("secrecy", False)],
)
def test_removing_what_should_not_be_public_seals_the_earlier_versions(
    bureau: Bureau, kind: str, old_visible: bool
) -> None:
    item = bureau.correct(bureau.public(), "update", body="<p>第二版</p>")
    item = bureau.correct(item, kind, body="<p>第三版</p>")
    assert visible_versions(item) == [(3, True), (2, old_visible), (1, old_visible)]
    assert (selectors.public_version(item, 1) is not None) is old_visible
    assert selectors.public_version(item, 3) is not None
    assert ItemVersion.objects.get(number=1).content["title"]


def test_what_was_sealed_stays_sealed_after_a_later_correction(bureau: Bureau) -> None:
    item = bureau.correct(bureau.public(), "privacy", body="<p>第二版</p>")
    item = bureau.correct(item, "update", body="<p>第三版</p>")
    assert visible_versions(item) == [(3, True), (2, True), (1, False)]


# --- the hour ------------------------------------------------------------------------------------


def test_a_scheduled_item_is_hidden_until_its_hour(bureau: Bureau, stored: Stored) -> None:
    item = bureau.draft()
    bureau.pass_all(bureau.submit(item, release_at=moment(18)))
    assert stored(item).visibility == Visibility.HIDDEN
    assert columns(item) == set()
    assert review.due_release(member=system_member("tick"), now=moment(18)) == 1
    assert (stored(item).visibility, stored(item).published_at) == (Visibility.PUBLIC, moment(18))


def test_an_edit_before_the_hour_stops_the_release(bureau: Bureau, stored: Stored) -> None:
    item = bureau.draft()
    bureau.pass_all(bureau.submit(item, release_at=moment(18)))
    bureau.edit(item, title="临时又改")
    assert review.due_release(member=system_member("tick"), now=moment(18)) == 0
    assert stored(item).visibility == Visibility.HIDDEN
    assert stored(item).status == Status.DRAFT


def test_a_draft_saved_round_the_services_is_noticed_at_the_hour(
    bureau: Bureau, stored: Stored
) -> None:
    item = bureau.draft()
    bureau.pass_all(bureau.submit(item, release_at=moment(18)))
    copy = services.working_copy(stored(item))
    copy.body = "<p>没有人审过的内容</p>"
    copy.save_revision(clean=False, log_action=False)
    assert review.due_release(member=system_member("tick"), now=moment(18)) == 0
    assert stored(item).visibility == Visibility.HIDDEN
    assert ReviewCase.objects.get().status == "voided"


# --- the rebuild ---------------------------------------------------------------------------------


def test_rebuilding_the_lists_gives_what_the_releases_wrote(bureau: Bureau) -> None:
    def snapshot() -> set[tuple[Any, ...]]:
        return {
            (p.column_id, p.section_id, p.subject_id, p.unit_id, p.published_at,
             str(sorted(p.card.items())))
            for p in Placement.objects.all()
        }  # fmt: skip

    policy = bureau.public()
    bureau.public(**interpret(bureau, policy))
    bureau.correct(bureau.public(), topics=["yingshang/dongtai"], theme="1101")
    bureau.withdraw(bureau.public())
    bureau.draft()
    district = bureau.city.district_1_bureau
    make_public(bureau.city, district, user_with("editor", district))
    make_draft(bureau.city, district, user_with("editor", district))
    before = snapshot()
    assert len(before) >= 10
    rows = catalogue.rebuild(now=NOW + timedelta(days=1), actor=Actor.system("rebuild"))
    assert rows == len(before)
    assert snapshot() == before
