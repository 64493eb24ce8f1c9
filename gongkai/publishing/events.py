"""Who wants to know when something public changes. Handlers run from the outbox."""

from collections.abc import Callable
from datetime import datetime

from gongkai.core import outbox
from gongkai.core.models import OutboxMessage

RELEASED = "released"
WITHDRAWN = "withdrawn"
LAPSED = "lapsed"
BEGUN = "begun"

_SUBSCRIBERS: list[tuple[str, str]] = []


def subscribe(name: str, label: str, handler: Callable[[OutboxMessage, datetime], None]) -> None:
    """Have ``handler`` run after every release, correction and withdrawal of an item, and when it
    lapses or begins to hold.

    ``payload["event"]`` is RELEASED, WITHDRAWN, LAPSED or BEGUN and ``payload["version"]`` the version
    that it happened to, which need not be the newest any more; the handler must be idempotent. It may put
    ``payload["steps"] = [{"label", "milliseconds"}]`` to tell what it saw.
    """
    kind = f"publishing.{name}"
    outbox.register_handler(kind, label, handler)
    if (name, kind) not in _SUBSCRIBERS:
        _SUBSCRIBERS.append((name, kind))


def announce(*, event: str, item_id: int, version: int, now: datetime) -> None:
    """Queue every subscriber in the running transaction."""
    outbox.enqueue_all(
        kinds=[kind for _, kind in _SUBSCRIBERS],
        subject=("item", item_id),
        key=f"{item_id}:{version}:{event}",
        now=now,
        payload={"event": event, "version": version},
    )
