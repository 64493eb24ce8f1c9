"""Subscribing, confirming, leaving: every transition and refusal, and what is kept of an address."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings

from gongkai.core.encryption import Secret, blind_index
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.core.models import Fact, OutboxMessage
from gongkai.portal.tests.town import Town
from gongkai.subscriptions import rules, services
from gongkai.subscriptions.enums import Leave
from gongkai.subscriptions.models import ADDRESS as PURPOSE
from gongkai.subscriptions.models import Subscriber, Subscription
from gongkai.subscriptions.registry import followable
from gongkai.subscriptions.tests.readers import ADDRESS, Readers, moment, path_in, target

COLUMN = target(key="yingshang")


def test_nothing_counts_before_it_is_confirmed(readers: Readers) -> None:
    readers.ask("column", COLUMN)
    row = Subscription.objects.get()
    assert row.confirmed_at is None and row.subscriber.confirmed_at is None
    readers.run()
    [letter] = mail.outbox
    assert letter.to == [ADDRESS] and "栏目：优化营商环境" in letter.body
    assert path_in(letter.body, "queren") and path_in(letter.body, "tuiding")
    assert services.confirm(subscription_id=row.pk, now=moment(8))
    assert services.confirm(subscription_id=row.pk, now=moment(9)), "safe to repeat"
    row.refresh_from_db()
    assert row.confirmed_at == moment(8)
    assert Fact.objects.filter(action="subscriptions.subscription.confirmed").count() == 1


NOWHERE = (
    ("column", target(key="none")), ("column", target(key="yingshang", fq="none")),
    ("column", target(key="unit-czj")), ("column", "fq=&key=yingshang"), ("column", ""),
    ("unit", target(key="none")), ("document", target(key="987654")),
    ("document", target(key="9" * 30)), ("search", target(type="policy")),
    ("search", target(q="430102199003071234")), ("nothing", COLUMN),
)  # fmt: skip
NO_ADDRESS = ("", "x", "a@b", "a@b.cn\nBcc: c@d.cn", "a b@c.cn", "x" * 130 + "@b.cn")


def test_what_is_not_there_cannot_be_followed(readers: Readers) -> None:
    for kind, wanted in NOWHERE:
        with pytest.raises(InvalidInput):
            readers.ask(kind, wanted)
    assert not Subscriber.objects.exists()


def test_an_address_must_be_one(readers: Readers) -> None:
    for address in NO_ADDRESS:
        with pytest.raises(InvalidInput) as told:
            readers.ask("column", COLUMN, address=address)
        assert "address" in told.value.fields
    assert not Subscriber.objects.exists()


def test_a_draft_cannot_be_followed_and_a_withdrawn_item_tells_no_title(
    readers: Readers, town: Town
) -> None:
    kind = followable("document")
    assert kind
    draft, item = town.draft(title="秘密草稿"), town.public(title="要撤回的标题")
    assert kind.canonical({"key": [str(draft.pk)]}) == ""
    assert not kind.describe([target(key=str(draft.pk))])
    assert (
        kind.describe([target(key=str(item.pk))])[target(key=str(item.pk))].title == "要撤回的标题"
    )
    town.withdraw(item)
    assert kind.canonical({"key": [str(item.pk)]}) == ""
    [gone] = kind.describe([target(key=str(item.pk))]).values()
    assert gone.gone and "要撤回" not in gone.title


def test_without_mail_only_feeds_are_offered(readers: Readers, settings: Any) -> None:
    settings.MAIL_ENABLED = False
    with pytest.raises(Refusal):
        readers.ask("column", COLUMN)
    assert not Subscriber.objects.exists()


def test_one_address_is_one_row_however_it_is_written(readers: Readers) -> None:
    readers.ask("column", COLUMN, address=" DuZhe.Canary@MAIL.example")
    readers.ask("unit", target(key="czj"))
    readers.ask("column", COLUMN, frequency="weekly")
    assert Subscriber.objects.count() == 1 and Subscription.objects.count() == 2
    assert Subscription.objects.get(kind="column").frequency == "weekly", "the last word counts"


def test_an_address_under_an_old_key_is_found(readers: Readers) -> None:
    with override_settings(DATA_KEYS={1: b"\x01" * 32}):
        readers.ask("column", COLUMN)
    with override_settings(DATA_KEYS={1: b"\x01" * 32, 2: b"\x02" * 32}):
        readers.ask("unit", target(key="czj"))
    assert Subscriber.objects.count() == 1


def test_nobody_learns_who_subscribed(readers: Readers) -> None:
    readers.follow("column", COLUMN)
    readers.ask("column", COLUMN, now=moment(8))
    readers.ask("column", COLUMN, address="other@mail.example", now=moment(8))
    readers.run()
    mine = next(m for m in mail.outbox if m.to == [ADDRESS])
    assert "不用再订" in mine.body and path_in(mine.body, "guanli")
    assert Subscription.objects.filter(confirmed_at=None).count() == 1


def test_nobody_can_add_to_anothers_address(readers: Readers) -> None:
    readers.follow("column", COLUMN)
    readers.ask("unit", target(key="czj"))
    assert Subscription.objects.get(kind="unit").confirmed_at is None


def test_a_strangers_mailbox_cannot_be_flooded(readers: Readers) -> None:
    for number in range(rules.LETTERS_A_DAY + 4):
        readers.ask("search", target(q=f"公积金{number}"), now=moment(8, number))
    services.manage_link_send(address=ADDRESS, now=moment(9))
    readers.run()
    assert len(mail.outbox) == rules.LETTERS_A_DAY
    services.manage_link_send(address=ADDRESS, now=moment(9) + timedelta(days=1))
    readers.run(moment(10) + timedelta(days=1))
    assert len(mail.outbox) == rules.LETTERS_A_DAY + 1


def test_an_address_follows_so_much_and_no_more(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST", 2)
    for name in "abc":
        readers.ask("search", target(q=name), now=moment(8, ord(name) % 60))
    readers.run()
    assert Subscription.objects.count() == 2 and "订阅已满" in mail.outbox[-1].subject


def test_the_link_to_ones_own_goes_to_known_addresses_only(readers: Readers) -> None:
    readers.follow("column", COLUMN)
    services.manage_link_send(address="nobody@mail.example", now=moment(8))
    services.manage_link_send(address=ADDRESS.upper(), now=moment(8))
    readers.run()
    assert [m.to for m in mail.outbox] == [[ADDRESS]] and path_in(mail.outbox[0].body, "guanli")


def test_the_frequency_is_the_owners_to_change(readers: Readers) -> None:
    row = readers.follow("column", COLUMN)
    other = readers.follow("unit", target(key="czj"), address="other@mail.example")
    change = {"subscription_id": row.pk, "now": moment(9)}
    assert services.frequency_set(subscriber_id=row.subscriber_id, frequency="weekly", **change)
    assert not services.frequency_set(
        subscriber_id=other.subscriber_id, frequency="daily", **change
    )
    with pytest.raises(InvalidInput):
        services.frequency_set(subscriber_id=row.subscriber_id, frequency="hourly", **change)
    row.refresh_from_db()
    assert row.frequency == "weekly"


def test_leaving_the_last_one_deletes_the_address(readers: Readers) -> None:
    row = readers.follow("column", COLUMN)
    second = readers.follow("unit", target(key="czj"))
    other = readers.follow("unit", target(key="czj"), address="other@mail.example")
    out = {"how": Leave.PAGE, "now": moment(9)}
    assert services.leave(subscriber_id=row.subscriber_id, ids=[other.pk], **out) == 0
    assert services.leave(subscriber_id=row.subscriber_id, ids=[row.pk], **out) == 1
    assert Subscriber.objects.filter(pk=row.subscriber_id).exists()
    assert services.leave(subscriber_id=row.subscriber_id, ids=[second.pk, row.pk], **out) == 1
    assert not Subscriber.objects.filter(pk=row.subscriber_id).exists()
    assert services.leave(subscriber_id=row.subscriber_id, ids=[second.pk], **out) == 0
    left = Fact.objects.filter(action="subscriptions.subscription.left").order_by("pk")
    assert [fact.details["address_deleted"] for fact in left] == [False, True]
    assert Subscription.objects.get() == other
    assert services.leave_all(subscriber_id=other.subscriber_id, now=moment(10)) == 1
    assert not Subscriber.objects.exists()


def test_what_nobody_confirmed_is_gone_after_three_days(readers: Readers) -> None:
    readers.ask("column", COLUMN)
    kept = readers.follow("unit", target(key="czj"), address="other@mail.example")
    assert services.expire(moment(7) + rules.CONFIRM_LIFE) == 0
    assert services.expire(moment(8) + rules.CONFIRM_LIFE) == 1
    assert list(Subscriber.objects.all()) == [kept.subscriber]
    assert services.expire(moment(8) + rules.CONFIRM_LIFE) == 0


def test_a_paused_address_is_gone_after_ninety_days(readers: Readers) -> None:
    row = readers.follow("column", COLUMN)
    Subscriber.objects.update(paused_at=moment(8))
    assert services.expire(moment(7) + rules.PAUSED_LIFE) == 0
    assert services.expire(moment(9) + rules.PAUSED_LIFE) == 1
    assert not Subscriber.objects.filter(pk=row.subscriber_id).exists()


def test_the_address_stands_nowhere_in_the_clear(
    readers: Readers, caplog: pytest.LogCaptureFixture
) -> None:
    """The canary: after everything that can happen to an address, it is in no fact, outbox row or
    log, and in the table only encrypted."""
    row = readers.follow("search", target(q="搜寻金丝雀"))
    services.frequency_set(
        subscriber_id=row.subscriber_id, subscription_id=row.pk, frequency="daily", now=moment(9)
    )
    services.manage_link_send(address=ADDRESS, now=moment(9))
    readers.run()
    stored = str(list(Subscriber.objects.values())) + str(list(Subscription.objects.values()))
    services.leave_all(subscriber_id=row.subscriber_id, now=moment(10))
    everywhere = stored + caplog.text
    for rows in (Fact.objects.values(), OutboxMessage.objects.values()):
        everywhere += str(list(rows))
    for word in (ADDRESS, ADDRESS.partition("@")[0], "canary"):
        assert word not in everywhere
    facts = str(list(Fact.objects.filter(subject_kind="subscription").values()))
    assert "金丝雀" not in facts and "搜寻" not in facts and "subscription" in facts
    assert Secret(PURPOSE, row.subscriber.address.token).reveal() == ADDRESS
    assert row.subscriber.address_index == blind_index(PURPOSE, ADDRESS)
