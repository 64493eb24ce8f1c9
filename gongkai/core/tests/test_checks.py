"""System checks: an unsafe production process does not start."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import override_settings

SAFE: dict[str, Any] = {
    "SETTINGS_MODULE": "gongkai.settings.production",
    "DEMO_DATE": None,
    "SECRET_KEY": "k7" * 30,
    "ALLOWED_HOSTS": ["zwgk.example.gov.cn"],
    "DEBUG": False,
    "BASE_URL": "https://zwgk.example.gov.cn",
}


def found(**changes: Any) -> set[str]:
    """The ids of our own errors that a start under these settings reports."""
    with override_settings(**{**SAFE, **changes}):
        return {e.id for e in run_checks() if e.id and e.id.startswith("gongkai.")}


def test_safe_production_settings_pass() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"DEMO_DATE": date(2022, 10, 18)}, "gongkai.E001"),
        ({"SECRET_KEY": "short"}, "gongkai.E002"),
        ({"SECRET_KEY": "development-" + "x" * 50}, "gongkai.E002"),
        ({"ALLOWED_HOSTS": []}, "gongkai.E003"),
        ({"ALLOWED_HOSTS": ["zwgk.example.gov.cn", "*"]}, "gongkai.E003"),
        ({"DEBUG": True}, "gongkai.E004"),
        ({"BASE_URL": "http://zwgk.example.gov.cn"}, "gongkai.E005"),
        ({"DATA_KEYS": {}}, "gongkai.E007"),
    ],
)
def test_each_unsafe_production_setting_is_named(changes: dict[str, Any], error: str) -> None:
    assert found(**changes) == {error}


def test_all_faults_are_named_at_once() -> None:
    everything = {
        "DEMO_DATE": date(2022, 10, 18),
        "SECRET_KEY": "weak",
        "ALLOWED_HOSTS": [],
        "DEBUG": True,
        "BASE_URL": "",
    }
    assert found(**everything) == {f"gongkai.E00{n}" for n in range(1, 6)}


@pytest.mark.parametrize("module", ["gongkai.settings.dev", "gongkai.settings.test"])
def test_development_may_have_a_demo_clock_and_a_weak_key(module: str) -> None:
    assert (
        found(
            SETTINGS_MODULE=module,
            DEMO_DATE=date(2022, 10, 18),
            SECRET_KEY="short",
            ALLOWED_HOSTS=["*"],
        )
        == set()
    )


@pytest.fixture
def sqlite(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Pretend that the platform is configured for SQLite with these options."""

    def configure(**options: Any) -> None:
        database = {"ENGINE": "django.db.backends.sqlite3", "NAME": "x", "OPTIONS": options}
        monkeypatch.setitem(settings.DATABASES, "default", database)

    return configure


@pytest.mark.parametrize("options", [{}, {"transaction_mode": "DEFERRED"}])
def test_a_start_on_sqlite_without_immediate_transactions_is_refused(
    options: dict[str, Any], sqlite: Callable[..., None]
) -> None:
    """Found by an ordinary start, not only when somebody asks for the database checks."""
    sqlite(**options)
    assert found() == {"gongkai.E006"}


def test_sqlite_with_immediate_transactions_may_start(sqlite: Callable[..., None]) -> None:
    sqlite(transaction_mode="IMMEDIATE")
    assert found() == set()


def test_other_databases_need_no_transaction_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    database = {"ENGINE": "django.db.backends.postgresql"}
    monkeypatch.setitem(settings.DATABASES, "default", database)
    assert found() == set()


def test_an_encrypted_field_on_a_model_with_revisions_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from gongkai.core import checks
    from gongkai.core.encryption import EncryptedField
    from gongkai.core.models import Blob
    from gongkai.publishing.models import Item

    field = EncryptedField(purpose="t.x")
    assert checks.revisions_hold_no_secrets(None) == []
    monkeypatch.setattr(checks, "encrypted_fields", lambda: [(Item, field), (Blob, field)])
    [error] = checks.revisions_hold_no_secrets(None)
    assert error.id == "gongkai.E008" and "Item" in error.msg
