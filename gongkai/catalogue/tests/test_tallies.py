"""Counts of columns stay true whatever is placed, replaced, removed, rebuilt or folded."""

import random
from collections import Counter
from datetime import datetime

import pytest
from django.db.models import F
from django.db.models.functions import ExtractYear

from gongkai.catalogue import services, tallies
from gongkai.catalogue.models import Column, Placement, PlacementTally
from gongkai.catalogue.rules import RecordFacts
from gongkai.core.actors import Actor
from gongkai.core.clock import SHANGHAI
from tests.factories import City, make_city, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city()


def record(number: int, kind: str, at: datetime, unit: str) -> services.Record:
    return services.Record(
        kind="item",
        id=number,
        unit_id=1,
        published_at=at,
        facts=RecordFacts(
            kind=frozenset({kind}),
            unit=frozenset({unit}),
            area=frozenset({"city"}),
            attribute=frozenset({"proactive"}),
        ),
        card={"title": f"第{number}件", "kind": kind, "path": f"/nr/{number}/"},
    )


def truth() -> dict[tuple[object, ...], int]:
    rows = Placement.objects.annotate(year=ExtractYear("published_at", tzinfo=SHANGHAI))
    return dict(Counter(rows.values_list("column_id", "section_id", "kind", "year")))


def told() -> dict[tuple[object, ...], int]:
    every = Column.objects.values_list("pk", flat=True)
    return tallies.counts_by(every, "column", "section", "kind", "year")


def test_a_placed_record_is_counted_once_in_each_place(city: City) -> None:
    services.place(record=record(1, "policy", moment(), city.bureau_a.code))
    assert told() == truth() and told()


def test_a_replaced_record_moves_its_counts(city: City) -> None:
    services.place(record=record(1, "policy", moment(), city.bureau_a.code))
    services.place(record=record(1, "notice", moment(), city.bureau_a.code))
    assert told() == truth()
    assert {key[2] for key in told()} == {"notice"}


def test_a_removed_record_leaves_no_count(city: City) -> None:
    services.place(record=record(1, "policy", moment(), city.bureau_a.code))
    assert services.remove(kind="item", record_id=1) > 0
    assert told() == {}


def test_removing_what_is_not_there_writes_nothing(city: City) -> None:
    assert services.remove(kind="item", record_id=77) == 0
    assert not PlacementTally.objects.exists()


def test_the_year_is_that_of_the_city_not_of_greenwich(city: City) -> None:
    last_night = datetime.fromisoformat("2022-01-01T00:30:00+08:00")
    services.place(record=record(1, "policy", last_night, city.bureau_a.code))
    assert {key[3] for key in told()} == {2022}
    tallies.count_again()
    assert {key[3] for key in told()} == {2022}


def test_whatever_happens_the_counts_are_those_of_the_rows(city: City) -> None:
    chance = random.Random(20221018)
    for _ in range(60):
        number, kind = chance.randrange(12), chance.choice(["policy", "notice", "news"])
        unit = chance.choice([city.bureau_a.code, city.bureau_b.code])
        if chance.random() < 0.3:
            services.remove(kind="item", record_id=number)
        else:
            services.place(record=record(number, kind, moment(), unit))
    assert told() == truth()
    before = told()
    tallies.count_again()
    assert told() == before


def test_folding_adds_up_and_changes_no_count(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(8):
        services.place(record=record(number, "policy", moment(), city.bureau_a.code))
    services.remove(kind="item", record_id=3)
    before, rows = told(), PlacementTally.objects.count()
    assert tallies.fold(moment()) == 0, "few rows are left alone"
    monkeypatch.setattr(tallies, "FOLD_AT", 5)
    assert tallies.fold(moment()) > 0
    assert told() == before == truth()
    assert PlacementTally.objects.count() == len(before) < rows
    assert tallies.fold(moment()) == 0


def test_folding_forgets_what_came_to_nothing(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    services.place(record=record(1, "policy", moment(), city.bureau_a.code))
    services.remove(kind="item", record_id=1)
    monkeypatch.setattr(tallies, "FOLD_AT", 1)
    tallies.fold(moment())
    assert not PlacementTally.objects.exists()


def test_a_rebuild_counts_again(city: City) -> None:
    services.place(record=record(1, "policy", moment(), city.bureau_a.code))
    PlacementTally.objects.update(n=F("n") + 5)
    services.rebuild(now=moment(), actor=Actor.system("rebuild"))
    assert told() == truth()
