"""Eight processes that write at once, with a worker sealing beside them: nothing may be lost.

Each writer is the editor of its own unit and drafts, edits and submits through the services. One
writer alone, doing as many acts in all, is the yardstick for the throughput.
"""

import multiprocessing
import time
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.synchronize import Event
from typing import Any

from benchmarks import scratch
from benchmarks.report import Result, median, ms, p95

TITLE = "8 writers at once through the services, nothing lost"
WRITERS = 8
ACTS = ("draft", "edit", "submit")
CODES = ("czj", "wjw", "fgw", "sjzyj", "xzspj", "szfb", "zwgkb", "wangcheng")


@dataclass(slots=True)
class Report:
    """What one writer did: seconds of every act, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def _write(desk: scratch.Desk, position: int, first: int, rounds: int) -> Report:
    from gongkai.publishing import services as publishing
    from gongkai.publishing.models import ItemKind

    kind = ItemKind.objects.get(key="policy")
    prefix = desk.unit.doc_prefixes[0] if desk.unit.doc_prefixes else "长财发"
    report = Report()
    for number in range(first, first + rounds):
        now = scratch.moment(9) + timedelta(seconds=number)
        # Writers share no document numbers (of five digits at most), whatever their prefixes.
        content = scratch.content(position * 10_000 + number, prefix=prefix)
        item: Any = None
        for act in ACTS:
            started = time.perf_counter()
            try:
                if act == "draft":
                    item = publishing.item_create(
                        unit=desk.unit, kind=kind, content=content, member=desk.editor, now=now
                    )
                elif act == "edit":
                    publishing.item_edit(
                        item_id=item.pk,
                        content={"summary": f"第{number}次修改后的概述。"},
                        member=desk.editor,
                        now=now,
                    )
                else:
                    publishing.item_submit(item_id=item.pk, member=desk.editor, now=now)
            except Exception as error:  # noqa: BLE001 - every failure is what is measured here
                report.errors.append(f"{act}: {type(error).__name__}: {error}"[:200])
                if item is None:
                    break
            report.seconds.append(time.perf_counter() - started)
        if item is not None:
            report.numbers.append(item.pk)
    return report


def _writer(
    desk: scratch.Desk, position: int, first: int, rounds: int, begin: Any, out: Any
) -> None:
    """The body of one writing process."""
    from django.db import connection

    begin.wait()
    out.put(_write(desk, position, first, rounds))
    connection.close()


def _sealer(stop: Event, out: Any) -> None:
    """The worker's part: seals facts while the writers write."""
    from django.db import connection

    from gongkai.core import facts

    errors = []
    while not stop.is_set():
        try:
            facts.seal()
        except Exception as error:  # noqa: BLE001 - every failure is what is measured here
            errors.append(f"seal: {type(error).__name__}: {error}"[:200])
        stop.wait(0.2)
    out.put(errors)
    connection.close()


def _together(
    desks: list[scratch.Desk], first: int, rounds: int
) -> tuple[list[Report], list[str], float]:
    """Run the writers and the sealer; (reports, errors of the sealer, seconds)."""
    from django.db import connection

    connection.close()  # a connection must not be shared with a forked process
    context = multiprocessing.get_context("fork")
    begin, stop = context.Barrier(len(desks) + 1), context.Event()
    out, sealed = context.Queue(), context.Queue()
    sealer = context.Process(target=_sealer, args=(stop, sealed))
    writers = [
        context.Process(target=_writer, args=(desk, position, first, rounds, begin, out))
        for position, desk in enumerate(desks, start=1)
    ]
    for process in (sealer, *writers):
        process.start()
    begin.wait()
    started = time.perf_counter()
    reports = [out.get(timeout=1800) for _ in writers]
    seconds = time.perf_counter() - started
    stop.set()
    errors = sealed.get(timeout=60)
    for process in (sealer, *writers):
        process.join(timeout=60)
    return reports, errors, seconds


def run(scale: str) -> Result:
    """Measure; ``scale`` full writes four times as much."""
    from django.db import connection
    from wagtail.models import Revision

    from gongkai.core import facts
    from gongkai.core.models import Fact
    from gongkai.publishing.models import Item, NumberClaim
    from gongkai.review.models import ReviewCase

    rounds = 60 if scale == "full" else 15
    scratch.load_reference()
    desks = [scratch.staff(code) for code in CODES]
    before = Fact.objects.count()
    alone, alone_errors, alone_seconds = _together(desks[:1], 1, rounds * WRITERS)
    many, seal_errors, seconds = _together(desks, 5_000, rounds)
    while facts.seal():
        pass
    reports = [*alone, *many]
    expected = rounds * WRITERS * 2
    stored = {
        "items": (Item.objects.count(), expected),
        "revisions": (Revision.objects.count(), expected * 2),
        "review cases": (ReviewCase.objects.count(), expected),
        "claimed numbers": (NumberClaim.objects.count(), expected),
        "facts": (Fact.objects.count() - before, expected * len(ACTS)),
    }
    errors = [e for report in reports for e in report.errors] + alone_errors + seal_errors
    result = Result("writers", TITLE)
    acts = rounds * WRITERS * len(ACTS)
    result.need(f"errors in {2 * acts:,} acts", str(len(errors)), "0", not errors)
    for name, (found, wanted) in stored.items():
        result.need(f"{name} stored", f"{found:,}", f"= {wanted:,}", found == wanted)
    verdict = facts.verify()
    result.need(
        "facts sealed, chain whole",
        f"{verdict.sealed:,}" if verdict.ok else "broken",
        "whole",
        verdict.ok and not verdict.unsealed,
    )
    result.add(
        f"acts a second, {WRITERS} writers against 1",
        f"{acts / seconds:.1f}",
        f"{acts / alone_seconds:.1f}",
        (acts / seconds) / (acts / alone_seconds),
    )
    waits = [s for report in many for s in report.seconds]
    single = [s for report in alone for s in report.seconds]
    result.add("median of an act", ms(median(waits)), ms(median(single)))
    result.add("95 of 100 acts within", ms(p95(waits)), ms(p95(single)))
    result.add("longest act", ms(max(waits)), ms(max(single)))
    result.notes += [f"Error: {error}" for error in list(dict.fromkeys(errors))[:5]]
    result.notes.append(
        f"An act is a draft, an edit or a submission; {acts:,} acts by each side. "
        f"{connection.vendor} takes one writer at a time, so more writers cannot be faster than "
        "the lock allows; what matters is that all of them get through."
        if connection.vendor == "sqlite"
        else f"An act is a draft, an edit or a submission; {acts:,} acts by each side."
    )
    return result
