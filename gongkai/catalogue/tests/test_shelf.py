"""The shelf read for one record leaves out columns, but never one that wants the record."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.catalogue.models import Column, ColumnKind, Section
from gongkai.catalogue.rules import RecordFacts
from gongkai.catalogue.services import Record, Shelf
from tests.factories import City, make_city, moment

pytestmark = pytest.mark.django_db

# Codes that contain one another or a wildcard of LIKE, so that a careless search mixes them up.
CODES = ("czj", "czj_2", "czjx2", "c", "CZJ")
LEAVES = st.one_of(
    st.builds(lambda code: {"unit": code}, st.sampled_from(CODES)),
    st.builds(lambda codes: {"unit": codes}, st.lists(st.sampled_from(CODES), max_size=3)),
    st.builds(lambda topic: {"topic": topic}, st.sampled_from(("yingshang", "czj"))),
    st.just({}),
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda part: {"not": part}, inner),
        st.builds(lambda one, other: {**one, **other}, inner, inner),
    ),
    max_leaves=4,
)


@pytest.fixture
def city() -> City:
    return make_city()


def record_of(units: frozenset[str]) -> Record:
    return Record(
        kind="paper",
        id=1,
        unit_id=1,
        published_at=moment(),
        facts=RecordFacts(
            unit=units, topic=frozenset({"yingshang"}), attribute=frozenset({"proactive"})
        ),
        card={},
    )


def found(shelf: Shelf, record: Record) -> set[tuple[str, int | None]]:
    return {(column.key, section) for column, section in shelf.places(record)}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rules=st.lists(
        st.tuples(RULES, st.none() | RULES, st.sampled_from(ColumnKind.values)), max_size=4
    ),
    units=st.frozensets(st.sampled_from(CODES), max_size=2),
)
def test_reading_for_one_record_finds_what_reading_everything_finds(
    city: City, rules: list[tuple[Any, Any, str]], units: frozenset[str]
) -> None:
    Column.objects.filter(key__startswith="any-").delete()
    for number, (rule, part, kind) in enumerate(rules):
        column = Column.objects.create(
            site=city.site,
            key=f"any-{number}",
            name="栏目",
            kind=kind,
            owner=city.bureau_a,
            rule=rule,
        )
        if part is not None:
            Section.objects.create(column=column, key="part", name="分区", rule=part)
    record = record_of(units)
    assert found(Shelf.load(record), record) == found(Shelf.load(), record)


def test_the_columns_of_other_units_are_not_read(city: City) -> None:
    for number in range(30):
        Column.objects.create(
            site=city.site,
            key=f"unit-d{number}",
            name="专栏",
            kind=ColumnKind.UNIT,
            owner=city.bureau_a,
            rule={"unit": f"d{number}"},
        )
    shelf = Shelf.load(record_of(frozenset({"d7"})))
    assert [c.key for c in shelf.columns if c.kind == ColumnKind.UNIT] == ["unit-d7"]
    assert len(Shelf.load().columns) == len(shelf.columns) + 29


def test_a_successor_s_column_may_name_the_unit_it_took_over(city: City) -> None:
    column = Column.objects.create(
        site=city.site,
        key="unit-new",
        name="专栏",
        kind=ColumnKind.UNIT,
        owner=city.bureau_a,
        rule={"unit": ["new", "old"]},
    )
    record = record_of(frozenset({"old"}))
    assert (column.key, None) in found(Shelf.load(record), record)


def test_a_section_may_want_what_its_column_s_rule_leaves_to_others(city: City) -> None:
    column = Column.objects.create(
        site=city.site,
        key="unit-other",
        name="专栏",
        kind=ColumnKind.UNIT,
        owner=city.bureau_a,
        rule={"unit": "other"},
    )
    part = Section.objects.create(
        column=column, key="part", name="分区", rule={"topic": "yingshang"}
    )
    record = record_of(frozenset({"czj"}))
    assert {("unit-other", None), ("unit-other", part.pk)} <= found(Shelf.load(record), record)
