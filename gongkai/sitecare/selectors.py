"""Reads of error reports."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.db.models import Q, QuerySet

from gongkai.core.clock import day_of
from gongkai.core.workdays import DueDate, WorkCalendar, add_workdays
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.publishing.enums import Visibility
from gongkai.sitecare import rules
from gongkai.sitecare.enums import LinkState, ReportStatus
from gongkai.sitecare.models import ErrorReport, OutsideLink


@cache
def policy() -> rules.Policy:
    """The period for answers; see reference/error_reports.json, marked as not confirmed."""
    path = Path(__file__).parent / "reference" / "error_reports.json"
    return rules.Policy(**json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Shown:
    """A report with the clock of its answer."""

    report: ErrorReport
    due: DueDate
    late: bool
    """Not answered in time, or not yet and the day is past."""


def shown(report: ErrorReport, calendar: WorkCalendar, today: date) -> Shown:
    """When a report must be answered, counted from the working day after it came."""
    due = add_workdays(day_of(report.created_at), policy().answer_workdays, calendar)
    answered = day_of(report.handled_at) if report.handled_at else today
    return Shown(report, due, answered > due.date)


def reports_for(member: Member) -> QuerySet[ErrorReport]:
    """The reports of the sites that a supervisor looks after, newest first."""
    rows = ErrorReport.objects.select_related("site__owner", "unit").order_by("-created_at", "-pk")
    whole_city, areas = member.supervised_areas()
    if whole_city:
        return rows
    return rows.filter(Q(site__owner__in=areas) | Q(site__owner__area__in=areas))


def waiting(member: Member) -> list[QuerySet[ErrorReport]]:
    """What waits for an answer, for the menu."""
    return [reports_for(member).filter(status=ReportStatus.NEW)]


def public_report(receipt: str) -> ErrorReport | None:
    """The report of a receipt number as typed, for whoever holds it: state and answer only."""
    wanted = rules.read_receipt(receipt)
    if not wanted:
        return None
    return ErrorReport.objects.defer("text", "quote").filter(receipt=wanted).first()


def bad_links(member: Member) -> QuerySet[OutsideLink]:
    """Addresses that did not open or led elsewhere, of the areas a person looks after."""
    rows = (
        OutsideLink.objects.filter(
            state__in=(LinkState.BROKEN, LinkState.MOVED), item__visibility=Visibility.PUBLIC
        )
        .select_related("item__unit")
        .only(
            "url",
            "state",
            "note",
            "failures",
            "checked_at",
            "item__title",
            "item__unit__short_name",
        )
        .order_by("-failures", "-checked_at", "pk")
    )
    whole_city, areas = member.supervised_areas()
    if whole_city or member.holds_anywhere(Role.OPERATOR):
        return rows
    return rows.filter(Q(item__unit__in=areas) | Q(item__unit__area__in=areas))
