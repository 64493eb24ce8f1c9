"""Messages of the demonstration city: they arose from its services; here they are looked at.

Everything older than the last week has been read; one editor has proved an address and chosen what
comes by mail; the reminders of the day are made.
"""

from datetime import date, datetime

from django.conf import settings

from gongkai.core.clock import at
from gongkai.demo.people import acting
from gongkai.messaging import preferences, reminders, rules, services
from gongkai.messaging.models import Message
from gongkai.organisations.models import User

TODAY = date(2022, 10, 18)
READ_BEFORE = at(date(2022, 10, 13))
#: Their editor keeps an eye on mail; the name is of a domain that exists nowhere.
READER, ADDRESS = "czj_bianji", "czj.bianji@mail.example"


def build_messages() -> int:
    """Read what is old, set one person's mail up, remind of the day; returns how many messages."""
    _read_old()
    if settings.MAIL_ENABLED:
        _set_up_mail(at(date(2022, 10, 10), 9))
    reminders.remind(at(TODAY, 8))
    return Message.objects.count()


def _read_old() -> None:
    old = Message.objects.filter(created_at__lt=READ_BEFORE, read_at=None)
    newest = {
        user_id: pk
        for user_id, pk in old.order_by("created_at", "id").values_list("recipient_id", "pk")
    }
    names = dict(User.objects.filter(pk__in=newest).values_list("pk", "username"))
    moment = at(date(2022, 10, 14), 8, 30)
    for user_id, pk in newest.items():
        services.messages_read(member=acting(names[user_id], moment), now=moment, newest=pk)


def _set_up_mail(moment: datetime) -> None:
    member = acting(READER, moment)
    row = preferences.address_set(address=ADDRESS, member=member, now=moment)
    preferences.address_verify(
        code=rules.code_for(
            settings.SECRET_KEY,
            user_id=row.pk,
            address=ADDRESS,
            sent_at=moment,
        ),
        member=member,
        now=moment,
    )
    preferences.settings_change(
        channels={"publishing.released": "inbox", "review.waiting": "at_once"},
        mail_off=False,
        digest_hour=9,
        member=member,
        now=moment,
    )
