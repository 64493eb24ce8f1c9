"""Responsible units, evidence taken back or sent back: who may, every refusal, every fact."""

from collections.abc import Callable
from typing import Any

import pytest

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.ledger import services
from gongkai.ledger.models import Assignment, Evidence
from gongkai.ledger.tests.offices import Office, assignment
from gongkai.ledger.tests.proofs import (
    GOOD,
    NOW,
    Newsroom,
    add_url,
    light,
    pdf,
)
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from gongkai.publishing.models import Item
from tests.factories import UserFactory, member, user_with

# --- who may -------------------------------------------------------------------------------------

Act = Callable[[Member], Any]


def unit_acts(duty: Assignment, evidence: Evidence, item: Item) -> dict[str, Act]:
    return {
        "add item": lambda who: services.evidence_add_item(
            assignment_id=duty.pk, item_id=item.pk, member=who, now=NOW
        ),
        "add url": lambda who: services.evidence_add_url(
            assignment_id=duty.pk, url=GOOD, title="清单", member=who, now=NOW
        ),
        "add file": lambda who: services.evidence_add_file(
            assignment_id=duty.pk, data=pdf(), filename="a.pdf", member=who, now=NOW
        ),
        "remove": lambda who: services.evidence_remove(
            evidence_id=evidence.pk, reason="换一件", member=who, now=NOW
        ),
    }


def office_acts(duty: Assignment, evidence: Evidence, new: Any) -> dict[str, Act]:
    return {
        "reject": lambda who: services.evidence_reject(
            evidence_id=evidence.pk, reason="不完整", member=who, now=NOW
        ),
        "override": lambda who: services.light_override(
            assignment_id=duty.pk, light="green", reason="已核实", member=who, now=NOW
        ),
        "restore": lambda who: services.light_restore(assignment_id=duty.pk, member=who, now=NOW),
        "name a unit": lambda who: services.assignment_add(
            task_id=duty.task_id, unit=new, role="responsible", member=who, now=NOW
        ),
        "take a unit off": lambda who: services.assignment_end(
            assignment_id=duty.pk, reason="职责调整", member=who, now=NOW
        ),
    }


UNIT_ACTS = ["add item", "add url", "add file", "remove"]
OFFICE_ACTS = ["reject", "override", "restore", "name a unit", "take a unit off"]


@pytest.mark.parametrize("act", UNIT_ACTS)
def test_only_editors_of_the_responsible_unit_hand_in_and_take_back(
    office: Office, duty: Assignment, editor: User, newsroom: Newsroom, act: str
) -> None:
    item, evidence = newsroom.public(), add_url(duty, editor)
    do = unit_acts(duty, evidence, item)[act]
    before = facts.Fact.objects.count()
    for role in Role.values:
        if role != Role.EDITOR:
            with pytest.raises(PermissionRefused, match="市财政局"):
                do(member(user_with(role, office.bureaus["czj"])))
    with pytest.raises(PermissionRefused):
        do(member(office.supervisor))
    strangers = [
        user_with("editor", office.bureaus["fgw"]), user_with("editor", office.districts[0]),
        user_with("supervisor", office.districts[0]), UserFactory(), UserFactory(superuser=True),
    ]  # fmt: skip
    for stranger in strangers:
        with pytest.raises(NotVisible):
            do(member(stranger))
    assert (facts.Fact.objects.count(), Evidence.objects.count()) == (before, 1)
    do(member(editor))
    assert facts.Fact.objects.count() == before + 1


@pytest.mark.parametrize("act", OFFICE_ACTS)
def test_only_the_supervisor_of_the_plan_s_office_manages_the_ledger(
    office: Office, duty: Assignment, editor: User, act: str
) -> None:
    do = office_acts(duty, add_url(duty, editor), office.bureaus["sjj"])[act]
    before = facts.Fact.objects.count()
    others = [user_with(role, office.unit) for role in Role.values if role != Role.SUPERVISOR]
    others += [
        editor, user_with("supervisor", office.districts[0]), UserFactory(superuser=True),
        user_with("supervisor", office.bureaus["czj"]),
    ]  # fmt: skip
    for other in others:
        with pytest.raises(PermissionRefused, match="市政务公开办"):
            do(member(other))
    assert facts.Fact.objects.count() == before
    do(member(office.supervisor))
    assert facts.Fact.objects.count() == before + 1


@pytest.mark.parametrize("act", ["add item", "add url", "add file", "remove"])
def test_a_unit_that_does_not_answer_for_the_task_hands_in_nothing(
    duty: Assignment, editor: User, newsroom: Newsroom, act: str
) -> None:
    item, evidence = newsroom.public(), add_url(duty, editor)
    Assignment.objects.filter(pk=duty.pk).update(active=False)
    with pytest.raises(Refusal, match="不由本单位负责"):
        unit_acts(duty, evidence, item)[act](member(editor))


