"""Writing the office's own table of holidays and make-up days."""

from datetime import date, datetime

from django.db import transaction

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused
from gongkai.core.models import CalendarDay
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role


def _require_keeper(member: Member) -> None:
    whole_city, _ = member.supervised_areas()
    if not (member.holds_anywhere(Role.OPERATOR) or whole_city):
        raise PermissionRefused(
            "工作日历",
            "工作日历影响全市的期限，只能由市政务公开主管部门或运维人员修改。",
            "请联系市政务公开主管部门。",
        )


def calendar_day_set(
    *, day: date, kind: str, name: str, source: str, member: Member, now: datetime
) -> CalendarDay:
    """Enter one day that departs from the published arrangement, with the notice it rests on.

    Deadlines that are computed from now on follow it; recorded facts do not change. Raises
    PermissionRefused and InvalidInput.
    """
    with transaction.atomic():
        _require_keeper(member)
        errors: dict[str, list[str]] = {}
        if kind not in CalendarDay.Kind.values:
            errors["kind"] = ["请选择放假或调休上班。"]
        if not name.strip():
            errors["name"] = ["请填写节日或事由，例如“国庆节”。"]
        if not source.strip():
            errors["source"] = ["请写明依据的通知名称和文号。"]
        if errors:
            raise InvalidInput(errors)
        row, _ = CalendarDay.objects.update_or_create(
            day=day,
            defaults={"kind": kind, "name": name.strip()[:40], "source": source.strip()[:200]},
        )
        facts.record(
            action="organisations.calendar.set",
            subject=("calendar", day.isoformat()),
            actor=member.actor,
            occurred_at=now,
            details={"kind": kind, "name": row.name, "source": row.source},
        )
    return row


def calendar_day_remove(*, day: date, member: Member, now: datetime) -> None:
    """Take an entry out again; the published arrangement applies."""
    with transaction.atomic():
        _require_keeper(member)
        deleted, _ = CalendarDay.objects.filter(day=day).delete()
        if not deleted:
            raise NotVisible
        facts.record(
            action="organisations.calendar.removed",
            subject=("calendar", day.isoformat()),
            actor=member.actor,
            occurred_at=now,
        )
