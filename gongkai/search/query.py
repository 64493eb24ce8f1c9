"""Asking an index: what was asked, as the engine's queries; hits, their number, their facets.

Two ways to match. *Strict*: everything that was asked for is there. *Related*: some of it is, best
first; used when nothing has everything, and to fill up a short first page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import tantivy
from tantivy import FieldType, Occur, Query

from gongkai.core.pairs import fold, is_han, pairs
from gongkai.search.entries import FACETS
from gongkai.search.index import SCHEMA
from gongkai.search.rules_rerank import rarity

RELATED_LIMIT: Final = 200
"""Related hits: the best so many, more would be chance."""

TERMS_LIMIT: Final = 120
"""Different terms of one question that are looked at."""

BUDGET_LEAST: Final = 200_000
BUDGET_MOST: Final = 500_000
"""Postings read for related hits; 0.4 per document in between. Measured: no loss of quality."""

ALWAYS_READ: Final = 3
"""The rarest terms, which are read whatever they cost."""

CHARACTER_WEIGHT: Final = 0.7
"""Of a single character beside pairs: +.02 R@10 and R@100 on statutes."""

NAMING: Final = 4
"""Terms of a question that is too short to describe a matter: 怎么提取公积金 names one."""

COUNTED: Final = ("type", "unit", "topic", "validity", "site", "state")
COUNT_LIMIT: Final = 60


@dataclass(frozen=True, slots=True)
class Word:
    """A run of what was asked, and other words for it with their weight (below 1)."""

    text: str
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """What is looked for.

    ``phrases`` must stand exactly so, ``excluded`` must not occur, ``numbers`` come first.
    ``only`` and ``without`` narrow by facets (see ``entries.FACETS`` and ``kind``); ``since`` and
    ``until`` are days of publication, both included. ``question`` is the whole as it was typed when
    it is put as a question (怎么 …, … 吗), which is ranked in another way; empty otherwise.
    """

    words: tuple[Word, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    title_only: bool = False
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)
    years: tuple[int, ...] = ()
    since: date | None = None
    until: date | None = None
    question: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was asked for; filters alone are no question."""
        return not (self.words or self.phrases or self.numbers)

    @property
    def describes(self) -> bool:
        """Whether it is a question that describes a matter, and no name or number to look up."""
        return bool(self.question and self.words) and len(self.terms) > NAMING

    @property
    def terms(self) -> tuple[str, ...]:
        """The different terms of all words and phrases, in order."""
        texts = [word.text for word in self.words] + list(self.phrases)
        found = dict.fromkeys(term for text in texts for term in pairs(text))
        return tuple(found)[:TERMS_LIMIT]


def ask(text: str, **more: Any) -> Ask:
    """A plain question: its words as they stand; what has no letter or character is no word."""
    return Ask(words=tuple(Word(word) for word in text.split() if pairs(word)), **more)


@dataclass(frozen=True, slots=True)
class Hit:
    """One hit as the engine gives it; ``why`` says what put it before others, when hits were
    ordered again."""

    address: tantivy.DocAddress
    score: float
    strict: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """A stretch of hits and the number of all of them."""

    rows: tuple[Hit, ...]
    total: int


def _term(name: str, term: str) -> Query:
    if len(term) == 1 and is_han(term):
        # Inside a longer run a character stands in no term of its own.
        return Query.term_query(SCHEMA, "chars", term, "freq")
    return Query.term_query(SCHEMA, name, term)


def _every(queries: Iterable[Query]) -> Query:
    found = list(queries)
    return found[0] if len(found) == 1 else Query.boolean_query([(Occur.Must, q) for q in found])


def _any(queries: Iterable[Query]) -> Query:
    found = list(queries)
    return found[0] if len(found) == 1 else Query.boolean_query([(Occur.Should, q) for q in found])


