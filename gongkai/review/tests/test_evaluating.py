"""Periodic evaluation of what is withheld: every transition and every refusal (条例第十八条)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.core.workdays import WorkCalendar
from gongkai.messaging.models import Message
from gongkai.organisations.access import system_member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from gongkai.review import evaluating, register, reminders, services
from gongkai.review.enums import WithholdCode
from gongkai.review.models import ReviewCase, WithheldRecord, WithheldReview
from gongkai.review.tests.rooms import KIND, NOW, Office
from tests.factories import UnitFactory, UserFactory, give_role, member, user_with

LATER = NOW + timedelta(days=1)
TODAY = LATER.date()
Act = Callable[[], object]


def withhold(office: Office, *, code: str = "process_info", now: Any = NOW) -> WithheldRecord:
    case = office.pass_until(office.submit(now=now), "secrecy")
    return services.case_withhold(
        case_id=case.pk, digest=case.digest, code=code, reason="讨论稿",
        member=member(office.people["secrecy"]), now=now,
    )  # fmt: skip


def propose(office: Office, record: WithheldRecord, **more: Any) -> WithheldReview:
    by = more.pop("by", None) or office.people["secrecy"]
    given: dict[str, Any] = {
        "outcome": "keep", "code": "process_info", "reason": "仍在讨论", "now": LATER, **more,
    }  # fmt: skip
    return evaluating.evaluation_propose(record_id=record.pk, member=member(by), **given)


def confirm(office: Office, made: WithheldReview, **more: Any) -> WithheldRecord:
    by = more.pop("by", None) or office.people["final"]
    return evaluating.evaluation_confirm(
        evaluation_id=made.pk, member=member(by), **{"now": LATER, **more}
    )


def send_back(office: Office, made: WithheldReview, **more: Any) -> WithheldReview:
    by = more.pop("by", None) or office.people["final"]
    return evaluating.evaluation_return(
        evaluation_id=made.pk, member=member(by), **{"remark": "理由不足", "now": LATER, **more}
    )


def stored(record: WithheldRecord) -> WithheldRecord:
    return WithheldRecord.objects.get(pk=record.pk)


# --- transitions ---------------------------------------------------------------------------------


def test_a_proposal_changes_nothing_until_it_is_confirmed(office: Office) -> None:
    record = withhold(office)
    made = propose(office, record, code="internal_affairs", next_review_on=date(2023, 3, 1))
    assert (made.agreed, made.proposed_by, made.proposed_at) == (
        None, office.people["secrecy"], LATER,
    )  # fmt: skip
    assert stored(record).code == "process_info"
    assert stored(record).next_review_on == date(2023, 10, 18)
    assert office.actions()[-1] == "withheld.proposed"


def test_keeping_sets_ground_reason_and_the_next_look_anew(office: Office) -> None:
    record = withhold(office)
    made = propose(
        office, record, code="internal_affairs", reason=" 属于内部流程 ",
        next_review_on=date(2023, 3, 1),
    )  # fmt: skip
    done = confirm(office, made, remark="同意")
    assert (done.state, done.code, done.reason) == ("kept", "internal_affairs", "属于内部流程")
    assert done.next_review_on == date(2023, 3, 1)
    made.refresh_from_db()
    assert (made.agreed, made.decided_by, made.decided_at, made.remark) == (
        True, office.people["final"], LATER, "同意",
    )  # fmt: skip
    fact = facts.trail(KIND, "1")[-1]
    assert (fact.action, fact.details["next_review_on"]) == ("review.withheld.kept", "2023-03-01")
    assert ("1", "reopened") not in office.room.closed


def test_without_a_day_the_usual_twelve_months_apply(office: Office) -> None:
    made = propose(office, withhold(office))
    assert made.next_review_on == date(2023, 10, 19)


def test_releasing_reopens_the_draft_and_starts_the_clock_of_article_26(office: Office) -> None:
    record = withhold(office)
    done = confirm(office, propose(office, record, outcome="release", reason="讨论已经结束"))
    assert (done.state, done.released_on, done.closed_at) == ("releasing", TODAY, None)
    assert office.room.closed[-1] == ("1", "reopened")
    assert facts.trail(KIND, "1")[-1].action == "review.withheld.released"
    due = register.release_due(done, WorkCalendar())
    assert due is not None and due.date == date(2022, 11, 16)
    assert sum(step.counted for step in due.steps) == 20
    assert register.release_due(withhold_of(office), WorkCalendar()) is None


def withhold_of(office: Office) -> WithheldRecord:
    office.room.put("2", office.unit, office.editor, title="另一份")
    case = office.pass_until(office.submit("2"), "secrecy")
    return services.case_withhold(
        case_id=case.pk, digest=case.digest, code="process_info", reason="讨论稿",
        member=member(office.people["secrecy"]), now=NOW,
    )  # fmt: skip


def test_the_record_is_struck_off_only_when_the_content_is_really_published(
    office: Office,
) -> None:
    record = withhold(office)
    confirm(office, propose(office, record, outcome="release"))
    case = office.submit(now=LATER)
    office.pass_until(case, "secrecy")
    assert stored(record).state == "releasing"
    office.approve(case, "secrecy", now=LATER)
    assert (stored(record).state, stored(record).closed_at) == ("published", LATER)
    assert office.actions()[-1] == "withheld.published"


def test_publishing_other_content_leaves_what_is_withheld_in_the_register(office: Office) -> None:
    record = withhold(office)
    office.room.rewrite("1", body="删去讨论意见")
    case = office.pass_all(office.submit(now=LATER))
    assert stored(record).state == "kept"
    assert register.published_after(stored(record)) == case


def test_withheld_again_after_a_release_decision_is_a_new_record(office: Office) -> None:
    first = withhold(office)
    confirm(office, propose(office, first, outcome="release"))
    second = withhold(office, code="third_party_rights", now=LATER)
    assert (stored(first).state, stored(first).closed_at) == ("superseded", LATER)
    assert (second.state, second.code) == ("kept", "third_party_rights")


def test_a_changed_draft_withheld_again_replaces_the_earlier_record(office: Office) -> None:
    first = withhold(office)
    office.room.rewrite("1", body="第二稿")
    second = withhold(office, now=LATER)
    assert stored(first).state == "superseded"
    assert list(WithheldRecord.objects.filter(state="kept")) == [second]


def test_sending_an_evaluation_back_leaves_the_record_and_allows_another(office: Office) -> None:
    record = withhold(office)
    made = send_back(office, propose(office, record, outcome="release"))
    assert (made.agreed, made.remark, made.decided_by) == (
        False, "理由不足", office.people["final"],
    )  # fmt: skip
    assert stored(record).state == "kept"
    assert office.actions()[-1] == "withheld.returned"
    again = propose(office, record)
    assert confirm(office, again).next_review_on == date(2023, 10, 19)
    assert record.evaluations.count() == 2


def test_a_final_reviewer_proposes_and_another_one_confirms(office: Office) -> None:
    made = propose(office, withhold(office), by=office.people["final"])
    with pytest.raises(PermissionRefused, match="您提出的"):
        confirm(office, made)
    other = user_with("final_reviewer", office.unit)
    assert confirm(office, made, by=other).state == "kept"


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [r for r in Role.values if r not in evaluating.PROPOSERS])
def test_only_secrecy_and_final_reviewers_of_the_unit_propose(office: Office, role: str) -> None:
    record = withhold(office)
    with pytest.raises(PermissionRefused, match="保密审查"):
        propose(office, record, by=user_with(role, office.unit))
    assert not WithheldReview.objects.exists()


@pytest.mark.parametrize("role", [r for r in Role.values if r not in evaluating.CONFIRMERS])
@pytest.mark.parametrize("act", [confirm, send_back])
def test_only_final_reviewers_of_the_unit_confirm_or_send_back(
    office: Office, role: str, act: Callable[..., Any]
) -> None:
    made = propose(office, withhold(office))
    with pytest.raises(PermissionRefused, match="终审"):
        act(office, made, by=user_with(role, office.unit))
    made.refresh_from_db()
    assert made.agreed is None


@pytest.mark.parametrize("role", [*Role.values])
def test_for_a_stranger_the_record_does_not_exist(office: Office, role: str) -> None:
    record = withhold(office)
    made = propose(office, record)
    stranger = user_with(role, office.other)
    if role == Role.SUPERVISOR:
        # The city's office sees it, yet evaluates nothing in the unit's stead.
        with pytest.raises(PermissionRefused):
            confirm(office, made, by=stranger)
        return
    acts: list[Act] = [
        lambda: propose(office, record, by=stranger),
        lambda: confirm(office, made, by=stranger),
        lambda: send_back(office, made, by=stranger),
    ]
    for act in acts:
        with pytest.raises(NotVisible):
            act()


@pytest.mark.parametrize("superuser", [False, True])
def test_who_wrote_it_neither_proposes_nor_confirms(office: Office, superuser: bool) -> None:
    User.objects.filter(pk=office.editor.pk).update(is_superuser=superuser)
    for role in evaluating.PROPOSERS:
        give_role(office.editor, role, office.unit)
    record = withhold(office)
    with pytest.raises(PermissionRefused, match="撰写或送审"):
        propose(office, record, by=office.editor)
    made = propose(office, record)
    with pytest.raises(PermissionRefused, match="撰写或送审"):
        confirm(office, made, by=office.editor)


def test_a_superuser_without_a_post_sees_nothing(office: Office) -> None:
    with pytest.raises(NotVisible):
        propose(office, withhold(office), by=UserFactory(superuser=True))


def test_a_job_of_the_system_does_not_evaluate(office: Office) -> None:
    record = withhold(office)
    with pytest.raises(NotVisible):
        evaluating.evaluation_propose(
            record_id=record.pk, outcome="keep", reason="x", code="process_info",
            member=system_member("tick"), now=LATER,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "maybe"}, "outcome"),
        ({"reason": "  "}, "reason"),
        ({"code": ""}, "code"),
        ({"code": "other"}, "code"),
        ({"next_review_on": TODAY}, "next_review_on"),
        ({"next_review_on": date(2024, 10, 20)}, "next_review_on"),
        ({"outcome": "release", "reason": ""}, "reason"),
    ],
)
def test_an_incomplete_evaluation_names_its_field(
    office: Office, given: dict[str, Any], field: str
) -> None:
    record = withhold(office)
    with pytest.raises(InvalidInput) as refused:
        propose(office, record, **given)
    assert set(refused.value.fields) == {field}
    assert not WithheldReview.objects.exists()


@pytest.mark.parametrize("code", WithholdCode.values)
def test_each_of_the_seven_grounds_may_be_confirmed(office: Office, code: str) -> None:
    assert confirm(office, propose(office, withhold(office), code=code)).code == code


def test_sending_back_needs_its_reason(office: Office) -> None:
    made = propose(office, withhold(office))
    with pytest.raises(InvalidInput) as refused:
        send_back(office, made, remark=" ")
    assert "remark" in refused.value.fields


def test_one_evaluation_at_a_time(office: Office) -> None:
    record = withhold(office)
    propose(office, record)
    with pytest.raises(Refusal, match="等待确认"):
        propose(office, record, by=office.people["final"])


@pytest.mark.parametrize("act", [confirm, send_back])
def test_an_evaluation_is_settled_once(office: Office, act: Callable[..., Any]) -> None:
    made = propose(office, withhold(office))
    confirm(office, made)
    with pytest.raises(Refusal, match="已经办结"):
        act(office, made)


def test_what_may_be_published_is_not_evaluated_again(office: Office) -> None:
    record = withhold(office)
    confirm(office, propose(office, record, outcome="release"))
    with pytest.raises(Refusal, match="待发布"):
        propose(office, record)


def test_an_open_evaluation_of_a_replaced_record_cannot_be_confirmed(office: Office) -> None:
    record = withhold(office)
    made = propose(office, record, outcome="release")
    office.room.rewrite("1", body="第二稿")
    withhold(office, now=LATER)
    with pytest.raises(Refusal, match="销号"):
        confirm(office, made)


def test_what_does_not_exist_is_not_visible(office: Office) -> None:
    who = member(office.people["final"])
    with pytest.raises(NotVisible):
        evaluating.evaluation_propose(
            record_id=99, outcome="keep", reason="x", member=who, now=LATER
        )
    with pytest.raises(NotVisible):
        evaluating.evaluation_confirm(evaluation_id=99, member=who, now=LATER)
    with pytest.raises(NotVisible):
        evaluating.evaluation_return(evaluation_id=99, remark="x", member=who, now=LATER)


@pytest.mark.parametrize(
    "given",
    [
        {"agreed": True, "decided_by_id": None},
        {"outcome": "keep", "code": ""},
        {"outcome": "keep", "next_review_on": None},
    ],
)
def test_the_database_refuses_half_an_evaluation(office: Office, given: dict[str, Any]) -> None:
    whole: dict[str, Any] = {
        "record": withhold(office), "outcome": "keep", "code": "process_info", "reason": "x",
        "next_review_on": TODAY, "proposed_by": office.people["secrecy"], "proposed_at": LATER,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        WithheldReview.objects.create(**{**whole, **given})


def test_the_database_refuses_one_person_for_both_parts(office: Office) -> None:
    made = propose(office, withhold(office))
    with pytest.raises(IntegrityError), transaction.atomic():
        WithheldReview.objects.filter(pk=made.pk).update(
            agreed=True, decided_by=made.proposed_by_id, decided_at=LATER
        )


# --- notices and reminders -----------------------------------------------------------------------


def told(person: User) -> list[str]:
    return list(Message.objects.filter(recipient=person).values_list("kind", flat=True))


def test_confirmers_hear_of_a_proposal_and_its_author_of_the_outcome(office: Office) -> None:
    made = propose(office, withhold(office), outcome="release")
    assert "review.withheld_proposed" in told(office.people["final"])
    assert "review.withheld_proposed" not in told(office.people["secrecy"])
    confirm(office, made)
    assert "review.withheld_decided" in told(office.people["secrecy"])
    assert "review.withheld_decided" in told(office.editor)
    assert not [t for t in Message.objects.values_list("title", flat=True) if "稿件" in t]


def test_a_reminder_names_the_number_never_the_title(office: Office) -> None:
    record = withhold(office)
    assert record.next_review_on == date(2023, 10, 18)
    none = list(reminders.evaluations_due(TODAY, date(2023, 10, 17)))
    due = list(reminders.evaluations_due(date(2023, 10, 16), date(2023, 10, 18)))
    late = list(reminders.evaluations_due(date(2023, 10, 19), date(2023, 10, 24)))
    assert none == []
    assert [item.due for item in due] == [record.next_review_on]
    assert record.title not in due[0].title and str(record.pk) in due[0].title
    assert due[0].url == f"/desk/withheld/{record.pk}/"
    assert not due[0].audience.supervised and late[0].audience.supervised == {None}


def test_each_next_look_is_reminded_of_anew(office: Office) -> None:
    record = withhold(office)
    first = next(iter(reminders.evaluations_due(TODAY, date(2025, 1, 1)))).key
    confirm(office, propose(office, record, next_review_on=date(2023, 3, 1)))
    second = next(iter(reminders.evaluations_due(TODAY, date(2025, 1, 1)))).key
    assert first != second


def test_the_duty_to_publish_is_reminded_of_until_it_is_done(office: Office) -> None:
    record = withhold(office)
    assert list(reminders.releases_due(TODAY, date(2025, 1, 1))) == []
    confirm(office, propose(office, record, outcome="release"))
    assert list(reminders.evaluations_due(TODAY, date(2025, 1, 1))) == []
    assert list(reminders.releases_due(TODAY, date(2022, 11, 1))) == []
    (item,) = reminders.releases_due(TODAY, date(2022, 12, 1))
    assert item.due == date(2022, 11, 16)
    office.pass_all(office.submit(now=LATER))
    assert list(reminders.releases_due(TODAY, date(2022, 12, 1))) == []


def test_a_district_record_that_is_overdue_is_its_own_offices_affair(office: Office) -> None:
    record = withhold(office)
    district = UnitFactory(district=True)
    WithheldRecord.objects.filter(pk=record.pk).update(next_review_on=date(2022, 9, 1))
    office.unit.area = district
    office.unit.save()
    (item,) = reminders.evaluations_due(TODAY, TODAY)
    assert item.audience.supervised == {district.pk}
    assert ReviewCase.objects.count() == 1
