"""What the public reads of meetings, plans, measures, bulletins, rebuttals and trace notices.

All functions are ``public_*`` and start from items that are public now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from gongkai.core.clock import day_of
from gongkai.decisions.enums import LinkKind
from gongkai.decisions.models import AgendaLink, MeasurePeriod, TraceTerm
from gongkai.decisions.rules_epidemic import VERDICT_TONES, in_force
from gongkai.decisions.rules_plans import LEVELS, REVIEWS, midterm_year, years_of
from gongkai.publishing.enums import ENDED, Validity, Visibility
from gongkai.publishing.models import Item, ItemKind, ItemLink
from gongkai.publishing.rules_facts import is_date, lines_of

AREA_WIDE = "city"


def _public(kind: str, area: str = "", *, own: bool = False) -> QuerySet[Item]:
    """Public items of a kind: of one district by the code of its government, else of the whole
    city; with ``own`` only of the city's own units. The only base of the reads below."""
    rows = Item.objects.filter(kind__key=kind, visibility=Visibility.PUBLIC)
    if area:
        rows = rows.filter(unit__area__code=area)
    elif own:
        rows = rows.filter(unit__area=None)
    return rows.select_related("unit")


def _choices(kind: str, name: str) -> dict[str, str]:
    schema = ItemKind.objects.filter(key=kind).values_list("schema", flat=True).first() or []
    for entry in schema:
        if entry["name"] == name:
            return {str(key): str(label) for key, label in entry.get("choices") or []}
    return {}


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and is_date(value) else None


@dataclass(frozen=True, slots=True)
class PublicLink:
    """Something public that came of a matter."""

    kind: str
    word: str
    id: int
    title: str


@dataclass(frozen=True, slots=True)
class PublicMatter:
    """One public matter; ``number`` counts the public ones only."""

    number: int
    topic: str
    lines: list[str]
    decision: str
    way: str
    lead: str
    organ: str
    links: list[PublicLink]


@dataclass(frozen=True, slots=True)
class PublicMeeting:
    """A meeting as its public item tells of it."""

    id: int
    title: str
    name: str
    session: str
    held_on: date | None
    chair: str
    summary: str
    matters: list[PublicMatter] = field(default_factory=list)
    observers: list[Mapping[str, Any]] = field(default_factory=list)
    media: list[Mapping[str, Any]] = field(default_factory=list)


def _links_by_topic(item_ids: Sequence[int]) -> dict[tuple[int, str], list[PublicLink]]:
    """Public targets by (item of the meeting, topic); matters held back have none."""
    rows = AgendaLink.objects.filter(
        agenda__meeting__item__in=item_ids,
        agenda__public=True,
        item__visibility=Visibility.PUBLIC,
    ).select_related("agenda__meeting", "item")
    found: dict[tuple[int, str], list[PublicLink]] = {}
    for row in rows.order_by("pk"):
        key = (row.agenda.meeting.item_id or 0, row.agenda.title)
        link = PublicLink(row.kind, LinkKind(row.kind).label, row.item_id, row.item.title)
        found.setdefault(key, []).append(link)
    return found


def _meeting(item: Item, links: Mapping[tuple[int, str], list[PublicLink]]) -> PublicMeeting:
    own = item.facts
    matters = [
        PublicMatter(
            number=number,
            topic=str(row.get("topic") or ""),
            lines=lines_of(row.get("result")),
            decision=str(row.get("decision") or ""),
            way=str(row.get("way") or ""),
            lead=str(row.get("lead") or ""),
            organ=str(row.get("organ") or ""),
            links=links.get((item.pk, str(row.get("topic") or "")), []),
        )
        for number, row in enumerate(own.get("topics") or [], start=1)
    ]
    return PublicMeeting(
        id=item.pk,
        title=item.title,
        name=str(own.get("meeting") or item.title),
        session=str(own.get("session") or ""),
        held_on=_day(own.get("held_on")),
        chair=str(own.get("chair") or ""),
        summary=item.summary,
        matters=matters,
        observers=list(own.get("observers") or []),
        media=list(own.get("media") or []),
    )


def public_meetings(area: str, *, size: int = 60) -> list[PublicMeeting]:
    """The newest public meetings by the day they were held, the first with the links of its
    matters; two queries."""
    rows = list(
        _public("meeting_decision", area, own=True).order_by("-facts__held_on", "-pk")[:size]
    )
    links = _links_by_topic([rows[0].pk]) if rows else {}
    return [_meeting(row, links) for row in rows]


@dataclass(frozen=True, slots=True)
class PublicPlan:
    """A plan with what hangs on it; ``midterm`` is the state of its mid-term review."""

    id: int
    title: str
    level: str
    period: str
    years: tuple[int, int] | None
    approved_by: str
    unit: str
    lapsed: bool
    interpretations: list[PublicLink]
    reviews: list[PublicLink]
    progress: list[PublicLink]
    parents: list[PublicLink]
    midterm: str
    midterm_word: str


