"""From what a reader typed to what the engine is asked: words with their synonyms, numbers as the
index keeps them; and how many records hold everything of a text."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from gongkai.core.pairs import pairs
from gongkai.search import index, query
from gongkai.search.entries import number_key
from gongkai.search.query import Ask, Word
from gongkai.search.rules_numbers import Number, NumberKind, tail_of
from gongkai.search.rules_query import Asked, parse
from gongkai.search.rules_synonyms import Synonyms

NO_SYNONYMS = Synonyms(())


def ask_of(
    asked: Asked,
    synonyms: Synonyms = NO_SYNONYMS,
    *,
    title_only: bool = False,
    only: Mapping[str, Sequence[str]] | None = None,
    without: Mapping[str, Sequence[str]] | None = None,
    years: tuple[int, ...] = (),
    since: date | None = None,
    until: date | None = None,
) -> Ask:
    """The engine's question; ``synonyms`` is what ``vocabulary.synonyms`` gives."""
    others: dict[str, list[tuple[str, float]]] = {}
    for found in synonyms.alternatives(asked.content):
        others.setdefault(found.query_word, []).append((found.text, found.weight))
    words = [Word(word, tuple(others.get(word, ()))) for word in asked.content]
    return Ask(
        words=(*words, *(Word(part) for number in asked.numbers for part in _said(number))),
        phrases=asked.phrases,
        excluded=asked.excluded,
        numbers=number_keys(asked),
        title_only=title_only,
        only=only or {},
        without=without or {},
        years=years,
        since=since,
        until=until,
        # Who writes a number wants that document, however it is put.
        question=asked.text if asked.question and not asked.numbers else "",
    )


def _said(number: Number) -> tuple[str, ...]:
    """A number in words: a record that bears it comes first, one that mentions it after that, and
    what looked like a number and is none is still found as text."""
    if number.year is None and number.serial is None:
        return (number.typed,)
    if number.kind in (NumberKind.INDEX, NumberKind.REGISTRATION):
        return tuple(number.typed.split())
    parts = (number.prefix, str(number.year or ""), f"{number.serial}号")
    return tuple(part for part in parts if part)


def index_keys(stored: str) -> tuple[str, ...]:
    """The keys under which a source enters a stored number: the whole, and its tail for readers
    who leave the letters of the office out (2022 13号)."""
    return tuple(dict.fromkeys((number_key(stored), number_key(tail_of(stored)))))


def number_keys(asked: Asked) -> tuple[str, ...]:
    """The numbers of a query in the index's form. Who shortens the name before an order (市政府令
    第150号) finds it by its tail."""
    keys: list[str] = []
    for number in asked.numbers:
        keys.append(number_key(number.value))
        if number.kind == NumberKind.ORDER:
            keys.append(number_key(number.tail))
    return tuple(dict.fromkeys(keys))


def counter(space: str) -> Callable[[str], int]:
    """A function that counts the records of a space that hold everything of a text; what
    ``rules_spelling.suggest_correction`` asks. Stricter than strict hits, which forgive every
    third term of a word, a mistyped one too."""
    searcher = index.searcher(space)

    def hits(text: str) -> int:
        asked = parse(text)
        terms = dict.fromkeys(t for w in (*asked.content, *asked.phrases) for t in pairs(w))
        if searcher is None or not terms:
            return 0
        return query.holding(searcher, list(terms)[: query.TERMS_LIMIT])

    return hits
