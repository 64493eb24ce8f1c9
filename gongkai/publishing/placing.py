"""How an item looks to columns: its facts for rules, its card for lists."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gongkai.catalogue.rules import RecordFacts
from gongkai.catalogue.services import Record
from gongkai.core.clock import at
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item
from gongkai.publishing.rules import due_base

CARD_ROOT = "/nr/"


def item_path(item_id: int) -> str:
    """The one public address of an item."""
    return f"{CARD_ROOT}{item_id}/"


def listed_at(item: Item) -> datetime:
    """Where an item stands in lists: at its publication; what was moved in from an old site at
    the day it was first public there (it is marked 历史信息, and never counts as an update)."""
    if item.original_published_on:
        return at(item.original_published_on)
    assert item.published_at is not None
    return item.published_at


def record_of(item: Item) -> Record:
    """The published item as columns see it; reads only the row and its unit, kind and theme."""
    theme = {item.theme.code, item.theme.code[:2]} if item.theme else set()
    area = item.unit.area.code if item.unit.area else "city"
    card: dict[str, Any] = {
        "title": item.title,
        "path": item_path(item.pk),
        "kind": item.kind.key,
        "kind_name": item.kind.name,
        "tone": str(item.kind.page.get("tone", "idle")),
        "unit": item.unit.short_name,
        "doc_no": item.doc_no,
        "summary": item.summary[:120],
        "corrected": item.version > 1,
        "validity": item.current_validity,
    }
    formed = due_base(item.formed_on, item.changed_on if item.version < 2 else None)
    if formed:
        card["formed"] = formed.isoformat()
    # Lists say what holds on their own day, not on the day the card was written.
    if item.effective_on:
        card["effective"] = str(item.effective_on)
    if item.expires_on:
        card["expires"] = str(item.expires_on)
    if item.original_published_on:
        card["history"] = True
    return Record(
        kind="item",
        id=item.pk,
        unit_id=item.unit_id,
        published_at=listed_at(item),
        facts=RecordFacts(
            kind=frozenset({item.kind.key}),
            theme=frozenset(theme),
            genre=frozenset({item.genre}),
            unit=frozenset({item.unit.code}),
            area=frozenset({area}),
            topic=frozenset(item.topics),
            attribute=frozenset({item.attribute}),
            validity=frozenset({item.current_validity}),
        ),
        card=card,
    )


def published_records() -> Iterable[Record]:
    """Every public item, for the rebuild of placements; constant memory."""
    rows = Item.objects.filter(visibility=Visibility.PUBLIC).select_related(
        "unit__area", "kind", "theme__parent"
    )
    for item in rows.order_by("pk").iterator(chunk_size=2000):
        yield record_of(item)
