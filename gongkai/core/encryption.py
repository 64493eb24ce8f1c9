"""Personal data that a database dump alone must not tell: encrypted values and keyed look-up.

A value is AES-256-GCM under a key of a numbered version, bound to its *purpose* (which column it
belongs to), so that a ciphertext moved into another column cannot be read there. Looking a value up
needs no decryption: beside it stands a *blind index*, an HMAC under another key of the same version.

In Python an encrypted value is a :class:`Secret`. It says ``***`` wherever it is printed, logged or
rendered, and gives its text only to whoever calls :meth:`Secret.reveal`; searching the source for
that word finds every place that reads personal data. ``docs/adr/0013`` has the reasons.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from gongkai.core.masking import HIDDEN

NONCE: Final = 12
"""Bytes. 96 random bits for every value: safe for far more values than a city has people."""

_TOKEN: Final = re.compile(r"k([0-9]{1,5})\.([A-Za-z0-9_-]+)")


class CannotDecrypt(Exception):
    """The key of this version is not here, or the value was changed or moved. Names no content."""


def keys() -> Mapping[int, bytes]:
    """The keys by version. Raises ImproperlyConfigured when there is none."""
    found: Mapping[int, bytes] = settings.DATA_KEYS
    if not found:
        raise ImproperlyConfigured("GONGKAI_DATA_KEYS is not set: see docs/operator.md.")
    return found


def current_version() -> int:
    """The version that new values are written under: the highest."""
    return max(keys())


@lru_cache(maxsize=256)
def _derived(key: bytes, use: str, purpose: str) -> bytes:
    """One key for each use and purpose, so that none of them tells anything about another."""
    info = f"gongkai:{use}:{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)


def encrypt(purpose: str, text: str) -> str:
    """``k<version>.<base64 of nonce and ciphertext>`` of a text, different every time."""
    version = current_version()
    nonce = secrets.token_bytes(NONCE)
    cipher = AESGCM(_derived(keys()[version], "encrypt", purpose))
    sealed = nonce + cipher.encrypt(nonce, text.encode(), purpose.encode())
    return f"k{version}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def decrypt(purpose: str, token: str) -> str:
    """The text of a value; raises CannotDecrypt."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise CannotDecrypt("不是加密的值")
    version = int(found[1])
    key = keys().get(version)
    if key is None:
        raise CannotDecrypt(f"没有第 {version} 版密钥")
    try:
        sealed = base64.urlsafe_b64decode(found[2] + "=" * (-len(found[2]) % 4))
        cipher = AESGCM(_derived(key, "encrypt", purpose))
        plain = cipher.decrypt(sealed[:NONCE], sealed[NONCE:], purpose.encode())
        return plain.decode()
    except (InvalidTag, ValueError, binascii.Error):
        raise CannotDecrypt("密钥不对，或者内容被改动") from None


def version_of(token: str) -> int:
    """The key version of a value or an index; 0 for what is neither."""
    found = re.match(r"k([0-9]{1,5})\.", token)
    return int(found[1]) if found else 0


def _index(version: int, purpose: str, normal: str) -> str:
    key = _derived(keys()[version], "index", purpose)
    digest = hmac.new(key, normal.encode(), hashlib.sha256).hexdigest()
    return f"k{version}.{digest[:40]}"


def blind_index(purpose: str, normal: str) -> str:
    """What to store for look-up of a text that the caller has normalised; the same every time."""
    return _index(current_version(), purpose, normal)


def blind_indexes(purpose: str, normal: str) -> list[str]:
    """The index under every key there is, newest first: what to look for while keys change."""
    return [_index(version, purpose, normal) for version in sorted(keys(), reverse=True)]


def new_key(version: int) -> str:
    """A new random key as the environment variable writes it."""
    return f"{version}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


class Secret:
    """An encrypted value. Printing it, comparing it or putting it into a page tells nothing."""

    __slots__ = ("purpose", "token")

    def __init__(self, purpose: str, token: str) -> None:
        self.purpose = purpose
        self.token = token

    @classmethod
    def of(cls, purpose: str, text: str) -> "Secret":
        """Encrypt a text under the current key."""
        return cls(purpose, encrypt(purpose, text))

    def reveal(self) -> str:
        """The text itself; raises CannotDecrypt. Whoever calls this answers for where it goes."""
        return decrypt(self.purpose, self.token)

    @property
    def version(self) -> int:
        """The version of the key that it is under."""
        return version_of(self.token)

    def __str__(self) -> str:
        return HIDDEN

    def __repr__(self) -> str:
        return f"<Secret {self.purpose}>"


if TYPE_CHECKING:
    _Text = models.TextField[Secret, Secret]
else:
    _Text = models.TextField


class EncryptedField(_Text):
    """A column that holds a :class:`Secret` and refuses plain text.

    ``index`` names the column with its blind index and ``normalise`` how its text is made comparable;
    ``gongkai rotate_keys`` writes both anew. It can be asked for nothing but NULL: equality would
    never hold, because the same text is encrypted differently every time.
    """

    description = "Encrypted text"

    def __init__(
        self, *args: Any, purpose: str = "", index: str = "", normalise: Any = None, **kwargs: Any
    ) -> None:
        self.purpose, self.index, self.normalise = purpose, index, normalise
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Secret | None:
        """What the database holds, still encrypted."""
        return None if value is None else Secret(self.purpose, value)

    def to_python(self, value: Any) -> Any:
        """A token from a fixture is a secret again; plain text stays what it is and is refused."""
        if isinstance(value, str) and _TOKEN.fullmatch(value):
            return Secret(self.purpose, value)
        return value

    def get_prep_value(self, value: Any) -> str | None:
        """The token; raises TypeError for a value that nobody has encrypted."""
        if value is None:
            return None
        if not isinstance(value, Secret) or value.purpose != self.purpose:
            raise TypeError(f"{self.purpose} takes an encrypted value made for it")
        return value.token

    def value_to_string(self, obj: models.Model) -> str:
        """The token, so that dumpdata writes no personal data."""
        secret = self.value_from_object(obj)
        return secret.token if isinstance(secret, Secret) else ""

    def get_lookup(self, lookup_name: str) -> Any:
        """Only IS NULL."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
