"""Timer jobs: reminders of due dates, the daily digest, effects that failed for good."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from gongkai.core import outbox
from gongkai.core.clock import at
from gongkai.core.models import CalendarDay, OutboxMessage
from gongkai.messaging import digests, failures, reminders
from gongkai.messaging.audience import holders, people
from gongkai.messaging.models import MailSettings, Message
from gongkai.messaging.registry import DueItem, due_kind, notice_kind, register_due_source
from gongkai.messaging.tests.conftest import KIND, NOW, SILENT, inbox_of, tell, with_mail
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from tests.factories import DAY, City, UserFactory, user_with

pytestmark = pytest.mark.django_db
THREE_AHEAD = date(2022, 10, 21)
"""A Friday, three working days after Tuesday the 18th."""


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> None:
    settings.BASE_URL = "https://gk.example"


def source_of(*items: DueItem) -> None:
    def found(today: date, until: date) -> Iterator[DueItem]:
        yield from items

    register_due_source("test.things", "测试事项", found)


def thing(user: User, due: date, key: str = "1") -> DueItem:
    return DueItem(people(user.pk), f"事项{key}", "/desk/ledger/mine/", due, key)


def titles(user: User) -> list[str]:
    return list(
        Message.objects.filter(recipient=user).order_by("id").values_list("title", flat=True)
    )


# --- reminders ----------------------------------------------------------------------------------


def test_each_stage_is_told_once(city: City) -> None:
    person = UserFactory()
    source_of(thing(person, THREE_AHEAD))
    for day in range(17, 29):
        for hour in (8, 12):
            reminders.remind(at(date(2022, 10, day), hour))
    assert titles(person) == ["快到期：事项1", "今天到期：事项1", "已逾期：事项1"]
    days = [m.created_at.date().day for m in Message.objects.order_by("id")]
    assert days == [18, 21, 22]
    assert {m.due for m in Message.objects.all()} == {THREE_AHEAD}
    assert {m.kind for m in Message.objects.all()} == {due_kind("test.things")}


def test_three_working_days_ahead_skips_the_holiday(city: City) -> None:
    """2022 年国庆假期为 10 月 1 日至 7 日，10 月 8 日、9 日上班（国办发明电〔2021〕11号）."""
    assert reminders.soon(date(2022, 9, 29)) == date(2022, 10, 9)
    CalendarDay.objects.create(day=date(2022, 10, 19), kind="holiday", name="测试", source="测试")
    assert reminders.soon(DAY) == date(2022, 10, 24)


def test_a_day_that_was_missed_is_made_up_for_by_the_next_run(city: City) -> None:
    person = UserFactory()
    source_of(thing(person, THREE_AHEAD))
    reminders.remind(at(date(2022, 10, 20), 8))
    assert titles(person) == ["快到期：事项1"]
    reminders.remind(at(date(2022, 10, 25), 8))
    assert titles(person) == ["快到期：事项1", "已逾期：事项1"]


def test_a_moved_date_is_announced_anew(city: City) -> None:
    person = UserFactory()
    source_of(thing(person, DAY))
    reminders.remind(NOW)
    source_of(thing(person, THREE_AHEAD))
    reminders.remind(NOW + timedelta(days=1))
    assert titles(person) == ["今天到期：事项1", "快到期：事项1"]


def test_what_is_done_or_far_off_or_long_past_is_not_told(city: City) -> None:
    person = UserFactory()
    source_of(thing(person, date(2022, 10, 24)), thing(person, date(2022, 1, 1), "2"))
    assert reminders.remind(NOW) == 0
    source_of()
    assert reminders.remind(NOW + timedelta(days=1)) == 0


def test_a_reminder_reaches_whoever_holds_the_post_that_day(city: City) -> None:
    editor = user_with(Role.EDITOR, city.bureau_a)
    source_of(DueItem(holders(city.bureau_a, Role.EDITOR), "事项", "/desk/", DAY, "1"))
    assert reminders.remind(NOW) == 1
    assert inbox_of(editor) == ["今天到期：事项"]
    assert Message.objects.get().due == DAY


def test_a_source_that_fails_is_asked_again_and_holds_up_no_other(city: City) -> None:
    person, other = UserFactory(), UserFactory()
    register_due_source("test.others", "别的事项", lambda today, until: [thing(other, DAY)])

    def broken(today: date, until: date) -> Iterable[DueItem]:
        yield thing(person, DAY)
        raise LookupError

    register_due_source("test.things", "测试事项", broken)
    assert reminders.remind(NOW) == 1
    assert (titles(person), titles(other)) == ([], ["今天到期：事项1"])
    with_mail(other)
    assert run(at(DAY, 8)) == 1, "the digest goes out without the room that fails"
    source_of(thing(person, DAY))
    assert reminders.remind(NOW + timedelta(minutes=1)) == 1


def test_the_second_run_of_a_day_costs_one_statement(
    city: City, django_assert_num_queries: Any
) -> None:
    source_of(thing(UserFactory(), DAY))
    reminders.remind(NOW)
    with django_assert_num_queries(1):
        assert reminders.remind(NOW + timedelta(hours=1)) == 0


def test_a_due_source_is_urgent_by_default() -> None:
    source_of()
    kind = notice_kind(due_kind("test.things"))
    assert (kind.label, kind.urgent) == ("到期提醒：测试事项", True)


# --- digests ------------------------------------------------------------------------------------


def run(moment: datetime) -> int:
    """The timer once: how many digests it asked for; what was asked is sent."""
    asked = digests.queue(moment)
    outbox.run(now=moment)
    return asked


def test_one_digest_a_day_at_the_persons_hour(city: City) -> None:
    early, late = with_mail(UserFactory(), hour=8), with_mail(UserFactory(), hour=17)
    tell(early, late)
    assert run(at(DAY, 7, 59)) == 0
    assert run(at(DAY, 8)) == 1
    assert run(at(DAY, 12)) == 0
    assert run(at(DAY, 18)) == 1, "a run that comes late still sends"
    assert [m.to for m in mail.outbox] == [[early.email], [late.email]]
    assert run(at(date(2022, 10, 19), 8)) == 1, "what still waits is in tomorrow's digest"


def test_a_digest_says_what_waits_by_kind_and_nothing_of_the_content(city: City) -> None:
    reader = with_mail(UserFactory())
    for number in range(5):
        tell(reader, key=str(number), title=f"第{number}件", body="《未公开标题》")
    tell(reader, kind=SILENT, title="只在站内的事")
    run(at(DAY, 8))
    (sent,) = mail.outbox
    assert sent.subject == "【政务公开】10月18日汇总：5 条未读消息"
    assert "普通提醒：5 条" in sent.body and "另有 2 条" in sent.body
    assert "第4件" in sent.body and "第0件" not in sent.body
    assert "未公开标题" not in sent.body and "只在站内的事" not in sent.body
    assert "https://gk.example/desk/messages/\n" in sent.body


def test_a_digest_lists_what_is_due_in_three_working_days_or_overdue(city: City) -> None:
    reader = with_mail(user_with(Role.EDITOR, city.bureau_a))
    other = with_mail(UserFactory())
    editors = holders(city.bureau_a, Role.EDITOR)
    source_of(
        DueItem(editors, "三天内的", "/desk/a/", THREE_AHEAD, "1"),
        DueItem(editors, "更晚的", "/desk/b/", date(2022, 10, 24), "2"),
        DueItem(editors, "逾期的", "/desk/c/", date(2022, 10, 17), "3"),
        DueItem(editors, "早已过去的", "/desk/d/", date(2022, 1, 1), "4"),
    )
    assert run(at(DAY, 8)) == 1
    (sent,) = mail.outbox
    assert sent.to == [reader.email] != [other.email]
    assert "2 件事到期或快到期" in sent.subject
    assert "https://gk.example/desk/a/" in sent.body
    assert sent.body.index("逾期的") < sent.body.index("三天内的")
    assert "更晚的" not in sent.body and "早已过去的" not in sent.body


def test_nothing_waiting_makes_no_mail(city: City) -> None:
    reader = with_mail(UserFactory(), test_plain="inbox")
    tell(reader)
    Message.objects.update(read_at=NOW)
    assert run(at(DAY, 8)) == 0
    tell(reader, key="2")
    run(at(date(2022, 10, 19), 8))
    assert mail.outbox == [], "kinds wanted on the site only make no mail either"


@pytest.mark.parametrize("day", [date(2022, 10, 22), date(2022, 10, 4)])
def test_no_digest_on_days_that_are_no_working_days(city: City, day: date) -> None:
    tell(with_mail(UserFactory()))
    assert run(at(day, 9)) == 0 and mail.outbox == []


def test_a_make_up_working_day_has_its_digest(city: City) -> None:
    tell(with_mail(UserFactory()), now=at(date(2022, 10, 7)))
    assert run(at(date(2022, 10, 8), 9)) == 1


@pytest.mark.parametrize("change", ["off", "unproved", "inactive", "no server"])
def test_who_gets_no_mail_gets_no_digest(city: City, change: str, settings: Any) -> None:
    reader = with_mail(UserFactory(), off=change == "off")
    tell(reader)
    if change == "unproved":
        MailSettings.objects.update(verified_at=None)
    elif change == "inactive":
        User.objects.filter(pk=reader.pk).update(is_active=False)
    elif change == "no server":
        settings.MAIL_ENABLED = False
    assert run(at(DAY, 9)) == 0 and mail.outbox == []


def test_a_digest_that_comes_a_day_late_is_not_sent(city: City) -> None:
    tell(with_mail(UserFactory()))
    digests.queue(at(DAY, 8))
    outbox.run(now=at(date(2022, 10, 19), 1))
    assert mail.outbox == []


def test_what_was_read_before_the_digest_goes_out_is_not_in_it(city: City) -> None:
    tell(with_mail(UserFactory()))
    digests.queue(at(DAY, 8))
    Message.objects.update(read_at=NOW)
    outbox.run(now=at(DAY, 8, 1))
    assert mail.outbox == []


def test_asking_for_digests_costs_the_same_for_many_people_but_for_their_rows(
    city: City, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        tell(with_mail(UserFactory()))
    with django_assert_max_num_queries(12 + 9):
        assert digests.queue(at(DAY, 8)) == 12
    with django_assert_max_num_queries(1):
        assert digests.queue(at(DAY, 9)) == 0


# --- effects that failed for good ---------------------------------------------------------------


class Broken:
    """An effect that never works; its error holds what nobody should read elsewhere."""

    def __call__(self, message: OutboxMessage, now: datetime) -> None:
        raise ConnectionError("机密内容")


def fail_for_good(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr(outbox, "_HANDLERS", dict(outbox._HANDLERS))
    monkeypatch.setitem(outbox._HANDLERS, kind, ("测试副作用", Broken()))
    with transaction.atomic():
        outbox.enqueue(kind=kind, subject=("item", 7), key="1", now=NOW)
    moment = NOW
    for attempt in range(1, outbox.MAX_ATTEMPTS + 3):
        outbox.run(now=moment)
        assert Message.objects.exists() is (attempt >= outbox.MAX_ATTEMPTS)
        moment += timedelta(hours=3)


def test_operators_hear_once_of_an_effect_that_failed_for_good(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = user_with(Role.OPERATOR, city.office)
    user_with(Role.SUPERVISOR, city.office)
    fail_for_good(monkeypatch, "test.effect")
    row = Message.objects.get()
    assert (row.recipient_id, row.kind) == (operator.pk, failures.EFFECT_FAILED)
    assert row.title == "“测试副作用”重试 8 次仍未成功，已经停止"
    assert "item 7" in row.body and "ConnectionError" in row.body
    assert "机密内容" not in row.title + row.body


def test_a_mail_that_failed_for_good_is_told_on_the_site_only(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(user_with(Role.OPERATOR, city.office))
    fail_for_good(monkeypatch, "messaging.digest")
    row = Message.objects.get()
    assert (row.kind, row.mail) == (failures.MAIL_FAILED, "")


def test_a_worker_that_died_at_the_last_attempt_is_told_too(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_with(Role.OPERATOR, city.office)
    monkeypatch.setattr(outbox, "_HANDLERS", {"test.effect": ("测试副作用", Broken())})
    with transaction.atomic():
        outbox.enqueue(kind="test.effect", subject=("item", 7), key="1", now=NOW)
    OutboxMessage.objects.update(attempts=outbox.MAX_ATTEMPTS, leased_until=NOW + outbox.LEASE)
    assert failures.find_abandoned(NOW) == 0, "it may still be at work"
    assert failures.find_abandoned(NOW + timedelta(minutes=3)) == 1
    assert failures.find_abandoned(NOW + timedelta(minutes=4)) == 0
    assert "WorkerLost" in Message.objects.get().body


def test_a_hook_that_fails_does_not_stop_the_outbox(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_hook(message: OutboxMessage, now: datetime) -> None:
        raise LookupError

    monkeypatch.setattr(outbox, "_GIVEN_UP", {"test": broken_hook})
    monkeypatch.setattr(outbox, "_HANDLERS", {"test.effect": ("测试副作用", Broken())})
    with transaction.atomic():
        outbox.enqueue(kind="test.effect", subject=("item", 7), key="1", now=NOW)
    OutboxMessage.objects.update(attempts=outbox.MAX_ATTEMPTS - 1)
    assert outbox.run(now=NOW) == 0
    assert OutboxMessage.objects.get().error.startswith("ConnectionError")


def test_an_effect_that_will_be_tried_again_tells_nobody(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_with(Role.OPERATOR, city.office)
    monkeypatch.setattr(outbox, "_HANDLERS", {"test.effect": ("测试副作用", Broken())})
    with transaction.atomic():
        outbox.enqueue(kind="test.effect", subject=("item", 7), key="1", now=NOW)
    outbox.run(now=NOW)
    assert not Message.objects.exists()


def test_jobs_are_registered_with_the_timer() -> None:
    from gongkai.core import jobs

    assert {"messaging.due", "messaging.digest", "messaging.abandoned"} <= set(jobs._JOBS)
    assert KIND  # the kinds of the conftest are in place
