"""What a saved search finds that is new: asked of the public index, checked against the database.

The parameters of a results page become a question by :func:`question`. A results page that reads
them in another way registers its own reading with :func:`read_by`, so that a saved search finds
what the page finds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from gongkai.core.clock import day_of
from gongkai.publishing.enums import ENDED, Visibility
from gongkai.publishing.models import Item
from gongkai.search import finding, vocabulary
from gongkai.search.asking import NO_SYNONYMS, ask_of
from gongkai.search.entries import FACETS, PUBLIC
from gongkai.search.query import Ask
from gongkai.search.rules_query import parse
from gongkai.subscriptions import rules

MOST: Final = 100
"""Of one search at one look."""

Params = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A public item and the moment of its first publication."""

    item_id: int
    at: datetime


class NoIndex(Exception):
    """There is no index now; the search is asked again later."""


def question(params: Params) -> Ask:
    """The words of ``q`` understood as readers' questions are, narrowed by facets under their own
    names and by ``year``; the site of a district narrows to it. ``title=1`` looks in titles only,
    ``syn=0`` at no other words; what does not hold any more is left out unless ``lapsed=1``."""
    only = {name: tuple(params[name]) for name in FACETS if params.get(name)}
    if params.get("district"):
        only["site"] = tuple(params["district"])
    if "all" in only.get("site", ()):
        del only["site"]
    lapsed = "1" in params.get("lapsed", ()) or "validity" in only
    return ask_of(
        parse(" ".join(params.get("q", ()))),
        NO_SYNONYMS if "0" in params.get("syn", ()) else vocabulary.synonyms(),
        title_only="1" in params.get("title", ()),
        only=only,
        without={} if lapsed else {"validity": ENDED},
        years=tuple(int(y) for y in params.get("year", ()) if y.isascii() and y.isdigit()),
    )


_READ: list[Callable[[Params], Ask]] = [question]
_WORDS: list[Callable[[Params], Sequence[str]]] = []


def read_by(
    reader: Callable[[Params], Ask], words: Callable[[Params], Sequence[str]] | None = None
) -> None:
    """Have parameters read as the results page reads them, and said in its ``words`` (what narrows
    the search, one by one); called in its app's ``ready()``."""
    _READ[0] = reader
    _WORDS[:] = [words] if words else []


def narrowed_by(params: Params) -> Sequence[str] | None:
    """What narrows a search in the words of the results page; None when it has registered none."""
    return _WORDS[0](params) if _WORDS else None


def found(
    target: str, *, now: datetime, since: datetime | None = None, size: int = MOST
) -> list[int]:
    """Ids of public items of a saved search, newest first; raises NoIndex."""
    asked = _READ[0](rules.parsed(target))
    if since is not None:
        asked = replace(asked, since=day_of(since))
    result = finding.find(
        PUBLIC, asked, today=day_of(now), size=size, order=finding.NEWEST, facets=False
    )
    if not result.ready:
        raise NoIndex
    records = [row.stored.record for row in result.rows]
    return [pk for kind, pk in records if kind == "item"]


def new_hits(target: str, *, since: datetime, now: datetime) -> list[Hit]:
    """Items of a saved search first published after ``since``, at most a hundred; raises NoIndex.

    History that was moved in from an old site is no news.
    """
    rows = Item.objects.filter(
        pk__in=found(target, since=since, now=now),
        visibility=Visibility.PUBLIC,
        published_at__gt=since,
        original_published_on=None,
    ).values_list("pk", "published_at")
    return [Hit(pk, at) for pk, at in rows.order_by("-published_at", "-pk") if at is not None]
