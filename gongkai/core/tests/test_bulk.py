"""Rows inserted in bulk are the rows that ``bulk_create`` would have written."""

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gongkai.core import bulk
from gongkai.core.models import Blob, CalendarDay, OutboxMessage
from tests.factories import moment

pytestmark = pytest.mark.django_db


def message(number: int, **changes: Any) -> OutboxMessage:
    values: dict[str, Any] = {
        "kind": "trial",
        "subject_kind": "item",
        "subject_id": str(number),
        "payload": {"名称": "“引号”\\ 和 \n 换行", "数": [1, 2.5, None, True]},
        "idempotency_key": f"trial:{number}",
        "available_at": moment(8),
        "created_at": moment(8, 30),
    }
    return OutboxMessage(**(values | changes))


def stored(model: type[Any], without: str = "id") -> list[dict[str, Any]]:
    rows = model.objects.order_by("pk").values()
    return [{k: v for k, v in row.items() if k != without} for row in rows]


def test_every_kind_of_value_comes_back_as_from_bulk_create() -> None:
    OutboxMessage.objects.bulk_create([message(1), message(2, done_at=moment(9), milliseconds=7)])
    expected = stored(OutboxMessage)
    OutboxMessage.objects.all().delete()
    with transaction.atomic():
        bulk.insert([message(1), message(2, done_at=moment(9), milliseconds=7)])
    assert stored(OutboxMessage) == expected
    assert isinstance(OutboxMessage.objects.first().created_at, datetime)  # type: ignore[union-attr]


def test_days_are_stored_as_days() -> None:
    day = CalendarDay(day=date(2022, 10, 1), kind="holiday", name="国庆节", source="测试")
    with transaction.atomic():
        bulk.insert([day])
    assert CalendarDay.objects.get().day == date(2022, 10, 1)


def test_json_text_is_stored_as_it_stands_and_read_as_a_value() -> None:
    with transaction.atomic():
        bulk.insert([message(1, payload=bulk.JsonText('{"a": ["〔2022〕1号"]}'))])
    assert OutboxMessage.objects.get().payload == {"a": ["〔2022〕1号"]}
    assert OutboxMessage.objects.filter(payload__a__0="〔2022〕1号").exists()


def test_a_plain_text_in_a_json_field_is_a_json_string() -> None:
    with transaction.atomic():
        bulk.insert([message(1, payload="文字")])
    assert OutboxMessage.objects.get().payload == "文字"


def test_a_conflict_is_refused_or_skipped_as_asked() -> None:
    with transaction.atomic():
        bulk.insert([message(1)])
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert([message(1), message(2)])
    assert OutboxMessage.objects.count() == 1
    with transaction.atomic():
        bulk.insert([message(1), message(2)], skip_conflicts=True)
    assert OutboxMessage.objects.count() == 2


def test_nothing_is_inserted_for_nothing() -> None:
    with transaction.atomic():
        bulk.insert([])


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_refuses() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        bulk.insert([message(1)])


def test_keys_are_taken_once_and_rows_may_keep_them() -> None:
    first = message(1)
    first.save()
    with transaction.atomic():
        taken = bulk.keys(OutboxMessage, 3)
        assert len(set(taken)) == 3 and min(taken) > first.pk
        rows = [message(10 + n) for n in range(3)]
        for row, key in zip(rows, taken, strict=True):
            row.pk = key
        bulk.insert(rows)
    later = message(20)
    later.save()
    assert later.pk > max(taken)
    assert set(OutboxMessage.objects.values_list("pk", flat=True)) == {
        first.pk, *taken, later.pk
    }  # fmt: skip


def test_a_key_of_the_senders_own_is_kept() -> None:
    with transaction.atomic():
        bulk.insert([Blob(sha256="a" * 64, size=1, content_type="text/plain",
                          created_at=moment())])  # fmt: skip
    assert Blob.objects.get().pk == "a" * 64


def test_the_collector_is_as_before_even_after_a_failure() -> None:
    import gc

    before = gc.get_threshold()
    with pytest.raises(ValueError, match="stop"), bulk.fewer_collections():
        assert gc.get_threshold() != before
        raise ValueError("stop")
    assert gc.get_threshold() == before
