"""A document read a second time: what changed is shown, progress is not lost."""

from datetime import timedelta
from typing import Any

import pytest

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.ledger import planning, services
from gongkai.ledger.enums import UnitRole
from gongkai.ledger.models import Assignment, Evidence, LedgerTask, Plan, PlanImport, WorkPoint
from gongkai.ledger.tests.offices import (
    HEAD,
    NOW,
    PROJECTS,
    TAXES,
    TRAINING,
    Office,
)
from gongkai.organisations.models import Unit
from tests.factories import UnitFactory, member, user_with

LATER = NOW + timedelta(days=60)


def point(plan: Plan, number: int) -> WorkPoint:
    return WorkPoint.objects.get(plan=plan, number=number, retired_at=None)


def tasks(plan: Plan, number: int) -> list[LedgerTask]:
    return list(point(plan, number).tasks.filter(retired_at=None))


def units(task: LedgerTask, **which: Any) -> list[str]:
    rows = task.assignments.filter(**{"active": True, **which}).select_related("unit")
    return [row.unit.short_name for row in rows.order_by("unit__order")]


# --- reading again -------------------------------------------------------------------------------


def prove(task: LedgerTask, unit: Unit) -> Evidence:
    """Evidence of a unit for a task."""
    row = task.assignments.get(unit=unit)
    return services.evidence_add_url(
        assignment_id=row.pk, url="http://czj.changsha.gov.cn/qd.html", title="清单",
        member=member(user_with("editor", unit)), now=NOW,
    )  # fmt: skip


def states(row: PlanImport) -> list[tuple[int, str]]:
    return [(d.number, d.state) for d in planning.differences(row)]


def test_a_first_reading_has_no_differences(office: Office) -> None:
    assert planning.differences(office.open(TAXES)) == []


def test_the_same_document_again_changes_nothing_and_keeps_evidence(office: Office) -> None:
    plan = office.plan(TAXES, PROJECTS)
    evidence = prove(tasks(plan, 1)[1], office.bureaus["czj"])
    before = set(Assignment.objects.values_list("pk", "task_id", "unit_id", "role", "active"))
    row = office.open(TAXES, PROJECTS, now=LATER)
    assert states(row) == [(1, "same"), (2, "same")]
    assert office.confirm(row, now=LATER) == plan
    assert (
        set(Assignment.objects.values_list("pk", "task_id", "unit_id", "role", "active")) == before
    )
    assert not LedgerTask.objects.exclude(retired_at=None).exists()
    assert evidence.assignment.task in tasks(plan, 1)
    assert [f.action for f in facts.trail("ledger_plan", plan.pk)] == [
        "ledger.plan.confirmed", "ledger.plan.revised",
    ]  # fmt: skip


def test_a_reworded_task_keeps_its_evidence_an_unrelated_one_inherits_none(office: Office) -> None:
    plan = office.plan(TAXES)
    old_policy, old_list = tasks(plan, 1)
    evidence = prove(old_list, office.bureaus["czj"])
    reworded = TAXES.replace("建立优惠政策清单并公开", "建立税费优惠政策清单，按季公开").replace(
        "发布新出台的减税降费政策", "组织开展纳税人学堂"
    )
    row = office.open(reworded, now=LATER)
    assert states(row) == [(1, "changed")]
    assert planning.differences(row)[0].fields == ("内容",)
    office.confirm(row, now=LATER)
    school, new_list = tasks(plan, 1)
    assert new_list.pk == old_list.pk == evidence.assignment.task_id
    assert "按季公开" in new_list.text
    assert school.pk != old_policy.pk
    old_policy.refresh_from_db()
    assert old_policy.retired_at == LATER


def test_a_removed_point_is_retired_with_its_tasks_and_its_evidence_stays(office: Office) -> None:
    plan = office.plan(TAXES, PROJECTS)
    evidence = prove(tasks(plan, 2)[0], office.bureaus["fgw"])
    row = office.open(TAXES, now=LATER)
    assert states(row) == [(1, "same"), (2, "removed")]
    office.confirm(row, now=LATER)
    gone = WorkPoint.objects.get(plan=plan, number=2)
    assert gone.retired_at == LATER
    assert {t.retired_at for t in gone.tasks.all()} == {LATER}
    evidence.refresh_from_db()
    assert evidence.removed_at is None


