"""Reads for the lists of 规范性文件 and 规章. What holds is asked for a day, from the cards'
own dates, so that a list is right before the timer has been round.

All functions are ``public_*`` and start from placements; items are read only for the rows shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import and_
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When

from gongkai.catalogue.models import Column, Placement
from gongkai.catalogue.selectors import Page
from gongkai.catalogue.tallies import counts_by
from gongkai.core.clock import at
from gongkai.core.typed import containing
from gongkai.organisations.models import Unit
from gongkai.portal.rules import OPINION_WORDS
from gongkai.portal.rules_documents import (
    DECISION_END,
    ORDER_FORM,
    SOON_DAYS,
    STATES,
    Ending,
    register_pattern,
)
from gongkai.portal.selectors import Told, cursor_of, public_told_of, read_cursor
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item, ItemLink
from gongkai.publishing.placing import item_path

PAGE = 20


def _rows(column: Column) -> QuerySet[Placement]:
    return Placement.objects.filter(column=column, section=None, subject_kind="item")


def _normative(column: Column) -> QuerySet[Placement]:
    return _rows(column).filter(kind="normative_document")


def _is_text_of_rule() -> Q:
    # The column is the city's, its maker is known by the order; decisions end in 的决定.
    return Q(kind="policy", card__doc_no__regex=ORDER_FORM) & ~Q(card__title__endswith=DECISION_END)


def _is_draft() -> Q:
    asks = reduce(lambda a, b: a | b, (Q(card__title__icontains=w) for w in OPINION_WORDS))
    return Q(kind="notice") & asks


SETS = ("normative", "rules")


def _set(column: Column, name: str) -> QuerySet[Placement]:
    if name == "rules":
        return _rows(column).filter(_is_text_of_rule())
    return _normative(column)


def _with_state(rows: QuerySet[Placement], day: date) -> QuerySet[Any]:
    """``publishing.rules_due.validity_on`` in the database; a test compares the two."""
    today = day.isoformat()
    return rows.annotate(
        state=Case(
            When(card__validity="repealed", then=Value("repealed")),
            When(card__validity="lapsed", then=Value("lapsed")),
            When(card__expires__lt=today, then=Value("lapsed")),
            When(card__effective__gt=today, then=Value("not_yet")),
            When(card__validity="not_yet", card__effective__isnull=True, then=Value("not_yet")),
            default=Value("in_force"),
        )
    )


@dataclass(frozen=True, slots=True)
class Holding:
    """How many documents of a set are in which state, and how many lapse within half a year."""

    counts: Mapping[str, int]
    soon: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


def public_holding(column: Column, name: str, day: date) -> Holding:
    """The states of a set of documents on a day; one query over the set."""
    until = (day + timedelta(days=SOON_DAYS)).isoformat()
    soon = Count("pk", filter=Q(card__expires__lte=until))
    rows = _with_state(_set(column, name), day).order_by().values("state")
    found = {row["state"]: row for row in rows.annotate(n=Count("pk"), soon=soon)}
    counts = {state: found[state]["n"] if state in found else 0 for state in STATES}
    return Holding(counts, found["in_force"]["soon"] if "in_force" in found else 0)


@dataclass(frozen=True, slots=True)
class Lapsing:
    """A document in force whose last day is near."""

    title: str
    path: str
    unit: str
    doc_no: str
    expires_on: date


def public_lapsing(column: Column, name: str, day: date, *, limit: int = 5) -> list[Lapsing]:
    """The documents in force that lapse within half a year, nearest first; one query."""
    until = (day + timedelta(days=SOON_DAYS)).isoformat()
    rows = _with_state(_set(column, name), day).filter(state="in_force", card__expires__lte=until)
    return [
        Lapsing(
            card["title"], card["path"], card["unit"], card["doc_no"],
            date.fromisoformat(card["expires"]),
        )
        for card in rows.order_by("card__expires", "id").values_list("card", flat=True)[:limit]
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for: states (empty = every one), words, a unit's id, a year."""

    states: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    unit: int = 0
    year: int = 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of a list: the documents, what ended them by item id, the following cursor."""

    rows: Sequence[Told]
    endings: Mapping[int, Ending]
    next: str


def _said(word: str) -> Q:
    found = containing(word, "card__title", "card__doc_no")
    pattern = register_pattern(word)
    if pattern:
        named = Item.objects.filter(
            visibility=Visibility.PUBLIC,
            kind__key="normative_document",
            facts__register_no__iregex=pattern,
        )
        found |= Q(subject_id__in=named.values("pk"))
    return found


def public_documents(
    column: Column, name: str, wanted: Wanted, day: date, *, after: str = "", size: int = PAGE
) -> Shelf:
    """One page of a set of documents, newest first, read by key; three queries."""
    rows = _with_state(_set(column, name), day)
    if wanted.states:
        rows = rows.filter(state__in=wanted.states)
    if wanted.words:
        rows = rows.filter(reduce(and_, (_said(word) for word in wanted.words)))
    if wanted.unit:
        rows = rows.filter(unit_id=wanted.unit)
    if 1949 <= wanted.year <= 2999:
        rows = rows.filter(
            published_at__gte=at(date(wanted.year, 1, 1)),
            published_at__lt=at(date(wanted.year + 1, 1, 1)),
        )
    key = read_cursor(after)
    if key:
        rows = rows.filter(published_at__lte=key[0]).exclude(published_at=key[0], id__gte=key[1])
    found = list(rows.order_by("-published_at", "-id")[: size + 1])
    told = public_told_of([row.subject_id for row in found[:size]])
    following = cursor_of(found[size - 1]) if len(found) > size else ""
    return Shelf(told, _endings([one.id for one in told]), following)


def _endings(ids: Iterable[int]) -> dict[int, Ending]:
    """By which public document each was repealed or replaced; the newest speaks."""
    verbs = {"repeals": "废止", "supersedes": "代替"}
    links = (
        ItemLink.objects.filter(
            target__in=list(ids), relation__in=verbs, source__visibility=Visibility.PUBLIC
        )
        .order_by("id")
        .values_list(
            "target", "relation", "source", "source__title", "source__doc_no", "source__formed_on"
        )
    )
    return {
        target: Ending(verbs[relation], title, item_path(source), doc_no, formed_on)
        for target, relation, source, title, doc_no, formed_on in links
    }


def public_makers(column: Column, name: str) -> list[tuple[int, str, str]]:
    """(id, code, short name) of the units whose documents a set holds, in their order."""
    ids = _set(column, name).order_by().values("unit_id")
    rows = Unit.objects.filter(pk__in=ids).order_by("order", "id")
    return list(rows.values_list("pk", "code", "short_name"))


def public_document_years(column: Column, name: str) -> list[int]:
    """The years in which documents of a set's kind became public, newest first."""
    kind = "policy" if name == "rules" else "normative_document"
    counts = counts_by([column], "section", "kind", "year")
    return sorted({year for section, of, year in counts if section is None and of == kind})[::-1]


def public_drafts(column: Column, day: date, *, limit: int = 5) -> list[dict[str, object]]:
    """Calls for opinions on drafts of a column: cards, those still open first; one query."""
    today = day.isoformat()
    rows = (
        _rows(column)
        .filter(_is_draft())
        .annotate(closed=Case(When(card__expires__gte=today, then=Value(0)), default=Value(1)))
    )
    found = rows.order_by("closed", "-published_at", "-id")[:limit]
    return [{**row.card, "published_at": row.published_at} for row in found]


def public_around(column: Column, name: str, *, limit: int = 5) -> Page:
    """What else a column holds: neither the documents themselves nor calls for opinions."""
    others = _rows(column)
    if name == "rules":
        others = others.exclude(pk__in=_set(column, name).values("pk"))
        others = others.exclude(pk__in=_rows(column).filter(_is_draft()).values("pk"))
    else:
        others = others.exclude(kind="normative_document")
    found = others.order_by("-published_at", "-id")[:limit]
    return Page(tuple({**row.card, "published_at": row.published_at} for row in found), "")
