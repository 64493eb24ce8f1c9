"""What the desk's screens show of the catalogues, put together from the selectors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet

from gongkai.catalogue.entries import selectors
from gongkai.catalogue.entries.enums import (
    ARTICLES,
    LIGHTS,
    OPEN_STATES,
    Channel,
    Level,
    State,
)
from gongkai.catalogue.entries.fields import STATUTORY, field_name, fields
from gongkai.catalogue.entries.models import (
    Catalogue,
    Entry,
    EntryAbsence,
    EntryInstance,
    EntryLink,
    EntryUnit,
)
from gongkai.catalogue.entries.rules import STATUTORY_DAYS, Instance, is_period, period_label
from gongkai.catalogue.entries.rules_limits import LimitKind, Span, describe
from gongkai.core.facts import trail as facts_trail
from gongkai.core.models import Fact
from gongkai.core.workdays import DueDate, Explanation, WorkCalendar, add_workdays
from gongkai.organisations.access import Member, visible_units
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit


@dataclass(frozen=True, slots=True)
class Asked:
    """How a board is narrowed."""

    unit: str = ""
    field: str = ""
    state: str = ""
    period: str = ""

    def query(self, **changes: str) -> dict[str, str]:
        """The address query of this narrowing, with changes."""
        values = {
            "unit": self.unit, "field": self.field, "state": self.state, "period": self.period,
            **changes,
        }  # fmt: skip
        return {name: value for name, value in values.items() if value}


def asked_of(given: Mapping[str, Any]) -> Asked:
    """The narrowing that an address asks for; values that mean nothing are left out."""
    unit, field = str(given.get("unit", "")), str(given.get("field", ""))
    state, period = str(given.get("state", "")), str(given.get("period", ""))
    return Asked(
        unit if unit.isascii() and unit.isdigit() and len(unit) < 10 else "",
        field if field in fields() or field == STATUTORY else "",
        state if state in State.values else "",
        period if is_period(period) else "",
    )


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows apart from the page of rows."""

    rows: QuerySet[EntryInstance]
    counts: Mapping[str, int]
    units: list[Unit]
    unit: Unit | None
    fields: list[tuple[str, str]]
    periods: list[tuple[str, str]]

    @property
    def whole(self) -> int:
        """How many instances there are."""
        return sum(self.counts.values())


def board_of(member: Member, asked: Asked, day: date) -> Board:
    """The board of the units the person works in, or supervises."""
    supervisor = member.holds_anywhere(Role.SUPERVISOR)
    base = visible_units(member) if supervisor else Unit.objects.filter(pk__in=member.unit_ids())
    answering = EntryUnit.objects.filter(ended_on=None).values("unit_id")
    units = list(base.filter(pk__in=answering).order_by("order", "pk"))
    unit = next((u for u in units if str(u.pk) == asked.unit), None)
    ids = [unit.pk] if unit else [u.pk for u in units]
    everything = selectors.instances(ids)
    narrowed = selectors.instances(ids, field=asked.field, period=asked.period)
    rows = narrowed.filter(selectors.condition(asked.state, day)) if asked.state else narrowed
    keys = (
        Catalogue.objects.filter(pk__in=everything.values("catalogue_id"))
        .order_by("order")
        .values_list("field", flat=True)
    )
    return Board(
        rows=selectors.urgent_first(rows, day),
        counts=selectors.counts(narrowed, day),
        units=units,
        unit=unit,
        fields=[(key or STATUTORY, field_name(key)) for key in dict.fromkeys(keys)],
        periods=[(p, period_label(p)) for p in selectors.periods(everything) if p],
    )


