"""Which documents still lack their interpretation, and what units have made of theirs.

Everything is computed from published items and their links, and every figure can list its cases.
Basis: 国办发〔2016〕80号 and its local rules; the period itself is a rule of the kind (data, with its
own flag when unconfirmed).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import at, day_of
from gongkai.core.workdays import WorkCalendar, add_workdays, workdays_between
from gongkai.publishing.enums import ENDED, Visibility
from gongkai.publishing.models import Item, ItemKind, ItemLink
from gongkai.publishing.rules_kinds import DueRule
from gongkai.publishing.selectors import INTERPRETS

_DAY = timedelta(days=1)
_DEFAULT = DueRule(count=3, base="target", basis="国办发〔2016〕80号", unconfirmed=True)


def interpreting_kinds() -> list[ItemKind]:
    """The kinds that explain documents; one query."""
    return [k for k in ItemKind.objects.filter(due_rule__base="target") if k.interprets]


def interpretation_rule(kinds: Iterable[ItemKind] | None = None) -> DueRule:
    """By when after its publication a document has to be explained."""
    found = list(interpreting_kinds() if kinds is None else kinds)
    return found[0].due if found else _DEFAULT


def due_for(published_on: date, rule: DueRule, calendar: WorkCalendar) -> date:
    """The last day for the interpretation of a document published on a day."""
    if rule.unit == "workday":
        return add_workdays(published_on, rule.count, calendar).date
    return published_on + timedelta(days=rule.count)


def allowance(rule: DueRule) -> str:
    """The period in words: 文件公开后 3 个工作日内."""
    return f"文件公开后 {rule.words}内" if rule.count else "和文件同一天"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A public document that nobody has explained yet. ``due`` is the last day for it."""

    item_id: int
    title: str
    unit_id: int
    unit: str
    area_id: int | None
    published_on: date
    due: date
    late: bool


def _explained(kinds: Collection[ItemKind]) -> Exists:
    return Exists(
        ItemLink.objects.filter(
            target=OuterRef("pk"),
            relation__in=INTERPRETS,
            source__visibility=Visibility.PUBLIC,
            source__kind__in=[kind.pk for kind in kinds],
        )
    )


def _unexplained(units: Q, kinds: Collection[ItemKind]) -> QuerySet[Item]:
    """Public documents that need an interpretation and have none. Imported history is exempt, and
    so is what does not hold any more."""
    return (
        Item.objects.filter(
            units,
            ~_explained(kinds),
            visibility=Visibility.PUBLIC,
            kind__needs_interpretation=True,
            original_published_on=None,
        )
        .exclude(validity__in=ENDED)
        .exclude(validity_now__in=ENDED)
        .select_related("unit")
        .only("title", "published_at", "unit__short_name", "unit__area_id")
        .order_by("published_at", "id")
    )


def waiting(
    *,
    units: Q,
    today: date,
    calendar: WorkCalendar,
    published: tuple[date, date] | None = None,
    until: date | None = None,
) -> list[Waiting]:
    """Documents that still lack an interpretation, the oldest first; two queries.

    ``units`` is a condition on items; ``published`` keeps to documents made public between two
    days, ``until`` to those due by a day.
    """
    kinds = interpreting_kinds()
    rule = interpretation_rule(kinds)
    rows = _unexplained(units, kinds)
    if published:
        rows = rows.filter(
            published_at__gte=at(published[0]), published_at__lt=at(published[1]) + _DAY
        )
    found = []
    for item in rows:
        assert item.published_at is not None
        day = day_of(item.published_at)
        due = due_for(day, rule, calendar)
        if until is None or due <= until:
            found.append(
                Waiting(
                    item.pk, item.title, item.unit_id, item.unit.short_name, item.unit.area_id,
                    day, due, today > due,
                )
            )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Case:
    """One published interpretation. ``days`` are the working days from the publication of its
    document (None when that is history or not public); ``late`` says that they were too many."""

    item_id: int
    title: str
    unit_id: int
    unit: str
    form: str
    original: bool
    published_on: date
    document_id: int | None
    document: str
    days: int | None
    late: bool


def form_labels(kinds: Iterable[ItemKind] | None = None) -> dict[str, str]:
    """The forms of interpretation by key, in the order of the kind's description."""
    found: dict[str, str] = {}
    for kind in interpreting_kinds() if kinds is None else kinds:
        for entry in kind.schema:
            if entry["name"] == "form":
                found |= {str(key): str(label) for key, label in entry.get("choices") or []}
    return found


def is_original(facts: Mapping[str, Any], source: str) -> bool:
    """Made by the organ itself about a document published here; a relayed one is not, whatever
    was ticked (a relayed item names its source)."""
    return facts.get("original") is True and not source.strip()


def interpretations(first: date, last: date, *, units: Q, calendar: WorkCalendar) -> Iterator[Case]:
    """Named query 解读件数: interpretations published between two days, newest first.

    Imported history counts on the day it was first public. Three queries.
    """
    kinds = interpreting_kinds()
    rule = interpretation_rule(kinds)
    ours = Q(
        original_published_on=None, published_at__gte=at(first), published_at__lt=at(last) + _DAY
    )
    moved = Q(original_published_on__gte=first, original_published_on__lte=last)
    items = list(
        Item.objects.filter(
            units, ours | moved, visibility=Visibility.PUBLIC, kind__in=[k.pk for k in kinds]
        )
        .select_related("unit")
        .only(
            "title", "facts", "source", "published_at", "original_published_on", "unit__short_name"
        )
        .order_by("-published_at", "-id")
    )
    documents = _documents(items)
    for item in items:
        assert item.published_at is not None
        day = item.original_published_on or day_of(item.published_at)
        document = documents.get(item.pk)
        timed = document is not None and document.published_on and not item.original_published_on
        days = None
        if timed and document is not None and document.published_on:
            days = max(0, workdays_between(document.published_on, day, calendar))
        yield Case(
            item_id=item.pk,
            title=item.title,
            unit_id=item.unit_id,
            unit=item.unit.short_name,
            form=str(item.facts.get("form") or ""),
            original=is_original(item.facts, item.source),
            published_on=day,
            document_id=document.item_id if document else None,
            document=document.title if document else "",
            days=days,
            late=bool(
                days is not None
                and document is not None
                and document.published_on
                and day > due_for(document.published_on, rule, calendar)
            ),
        )


