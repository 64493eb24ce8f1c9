"""Mail: what is sent, to whom, once each; and what happens when the server says no."""

from collections.abc import Sequence
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from gongkai.core import outbox
from gongkai.core.models import Fact, OutboxMessage
from gongkai.messaging import mailing, rules
from gongkai.messaging.audience import people
from gongkai.messaging.enums import Mail
from gongkai.messaging.models import MailSettings, Message
from gongkai.messaging.tests.conftest import KIND, NOW, URGENT, tell, with_mail
from gongkai.organisations.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=30)


@pytest.fixture
def reader(db: None, settings: Any) -> User:
    settings.BASE_URL = "https://gk.example"
    return with_mail(UserFactory(username="lisi", display_name="李四"))


class Server(BaseEmailBackend):
    """A mail server that refuses what its class attributes say."""

    refuses: dict[str, int] = {}
    down = False
    taken: list[str] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            (address,) = message.recipients()
            if Server.down:
                raise SMTPServerDisconnected(f"lost while sending to {address}")
            if address in Server.refuses:
                raise SMTPRecipientsRefused({address: (Server.refuses[address], b"no such user")})
            Server.taken.append(address)
        return len(email_messages)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, settings: Any) -> type[Server]:
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    monkeypatch.setattr(Server, "refuses", {})
    monkeypatch.setattr(Server, "down", False)
    monkeypatch.setattr(Server, "taken", [])
    return Server


def state_of(user: User) -> str:
    return Message.objects.get(recipient=user).mail


# --- what a mail says ---------------------------------------------------------------------------


def test_a_mail_has_title_due_date_and_link_and_no_body(reader: User) -> None:
    tell(
        reader, kind=URGENT, title="督办通知等待回复", body="《未公开的标题》具体内容",
        due=date(2022, 10, 20),
    )  # fmt: skip
    assert outbox.run(now=NOW) == 1
    (sent,) = mail.outbox
    row = Message.objects.get()
    assert sent.to == ["lisi@mail.example"] and sent.cc == sent.bcc == []
    assert sent.subject == "【政务公开】督办通知等待回复"
    assert f"https://gk.example/desk/messages/{row.pk}/" in sent.body
    assert "期限：2022-10-20（还有 2 天到期）" in sent.body
    assert "未公开的标题" not in sent.body and "/desk/review/" not in sent.body
    assert "https://gk.example/desk/messages/settings/" in sent.body
    assert sent.message().get_content_type() == "text/plain"
    assert row.mail == Mail.SENT


def test_a_mail_says_where_to_unsubscribe_and_that_no_person_wrote_it(reader: User) -> None:
    tell(reader, kind=URGENT)
    outbox.run(now=NOW)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe"] == "<https://gk.example/desk/messages/settings/>"
    assert headers["Auto-Submitted"] == "auto-generated"


def test_a_title_with_line_breaks_makes_no_further_header(reader: User) -> None:
    tell(reader, kind=URGENT, title="退回\r\nBcc: everybody@evil.example\n\n<b>内容</b>")
    assert outbox.run(now=NOW) == 1
    message = mail.outbox[0].message()
    assert message["Bcc"] is None
    assert mail.outbox[0].recipients() == ["lisi@mail.example"]
    assert message.get_content_type() == "text/plain"


# --- to whom, once each -------------------------------------------------------------------------


def test_each_reader_gets_a_mail_of_their_own(reader: User) -> None:
    other = with_mail(UserFactory())
    tell(reader, other, kind=URGENT)
    outbox.run(now=NOW)
    assert sorted(m.to for m in mail.outbox) == sorted([[reader.email], [other.email]])


def test_running_the_effect_again_sends_nothing_again(reader: User) -> None:
    tell(reader, kind=URGENT)
    outbox.run(now=NOW)
    mailing.send_notice(OutboxMessage.objects.get(), LATER)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("change", ["read", "off", "unproved", "inactive", "no address", "chose"])
def test_who_needs_or_wants_no_mail_any_more_gets_none(reader: User, change: str) -> None:
    tell(reader, kind=URGENT)
    if change == "read":
        Message.objects.update(read_at=NOW)
    elif change == "off":
        MailSettings.objects.update(mail_off=True)
    elif change == "unproved":
        MailSettings.objects.update(verified_at=None)
    elif change == "inactive":
        User.objects.filter(pk=reader.pk).update(is_active=False)
    elif change == "no address":
        User.objects.filter(pk=reader.pk).update(email="")
    else:
        reader.notice_settings.create(kind=URGENT, channel="inbox")
    assert outbox.run(now=NOW) == 1
    assert mail.outbox == [] and state_of(reader) == Mail.DROPPED


