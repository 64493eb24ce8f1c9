"""How an act at the gate is written down; below every service of the gate."""

from datetime import datetime
from typing import Any

from gongkai.core import facts
from gongkai.organisations.access import Member
from gongkai.review.models import ReviewCase


def record_act(
    case: ReviewCase, action: str, member: Member, now: datetime, **details: Any
) -> None:
    """One fact about the record of a case, with the round and the digest that it is about."""
    facts.record(
        action=action,
        subject=(case.subject_kind, case.subject_id),
        unit_id=case.unit_id,
        actor=member.actor,
        occurred_at=now,
        details={"case": case.pk, "round": case.round, "digest": case.digest, **details},
    )
