"""The turn of the year: carrying over, the new document, closing, opening again."""

from datetime import date
from typing import Any

import pytest

from gongkai.core import facts
from gongkai.core.clock import at
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.ledger import (
    board,
    comparison,
    followups,
    planning,
    reports,
    selectors,
    services,
    years,
)
from gongkai.ledger.models import Assignment, LedgerTask, Plan, WorkPoint
from gongkai.ledger.tests.offices import HEAD, PROJECTS, TAXES, TRAINING, Office
from gongkai.ledger.tests.proofs import GOOD, Newsroom, add_item, add_url
from gongkai.organisations.models import User
from tests.factories import UnitFactory, member, user_with

OCTOBER = at(date(2022, 10, 18), 9)
CLOSING = at(date(2023, 1, 6), 9)
NEXT_HEAD = HEAD.replace("2022", "2023")


@pytest.fixture
def plan(office: Office) -> Plan:
    return office.plan(TAXES, PROJECTS, TRAINING)


def close(office: Office, plan: Plan, now: Any = CLOSING) -> Plan:
    return years.plan_close(plan_id=plan.pk, member=member(office.supervisor), now=now)


def roll(office: Office, plan: Plan, tasks: list[int] | None = None, **more: Any) -> Plan:
    chosen = tasks
    if chosen is None:
        day = CLOSING.date()
        chosen = [c.task_id for c in years.carry_choices(plan, day) if c.proposed]
    values = {"member": member(office.supervisor), "now": CLOSING, **more}
    return years.plan_roll_over(plan_id=plan.pk, task_ids=chosen, **values)


def share(office: Office, code: str, number: int) -> Assignment:
    row = Assignment.objects.filter(
        unit=office.bureaus[code], task__point__number=number, active=True
    ).first()
    assert row is not None
    return row


# --- carrying over --------------------------------------------------------------------------------


def test_recurring_and_unproved_tasks_are_proposed(
    office: Office, plan: Plan, newsroom: Newsroom, editor: User
) -> None:
    row = share(office, "czj", 1)
    add_item(row, newsroom.public(), editor)
    found = {c.task_id: c for c in years.carry_choices(plan, date(2022, 12, 31))}
    assert not found[row.task_id].proposed and "已有凭据" in found[row.task_id].because
    training = LedgerTask.objects.get(point__number=3)
    assert found[training.pk].proposed and "周期" in found[training.pk].because
    assert sum(c.proposed for c in found.values()) == len(found) - 1


def test_the_new_plan_holds_the_picked_tasks_with_units_and_where_they_come_from(
    office: Office, plan: Plan
) -> None:
    fresh = roll(office, plan)
    assert (fresh.year, fresh.rolled_from, fresh.doc_no) == (2023, plan, "")
    assert fresh.title == "长沙市2023年政务公开工作要点"
    first = fresh.points.get(number=1)
    assert first.carried_from == plan.points.get(number=1) and first.kept
    old = LedgerTask.objects.get(point__plan=plan, point__number=1, deadline__isnull=False)
    new = old.carried_to.get()
    assert (new.deadline, new.text) == (None, old.text)
    assert set(new.assignments.values_list("unit", "role", "active")) == set(
        old.assignments.values_list("unit", "role", "active")
    )
    assert {a.since for a in new.assignments.filter(active=True)} == {date(2023, 1, 6)}
    fact = facts.trail("ledger_plan", fresh.pk)[0]
    assert fact.action == "ledger.plan.rolled_over" and fact.details["from"] == plan.pk


def test_a_recurring_task_with_a_day_goes_a_year_on(office: Office, plan: Plan) -> None:
    task = LedgerTask.objects.get(point__number=3)
    LedgerTask.objects.filter(pk=task.pk).update(deadline=date(2024, 2, 29), recurs="yearly")
    roll(office, plan, [task.pk])
    assert task.carried_to.get().deadline == date(2025, 2, 28)


def test_units_that_ended_do_not_go_along(office: Office, plan: Plan) -> None:
    office.bureaus["sw"].valid_to = date(2022, 12, 31)
    office.bureaus["sw"].save()
    fresh = roll(office, plan)
    assert not Assignment.objects.filter(
        task__point__plan=fresh, unit=office.bureaus["sw"]
    ).exists()


