"""Reads of meetings for the desk."""

from django.db.models import QuerySet

from gongkai.decisions.models import AgendaItem, Meeting
from gongkai.decisions.rules_meetings import Matter
from gongkai.organisations.access import Member, of_visible_units


def matter_of(row: AgendaItem) -> Matter:
    """A stored matter as the rules see it."""
    return Matter(
        title=row.title,
        result=row.text,
        decision=row.get_decision_display(),
        way=row.get_way_display(),
        organ=row.organ,
        lead=row.lead,
        public=row.public,
    )


def matters_of(meeting: Meeting) -> list[Matter]:
    """The whole agenda, what is held back included; one query."""
    return [matter_of(row) for row in AgendaItem.objects.filter(meeting=meeting)]


def meetings_for(member: Member) -> QuerySet[Meeting]:
    """The meetings of the units whose unpublished work the person may see."""
    return Meeting.objects.filter(of_visible_units(member)).select_related("unit", "item")


def meeting_for(member: Member, meeting_id: int) -> Meeting | None:
    """One of :func:`meetings_for`."""
    return meetings_for(member).filter(pk=meeting_id).first()
