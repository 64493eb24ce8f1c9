"""法定主动公开内容 of a unit made ready for its pages: the second level, one item, and finding."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict

from gongkai.catalogue.entries.enums import ARTICLES
from gongkai.catalogue.models import Column
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit
from gongkai.portal import listing, rules_search, selectors
from gongkai.portal.search_question import understood
from gongkai.profiles import statutory
from gongkai.profiles.rules_statutory import (
    BASIS_KEYS,
    NO_RULES,
    NOT_HERE,
    article_number,
    articles_for,
)
from gongkai.publishing.enums import Validity
from gongkai.publishing.found import KIND
from gongkai.publishing.selectors import public_kinds
from gongkai.search import finding
from gongkai.search.entries import PUBLIC
from gongkai.search.index import searcher

NEWEST = 8
VALIDITIES = (
    (Validity.IN_FORCE, "现行有效"),
    ("not_yet", "尚未施行"),
    (Validity.AMENDED, "已修改"),
    ("ended", "废止或者失效"),
)
# What of the profile stands under an item, as (part, words).
_PROFILE = {"20-2": (("overview", "概况"), ("functions", "机构职能"), ("leaders", "领导信息"))}


def makes_rules(unit: Unit) -> bool:
    """Whether a unit may make 政府规章: the government of the city, no other one here."""
    return unit.kind == UnitKind.GOVERNMENT and unit.area_id is None


def _bases(unit: Unit, column: Column, path: str, current: str = "") -> list[dict[str, Any]]:
    """The lists of 履职依据; who may make no rules has one line that says so."""
    shown: list[dict[str, Any]] = []
    if not makes_rules(unit):
        shown.append({"key": "guizhang", "name": "政府规章", "count": 0, "newest": None, "url": "",
                      "current": current.startswith("guizhang"), "none": NO_RULES})  # fmt: skip
    for state in statutory.public_bases(column):
        if shown and state.basis.orders and shown[0]["none"]:
            continue
        shown.append(
            {
                "key": state.basis.key,
                "name": state.basis.name,
                "count": state.count,
                "newest": state.newest,
                "url": listing.address(path, article="20-1", list=state.basis.key),
                "current": state.basis.key == current,
                "none": "",
            }
        )
    return shown


def index(unit: Unit, column: Column | None, path: str, kinds: dict[str, int]) -> dict[str, Any]:
    """The second level: every item of 条例 art. 20 and 21, with what is newest below it."""
    if column is None:
        return {"items": [], "rows": [], "figures_total": 0}
    found = statutory.public_statutory(column, unit.level, kinds)
    items = [
        {
            "key": one.key,
            "number": one.number,
            "name": one.name,
            "count": one.count,
            "newest": one.newest,
            "word": one.word,
            "tone": one.tone,
            "note": one.note,
            "url": listing.address(path, article=one.key),
            "bases": _bases(unit, column, path) if one.key == "20-1" else [],
            "parts": [
                {"label": words, "url": listing.address(path, part=part)}
                for part, words in _PROFILE.get(one.key, ())
            ],
        }
        for one in found.items
    ]
    newest = statutory.public_find(column, statutory.Search(), size=NEWEST, statutory=True)
    return {
        "items": items,
        "covered": sum(1 for one in found.items if one.count),
        "rows": listing.rows(newest.cards),
        "figures_total": found.total,
        "more": bool(newest.next),
    }


def article(
    request: HttpRequest, unit: Unit, column: Column, path: str, key: str, kinds: dict[str, int]
) -> dict[str, Any]:
    """The records under one item, or under one list of 履职依据, newest first, by key."""
    basis = request.GET.get("list", "") if key == "20-1" else ""
    basis = basis if basis in BASIS_KEYS else ""
    wanted = statutory.Search(article="" if basis else key, basis=basis)
    after = selectors.known_cursor(request.GET.get("after", ""))
    page = statutory.public_find(column, wanted, after=after)
    bases = _bases(unit, column, path, basis) if key == "20-1" else []
    chosen = next((b for b in bases if b["current"]), None)
    state = statutory.public_statutory(column, unit.level, kinds)
    keys = [one.key for one in state.items]
    place = keys.index(key) if key in keys else -1
    return {
        "article": ARTICLES[key],
        "article_key": key,
        "article_number": article_number(key),
        "state": state.of(key),
        "bases": bases,
        "chosen": chosen,
        "parts": [
            {"label": words, "url": listing.address(path, part=part)}
            for part, words in _PROFILE.get(key, ())
        ],
        "rows": listing.rows(page.cards),
        "pages": listing.pages(path, after=after, following=page.next, article=key, list=basis),
        "before": _neighbour(path, state.items[place - 1]) if place > 0 else None,
        "following": _neighbour(path, state.items[place + 1])
        if 0 <= place < len(keys) - 1 else None,
    }  # fmt: skip


def _neighbour(path: str, one: Any) -> dict[str, str]:
    return {"label": f"{one.number}{one.name}", "url": listing.address(path, article=one.key)}


def flat(request: HttpRequest, column: Column, path: str, kinds: dict[str, int]) -> dict[str, Any]:
    """The whole list by kind and year, newest first: the addresses that have always been there."""
    kind = request.GET.get("kind", "")
    names = {key: found.name for key, found in public_kinds().items()}
    kind = kind if kind in names else ""
    year = listing.year_of(request.GET.get("year"))
    after = selectors.known_cursor(request.GET.get("after", ""))
    wanted = statutory.Search(kind=kind, year=year)
    page = statutory.public_find(column, wanted, after=after, statutory=True)
    shown = {key: n for key, n in kinds.items() if key not in NOT_HERE}
    # Without a kind and a year the address is that of the second level, so say which it is.
    span: object = year or ("" if kind else "all")
    years = listing.year_links(path, selectors.public_years(column), year, kind=kind)
    if years:
        years[0]["url"] = listing.address(path, kind=kind, year="" if kind else "all")
    return {
        "flat": True,
        "tabs": [
            {
                "label": label,
                "url": listing.address(path, kind=key, year="" if key else "all"),
                "count": shown.get(key, 0) if key else sum(shown.values()),
                "current": key == kind,
            }
            for key, label in {"": "全部", **names}.items()
            if not key or shown.get(key) or key == kind
        ],
        "rows": listing.rows(page.cards),
        "years": years,
        "year": year,
        "pages": listing.pages(path, after=after, following=page.next, kind=kind, year=span),
    }


def wanted_of(query: QueryDict) -> statutory.Search:
    """What a search form asks for; whatever it cannot mean counts as not asked."""
    kind = query.get("kind", "")
    known = len(kind) <= 50 and kind.replace("_", "").replace("-", "").isalnum()
    article_key, validity = query.get("article", ""), query.get("validity", "")
    return statutory.Search(
        kind=kind if known else "",
        year=listing.year_of(query.get("year")),
        article=article_key if article_key in ARTICLES else "",
        validity=validity if validity in dict(VALIDITIES) else "",
    )


def find(request: HttpRequest, unit: Unit, column: Column | None, here: str) -> dict[str, Any]:
    """检索 inside one column: the form with what it asks for, and what was found. With words the
    search engine finds, best first; without, everything that fits, newest first."""
    wanted = wanted_of(request.GET)
    asked = rules_search.shown(request.GET.get("q", "")[: rules_search.LONGEST])
    base = {"wanted": wanted, "asked": asked, "narrowed": wanted.narrowed or bool(asked)}
    if column is None:
        return {**base, "rows": [], "options": {}, "pages": {}}
    kinds = selectors.public_unit_kinds(column)
    names = {key: found.name for key, found in public_kinds().items()}
    base["options"] = {
        "kinds": [(key, name) for key, name in names.items() if kinds.get(key)],
        "years": selectors.public_years(column),
        "articles": _article_options(unit),
        "validities": VALIDITIES,
    }
    if asked:
        question = understood(rules_search.Wanted(q=asked))
        ids = finding.records(PUBLIC, question.inside(unit.code), KIND)
        page = Paginator(statutory.public_among(column, wanted, ids), statutory.PAGE).get_page(
            request.GET.get("page")
        )
        cards = statutory.public_cards(list(page.object_list))
        return {
            **base,
            "ready": searcher(PUBLIC) is not None,
            "warnings": question.asked.warnings,
            "rows": listing.rows(cards, summary=True),
            "page": page,
            "everywhere": listing.address(f"{here.partition('dw/')[0]}search/", q=asked),
        }
    after = selectors.known_cursor(request.GET.get("after", ""))
    stretch = statutory.public_find(column, wanted, after=after)
    query: dict[str, object] = {
        "kind": wanted.kind, "year": wanted.year, "article": wanted.article,
        "validity": wanted.validity,
    }  # fmt: skip
    return {
        **base,
        "rows": listing.rows(stretch.cards, summary=True),
        "pages": listing.pages(here, after=after, following=stretch.next, **query),
    }


def _article_options(unit: Unit) -> list[tuple[str, str]]:
    return [(key, f"{article_number(key)}{ARTICLES[key]}") for key in articles_for(unit.level)]
