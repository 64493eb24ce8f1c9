"""How a case ends without release: sent back, taken back, void, withheld."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.review import services
from gongkai.review.enums import CaseStatus, Step, Verdict, WithholdCode
from gongkai.review.models import Review, ReviewCase, WithheldRecord
from gongkai.review.tests.rooms import KIND, NOW, Office
from tests.factories import member, user_with

EVENING = NOW + timedelta(hours=11)
LATER = NOW + timedelta(days=1)


def stored(case: ReviewCase) -> ReviewCase:
    return ReviewCase.objects.get(pk=case.pk)


# --- sending back, taking back, voiding ----------------------------------------------------------


@pytest.mark.parametrize("step", ["first", "final", "secrecy"])
def test_after_a_rejection_the_next_round_starts_at_the_first_step(
    office: Office, step: str
) -> None:
    case = office.pass_until(office.submit(), step)
    services.step_reject(
        case_id=case.pk, step=step, digest=case.digest, remark="请核对金额",
        member=member(office.people[step]), now=LATER,
    )  # fmt: skip
    closed = stored(case)
    assert (closed.status, closed.current_step, closed.closed_at) == ("rejected", "", LATER)
    assert office.room.closed == [("1", "rejected")]
    assert facts.trail(KIND, "1")[-1].details["remark"] == "请核对金额"
    assert office.actions()[-1] == "step.rejected"
    review = closed.reviews.get(verdict=Verdict.REJECT)
    assert (review.step, review.remark) == (step, "请核对金额")
    office.room.rewrite("1", body="金额已经核对")
    again = office.submit(now=LATER)
    assert (again.round, again.current_step, again.reviews.count()) == (2, "first", 0)


@pytest.mark.parametrize("remark", ["", "  "])
def test_a_rejection_needs_its_reason(office: Office, remark: str) -> None:
    case = office.submit()
    with pytest.raises(InvalidInput) as refused:
        services.step_reject(
            case_id=case.pk, step="first", digest=case.digest, remark=remark,
            member=member(office.people["first"]), now=NOW,
        )  # fmt: skip
    assert "remark" in refused.value.fields
    assert stored(case).status == CaseStatus.OPEN


@pytest.mark.parametrize("step", ["first", "final", "secrecy", ""])
def test_a_submission_can_be_taken_back_until_it_is_released(office: Office, step: str) -> None:
    case = office.submit(release_at=LATER)
    case = office.pass_until(case, step) if step else office.pass_all(case)
    services.case_recall(case_id=case.pk, member=member(office.editor), now=EVENING)
    assert stored(case).status == CaseStatus.RECALLED
    assert office.room.closed == [("1", "recalled")]
    assert office.actions()[-1] == "case.recalled"
    assert office.submit().round == 2


def test_what_was_released_cannot_be_taken_back(office: Office) -> None:
    case = office.pass_all(office.submit())
    with pytest.raises(Refusal, match="已发布"):
        services.case_recall(case_id=case.pk, member=member(office.editor), now=LATER)


@pytest.mark.parametrize("act", ["recall", "reject", "withhold", "void"])
def test_a_closed_case_takes_no_more_acts(office: Office, act: str) -> None:
    case = office.pass_until(office.submit(), "secrecy")
    who = member(office.people["secrecy"])
    if act == "recall":
        services.case_recall(case_id=case.pk, member=member(office.editor), now=NOW)
    elif act == "reject":
        services.step_reject(
            case_id=case.pk, step="secrecy", digest=case.digest, remark="改", member=who, now=NOW
        )
    elif act == "withhold":
        services.case_withhold(
            case_id=case.pk, digest=case.digest, code="process_info", reason="讨论稿",
            member=who, now=NOW,
        )  # fmt: skip
    else:
        services.void_active(kind=KIND, subject_id="1", member=member(office.editor), now=NOW)
    for late in (
        lambda: office.approve(case, "secrecy", by=user_with("secrecy_reviewer", office.unit)),
        lambda: services.case_recall(case_id=case.pk, member=member(office.editor), now=NOW),
    ):
        with pytest.raises(Refusal):
            late()
    assert office.room.released == []


def test_an_edit_voids_what_is_open(office: Office) -> None:
    case = office.pass_until(office.submit(), "final")
    editor = member(office.editor)
    with transaction.atomic():
        assert services.void_active(kind=KIND, subject_id="1", member=editor, now=LATER)
        assert not services.void_active(kind=KIND, subject_id="1", member=editor, now=LATER)
    assert (stored(case).status, stored(case).closed_at) == (CaseStatus.VOIDED, LATER)
    assert office.room.closed == [("1", "voided")]
    assert office.actions()[-1] == "case.voided"
    assert office.submit().round == 2


# --- withholding ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", WithholdCode.values)
def test_withholding_registers_ground_reason_and_the_next_look(office: Office, code: str) -> None:
    case = office.pass_until(office.submit(), "secrecy")
    record = services.case_withhold(
        case_id=case.pk, digest=case.digest, code=code, reason=" 属于讨论中的意见 ",
        member=member(office.people["secrecy"]), now=EVENING,
    )  # fmt: skip
    record.refresh_from_db()
    assert (record.code, record.reason, record.unit) == (code, "属于讨论中的意见", office.unit)
    assert (record.subject_kind, record.subject_id, record.title) == (KIND, "1", "稿件")
    assert (record.decided_at, record.next_review_on) == (EVENING, date(2023, 10, 18))
    review = Review.objects.get(verdict=Verdict.WITHHOLD)
    assert (review.code, review.legal_basis) == (code, WithholdCode(code).label)
    assert stored(case).status == CaseStatus.WITHHELD
    assert office.room.closed == [("1", "withheld")]
    assert office.room.released == []
    assert facts.trail(KIND, "1")[-1].action == "review.case.withheld"
    assert facts.trail(KIND, "1")[-1].details["code"] == code


@pytest.mark.parametrize(
    ("code", "reason", "fields"),
    [
        ("", "理由", {"code"}),
        ("other", "理由", {"code"}),
        ("process_info", " ", {"remark"}),
        ("其他", "", {"code", "remark"}),
    ],
)
def test_withholding_needs_one_of_the_seven_grounds_and_a_reason(
    office: Office, code: str, reason: str, fields: set[str]
) -> None:
    case = office.pass_until(office.submit(), "secrecy")
    with pytest.raises(InvalidInput) as refused:
        services.case_withhold(
            case_id=case.pk, digest=case.digest, code=code, reason=reason,
            member=member(office.people["secrecy"]), now=NOW,
        )  # fmt: skip
    assert set(refused.value.fields) == fields
    assert not WithheldRecord.objects.exists()


def test_only_the_secrecy_step_withholds(office: Office) -> None:
    case = office.submit()
    with pytest.raises(Refusal, match="初审"):
        services.case_withhold(
            case_id=case.pk, digest=case.digest, code="process_info", reason="讨论稿",
            member=member(office.people["secrecy"]), now=NOW,
        )  # fmt: skip


def test_the_database_refuses_a_withholding_without_a_ground(office: Office) -> None:
    case = office.submit()
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            case=case, step=Step.SECRECY, digest=case.digest, verdict=Verdict.WITHHOLD,
            person=office.people["secrecy"], decided_at=NOW,
        )  # fmt: skip
