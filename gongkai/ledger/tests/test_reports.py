"""Monthly reports: drafts, sending, lateness, reading, sending back, the matrix."""

from datetime import date, datetime
from typing import Any

import pytest

from gongkai.core import facts
from gongkai.core.clock import at
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.ledger import report_board, reports
from gongkai.ledger.models import Assignment, Evidence, MonthReport, Plan
from gongkai.ledger.reports import ReportText
from gongkai.ledger.tests.offices import PROJECTS, TAXES, Office
from gongkai.ledger.tests.proofs import Newsroom, add_item
from gongkai.messaging.models import Message
from gongkai.organisations.models import Unit, User
from tests.factories import member, user_with

SEPTEMBER, OCTOBER = date(2022, 9, 1), date(2022, 10, 1)
DUE = date(2022, 10, 12)
NOW = at(date(2022, 10, 11), 9)
AFTER = at(date(2022, 10, 14), 9)


@pytest.fixture
def plan(office: Office) -> Plan:
    made = office.plan(TAXES, PROJECTS)
    return rule(office, made, date(2022, 8, 1))


def rule(office: Office, plan: Plan, start: date | None, **changes: Any) -> Plan:
    values: dict[str, Any] = {
        "kind": "next_nth", "nth": 5, "member": member(office.supervisor), "now": NOW, **changes,
    }  # fmt: skip
    return reports.plan_reports_set(plan_id=plan.pk, start=start, **values)


def share(unit: Unit, number: int = 1) -> Assignment:
    row = Assignment.objects.filter(unit=unit, task__point__number=number).first()
    assert row is not None
    return row


def save(
    row: Assignment, who: User, month: date = SEPTEMBER, now: datetime = NOW, **text: Any
) -> list[MonthReport]:
    entry = ReportText(**{"progress": "清单已上网。", **text})
    return reports.reports_save(
        unit=row.unit, month=month, entries={row.pk: entry}, member=member(who), now=now
    )


def send(
    row: Assignment, who: User, month: date = SEPTEMBER, now: datetime = NOW
) -> list[MonthReport]:
    return reports.reports_send(
        unit=row.unit, month=month, assignment_ids=[row.pk], member=member(who), now=now
    )


def sent(row: Assignment, who: User, now: datetime = NOW, **text: Any) -> MonthReport:
    save(row, who, now=now, **text)
    return send(row, who, now=now)[0]


# --- the rule -------------------------------------------------------------------------------------


def test_the_office_turns_reports_on_and_off(office: Office, plan: Plan) -> None:
    assert (plan.reports_from, plan.report_due, plan.report_nth) == (
        date(2022, 8, 1), "next_nth", 5,
    )  # fmt: skip
    assert rule(office, plan, None, kind="last_workday").reports_from is None
    actions = [f.action for f in facts.trail("ledger_plan", plan.pk)]
    assert actions.count("ledger.report.rule_set") == 2


