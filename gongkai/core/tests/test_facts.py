"""The fact store: recorded with its business change, and never changed."""

import json
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.models import Fact
from gongkai.core.tests.fact_helpers import ACTION, NOW, record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of this test's own, so that no test action outlives it."""
    monkeypatch.setattr(facts, "_ACTIONS", {ACTION: "办了一件事"})


# --- recording -----------------------------------------------------------------------------------


def test_a_fact_keeps_who_did_what_to_what_and_when() -> None:
    fact = Fact.objects.get(pk=record(5).pk)
    assert (fact.action, fact.subject_kind, fact.subject_id) == (ACTION, "thing", "5")
    assert (fact.actor_key, fact.actor_name, fact.unit_id) == ("user:7", "测试编辑", 3)
    assert fact.occurred_at == fact.recorded_at == NOW + timedelta(minutes=5)
    assert fact.details == {"序号": 5}
    assert fact.sequence is None and fact.chain == ""


def test_what_happened_earlier_and_is_recorded_now_keeps_both_times() -> None:
    fact = record(1, occurred_at=NOW - timedelta(days=90), recorded_at=NOW)
    stored = Fact.objects.get(pk=fact.pk)
    assert stored.recorded_at - stored.occurred_at == timedelta(days=90)


def test_an_unregistered_action_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(ValueError, match=r"test\.thing\.undone"):
        record(1, action="test.thing.undone")
    assert not Fact.objects.exists()


def test_a_fact_outside_a_transaction_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="transaction"):
        record(1)
    assert not Fact.objects.exists()


def test_a_fact_vanishes_with_the_business_change_that_was_rolled_back() -> None:
    with pytest.raises(LookupError), transaction.atomic():
        record(1)
        raise LookupError
    assert not Fact.objects.exists()


def test_an_action_cannot_mean_two_things() -> None:
    facts.register_actions({ACTION: "办了一件事"})
    with pytest.raises(ValueError, match="twice"):
        facts.register_actions({ACTION: "办了另一件事"})


def test_a_known_action_is_shown_in_chinese_and_an_unknown_one_by_its_name() -> None:
    assert facts.action_label(ACTION) == "办了一件事"
    assert facts.action_label("test.no.label") == "test.no.label"


# --- append-only ---------------------------------------------------------------------------------


def test_a_fact_is_never_saved_again() -> None:
    fact = record(1)
    fact.details = {"序号": 2}
    with pytest.raises(TypeError, match="never changed"):
        fact.save()
    assert Fact.objects.get().details == {"序号": 1}


def test_a_fact_is_never_deleted() -> None:
    fact = record(1)
    with pytest.raises(TypeError, match="never deleted"):
        fact.delete()
    assert Fact.objects.count() == 1


# --- the digest ----------------------------------------------------------------------------------

JSON_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([1e16, -1e20, -0.0, 0.1 + 0.2, 1e-7])
    | st.dates()
    | st.datetimes()
    | st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
    | st.sampled_from(
        ["长政办发〔2022〕13号", "“引号”与\\反斜线", '半角"引号"', "\u2028", "𠮷野家"]
    )
)
JSON_VALUES = st.dictionaries(
    st.text(alphabet="abc中文序号", min_size=1, max_size=4),
    st.recursive(JSON_LEAVES, lambda inner: st.lists(inner, max_size=3), max_leaves=5),
    max_size=5,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(details=JSON_VALUES, microsecond=st.integers(0, 999_999))
def test_the_digest_is_of_what_the_database_gives_back(
    details: dict[str, Any], microsecond: int
) -> None:
    fact = record(1, details=details, occurred_at=NOW.replace(microsecond=microsecond))
    stored = Fact.objects.get(pk=fact.pk)
    assert facts._digest(stored) == stored.digest == fact.digest
    assert facts.canonical_json(fact.details) == facts.canonical_json(stored.details)


def test_dates_in_details_are_kept_as_iso_text() -> None:
    fact = record(1, details={"期限": date(2022, 12, 31), "时": NOW})
    assert Fact.objects.get(pk=fact.pk).details == {
        "期限": "2022-12-31",
        "时": "2022-10-18 09:30:00+08:00",
    }


def test_one_instant_written_in_two_time_zones_has_one_digest() -> None:
    first, second = record(1, occurred_at=NOW), record(1, occurred_at=NOW.astimezone(UTC))
    assert first.digest == second.digest


@pytest.mark.parametrize(
    "change",
    [
        {"action": "test.thing.other"},
        {"subject": ("other", 1)},
        {"subject": ("thing", 2)},
        {"unit_id": 4},
        {"unit_id": None},
        {"actor": Actor(key="user:8", name="测试编辑")},
        {"actor": Actor(key="user:7", name="别人")},
        {"occurred_at": NOW + timedelta(microseconds=1), "recorded_at": NOW},
        {"occurred_at": NOW, "recorded_at": NOW + timedelta(microseconds=1)},
        {"details": {"序号": 2}},
        {"details": {}},
    ],
    ids=lambda change: "+".join(change),
)
def test_every_part_of_a_fact_is_covered_by_its_digest(change: dict[str, Any]) -> None:
    facts.register_actions({"test.thing.other": "另一件"})
    same: dict[str, Any] = {"occurred_at": NOW, "recorded_at": NOW}
    assert record(1, **same).digest == record(1, **same).digest
    assert record(1, **{**same, **change}).digest != record(1, **same).digest


@given(
    st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4), max_size=6).flatmap(
        lambda value: st.tuples(st.just(value), st.permutations(list(value.items())))
    )
)
def test_canonical_json_does_not_depend_on_the_order_of_keys(
    pair: tuple[dict[str, Any], list[tuple[str, Any]]],
) -> None:
    value, items = pair
    text = facts.canonical_json(dict(items))
    assert text == facts.canonical_json(value)
    assert json.loads(text) == value


# --- reading -------------------------------------------------------------------------------------


def test_a_trail_is_one_subject_oldest_first() -> None:
    later = record(1, occurred_at=NOW + timedelta(hours=2), details={"n": 2})
    earlier = record(1, occurred_at=NOW, details={"n": 1})
    record(2)
    assert [fact.pk for fact in facts.trail("thing", 1)] == [earlier.pk, later.pk]


def test_the_instant_is_stamped_in_utc_to_the_microsecond() -> None:
    assert facts._stamp(datetime(2022, 10, 18, 9, 30, tzinfo=NOW.tzinfo)) == (
        "2022-10-18T01:30:00.000000+00:00"
    )
