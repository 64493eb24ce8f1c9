"""Writing a confirmed document into the ledger: points, tasks and the units it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.models import Fact
from gongkai.ledger.comparison import as_text, text_hash
from gongkai.ledger.enums import PointKind, Precision, UnitRole
from gongkai.ledger.models import Assignment, LedgerTask, Plan, WorkPoint
from gongkai.ledger.rules import match_tasks
from gongkai.ledger.rules_likeness import match_points
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit

ASIDE = 10_000
"""Numbers are unique among live points and tasks: old ones step aside before new ones come."""
DROPPED = "文件更新后不再点名"


@dataclass(frozen=True, slots=True)
class Names:
    """The units that written names stand for, and those the document only addresses."""

    units: Mapping[str, Unit]
    addressed: Sequence[Unit]


@dataclass(frozen=True, slots=True)
class _Writing:
    plan: Plan
    names: Names
    member: Member
    now: datetime
    #: what last happened to an assignment by hand or by a revision: (action, by whom)
    history: Mapping[int, tuple[str, str]]


def write_points(
    plan: Plan, items: Sequence[Mapping[str, Any]], names: Names, member: Member, now: datetime
) -> dict[str, Any]:
    """Bring the plan's points in line with the document; in the running transaction.

    Returns what the fact of it should tell: points that changed their number, how many ended.
    """
    live = {p.pk: p for p in plan.points.filter(retired_at=None)}
    texts = [as_text(item) for item in items]
    pairs = match_points({pk: as_text(p) for pk, p in live.items()}, texts)
    for point in live.values():
        point.number += ASIDE
        point.save(update_fields=["number"])
    before = _last_year(plan) if plan.rolled_from_id or not live else {}
    continues = match_points({pk: as_text(p) for pk, p in before.items()}, texts)
    writing = _Writing(plan, names, member, now, _history(live))
    moved: dict[str, int] = {}
    for item, match, earlier in zip(items, pairs, continues, strict=True):
        point = live.pop(match) if match is not None else WorkPoint(plan=plan)
        if match is not None and point.number - ASIDE != item["no"]:
            moved[str(point.number - ASIDE)] = item["no"]
        if point.carried_from_id is None and earlier is not None:
            point.carried_from_id = earlier
        _write_point(writing, point, item)
    number = max((item["no"] for item in items), default=0)
    gone = 0
    for point in live.values():
        if point.kept:
            number += 1
            point.number = number
            point.save(update_fields=["number"])
            continue
        gone += 1
        point.number -= ASIDE
        point.retired_at = now
        point.save(update_fields=["number", "retired_at"])
        point.tasks.filter(retired_at=None).update(retired_at=now)
    return {"moved": moved, "retired": gone} if moved or gone else {}


def _last_year(plan: Plan) -> Mapping[int, WorkPoint]:
    """The points of the office's newest plan of the year before."""
    last = (
        plan.rolled_from
        or Plan.objects.filter(office=plan.office, year=plan.year - 1).order_by("-pk").first()
    )
    return {p.pk: p for p in last.points.filter(retired_at=None)} if last else {}


def _history(points: Mapping[int, WorkPoint]) -> dict[int, tuple[str, str]]:
    ids = Assignment.objects.filter(task__point__in=points).values_list("pk", flat=True)
    rows = Fact.objects.filter(
        subject_kind="ledger_assignment",
        subject_id__in=[str(pk) for pk in ids],
        action__in=["ledger.assignment.added", "ledger.assignment.ended"],
    ).order_by("occurred_at", "id")
    return {int(f.subject_id): (f.action, str(f.details.get("by", ""))) for f in rows}


