"""`gongkai rotate_keys` on real rows: interrupted, begun again, with a key that is lost."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from gongkai.core import rotation
from gongkai.core.encryption import Secret, blind_index, blind_indexes
from gongkai.core.models import Fact
from gongkai.subscriptions.models import ADDRESS, Subscriber
from tests.factories import moment

OLD, NEW = b"\x01" * 32, b"\x02" * 32
BOTH = {1: OLD, 2: NEW}

pytestmark = pytest.mark.django_db


def people(count: int) -> None:
    with override_settings(DATA_KEYS={1: OLD}):
        for number in range(count):
            address = f"reader{number}@mail.example"
            Subscriber.objects.create(
                address=Secret.of(ADDRESS, address),
                address_index=blind_index(ADDRESS, address),
                created_at=moment(),
            )


def rotated(**options: Any) -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out, **options)
    return out.getvalue()


def test_everything_moves_to_the_newest_key_with_its_index() -> None:
    people(5)
    with override_settings(DATA_KEYS=BOTH):
        assert "第 1 版  5 个" in rotated(check=True)
        said = rotated(batch=2)
        assert "2/5" in said and "5/5" in said and "换成第 2 版密钥：5 个" in said
        assert "mail.example" not in said
    with override_settings(DATA_KEYS={2: NEW}):
        found = {row.address.reveal() for row in Subscriber.objects.all()}
        assert found == {f"reader{n}@mail.example" for n in range(5)}
        index = blind_index(ADDRESS, "reader3@mail.example")
        assert Subscriber.objects.get(address_index=index).address.version == 2
    fact = Fact.objects.get(action="core.keys.rotated")
    assert fact.details == {"values": 5, "unreadable": 0}


def test_a_stop_in_the_middle_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    people(6)

    def stop(label: str, done: int, whole: int) -> None:
        raise KeyboardInterrupt

    with override_settings(DATA_KEYS=BOTH):
        with pytest.raises(KeyboardInterrupt):
            rotation.rotate(now=moment(), say=stop, batch=2)
        versions = sorted(row.address.version for row in Subscriber.objects.all())
        assert versions == [1, 1, 1, 1, 2, 2]
        # In between everybody is found, under whichever key.
        for number in range(6):
            wanted = blind_indexes(ADDRESS, f"reader{number}@mail.example")
            assert Subscriber.objects.filter(address_index__in=wanted).count() == 1
        assert rotation.rotate(now=moment()) == (4, 0)
        assert rotation.rotate(now=moment()) == (0, 0)


def test_a_lost_key_is_said_and_the_rest_is_done() -> None:
    people(2)
    with override_settings(DATA_KEYS={3: b"\x03" * 32}):
        Subscriber.objects.create(
            address=Secret.of(ADDRESS, "x@mail.example"), address_index="k3.x", created_at=moment()
        )
    with override_settings(DATA_KEYS={1: OLD, 4: b"\x04" * 32}):
        with pytest.raises(CommandError, match="1 个读不出来"):
            rotated()
        [(label, ok, note)] = rotation.examined()
        assert ok is False and "1 个缺少密钥" in note and label == "个人信息密钥"


def test_the_doctor_says_when_old_keys_are_in_use() -> None:
    people(1)
    with override_settings(DATA_KEYS=BOTH):
        [(_, ok, note)] = rotation.examined()
        assert ok and "1 个还用旧密钥" in note
    assert rotated(new_key=True).startswith("2:")
