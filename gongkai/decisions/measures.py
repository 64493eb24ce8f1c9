"""Which measure holds where and when: kept in the database, so that no two contradict.

The places are written in the releasing transaction under the lock of their (area, kind) row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from gongkai.catalogue import services as catalogue
from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import Refusal
from gongkai.decisions.models import MeasurePeriod, MeasureSlot
from gongkai.decisions.rules_epidemic import Period, cut_off, overlap
from gongkai.organisations.access import Member
from gongkai.publishing import events
from gongkai.publishing.content import content_of
from gongkai.publishing.enums import Validity, Visibility
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.placing import record_of
from gongkai.publishing.services import lock_item

KIND = "measure"


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def _label(field_name: str, value: str) -> str:
    schema = ItemKind.objects.values_list("schema", flat=True).get(key=KIND)
    field = next(f for f in schema if f["name"] == field_name)
    return {str(k): str(v) for k, v in field["choices"]}.get(value, value)


@dataclass(frozen=True, slots=True)
class Clash:
    """A measure in force that another would contradict, and what can be done."""

    reason: str
    remedy: str

    @property
    def words(self) -> str:
        """Reason and remedy."""
        return f"{self.reason}{self.remedy}"


def _period(row: MeasurePeriod) -> Period:
    return Period(row.item_id, row.item.title, row.begins, row.ends)


def clash_of(item_id: int | None, content: Mapping[str, Any]) -> Clash | None:
    """The measure that this content contradicts: same area, same kind, days in common, and not
    named as the one it replaces."""
    own = content.get("facts") or {}
    begins = _day(content.get("effective_on"))
    if begins is None or not own.get("area") or not own.get("measure_kind"):
        return None
    new = Period(item_id or 0, "", begins, _day(content.get("expires_on")))
    replaced = set(own.get("replaces") or [])
    rows = MeasurePeriod.objects.filter(
        slot__area=own["area"], slot__measure=own["measure_kind"],
        item__visibility=Visibility.PUBLIC,
    ).exclude(item_id=item_id or 0).select_related("item")  # fmt: skip
    if new.ends is not None:
        rows = rows.filter(begins__lte=new.ends)
    for row in rows.filter(Q(ends=None) | Q(ends__gte=new.begins)):
        old = _period(row)
        if row.item_id in replaced:
            left = cut_off(old, new)
            if left is not None and not overlap(left, new):
                continue
            return Clash(
                f"《{old.title}》自 {old.begins:%Y-%m-%d} 起施行，不早于这项措施，代替不了。",
                "请先撤回那一项，或者把这项的施行日期往后改。",
            )
        until = f"至 {old.ends:%Y-%m-%d}" if old.ends else "，没有写截止日期"
        area, kind = _label("area", own["area"]), _label("measure_kind", own["measure_kind"])
        return Clash(
            f"{area}的“{kind}”措施已有一项：《{old.title}》（编号 {row.item_id}，"
            f"自 {old.begins:%Y-%m-%d} 起{until}），两项同时在效会互相矛盾。",
            f"请在“代替的措施”里填写编号 {row.item_id}：新措施施行的前一天，那一项终止；"
            "或者把施行日期改到它终止以后。",
        )
    return None


def strange_replacements(content: Mapping[str, Any]) -> list[str]:
    """Titles of what the content says it replaces though it is no measure of the same area and
    kind: nothing of it would end."""
    own = content.get("facts") or {}
    ids = own.get("replaces") or []
    if not ids:
        return []
    rows = Item.objects.filter(pk__in=ids).select_related("kind")
    same = ("area", "measure_kind")
    return [
        row.title
        for row in rows
        if row.kind.key != KIND or any(row.facts.get(name) != own.get(name) for name in same)
    ]


def take_place(*, item: Item, now: datetime) -> None:
    """Write from when to when a released measure holds, cutting off what it replaces.

    Runs in the releasing transaction. The (area, kind) row is locked first, so of two releases at
    the same moment the second reads what the first wrote. Raises Refusal naming the other measure.
    """
    assert item.effective_on is not None
    area, kind = item.facts["area"], item.facts["measure_kind"]
    MeasureSlot.objects.get_or_create(area=area, measure=kind)
    slot = MeasureSlot.objects.select_for_update().get(area=area, measure=kind)
    clash = clash_of(item.pk, content_of(item))
    if clash:
        raise Refusal("同一地方同一类措施只能有一项在效", clash.reason, clash.remedy)
    # Withdrawn measures hold no place; one that is released anew takes a fresh one.
    MeasurePeriod.objects.filter(item=item).delete()
    new = Period(item.pk, item.title, item.effective_on, item.expires_on)
    replaced = MeasurePeriod.objects.filter(
        slot=slot, item_id__in=item.facts.get("replaces") or []
    ).select_related("item")
    for row in replaced:
        left = cut_off(_period(row), new)
        if left is not None and left.ends != row.ends:
            row.ends, row.replaced_by = left.ends, item
            row.save(update_fields=["ends", "replaced_by"])
    MeasurePeriod.objects.create(slot=slot, item=item, begins=new.begins, ends=new.ends)


def leave_place(*, item: Item) -> None:
    """A withdrawn measure holds nowhere; what it had cut off stays cut off, because to put that
    in force again is a new decision."""
    MeasurePeriod.objects.filter(item=item).delete()


def due_ends(*, member: Member, now: datetime) -> int:
    """Timer job: a measure that was replaced shows as 已失效 from the day its successor holds.

    Ends by the measure's own date are the business of publishing. Safe to repeat.
    """
    today = day_of(now)
    rows = MeasurePeriod.objects.filter(ends__lt=today, item__visibility=Visibility.PUBLIC).exclude(
        item__validity_now=Validity.LAPSED
    )
    done = 0
    for item_id in list(rows.values_list("item_id", flat=True)[:500]):
        with transaction.atomic():
            row = lock_item(item_id)
            if row.validity_now == Validity.LAPSED or row.visibility != Visibility.PUBLIC:
                continue
            before = row.current_validity
            row.validity_now = Validity.LAPSED
            Item.objects.filter(pk=row.pk).update(validity_now=Validity.LAPSED, updated_at=now)
            catalogue.place(record=record_of(row))
            facts.record(
                action="publishing.item.lapsed",
                subject=("item", row.pk),
                unit_id=row.unit_id,
                actor=member.actor,
                occurred_at=now,
                details={"from": before, "to": Validity.LAPSED.value, "replaced": True},
            )
            events.announce(event=events.LAPSED, item_id=row.pk, version=row.version, now=now)
            done += 1
    return done
