"""What a released item refers to, numbers its facts claim, and what there is one of only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongkai.core.codes import CodeError, parse_doc_no
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Status, Visibility
from gongkai.publishing.models import Item, ItemKind, ItemLink, ItemVersion, NumberClaim
from gongkai.publishing.rules_facts import EMPTY
from gongkai.publishing.rules_kinds import OUTSIDE, plain_number


def write_links(item: Item, *, first: bool) -> list[tuple[str, int]]:
    """Make the links of a released item those that its kind's fields name; returns the new ones
    as (relation, target id)."""
    wanted: list[tuple[str, int]] = []
    for field in item.kind.schema:
        if field["type"] == "items":
            relation = str(field.get("relation", "interprets"))
            wanted += [(relation, pk) for pk in item.facts.get(field["name"]) or []]
    before: set[tuple[str, int]] = set()
    if not first:
        # What came with an old site or from another room is no part of the content.
        rows = ItemLink.objects.filter(source=item).exclude(relation__in=OUTSIDE)
        before = set(rows.values_list("relation", "target_id"))
        gone = before - set(wanted)
        for relation in {relation for relation, _ in gone}:
            targets = [pk for name, pk in gone if name == relation]
            rows.filter(relation=relation, target_id__in=targets).delete()
    fresh = [pair for pair in dict.fromkeys(wanted) if pair not in before and pair[1] != item.pk]
    if not fresh:
        return []
    known = set(Item.objects.filter(pk__in=[pk for _, pk in fresh]).values_list("pk", flat=True))
    fresh = [pair for pair in fresh if pair[1] in known]
    ItemLink.objects.bulk_create(
        [ItemLink(source=item, target_id=pk, relation=relation) for relation, pk in fresh],
        ignore_conflicts=True,
    )
    return fresh


def claim_doc_no(item: Item, value: str, now: datetime) -> str:
    """Reserve the document number and return its canonical form.

    A number that another item holds is refused with InvalidInput. Numbers the public has seen
    stay claimed for ever; a number only a draft had is given back when the draft drops it.
    """
    seen: set[str] = set()
    if item.version:
        versions = ItemVersion.objects.filter(item=item)
        seen = {item.doc_no, *versions.values_list("content__doc_no", flat=True)}
    try:
        canonical = parse_doc_no(value).canonical
    except CodeError:
        canonical = ""
    new = item.latest_revision_id is None  # and has claimed nothing yet
    if not new:
        NumberClaim.objects.filter(item=item, scheme="doc_no").exclude(
            value__in=[canonical, *seen]
        ).delete()
    if not canonical:
        # Kept as typed, so that nothing is lost; submission names what is wrong with it.
        return value.strip()
    mine = NumberClaim.objects.filter(scheme="doc_no", value=canonical, item=item)
    if new or not mine.exists():
        try:
            with transaction.atomic():
                NumberClaim.objects.create(
                    scheme="doc_no", value=canonical, item=item, claimed_at=now
                )
        except IntegrityError as error:
            raise _doc_no_taken(canonical) from error
    return canonical


def _doc_no_taken(value: str) -> InvalidInput:
    return InvalidInput(
        {"doc_no": [f"发文字号“{value}”已经用于另一份文件，请核对；一个字号只能用于一份文件。"]}
    )


def claim_facts(item: Item, kind: ItemKind, facts: Mapping[str, Any], now: datetime) -> None:
    """Reserve the numbers among the facts (fields with ``claim``), drafts included.

    Raises InvalidInput on a number that another item holds. A number that only a draft had is
    given back when the draft drops it; one the public has seen stays claimed.
    """
    for field in kind.schema:
        scheme = field.get("claim")
        if not scheme:
            continue
        value = plain_number(str(facts.get(field["name"]) or ""))
        kept = {value}
        if item.version:
            kept.add(plain_number(str(item.facts.get(field["name"]) or "")))
        NumberClaim.objects.filter(item=item, scheme=scheme).exclude(value__in=kept).delete()
        if not value or NumberClaim.objects.filter(item=item, scheme=scheme, value=value).exists():
            continue
        try:
            with transaction.atomic():
                NumberClaim.objects.create(item=item, scheme=scheme, value=value, claimed_at=now)
        except IntegrityError as error:
            label = field["label"]
            raise InvalidInput(
                {f"facts.{field['name']}": [f"{label}“{value}”已经用于另一份文件，请核对。"]}
            ) from error


def check_level(unit: Unit, kind: ItemKind) -> None:
    """Refuse a kind that units of this level do not issue."""
    if kind.levels and unit.level not in kind.levels:
        raise Refusal(
            "适用层级",
            f"{unit.short_name}是{unit.get_level_display()}单位，不制作“{kind.name}”。",
            "请选择别的信息种类，例如“通知公告”。",
        )


def check_only_one(item: Item, view: Mapping[str, Any]) -> None:
    """Refuse a second current item where the kind has one per unit, or one per value of a field;
    the one there is is named, because that is the one to change."""
    kind = item.kind
    if not kind.standing and not kind.distinct_by:
        return
    others = Item.objects.filter(unit_id=item.unit_id, kind_id=kind.pk).exclude(pk=item.pk)
    public = others.filter(visibility=Visibility.PUBLIC)
    waiting = others.filter(status=Status.IN_REVIEW).select_related("latest_revision")
    value = (view.get("facts") or {}).get(kind.distinct_by) if kind.distinct_by else None
    if kind.distinct_by and value in EMPTY:
        return
    what = f"{kind.name}“{value}”" if kind.distinct_by else kind.name
    for other in public.only("facts", "title"):
        if not kind.distinct_by or other.facts.get(kind.distinct_by) == value:
            raise Refusal(
                "滚动更新，只有一条",
                f"{item.unit.short_name}的{what}已经公开（编号 {other.pk}，《{other.title}》）。",
                "请打开已公开的那一条修改后送审，读者看到的网址不变。",
            )
    for other in waiting:
        revision = other.latest_revision
        facts = (revision.content.get("facts") or {}) if revision else {}
        if not kind.distinct_by or facts.get(kind.distinct_by) == value:
            raise Refusal(
                "滚动更新，只有一条",
                f"{item.unit.short_name}的{what}已有一份在审核（编号 {other.pk}）。",
                "请等它审核结束，或者先撤回那一份。",
            )
