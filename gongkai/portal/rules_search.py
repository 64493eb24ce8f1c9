"""What the results page reads from its address and says of what was found. Plain values only."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

RELEVANCE: Final = "relevance"
NEWEST: Final = "newest"
ALL_SITES: Final = "all"
ARTICLES: Final = "articles"
LAST_PAGE: Final = 100
LONGEST: Final = 2000
"""Characters of a query that are read at all; how many are looked for is said by the parser."""

HEAD: Final = 6
"""Values of a facet that are shown at once."""

MORE: Final = 24
"""Values that are shown on demand; who looks for another one narrows by something else first."""

Segments = Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Scope:
    """One tab above the results: a group of kinds, without some that have a tab of their own."""

    key: str
    label: str
    groups: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    but: tuple[str, ...] = ()


SCOPES: Final = (
    Scope("policy", "政策文件", ("policy",), but=("interpretation",)),
    Scope("interpretation", "解读", kinds=("interpretation",)),
    Scope("faq", "问答", kinds=("faq",)),
    Scope("service", "办事服务", ("service",)),
    Scope("decision", "决策规划", ("decision",)),
    Scope("figures", "数据和执法", ("figures",)),
    Scope("response", "互动回应", ("response",), but=("faq",)),
    Scope("news", "动态公告", ("news",)),
    Scope("organ", "机构和制度", ("organ",)),
    Scope("places", "单位和栏目", kinds=("unit", "column")),
)
_SCOPES: Final = {scope.key: scope for scope in SCOPES}
PLACES: Final = {"unit": "单位专栏", "column": "专题栏目"}


def kinds_of(scope: str, groups: Mapping[str, str]) -> tuple[str, ...]:
    """The kinds under a tab; ``groups``: the group of each kind. Empty for no narrowing."""
    found = _SCOPES.get(scope)
    if found is None:
        return ()
    own = [kind for kind, group in groups.items() if group in found.groups]
    return tuple(kind for kind in (*own, *found.kinds) if kind not in found.but)


def scope_name(scope: str) -> str:
    """What a tab is called; empty for none."""
    return "条文" if scope == ARTICLES else _SCOPES[scope].label if scope in _SCOPES else ""


@dataclass(frozen=True, slots=True)
class Known:
    """What an address may name: code → name. ``groups``: the group of each kind."""

    types: Mapping[str, str]
    groups: Mapping[str, str]
    units: Mapping[str, str]
    topics: Mapping[str, str]
    validities: Mapping[str, str]
    sites: Mapping[str, str]

    def names(self, facet: str) -> Mapping[str, str]:
        """Code → name of a facet; years name themselves."""
        return {
            "type": self.types, "unit": self.units, "topic": self.topics,
            "validity": self.validities, "site": self.sites,
        }.get(facet, {})  # fmt: skip

    def name(self, facet: str, value: str) -> str:
        """How a value is called on the page; empty for one that nobody knows."""
        return f"{value} 年" if facet == "year" else self.names(facet).get(value, "")


FACETS: Final = {
    "type": "信息种类",
    "unit": "发布单位",
    "topic": "主题",
    "year": "公开年份",
    "validity": "有效性",
    "site": "网站",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search as its address says it; what it cannot mean counts as not said."""

    q: str = ""
    scope: str = ""
    type: str = ""
    unit: str = ""
    topic: str = ""
    year: str = ""
    validity: str = ""
    site: str = ""
    order: str = RELEVANCE
    title: bool = False
    lapsed: bool = False
    plain: bool = False
    page: int = 1

    @property
    def chosen(self) -> dict[str, str]:
        """The facets that narrow, by name."""
        return {name: value for name in FACETS if (value := str(getattr(self, name)))}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the words and the order limits what is found."""
        return bool(self.chosen or self.scope or self.title)

    def query(self, **changes: Any) -> str:
        """The address query of this search with changes; a change goes back to the first page."""
        now = replace(self, **{"page": 1, **changes})
        pairs = [
            ("q", now.q),
            ("in", now.scope),
            *((name, getattr(now, name)) for name in FACETS),
            ("order", "" if now.order == RELEVANCE else now.order),
            ("title", "1" if now.title else ""),
            ("lapsed", "1" if now.lapsed else ""),
            ("syn", "0" if now.plain else ""),
            ("page", str(now.page) if now.page > 1 else ""),
        ]
        return urlencode([(name, value) for name, value in pairs if value])


def _page(value: str) -> int:
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 8 else 1
    return min(max(number, 1), LAST_PAGE)


def _year(value: str) -> str:
    fits = value.isascii() and value.isdigit() and len(value) == 4
    return value if fits and 1949 <= int(value) <= 2999 else ""


def read(given: Mapping[str, str], known: Known, *, site: str = "") -> Wanted:
    """What an address asks for. ``site``: the site that is searched whatever it says."""
    value = {name: given.get(name, "")[:LONGEST] for name in (*FACETS, "q", "in", "order", "page")}
    chosen = {
        name: value[name] if value[name] in known.names(name) else ""
        for name in FACETS
        if name != "year"
    }
    scope = value["in"] if value["in"] in _SCOPES or value["in"] == ARTICLES else ""
    wanted = Wanted(
        q=shown(value["q"]),
        scope=scope,
        year=_year(value["year"]),
        order=NEWEST if value["order"] == NEWEST else RELEVANCE,
        title=given.get("title") == "1",
        lapsed=given.get("lapsed") == "1",
        plain=given.get("syn") == "0",
        page=_page(value["page"]),
        **chosen,
    )
    under = kinds_of(scope, known.groups)
    if under and wanted.type not in under:
        wanted = replace(wanted, type="")
    return replace(wanted, site=site) if site else wanted


_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def shown(text: str) -> str:
    """A query as it is given back: without what no page may hold."""
    kept = _CONTROL.sub(" ", text).encode("utf-8", "ignore").decode()
    return kept.strip()


def window(page: int, last: int, around: int = 2) -> list[int | None]:
    """Numbers of pages to offer; None where some are left out."""
    wanted = sorted({1, last, *range(max(1, page - around), min(last, page + around) + 1)})
    found: list[int | None] = []
    for number in wanted:
        before = found[-1] if found else None
        if before is not None and number == before + 2:
            found.append(before + 1)
        elif before is not None and number > before + 2:
            found.append(None)
        found.append(number)
    return found


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: its link takes it, or gives it up when it is taken."""

    name: str
    count: int
    query: str
    on: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A list of values to narrow by."""

    key: str
    label: str
    values: tuple[Value, ...]

    @property
    def parts(self) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
        """What is shown at once (what is taken, then the most frequent), and what on demand."""
        return self.values[:HEAD], self.values[HEAD : HEAD + MORE]


def facet_of(
    wanted: Wanted, known: Known, key: str, counts: Iterable[tuple[str, int]]
) -> Facet | None:
    """The values of one facet, most frequent first (years: newest first); None when there is
    nothing to choose."""
    taken = str(getattr(wanted, key))
    rows = [(value, n) for value, n in counts if known.name(key, value)]
    if taken and taken not in dict(rows):
        rows.append((taken, 0))
    if key == "year":
        rows.sort(key=lambda row: row[0], reverse=True)
    rows.sort(key=lambda row: row[0] != taken)
    if len(rows) < 2 and not taken:
        return None
    values = [
        Value(
            known.name(key, value), n, wanted.query(**{key: "" if value == taken else value}),
            value == taken,
        )
        for value, n in rows
    ]  # fmt: skip
    return Facet(key, FACETS[key], tuple(values))


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition in force, with the query without it."""

    label: str
    query: str