def _budget(searcher: tantivy.Searcher) -> int:
    return min(max(BUDGET_LEAST, searcher.num_docs * 2 // 5), BUDGET_MOST)


def _is_pair(term: str) -> bool:
    return len(term) > 1 and is_han(term)


def _most_terms(searcher: tantivy.Searcher, name: str, text: str) -> Query:
    """A word is there when its terms are, but for one pair of three terms.

    Who writes 2022年预算 means 2022年 and 预算; 年预 stands between two words and need not occur.
    Numbers, Latin words and single characters always must: 第1号 is not 第2号.
    """
    terms = list(dict.fromkeys(pairs(text)))[:TERMS_LIMIT]
    if not terms:
        return Query.all_query()
    if len(terms) < 3:
        return _every(_term(name, term) for term in terms)
    must = [_term(name, term) for term in terms if not _is_pair(term)]
    kept: list[Query] = []
    left = _budget(searcher)
    frequencies = sorted((searcher.doc_freq(name, term), term) for term in filter(_is_pair, terms))
    for frequency, term in frequencies:
        if frequency > left and len(kept) >= ALWAYS_READ:
            # What stands almost everywhere costs most and tells least.
            break
        left -= frequency
        kept.append(_term(name, term))
    if kept:
        forgiven = (len(kept) + len(must)) // 3
        least = max(1, len(kept) - forgiven)
        must.append(
            Query.boolean_query(
                [(Occur.Should, query) for query in kept], minimum_number_should_match=least
            )
        )
    return _every(must)


TITLE_WEIGHT: Final = 1.0
"""Who types words or a title looks for a document, so its title weighs as much as all of it. A
question describes a matter, and there the title only did harm (benchmarks/results/search_ranking.md)."""


def _in_title(asked: Ask) -> list[Query]:
    if asked.title_only or asked.describes:
        return []
    return [Query.boost_query(_term("title", term), TITLE_WEIGHT) for term in asked.terms]


def _phrase(name: str, text: str) -> Query:
    """The terms of a phrase one after the other.

    A single character at an end of the phrase may be part of a longer run in the text (号 of
    13号文件), where it has no term of its own: it must occur, its place is not checked.
    """
    terms = pairs(text)
    if not terms:
        return Query.all_query()
    loose = [len(term) == 1 and is_han(term) for term in terms]
    inner = [(place, term) for place, term in enumerate(terms) if not loose[place]]
    parts = [_term(name, term) for place, term in enumerate(terms) if loose[place]]
    if len(inner) == 1:
        parts.append(_term(name, inner[0][1]))
    elif inner:
        first = inner[0][0]
        parts.append(
            Query.phrase_query(SCHEMA, name, [(place - first, term) for place, term in inner])
        )
    return _every(parts)


def _silent(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _facet(name: str, values: Sequence[str]) -> Query:
    return _silent(_any(Query.term_query(SCHEMA, name, value, "basic") for value in values))


def _narrowed(asked: Ask, core: Query) -> Query:
    must = [_facet(name, values) for name, values in asked.only.items() if values]
    if asked.years:
        must.append(_silent(_any(Query.term_query(SCHEMA, "year", year) for year in asked.years)))
    if asked.since or asked.until:
        must.append(
            _silent(
                Query.range_query(
                    SCHEMA,
                    "day",
                    FieldType.Integer,
                    asked.since.toordinal() if asked.since else 1,
                    asked.until.toordinal() if asked.until else date.max.toordinal(),
                )
            )
        )
    name = "title" if asked.title_only else "all"
    must += [_phrase(name, phrase) for phrase in asked.phrases]
    not_ = [_facet(name, values) for name, values in asked.without.items() if values]
    not_ += [_phrase("all", word) for word in asked.excluded]
    if not must and not not_:
        return core
    return Query.boolean_query(
        [
            (Occur.Must, core),
            *((Occur.Must, query) for query in must),
            *((Occur.MustNot, query) for query in not_),
        ]
    )


def _numbers(asked: Ask) -> list[Query]:
    return [
        Query.const_score_query(Query.term_query(SCHEMA, "numbers", number, "basic"), 1000.0)
        for number in asked.numbers
    ]


def strict(searcher: tantivy.Searcher, asked: Ask) -> Query:
    """Everything that was asked for; a number that fits comes first by itself."""
    name = "title" if asked.title_only else "all"
    words = []
    for word in asked.words:
        forms = [_most_terms(searcher, name, word.text)]
        forms += [
            Query.boost_query(_most_terms(searcher, name, text), weight)
            for text, weight in word.alternatives
        ]
        words.append(_any(forms))
    core = _every(words) if words else Query.all_query() if asked.phrases else None
    in_title = _in_title(asked)
    if core is not None and in_title:
        core = Query.boolean_query(
            [(Occur.Must, core)] + [(Occur.Should, query) for query in in_title]
        )
    options = [*_numbers(asked), *([core] if core is not None else [])]
    return _narrowed(asked, _any(options) if options else Query.empty_query())


def _affordable(searcher: tantivy.Searcher, asked: Ask, name: str) -> list[Query]:
    """The question's terms, rarest first, as far as they can be read in a few milliseconds: what
    stands in almost every document costs most and says least. Single characters come after
    pairs; they bring in what is written a little otherwise."""
    documents, left = searcher.num_docs, _budget(searcher)
    terms = sorted((searcher.doc_freq(name, term), term) for term in asked.terms)
    found: list[Query] = []
    for frequency, term in terms:
        if len(term) == 1 and is_han(term):
            continue
        if frequency > left and len(found) >= ALWAYS_READ:
            return found
        left -= frequency
        found.append(_term(name, term))
    text = "".join(word.text for word in asked.words)
    characters = dict.fromkeys(filter(is_han, fold(text)))
    rare = sorted((searcher.doc_freq("chars", one), one) for one in characters)
    for frequency, one in rare[:TERMS_LIMIT]:
        if found and (frequency > left or frequency * 10 > documents):
            break
        left -= frequency
        found.append(Query.boost_query(_term("chars", one), CHARACTER_WEIGHT))
    return found


def rarity_of(searcher: tantivy.Searcher, asked: Ask) -> dict[str, float]:
    """How much each pair of the question tells in this index; what re-ranking weighs with."""
    documents = searcher.num_docs
    return {term: rarity(documents, searcher.doc_freq("all", term)) for term in asked.terms}


def related(searcher: tantivy.Searcher, asked: Ask, *, phrases: bool = False) -> Query:
    """Any of it, best first; with ``phrases`` only where they stand exactly so."""
    name = "title" if asked.title_only else "all"
    options = _numbers(asked) + _affordable(searcher, asked, name) + _in_title(asked)
    for word in asked.words:
        own = set(pairs(word.text))
        for text, weight in word.alternatives:
            options += [
                Query.boost_query(_term(name, term), weight)
                for term in dict.fromkeys(pairs(text))
                if term not in own
            ]
    narrowed = asked if phrases else replace(asked, phrases=())
    return _narrowed(narrowed, _any(options) if options else Query.empty_query())


def _count(found: Any) -> int:
    # Missing in the package's type stubs.
    return int(found.count)


def top(searcher: tantivy.Searcher, query: Query, limit: int, *, is_strict: bool = True) -> Hits:
    """The best ``limit`` hits and the number of all. Counting reads every match, so it is done
    only for strict queries, whose matches are few."""
    found = searcher.search(query, limit, count=is_strict)
    rows = tuple(Hit(address, float(score), is_strict) for score, address in found.hits)
    return Hits(rows, _count(found) if is_strict else len(rows))


def holding(searcher: tantivy.Searcher, terms: Sequence[str]) -> int:
    """How many entries hold every one of these terms."""
    return _count(searcher.search(_every(_term("all", term) for term in terms), 1, count=True))


def newest(searcher: tantivy.Searcher, query: Query, limit: int, offset: int = 0) -> Hits:
    """Hits by day of publication, newest first."""
    found = searcher.search(query, limit, offset=offset, order_by_field="day")
    rows = tuple(Hit(address, 0.0) for _, address in found.hits)
    return Hits(rows, _count(found))


def facets(searcher: tantivy.Searcher, query: Query) -> dict[str, list[tuple[str, int]]]:
    """How many of a query's matches have each value; the most frequent values of each facet."""
    wanted: dict[str, Any] = {
        name: {"terms": {"field": name, "size": COUNT_LIMIT}} for name in (*COUNTED, "kind", "year")
    }
    found = searcher.aggregate(query, wanted)
    return {
        name: [
            (str(int(b["key"])) if name == "year" else str(b["key"]), int(b["doc_count"]))
            for b in found[name]["buckets"]
        ]
        for name in wanted
    }


def among(searcher: tantivy.Searcher, hits: Sequence[Hit]) -> Query:
    """A query for exactly these hits, to count facets of a list that was cut."""
    serials = searcher.fast_field_values("serial", [hit.address for hit in hits])
    return Query.term_set_query(SCHEMA, "serial", [int(serial or 0) for serial in serials])


def numbers_of(searcher: tantivy.Searcher, name: str, hits: Sequence[Hit]) -> list[int | None]:
    """A number field (``day``, ``authority``, ``serial``) of each hit."""
    values = searcher.fast_field_values(name, [hit.address for hit in hits])
    return [None if value is None else int(value) for value in values]


assert set(COUNTED) <= set(FACETS)
