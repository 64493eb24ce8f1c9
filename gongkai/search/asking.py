"""From what a reader typed to what the engine is asked: words with their synonyms, numbers as the
index keeps them."""

from collections.abc import Mapping, Sequence
from datetime import date

from gongkai.search.entries import number_key
from gongkai.search.query import Ask, Word
from gongkai.search.rules_numbers import NumberKind
from gongkai.search.rules_query import Asked
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
    return Ask(
        words=tuple(Word(word, tuple(others.get(word, ()))) for word in asked.content),
        phrases=asked.phrases,
        excluded=asked.excluded,
        numbers=number_keys(asked),
        title_only=title_only,
        only=only or {},
        without=without or {},
        years=years,
        since=since,
        until=until,
    )


def number_keys(asked: Asked) -> tuple[str, ...]:
    """The numbers of a query in the index's form. Who shortens the name before an order (市政府令
    第150号) finds it by its tail."""
    keys: list[str] = []
    for number in asked.numbers:
        keys.append(number_key(number.value))
        if number.kind == NumberKind.ORDER:
            keys.append(number_key(number.tail))
    return tuple(dict.fromkeys(keys))
