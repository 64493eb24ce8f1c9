"""Every write of profiles: drafts that begin with what is known, and "still right".

The content itself is items: it is edited, reviewed, released and withdrawn in the publishing room.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import NotVisible, Refusal
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.profiles import selectors
from gongkai.profiles.rules import PART_OF_KIND, Part, leader_findings
from gongkai.profiles.rules_guide import GUIDE_FIELDS, Guide, generate
from gongkai.profiles.rules_state import profile_state
from gongkai.publishing import lifecycle
from gongkai.publishing import services as publishing
from gongkai.publishing.enums import ChangeKind, Status, Visibility
from gongkai.publishing.models import Item, ItemKind


def _lock_unit(unit_id: int) -> Unit:
    """The unit's row, locked: two people at once begin one draft, not two."""
    rows = Unit.objects.select_for_update(of=("self",)).select_related("area", "parent")
    try:
        return rows.get(pk=unit_id)
    except Unit.DoesNotExist as error:
        raise NotVisible from error


def _kind(part: Part) -> ItemKind:
    return ItemKind.objects.get(key=part.kind)


def _newest(unit: Unit, part: Part) -> Item | None:
    """The item of a part that is public, or being written; a withdrawn one is over."""
    rows = Item.objects.filter(unit=unit, kind__key=part.kind).exclude(
        visibility=Visibility.WITHDRAWN
    )
    return rows.exclude(status=Status.WITHHELD).order_by("-visibility", "-pk").first()


def guide_draft(*, unit: Unit, member: Member, now: datetime) -> Item:
    """Write a draft of the unit's 政府信息公开指南 from what the unit has published
    (条例第十二条): a new one, or the present one brought up to date.

    An editor of the unit. Raises NotVisible, PermissionRefused; Refusal when there is no published
    机构职能 to take address and phone from, when the guide is in review, or when nothing differs.
    """
    part = PART_OF_KIND["guide"]
    with transaction.atomic():
        unit = _lock_unit(unit.pk)
        require_visible(member, unit)
        require_role(member, unit, Role.EDITOR, act="生成公开指南")
        data = selectors.unit_data(unit)
        if not data.functions:
            raise Refusal(
                "指南生成",
                "本单位还没有公布机构职能，指南的地址、时间和电话没有来源。",
                "请先起草机构职能，审核发布以后再生成指南。",
            )
        present = _newest(unit, part)
        if present is not None and present.status == Status.IN_REVIEW:
            raise Refusal(
                "指南生成",
                "本单位的指南正在审核中，现在不能改动。",
                "请等审核结束，或者先撤回送审。",
            )
        guide = generate(data)
        if present is None:
            item = publishing.item_create(
                unit=unit, kind=_kind(part), member=member, now=now,
                content={**_content(guide), "formed_on": day_of(now).isoformat()},
            )  # fmt: skip
        else:
            item = _refresh(present, guide, member, now)
        facts.record(
            action="profiles.guide.generated",
            subject=("item", item.pk),
            unit_id=unit.pk,
            actor=member.actor,
            occurred_at=now,
            details={"sources": {s.key: s.source for s in guide.statements}},
        )
    return item


def _content(guide: Guide) -> dict[str, Any]:
    return {
        "title": guide.title,
        "summary": guide.summary,
        "body": guide.body,
        "facts": {name: text for name, text in guide.facts.items() if text},
    }


def _refresh(present: Item, guide: Guide, member: Member, now: datetime) -> Item:
    """The present guide with the generated content; refused when it says the same already."""
    row = publishing.lock_item(present.pk)
    copy = publishing.working_copy(row)
    content = _content(guide)
    changed = [
        label
        for name, label in GUIDE_FIELDS.items()
        if str(copy.facts.get(name) or "").strip() != guide.facts[name]
    ]
    if not changed and copy.body == content["body"]:
        raise Refusal(
            "指南生成",
            "指南和本单位现有的信息一致，没有要更新的地方。",
            "内容没有变化的，请点“核对”记下核对日期。",
        )
    if row.version:
        words = "、".join(changed) or "已公开信息的分类统计"
        content |= {
            "changed_on": day_of(now).isoformat(),
            "change_kind": ChangeKind.UPDATE.value,
            "change_note": f"按本单位现有信息更新：{words}。",
        }
    return publishing.item_edit(item_id=row.pk, content=content, member=member, now=now)


