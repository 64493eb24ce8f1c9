"""From a document to a ledger: read, correct, confirm; read again without losing progress."""

import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.core import blobs, facts
from gongkai.core.clock import day_of
from gongkai.core.documents import DocumentError, read_document
from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.ledger import notices, plan_writing, references, services
from gongkai.ledger.comparison import corrected_items, existing_plan
from gongkai.ledger.comparison import differences as differences
from gongkai.ledger.enums import ImportStatus
from gongkai.ledger.models import Plan, PlanImport
from gongkai.ledger.parsing import parse_work_points, to_json_dict
from gongkai.ledger.register import expand, unit_register
from gongkai.ledger.services import require_office
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit
from gongkai.organisations.selectors import names_to_units

CORRECTABLE = ("title", "text", "lead", "responsible", "role", "tasks")


def import_open(
    *, office: Unit, data: bytes, filename: str, member: Member, now: datetime
) -> PlanImport:
    """Read a document and keep what was understood for a person to confirm.

    Nothing is kept when the document cannot be read: raises InvalidInput with the reason and the
    remedy. PermissionRefused unless the member supervises in this office.
    """
    require_office(member, office, "读入工作要点")
    started = time.perf_counter()
    try:
        document = read_document(data, filename)
        parsed = parse_work_points(document, units=unit_register(day_of(now), office.area))
    except DocumentError as error:
        raise InvalidInput({"file": [error.message]}, rule="读入文件") from error
    result = to_json_dict(parsed)
    if not result["items"]:
        # What else is odd about such a file (stray lines, no title) does not help its reader.
        told = [p["message"] for p in result["problems"] if p["code"] == "no_points"]
        reason = "没有找到带序号的要点。请上传工作要点正文（如“（一）……”），或先在文件中编上序号。"
        raise InvalidInput({"file": told or [reason]}, rule="读入文件")
    milliseconds = round((time.perf_counter() - started) * 1000)
    blob = blobs.store(data, content_type="application/octet-stream", now=now)
    with transaction.atomic():
        opened = PlanImport.objects.create(
            office=office,
            filename=filename[:200],
            blob=blob,
            raw_text=document.text,
            parsed=result,
            created_by_id=member.actor.user_id,
            created_at=now,
            milliseconds=milliseconds,
        )
        facts.record(
            action="ledger.import.opened",
            subject=("ledger_import", opened.pk),
            unit_id=office.pk,
            actor=member.actor,
            occurred_at=now,
            details={
                "filename": filename,
                "sha256": blob.sha256,
                "points": len(result["items"]),
                "milliseconds": milliseconds,
            },
        )
    return opened


def _open_import(import_id: int, member: Member, act: str) -> PlanImport:
    row = (
        PlanImport.objects.select_for_update(of=("self",))
        .select_related("office")
        .filter(pk=import_id)
        .first()
    )
    if row is None:
        raise NotVisible
    require_office(member, row.office, act)
    if row.status != ImportStatus.OPEN:
        raise Refusal("读入流程", f"这次读入{ImportStatus(row.status).label}，不能再改。")
    return row


def import_correct(
    *, import_id: int, number: int, changes: Mapping[str, Any], member: Member, now: datetime
) -> PlanImport:
    """Put right what the parser got wrong in one point; the parser's own result stays on record.

    ``changes`` may hold title, text, lead, responsible (lists of names as written), role and
    tasks (list of {"text", "deadline": ISO date or None, "recurs"}). Raises InvalidInput naming
    point and field.
    """
    with transaction.atomic():
        row = _open_import(import_id, member, "更正解析结果")
        if number not in {item["no"] for item in row.parsed["items"]}:
            raise NotVisible
        errors = _change_problems(number, changes)
        if errors:
            raise InvalidInput(errors, rule="更正解析结果")
        kept = dict(row.corrections)
        kept[str(number)] = {**kept.get(str(number), {}), **dict(changes)}
        row.corrections = kept
        row.save(update_fields=["corrections"])
        facts.record(
            action="ledger.import.corrected",
            subject=("ledger_import", row.pk),
            unit_id=row.office_id,
            actor=member.actor,
            occurred_at=now,
            details={"point": number, "changes": dict(changes)},
        )
    return row


