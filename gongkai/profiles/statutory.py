"""Reads of a unit's 法定主动公开内容: by the items of 条例 art. 20 and 21, and by words.

Everything starts from the placements of the unit's own column, so what is not public now is never
there. All functions are ``public_*``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from gongkai.catalogue.entries.enums import AbsenceStatus, Audience
from gongkai.catalogue.entries.models import EntryAbsence, EntryLink, EntryUnit
from gongkai.catalogue.entries.rules import period_label
from gongkai.catalogue.models import Column, Placement
from gongkai.core.clock import SHANGHAI, at, day_of
from gongkai.profiles.rules_statutory import (
    BASES,
    BASIS_KEYS,
    KIND_ARTICLES,
    NOT_HERE,
    OTHER,
    Absence,
    ArticleState,
    Basis,
    article_of,
    article_state,
    articles_for,
    merged,
)
from gongkai.publishing.enums import ENDED, Validity

PAGE = 20
_LARGEST = 2**62


def _links(unit_id: int) -> QuerySet[EntryLink]:
    """Public links of a unit that name an item of the regulation."""
    return (
        EntryLink.objects.filter(
            unit_id=unit_id, ended_at=None, published_on__isnull=False,
            entry__retired_at=None, subject_kind="item",
        )
        .exclude(entry__audience=Audience.GROUP)
        .exclude(entry__article="")
        .order_by()
    )  # fmt: skip


def _rows(column: Column) -> QuerySet[Placement]:
    return Placement.objects.filter(column=column, section=None, subject_kind="item").exclude(
        kind__in=NOT_HERE
    )


def of_article(unit_id: int, article: str) -> Q:
    """Which placements stand under an item: those the catalogue links with it, and those of its
    kinds that the catalogue links with no item at all."""
    links = _links(unit_id)
    wanted = Q(subject_id__in=links.filter(entry__article=article).values("subject_id"))
    free = ~Q(subject_id__in=links.values("subject_id"))
    if article == OTHER:
        wanted |= ~Q(kind__in=(*KIND_ARTICLES, *NOT_HERE)) & free
    elif kinds := [kind for kind, key in KIND_ARTICLES.items() if key == article]:
        wanted |= Q(kind__in=kinds) & free
    return wanted


@dataclass(frozen=True, slots=True)
class Statutory:
    """The second level of a unit's column: every item with its state, and how much in all."""

    items: tuple[ArticleState, ...]
    total: int

    def of(self, key: str) -> ArticleState | None:
        """The state of one item."""
        return next((one for one in self.items if one.key == key), None)


def public_statutory(column: Column, level: str, kinds: Mapping[str, int]) -> Statutory:
    """Every item of 条例 art. 20 (and 21) for a unit; ``kinds`` is how many items of each kind its
    column holds. Five queries however much there is."""
    unit_id = column.owner_id
    tallies = {kind: n for kind, n in kinds.items() if kind not in NOT_HERE}
    own_kind = (
        Placement.objects.filter(
            subject_kind="item", subject_id=OuterRef("subject_id"), column=column, section=None
        )
        .exclude(kind__in=NOT_HERE)
        .values("kind")[:1]
    )
    linked: dict[str, int] = {}
    newest: dict[str, date] = {}
    by_kind: dict[str, int] = {}
    rows = _links(unit_id).annotate(own=Subquery(own_kind)).exclude(own=None)
    for key, n, day in rows.values_list("entry__article").annotate(
        n=Count("subject_id", distinct=True), day=Max("published_on")
    ):
        linked[key], newest[key] = n, day
    for kind, n in rows.values_list("own").annotate(n=Count("subject_id", distinct=True)):
        by_kind[kind] = n
    free: dict[str, int] = {}
    for kind, n in tallies.items():
        free = merged(free, {article_of(kind): n - by_kind.get(kind, 0)})
    counts = merged(linked, free)
    for key, day in _newest_free(column, [k for k, n in tallies.items() if n > by_kind.get(k, 0)]):
        newest[key] = max(day, newest.get(key, day))
    absences = _absences(unit_id)
    owed = set(
        EntryUnit.objects.filter(unit_id=unit_id, ended_on=None, entry__retired_at=None)
        .exclude(entry__article="")
        .values_list("entry__article", flat=True)
        .distinct()
    )
    return Statutory(
        tuple(
            article_state(
                key, counts.get(key, 0), newest.get(key),
                absence=absences.get(key), owed=key in owed,
            )
            for key in articles_for(level)
        ),
        sum(tallies.values()),
    )  # fmt: skip


def _newest_free(column: Column, kinds: Iterable[str]) -> list[tuple[str, date]]:
    """The newest day of each kind among what no entry names; one query."""
    free = _rows(column).exclude(subject_id__in=_links(column.owner_id).values("subject_id"))
    wanted = Q(pk__in=[])
    for kind in kinds:
        wanted |= Q(pk__in=free.filter(kind=kind).order_by("-published_at", "-id").values("pk")[:1])
    rows = Placement.objects.filter(wanted).order_by().values_list("kind", "published_at")
    return [(article_of(kind), day_of(moment)) for kind, moment in rows]


