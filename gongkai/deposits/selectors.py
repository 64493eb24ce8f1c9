"""Reads of deposits. ``public_*`` is the only door for public code."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet

from gongkai.core.workdays import DueDate, WorkCalendar, add_workdays
from gongkai.deposits import rules
from gongkai.deposits.enums import BatchState
from gongkai.deposits.models import DepositBatch, DepositRow, DepositTarget, ReadingPlace
from gongkai.deposits.policy import policy
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import TITLE_SEALED, Visibility

HIDDEN_TITLE = "（涉及隐私或不应公开的内容，标题不显示）"


@dataclass(frozen=True, slots=True)
class Shown:
    """A batch with its state and its clock on one day."""

    batch: DepositBatch
    state: str
    due: DueDate
    overdue: bool

    @property
    def state_label(self) -> str:
        return str(BatchState(self.state).label)

    @property
    def tone(self) -> str:
        if self.overdue:
            return "red"
        return {"pending": "warn", "sent": "", "received": "ok"}.get(self.state, "idle")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has been published since the last batch and waits for the month to end."""

    target: DepositTarget
    count: int
    first: date | None
    months: tuple[date, ...]


def _mine(member: Member) -> Q:
    """Condition on the owner of what a keeper looks after."""
    whole_city, areas = member.supervised_areas()
    if whole_city or member.holds_anywhere(Role.OPERATOR):
        return Q()
    return Q(owner__area_id__in=areas)


def targets_for(member: Member) -> QuerySet[DepositTarget]:
    """Targets of the areas the person looks after."""
    return DepositTarget.objects.filter(_mine(member)).select_related("owner")


def owners_for(member: Member) -> QuerySet[Unit]:
    """Units in whose name the person may enter targets and places: their own offices first."""
    units = Unit.objects.filter(valid_to=None).order_by("order", "pk")
    if member.holds_anywhere(Role.OPERATOR):
        return units.filter(kind__in=["office", "government", "district"])
    return units.filter(pk__in=member.unit_ids(Role.SUPERVISOR))


def batches_for(member: Member) -> QuerySet[DepositBatch]:
    """Batches of :func:`targets_for`, newest month first."""
    return (
        DepositBatch.objects.filter(target__in=targets_for(member))
        .select_related("target__owner")
        .order_by("-period", "target_id")
    )


def batch_for(member: Member, batch_id: int) -> DepositBatch | None:
    """One of :func:`batches_for`."""
    return batches_for(member).select_related("sent_by").filter(pk=batch_id).first()


def narrowed(rows: QuerySet[DepositBatch], *, target: str, state: str) -> QuerySet[DepositBatch]:
    """The rows with the list's filters; unknown values count for nothing."""
    if target.isdigit():
        rows = rows.filter(target_id=int(target))
    conditions = {
        BatchState.RECEIVED: Q(receipt_on__isnull=False),
        BatchState.SENT: Q(sent_at__isnull=False, receipt_on=None),
        BatchState.PENDING: Q(sent_at=None, item_count__gt=0),
        BatchState.EMPTY: Q(sent_at=None, item_count=0),
    }
    return rows.filter(conditions[BatchState(state)]) if state in BatchState.values else rows


def shown(batch: DepositBatch, today: date, calendar: WorkCalendar) -> Shown:
    """A batch as it stands on a day."""
    due = add_workdays(batch.last_day, policy().dispatch_workdays, calendar)
    state = rules.state_of(
        count=batch.item_count,
        sent=batch.sent_at is not None,
        received=batch.receipt_on is not None,
    )
    return Shown(batch, state, due, state == BatchState.PENDING and today > due.date)


def waiting_for(member: Member, today: date) -> list[Waiting]:
    """For every target in use: what is queued, and which months that are over could be made."""
    found = []
    rows = targets_for(member).filter(active=True)
    queued = rows.annotate(
        queued=Count("rows", filter=Q(rows__batch=None)),
        first=Min("rows__released_at", filter=Q(rows__batch=None)),
        last=Max("batches__period"),
    )
    for target in queued.order_by("owner__order", "kind", "pk"):
        month = rules.month_of(target.last or target.since)
        if target.last:
            month = _next(month)
        months: list[date] = []
        while rules.month_end(month) < today and len(months) < 24:
            months.append(month)
            month = _next(month)
        found.append(Waiting(target, target.queued, target.first, tuple(months)))
    return found


def _next(month: date) -> date:
    return rules.month_end(month) + timedelta(days=1)


def rows_of_item(item_id: int) -> list[DepositRow]:
    """Where the versions of one item were sent, newest version first."""
    return list(
        DepositRow.objects.filter(item_id=item_id)
        .select_related("target", "batch", "recall")
        .order_by("-number", "target_id")
    )


def shown_title(row: DepositRow) -> str:
    """The title of a row; hidden where it may itself be what had to be taken back."""
    item = row.item
    withdrawn = item.visibility == Visibility.WITHDRAWN and item.withdraw_category in TITLE_SEALED
    return HIDDEN_TITLE if withdrawn or row.version.sealed else row.title


def places_for(member: Member) -> QuerySet[ReadingPlace]:
    """Reading places of the areas the person looks after."""
    return ReadingPlace.objects.filter(_mine(member)).select_related("owner")


def public_places(area_id: int | None) -> list[ReadingPlace]:
    """Reading places of the city (None) or of one district, in order (条例第二十五条)."""
    return list(
        ReadingPlace.objects.filter(active=True, owner__area_id=area_id).order_by("order", "pk")
    )
