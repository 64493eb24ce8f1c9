"""Finding: strict hits first, related ones where those are few, ranked, counted, and shown as
the database has them at this moment."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import tantivy

from gongkai.core.pairs import pairs
from gongkai.search import index, query, rules_boost, rules_rerank
from gongkai.search.entries import Shown, sources
from gongkai.search.index import Stored
from gongkai.search.query import Ask, Hit
from gongkai.search.rules_rerank import Candidate

SIZE: Final = 10
DEEPEST: Final = 1000
"""Hits that can be paged to; whoever wants more narrows the question."""

BOOSTED: Final = 30
"""Hits whose order newness and authority may change."""

RELEVANCE: Final = "relevance"
NEWEST: Final = "newest"


@dataclass(frozen=True, slots=True)
class Row:
    """One hit with what the index keeps of it; ``shown`` is the database's word."""

    stored: Stored
    score: float
    strict: bool
    rank: int
    shown: Shown | None = None
    why: str = ""

    @property
    def fresh(self) -> bool:
        """Whether the kept text is the text that is public now."""
        return self.shown is not None and self.shown.version == self.stored.version


@dataclass(frozen=True, slots=True)
class Result:
    """One page of hits. ``total`` counts strict hits, ``related`` the others; ``ready`` is False
    while there is no index."""

    rows: tuple[Row, ...] = ()
    total: int = 0
    related: int = 0
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    ready: bool = True
    milliseconds: float = 0.0

    @property
    def reachable(self) -> int:
        """Hits that pages exist for."""
        return min(self.total + self.related, DEEPEST)


def _address(hit: Hit) -> tuple[int, int]:
    return (hit.address.segment_ord, hit.address.doc)


def _days(searcher: tantivy.Searcher, hits: Sequence[Hit]) -> list[tuple[date | None, int]]:
    """Day of publication and authority of each hit."""
    days = query.numbers_of(searcher, "day", hits)
    authorities = query.numbers_of(searcher, "authority", hits)
    return [
        (date.fromordinal(day) if day else None, authority or 0)
        for day, authority in zip(days, authorities, strict=True)
    ]


def _boosted(searcher: tantivy.Searcher, hits: Sequence[Hit], today: date) -> list[Hit]:
    """The first hits with their mild advantages (``rules_boost``), in the order that makes."""
    first, rest = hits[:BOOSTED], hits[BOOSTED:]
    raised = [
        replace(hit, score=hit.score * rules_boost.boost(day, authority, today))
        for hit, (day, authority) in zip(first, _days(searcher, first), strict=True)
    ]
    return [*sorted(raised, key=lambda hit: -hit.score), *rest]


def _why(hit: Hit, title: str, asked: Ask, day: date | None, authority: int, today: date) -> str:
    """Why a hit that was not read again stands where it does, in a sentence."""
    held = set(pairs(title))
    terms = asked.terms
    found = []
    if terms and held.issuperset(terms):
        found.append("标题里有全部要找的词")
    elif held.intersection(terms):
        found.append("标题里有要找的词")
    elif hit.strict:
        found.append("正文或者附件里有要找的词")
    else:
        found.append("有一部分要找的词")
    return "；".join([*found, *rules_boost.said(day, authority, today)]) + "。"


def _answers(
    searcher: tantivy.Searcher, asked: Ask, today: date, limit: int = query.RELATED_LIMIT
) -> list[Hit]:
    """The best hits for a question, the first of them ordered again by what stands in them.

    What holds every word is not put first here: that lost four of a hundred right answers on the
    first place (benchmarks/results/search_ranking.md). In a sentence “…” is punctuation; only "…" asks for
    the very words, as long as they stand anywhere. Where no hit holds enough of the question, all
    are only related.
    """
    exact = bool(asked.phrases) and '"' in asked.question
    wanted = query.related(searcher, asked, phrases=exact)
    found = query.top(searcher, wanted, limit, is_strict=False).rows
    if exact and not found:
        wanted = query.related(searcher, asked)
        found = query.top(searcher, wanted, limit, is_strict=False).rows
    found = tuple(_boosted(searcher, found, today))
    first = [index.stored(searcher, hit.address) for hit in found[: rules_rerank.LIMIT]]
    candidates = [
        Candidate(kept.title, f"{kept.asked}\n{kept.text}", hit.score)
        for kept, hit in zip(first, found, strict=False)
    ]
    prepared = rules_rerank.question(asked.question, query.rarity_of(searcher, asked))
    ranked = rules_rerank.rerank(prepared, candidates)
    is_answered = rules_rerank.answered(ranked)
    hits = [replace(found[one.place], why=rules_rerank.why(one)) for one in ranked]
    return [replace(hit, strict=is_answered) for hit in (*hits, *found[len(ranked) :])]


