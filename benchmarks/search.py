"""The engine at 1,000 to 1,000,000 short articles: how long a question takes, how fast it indexes.

Texts are made of clauses: those of ``--data FOLDER`` (``statutes/corpus.jsonl.gz`` and
``queries.jsonl`` in it), else of this repository's own Chinese pages, shuffled into articles as
long as those of Chinese statutes (91 characters in the middle, 116 on average). Indexing is measured
on them and on documents of the length of policies (real ones of ``policy/`` in that folder). Nothing
of them is written anywhere. The yardstick is SQLite FTS5 with the same pairs of the same texts.

``small`` ends at 58,655 articles, the number in the collection of national statutes; ``full`` goes
on to 1,000,000 (some ten minutes).
"""

import json
import os
import random
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.report import Result, p95

if TYPE_CHECKING:
    from gongkai.search.trial import Record

STATUTES = 58_655
SIZES = {"small": (1_000, STATUTES), "full": (1_000, STATUTES, 100_000, 1_000_000)}
LIMITS = {STATUTES: 1.0, 1_000_000: 6.0}
INDEXING = 10.0
DOCUMENTS, DOCUMENT_CHARACTERS = 8_000, 2_700
QUESTIONS = 400
ASKING = ("如何", "是否可以", "有哪些", "什么时候", "怎么办", "多少")
SEED = 20221018
_CLAUSE = re.compile("[\u3400-\u9fff0-9、《》“”]{4,60}[，。；]?")
ROOT = Path(__file__).parent.parent


def run(scale: str) -> Result:
    """Measure each size in turn."""
    from gongkai.search import trial

    result = Result("search", "The engine on short articles, against SQLite FTS5")
    clauses, questions, told = _material(os.environ.get("GONGKAI_BENCH_DATA", ""))
    growth = []
    asks = [trial.asked_of(text) for text in questions]
    for size in SIZES[scale]:
        with trial.built(_articles(clauses, size)) as built:
            spent = {
                "engine, 10 hits": _timed(lambda asked: built.related(asked, 10), asks),
                "engine, 100 hits": _timed(lambda asked: built.related(asked, 100), asks),
                "plain pairs, 10 hits": _timed(lambda text: built.plain(text, 10), questions),
                "whole chain, 10 hits": _timed(lambda text: built.chain(text, 10), questions),
            }
            speed = built.megabytes_of_text / built.seconds
            for name, (walls, processor) in spent.items():
                growth.append(
                    (
                        f"{size:,}", name, f"{p50(walls):.2f} ms", f"{p95(walls):.2f} ms",
                        f"{p95(processor):.2f} ms",
                    )
                )  # fmt: skip
            result.add(
                f"indexing {size:,} articles",
                f"{built.seconds:.1f} s, {speed:.1f} MB/s of text, {built.megabytes:.0f} MB on disk",
            )
            walls, _ = spent["engine, 10 hits"]
            if size in LIMITS:
                result.need(
                    f"engine at {size:,} articles, 95th percentile", f"{p95(walls):.2f} ms",
                    f"≤ {LIMITS[size]:g} ms", p95(walls) <= LIMITS[size],
                )  # fmt: skip
        if size == STATUTES:
            result.need(
                f"indexing at {size:,} articles", f"{speed:.1f} MB/s", f"≥ {INDEXING:g} MB/s",
                speed >= INDEXING,
            )  # fmt: skip
            fts, seconds = _fts5(_articles(clauses, size), questions)
            result.add(
                f"question at {size:,} articles: engine ÷ FTS5, median", f"{p50(walls):.2f} ms",
                f"{p50(fts):.2f} ms", p50(walls) / p50(fts), limit=0.2,
            )  # fmt: skip
            result.add(
                f"indexing {size:,} articles: engine ÷ FTS5", f"{built.seconds:.1f} s",
                f"{seconds:.1f} s", built.seconds / seconds,
            )  # fmt: skip
    documents, what = _documents(clauses, os.environ.get("GONGKAI_BENCH_DATA", ""))
    speed = _rebuilding(documents)
    result.need(
        f"indexing as a rebuild does: {what}", f"{speed:.1f} MB/s", f"≥ {INDEXING:g} MB/s",
        speed >= INDEXING,
    )  # fmt: skip
    result.tables.append(
        ("Growth", ("articles", "what", "median", "95th", "95th, processor time"), growth)
    )
    result.notes += [
        told,
        f"{len(questions)} questions, one after the other, after a first round of all of them. "
        "Processor time is that of the asking thread, which does all the work: it leaves out "
        "what other programs took of a shared machine.",
        "Plain pairs are any of the pairs as typed; the engine reads the rarest within its budget "
        "and single characters; the whole chain also understands what was typed, reads the first "
        "hits and orders them again.",
    ]
    return result


