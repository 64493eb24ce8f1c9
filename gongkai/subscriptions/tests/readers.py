"""Subscribing as readers do, and running what happens behind it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import mail

from gongkai.core import outbox
from gongkai.portal.tests.town import Town, moment
from gongkai.publishing.models import Item
from gongkai.subscriptions import links, services
from gongkai.subscriptions.kinds import document_target
from gongkai.subscriptions.models import Subscription
from gongkai.subscriptions.rules import canonical
from gongkai.subscriptions.sending import queue

SEVEN, FOUR = moment(7), moment(16)
ADDRESS = "duzhe.canary@mail.example"


def target(**values: str) -> str:
    return canonical({name: [value] for name, value in values.items()})


@dataclass
class Readers:
    """One town and whoever follows something in it."""

    town: Town

    def ask(self, kind: str, wanted: str, *, address: str = ADDRESS, frequency: str = "at_once",
            now: datetime = SEVEN) -> None:  # fmt: skip
        services.subscribe(kind=kind, target=wanted, address=address, frequency=frequency, now=now)

    def follow(self, kind: str, wanted: str, **more: Any) -> Subscription:
        """Ask and confirm; the letters of that are run and thrown away."""
        now = more.get("now", SEVEN)
        before = set(Subscription.objects.values_list("pk", flat=True))
        self.ask(kind, wanted, **more)
        row = Subscription.objects.exclude(pk__in=before).get()
        self.run(now)
        assert services.confirm(subscription_id=row.pk, now=now)
        mail.outbox.clear()
        return Subscription.objects.select_related("subscriber").get(pk=row.pk)

    def document(self, item: Item, **more: Any) -> Subscription:
        return self.follow("document", document_target(item.pk), **more)

    def run(self, now: datetime = FOUR) -> None:
        """The worker: side effects until nothing is left."""
        while outbox.run(now=now, limit=500):
            pass

    def letters(self, now: datetime = FOUR) -> list[Any]:
        """What is sent when the timer and the worker run; what happened is told first."""
        mail.outbox.clear()
        self.run(now)
        queue(now)
        self.run(now + timedelta(seconds=1))
        return list(mail.outbox)


def path_in(text: str, name: str) -> str:
    """The path of the first link of a mail that leads to a page of ours."""
    found = re.search(rf"https?://[^/\s]+(/f/dingyue/{name}/[^\s>]+)", text)
    assert found, text
    return found[1]


__all__ = ["ADDRESS", "Readers", "links", "moment", "path_in", "target"]
