"""Writing an approved batch in bulk: items, versions, placements, numbers, addresses, links.

Legal ground and limits: ADR 0010. ``published_at`` is the moment of the import, set here and never
from the file; ``original_published_on`` is the day on the old site, which lists and pages show.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from gongkai.catalogue import tallies
from gongkai.catalogue.models import Column, Theme
from gongkai.catalogue.rules import RecordFacts
from gongkai.catalogue.services import Record, Shelf, ShelfColumn, rows_for
from gongkai.core import bulk, facts
from gongkai.core.actors import Actor
from gongkai.core.errors import Refusal
from gongkai.core.facts import sha256_text
from gongkai.legacy.enums import RedirectState, RunStatus
from gongkai.legacy.models import ImportRun, Redirect, StagedItem
from gongkai.legacy.rules import old_address
from gongkai.legacy.staging import content_of, digest_of
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit
from gongkai.publishing import rules
from gongkai.publishing.content import apply_content
from gongkai.publishing.enums import Status, Visibility
from gongkai.publishing.models import (
    IndexSerial,
    Item,
    ItemKind,
    ItemLink,
    ItemVersion,
    NumberClaim,
)
from gongkai.publishing.placing import record_of

CHUNK = 500
AT_ONCE = 1000
"""Rows released in the reviewer's own request; larger batches go on in the worker."""
PER_TICK = 40
RELATION = "imported"
"""Links of imported items; kept when the item is corrected, unlike those its facts name."""


@dataclass(frozen=True, slots=True)
class _Shelf(Shelf):
    """A shelf that remembers where records with the same facts belong: an archive repeats few."""

    known: dict[RecordFacts, list[tuple[ShelfColumn, int | None]]] = field(default_factory=dict)

    def places(self, record: Record) -> Any:
        if record.facts not in self.known:
            self.known[record.facts] = list(super(_Shelf, self).places(record))
        return iter(self.known[record.facts])


@dataclass(slots=True)
class _Tools:
    units: dict[int, Unit]
    kinds: dict[str, ItemKind]
    themes: dict[str, Theme]
    shelf: _Shelf

    @classmethod
    def load(cls) -> "_Tools":
        shelf = Shelf.load()
        return cls(
            {u.pk: u for u in Unit.objects.select_related("area")},
            {k.key: k for k in ItemKind.objects.all()},
            {t.code: t for t in Theme.objects.select_related("parent")},
            _Shelf(shelf.columns, shelf.sections),
        )


def release_begin(*, run_id: int, member: Member, now: datetime) -> None:
    """Called by the gate only, in its transaction, after it compared the manifest."""
    run = ImportRun.objects.select_for_update().select_related("unit").get(pk=run_id)
    if run.status != RunStatus.IN_REVIEW:
        raise Refusal("迁入", f"这次迁入现在是“{run.get_status_display()}”。", "请刷新查看。")
    run.status = RunStatus.RELEASING
    run.release_actor = {
        "key": member.actor.key, "name": member.actor.name, "user_id": member.actor.user_id,
    }  # fmt: skip
    run.updated_at = now
    run.save(update_fields=["status", "release_actor", "updated_at"])
    _reserve_serials(run)
    if run.count("staged") <= AT_ONCE:
        tools = _Tools.load()
        while _chunk(run, tools, now):
            pass


def items_of(run_id: str) -> Iterable[int]:
    """Ids of the items that a batch has become."""
    rows = StagedItem.objects.filter(run_id=int(run_id), item__isnull=False)
    return rows.order_by("row").values_list("item_id", flat=True)


def release_due(now: datetime) -> int:
    """Timer job: go on writing approved batches, each chunk in its own transaction."""
    done = 0
    for run_id in ImportRun.objects.filter(status=RunStatus.RELEASING).values_list("pk", flat=True):
        done += release_on(run_id, now=now, chunks=PER_TICK)
    return done


def release_on(run_id: int, *, now: datetime, chunks: int | None = None) -> int:
    """Go on with one approved batch; returns how many items were written."""
    tools = _Tools.load()
    done = 0
    while chunks is None or chunks > 0:
        with bulk.fewer_collections(), transaction.atomic():
            run = ImportRun.objects.select_for_update().select_related("unit").get(pk=run_id)
            if run.status != RunStatus.RELEASING:
                break
            written = _chunk(run, tools, now)
        done += written
        if chunks is not None:
            chunks -= 1
    return done


