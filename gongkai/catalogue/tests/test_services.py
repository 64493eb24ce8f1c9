"""Placements: written with the publication, rebuilt as a whole."""

from collections.abc import Iterable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.catalogue import services
from gongkai.catalogue.models import Column, Placement
from gongkai.catalogue.rules import RecordFacts
from gongkai.catalogue.services import Record, Shelf
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.core.models import Fact
from tests.factories import City, make_city

pytestmark = pytest.mark.django_db

NOW = at(date(2022, 10, 18), 9)
JOB = Actor.system("rebuild")


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


def places(number: int = 1, kind: str = "paper") -> set[tuple[str, str, str]]:
    """Where a record stands: (site prefix, column, section)."""
    rows = Placement.objects.filter(subject_kind=kind, subject_id=number)
    return {
        (row.column.site.prefix, row.column.key, row.section.key if row.section else "")
        for row in rows.select_related("column__site", "section")
    }


def snapshot() -> set[tuple[Any, ...]]:
    """Every placement, without its row id."""
    return {
        (p.column_id, p.section_id, p.subject_kind, p.subject_id, p.unit_id, p.published_at,
         str(sorted(p.card.items())))
        for p in Placement.objects.all()
    }  # fmt: skip


# --- placing -------------------------------------------------------------------------------------


def test_a_record_stands_in_every_matching_column_once_and_in_each_matching_section(
    city: City,
) -> None:
    columns = services.place(record=record(1, "yingshang", "yingshang/wenjian", "yingshang/jiedu"))
    assert places() == {
        ("", "yingshang", ""),
        ("", "yingshang", "wenjian"),
        ("", "yingshang", "jiedu"),
        ("", "latest", ""),
    }
    assert sorted(c.key for c in columns) == ["latest", "yingshang"]


def test_a_record_that_only_a_section_wants_stands_in_the_column_too(city: City) -> None:
    city.column.rule = {"topic": "nothing"}
    city.column.save()
    services.place(record=record(1, "yingshang/dongtai"))
    assert {("", "yingshang", ""), ("", "yingshang", "dongtai")} <= places()


def test_a_district_s_record_stands_in_the_city_s_and_its_own_columns(city: City) -> None:
    services.place(record=record(1, "yingshang", area="wangcheng"))
    assert places() == {
        ("", "yingshang", ""),
        ("", "latest", ""),
        ("qx/wangcheng", "yingshang", ""),
        ("qx/wangcheng", "latest", ""),
    }


@pytest.mark.parametrize("area", ["city", "liuyang"])
def test_another_s_record_stays_out_of_a_district_s_columns(city: City, area: str) -> None:
    services.place(record=record(1, "yingshang", area=area))
    assert {site for site, _, _ in places()} == {""}


def test_a_column_without_a_rule_stays_empty(city: City) -> None:
    Column.objects.update(rule={})
    assert services.place(record=record(1, "yingshang")) == []
    assert not Placement.objects.exists()


def test_placing_again_replaces_what_was_there(city: City) -> None:
    services.place(record=record(1, "yingshang", "yingshang/wenjian"))
    services.place(record=record(1, "yingshang", "yingshang/jiedu", title="改过的标题"))
    assert ("", "yingshang", "jiedu") in places()
    assert ("", "yingshang", "wenjian") not in places()
    assert set(Placement.objects.values_list("card__title", flat=True)) == {"改过的标题"}


def test_records_of_different_kinds_with_one_number_are_different(city: City) -> None:
    services.place(record=record(1, kind="paper"))
    services.place(record=record(1, kind="register"))
    assert services.remove(kind="paper", record_id=1) == 1
    assert places(1, "paper") == set()
    assert places(1, "register") == {("", "latest", "")}


def test_removing_takes_a_record_out_of_every_column_and_only_that_record(city: City) -> None:
    services.place(record=record(1, "yingshang", "yingshang/wenjian"))
    services.place(record=record(2, "yingshang"))
    assert services.remove(kind="paper", record_id=1) == 3
    assert services.remove(kind="paper", record_id=1) == 0
    assert places(1) == set()
    assert len(places(2)) == 2


