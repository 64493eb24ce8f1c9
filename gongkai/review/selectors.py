"""Reads of the gate: who has what to decide, and what exactly changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gongkai.organisations.access import Member, of_visible_units, unit_ids_visible
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit
from gongkai.review.differences import Stretch, stretches
from gongkai.review.enums import ACTIVE, STEP_ROLE, CaseStatus
from gongkai.review.models import Consultation, ReviewCase
from gongkai.review.register import sealed_cases
from gongkai.review.registry import Reading, reviewable


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
        .prefetch_related("reviews")
        .defer("view")
        .order_by("submitted_at", "id")
    )


def cases_for(member: Member) -> QuerySet[ReviewCase]:
    """Every case of the units whose work the person may see, newest first."""
    return (
        ReviewCase.objects.filter(of_visible_units(member))
        .exclude(sealed_cases(member))
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
        .exclude(sealed_cases(member))
        .select_related("unit", "submitted_by")
        .distinct()
        .filter(pk=case_id)
        .first()
    )


def active_cases(kind: str, subject_ids: Sequence[str]) -> dict[str, ReviewCase]:
    """The running submission of each of these records, by record; no query for none."""
    if not subject_ids:
        return {}
    cases = ReviewCase.objects.filter(
        subject_kind=kind, subject_id__in=subject_ids, status__in=ACTIVE
    )
    return {case.subject_id: case for case in cases.defer("view")}


def consultations_for(member: Member) -> QuerySet[Consultation]:
    """Unanswered requests to units in which the person reviews, as long as the answer matters."""
    return Consultation.objects.filter(
        agrees=None,
        case__status__in=ACTIVE,
        unit_id__in=member.unit_ids(*STEP_ROLE.values()),
    ).select_related("case__unit", "unit")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of the content and how it differs from what the public sees."""

    field: str
    label: str
    old: str
    new: str
    stretches: tuple[Stretch, ...]


def changes(case: ReviewCase, reading: Reading) -> tuple[list[Change], bool]:
    """(what approving would change for the public, whether anything is public yet).

    ``reading`` is the reading of ``case.view``. Only what differs is read from the public version.
    """
    adapter = reviewable(case.subject_kind)
    before = adapter.released_view(case.subject_id)
    if before is None:
        old: Mapping[str, tuple[str, str]] = {}
        new = reading.texts
    else:
        touched = {n for n in {*before, *case.view} if before.get(n) != case.view.get(n)}
        # The kind tells how the facts are named.
        part = {n: v for n, v in before.items() if n in touched or n == "kind"}
        old = {
            name: text
            for name, text in adapter.reading(part, case.subject_id).texts.items()
            if name.partition(".")[0] in touched
        }
        new = {n: t for n, t in reading.texts.items() if n.partition(".")[0] in touched}
    found = []
    for field in dict.fromkeys([*new, *old]):
        was, now = old.get(field, ("", ""))[1], new.get(field, ("", ""))[1]
        if was != now:
            label = (new.get(field) or old[field])[0]
            parts = stretches(was, now) if before is not None else ()
            found.append(Change(field, label, was, now, parts))
    return found, before is not None


def earlier_rounds(case: ReviewCase) -> list[ReviewCase]:
    """Earlier submissions of the same record, newest first; no query for a first one."""
    if case.round == 1:
        return []
    return list(
        ReviewCase.objects.filter(
            subject_kind=case.subject_kind, subject_id=case.subject_id, round__lt=case.round
        )
        .prefetch_related("reviews__person")
        .defer("view")
        .order_by("-round")
    )


def newest_round(case: ReviewCase) -> ReviewCase | None:
    """The newest later submission of the same record, if there was one."""
    return (
        ReviewCase.objects.filter(
            subject_kind=case.subject_kind, subject_id=case.subject_id, round__gt=case.round
        )
        .defer("view")
        .order_by("-round")
        .first()
    )


def consultable_units(case: ReviewCase) -> QuerySet[Unit]:
    """Organs that may be asked about a case: not its own unit, not villages, not those asked."""
    return (
        Unit.objects.filter(valid_to=None)
        .filter(Q(area=None) | Q(area_id=case.unit.area_id) | Q(kind=UnitKind.DISTRICT))
        .exclude(kind__in=[UnitKind.VILLAGE, UnitKind.PUBLIC_UTILITY])
        .exclude(pk=case.unit_id)
        .exclude(pk__in=case.consultations.values("unit_id"))
        .order_by("order", "pk")
    )
