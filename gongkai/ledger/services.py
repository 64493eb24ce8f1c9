"""Every write of the ledger after a plan exists: assignments, evidence, overrides."""

from datetime import datetime
from typing import Any

from django.db import transaction

from gongkai.core import blobs, facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.ledger import notices
from gongkai.ledger.enums import EvidenceKind, Light, UnitRole
from gongkai.ledger.models import Assignment, Evidence, LedgerTask, Plan
from gongkai.ledger.proofs import address_problem, evidence_title, file_problems
from gongkai.ledger.proofs import own_items as own_items
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Visibility


def require_office(member: Member, office: Unit, act: str) -> None:
    """Only the supervisor of this very office may shape its ledger."""
    if not member.holds(Role.SUPERVISOR, office):
        raise PermissionRefused(
            "台账管理权限",
            f"“{act}”只能由{office.short_name}的政务公开主管岗位办理。",
            f"请由{office.short_name}的人员登录后办理。",
        )


def require_open(plan: Plan) -> None:
    """A closed year is kept as it was."""
    if plan.closed_at is not None:
        raise Refusal(
            "封账",
            f"{plan.title}已经封账，任务、凭据、灯和月报都不能再改。",
            f"确有必要的，请{plan.office.short_name}的主管写明理由重新打开。",
        )


def require_ledger(member: Member, plan: Plan, act: str) -> None:
    """Only the supervisor of this very office, and only while the year is open."""
    require_office(member, plan.office, act)
    require_open(plan)


def _locked(assignment_id: int) -> Assignment:
    row = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("task__point__plan__office", "unit")
        .filter(pk=assignment_id)
        .first()
    )
    if row is None:
        raise NotVisible
    return row


def _locked_evidence(evidence_id: int) -> tuple[Evidence, Assignment]:
    known = Evidence.objects.filter(pk=evidence_id).values_list("assignment_id", flat=True).first()
    if known is None:
        raise NotVisible
    row = _locked(known)
    # Read under the lock: it may just have been taken back or sent back.
    return Evidence.objects.get(pk=evidence_id), row


def _record(row: Assignment, action: str, member: Member, now: datetime, **details: Any) -> None:
    facts.record(
        action=action,
        subject=("ledger_assignment", row.pk),
        unit_id=row.unit_id,
        actor=member.actor,
        occurred_at=now,
        details={"point": row.task.point.number, "task": row.task_id, **details},
    )


def assignment_add(
    *, task_id: int, unit: Unit, role: str, member: Member, now: datetime
) -> Assignment:
    """Name a unit for a task (the collectives that the document leaves open), or turn a
    reference row on."""
    with transaction.atomic():
        task = LedgerTask.objects.select_related("point__plan__office").filter(pk=task_id).first()
        if task is None:
            raise NotVisible
        require_ledger(member, task.point.plan, "指定责任单位")
        if task.retired_at is not None or task.point.retired_at is not None:
            raise Refusal(
                "责任单位",
                "这项任务已经移出台账，不能再指定责任单位。",
                "请在现行台账里找到对应的任务再指定。",
            )
        if not unit.valid_on(day_of(now)):
            raise InvalidInput({"unit": [f"{unit.short_name}已经停用，请选择承接它职能的单位。"]})
        if role not in UnitRole.values:
            raise InvalidInput({"role": ["请选择牵头或责任。"]})
        row, made = Assignment.objects.select_related(
            "task__point__plan__office", "unit"
        ).get_or_create(task=task, unit=unit, defaults={"role": role, "since": day_of(now)})
        if not made and row.active:
            raise Refusal("责任单位", f"{unit.short_name}已经是这项任务的责任单位。")
        if not made:
            row.active, row.role, row.since = True, role, day_of(now)
            row.save(update_fields=["active", "role", "since"])
        _record(row, "ledger.assignment.added", member, now, role=role)
        notices.assigned(row, member, now)
    return row


def assignment_end(*, assignment_id: int, reason: str, member: Member, now: datetime) -> Assignment:
    """Take a unit off a task, with a reason; its history stays."""
    with transaction.atomic():
        row = _locked(assignment_id)
        require_ledger(member, row.task.point.plan, "取消责任单位")
        if not reason.strip():
            raise InvalidInput({"reason": ["请写明取消的理由。"]})
        row.active = False
        row.save(update_fields=["active"])
        _record(row, "ledger.assignment.ended", member, now, reason=reason.strip())
        notices.ended(row, reason.strip(), member, now)
    return row


def _contributor(member: Member, row: Assignment) -> None:
    require_visible(member, row.unit)
    require_role(member, row.unit, Role.EDITOR, act="提交凭据")
    if not row.active:
        raise Refusal("责任单位", "这项任务现在不由本单位负责。", "请联系政务公开主管部门。")
    require_open(row.task.point.plan)


