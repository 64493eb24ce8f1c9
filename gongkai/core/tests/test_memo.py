"""A process remembers reference data for seconds, and what facts prove until the next fact."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries, Settings

from gongkai.core import facts, memo
from gongkai.core.calendar import public_calendar
from gongkai.core.models import CalendarDay
from gongkai.core.tests.fact_helpers import ACTION, record

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def remembering(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(facts, "_ACTIONS", {ACTION: "办了一件事"})
    settings.MEMO_SECONDS = 60
    memo.clear()
    yield
    memo.clear()


def fact() -> None:
    with transaction.atomic():
        record()


def test_reference_data_is_read_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    public_calendar()
    with django_assert_num_queries(0):
        public_calendar()
    memo.clear()
    with django_assert_num_queries(1):
        public_calendar()


def test_it_is_read_again_after_its_time(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now = 100.0
    monkeypatch.setattr(memo.time, "monotonic", lambda: now)
    public_calendar()
    now = 159.9
    with django_assert_num_queries(0):
        public_calendar()
    now = 160.0
    with django_assert_num_queries(1):
        public_calendar()


def test_a_transaction_sees_what_it_has_just_written_and_leaves_nothing_behind() -> None:
    public_calendar()
    day = dt.date(2029, 3, 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        CalendarDay.objects.create(day=day, kind="holiday", name="测试", source="测试")
        assert public_calendar().is_workday(day) is False
        raise ZeroDivisionError
    assert public_calendar().is_workday(day) is True


def test_what_facts_prove_is_computed_again_after_a_new_fact() -> None:
    asked: list[int] = []

    @memo.until_next_fact(lambda number: number)
    def computed(number: int) -> int:
        asked.append(number)
        return number * 2

    assert [computed(1), computed(1), computed(2), computed(1)] == [2, 2, 4, 2]
    assert asked == [1, 2]
    fact()
    assert computed(1) == 2 and asked == [1, 2, 1]


def test_a_fact_recorded_while_it_is_computed_makes_the_result_old() -> None:
    asked: list[int] = []

    @memo.until_next_fact(lambda: ())
    def computed() -> int:
        asked.append(1)
        if len(asked) == 1:
            fact()
        return len(asked)

    assert [computed(), computed(), computed()] == [1, 2, 2]


def test_rows_are_loaded_only_where_they_are_not_known() -> None:
    loads: list[list[int]] = []

    def load(ids: list[int]) -> dict[int, str]:
        loads.append(ids)
        return {row: f"row {row}" for row in ids if row < 100}

    assert memo.rows("test", [1, 2, 1], load) == {1: "row 1", 2: "row 2"}
    assert memo.rows("test", [2, 3, 100], load) == {2: "row 2", 3: "row 3"}
    assert loads == [[1, 2], [3, 100]]
    assert memo.rows("test", [], load) == {}


def test_it_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "LIMIT", 10)
    memo.rows("test", range(35), lambda ids: {row: row for row in ids})
    assert len(memo._KNOWN) <= 10


def test_nothing_is_remembered_when_switched_off(
    settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.MEMO_SECONDS = 0
    public_calendar()
    with django_assert_num_queries(1):
        public_calendar()
    assert not memo._KNOWN


def test_what_is_public_is_read_again_when_something_else_is_committed() -> None:
    asked: list[int] = []

    @memo.while_public(lambda: ())
    def computed() -> int:
        asked.append(1)
        return len(asked)

    assert computed() == 1
    fact()
    assert computed() == 2
    memo.clear()
    assert computed() == 3


def test_what_is_public_takes_a_bounded_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "LARGE_LIMIT", 10)

    @memo.while_public(lambda number: number)
    def computed(number: int) -> int:
        return number * 2

    assert [computed(number) for number in range(35)] == list(range(0, 70, 2))
    assert 0 < len(memo._LARGE) <= 10
