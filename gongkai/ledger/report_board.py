"""Reads of monthly reports: what a unit owes, the office's matrix, the lights of a month."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import at, day_of
from gongkai.core.workdays import WorkCalendar
from gongkai.ledger import lights, rules
from gongkai.ledger import rules_reports as reporting
from gongkai.ledger.enums import ReportStatus
from gongkai.ledger.models import Assignment, MonthReport, Plan
from gongkai.ledger.proofs import own_items
from gongkai.ledger.rules_likeness import pairs
from gongkai.ledger.selectors import PlanRows, read_plan
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item

PROPOSED = 8
"""How many of the month's items are proposed for one task."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One share's report for one month; ``light`` is the share's at the month's end."""

    share: Assignment
    month: date
    due: date
    state: str
    report: MonthReport | None
    light: str

    @property
    def words(self) -> str:
        """The state in words."""
        return reporting.WORDS[self.state]

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return reporting.TONES[self.state]


def _since(row: Assignment, plan: Plan) -> date:
    return row.since or day_of(plan.confirmed_at)


def rule_of(plan: Plan) -> reporting.DueRule:
    """How the plan's reports fall due."""
    return reporting.DueRule(plan.report_due, plan.report_nth)


def _owed(
    shares: Iterable[Assignment],
    found: lights.PlanFacts,
    months: Sequence[date],
    day: date,
    calendar: WorkCalendar,
) -> list[Owed]:
    rows = list(shares)
    reports = {
        (r.assignment_id, r.month): r
        for r in MonthReport.objects.filter(assignment__in=rows, month__in=months)
    }
    dues: dict[tuple[int, date], date] = {}
    owed = []
    for row in rows:
        plan = row.task.point.plan
        for month in months:
            report = reports.get((row.pk, month))
            sent = report is not None and report.first_sent_at is not None
            # A report that was sent stays in the picture whatever the share became since.
            if not sent and not reporting.owes(
                month=month,
                since=_since(row, plan),
                active=row.active,
                recurring=bool(row.task.recurs),
                done_before=found.verdict(row.pk, month.replace(day=1) - (date.resolution)).light
                == "green",
                reports_from=plan.reports_from,
                year=plan.year,
            ):
                continue
            key = (plan.pk, month)
            if key not in dues:
                dues[key] = reporting.due_on(month, rule_of(plan), calendar)
            state = reporting.state_of(
                due=dues[key],
                day=day,
                first_sent=day_of(report.first_sent_at)
                if report is not None and report.first_sent_at
                else None,
                returned=report is not None and report.status == ReportStatus.RETURNED,
            )
            end = min(reporting.last_day(month), day)
            owed.append(
                Owed(row, month, dues[key], state, report, found.verdict(row.pk, end).light)
            )
    return owed


def plan_months(plan: Plan, day: date) -> list[date]:
    """The months for which the plan asks reports, up to the running one."""
    if plan.reports_from is None:
        return []
    return list(reporting.months(plan.reports_from, min(day, date(plan.year, 12, 31))))


def plan_owed(plan: Plan, day: date, months: Sequence[date] | None = None) -> list[Owed]:
    """Every report that a plan asks for, by share and month; seven queries."""
    wanted = plan_months(plan, day) if months is None else list(months)
    if not wanted:
        return []
    rows: PlanRows = read_plan(plan)
    shares = [row for found in rows.assignments.values() for row in found]
    return _owed(shares, rows.facts, wanted, day, load_calendar())


