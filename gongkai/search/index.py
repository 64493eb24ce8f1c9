"""The index on disk: its fields, its generations, and the reader of a process.

``<search folder>/<space>/current`` names the generation that is read; a rebuild fills a new one
beside it and then replaces that one small file, so that nobody ever sees a half-filled index.
Everything here can be made again from the database.
"""

import contextlib
import json
import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tantivy
from django.conf import settings

from gongkai.core.pairs import prepared, terms
from gongkai.search.entries import FACETS, Entry, number_key

VERSION: Final = 4
"""Of the fields below; with another one the worker builds the index again."""

STORED_CHARACTERS: Final = 60_000
"""Characters of a text that are kept for marks and snippets; all of it is searched."""

ASKED_CHARACTERS: Final = 2_000
"""Of readers' questions that belong to it, kept for ranking only."""

GAP: Final = "\u2016"
"""A term between title and text, so that no phrase runs over the border."""

_SEPARATOR: Final = "\x1f"
_WRITER_BYTES: Final = 32_000_000
BUILD_BYTES: Final = 300_000_000
"""Memory of a build: fewer, larger segments, which need not be merged again."""


def make_schema() -> tantivy.Schema:
    """The fields. ``all`` is title, text, meta and readers' questions together: one joint field
    ranked better than title and text apart (benchmarks/results/search_ranking.md)."""
    builder = tantivy.SchemaBuilder()
    for name in ("all", "title"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("chars", tokenizer_name="whitespace", index_option="freq")
    for name in ("numbers", "record"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("kind", *FACETS):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("year", "day", "serial"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("number", "authority", "fingerprint"):
        builder.add_integer_field(name, fast=True)
    builder.add_bytes_field("stored", stored=True)
    return builder.build()


SCHEMA: Final = make_schema()


def document(entry: Entry) -> tantivy.Document:
    """An entry as the engine takes it."""
    found = tantivy.Document()
    title, *others = map(prepared, (entry.title, entry.text, entry.meta, entry.asked))
    in_title = " ".join(terms(title))
    found.add_text("title", in_title)
    parts = [" ".join(terms(text)) for text in others if text]
    found.add_text("all", f" {GAP} ".join([in_title, *parts]))
    characters = set(title).union(*others[:2])
    found.add_text("chars", " ".join([one for one in characters if one >= "\u3400"]))
    numbers = (*entry.numbers, number_key(entry.part)) if entry.part else entry.numbers
    for number in numbers:
        found.add_text("numbers", number)
    found.add_text("record", entry.record)
    found.add_text("kind", entry.kind)
    for name, values in entry.facets.items():
        for value in values:
            found.add_text(name, value)
    if entry.day is not None:
        found.add_integer("year", entry.day.year)
        found.add_integer("day", entry.day.toordinal())
    found.add_integer("number", entry.id)
    found.add_integer("authority", entry.authority)
    found.add_integer("serial", entry.serial)
    found.add_integer("fingerprint", entry.fingerprint)
    kept = (
        entry.key, entry.version, entry.title, entry.asked[:ASKED_CHARACTERS],
        entry.text[:STORED_CHARACTERS],
    )  # fmt: skip
    found.add_bytes("stored", _SEPARATOR.join(kept).encode("utf-8", "replace"))
    return found


@dataclass(frozen=True, slots=True)
class Stored:
    """What the index keeps of an entry for marks, snippets and re-ranking."""

    key: str
    version: str
    title: str
    asked: str
    text: str

    @property
    def record(self) -> tuple[str, int]:
        """Kind and id of the record."""
        kind, _, rest = self.key.partition(":")
        return kind, int(rest.partition("#")[0])

    @property
    def part(self) -> str:
        """The article, empty for the whole record."""
        return self.key.partition("#")[2]


def stored(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> Stored:
    """Read what is kept of one hit."""
    found = searcher.doc(address)
    kept: bytes = found.get_first("stored") or b""
    return Stored(*bytes(kept).decode().split(_SEPARATOR, 4))


def folder(space: str) -> Path:
    """Where the generations of a space lie."""
    return Path(settings.SEARCH_DIR) / space


def current(space: str) -> Path | None:
    """The generation that is read now; None when there is none of today's fields."""
    try:
        name = (folder(space) / "current").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    found = folder(space) / name
    return found if name.startswith(f"v{VERSION}-") and tantivy.Index.exists(str(found)) else None


def make_current(generation: Path) -> None:
    """Have readers take this generation from now on, and drop the others.

    Readers that are in the middle of a search keep their open files.
    """
    home = generation.parent
    waiting = home / f".current-{os.getpid()}"
    waiting.write_text(generation.name, encoding="utf-8")
    os.replace(waiting, home / "current")
    for other in home.iterdir():
        if other.is_dir() and other != generation:
            shutil.rmtree(other, ignore_errors=True)


def open_index(generation: Path) -> tantivy.Index:
    """Open a generation, or create it."""
    generation.mkdir(parents=True, exist_ok=True)
    return tantivy.Index(SCHEMA, path=str(generation))


def writer(
    index: tantivy.Index, *, threads: int = 1, heap: int = _WRITER_BYTES
) -> tantivy.IndexWriter:
    """The one writer of an index; raises ValueError (LockBusy) when there is one already.

    ``heap`` in bytes is what may wait in memory before it becomes a segment.
    """
    return index.writer(heap, threads)


def put(out: tantivy.IndexWriter, entries: Sequence[Entry]) -> None:
    """Replace the records of these entries by them."""
    for record in {entry.record for entry in entries}:
        out.delete_documents_by_term("record", record)
    for entry in entries:
        out.add_document(document(entry))


def read_state(generation: Path) -> dict[str, Any]:
    """What is kept beside a generation: ``cursor``, the sequence of the last fact in it."""
    try:
        found: dict[str, Any] = json.loads((generation / "gongkai.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def write_state(generation: Path, state: dict[str, Any]) -> None:
    """Keep it, whole or not at all."""
    waiting = generation / ".gongkai.json"
    waiting.write_text(json.dumps(state), encoding="utf-8")
    os.replace(waiting, generation / "gongkai.json")


_Mark = tuple[int, ...]


def _mark(path: Path) -> _Mark:
    found = os.stat(path)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


class _Reader:
    """One open index of a process. It looks at two small files before each search and opens
    again what has changed; nothing is opened before the first search."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._index: tantivy.Index | None = None
        self._generation: Path | None = None
        self._pointer: _Mark = ()
        self._meta: _Mark = ()

    def searcher(self, space: str) -> tantivy.Searcher | None:
        with self._lock:
            try:
                pointer = _mark(folder(space) / "current")
                if pointer != self._pointer:
                    self._forget()
                    self._generation, self._pointer = current(space), pointer
                    if self._generation is not None:
                        self._index = tantivy.Index(SCHEMA, path=str(self._generation))
                if self._index is None or self._generation is None:
                    return None
                meta = _mark(self._generation / "meta.json")
                if meta != self._meta:
                    self._index.reload()
                    self._meta = meta
            except (OSError, ValueError):
                # Lost, or replaced at this moment: the next search looks again.
                self._forget()
                return None
            return self._index.searcher()


_READERS: dict[str, _Reader] = {}


def searcher(space: str) -> tantivy.Searcher | None:
    """A view of the newest state of a space; None when there is no index (yet)."""
    key = str(folder(space))
    return _READERS.setdefault(key, _Reader()).searcher(space)


def size(generation: Path) -> int:
    """Bytes on disk."""
    total = 0
    for path in generation.iterdir():
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total
