"""Side effects after commit: once each, taken over after a crash, retried with patience."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from gongkai.core import outbox
from gongkai.core.clock import at
from gongkai.core.models import OutboxMessage

pytestmark = pytest.mark.django_db

NOW = at(date(2022, 10, 18), 9)
KIND = "test.effect"


class Effects(list[str]):
    """What the handler did, and how it is to behave."""

    fails: Callable[[OutboxMessage], bool] = staticmethod(lambda message: False)

    def __call__(self, message: OutboxMessage, now: Any) -> None:
        if self.fails(message):
            raise ConnectionError("上游没有应答")
        self.append(message.subject_id)


@pytest.fixture
def effects(monkeypatch: pytest.MonkeyPatch) -> Effects:
    monkeypatch.setattr(outbox, "_HANDLERS", {})
    done = Effects()
    outbox.register_handler(KIND, "测试副作用", done)
    return done


def ask(number: int = 1, *, key: str | None = None, **more: Any) -> None:
    outbox.enqueue(
        kind=more.pop("kind", KIND),
        subject=("thing", number),
        key=key or f"k{number}",
        now=NOW,
        **more,
    )


def test_an_effect_runs_once_and_is_marked_done(effects: Effects) -> None:
    ask(1)
    assert outbox.run(now=NOW) == 1
    assert outbox.run(now=NOW + timedelta(days=1)) == 0
    assert effects == ["1"]
    row = OutboxMessage.objects.get()
    assert (row.done_at, row.attempts, row.error) == (NOW, 1, "")
    assert row.milliseconds is not None


def test_the_same_key_is_asked_once_only_and_the_first_wins(effects: Effects) -> None:
    ask(1, key="同一件", payload={"n": 1})
    ask(1, key="同一件", payload={"n": 2})
    assert OutboxMessage.objects.get().payload == {"n": 1}
    outbox.run(now=NOW)
    ask(1, key="同一件")
    assert outbox.run(now=NOW) == 0
    assert effects == ["1"]


def test_the_same_key_of_another_kind_is_another_effect(effects: Effects) -> None:
    outbox.register_handler("test.other", "另一种", effects)
    ask(1, key="a")
    ask(2, key="a", kind="test.other")
    assert outbox.run(now=NOW) == 2


def test_long_keys_that_differ_only_at_the_end_are_two_effects(effects: Effects) -> None:
    ask(1, key="长" * 200 + "1")
    ask(2, key="长" * 200 + "2")
    ask(2, key="长" * 200 + "2")
    assert outbox.run(now=NOW) == 2
    assert effects == ["1", "2"]


def test_an_effect_vanishes_with_the_change_that_was_rolled_back(effects: Effects) -> None:
    with pytest.raises(LookupError), transaction.atomic():
        ask(1)
        raise LookupError
    assert outbox.run(now=NOW) == 0
    assert effects == []


def test_an_effect_outside_a_transaction_is_refused(
    effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(RuntimeError, match="transaction"):
        ask(1)


def test_a_kind_that_nobody_handles_cannot_be_asked_for(effects: Effects) -> None:
    with pytest.raises(ValueError, match=r"test\.nobody"):
        ask(1, kind="test.nobody")
    assert not OutboxMessage.objects.exists()


def test_a_kind_has_one_handler(effects: Effects) -> None:
    outbox.register_handler(KIND, "测试副作用", effects)
    with pytest.raises(ValueError, match="already"):
        outbox.register_handler(KIND, "测试副作用", lambda message, now: None)


def test_a_kind_is_shown_in_chinese(effects: Effects) -> None:
    assert outbox.kind_label(KIND) == "测试副作用"
    assert outbox.kind_label("test.nobody") == "test.nobody"


def test_a_row_whose_kind_was_abolished_is_kept_with_its_error(
    effects: Effects, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(1)
    monkeypatch.setattr(outbox, "_HANDLERS", {})
    assert outbox.run(now=NOW) == 0
    row = OutboxMessage.objects.get()
    assert row.done_at is None
    assert "test.effect" in row.error


def test_effects_run_in_the_order_in_which_they_were_asked_for(effects: Effects) -> None:
    for number in (3, 1, 2):
        ask(number)
    assert outbox.run(now=NOW, limit=2) == 2
    assert effects == ["3", "1"]
    outbox.run(now=NOW)
    assert effects == ["3", "1", "2"]


def test_an_effect_for_later_waits_for_its_hour(effects: Effects) -> None:
    ask(1, available_at=NOW + timedelta(hours=1))
    assert outbox.run(now=NOW + timedelta(minutes=59)) == 0
    assert outbox.run(now=NOW + timedelta(hours=1)) == 1


def test_a_leased_row_is_left_to_its_worker(effects: Effects) -> None:
    ask(1)
    assert [row.subject_id for row in outbox._lease(NOW, 10)] == ["1"]
    assert outbox.run(now=NOW + outbox.LEASE) == 0
    assert effects == []


def test_the_lease_of_a_worker_that_died_is_taken_over(effects: Effects) -> None:
    ask(1)
    outbox._lease(NOW, 10)
    assert outbox.run(now=NOW + outbox.LEASE + timedelta(seconds=1)) == 1
    assert effects == ["1"]
    assert OutboxMessage.objects.get().attempts == 2


def test_one_failing_row_does_not_stop_the_others(effects: Effects) -> None:
    effects.fails = lambda message: message.subject_id == "2"
    for number in (1, 2, 3):
        ask(number)
    assert outbox.run(now=NOW) == 2
    assert effects == ["1", "3"]
    bad = OutboxMessage.objects.get(done_at=None)
    assert bad.subject_id == "2"
    assert bad.error == "ConnectionError: 上游没有应答"
    assert bad.leased_until is None


def test_a_failing_row_is_tried_again_with_growing_pauses_and_then_left(effects: Effects) -> None:
    effects.fails = lambda message: True
    ask(1)
    moment, pauses = NOW, []
    for _ in range(outbox.MAX_ATTEMPTS):
        assert outbox.run(now=moment) == 0
        row = OutboxMessage.objects.get()
        pauses.append(row.available_at - moment)
        assert outbox.run(now=row.available_at - timedelta(seconds=1)) == 0
        assert OutboxMessage.objects.get().attempts == row.attempts
        moment = row.available_at
    assert pauses == sorted(set(pauses))
    assert pauses[0] == timedelta(seconds=30)
    effects.fails = lambda message: False
    assert outbox.run(now=moment + timedelta(days=30)) == 0
    assert OutboxMessage.objects.get().attempts == outbox.MAX_ATTEMPTS


def test_a_row_that_recovers_forgets_its_error(effects: Effects) -> None:
    effects.fails = lambda message: True
    ask(1)
    outbox.run(now=NOW)
    effects.fails = lambda message: False
    assert outbox.run(now=NOW + timedelta(seconds=30)) == 1
    row = OutboxMessage.objects.get()
    assert (row.error, row.attempts, row.done_at is not None) == ("", 2, True)


def test_what_a_handler_reports_is_kept_in_the_payload(effects: Effects) -> None:
    def report(message: OutboxMessage, now: Any) -> None:
        message.payload = {**message.payload, "steps": [{"label": "写入索引", "milliseconds": 3}]}

    outbox.register_handler("test.report", "报告", report)
    ask(1, kind="test.report", payload={"event": "released"})
    outbox.run(now=NOW)
    assert OutboxMessage.objects.get().payload == {
        "event": "released",
        "steps": [{"label": "写入索引", "milliseconds": 3}],
    }


def test_what_a_failing_handler_half_reported_is_not_kept(effects: Effects) -> None:
    def half(message: OutboxMessage, now: Any) -> None:
        message.payload["steps"] = ["半截"]
        raise OSError("断了")

    outbox.register_handler("test.half", "半截", half)
    ask(1, kind="test.half", payload={"event": "released"})
    outbox.run(now=NOW)
    assert OutboxMessage.objects.get().payload == {"event": "released"}


def test_an_overlong_error_is_cut_not_lost(effects: Effects) -> None:
    def explode(message: OutboxMessage, now: Any) -> None:
        raise OSError("很长" * 5000)

    outbox.register_handler("test.long", "长错误", explode)
    ask(1, kind="test.long")
    assert outbox.run(now=NOW) == 0
    assert len(OutboxMessage.objects.get().error) == 2000
