"""How an item looks to columns: its facts for rules, its card for lists."""

from collections.abc import Iterable
from typing import Any

from gongkai.catalogue.rules import RecordFacts
from gongkai.catalogue.services import Record
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item

CARD_ROOT = "/nr/"


def item_path(item_id: int) -> str:
    """The one public address of an item."""
    return f"{CARD_ROOT}{item_id}/"


def record_of(item: Item) -> Record:
    """The published item as columns see it; reads only the row and its unit, kind and theme."""
    theme = {item.theme.code, item.theme.code[:2]} if item.theme else set()
    area = item.unit.area.code if item.unit.area else "city"
    card: dict[str, Any] = {
        "title": item.title,
        "path": item_path(item.pk),
        "kind": item.kind.key,
        "kind_name": item.kind.name,
        "unit": item.unit.short_name,
        "doc_no": item.doc_no,
        "summary": item.summary[:120],
        "corrected": item.version > 1,
        "validity": item.validity,
    }
    assert item.published_at is not None
    return Record(
        kind="item",
        id=item.pk,
        unit_id=item.unit_id,
        published_at=item.published_at,
        facts=RecordFacts(
            kind=frozenset({item.kind.key}),
            theme=frozenset(theme),
            genre=frozenset({item.genre}),
            unit=frozenset({item.unit.code}),
            area=frozenset({area}),
            topic=frozenset(item.topics),
            attribute=frozenset({item.attribute}),
            validity=frozenset({item.validity}),
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
