"""The fact store: record, seal, verify. One narrow door that every service uses.

Recording is unchained, so that concurrent writers do not queue behind one another; one sealer
gives each fact its place in a hash chain about a second later. ``verify`` tells what is
unsealed, changed or missing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from gongkai.core.actors import Actor
from gongkai.core.models import Fact, SealHead

_ACTIONS: dict[str, str] = {}


def register_actions(actions: Mapping[str, str]) -> None:
    """Declare the actions of one app (``app.noun.verb`` → Chinese label).

    A second, different label for the same action raises ValueError.
    """
    for action, label in actions.items():
        if _ACTIONS.get(action, label) != label:
            raise ValueError(f"action {action} is registered twice")
        _ACTIONS[action] = label


def action_label(action: str) -> str:
    """The Chinese label of an action."""
    return _ACTIONS.get(action, action)


def canonical_json(value: Any) -> str:
    """One text for one value: sorted keys, no spaces; the base of every digest."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def sha256_text(text: str) -> str:
    """SHA-256 of a text as lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _number(text: str) -> float | int:
    """A number as every database returns it: PostgreSQL gives 1e+20 back as a whole number."""
    value = float(text)
    return int(value) if abs(value) >= 1e16 else value + 0.0  # -0.0 becomes 0.0


def _digest(fact: Fact) -> str:
    return sha256_text(
        canonical_json(
            [
                fact.action,
                fact.subject_kind,
                fact.subject_id,
                fact.unit_id,
                fact.actor_key,
                fact.actor_name,
                _stamp(fact.occurred_at),
                _stamp(fact.recorded_at),
                fact.details,
            ]
        )
    )


def build(
    *,
    action: str,
    subject: tuple[str, str | int],
    actor: Actor,
    occurred_at: datetime,
    recorded_at: datetime | None = None,
    unit_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> Fact:
    """A fact that is ready to be saved; for bulk work, else use :func:`record`."""
    if action not in _ACTIONS:
        raise ValueError(f"action {action} is not registered")
    fact = Fact(
        action=action,
        subject_kind=subject[0],
        subject_id=str(subject[1]),
        unit_id=unit_id,
        actor_key=actor.key,
        actor_name=actor.name,
        occurred_at=occurred_at,
        recorded_at=recorded_at or occurred_at,
        # Through JSON and back, so that the digest is of what the database returns.
        details=json.loads(canonical_json(details or {}), parse_float=_number),
    )
    fact.digest = _digest(fact)
    return fact


def record(
    *,
    action: str,
    subject: tuple[str, str | int],
    actor: Actor,
    occurred_at: datetime,
    recorded_at: datetime | None = None,
    unit_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> Fact:
    """Write one fact in the running transaction.

    Raises ValueError for an unregistered action and RuntimeError outside a transaction: a fact
    without its business change, or the reverse, must be impossible.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("facts are recorded inside the transaction of what happened")
    fact = build(
        action=action,
        subject=subject,
        actor=actor,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        unit_id=unit_id,
        details=details,
    )
    fact.save()
    return fact


def _link(chain: str, sequence: int, digest: str) -> str:
    return sha256_text(f"{chain}:{sequence}:{digest}")


def waiting() -> bool:
    """Whether there are facts to seal; cheaper than trying."""
    return Fact.objects.filter(sequence=None).exists()


def seal(*, limit: int = 5000) -> int:
    """Give the waiting facts their sequence and chain value; returns how many."""
    with transaction.atomic():
        head, _ = SealHead.objects.select_for_update().get_or_create(pk=1)
        waiting = list(Fact.objects.filter(sequence=None).order_by("id")[:limit])
        for fact in waiting:
            head.sequence += 1
            head.chain = _link(head.chain, head.sequence, fact.digest)
            fact.sequence = head.sequence
            fact.chain = head.chain
        Fact.objects.bulk_update(waiting, ["sequence", "chain"], batch_size=200)
        if waiting:
            head.save()
    return len(waiting)


@dataclass(slots=True)
class Verification:
    """What an examination of the chain found; lists hold fact ids or missing sequences.

    -1 in ``broken`` is the stored end of the chain, which does not fit the facts.
    """

    sealed: int = 0
    unsealed: int = 0
    changed: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True when nothing was changed, removed or re-linked."""
        return not (self.changed or self.missing or self.broken)


def verify() -> Verification:
    """Recompute every digest and the whole chain, also while the sealer is at work."""
    # Read first: what is sealed after this only makes the chain longer, never shorter.
    head = SealHead.objects.filter(pk=1).first()
    at_head = ""
    found = Verification(unsealed=Fact.objects.filter(sequence=None).count())
    for fact in Fact.objects.filter(sequence=None).iterator(chunk_size=2000):
        if _digest(fact) != fact.digest:
            found.changed.append(fact.pk)
    chain, expected = "", 1
    for fact in Fact.objects.exclude(sequence=None).order_by("sequence").iterator(chunk_size=2000):
        assert fact.sequence is not None
        found.sealed += 1
        if fact.digest != _digest(fact):
            found.changed.append(fact.pk)
        if fact.sequence != expected:
            found.missing.extend(range(expected, min(fact.sequence, expected + 100)))
            # Continue from the stored value, so that one gap is not reported as a thousand.
            chain = fact.chain
        else:
            chain = _link(chain, expected, fact.digest)
            if chain != fact.chain:
                found.broken.append(fact.pk)
                chain = fact.chain
        if head is not None and fact.sequence == head.sequence:
            at_head = chain
        expected = fact.sequence + 1
    if head is not None and head.sequence >= expected:
        found.missing.extend(range(expected, min(head.sequence + 1, expected + 100)))
    elif head is not None and at_head != head.chain:
        found.broken.append(-1)
    # Whatever is sealed has gone through the sealer, so its head is at least as far.
    end = SealHead.objects.filter(pk=1).first()
    if expected > (end.sequence if end is not None else 0) + 1:
        found.broken.append(-1)
    return found


def trail(subject_kind: str, subject_id: str | int) -> list[Fact]:
    """Everything that happened to one subject, oldest first."""
    return list(
        Fact.objects.filter(subject_kind=subject_kind, subject_id=str(subject_id)).order_by(
            "occurred_at", "id"
        )
    )
