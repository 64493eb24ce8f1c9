"""Readers' subscriptions in all states (demonstration). Addresses are of a domain that exists
nowhere, and their letters become files like all mail of a demonstration."""

from datetime import date, datetime

from django.conf import settings

from gongkai.core import outbox
from gongkai.core.clock import at
from gongkai.core.models import OutboxMessage
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import ItemLink
from gongkai.subscriptions import sending, services
from gongkai.subscriptions.enums import Leave
from gongkai.subscriptions.kinds import document_target
from gongkai.subscriptions.models import Subscriber, Subscription
from gongkai.subscriptions.rules import MOST_FAILURES, canonical

TODAY = date(2022, 10, 18)
BEGUN = at(date(2022, 9, 24), 9, 30)


def build_subscriptions() -> None:
    """Before the side effects of the month run, so that what was published since is told."""
    ended = ItemLink.objects.filter(
        relation="repeals", source__published_at__gt=BEGUN, target__visibility=Visibility.PUBLIC
    )
    link = ended.select_related("target").order_by("pk").first()
    if not settings.MAIL_ENABLED or link is None:
        return
    document = link.target
    yingshang = _target(key="yingshang")
    wanted = (
        ("wang", "column", yingshang, "daily"),
        ("wang", "document", document_target(document.pk), "at_once"),
        ("wang", "search", _target(q="住房公积金"), "weekly"),
        ("li", "column", yingshang, "weekly"),
        ("li", "column", _target(key="minsheng", fq="jiuye"), "daily"),
        ("li", "unit", _target(key="czj"), "daily"),
        ("chen", "column", _target(district="wangcheng", key="latest"), "weekly"),
        ("chen", "document", document_target(document.pk), "daily"),
        ("chen", "search", _target(q="小微企业 补贴"), "daily"),
        ("zhao", "unit", _target(key="wjw"), "at_once"),
    )
    for name, kind, target, frequency in wanted:
        services.confirm(
            subscription_id=_ask(name, kind, target, frequency, BEGUN).pk,
            now=at(date(2022, 9, 24), 9, 40),
        )
    # Asked for this morning, and not confirmed yet.
    _ask("sun", "column", _target(key="jianshui"), "weekly", at(TODAY, 7, 30))
    # Left again.
    left = _ask("qian", "unit", _target(key="fgw"), "daily", BEGUN)
    services.confirm(subscription_id=left.pk, now=at(date(2022, 9, 24), 10))
    services.leave(
        subscriber_id=left.subscriber_id,
        ids=[left.pk],
        how=Leave.ONE_CLICK,
        now=at(date(2022, 10, 12), 18),
    )


def send_subscriptions() -> None:
    """What waits goes out; one mailbox has been full for a while."""
    zhao = Subscriber.objects.filter(subscriptions__target=_target(key="wjw")).first()
    for day in range(MOST_FAILURES if zhao else 0):
        assert zhao is not None
        sending.failed(subscriber_id=zhao.pk, now=at(date(2022, 10, 14 + day), 8, 5))
    moment = at(TODAY, 8, 30)
    sending.queue(moment)
    while outbox.run(now=moment, limit=500):
        pass


def _target(**values: str) -> str:
    return canonical({name: [value] for name, value in values.items()})


def _ask(name: str, kind: str, target: str, frequency: str, moment: datetime) -> Subscription:
    """Subscribe, with the letter that confirms it."""
    services.subscribe(
        kind=kind,
        target=target,
        address=f"{name}@duzhe.example.invalid",
        frequency=frequency,
        now=moment,
    )
    message = OutboxMessage.objects.filter(kind=services.CONFIRM_JOB).latest("pk")
    sending.send_confirmation(message, moment)
    message.done_at = moment
    message.save(update_fields=["done_at"])
    return Subscription.objects.latest("pk")
