"""Deposits: every act and every refusal, each version exactly once (条例第二十五条)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongkai.core import facts
from gongkai.core.clock import at
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.core.models import OutboxMessage
from gongkai.core.workdays import WorkCalendar
from gongkai.deposits import queueing, reminders, selectors, services
from gongkai.deposits.models import DepositBatch, DepositRecall, DepositRow, DepositTarget
from gongkai.deposits.tests.conftest import OCTOBER_9, SEPTEMBER, Town, drain
from gongkai.organisations.access import system_member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from gongkai.publishing.models import ItemVersion
from gongkai.publishing.uploads import Upload
from tests.factories import UserFactory, member, user_with

EARLY = at(date(2022, 9, 5), 10)
LATE = at(date(2022, 9, 30), 23, 59)
OCTOBER = at(date(2022, 10, 11), 10)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)


def stored(batch: DepositBatch) -> DepositBatch:
    return DepositBatch.objects.get(pk=batch.pk)


# --- what goes into a batch ----------------------------------------------------------------------


def test_a_release_waits_in_the_queue_of_its_areas_targets_only(town: Town) -> None:
    library = town.target(town.city.office)
    district = town.target(town.city.district_1, "望城区档案馆", "archive")
    item = town.public(EARLY)
    drain()
    rows = DepositRow.objects.filter(item=item)
    assert {row.target for row in rows} == {town.archive, library}
    assert not district.rows.exists()
    row = rows[0]
    version = ItemVersion.objects.get(item=item)
    assert (row.digest, row.index_no, row.title, row.number, row.batch, row.left_out) == (
        version.digest, item.index_no, item.title, 1, None, "",
    )  # fmt: skip


def test_following_a_release_twice_changes_nothing(town: Town) -> None:
    town.public(EARLY)
    drain()
    message = OutboxMessage.objects.get(kind="publishing.deposits")
    queueing.follow(message, OCTOBER_9)
    assert DepositRow.objects.count() == 1


def test_a_month_takes_every_version_of_the_month_once(town: Town) -> None:
    item = town.public(EARLY)
    town.correct(item, LATE)
    town.public(OCTOBER)
    drain()
    batch = town.make()
    assert [(r.item_id, r.number) for r in queueing.sent_rows(batch)] == [
        (item.pk, 1), (item.pk, 2),
    ]  # fmt: skip
    assert (batch.item_count, batch.left_out_count, batch.last_day) == (2, 0, date(2022, 9, 30))
    assert len(batch.manifest_sha256) == 64
    fact = facts.trail("deposit_batch", batch.pk)[0]
    assert (fact.action, fact.details["manifest"]) == (
        "deposits.batch.made", batch.manifest_sha256,
    )  # fmt: skip


def test_a_month_is_complete_even_if_the_queue_has_not_run(town: Town) -> None:
    town.public(EARLY)
    assert not DepositRow.objects.exists()
    assert town.make().item_count == 1
    drain()
    assert DepositRow.objects.count() == 1


def test_making_a_month_again_gives_the_same_batch(town: Town) -> None:
    town.public(EARLY)
    first = town.make()
    assert town.make() == first
    assert DepositBatch.objects.count() == 1
    assert len(facts.trail("deposit_batch", first.pk)) == 1


def test_what_came_too_late_goes_with_the_next_month_and_never_twice(town: Town) -> None:
    first_item = town.public(EARLY)
    first = town.make()
    straggler = town.public(LATE)
    later = town.public(OCTOBER)
    second = town.make(period=date(2022, 10, 1), now=at(date(2022, 11, 2), 9))
    assert [r.item_id for r in queueing.sent_rows(first)] == [first_item.pk]
    assert [r.item_id for r in queueing.sent_rows(second)] == [straggler.pk, later.pk]
    versions = DepositRow.objects.values_list("version_id", flat=True)
    assert len(versions) == len(set(versions)) == ItemVersion.objects.count()


def test_the_database_keeps_a_version_from_going_to_a_target_twice(town: Town) -> None:
    town.public(EARLY)
    town.make()
    row = DepositRow.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_what_was_published_before_the_agreed_month_is_not_taken(town: Town) -> None:
    town.public(at(date(2022, 7, 20), 9))
    town.public(EARLY)
    drain()
    assert town.make().item_count == 1


def test_withdrawn_before_the_batch_is_left_out_with_the_reason(town: Town) -> None:
    gone, stays = town.public(EARLY), town.public(LATE)
    town.withdraw(gone, at(date(2022, 10, 1), 9))
    batch = town.make()
    assert [r.item_id for r in queueing.sent_rows(batch)] == [stays.pk]
    assert DepositRow.objects.get(item=gone).left_out == "withdrawn"
    assert (batch.item_count, batch.left_out_count) == (1, 1)


def test_withdrawn_after_the_batch_and_before_the_dispatch_changes_the_manifest(
    town: Town,
) -> None:
    gone = town.public(EARLY)
    town.public(LATE)
    batch = town.make()
    before = batch.manifest_sha256
    town.withdraw(gone, OCTOBER_9)
    drain(at(date(2022, 10, 9), 10))
    batch = stored(batch)
    assert (batch.item_count, batch.left_out_count) == (1, 1)
    assert batch.manifest_sha256 != before


def test_the_dispatch_itself_notices_what_was_withdrawn_since_the_download(town: Town) -> None:
    gone = town.public(EARLY)
    town.public(LATE)
    batch = town.make()
    town.withdraw(gone, OCTOBER_9)
    with pytest.raises(Refusal, match="清单变了"):
        town.send(batch)
    fresh = stored(batch)
    assert (fresh.sent_at, fresh.item_count) == (None, 1)
    assert town.send(fresh).sent_at is not None


def test_a_sealed_earlier_version_is_left_out_and_the_clean_one_goes(town: Town) -> None:
    item = town.public(EARLY)
    drain()
    town.correct(item, LATE, "privacy")
    drain()
    batch = town.make()
    rows = {r.number: r.left_out for r in DepositRow.objects.filter(batch=batch)}
    assert rows == {1: "sealed", 2: ""}


@pytest.mark.parametrize("how", ["withdraw", "seal"])
def test_gone_after_the_dispatch_has_to_be_recalled(town: Town, how: str) -> None:
    """What leaked is taken back from every copy, not only from our own pages."""
    item = town.public(EARLY)
    sent = town.send(town.make())
    if how == "withdraw":
        town.withdraw(item, OCTOBER, "privacy")
    else:
        town.correct(item, OCTOBER, "privacy")
    drain(OCTOBER)
    recall = DepositRecall.objects.get()
    assert recall.row.number == 1 and recall.told_at is None
    assert recall.reason == ("withdrawn" if how == "withdraw" else "sealed")
    assert recall.row.left_out == ""
    assert stored(sent).manifest_sha256 == sent.manifest_sha256
    drain(OCTOBER)
    assert DepositRecall.objects.count() == 1


def test_telling_the_target_is_recorded_once(town: Town) -> None:
    item = town.public(EARLY)
    batch = town.send(town.make())
    town.withdraw(item, OCTOBER)
    drain(OCTOBER)
    recall = DepositRecall.objects.get()
    keeper = member(town.keeper)
    with pytest.raises(InvalidInput):
        services.recall_tell(recall_id=recall.pk, note=" ", member=keeper, now=OCTOBER)
    done = services.recall_tell(
        recall_id=recall.pk, note="电话通知，李工接收", member=keeper, now=OCTOBER
    )
    assert (done.told_at, done.told_by) == (OCTOBER, town.keeper)
    assert facts.trail("deposit_batch", batch.pk)[-1].action == "deposits.recall.told"
    with pytest.raises(Refusal, match="已经通知"):
        services.recall_tell(recall_id=recall.pk, note="x", member=keeper, now=OCTOBER)


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", [date(2022, 10, 1), date(2022, 7, 1), date(2022, 9, 2)])
def test_a_wrong_month_is_named(town: Town, period: date) -> None:
    with pytest.raises(InvalidInput) as refused:
        town.make(period=period)
    assert "period" in refused.value.fields


def test_an_empty_month_makes_no_batch(town: Town) -> None:
    with pytest.raises(Refusal, match="没有需要移送"):
        town.make()
    assert not DepositBatch.objects.exists()


def test_an_ended_target_gets_nothing_more(town: Town) -> None:
    services.target_end(target_id=town.archive.pk, member=member(town.keeper), now=OCTOBER_9)
    town.public(EARLY)
    drain()
    assert not DepositRow.objects.exists()
    with pytest.raises(Refusal, match="停用"):
        town.make()
    with pytest.raises(Refusal, match="停用"):
        services.target_end(target_id=town.archive.pk, member=member(town.keeper), now=OCTOBER_9)


def receipt(town: Town, batch: DepositBatch, **more: Any) -> DepositBatch:
    given: dict[str, Any] = {
        "receipt_no": "档收〔2022〕9 号", "receipt_on": date(2022, 10, 12), "receiver": "接收处",
        "upload": Upload("回执.png", PNG), "member": member(town.keeper),
        "now": at(date(2022, 10, 13), 9), **more,
    }  # fmt: skip
    return services.receipt_record(batch_id=batch.pk, **given)


def test_the_receipt_keeps_number_day_receiver_and_file(town: Town) -> None:
    town.public(EARLY)
    batch = receipt(town, town.send(town.make()))
    assert (batch.receipt_no, batch.receipt_on, batch.receiver) == (
        "档收〔2022〕9 号", date(2022, 10, 12), "接收处",
    )  # fmt: skip
    assert batch.receipt_file is not None and batch.receipt_file.content_type == "image/png"
    assert [f.action for f in facts.trail("deposit_batch", batch.pk)] == [
        "deposits.batch.made", "deposits.batch.sent", "deposits.batch.received",
    ]  # fmt: skip
    with pytest.raises(Refusal, match="已经登记"):
        receipt(town, batch)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"receipt_no": " "}, "receipt_no"),
        ({"receiver": ""}, "receiver"),
        ({"receipt_on": None}, "receipt_on"),
        ({"receipt_on": date(2022, 10, 9)}, "receipt_on"),
        ({"receipt_on": date(2022, 10, 14)}, "receipt_on"),
        ({"upload": None}, "receipt_file"),
        ({"upload": Upload("回执.pdf", PNG)}, "receipt_file"),
        ({"upload": Upload("回执.png", b"MZ\x90\x00")}, "receipt_file"),
        ({"upload": Upload("回执.html", b"<html><script>1</script></html>")}, "receipt_file"),
    ],
)
def test_an_incomplete_or_false_receipt_names_its_field(
    town: Town, given: dict[str, Any], field: str
) -> None:
    town.public(EARLY)
    batch = town.send(town.make())
    with pytest.raises(InvalidInput) as refused:
        receipt(town, batch, **given)
    assert set(refused.value.fields) == {field}
    assert stored(batch).receipt_on is None


def test_no_receipt_before_the_dispatch(town: Town) -> None:
    town.public(EARLY)
    with pytest.raises(Refusal, match="还没有移送"):
        receipt(town, town.make())


def test_a_dispatch_happens_once_and_says_how(town: Town) -> None:
    town.public(EARLY)
    batch = town.make()
    with pytest.raises(InvalidInput):
        town.send(batch, method=" ")
    with pytest.raises(Refusal, match="清单变了"):
        town.send(batch, manifest_sha256="0" * 64)
    town.send(batch)
    with pytest.raises(Refusal, match="已经移送"):
        town.send(batch)


def test_a_batch_of_which_all_was_withdrawn_needs_no_dispatch(town: Town) -> None:
    town.withdraw(town.public(EARLY), OCTOBER_9 - timedelta(hours=1))
    batch = town.make()
    assert (batch.item_count, batch.left_out_count) == (0, 1)
    with pytest.raises(Refusal, match="没有要移送"):
        town.send(batch)
    assert selectors.shown(batch, date(2023, 1, 1), WorkCalendar()).state == "empty"


def acts(town: Town, who: User) -> list[Callable[[], object]]:
    town.public(EARLY)
    batch = town.make()
    person = member(who)
    return [
        lambda: town.make(member=person),
        lambda: town.send(batch, member=person),
        lambda: receipt(town, batch, member=person),
        lambda: services.target_end(target_id=town.archive.pk, member=person, now=OCTOBER_9),
        lambda: services.target_add(
            owner=town.city.office, kind="library", name="市图书馆", since=SEPTEMBER,
            member=person, now=OCTOBER_9,
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("role", [r for r in Role.values if r not in ("supervisor", "operator")])
def test_other_staff_of_the_office_are_refused_by_name(town: Town, role: str) -> None:
    for act in acts(town, user_with(role, town.city.office)):
        with pytest.raises(PermissionRefused, match="主管"):
            act()


@pytest.mark.parametrize("role", [r for r in Role.values if r not in ("supervisor", "operator")])
def test_for_strangers_there_is_nothing(town: Town, role: str) -> None:
    for act in acts(town, user_with(role, town.city.bureau_b)):
        with pytest.raises(NotVisible):
            act()


def test_a_districts_supervisor_has_nothing_to_do_with_the_citys(town: Town) -> None:
    for act in acts(town, user_with("supervisor", town.city.district_1)):
        with pytest.raises(NotVisible):
            act()


def test_a_superuser_without_a_post_has_nothing_to_do_with_it(town: Town) -> None:
    for act in acts(town, UserFactory(superuser=True)):
        with pytest.raises(NotVisible):
            act()


def test_an_operator_may_do_all_of_it(town: Town) -> None:
    operator = member(user_with("operator", town.city.bureau_b))
    town.public(EARLY)
    batch = town.send(town.make(member=operator), member=operator)
    assert receipt(town, batch, member=operator).receipt_on == date(2022, 10, 12)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"kind": "museum"}, "kind"), ({"name": " "}, "name"), ({"name": "市档案馆"}, "name")],
)
def test_a_target_needs_kind_and_a_name_of_its_own(
    town: Town, given: dict[str, str], field: str
) -> None:
    wanted: dict[str, Any] = {"kind": "library", "name": "市图书馆", **given}
    with pytest.raises(InvalidInput) as refused:
        services.target_add(
            owner=town.city.office, since=SEPTEMBER, member=member(town.keeper), now=OCTOBER_9,
            **wanted,
        )  # fmt: skip
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("missing", [0, 99999])
def test_what_does_not_exist_is_not_visible(town: Town, missing: int) -> None:
    keeper = member(town.keeper)
    tries: list[Callable[[], object]] = [
        lambda: services.batch_make(
            target_id=missing, period=SEPTEMBER, member=keeper, now=OCTOBER_9
        ),
        lambda: services.batch_dispatch(
            batch_id=missing, manifest_sha256="", method="x", member=keeper, now=OCTOBER_9
        ),
        lambda: services.recall_tell(recall_id=missing, note="x", member=keeper, now=OCTOBER_9),
        lambda: services.target_end(target_id=missing, member=keeper, now=OCTOBER_9),
    ]
    for act in tries:
        with pytest.raises(NotVisible):
            act()


# --- the timer, the clock, reminders -------------------------------------------------------------


def test_the_timer_makes_every_month_that_is_over_and_only_once(town: Town) -> None:
    library = town.target(town.city.office)
    town.public(at(date(2022, 8, 9), 9))
    town.public(EARLY)
    town.public(OCTOBER)
    drain(OCTOBER)
    robot = system_member("tick")
    assert services.batches_make_due(member=robot, now=OCTOBER) == 4
    assert services.batches_make_due(member=robot, now=OCTOBER) == 0
    for target in (town.archive, library):
        assert [(b.period.month, b.item_count) for b in target.batches.order_by("period")] == [
            (8, 1), (9, 1),
        ]  # fmt: skip
    assert DepositRow.objects.filter(batch=None).count() == 2


def test_on_the_first_of_the_month_the_last_one_is_made(town: Town) -> None:
    town.public(LATE)
    drain()
    robot = system_member("tick")
    assert services.batches_make_due(member=robot, now=LATE) == 0
    assert services.batches_make_due(member=robot, now=at(date(2022, 10, 1), 0, 5)) == 1


def test_a_month_is_overdue_after_twenty_working_days(town: Town) -> None:
    town.public(EARLY)
    batch = town.make()
    calendar = WorkCalendar()
    assert selectors.shown(batch, OCTOBER_9.date(), calendar).due.date == date(2022, 11, 2)
    assert not selectors.shown(batch, date(2022, 11, 2), calendar).overdue
    assert selectors.shown(batch, date(2022, 11, 3), calendar).overdue
    sent = town.send(batch)
    assert not selectors.shown(sent, date(2023, 11, 4), calendar).overdue


def test_keepers_are_reminded_until_it_is_sent(town: Town) -> None:
    town.public(EARLY)
    batch = town.make()
    assert list(reminders.dispatches_due(OCTOBER_9.date(), date(2022, 11, 1))) == []
    (item,) = reminders.dispatches_due(OCTOBER_9.date(), date(2022, 11, 2))
    assert (item.due, item.url) == (date(2022, 11, 2), f"/desk/deposits/{batch.pk}/")
    town.send(batch)
    assert list(reminders.dispatches_due(OCTOBER_9.date(), date(2023, 1, 1))) == []


def test_a_district_hands_over_its_own(town: Town) -> None:
    district = town.target(town.city.district_1, "望城区档案馆", "archive")
    editor = user_with("editor", town.city.district_1_bureau)
    from tests.factories import make_public

    item = make_public(
        town.city, town.city.district_1_bureau, editor, now=OCTOBER, doc_no="望财发〔2022〕1号"
    )
    drain(OCTOBER + timedelta(days=1))
    assert [r.target for r in DepositRow.objects.filter(item=item)] == [district]
    office = user_with("supervisor", town.city.district_1)
    assert list(selectors.targets_for(member(office))) == [district]
    assert set(selectors.targets_for(member(town.keeper))) == set(DepositTarget.objects.all())
