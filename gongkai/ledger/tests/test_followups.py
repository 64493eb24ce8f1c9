"""Follow-ups: every transition, every refusal, every role; what goes on record; who is told."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gongkai.core import facts
from gongkai.core.clock import at
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.ledger import board, followup_board, followup_replies, followups, selectors
from gongkai.ledger.enums import FollowStatus
from gongkai.ledger.followup_notices import due_followups
from gongkai.ledger.followups import Terms
from gongkai.ledger.models import Assignment, FollowUp, FollowUpReply, WorkPoint
from gongkai.ledger.rules_followups import LIFECYCLE, LateShare
from gongkai.ledger.tests.offices import PROJECTS, TAXES, Office, assignment
from gongkai.ledger.tests.proofs import GOOD, Newsroom, pdf
from gongkai.messaging.models import Message
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit, User
from tests.factories import UnitFactory, member, user_with

DAY = date(2022, 10, 11)
NOW = at(DAY, 9)
DUE = date(2022, 10, 18)
LATE = at(date(2022, 10, 19), 9)
FIVE = Terms(days=5)


def issue(base: Office, unit: Unit | None = None, /, **changes: Any) -> FollowUp:
    values: dict[str, Any] = {
        "office": base.unit, "unit": unit or base.bureaus["czj"], "level": "reminder",
        "title": "目录更新迟了", "demand": "请更新目录。", "terms": FIVE, "now": NOW,
        "member": member(base.supervisor), **changes,
    }  # fmt: skip
    return followups.followup_issue(**values)


def reply(row: FollowUp, who: User, now: datetime = NOW, **more: Any) -> FollowUpReply:
    return followup_replies.followup_reply(
        followup_id=row.pk, text="已经更新。", member=member(who), now=now, **more
    )


def act(name: str, row: FollowUp, office: Office, now: datetime = NOW, **more: Any) -> FollowUp:
    done: FollowUp = getattr(followups, f"followup_{name}")(
        followup_id=row.pk, member=member(office.supervisor), now=now, **more
    )
    return done


def status(row: FollowUp) -> str:
    return FollowUp.objects.get(pk=row.pk).status


def trail(row: FollowUp) -> list[str]:
    return [f.action.rpartition(".")[2] for f in facts.trail("ledger_followup", row.pk)]


# --- issuing --------------------------------------------------------------------------------------


def test_a_notice_is_numbered_dated_recorded_and_told(office: Office, editor: User) -> None:
    row = issue(office, basis=" 条例第十九条 ")
    assert (row.number, row.reply_due, row.due_days) == ("督办〔2022〕1号", DUE, 5)
    assert (row.status, row.head, row.basis) == ("open", None, "条例第十九条")
    fact = facts.trail("ledger_followup", row.pk)[0]
    assert fact.unit_id == row.unit_id and fact.details["due"] == "2022-10-18"
    told = Message.objects.get(kind="ledger.followup.issued")
    assert told.recipient == editor and "督办〔2022〕1号" in told.title
    assert "目录更新" not in told.title  # titles may be mailed


def test_numbers_run_per_office_and_year(office: Office) -> None:
    first, second = issue(office), issue(office)
    other = issue(office, now=at(date(2023, 1, 5), 9), terms=Terms(days=3))
    assert [r.number for r in (first, second, other)] == [
        "督办〔2022〕1号", "督办〔2022〕2号", "督办〔2023〕1号",
    ]  # fmt: skip
    district = office.districts[0]
    desk = UnitFactory(kind="office", area=district, parent=district, short_name="芙蓉公开办")
    boss = user_with("supervisor", desk)
    own = issue(office, unit=district, office=desk, member=member(boss))
    assert own.number == "督办〔2022〕1号"


def test_working_days_leave_the_national_holiday_out(office: Office) -> None:
    row = issue(office, now=at(date(2022, 9, 29), 9))
    assert row.reply_due == date(2022, 10, 11)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"demand": "\n"}, "demand"),
        ({"level": "shout"}, "level"),
        ({"terms": Terms()}, "days"),
        ({"terms": Terms(days=0)}, "days"),
        ({"terms": Terms(days=61)}, "days"),
        ({"terms": Terms(days=3, day=date(2022, 10, 30))}, "days"),
        ({"terms": Terms(day=DAY)}, "day"),
        ({"terms": Terms(day=date(2024, 1, 1))}, "day"),
    ],
)
def test_what_a_notice_lacks_is_named_by_field(
    office: Office, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        issue(office, **changes)
    assert list(refused.value.fields) == [field]
    assert not FollowUp.objects.exists()


def test_an_ended_unit_gets_no_notice(office: Office) -> None:
    with pytest.raises(InvalidInput, match="停用"):
        issue(office, UnitFactory(ended=True))


@pytest.mark.parametrize("role", ["editor", "final_reviewer", "operator"])
def test_only_the_offices_supervisor_issues(office: Office, role: str) -> None:
    with pytest.raises(PermissionRefused):
        issue(office, member=member(user_with(role, office.unit)))


def test_a_district_office_may_not_write_to_a_city_bureau(office: Office) -> None:
    district = office.districts[0]
    desk = UnitFactory(kind="office", area=district, parent=district, short_name="芙蓉公开办")
    boss = member(user_with("supervisor", desk))
    with pytest.raises(InvalidInput, match="主管范围"):
        issue(office, office=desk, member=boss)
    with pytest.raises(PermissionRefused):
        issue(office, member=boss)


def test_shares_of_another_unit_cannot_be_slipped_in(office: Office) -> None:
    foreign = assignment(office, office.bureaus["fgw"])
    with pytest.raises(InvalidInput) as refused:
        issue(office, assignment_ids=[foreign.pk])
    assert list(refused.value.fields) == ["assignment_ids"]


def test_a_point_of_another_offices_plan_is_refused(office: Office) -> None:
    other = UnitFactory(kind="office")
    own = assignment(office, office.bureaus["czj"])
    point = WorkPoint.objects.get(pk=own.task.point_id)
    point.plan.office = other
    point.plan.save()
    with pytest.raises(InvalidInput) as refused:
        issue(office, point=point)
    assert list(refused.value.fields) == ["point"]


def test_a_closed_year_gets_no_new_notice(office: Office, duty: Assignment) -> None:
    plan = duty.task.point.plan
    plan.closed_at = NOW
    plan.save()
    with pytest.raises(Refusal, match="封账"):
        issue(office, assignment_ids=[duty.pk])


def test_a_share_that_is_chased_says_so_until_it_is_over(
    office: Office, duty: Assignment, editor: User
) -> None:
    row = issue(office, assignment_ids=[duty.pk])
    plan = duty.task.point.plan
    assert row.plan == plan and board.chased(plan=plan) == {duty.pk}
    assert [r.chased for r in board.board_of(plan, DAY).rows] == [True]
    reply(row, editor)
    act("accept", row, office)
    assert board.chased([duty.pk]) == set()
    assert not board.board_of(plan, DAY).rows[0].chased


# --- many at once ---------------------------------------------------------------------------------


def bulk(office: Office, shares: list[LateShare], plan: Any, **changes: Any) -> list[FollowUp]:
    values: dict[str, Any] = {
        "office": office.unit, "plan": plan, "shares": shares, "level": "notice", "title": "逾期",
        "lead": "请办理：", "terms": FIVE, "member": member(office.supervisor), "now": NOW, **changes,
    }  # fmt: skip
    return followups.followups_issue_bulk(**values)


def shares_of(plan: Any) -> list[LateShare]:
    return [
        LateShare(r.assignment_id, r.unit_id, r.unit, r.number, r.text, r.words)
        for r in board.board_of(plan, DAY).rows
    ]


def test_one_notice_per_unit_lists_its_tasks(office: Office) -> None:
    plan = office.plan(TAXES, PROJECTS)
    made = bulk(office, shares_of(plan), plan)
    units = {r.unit for r in board.board_of(plan, DAY).rows}
    assert len(made) == len(units) == len({r.unit_id for r in made})
    tax = next(r for r in made if r.unit == office.bureaus["czj"])
    assert tax.demand.startswith("请办理：\n1. 第 1 项：") and tax.shares.count() == 2
    assert tax.head == office.unit.parent
    district = next(r for r in made if r.unit == office.districts[0])
    assert district.demand.count("\n") == 3


def test_bulk_is_all_or_nothing(office: Office) -> None:
    plan = office.plan(TAXES)
    shares = shares_of(plan)
    Assignment.objects.filter(pk=shares[-1].assignment_id).update(active=False)
    with pytest.raises(InvalidInput):
        bulk(office, shares, plan)
    assert not FollowUp.objects.exists() and not Message.objects.exists()


@pytest.mark.parametrize("changes", [{"shares": []}, {"lead": " "}])
def test_bulk_needs_tasks_and_words(office: Office, changes: dict[str, Any]) -> None:
    plan = office.plan(TAXES)
    with pytest.raises(InvalidInput):
        bulk(office, shares_of(plan), plan, **changes) if "shares" not in changes else bulk(
            office, [], plan
        )


# --- answering ------------------------------------------------------------------------------------


def test_a_reply_with_item_address_and_file(
    office: Office, editor: User, newsroom: Newsroom
) -> None:
    row, item = issue(office), newsroom.public()
    found = reply(
        row, editor, items=[item.pk, item.pk], url=GOOD, url_title="清单",
        files=[("说明.pdf", pdf())],
    )  # fmt: skip
    assert [(p.kind, p.title) for p in found.proofs.all()] == [
        ("item", item.title), ("url", "清单"), ("file", "说明.pdf"),
    ]  # fmt: skip
    assert status(row) == "replied" and found.due == DUE
    fact = facts.trail("ledger_followup", row.pk)[-1]
    assert fact.details["late"] is False and fact.details["proofs"] == 3
    told = Message.objects.get(kind="ledger.followup.replied")
    assert told.recipient == office.supervisor


def test_a_late_reply_is_recorded_as_late(office: Office, editor: User) -> None:
    row = issue(office)
    reply(row, editor, LATE)
    assert facts.trail("ledger_followup", row.pk)[-1].details["late"] is True


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"url": "http://example.com/", "url_title": "x"}, "url"),
        ({"url": GOOD}, "url_title"),
        ({"files": [("坏.pdf", b"MZ\x90\x00" + b"\0" * 200)]}, "attachments"),
        ({"files": [(f"{n}.pdf", b"x") for n in range(6)]}, "attachments"),
        ({"items": [987654]}, "items"),
    ],
)
def test_a_reply_with_bad_proof_keeps_nothing(
    office: Office, editor: User, more: dict[str, Any], field: str
) -> None:
    row = issue(office)
    with pytest.raises(InvalidInput) as refused:
        reply(row, editor, **more)
    assert list(refused.value.fields) == [field]
    assert status(row) == "open" and not FollowUpReply.objects.exists()


def test_an_unpublished_item_or_one_of_another_unit_proves_nothing(
    office: Office, editor: User, newsroom: Newsroom
) -> None:
    row, draft = issue(office), newsroom.draft()
    foreign = Newsroom(office.bureaus["fgw"]).public()
    for item in (draft, foreign):
        with pytest.raises(InvalidInput):
            reply(row, editor, items=[item.pk])


def test_an_empty_reply_is_refused(office: Office, editor: User) -> None:
    row = issue(office)
    with pytest.raises(InvalidInput) as refused:
        followup_replies.followup_reply(
            followup_id=row.pk, text=" ", member=member(editor), now=NOW
        )
    assert list(refused.value.fields) == ["text"]


@pytest.mark.parametrize("role", ["first_reviewer", "final_reviewer"])
def test_a_colleague_without_the_editors_post_may_read_but_not_answer(
    office: Office, role: str
) -> None:
    row = issue(office)
    with pytest.raises(PermissionRefused):
        reply(row, user_with(role, office.bureaus["czj"]))


def test_a_strangers_follow_up_does_not_exist(office: Office) -> None:
    row = issue(office)
    with pytest.raises(NotVisible):
        reply(row, user_with("editor", office.bureaus["fgw"]))
    with pytest.raises(NotVisible):
        reply(FollowUp(pk=row.pk + 99), user_with("editor", office.bureaus["czj"]))


def test_the_supervisor_does_not_answer_for_the_unit(office: Office) -> None:
    with pytest.raises(PermissionRefused):
        reply(issue(office), office.supervisor)


# --- what the office says to it -------------------------------------------------------------------


def test_accepting_closes_it(office: Office, editor: User) -> None:
    row = issue(office)
    reply(row, editor)
    done = act("accept", row, office, remark="可以")
    assert (done.status, done.outcome, done.closed_at) == ("closed", "accepted", NOW)
    assert row.replies.get().accepted is True and row.replies.get().verdict == "可以"
    assert trail(row) == ["issued", "replied", "accepted"]
    assert Message.objects.get(kind="ledger.followup.judged").recipient == editor


def test_returning_needs_a_reason_and_sets_a_new_day(office: Office, editor: User) -> None:
    row = issue(office)
    reply(row, editor)
    with pytest.raises(InvalidInput):
        act("return", row, office, reason=" ", terms=FIVE)
    with pytest.raises(InvalidInput):
        act("return", row, office, reason="没有附表", terms=Terms())
    assert status(row) == "replied"
    done = act("return", row, office, LATE, reason="没有附表", terms=Terms(days=2))
    assert (done.status, done.reply_due, done.due_from) == (
        "returned", date(2022, 10, 21), date(2022, 10, 19),
    )  # fmt: skip
    assert row.replies.get().accepted is False
    reply(row, editor, LATE)
    act("accept", row, office, LATE)
    assert trail(row) == ["issued", "replied", "returned", "replied", "accepted"]


def test_it_climbs_after_the_day_and_the_head_unit_gets_the_next(
    office: Office, editor: User, duty: Assignment
) -> None:
    row = issue(office, assignment_ids=[duty.pk])
    with pytest.raises(Refusal, match="还没有过"):
        act("escalate", row, office, reason="没有回复", terms=FIVE)
    with pytest.raises(InvalidInput):
        act("escalate", row, office, LATE, reason="", terms=FIVE)
    up = act("escalate", row, office, LATE, reason="逾期没有回复", terms=FIVE)
    assert status(row) == "escalated"
    assert (up.level, up.follows, up.head, up.number) == (
        "notice", row, office.unit.parent, "督办〔2022〕2号",
    )  # fmt: skip
    assert "逾期没有回复" in up.demand and row.demand in up.demand
    assert list(up.shares.values_list("assignment_id", flat=True)) == [duty.pk]
    top = act(
        "escalate", up, office, at(date(2022, 11, 1), 9), reason="仍未办", terms=Terms(days=3)
    )
    assert top.level == "talk"
    with pytest.raises(Refusal, match="最高一级"):
        act("escalate", top, office, at(date(2022, 12, 1), 9), reason="还是", terms=FIVE)
    assert trail(row) == ["issued", "escalated"]


def test_a_poor_reply_may_climb_before_the_day(office: Office, editor: User) -> None:
    row = issue(office)
    reply(row, editor)
    act("escalate", row, office, reason="答非所问", terms=FIVE)
    assert row.replies.get().verdict == "答非所问" and status(row) == "escalated"


def test_the_head_unit_sees_and_may_answer_what_it_was_copied(office: Office) -> None:
    government = office.unit.parent
    assert government is not None
    helper = user_with("editor", government)
    mild, hard = issue(office), issue(office, level="notice")
    assert not followups.may_see(member(helper), mild)
    assert followups.may_see(member(helper), hard)
    reply(hard, helper)
    assert status(hard) == "replied"
    assert list(followup_board.followups_for(member(helper))) == [hard]


def test_a_district_bureaus_head_is_its_districts_government(office: Office) -> None:
    district = office.districts[5]
    bureau = UnitFactory(area=district, parent=district, district_bureau=True)
    assert issue(office, bureau, level="notice").head == district
    assert issue(office, district, level="notice").head == office.unit.parent


def test_calling_off_keeps_the_record(office: Office, editor: User) -> None:
    row = issue(office)
    with pytest.raises(InvalidInput):
        act("call_off", row, office, reason=" ")
    done = act("call_off", row, office, reason="发错单位")
    assert (done.status, done.outcome) == ("closed", "called_off")
    assert facts.trail("ledger_followup", row.pk)[-1].details["reason"] == "发错单位"


ACTS: dict[str, dict[str, Any]] = {
    "accept": {},
    "return": {"reason": "x", "terms": FIVE},
    "escalate": {"reason": "x", "terms": FIVE},
    "call_off": {"reason": "x"},
}


@pytest.mark.parametrize("state", FollowStatus.values)
@pytest.mark.parametrize("event", list(ACTS))
def test_every_act_follows_the_lifecycle_table(office: Office, state: str, event: str) -> None:
    row = issue(office)
    FollowUpReply.objects.create(followup=row, unit=row.unit, text="x", at=NOW, due=DUE)
    FollowUp.objects.filter(pk=row.pk).update(status=state)
    allowed = {m.target for m in LIFECYCLE if m.source == state and m.event == event}
    if allowed:
        act(event, row, office, LATE, **ACTS[event])
        assert {status(row)} == allowed
    else:
        with pytest.raises(Refusal, match="督办流程"):
            act(event, row, office, LATE, **ACTS[event])
        assert status(row) == state


@pytest.mark.parametrize("state", FollowStatus.values)
def test_replies_follow_the_table_too(office: Office, editor: User, state: str) -> None:
    row = issue(office)
    FollowUp.objects.filter(pk=row.pk).update(status=state)
    if any(m.source == state and m.event == "reply" for m in LIFECYCLE):
        reply(row, editor)
        assert status(row) == "replied"
    else:
        with pytest.raises(Refusal):
            reply(row, editor)


@pytest.mark.parametrize("event", list(ACTS))
def test_the_unit_cannot_judge_itself_and_strangers_see_nothing(
    office: Office, editor: User, event: str
) -> None:
    row = issue(office)
    reply(row, editor)
    service = getattr(followups, f"followup_{event}")
    for who, error in (
        (editor, PermissionRefused),
        (user_with("supervisor", office.districts[0]), NotVisible),
        (user_with("operator", office.bureaus["fgw"]), NotVisible),
    ):
        with pytest.raises(error):
            service(followup_id=row.pk, member=member(who), now=LATE, **ACTS[event])
    assert status(row) == "replied"


# --- lists, counts, what falls due ---------------------------------------------------------------


def test_who_sees_what_in_the_list(office: Office, editor: User) -> None:
    own, other = issue(office), issue(office, office.bureaus["fgw"])
    district = issue(office, office.districts[0])
    assert set(followup_board.followups_for(member(office.supervisor))) == {own, other, district}
    assert list(followup_board.followups_for(member(editor))) == [own]
    local = user_with("supervisor", office.districts[0])
    assert list(followup_board.followups_for(member(local))) == [district]


def waiting(person: Member) -> int:
    return sum(rows.count() for rows in followup_board.waiting(person))


def test_the_counts_and_the_badge(office: Office, editor: User) -> None:
    first, second = issue(office), issue(office, office.bureaus["fgw"])
    boss = member(office.supervisor)
    rows = followup_board.followups_for(boss)
    assert followup_board.tally(rows, LATE.date())["overdue"] == 2
    assert waiting(boss) == 0 and waiting(member(editor)) == 1
    reply(first, editor)
    assert waiting(boss) == 1 and waiting(member(editor)) == 0
    act("call_off", second, office, reason="x")
    found = followup_board.tally(rows, LATE.date())
    assert found == {"live": 1, "overdue": 0, "replied": 1, "closed": 1, "all": 2}
    for which, count in found.items():
        assert followup_board.filtered(rows, which, LATE.date()).count() == count


def test_the_public_learns_counts_and_an_escalation_is_no_new_matter(
    office: Office, duty: Assignment, editor: User
) -> None:
    row = issue(office, assignment_ids=[duty.pk])
    issue(office)  # not about the plan
    act("escalate", row, office, LATE, reason="x", terms=FIVE)
    found = selectors.public_followups(duty.task.point.plan)
    assert (found.issued, found.under_way, found.closed) == (1, 1, 0)


def test_owed_replies_fall_due_and_a_returned_one_falls_due_anew(
    office: Office, editor: User
) -> None:
    row = issue(office)
    assert list(due_followups(DAY, DUE - timedelta(days=1))) == []
    (first,) = due_followups(DAY, DUE)
    reply(row, editor)
    assert list(due_followups(DAY, DUE)) == []
    act("return", row, office, LATE, reason="x", terms=FIVE)
    (again,) = due_followups(DAY, DUE + timedelta(days=60))
    assert again.key != first.key and again.due > first.due
