"""无此事项: a unit says that it had nothing to publish in a period, somebody else decides."""

from datetime import datetime

from django.db import IntegrityError, transaction

from gongkai.catalogue.entries import states
from gongkai.catalogue.entries.enums import AbsenceStatus
from gongkai.catalogue.entries.models import Entry, EntryAbsence
from gongkai.catalogue.entries.rules import period_label
from gongkai.catalogue.entries.services import check_period, in_force, locked_duty
from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.messaging.audience import holders, people, supervisors_of
from gongkai.messaging.services import notify
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role

WAITING = "catalogue.absence_waiting"
DECIDED = "catalogue.absence_decided"


def absence_request(
    *, entry_id: int, unit_id: int, period: str, reason: str, member: Member, now: datetime
) -> EntryAbsence:
    """Say that the unit had nothing to publish under an entry in a period; somebody else decides.

    Raises NotVisible, PermissionRefused, Refusal, InvalidInput (``period``, ``reason``).
    """
    with transaction.atomic():
        duty = locked_duty(entry_id, unit_id, member)
        require_role(member, duty.unit, Role.EDITOR, act="申报无此事项")
        in_force(duty, "申报无此事项")
        cleaned = check_period(period)
        errors: dict[str, list[str]] = {}
        if not cleaned:
            errors["period"] = ["请填写期间，例如 2022 或 2022Q3。"]
        if len(reason.strip()) < 5:
            errors["reason"] = ["请写明为什么没有这类信息，至少 5 个字。"]
        if errors:
            raise InvalidInput(errors)
        try:
            with transaction.atomic():
                row = EntryAbsence.objects.create(
                    entry_id=entry_id, unit_id=unit_id, period=cleaned,
                    reason=reason.strip()[:300], requested_by_id=member.actor.user_id,
                    requested_at=now,
                )  # fmt: skip
        except IntegrityError as error:
            raise InvalidInput(
                {"period": [f"{period_label(cleaned)}已经申报过无此事项，不用再次申报。"]}
            ) from error
        _absence_fact("requested", row, duty.entry, member, now)
        notify(
            kind=WAITING,
            to=holders(unit_id, Role.FINAL_REVIEWER) | supervisors_of(duty.unit),
            title=f"{duty.unit.short_name}申报无此事项：{duty.entry.name}（{period_label(cleaned)}）",
            url=f"/desk/catalogue/entries/{entry_id}/?unit={unit_id}#absences",
            key=f"absence:{row.pk}",
            now=now,
            body=row.reason,
            subject=("entry", duty.entry.code),
            skip=member.actor.user_id,
        )
    return row


def absence_decide(
    *, absence_id: int, approve: bool, remark: str = "", member: Member, now: datetime
) -> EntryAbsence:
    """Agree to 无此事项 or not: the supervising office, or the unit's final reviewer; never the
    person who asked. Not agreeing needs a remark.

    Raises NotVisible, PermissionRefused, Refusal, InvalidInput (``remark``).
    """
    with transaction.atomic():
        row = _absence(absence_id, member)
        if not member.supervises(row.unit):
            require_role(member, row.unit, Role.FINAL_REVIEWER, act="批准无此事项")
        if row.status != AbsenceStatus.REQUESTED:
            raise Refusal("无此事项", f"这条申报{row.get_status_display()}，不用再办。")
        if row.requested_by_id is not None and row.requested_by_id == member.actor.user_id:
            raise PermissionRefused(
                "四眼原则",
                "无此事项不能由申报人自己批准。",
                "请由本单位另一位终审人员或者主管部门批准。",
            )
        if not approve and not remark.strip():
            raise InvalidInput({"remark": ["请写明为什么不批准，申报人会看到。"]})
        row.status = AbsenceStatus.APPROVED if approve else AbsenceStatus.REFUSED
        row.decided_by_id = member.actor.user_id
        row.decided_at = now
        row.remark = remark.strip()[:300]
        row.save(update_fields=["status", "decided_by", "decided_at", "remark"])
        states.refresh_pairs([(row.entry_id, row.unit_id)], today=day_of(now))
        _absence_fact("approved" if approve else "refused", row, row.entry, member, now)
        notify(
            kind=DECIDED,
            to=people(row.requested_by_id),
            title=f"无此事项{'已批准' if approve else '没有批准'}：{row.entry.name}",
            url=f"/desk/catalogue/entries/{row.entry_id}/?unit={row.unit_id}#absences",
            key=f"absence:{row.pk}:{row.status}",
            now=now,
            body=row.remark,
            subject=("entry", row.entry.code),
            skip=member.actor.user_id,
        )
    return row


def absence_cancel(*, absence_id: int, member: Member, now: datetime) -> EntryAbsence:
    """Take 无此事项 back because there is something to publish after all: the unit's editor."""
    with transaction.atomic():
        row = _absence(absence_id, member)
        require_role(member, row.unit, Role.EDITOR, act="撤销无此事项")
        if row.status not in (AbsenceStatus.REQUESTED, AbsenceStatus.APPROVED):
            raise Refusal("无此事项", f"这条申报{row.get_status_display()}，不用撤销。")
        row.status = AbsenceStatus.CANCELLED
        row.save(update_fields=["status"])
        states.refresh_pairs([(row.entry_id, row.unit_id)], today=day_of(now))
        _absence_fact("cancelled", row, row.entry, member, now)
    return row


def _absence(absence_id: int, member: Member) -> EntryAbsence:
    row = (
        EntryAbsence.objects.select_for_update(of=("self",))
        .select_related("entry", "unit__area")
        .filter(pk=absence_id)
        .first()
    )
    if row is None:
        raise NotVisible
    require_visible(member, row.unit)
    return row


def _absence_fact(act: str, row: EntryAbsence, entry: Entry, member: Member, now: datetime) -> None:
    facts.record(
        action=f"catalogue.absence.{act}",
        subject=("entry", entry.code),
        unit_id=row.unit_id,
        actor=member.actor,
        occurred_at=now,
        details={"period": row.period, "reason": row.reason, "remark": row.remark},
    )