@pytest.mark.parametrize(
    ("start", "changes", "field"),
    [
        (date(2022, 8, 1), {"kind": "someday"}, "kind"),
        (date(2022, 8, 1), {"nth": 0}, "nth"),
        (date(2022, 8, 1), {"nth": 21}, "nth"),
        (date(2021, 8, 1), {}, "start"),
    ],
)
def test_a_bad_rule_is_refused(
    office: Office, plan: Plan, start: date, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        rule(office, plan, start, **changes)
    assert list(refused.value.fields) == [field]


def test_only_the_offices_supervisor_sets_the_rule(
    office: Office, plan: Plan, editor: User
) -> None:
    with pytest.raises(PermissionRefused):
        rule(office, plan, None, member=member(editor))
    with pytest.raises(NotVisible):
        rule(office, Plan(pk=plan.pk + 50), None)


# --- drafts and sending ---------------------------------------------------------------------------


def test_a_draft_may_lack_anything_and_is_kept(plan: Plan, office: Office, editor: User) -> None:
    row = share(office.bureaus["czj"])
    (draft,) = save(row, editor, progress="", problems=" 缺人 ", percent=30)
    assert (draft.status, draft.problems, draft.percent) == ("draft", "缺人", 30)
    save(row, editor, progress="写完了")
    assert MonthReport.objects.get().progress == "写完了"
    assert not facts.trail("ledger_report", draft.pk)


def test_sending_needs_the_progress_of_every_chosen_task(
    plan: Plan, office: Office, editor: User
) -> None:
    first, second = Assignment.objects.filter(unit=office.bureaus["czj"]).order_by("pk")[:2]
    save(first, editor)
    save(second, editor, progress=" ")
    with pytest.raises(InvalidInput) as refused:
        reports.reports_send(
            unit=first.unit, month=SEPTEMBER, assignment_ids=[first.pk, second.pk],
            member=member(editor), now=NOW,
        )  # fmt: skip
    assert list(refused.value.fields) == [f"{second.pk}-progress"]
    assert not MonthReport.objects.filter(status="submitted").exists()


def test_sending_nothing_is_refused(plan: Plan, office: Office, editor: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        reports.reports_send(
            unit=office.bureaus["czj"], month=SEPTEMBER, assignment_ids=[],
            member=member(editor), now=NOW,
        )  # fmt: skip
    assert list(refused.value.fields) == ["send"]


@pytest.mark.parametrize(("now", "late"), [(NOW, False), (at(DUE, 23, 59), False), (AFTER, True)])
def test_lateness_is_decided_by_the_day_of_sending(
    plan: Plan, office: Office, editor: User, now: datetime, late: bool
) -> None:
    report = sent(share(office.bureaus["czj"]), editor, now)
    fact = facts.trail("ledger_report", report.pk)[0]
    assert (fact.details["late"], fact.details["due"]) == (late, "2022-10-12")


def test_chosen_items_become_evidence_once(
    plan: Plan, office: Office, editor: User, newsroom: Newsroom
) -> None:
    row, item, old = share(office.bureaus["czj"]), newsroom.public(), newsroom.public()
    add_item(row, old, editor)
    sent(row, editor, at(date(2022, 10, 20), 9), items=(item.pk, old.pk))
    pieces = Evidence.objects.filter(assignment=row)
    assert sorted(p.item_id or 0 for p in pieces) == sorted([item.pk, old.pk])
    assert pieces.get(item_id=item.pk).note == "9 月月报"


def test_an_item_that_went_meanwhile_does_not_stop_the_report(
    plan: Plan, office: Office, editor: User, newsroom: Newsroom
) -> None:
    item = newsroom.public()
    newsroom.withdraw(item)
    report = sent(share(office.bureaus["czj"]), editor, AFTER, items=(item.pk,))
    assert report.status == "submitted" and not Evidence.objects.exists()


def test_what_was_sent_is_not_written_over(plan: Plan, office: Office, editor: User) -> None:
    row = share(office.bureaus["czj"])
    sent(row, editor)
    assert save(row, editor, progress="改口") == []
    assert MonthReport.objects.get().progress == "清单已上网。"
    with pytest.raises(Refusal, match="已经报送"):
        send(row, editor)


@pytest.mark.parametrize("month", [date(2022, 7, 1), date(2022, 11, 1), date(2022, 9, 2)])
def test_a_month_outside_the_range_is_refused(
    plan: Plan, office: Office, editor: User, month: date
) -> None:
    with pytest.raises(InvalidInput) as refused:
        save(share(office.bureaus["czj"]), editor, month=month)
    assert list(refused.value.fields) == ["month"]


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_percentage_is_between_nought_and_a_hundred(
    plan: Plan, office: Office, editor: User, percent: int
) -> None:
    with pytest.raises(InvalidInput):
        save(share(office.bureaus["czj"]), editor, percent=percent)


def test_who_may_not_report(plan: Plan, office: Office, editor: User) -> None:
    row = share(office.bureaus["czj"])
    with pytest.raises(NotVisible):
        save(row, user_with("editor", office.bureaus["fgw"]))
    with pytest.raises(PermissionRefused):
        save(row, user_with("first_reviewer", row.unit))
    with pytest.raises(PermissionRefused):
        save(row, office.supervisor)
    foreign = share(office.bureaus["sw"])
    with pytest.raises(NotVisible):
        reports.reports_save(
            unit=row.unit, month=SEPTEMBER, entries={foreign.pk: ReportText("x")},
            member=member(editor), now=NOW,
        )  # fmt: skip


def test_no_reports_where_none_are_asked_nor_after_the_duty_ended(
    plan: Plan, office: Office, editor: User
) -> None:
    row = share(office.bureaus["czj"])
    Assignment.objects.filter(pk=row.pk).update(active=False)
    with pytest.raises(Refusal, match="不由本单位"):
        save(row, editor)
    Assignment.objects.filter(pk=row.pk).update(active=True)
    rule(office, plan, None)
    with pytest.raises(Refusal, match="没有要求"):
        save(row, editor)
    plan.closed_at = NOW
    plan.save()
    with pytest.raises(Refusal, match="封账"):
        save(row, editor)


# --- the office -----------------------------------------------------------------------------------


def test_reading_and_sending_back(plan: Plan, office: Office, editor: User) -> None:
    report = sent(share(office.bureaus["czj"]), editor)
    boss = member(office.supervisor)
    with pytest.raises(InvalidInput):
        reports.report_return(report_id=report.pk, reason=" ", member=boss, now=AFTER)
    back = reports.report_return(report_id=report.pk, reason="太简单", member=boss, now=AFTER)
    assert (back.status, back.return_reason) == ("returned", "太简单")
    assert Message.objects.get(kind="ledger.report.returned").recipient == editor
    with pytest.raises(Refusal):
        reports.report_read(report_id=report.pk, member=boss, now=AFTER)
    again = sent(back.assignment, editor, AFTER, progress="写详细了")
    # In time the first time: a rewrite is not lateness.
    assert again.first_sent_at == NOW
    assert report_board.plan_owed(plan, AFTER.date(), [SEPTEMBER])
    reports.report_read(report_id=report.pk, member=boss, now=AFTER)
    assert [f.action.rpartition(".")[2] for f in facts.trail("ledger_report", report.pk)] == [
        "submitted", "returned", "submitted", "read",
    ]  # fmt: skip


def test_the_unit_cannot_read_its_own_report_off(plan: Plan, office: Office, editor: User) -> None:
    report = sent(share(office.bureaus["czj"]), editor)
    for who in (editor, user_with("supervisor", office.districts[0])):
        with pytest.raises(PermissionRefused):
            reports.report_read(report_id=report.pk, member=member(who), now=AFTER)
    with pytest.raises(NotVisible):
        reports.report_read(report_id=report.pk + 9, member=member(editor), now=AFTER)


def test_the_matrix_counts_units_by_months(plan: Plan, office: Office, editor: User) -> None:
    first, second = Assignment.objects.filter(unit=office.bureaus["czj"]).order_by("pk")[:2]
    sent(first, editor)
    sent(second, editor, AFTER)
    found = report_board.matrix(plan, date(2022, 10, 18))
    assert found.months == (date(2022, 8, 1), SEPTEMBER, OCTOBER)
    row = next(r for r in found.rows if r.unit == office.bureaus["czj"])
    august, september, october = row.cells
    assert (august.state, august.sent, august.whole) == ("missing", 0, 2)
    assert (september.state, september.sent, september.counts["on_time"]) == ("late", 2, 1)
    assert (october.state, october.words) == ("open", "未到期")
    assert found.dues[SEPTEMBER] == DUE
    # Twelve units answer for the two points; one has reported for September.
    assert found.missing(SEPTEMBER) == len(found.rows) - 1
    assert sum(found.tallies[SEPTEMBER].values()) == len(
        report_board.plan_owed(plan, date(2022, 10, 18), [SEPTEMBER])
    )


def test_a_task_proved_before_the_month_owes_no_report(
    plan: Plan, office: Office, editor: User, newsroom: Newsroom
) -> None:
    row = share(office.bureaus["czj"])
    add_item(row, newsroom.public(at(date(2022, 9, 20), 9)), editor, at(date(2022, 9, 20), 10))
    months = {o.month for o in report_board.plan_owed(plan, AFTER.date()) if o.share.pk == row.pk}
    assert months == {date(2022, 8, 1), SEPTEMBER}


def test_the_lights_of_a_month_are_those_of_its_end(
    plan: Plan, office: Office, editor: User, newsroom: Newsroom
) -> None:
    row = share(office.bureaus["czj"])
    add_item(row, newsroom.public(at(date(2022, 9, 20), 9)), editor, at(date(2022, 9, 20), 10))
    lights = {
        o.month: o.light for o in report_board.plan_owed(plan, AFTER.date()) if o.share.pk == row.pk
    }
    assert lights == {date(2022, 8, 1): "grey", SEPTEMBER: "green"}


def test_the_units_screen_opens_the_oldest_month_that_waits(
    plan: Plan, office: Office, editor: User, newsroom: Newsroom
) -> None:
    unit = office.bureaus["czj"]
    item = newsroom.public(at(date(2022, 9, 20), 9))
    found = report_board.unit_desk(unit, None, AFTER.date())
    assert found.month == date(2022, 8, 1) and len(found.owed) == 2
    september = report_board.unit_desk(unit, SEPTEMBER, AFTER.date())
    assert september.items == (item,) and september.proposals(september.owed[0].share) == [item]
    assert report_board.unit_desk(unit, date(2030, 1, 1), AFTER.date()).month == date(2022, 8, 1)
    sent(september.owed[0].share, editor)
    october = report_board.unit_desk(unit, OCTOBER, AFTER.date())
    assert october.before[september.owed[0].share.pk].progress == "清单已上网。"


def test_units_that_report(plan: Plan, office: Office, editor: User) -> None:
    assert report_board.reporting_units(member(editor)) == [office.bureaus["czj"]]
    assert report_board.reporting_units(member(office.supervisor)) == []
    assert report_board.reporting_units(member(user_with("editor", office.bureaus["sjj"]))) == []
