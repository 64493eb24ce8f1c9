"""Writing an index: build it afresh, follow the facts, compare it with the database.

The change log is the fact store: every write of the platform has a fact, and the sealer gives
each a number in the order of commits. An index remembers the last number that it has seen, and
reads again every record that a later fact is about. So a lost index, a copy on another machine
or a database restored from yesterday all mend themselves.
"""

import fcntl
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import tantivy
from django.db import transaction

from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.models import Fact, SealHead
from gongkai.search import index
from gongkai.search.entries import Change, Entry, Source, sources

logger = logging.getLogger("gongkai.search")

DRIFT: Final = "search.drift.found"
BATCH: Final = 500
KEEP_EVERY: Final = 20_000
"""Records after which an unfinished build is kept, so that it can go on from there."""

Progress = Callable[[int], None]
_SCRUBBED_BY: set[str] = set()


def scrub_after(*actions: str) -> None:
    """After a fact of these actions the index is built afresh: what was deleted for good must not
    stay in files that only mark it as deleted."""
    _SCRUBBED_BY.update(actions)


def _head() -> dict[str, Any]:
    head = SealHead.objects.filter(pk=1).first()
    return {"cursor": head.sequence, "chain": head.chain} if head else {"cursor": 0, "chain": ""}


@contextmanager
def _alone(space: str) -> Iterator[bool]:
    """Whether this process is the only one that builds the index of a space."""
    home = index.folder(space)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "building.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True


def _fits(generation: Path) -> bool:
    """Whether an index has followed this database, and not another or a later state of it."""
    state = index.read_state(generation)
    cursor = state.get("cursor")
    if not isinstance(cursor, int):
        return False
    return not cursor or Fact.objects.filter(sequence=cursor, chain=state.get("chain")).exists()


def _unfinished(space: str) -> Path | None:
    now = index.current(space)
    for path in sorted(index.folder(space).iterdir(), reverse=True):
        ours = path.is_dir() and path != now and path.name.startswith(f"v{index.VERSION}-")
        if ours and "done" in index.read_state(path) and _fits(path):
            return path
    return None


def total(space: str) -> int:
    """How many records the sources of a space have; for progress."""
    count = 0
    for source in sources(space):
        after = 0
        while ids := source.ids(after, 50_000):
            count += len(ids)
            after = ids[-1]
    return count


def rebuild(space: str, *, progress: Progress = lambda done: None, resume: bool = True) -> Path:
    """Fill a fresh index and have readers change over; returns the new generation.

    Searches and the worker go on with the old one meanwhile. An interrupted build goes on where
    it was kept last. Raises BlockingIOError when another process is building.
    """
    with _alone(space) as alone:
        if not alone:
            raise BlockingIOError(f"the index of {space} is being built by another process")
        generation = (_unfinished(space) if resume else None) or (
            index.folder(space) / f"v{index.VERSION}-{time.time_ns()}"
        )
        opened = index.open_index(generation)
        state = index.read_state(generation) or {**_head(), "done": {}}
        with index.writer(opened, threads=2, heap=index.BUILD_BYTES) as out:
            again = bool(state["done"])
            kept = 0
            for source in sources(space):
                after = state["done"].get(source.kind, 0)
                while ids := source.ids(after, BATCH):
                    entries = list(source.read(ids))
                    if again:
                        # What came after the last keeping may have been written in part.
                        index.put(out, entries)
                    else:
                        for entry in entries:
                            out.add_document(index.document(entry))
                    after = ids[-1]
                    kept += len(ids)
                    progress(len(ids))
                    if kept >= KEEP_EVERY:
                        out.commit()
                        state["done"][source.kind] = after
                        index.write_state(generation, state)
                        kept = 0
                state["done"][source.kind] = after
            out.commit()
        del state["done"]
        index.write_state(generation, state)
        while _follow(space, generation, opened):
            pass
        index.make_current(generation)
    logger.info("search: %s built", space)
    return generation


@dataclass(slots=True)
class _Plan:
    """What a stretch of facts asks of an index."""

    ids: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    scrub: bool = False


def _planned(changes: Iterable[Change], of: Sequence[Source]) -> _Plan:
    plan = _Plan()
    for change in changes:
        plan.scrub = plan.scrub or change.action in _SCRUBBED_BY
        if change.action == DRIFT:
            plan.ids[str(change.details["kind"])].update(change.details["ids"])
        else:
            for source in of:
                plan.ids[source.kind].update(source.records(change))
    return plan


def _same(searcher: tantivy.Searcher, records: Sequence[str], entries: Sequence[Entry]) -> bool:
    """Whether the index has exactly these entries of these records."""
    if not records:
        return True
    query = tantivy.Query.term_set_query(index.SCHEMA, "record", records)
    there = [address for _, address in searcher.search(query, max(1, searcher.num_docs)).hits]
    known = set(
        zip(
            searcher.fast_field_values("serial", there),
            searcher.fast_field_values("fingerprint", there),
            strict=True,
        )
    )
    return known == {(entry.serial, entry.fingerprint) for entry in entries}


