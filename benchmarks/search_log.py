"""The query log: what it costs a reader, what a locked database does, the report over a large log.

Three ways are compared: no log, lines put into memory and written by a thread (what the product
does), and a row written by the search itself, as a response closer would.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from benchmarks.report import Result, median, ms, p95

TITLE = "the query log: cost for readers, a locked database, the report over a large log"
DAY = date(2022, 10, 18)
THREADS = 4
LOCKED = 2.0
"""Seconds that another writer holds the database."""


def _fill(count: int) -> list[str]:
    """Register so many made-up records and index them; returns some queries."""
    from gongkai.search import entries, writing
    from gongkai.search.entries import PUBLIC, Entry, Source

    words = (
        "减免",
        "房租",
        "稳岗",
        "返还",
        "公积金",
        "托育",
        "补贴",
        "教师",
        "招聘",
        "停水",
        "预算",
        "小区",
    )
    chance = random.Random(5)
    titles = ["关于" + "".join(chance.sample(words, 5)) + "的通知" for _ in range(count)]

    def read(ids: Sequence[int]) -> list[Entry]:
        return [Entry("paper", n, titles[n - 1], titles[n - 1] * 20) for n in ids if n <= count]

    def ids(after: int, limit: int) -> list[int]:
        return list(range(after + 1, min(count, after + limit) + 1))

    entries._SOURCES.clear()
    entries.register_source(Source("paper", "文件", PUBLIC, read, ids))
    writing.rebuild(PUBLIC)
    return [f"{a} {b}" for a in words for b in words if a != b]


def _measured(queries: Sequence[str], seconds: float, note: Callable[[str], object]) -> list[float]:
    """Seconds of each search of ``THREADS`` threads that search for so long."""
    from django.db import connections

    from gongkai.search import finding, query
    from gongkai.search.entries import PUBLIC

    found: list[float] = []
    until = time.perf_counter() + seconds

    def read(place: int) -> None:
        own, number = [], place
        while time.perf_counter() < until:
            started = time.perf_counter()
            text = queries[number % len(queries)]
            finding.find(PUBLIC, query.ask(text), today=DAY)
            note(text)
            own.append(time.perf_counter() - started)
            number += THREADS
        found.extend(own)
        connections.close_all()

    threads = [threading.Thread(target=read, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _hold(begin: threading.Event) -> threading.Thread:
    """Another writer that takes the database's only write lock for a while."""
    from django.db import connection, transaction

    from gongkai.search.models import NightRun
    from gongkai.search.nightly import LEASE

    def hold() -> None:
        from gongkai.core.clock import at

        with transaction.atomic():
            NightRun.objects.update_or_create(
                job="bench", day=DAY, defaults={"leased_until": at(DAY) + LEASE}
            )
            begin.set()
            time.sleep(LOCKED)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    return thread


def _readers(result: Result, queries: Sequence[str], seconds: float) -> None:
    from django.conf import settings

    from gongkai.core.clock import at
    from gongkai.search import traces
    from gongkai.search.models import SearchTrace

    now = at(DAY, 10)

    def nothing(text: str) -> None:
        return

    def queue(text: str) -> object:
        return traces.searched(traces.Search(text, 5, 20, milliseconds=3), now=now)

    def direct(text: str) -> None:
        search = traces.Search(text, 5, 20, milliseconds=3)
        traces.store([traces.line_of(search, trace=random.getrandbits(62), now=now)])

    settings.SEARCH_LOG_THREAD = True
    rates: dict[str, float] = {}
    for name, note in (("no log", nothing), ("queue", queue), ("direct", direct)):
        took = _measured(queries, seconds, note)
        rates[name] = len(took) / seconds
        ratio = rates[name] / rates["no log"]
        result.add(
            f"{name}: searches a second, {THREADS} threads",
            f"{rates[name]:.0f}/s, median {ms(median(took))}, p95 {ms(p95(took))}",
            f"{rates['no log']:.0f}/s without" if name != "no log" else "",
            ratio if name != "no log" else None,
            least=0.6 if name == "queue" else None,
        )
    kept = _settled(SearchTrace)
    result.notes.append(
        f"Of the queue's lines {traces.WRITER.written} were written, {traces.WRITER.lost} lost for "
        f"want of room ({traces.ROOM} lines); {kept} rows in all."
    )
    for name, note in (("queue", queue), ("direct", direct)):
        begin = threading.Event()
        holder = _hold(begin)
        begin.wait()
        slowest = max(_measured(queries, LOCKED / 2, note))
        holder.join()
        measure = f"{name}: slowest search while another writer holds the database {LOCKED:g} s"
        if name == "queue":
            result.need(measure, ms(slowest), "≤ 0.5 s", slowest <= 0.5)
        else:
            result.add(measure, ms(slowest))
    _settled(SearchTrace)
    started = time.perf_counter()
    words = [("公积金提取", 2000), ("张三 13812341234 在哪里", 2000)]
    for text, times in words:
        started = time.perf_counter()
        for _ in range(times):
            traces.line_of(traces.Search(text, 5), trace=1, now=now)
        spent = (time.perf_counter() - started) / times
        result.add(f"cleaning “{text}” and making its line", f"{spent * 1e6:.0f} µs")