def test_placements_are_only_written_in_the_publishing_transaction(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="transaction"):
        services.place(record=record())


def test_the_shelf_is_read_once_for_many_records(
    city: City, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        shelf = Shelf.load()
    with django_assert_num_queries(0):
        assert len(list(shelf.places(record(1, "yingshang/jiedu")))) == 3


# --- rebuilding ----------------------------------------------------------------------------------

TOPICS = ["yingshang", "yingshang/wenjian", "yingshang/jiedu", "yingshang/dongtai", "other"]
ACTS = st.lists(
    st.tuples(
        st.integers(1, 8),
        st.sampled_from(["place", "remove"]),
        st.frozensets(st.sampled_from(TOPICS), max_size=3),
        st.sampled_from(["city", "wangcheng", "liuyang"]),
    ),
    max_size=14,
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_a_rebuild_gives_what_was_written_step_by_step(
    city: City, acts: list[tuple[int, str, frozenset[str], str]]
) -> None:
    Placement.objects.all().delete()
    public: dict[int, Record] = {}
    for number, act, topics, area in acts:
        if act == "remove":
            public.pop(number, None)
            services.remove(kind="paper", record_id=number)
        else:
            public[number] = record(number, *topics, area=area)
            services.place(record=public[number])
    before = snapshot()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "_SOURCES", {"paper": lambda: list(public.values())})
        assert services.rebuild(now=NOW, actor=JOB) == len(before)
    assert snapshot() == before


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Record]]:
    """What two content rooms have published."""
    published: dict[str, list[Record]] = {
        "paper": [record(1, "yingshang"), record(2)],
        "register": [record(1, kind="register")],
    }
    monkeypatch.setattr(services, "_SOURCES", {})
    for kind in published:
        services.register_source(kind, lambda kind=kind: published[kind])  # type: ignore[misc]
    return published


def test_a_rebuild_drops_what_is_no_longer_public_and_heals_what_was_lost(
    city: City, sources: dict[str, list[Record]]
) -> None:
    services.place(record=record(9, "yingshang"))
    assert services.rebuild(now=NOW, actor=JOB) == 4
    assert places(9) == set()
    assert places(1) == {("", "yingshang", ""), ("", "latest", "")}
    assert services.rebuild(now=NOW, actor=JOB) == 4
    assert Placement.objects.count() == 4


def test_one_kind_can_be_rebuilt_alone(city: City, sources: dict[str, list[Record]]) -> None:
    services.rebuild(now=NOW, actor=JOB)
    sources["paper"].clear()
    sources["register"].clear()
    assert services.rebuild(now=NOW, actor=JOB, kind="paper") == 0
    assert places(1, "paper") == set()
    assert places(1, "register") == {("", "latest", "")}


def test_a_rebuild_leaves_one_fact_with_its_count(
    city: City, sources: dict[str, list[Record]]
) -> None:
    services.rebuild(now=NOW, actor=JOB)
    fact = Fact.objects.get(action="catalogue.placements.rebuilt")
    assert fact.details == {"rows": 4}
    assert (fact.actor_key, fact.occurred_at) == ("system:rebuild", NOW)


def test_a_rebuild_that_fails_half_way_leaves_the_lists_as_they_were(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> Iterable[Record]:
        yield record(5, "yingshang")
        raise OSError("读取中断")

    services.place(record=record(1, "yingshang"))
    before = snapshot()
    monkeypatch.setattr(services, "_SOURCES", {"paper": broken})
    with pytest.raises(OSError, match="中断"):
        services.rebuild(now=NOW, actor=JOB)
    assert snapshot() == before


def test_a_rebuild_of_more_rows_than_one_batch_misses_none(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [record(n, "yingshang", "yingshang/jiedu") for n in range(1, 801)]
    monkeypatch.setattr(services, "_SOURCES", {"paper": lambda: many})
    assert services.rebuild(now=NOW, actor=JOB) == 2400
    assert Placement.objects.count() == 2400
    assert Placement.objects.values("subject_id").distinct().count() == 800
