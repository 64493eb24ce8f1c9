"""Writing the query log: a page never waits for it.

``searched`` and ``clicked`` put a line into the memory of the process and return. One thread of
the process writes what has gathered, many lines in one transaction. Writing when the response is
closed would not do: a locked SQLite would hold the thread that other readers need, for seconds
(benchmarks/results/search_log.md). When the database does not take the lines, they are lost,
counted and reported.
"""

import atexit
import logging
import os
import secrets
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import Model

from gongkai.core.clock import SHANGHAI
from gongkai.search.clicks import Mark
from gongkai.search.models import SearchClick, SearchTrace
from gongkai.search.rules_traces import canonical_filters, words_of

logger = logging.getLogger("gongkai.search.traces")

ROOM: Final = 5000
"""Lines that may wait in a process; more come only when the database has been away for long."""

BATCH: Final = 500
PAUSE: Final = 0.5
"""Seconds in which lines gather before they are written."""

_PREFETCHING: Final = ("prefetch", "prerender", "preview")
_ORDERS: Final = frozenset(SearchTrace.Order.values)
_PLACES: Final = frozenset(SearchTrace.Place.values)


class Writer:
    """The lines of one process that wait, and the thread that writes them."""

    def __init__(self, *, room: int = ROOM, pause: float = PAUSE) -> None:
        self.written = self.lost = 0
        self.pause = pause
        self._room = room
        self._waiting: deque[Model] = deque()
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process = 0

    def put(self, line: Model) -> None:
        """Have a line written soon; costs microseconds and raises nothing."""
        if len(self._waiting) >= self._room:
            self.lost += 1
            if self.lost % self._room == 1:
                logger.warning("search log: no room, %d lines lost since the start", self.lost)
            return
        self._waiting.append(line)
        if settings.SEARCH_LOG_THREAD:
            self._start()
            self._ready.set()

    def _start(self) -> None:
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                # The first line of this process; a forked one has no thread yet.
                self._process = os.getpid()
                self._thread = threading.Thread(target=self._run, name="search-log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._ready.wait()
            threading.Event().wait(self.pause)
            self._ready.clear()
            try:
                self.flush()
            except Exception:  # the thread must live as long as its process
                logger.exception("search log could not be written")
            close_old_connections()

    def flush(self) -> int:
        """Write what waits; returns how many lines."""
        done = 0
        while lines := self._take():
            try:
                store(lines)
            except (DatabaseError, ValueError) as error:
                self.lost += len(lines)
                logger.warning(
                    "search log: %d lines lost (%s), %d since the start",
                    len(lines),
                    type(error).__name__,
                    self.lost,
                )
            else:
                done += len(lines)
        self.written += done
        return done

    def _take(self) -> list[Model]:
        lines: list[Model] = []
        while self._waiting and len(lines) < BATCH:
            lines.append(self._waiting.popleft())
        return lines


WRITER: Final = Writer()


@atexit.register
def _end() -> None:
    if settings.configured and settings.SEARCH_LOG_THREAD:
        WRITER.flush()


def store(lines: Sequence[Model]) -> None:
    """Write traces and clicks in one transaction; what is there already stays as it is."""
    with transaction.atomic():
        SearchTrace.objects.bulk_create(
            [line for line in lines if isinstance(line, SearchTrace)], ignore_conflicts=True
        )
        SearchClick.objects.bulk_create(
            [line for line in lines if isinstance(line, SearchClick)], ignore_conflicts=True
        )


def _hour(moment: datetime) -> dict[str, object]:
    here = moment.astimezone(SHANGHAI)
    return {"day": here.date(), "hour": here.hour}


def not_a_reader(headers: Mapping[str, str]) -> bool:
    """Whether a page was asked for ahead of a reader, or by staff who came from the report. The
    headers are looked at and not kept."""
    purpose = f"{headers.get('Sec-Purpose', '')} {headers.get('Purpose', '')}".lower()
    if any(word in purpose for word in _PREFETCHING):
        return True
    return "/desk/search/" in headers.get("Referer", "")


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked and found. ``strict`` and ``related`` are the numbers of hits, ``filters``
    codes by name; ``corrected``: hits are those of a corrected query."""

    text: str
    strict: int
    related: int = 0
    page: int = 1
    milliseconds: float = 0.0
    filters: Mapping[str, str | int | Sequence[str | int]] | None = None
    order: str = SearchTrace.Order.RELEVANCE
    place: str = SearchTrace.Place.RESULTS
    corrected: bool = False
    synonyms: bool = False


def line_of(search: Search, *, trace: int, now: datetime) -> SearchTrace:
    """The line of a search; its words only as ``rules_traces`` allows. Raises ValueError for an
    order or a place that is not in the model."""
    if search.order not in _ORDERS or search.place not in _PLACES:
        raise ValueError(f"unknown order {search.order!r} or place {search.place!r}")
    words = words_of(search.text)
    return SearchTrace(
        id=trace,
        text=words.text,
        dropped=words.dropped,
        filters=canonical_filters(search.filters or {}),
        order=search.order,
        place=search.place,
        strict=max(0, search.strict),
        related=max(0, search.related),
        page=min(max(1, search.page), 9999),
        milliseconds=max(0, round(search.milliseconds)),
        corrected=search.corrected,
        synonyms=search.synonyms,
        **_hour(now),
    )


def searched(search: Search, *, now: datetime, headers: Mapping[str, str] | None = None) -> int:
    """Note a search; returns the trace id for the marks of its hits, 0 when it is not noted
    (no words, asked for ahead, asked by staff from the report). Never waits, never raises for
    what a reader may type."""
    if not search.text.strip() or (headers is not None and not_a_reader(headers)):
        return 0
    trace = secrets.randbits(62) | 1
    WRITER.put(line_of(search, trace=trace, now=now))
    return trace


def click_line(mark: Mark, *, now: datetime) -> SearchClick:
    """The line of a click."""
    return SearchClick(
        trace_id=mark.trace, record=mark.record[:80], position=mark.position, **_hour(now)
    )


def clicked(mark: Mark, *, now: datetime) -> None:
    """Note a click on a hit; the same hit of the same page counts once."""
    WRITER.put(click_line(mark, now=now))
