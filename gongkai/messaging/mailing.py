"""Outbox handlers that send mail: one person a mail, nothing of the content itself. The only place
that hands a letter to the mail server, for staff and for readers who subscribed.

Addresses and letters are never written to a log, a fact or an outbox row: a failing mail server
leaves the name of the error only.
"""

import logging
from datetime import datetime
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse

from gongkai.core.clock import day_of
from gongkai.core.models import OutboxMessage
from gongkai.messaging import rules
from gongkai.messaging.enums import Channel, Mail
from gongkai.messaging.models import MailSettings, Message
from gongkai.messaging.registry import notice_kind
from gongkai.messaging.selectors import channel_of, chosen
from gongkai.organisations.models import User

logger = logging.getLogger("gongkai.messaging")

CODE_JOB = "messaging.code"


class MailUndelivered(Exception):
    """The mail server could not be reached or refused to work; the outbox tries again.

    Carries no address: what it says is kept with the outbox row.
    """


def absolute(path: str) -> str:
    """A page of this platform as a mail links to it."""
    return urljoin(f"{settings.BASE_URL}/", path)


def settings_link() -> str:
    """Where a person changes what they get."""
    return absolute(reverse("messaging-desk:settings"))


def deliver(
    letter: rules.Letter,
    address: str,
    connection: BaseEmailBackend | None = None,
    *,
    leave_link: str = "",
) -> bool:
    """Send one letter; False when the address is refused for good. Raises MailUndelivered.

    The subject is one line by construction, and Django refuses a header with a line break in any
    case. The list headers let a mail program show its own "unsubscribe": for staff it leads to their
    settings, with ``leave_link`` a single POST to that address ends it (RFC 8058).
    """
    headers = {
        "List-Unsubscribe": f"<{leave_link or settings_link()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if leave_link:
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[address],
        connection=connection,
        headers=headers,
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(500 <= code < 600 for code in codes):
            return False
        raise MailUndelivered("对方邮件服务器暂时不收") from None
    except (SMTPException, OSError) as error:
        raise MailUndelivered(f"邮件服务器不可用（{type(error).__name__}）") from None
    return True


def send_notice(message: OutboxMessage, now: datetime) -> None:
    """Mail one notice to those who asked for it at once, each once.

    Who has read it meanwhile, has turned mail off or has no proved address any more gets none. A
    mail server that fails for one person is tried again later, for those who still wait only.
    """
    data = message.payload
    rows = list(
        Message.objects.filter(
            kind=data["kind"], key=data["key"], recipient_id__in=data["to"], mail=Mail.WAITING
        ).order_by("id")
    )
    if not rows:
        return
    kind = notice_kind(data["kind"])
    ids = [row.recipient_id for row in rows]
    people = {user.pk: user for user in User.objects.filter(pk__in=ids).select_related(None)}
    ready = MailSettings.objects.filter(user_id__in=ids, mail_off=False).exclude(verified_at=None)
    may = set(ready.values_list("user_id", flat=True))
    choices = chosen(ids)
    today = day_of(now)
    undelivered: MailUndelivered | None = None
    connection = get_connection()
    for row in rows:
        user = people[row.recipient_id]
        wanted = (
            settings.MAIL_ENABLED
            and row.read_at is None
            and user.is_active
            and user.email
            and user.pk in may
            and channel_of(kind, choices.get(user.pk, {})) == Channel.AT_ONCE
        )
        if not wanted:
            _mark(row, Mail.DROPPED)
            continue
        letter = rules.notice_letter(
            rules.Line(
                row.title,
                absolute(reverse("messaging-desk:open", args=[row.pk])),
                f"{row.due:%Y-%m-%d}（{rules.due_words(row.due, today=today)}）" if row.due else "",
            ),
            name=str(user),
            settings_link=settings_link(),
        )
        try:
            accepted = deliver(letter, user.email, connection)
        except MailUndelivered as error:
            undelivered = error
            continue
        _mark(row, Mail.SENT if accepted else Mail.REFUSED)
        if not accepted:
            refused(user.pk, now)
    if undelivered is not None:
        raise undelivered


def _mark(row: Message, mail: Mail) -> None:
    row.mail = mail
    row.save(update_fields=["mail"])


def refused(user_id: int, now: datetime) -> None:
    """The address does not exist any more: write to it no longer, and say so on the settings page."""
    MailSettings.objects.filter(user_id=user_id).update(verified_at=None, refused_at=now)


def send_code(message: OutboxMessage, now: datetime) -> None:
    """Mail the code that proves an address; a newer request makes an older one void."""
    row = MailSettings.objects.select_related("user").filter(user_id=message.subject_id).first()
    if row is None or row.code_sent_at is None or not row.user.email or not settings.MAIL_ENABLED:
        return
    if message.payload["sent_at"] != rules.stamp(row.code_sent_at) or row.verified_at is not None:
        return
    code = rules.code_for(
        settings.SECRET_KEY, user_id=row.pk, address=row.user.email, sent_at=row.code_sent_at
    )
    letter = rules.code_letter(code, name=str(row.user), settings_link=settings_link())
    if not deliver(letter, row.user.email):
        refused(row.pk, now)