def _documents(clauses: Sequence[str], folder: str) -> tuple[list[tuple[str, str]], str]:
    """(title, text) of long documents, and what they are: real ones when there are any."""
    if folder:
        from gongkai.search import trial

        policy = sorted((Path(folder) / "policy").glob("*_docs.jsonl.gz"))
        rows = [(record.title, record.text) for record in trial.read_records(policy)]
        return rows * 4, f"{len(rows):,} real policy documents, four times"
    chance = random.Random(SEED)
    rows = []
    for _ in range(DOCUMENTS):
        parts: list[str] = []
        length = 0
        while length < DOCUMENT_CHARACTERS:
            parts.append(chance.choice(clauses))
            length += len(parts[-1])
        rows.append((parts[0].strip("，。；"), "".join(parts)))
    return rows, f"{DOCUMENTS:,} documents of {DOCUMENT_CHARACTERS:,} characters, shuffled clauses"


def _rebuilding(rows: Sequence[tuple[str, str]]) -> float:
    """MB of text a second, with the threads and the memory of ``gongkai search rebuild``."""
    from gongkai.search import index
    from gongkai.search.entries import Entry

    entries = [Entry("document", n, title, text) for n, (title, text) in enumerate(rows, 1)]
    size = sum(len((entry.title + entry.text).encode()) for entry in entries) / 1e6
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-index-") as folder:
        opened = index.open_index(Path(folder))
        started = time.perf_counter()
        with index.writer(opened, threads=2, heap=index.BUILD_BYTES) as out:
            for entry in entries:
                out.add_document(index.document(entry))
            out.commit()
            out.wait_merging_threads()
        return size / (time.perf_counter() - started)


def p50(values: Sequence[float]) -> float:
    """The value in the middle."""
    return sorted(values)[len(values) // 2]


def _timed(
    ask: Callable[[Any], object], questions: Sequence[Any]
) -> tuple[list[float], list[float]]:
    for text in questions:
        ask(text)
    walls, processor = [], []
    for text in questions:
        wall, own = time.perf_counter(), time.thread_time()
        ask(text)
        processor.append((time.thread_time() - own) * 1000)
        walls.append((time.perf_counter() - wall) * 1000)
    return walls, processor


def _material(folder: str) -> tuple[list[str], list[str], str]:
    """(clauses, questions, what they are)."""
    chance = random.Random(SEED)
    if folder:
        from gongkai.search import trial

        home = Path(folder)
        records = trial.read_records([home / "statutes" / "corpus.jsonl.gz"])
        clauses = [c for record in records for c in _CLAUSE.findall(record.text)]
        lines = (home / "statutes" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        questions = [json.loads(line)["query"] for line in lines]
        return clauses, questions, "Clauses of 58,655 articles, questions of citizens (`--data`)."
    pages = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("gongkai/*/reference/*.json")])
    clauses = [c for page in pages for c in _CLAUSE.findall(page.read_text(encoding="utf-8"))]
    questions = []
    for _ in range(QUESTIONS):
        parts = [chance.choice(clauses).strip("，。；")[:10] for _ in range(2)]
        questions.append(f"{parts[0]}{chance.choice(ASKING)}{parts[1]}？")
    return clauses, questions, f"{len(clauses):,} clauses of this repository's own pages."


def _articles(clauses: Sequence[str], number: int) -> Iterator["Record"]:
    from gongkai.search.trial import Record

    chance = random.Random(SEED)
    for n in range(number):
        wanted = min(chance.lognormvariate(4.51, 0.7), 3000)
        parts: list[str] = []
        length = 0
        while length < wanted:
            parts.append(chance.choice(clauses))
            length += len(parts[-1])
        yield Record(
            str(n), f"{clauses[n * 7919 % len(clauses)].strip('，。；')[:16]}办法", "".join(parts)
        )


def _fts5(
    records: Iterator["Record"],
    questions: Sequence[str],
) -> tuple[list[float], float]:
    """(milliseconds of each question, seconds of indexing) of SQLite with the same pairs."""
    from gongkai.core.pairs import pairs
    from gongkai.search import trial

    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE t USING fts5(body, content='', tokenize='ascii')")
    seconds = 0.0
    for number, record in enumerate(records):
        started = time.perf_counter()
        body = " ".join(pairs(f"{record.title}\n{record.text}"))
        database.execute("INSERT INTO t(rowid, body) VALUES (?, ?)", (number, body))
        seconds += time.perf_counter() - started
    started = time.perf_counter()
    database.execute("INSERT INTO t(t) VALUES ('optimize')")
    database.commit()
    seconds += time.perf_counter() - started

    def ask(text: str) -> object:
        terms = trial.asked_of(text).terms
        words = " OR ".join(f'"{term}"' for term in terms)
        return database.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 10", (words,)
        ).fetchall()

    return _timed(ask, [text for text in questions if trial.asked_of(text).terms])[0], seconds
