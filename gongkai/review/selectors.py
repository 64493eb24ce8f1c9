"""Reads of the gate: who has what to decide, and what exactly changed."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gongkai.core.diff import Segment, diff_text
from gongkai.organisations.access import Member, unit_ids_visible
from gongkai.review.enums import STEP_ROLE, CaseStatus
from gongkai.review.models import Consultation, ReviewCase
from gongkai.review.registry import reviewable


def queue_for(member: Member) -> QuerySet[ReviewCase]:
    """Open cases whose present step is a role the person holds in the case's unit.

    Cases of their own are included and marked by the page: four eyes is explained, not hidden.
    """
    wanted = Q(pk__in=[])
    for step, role in STEP_ROLE.items():
        units = member.unit_ids(role)
        if units:
            wanted |= Q(current_step=step, unit_id__in=units)
    return (
        ReviewCase.objects.filter(wanted, status=CaseStatus.OPEN)
        .select_related("unit", "submitted_by")
        .defer("view")
        .order_by("submitted_at")
    )


def cases_for(member: Member) -> QuerySet[ReviewCase]:
    """Every case of the units whose work the person may see, newest first."""
    return (
        ReviewCase.objects.filter(unit_id__in=unit_ids_visible(member))
        .select_related("unit", "submitted_by")
        .defer("view")
    )


def case_for(member: Member, case_id: int) -> ReviewCase | None:
    """One case: of a unit whose work one may see, or on which one's unit is consulted."""
    return (
        ReviewCase.objects.filter(
            Q(unit_id__in=unit_ids_visible(member))
            | Q(consultations__unit_id__in=member.unit_ids(*STEP_ROLE.values()))
        )
        .select_related("unit", "submitted_by")
        .distinct()
        .filter(pk=case_id)
        .first()
    )


def consultations_for(member: Member) -> QuerySet[Consultation]:
    """Unanswered requests to units in which the person reviews."""
    return Consultation.objects.filter(
        agrees=None, unit_id__in=member.unit_ids(*STEP_ROLE.values())
    ).select_related("case__unit", "unit")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of the content and how it differs from what the public sees."""

    field: str
    label: str
    old: str
    new: str
    segments: tuple[Segment, ...]


def changes(case: ReviewCase) -> tuple[list[Change], bool]:
    """(what approving would change for the public, whether anything is public yet)."""
    adapter = reviewable(case.subject_kind)
    before = adapter.released_view(case.subject_id)
    old = adapter.reading(before, case.subject_id).texts if before else {}
    new = adapter.reading(case.view, case.subject_id).texts
    found = []
    for field in dict.fromkeys([*new, *old]):
        was, now = old.get(field, ("", ""))[1], new.get(field, ("", ""))[1]
        if was != now:
            label = (new.get(field) or old[field])[0]
            found.append(Change(field, label, was, now, tuple(diff_text(was, now))))
    return found, before is not None


def earlier_rounds(case: ReviewCase) -> list[ReviewCase]:
    """Earlier submissions of the same record, newest first."""
    return list(
        ReviewCase.objects.filter(
            subject_kind=case.subject_kind, subject_id=case.subject_id, round__lt=case.round
        )
        .prefetch_related("reviews__person")
        .defer("view")
        .order_by("-round")
    )
