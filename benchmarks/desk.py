"""Lists of the desk and of units, with 200,000 items against 2,000.

Real rows: items with their placements, versions of the review and facts, spread over fifty units.
Whole requests through the whole stack, as the people who use the pages; both states are copies
of one database and are asked in turns.
"""

import time
from datetime import timedelta
from typing import Any

from benchmarks import placements, scratch
from benchmarks.report import Result, median, ms

TITLE = "unit lists and desk inboxes at 200,000 items against 2,000"
ENVIRONMENT = {"GONGKAI_DEMO_DATE": "2022-10-18"}
SMALL, LARGE = 2_000, 200_000
FIRST = 10_000_000
LIMIT, MOST_QUERIES = 3.0, 12
TURNS = 10
BATCH = 2_000
STATES = ("draft", "in_review", "returned")

# Page, address, who asks; nobody for a public page.
PAGES = (
    ("units of the city", "/dw/", ""),
    ("unit, statutory content", "/dw/czj/", ""),
    ("unit, interpretations only", "/dw/czj/?kind=interpretation", ""),
    ("writing desk, an editor", "/admin/items/", "czj_bianji"),
    ("published, an editor", "/desk/items/", "czj_bianji"),
    ("published, the city's supervisor", "/desk/items/", "zwgkb_zhuguan"),
    ("today, an editor", "/desk/", "czj_bianji"),
    ("today, a reviewer", "/desk/", "czj_chushen"),
    ("review queue", "/desk/review/", "czj_chushen"),
    ("review, all of the city", "/desk/review/?show=all", "zwgkb_zhuguan"),
    ("messages", "/desk/messages/", "czj_bianji"),
)


def fill(first: int, last: int, units: list[Any], kind: Any) -> None:
    """Items ``first`` to ``last`` (exclusive) with review and fact; three in a hundred are not
    public: one drafted, one in review, one returned."""
    from gongkai.core import facts
    from gongkai.core.actors import Actor
    from gongkai.core.models import Fact
    from gongkai.publishing.models import Item
    from gongkai.review.models import ReviewCase

    begin = scratch.moment() - timedelta(minutes=5 * LARGE)
    robot = Actor.system("benchmark")
    body = "<p>为方便企业和群众了解办理条件、渠道和时限，现将有关事项公布如下。</p>" * 4
    for start in range(first, last, BATCH):
        items, cases, happened = [], [], []
        for number in range(start, min(start + BATCH, last)):
            at = begin + timedelta(minutes=5 * (number - FIRST))
            unit = units[number % len(units)].owner
            state = STATES[number // 100 % 3] if number // 50 % 33 == 0 else "settled"
            shown = state == "settled"
            title = f"关于做好惠企利民事项办理工作的通知（第{number}号）"
            items.append(
                Item(
                    pk=number, kind=kind, unit=unit, title=title, body=body, summary="办理条件。",
                    doc_no="", formed_on=at.date(), status=state, updated_at=at,
                    visibility="public" if shown else "hidden",
                    published_at=at if shown else None, live_digest="x" * 64 if shown else "",
                    index_no=f"bench/{number}" if shown else "", version=int(shown), live=shown,
                )
            )  # fmt: skip
            if state != "draft":
                status = {"settled": "released", "in_review": "open", "returned": "rejected"}
                cases.append(
                    ReviewCase(
                        subject_kind="item", subject_id=str(number), unit=unit, title=title,
                        round=1, digest="x" * 64, view={"title": title, "body": body},
                        steps=["first", "final", "secrecy"],
                        current_step="first" if state == "in_review" else "",
                        status=status[state], submitted_at=at,
                    )
                )  # fmt: skip
            happened.append(
                facts.build(
                    action="publishing.item.drafted", subject=("item", number),
                    actor=robot, occurred_at=at, unit_id=unit.pk, details={"title": title},
                )
            )  # fmt: skip
        Item.objects.bulk_create(items)
        ReviewCase.objects.bulk_create(cases)
        Fact.objects.bulk_create(happened)


def run(scale: str) -> Result:
    """Measure; ``scale`` full asks three times as often."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from gongkai.catalogue import tallies
    from gongkai.catalogue.models import Column, ColumnKind
    from gongkai.demo.city import build
    from gongkai.organisations.models import User
    from gongkai.publishing.models import ItemKind

    result = Result("desk", TITLE)
    build(lambda text: None)
    topic = Column.objects.get(site__prefix="", key="yingshang")
    of_units = Column.objects.filter(kind=ColumnKind.UNIT, site__prefix="").select_related("owner")
    places: dict[str, Any] = {
        "stream": Column.objects.get(site__prefix="", key="latest"),
        "topic": topic,
        "sections": list(topic.sections.all()),
        "units": [
            *of_units.filter(owner__code="czj"), *of_units.exclude(owner__code="czj")[:49]
        ],
    }  # fmt: skip
    kind = ItemKind.objects.get(key="policy")
    clients = {who: Client() for who in {who for *_, who in PAGES}}
    for who, client in clients.items():
        if who:
            client.force_login(User.objects.get(username=who))
    large = str(connection.settings_dict["NAME"])
    done, names = FIRST, {}
    for size in (SMALL, LARGE):
        fill(done, FIRST + size, places["units"], kind)
        placements.fill(done, FIRST + size, places, since=FIRST)
        tallies.count_again()
        done = FIRST + size
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        names[size] = scratch.snapshot("small") if size == SMALL else large
    times: dict[int, dict[str, list[float]]] = {s: {p: [] for p, *_ in PAGES} for s in names}
    queries: dict[int, dict[str, int]] = {size: {} for size in names}
    for size, name in names.items():
        scratch.use(name)
        for page, address, who in PAGES:
            clients[who].get(address)
            with CaptureQueriesContext(connection) as captured:
                status = clients[who].get(address).status_code
            queries[size][page] = len(captured)
            if status != 200:
                result.need(f"{page} answers", str(status), "200", False)
    for _ in range(TURNS * (3 if scale == "full" else 1)):
        for size, name in names.items():
            scratch.use(name)
            connection.ensure_connection()
            for page, address, who in PAGES:
                started = time.perf_counter()
                clients[who].get(address)
                times[size][page].append(time.perf_counter() - started)
    for page, *_ in PAGES:
        after, before = median(times[LARGE][page]), median(times[SMALL][page])
        result.add(page, ms(after), ms(before), after / before, LIMIT)
    for page, *_ in PAGES:
        asked = queries[LARGE][page]
        result.need(f"{page}: queries", str(asked), f"≤ {MOST_QUERIES}", asked <= MOST_QUERIES)
    scratch.use(large)
    scratch.drop(names[SMALL])
    result.notes.append(
        "Items, placements, review cases and facts of both sizes are real rows; the unit that is "
        "looked at has one item in fifty, and one item in a hundred of each state before release."
    )
    return result
