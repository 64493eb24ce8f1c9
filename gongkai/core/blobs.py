"""Private immutable files, named by content, served by one view after asking their record."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import HttpRequest

from gongkai.core.models import Blob


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to read one file: which blob, under what name, shown inline or downloaded."""

    sha256: str
    filename: str
    content_type: str
    inline: bool = False
    public: bool = False


# Asked with (request, record id, first 16 characters of the digest); None = no such file for you.
Gate = Callable[[HttpRequest, str, str], Grant | None]
_GATES: dict[str, Gate] = {}


def register_gate(kind: str, gate: Gate) -> None:
    """Register the room that answers for files of one kind of record."""
    if kind in _GATES and _GATES[kind] is not gate:
        raise ValueError(f"file kind {kind} has a gate already")
    _GATES[kind] = gate


def gate_for(kind: str) -> Gate | None:
    """The gate of a kind, if any."""
    return _GATES.get(kind)


def path_of(sha256: str) -> str:
    """Where a blob lies inside the private storage."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def store(data: bytes, *, content_type: str, now: datetime) -> Blob:
    """Keep a file; the same content is kept once."""
    sha256 = hashlib.sha256(data).hexdigest()
    storage = storages["blobs"]
    path = path_of(sha256)
    if not storage.exists(path):
        storage.save(path, ContentFile(data))
    blob, _ = Blob.objects.get_or_create(
        sha256=sha256,
        defaults={"size": len(data), "content_type": content_type, "created_at": now},
    )
    return blob


def read(sha256: str) -> bytes:
    """The content of a blob; FileNotFoundError when the storage lost it."""
    with storages["blobs"].open(path_of(sha256), "rb") as handle:
        content: bytes = handle.read()
    return content
