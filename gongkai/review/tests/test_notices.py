"""Whom the gate tells what, and that nothing unpublished stands where it may be mailed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import resolve

from gongkai.core import outbox
from gongkai.messaging.models import MailSettings, Message
from gongkai.organisations.access import system_member
from gongkai.organisations.models import User
from gongkai.review import consulting, notices, services
from gongkai.review.enums import CaseStatus
from gongkai.review.models import ReviewCase
from gongkai.review.tests.rooms import NOW, Office
from tests.factories import give_role, member, user_with

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
TITLE = "未公开标题甲"


@pytest.fixture(autouse=True)
def titled(office: Office) -> None:
    office.room.put("1", office.unit, office.editor, title=TITLE)


def told(kind: str, *, unread: bool = False) -> set[int]:
    rows = Message.objects.filter(kind=kind)
    if unread:
        rows = rows.filter(read_at=None)
    return set(rows.values_list("recipient_id", flat=True))


def last(kind: str) -> Message:
    row = Message.objects.filter(kind=kind).last()
    assert row is not None
    return row


# --- the steps ----------------------------------------------------------------------------------


def test_a_submission_waits_for_the_reviewers_of_its_first_step(office: Office) -> None:
    second = user_with("first_reviewer", office.unit)
    user_with("first_reviewer", office.other)
    case = office.submit()
    assert told(notices.WAITING) == {office.people["first"].pk, second.pk}
    row = last(notices.WAITING)
    assert row.title == "一条信息等您初审" and row.body == f"《{TITLE}》"
    assert row.url == f"/desk/review/{case.pk}/" and resolve(row.url)
    assert (row.subject_kind, row.subject_id) == (case.subject_kind, case.subject_id)


def test_each_approval_settles_the_step_and_calls_the_next(office: Office) -> None:
    second = user_with("first_reviewer", office.unit)
    case = office.submit()
    for step, following in (("first", "final"), ("final", "secrecy")):
        office.approve(case, step)
        assert told(notices.WAITING, unread=True) == {office.people[following].pk}
    office.approve(case, "secrecy")
    assert told(notices.WAITING, unread=True) == set()
    assert second.pk in told(notices.WAITING), "the colleague was told, and no longer is waited for"


def test_who_wrote_it_is_not_called_to_review_it(office: Office) -> None:
    """四眼原则：撰稿人、送审人不审自己的稿件."""
    give_role(office.editor, "first_reviewer", office.unit)
    author = user_with("first_reviewer", office.unit)
    office.room.put("1", office.unit, office.editor, author, title=TITLE)
    office.submit()
    assert told(notices.WAITING) == {office.people["first"].pk}


def test_who_approved_is_not_told_of_the_next_step(office: Office) -> None:
    give_role(office.people["first"], "final_reviewer", office.unit)
    case = office.submit()
    office.approve(case, "first")
    assert office.people["first"].pk not in told(notices.WAITING, unread=True)


def test_a_return_is_told_to_everybody_who_wrote_on_it(office: Office) -> None:
    author = user_with("editor", office.unit)
    office.room.put("1", office.unit, office.editor, author, title=TITLE)
    case = office.submit()
    services.step_reject(
        case_id=case.pk, step="first", digest=case.digest, remark="请补充附件",
        member=member(office.people["first"]), now=LATER,
    )  # fmt: skip
    assert told(notices.RETURNED) == {office.editor.pk, author.pk}
    row = last(notices.RETURNED)
    assert row.title == "您送审的信息在初审被退回修改"
    assert TITLE in row.body and "请补充附件" in row.body
    assert told(notices.WAITING, unread=True) == set()


def test_what_is_withheld_is_told_without_its_title(office: Office) -> None:
    case = office.pass_until(office.submit(), "secrecy")
    services.case_withhold(
        case_id=case.pk, digest=case.digest, code="state_secret", reason="定密",
        member=member(office.people["secrecy"]), now=LATER,
    )  # fmt: skip
    assert told(notices.WITHHELD) == {office.editor.pk}
    row = last(notices.WITHHELD)
    assert TITLE not in row.title and "定密" not in row.title + row.body
    assert told(notices.WAITING, unread=True) == set()


@pytest.mark.parametrize("how", ["recall", "void"])
def test_a_submission_taken_back_waits_for_nobody(office: Office, how: str) -> None:
    case = office.submit()
    if how == "recall":
        services.case_recall(case_id=case.pk, member=member(office.editor), now=LATER)
    else:
        services.void_active(
            kind=case.subject_kind, subject_id="1", member=member(office.editor), now=LATER
        )
    assert told(notices.WAITING, unread=True) == set()


def test_a_second_round_calls_the_reviewers_again(office: Office) -> None:
    case = office.submit()
    services.case_recall(case_id=case.pk, member=member(office.editor), now=LATER)
    office.submit(now=LATER)
    assert Message.objects.filter(recipient=office.people["first"], read_at=None).count() == 1
    assert Message.objects.filter(recipient=office.people["first"]).count() == 2


# --- scheduled release --------------------------------------------------------------------------


def scheduled(office: Office) -> ReviewCase:
    return office.pass_all(office.submit(release_at=NOW + timedelta(days=2)))


def test_the_last_approval_of_a_scheduled_release_tells_the_writers_the_hour(
    office: Office,
) -> None:
    scheduled(office)
    assert told(notices.APPROVED) == {office.editor.pk}
    assert "2022-10-20 09:00" in last(notices.APPROVED).body


def test_an_immediate_release_is_not_announced_as_waiting(office: Office) -> None:
    office.pass_all(office.submit())
    assert told(notices.APPROVED) == set()


def tick(days: int = 2, minutes: int = 1) -> int:
    return services.due_release(
        member=system_member("tick"), now=NOW + timedelta(days=days, minutes=minutes)
    )


def test_a_release_stopped_by_a_change_is_told_to_writers_and_final_reviewers(
    office: Office,
) -> None:
    case = scheduled(office)
    office.room.rewrite("1", body="改动")
    assert tick() == 0
    case.refresh_from_db()
    assert case.status == CaseStatus.VOIDED
    assert told(notices.FAILED) == {office.editor.pk, office.people["final"].pk}
    assert "定时发布已取消" in last(notices.FAILED).title


def test_a_release_that_fails_is_told_once_however_often_it_is_tried(office: Office) -> None:
    scheduled(office)

    def broken(case: ReviewCase) -> None:
        raise ConnectionError("库存不足")

    office.room.on_release = broken
    assert (tick(), tick(minutes=2), tick(minutes=3)) == (0, 0, 0)
    assert Message.objects.filter(kind=notices.FAILED).count() == 2
    assert "库存不足" not in last(notices.FAILED).body
    office.room.on_release = lambda case: None
    assert tick(minutes=4) == 1


# --- consultations (条例第十一条) -----------------------------------------------------------------


@pytest.fixture
def neighbour(office: Office) -> User:
    return user_with("final_reviewer", office.other)


def ask(office: Office, case: ReviewCase) -> Any:
    (row,) = consulting.consultation_ask(
        case_id=case.pk, units=[office.other], question="数据是否一致",
        member=member(office.editor), now=NOW,
    )  # fmt: skip
    return row


def test_a_consulted_organ_hears_who_asks_and_the_asker_hears_the_answer(
    office: Office, neighbour: User
) -> None:
    editor_there = user_with("editor", office.other)
    case = office.submit()
    row = ask(office, case)
    ask(office, case)
    assert told(notices.ASKED) == {neighbour.pk} != {editor_there.pk}
    message = last(notices.ASKED)
    assert message.title == "市财政局就一条拟公开的信息征求您单位意见"
    assert "数据是否一致" in message.body and TITLE in message.body
    assert message.url == f"/desk/review/consultations/{row.pk}/"
    consulting.consultation_answer(
        consultation_id=row.pk,
        agrees=False,
        opinion="口径不同",
        member=member(neighbour),
        now=LATER,
    )
    assert told(notices.ASKED, unread=True) == set()
    assert told(notices.ANSWERED) == {office.editor.pk}
    answer = last(notices.ANSWERED)
    assert "不同意公开" in answer.body and "口径不同" not in answer.title


def test_a_consultation_of_an_ended_case_waits_for_nobody(office: Office, neighbour: User) -> None:
    case = office.submit()
    ask(office, case)
    services.case_recall(case_id=case.pk, member=member(office.editor), now=LATER)
    assert told(notices.ASKED, unread=True) == set()


# --- nothing unpublished is mailed --------------------------------------------------------------


def everything(office: Office, neighbour: User) -> None:
    case = office.submit()
    row = ask(office, case)
    consulting.consultation_answer(
        consultation_id=row.pk, agrees=True, opinion="无意见", member=member(neighbour), now=NOW
    )
    services.step_reject(
        case_id=case.pk, step="first", digest=case.digest, remark="机密意见",
        member=member(office.people["first"]), now=NOW,
    )  # fmt: skip
    office.room.rewrite("1", body="改过的正文")
    case = office.pass_until(office.submit(), "secrecy")
    services.case_withhold(
        case_id=case.pk, digest=case.digest, code="state_secret", reason="机密理由",
        member=member(office.people["secrecy"]), now=NOW,
    )  # fmt: skip


def test_no_mail_of_the_gate_holds_a_title_a_text_or_a_remark(
    office: Office, neighbour: User
) -> None:
    """What has not passed the secrecy review must not leave the platform (条例第十七条)."""
    for user in User.objects.all():
        user.email = f"{user.username}@mail.example"
        user.save(update_fields=["email"])
        MailSettings.objects.create(user=user, verified_at=NOW)
        for kind in (
            notices.WAITING, notices.RETURNED, notices.WITHHELD, notices.ASKED, notices.ANSWERED,
        ):  # fmt: skip
            user.notice_settings.create(kind=kind, channel="at_once")
    sent: list[str] = []
    everything(office, neighbour)
    Message.objects.update(read_at=None)  # so that none is dropped as read already
    while outbox.run(now=LATER):
        pass
    sent = [f"{m.subject}\n{m.body}" for m in mail.outbox]
    assert len(sent) >= 8
    for words in (TITLE, "正文", "机密意见", "机密理由", "数据是否一致", "无意见"):
        assert not any(words in text for text in sent), words


# --- what it costs ------------------------------------------------------------------------------


def test_telling_costs_the_same_however_many_reviewers(
    office: Office, django_assert_max_num_queries: Any
) -> None:
    def count(act: Callable[[], Any]) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as found:
            act()
        return len(found)

    few = count(lambda: office.submit())
    for _ in range(20):
        user_with("first_reviewer", office.unit)
    office.room.put("2", office.unit, office.editor, title="另一件")
    many = count(lambda: office.submit("2"))
    assert many == few
    assert Message.objects.filter(kind=notices.WAITING).count() == 1 + 21
