"""Reads of items. ``public_*`` is the only door for public code."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from gongkai.core.clock import day_of
from gongkai.core.workdays import DueDate, WorkCalendar, add_workdays
from gongkai.organisations.access import Member, visible_units
from gongkai.publishing import rules
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item, ItemLink, ItemVersion


@dataclass(frozen=True, slots=True)
class LinkedItem:
    """A published document or interpretation linked with another."""

    id: int
    title: str
    unit: str
    form: str
    published_on: date
    drafter: str = ""
    phone: str = ""


def public_item(item_id: int) -> Item | None:
    """An item that is public or was withdrawn (its tombstone); None for everything else."""
    return (
        Item.objects.select_related("unit__area", "unit__parent", "kind", "theme__parent")
        .filter(pk=item_id)
        .exclude(visibility=Visibility.HIDDEN)
        .first()
    )


def public_versions(item: Item) -> list[ItemVersion]:
    """The versions of a public item, newest first; sealed ones without their content."""
    if item.visibility != Visibility.PUBLIC:
        return []
    rows = list(ItemVersion.objects.filter(item=item).order_by("-number"))
    for row in rows:
        if row.sealed:
            row.content = {}
    return rows


def public_version(item: Item, number: int) -> ItemVersion | None:
    """One earlier version of a public item, unless it is sealed."""
    if item.visibility != Visibility.PUBLIC:
        return None
    return ItemVersion.objects.filter(item=item, number=number, sealed=False).first()


def _linked(item: Item) -> LinkedItem:
    assert item.published_at is not None
    return LinkedItem(
        id=item.pk,
        title=item.title,
        unit=item.unit.short_name,
        form=str(item.facts.get("form", "")),
        published_on=day_of(item.published_at),
        drafter=str(item.facts.get("interpreter", "")),
        phone=str(item.facts.get("phone", "") or item.contact),
    )


def public_links(item: Item) -> tuple[list[LinkedItem], list[LinkedItem]]:
    """(documents this item interprets, interpretations of this item), public ones only."""
    links = (
        ItemLink.objects.filter(Q(source=item) | Q(target=item))
        .select_related("source__unit", "target__unit")
        .filter(source__visibility=Visibility.PUBLIC, target__visibility=Visibility.PUBLIC)
    )
    documents, interpretations = [], []
    for link in links:
        if link.source_id == item.pk:
            documents.append(_linked(link.target))
        else:
            interpretations.append(_linked(link.source))
    return documents, interpretations


def items_for(member: Member) -> QuerySet[Item]:
    """Items, drafts included, of the units whose unpublished work the person may see."""
    return Item.objects.filter(unit__in=visible_units(member)).select_related("unit", "kind")


def item_for(member: Member, item_id: int | str) -> Item | None:
    """One of :func:`items_for`."""
    return items_for(member).filter(pk=item_id).first()


def publish_due(item: Item, calendar: WorkCalendar) -> DueDate | None:
    """By when the item has or had to be public, with the steps (条例第二十六条)."""
    base = rules.due_base(item.formed_on, item.changed_on)
    if base is None:
        return None
    return add_workdays(base, item.kind.due_workdays, calendar)


def lateness(item: Item, due: DueDate | None) -> dict[str, Any]:
    """Whether it was late. Imported history is exempt (its own date counts, not ours)."""
    if due is None or item.published_at is None or item.original_published_on:
        return {"late": False, "exempt": bool(item.original_published_on)}
    return {"late": day_of(item.published_at) > due.date, "exempt": False}