def test_mail_switched_off_between_asking_and_sending_is_dropped(
    reader: User, settings: Any
) -> None:
    tell(reader, kind=URGENT)
    settings.MAIL_ENABLED = False
    outbox.run(now=NOW)
    assert mail.outbox == [] and state_of(reader) == Mail.DROPPED


# --- a server that says no ----------------------------------------------------------------------


def test_a_server_that_is_down_is_tried_again_and_nobody_is_written_to_twice(
    reader: User, server: type[Server]
) -> None:
    other = with_mail(UserFactory(username="wang"))
    tell(reader, other, kind=URGENT)
    server.refuses = {reader.email: 451}
    assert outbox.run(now=NOW) == 0
    assert server.taken == [other.email]
    assert (state_of(reader), state_of(other)) == (Mail.WAITING, Mail.SENT)
    server.refuses = {}
    assert outbox.run(now=LATER) == 1
    assert server.taken == [other.email, reader.email]


def test_a_refused_address_is_written_to_no_more_and_its_owner_sees_why(
    reader: User, server: type[Server]
) -> None:
    server.refuses = {reader.email: 550}
    tell(reader, kind=URGENT)
    assert outbox.run(now=NOW) == 1
    row = MailSettings.objects.get(user=reader)
    assert (row.verified_at, row.refused_at) == (None, NOW)
    assert state_of(reader) == Mail.REFUSED


def test_a_failure_leaves_no_address_in_outbox_or_log(
    reader: User, server: type[Server], caplog: pytest.LogCaptureFixture
) -> None:
    server.down = True
    tell(reader, kind=URGENT)
    outbox.run(now=NOW)
    row = OutboxMessage.objects.get()
    assert "SMTPServerDisconnected" in row.error
    assert "lisi" not in row.error + str(row.payload)
    assert "lisi@" not in caplog.text and "lost while" not in caplog.text


def test_no_fact_holds_an_address(reader: User) -> None:
    tell(reader, kind=URGENT)
    outbox.run(now=NOW)
    assert not any(reader.email in str(f.details) + f.actor_name for f in Fact.objects.all())


# --- the code that proves an address ------------------------------------------------------------


def ask_for_code(user: User) -> OutboxMessage:
    stamp = rules.stamp(NOW)
    MailSettings.objects.filter(user=user).update(verified_at=None, code_sent_at=NOW)
    return OutboxMessage(
        kind=mailing.CODE_JOB, subject_kind="user", subject_id=str(user.pk),
        payload={"sent_at": stamp},
    )  # fmt: skip


def test_the_code_goes_to_the_address_and_stands_nowhere_else(reader: User, settings: Any) -> None:
    mailing.send_code(ask_for_code(reader), NOW)
    code = rules.code_for(settings.SECRET_KEY, user_id=reader.pk, address=reader.email, sent_at=NOW)
    (sent,) = mail.outbox
    assert sent.to == [reader.email] and code in sent.body
    assert code not in sent.subject


@pytest.mark.parametrize("change", ["newer", "proved", "removed", "off"])
def test_a_code_that_is_void_is_not_sent(reader: User, settings: Any, change: str) -> None:
    message = ask_for_code(reader)
    if change == "newer":
        MailSettings.objects.update(code_sent_at=LATER)
    elif change == "proved":
        MailSettings.objects.update(verified_at=NOW)
    elif change == "removed":
        User.objects.filter(pk=reader.pk).update(email="")
    else:
        settings.MAIL_ENABLED = False
    mailing.send_code(message, NOW)
    assert mail.outbox == []


def test_a_code_refused_for_good_is_told_on_the_settings_page(
    reader: User, server: type[Server]
) -> None:
    server.refuses = {reader.email: 550}
    mailing.send_code(ask_for_code(reader), NOW)
    assert MailSettings.objects.get(user=reader).refused_at == NOW


def test_an_ordinary_kind_waits_for_the_digest(reader: User) -> None:
    tell(to=people(reader.pk), kind=KIND)
    outbox.run(now=NOW)
    assert mail.outbox == [] and OutboxMessage.objects.count() == 0
