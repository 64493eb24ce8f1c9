"""Reads of the withheld register (条例, 国务院令第711号, article 18)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Case, F, IntegerField, Prefetch, Q, QuerySet, When

from gongkai.core.workdays import DueDate, WorkCalendar, add_workdays
from gongkai.organisations.access import Member, unit_ids_visible
from gongkai.organisations.enums import Role
from gongkai.review import rules_withheld as rules
from gongkai.review.enums import Verdict, WithheldState, WithholdCode
from gongkai.review.models import Review, ReviewCase, WithheldRecord, WithheldReview
from gongkai.review.withholding import policy

SEALED_TITLE = "（依法确定为国家秘密，标题不显示）"
OPEN_STATES = (WithheldState.KEPT, WithheldState.RELEASING)


@dataclass(frozen=True)
class Entry:
    """A record as one person may read it on one day."""

    record: WithheldRecord
    sealed: bool
    today: date

    @property
    def title(self) -> str:
        return SEALED_TITLE if self.sealed else self.record.title

    @property
    def reason(self) -> str:
        return "" if self.sealed else self.record.reason

    @property
    def code_label(self) -> str:
        return str(self.record.get_code_display()).partition("（")[0]

    @property
    def article(self) -> str:
        return str(self.record.get_code_display()).partition("（")[2].rstrip("）")

    @property
    def urgency(self) -> str:
        """overdue, soon, later or empty; see rules_withheld.urgency."""
        return rules.urgency(self.record.state, self.record.next_review_on, self.today, policy())

    @property
    def days(self) -> int | None:
        """Calendar days until the next look, negative when it has passed."""
        due = self.record.next_review_on
        return (due - self.today).days if due and self.record.state == WithheldState.KEPT else None

    @property
    def days_late(self) -> int:
        return -(self.days or 0)

    @cached_property
    def decided_by(self) -> str:
        """Who withheld it."""
        found: list[Review] = getattr(self.record.case, "withholding", [])
        review = next(iter(found), None)
        return str(review.person) if review else ""

    @cached_property
    def first_reason(self) -> str:
        """What was written when it was withheld, where an evaluation has put other words since."""
        found: list[Review] = getattr(self.record.case, "withholding", [])
        first = found[0].remark if found else ""
        return "" if self.sealed or first == self.record.reason else first

    @property
    def waiting(self) -> WithheldReview | None:
        """The evaluation that waits for confirmation."""
        found: list[WithheldReview] = getattr(self.record, "open_evaluations", [])
        return next(iter(found), None)


def records_for(member: Member) -> QuerySet[WithheldRecord]:
    """Records of the units whose unpublished work the person may see, most urgent first.

    Overdue and soon due ones by their day, then those on their way to publication, then what is
    struck off.
    """
    withholding = Review.objects.filter(verdict=Verdict.WITHHOLD).select_related("person")
    return (
        WithheldRecord.objects.filter(unit_id__in=unit_ids_visible(member))
        .select_related("unit", "case")
        .defer("case__view")
        .prefetch_related(
            Prefetch("case__reviews", queryset=withholding, to_attr="withholding"),
            Prefetch(
                "evaluations",
                queryset=WithheldReview.objects.filter(agreed=None).select_related("proposed_by"),
                to_attr="open_evaluations",
            ),
        )
        .annotate(
            rank=Case(
                When(state=WithheldState.KEPT, then=0),
                When(state=WithheldState.RELEASING, then=1),
                default=2,
                output_field=IntegerField(),
            )
        )
        .order_by("rank", F("next_review_on").asc(nulls_last=True), "-id")
    )


def narrowed(
    rows: QuerySet[WithheldRecord], *, unit: str, code: str, state: str, today: date
) -> QuerySet[WithheldRecord]:
    """The rows with the filters of the list; unknown values of a filter count for nothing.

    ``state`` is one of WithheldState, or ``overdue`` or ``soon``.
    """
    if unit.isdigit():
        rows = rows.filter(unit_id=int(unit))
    if code in WithholdCode.values:
        rows = rows.filter(code=code)
    if state in WithheldState.values:
        rows = rows.filter(state=state)
    elif state == "overdue":
        rows = rows.filter(state=WithheldState.KEPT, next_review_on__lt=today)
    elif state == "soon":
        until = today + timedelta(days=policy().soon_days)
        rows = rows.filter(state=WithheldState.KEPT, next_review_on__range=(today, until))
    return rows


def sealed_for(member: Member, record: WithheldRecord) -> bool:
    """Whether title and reason are hidden from this person (see rules_withheld.title_sealed)."""
    areas = {h.area_id for h in member.holdings if h.role == Role.SUPERVISOR}
    return rules.title_sealed(
        record.code,
        own_unit=record.unit_id in member.unit_ids(),
        own_area=record.unit.area_id in areas,
    )


def entries(rows: Iterable[WithheldRecord], member: Member, today: date) -> list[Entry]:
    """The rows as this person may read them."""
    return [Entry(row, sealed_for(member, row), today) for row in rows]


def entry_for(member: Member, record_id: int, today: date) -> Entry | None:
    """One record, if the person may see its unit's work."""
    row = records_for(member).filter(pk=record_id).first()
    return entries([row], member, today)[0] if row else None


def due_records(today: date) -> QuerySet[WithheldRecord]:
    """Withheld records whose next look comes within the warning time or has passed."""
    until = today + timedelta(days=policy().soon_days)
    return (
        WithheldRecord.objects.filter(state=WithheldState.KEPT, next_review_on__lte=until)
        .select_related("unit")
        .order_by("next_review_on", "pk")
    )


def release_due(record: WithheldRecord, calendar: WorkCalendar) -> DueDate | None:
    """By when what was found publishable has to be public: 20 working days from that day
    (条例第二十六条: from the change); None while it is withheld."""
    if record.released_on is None:
        return None
    return add_workdays(record.released_on, policy().release_workdays, calendar)


def published_after(record: WithheldRecord) -> ReviewCase | None:
    """The release after this record was opened, if the same information was published since."""
    return (
        ReviewCase.objects.filter(
            subject_kind=record.subject_kind,
            subject_id=record.subject_id,
            round__gt=record.case.round,
            status="released",
        )
        .defer("view")
        .order_by("round")
        .first()
    )


def sealed_cases(member: Member) -> Q:
    """Condition for cases whose content this person may not read although they oversee the unit:
    withheld as state secrets in another area. Exclude it from lists; it costs nothing for those
    who oversee no other area."""
    areas = {h.area_id for h in member.holdings if h.role == Role.SUPERVISOR}
    if None not in areas:  # only the city's office reaches beyond its own area
        return Q(pk__in=[])
    inside = Q(unit_id__in=member.unit_ids()) | Q(unit__area=None)
    inside |= Q(unit__area_id__in=[area for area in areas if area])
    secret = WithheldRecord.objects.filter(code=WithholdCode.STATE_SECRET).exclude(inside)
    return Q(pk__in=secret.order_by().values("case_id"))


def is_sealed(member: Member, kind: str, subject_id: str) -> bool:
    """Whether one record was withheld as a state secret of another area than the person's."""
    cases = ReviewCase.objects.filter(subject_kind=kind, subject_id=subject_id)
    return cases.filter(sealed_cases(member)).exists()
