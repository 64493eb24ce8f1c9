"""Reads of items. ``public_*`` is the only door for public code."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from gongkai.catalogue.models import Theme
from gongkai.core import memo
from gongkai.core.clock import day_of
from gongkai.organisations.access import Member, of_visible_units
from gongkai.organisations.selectors import public_units_by_id
from gongkai.publishing.enums import ENDED, Validity, Visibility
from gongkai.publishing.models import Item, ItemKind, ItemLink, ItemVersion


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
    #: what has become of a document that does not hold any more (已废止, 已失效); empty while it does
    ended: str = ""


@dataclass(frozen=True, slots=True)
class KindName:
    """A kind as public lists need it: its name, the tone of its mark, whether it is a choice, the
    group it is looked for in."""

    key: str
    name: str
    tone: str
    tab: bool
    group: str


def public_kinds() -> dict[str, KindName]:
    """All kinds by key, in their order; one query."""
    return dict(_kind_names())


@memo.reference(lambda: ())
def _kind_names() -> dict[str, KindName]:
    return {
        kind.key: KindName(kind.key, kind.name, kind.look.tone, kind.look.tab, kind.group)
        for kind in ItemKind.objects.only("key", "name", "page", "schema", "group")
    }


def public_item(item_id: int) -> Item | None:
    """An item that is public or was withdrawn (its tombstone); None for everything else."""
    rows = Item.objects.filter(pk=item_id).exclude(visibility=Visibility.HIDDEN)
    if not memo.works():
        rows = rows.select_related("unit__area", "unit__parent", "kind", "theme__parent")
    item = next(iter(rows), None)
    if item is not None and memo.works():
        item.unit = public_units_by_id([item.unit_id])[item.unit_id]
        item.kind = memo.rows("publishing.kind", [item.kind_id], ItemKind.objects.in_bulk)[
            item.kind_id
        ]
        if item.theme_id:
            item.theme = memo.rows("catalogue.theme", [item.theme_id], _themes)[item.theme_id]
    return item


def with_reference(rows: QuerySet[Item]) -> list[Item]:
    """Items without their text, with unit and kind; the joins are spared where those are
    remembered."""
    rows = rows.defer("body")
    if not memo.works():
        return list(rows.select_related("unit__area", "kind"))
    found = list(rows)
    units = public_units_by_id(item.unit_id for item in found)
    kinds = memo.rows("publishing.kind", (i.kind_id for i in found), ItemKind.objects.in_bulk)
    for item in found:
        item.unit, item.kind = units[item.unit_id], kinds[item.kind_id]
    return found


def _themes(ids: list[int]) -> dict[int, Theme]:
    return Theme.objects.select_related("parent").in_bulk(ids)


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
        published_on=item.original_published_on or day_of(item.published_at),
        drafter=str(item.facts.get("interpreter", "")),
        phone=str(item.facts.get("phone", "") or item.contact),
        ended=Validity(item.current_validity).label if item.current_validity in ENDED else "",
    )


@dataclass(frozen=True, slots=True)
class Links:
    """What an item is linked with, public ones only: ``documents`` it interprets or answers for,
    ``interpretations`` of it and ``answers`` (questions and answers) about it, and for every
    other relation the items it refers to (``out_of``) and those that refer to it (``into``), as
    (relation, item)."""

    documents: list[LinkedItem]
    interpretations: list[LinkedItem]
    out_of: list[tuple[str, LinkedItem]]
    into: list[tuple[str, LinkedItem]]
    answers: list[LinkedItem]


# The second came with an old site.
INTERPRETS = ("interprets", "imported")


def _links(condition: Q, own: int = 0) -> list[tuple[str, int, Item]]:
    """(relation, id of the target, the linked item) of links whose both ends are public, newest
    first: of those from the item ``own`` their target, of all others their source. One query,
    and one more where there are any."""
    rows = list(
        ItemLink.objects.filter(condition)
        .filter(source__visibility=Visibility.PUBLIC, target__visibility=Visibility.PUBLIC)
        .order_by("-id")
        .values_list("relation", "source_id", "target_id")
    )
    if not rows:
        return []
    ids = {target if source == own else source for _, source, target in rows}
    public = Item.objects.filter(pk__in=ids, visibility=Visibility.PUBLIC).defer("attachments")
    items = {item.pk: item for item in with_reference(public)}
    found = []
    for relation, source, target in rows:
        other = items.get(target if source == own else source)
        if other is not None:
            found.append((relation, target, other))
    return found


def public_relations(item: Item) -> Links:
    """All public links of an item; two queries, one where there are none."""
    found = Links([], [], [], [], [])
    for relation, target, other in _links(Q(source=item) | Q(target=item), item.pk):
        outward = target != item.pk
        if relation in INTERPRETS:
            if outward:
                found.documents.append(_linked(other))
            else:
                _put(found, other)
        elif outward:
            found.out_of.append((relation, _linked(other)))
        else:
            found.into.append((relation, _linked(other)))
    return found


def _put(found: Links, source: Item) -> None:
    place = found.interpretations if source.kind.interprets else found.answers
    if all(other.id != source.pk for other in place):
        place.append(_linked(source))


def public_companions(item: Item, links: Links) -> Links:
    """For an interpretation or a Q&A: the other interpretations and answers of its documents, so
    that each of the three pages leads to both others; two queries, none without documents."""
    found = Links(links.documents, [], [], [], [])
    if links.documents:
        wanted = Q(target__in=[d.id for d in links.documents], relation__in=INTERPRETS)
        for _, _, source in _links(wanted & ~Q(source=item)):
            _put(found, source)
    return found


def public_links(item: Item) -> tuple[list[LinkedItem], list[LinkedItem]]:
    """(documents this item interprets, interpretations of this item), public ones only."""
    found = public_relations(item)
    return found.documents, found.interpretations


def items_for(member: Member) -> QuerySet[Item]:
    """Items, drafts included, of the units whose unpublished work the person may see."""
    return Item.objects.filter(of_visible_units(member)).select_related("unit", "kind")


def item_for(member: Member, item_id: int | str) -> Item | None:
    """One of :func:`items_for`."""
    return items_for(member).filter(pk=item_id).first()