def by_relevance(
    searcher: tantivy.Searcher, asked: Ask, need: int, size: int, today: date
) -> tuple[list[Hit], int, int]:
    """(hits, number of strict ones, number of related ones behind them)."""
    if asked.describes:
        hits = _answers(searcher, asked, today)
        total = sum(hit.strict for hit in hits)
        return hits, total, len(hits) - total
    found = query.top(searcher, query.strict(searcher, asked), max(need, BOOSTED))
    hits = _boosted(searcher, found.rows, today)
    if found.total >= size or not asked.terms:
        return hits, found.total, 0
    known = {_address(hit) for hit in hits}
    more = query.top(searcher, query.related(searcher, asked), query.RELATED_LIMIT, is_strict=False)
    others = [hit for hit in more.rows if _address(hit) not in known]
    others = _boosted(searcher, others, today)
    return hits + others, found.total, len(others)


def _row(
    searcher: tantivy.Searcher,
    hit: Hit,
    asked: Ask,
    days: tuple[date | None, int],
    rank: int,
    today: date | None,
) -> Row:
    kept = index.stored(searcher, hit.address)
    why = hit.why
    if not why and today is not None:
        why = _why(hit, kept.title, asked, *days, today)
    return Row(kept, hit.score, hit.strict, rank, why=why)


def find(
    space: str,
    asked: Ask,
    *,
    today: date,
    page: int = 1,
    size: int = SIZE,
    order: str = RELEVANCE,
    facets: bool = True,
) -> Result:
    """One page of what fits; never raises for anything a reader may type."""
    started = time.perf_counter()
    searcher = index.searcher(space)
    if searcher is None:
        return Result(ready=False)
    if asked.empty:
        return Result()
    start = max(0, min((page - 1) * size, DEEPEST - size))
    related = 0
    if order == NEWEST:
        found = query.newest(searcher, query.strict(searcher, asked), size, start)
        hits, total = list(found.rows), found.total
        window = hits
    else:
        hits, total, related = by_relevance(searcher, asked, start + size, size, today)
        window = hits[start : start + size]
    counted: Mapping[str, Sequence[tuple[str, int]]] = {}
    if facets and (total or hits):
        few = not total or (asked.describes and order == RELEVANCE)
        source = query.among(searcher, hits) if few else query.strict(searcher, asked)
        counted = query.facets(searcher, source)
    rows = tuple(
        _row(searcher, hit, asked, days, start + place, today if order == RELEVANCE else None)
        for place, (hit, days) in enumerate(zip(window, _days(searcher, window), strict=True), 1)
    )
    spent = (time.perf_counter() - started) * 1000
    return Result(rows, total, related, counted, milliseconds=spent)


def shown(space: str, rows: Sequence[Row]) -> list[Row]:
    """The rows that the database still shows, each with what it says."""
    wanted: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        kind, record = row.stored.record
        wanted[kind].append((record, row.stored.part))
    known: dict[tuple[str, int, str], Shown] = {}
    for source in sources(space):
        if source.show is not None and wanted[source.kind]:
            for (record, part), seen in source.show(wanted[source.kind]).items():
                known[(source.kind, record, part)] = seen
    found = []
    for row in rows:
        what = known.get((*row.stored.record, row.stored.part))
        if what is not None:
            found.append(replace(row, shown=what))
    return found


def records(space: str, asked: Ask, kind: str, *, limit: int = DEEPEST) -> list[int]:
    """Ids of records of a kind that fit, best first; for lists that filter by rights themselves."""
    searcher = index.searcher(space)
    if searcher is None or asked.empty:
        return []
    narrowed = replace(asked, only={**asked.only, "kind": (kind,)})
    found = query.top(searcher, query.strict(searcher, narrowed), limit)
    return [number or 0 for number in query.numbers_of(searcher, "number", found.rows)]