def test_carrying_over_happens_once(office: Office, plan: Plan) -> None:
    roll(office, plan)
    with pytest.raises(Refusal, match="已经有 2023 年"):
        roll(office, plan)


def test_nothing_picked_or_a_foreign_task_is_refused(office: Office, plan: Plan) -> None:
    with pytest.raises(InvalidInput):
        roll(office, plan, [])
    first = LedgerTask.objects.filter(point__plan=plan).values_list("pk", flat=True)[0]
    with pytest.raises(InvalidInput, match="移出"):
        roll(office, plan, [first, 987654])
    assert Plan.objects.count() == 1


@pytest.mark.parametrize("act", ["roll", "close", "reopen"])
def test_who_may_turn_the_year(office: Office, plan: Plan, editor: User, act: str) -> None:
    other = UnitFactory(kind="office")
    calls: dict[str, Any] = {
        "roll": lambda m: years.plan_roll_over(
            plan_id=plan.pk, task_ids=[1], member=m, now=CLOSING
        ),
        "close": lambda m: years.plan_close(plan_id=plan.pk, member=m, now=CLOSING),
        "reopen": lambda m: years.plan_reopen(plan_id=plan.pk, reason="x", member=m, now=CLOSING),
    }
    for who, error in (
        (editor, NotVisible),
        (user_with("supervisor", office.districts[0]), NotVisible),
        (user_with("supervisor", other), PermissionRefused),
    ):
        with pytest.raises(error):
            calls[act](member(who))


# --- the new year's document -----------------------------------------------------------------------


def test_the_new_document_takes_the_rolled_plan_over_and_keeps_what_it_leaves_out(
    office: Office, plan: Plan
) -> None:
    fresh = roll(office, plan)
    carried = {p.title: p.pk for p in fresh.points.all()}
    fresh_point = "建设窗口。在政务服务大厅开设政务公开窗口，提供查阅服务。（市审计局负责）"
    row = office.open(fresh_point, TAXES.replace("2022", "2023"), head=NEXT_HEAD, now=CLOSING)
    assert [(d.number, d.state) for d in planning.differences(row)] == [
        (1, "added"), (2, "changed"), (2, "kept"), (3, "kept"),
    ]  # fmt: skip
    found = comparison.continuation(row)
    assert found is not None and found.last == plan
    assert [c[0] for c in found.continued] == [2] and [n[0] for n in found.new] == [1]
    assert [d[0] for d in found.dropped] == [2, 3]
    assert office.confirm(row, now=CLOSING) == fresh
    points = {p.number: p for p in fresh.points.filter(retired_at=None)}
    assert points[2].pk == carried["公开税费信息"] and not points[2].kept
    assert [points[n].kept for n in (3, 4)] == [True, True]
    fresh.refresh_from_db()
    assert fresh.doc_no.startswith("长政务公开办发〔2023〕")


def test_without_a_roll_over_points_still_know_what_they_continue(
    office: Office, plan: Plan
) -> None:
    new = office.confirm(
        office.open(PROJECTS, TAXES.replace("2022", "2023"), head=NEXT_HEAD, now=CLOSING),
        now=CLOSING,
    )
    assert new != plan
    assert new.points.get(number=1).carried_from == plan.points.get(number=2)
    assert new.points.get(number=2).carried_from == plan.points.get(number=1)


def test_a_first_year_continues_nothing(office: Office) -> None:
    assert comparison.continuation(office.open(TAXES)) is None


# --- closing --------------------------------------------------------------------------------------


def test_closing_writes_the_final_lights_as_a_fact(office: Office, plan: Plan) -> None:
    close(office, plan)
    fact = facts.trail("ledger_plan", plan.pk)[-1]
    live = {
        str(r.assignment_id): r.verdict.light for r in board.board_of(plan, CLOSING.date()).rows
    }
    assert fact.action == "ledger.plan.closed" and fact.details["lights"] == live
    assert fact.details["points"].keys() == {"1", "2", "3"}
    assert fact.details["whole"] == LedgerTask.objects.count()