def _settled(model: Any) -> int:
    """Wait until the thread has written all; returns the rows."""
    from gongkai.search import traces

    while traces.WRITER._waiting:
        time.sleep(0.1)
    time.sleep(1)
    return int(model.objects.count())


_TRACE = (
    'INSERT INTO search_searchtrace (id, day, hour, text, dropped, filters, "order", place, strict,'
    " related, page, milliseconds, corrected, synonyms) VALUES"
    " (%s, %s, 10, %s, '', '', 'relevance', 'results', %s, %s, 1, %s, FALSE, FALSE)"
)
_CLICKS = (
    "INSERT INTO search_searchclick (trace_id, record, position, day, hour)"
    " SELECT id, 'item:1', 1 + id % 10, day, 10 FROM search_searchtrace"
    " WHERE strict > 0 AND id % 5 < 3"
)


def _rows(count: int, first: date, days: int) -> Iterator[tuple[object, ...]]:
    """Searches of so many days: one in two is asked by many, the others are rare."""
    chance = random.Random(7)
    for n in range(count):
        text = f"常问的事{int(chance.paretovariate(0.6)) % 5000}"
        if chance.random() < 0.5:
            text = f"少见的词{chance.randrange(count)}"
        yield (
            n + 1,
            str(first + timedelta(days=n * days // count)),
            text,
            chance.choice((0, 0, 1, 5, 40)),
            chance.choice((0, 20)),
            chance.randrange(3, 60),
        )


def _large(result: Result, count: int) -> None:
    from django.db import connection, transaction

    from gongkai.core.clock import at
    from gongkai.search import reports, tallies
    from gongkai.search.models import SearchClick, SearchTrace
    from gongkai.search.reports import KINDS, Period, QueryList

    SearchClick.objects.all().delete()
    SearchTrace.objects.all().delete()
    days = 180
    first = DAY - timedelta(days=days - 1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_TRACE, _rows(count, first, days))
        cursor.execute(_CLICKS)
    now = at(DAY, 12)
    started = time.perf_counter()
    folded = tallies.fold_due(now)
    spent = time.perf_counter() - started
    result.add(
        f"{count:,} searches: folding {folded} days", f"{ms(spent)}, {ms(spent / folded)} a day"
    )
    started = time.perf_counter()
    tallies.fold_due(now)
    result.add("the same when nothing is to do (every 20 s)", ms(time.perf_counter() - started))
    for label, size in (("30 days", 30), ("180 days", 180)):
        period = Period(DAY - timedelta(days=size - 1), DAY)
        started = time.perf_counter()
        reports.report(period)
        result.add(f"{label}: totals, days, places", ms(time.perf_counter() - started))
        for kind in KINDS.values():
            rows = QueryList(period, kind)
            started = time.perf_counter()
            whole = rows.count()
            _ = rows[0:20]
            took = time.perf_counter() - started
            result.add(f"{label}: list “{kind.key}”, {whole:,} queries, first page", ms(took))
    started = time.perf_counter()
    gone = tallies.forget_due(now + timedelta(days=2))
    spent = time.perf_counter() - started
    result.add(f"forgetting {gone:,} searches of one or two days", ms(spent))


def run(scale: str) -> Result:
    """Measure; ``full`` has a log of a million searches."""
    result = Result("search_log", TITLE)
    _readers(result, _fill(5000), 4.0)
    _large(result, 1_000_000 if scale == "full" else 100_000)
    return result
