"""The fact store: recorded with its business change, never changed, sealed, verified."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.core.models import Fact, SealHead

pytestmark = pytest.mark.django_db

NOW = at(date(2022, 10, 18), 9, 30)
EDITOR = Actor(key="user:7", name="测试编辑", user_id=7)
ACTION = "test.thing.done"


@pytest.fixture(autouse=True)
def actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of this test's own, so that no test action outlives it."""
    monkeypatch.setattr(facts, "_ACTIONS", {ACTION: "办了一件事"})


def record(number: int = 1, **changes: Any) -> Fact:
    given_values: dict[str, Any] = {
        "action": ACTION,
        "subject": ("thing", number),
        "actor": EDITOR,
        "occurred_at": NOW + timedelta(minutes=number),
        "unit_id": 3,
        "details": {"序号": number},
        **changes,
    }
    return facts.record(**given_values)


def sealed(count: int) -> list[Fact]:
    """So many facts, recorded and sealed."""
    for number in range(1, count + 1):
        record(number)
    facts.seal()
    return list(Fact.objects.order_by("id"))


def erase(fact: Fact) -> None:
    """Delete a row behind the platform's back."""
    Fact.objects.filter(pk=fact.pk).delete()


def relink(after: int) -> None:
    """Recompute the chain from a sequence on, as somebody with database access could."""
    chain = Fact.objects.get(sequence=after - 1).chain if after > 1 else ""
    for fact in Fact.objects.filter(sequence__gte=after).order_by("sequence"):
        assert fact.sequence is not None
        chain = facts._link(chain, fact.sequence, fact.digest)
        Fact.objects.filter(pk=fact.pk).update(chain=chain)


# --- recording ---------------------------------------------------------------------------------


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


# --- append-only -------------------------------------------------------------------------------


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


# --- the digest --------------------------------------------------------------------------------

JSON_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(1e-6, 1e15, allow_nan=False)
    | st.dates()
    | st.datetimes()
    | st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
    | st.sampled_from(["长政办发〔2022〕13号", "“引号”与\\反斜线", '半角"引号"', "\u2028", "𠮷野家"])
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
    assert fact.details == stored.details


def test_dates_in_details_are_kept_as_iso_text() -> None:
    fact = record(1, details={"期限": date(2022, 12, 31), "时": NOW})
    assert Fact.objects.get(pk=fact.pk).details == {
        "期限": "2022-12-31",
        "时": "2022-10-18 09:30:00+08:00",
    }


def test_one_instant_written_in_two_time_zones_has_one_digest() -> None:
    from datetime import UTC

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


# --- sealing -----------------------------------------------------------------------------------


def test_facts_are_sealed_in_the_order_in_which_they_were_recorded() -> None:
    rows = sealed(5)
    assert [row.sequence for row in rows] == [1, 2, 3, 4, 5]
    head = SealHead.objects.get()
    assert (head.sequence, head.chain) == (5, rows[-1].chain)
    assert len({row.chain for row in rows}) == 5


def test_sealing_goes_on_where_it_stopped() -> None:
    for number in range(1, 6):
        record(number)
    assert facts.seal(limit=2) == 2
    first = list(Fact.objects.exclude(sequence=None).values_list("pk", "chain"))
    assert facts.seal(limit=2) == 2
    assert facts.seal(limit=2) == 1
    assert facts.seal() == 0
    assert list(Fact.objects.order_by("sequence").values_list("pk", "chain"))[:2] == first
    assert facts.verify().ok


def test_sealing_nothing_leaves_the_head_alone() -> None:
    sealed(2)
    before = SealHead.objects.values().get()
    assert facts.seal() == 0
    assert SealHead.objects.values().get() == before


# --- verifying ---------------------------------------------------------------------------------


def test_an_untouched_chain_is_in_order() -> None:
    sealed(4)
    record(5)
    found = facts.verify()
    assert (found.ok, found.sealed, found.unsealed) == (True, 4, 1)


def test_no_facts_at_all_are_in_order() -> None:
    found = facts.verify()
    assert (found.ok, found.sealed, found.unsealed) == (True, 0, 0)