def _chunk(run: ImportRun, tools: _Tools, now: datetime) -> int:
    """Write the next rows, or close the run when there are none; returns how many."""
    rows = list(
        StagedItem.objects.filter(run=run, row__gt=run.release_cursor, item=None).order_by("row")[
            :CHUNK
        ]
    )
    if not rows:
        _close(run, now)
        return 0
    contents = [content_of(row) for row in rows]
    for row in rows:
        if digest_of(row) != row.digest:
            raise Refusal(
                "所审即所发", f"第 {row.row} 行在审核以后被改动过，没有公开。", "请放弃后重新读入。"
            )
    items = [_item(row, content, tools, now) for row, content in zip(rows, contents, strict=True)]
    _number(rows, items)
    for item, key in zip(items, bulk.keys(Item, len(items)), strict=True):
        item.pk = key
    bulk.insert(items)
    bulk.insert(
        [
            ItemVersion(
                item_id=item.pk,
                number=1,
                content=bulk.JsonText(row.content),
                digest=item.live_digest,
                released_at=now,
            )
            for row, item in zip(rows, items, strict=True)
        ]
    )
    bulk.insert(
        [
            NumberClaim(scheme="doc_no", value=row.doc_no, item_id=item.pk, claimed_at=now)
            for row, item in zip(rows, items, strict=True)
            if row.doc_no
        ],
        skip_conflicts=True,
    )
    placements = []
    for item in items:
        placements += rows_for(record_of(item), tools.shelf)
    tallies.shelve(placements)
    _redirects(run, rows, items, now)
    _mark_written(rows, items)
    run.release_cursor = rows[-1].row
    run.updated_at = now
    run.save(update_fields=["release_cursor", "updated_at"])
    return len(rows)


def _mark_written(rows: list[StagedItem], items: list[Item]) -> None:
    """Tell each staged row its item. The version holds the text now; the digest stays for the
    archive manifest. One prepared statement: a CASE over all rows costs four times as much."""
    table = connection.ops.quote_name(StagedItem._meta.db_table)
    values = [(item.pk, row.pk) for row, item in zip(rows, items, strict=True)]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET item_id = %s, content = '' WHERE id = %s",  # noqa: S608
            values,
        )


def _item(row: StagedItem, content: dict[str, Any], tools: _Tools, now: datetime) -> Item:
    item = Item(
        live=True,
        has_unpublished_changes=False,
        status=Status.SETTLED,
        visibility=Visibility.PUBLIC,
        version=1,
        live_digest=sha256_text(row.content),
        published_at=now,
        first_published_at=now,
        last_published_at=now,
        original_published_on=row.original_on,
        updated_at=now,
        index_no=row.index_no,
    )
    theme = content.get("theme")
    apply_content(
        item,
        {
            **content,
            "kind": tools.kinds[row.kind],
            "unit": tools.units[row.unit_id],
            "theme": tools.themes[theme] if theme else "",
        },
    )
    return item


# --- index numbers -------------------------------------------------------------------------------


def _serial_of(number: str, unit: Unit) -> tuple[int, int] | None:
    """(year, serial) of a number in the form this platform gives to the unit."""
    publisher, slash, rest = number.partition("/")
    year, dash, serial = rest.partition("-")
    own = {unit.uscc, unit.code.upper()} - {""}
    if not (slash and dash and publisher in own and year.isdigit() and serial.isdigit()):
        return None
    return int(year), int(serial)


def _reserve_serials(run: ImportRun) -> None:
    """A moved document keeps its number, so new ones begin behind the highest that is kept."""
    units = {u.pk: u for u in Unit.objects.all()}
    highest: dict[tuple[int, int], int] = {}
    kept = StagedItem.objects.filter(run=run).exclude(index_no="").order_by()
    for unit_id, number in kept.values_list("unit_id", "index_no").iterator(chunk_size=5000):
        found = _serial_of(number, units[unit_id])
        if found is not None and found[1] < 100_000:
            key = (unit_id, found[0])
            highest[key] = max(highest.get(key, 0), found[1])
    for (unit_id, year), serial in highest.items():
        row, _ = IndexSerial.objects.select_for_update().get_or_create(unit_id=unit_id, year=year)
        if row.last < serial:
            IndexSerial.objects.filter(pk=row.pk).update(last=serial)


