"""Encrypted values and blind indexes: what they tell (nothing) and what changing keys does."""

import json
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core import encryption
from gongkai.core.encryption import (
    CannotDecrypt,
    EncryptedField,
    Secret,
    blind_index,
    blind_indexes,
    decrypt,
    encrypt,
    version_of,
)

OLD, NEW = b"\x01" * 32, b"\x02" * 32
ONE, BOTH = {1: OLD}, {1: OLD, 2: NEW}


@settings(max_examples=40)
@given(st.text(max_size=80))
def test_what_is_encrypted_comes_back_and_cannot_be_seen(text: str) -> None:
    token = encrypt("t.address", text)
    assert decrypt("t.address", token) == text and token.startswith("k1.")
    assert len(text) < 4 or text not in token
    assert encrypt("t.address", text) != token, "the same text must not give the same value"


def test_a_value_is_bound_to_its_column() -> None:
    token = encrypt("t.address", "li@mail.example")
    with pytest.raises(CannotDecrypt):
        decrypt("t.phone", token)


@pytest.mark.parametrize("change", [lambda t: t[:-2], lambda t: t[:6] + "AAAA" + t[10:],
                                    lambda t: t.replace("k1.", "k2."), lambda t: t[3:],
                                    lambda t: "", lambda t: t + "一", lambda t: "k1.AA"])  # fmt: skip
def test_a_changed_value_is_refused_without_naming_anything(change: Any) -> None:
    token = change(encrypt("t.address", "li@mail.example"))
    with pytest.raises(CannotDecrypt) as told:
        decrypt("t.address", token)
    assert "li@" not in str(told.value) and (not token or token not in str(told.value))


@override_settings(DATA_KEYS={})
def test_without_keys_nothing_is_written() -> None:
    with pytest.raises(ImproperlyConfigured, match="GONGKAI_DATA_KEYS"):
        encrypt("t.address", "x")


def test_new_values_take_the_newest_key_and_old_ones_stay_readable() -> None:
    with override_settings(DATA_KEYS=ONE):
        old = encrypt("t.address", "li@mail.example")
    with override_settings(DATA_KEYS=BOTH):
        assert decrypt("t.address", old) == "li@mail.example"
        assert version_of(encrypt("t.address", "x")) == 2
    with override_settings(DATA_KEYS={2: NEW}), pytest.raises(CannotDecrypt, match="第 1 版"):
        decrypt("t.address", old)


@settings(max_examples=40)
@given(st.text(max_size=40), st.text(max_size=40))
def test_the_blind_index_is_equal_for_equal_texts_only(one: str, other: str) -> None:
    same = blind_index("t.address", one) == blind_index("t.address", other)
    assert same == (one == other)


def test_indexes_differ_by_key_and_purpose_and_are_all_looked_for() -> None:
    with override_settings(DATA_KEYS=ONE):
        first = blind_index("t.address", "a@b.cn")
    with override_settings(DATA_KEYS=BOTH):
        assert blind_indexes("t.address", "a@b.cn") == [blind_index("t.address", "a@b.cn"), first]
        assert blind_index("t.address", "a@b.cn")[3:] != first[3:]
    assert blind_index("t.phone", "a@b.cn") != blind_index("t.address", "a@b.cn")


def test_a_secret_says_nothing_unless_it_is_asked_for() -> None:
    secret = Secret.of("t.address", "li@mail.example")
    for said in (str(secret), repr(secret), f"{secret}", f"{[secret]}", "%s" % secret):  # noqa: UP031
        assert "li@" not in said and secret.token not in said
    with pytest.raises(TypeError):
        json.dumps(secret)
    assert secret.reveal() == "li@mail.example" and secret.version == 1


def test_the_field_refuses_plain_text_and_other_columns() -> None:
    field = EncryptedField(purpose="t.address")
    assert field.get_prep_value(Secret.of("t.address", "x")).startswith("k1.")  # type: ignore[union-attr]
    for wrong in ("li@mail.example", Secret.of("t.phone", "x")):
        with pytest.raises(TypeError):
            field.get_prep_value(wrong)


def test_fixtures_carry_the_value_encrypted() -> None:
    from gongkai.subscriptions.models import ADDRESS, Subscriber

    row = Subscriber(address=Secret.of(ADDRESS, "li@mail.example"), address_index="k1.x")
    text = serializers.serialize("json", [row])
    assert "li@" not in text
    [back] = serializers.deserialize(
        "json", text.replace('"created_at": null', '"created_at": "2022-10-18T01:00:00Z"')
    )
    assert back.object.address.reveal() == "li@mail.example"


def test_nobody_searches_by_an_encrypted_column() -> None:
    from gongkai.subscriptions.models import Subscriber

    with pytest.raises(FieldError):
        Subscriber.objects.filter(address__contains="li")
    with pytest.raises((FieldError, TypeError)):
        str(Subscriber.objects.filter(address="li@mail.example").query)


def test_a_new_key_is_one_that_the_environment_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    from gongkai.settings.environment import read

    line = encryption.new_key(3)
    monkeypatch.setenv("GONGKAI_DATA_KEYS", f"1:{'A' * 43}=, {line}")
    found = read(default_secret="x").data_keys
    assert set(found) == {1, 3} and all(len(key) == 32 for key in found.values())


@pytest.mark.parametrize("wrong", ["x", "1:short", "0:" + "A" * 43 + "=", "A" * 43 + "=",
                                   f"1:{'A' * 43}=,1:{'B' * 43}="])  # fmt: skip
def test_a_wrong_key_is_named_by_its_variable_only(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gongkai.settings.environment import read

    monkeypatch.setenv("GONGKAI_DATA_KEYS", wrong)
    with pytest.raises(ImproperlyConfigured, match="GONGKAI_DATA_KEYS") as told:
        read(default_secret="x")
    assert "AAAA" not in str(told.value)
