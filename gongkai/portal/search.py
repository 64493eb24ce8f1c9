"""The results page as plain values: what is asked, what was found, what else one can do.

Everything shown of a hit is read from the database at this moment (``finding.shown``); text of the
index is shown only where it is the text that is public now (``Row.fresh``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gongkai.catalogue.found import KIND as COLUMN
from gongkai.catalogue.models import ColumnKind, PublicSite
from gongkai.portal import listing, rules_search, selectors_search
from gongkai.portal.rules_search import Known, Segments, Wanted
from gongkai.profiles.rules import phone_href
from gongkai.profiles.selectors import public_profile
from gongkai.publishing.enums import ENDED
from gongkai.search import finding, phrases, vocabulary
from gongkai.search.asking import NO_SYNONYMS, ask_of, counter
from gongkai.search.entries import ARTICLES, PUBLIC, number_key
from gongkai.search.finding import Result, Row
from gongkai.search.query import Ask
from gongkai.search.rules_highlight import JOINER, Fragment, Needles, fragments, marked
from gongkai.search.rules_numbers import NumberKind
from gongkai.search.rules_query import Asked, parse
from gongkai.search.rules_spelling import FEW, suggest_correction
from gongkai.search.rules_suggest import suggest
from gongkai.search.rules_synonyms import Synonyms

CARDS: Final = 3
SUGGESTED: Final = 8
SPARE: Final = 6
"""Suggestions that may fall away because what bore them has been withdrawn."""

SHORTEST_QUESTION: Final = 4
SHORTEST_NAME: Final = 3
_MENTIONED: Final = {NumberKind.DOC_NO, NumberKind.DOC_PART, NumberKind.ORDER}
_TONES: Final = {"已废止": "red", "已失效": "red", "尚未施行": "warn", "已修改": "warn"}


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

    def ask(self, wanted: Wanted, known: Known, **changes: str) -> Ask:
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
        return self._engine(
            title_only=wanted.title,
            only={name: values for name, values in only.items() if values},
            without={} if wanted.lapsed or wanted.validity else {"validity": ENDED},
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
    found = suggest(text, phrases.current(), SUGGESTED + SPARE)
    return _borne(found, today)[:SUGGESTED]


def _borne(texts: Sequence[str], today: date) -> list[str]:
    """Those whose best record the database still shows: a phrase may come from a title that was
    withdrawn a moment ago."""
    best: dict[str, Row] = {}
    for text in texts:
        rows = finding.find(PUBLIC, Ask(phrases=(text,)), today=today, size=1, facets=False).rows
        if rows and rows[0].strict:
            best[text] = rows[0]
    known = {row.stored.key for row in finding.shown(PUBLIC, list(best.values()))}
    return [text for text, row in best.items() if row.stored.key in known]


def understood(wanted: Wanted) -> Question:
    """Take apart what was typed."""
    asked = parse(wanted.q)
    synonyms = NO_SYNONYMS if wanted.plain else vocabulary.synonyms()
    named = bool(asked.numbers) and not asked.words and not asked.phrases
    return Question(asked, synonyms, Needles.of(asked, synonyms.words_for(asked.content)), named)


def _meant(wanted: Wanted, total: int, today: date) -> str:
    """What was probably meant by a query that finds next to nothing; empty when that is unclear."""
    if total > FEW:
        return ""
    meant = suggest_correction(wanted.q, phrases.current(), counter(PUBLIC))
    hit = meant and understood(Wanted(q=meant)).ask(Wanted(), _NOTHING)
    if not hit:
        return ""
    rows = finding.find(PUBLIC, hit, today=today, size=1, facets=False).rows
    return meant if meant and finding.shown(PUBLIC, rows) else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One hit as the page shows it."""

    url: str
    title: SafeString
    tag: str
    tone: str
    notes: tuple[tuple[str, str], ...]
    unit: str
    number: SafeString
    day: date | None
    snippet: SafeString
    where: str
    reasons: tuple[str, ...]
    strict: bool
    rank: int
    key: str


def _html(segments: Segments) -> SafeString:
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", text) if on else text,) for text, on in segments)
    )


def line_of(row: Row, needles: Needles, *, articles: bool) -> Line:
    """A hit with its marks."""
    what = row.shown
    assert what is not None
    found: Sequence[Fragment] = fragments(row.stored.text, needles) if row.fresh else ()
    where, url = "", what.path
    if found:
        snippet = _joined(found, row.stored.text)
        if not articles:
            place = rules_search.first_mark(found[0].start, found[0].segments)
            where = rules_search.place_of(row.stored.text, place, articles=True)
    else:
        snippet = marked(what.summary[:160], needles)
    if articles and row.fresh:
        url += rules_search.text_link(row.stored.text)
    return Line(
        url=url,
        title=_html(marked(what.title, needles)),
        tag=what.tag,
        tone=what.tone,
        notes=tuple((note, _TONES.get(note, "idle")) for note in what.notes),
        unit=what.unit,
        number=_html(marked(what.number, needles)),
        day=what.at.date() if what.at else None,
        snippet=_html(snippet),
        where=where,
        reasons=tuple(getattr(row, "reasons", ())),
        strict=row.strict,
        rank=row.rank,
        key=row.stored.key,
    )


