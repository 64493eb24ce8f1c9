"""Who is told of a follow-up or of a report, and what of them falls due."""

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from gongkai.ledger.enums import FOLLOW_OWED, FollowLevel
from gongkai.ledger.models import FollowUp, FollowUpReply, MonthReport
from gongkai.messaging.audience import Audience, holders
from gongkai.messaging.registry import DueItem, register_due_source, register_notice_kind
from gongkai.messaging.services import notify
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role


def register() -> None:
    """Declare the kinds of notice and the source of due dates; from ``apps.ready()``."""
    register_notice_kind("ledger.followup.issued", "收到督办", urgent=True)
    register_notice_kind("ledger.followup.replied", "督办有了回复")
    register_notice_kind("ledger.followup.judged", "督办回复的审看结果", urgent=True)
    register_notice_kind("ledger.report.returned", "月报被退回", urgent=True)
    register_due_source("ledger.followups", "督办回复", due_followups)


def _url(row: FollowUp) -> str:
    return reverse("ledger-desk:followup", args=[row.pk])


def _unit(row: FollowUp) -> Audience:
    found = holders(row.unit_id, Role.EDITOR)
    return found | holders(row.head_id, Role.EDITOR) if row.head_id else found


def issued(row: FollowUp, member: Member, now: datetime) -> None:
    """The unit (and its head unit, on the higher rungs) has a notice to answer."""
    notify(
        kind="ledger.followup.issued",
        to=_unit(row),
        title=f"{FollowLevel(row.level).label}：{row.number}，请在 {row.reply_due:%Y-%m-%d} 前回复",
        body=row.title,
        url=_url(row),
        key=str(row.pk),
        now=now,
        subject=("ledger_followup", row.pk),
        due=row.reply_due,
        skip=member.actor.user_id,
    )


def replied(row: FollowUp, reply: FollowUpReply, member: Member, now: datetime) -> None:
    """The office has a reply to look at."""
    notify(
        kind="ledger.followup.replied",
        to=holders(row.office_id, Role.SUPERVISOR),
        title=f"{row.unit.short_name}回复了{row.number}，请审看",
        body=row.title,
        url=_url(row),
        key=f"{row.pk}:{reply.pk}",
        now=now,
        subject=("ledger_followup", row.pk),
        skip=member.actor.user_id,
    )


def judged(row: FollowUp, event: str, member: Member, now: datetime) -> None:
    """The unit learns what the office said."""
    words = {
        "accepted": f"{row.number}已办结",
        "returned": f"{row.number}的回复被退回，请在 {row.reply_due:%Y-%m-%d} 前补充",
        "called_off": f"{row.number}已撤销",
    }
    notify(
        kind="ledger.followup.judged",
        to=_unit(row),
        title=words[event],
        body=row.title,
        url=_url(row),
        key=f"{row.pk}:{event}:{now.isoformat()}",
        now=now,
        subject=("ledger_followup", row.pk),
        due=row.reply_due if event == "returned" else None,
        skip=member.actor.user_id,
    )


def report_returned(row: MonthReport, member: Member, now: datetime) -> None:
    """A unit has a monthly report to write again."""
    month = f"{row.month:%Y-%m}"
    notify(
        kind="ledger.report.returned",
        to=holders(row.assignment.unit_id, Role.EDITOR),
        title=f"{row.month.month} 月的一份月报被退回，请补充后重新报送",
        body=row.return_reason,
        url=f"{reverse('ledger-desk:reports')}?month={month}&unit={row.assignment.unit_id}",
        key=f"{row.pk}:{now.isoformat()}",
        now=now,
        subject=("ledger_report", row.pk),
        skip=member.actor.user_id,
    )


def due_followups(today: date, until: date) -> Iterator[DueItem]:
    """Replies that units owe by a day, overdue ones included."""
    rows = FollowUp.objects.filter(status__in=FOLLOW_OWED, reply_due__lte=until)
    for row in rows.order_by("reply_due", "pk"):
        yield DueItem(
            audience=_unit(row),
            title=f"{row.number}等待回复",
            url=_url(row),
            due=row.reply_due,
            # A returned reply has a new day, and is announced anew.
            key=f"{row.pk}:{row.reply_due:%Y%m%d}",
        )
