"""The one place that reads the process environment, typed and with clear errors.

Every variable starts with ``GONGKAI_`` except ``DATABASE_URL``, ``CACHE_URL`` and
``DJANGO_SETTINGS_MODULE``, whose names other tools know already.
"""

import base64
import binascii
import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Environment:
    """What an installation may choose. Units: sizes in bytes, times in seconds."""

    secret_key: str
    database: dict[str, Any]
    cache: dict[str, Any]
    data_dir: Path
    allowed_hosts: list[str]
    base_url: str
    demo_date: date | None
    accel_prefix: str
    upload_limit: int
    s3_bucket: str
    behind_proxy: bool
    link_checks: bool
    email: dict[str, Any]
    email_from: str
    page_cache: int
    speech_command: list[str]
    soffice_command: str
    tesseract_command: str
    data_keys: dict[int, bytes]


def read(*, default_secret: str = "") -> Environment:
    """Read and check the environment.

    Raises ImproperlyConfigured, naming the variable and what it must look like.
    """
    env = environ.Env()
    data_dir = Path(env.str("GONGKAI_DATA_DIR", default=str(ROOT / "var")))
    secret = env.str("GONGKAI_SECRET_KEY", default=default_secret)
    if not secret:
        raise ImproperlyConfigured(
            "GONGKAI_SECRET_KEY is not set: give a random string of at least 50 characters."
        )
    try:
        database = env.db_url("DATABASE_URL", default=f"sqlite:///{data_dir / 'gongkai.sqlite3'}")
        cache = env.cache_url("CACHE_URL", default="locmemcache://gongkai")
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"DATABASE_URL or CACHE_URL cannot be read: {error}") from error
    if not database.get("ENGINE"):
        raise ImproperlyConfigured(
            "DATABASE_URL is not understood: use sqlite:///path or postgresql://user:pass@host/name"
        )
    demo = env.str("GONGKAI_DEMO_DATE", default="")
    try:
        demo_date = date.fromisoformat(demo) if demo else None
    except ValueError as error:
        raise ImproperlyConfigured(
            f"GONGKAI_DEMO_DATE must be a date like 2022-10-18, not {demo!r}."
        ) from error
    try:
        upload_limit = env.int("GONGKAI_UPLOAD_LIMIT", default=20 * 1024 * 1024)
    except ValueError as error:
        raise ImproperlyConfigured("GONGKAI_UPLOAD_LIMIT must be a number of bytes.") from error
    behind_proxy = env.bool("GONGKAI_BEHIND_PROXY", default=False)
    try:
        # A proxy of ours caches pages itself, and better; two caches would only add their ages.
        page_cache = env.int("GONGKAI_PAGE_CACHE", default=0 if behind_proxy else 64)
    except ValueError as error:
        raise ImproperlyConfigured(
            "GONGKAI_PAGE_CACHE must be a number of MiB; 0 = off."
        ) from error
    email_url = env.str("GONGKAI_EMAIL_URL", default="")
    email: dict[str, Any] = {}
    if email_url:
        try:
            email = dict(env.email_url("GONGKAI_EMAIL_URL"))
        except (KeyError, ValueError, ImproperlyConfigured):
            email = {}
        # The address holds a password, so it is not repeated here.
        if not email.get("EMAIL_BACKEND") or ("smtp" in email_url and not email.get("EMAIL_HOST")):
            raise ImproperlyConfigured(
                "GONGKAI_EMAIL_URL is not understood: use smtp+tls://user:password@host:587, "
                "smtp+ssl://user:password@host:465, consolemail:// or filemail:///path."
            )
        if email.get("EMAIL_FILE_PATH"):
            email["EMAIL_FILE_PATH"] = f"/{email['EMAIL_FILE_PATH'].lstrip('/')}"
    try:
        speech_command = shlex.split(env.str("GONGKAI_SPEECH_COMMAND", default=""))
    except ValueError as error:
        raise ImproperlyConfigured(
            "GONGKAI_SPEECH_COMMAND is not understood: give a program and its arguments, like "
            '"espeak-ng -v cmn-latn-pinyin --stdout"; no shell is used.'
        ) from error
    return Environment(
        secret_key=secret,
        database=database,
        cache=cache,
        data_dir=data_dir,
        allowed_hosts=env.list("GONGKAI_ALLOWED_HOSTS", default=[]),
        base_url=env.str("GONGKAI_BASE_URL", default="http://127.0.0.1:8000").rstrip("/"),
        demo_date=demo_date,
        accel_prefix=env.str("GONGKAI_ACCEL_PREFIX", default=""),
        upload_limit=upload_limit,
        s3_bucket=env.str("GONGKAI_S3_BUCKET", default=""),
        behind_proxy=behind_proxy,
        link_checks=env.bool("GONGKAI_LINK_CHECKS", default=False),
        email=email,
        email_from=env.str("GONGKAI_EMAIL_FROM", default="gongkai@localhost"),
        page_cache=max(0, page_cache) * 1024 * 1024,
        speech_command=speech_command,
        soffice_command=env.str("GONGKAI_SOFFICE", default="soffice").strip(),
        tesseract_command=env.str("GONGKAI_TESSERACT", default="tesseract").strip(),
        data_keys=_data_keys(env.list("GONGKAI_DATA_KEYS", default=[])),
    )


def _data_keys(entries: list[str]) -> dict[int, bytes]:
    """Keys of personal data by version. What was typed is not repeated in the error."""
    found: dict[int, bytes] = {}
    for entry in filter(None, (entry.strip() for entry in entries)):
        version, _, text = entry.partition(":")
        try:
            key = base64.b64decode(text, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        number = int(version) if version.isascii() and version.isdigit() else 0
        if not 0 < number < 100_000 or number in found or len(key) != 32:
            raise ImproperlyConfigured(
                "GONGKAI_DATA_KEYS is not understood: give version:key pairs separated by commas, "
                "each version once, each key 32 bytes in base64; `gongkai rotate_keys --new-key` "
                "makes one."
            )
        found[number] = key
    return found
