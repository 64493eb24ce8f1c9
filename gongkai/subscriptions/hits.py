"""What a saved search finds that is new: asked of the public index, checked against the database.

The results page stands above this room and registers its reading with :func:`read_by`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from gongkai.core.clock import day_of
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item
from gongkai.search import finding
from gongkai.search.entries import PUBLIC
from gongkai.search.query import Ask
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


Reader = Callable[[Params], Ask]
Words = Callable[[Params], Sequence[str]]
_PAGE: list[tuple[Reader, Words]] = []


def read_by(reader: Reader, words: Words) -> None:
    """The results page says how its parameters become a question and what narrows it, in words one
    by one, so that a saved search finds what the page finds; called in its app's ``ready()``."""
    _PAGE[:] = [(reader, words)]


def question(params: Params) -> Ask:
    """What a saved search asks, as the results page reads it."""
    return _PAGE[0][0](params)


def narrowed_by(params: Params) -> Sequence[str]:
    """What narrows a saved search, in the words of the results page."""
    return _PAGE[0][1](params)


def found(
    target: str, *, now: datetime, since: datetime | None = None, size: int = MOST
) -> list[int]:
    """Ids of public items of a saved search, newest first; raises NoIndex."""
    asked = question(rules.parsed(target))
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
