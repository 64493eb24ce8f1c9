"""What is scheduled, expiring and due: at the hour it is checked again, and nothing is silent."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.messaging.models import Message
from gongkai.organisations.access import system_member
from gongkai.publishing import schedule
from gongkai.publishing.deadlines import clocks_for
from gongkai.publishing.models import Item
from gongkai.publishing.tests.conftest import NOW, Bureau
from gongkai.publishing.tests.test_kinds import FUNCTIONS, write
from gongkai.review import scheduling
from gongkai.review import services as review
from gongkai.review.models import ReviewCase
from tests.factories import DAY, member, user_with

TICK = system_member("tick")
HOUR = NOW + timedelta(days=3)


def scheduled(bureau: Bureau, **content: Any) -> ReviewCase:
    case = bureau.submit(bureau.draft(**content), release_at=HOUR)
    bureau.pass_all(case)
    return ReviewCase.objects.get(pk=case.pk)


def at_the_hour() -> int:
    return review.due_release(member=TICK, now=HOUR)


def item_of(case: ReviewCase) -> Item:
    return Item.objects.get(pk=int(case.subject_id))


def test_at_the_hour_it_is_released_once_whatever_was_interrupted(bureau: Bureau) -> None:
    case = scheduled(bureau)
    assert item_of(case).visibility == "hidden"
    assert (at_the_hour(), at_the_hour()) == (1, 0)
    item = item_of(case)
    assert (item.visibility, item.published_at, item.version) == ("public", HOUR, 1)


def test_a_worker_that_dies_at_the_hour_leaves_it_for_the_next(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongkai.publishing import events

    case = scheduled(bureau)

    def killed(**more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(events, "announce", killed)
        with pytest.raises(KeyboardInterrupt):
            at_the_hour()
    assert item_of(case).visibility == "hidden"
    assert (at_the_hour(), at_the_hour()) == (1, 0)


def stopped(case: ReviewCase, editor: Any) -> str:
    case.refresh_from_db()
    assert case.status == "voided" and item_of(case).visibility == "hidden"
    fact = [f for f in facts.trail("item", case.subject_id) if f.action == "review.case.voided"][-1]
    told = Message.objects.filter(kind="review.release_failed", recipient=editor)
    assert told.exists()
    return str(fact.details["reason"])


def test_what_todays_inspection_blocks_goes_back_with_its_reason(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    from gongkai.publishing import services
    from gongkai.publishing.rules import Problem

    case = scheduled(bureau)
    with monkeypatch.context() as stricter:
        stricter.setattr(
            services, "missing", lambda *a, **k: [Problem("body", "正文出现新列入的不当表述。")]
        )
        assert at_the_hour() == 0
    assert stopped(case, bureau.editor) == "正文出现新列入的不当表述"
    client.force_login(bureau.editor)
    page = client.get(f"/admin/items/edit/{case.subject_id}/").content.decode()
    assert "定时发布已取消" in page and "新列入的不当表述" in page
    # It can be mended and sent again.
    bureau.edit(item_of(case), body="<p>改好了的正文，内容完整。</p>")
    bureau.submit(item_of(case))


def test_a_unit_that_has_ended_releases_nothing(bureau: Bureau) -> None:
    case = scheduled(bureau)
    unit = bureau.city.bureau_a
    unit.valid_to = DAY
    unit.save()
    assert at_the_hour() == 0
    assert "已停用" in stopped(case, bureau.editor)


# --- the chosen time -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "part"),
    [
        (timedelta(0), "应晚于现在"),
        (timedelta(seconds=40), "应晚于现在"),  # the same minute
        (timedelta(days=-1), "应晚于现在"),
        (timedelta(days=367), "最多提前一年"),
    ],
)
def test_an_impossible_time_is_refused(bureau: Bureau, ahead: timedelta, part: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        bureau.submit(bureau.draft(), release_at=NOW + ahead)
    assert part in refused.value.fields["release_at"][0]


def test_seconds_are_cut_off(bureau: Bureau) -> None:
    case = bureau.submit(bureau.draft(), release_at=HOUR + timedelta(seconds=59))
    assert case.release_at == HOUR


def move(case: ReviewCase, who: Any, to: Any) -> ReviewCase:
    return scheduling.case_reschedule(case_id=case.pk, release_at=to, member=member(who), now=NOW)


def test_the_hour_can_be_moved_and_what_was_approved_stays_approved(bureau: Bureau) -> None:
    case = scheduled(bureau)
    later = HOUR + timedelta(days=2)
    assert move(case, bureau.editor, later).status == "approved"
    assert at_the_hour() == 0
    assert review.due_release(member=TICK, now=later) == 1
    fact = next(f for f in facts.trail("item", case.subject_id) if "rescheduled" in f.action)
    assert fact.details["before"] == HOUR.isoformat()
    assert fact.details["release_at"] == later.isoformat()


def test_who_may_not_move_it_and_when(bureau: Bureau) -> None:
    case = scheduled(bureau)
    later = HOUR + timedelta(days=2)
    with pytest.raises(PermissionRefused):
        move(case, bureau.people["final"], later)
    with pytest.raises(NotVisible):
        move(case, user_with("editor", bureau.city.bureau_b), later)
    with pytest.raises(InvalidInput, match="一样"):
        move(case, bureau.editor, HOUR)
    with pytest.raises(InvalidInput, match="晚于现在"):
        move(case, bureau.editor, NOW)
    at_the_hour()
    with pytest.raises(Refusal, match="已经办结"):
        move(case, bureau.editor, later)


def test_calling_it_off_is_taking_the_submission_back(bureau: Bureau) -> None:
    case = scheduled(bureau)
    review.case_recall(case_id=case.pk, member=member(bureau.editor), now=NOW)
    assert at_the_hour() == 0
    assert item_of(case).status == "draft"


def test_the_writing_desk_moves_the_hour(bureau: Bureau, client: Client) -> None:
    case = scheduled(bureau)
    client.force_login(bureau.editor)
    address = f"/admin/items/reschedule/{case.subject_id}/"
    page = client.get(f"/admin/items/edit/{case.subject_id}/").content.decode()
    assert address in page and "改定时间" in page
    bad = client.post(address, {"reschedule_at": "2019-01-01T09:00"}, follow=True)
    assert "定时发布时间应晚于现在" in bad.content.decode()


# --- the calendar --------------------------------------------------------------------------------


def coming(who: Any, first: date = DAY, last: date = date(2022, 12, 31), **more: Any) -> list[str]:
    found = schedule.coming(first, last, today=DAY, member=member(who), **more)
    return [f"{entry.day} {entry.sort}" for entry in found]


def test_everything_that_comes_stands_in_the_calendar(bureau: Bureau) -> None:
    scheduled(bureau, doc_no="长财发〔2022〕31号", formed_on="2022-10-17")
    bureau.public(doc_no="长财发〔2022〕32号", effective_on="2022-11-01", expires_on="2022-12-01")
    bureau.draft(doc_no="长财发〔2022〕33号", formed_on="2022-09-21")
    assert coming(bureau.editor) == [
        "2022-10-21 release",
        "2022-10-24 due",
        "2022-11-01 begin",
        "2022-11-14 due",
        "2022-12-01 expire",
    ]


def test_the_calendar_follows_the_newest_draft(bureau: Bureau) -> None:
    item = bureau.draft(formed_on="2022-10-17")
    bureau.edit(item, formed_on="2022-09-21")
    assert coming(bureau.editor) == ["2022-10-24 due"]


def test_a_change_that_is_not_out_yet_is_due_too_article_26(bureau: Bureau) -> None:
    item = bureau.public(formed_on="2022-10-10")
    bureau.edit(item, changed_on="2022-10-18", body="<p>变更以后的正文。</p>")
    assert coming(bureau.editor) == []  # released on the same day as the change: nothing open
    later = schedule.coming(
        DAY, date(2022, 12, 31), today=DAY, member=member(bureau.editor), sort="due"
    )
    assert later == []


def test_reviews_come_and_are_late_until_done(bureau: Bureau) -> None:
    page = bureau.pass_all(bureau.submit(write(bureau, "functions", FUNCTIONS)))
    Item.objects.filter(pk=page.pk).update(reviewed_on=date(2021, 10, 1))
    [entry] = schedule.overdue(today=DAY, member=member(bureau.editor))
    assert (entry.day, entry.sort, entry.late) == (date(2022, 10, 1), "review", True)


def test_another_unit_sees_nothing_and_the_office_sees_the_city(bureau: Bureau) -> None:
    bureau.draft(formed_on="2022-09-21")
    assert coming(user_with("editor", bureau.city.bureau_b)) == []
    office = user_with("supervisor", bureau.city.office)
    assert coming(office) == ["2022-10-24 due"]
    assert coming(office, unit_id=bureau.city.bureau_b.pk) == []
    assert coming(office, kind="news") == []
    assert coming(office, sort="release") == []


def test_the_calendar_page_shows_a_month_and_can_be_narrowed(
    bureau: Bureau, client: Client
) -> None:
    bureau.public(title="快到期的办法", expires_on="2022-12-05")
    client.force_login(bureau.editor)
    page = client.get("/desk/schedule/?month=2022-12").content.decode()
    assert "2022年12月" in page and "快到期的办法" in page and "失效" in page
    assert "没有要办的日子" in client.get("/desk/schedule/?month=2023-07").content.decode()
    narrowed = client.get("/desk/schedule/?month=2022-12&kind=news").content.decode()
    assert "没有符合条件的" in narrowed
    for odd in ("?month=x", "?month=9999-99&unit=abc&sort=z&view=q&kind=%00"):
        assert client.get(f"/desk/schedule/{odd}").status_code == 200


def test_the_calendar_asks_the_same_however_much_there_is(
    bureau: Bureau, client: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for number in range(6):
        bureau.public(doc_no=f"长财发〔2022〕{50 + number}号", expires_on="2022-12-05")
        bureau.draft(doc_no=f"长财发〔2022〕{70 + number}号")
    client.force_login(bureau.editor)
    with django_assert_max_num_queries(26):
        client.get("/desk/schedule/?month=2022-12")


def test_reminders_name_a_draft_by_its_number_only(bureau: Bureau) -> None:
    item = bureau.draft(title="还没公开的标题", formed_on="2022-09-21")
    [due] = list(schedule.publications_due(DAY, date(2022, 10, 24)))
    assert due.due == date(2022, 10, 24) and f"编号 {item.pk}" in due.title
    assert "还没公开的标题" not in due.title
    assert list(schedule.publications_due(DAY, date(2022, 10, 23))) == []


def test_a_late_update_after_a_change_counts_as_late_article_26(bureau: Bureau) -> None:
    from gongkai.core.calendar import load_calendar

    item = bureau.public(formed_on="2022-10-10")
    Item.objects.filter(pk=item.pk).update(changed_on=date(2022, 10, 20))
    item = Item.objects.select_related("kind").get(pk=item.pk)
    found = clocks_for([item], calendar=load_calendar(), today=date(2022, 12, 1))[item.pk]
    assert [(clock.base.word, clock.verdict.word) for clock in found] == [
        ("成文", "按时公开"),
        ("变更", "逾期未公开"),
    ]
