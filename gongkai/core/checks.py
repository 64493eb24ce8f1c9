"""System checks: unsafe production settings and broken house rules stop the start."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

from gongkai.core.rotation import encrypted_fields


def _production() -> bool:
    return settings.SETTINGS_MODULE.endswith(".production")


@register(Tags.security)
def production_is_safe(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A production process refuses demo clocks, weak keys, debug pages and open hosts."""
    if not _production():
        return []
    found = []
    if settings.DEMO_DATE is not None:
        found.append(Error("GONGKAI_DEMO_DATE is set in production.", id="gongkai.E001"))
    if len(settings.SECRET_KEY) < 50 or settings.SECRET_KEY.startswith("development"):
        found.append(Error("GONGKAI_SECRET_KEY is too weak for production.", id="gongkai.E002"))
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(Error("GONGKAI_ALLOWED_HOSTS must name the hosts.", id="gongkai.E003"))
    if settings.DEBUG:
        found.append(Error("DEBUG is on in production.", id="gongkai.E004"))
    if not settings.BASE_URL.startswith("https://"):
        found.append(Error("GONGKAI_BASE_URL must start with https://.", id="gongkai.E005"))
    if not settings.DATA_KEYS:
        found.append(Error("GONGKAI_DATA_KEYS is not set.", id="gongkai.E007"))
    return found


@register(Tags.models)
def revisions_hold_no_secrets(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A model with revisions writes all its columns into their JSON once more, where no key is
    rotated and nothing is deleted; personal data does not belong on it."""
    return [
        Error(f"{model._meta.label} has revisions and an encrypted field.", id="gongkai.E008")
        for model, _ in encrypted_fields()
        if hasattr(model, "save_revision")
    ]


@register(Tags.compatibility)
def sqlite_writes_queue(app_configs: Any, **kwargs: Any) -> list[Error]:
    """SQLite must open write transactions immediately, or concurrent writers fail.

    Not tagged as a database check: those are skipped by an ordinary start.
    """
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return []
    if database.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE":
        return [Error("SQLite needs transaction_mode=IMMEDIATE.", id="gongkai.E006")]
    return []