def _apply(out: tantivy.IndexWriter, opened: tantivy.Index, source: Source, ids: list[int]) -> int:
    opened.reload()
    searcher = opened.searcher()
    written = 0
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        by_record: dict[str, list[Entry]] = {f"{source.kind}:{record}": [] for record in part}
        for entry in source.read(part):
            by_record[entry.record].append(entry)
        for record, entries in by_record.items():
            if not _same(searcher, [record], entries):
                out.delete_documents_by_term("record", record)
                for entry in entries:
                    out.add_document(index.document(entry))
                written += 1
    return written


def _follow(
    space: str, generation: Path, opened: tantivy.Index, out: tantivy.IndexWriter | None = None
) -> int:
    """Take in the next facts; returns how many, and how far is written beside the index."""
    state = index.read_state(generation)
    rows = list(
        Fact.objects.filter(sequence__gt=state["cursor"])
        .order_by("sequence")
        .values_list("action", "subject_kind", "subject_id", "details", "sequence", "chain")[:2000]
    )
    if not rows:
        return 0
    of = sources(space)
    plan = _planned((Change(*row[:4]) for row in rows), of)
    state.update(cursor=rows[-1][4], chain=rows[-1][5])
    state["scrub"] = state.get("scrub", False) or plan.scrub
    wanted = [(source, sorted(plan.ids[source.kind])) for source in of if plan.ids[source.kind]]
    if wanted:
        own = out or index.writer(opened)
        if sum(_apply(own, opened, source, ids) for source, ids in wanted):
            own.commit()
        if out is None:
            own.wait_merging_threads()
    index.write_state(generation, state)
    return len(rows)


class Follower:
    """Keeps the index of one space up to date; the worker has one for each space.

    Holds the writer's lock as long as it lives, so that a second worker on the same folder waits.
    """

    def __init__(self, space: str) -> None:
        self.space = space
        self._generation: Path | None = None
        self._opened: tantivy.Index | None = None
        self._out: tantivy.IndexWriter | None = None

    def close(self) -> None:
        """Let go of the index."""
        if self._out is not None:
            self._out.wait_merging_threads()
        self._generation = self._opened = self._out = None

    def _open(self) -> bool:
        generation = index.current(self.space)
        if generation is None or not _fits(generation):
            self.close()
            try:
                generation = rebuild(self.space)
            except BlockingIOError:
                return False
        if generation != self._generation:
            self.close()
            opened = index.open_index(generation)
            try:
                self._out = index.writer(opened)
            except ValueError:
                # Another worker writes here; it may end, so the next step tries again.
                return False
            self._generation, self._opened = generation, opened
        return True

    def step(self) -> int:
        """Take in what is new; returns how many facts."""
        if not self._open():
            return 0
        assert self._generation is not None and self._opened is not None
        done = _follow(self.space, self._generation, self._opened, self._out)
        if index.read_state(self._generation).get("scrub"):
            self.close()
            rebuild(self.space, resume=False)
        return done


@dataclass(slots=True)
class Drift:
    """What differs between an index and the database; lists of record keys."""

    entries: int = 0
    missing: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    @property
    def records(self) -> list[str]:
        """All records that have to be read again."""
        return sorted({*self.missing, *self.stale, *self.surplus})


def compare(space: str, *, progress: Progress = lambda done: None) -> Drift:
    """Compare what is in the index with what the database says, entry by entry."""
    found = Drift()
    searcher = index.searcher(space)
    known: dict[int, int] = {}
    if searcher is not None and searcher.num_docs:
        everything = [
            address
            for _, address in searcher.search(tantivy.Query.all_query(), searcher.num_docs).hits
        ]
        for serial, fingerprint in zip(
            searcher.fast_field_values("serial", everything),
            searcher.fast_field_values("fingerprint", everything),
            strict=True,
        ):
            known[int(serial or 0)] = int(fingerprint or 0)
    for source in sources(space):
        after = 0
        while ids := source.ids(after, BATCH):
            for entry in source.read(ids):
                found.entries += 1
                there = known.pop(entry.serial, None)
                if there is None:
                    found.missing.append(entry.record)
                elif there != entry.fingerprint:
                    found.stale.append(entry.record)
            after = ids[-1]
            progress(len(ids))
    if searcher is not None:
        left = list(known)
        for start in range(0, len(left), BATCH):
            query = tantivy.Query.term_set_query(
                index.SCHEMA, "serial", left[start : start + BATCH]
            )
            for _, address in searcher.search(query, BATCH).hits:
                kind, record = index.stored(searcher, address).record
                found.surplus.append(f"{kind}:{record}")
    return found


def mend(space: str, drift: Drift, *, actor: Actor, now: datetime) -> int:
    """Ask for all records that differ to be read again, through the change log; returns how many.

    The worker does it with the next facts, on every machine that has a copy.
    """
    by_kind: dict[str, list[int]] = defaultdict(list)
    for record in drift.records:
        kind, _, number = record.partition(":")
        by_kind[kind].append(int(number))
    with transaction.atomic():
        for kind, ids in sorted(by_kind.items()):
            for start in range(0, len(ids), BATCH):
                facts.record(
                    action=DRIFT,
                    subject=("search", space),
                    actor=actor,
                    occurred_at=now,
                    details={"kind": kind, "ids": ids[start : start + BATCH]},
                )
    return sum(map(len, by_kind.values()))