@pytest.mark.parametrize("is_sealed", [True, False], ids=["sealed", "unsealed"])
@pytest.mark.parametrize(
    "change",
    [
        {"action": "test.thing.undone"},
        {"subject_id": "99"},
        {"unit_id": None},
        {"actor_name": "别人"},
        {"occurred_at": NOW - timedelta(days=1)},
        {"recorded_at": NOW - timedelta(days=1)},
        {"details": {"序号": 20}},
        {"digest": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_verify_finds_changed_content(change: dict[str, Any], is_sealed: bool) -> None:
    for number in (1, 2, 3):
        record(number)
    if is_sealed:
        facts.seal()
    victim = Fact.objects.order_by("id")[1]
    Fact.objects.filter(pk=victim.pk).update(**change)
    found = facts.verify()
    assert not found.ok
    assert found.changed == [victim.pk]
    assert found.missing == []


def test_verify_finds_content_changed_together_with_its_digest() -> None:
    victim = sealed(4)[1]
    victim.details = {"序号": 999}
    Fact.objects.filter(pk=victim.pk).update(
        details=victim.details, digest=facts._digest(victim)
    )
    found = facts.verify()
    assert not found.ok
    assert found.changed == []
    assert found.broken == [victim.pk]


def test_verify_finds_a_chain_that_was_re_linked_to_its_end() -> None:
    victim = sealed(4)[1]
    victim.details = {"序号": 999}
    Fact.objects.filter(pk=victim.pk).update(
        details=victim.details, digest=facts._digest(victim)
    )
    relink(2)
    found = facts.verify()
    assert not found.ok
    assert (found.changed, found.missing) == ([], [])
    assert found.broken == [-1]


@pytest.mark.parametrize(("place", "sequence"), [(0, 1), (2, 3), (4, 5)])
def test_verify_finds_a_deleted_fact_wherever_it_stood(place: int, sequence: int) -> None:
    erase(sealed(5)[place])
    found = facts.verify()
    assert not found.ok
    assert found.missing == [sequence]
    assert (found.changed, found.broken) == ([], [])


def test_verify_finds_a_deleted_tail_of_several_facts() -> None:
    for fact in sealed(6)[3:]:
        erase(fact)
    assert facts.verify().missing == [4, 5, 6]


def test_verify_finds_that_everything_was_deleted() -> None:
    sealed(3)
    Fact.objects.all().delete()
    assert facts.verify().missing == [1, 2, 3]


def test_verify_finds_a_gap_that_was_closed_by_renumbering() -> None:
    rows = sealed(4)
    erase(rows[1])
    for fact in rows[2:]:
        assert fact.sequence is not None
        Fact.objects.filter(pk=fact.pk).update(sequence=fact.sequence - 1)
    relink(2)
    found = facts.verify()
    assert not found.ok
    assert found.missing == [4]


def test_verify_finds_two_facts_that_changed_places() -> None:
    rows = sealed(4)
    Fact.objects.filter(pk=rows[1].pk).update(sequence=99)
    Fact.objects.filter(pk=rows[2].pk).update(sequence=2)
    Fact.objects.filter(pk=rows[1].pk).update(sequence=3)
    found = facts.verify()
    assert not found.ok
    assert set(found.broken) >= {rows[2].pk}


def test_verify_finds_facts_appended_behind_the_head() -> None:
    """Somebody who adds a fact and links it rightly still did not go through the sealer."""
    rows = sealed(3)
    forged = record(4)
    Fact.objects.filter(pk=forged.pk).update(
        sequence=4, chain=facts._link(rows[-1].chain, 4, forged.digest)
    )
    assert not facts.verify().ok


def test_verify_finds_that_the_head_was_taken_away() -> None:
    sealed(3)
    SealHead.objects.all().delete()
    assert not facts.verify().ok


def test_verify_is_not_misled_by_a_sealer_that_runs_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sealed(2)
    record(3)
    digest_once = facts._digest

    def digest_while_the_sealer_runs(fact: Fact) -> str:
        facts.seal()
        return digest_once(fact)

    monkeypatch.setattr(facts, "_digest", digest_while_the_sealer_runs)
    assert facts.verify().ok


def test_one_gap_is_not_reported_as_a_thousand_broken_links() -> None:
    erase(sealed(30)[9])
    found = facts.verify()
    assert (found.missing, found.broken, found.changed) == ([10], [], [])


# --- reading -----------------------------------------------------------------------------------


def test_a_trail_is_one_subject_oldest_first() -> None:
    later = record(1, occurred_at=NOW + timedelta(hours=2), details={"n": 2})
    earlier = record(1, occurred_at=NOW, details={"n": 1})
    record(2)
    assert [fact.pk for fact in facts.trail("thing", 1)] == [earlier.pk, later.pk]


@pytest.fixture
def output() -> Iterator[Any]:
    from io import StringIO

    yield StringIO()


def test_the_command_says_in_chinese_that_the_chain_is_whole(output: Any) -> None:
    sealed(2)
    record(3)
    call_command("audit", "verify", stdout=output)
    assert "已封存 2 条，待封存 1 条" in output.getvalue()
    assert "审计链完整" in output.getvalue()
    call_command("audit", "seal", stdout=output)
    assert "新封存 1 条" in output.getvalue()


def test_the_command_fails_and_names_what_is_missing(output: Any) -> None:
    erase(sealed(3)[1])
    with pytest.raises(CommandError, match="审计链不完整"):
        call_command("audit", "verify", stdout=output)
    assert "缺失序号：2（共 1）" in output.getvalue()


def test_the_instant_is_stamped_in_utc_to_the_microsecond() -> None:
    assert facts._stamp(datetime(2022, 10, 18, 9, 30, tzinfo=NOW.tzinfo)) == (
        "2022-10-18T01:30:00.000000+00:00"
    )
