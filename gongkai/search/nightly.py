"""Every night: can what is public be found, and does the index say what the database says?

站点标准 B1.9 (搜索有效): the titles of public records, picked by chance, must come back on page 1; the
standard asks for 95 of 100. K: the sample of four titles in the assessment handbook is unconfirmed,
so twenty are taken. Each night leaves one fact, good or bad: that it was looked at is the proof.
"""

import random
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.clock import SHANGHAI, day_of
from gongkai.core.models import Fact
from gongkai.search import finding, index, vocabulary, writing
from gongkai.search.asking import ask_of
from gongkai.search.entries import PUBLIC, SPACES, sources
from gongkai.search.models import NightRun
from gongkai.search.query import Ask
from gongkai.search.rules_query import parse

TITLES: Final = "search.titles.checked"
COMPARED: Final = "search.index.compared"
ENOUGH: Final = 95
"""Percent of the titles that must come back (B1.9)."""

SAMPLE: Final = 20
FROM_HOUR: Final = 1
"""Shanghai time; a worker that was down at one makes up for it later the same day."""

LEASE: Final = timedelta(hours=2)
BUDGET: Final = 30 * 60.0
"""Seconds that comparing may take in a night."""

_STRETCH: Final = 50_000

Told = Callable[[Fact, datetime], None]
_TOLD: dict[str, Told] = {}


def as_typed(text: str) -> Ask:
    """The engine's question of a reader who types this."""
    return ask_of(parse(text), vocabulary.synonyms())


def on_poor_result(name: str, told: Told) -> None:
    """Have a higher floor hear, in the same transaction, of a night that was not good enough."""
    _TOLD[name] = told


@dataclass(frozen=True, slots=True)
class Title:
    """A record that was looked for by its title. ``rank`` is its place, 0 when it was not on the
    page; ``twin``: another record of the very same title was."""

    kind: str
    id: int
    title: str
    rank: int
    twin: bool = False

    @property
    def found(self) -> bool:
        """Whether a reader with this title in hand sees it on page 1."""
        return self.rank > 0


@dataclass(frozen=True, slots=True)
class Titles:
    """One check of titles. ``ready`` is False while there is no index."""

    rows: tuple[Title, ...] = ()
    ready: bool = True
    milliseconds: float = 0.0

    @property
    def found(self) -> int:
        """How many came back."""
        return sum(row.found for row in self.rows)

    @property
    def share(self) -> float:
        """Percent that came back; 100 of none."""
        return round(100 * self.found / len(self.rows), 1) if self.rows else 100.0

    @property
    def good(self) -> bool:
        """Whether enough came back."""
        return self.share >= ENOUGH


def pick(count: int, seed: str) -> list[tuple[str, int]]:
    """Records of the public space by chance, (kind, id); the same seed and the same records give
    the same choice."""
    known: list[tuple[str, array[int]]] = []
    for source in sources(PUBLIC):
        ids = array("q")
        after = 0
        while found := source.ids(after, _STRETCH):
            ids.extend(found)
            after = found[-1]
        known.append((source.kind, ids))
    whole = sum(len(ids) for _, ids in known)
    chance = random.Random(f"gongkai:{seed}")  # noqa: S311 - a sample, no secret
    picked = []
    for place in chance.sample(range(whole), min(count, whole)):
        for kind, ids in known:
            if place < len(ids):
                picked.append((kind, ids[place]))
                break
            place -= len(ids)
    return picked


def check_titles(*, today: date, count: int = SAMPLE, seed: str = "") -> Titles:
    """Search for the titles of some public records and look for them on page 1. Writes nothing.

    ``seed`` is the day when nothing else is said.
    """
    if index.searcher(PUBLIC) is None:
        return Titles(ready=False)
    started = time.perf_counter()
    picked = pick(count, seed or today.isoformat())
    titles: dict[tuple[str, int], str] = {}
    for source in sources(PUBLIC):
        wanted = sorted(record for kind, record in picked if kind == source.kind)
        for entry in source.read(wanted):
            titles.setdefault((entry.kind, entry.id), entry.title)
    # What is withdrawn between picking and reading has no title any more.
    rows = tuple(_looked_for(key, titles[key], today) for key in picked if key in titles)
    return Titles(rows, milliseconds=round((time.perf_counter() - started) * 1000, 1))


