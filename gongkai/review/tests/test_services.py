"""The gate: every transition, every refusal, and the fact each act leaves."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.organisations.access import system_member
from gongkai.review import registry, services
from gongkai.review.enums import CaseStatus, Verdict
from gongkai.review.models import Review, ReviewCase, ReviewStep
from gongkai.review.tests.rooms import KIND, NOW, Office
from tests.factories import give_role, member, user_with

EVENING = NOW + timedelta(hours=11)
LATER = NOW + timedelta(days=1)


def stored(case: ReviewCase) -> ReviewCase:
    return ReviewCase.objects.get(pk=case.pk)


# --- submitting ----------------------------------------------------------------------------------


def test_a_submission_keeps_exactly_what_is_to_be_read(office: Office) -> None:
    office.room.put(
        "1", office.unit, office.editor, title="通知", body="第一段", dates="2022-10-18"
    )
    case = stored(office.submit(note="请尽快"))
    assert case.view == {"title": "通知", "body": "第一段", "dates": "2022-10-18"}
    assert case.digest == services.digest_of(case.view)
    assert (case.title, case.round, case.status) == ("通知", 1, CaseStatus.OPEN)
    assert (case.steps, case.current_step) == (["first", "final", "secrecy"], "first")
    assert (case.authors, case.submitted_by) == ([office.editor.pk], office.editor)
    assert (case.submitted_at, case.note, case.closed_at) == (NOW, "请尽快", None)
    assert office.actions() == ["case.submitted"]


def test_what_is_in_review_cannot_be_submitted_again(office: Office) -> None:
    office.submit()
    with pytest.raises(Refusal, match="已经在审核中"):
        office.submit()
    assert ReviewCase.objects.count() == 1


def test_what_waits_for_its_hour_cannot_be_submitted_again(office: Office) -> None:
    office.pass_all(office.submit(release_at=LATER))
    with pytest.raises(Refusal, match="已经在审核中"):
        office.submit()


def test_the_database_itself_holds_one_active_case_per_record(office: Office) -> None:
    case = office.submit()
    case.pk, case.round = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        case.save()


@pytest.mark.parametrize("hours", [0, -1, -1000])
def test_a_release_time_that_has_passed_is_refused_at_submission(
    office: Office, hours: int
) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.submit(release_at=NOW + timedelta(hours=hours))
    assert "release_at" in refused.value.fields


@pytest.mark.parametrize(("kind", "subject_id"), [("nosuchkind", "1"), (KIND, "999")])
def test_what_does_not_exist_cannot_be_submitted(
    office: Office, kind: str, subject_id: str
) -> None:
    with pytest.raises(NotVisible):
        services.case_submit(
            kind=kind, subject_id=subject_id, member=member(office.editor), now=NOW
        )


def test_a_kind_has_one_room(office: Office) -> None:
    registry.register_reviewable(KIND, office.room)
    with pytest.raises(ValueError, match="already"):
        registry.register_reviewable(KIND, object())  # type: ignore[arg-type]


# --- which steps ---------------------------------------------------------------------------------


def _configure(unit: object, *steps: str) -> None:
    for order, step in enumerate(steps, start=1):
        ReviewStep.objects.create(unit=unit, step=step, order=order)


def test_a_unit_s_own_steps_win_over_the_common_ones(office: Office) -> None:
    _configure(None, "final")
    assert services.steps_for(office.unit) == ("final", "secrecy")
    _configure(office.unit, "first", "second", "final")
    assert services.steps_for(office.unit) == ("first", "second", "final", "secrecy")
    assert services.steps_for(office.other) == ("final", "secrecy")


def test_steps_follow_their_order_and_secrecy_stays_last(office: Office) -> None:
    for step, order in (("secrecy", 1), ("final", 3), ("first", 2)):
        ReviewStep.objects.create(unit=office.unit, step=step, order=order)
    assert services.steps_for(office.unit) == ("first", "final", "secrecy")


def test_a_change_of_steps_does_not_touch_what_is_on_its_way(office: Office) -> None:
    case = office.submit()
    _configure(office.unit, "final")
    office.approve(case, "first")
    assert stored(case).current_step == "final"


# --- approving -----------------------------------------------------------------------------------


def test_the_steps_are_passed_in_order_and_the_last_one_releases(office: Office) -> None:
    case = office.submit()
    office.approve(case, "first", remark="属实")
    assert (stored(case).status, stored(case).current_step) == (CaseStatus.OPEN, "final")
    office.approve(case, "final")
    assert stored(case).current_step == "secrecy"
    assert office.room.released == []
    office.approve(case, "secrecy")
    done = stored(case)
    assert (done.status, done.current_step) == (CaseStatus.RELEASED, "")
    assert done.closed_at == NOW + timedelta(hours=1)
    assert office.room.released == [("1", done.view, f"user:{office.people['secrecy'].pk}")]
    assert office.actions() == [
        "case.submitted", "step.approved", "step.approved", "step.opened", "case.approved",
        "case.released",
    ]  # fmt: skip


def test_each_verdict_keeps_step_digest_person_basis_and_time(office: Office) -> None:
    case = office.submit()
    office.approve(case, "first", remark="  属实  ")
    office.pass_until(case, "first")
    office.approve(case, "final")
    office.approve(case, "secrecy", legal_basis=" 条例第十三条、第十九条 ")
    first, final, secrecy = Review.objects.order_by("id")
    assert [r.step for r in (first, final, secrecy)] == ["first", "final", "secrecy"]
    assert {r.digest for r in (first, final, secrecy)} == {case.digest}
    assert [r.verdict for r in (first, final, secrecy)] == [
        Verdict.APPROVE, Verdict.APPROVE, Verdict.OPEN,
    ]  # fmt: skip
    assert (first.remark, first.person) == ("属实", office.people["first"])
    assert (secrecy.legal_basis, secrecy.person) == (
        "条例第十三条、第十九条",
        office.people["secrecy"],
    )
    assert first.decided_at == NOW + timedelta(hours=1)


def test_a_fact_names_case_round_digest_and_step(office: Office) -> None:
    case = office.submit()
    office.approve(case, "first")
    fact = facts.trail(KIND, "1")[-1]
    assert fact.details["case"] == case.pk
    assert (fact.details["round"], fact.details["step"]) == (1, "first")
    assert fact.details["digest"] == case.digest
    assert (fact.unit_id, fact.actor_key) == (office.unit.pk, f"user:{office.people['first'].pk}")


@pytest.mark.parametrize("basis", ["", "   ", "\n"])
def test_the_secrecy_review_needs_its_legal_basis_article_17(office: Office, basis: str) -> None:
    case = office.pass_until(office.submit(), "secrecy")
    with pytest.raises(InvalidInput) as refused:
        office.approve(case, "secrecy", legal_basis=basis)
    assert "legal_basis" in refused.value.fields
    assert stored(case).current_step == "secrecy"
    assert office.room.released == []


@pytest.mark.parametrize("step", ["second", "final", "secrecy"])
def test_no_step_can_be_decided_before_its_turn(office: Office, step: str) -> None:
    case = office.submit()
    with pytest.raises(Refusal, match="初审") as refused:
        office.approve(case, step)
    assert refused.value.rule == "审核顺序"
    assert not Review.objects.exists()


def test_a_step_cannot_be_decided_twice(office: Office) -> None:
    case = office.submit()
    office.approve(case, "first")
    again = user_with("first_reviewer", office.unit)
    with pytest.raises(Refusal, match="终审"):
        office.approve(case, "first", by=again)


@pytest.mark.parametrize("step", ["", "fourth", "FIRST"])
def test_a_step_that_does_not_exist_is_refused_not_a_crash(office: Office, step: str) -> None:
    case = office.submit()
    with pytest.raises((Refusal, NotVisible)):
        office.approve(case, step, by=office.people["first"])
    with pytest.raises((Refusal, NotVisible)):
        services.step_reject(
            case_id=case.pk, step=step, digest=case.digest, remark="改",
            member=member(office.people["first"]), now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_a_verdict_about_another_content_is_refused(office: Office, digest: str) -> None:
    case = office.submit()
    with pytest.raises(Refusal, match="不是这次送审的内容") as refused:
        office.approve(case, "first", digest=digest)
    assert refused.value.rule == "所审即所发"
    with pytest.raises(Refusal, match="不是这次送审的内容"):
        services.step_reject(
            case_id=case.pk, step="first", digest=digest, remark="改",
            member=member(office.people["first"]), now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("step", ["first", "final", "secrecy"])
def test_what_was_changed_behind_the_gate_cannot_be_approved(office: Office, step: str) -> None:
    case = office.pass_until(office.submit(), step)
    office.room.rewrite("1", body="正文，后来加了一句")
    with pytest.raises(Refusal, match="改动过"):
        office.approve(case, step)
    assert office.room.released == []


def test_exactly_the_approved_content_is_released(office: Office) -> None:
    case = office.submit()
    office.pass_all(case)
    assert services.digest_of(office.room.released[0][1]) == case.digest


def test_when_the_room_cannot_release_the_last_verdict_is_not_given_either(office: Office) -> None:
    def fails(case: ReviewCase) -> None:
        raise OSError("磁盘已满")

    case = office.pass_until(office.submit(), "secrecy")
    office.room.on_release = fails
    with pytest.raises(OSError, match="磁盘"):
        office.approve(case, "secrecy")
    assert (stored(case).status, stored(case).current_step) == (CaseStatus.OPEN, "secrecy")
    assert Review.objects.count() == 2
    assert office.actions()[-1] == "step.approved"


@pytest.mark.parametrize("case_id", [0, 10**6])
def test_a_case_that_does_not_exist_is_not_visible(office: Office, case_id: int) -> None:
    for call in (
        lambda: services.step_approve(
            case_id=case_id, step="first", digest="", member=member(office.editor), now=NOW
        ),
        lambda: services.case_recall(case_id=case_id, member=member(office.editor), now=NOW),
    ):
        with pytest.raises(NotVisible):
            call()


# --- four eyes -----------------------------------------------------------------------------------


def test_an_author_cannot_approve_own_work_whatever_the_roles(office: Office) -> None:
    author = user_with("first_reviewer", office.unit)
    office.room.put("1", office.unit, office.editor, author)
    with pytest.raises(PermissionRefused, match="撰写或送审") as refused:
        office.approve(office.submit(), "first", by=author)
    assert refused.value.rule.startswith("四眼原则")


def test_who_submitted_cannot_approve(office: Office) -> None:
    give_role(office.people["first"], "editor", office.unit)
    case = office.submit(by=office.people["first"])
    with pytest.raises(PermissionRefused, match="撰写或送审"):
        office.approve(case, "first")


@pytest.mark.parametrize("act", ["approve", "reject", "withhold"])
def test_four_eyes_bind_every_kind_of_verdict(office: Office, act: str) -> None:
    give_role(office.editor, "secrecy_reviewer", office.unit)
    case = office.pass_until(office.submit(), "secrecy")
    who, now = member(office.editor), NOW
    with pytest.raises(PermissionRefused, match="撰写或送审"):
        if act == "approve":
            office.approve(case, "secrecy", by=office.editor)
        elif act == "reject":
            services.step_reject(
                case_id=case.pk,
                step="secrecy",
                digest=case.digest,
                remark="改",
                member=who,
                now=now,
            )
        else:
            services.case_withhold(
                case_id=case.pk, digest=case.digest, code="state_secret", reason="涉密",
                member=who, now=now,
            )  # fmt: skip


def test_a_superuser_who_wrote_it_cannot_approve_it(office: Office) -> None:
    root = user_with("editor", office.unit, superuser=True)
    for role in ("first_reviewer", "final_reviewer", "secrecy_reviewer"):
        give_role(root, role, office.unit)
    office.room.put("1", office.unit, root)
    case = office.submit(by=root)
    with pytest.raises(PermissionRefused):
        office.approve(case, "first", by=root)


def test_a_superuser_without_a_role_does_not_even_see_it(office: Office) -> None:
    from tests.factories import UserFactory

    root = UserFactory(superuser=True)
    with pytest.raises(NotVisible):
        office.approve(office.submit(), "first", by=root)


def test_one_person_cannot_decide_two_steps_of_one_submission(office: Office) -> None:
    both = office.people["first"]
    give_role(both, "final_reviewer", office.unit)
    case = office.submit()
    office.approve(case, "first")
    with pytest.raises(PermissionRefused, match="另一步"):
        office.approve(case, "final", by=both)


def test_the_next_submission_may_be_decided_by_the_same_people(office: Office) -> None:
    case = office.pass_until(office.submit(), "final")
    services.step_reject(
        case_id=case.pk, step="final", digest=case.digest, remark="改标题",
        member=member(office.people["final"]), now=NOW,
    )  # fmt: skip
    office.room.rewrite("1", title="改好的标题")
    assert office.pass_all(office.submit()).status == CaseStatus.RELEASED


def test_a_job_of_the_system_cannot_give_a_verdict(office: Office) -> None:
    case = office.submit()
    with pytest.raises(NotVisible):
        services.step_approve(
            case_id=case.pk, step="first", digest=case.digest, member=system_member("tick"), now=NOW
        )


def test_a_role_that_ended_yesterday_no_longer_counts(office: Office) -> None:
    from tests.factories import UserFactory

    gone = UserFactory()
    give_role(gone, "first_reviewer", office.unit, valid_to=date(2022, 10, 17))
    with pytest.raises(NotVisible):
        office.approve(office.submit(), "first", by=gone)
