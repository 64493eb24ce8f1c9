"""The vocabulary of the public index, kept beside it: built by the worker, read by every process.

It may be some seconds older than the index. Who shows a phrase asks the index whether anything
still bears it (``asking.counter``), so that nothing outlives a withdrawal here.
"""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import tantivy

from gongkai.search import index, vocabulary
from gongkai.search.entries import PUBLIC
from gongkai.search.rules_vocabulary import Vocabulary

PAUSE: Final = 15.0
"""Seconds between two buildings at least; and so much of the time is spent on it at most:"""
SHARE: Final = 0.05

_EMPTY: Final = Vocabulary((), (), 0)


def _file() -> Path:
    return index.folder(PUBLIC) / "phrases"


def _state_file() -> Path:
    return index.folder(PUBLIC) / "phrases.json"


def _state() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(_state_file().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _mark() -> list[object]:
    """The state of the index: changes with every commit and with every new generation."""
    generation = index.current(PUBLIC)
    if generation is None:
        return []
    try:
        return [generation.name, (generation / "meta.json").stat().st_mtime_ns]
    except OSError:
        return []


def _titles(searcher: tantivy.Searcher) -> Iterator[tuple[str, float]]:
    if not searcher.num_docs:
        return
    hits = searcher.search(tantivy.Query.all_query(), searcher.num_docs).hits
    for _, address in hits:
        yield index.stored(searcher, address).title, 1.0


def _write(path: Path, content: bytes) -> None:
    waiting = path.with_name(f".{path.name}-{os.getpid()}")
    waiting.write_bytes(content)
    os.replace(waiting, path)


def build() -> int:
    """Build it from the titles of the public index and the words that are known besides; returns
    how many phrases there are."""
    mark, started = _mark(), time.monotonic()
    searcher = index.searcher(PUBLIC)
    if not mark or searcher is None:
        return 0
    made = Vocabulary.build([*_titles(searcher), *vocabulary.known_words()])
    _write(_file(), made.to_bytes())
    seconds = time.monotonic() - started
    state = {"mark": mark, "made": time.time(), "seconds": round(seconds, 2)}
    _write(_state_file(), json.dumps(state).encode())
    return len(made)


class Keeper:
    """A follower of the index itself: builds again when it has changed, in a thread of its own."""

    def step(self) -> int:
        """Build if that is due; returns whether it was."""
        known, mark = _state(), _mark()
        if not mark or known.get("mark") == mark:
            return 0
        wait = max(PAUSE, known.get("seconds", 0.0) / SHARE)
        if known and 0 <= time.time() - known["made"] < wait:
            return 0
        return 1 if build() else 0

    def close(self) -> None:
        """Nothing is held."""


class _Reader:
    """The vocabulary of a process, read again when its file has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: tuple[str, int, int] | None = None
        self._known = _EMPTY

    def current(self) -> Vocabulary:
        path = _file()
        try:
            found = path.stat()
        except OSError:
            return _EMPTY
        seen = (str(path), found.st_ino, found.st_mtime_ns)
        if seen != self._seen:
            with self._lock:
                if seen != self._seen:
                    try:
                        self._known = Vocabulary.from_bytes(path.read_bytes())
                    except (OSError, ValueError):
                        self._known = _EMPTY
                    self._seen = seen
        return self._known


_READER: Final = _Reader()


def current() -> Vocabulary:
    """What there is now; empty until the worker has built one."""
    return _READER.current()