def _joined(found: Sequence[Fragment], text: str) -> Segments:
    row: list[tuple[str, bool]] = []
    for number, piece in enumerate(found):
        if number or text[: piece.start].strip():
            row.append((JOINER, False))
        row += [(" ".join(words.split("\n")), on) for words, on in piece.segments]
    if text[found[-1].end :].strip():
        row.append((JOINER, False))
    return row


def _page(space: str, ask: Ask, wanted: Wanted, today: date) -> tuple[Result, int]:
    """One page of hits and its number: the last one for numbers beyond it."""
    found = finding.find(space, ask, today=today, page=wanted.page, order=wanted.order)
    if wanted.order == rules_search.NEWEST and found.ready and not found.total:
        # What fits only in part has no order but its own.
        found = finding.find(space, ask, today=today, page=wanted.page)
    last = max(1, -(-found.reachable // finding.SIZE))
    if wanted.page <= last:
        return found, wanted.page
    return finding.find(space, ask, today=today, page=last, order=wanted.order), last


def _exact(question: Question, wanted: Wanted, today: date) -> list[Row]:
    """What was named, if it was: a document by its number, a unit or a column by its name, an
    answered question by its words. Whether it still holds is no matter here."""
    typed = number_key(wanted.q)
    if wanted.scope or wanted.chosen.keys() - {"site"} or wanted.page > 1 or not typed:
        return []
    only = {"site": (wanted.site,)} if wanted.site else {}
    keys = dict.fromkeys((*question.ask(Wanted(), _NOTHING).numbers, typed))
    named = Ask(numbers=tuple(keys), only=only)
    rows = list(finding.find(PUBLIC, named, today=today, size=CARDS, facets=False).rows)
    if not rows and len(typed) >= SHORTEST_QUESTION:
        asked = Ask(phrases=(wanted.q,), title_only=True, only={**only, "type": ("faq",)})
        answers = finding.find(PUBLIC, asked, today=today, size=CARDS, facets=False).rows
        rows = [row for row in answers if number_key(row.stored.title) == typed][:1]
    return rows


_NOTHING: Final = Known({}, {}, {}, {}, {}, {})


def _cards(rows: Sequence[Row], needles: Needles) -> list[dict[str, Any]]:
    cards = []
    for row in rows:
        assert row.shown is not None
        kind, pk = row.stored.record
        if kind == COLUMN:
            card = _place_card(pk)
            if card:
                cards.append(card)
            continue
        answer = row.shown.tag == "政策问答"
        cards.append(
            {
                "form": "answer" if answer else "document",
                "line": line_of(row, needles, articles=False),
                "summary": row.shown.summary,
            }
        )
    return cards


def _place_card(pk: int) -> dict[str, Any] | None:
    column = selectors_search.public_place(pk)
    if column is None:
        return None
    if column.kind != ColumnKind.UNIT:
        return {
            "form": "column",
            "name": column.name,
            "url": column.path,
            "summary": column.description,
            "keeper": column.owner.short_name,
        }
    profile = public_profile(column)
    reach = next((p.facts for p in (profile.first("functions"), profile.first("guide")) if p), {})
    phone = str(reach.get("phone") or "")
    return {
        "form": "unit",
        "name": column.owner.full_name,
        "url": column.path,
        "kind": column.owner.get_kind_display(),
        "phone": phone,
        "tel": phone_href(phone),
        "address": str(reach.get("address") or ""),
        "hours": str(reach.get("hours") or ""),
        "ways": [
            ("政府信息公开专栏", column.path),
            ("机构职能", listing.address(column.path, part="functions")),
            ("申请公开", listing.address(column.path, part="apply")),
        ],
    }


def _counts(
    question: Question, wanted: Wanted, known: Known, found: Result, space: str, today: date
) -> dict[str, Sequence[tuple[str, int]]]:
    """How many there are of each value; of a facet that is taken, as if it were not."""
    counts = dict(found.facets)
    for name in wanted.chosen:
        ask = question.ask(wanted, known, **{name: ""})
        counts[name] = finding.find(space, ask, today=today, size=1).facets.get(name, ())
    return counts


def _tabs(
    question: Question, wanted: Wanted, known: Known, found: Result, space: str, today: date
) -> list[dict[str, Any]]:
    if space == PUBLIC and not wanted.type and not wanted.scope:
        types = found.facets.get("type", ())
    else:
        ask = question.ask(wanted, known, type="", scope="")
        types = finding.find(PUBLIC, ask, today=today, size=1).facets.get("type", ())
    articles = found.total
    if space == PUBLIC:
        ask = question.ask(wanted, known, type="", scope=rules_search.ARTICLES)
        articles = finding.find(ARTICLES, ask, today=today, size=1, facets=False).total
    return rules_search.tabs(wanted, known, dict(types), articles=articles)


def _ended(question: Question, wanted: Wanted, known: Known, space: str, today: date) -> int:
    """How many more there are that do not hold any more."""
    if wanted.lapsed or wanted.validity:
        return 0
    ask = question.ask(wanted, known)
    ask = replace(ask, without={}, only={**ask.only, "validity": ENDED})
    return finding.find(space, ask, today=today, size=1, facets=False).total


def results(
    given: Mapping[str, str], sites: Sequence[PublicSite], site: PublicSite, today: date
) -> dict[str, Any]:
    """Everything the results page shows."""
    known = selectors_search.public_known(sites)
    own = site.owner.code if site.prefix else ""
    wanted = rules_search.read(given, known, site=own)
    question = understood(wanted)
    space = ARTICLES if wanted.scope == rules_search.ARTICLES else PUBLIC
    base: dict[str, Any] = {
        "wanted": wanted,
        "question": question.asked,
        "also": question.also,
        "ready": True,
        "district_query": replace(wanted, site="").query() if own else "",
    }
    found, page = _page(space, question.ask(wanted, known), wanted, today)
    if question.named and not found.total and found.ready:
        # No number of ours, or one that nothing bears: its parts are words like others.
        question = replace(question, named=False)
        found, page = _page(space, question.ask(wanted, known), wanted, today)
    elif question.named:
        # What has only some of a number's digits is something else.
        found = replace(found, rows=tuple(row for row in found.rows if row.strict), related=0)
    if not found.ready or question.asked.empty:
        return {**base, "ready": found.ready, "total": 0, "related": 0}
    wanted = replace(wanted, page=page)
    exact = _exact(question, wanted, today) if space == PUBLIC else []
    named = {row.stored.key for row in exact}
    rest = [row for row in found.rows if row.stored.key not in named]
    shown = finding.shown(space, [*exact, *rest])
    alive = [row for row in shown if row.stored.key in named]
    lines = [
        line_of(row, question.needles, articles=space == ARTICLES)
        for row in shown
        if row.stored.key not in named
    ]
    counts = _counts(question, wanted, known, found, space, today) if found.total else {}
    facets = [
        facet
        for name in rules_search.FACETS
        if (name != "site" or not own) and (name != "type" or space == PUBLIC)
        and (facet := rules_search.facet_of(wanted, known, name, counts.get(name, ())))
    ]  # fmt: skip
    last = max(1, -(-found.reachable // finding.SIZE))
    return {
        **base,
        "wanted": wanted,
        "total": found.total,
        "related": found.related,
        "count_words": rules_search.number_words(found.total, finding.DEEPEST),
        "milliseconds": found.milliseconds,
        "cards": _cards(alive, question.needles),
        "lines": [line for line in lines if line.strict],
        "partly": [line for line in lines if not line.strict],
        "tabs": _tabs(question, wanted, known, found, space, today)
        if found.total or wanted.narrowed else [],
        "facets": facets,
        "chips": rules_search.chips(wanted, known, fixed=("site",) if own else ()),
        "clear_query": Wanted(q=wanted.q, site=wanted.site if own else "").query(),
        "ended": _ended(question, wanted, known, space, today),
        "meant": _meant(wanted, found.total, today) if space == PUBLIC and not alive else "",
        "ended_query": wanted.query(lapsed=True),
        "orders": [
            {"label": label, "query": wanted.query(order=order), "current": wanted.order == order}
            for order, label in ((rules_search.RELEVANCE, "按相关度"), (rules_search.NEWEST, "新的在前"))
        ],
        "title_query": wanted.query(title=not wanted.title),
        "plain_query": wanted.query(plain=True),
        "page": page,
        "last": last,
        "pages": [
            {"number": number, "query": wanted.query(page=number) if number else "",
             "current": number == page}
            for number in rules_search.window(page, last)
        ] if last > 1 else [],
        "previous": wanted.query(page=page - 1) if page > 1 else "",
        "next": wanted.query(page=page + 1) if page < last else "",
    }  # fmt: skip
