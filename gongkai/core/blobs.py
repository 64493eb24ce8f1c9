"""Private immutable files, named by content, served by one view after asking their record."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
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


_USES: dict[str, Callable[[str], bool]] = {}


def register_use(name: str, uses: Callable[[str], bool]) -> None:
    """A room whose records name files inside their content says whether one of them names this
    digest. Rows that refer to a blob by a foreign key are found without it."""
    _USES[name] = uses


def used(sha256: str) -> bool:
    """Whether any record still needs a file."""
    for relation in Blob._meta.related_objects:
        rows = relation.related_model._default_manager
        if rows.filter(**{relation.field.name: sha256}).exists():
            return True
    return any(uses(sha256) for uses in _USES.values())


_DROPPED: dict[str, Callable[[str], None]] = {}


def on_drop(name: str, forget: Callable[[str], None]) -> None:
    """A room that keeps something made from a file (its text) says how it forgets that; called
    with the digest in the transaction that deletes the file's row."""
    _DROPPED[name] = forget


def drop(sha256: str) -> bool:
    """Delete a file that no record needs any more; returns whether it is gone. Safe to repeat."""
    if used(sha256):
        return False
    with transaction.atomic():
        Blob.objects.filter(pk=sha256).delete()
        for forget in _DROPPED.values():
            forget(sha256)
    storage = storages["blobs"]
    if storage.exists(path_of(sha256)):
        storage.delete(path_of(sha256))
    return True
