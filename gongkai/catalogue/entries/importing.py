"""From a table to the catalogues: read, look at, confirm; read again without losing history."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.catalogue.entries import states
from gongkai.catalogue.entries.enums import CatalogueKind, CatalogueStatus, ImportStatus
from gongkai.catalogue.entries.fields import STATUTORY, field_name, fields
from gongkai.catalogue.entries.models import Catalogue, CatalogueImport, Entry, EntryUnit
from gongkai.catalogue.entries.rules_cells import squeeze
from gongkai.catalogue.entries.rules_match import Known, Match, match_rows
from gongkai.catalogue.entries.rules_rows import EntryRow
from gongkai.catalogue.entries.sheets import CONTENT_TYPE, read_file, row_from_json, to_json
from gongkai.catalogue.entries.workbook import WorkbookError
from gongkai.core import blobs, facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.organisations.access import Member, require_role
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.organisations.selectors import names_to_units


def require_keeper(member: Member, owner: Unit, act: str) -> None:
    """Catalogues are kept by the office that supervises openness in the government's area.

    Raises PermissionRefused.
    """
    if not member.supervises(owner):
        require_role(member, owner, Role.SUPERVISOR, act=act)


def import_open(
    *, owner: Unit, data: bytes, filename: str, member: Member, now: datetime, only: str = ""
) -> CatalogueImport:
    """Read a table and keep what was understood for a person to confirm.

    ``only`` names the field of a file whose names do not tell it. Raises InvalidInput with the
    reason and the remedy when nothing can be read, PermissionRefused for others than the keeper.
    """
    require_keeper(member, owner, "导入公开目录")
    started = time.perf_counter()
    try:
        reading = read_file(data, filename, only=only)
    except WorkbookError as error:
        raise InvalidInput({"file": [error.message]}, rule="读入文件") from error
    if not reading.rows:
        told = [f"{t.where}：{t.message}。" for t in reading.refused[:8]]
        raise InvalidInput(
            {"file": told or ["没有读出公开事项。请核对表头和内容。"]}, rule="读入文件"
        )
    blob = blobs.store(data, content_type=CONTENT_TYPE, now=now)
    with transaction.atomic():
        opened = CatalogueImport.objects.create(
            owner=owner,
            filename=filename[:200],
            blob=blob,
            parsed=to_json(reading),
            created_by_id=member.actor.user_id,
            created_at=now,
            milliseconds=round((time.perf_counter() - started) * 1000),
        )
        facts.record(
            action="catalogue.import.opened",
            subject=("catalogue_import", opened.pk),
            unit_id=owner.pk,
            actor=member.actor,
            occurred_at=now,
            details={
                "filename": filename,
                "sha256": blob.sha256,
                "rows": reading.rows,
                "refused": len(reading.refused),
            },
        )
    return opened


# --- what an import would change ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that the import adds, changes or moves out; ``details`` are (label, old, new)."""

    state: str
    code: str
    name: str
    details: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a confirmed import does to one catalogue."""

    field: str
    name: str
    rows: tuple[EntryRow, ...]
    match: Match
    kept: frozenset[str]
    """Codes that no row bears but a refused row names: they stay."""
    changes: tuple[Change, ...]
    existing: bool

    @property
    def gone(self) -> tuple[str, ...]:
        """Codes that move out."""
        return tuple(code for code in self.match.gone if code not in self.kept)


def catalogue_of(owner: Unit, key: str) -> Catalogue | None:
    """The present catalogue of a government for a field or for the statutory content."""
    kind = CatalogueKind.STATUTORY if key == STATUTORY else CatalogueKind.GRASSROOTS
    field = "" if key == STATUTORY else key
    return Catalogue.objects.filter(owner=owner, kind=kind, field=field).first()


_COMPARED = (
    ("number", "序号"), ("item1", "一级事项"), ("item2", "二级事项"), ("elements", "公开内容"),
    ("bases", "公开依据"), ("limit_text", "公开时限"), ("units_text", "公开主体"),
    ("channels", "公开渠道"), ("platforms", "其他平台"), ("audience", "公开对象"),
    ("group", "特定群体"), ("method", "公开方式"), ("levels", "公开层级"),
    ("article", "条例条款"),
)  # fmt: skip


def values_of(row: EntryRow, key: str) -> dict[str, Any]:
    """The stored fields of an entry that this row gives it."""
    own = fields().get(key)
    return {
        "number": row.number[:20],
        "item1": row.item1,
        "item2": row.item2,
        "elements": list(row.elements),
        "bases": [{"tag": b.tag, "title": b.title, "doc_no": b.doc_no} for b in row.bases],
        "limit_text": row.limit_text,
        "rule": row.limit.to_json(),
        "units_text": "、".join(row.units)[:300],
        "channels": list(row.channels),
        "platforms": list(row.platforms),
        "audience": row.audience,
        "group": row.group,
        "method": row.method,
        "levels": list(row.levels),
        "article": row.article or (own.article if own else ""),
    }


def _words(name: str, value: Any) -> str:
    if name == "bases":
        return "；".join(f"{b['title']}{b['doc_no']}" for b in value)
    if isinstance(value, list):
        return "；".join(map(str, value))
    return str(value)


def plans(row: CatalogueImport) -> list[Plan]:
    """What confirming would do, catalogue by catalogue; three queries for each."""
    return [
        _plan(row.owner, sheet["field"], [row_from_json(r) for r in sheet["rows"]],
              [tuple(i) for i in sheet["refused_items"]])
        for sheet in row.parsed["sheets"]
    ]  # fmt: skip


def _plan(
    owner: Unit, key: str, rows: Sequence[EntryRow], refused: Sequence[tuple[str, ...]]
) -> Plan:
    catalogue = catalogue_of(owner, key)
    present = list(Entry.objects.filter(catalogue=catalogue)) if catalogue else []
    known = [
        Known(e.code, e.item1, e.item2, tuple(e.elements), e.retired_at is not None)
        for e in present
    ]
    match = match_rows(known, [Known("", r.item1, r.item2, r.elements) for r in rows])
    by_code = {e.code: e for e in present}
    named = {(squeeze(a), squeeze(b)) for a, b in refused}
    kept = frozenset(
        code
        for code in match.gone
        if (squeeze(by_code[code].item1), squeeze(by_code[code].item2)) in named
    )
    changes: list[Change] = []
    for code, row in zip(match.codes, rows, strict=True):
        name = f"{row.item1}·{row.item2}" if row.item2 else row.item1
        if not code:
            changes.append(Change("added", "", name))
            continue
        entry = by_code[code]
        values = values_of(row, key)
        details = tuple(
            (label, _words(field, getattr(entry, field)), _words(field, values[field]))
            for field, label in _COMPARED
            if getattr(entry, field) != values[field]
        )
        if entry.retired_at:
            changes.append(Change("returned", code, name, details))
        elif details:
            changes.append(Change("changed", code, name, details))
    changes += [
        Change("retired", code, by_code[code].name) for code in match.gone if code not in kept
    ]
    return Plan(
        key, field_name("" if key == STATUTORY else key), tuple(rows), match, kept,
        tuple(changes), bool(present),
    )  # fmt: skip


# --- confirm ------------------------------------------------------------------------------------


def _open(import_id: int, member: Member, act: str) -> CatalogueImport:
    row = (
        CatalogueImport.objects.select_for_update(of=("self",))
        .select_related("owner__area")
        .filter(pk=import_id)
        .first()
    )
    if row is None or not member.supervises(row.owner):
        raise NotVisible
    require_keeper(member, row.owner, act)
    if row.status != ImportStatus.OPEN:
        raise Refusal(
            "导入流程",
            f"这次导入{ImportStatus(row.status).label}，不能再改。",
            "需要更新目录的，请重新导入文件。",
        )
    return row


def import_confirm(*, import_id: int, member: Member, now: datetime) -> list[Catalogue]:
    """Bring the catalogues up to date with what was read; entries keep their codes and history.

    Rows that were refused change nothing: their entries stay as they are.
    """
    with transaction.atomic():
        row = _open(import_id, member, "确认公开目录")
        done = [_apply(row, plan, member, now) for plan in plans(row)]
        row.status = ImportStatus.CONFIRMED
        row.save(update_fields=["status"])
    return done


def import_discard(*, import_id: int, member: Member, now: datetime) -> None:
    """Drop what was read; nothing reaches the catalogues."""
    with transaction.atomic():
        row = _open(import_id, member, "放弃导入")
        row.status = ImportStatus.DISCARDED
        row.save(update_fields=["status"])
        facts.record(
            action="catalogue.import.discarded",
            subject=("catalogue_import", row.pk),
            unit_id=row.owner_id,
            actor=member.actor,
            occurred_at=now,
        )


def _apply(row: CatalogueImport, plan: Plan, member: Member, now: datetime) -> Catalogue:
    statutory = plan.field == STATUTORY
    order = 0 if statutory else 1 + list(fields()).index(plan.field)
    catalogue, _ = Catalogue.objects.select_for_update().get_or_create(
        owner=row.owner,
        kind=CatalogueKind.STATUTORY if statutory else CatalogueKind.GRASSROOTS,
        field="" if statutory else plan.field,
        defaults={
            "key": f"{row.owner.code}-{plan.field}",
            "name": f"{row.owner.short_name}{plan.name}"
            + ("" if statutory else "领域基层政务公开标准目录"),
            "order": order,
        },
    )
    catalogue.version += 1
    catalogue.year = day_of(now).year
    catalogue.source_id = row.blob_id
    catalogue.status = CatalogueStatus.CURRENT
    catalogue.updated_at = now
    present = {e.code: e for e in Entry.objects.filter(catalogue=catalogue)}
    changed: list[Entry] = []
    created: list[Entry] = []
    every: list[Entry] = []
    reworded: set[str] = set()
    for position, (code, entry_row) in enumerate(
        zip(plan.match.codes, plan.rows, strict=True), start=1
    ):
        values = values_of(entry_row, plan.field)
        entry = present.get(code)
        if entry is None:
            entry = Entry(
                catalogue=catalogue,
                code=f"{catalogue.key}-{catalogue.next_serial:04d}",
                created_at=now,
            )
            catalogue.next_serial += 1
            created.append(entry)
        else:
            changed.append(entry)
        if entry.units_text != values["units_text"] or entry in created or entry.retired_at:
            reworded.add(entry.code)
        for name, value in values.items():
            setattr(entry, name, value)
        entry.sort, entry.retired_at = position, None
        every.append(entry)
    gone = [present[code] for code in plan.gone]
    for entry in gone:
        entry.retired_at = now
    catalogue.save()
    Entry.objects.bulk_create(created)
    names = [n for n, _ in _COMPARED]
    Entry.objects.bulk_update(
        [*changed, *gone], [*names, "rule", "sort", "retired_at"], batch_size=100
    )
    _units([e for e in every if e.code in reworded], row.owner, now)
    states.refresh_entries([e.pk for e in [*every, *gone]], today=day_of(now))
    facts.record(
        action="catalogue.catalogue.confirmed" if catalogue.version == 1
        else "catalogue.catalogue.revised",
        subject=("catalogue", catalogue.key),
        unit_id=catalogue.owner_id,
        actor=member.actor,
        occurred_at=now,
        details={
            "version": catalogue.version,
            "sha256": row.blob_id,
            "added": [e.code for e in created],
            "retired": [e.code for e in gone],
            "changed": [c.code for c in plan.changes if c.state in ("changed", "returned")],
        },
    )  # fmt: skip
    return catalogue


def resolve(names: Iterable[str], known: Mapping[str, Unit]) -> tuple[list[Unit], list[str]]:
    """(units that the written names mean, names that nobody bears or that mean a class)."""
    units: dict[int, Unit] = {}
    unknown: list[str] = []
    for name in names:
        unit = known.get(name)
        if unit is None:
            unknown.append(name)
        else:
            units[unit.pk] = unit
    return list(units.values()), unknown


def unit_names(owner: Unit, day: date) -> dict[str, Unit]:
    """Every written name that a catalogue of this government may use for a unit."""
    return names_to_units(day, owner.area)


def _units(entries: Sequence[Entry], owner: Unit, now: datetime) -> None:
    """Who answers for each entry, from the names in its 公开主体; what no unit bears stays to be
    named."""
    day = day_of(now)
    known = unit_names(owner, day)
    rows: dict[int, dict[int, EntryUnit]] = {}
    for duty in EntryUnit.objects.filter(entry__in=entries):
        rows.setdefault(duty.entry_id, {})[duty.unit_id] = duty
    fresh: list[EntryUnit] = []
    altered: list[EntryUnit] = []
    for entry in entries:
        units, unknown = resolve(filter(None, entry.units_text.split("、")), known)
        entry.to_name = "、".join(unknown)[:300]
        duties = rows.get(entry.pk, {})
        wanted = {unit.pk for unit in units}
        for unit_id in wanted:
            old = duties.get(unit_id)
            if old is None:
                fresh.append(EntryUnit(entry=entry, unit_id=unit_id, since=day))
            elif old.ended_on is not None:
                old.since, old.ended_on = day, None
                altered.append(old)
        for unit_id, duty in duties.items():
            if unit_id not in wanted and duty.ended_on is None:
                duty.ended_on = max(day, duty.since)
                altered.append(duty)
    Entry.objects.bulk_update(entries, ["to_name"], batch_size=200)
    EntryUnit.objects.bulk_create(fresh)
    EntryUnit.objects.bulk_update(altered, ["since", "ended_on"], batch_size=200)
