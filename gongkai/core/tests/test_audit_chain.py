"""The chain of facts: sealed in order; whatever was changed, removed or re-linked is found."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from gongkai.core import facts
from gongkai.core.models import Fact, SealHead
from gongkai.core.tests.fact_helpers import ACTION, NOW, record, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of this test's own, so that no test action outlives it."""
    monkeypatch.setattr(facts, "_ACTIONS", {ACTION: "办了一件事"})


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


# --- sealing -------------------------------------------------------------------------------------


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


# --- verifying -----------------------------------------------------------------------------------


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
    Fact.objects.filter(pk=victim.pk).update(details=victim.details, digest=facts._digest(victim))
    found = facts.verify()
    assert not found.ok
    assert found.changed == []
    assert found.broken == [victim.pk]


def test_verify_finds_a_chain_that_was_re_linked_to_its_end() -> None:
    victim = sealed(4)[1]
    victim.details = {"序号": 999}
    Fact.objects.filter(pk=victim.pk).update(details=victim.details, digest=facts._digest(victim))
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


# --- the command ---------------------------------------------------------------------------------


def test_the_command_says_in_chinese_that_the_chain_is_whole() -> None:
    sealed(2)
    record(3)
    output = StringIO()
    call_command("audit", "verify", stdout=output)
    assert "已封存 2 条，待封存 1 条" in output.getvalue()
    assert "审计链完整" in output.getvalue()
    call_command("audit", "seal", stdout=output)
    assert "新封存 1 条" in output.getvalue()


def test_the_command_fails_and_names_what_is_missing() -> None:
    erase(sealed(3)[1])
    output = StringIO()
    with pytest.raises(CommandError, match="审计链不完整"):
        call_command("audit", "verify", stdout=output)
    assert "缺失序号：2（共 1）" in output.getvalue()
