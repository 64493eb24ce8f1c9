"""Unit profiles of the demonstration city: every part through the services and the gate.

Five units are whole. One has a guide with the telephone of before a move, one an overview that
nobody has looked at for more than a year; the others are mostly empty, as they were found.
Persons, figures and numbers are invented and marked as such.
"""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from gongkai.core.clock import at
from gongkai.demo.people import acting
from gongkai.organisations.models import Unit
from gongkai.profiles import services as profiles
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item, ItemKind
from gongkai.review import services as review

CONTENT = Path(__file__).parent / "content" / "profiles.json"
BASIS = "条例第十三条、第二十条第二项；经核对，不含第十四条至第十六条所列情形"
WHOLE = ("czj", "wjw", "fgw", "szfb", "wangcheng")
MOVED, OVERDUE = "sjzyj", "liuyang"
_STEPS = (("first", "chushen", 25), ("final", "zhongshen", 10), ("secrecy", "baomi", 0))
Words = Mapping[str, Any]


def build_profiles() -> int:
    """Publish the profiles, guides excepted; returns how many items."""
    data = json.loads(CONTENT.read_text(encoding="utf-8"))
    kinds = {kind.key: kind for kind in ItemKind.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=list(data["units"]))}
    before = Item.objects.count()
    for place, code in enumerate(WHOLE):
        _whole(units[code], data, kinds, place)
    _moved(units[MOVED], data["units"][MOVED], kinds)
    _overdue(units[OVERDUE], data["units"][OVERDUE], kinds)
    return Item.objects.count() - before


def build_guides() -> int:
    """Generate and publish the guides of the whole units; returns how many. Call it when
    everything else is public, because a guide names the classes in which its unit publishes."""
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=WHOLE)}
    for place, code in enumerate(WHOLE):
        _guide(units[code], at(date(2022, 10, 10) + timedelta(days=place), 16))
    return len(WHOLE)


def release(item: Item, code: str, moment: datetime) -> None:
    """Submit an item and take it through every step so that it is public at ``moment``."""
    case = publishing.item_submit(
        item_id=item.pk,
        member=acting(f"{code}_bianji", moment),
        now=moment - timedelta(minutes=40),
    )
    for step, post, minutes in _STEPS:
        when = moment - timedelta(minutes=minutes)
        review.step_approve(
            case_id=case.pk,
            step=step,
            digest=case.digest,
            member=acting(f"{code}_{post}", when),
            now=when,
            legal_basis=BASIS if step == "secrecy" else "",
        )


def publish(unit: Unit, kind: ItemKind, moment: datetime, **content: Any) -> Item:
    """Write an item and release it at ``moment``."""
    begun = moment - timedelta(hours=2)
    item = publishing.item_create(
        unit=unit,
        kind=kind,
        content={"formed_on": moment.date().isoformat(), **content},
        member=acting(f"{unit.code}_bianji", begun),
        now=begun,
    )
    release(item, unit.code, moment)
    return item


def _functions(unit: Unit, words: Words, kinds: Mapping[str, ItemKind], moment: datetime) -> Item:
    facts = {key: words[key] for key in ("departments", "address", "hours", "phone", "contact",
                                         "head")}  # fmt: skip
    return publish(
        unit, kinds["functions"], moment,
        title=f"{unit.full_name}机构职能",
        summary=f"{unit.full_name}的主要职责、内设机构、办公地址、办公时间和联系方式。",
        contact=words["phone"],
        facts={"org_name": unit.full_name, "duties": "\n".join(words["duties"]), **facts},
    )  # fmt: skip


def _overview(unit: Unit, words: Words, kinds: Mapping[str, ItemKind], moment: datetime) -> Item:
    now, then = words["overview"]
    facts: dict[str, Any] = {
        "data_year": f"{moment.year - 1}年",
        "figures": [{"value": v, "name": n, "source": s} for v, n, s in words["figures"]],
    }
    if words.get("area"):
        facts["area_text"] = words["area"]
    return publish(
        unit, kinds["overview"], moment,
        title=f"{unit.full_name}概况",
        summary=now[:80],
        body=f"<h2>基本情况</h2><p>{escape(now)}</p><h2>沿革</h2><p>{escape(then)}</p>"
        "<p>本页数字为演示编写。</p>",
        facts=facts,
    )  # fmt: skip


def _leaders(unit: Unit, words: Words, kinds: Mapping[str, ItemKind], moment: datetime) -> None:
    for order, (name, post, duty, resume) in enumerate(words["leaders"], start=1):
        publish(
            unit, kinds["leader"], moment + timedelta(minutes=order * 3),
            title=f"{name} {unit.short_name}{post}",
            summary=f"{post}，{duty}",
            facts={
                "name": name, "post": post, "duty": duty, "resume": "\n".join(resume),
                "order": str(order),
            },
        )  # fmt: skip


def _systems(
    unit: Unit, systems: list[Words], kinds: Mapping[str, ItemKind], moment: datetime
) -> None:
    heads = ("目的和职责", "审核", "更正和保存", "责任")
    for order, words in enumerate(systems):
        body = "".join(
            f"<h2>{'一二三四'[n]}、{heads[n]}</h2><p>{escape(text)}</p>"
            for n, text in enumerate(words["no"])
        )
        publish(
            unit, kinds["system"], moment + timedelta(days=order),
            title=words["title"].format(name=unit.full_name),
            summary="谁起草、谁审核、多少天内办完，做不到怎么办。",
            body=body,
            facts={"topic": words["topic"]},
        )  # fmt: skip


def _whole(unit: Unit, data: Words, kinds: Mapping[str, ItemKind], place: int) -> None:
    words = data["units"][unit.code]
    day = date(2022, 2, 15) + timedelta(days=place)
    _functions(unit, words, kinds, at(day, 10))
    _overview(unit, words, kinds, at(day, 11))
    _leaders(unit, words, kinds, at(day, 14))
    _systems(unit, data["systems"], kinds, at(day + timedelta(days=7), 10))


def _guide(unit: Unit, moment: datetime) -> None:
    begun = moment - timedelta(hours=1)
    editor = acting(f"{unit.code}_bianji", begun)
    item = profiles.guide_draft(unit=unit, member=editor, now=begun)
    release(item, unit.code, moment)


def _moved(unit: Unit, words: Words, kinds: Mapping[str, ItemKind]) -> None:
    """The functions got the new telephone, the guide still has the old one."""
    item = _functions(unit, words, kinds, at(date(2022, 2, 22), 10))
    _guide(unit, at(date(2022, 3, 8), 16))
    moment = at(date(2022, 9, 6), 10)
    publishing.item_edit(
        item_id=item.pk,
        content={
            "facts": {**item.facts, "phone": words["phone_later"]},
            "contact": words["phone_later"],
            "changed_on": "2022-09-05",
            "change_kind": "update",
            "change_note": "办公电话变更。",
        },
        member=acting(f"{unit.code}_bianji", moment),
        now=moment - timedelta(hours=1),
    )
    release(item, unit.code, moment)


def _overdue(unit: Unit, words: Words, kinds: Mapping[str, ItemKind]) -> None:
    """An overview that came from the old site, where it was last looked at in September 2021."""
    item = _overview(unit, words, kinds, at(date(2022, 1, 12), 10))
    day = date(2021, 9, 10)
    Item.objects.filter(pk=item.pk).update(original_published_on=day, reviewed_on=day)
    _functions(unit, words, kinds, at(date(2022, 4, 12), 10))
