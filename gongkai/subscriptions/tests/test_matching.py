"""What happens to items, and who hears of it."""

from datetime import date
from typing import Any

from gongkai.core.clock import at
from gongkai.core.models import OutboxMessage
from gongkai.portal.tests.town import DAY, Town
from gongkai.publishing.lifecycle import item_begin, item_lapse
from gongkai.publishing.models import Item
from gongkai.subscriptions import matching
from gongkai.subscriptions.models import Due, Subscriber
from gongkai.subscriptions.tests.readers import Readers, moment, target
from tests.factories import member


def told(**only: Any) -> list[tuple[str, str, int]]:
    rows = Due.objects.filter(**only).order_by("pk")
    return list(rows.values_list("subscription__kind", "event", "subject_id"))


def test_columns_sections_units_and_streams_hear_of_a_release_once(
    readers: Readers, town: Town
) -> None:
    for kind, wanted in (
        ("column", target(key="yingshang")), ("column", target(key="yingshang", fq="wenjian")),
        ("column", target(key="yingshang", fq="jiedu")), ("column", target(key="latest")),
        ("column", target(key="yingshang", district="wangcheng")), ("unit", target(key="czj")),
        ("unit", target(key="fgw")),
    ):  # fmt: skip
        readers.follow(kind, wanted)
    item = town.public(topics=["yingshang", "yingshang/wenjian"])
    readers.run()
    heard = {d.subscription.target for d in Due.objects.select_related("subscription")}
    assert heard == {target(key="yingshang"), target(key="yingshang", fq="wenjian"),
                     target(key="latest"), target(key="czj")}  # fmt: skip
    assert {(event, pk) for _, event, pk in told()} == {("published", item.pk)}
    for message in OutboxMessage.objects.filter(kind="publishing.subscriptions"):
        matching.follow(message, moment(17))
    assert len(told()) == 4, "safe to repeat"


def test_a_district_has_its_own(readers: Readers, town: Town) -> None:
    readers.follow("column", target(key="latest", district="wangcheng"))
    readers.follow("column", target(key="latest"), address="b@mail.example")
    item = town.public(unit=town.city.district_1_bureau)
    readers.run()
    followed = {d.subscription.target for d in Due.objects.select_related("subscription")}
    assert target(key="latest", district="wangcheng") in followed and told()[0][2] == item.pk


def test_who_confirmed_later_or_is_paused_hears_nothing(readers: Readers, town: Town) -> None:
    late = readers.follow("column", target(key="yingshang"), now=moment(23))
    paused = readers.follow("unit", target(key="czj"), address="b@mail.example")
    Subscriber.objects.filter(pk=paused.subscriber_id).update(paused_at=moment(8))
    readers.ask("unit", target(key="czj"), address="c@mail.example")
    town.public()
    readers.run()
    assert not Due.objects.filter(subscription=late).exists() and told() == []


def test_a_document_tells_of_versions_and_validity(readers: Readers, town: Town) -> None:
    item = town.public()
    readers.run()
    readers.document(item, now=moment(11))
    town.correct(item)
    item = Item.objects.get(pk=item.pk)
    town.correct(item, validity="repealed", change_note="已被新文件废止。", now=moment(15))
    readers.run(moment(18))
    assert told() == [("document", "changed", item.pk), ("document", "repealed", item.pk)]


def test_a_document_tells_of_dates_that_came(readers: Readers, town: Town) -> None:
    item = town.public(effective_on="2022-11-01", expires_on="2022-12-31", validity="not_yet")
    readers.run()
    readers.document(item, now=moment(11))
    robot = member(town.editor(item.unit))
    assert item_begin(item_id=item.pk, member=robot, now=at(DAY.replace(month=11)))
    assert item_lapse(item_id=item.pk, member=robot, now=at(DAY.replace(year=2023)))
    readers.run(at(DAY.replace(year=2023), 9))
    assert [event for _, event, _ in told()] == ["begun", "lapsed"]


def test_a_document_tells_of_what_explains_and_ends_it(readers: Readers, town: Town) -> None:
    policy = town.public()
    readers.run()
    readers.document(policy, now=moment(8))
    interpretation = town.fill(1, kind=town.city.kinds["interpretation"], index_no="A/2022-1")[0]
    newer = town.fill(1, kind=town.city.kinds["policy"], index_no="A/2022-2")[0]
    for source, relation in (
        (interpretation, "interprets"),
        (newer, "repeals"),
        (newer, "relates"),
    ):
        source.links_out.create(target=policy, relation=relation)
    for source in (interpretation, newer):
        message = OutboxMessage(
            subject_id=str(source.pk),
            payload={"event": "released", "version": 1},
            created_at=moment(9),
        )
        matching.follow(message, moment(9))
        matching.follow(message, moment(9))
    assert (
        set(told())
        == {
            ("document", "interpreted", interpretation.pk),
            ("document", "ended_by", newer.pk),
            ("document", "cited", newer.pk),
        }
        and len(told()) == 3
    )


def test_a_reference_that_was_there_before_is_no_news(readers: Readers, town: Town) -> None:
    policy = town.public()
    field = next(
        f["name"] for f in town.city.kinds["policy"].schema if f.get("relation") == "supersedes"
    )
    newer = town.public(facts={field: [policy.pk]}, doc_no="长财发〔2022〕77号")
    readers.run()
    readers.document(policy, now=moment(11))
    town.correct(newer, facts={field: [policy.pk]})
    readers.run(moment(18))
    assert told() == []


def test_a_withdrawal_is_told_and_history_is_not(readers: Readers, town: Town) -> None:
    item = town.public()
    readers.run()
    readers.document(item, now=moment(11))
    readers.follow("unit", target(key="czj"), now=moment(7))
    town.withdraw(item)
    [old] = town.fill(1, original_published_on=date(2019, 3, 1), index_no="A/2019-1")
    matching.follow(
        OutboxMessage(
            subject_id=str(old.pk),
            payload={"event": "released", "version": 1},
            created_at=moment(9),
        ),
        moment(9),
    )
    readers.run(moment(18))
    assert told() == [("document", "withdrawn", item.pk)]


def test_an_event_of_something_deleted_is_quiet(db: None) -> None:
    gone = OutboxMessage(subject_id="987654", payload={"event": "released"}, created_at=moment(9))
    matching.follow(gone, moment(9))
    assert told() == []


def test_the_cost_of_a_release_does_not_grow_with_its_readers(
    readers: Readers, town: Town, django_assert_max_num_queries: Any
) -> None:
    from gongkai.core.encryption import Secret
    from gongkai.subscriptions.models import ADDRESS, Subscription

    count = 20
    for number in range(count):
        who = Subscriber.objects.create(
            address=Secret.of(ADDRESS, f"r{number}@mail.example"), address_index=str(number),
            created_at=moment(7), confirmed_at=moment(7),
        )  # fmt: skip
        Subscription.objects.create(subscriber=who, kind="unit", target=target(key="czj"),
                                    frequency="daily", asked_at=moment(7), confirmed_at=moment(7))  # fmt: skip
    [item] = town.fill(1)
    message = OutboxMessage(
        subject_id=str(item.pk), payload={"event": "released", "version": 1}, created_at=moment(9)
    )
    with django_assert_max_num_queries(14):
        matching.follow(message, moment(9))
    assert len(told()) == count
