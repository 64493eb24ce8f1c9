"""What one round means for the next: no unchanged repeats, consultations that still hold."""

from datetime import timedelta

import pytest

from gongkai.core import facts
from gongkai.core.errors import Refusal
from gongkai.review import consulting, evaluating, selectors, services
from gongkai.review.models import Consultation, ReviewCase
from gongkai.review.tests.rooms import KIND, NOW, Office
from tests.factories import member, user_with

LATER = NOW + timedelta(days=1)


def reject(office: Office, case: ReviewCase, remark: str = "请核对金额") -> None:
    services.step_reject(
        case_id=case.pk, step=case.current_step, digest=case.digest, remark=remark,
        member=member(office.people[case.current_step]), now=LATER,
    )  # fmt: skip


def withhold(office: Office, case: ReviewCase, reason: str = "讨论稿") -> None:
    case = office.pass_until(case, "secrecy")
    services.case_withhold(
        case_id=case.pk, digest=case.digest, code="process_info", reason=reason,
        member=member(office.people["secrecy"]), now=LATER,
    )  # fmt: skip


# --- the same again ------------------------------------------------------------------------------


def test_what_was_sent_back_is_not_submitted_again_unchanged(office: Office) -> None:
    reject(office, office.submit())
    with pytest.raises(Refusal, match="没有改动") as refused:
        office.submit(now=LATER)
    assert "请核对金额" in refused.value.reason
    assert "初审" in refused.value.reason
    assert ReviewCase.objects.count() == 1


def test_one_changed_word_is_enough_to_submit_again(office: Office) -> None:
    reject(office, office.submit())
    office.room.rewrite("1", body="正文。")
    assert office.submit(now=LATER).round == 2


def test_the_last_rejection_counts_not_the_one_before(office: Office) -> None:
    reject(office, office.submit())
    office.room.rewrite("1", body="第二稿")
    reject(office, office.submit(now=LATER), "还是改回第一稿")
    with pytest.raises(Refusal, match="改回第一稿"):
        office.submit(now=LATER)
    office.room.rewrite("1", body="正文")
    assert office.submit(now=LATER).round == 3


def test_a_round_taken_back_in_between_does_not_wash_a_rejection_away(office: Office) -> None:
    reject(office, office.submit())
    office.room.rewrite("1", body="第二稿")
    case = office.submit(now=LATER)
    services.case_recall(case_id=case.pk, member=member(office.editor), now=LATER)
    office.room.rewrite("1", body="正文")
    with pytest.raises(Refusal, match="没有改动"):
        office.submit(now=LATER)


def test_after_a_release_an_old_rejection_is_history(office: Office) -> None:
    reject(office, office.submit())
    office.room.rewrite("1", body="第二稿")
    office.pass_all(office.submit(now=LATER))
    office.room.rewrite("1", body="正文")
    assert office.submit(now=LATER).round == 3


def test_what_was_taken_back_may_be_submitted_again_as_it_is(office: Office) -> None:
    case = office.submit()
    services.case_recall(case_id=case.pk, member=member(office.editor), now=LATER)
    assert office.submit(now=LATER).round == 2


def test_withheld_content_comes_back_only_changed_or_evaluated_article_18(office: Office) -> None:
    withhold(office, office.submit(), "属于讨论中的意见")
    with pytest.raises(Refusal, match="属于讨论中的意见") as refused:
        office.submit(now=LATER)
    assert "第十八条" in refused.value.rule
    assert "过程性信息" in refused.value.reason
    assert "重新评估" in refused.value.remedy
    office.room.rewrite("1", body="删去讨论意见")
    assert office.submit(now=LATER).round == 2


def test_withheld_content_does_not_come_back_after_another_version_was_released(
    office: Office,
) -> None:
    withhold(office, office.submit())
    office.room.rewrite("1", body="删去讨论意见")
    office.pass_all(office.submit(now=LATER))
    office.room.rewrite("1", body="正文")
    with pytest.raises(Refusal, match="不予公开"):
        office.submit(now=LATER)


def test_both_withheld_versions_stay_barred(office: Office) -> None:
    withhold(office, office.submit(), "第一次的理由")
    office.room.rewrite("1", body="第二稿")
    withhold(office, office.submit(now=LATER), "第二次的理由")
    with pytest.raises(Refusal, match="第二次的理由"):
        office.submit(now=LATER)
    office.room.rewrite("1", body="正文")
    with pytest.raises(Refusal, match="第一次的理由"):
        office.submit(now=LATER)