def _first_content(unit: Unit, part: Part, kind: ItemKind, day: date) -> Mapping[str, Any]:
    """What a draft begins with: a title, the kind's template and what the unit's row tells."""
    content: dict[str, Any] = {"body": kind.template, "formed_on": day.isoformat()}
    year = day.year - 1
    content["title"] = {
        "overview": f"{unit.full_name}概况",
        "functions": f"{unit.full_name}机构职能",
        "leaders": f"{unit.full_name}领导信息",
        "system": f"{unit.full_name}政府信息公开制度",
        "report": f"{unit.full_name}{year}年政府信息公开工作年度报告",
    }[part.key]
    if part.key == "functions":
        content["facts"] = {"org_name": unit.full_name}
    elif part.key == "report":
        content["facts"] = {"year": str(year)}
    return content


def part_draft(*, unit: Unit, part: Part, member: Member, now: datetime) -> Item:
    """Begin a draft of one part; the guide is generated, see :func:`guide_draft`.

    An editor of the unit. Raises NotVisible, PermissionRefused; Refusal when the unit has 概况 or
    机构职能 already, of which there is one only.
    """
    if part.key == "guide":
        return guide_draft(unit=unit, member=member, now=now)
    with transaction.atomic():
        unit = _lock_unit(unit.pk)
        require_visible(member, unit)
        require_role(member, unit, Role.EDITOR, act=f"起草{part.label}")
        kind = _kind(part)
        if kind.standing and _newest(unit, part) is not None:
            raise Refusal(
                "每个单位一条",
                f"本单位已经有{part.label}，公开的或者正在起草的，不能再起草一条。",
                "请在原来那一条上修改。",
            )
        return publishing.item_create(
            unit=unit, kind=kind, content=_first_content(unit, part, kind, day_of(now)),
            member=member, now=now,
        )  # fmt: skip


def part_confirm(*, item_id: int, member: Member, now: datetime) -> Item:
    """Say that a public part is still right today: its review year begins anew
    (条例第十二条, 第五十三条第二项).

    An editor of the unit. Besides what ``lifecycle.item_confirm`` refuses (not public, a change
    being written), refused when it is no reviewed part of a profile, and as long as something is
    missing or contradicts the unit's own data.
    """
    with transaction.atomic():
        row = publishing.lock_item(item_id)
        require_visible(member, row.unit)
        require_role(member, row.unit, Role.EDITOR, act="核对单位信息")
        part = PART_OF_KIND.get(row.kind.key)
        if part is None or not part.review_days:
            raise Refusal("核对", "这条信息不在单位信息的核对范围内。", "需要改动的，请直接修改。")
        wrong = _wrong(row, part, day_of(now)) if row.visibility == Visibility.PUBLIC else ""
        if wrong:
            raise Refusal(
                "核对", f"还有问题没有改：{wrong}。", "请修改后送审，发布当天就算核对过。"
            )
        lifecycle.item_confirm(item_id=row.pk, member=member, now=now)
        row.reviewed_on = day_of(now)
    return row


def _wrong(row: Item, part: Part, today: date) -> str:
    """What keeps an item from being confirmed; empty when nothing does."""
    if part.key == "leaders":
        found = leader_findings([row.facts])
    else:
        profile = selectors.profiles_of([row.unit])[row.unit_id]
        state = profile_state(profile, today)
        found = [f for p in state.parts if p.part.key == part.key for f in p.findings]
    faults = [f.message for f in found if f.severity in ("missing", "wrong")]
    return "；".join(faults[:3])
