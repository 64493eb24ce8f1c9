"""Notices, people and mail for the tests of messaging."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction

from gongkai.messaging import registry
from gongkai.messaging.audience import Audience, people
from gongkai.messaging.models import KindSetting, MailSettings, Message
from gongkai.messaging.services import notify
from gongkai.organisations.models import User
from tests.factories import City, make_city, moment

NOW = moment(9)
KIND, URGENT, SILENT = "test.plain", "test.urgent", "test.silent"
URL = "/desk/review/"


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three kinds of our own beside the real ones, and no due source."""
    monkeypatch.setattr(registry, "_KINDS", dict(registry._KINDS))
    monkeypatch.setattr(registry, "_SOURCES", {})
    registry.register_notice_kind(KIND, "普通提醒")
    registry.register_notice_kind(URGENT, "紧急提醒", urgent=True)
    registry.register_notice_kind(SILENT, "站内提醒", mail=False)
    yield


@pytest.fixture
def city(db: None) -> City:
    return make_city()


def tell(
    *users: User,
    kind: str = KIND,
    key: str = "1",
    title: str = "一件事",
    now: datetime = NOW,
    to: Audience | None = None,
    skip: int | None = None,
    url: str = URL,
    body: str = "",
    due: object = None,
) -> int:
    with transaction.atomic():
        return notify(
            kind=kind,
            to=to if to is not None else people(*(u.pk for u in users)),
            title=title,
            url=url,
            key=key,
            now=now,
            skip=skip,
            body=body,
            due=due,  # type: ignore[arg-type]
        )


def with_mail(user: User, *, hour: int = 8, off: bool = False, **channels: str) -> User:
    """Give a person a proved address; keywords are kinds with ``_`` for the dot."""
    user.email = f"{user.username}@mail.example"
    user.save(update_fields=["email"])
    MailSettings.objects.create(
        user=user, verified_at=NOW, code_sent_at=NOW, digest_hour=hour, mail_off=off
    )
    for kind, channel in channels.items():
        KindSetting.objects.create(user=user, kind=kind.replace("_", ".", 1), channel=channel)
    return user


def inbox_of(user: User) -> list[str]:
    return list(Message.objects.filter(recipient=user).values_list("title", flat=True))