def test_a_year_is_not_closed_before_its_last_day_nor_twice(office: Office, plan: Plan) -> None:
    with pytest.raises(Refusal, match="还没有结束"):
        close(office, plan, at(date(2022, 12, 30), 23))
    close(office, plan, at(date(2022, 12, 31), 9))
    with pytest.raises(Refusal, match="已经封账"):
        close(office, plan)


def test_after_closing_the_lights_stand_still(
    office: Office, plan: Plan, newsroom: Newsroom, editor: User
) -> None:
    row, item = share(office, "czj", 1), newsroom.public()
    add_item(row, item, editor)
    plan = close(office, plan)
    newsroom.withdraw(item, at(date(2023, 2, 1), 9))
    for day in (CLOSING.date(), date(2023, 3, 1)):
        found = {r.assignment_id: r.verdict.light for r in board.board_of(plan, day).rows}
        assert found[row.pk] == "green"
        assert selectors.public_progress(plan, day).day == CLOSING.date()
        state = selectors.public_point_state(plan, 1, day)
        detail = selectors.public_point(plan, 1, day)
        assert state is not None and detail is not None and state.light == detail.point.light


def test_a_closed_year_refuses_every_change(office: Office, plan: Plan, editor: User) -> None:
    row = share(office, "czj", 1)
    evidence = add_url(row, editor)
    close(office, plan)
    boss, own = member(office.supervisor), member(editor)
    calls = [
        lambda: services.evidence_add_url(
            assignment_id=row.pk, url=GOOD, title="x", member=own, now=CLOSING
        ),
        lambda: services.evidence_remove(
            evidence_id=evidence.pk, reason="x", member=own, now=CLOSING
        ),
        lambda: services.evidence_reject(
            evidence_id=evidence.pk, reason="x", member=boss, now=CLOSING
        ),
        lambda: services.light_override(
            assignment_id=row.pk, light="red", reason="x", member=boss, now=CLOSING
        ),
        lambda: services.light_restore(assignment_id=row.pk, member=boss, now=CLOSING),
        lambda: services.assignment_end(
            assignment_id=row.pk, reason="x", member=boss, now=CLOSING
        ),
        lambda: services.assignment_add(
            task_id=row.task_id, unit=office.bureaus["sjj"], role="lead", member=boss, now=CLOSING
        ),
        lambda: reports.plan_reports_set(
            plan_id=plan.pk, start=None, kind="next_nth", nth=5, member=boss, now=CLOSING
        ),
        lambda: followups.followup_issue(
            office=office.unit, unit=row.unit, level="reminder", title="x", demand="x",
            terms=followups.Terms(days=3), member=boss, now=CLOSING, assignment_ids=[row.pk],
        ),
        lambda: office.confirm(office.open(TAXES, now=CLOSING), now=CLOSING),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(Refusal, match="封账"):
            call()


def test_opening_again_needs_a_reason_and_keeps_the_snapshot(office: Office, plan: Plan) -> None:
    close(office, plan)
    boss = member(office.supervisor)
    with pytest.raises(InvalidInput):
        years.plan_reopen(plan_id=plan.pk, reason=" ", member=boss, now=CLOSING)
    years.plan_reopen(plan_id=plan.pk, reason="补录培训材料", member=boss, now=CLOSING)
    services.light_override(
        assignment_id=share(office, "czj", 1).pk, light="red", reason="x", member=boss, now=CLOSING
    )
    with pytest.raises(Refusal, match="没有封账"):
        years.plan_reopen(plan_id=plan.pk, reason="x", member=boss, now=CLOSING)
    actions = [f.action.rpartition(".")[2] for f in facts.trail("ledger_plan", plan.pk)]
    assert actions == ["confirmed", "closed", "reopened"]


def test_a_closed_year_may_still_be_carried_over(office: Office, plan: Plan) -> None:
    close(office, plan)
    assert roll(office, plan).rolled_from == plan
    assert WorkPoint.objects.filter(kept=True).exists()