def _number(rows: list[StagedItem], items: list[Item]) -> None:
    """Keep the given index numbers that are still free; give the others the next of their unit
    and year of 成文 (of first publication where that is unknown)."""
    given = [item.index_no for item in items if item.index_no]
    taken = set(Item.objects.filter(index_no__in=given).values_list("index_no", flat=True))
    need: dict[tuple[int, int], list[Item]] = {}
    for row, item in zip(rows, items, strict=True):
        if item.index_no and item.index_no not in taken:
            taken.add(item.index_no)
            continue
        year = (item.formed_on or row.original_on).year
        need.setdefault((item.unit_id, year), []).append(item)
    for (unit_id, year), waiting in sorted(need.items()):
        serials = IndexSerial.objects.filter(unit_id=unit_id, year=year)
        if not serials.update(last=F("last") + len(waiting)):
            IndexSerial.objects.get_or_create(unit_id=unit_id, year=year)
            serials.update(last=F("last") + len(waiting))
        last = serials.values_list("last", flat=True).get()
        for serial, item in enumerate(waiting, start=last - len(waiting) + 1):
            item.index_no = rules.index_number(item.unit.code, item.unit.uscc, year, serial)


# --- addresses and links -------------------------------------------------------------------------


def _redirects(
    run: ImportRun, rows: Iterable[StagedItem], items: Iterable[Item], now: datetime
) -> None:
    found: dict[tuple[str, str], Redirect] = {}
    for row, item in zip(rows, items, strict=True):
        for url in row.urls:
            address = old_address(url)
            if address is not None:
                found.setdefault(
                    (address.host, address.path),
                    Redirect(
                        host=address.host,
                        path=address.path,
                        state=RedirectState.ITEM,
                        item_id=item.pk,
                        run_id=run.pk,
                        created_at=now,
                    ),
                )
    bulk.insert(list(found.values()), skip_conflicts=True)


def _column_redirects(run: ImportRun, now: datetime) -> None:
    """The mapping's old list pages: to a column of the unit's own site or the city's, or nowhere."""
    columns = {c.key: c for c in Column.objects.select_related("site").order_by("-site__prefix")}
    rows = []
    for entry in run.mapping.get("redirects", []):
        address = old_address(str(entry.get("url", "")))
        if address is None:
            continue
        column = columns.get(str(entry.get("column") or ""))
        rows.append(
            Redirect(
                host=address.host,
                path=address.path,
                state=RedirectState.COLUMN if column else RedirectState.GONE,
                column=column,
                run=run,
                created_at=now,
            )
        )
    Redirect.objects.bulk_create(rows, ignore_conflicts=True)


def _write_links(run: ImportRun) -> int:
    rows = list(
        StagedItem.objects.filter(run=run, item__isnull=False)
        .exclude(targets=[])
        .values_list("item_id", "targets")
    )
    wanted = {int(t[4:]) for _, targets in rows for t in targets if t.startswith("row:")}
    items = dict(StagedItem.objects.filter(run=run, row__in=wanted).values_list("row", "item_id"))
    links = []
    for source_id, targets in rows:
        for target in targets:
            sort, _, number = target.partition(":")
            item_id = items.get(int(number)) if sort == "row" else int(number)
            if item_id and item_id != source_id:
                links.append(ItemLink(source_id=source_id, target_id=item_id, relation=RELATION))
    ItemLink.objects.bulk_create(links, ignore_conflicts=True)
    return len(links)


def _close(run: ImportRun, now: datetime) -> None:
    """Everything is written: links, old list pages, and the one fact of the whole batch."""
    links = _write_links(run)
    _column_redirects(run, now)
    run.status = RunStatus.RELEASED
    run.released_at = run.updated_at = now
    run.counts = {**run.counts, "links": links}
    run.save(update_fields=["status", "released_at", "updated_at", "counts"])
    actor = run.release_actor
    facts.record(
        action="publishing.items.imported",
        subject=("import_batch", run.pk),
        unit_id=run.unit_id,
        actor=Actor(actor["key"], actor["name"], actor.get("user_id")),
        occurred_at=now,
        details={
            "manifest": run.manifest,
            "items": run.count("staged"),
            "first": run.counts.get("first", ""),
            "last": run.counts.get("last", ""),
            "units": run.counts.get("units", {}),
            "filename": run.filename,
        },
    )