@pytest.mark.parametrize("act", [*UNIT_ACTS, *OFFICE_ACTS])
def test_what_does_not_exist_is_not_visible(office: Office, editor: User, act: str) -> None:
    ghost = Assignment(pk=10**6, task_id=10**6)
    acts = unit_acts(ghost, Evidence(pk=10**6), Item(pk=1))
    acts |= office_acts(ghost, Evidence(pk=10**6), office.bureaus["sjj"])
    with pytest.raises(NotVisible):
        acts[act](member(editor if act in UNIT_ACTS else office.supervisor))


# --- taking back, sending back -------------------------------------------------------------------


def test_evidence_is_taken_back_once_and_with_a_reason(duty: Assignment, editor: User) -> None:
    evidence, who = add_url(duty, editor), member(editor)
    with pytest.raises(InvalidInput):
        services.evidence_remove(evidence_id=evidence.pk, reason="  ", member=who, now=NOW)
    services.evidence_remove(evidence_id=evidence.pk, reason=" 换一件 ", member=who, now=NOW)
    evidence.refresh_from_db()
    assert evidence.removed_at == NOW
    assert facts.trail("ledger_assignment", duty.pk)[-1].details["reason"] == "换一件"
    with pytest.raises(Refusal, match="已经撤下"):
        services.evidence_remove(evidence_id=evidence.pk, reason="再撤", member=who, now=NOW)


@pytest.mark.parametrize("before", ["removed", "rejected"])
def test_evidence_is_sent_back_once_and_with_a_reason(
    office: Office, duty: Assignment, editor: User, before: str
) -> None:
    evidence, who = add_url(duty, editor), member(office.supervisor)
    with pytest.raises(InvalidInput):
        services.evidence_reject(evidence_id=evidence.pk, reason=" ", member=who, now=NOW)
    if before == "removed":
        services.evidence_remove(
            evidence_id=evidence.pk, reason="换一件", member=member(editor), now=NOW
        )
    else:
        services.evidence_reject(evidence_id=evidence.pk, reason="打不开", member=who, now=NOW)
        evidence.refresh_from_db()
        assert (evidence.rejected_at, evidence.reject_reason) == (NOW, "打不开")
    with pytest.raises(Refusal, match="已经撤下或退回"):
        services.evidence_reject(evidence_id=evidence.pk, reason="再退", member=who, now=NOW)


# --- responsible units ---------------------------------------------------------------------------


def test_the_office_names_units_for_a_collective(office: Office, duty: Assignment) -> None:
    row = services.assignment_add(
        task_id=duty.task_id, unit=office.bureaus["sjj"], role="responsible", now=NOW,
        member=member(office.supervisor),
    )  # fmt: skip
    assert (row.active, row.role, row.reference) == (True, "responsible", False)
    assert facts.trail("ledger_assignment", row.pk)[0].action == "ledger.assignment.added"
    with pytest.raises(Refusal, match="已经是"):
        services.assignment_add(
            task_id=duty.task_id, unit=office.bureaus["sjj"], role="lead", now=NOW,
            member=member(office.supervisor),
        )  # fmt: skip


def test_a_reference_row_is_turned_on_not_doubled(office: Office) -> None:
    park = assignment(office, office.parks[0], active=False, reference=True, role="responsible")
    row = services.assignment_add(
        task_id=park.task_id, unit=office.parks[0], role="responsible", now=NOW,
        member=member(office.supervisor),
    )  # fmt: skip
    assert (row.pk, row.active) == (park.pk, True)


def test_a_unit_is_taken_off_with_a_reason_and_its_history_stays(
    office: Office, duty: Assignment, editor: User
) -> None:
    evidence, who = add_url(duty, editor), member(office.supervisor)
    with pytest.raises(InvalidInput):
        services.assignment_end(assignment_id=duty.pk, reason="", member=who, now=NOW)
    services.assignment_end(assignment_id=duty.pk, reason="职责调整", member=who, now=NOW)
    duty.refresh_from_db()
    assert not duty.active
    assert Evidence.objects.filter(pk=evidence.pk, removed_at=None).exists()
    assert light(duty) == "green"


@pytest.mark.parametrize("role", ["", "helper", "牵头"])
def test_a_unit_leads_or_answers_nothing_else(office: Office, duty: Assignment, role: str) -> None:
    with pytest.raises(InvalidInput):
        services.assignment_add(
            task_id=duty.task_id, unit=office.bureaus["sjj"], role=role, now=NOW,
            member=member(office.supervisor),
        )  # fmt: skip
    assert Assignment.objects.count() == 1