def _looked_for(key: tuple[str, int], title: str, today: date) -> Title:
    result = finding.find(PUBLIC, as_typed(title), today=today)
    hits = finding.shown(PUBLIC, result.rows)
    own = next((row.rank for row in hits if row.stored.record == key), 0)
    twin = next((row.rank for row in hits if row.shown and row.shown.title == title), 0)
    return Title(*key, title, own or twin, twin=bool(twin and not own))


# --- once a night ---------------------------------------------------------------------------------


def _take(job: str, now: datetime) -> NightRun | None:
    """The night's run, if it is time, not done, and nobody else is at it."""
    if now.astimezone(SHANGHAI).hour < FROM_HOUR:
        return None
    day = day_of(now)
    until = now + LEASE
    if NightRun.objects.filter(job=job, day=day, done_at__isnull=False).exists():
        return None
    row, fresh = NightRun.objects.get_or_create(job=job, day=day, defaults={"leased_until": until})
    if fresh:
        return row
    again = NightRun.objects.filter(pk=row.pk, done_at=None, leased_until__lt=now)
    return row if again.update(leased_until=until) else None


def _done(
    run: NightRun, *, action: str, details: dict[str, Any], good: bool, now: datetime
) -> Fact:
    with transaction.atomic():
        fact = facts.record(
            action=action,
            subject=("search", run.day.isoformat()),
            actor=Actor.system("search.nightly"),
            occurred_at=now,
            details=details,
        )
        NightRun.objects.filter(pk=run.pk).update(done_at=now)
        if not good:
            for told in _TOLD.values():
                told(fact, now)
    return fact


def check_nightly(now: datetime) -> int:
    """Timer job: once a day, the titles; returns how many did not come back."""
    if index.searcher(PUBLIC) is None:
        # The worker is about to build it; a night without an index shows in the report.
        return 0
    run = _take("search.nightly", now)
    if run is None:
        return 0
    titles = check_titles(today=run.day)
    details = {
        "count": len(titles.rows),
        "found": titles.found,
        "share": titles.share,
        "enough": ENOUGH,
        "milliseconds": titles.milliseconds,
        "titles": [
            {"kind": row.kind, "id": row.id, "rank": row.rank, "twin": row.twin}
            for row in titles.rows
        ],
    }
    _done(run, action=TITLES, details=details, good=titles.good, now=now)
    return len(titles.rows) - titles.found


class _OutOfTime(Exception):
    pass


def _compare(space: str, until: float) -> writing.Drift | None:
    def progress(done: int) -> None:
        if time.monotonic() > until:
            raise _OutOfTime

    try:
        return writing.compare(space, progress=progress)
    except _OutOfTime:
        return None


def compare_nightly(now: datetime, *, budget: float = BUDGET) -> int:
    """Once a day: compare the indexes with the database and have what differs read again;
    returns how many records that were. May take minutes, so it runs beside the timer's jobs."""
    spaces: Sequence[str] = [space for space in SPACES if sources(space)]
    if any(index.current(space) is None for space in spaces):
        return 0
    run = _take("search.compare", now)
    if run is None:
        return 0
    until = time.monotonic() + budget
    details: dict[str, Any] = {}
    total = 0
    for space in spaces:
        started = time.perf_counter()
        drift = _compare(space, until)
        if drift is None:
            details[space] = {"finished": False}
            continue
        asked = (
            writing.mend(space, drift, actor=Actor.system("search.nightly"), now=now)
            if drift.records
            else 0
        )
        total += asked
        details[space] = {
            "finished": True,
            "entries": drift.entries,
            "missing": len(set(drift.missing)),
            "stale": len(set(drift.stale)),
            "surplus": len(set(drift.surplus)),
            "asked": asked,
            "milliseconds": round((time.perf_counter() - started) * 1000),
        }
    good = all(found["finished"] for found in details.values())
    _done(run, action=COMPARED, details={"spaces": details}, good=good, now=now)
    return total