def test_a_point_that_comes_back_starts_anew(office: Office) -> None:
    plan = office.plan(TAXES, PROJECTS)
    office.confirm(office.open(TAXES, now=LATER), now=LATER)
    row = office.open(TAXES, PROJECTS, now=LATER)
    assert states(row) == [(1, "same"), (2, "added")]
    office.confirm(row, now=LATER)
    assert WorkPoint.objects.filter(plan=plan, number=2).count() == 2
    assert len(tasks(plan, 2)) == 1


def test_changed_units_and_titles_are_listed(office: Office) -> None:
    office.plan(TAXES, PROJECTS, TRAINING)
    row = office.open(
        TAXES.replace("市税务局牵头", "市审计局牵头"),
        PROJECTS.replace("公开投资信息", "公开项目信息"),
        TRAINING.replace("市行政审批服务局", "市审计局"),
        now=LATER,
    )
    found = {d.number: set(d.fields) for d in planning.differences(row)}
    assert found[1] == {"牵头单位"}
    assert "标题" in found[2]
    assert found[3] == {"责任单位"}


def test_a_document_of_another_number_is_another_plan(office: Office) -> None:
    first = office.plan(TAXES)
    row = office.open(TAXES, head=HEAD.replace("〔2022〕1号", "〔2022〕2号"))
    assert planning.differences(row) == []
    assert office.confirm(row) != first


def test_two_tasks_of_one_wording_survive_a_second_reading(office: Office) -> None:
    twice = [{"text": "公布清单", "deadline": None}, {"text": "公布清单", "deadline": "2022-12-31"}]
    for now in (NOW, LATER):
        row = office.open(TAXES, now=now)
        office.correct(row, 1, tasks=twice)
        plan = office.confirm(row, now=now)
        assert [t.seq for t in tasks(plan, 1)] == [1, 2]
    assert LedgerTask.objects.count() == 2


def test_a_unit_named_by_hand_survives_and_one_taken_off_stays_off(office: Office) -> None:
    plan = office.plan(TAXES)
    task, who = tasks(plan, 1)[0], member(office.supervisor)
    services.assignment_add(
        task_id=task.pk, unit=office.bureaus["sjj"], role="responsible", member=who, now=NOW
    )
    services.assignment_end(
        assignment_id=task.assignments.get(unit=office.bureaus["sw"]).pk, reason="职责调整",
        member=who, now=NOW,
    )  # fmt: skip
    office.confirm(office.open(TAXES, now=LATER), now=LATER)
    assert "市审计局" in units(task)
    assert "市税务局" not in units(task)


def test_a_park_that_the_new_document_names_answers_from_then_on(office: Office) -> None:
    plan = office.plan(TRAINING)
    named = TRAINING.replace("市行政审批服务局负责", "市行政审批服务局牵头，长沙高新区负责")
    office.confirm(office.open(named, now=LATER), now=LATER)
    row = tasks(plan, 1)[0].assignments.get(unit=office.parks[0])
    assert (row.active, row.reference, row.role) == (True, False, UnitRole.RESPONSIBLE)
    other = tasks(plan, 1)[0].assignments.get(unit=office.parks[1])
    assert (other.active, other.reference) == (False, True)


# --- points that moved ---------------------------------------------------------------------------


def test_two_points_swapped_and_one_put_in_between_keep_their_evidence(office: Office) -> None:
    plan = office.plan(TAXES, PROJECTS, TRAINING)
    old = {n: point(plan, n).pk for n in (1, 2, 3)}
    tax = prove(tasks(plan, 1)[1], office.bureaus["czj"])
    work = prove(tasks(plan, 2)[0], office.bureaus["fgw"])
    fresh = "建设窗口。在政务服务大厅开设政务公开窗口，提供查阅服务。（市审计局负责）"
    row = office.open(PROJECTS, fresh, TAXES, TRAINING, now=LATER)
    found = {d.number: d for d in planning.differences(row)}
    assert [found[n].state for n in (1, 2, 3, 4)] == ["changed", "added", "changed", "changed"]
    assert found[1].details == (("序号", "2", "1"),)
    office.confirm(row, now=LATER)
    assert [point(plan, n).pk for n in (1, 3, 4)] == [old[2], old[1], old[3]]
    assert point(plan, 2).pk not in old.values()
    for evidence, number in ((tax, 3), (work, 1)):
        evidence.refresh_from_db()
        assert evidence.assignment.task in tasks(plan, number) and evidence.assignment.active
    assert not LedgerTask.objects.exclude(retired_at=None).exists()
    fact = facts.trail("ledger_plan", plan.pk)[-1]
    assert fact.details["moved"] == {"2": 1, "1": 3, "3": 4}


