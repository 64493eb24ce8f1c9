"""Side effects after commit: rows with a lease, attempts and an idempotency key.

A handler is registered per kind by the room that owns the effect. The worker (or ``tick``) runs
what is available; a worker that dies leaves an expired lease, which the next run takes over.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from gongkai.core.models import OutboxMessage

logger = logging.getLogger("gongkai.outbox")

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 8

Handler = Callable[[OutboxMessage, datetime], None]
_HANDLERS: dict[str, tuple[str, Handler]] = {}
_GIVEN_UP: dict[str, Handler] = {}


def register_handler(kind: str, label: str, handler: Handler) -> None:
    """Register the one handler of a kind; a second one raises ValueError."""
    if kind in _HANDLERS and _HANDLERS[kind][1] is not handler:
        raise ValueError(f"outbox kind {kind} has a handler already")
    _HANDLERS[kind] = (label, handler)


def on_giving_up(name: str, handler: Handler) -> None:
    """Have ``handler`` run when a side effect has failed for good; ``name`` says whose it is.

    Registering a name again replaces its handler.
    """
    _GIVEN_UP[name] = handler


def kind_label(kind: str) -> str:
    """The Chinese name of an outbox kind."""
    return _HANDLERS[kind][0] if kind in _HANDLERS else kind


def _idempotency_key(kind: str, key: str) -> str:
    whole = f"{kind}:{key}"
    # Cut keys would make different effects look the same, and one of them would never happen.
    return whole if len(whole) <= 160 else f"{kind}:{hashlib.sha256(key.encode()).hexdigest()}"


def enqueue(
    *,
    kind: str,
    subject: tuple[str, str | int],
    key: str,
    now: datetime,
    payload: Mapping[str, Any] | None = None,
    available_at: datetime | None = None,
) -> None:
    """Ask for a side effect in the running transaction; the same ``key`` is asked once only."""
    enqueue_all(
        kinds=[kind],
        subject=subject,
        key=key,
        now=now,
        payload=payload,
        available_at=available_at,
    )


def enqueue_all(
    *,
    kinds: Iterable[str],
    subject: tuple[str, str | int],
    key: str,
    now: datetime,
    payload: Mapping[str, Any] | None = None,
    available_at: datetime | None = None,
) -> None:
    """Ask for several kinds of side effect of one cause, in one statement."""
    wanted = list(kinds)
    for kind in wanted:
        if kind not in _HANDLERS:
            raise ValueError(f"outbox kind {kind} has no handler")
    if not connection.in_atomic_block:
        raise RuntimeError("side effects are queued inside the transaction that causes them")
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                kind=kind,
                subject_kind=subject[0],
                subject_id=str(subject[1]),
                payload=dict(payload or {}),
                idempotency_key=_idempotency_key(kind, key),
                available_at=available_at or now,
                created_at=now,
            )
            for kind in wanted
        ],
        ignore_conflicts=True,
    )


def _lease(now: datetime, limit: int) -> list[OutboxMessage]:
    with transaction.atomic():
        waiting = OutboxMessage.objects.filter(
            Q(leased_until=None) | Q(leased_until__lt=now),
            done_at=None,
            available_at__lte=now,
            attempts__lt=MAX_ATTEMPTS,
        ).order_by("id")
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        batch = list(waiting[:limit])
        for message in batch:
            message.leased_until = now + LEASE
            message.attempts += 1
        OutboxMessage.objects.bulk_update(batch, ["leased_until", "attempts"])
    return batch


def _give_up(message: OutboxMessage, now: datetime) -> None:
    for name, handler in _GIVEN_UP.items():
        try:
            handler(message, now)
        except Exception:  # telling of a failure must not stop the other effects
            logger.exception("%s could not tell that outbox %s was given up", name, message.pk)


def run(*, now: datetime, limit: int = 100) -> int:
    """Run what is available, once each; returns how many succeeded.

    A failing handler is logged, kept with its error and tried again with growing pauses.
    """
    succeeded = 0
    for message in _lease(now, limit):
        started = time.perf_counter()
        try:
            if message.kind not in _HANDLERS:
                raise LookupError(f"no handler for {message.kind}")
            _HANDLERS[message.kind][1](message, now)
        except Exception as error:  # one bad row must not stop the others
            logger.exception("outbox %s failed", message.pk)
            message.error = f"{type(error).__name__}: {error}"[:2000]
            message.leased_until = None
            message.available_at = now + timedelta(seconds=15 * 2**message.attempts)
            message.save(update_fields=["error", "leased_until", "available_at"])
            if message.attempts >= MAX_ATTEMPTS:
                _give_up(message, now)
            continue
        message.done_at = now
        message.error = ""
        message.milliseconds = round((time.perf_counter() - started) * 1000)
        try:
            message.save(update_fields=["done_at", "error", "milliseconds", "payload"])
        except DatabaseError:
            logger.exception("outbox %s ran but could not be marked", message.pk)
            continue
        succeeded += 1
    return succeeded
