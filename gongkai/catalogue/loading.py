"""Load value lists and places from reference files; repeatable, local additions stay."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from gongkai.catalogue.models import Column, ColumnKind, PublicSite, Section, Theme
from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.organisations.models import Unit

REFERENCE = Path(__file__).parent / "reference"


def load_themes() -> int:
    """The two-level 主题分类 tree. Codes are positions (01, 0103); labels may change."""
    count = 0
    lines = (REFERENCE / "themes.txt").read_text(encoding="utf-8").splitlines()
    with transaction.atomic():
        for top, line in enumerate(lines, start=1):
            name, _, leaves = line.partition("：")
            parent, _ = Theme.objects.update_or_create(
                code=f"{top:02d}", defaults={"name": name, "order": top * 100, "parent": None}
            )
            count += 1
            # "，" separates leaves because the names themselves contain "、".
            for position, leaf in enumerate(filter(None, leaves.split("，")), start=1):
                Theme.objects.update_or_create(
                    code=f"{top:02d}{position:02d}",
                    defaults={"name": leaf, "order": top * 100 + position, "parent": parent},
                )
                count += 1
    return count


def _topic(site: PublicSite, topic: dict[str, Any], order: int, owner: Unit) -> None:
    area = site.owner.area.code if site.owner.area else "city"
    topics = [f"{topic['key']}/{key}" for key in topic["sections"]]
    own = topic.get("rule") or {"topic": [topic["key"], *topics]}
    # The city's columns also show what districts post on the subject; a district's only its own.
    here = {"area": area} if area != "city" else {}
    column, _ = Column.objects.update_or_create(
        site=site,
        key=topic["key"],
        defaults={
            "name": topic["name"],
            "description": topic["text"],
            "kind": ColumnKind.TOPIC,
            "tag_type": topic["type"],
            "owner": owner,
            "rule": {**here, **own},
            "max_gap_days": topic["gap"],
            "work_point": topic["point"],
            "blocks": topic.get("blocks", []),
            "order": order,
        },
    )
    for position, (key, name) in enumerate(topic["sections"].items(), start=1):
        Section.objects.update_or_create(
            column=column,
            key=key,
            defaults={
                "name": name,
                "rule": {**here, "topic": f"{topic['key']}/{key}"},
                "order": position,
            },
        )


def load_places(*, now: datetime | None = None, actor: Actor | None = None) -> int:
    """Sites, their topic columns, the newest-first stream, and one 专栏 per unit.

    With an actor it is on record, and search reads the columns again.
    """
    data = json.loads((REFERENCE / "places.json").read_text(encoding="utf-8"))
    with transaction.atomic():
        for order, entry in enumerate(data["sites"]):
            fields = {k: v for k, v in entry.items() if k not in ("key", "owner")}
            owner = Unit.objects.get(code=entry["owner"])
            site, _ = PublicSite.objects.update_or_create(
                key=entry["key"], defaults={**fields, "owner": owner, "order": order}
            )
            area = owner.area.code if owner.area else "city"
            everything = {"attribute": "proactive"}
            Column.objects.update_or_create(
                site=site,
                key="latest",
                defaults={
                    "name": "最新公开",
                    "kind": ColumnKind.STREAM,
                    "tag_type": "政策文件",
                    "owner": owner,
                    "rule": everything if area == "city" else {**everything, "area": area},
                    "order": 900,
                },
            )
            for position, topic in enumerate(data["topics"], start=1):
                if area != "city" and topic["key"] not in data["district_topics"]:
                    continue
                keeper = owner if area != "city" else Unit.objects.get(code=topic["owner"])
                _topic(site, topic, position, keeper)
        city = PublicSite.objects.get(prefix="")
        by_owner = {site.owner_id: site for site in PublicSite.objects.all()}
        for unit in Unit.objects.select_related("area"):
            Column.objects.update_or_create(
                site=by_owner.get(unit.area_id or 0, city),
                key=f"unit-{unit.code}",
                defaults={
                    "name": f"{unit.short_name}政府信息公开专栏",
                    "kind": ColumnKind.UNIT,
                    "tag_type": "政策文件",
                    "owner": unit,
                    "rule": {"unit": unit.code},
                    "order": 1000 + unit.order,
                },
            )
        total = Column.objects.count()
        if actor is not None and now is not None:
            facts.record(
                action="catalogue.places.loaded",
                subject=("catalogue", "places"),
                actor=actor,
                occurred_at=now,
                details={"columns": total},
            )
    return total
