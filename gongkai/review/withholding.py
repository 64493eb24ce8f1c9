"""The withheld register as the gate itself writes it: a row opens, is replaced, is struck off."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path

from gongkai.core.clock import day_of
from gongkai.organisations.access import Member
from gongkai.review import rules_withheld as rules
from gongkai.review.acts import record_act
from gongkai.review.enums import WithheldState
from gongkai.review.models import ReviewCase, WithheldRecord


@cache
def policy() -> rules.Policy:
    """How often withheld information is looked at again; data, see reference/withheld.json."""
    path = Path(__file__).parent / "reference" / "withheld.json"
    return rules.Policy(**json.loads(path.read_text(encoding="utf-8")))


def register_withheld(
    *, case: ReviewCase, code: str, reason: str, member: Member, now: datetime
) -> WithheldRecord:
    """Enter what the secrecy review of ``case`` found; an open row of the same record ends.

    Called by the gate only, in its transaction.
    """
    earlier = WithheldRecord.objects.select_for_update().filter(
        subject_kind=case.subject_kind,
        subject_id=case.subject_id,
        state__in=[WithheldState.KEPT, WithheldState.RELEASING],
    )
    for row in earlier:
        row.state = _target(row, "supersede")
        row.closed_at = now
        row.save(update_fields=["state", "closed_at"])
    return WithheldRecord.objects.create(
        case=case,
        subject_kind=case.subject_kind,
        subject_id=case.subject_id,
        unit=case.unit,
        title=case.title,
        code=code,
        reason=reason,
        decided_at=now,
        next_review_on=rules.months_after(day_of(now), policy().review_months),
    )


def strike_published(*, case: ReviewCase, member: Member, now: datetime) -> None:
    """Strike off what an evaluation found publishable, now that it really is published.

    A record still withheld stays: what was published then is other content. Called by the gate
    only, in the transaction of the release.
    """
    rows = WithheldRecord.objects.select_for_update().filter(
        subject_kind=case.subject_kind,
        subject_id=case.subject_id,
        state=WithheldState.RELEASING,
    )
    for row in rows:
        row.state = _target(row, "publish")
        row.closed_at = now
        row.save(update_fields=["state", "closed_at"])
        record_act(case, "review.withheld.published", member, now, record=row.pk)


def _target(row: WithheldRecord, event: str) -> str:
    target = rules.register_target(row.state, event)
    assert target is not None, (row.state, event)
    return target
