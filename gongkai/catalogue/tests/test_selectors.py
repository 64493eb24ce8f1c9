"""Reading a column page by page: complete, without duplicates, whatever the address says."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.catalogue import selectors, services
from gongkai.catalogue.models import Column, ColumnKind, Placement
from gongkai.catalogue.rules import RecordFacts
from gongkai.catalogue.services import Record
from gongkai.core.clock import at
from tests.factories import City, make_city

pytestmark = pytest.mark.django_db

NOW = at(date(2022, 10, 18), 9)


@pytest.fixture
def city() -> City:
    return make_city()


def record(
    number: int = 1,
    *topics: str,
    kind: str = "paper",
    area: str = "city",
    published_at: datetime = NOW,
    **card: Any,
) -> Record:
    return Record(
        kind=kind,
        id=number,
        unit_id=7,
        published_at=published_at,
        facts=RecordFacts(
            topic=frozenset(topics), area=frozenset({area}), attribute=frozenset({"proactive"})
        ),
        card={"title": f"第{number}件", **card},
    )


def fill(column: Column, moments: Iterable[datetime]) -> list[int]:
    """Put records published at these moments on a column's list; their numbers, newest first."""
    Placement.objects.all().delete()
    Placement.objects.bulk_create(
        Placement(
            column=column, subject_kind="paper", subject_id=n, unit_id=7, published_at=moment,
            card={"title": f"第{n}件", "n": n},
        )
        for n, moment in enumerate(moments, start=1)
    )  # fmt: skip
    rows = Placement.objects.filter(column=column)
    return [p.card["n"] for p in sorted(rows, key=lambda p: (p.published_at, p.pk), reverse=True)]


def walk(column: Column, **how: Any) -> list[int]:
    """All cards by following the cursor to the end."""
    found: list[Any] = []
    after = ""
    for _ in range(200):
        page = selectors.public_cards(column, after=after, **how)
        assert len(page.cards) <= how.get("size", 20)
        found += [card["n"] for card in page.cards]
        if not page.next:
            return found
        assert page.cards
        after = page.next
    raise AssertionError("the list does not end")


MOMENTS = st.lists(
    st.one_of(
        st.sampled_from([NOW, NOW + timedelta(microseconds=1), NOW - timedelta(days=400)]),
        st.datetimes(datetime(1949, 10, 1), datetime(2099, 12, 31), timezones=st.just(UTC)),
    ),
    max_size=25,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moments=MOMENTS, size=st.integers(1, 7))
def test_reading_page_by_page_is_complete_and_shows_nothing_twice(
    city: City, moments: list[datetime], size: int
) -> None:
    wanted = fill(city.column, moments)
    assert walk(city.column, size=size) == wanted


def test_what_is_published_meanwhile_is_not_shown_twice_on_the_next_page(city: City) -> None:
    fill(city.column, [NOW + timedelta(minutes=n) for n in range(6)])
    first = selectors.public_cards(city.column, size=3)
    services.place(record=record(99, "yingshang", published_at=NOW + timedelta(days=1), n=99))
    second = selectors.public_cards(city.column, size=3, after=first.next)
    assert [c["n"] for c in (*first.cards, *second.cards)] == [6, 5, 4, 3, 2, 1]
    assert second.next == ""


def test_what_is_withdrawn_meanwhile_makes_no_other_record_vanish(city: City) -> None:
    fill(city.column, [NOW] * 6)
    first = selectors.public_cards(city.column, size=3)
    last_seen = first.cards[-1]["n"]
    assert isinstance(last_seen, int)
    services.remove(kind="paper", record_id=last_seen)
    second = selectors.public_cards(city.column, size=3, after=first.next)
    assert [c["n"] for c in second.cards] == [3, 2, 1]


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "-", "1-", "-1", "1666056000-", "abc-3", "nan-1", "inf-1", "-inf-1", "1e400-1",
        "1e308-1", "253402300799-1", "-62135596800-1", "1666056000.0-x", "１-２",
        "1666056000.000000-99999999999999999999999", "0-0", "' OR 1=1 --1", "\x00-1", "二-三",
    ],
)  # fmt: skip
def test_a_cursor_that_cannot_be_read_never_breaks_the_page(city: City, cursor: str) -> None:
    fill(city.column, [NOW] * 3)
    assert len(selectors.public_cards(city.column, after=cursor).cards) <= 3


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.text(alphabet="0123456789.-+eEinfa _", max_size=24) | st.text(max_size=10))
def test_no_text_from_an_address_breaks_the_list(city: City, cursor: str) -> None:
    selectors.public_cards(city.column, after=cursor)


def test_an_unreadable_cursor_counts_as_none(city: City) -> None:
    wanted = fill(city.column, [NOW, NOW + timedelta(days=1)])
    assert [c["n"] for c in selectors.public_cards(city.column, after="garbage").cards] == wanted


@pytest.mark.parametrize(
    ("year", "numbers"),
    [(2022, [3, 2]), (2021, [1]), (2023, [4]), (2020, []), (0, [4, 3, 2, 1]), (3000, [4, 3, 2, 1])],
)
def test_a_list_can_be_read_by_year_as_shanghai_counts_it(
    city: City, year: int, numbers: list[int]
) -> None:
    fill(
        city.column,
        [
            at(date(2021, 12, 31), 23, 59),
            at(date(2022, 1, 1)),
            at(date(2022, 12, 31), 23, 59),
            at(date(2023, 1, 1)),
        ],
    )
    assert walk(city.column, year=year, size=1) == numbers


def test_a_section_shows_its_own_part_and_the_column_everything_once(city: City) -> None:
    services.place(record=record(1, "yingshang", "yingshang/wenjian", n=1))
    services.place(record=record(2, "yingshang", "yingshang/wenjian", "yingshang/jiedu", n=2))
    services.place(record=record(3, "yingshang", n=3))
    by_key = {s.key: s for s in selectors.public_sections(city.column)}
    assert sorted(walk(city.column)) == [1, 2, 3]
    assert sorted(walk(city.column, section=by_key["wenjian"])) == [1, 2]
    assert walk(city.column, section=by_key["jiedu"]) == [2]
    assert walk(city.column, section=by_key["dongtai"]) == []


def test_a_card_carries_its_publishing_time(city: City) -> None:
    services.place(record=record(1, "yingshang"))
    card = selectors.public_cards(city.column).cards[0]
    assert card["published_at"] == NOW
    assert card["title"] == "第1件"


def test_sites_columns_and_topics_are_found_by_their_address(city: City) -> None:
    assert [s.prefix for s in selectors.public_sites()] == ["", "qx/wangcheng"]
    assert selectors.public_site("qx/wangcheng") == city.district_site
    assert selectors.public_site("qx/nowhere") is None
    assert selectors.public_column(city.site, "yingshang") == city.column
    assert selectors.public_column(city.district_site, "yingshang") == city.district_column
    assert selectors.public_column(city.site, "nosuch") is None
    assert {c.kind for c in selectors.public_topics(city.site)} == {ColumnKind.TOPIC}
    assert [s.key for s in selectors.public_sections(city.column)] == [
        "wenjian", "jiedu", "dongtai",
    ]  # fmt: skip
    assert (city.site.path, city.column.path) == ("/", "/zt/yingshang/")
    assert city.district_column.path == "/qx/wangcheng/zt/yingshang/"