def test_an_evaluation_lets_the_same_content_through(office: Office) -> None:
    withhold(office, office.submit())
    record = ReviewCase.objects.get().withheld
    made = evaluating.evaluation_propose(
        record_id=record.pk, outcome="release", reason="讨论已经结束",
        member=member(office.people["secrecy"]), now=LATER,
    )  # fmt: skip
    with pytest.raises(Refusal):
        office.submit(now=LATER)
    evaluating.evaluation_confirm(
        evaluation_id=made.pk, member=member(office.people["final"]), now=LATER
    )
    assert office.submit(now=LATER).round == 2


# --- consultations -------------------------------------------------------------------------------


def asked(office: Office, case: ReviewCase, question: str = "附件二能否公开") -> Consultation:
    return consulting.consultation_ask(
        case_id=case.pk, units=[office.other], question=question, now=NOW,
        member=member(office.people["first"]),
    )[0]  # fmt: skip


def answer(office: Office, row: Consultation, agrees: bool = True, opinion: str = "") -> None:
    consulting.consultation_answer(
        consultation_id=row.pk, agrees=agrees, opinion=opinion, now=NOW + timedelta(hours=2),
        member=member(user_with("final_reviewer", office.other)),
    )  # fmt: skip


def test_an_answer_holds_on_while_title_body_and_attachments_are_the_same(office: Office) -> None:
    case = office.submit()
    old = asked(office, case)
    answer(office, old, opinion="请用全称")
    reject(office, ReviewCase.objects.get(pk=case.pk))
    office.room.rewrite("1", summary="概述改了")
    again = office.submit(now=LATER)
    row = again.consultations.get()
    assert (row.carried, row.agrees, row.opinion) == (True, True, "请用全称")
    assert (row.previous, row.asked_at, row.question) == (old, NOW, "附件二能否公开")
    assert row.answered_by == Consultation.objects.get(pk=old.pk).answered_by
    assert office.actions()[-1] == "consultation.carried"
    office.pass_all(again)
    assert len(office.room.released) == 1


@pytest.mark.parametrize(
    "change", [{"body": "正文改了"}, {"title": "题目改了"}, {"attachments": [{"sha256": "a"}]}]
)
def test_another_text_is_asked_about_again_and_blocks_article_11(
    office: Office, change: dict[str, object]
) -> None:
    case = office.submit()
    old = asked(office, case)
    answer(office, old, opinion="同意第一稿")
    reject(office, ReviewCase.objects.get(pk=case.pk))
    office.room.rewrite("1", **change)
    again = office.submit(now=LATER)
    row = again.consultations.get()
    assert (row.carried, row.agrees, row.opinion) == (False, None, "")
    assert (row.previous, row.asked_at) == (old, LATER)
    assert row.previous.opinion == "同意第一稿"
    assert facts.trail(KIND, "1")[-1].details["again"] is True
    with pytest.raises(Refusal, match="第十一条"):
        office.pass_all(again)
    answer(office, row)
    office.approve(again, "secrecy")
    assert len(office.room.released) == 1


def test_an_objection_and_its_settlement_hold_on_too(office: Office) -> None:
    case = office.submit()
    row = asked(office, case)
    answer(office, row, agrees=False, opinion="单价不能公开")
    consulting.consultation_settle(
        consultation_id=row.pk, settlement="不公开单价", now=NOW,
        member=member(office.people["final"]),
    )  # fmt: skip
    services.case_recall(case_id=case.pk, member=member(office.editor), now=LATER)
    again = office.submit(now=LATER)
    kept = again.consultations.get()
    assert (kept.agrees, kept.settlement, kept.blocks) == (False, "不公开单价", False)


def test_an_unsettled_objection_still_blocks_in_the_next_round(office: Office) -> None:
    case = office.submit()
    answer(office, asked(office, case), agrees=False, opinion="单价不能公开")
    services.case_recall(case_id=case.pk, member=member(office.editor), now=LATER)
    again = office.submit(now=LATER)
    assert again.consultations.get().blocks
    with pytest.raises(Refusal, match="第十一条"):
        office.pass_all(again)


def test_who_had_not_answered_is_asked_again_in_the_new_round_only(office: Office) -> None:
    case = office.submit()
    old = asked(office, case)
    services.case_recall(case_id=case.pk, member=member(office.editor), now=LATER)
    again = office.submit(now=LATER)
    assert again.consultations.get().agrees is None
    reader = member(user_with("final_reviewer", office.other))
    assert list(selectors.consultations_for(reader)) == [again.consultations.get()]
    with pytest.raises(Refusal, match="已经结束"):
        answer(office, old)


def test_an_answer_given_before_a_release_is_not_carried_into_the_next_change(
    office: Office,
) -> None:
    case = office.submit()
    answer(office, asked(office, case))
    office.pass_all(case)
    office.room.rewrite("1", summary="新的概述")
    assert not office.submit(now=LATER).consultations.exists()