def _change_problems(number: int, changes: Mapping[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for name in changes:
        if name not in CORRECTABLE:
            errors[name] = [f"第 {number} 项没有“{name}”这个可以更正的内容。"]
    if "title" in changes and not str(changes["title"]).strip():
        errors["title"] = [f"第 {number} 项的标题不能为空。"]
    for row, task in enumerate(changes.get("tasks") or [], start=1):
        if not str(task.get("text", "")).strip():
            errors["tasks"] = [f"第 {number} 项第 {row} 条任务没有内容；不需要的任务请删除整行。"]
        deadline = task.get("deadline")
        if deadline:
            try:
                date.fromisoformat(str(deadline))
            except ValueError:
                errors["tasks"] = [
                    f"第 {number} 项第 {row} 条任务的期限“{deadline}”不是有效日期，"
                    "请写成 2022-12-31 这样的形式。"
                ]
    return errors


def import_discard(*, import_id: int, member: Member, now: datetime) -> PlanImport:
    """Drop what was read; nothing reaches the ledger."""
    with transaction.atomic():
        row = _open_import(import_id, member, "放弃读入")
        row.status = ImportStatus.DISCARDED
        row.save(update_fields=["status"])
        facts.record(
            action="ledger.import.discarded",
            subject=("ledger_import", row.pk),
            unit_id=row.office_id,
            actor=member.actor,
            occurred_at=now,
        )
    return row


def import_confirm(
    *, import_id: int, member: Member, now: datetime, refers_to: Plan | None = None
) -> Plan:
    """Make the ledger live, or bring an existing one up to date without losing progress.

    Points are recognised by their text, not by their number alone; tasks that are still asked for
    (same or similar text) keep their row and so their evidence; what the new document no longer
    asks is retired, not deleted. A plan that was rolled over from last year takes the document in:
    what was carried over and the document does not name stays, after its points.
    """
    with transaction.atomic():
        row = _open_import(import_id, member, "确认台账")
        if not row.parsed["year"]:
            raise InvalidInput(
                {"year": ["没有从文件中读出年度，请在文件标题中写明年份后重新读入。"]}
            )
        if refers_to is not None and refers_to.office_id == row.office_id:
            raise InvalidInput({"refers_to": ["对应的上级要点应是另一个主管部门的要点。"]})
        plan = existing_plan(row)
        fresh = plan is None
        if plan is None:
            plan = Plan(
                office=row.office, year=row.parsed["year"], doc_no=row.parsed["doc_no"] or ""
            )
        services.require_open(plan)
        plan.doc_no = row.parsed["doc_no"] or ""
        plan.title = row.parsed["title"][:200]
        plan.issuer = (row.parsed.get("issuer") or "")[:120]
        issued = row.parsed.get("issued_on")
        plan.issued_on = date.fromisoformat(issued) if issued else None
        plan.addressees = row.parsed.get("addressees") or []
        plan.source_id = row.blob_id
        plan.source_name = row.filename
        plan.refers_to = refers_to or plan.refers_to
        plan.confirmed_at = now
        plan.save()
        names = names_to_units(day_of(now), row.office.area)
        register = unit_register(day_of(now), row.office.area)
        addressed = [
            names[unit]
            for name in row.parsed.get("reference_addressees") or []
            for unit in expand(register, name)
            if unit in names
        ]
        items = corrected_items(row)
        told = plan_writing.write_points(
            plan, items, plan_writing.Names(names, addressed), member, now
        )
        if plan.refers_to_id is not None:
            references.propose(plan)
        row.plan = plan
        row.status = ImportStatus.CONFIRMED
        row.save(update_fields=["plan", "status"])
        facts.record(
            action="ledger.plan.confirmed" if fresh else "ledger.plan.revised",
            subject=("ledger_plan", plan.pk),
            unit_id=row.office_id,
            actor=member.actor,
            occurred_at=now,
            details={"import": row.pk, "points": len(items), "sha256": row.blob_id, **told},
        )
        notices.confirmed(plan, member, now, fresh=fresh)
    return plan
