"""Moving an old site in: items a second from JSON lines, against bare ``bulk_create``.

Measured is everything between the file and public items: reading, mapping, duplicates, privacy
screening, staging, the manifest, and after approval items, versions, placements, numbers, old
addresses, the fact. The gate's own steps are left out: they do not grow with the batch, apart from
the manifest, which is computed once more. Yardstick: ``bulk_create`` of the same ``Item`` rows, and
of all the rows the import writes, on the same database in the same run.
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import scratch
from benchmarks.report import Result, ms

TITLE = "import of an old site: items/s, against bare bulk_create, memory, growth"
LEAST = 1000
SHARE = 0.25
MAPPING = {
    "version": 1,
    "source": "旧站",
    "key": "id",
    "hosts": ["old.example.gov.cn"],
    "fields": {
        "title": "title",
        "body": {"from": "text", "as": "text"},
        "original_on": "date",
        "formed_on": "formed",
        "kind": {"value": "policy"},
        "doc_no": "no",
        "theme": {"value": "0401"},
        "genre": {"value": "通知"},
        "validity": "status",
        "urls": "url",
    },
}


def write_source(path: Path, number: int) -> None:
    """``number`` documents of about 600 characters, in the three date forms seen in the wild."""
    forms = ("{y}-{m:02}-{d:02}", "{y}年{m:02}月{d:02}日", "{y}-{m:02}-{d:02} 09:30:00")
    with path.open("w", encoding="utf-8") as handle:
        for n in range(1, number + 1):
            day = {"y": 2010 + n % 11, "m": n % 12 + 1, "d": n % 28 + 1}
            content = scratch.content(n)
            text = "\n".join(
                f"{line}（{n}）" for line in str(content["body"]).replace("</p>", "\n").split("\n")
            )
            row = {
                "id": f"D{n}",
                "title": f"{content['title']}",
                "text": text.replace("<p>", "").replace("<h2>", "").replace("</h2>", "\n"),
                "date": forms[n % 3].format(**day),
                "formed": forms[0].format(**day),
                "no": f"长财发〔{day['y']}〕{n // 11 + 1}号",
                "status": "有效",
                "url": f"http://old.example.gov.cn/art/{day['y']}/{n}.html",
            }
            handle.write(json.dumps(row, ensure_ascii=False) + "\n")


def bring_in(path: Path, desk: scratch.Desk) -> dict[str, float]:
    """Prepare and release one file; seconds of each phase, and how many items became public."""
    from django.db import transaction

    from gongkai.legacy import preparing, releasing, sources
    from gongkai.legacy.attachments import NoFiles
    from gongkai.legacy.enums import RunStatus
    from gongkai.legacy.mapping import check_mapping
    from gongkai.legacy.models import ImportRun
    from gongkai.organisations.access import system_member

    mapping = check_mapping(MAPPING)
    member = system_member("import_items")
    started = time.perf_counter()
    source = sources.look(path)
    now = scratch.moment(9)
    run, _ = preparing.run_open(
        filename=path.name,
        fingerprint=sources.fingerprint(path),
        size=source.size,
        mapping=mapping,
        unit=desk.unit,
        fixed=True,
        member=member,
        now=now,
    )
    shop = preparing.shop_for(
        mapping=mapping, unit=desk.unit, fixed=True, files=NoFiles(), now=now, keep=True
    )
    run = preparing.prepare(run=run, rows=sources.rows(source), shop=shop, member=member, now=now)
    prepared = time.perf_counter()
    # The gate calls this after the last approval.
    ImportRun.objects.filter(pk=run.pk).update(status=RunStatus.IN_REVIEW)
    with transaction.atomic():
        releasing.release_begin(run_id=run.pk, member=desk.reviewers["secrecy"], now=now)
    releasing.release_on(run.pk, now=now)
    ended = time.perf_counter()
    run.refresh_from_db()
    return {
        "prepare": prepared - started,
        "release": ended - prepared,
        "total": ended - started,
        "items": run.count("staged"),
        "bad": run.count("bad"),
    }


def screening(path: Path) -> float:
    """Seconds that the privacy screening of the same rows takes by itself."""
    from gongkai.publishing.inspection import inspect_content

    contents = []
    with path.open(encoding="utf-8") as handle:
        for line in handle:
            row = json.loads(line)
            contents.append({"title": row["title"], "body": f"<p>{row['text']}</p>"})
    started = time.perf_counter()
    for content in contents:
        inspect_content(content)
    return time.perf_counter() - started


def copies(model: Any, only: Any = None) -> list[Any]:
    """The stored rows as new objects."""
    rows = list(only if only is not None else model.objects.all())
    for row in rows:
        row.pk = None
        row._state.adding = True
    return rows


def yardsticks() -> tuple[float, float]:
    """Seconds of ``bulk_create`` of the item rows alone, and of all rows that the import wrote.

    Everything is deleted first, so that both sides write into the same emptiness.
    """
    from django.db import transaction

    from gongkai.catalogue.models import Placement
    from gongkai.legacy.models import Redirect, StagedItem
    from gongkai.publishing.models import Item, ItemVersion, NumberClaim

    models = (Redirect, StagedItem, NumberClaim, ItemVersion, Item)
    stored = {model: list(model.objects.all()) for model in models}
    placements = list(Placement.objects.all())
    for model in models:
        model.objects.all()._raw_delete("default")
    Placement.objects.all()._raw_delete("default")
    bare = everything = 0.0
    for model in reversed(models):
        rows = stored[model]
        for row in rows:
            row._state.adding = True
        started = time.perf_counter()
        for first in range(0, len(rows), 500):
            with transaction.atomic():
                model.objects.bulk_create(rows[first : first + 500])
        spent = time.perf_counter() - started
        everything += spent
        if model is Item:
            bare = spent
    started = time.perf_counter()
    Placement.objects.bulk_create(placements, batch_size=2000)
    everything += time.perf_counter() - started
    return bare, everything


def one(number: int) -> dict[str, float]:
    """One import in this process on a scratch database; also the peak memory of the process."""
    with scratch.database() as folder:
        scratch.load_reference()
        desk = scratch.staff("czj")
        path = folder / "old.jsonl"
        write_source(path, number)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = bring_in(path, desk)
        found["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found["rss_before"] = before / 1024
        if number <= 10_000:
            found["screening"] = screening(path)
            found["bare"], found["everything"] = yardsticks()
    return found


def apart(number: int) -> dict[str, float]:
    """The same in a process of its own, so that memory is that of this import only."""
    code = f"import json; from benchmarks.import_items import one; print(json.dumps(one({number})))"
    environment = {k: v for k, v in os.environ.items() if k != "GONGKAI_DATA_DIR"}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def run(scale: str) -> Result:
    """Measure; ``scale`` full goes to 100,000 rows, small to 10,000."""
    sizes = (1000, 10_000, 100_000) if scale == "full" else (1000, 10_000)
    found = {size: apart(size) for size in sizes}
    middle = found[10_000]
    result = Result("import_items", TITLE)
    pace = middle["items"] / middle["total"]
    result.need(
        "10,000 items from JSON lines to public",
        f"{pace:,.0f} items/s",
        f"≥ {LEAST:,}",
        pace >= LEAST,
    )
    share = middle["everything"] / middle["total"]
    result.need(
        "share of the pace of bulk_create of the same rows (all tables)",
        f"{share:.2f}",
        f"≥ {SHARE}",
        share >= SHARE,
    )
    alone = middle["bare"] / middle["total"]
    result.add("the same against the item rows alone", f"{alone:.2f}")
    last = found[sizes[-1]]
    grown = last["rss"] - middle["rss"] if len(sizes) > 2 else middle["rss"] - found[1000]["rss"]
    result.need(
        f"peak memory, {sizes[-2]:,} → {sizes[-1]:,} rows",
        f"{found[sizes[-2]]['rss']:.0f} → {last['rss']:.0f} MiB",
        "≤ 40 MiB more",
        grown <= 40,
    )
    result.tables.append(
        (
            "Growth",
            ("rows", "items/s", "prepare", "release", "per item", "peak memory"),
            [
                (
                    f"{size:,}",
                    f"{f['items'] / f['total']:,.0f}",
                    ms(f["prepare"]),
                    ms(f["release"]),
                    ms(f["total"] / f["items"]),
                    f"{f['rss']:.0f} MiB",
                )
                for size, f in found.items()
            ],
        )
    )
    result.notes += [
        f"Of the 10,000 rows {middle['items']:.0f} became public, {middle['bad']:.0f} were refused.",
        f"Screening is inside the figure; by itself it takes {ms(middle['screening'])} of "
        f"{ms(middle['total'])}. Longer texts cost more: about 0.4 s a million characters.",
        f"bulk_create alone: items {ms(middle['bare'])}, all rows {ms(middle['everything'])}.",
    ]
    return result
