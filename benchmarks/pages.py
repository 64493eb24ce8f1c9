"""Public pages of the demonstration city, as it is and with 200,000 placements more.

Queries and time of a page through the whole stack (middleware, view, template), without a cache.
The two states are copies of one database and are asked in turns.
"""

import time
from typing import Any

from benchmarks import placements, scratch
from benchmarks.report import Result, median, ms

TITLE = "public pages with 200,000 placements against the demonstration city alone"
ENVIRONMENT = {"GONGKAI_DEMO_DATE": "2022-10-18"}
ITEMS = 80_000  # 2.5 placements each
FIRST = 10_000_000
TURNS, LIMIT = 12, 3.0
LIMITED = ("home", "column", "item", "unit", "progress")


def _addresses() -> dict[str, str]:
    from gongkai.publishing.models import Item

    newest = Item.objects.filter(visibility="public").order_by("-published_at")
    item = newest.filter(kind__key="policy").values_list("pk", flat=True)[0]
    return {
        "home": "/",
        "district home": "/qx/wangcheng/",
        "column": "/zt/yingshang/",
        "column as a list": "/zt/yingshang/?all=1",
        "newest": "/zx/",
        "newest, interpretations only": "/zx/?kind=interpretation",
        "item": f"/nr/{item}/",
        "unit": "/dw/czj/",
        "all units": "/dw/",
        "progress": "/jd/",
        "search": "/search/?q=%E8%90%A5%E5%95%86%E7%8E%AF%E5%A2%83",
    }


def run(scale: str) -> Result:
    """Measure; ``scale`` full asks three times as often."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.urls import NoReverseMatch, reverse

    from gongkai.catalogue import tallies
    from gongkai.catalogue.models import Column, ColumnKind, Placement
    from gongkai.demo.city import build
    from gongkai.publishing.models import Item

    result = Result("pages", TITLE)
    try:
        reverse("portal:home")
    except NoReverseMatch:
        result.skipped = "the public site has no addresses yet"
        return result
    build(lambda text: None)
    topic = Column.objects.get(site__prefix="", key="yingshang")
    places: dict[str, Any] = {
        "stream": Column.objects.get(site__prefix="", key="latest"),
        "topic": topic,
        "sections": list(topic.sections.all()),
        "units": list(Column.objects.filter(kind=ColumnKind.UNIT, site__prefix="")[:50]),
    }
    addresses = _addresses()
    large = str(connection.settings_dict["NAME"])
    own = Placement.objects.count()
    small = scratch.snapshot("demo")
    placements.fill(FIRST, FIRST + ITEMS, places, since=FIRST)
    tallies.count_again()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    total = Placement.objects.count()
    client = Client()
    times: dict[str, dict[str, list[float]]] = {
        name: {page: [] for page in addresses} for name in (small, large)
    }
    queries: dict[str, dict[str, int]] = {small: {}, large: {}}
    for name in (small, large):
        scratch.use(name)
        for page, address in addresses.items():
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                status = client.get(address).status_code
            queries[name][page] = len(captured)
            if status != 200:
                result.need(f"{page} answers", str(status), "200", False)
    for _ in range(TURNS * (3 if scale == "full" else 1)):
        for name in (small, large):
            scratch.use(name)
            connection.ensure_connection()
            for page, address in addresses.items():
                started = time.perf_counter()
                client.get(address)
                times[name][page].append(time.perf_counter() - started)
    for page in addresses:
        after, before = median(times[large][page]), median(times[small][page])
        result.add(
            f"{page}: {queries[large][page]} queries",
            ms(after),
            ms(before),
            after / before,
            LIMIT if page in LIMITED else None,
        )
        if queries[large][page] != queries[small][page]:
            result.notes.append(
                f"{page} asks {queries[small][page]} queries in the small city, "
                f"{queries[large][page]} in the large one."
            )
    scratch.use(large)
    scratch.drop(small)
    result.notes.append(
        f"The demonstration city has {Item.objects.count()} items and {own:,} placements; the "
        f"large one {total:,} placements. Figures are medians of whole requests in one process, "
        "templates cached, no page cache: in production a cache answers most of them."
    )
    return result
