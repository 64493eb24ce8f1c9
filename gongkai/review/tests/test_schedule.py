"""Scheduled release: at the hour, exactly what was approved, one failure stops nobody else."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from gongkai.core import facts
from gongkai.organisations.access import system_member
from gongkai.review import services
from gongkai.review.enums import CaseStatus
from gongkai.review.models import ReviewCase
from gongkai.review.tests.rooms import KIND, NOW, Office
from tests.factories import member

HOUR = NOW + timedelta(days=1)
TICK = system_member("tick")


def approved(office: Office, subject_id: str = "1", hours: int = 24) -> ReviewCase:
    if subject_id != "1":
        office.room.put(subject_id, office.unit, office.editor)
    return office.pass_all(office.submit(subject_id, release_at=NOW + timedelta(hours=hours)))


def test_what_is_approved_for_later_waits(office: Office) -> None:
    case = approved(office)
    assert (case.status, case.closed_at) == (CaseStatus.APPROVED, None)
    assert services.due_release(member=TICK, now=HOUR - timedelta(seconds=1)) == 0
    assert office.room.released == []
    assert office.actions()[-1] == "case.approved"


def test_at_the_hour_it_is_released_once_by_the_system(office: Office) -> None:
    case = approved(office)
    assert services.due_release(member=TICK, now=HOUR) == 1
    assert services.due_release(member=TICK, now=HOUR) == 0
    assert office.room.released == [("1", case.view, "system:tick")]
    done = ReviewCase.objects.get()
    assert (done.status, done.closed_at) == (CaseStatus.RELEASED, HOUR)
    assert facts.trail(KIND, "1")[-1].action == "review.case.released"
    assert facts.trail(KIND, "1")[-1].actor_key == "system:tick"


def test_when_the_last_verdict_comes_after_the_hour_it_is_released_at_once(
    office: Office,
) -> None:
    case = office.submit(release_at=NOW + timedelta(hours=2))
    office.pass_all(case, now=NOW + timedelta(hours=3))
    assert len(office.room.released) == 1


def test_the_content_is_checked_again_at_the_hour_and_a_change_voids(office: Office) -> None:
    approved(office)
    office.room.rewrite("1", body="审定以后有人动过")
    assert services.due_release(member=TICK, now=HOUR) == 0
    assert office.room.released == []
    assert office.room.closed == [("1", "voided")]
    assert ReviewCase.objects.get().status == CaseStatus.VOIDED
    assert office.actions()[-1] == "case.voided"


def test_an_edit_before_the_hour_voids_at_once(office: Office) -> None:
    approved(office)
    services.void_active(kind=KIND, subject_id="1", member=member(office.editor), now=NOW)
    assert services.due_release(member=TICK, now=HOUR) == 0
    assert office.room.released == []


def test_several_are_released_in_the_order_of_their_hours(office: Office) -> None:
    for subject_id, hours in (("1", 30), ("2", 10), ("3", 20), ("4", 99)):
        approved(office, subject_id, hours)
    assert services.due_release(member=TICK, now=NOW + timedelta(hours=30)) == 3
    assert [subject_id for subject_id, _, _ in office.room.released] == ["2", "3", "1"]


def test_one_that_cannot_be_released_does_not_stop_the_others(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(case: ReviewCase) -> None:
        if case.subject_id == "1":
            raise OSError("磁盘已满")

    approved(office, "1", 10)
    approved(office, "2", 20)
    office.room.on_release = fails
    assert services.due_release(member=TICK, now=HOUR) == 1
    assert [subject_id for subject_id, _, _ in office.room.released] == ["2"]
    assert ReviewCase.objects.get(subject_id="1").status == CaseStatus.APPROVED
    assert "磁盘已满" in caplog.text
    office.room.on_release = lambda case: None
    assert services.due_release(member=TICK, now=HOUR) == 1


def test_one_whose_record_is_gone_does_not_stop_the_others(office: Office) -> None:
    approved(office, "1", 10)
    approved(office, "2", 20)
    del office.room.papers["1"]
    assert services.due_release(member=TICK, now=HOUR) == 1


def test_nothing_due_costs_one_query(
    office: Office, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        assert services.due_release(member=TICK, now=HOUR) == 0