def _absences(unit_id: int) -> dict[str, Absence]:
    """The newest approved 无此事项 of each item, of entries nothing was published under."""
    rows = (
        EntryAbsence.objects.filter(unit_id=unit_id, status=AbsenceStatus.APPROVED)
        .exclude(entry__article="")
        .order_by("decided_at", "pk")
        .values_list("entry__article", "reason", "period")
    )
    return {key: Absence(reason, period_label(period)) for key, reason, period in rows}


@dataclass(frozen=True, slots=True)
class BasisState:
    """One list of 履职依据 with its count and newest day."""

    basis: Basis
    count: int
    newest: date | None


def _of_basis(basis: Basis) -> Q:
    orders = Q(card__doc_no__icontains="令第")
    ended = Q(card__validity__in=list(ENDED))
    return (orders if basis.orders else ~orders) & (ended if basis.ended else ~ended)


def public_bases(column: Column) -> list[BasisState]:
    """The lists of 履职依据 under item （一）; one query over its rows alone."""
    named: dict[str, Any] = {}
    for basis in BASES:
        key = basis.key.replace("-", "_")
        named[f"{key}_n"] = Count("pk", filter=_of_basis(basis))
        named[f"{key}_at"] = Max("published_at", filter=_of_basis(basis))
    found = _rows(column).filter(of_article(column.owner_id, "20-1")).aggregate(**named)
    states = []
    for basis in BASES:
        key = basis.key.replace("-", "_")
        moment = found[f"{key}_at"]
        states.append(BasisState(basis, found[f"{key}_n"], day_of(moment) if moment else None))
    return states


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for inside one column; empty or 0 = everything. ``validity`` is a stored
    value or ``ended`` for both ways in which a document stops to hold."""

    kind: str = ""
    year: int = 0
    article: str = ""
    basis: str = ""
    validity: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for."""
        return any((self.kind, self.year, self.article, self.basis, self.validity))


@dataclass(frozen=True, slots=True)
class Found:
    """One page of cards; ``next`` is the cursor of the following page, empty at the end."""

    cards: tuple[dict[str, Any], ...]
    next: str


def _cursor(text: str) -> tuple[datetime, int] | None:
    stamp, _, row = text.rpartition("-")
    try:
        moment, key = datetime.fromtimestamp(float(stamp), SHANGHAI), int(row)
    except (ValueError, OverflowError, OSError):
        return None
    return (moment, key) if 0 < key < _LARGEST else None


def _wanted(column: Column, wanted: Search, left_out: Iterable[str]) -> QuerySet[Placement]:
    rows = Placement.objects.filter(column=column, section=None, subject_kind="item")
    rows = rows.filter(kind=wanted.kind) if wanted.kind else rows.exclude(kind__in=left_out)
    if wanted.article:
        rows = rows.filter(of_article(column.owner_id, wanted.article))
    if wanted.basis in BASIS_KEYS:
        rows = rows.filter(of_article(column.owner_id, "20-1"), _of_basis(BASIS_KEYS[wanted.basis]))
    if 1949 <= wanted.year <= 2999:
        rows = rows.filter(
            published_at__gte=at(date(wanted.year, 1, 1)),
            published_at__lt=at(date(wanted.year + 1, 1, 1)),
        )
    if wanted.validity == "ended":
        rows = rows.filter(card__validity__in=list(ENDED))
    elif wanted.validity in Validity.values:
        rows = rows.filter(card__validity=wanted.validity)
    return rows


def public_find(
    column: Column, wanted: Search, *, after: str = "", size: int = PAGE, statutory: bool = False
) -> Found:
    """One page of what a unit has published and a search asks for, newest first, by key;
    ``statutory`` leaves out what stands in the other three columns. News only when asked for."""
    rows = _wanted(column, wanted, NOT_HERE if statutory else ("news",))
    key = _cursor(after) if len(after) < 60 else None
    if key:
        rows = rows.filter(published_at__lte=key[0]).exclude(published_at=key[0], id__gte=key[1])
    found = list(rows.order_by("-published_at", "-id")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Found(
        tuple({**p.card, "published_at": p.published_at} for p in found[:size]),
        f"{last.published_at.timestamp():.6f}-{last.pk}" if last else "",
    )


def public_among(column: Column, wanted: Search, ids: Sequence[int]) -> list[int]:
    """Of items that the search engine found, those that the unit's column shows and the other
    conditions allow, in the order of ``ids``; as keys of placements. One query."""
    rows = _wanted(column, wanted, ("news",)).filter(subject_id__in=ids)
    keys = dict(rows.order_by().values_list("subject_id", "pk"))
    return [keys[pk] for pk in ids if pk in keys]


def public_cards(keys: Sequence[int]) -> tuple[dict[str, Any], ...]:
    """The cards of placements in the order of their keys. One query."""
    rows = Placement.objects.in_bulk(keys)
    return tuple(
        {**rows[key].card, "published_at": rows[key].published_at} for key in keys if key in rows
    )