def state_tabs(counts: Mapping[str, int], asked: Asked) -> list[dict[str, Any]]:
    """One entry for each state that occurs, with its light and its number."""
    return [
        {
            "state": state,
            "label": str(state.label),
            "light": LIGHTS[state],
            "count": counts[state],
            "current": asked.state == state,
            "url": f"?{urlencode(asked.query(state='' if asked.state == state else str(state)))}",
        }
        for state in State
        if counts[state] or asked.state == state
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """One instance as a row of a table."""

    row: EntryInstance
    state: str
    label: str
    light: str
    period: str
    field: str
    words: str


def _left(due: date | None, state: str, day: date) -> str:
    if due is None:
        return ""
    days = (due - day).days
    if state == State.OVERDUE:
        return f"已过 {-days} 天"
    if state == State.DUE_SOON:
        return "今天到期" if days == 0 else f"还有 {days} 天"
    return ""


def lines(rows: Iterable[EntryInstance], day: date) -> list[Line]:
    """Rows with their state in words."""
    found = []
    for row in rows:
        state = selectors.state_of(row, day)
        found.append(
            Line(
                row, state, str(State(state).label), LIGHTS[State(state)],
                period_label(row.period) if row.period else "",
                field_name(row.catalogue.field), _left(row.due_on, state, day),
            )
        )  # fmt: skip
    return found


def waiting(member: Member) -> list[EntryAbsence]:
    """Requests of 无此事项 that this person may decide, oldest first."""
    if member.holds_anywhere(Role.SUPERVISOR):
        ids = list(visible_units(member).values_list("pk", flat=True))
    else:
        ids = list(member.unit_ids(Role.FINAL_REVIEWER))
    return list(selectors.absences_waiting(member, ids)[:20])


# --- the city -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Overview:
    """All units of a supervisor's area, the catalogues there, and what has to be named."""

    units: list[selectors.UnitRow]
    counts: Mapping[str, int]
    catalogues: list[Catalogue]
    to_name: list[Entry]
    fields: list[tuple[str, str]]
    waiting: list[EntryAbsence]

    @property
    def whole(self) -> int:
        """How many instances there are."""
        return sum(self.counts.values())


def owners_of(member: Member) -> list[Unit]:
    """The governments whose catalogues the person keeps: the city's, or their district's."""
    whole_city, areas = member.supervised_areas()
    governments = Unit.objects.filter(kind="government", level="city")
    districts = Unit.objects.filter(kind="district", valid_to=None)
    if whole_city:
        return [*governments.order_by("order"), *districts.order_by("order")]
    return list(districts.filter(pk__in=areas).order_by("order"))


def overview_of(member: Member, asked: Asked, day: date) -> Overview:
    """The overview of everything the person supervises."""
    ids = list(visible_units(member).values_list("pk", flat=True))
    rows = selectors.instances(ids, field=asked.field)
    owners = owners_of(member)
    catalogues = [c for owner in owners for c in _catalogues(owner)]
    keys = dict.fromkeys(c.field for c in catalogues)
    to_name = Entry.objects.filter(catalogue__in=catalogues, retired_at=None).exclude(to_name="")
    return Overview(
        units=selectors.by_unit(rows, day),
        counts=selectors.counts(rows, day),
        catalogues=catalogues,
        to_name=list(to_name.select_related("catalogue__owner").order_by("catalogue", "sort")[:50]),
        fields=[(key or STATUTORY, field_name(key)) for key in keys],
        waiting=waiting(member),
    )


def _catalogues(owner: Unit) -> list[Catalogue]:
    return list(selectors.catalogues_of(owner).select_related("owner"))


# --- one entry ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happening:
    """One instance of an entry's history."""

    instance: Instance
    state: str
    label: str
    light: str
    period: str
    card: selectors.Card | None
    words: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One unit under one entry."""

    happenings: list[Happening]
    open: Happening | None
    due: DueDate | None
    explained: Explanation | None
    rule: str
    yearly_check: bool
    links: list[tuple[EntryLink, selectors.Card | None]]
    absences: list[EntryAbsence]


def entry_view(
    entry: Entry, duty: EntryUnit, member: Member, day: date, calendar: WorkCalendar
) -> EntryView:
    """How a unit stands under an entry, with the steps behind its most urgent day."""
    history = selectors.history(duty, today=day, calendar=calendar)
    links = selectors.links_of(duty)
    cards = selectors.cards(
        [(i.kind, i.record_id) for _, i in history if i.record_id is not None]
        + [(link.subject_kind, link.subject_id) for link in links]
    )
    happenings = [
        Happening(
            i, state, str(State(state).label), LIGHTS[State(state)],
            period_label(i.period) if i.period else "",
            cards.get((i.kind, i.record_id)) if i.record_id is not None else None,
            _left(i.due_on, state, day),
        )
        for state, i in history
    ]  # fmt: skip
    order = list(OPEN_STATES)
    waiting_ = [h for h in happenings if h.state in OPEN_STATES and h.instance.due_on]
    urgent = min(
        waiting_,
        key=lambda h: (order.index(State(h.state)), h.instance.due_on or date.max),
        default=None,
    )
    due = _steps(entry, urgent, calendar)
    return EntryView(
        happenings=happenings,
        open=urgent,
        due=due,
        explained=due.explain() if due else None,
        rule=describe(entry.limit),
        yearly_check=entry.limit.lasting and any(link.published_on for link in links),
        links=[(link, cards.get((link.subject_kind, link.subject_id))) for link in links],
        absences=selectors.absences_of(duty),
    )


def _steps(entry: Entry, urgent: Happening | None, calendar: WorkCalendar) -> DueDate | None:
    """The working days counted to the most urgent day; None where a date is fixed otherwise."""
    limit = entry.limit
    if urgent is None or urgent.instance.start_on is None or limit.kind is LimitKind.CALENDAR:
        return None
    n = limit.n or STATUTORY_DAYS
    start, due_on = urgent.instance.start_on, urgent.instance.due_on
    if limit.span is not Span.WORKDAY or due_on == start + relativedelta(years=1):
        return None
    due = add_workdays(start, n, calendar)
    return due if due.date == due_on else None


def about(entry: Entry) -> list[dict[str, str]]:
    """The columns of an entry as label and value."""
    rows = [
        ("目录", f"{entry.catalogue.name}（第 {entry.catalogue.version} 版）"),
        ("公开时限", entry.limit_text or "没有写明"),
        ("公开主体", entry.units_text or "没有写明"),
        (
            "公开渠道",
            "、".join([*(str(Channel(c).label) for c in entry.channels), *entry.platforms]),
        ),
        ("公开对象", f"特定群体：{entry.group}" if entry.restricted else entry.get_audience_display()),
        ("公开方式", entry.get_method_display()),
        ("公开层级", "、".join(str(Level(level).label) for level in entry.levels)),
        (
            "条例条款",
            f"{_article(entry.article)} {ARTICLES[entry.article]}" if entry.article in ARTICLES else "",
        ),
        ("事项编号", entry.code),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in rows if value]


def _article(key: str) -> str:
    number, _, part = key.partition("-")
    return f"条例第二十条第（{part}）项" if number == "20" else "条例第二十一条"


def trail(entry: Entry, member: Member) -> list[Fact]:
    """The newest things that happened to an entry, as far as they concern units the person sees."""
    keeper = member.supervises(entry.catalogue.owner)
    own = member.unit_ids()
    rows = [f for f in facts_trail("entry", entry.code) if keeper or f.unit_id in own]
    return rows[::-1][:20]