@dataclass(frozen=True, slots=True)
class PlanLevel:
    """One level of the tree."""

    key: str
    name: str
    plans: list[PublicPlan]


def _plan_links(ids: Sequence[int]) -> dict[int, dict[str, list[PublicLink]]]:
    """By plan: ``explained``, ``midterm``, ``progress``, ``parent``; public ends only."""
    rows = ItemLink.objects.filter(
        Q(target__in=ids, relation__in=("interprets", "evaluates")) | Q(source__in=ids, relation="part_of"),
        source__visibility=Visibility.PUBLIC, target__visibility=Visibility.PUBLIC,
    ).select_related("source", "target")  # fmt: skip
    found: dict[int, dict[str, list[PublicLink]]] = {}
    for row in rows.order_by("pk"):
        if row.relation == "part_of":
            key, plan, other = "parent", row.source_id, row.target
        else:
            plan, other = row.target_id, row.source
            level = str(other.facts.get("level") or "")
            key = "explained" if row.relation == "interprets" else level
        link = PublicLink(key, "", other.pk, other.title)
        found.setdefault(plan, {}).setdefault(key, []).append(link)
    return found


def _midterm(years: tuple[int, int] | None, reviewed: bool, today: date) -> tuple[str, str]:
    due = midterm_year(*years) if years else None
    if reviewed:
        return "done", "已作中期评估"
    if due is None:
        return "none", "不作中期评估"
    if today.year < due:
        return "later", f"{due}年作中期评估"
    return (
        ("now", f"今年（{due}年）作中期评估")
        if today.year == due
        else ("late", f"应在{due}年作中期评估，还没有公开")
    )


def public_plan_tree(area: str, today: date, *, size: int = 200) -> list[PlanLevel]:
    """The plans of a site by level, newest period first, with their interpretations, progress and
    mid-term reviews, and whether they still hold; three queries."""
    names = _choices("plan", "level")
    rows = list(_public("plan", area, own=True).order_by("-published_at", "-pk")[:size])
    links = _plan_links([row.pk for row in rows])
    by_level: dict[str, list[PublicPlan]] = {}
    for row in rows:
        level = str(row.facts.get("level") or "")
        if level in REVIEWS:
            continue
        period = str(row.facts.get("period") or "")
        years, mine = years_of(period), links.get(row.pk, {})
        state, word = _midterm(years, bool(mine.get("midterm")), today)
        over = bool(row.expires_on and row.expires_on < today)
        over = over or bool(years and years[1] < today.year)
        by_level.setdefault(level, []).append(
            PublicPlan(
                id=row.pk, title=row.title, level=level, period=period, years=years,
                approved_by=str(row.facts.get("approved_by") or ""), unit=row.unit.short_name,
                lapsed=over or row.current_validity in ENDED,
                interpretations=mine.get("explained", []), reviews=mine.get("midterm", []),
                progress=mine.get("progress", []), parents=mine.get("parent", []),
                midterm=state, midterm_word=word,
            )
        )  # fmt: skip
    found = []
    for key in LEVELS:
        plans = by_level.get(key, [])
        plans.sort(key=lambda p: (p.lapsed, -(p.years[0] if p.years else 0), p.title))
        if plans:
            found.append(PlanLevel(key, names.get(key, key), plans))
    return found


@dataclass(frozen=True, slots=True)
class PublicMeasure:
    """One measure and from when to when it holds."""

    id: int
    title: str
    area: str
    kind: str
    area_name: str
    kind_name: str
    applies_to: str
    how: list[str]
    hotline: str
    begins: date
    ends: date | None
    state: str
    replaced_by: int | None


