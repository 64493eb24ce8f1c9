"""Items as their unit's staff find them: the working copy, drafts and withdrawn ones included.

Only in the index of the staff, and only asked by lists that are limited to what the person may
see; the values of ``unit`` keep what others have from taking up the room in them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from gongkai.catalogue.models import Theme
from gongkai.core.clock import day_of
from gongkai.organisations.access import Member
from gongkai.publishing.found import KIND, entry_of, item_text, touched
from gongkai.publishing.models import Item
from gongkai.publishing.services import working_copy
from gongkai.search.entries import STAFF, Entry, Source

FIELDS: Final = ("latest_revision__object_str", "title", "doc_no", "index_no")
"""What lists look at in the database: the newest draft's title, the public one, the numbers."""


def within(units: Iterable[int], areas: Iterable[int] = ()) -> list[str]:
    """Values of the facet ``unit`` for items of these units or of any unit of these areas."""
    return [*map(str, sorted(units)), *(f"area:{area}" for area in sorted(areas))]


def reach_of(member: Member) -> list[str]:
    """The same for everything of which a person may see drafts; empty for the whole city."""
    whole_city, areas = member.supervised_areas()
    return [] if whole_city else within(member.unit_ids(), areas)


def entry_for_staff(item: Item, copy: Item) -> Entry:
    """The newest draft of an item; its numbers stand in the text, so that parts of them are found."""
    entry = entry_of(copy, {})
    # While a change of it is being written, its readers' words lead to it as well.
    public = f"{item.title} {item_text(item, {})}" if copy is not item and item.version else ""
    numbers = " ".join(filter(None, (copy.doc_no, item.doc_no, item.index_no)))
    return replace(
        entry,
        text="\n".join(filter(None, (numbers, entry.text))),
        meta=f"{entry.meta} {public}".strip(),
        facets={
            "type": (item.kind.key,),
            "unit": within([item.unit_id], [item.unit.area_id] if item.unit.area_id else []),
            "state": (item.status, item.visibility),
        },
        day=day_of(item.updated_at) if item.updated_at else entry.day,
        authority=0,
        version=f"{item.latest_revision_id or ''}/{item.live_digest}",
    )


def read(ids: Sequence[int]) -> Iterable[Entry]:
    """Entries of those items that exist. Two queries, whatever their number."""
    rows = list(
        Item.objects.filter(pk__in=ids).select_related(
            "unit__area", "kind", "theme", "latest_revision"
        )
    )
    copies = [(item, working_copy(item)) for item in rows]
    themes = Theme.objects.in_bulk({copy.theme_id for _, copy in copies if copy.theme_id})
    for item, copy in copies:
        copy.theme = themes.get(copy.theme_id) if copy.theme_id else None
        yield entry_for_staff(item, copy)


def ids(after: int, limit: int) -> Sequence[int]:
    """All items above an id."""
    rows = Item.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


SOURCES: Final = (Source(KIND, "稿件", STAFF, read, ids, touched=touched),)
