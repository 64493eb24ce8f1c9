"""Atom feeds of what is public: of a site, of a column, of a unit, of a search, of one item's life.

Entries come from placements, so a withdrawn record is gone with them; a correction keeps its id
and its place, and carries the time of the new version.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.http import http_date

from gongkai.catalogue.models import Column, Section
from gongkai.core.clock import SHANGHAI
from gongkai.portal import selectors_machines as selectors
from gongkai.portal.context import absolute, site_domain

SIZE = 50
# A feed without entries has to tell a time, too; it must not be another one at every request.
_EMPTY = datetime(2000, 1, 1, tzinfo=UTC)
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing in an item's life; ``key`` tells it from others of the same day."""

    at: datetime
    key: str
    title: str
    text: str
    path: str
    unit: str = ""


class _Feed(Atom1Feed):
    """Django's writer, with a time that depends on the entries only."""

    content_type = "application/atom+xml; charset=utf-8"

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=_EMPTY)


def _plain(text: Any) -> str:
    return _UNFIT.sub("", str(text or ""))


def entry_id(path: str, published: datetime) -> str:
    """The id of an entry, the same for ever: RFC 4151, with the day it was first public."""
    return f"tag:{site_domain()},{published.astimezone(SHANGHAI):%Y-%m-%d}:{path}"


def answer(
    request: HttpRequest,
    *,
    title: str,
    subtitle: str,
    page: str,
    column: Column | None,
    section: Section | None = None,
) -> HttpResponse:
    """The feed of a column or of a section of it (none yet: without entries); ``page`` is the path
    it is the feed of.

    Has ETag and Last-Modified; 304 for who has it already. A withdrawal counts as a change.
    """
    query = f"?fq={section.key}" if section else ""
    cards = selectors.public_feed_cards(column, section, size=SIZE) if column else []
    return of_cards(request, cards, title, subtitle, f"{page}{query}", f"{page}feed/{query}")


def of_cards(
    request: HttpRequest,
    cards: Sequence[Mapping[str, Any]],
    title: str,
    subtitle: str,
    page: str,
    own: str,
) -> HttpResponse:
    """A feed of cards with the id of their item, at the path ``own``, of the page ``page``."""
    changed = selectors.public_changed(card["id"] for card in cards)
    found = _begun(title, subtitle, page, own)
    for card in cards:
        published: datetime = card["published_at"]
        found.add_item(
            title=_plain(card.get("title")),
            link=absolute(str(card["path"])),
            description=escape(_plain(card.get("summary"))),
            author_name=_plain(card.get("unit")) or _plain(title),
            categories=[_plain(card.get("kind_name"))] if card.get("kind_name") else [],
            pubdate=published,
            updateddate=max(published, changed.get(card["id"], published)),
            unique_id=entry_id(str(card["path"]), published),
        )
    return _sent(request, found)


def of_events(
    request: HttpRequest,
    events: Sequence[Happening],
    *,
    title: str,
    subtitle: str,
    page: str,
    author: str,
) -> HttpResponse:
    """The feed of what happened to one item, newest first."""
    found = _begun(title, subtitle, page, f"{page}feed/")
    for event in events:
        found.add_item(
            title=_plain(event.title),
            link=absolute(event.path),
            description=escape(_plain(event.text)),
            author_name=_plain(event.unit or author),
            pubdate=event.at,
            updateddate=event.at,
            unique_id=f"{entry_id(page, event.at)}#{event.key}",
        )
    return _sent(request, found)


def _begun(title: str, subtitle: str, page: str, own: str) -> _Feed:
    return _Feed(
        title=_plain(title),
        link=absolute(page),
        description="",
        subtitle=_plain(subtitle),
        language="zh-CN",
        feed_url=absolute(own),
        feed_guid=absolute(own),
    )


def _sent(request: HttpRequest, found: _Feed) -> HttpResponse:
    body = str(found.writeString("utf-8")).encode()
    gone = selectors.public_last_withdrawal()
    newest = max(filter(None, (found.latest_post_date(), gone)))
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type=_Feed.content_type)
    response["ETag"] = etag
    response["Last-Modified"] = http_date(newest.timestamp())
    answered = get_conditional_response(
        request, etag=etag, last_modified=int(newest.timestamp()), response=response
    )
    assert isinstance(answered, HttpResponse)
    return answered