def _measure(
    row: MeasurePeriod, areas: Mapping[str, str], kinds: Mapping[str, str], today: date
) -> PublicMeasure:
    own = row.item.facts
    if in_force(row.begins, row.ends, today) and row.item.validity not in (Validity.REPEALED,):
        state = "now"
    else:
        state = "later" if row.begins > today else "over"
    area, kind = str(own.get("area") or ""), str(own.get("measure_kind") or "")
    return PublicMeasure(
        id=row.item_id, title=row.item.title, area=area, kind=kind,
        area_name=areas.get(area, area), kind_name=kinds.get(kind, kind),
        applies_to=str(own.get("applies_to") or ""), how=lines_of(own.get("how")),
        hotline=str(own.get("hotline") or ""), begins=row.begins, ends=row.ends, state=state,
        replaced_by=row.replaced_by_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeasureBoard:
    """Measures in force or to come, and how many are over."""

    current: list[PublicMeasure]
    coming: list[PublicMeasure]
    over: list[PublicMeasure]
    kinds: dict[str, str]
    areas: dict[str, str]


def public_measures(area: str, today: date, *, past: int = 8) -> MeasureBoard:
    """Measures that hold today, that are to come, and the newest that are over; of a district
    those for the whole city too. What holds is computed from the days. Three queries."""
    schema = ItemKind.objects.filter(key="measure").values_list("schema", flat=True).first() or []
    named = {
        entry["name"]: {str(k): str(v) for k, v in entry.get("choices") or []} for entry in schema
    }
    areas, kinds = named.get("area", {}), named.get("measure_kind", {})
    rows = MeasurePeriod.objects.filter(item__visibility=Visibility.PUBLIC).select_related("item")
    if area:
        rows = rows.filter(slot__area__in=(area, AREA_WIDE))
    live = rows.filter(Q(ends=None) | Q(ends__gte=today)).order_by("-begins", "-pk")[:200]
    gone = rows.filter(ends__lt=today).order_by("-ends", "-pk")[:past]
    shown = [_measure(row, areas, kinds, today) for row in live]
    order = {key: place for place, key in enumerate(areas)}
    shown.sort(
        key=lambda m: (order.get(m.area, 99), list(kinds).index(m.kind) if m.kind in kinds else 99)
    )
    return MeasureBoard(
        current=[m for m in shown if m.state == "now"],
        coming=[m for m in shown if m.state == "later"],
        over=[_measure(row, areas, kinds, today) for row in gone],
        kinds=kinds,
        areas=areas,
    )


@dataclass(frozen=True, slots=True)
class PublicBulletin:
    """The newest bulletin: its figures and who published them."""

    id: int
    title: str
    period_to: str
    area: str
    source: str
    figures: list[Mapping[str, Any]]
    published_on: date | None
    summary: str


def public_bulletin(area: str) -> PublicBulletin | None:
    """The newest public bulletin with figures and an authorised source; one query."""
    for row in _public("bulletin", area, own=True).order_by("-published_at", "-pk")[:10]:
        source = str(row.facts.get("authorised_source") or "")
        if source and row.facts.get("figures"):
            return PublicBulletin(
                id=row.pk, title=row.title, period_to=str(row.facts.get("period_to") or ""),
                area=str(row.facts.get("area") or ""), source=source,
                figures=list(row.facts["figures"]), summary=row.summary,
                published_on=day_of(row.published_at) if row.published_at else None,
            )  # fmt: skip
    return None


@dataclass(frozen=True, slots=True)
class PublicRebuttal:
    """A rumour and the fact against it."""

    id: int
    title: str
    claim: list[str]
    verdict: str
    tone: str
    authority: str
    seen_at: str
    summary: str
    published_on: date | None
    truths: list[PublicLink]


def public_rebuttals(area: str, *, size: int = 4) -> list[PublicRebuttal]:
    """The newest rebuttals with what holds instead; three queries."""
    rows = list(_public("rumour", area).order_by("-published_at", "-pk")[:size])
    words = _choices("rumour", "verdict") if rows else {}
    truths: dict[int, list[PublicLink]] = {}
    for link in ItemLink.objects.filter(
        source__in=rows, relation="truth", target__visibility=Visibility.PUBLIC
    ).select_related("target"):
        truth = PublicLink("truth", "", link.target_id, link.target.title)
        truths.setdefault(link.source_id, []).append(truth)
    return [
        PublicRebuttal(
            id=row.pk, title=row.title, claim=lines_of(row.facts.get("claim")),
            verdict=words.get(str(row.facts.get("verdict")), ""),
            tone=VERDICT_TONES.get(str(row.facts.get("verdict")), "idle"),
            authority=str(row.facts.get("authority") or ""),
            seen_at=str(row.facts.get("seen_at") or ""), summary=row.summary,
            published_on=day_of(row.published_at) if row.published_at else None,
            truths=truths.get(row.pk, []),
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublicTrace:
    """A trace notice within its term: places by day."""

    id: int
    title: str
    area: str
    hotline: str
    act: list[str]
    venues: list[Mapping[str, Any]]


def public_traces(area: str, today: date, *, size: int = 3) -> list[PublicTrace]:
    """The newest trace notices within their term, also before the timer has deleted the others.
    One query."""
    terms = TraceTerm.objects.filter(last_on__gte=today, purged_at=None)
    return [
        PublicTrace(
            id=row.pk, title=row.title, area=str(row.facts.get("area") or ""),
            hotline=str(row.facts.get("hotline") or ""), act=lines_of(row.facts.get("act")),
            venues=[{**v, "date": _day(v.get("day"))} for v in row.facts.get("venues") or []],
        )
        for row in _public("trace", area)
        .filter(pk__in=terms.values("item"))
        .order_by("-published_at", "-pk")[:size]
    ]  # fmt: skip
