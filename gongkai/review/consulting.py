"""Other organs concerned are asked before release (条例 国务院令第711号 article 11)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.review import notices
from gongkai.review.acts import record_act
from gongkai.review.enums import ACTIVE, STEP_ROLE, CaseStatus
from gongkai.review.models import Consultation
from gongkai.review.services import locked_case


def consultation_ask(
    *, case_id: int, units: Sequence[Unit], question: str, member: Member, now: datetime
) -> list[Consultation]:
    """Ask other organs concerned before release (条例第十一条); editor or a reviewer of the unit."""
    with transaction.atomic():
        case = locked_case(case_id)
        require_visible(member, case.unit)
        require_role(member, case.unit, Role.EDITOR, *STEP_ROLE.values(), act="征求其他机关意见")
        if case.status != CaseStatus.OPEN:
            raise Refusal("审核流程", "只有审核中的内容可以征求意见。")
        if not question.strip() or not units:
            raise InvalidInput({"question": ["请选择单位，并写明要征求意见的事项。"]})
        person = member.actor.user_id
        if person is None:
            raise PermissionRefused("征求意见", "征求意见要由本人登录后发出。")
        made = []
        for unit in units:
            if unit.pk == case.unit_id:
                raise InvalidInput({"units": ["不需要向本单位征求意见。"]})
            consultation, new = Consultation.objects.get_or_create(
                case=case,
                unit=unit,
                defaults={
                    "question": question.strip()[:500],
                    "asked_by_id": person,
                    "asked_at": now,
                },
            )
            made.append(consultation)
            if new:
                record_act(case, "review.consultation.asked", member, now, unit=unit.short_name)
                notices.asked(consultation=consultation, case=case, member=member, now=now)
    return made


def consultation_answer(
    *, consultation_id: int, agrees: bool, opinion: str, member: Member, now: datetime
) -> Consultation:
    """A reviewer of the consulted organ answers; an objection needs its grounds."""
    with transaction.atomic():
        consultation = (
            Consultation.objects.select_for_update()
            .select_related("unit", "case")
            .filter(pk=consultation_id)
            .first()
        )
        if consultation is None:
            raise NotVisible
        require_visible(member, consultation.unit)
        require_role(member, consultation.unit, *STEP_ROLE.values(), act="回复征求意见")
        if consultation.agrees is not None:
            raise Refusal("征求意见", "这件征求意见已经回复过。")
        if consultation.case.status not in ACTIVE:
            raise Refusal(
                "征求意见",
                f"这次送审已经结束（{CaseStatus(consultation.case.status).label}），不需要再回复。",
                "对方再次送审时，系统会重新征求您单位的意见。",
            )
        if not agrees and not opinion.strip():
            raise InvalidInput({"opinion": ["不同意公开的，请写明理由和依据。"]})
        consultation.agrees = agrees
        consultation.opinion = opinion.strip()[:1000]
        consultation.answered_by_id = member.actor.user_id
        consultation.answered_at = now
        consultation.save()
        record_act(
            consultation.case,
            "review.consultation.answered",
            member,
            now,
            unit=consultation.unit.short_name,
            agrees=agrees,
        )
        notices.answered(consultation=consultation, member=member, now=now)
    return consultation


def consultation_settle(
    *, consultation_id: int, settlement: str, member: Member, now: datetime
) -> Consultation:
    """Record how an objection was settled, so that release may go on."""
    with transaction.atomic():
        consultation = (
            Consultation.objects.select_for_update()
            .select_related("case__unit")
            .filter(pk=consultation_id)
            .first()
        )
        if consultation is None:
            raise NotVisible
        case = consultation.case
        require_visible(member, case.unit)
        require_role(member, case.unit, *STEP_ROLE.values(), act="记录协商结果")
        if consultation.agrees is not False:
            raise Refusal("征求意见", "对方没有提出不同意见，不需要协商。")
        if not settlement.strip():
            raise InvalidInput({"settlement": ["请写明协商的经过和结果。"]})
        consultation.settlement = settlement.strip()[:500]
        consultation.save(update_fields=["settlement"])
        record_act(case, "review.consultation.settled", member, now)
    return consultation
