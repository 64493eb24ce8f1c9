"""Reads of follow-ups for staff: the list, one follow-up, who is being chased."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from gongkai.core.workdays import WorkCalendar
from gongkai.ledger import rules_followups as rules
from gongkai.ledger.board import Row
from gongkai.ledger.enums import FOLLOW_LIVE, FOLLOW_OWED, FollowLevel, FollowStatus
from gongkai.ledger.models import FollowUp, FollowUpShare
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role

TONES = {
    FollowStatus.OPEN: "warn",
    FollowStatus.REPLIED: "fill",
    FollowStatus.RETURNED: "red",
    FollowStatus.ESCALATED: "idle",
    FollowStatus.CLOSED: "ok",
}
LEVEL_TONES = {FollowLevel.REMINDER: "idle", FollowLevel.NOTICE: "", FollowLevel.TALK: "red"}


def followups_for(member: Member) -> QuerySet[FollowUp]:
    """What the person may see: their units', their office's, copies to their unit as head."""
    whole, areas = member.supervised_areas()
    if whole:
        return FollowUp.objects.all()
    units = member.unit_ids()
    return FollowUp.objects.filter(
        Q(unit_id__in=units)
        | Q(head_id__in=units)
        | Q(unit__area_id__in=areas)
        | Q(office_id__in=member.unit_ids(Role.SUPERVISOR))
    )


def waiting(member: Member) -> list[QuerySet[FollowUp]]:
    """What waits for this person: replies to look at, notices to answer."""
    return [
        FollowUp.objects.filter(
            Q(office_id__in=member.unit_ids(Role.SUPERVISOR), status=FollowStatus.REPLIED)
            | Q(unit_id__in=member.unit_ids(Role.EDITOR), status__in=FOLLOW_OWED)
        )
    ]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list."""

    row: FollowUp
    clock: rules.Clock
    shares: int

    @property
    def tone(self) -> str:
        """The tone of its status."""
        return TONES[FollowStatus(self.row.status)]

    @property
    def level_tone(self) -> str:
        """The tone of its level."""
        return LEVEL_TONES[FollowLevel(self.row.level)]


FILTERS = (
    ("live", "办理中"),
    ("overdue", "逾期未回复"),
    ("replied", "待审看"),
    ("closed", "已了结"),
    ("", "全部"),
)


def filtered(rows: QuerySet[FollowUp], which: str, day: date) -> QuerySet[FollowUp]:
    """The rows of one filter; an unknown filter is the one of those under way."""
    if which == "overdue":
        return rows.filter(status__in=FOLLOW_OWED, reply_due__lt=day)
    if which == "replied":
        return rows.filter(status=FollowStatus.REPLIED)
    if which == "closed":
        return rows.exclude(status__in=FOLLOW_LIVE)
    return rows if which == "all" else rows.filter(status__in=FOLLOW_LIVE)


def tally(rows: QuerySet[FollowUp], day: date) -> Mapping[str, int]:
    """How many there are of each filter; one query."""
    owed = Q(status__in=FOLLOW_OWED)
    found = rows.order_by().aggregate(
        live=Count("pk", filter=Q(status__in=FOLLOW_LIVE)),
        overdue=Count("pk", filter=owed & Q(reply_due__lt=day)),
        replied=Count("pk", filter=Q(status=FollowStatus.REPLIED)),
        closed=Count("pk", filter=~Q(status__in=FOLLOW_LIVE)),
        all=Count("pk"),
    )
    return {name: int(count) for name, count in found.items()}


def lines(rows: Iterable[FollowUp], day: date, calendar: WorkCalendar) -> list[Listed]:
    """The rows of one page with their clocks; one query."""
    page = list(rows)
    counts = dict(
        FollowUpShare.objects.filter(followup__in=page)
        .values_list("followup_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return [
        Listed(row, rules.clock_of(row.status, row.reply_due, day, calendar), counts.get(row.pk, 0))
        for row in page
    ]


def listed_page(rows: QuerySet[FollowUp], which: str) -> QuerySet[FollowUp]:
    """The list in its order: what is owed by the day it is due, the rest newest first."""
    rows = rows.select_related("office", "unit")
    if which in ("live", "overdue"):
        return rows.order_by("reply_due", "pk")
    return rows.order_by("-issued_at", "-pk")


def about_share(assignment_id: int) -> Sequence[FollowUp]:
    """The follow-ups about one share, newest first."""
    return list(
        FollowUp.objects.filter(shares__assignment_id=assignment_id).select_related("office")
    )


def late_shares(rows: Iterable[Row]) -> list[rules.LateShare]:
    """The late shares of a board that no follow-up is about yet."""
    return [
        rules.LateShare(row.assignment_id, row.unit_id, row.unit, row.number, row.text, row.words)
        for row in rows
        if row.verdict.light == "red" and not row.chased
    ]
