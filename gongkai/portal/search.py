"""The results page as plain values: what is asked, what was found, what else one can do.

Everything shown of a hit is read from the database at this moment (``finding.shown``); text of the
index is shown only where it is the text that is public now (``Row.fresh``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from gongkai.catalogue.models import PublicSite
from gongkai.portal import rules_search, selectors_search
from gongkai.portal.rules_search import Known, Wanted
from gongkai.portal.search_lines import cards_of, line_of
from gongkai.portal.search_question import NOTHING_KNOWN, Question, bearers, meant, understood
from gongkai.publishing.enums import ENDED
from gongkai.search import finding
from gongkai.search.entries import ARTICLES, PUBLIC, number_key
from gongkai.search.finding import Result, Row
from gongkai.search.query import Ask

CARDS: Final = 3
SHORTEST_QUESTION: Final = 4
PLACES: Final = 3
OTHERS: Final = 6
"""Phrases below the hits that one might ask instead."""


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
    keys = dict.fromkeys((*question.ask(Wanted(), NOTHING_KNOWN).numbers, typed))
    named = Ask(numbers=tuple(keys), only=only)
    rows = list(finding.find(PUBLIC, named, today=today, size=CARDS, facets=False).rows)
    if not rows and len(typed) >= SHORTEST_QUESTION:
        asked = Ask(phrases=(wanted.q,), title_only=True, only={**only, "type": ("faq",)})
        answers = finding.find(PUBLIC, asked, today=today, size=CARDS, facets=False).rows
        rows = [row for row in answers if number_key(row.stored.title) == typed][:1]
    return rows


def _places(question: Question, wanted: Wanted, known: Known, today: date) -> list[Row]:
    """Units and columns whose name has what was asked for, beside the first page of documents."""
    if wanted.scope or wanted.type or wanted.page > 1:
        return []
    ask = question.ask(wanted, known, scope="places")
    rows = finding.find(PUBLIC, ask, today=today, size=PLACES, facets=False).rows
    return [row for row in rows if row.strict]


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
    ask = question.ask(wanted, known, type="", scope="places")
    places = finding.find(PUBLIC, ask, today=today, size=1, facets=False).total
    articles = found.total
    if space == PUBLIC:
        ask = question.ask(wanted, known, type="", scope=rules_search.ARTICLES)
        articles = finding.find(ARTICLES, ask, today=today, size=1, facets=False).total
    return rules_search.tabs(wanted, known, {**dict(types), "unit": places}, articles=articles)


def _ended(question: Question, wanted: Wanted, known: Known, space: str, today: date) -> int:
    """How many more there are that do not hold any more."""
    if wanted.lapsed or wanted.validity:
        return 0
    ask = question.ask(wanted, known)
    without = {name: values for name, values in ask.without.items() if name != "validity"}
    ask = replace(ask, without=without, only={**ask.only, "validity": ENDED})
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
    places = [
        row
        for row in _places(question, wanted, known, today)
        if row.stored.key not in named and space == PUBLIC
    ]
    others = bearers(wanted.q, today, OTHERS) if space == PUBLIC and page == 1 else {}
    # What is on the page already needs no other question.
    there = {row.stored.key for row in (*exact, *rest, *places)}
    others = {text: row for text, row in others.items() if row.stored.key not in there}
    known_now = finding.shown(space, [*exact, *rest, *places, *others.values()])
    shown = {row.stored.key: row for row in reversed(known_now)}
    alive = [shown[row.stored.key] for row in exact if row.stored.key in shown]
    lines = [
        line_of(shown[row.stored.key], question.needles, articles=space == ARTICLES)
        for row in rest
        if row.stored.key in shown
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
        "count_words": f"按相关程度列出 {found.total} 条"
        if question.ask(wanted, known).describes and wanted.order == rules_search.RELEVANCE
        else rules_search.number_words(found.total, finding.DEEPEST),
        "milliseconds": found.milliseconds,
        "cards": cards_of(alive, question.needles, known.types.get("faq", "")),
        "lines": [line for line in lines if line.strict],
        "partly": [line for line in lines if not line.strict],
        "tabs": _tabs(question, wanted, known, found, space, today)
        if found.total or wanted.narrowed else [],
        "facets": facets,
        "chips": rules_search.chips(wanted, known, fixed=("site",) if own else ()),
        "clear_query": Wanted(q=wanted.q, site=wanted.site if own else "").query(),
        "ended": _ended(question, wanted, known, space, today),
        "meant": meant(wanted, found.total, today) if space == PUBLIC and not alive else "",
        "places": [
            now
            for row in places
            if row.stored.key in shown and (now := shown[row.stored.key].shown) is not None
        ],
        "others": [phrase for phrase, row in others.items() if row.stored.key in shown],
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
