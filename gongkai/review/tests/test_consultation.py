"""Other organs concerned are asked before release (条例第十一条), and their answer counts."""

from datetime import timedelta

import pytest

from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.review import consulting, services
from gongkai.review.models import Consultation, ReviewCase
from gongkai.review.tests.rooms import NOW, Office
from tests.factories import member, user_with


def _ready(office: Office) -> tuple[ReviewCase, Consultation]:
    case = office.submit()
    asked = consulting.consultation_ask(
        case_id=case.pk, units=[office.other], question="附件二能否公开", now=NOW,
        member=member(office.people["first"]),
    )[0]  # fmt: skip
    return office.pass_until(case, "secrecy"), asked


def _answer(office: Office, asked: Consultation, *, agrees: bool, opinion: str = "") -> None:
    consulting.consultation_answer(
        consultation_id=asked.pk, agrees=agrees, opinion=opinion, now=NOW + timedelta(hours=2),
        member=member(user_with("final_reviewer", office.other)),
    )  # fmt: skip


def test_release_waits_for_the_answer_article_11(office: Office) -> None:
    case, asked = _ready(office)
    with pytest.raises(Refusal, match=office.other.short_name) as refused:
        office.approve(case, "secrecy")
    assert "第十一条" in refused.value.rule
    assert office.room.released == []
    _answer(office, asked, agrees=True)
    office.approve(case, "secrecy")
    assert len(office.room.released) == 1


def test_an_objection_blocks_until_it_is_settled(office: Office) -> None:
    case, asked = _ready(office)
    _answer(office, asked, agrees=False, opinion="附件二含商业秘密")
    with pytest.raises(Refusal, match=office.other.short_name):
        office.approve(case, "secrecy")
    consulting.consultation_settle(
        consultation_id=asked.pk, settlement="附件二不公开单价", now=NOW + timedelta(hours=3),
        member=member(office.people["final"]),
    )  # fmt: skip
    office.approve(case, "secrecy")
    assert len(office.room.released) == 1
    assert [a for a in office.actions() if "consultation" in a] == [
        "consultation.asked", "consultation.answered", "consultation.settled",
    ]  # fmt: skip


def test_waiting_for_an_answer_does_not_hinder_the_earlier_steps_or_a_rejection(
    office: Office,
) -> None:
    case, _ = _ready(office)
    services.step_reject(
        case_id=case.pk, step="secrecy", digest=case.digest, remark="先等回复", now=NOW,
        member=member(office.people["secrecy"]),
    )  # fmt: skip
    assert ReviewCase.objects.get().status == "rejected"


def test_the_answer_keeps_who_and_when_and_stands(office: Office) -> None:
    _, asked = _ready(office)
    _answer(office, asked, agrees=False, opinion=" 含商业秘密 ")
    asked.refresh_from_db()
    assert (asked.agrees, asked.opinion) == (False, "含商业秘密")
    assert asked.answered_by is not None
    assert asked.answered_at == NOW + timedelta(hours=2)
    with pytest.raises(Refusal, match="已经回复"):
        _answer(office, asked, agrees=True)


def test_an_objection_needs_its_grounds(office: Office) -> None:
    _, asked = _ready(office)
    with pytest.raises(InvalidInput):
        _answer(office, asked, agrees=False, opinion=" ")
    asked.refresh_from_db()
    assert asked.agrees is None


@pytest.mark.parametrize("agrees", [None, True])
def test_only_an_objection_can_be_settled(office: Office, agrees: bool | None) -> None:
    _, asked = _ready(office)
    if agrees:
        _answer(office, asked, agrees=True)
    with pytest.raises(Refusal, match="没有提出不同意见"):
        consulting.consultation_settle(
            consultation_id=asked.pk, settlement="已协商", now=NOW,
            member=member(office.people["final"]),
        )  # fmt: skip


def test_a_settlement_says_what_was_agreed(office: Office) -> None:
    _, asked = _ready(office)
    _answer(office, asked, agrees=False, opinion="含商业秘密")
    with pytest.raises(InvalidInput):
        consulting.consultation_settle(
            consultation_id=asked.pk, settlement="  ", now=NOW,
            member=member(office.people["final"]),
        )  # fmt: skip


def test_an_organ_is_asked_once_and_the_second_asking_leaves_no_fact(office: Office) -> None:
    case, asked = _ready(office)
    again = consulting.consultation_ask(
        case_id=case.pk, units=[office.other], question="再问一次", now=NOW,
        member=member(office.editor),
    )  # fmt: skip
    assert [c.pk for c in again] == [asked.pk]
    assert office.actions().count("consultation.asked") == 1


@pytest.mark.parametrize("problem", ["no unit", "no question", "own unit"])
def test_asking_needs_units_other_than_the_own_and_a_question(office: Office, problem: str) -> None:
    case = office.submit()
    units = {"no unit": [], "no question": [office.other], "own unit": [office.other, office.unit]}
    with pytest.raises(InvalidInput):
        consulting.consultation_ask(
            case_id=case.pk, units=units[problem], now=NOW, member=member(office.editor),
            question="" if problem == "no question" else "能否公开",
        )  # fmt: skip
    assert not Consultation.objects.exists()


def test_nothing_is_asked_about_what_is_no_longer_in_review(office: Office) -> None:
    case = office.pass_all(office.submit())
    with pytest.raises(Refusal, match="审核中"):
        consulting.consultation_ask(
            case_id=case.pk, units=[office.other], question="能否公开", now=NOW,
            member=member(office.editor),
        )  # fmt: skip


def test_answering_does_not_let_the_consulted_organ_decide(office: Office) -> None:
    case, _ = _ready(office)
    with pytest.raises(NotVisible):
        office.approve(case, "secrecy", by=user_with("secrecy_reviewer", office.other))


@pytest.mark.parametrize("what", ["answer", "settle"])
def test_a_consultation_that_does_not_exist_is_not_visible(office: Office, what: str) -> None:
    who = member(office.people["final"])
    with pytest.raises(NotVisible):
        if what == "answer":
            consulting.consultation_answer(
                consultation_id=10**6, agrees=True, opinion="", member=who, now=NOW
            )
        else:
            consulting.consultation_settle(
                consultation_id=10**6, settlement="x", member=who, now=NOW
            )
