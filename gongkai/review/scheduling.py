"""Moving the hour of a scheduled release, before it has come."""

from datetime import datetime

from django.db import transaction

from gongkai.core.clock import SHANGHAI
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.review.acts import record_act
from gongkai.review.enums import ACTIVE
from gongkai.review.models import ReviewCase
from gongkai.review.services import checked_release_time, locked_case


def case_reschedule(
    *, case_id: int, release_at: datetime, member: Member, now: datetime
) -> ReviewCase:
    """Give a submission another hour of release; what was approved stays approved, because the
    hour is not part of the content that was read.

    An editor of the unit, while the case is open or waits for its hour. To call the release off,
    recall the case. Raises Refusal for a case that has ended or had no hour once all approved it,
    InvalidInput for a time that has passed, lies more than a year ahead, or is the same.
    """
    with transaction.atomic():
        case = locked_case(case_id)
        require_visible(member, case.unit)
        require_role(member, case.unit, Role.EDITOR, act="改定时发布时间")
        if case.status not in ACTIVE:
            raise Refusal(
                "定时发布",
                "这次送审已经办结，不能再改发布时间。",
                "请刷新页面查看最新状态。",
            )
        before = case.release_at
        chosen = checked_release_time(release_at, now)
        if chosen == before:
            raise InvalidInput({"release_at": ["和原来定的时间一样，没有改动。"]})
        case.release_at = chosen
        case.save(update_fields=["release_at"])
        record_act(
            case,
            "review.case.rescheduled",
            member,
            now,
            before=before.astimezone(SHANGHAI).isoformat() if before else "",
            release_at=chosen.astimezone(SHANGHAI).isoformat() if chosen else "",
        )
    return case
