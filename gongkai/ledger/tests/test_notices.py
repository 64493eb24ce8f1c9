"""What the ledger tells units of, and which deadlines it reminds them of."""

from datetime import date, timedelta
from typing import Any

import pytest

from gongkai.ledger import notices, services
from gongkai.ledger.models import Assignment, LedgerTask, Plan
from gongkai.ledger.tests.offices import NOW as MAY
from gongkai.ledger.tests.offices import PROJECTS, TAXES, Office, assignment
from gongkai.ledger.tests.proofs import NOW, add_url
from gongkai.messaging import reminders
from gongkai.messaging.models import Message
from gongkai.messaging.registry import DueItem
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from tests.factories import member, user_with

pytestmark = pytest.mark.django_db
DUE = date(2022, 10, 31)


def told(kind: str) -> set[int]:
    return set(Message.objects.filter(kind=kind).values_list("recipient_id", flat=True))


# --- acts ---------------------------------------------------------------------------------------


def test_a_unit_hears_that_it_was_named_and_that_it_was_taken_off(
    office: Office, duty: Assignment
) -> None:
    there = user_with(Role.EDITOR, office.bureaus["sjj"])
    user_with(Role.EDITOR, office.bureaus["fgw"])
    supervisor = member(office.supervisor)
    row = services.assignment_add(
        task_id=duty.task_id, unit=office.bureaus["sjj"], role="responsible",
        member=supervisor, now=NOW,
    )  # fmt: skip
    assert told(notices.ASSIGNED) == {there.pk}
    message = Message.objects.get(kind=notices.ASSIGNED)
    assert message.url == f"/desk/ledger/shares/{row.pk}/" and "市审计局" in message.title
    services.assignment_end(
        assignment_id=row.pk, reason="改由市财政局负责", member=supervisor, now=NOW
    )
    assert told(notices.ENDED) == {there.pk}
    ended = Message.objects.get(kind=notices.ENDED)
    assert "改由市财政局负责" in ended.body and "改由市财政局负责" not in ended.title
    later = NOW + timedelta(days=1)
    services.assignment_add(
        task_id=duty.task_id, unit=office.bureaus["sjj"], role="lead", member=supervisor, now=later
    )
    assert Message.objects.filter(kind=notices.ASSIGNED).count() == 2, "named again is told again"


def test_rejected_evidence_is_told_to_who_handed_it_in_and_to_the_editors(
    office: Office, duty: Assignment, editor: User
) -> None:
    colleague = user_with(Role.EDITOR, duty.unit)
    evidence = add_url(duty, editor)
    services.evidence_reject(
        evidence_id=evidence.pk, reason="缺少补助标准", member=member(office.supervisor), now=NOW
    )
    assert told(notices.REJECTED) == {editor.pk, colleague.pk}
    row = Message.objects.filter(kind=notices.REJECTED).first()
    assert row is not None and "缺少补助标准" in row.body and "缺少补助标准" not in row.title


def test_a_light_set_by_hand_is_told_with_its_reason(
    office: Office, duty: Assignment, editor: User
) -> None:
    services.light_override(
        assignment_id=duty.pk, light="yellow", reason="抽测发现问题",
        member=member(office.supervisor), now=NOW,
    )  # fmt: skip
    row = Message.objects.get(kind=notices.OVERRIDDEN)
    assert row.recipient_id == editor.pk
    assert row.title.endswith("设为临期") or "设为" in row.title
    assert "抽测发现问题" in row.body


def test_a_new_ledger_tells_each_unit_once_how_many_tasks_it_has(office: Office) -> None:
    finance = user_with(Role.EDITOR, office.bureaus["czj"])
    district = user_with(Role.EDITOR, office.districts[0])
    user_with(Role.EDITOR, office.bureaus["sjj"])
    plan = office.plan(TAXES, PROJECTS)
    rows = Message.objects.filter(kind=notices.ASSIGNED)
    assert set(rows.values_list("recipient_id", flat=True)) == {finance.pk, district.pk}
    mine = rows.get(recipient=district)
    shares = Assignment.objects.filter(
        task__point__plan=plan, unit=office.districts[0], active=True
    ).count()
    assert f"有 {shares} 项任务由本单位负责" in mine.title and mine.url == "/desk/ledger/mine/"
    office.confirm(office.open(TAXES, PROJECTS), now=MAY + timedelta(days=1))
    assert rows.count() == 2, "reading the document again tells nobody again"


# --- deadlines ----------------------------------------------------------------------------------


def due(day: date = DUE, ahead: int = 3) -> list[DueItem]:
    return list(notices.tasks_due(day, day + timedelta(days=ahead)))


def test_a_task_without_evidence_falls_due_for_the_units_editors(
    duty: Assignment, editor: User
) -> None:
    (item,) = due()
    assert item.due == DUE and item.url == f"/desk/ledger/shares/{duty.pk}/"
    assert "1 项台账任务还没有凭据" in item.title and duty.unit.short_name in item.title
    reminders.remind(NOW.replace(day=31))
    row = Message.objects.get(kind="due.ledger.tasks")
    assert (row.recipient_id, row.due) == (editor.pk, DUE)


def test_a_task_with_evidence_that_counts_does_not_fall_due(
    office: Office, duty: Assignment, editor: User
) -> None:
    evidence = add_url(duty, editor)
    assert due() == []
    services.evidence_reject(
        evidence_id=evidence.pk, reason="不符", member=member(office.supervisor), now=NOW
    )
    assert len(due()) == 1


@pytest.mark.parametrize("how", ["inactive", "task", "point", "closed"])
def test_what_no_longer_is_asked_does_not_fall_due(duty: Assignment, how: str) -> None:
    if how == "inactive":
        Assignment.objects.update(active=False)
    elif how == "task":
        LedgerTask.objects.update(retired_at=NOW)
    elif how == "point":
        duty.task.point.retired_at = NOW
        duty.task.point.save()
    else:
        Plan.objects.update(closed_at=NOW)
    assert due() == []


def test_early_and_long_past_deadlines_are_not_yielded(duty: Assignment) -> None:
    assert due(date(2022, 10, 1)) == []
    assert len(due(date(2022, 11, 30))) == 1
    assert due(date(2023, 2, 1)) == []


def test_a_deadline_that_the_document_leaves_open_is_the_end_of_the_year(office: Office) -> None:
    assignment(office, office.bureaus["fgw"])
    assert due(date(2022, 12, 20)) == []
    (item,) = due(date(2022, 12, 29))
    assert item.due == date(2022, 12, 31)
    assert len(due(date(2023, 1, 20))) == 1, "overdue in the new year"


def test_many_tasks_of_one_day_make_one_reminder(office: Office) -> None:
    plan = office.plan(TAXES, PROJECTS)
    items = [i for i in due(date(2022, 12, 30)) if i.key.startswith(f"{plan.pk}:")]
    units = {row.unit_id for row in Assignment.objects.filter(active=True)}
    assert len(items) == len(units) == len({i.key for i in items})
    assert any("2 项" in i.title or "3 项" in i.title for i in items)
    assert any(i.url == "/desk/ledger/mine/" for i in items)


def test_the_source_costs_a_handful_of_queries(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    office.plan(TAXES, PROJECTS)
    with django_assert_max_num_queries(4):
        assert len(due(date(2022, 12, 30))) > 10