@dataclass(frozen=True, slots=True)
class Cell:
    """How one unit stands with one month."""

    month: date
    counts: Mapping[str, int]

    @property
    def whole(self) -> int:
        """How many reports were owed."""
        return sum(self.counts.values())

    @property
    def sent(self) -> int:
        """How many have come."""
        return self.whole - self.counts[reporting.MISSING] - self.counts[reporting.OPEN]

    @property
    def state(self) -> str:
        """The most urgent state; empty when nothing is owed."""
        order = (
            reporting.MISSING, reporting.RETURNED, reporting.LATE, reporting.OPEN,
            reporting.ON_TIME,
        )  # fmt: skip
        return next((state for state in order if self.counts[state]), "")

    @property
    def words(self) -> str:
        """The state in a word."""
        if self.state == reporting.OPEN and self.sent:
            return "已报部分"
        return reporting.SHORT.get(self.state, "")

    @property
    def tone(self) -> str:
        """The tone of its tag."""
        return reporting.TONES.get(self.state, "")


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One unit's months."""

    unit: Unit
    cells: tuple[Cell, ...]

    @property
    def missing(self) -> int:
        """How many reports are missing over all months."""
        return sum(cell.counts[reporting.MISSING] for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Units by months, with the lights of the plan at each month's end."""

    months: tuple[date, ...]
    rows: tuple[MatrixRow, ...]
    dues: Mapping[date, date]
    tallies: Mapping[date, Mapping[str, int]]

    def missing(self, month: date) -> int:
        """How many units have a report missing for a month."""
        place = self.months.index(month)
        return sum(1 for row in self.rows if row.cells[place].counts[reporting.MISSING])


_STATES = (
    reporting.MISSING, reporting.LATE, reporting.ON_TIME, reporting.OPEN, reporting.RETURNED,
)  # fmt: skip


def matrix(plan: Plan, day: date) -> Matrix:
    """Units with something missing first, then in their official order; seven queries."""
    months = plan_months(plan, day)
    owed = plan_owed(plan, day, months)
    units: dict[int, Unit] = {}
    counts: dict[tuple[int, date], dict[str, int]] = defaultdict(lambda: dict.fromkeys(_STATES, 0))
    dues: dict[date, date] = {}
    found: dict[date, list[str]] = defaultdict(list)
    for one in owed:
        units[one.share.unit_id] = one.share.unit
        counts[(one.share.unit_id, one.month)][one.state] += 1
        dues[one.month] = one.due
        found[one.month].append(one.light)
    rows = [
        MatrixRow(unit, tuple(Cell(month, counts[(pk, month)]) for month in months))
        for pk, unit in units.items()
    ]
    rows.sort(key=lambda row: (-row.missing, row.unit.order, row.unit.pk))
    return Matrix(
        tuple(months), tuple(rows), dues, {m: rules.tally(seen) for m, seen in found.items()}
    )


# --- a unit's own screen --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    """What a unit owes for a month, with the last month's texts and the month's items."""

    unit: Unit
    month: date
    months: tuple[date, ...]
    owed: tuple[Owed, ...]
    before: Mapping[int, MonthReport]
    items: tuple[Item, ...]

    def proposals(self, share: Assignment) -> list[Item]:
        """The month's items, those whose title is nearest to the task first."""
        words = set(pairs(share.task.text + share.task.point.title))
        return sorted(
            self.items,
            key=lambda item: (-len(words & set(pairs(item.title))), -item.pk),
        )[:PROPOSED]


def reporting_units(member: Member) -> list[Unit]:
    """Units in which the person edits and that have a plan that asks for reports."""
    return list(
        Unit.objects.filter(
            pk__in=Assignment.objects.filter(
                unit_id__in=member.unit_ids(Role.EDITOR),
                active=True,
                task__point__plan__reports_from__isnull=False,
            ).values("unit_id")
        ).order_by("order", "pk")
    )


def unit_desk(unit: Unit, month: date | None, day: date) -> Desk:
    """A unit's reports of one month; without one, the oldest month with something to send."""
    shares = list(
        Assignment.objects.filter(
            unit=unit,
            active=True,
            task__retired_at=None,
            task__point__retired_at=None,
            task__point__plan__reports_from__isnull=False,
            task__point__plan__closed_at=None,
        )
        .select_related("task__point__plan__office", "unit")
        .order_by("task__point__plan_id", "task__point__number", "task__seq")
    )
    plans = {row.task.point.plan_id: row.task.point.plan for row in shares}
    months = sorted({m for plan in plans.values() for m in plan_months(plan, day)})
    found = _owed(shares, lights.load(shares), months, day, load_calendar())
    waiting = [o.month for o in found if o.state in (reporting.MISSING, reporting.RETURNED)]
    last = months[-1] if months else reporting.month_of(day)
    chosen = month if month in months else min(waiting, default=last)
    earlier = MonthReport.objects.filter(
        assignment__in=shares, month__lt=chosen, first_sent_at__isnull=False
    ).order_by("month")
    return Desk(
        unit=unit,
        month=chosen,
        months=tuple(months),
        owed=tuple(o for o in found if o.month == chosen),
        before={report.assignment_id: report for report in earlier},
        items=tuple(_items(unit, chosen)),
    )


def _items(unit: Unit, month: date) -> Sequence[Item]:
    start: datetime = at(month)
    return list(
        own_items(unit)
        .filter(
            visibility=Visibility.PUBLIC,
            published_at__gte=start,
            published_at__lt=at(reporting.next_month(month)),
        )
        .only("pk", "title", "published_at")
        .order_by("-published_at")[:200]
    )