def _write_point(writing: _Writing, point: WorkPoint, item: Mapping[str, Any]) -> None:
    span = item.get("span") or [0, 0]
    names = writing.names
    lead = _units(item["lead"], item.get("lead_units"), names.units)
    responsible = _units(item["responsible"], item.get("responsible_units"), names.units)
    point.number = item["no"]
    point.section_title = (item.get("section") or "")[:120]
    point.title = item["title"][:200]
    point.text = item["text"]
    point.raw = item["raw"]
    point.span_start, point.span_end = span[0], span[1]
    point.edits = item.get("edits") or []
    point.kind = item.get("kind") or PointKind.TASK
    point.role = (item.get("role") or "")[:120]
    point.written_lead = item["lead"]
    point.written_responsible = item["responsible"]
    point.needs_naming = [*(item.get("to_be_named") or []), *(item.get("unknown_units") or [])]
    point.text_hash = text_hash(item["text"])
    # From now on the document asks for it, not the roll-over.
    point.kept = False
    point.save()
    old = {task.pk: task for task in point.tasks.filter(retired_at=None)}
    for task in old.values():
        task.seq += 1000
        task.save(update_fields=["seq"])
    wanted = item["tasks"] or [{"text": item["title"], "deadline": None}]
    pairs = match_tasks({pk: task.text for pk, task in old.items()}, [e["text"] for e in wanted])
    for seq, (entry, match) in enumerate(zip(wanted, pairs, strict=True), start=1):
        task = old.pop(match) if match is not None else LedgerTask(point=point)
        deadline, precision, raw, recurs = _deadline(entry, item)
        task.seq, task.text = seq, entry["text"][:600]
        task.deadline, task.precision, task.deadline_raw, task.recurs = (
            deadline, precision, raw, recurs,
        )  # fmt: skip
        task.save()
        _assign(writing, task, lead, responsible)
    for gone in old.values():
        gone.retired_at = writing.now
        gone.save(update_fields=["retired_at"])


def _units(written: list[str], expanded: list[str] | None, names: Mapping[str, Unit]) -> list[Unit]:
    """The units a list of names stands for: expanded collectives and names as written."""
    found: dict[int, Unit] = {}
    for name in [*(expanded or []), *written]:
        if name in names:
            found[names[name].pk] = names[name]
    return list(found.values())


def _deadline(
    entry: Mapping[str, Any], item: Mapping[str, Any]
) -> tuple[date | None, str, str, str]:
    value = entry.get("deadline")
    if isinstance(value, Mapping):
        detail: Mapping[str, Any] = value
    elif value:
        same = [d for d in item.get("deadlines") or [] if d["date"] == value]
        detail = same[0] if same else {"date": value, "precision": "day", "raw": ""}
    else:
        detail = {}
    day = detail.get("date")
    precision = detail.get("precision") or Precision.NONE
    return (
        date.fromisoformat(day) if day else None,
        precision if precision in Precision.values else Precision.NONE,
        (detail.get("raw") or "")[:80],
        entry.get("recurs") or detail.get("recurs") or "",
    )


def _assign(writing: _Writing, task: LedgerTask, lead: list[Unit], responsible: list[Unit]) -> None:
    """Rows for the units the document names; those it only addresses (parks) become 参照, off.

    A unit that the document named before and names no more ends, unless the office named it by
    hand; a unit that the office took off stays off.
    """
    have = {a.unit_id: a for a in task.assignments.all()}
    wanted = {unit.pk: UnitRole.RESPONSIBLE for unit in responsible}
    wanted.update({unit.pk: UnitRole.LEAD for unit in lead})
    since = day_of(writing.now)
    rows = [
        Assignment(task=task, unit_id=unit_id, role=role, since=since)
        for unit_id, role in wanted.items()
        if unit_id not in have
    ]
    for unit in writing.names.addressed:
        if unit.pk not in have and unit.pk not in wanted:
            rows.append(
                Assignment(
                    task=task, unit=unit, role=UnitRole.RESPONSIBLE, reference=True, active=False
                )
            )
    Assignment.objects.bulk_create(rows)
    for row in have.values():
        named = wanted.get(row.unit_id)
        action, by = writing.history.get(row.pk, ("", ""))
        if named is None:
            if row.active and action != "ledger.assignment.added":
                _end(writing, row, task)
            continue
        # What was only 参照, or dropped by an earlier version, is now named by the document.
        again = not row.active and (row.reference or by == "revision")
        if again or row.role != named:
            row.role = named
            row.reference = row.reference and not again
            row.active = row.active or again
            row.since = since if again else row.since
            row.save(update_fields=["role", "reference", "active", "since"])


def _end(writing: _Writing, row: Assignment, task: LedgerTask) -> None:
    row.active = False
    row.save(update_fields=["active"])
    facts.record(
        action="ledger.assignment.ended",
        subject=("ledger_assignment", row.pk),
        unit_id=row.unit_id,
        actor=writing.member.actor,
        occurred_at=writing.now,
        details={
            "point": task.point.number, "task": task.pk, "reason": DROPPED, "by": "revision",
        },
    )  # fmt: skip
