"""The state of the catalogues: 100 units × 1,200 entries × a year in full, and after one change.

The yardstick is a bare ``bulk_create`` of the same rows in the same run: what storing them costs
without reading or counting anything.
"""

import time
from datetime import date, timedelta

from benchmarks import scratch
from benchmarks.report import Result, median, ms

TITLE = "states of 100 units × 1,200 entries"
UNITS, ENTRIES = 100, 1_200
FULL, STEP = 10.0, 1.0
LIMITS = (
    ("信息形成或者变更之日起20个工作日内", 70),
    ("信息形成或者变更之日起20个工作日内；长期公开", 10),
    ("及时公开", 5),
    ("每年3月底前", 5),
    ("每季度结束后10个工作日内", 5),
    ("按进展", 3),
    ("每月10日前", 2),
)
"""Wordings and their share of a hundred entries."""


def fill(units: int, entries: int) -> int:
    """Catalogues, duties, and a publication under every third pair; returns the pairs."""
    from gongkai.catalogue.entries.models import (
        Catalogue,
        Entry,
        EntryAbsence,
        EntryLink,
        EntryUnit,
    )
    from gongkai.catalogue.entries.rules_limits import parse_limit
    from gongkai.organisations.models import Unit

    owner = Unit.objects.get(code="changsha")
    known = list(Unit.objects.values_list("pk", flat=True)[:units])
    texts = [text for text, share in LIMITS for _ in range(share)]
    rows = []
    catalogues = [
        Catalogue.objects.create(
            key=f"field-{n}", kind="grassroots", owner=owner, field=f"field-{n}", name=f"领域{n}"
        )
        for n in range(max(1, entries // 40))
    ]
    for n in range(entries):
        text = texts[n % len(texts)]
        rows.append(
            Entry(
                code=f"field-{n}", catalogue=catalogues[n % len(catalogues)], item1=f"事项{n}",
                elements=["要素"], limit_text=text, rule=parse_limit(text).to_json(), sort=n,
                created_at=scratch.moment(),
            )
        )  # fmt: skip
    made = Entry.objects.bulk_create(rows)
    pairs = [(entry.pk, unit) for unit in known for entry in made]
    EntryUnit.objects.bulk_create(
        [EntryUnit(entry_id=e, unit_id=u, since=date(2022, 1, 4)) for e, u in pairs],
        batch_size=5_000,
    )
    day = date(2022, 2, 1)
    EntryLink.objects.bulk_create(
        [
            EntryLink(
                entry_id=e, unit_id=u, subject_kind="item", subject_id=number,
                formed_on=day + timedelta(days=number % 200),
                published_on=day + timedelta(days=number % 200 + number % 45),
                linked_at=scratch.moment(),
            )
            for number, (e, u) in enumerate(pairs) if number % 3 == 0
        ],
        batch_size=5_000,
    )  # fmt: skip
    EntryAbsence.objects.bulk_create(
        [
            EntryAbsence(
                entry_id=e, unit_id=u, period="2022", reason="没有这类信息", status="approved",
                requested_at=scratch.moment(),
            )
            for number, (e, u) in enumerate(pairs) if number % 50 == 1
        ],
        batch_size=5_000,
    )  # fmt: skip
    return len(pairs)


def _yardstick() -> float:
    """Seconds to store the rows that are there, without counting anything."""
    from gongkai.catalogue.entries.models import EntryInstance

    rows = list(EntryInstance.objects.all())
    for row in rows:
        row.pk = None
    EntryInstance.objects.all().delete()
    started = time.perf_counter()
    EntryInstance.objects.bulk_create(rows, batch_size=4_000)
    return time.perf_counter() - started


def run(scale: str) -> Result:
    """Measure a full count, one link, one retired entry, and the desk's overview."""
    from gongkai.catalogue.entries import selectors, states
    from gongkai.catalogue.entries.models import Entry, EntryInstance, EntryUnit

    scratch.load_reference()
    pairs = fill(UNITS, ENTRIES)
    full = []
    for _ in range(3 if scale == "small" else 7):
        started = time.perf_counter()
        instances = states.rebuild(now=scratch.moment())
        full.append(time.perf_counter() - started)
    bare = _yardstick()
    one, entry_wide, whole, unit = [], [], [], []
    duties = list(EntryUnit.objects.values_list("entry_id", "unit_id")[:: pairs // 40])
    for pair in duties:
        started = time.perf_counter()
        states.refresh_pairs([pair], today=scratch.DAY)
        one.append(time.perf_counter() - started)
    for entry in Entry.objects.all()[::200]:
        started = time.perf_counter()
        states.refresh_entries([entry.pk], today=scratch.DAY)
        entry_wide.append(time.perf_counter() - started)
    for _ in range(5):
        started = time.perf_counter()
        selectors.by_unit(EntryInstance.objects.all(), scratch.DAY)
        whole.append(time.perf_counter() - started)
        started = time.perf_counter()
        rows = selectors.instances([duties[0][1]])
        selectors.counts(rows, scratch.DAY)
        list(selectors.urgent_first(rows, scratch.DAY)[:30])
        unit.append(time.perf_counter() - started)
    result = Result("catalogue_states", TITLE)
    seconds = median(full)
    result.need(f"{pairs:,} pairs in full", ms(seconds), f"≤ {FULL:g} s", seconds <= FULL)
    result.add(f"in full, ÷ bare bulk_create of {instances:,} rows", ms(seconds), ms(bare),
               seconds / bare)  # fmt: skip
    step = median(one)
    result.need("one pair after a link", ms(step), f"≤ {STEP:g} s", step <= STEP)
    step = median(entry_wide)
    result.need(f"one entry, {UNITS} units", ms(step), f"≤ {STEP:g} s", step <= STEP)
    result.add("overview of all units", ms(median(whole)))
    result.add("board of one unit", ms(median(unit)))
    result.notes.append(
        "A day that passes costs nothing: the rows hold days, states follow from them."
    )
    return result