def chips(wanted: Wanted, known: Known, *, fixed: Collection[str] = ()) -> list[Chip]:
    """The conditions that a reader may take back; tabs and ``fixed`` ones are none."""
    found = [
        Chip(f"{FACETS[name]}：{known.name(name, value)}", wanted.query(**{name: ""}))
        for name, value in wanted.chosen.items()
        if name not in fixed
    ]
    if wanted.title:
        found.append(Chip("只查标题", wanted.query(title=False)))
    if wanted.lapsed:
        found.append(Chip("包括已废止和失效的", wanted.query(lapsed=False)))
    return found


def tabs(
    wanted: Wanted, known: Known, counts: Mapping[str, int], *, articles: int
) -> list[dict[str, Any]]:
    """The tabs above the results; one without hits is left out unless it is the one open."""
    cleared = {"type": "", "scope": ""}
    found: list[dict[str, Any]] = [
        {"label": "全部", "query": wanted.query(**cleared), "count": None,
         "current": not wanted.scope},
    ]  # fmt: skip
    if articles or wanted.scope == ARTICLES:
        found.append(
            {"label": "条文", "query": wanted.query(**{**cleared, "scope": ARTICLES}),
             "count": articles, "current": wanted.scope == ARTICLES}
        )  # fmt: skip
    for scope in SCOPES:
        number = sum(counts.get(kind, 0) for kind in kinds_of(scope.key, known.groups))
        if number or scope.key == wanted.scope:
            found.append(
                {"label": scope.label, "query": wanted.query(**{**cleared, "scope": scope.key}),
                 "count": number, "current": scope.key == wanted.scope}
            )  # fmt: skip
    return found


_FILE: Final = re.compile(r"^附件：(.{1,120})$", re.M)
_ARTICLE: Final = re.compile(
    r"^[ \u3000]*(第[〇零一二三四五六七八九十百千0-9]+条(?:之[一二三四五六七八九十]+)?)[ \u3000]",
    re.M,
)


def place_of(text: str, start: int, *, articles: bool = False) -> str:
    """Where in a record's text a find stands: in which file, else in which article of a document
    that is written in articles; empty when there is nothing to name."""
    end = text.find("\n", start)
    before = text[: end if end >= 0 else len(text)]
    files = list(_FILE.finditer(before))
    if files:
        return f"附件《{files[-1][1]}》"
    found = [mark[1] for mark in _ARTICLE.finditer(before)] if articles else []
    return found[-1] if found else ""


def first_mark(start: int, segments: Segments) -> int:
    """The place in the text of the first marked piece of a fragment that begins at ``start``."""
    for words, on in segments:
        if on:
            break
        start += len(words)
    return start


def text_link(text: str) -> str:
    """A fragment that leads browsers to the beginning of an article's own words."""
    words = re.split(r"[\s\u3000]+", _ARTICLE.sub("", text, count=1).strip(), maxsplit=1)[0]
    words = re.split(r"[，。；：]", words, maxsplit=1)[0][:24]
    return f"#:~:text={quote(words, safe='')}" if len(words) > 3 else ""


def number_words(total: int, reachable: int) -> str:
    """How many were found, in honest words."""
    return (
        f"找到 {total:,} 条"
        if total <= reachable
        else f"找到 {total:,} 条，列出前 {reachable:,} 条"
    )
