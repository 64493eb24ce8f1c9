"""Letters: what is in them, when they go, and what becomes of addresses that they do not reach."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from gongkai.core import outbox
from gongkai.core.models import OutboxMessage
from gongkai.messaging.models import Message
from gongkai.portal.tests.town import Town
from gongkai.subscriptions import rules, sending
from gongkai.subscriptions.enums import State
from gongkai.subscriptions.models import Due, Subscriber, Subscription
from gongkai.subscriptions.registry import Told, lines_of
from gongkai.subscriptions.tests.readers import ADDRESS, Readers, moment, path_in, target

WEEK = timedelta(days=7)


def test_a_letter_names_titles_units_days_and_links(readers: Readers, town: Town) -> None:
    readers.follow("column", target(key="yingshang"))
    readers.follow("unit", target(key="czj"))
    item = town.public(title="关于补助的通知", body="<p>正文里的话。</p>")
    [letter] = readers.letters()
    assert letter.to == [ADDRESS] and "2 条更新" in letter.subject
    assert (
        "■ 栏目：优化营商环境（长沙政务公开）" in letter.body
        and "■ 单位专栏：长沙市财政局" in letter.body
    )
    assert f"/nr/{item.pk}/" in letter.body and "2022年10月18日" in letter.body
    assert "正文里的话" not in letter.body
    [(html, kind)] = letter.alternatives
    assert kind == "text/html" and "关于补助的通知" in html and "style=" not in html
    assert readers.letters(moment(17)) == [], "once"


def test_mail_programs_are_offered_one_click(readers: Readers, town: Town) -> None:
    row = readers.follow("unit", target(key="czj"))
    town.public()
    [letter] = readers.letters()
    headers = letter.extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<http")
    assert path_in(headers["List-Unsubscribe"], "tuiding") and path_in(letter.body, "guanli")
    assert str(row.subscriber.key) not in letter.body and ADDRESS not in letter.body


def test_what_was_withdrawn_before_sending_is_not_in_it(readers: Readers, town: Town) -> None:
    readers.follow("unit", target(key="czj"))
    gone, kept = (
        town.public(title="撤下来的标题"),
        town.public(title="留着的标题", doc_no="长财发〔2022〕88号"),
    )
    readers.run()
    assert Due.objects.count() == 2
    town.withdraw(gone)
    [letter] = readers.letters()
    whole = letter.body + letter.subject + letter.alternatives[0][0]
    assert "留着的标题" in whole and "撤下来" not in whole and f"/nr/{kept.pk}/" in whole


def test_a_withdrawal_is_told_without_the_title(readers: Readers, town: Town) -> None:
    item = town.public(title="撤下来的标题")
    readers.run()
    readers.document(item, now=moment(11))
    item = town.withdraw(item)
    [letter] = readers.letters()
    whole = letter.body + letter.subject + letter.alternatives[0][0]
    assert "已撤回" in letter.subject and item.index_no in whole and "撤下来" not in whole


def test_nothing_left_to_tell_sends_nothing(readers: Readers, town: Town) -> None:
    readers.follow("unit", target(key="czj"))
    item = town.public()
    readers.run()
    town.withdraw(item)
    assert readers.letters() == []
    assert set(Due.objects.values_list("state", flat=True)) == {State.DROPPED}


def test_digests_go_at_their_time_and_in_one_letter(readers: Readers, town: Town) -> None:
    readers.follow("unit", target(key="czj"), frequency="daily")
    readers.follow("column", target(key="yingshang"), frequency="weekly")
    town.public()
    assert readers.letters(moment(7) + timedelta(days=1)) == [], "too early"
    [daily] = readers.letters(moment(8) + timedelta(days=1))
    assert "单位专栏" in daily.body and "栏目：" not in daily.body
    assert readers.letters(moment(23) + timedelta(days=1)) == []
    assert readers.letters(moment(7) - timedelta(days=1) + WEEK) == [], "Monday, too early"
    [weekly] = readers.letters(moment(8) - timedelta(days=1) + WEEK)
    assert "栏目：优化营商环境" in weekly.body
    assert readers.letters(moment(8) + WEEK) == []


def test_leaving_stops_what_is_on_its_way(readers: Readers, town: Town) -> None:
    row = readers.follow("unit", target(key="czj"))
    town.public()
    readers.run()
    sending.queue(moment(16))
    Subscription.objects.filter(pk=row.pk).delete()
    mail.outbox.clear()
    readers.run(moment(17))
    assert mail.outbox == []


def failing(error: Exception) -> Callable[..., int]:
    """A mail server that fails in one way."""

    def send(message: EmailMultiAlternatives, *args: Any, **kwargs: Any) -> int:
        raise error

    return send


def test_three_refusals_pause_the_address(
    readers: Readers, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = readers.follow("unit", target(key="czj"))
    refused = failing(SMTPRecipientsRefused({ADDRESS: (550, b"no such user")}))
    monkeypatch.setattr(EmailMultiAlternatives, "send", refused)
    for number in range(rules.MOST_FAILURES):
        assert Subscriber.objects.get().paused_at is None
        town.public(doc_no=f"长财发〔2022〕9{number}号", now=moment(9))
        readers.letters(moment(16) + timedelta(minutes=5 * number))
    who = Subscriber.objects.get()
    assert who.failures == rules.MOST_FAILURES and who.paused_at is not None
    monkeypatch.undo()
    town.public(doc_no="长财发〔2022〕99号")
    assert readers.letters(moment(18)) == []
    # Its owner asks for it again and confirms: it goes on.
    from gongkai.subscriptions import services

    assert services.confirm(subscription_id=row.pk, now=moment(19))
    assert Subscriber.objects.get().paused_at is None


def test_a_server_that_is_away_is_tried_again_and_then_told_to_operators(
    readers: Readers, town: Town, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.factories import user_with

    user_with("operator", town.city.office)
    readers.follow("unit", target(key="czj"))
    town.public()
    monkeypatch.setattr(EmailMultiAlternatives, "send", failing(SMTPServerDisconnected(ADDRESS)))
    readers.run()
    sending.queue(moment(16))
    later = moment(17)
    for _ in range(outbox.MAX_ATTEMPTS):
        readers.run(later)
        later += timedelta(hours=2)
    message = OutboxMessage.objects.get(kind=sending.LETTER_JOB)
    assert "MailUndelivered" in message.error
    assert message.attempts == outbox.MAX_ATTEMPTS and ADDRESS not in message.error + caplog.text
    assert Subscriber.objects.get().failures == 1
    assert Message.objects.get(kind="outbox.mail_failed").title.startswith("“发送订阅邮件”")
    monkeypatch.undo()
    [letter] = readers.letters(later)
    assert letter.to == [ADDRESS], "the same things again in another letter"
    assert Subscriber.objects.get().failures == 0


def test_many_readers_are_served_in_pieces(
    readers: Readers, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BATCH", 2)
    for number in range(5):
        readers.follow("unit", target(key="czj"), address=f"r{number}@mail.example")
    town.public()
    readers.run()
    monkeypatch.setattr(sending, "PIECES", 1)
    assert sending.queue(moment(16)) == 2 and sending.queue(moment(16)) == 2
    monkeypatch.setattr(sending, "PIECES", 50)
    assert sending.queue(moment(16)) == 1 and sending.queue(moment(16)) == 0
    readers.run(moment(17))
    assert sorted(m.to[0] for m in mail.outbox) == [f"r{n}@mail.example" for n in range(5)]


def test_without_mail_nothing_is_collected(readers: Readers, town: Town, settings: Any) -> None:
    readers.follow("unit", target(key="czj"))
    town.public()
    settings.MAIL_ENABLED = False
    assert readers.letters() == []


def test_words_come_from_what_is_public_only(town: Town) -> None:
    draft = town.draft(title="秘密草稿")
    for event in ("published", "withdrawn", "changed"):
        assert not lines_of("item", [Told(event, draft.pk)])
    assert not lines_of("item", [Told("published", 987654)]) and not lines_of("none", [])