def test_a_reworded_point_that_moved_keeps_its_evidence(office: Office) -> None:
    plan = office.plan(TAXES, PROJECTS)
    evidence = prove(tasks(plan, 1)[1], office.bureaus["czj"])
    office.confirm(office.open(PROJECTS, TAXES.replace("清单并公开", "清单并按季公开"), now=LATER),
                   now=LATER)  # fmt: skip
    evidence.refresh_from_db()
    assert evidence.assignment.task in tasks(plan, 2)


def test_another_text_under_the_same_number_inherits_nothing(office: Office) -> None:
    plan = office.plan(TAXES, PROJECTS)
    evidence = prove(tasks(plan, 2)[0], office.bureaus["fgw"])
    office.confirm(office.open(TAXES, TRAINING, now=LATER), now=LATER)
    evidence.refresh_from_db()
    assert evidence.assignment.task not in tasks(plan, 2)
    assert evidence.assignment.task.retired_at == LATER


# --- units that a new version drops ---------------------------------------------------------------


def test_a_unit_that_the_new_version_drops_ends_with_a_fact(office: Office) -> None:
    plan = office.plan(TAXES)
    row = tasks(plan, 1)[0].assignments.get(unit=office.bureaus["sw"])
    office.confirm(office.open(TAXES.replace("、市税务局", ""), now=LATER), now=LATER)
    row.refresh_from_db()
    assert not row.active
    fact = facts.trail("ledger_assignment", row.pk)[-1]
    assert (fact.action, fact.details["by"]) == ("ledger.assignment.ended", "revision")
    # Named again by a third version, it answers again from that day on.
    office.confirm(office.open(TAXES, now=LATER + timedelta(days=9)), now=LATER + timedelta(days=9))
    row.refresh_from_db()
    assert row.active and row.since == (LATER + timedelta(days=9)).date()


def test_a_unit_named_by_hand_does_not_end_with_a_revision(office: Office) -> None:
    plan = office.plan(TAXES)
    task = tasks(plan, 1)[0]
    services.assignment_add(
        task_id=task.pk, unit=office.bureaus["sjj"], role="responsible",
        member=member(office.supervisor), now=NOW,
    )  # fmt: skip
    office.confirm(office.open(TAXES.replace("、市税务局", ""), now=LATER), now=LATER)
    assert "市审计局" in units(task) and "市税务局" not in units(task)


def test_new_units_count_from_the_day_of_the_revision(office: Office) -> None:
    plan = office.plan(TRAINING)
    assert tasks(plan, 1)[0].assignments.get(unit=office.bureaus["xzspj"]).since == NOW.date()
    named = TRAINING.replace("市行政审批服务局负责", "市行政审批服务局、市审计局负责")
    office.confirm(office.open(named, now=LATER), now=LATER)
    assert tasks(plan, 1)[0].assignments.get(unit=office.bureaus["sjj"]).since == LATER.date()


# --- naming units for what is over ----------------------------------------------------------------


def test_no_unit_is_named_for_a_task_that_was_retired(office: Office) -> None:
    plan = office.plan(TAXES, PROJECTS)
    gone = tasks(plan, 2)[0]
    office.confirm(office.open(TAXES, now=LATER), now=LATER)
    with pytest.raises(Refusal, match="移出台账"):
        services.assignment_add(
            task_id=gone.pk, unit=office.bureaus["sjj"], role="lead",
            member=member(office.supervisor), now=LATER,
        )  # fmt: skip


def test_no_ended_unit_is_named(office: Office) -> None:
    plan = office.plan(TAXES)
    with pytest.raises(InvalidInput, match="停用"):
        services.assignment_add(
            task_id=tasks(plan, 1)[0].pk, unit=UnitFactory(ended=True), role="lead",
            member=member(office.supervisor), now=LATER,
        )  # fmt: skip
