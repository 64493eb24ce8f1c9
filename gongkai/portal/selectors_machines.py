"""Reads for feeds and the site map. Cheap whatever the size of the archive: short ranges only."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Max

from gongkai.catalogue.models import Column, ColumnKind, Placement, PublicSite, Section
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item, ItemVersion
from gongkai.publishing.placing import item_path

_PIECE = 1000


def public_feed_cards(
    column: Column, section: Section | None = None, *, size: int
) -> list[dict[str, Any]]:
    """The newest cards of a column, or of a section of it, with the id of their record."""
    rows = Placement.objects.filter(column=column, section=section, subject_kind="item")
    return [
        {**row.card, "id": row.subject_id, "published_at": row.published_at}
        for row in rows.order_by("-published_at", "-id")[:size]
    ]


def public_changed(item_ids: Iterable[int]) -> dict[int, datetime]:
    """When the present version of public items came out, by id."""
    wanted = list(item_ids)
    if not wanted:
        return {}
    rows = ItemVersion.objects.filter(item__in=wanted, item__visibility=Visibility.PUBLIC)
    return dict(rows.order_by().values_list("item_id").annotate(Max("released_at")))


def public_digests(item_ids: Iterable[int]) -> dict[int, str]:
    """The digests of what is public of items, by id."""
    rows = Item.objects.filter(pk__in=list(item_ids), visibility=Visibility.PUBLIC)
    return dict(rows.values_list("pk", "live_digest"))


def public_last_withdrawal() -> datetime | None:
    """When something was last withdrawn anywhere."""
    gone = Item.objects.filter(visibility=Visibility.WITHDRAWN)
    moment: datetime | None = gone.aggregate(last=Max("withdrawn_at"))["last"]
    return moment


def public_map_parts(size: int) -> list[int]:
    """The numbers of the stretches of ``size`` item numbers that hold something public; part 1
    begins with number 1. Read from an index alone."""
    rows = (
        Item.objects.filter(visibility=Visibility.PUBLIC)
        .order_by()
        .annotate(part=(F("pk") - 1) / size)
        .values_list("part", flat=True)
        .distinct()
    )
    return sorted(int(part) + 1 for part in rows)


def public_map_items(after: int, until: int) -> Iterator[list[tuple[int, datetime]]]:
    """(id, time of the present version) of public items with after < id ≤ until, in pieces; a
    query each, so that nothing stays open while a slow line is fed."""
    while True:
        rows = (
            Item.objects.filter(visibility=Visibility.PUBLIC, pk__gt=after, pk__lte=until)
            .order_by("pk")
            .values_list("pk")
            .annotate(last=Max("versions__released_at"))
        )
        piece = [(pk, last) for pk, last in rows[:_PIECE]]
        if not piece:
            return
        yield piece
        if len(piece) < _PIECE:
            return
        after = piece[-1][0]


def public_column_paths(sites: Iterable[PublicSite]) -> Iterator[str]:
    """The addresses of all topics and unit columns of the sites."""
    rows = Column.objects.filter(site__in=list(sites)).exclude(kind=ColumnKind.STREAM)
    for column in rows.select_related("site").order_by("site__order", "order", "pk"):
        yield column.path


def public_samples() -> Iterator[str]:
    """Addresses of the newest public item of every kind, of an earlier and of a sealed version,
    of a withdrawn item, and of every part of the unit that published most lately."""
    newest = (
        Item.objects.filter(visibility=Visibility.PUBLIC)
        .order_by()
        .values("kind")
        .annotate(newest=Max("pk"))
        .values_list("newest", flat=True)
    )
    for pk in newest:
        yield item_path(pk)
    for sealed in (False, True):
        old = (
            ItemVersion.objects.filter(
                item__visibility=Visibility.PUBLIC, number__lt=F("item__version"), sealed=sealed
            )
            .order_by("-pk")
            .first()
        )
        if old is not None:
            yield f"{item_path(old.item_id)}v/{old.number}/"
    gone = Item.objects.filter(visibility=Visibility.WITHDRAWN).order_by("-pk").first()
    if gone is not None:
        yield item_path(gone.pk)
    row = Placement.objects.filter(column__kind=ColumnKind.UNIT).order_by("-published_at").first()
    if row is not None:
        path = Column.objects.select_related("site").get(pk=row.column_id).path
        for part in (
            "",
            "?part=guide",
            "?part=rules",
            "?part=report",
            "?part=apply",
            "ml/",
            "jiansuo/",
        ):
            yield f"{path}{part}"
        for part in ("overview", "functions", "leaders"):
            yield f"{path}?part={part}"
