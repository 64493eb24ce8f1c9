"""Do documents, interpretations and Q&A still point at each other? What is broken is recorded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.models import Fact
from gongkai.messaging.models import DailyRun
from gongkai.organisations.access import system_member
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item, ItemKind, ItemLink
from gongkai.publishing.rules_facts import applies

JOB = "publishing.links"
ACTION = "publishing.links.checked"
LISTED = 200
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Broken:
    """One link that does not hold: the public item, the other one, what is wrong."""

    item_id: int
    other_id: int
    code: str
    text: str


def broken_links() -> Iterator[Broken]:
    """Every fault among the links of public items, item by item.

    ``unlinked``: the reviewed facts name an item, and no link leads there, so that the other page
    does not show it; ``unfounded``: a link that the facts do not name; ``hidden``: the item named
    is not public (any more); ``gone``: there is no such item.
    """
    fields = {
        kind.pk: [f for f in kind.schema if f["type"] == "items"] for kind in ItemKind.objects.all()
    }
    kinds = [pk for pk, named in fields.items() if named]
    rows = Item.objects.filter(visibility=Visibility.PUBLIC, kind__in=kinds).exclude(facts={})
    chunk: list[Item] = []
    for item in rows.only("kind_id", "facts", "title").order_by("pk").iterator(_CHUNK):
        chunk.append(item)
        if len(chunk) == _CHUNK:
            yield from _broken_of(chunk, fields)
            chunk = []
    yield from _broken_of(chunk, fields)


def _broken_of(items: list[Item], fields: dict[int, list[dict[str, object]]]) -> Iterator[Broken]:
    named: dict[int, set[tuple[str, int]]] = {}
    for item in items:
        named[item.pk] = {
            (str(field.get("relation", "interprets")), pk)
            for field in fields[item.kind_id]
            if applies(field, item.facts)
            for pk in item.facts.get(str(field["name"])) or []
            if isinstance(pk, int) and pk != item.pk
        }
    links: dict[int, set[tuple[str, int]]] = {}
    stored = ItemLink.objects.filter(source__in=named).exclude(relation="imported")
    for source, relation, target in stored.values_list("source_id", "relation", "target_id"):
        links.setdefault(source, set()).add((relation, target))
    others = {pk for pairs in (*named.values(), *links.values()) for _, pk in pairs}
    known = dict(Item.objects.filter(pk__in=others).values_list("pk", "visibility"))
    for pk, pairs in named.items():
        have = links.get(pk, set())
        for _, other in sorted(have - pairs):
            yield Broken(
                pk, other, "unfounded", f"有一条关联指向编号 {other}，公开的内容里没有写。"
            )
        for pair in sorted(pairs):
            other = pair[1]
            if other not in known:
                yield Broken(pk, other, "gone", f"关联的编号 {other} 已经不存在。")
            elif known[other] != Visibility.PUBLIC:
                yield Broken(pk, other, "hidden", f"关联的编号 {other} 没有公开，或者已经撤回。")
            elif pair not in have:
                yield Broken(pk, other, "unlinked", f"写了关联编号 {other}，对方页面上没有显示。")


def check_links(*, now: datetime) -> list[Broken]:
    """Look through all links and record what was found as one fact, whether anything is broken
    or not: that it was looked at has to be provable too."""
    found = list(broken_links())
    with transaction.atomic():
        facts.record(
            action=ACTION,
            subject=("links", day_of(now).isoformat()),
            unit_id=None,
            actor=system_member("tick").actor,
            occurred_at=now,
            details={
                "broken": len(found),
                "cases": [
                    {"item": b.item_id, "other": b.other_id, "code": b.code} for b in found[:LISTED]
                ],
            },
        )
    return found


def check_daily(moment: datetime) -> int:
    """Timer job: once a day; returns how many broken links were recorded."""
    today = day_of(moment)
    if DailyRun.objects.filter(job=JOB, day=today).exists():
        return 0
    with transaction.atomic():
        _, first = DailyRun.objects.get_or_create(job=JOB, day=today)
        return len(check_links(now=moment)) if first else 0


def last_check() -> Fact | None:
    """The newest record of a check."""
    return Fact.objects.filter(action=ACTION).order_by("-id").first()