@dataclass(frozen=True, slots=True)
class _Document:
    item_id: int
    title: str
    #: None for history: when it was public elsewhere says nothing about our time
    published_on: date | None


def _documents(items: Iterable[Item]) -> dict[int, _Document]:
    """Of each interpretation the document that became public last: its period runs from there."""
    rows = ItemLink.objects.filter(
        source__in=[item.pk for item in items],
        relation__in=INTERPRETS,
        target__visibility=Visibility.PUBLIC,
    ).order_by("target__published_at", "id")
    found: dict[int, _Document] = {}
    for source, target, title, published, original in rows.values_list(
        "source_id", "target_id", "target__title", "target__published_at",
        "target__original_published_on",
    ):  # fmt: skip
        day = None if original or published is None else day_of(published)
        found[source] = _Document(target, title, day)
    return found


@dataclass(slots=True)
class Figures:
    """What a unit (or all of them) made of its interpretations in a period.

    ``share`` is originals in a hundred interpretations (原创率; None without any), ``days`` the
    average of working days from document to interpretation, ``missing`` the documents of the
    period that still have none, ``forms`` how many there are of each form.
    """

    unit_id: int
    unit: str
    interpretations: int = 0
    originals: int = 0
    late: int = 0
    missing: int = 0
    overdue: int = 0
    forms: dict[str, int] = field(default_factory=dict)
    _days: list[int] = field(default_factory=list)

    @property
    def share(self) -> int | None:
        """原创率 in percent, rounded; relayed interpretations stay in the denominator."""
        if not self.interpretations:
            return None
        return round(100 * self.originals / self.interpretations)

    @property
    def days(self) -> float | None:
        """Average working days from document to interpretation, to one decimal place."""
        return round(sum(self._days) / len(self._days), 1) if self._days else None

    def add(self, case: Case) -> None:
        """Count one interpretation."""
        self.interpretations += 1
        self.originals += case.original
        self.late += case.late
        self.forms[case.form] = self.forms.get(case.form, 0) + 1
        if case.days is not None:
            self._days.append(case.days)

    def add_missing(self, case: Waiting) -> None:
        """Count one document without interpretation."""
        self.missing += 1
        self.overdue += case.late


def figures(
    first: date, last: date, *, units: Q, today: date, calendar: WorkCalendar
) -> tuple[Figures, list[Figures]]:
    """(all together, each unit that has something to count, the busiest first); five queries."""
    total = Figures(0, "合计")
    by_unit: dict[int, Figures] = {}
    for case in interpretations(first, last, units=units, calendar=calendar):
        for row in (total, by_unit.setdefault(case.unit_id, Figures(case.unit_id, case.unit))):
            row.add(case)
    for gap in waiting(units=units, today=today, calendar=calendar, published=(first, last)):
        for row in (total, by_unit.setdefault(gap.unit_id, Figures(gap.unit_id, gap.unit))):
            row.add_missing(gap)
    rows = sorted(by_unit.values(), key=lambda f: (-f.interpretations, -f.missing, f.unit))
    return total, rows


# --- what the public site shows -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """Interpretations of a period for a public page: all together, by unit, and by form as
    (key, label, count), forms without any included."""

    total: Figures
    units: list[Figures]
    forms: list[tuple[str, str, int]]
    rule: DueRule


def public_interpretation_figures(
    first: date, last: date, *, today: date, unit_ids: Collection[int] | None = None
) -> PublicFigures:
    """The figures of the 政策解读 column: how many interpretations were published between two days,
    the share of originals, forms used, working days needed, documents still without one.

    ``unit_ids`` keeps to some units (those of one site); None takes all. Reads public items only;
    seven queries, however many units there are.
    """
    units = Q() if unit_ids is None else Q(unit_id__in=list(unit_ids))
    kinds = interpreting_kinds()
    total, rows = figures(first, last, units=units, today=today, calendar=load_calendar())
    forms = [(key, label, total.forms.get(key, 0)) for key, label in form_labels(kinds).items()]
    return PublicFigures(total, rows, forms, interpretation_rule(kinds))


def public_forms_of(item_ids: Collection[int]) -> Mapping[int, str]:
    """The form of public interpretations by item id, in words (图解), for the marks in lists; two
    queries. Items that are no interpretations are left out."""
    kinds = interpreting_kinds()
    labels = form_labels(kinds)
    rows = Item.objects.filter(
        pk__in=item_ids, visibility=Visibility.PUBLIC, kind__in=[k.pk for k in kinds]
    )
    return {
        pk: labels[form] for pk, form in rows.values_list("pk", "facts__form") if form in labels
    }


def public_awaiting_interpretation(
    *, today: date, unit_ids: Collection[int] | None = None, limit: int = 20
) -> list[Waiting]:
    """Public documents whose interpretation is still to come, the oldest first; three queries."""
    units = Q() if unit_ids is None else Q(unit_id__in=list(unit_ids))
    return waiting(units=units, today=today, calendar=load_calendar())[:limit]
