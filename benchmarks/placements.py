"""Lists of columns, read from placements, at growing numbers of items.

What a list page asks is timed on copies of the database taken at each size, in turns, so that
the small and the large one are measured under the same conditions.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from benchmarks import scratch
from benchmarks.report import Result, median, ms

TITLE = "list pages at 200,000 items against 2,000"
SMALL, LARGE, LIMIT = 2_000, 200_000, 3.0
TURNS, BLOCK = 8, 25
BATCH = 5_000


def fill(first: int, last: int, places: dict[str, Any], *, since: int = 0) -> None:
    """Placements of items ``first`` to ``last`` (exclusive), a few minutes apart.

    Every item stands in the city's stream and in its unit's column; every fourth in a topic
    column and in one of its sections. The time of ``since`` is some ten years back.
    """
    from gongkai.catalogue.models import Placement

    units, sections = places["units"], places["sections"]
    begin = scratch.moment() - timedelta(minutes=5 * 1_100_000)
    for start in range(first, last, BATCH):
        rows = []
        for number in range(start, min(start + BATCH, last)):
            unit = units[number % len(units)]
            common = {
                "subject_kind": "item",
                "subject_id": number,
                "unit_id": unit.owner_id,
                "kind": "policy",
                "published_at": begin + timedelta(minutes=5 * (number - since)),
                "card": {
                    "title": f"关于做好惠企利民事项办理工作的通知（第{number}号）",
                    "path": f"/nr/{number}/",
                    "kind": "policy",
                    "kind_name": "政策文件",
                    "unit": "市财政局",
                    "doc_no": f"长财发〔2022〕{number}号",
                    "summary": "说明办理条件、时间和渠道。",
                    "corrected": False,
                    "validity": "in_force",
                },
            }
            rows.append(Placement(column=places["stream"], **common))
            rows.append(Placement(column=unit, **common))
            if number % 4 == 0:
                section = sections[number // 4 % len(sections)]
                rows.append(Placement(column=places["topic"], **common))
                rows.append(Placement(column=places["topic"], section=section, **common))
        Placement.objects.bulk_create(rows)


def _questions(places: dict[str, Any], items: int) -> dict[str, Callable[[], Any]]:
    """What is timed. Deep pages start in the middle of the list, by cursor."""
    from gongkai.catalogue.models import Placement
    from gongkai.catalogue.selectors import _cursor, public_cards

    stream, topic = places["stream"], places["topic"]
    unit, section = places["units"][0], places["sections"][0]

    def middle(**where: Any) -> str:
        rows = Placement.objects.filter(**where).order_by("-published_at", "-id")
        found = rows[rows.count() // 2]
        return _cursor(found)

    half = middle(column=stream, section=None)
    part = middle(column=topic, section=section)
    return {
        "column, first page": lambda: public_cards(stream),
        "column, deep page by cursor": lambda: public_cards(stream, after=half),
        "section list": lambda: public_cards(topic, section),
        "section list, deep page": lambda: public_cards(topic, section, after=part),
        "unit stream": lambda: public_cards(unit),
    }


def _plans(questions: dict[str, Callable[[], Any]]) -> list[str]:
    """How SQLite reads each list, to be sure that it walks the index and does not sort."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if connection.vendor != "sqlite":
        return []
    found = []
    for name, ask in questions.items():
        with CaptureQueriesContext(connection) as captured:
            ask()
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + captured.captured_queries[-1]["sql"])
            steps = "; ".join(str(row[3]) for row in cursor.fetchall())
        found.append(f"Plan of “{name}”: {steps}.")
    return found


def run(scale: str) -> Result:
    """Measure at 1,000 to 200,000 items; ``scale`` full goes on to 1,000,000."""
    from django.db import connection

    from gongkai.catalogue.models import Column, ColumnKind, Placement

    sizes = [1_000, SMALL, 100_000, LARGE] + ([1_000_000] if scale == "full" else [])
    scratch.load_reference()
    topic = Column.objects.get(site__prefix="", key="yingshang")
    places: dict[str, Any] = {
        "stream": Column.objects.get(site__prefix="", key="latest"),
        "topic": topic,
        "sections": list(topic.sections.all()),
        "units": list(Column.objects.filter(kind=ColumnKind.UNIT)[:100]),
    }
    original = str(connection.settings_dict["NAME"])
    copies: dict[int, str] = {}
    fills: list[tuple[str, ...]] = []
    done, rows = 0, 0
    for size in sizes:
        started = time.perf_counter()
        fill(done, size, places)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        rows = Placement.objects.count()
        fills.append((f"{size:,}", f"{rows:,}", ms(time.perf_counter() - started)))
        copies[size], done = scratch.snapshot(f"items{size}"), size
    questions = {}
    for size in sizes:
        scratch.use(copies[size])
        questions[size] = _questions(places, size)
    times: dict[int, dict[str, list[float]]] = {
        size: {name: [] for name in questions[size]} for size in sizes
    }
    for _ in range(TURNS):
        for size in sizes:
            scratch.use(copies[size])
            for name, ask in questions[size].items():
                ask()  # opens the connection, warms the pages
                for _ in range(BLOCK):
                    started = time.perf_counter()
                    ask()
                    times[size][name].append(time.perf_counter() - started)
    result = Result("placements", TITLE)
    for name in questions[LARGE]:
        large, small = median(times[LARGE][name]), median(times[SMALL][name])
        result.add(
            f"{name}, {LARGE:,} ÷ {SMALL:,} items", ms(large), ms(small), large / small, LIMIT
        )
    growth = [
        (name, *(ms(median(times[size][name])) for size in sizes)) for name in questions[LARGE]
    ]
    result.tables.append(
        ("Growth (median)", ("list", *(f"{size:,} items" for size in sizes)), growth)
    )
    result.tables.append(
        ("Loading by bulk_create", ("items", "placements", "time for the step"), fills)
    )
    result.notes += _plans(questions[sizes[-1]])
    result.notes.append(
        f"A page is 20 rows and the cursor of the next page; {TURNS * BLOCK} runs each. The "
        f"stream holds every item, the topic column every fourth, a unit's column one in "
        f"{len(places['units'])}."
    )
    scratch.use(original)
    for copy in copies.values():
        scratch.drop(copy)
    return result
