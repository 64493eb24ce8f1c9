"""What a reader typed, as the engine is asked it: its parts, other words for them, what may have been
meant, what may be about to be typed."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from gongkai.portal import rules_search
from gongkai.portal.rules_search import PLACES, Known, Wanted
from gongkai.publishing.enums import ENDED
from gongkai.search import finding, phrases, vocabulary
from gongkai.search.asking import NO_SYNONYMS, ask_of, counter
from gongkai.search.entries import PUBLIC, number_key
from gongkai.search.finding import Row
from gongkai.search.query import Ask
from gongkai.search.rules_highlight import Needles
from gongkai.search.rules_numbers import NumberKind
from gongkai.search.rules_query import Asked, parse
from gongkai.search.rules_spelling import FEW, suggest_correction
from gongkai.search.rules_suggest import suggest
from gongkai.search.rules_synonyms import Synonyms

SUGGESTED: Final = 8
SPARE: Final = 6
"""Suggestions that may fall away because what bore them has been withdrawn."""

SHORTEST_NAME: Final = 3
NOTHING_KNOWN: Final = Known({}, {}, {}, {}, {}, {})
_MENTIONED: Final = {NumberKind.DOC_NO, NumberKind.DOC_PART, NumberKind.ORDER}


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed, understood: its parts, the other words for them, what to mark."""

    asked: Asked
    synonyms: Synonyms
    needles: Needles
    named: bool = False
    """Whether nothing but numbers of documents was typed, so that they must stand exactly so."""

    @property
    def also(self) -> tuple[str, ...]:
        """Other words that are looked for as well."""
        return self.synonyms.words_for(self.asked.content)

    def ask(self, wanted: Wanted, known: Known, **changes: Any) -> Ask:
        """The engine's question, narrowed as the address says, with other values of facets."""
        wanted = replace(wanted, **changes)
        kinds = rules_search.kinds_of(wanted.scope, known.groups)
        only = {
            "type": (wanted.type,) if wanted.type else kinds,
            "unit": (wanted.unit,) if wanted.unit else (),
            "topic": (wanted.topic,) if wanted.topic else (),
            "validity": (wanted.validity,) if wanted.validity else (),
            "site": (wanted.site,) if wanted.site else (),
        }
        without: dict[str, tuple[str, ...]] = {}
        if not (wanted.lapsed or wanted.validity):
            without["validity"] = tuple(ENDED)
        if not only["type"]:
            # Names are short, so units and columns would stand before every document.
            without["type"] = tuple(PLACES)
        return self._engine(
            title_only=wanted.title,
            only={name: values for name, values in only.items() if values},
            without=without,
            years=(int(wanted.year),) if wanted.year else (),
        )

    def inside(self, unit: str) -> Ask:
        """The engine's question for everything that one unit has published."""
        return self._engine(only={"unit": (unit,)})

    def _engine(self, **narrowed: Any) -> Ask:
        found = ask_of(self.asked, self.synonyms, **narrowed)
        whole = number_key(self.asked.text)
        if len(whole) >= SHORTEST_NAME and whole not in found.numbers:
            # Local numbers have forms of their own, and names of units and columns are kept so.
            found = replace(found, numbers=(*found.numbers, whole))
        if self.named:
            # Who asks for a number wants the document, and then what mentions it.
            mentioned = tuple(
                # A single 号 at the end has no place of its own in the index.
                (number.value if number.kind == NumberKind.DOC_NO else number.tail).rstrip("号")
                for number in self.asked.numbers
                if number.kind in _MENTIONED
            )
            if mentioned:
                found = replace(found, words=(), phrases=mentioned)
        return found


def suggestions(text: str, today: date) -> list[str]:
    """What a reader may be about to type: phrases that something public still bears."""
    best = bearers(text, today, SUGGESTED + SPARE)
    alive = {row.stored.key for row in finding.shown(PUBLIC, list(best.values()))}
    return [phrase for phrase, row in best.items() if row.stored.key in alive][:SUGGESTED]


def bearers(text: str, today: date, limit: int) -> dict[str, Row]:
    """Phrases that begin with or contain a text, each with the best record that bears it. Whether
    the database still shows that record is asked by the caller: a phrase may come from a title
    that was withdrawn a moment ago."""
    best: dict[str, Row] = {}
    for phrase in suggest(text, phrases.current(), limit):
        ask = Ask(phrases=(phrase,), without={"validity": ENDED})
        rows = finding.find(PUBLIC, ask, today=today, size=1, facets=False).rows
        if rows and rows[0].strict:
            best[phrase] = rows[0]
    return best


def understood(wanted: Wanted) -> Question:
    """Take apart what was typed."""
    asked = parse(wanted.q)
    synonyms = NO_SYNONYMS if wanted.plain else vocabulary.synonyms()
    named = bool(asked.numbers) and not asked.words and not asked.phrases
    return Question(asked, synonyms, Needles.of(asked, synonyms.words_for(asked.content)), named)


def meant(wanted: Wanted, total: int, today: date) -> str:
    """What was probably meant by a query that finds next to nothing; empty when that is unclear."""
    if total > FEW:
        return ""
    found = suggest_correction(wanted.q, phrases.current(), counter(PUBLIC))
    if not found:
        return ""
    ask = understood(Wanted(q=found)).ask(Wanted(), NOTHING_KNOWN)
    rows = finding.find(PUBLIC, ask, today=today, size=1, facets=False).rows
    return found if finding.shown(PUBLIC, rows) else ""