def evidence_add_item(
    *, assignment_id: int, item_id: int, member: Member, now: datetime, note: str = ""
) -> Evidence:
    """Attach a published item of the own unit. Counts only while the item is public."""
    with transaction.atomic():
        row = _locked(assignment_id)
        _contributor(member, row)
        item = own_items(row.unit).filter(pk=item_id).first()
        if item is None:
            raise InvalidInput({"item": ["没有找到本单位的这条信息，请重新选择。"]})
        if item.visibility != Visibility.PUBLIC:
            raise InvalidInput({"item": ["这条信息现在没有公开，公开以后才能作为凭据。"]})
        if row.evidence.filter(item_id=item_id, removed_at=None, rejected_at=None).exists():
            raise InvalidInput({"item": ["这条信息已经是这项任务的凭据。"]})
        return _add(
            row, member, now, kind="item", item_id=item.pk, title=evidence_title(item), note=note
        )


def evidence_add_url(
    *, assignment_id: int, url: str, title: str, member: Member, now: datetime, note: str = ""
) -> Evidence:
    """Attach an address on a government domain (``.gov.cn``)."""
    with transaction.atomic():
        row = _locked(assignment_id)
        _contributor(member, row)
        errors: dict[str, list[str]] = {}
        url = url.strip()
        if problem := address_problem(url):
            errors["url"] = [problem]
        if not title.strip():
            errors["title"] = ["请填写网页标题。"]
        if errors:
            raise InvalidInput(errors)
        return _add(
            row,
            member,
            now,
            kind="url",
            url=url,
            title=title.strip()[:300],
            note=note,
        )


def evidence_add_file(
    *,
    assignment_id: int,
    data: bytes,
    filename: str,
    member: Member,
    now: datetime,
    note: str = "",
) -> Evidence:
    """Attach a file; its type is told from its content, and it is screened like any upload."""
    with transaction.atomic():
        # Nothing of a stranger's is read or kept; asked again below, under the lock that writes.
        _contributor(member, _locked(assignment_id))
    if stops := file_problems([(filename, data)]):
        raise InvalidInput({"file": stops})
    blob = blobs.store(data, content_type="application/octet-stream", now=now)
    with transaction.atomic():
        row = _locked(assignment_id)
        _contributor(member, row)
        return _add(
            row, member, now, kind="file", blob_id=blob.sha256, title=filename[:300], note=note
        )


def _add(
    row: Assignment,
    member: Member,
    now: datetime,
    *,
    kind: str,
    title: str,
    note: str,
    **target: Any,
) -> Evidence:
    evidence = Evidence.objects.create(
        assignment=row,
        kind=EvidenceKind(kind),
        title=title,
        note=note.strip()[:500],
        added_by_id=member.actor.user_id,
        added_at=now,
        **target,
    )
    _record(
        row,
        "ledger.evidence.added",
        member,
        now,
        evidence=evidence.pk,
        kind=kind,
        item=target.get("item_id"),
        title=title,
    )
    return evidence


def evidence_remove(*, evidence_id: int, reason: str, member: Member, now: datetime) -> Evidence:
    """The unit takes its own evidence back, with a reason."""
    with transaction.atomic():
        evidence, row = _locked_evidence(evidence_id)
        _contributor(member, row)
        if evidence.removed_at is not None:
            raise Refusal("凭据", "这件凭据已经撤下。")
        if not reason.strip():
            raise InvalidInput({"reason": ["请写明撤下凭据的理由。"]})
        evidence.removed_at = now
        evidence.save(update_fields=["removed_at"])
        _record(
            row, "ledger.evidence.removed", member, now, evidence=evidence.pk, reason=reason.strip()
        )
    return evidence


def evidence_reject(*, evidence_id: int, reason: str, member: Member, now: datetime) -> Evidence:
    """The supervising office sends evidence back, with a reason."""
    with transaction.atomic():
        evidence, row = _locked_evidence(evidence_id)
        require_ledger(member, row.task.point.plan, "退回凭据")
        if evidence.removed_at is not None or evidence.rejected_at is not None:
            raise Refusal("凭据", "这件凭据已经撤下或退回。")
        if not reason.strip():
            raise InvalidInput({"reason": ["请写明退回的理由，责任单位会看到。"]})
        evidence.rejected_at = now
        evidence.reject_reason = reason.strip()[:300]
        evidence.save(update_fields=["rejected_at", "reject_reason"])
        _record(
            row,
            "ledger.evidence.rejected",
            member,
            now,
            evidence=evidence.pk,
            reason=reason.strip(),
        )
        notices.rejected(row, evidence, member, now)
    return evidence


def light_override(
    *, assignment_id: int, light: str, reason: str, member: Member, now: datetime
) -> None:
    """The supervising office sets a light by hand, with a reason that everybody sees."""
    with transaction.atomic():
        row = _locked(assignment_id)
        require_ledger(member, row.task.point.plan, "人工定灯")
        errors: dict[str, list[str]] = {}
        if light not in Light.values:
            errors["light"] = ["请选择灯色。"]
        if not reason.strip():
            errors["reason"] = ["请写明人工定灯的理由。"]
        if errors:
            raise InvalidInput(errors)
        _record(
            row, "ledger.light.overridden", member, now, light=light, reason=reason.strip()[:300]
        )
        notices.overridden(row, light, reason.strip()[:300], member, now)


def light_restore(*, assignment_id: int, member: Member, now: datetime) -> None:
    """Back to the computed light."""
    with transaction.atomic():
        row = _locked(assignment_id)
        require_ledger(member, row.task.point.plan, "恢复自动定灯")
        _record(row, "ledger.light.restored", member, now)
