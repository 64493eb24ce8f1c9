"""Writes around entries: what is published under them, who answers, 无此事项, yearly checks."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import connection, transaction

from gongkai.catalogue.entries import states
from gongkai.catalogue.entries.enums import LinkOrigin
from gongkai.catalogue.entries.importing import require_keeper, resolve, unit_names
from gongkai.catalogue.entries.models import Entry, EntryLink, EntryUnit
from gongkai.catalogue.entries.rules import is_period
from gongkai.catalogue.entries.rules_cells import split_units
from gongkai.catalogue.models import Placement
from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit

# --- from the publishing transaction ------------------------------------------------------------


def _duties(unit_id: int, codes: Iterable[str]) -> list[int]:
    """Ids of the entries in force among ``codes`` for which the unit answers."""
    rows = EntryUnit.objects.filter(
        unit_id=unit_id, ended_on=None, entry__code__in=list(codes), entry__retired_at=None
    )
    return list(rows.values_list("entry_id", flat=True))


def link(
    *,
    kind: str,
    record_id: int,
    unit_id: int,
    codes: Sequence[str],
    published_on: date,
    formed_on: date | None,
    now: datetime,
    exempt: bool = False,
) -> int:
    """Put a released record under the entries it names; returns how many it now stands under.

    Called in the publishing transaction at every release and correction: entries that are named
    no longer let go of it, those that stay keep the first day of publication. Codes for which the
    unit does not answer are passed over. ``exempt``: imported history, never late.
    """
    _in_transaction()
    today = day_of(now)
    present = {
        row.entry_id: row
        for row in EntryLink.objects.filter(subject_kind=kind, subject_id=record_id, ended_at=None)
    }
    if not codes and not present:
        return 0
    wanted = set(_duties(unit_id, codes)) if codes else set()
    touched: set[states.Pair] = set()
    fresh = []
    for entry_id in wanted:
        row = present.get(entry_id)
        touched.add((entry_id, unit_id))
        if row is None:
            fresh.append(
                EntryLink(
                    entry_id=entry_id, unit_id=unit_id, subject_kind=kind, subject_id=record_id,
                    formed_on=formed_on, published_on=published_on, exempt=exempt, linked_at=now,
                )
            )  # fmt: skip
            continue
        row.formed_on, row.exempt = formed_on, exempt
        if row.published_on is None:
            row.published_on = published_on
        elif today > row.published_on:
            row.renewed_on = today
        row.save(update_fields=["formed_on", "published_on", "renewed_on", "exempt"])
    for entry_id, row in present.items():
        if entry_id not in wanted and row.origin == LinkOrigin.RELEASED:
            row.ended_at = now
            row.save(update_fields=["ended_at"])
            touched.add((entry_id, row.unit_id))
    EntryLink.objects.bulk_create(fresh)
    states.refresh_pairs(touched, today=today)
    return len(wanted)


def expect(
    *,
    kind: str,
    record_id: int,
    unit_id: int,
    codes: Sequence[str],
    formed_on: date | None,
    now: datetime,
) -> int:
    """A record was submitted under these entries: its own time limit is watched from now on.

    Called in the transaction of the submission; a record that is public already is left alone.
    """
    _in_transaction()
    present = {
        row.entry_id: row
        for row in EntryLink.objects.filter(subject_kind=kind, subject_id=record_id, ended_at=None)
    }
    if not codes and not present:
        return 0
    wanted = set(_duties(unit_id, codes)) if codes else set()
    touched: set[states.Pair] = set()
    for entry_id, row in present.items():
        if row.published_on is not None:
            continue
        if entry_id not in wanted:
            row.ended_at = now
        row.formed_on = formed_on
        row.save(update_fields=["ended_at", "formed_on"])
        touched.add((entry_id, row.unit_id))
    fresh = [
        EntryLink(entry_id=entry_id, unit_id=unit_id, subject_kind=kind, subject_id=record_id,
                  formed_on=formed_on, linked_at=now)
        for entry_id in wanted - set(present)
    ]  # fmt: skip
    EntryLink.objects.bulk_create(fresh)
    touched |= {(row.entry_id, row.unit_id) for row in fresh}
    states.refresh_pairs(touched, today=day_of(now))
    return len(wanted)


def unlink(*, kind: str, record_id: int, now: datetime) -> int:
    """A record was withdrawn: it stands under no entry any more; returns under how many it did."""
    _in_transaction()
    rows = EntryLink.objects.filter(subject_kind=kind, subject_id=record_id, ended_at=None)
    touched = list(rows.values_list("entry_id", "unit_id"))
    rows.update(ended_at=now)
    states.refresh_pairs(touched, today=day_of(now))
    return len(touched)


def _in_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("entries are linked in the publishing transaction")


# --- at the desk --------------------------------------------------------------------------------


def locked_duty(entry_id: int, unit_id: int, member: Member) -> EntryUnit:
    """The unit's duty under an entry, locked; NotVisible for strangers and for no such duty."""
    duty = (
        EntryUnit.objects.select_for_update(of=("self",))
        .select_related("entry__catalogue__owner", "unit__area")
        .filter(entry_id=entry_id, unit_id=unit_id)
        .first()
    )
    if duty is None:
        raise NotVisible
    require_visible(member, duty.unit)
    return duty


def in_force(duty: EntryUnit, act: str) -> None:
    """Refuse what can only be done under a present entry by a unit that answers for it."""
    if duty.entry.retired_at or duty.ended_on:
        raise Refusal(
            act, f"“{duty.entry.name}”已经不由{duty.unit.short_name}公开，不能再办理。",
            "历史记录仍然保留；现行事项见公开目录。",
        )  # fmt: skip


def check_period(period: str) -> str:
    """A period as it is stored; raises InvalidInput (``period``)."""
    cleaned = period.strip().upper()
    if cleaned and not is_period(cleaned):
        raise InvalidInput({"period": ["期间请写成 2022、2022Q3、2022H1 或 2022-07 这样的形式。"]})
    return cleaned


def link_later(
    *, entry_id: int, unit_id: int, record_id: int, period: str = "", member: Member, now: datetime
) -> EntryLink:
    """Put a record of the unit that is public already under an entry. A fact about what is public,
    so nothing is reviewed again; the editor of the unit does it.

    Raises NotVisible, PermissionRefused, Refusal, InvalidInput (``record``, ``period``).
    """
    with transaction.atomic():
        duty = locked_duty(entry_id, unit_id, member)
        require_role(member, duty.unit, Role.EDITOR, act="挂接公开事项")
        in_force(duty, "挂接公开事项")
        card = Placement.objects.filter(
            subject_kind="item", subject_id=record_id, unit_id=unit_id
        ).first()
        if card is None:
            raise InvalidInput(
                {"record": [f"{duty.unit.short_name}没有这条已公开的信息，请核对网址或编号。"]}
            )
        if EntryLink.objects.filter(
            entry_id=entry_id, subject_kind="item", subject_id=record_id, ended_at=None
        ).exists():
            raise InvalidInput({"record": ["这条信息已经挂接在这个事项下。"]})
        published = day_of(card.published_at)
        formed = card.card.get("formed")
        row = EntryLink.objects.create(
            entry_id=entry_id, unit_id=unit_id, subject_kind="item", subject_id=record_id,
            formed_on=date.fromisoformat(formed) if formed else None, published_on=published,
            exempt=bool(card.card.get("history")), period=check_period(period),
            origin=LinkOrigin.LATER, linked_by=member.actor.name, linked_at=now,
        )  # fmt: skip
        states.refresh_pairs([(entry_id, unit_id)], today=day_of(now))
        facts.record(
            action="catalogue.entry.linked",
            subject=("entry", duty.entry.code),
            unit_id=unit_id,
            actor=member.actor,
            occurred_at=now,
            details={"item": record_id, "period": row.period},
        )
    return row


def link_end(*, link_id: int, member: Member, now: datetime) -> EntryLink:
    """Take a record from under an entry where it was put by mistake; the link stays on record."""
    with transaction.atomic():
        row = (
            EntryLink.objects.select_for_update(of=("self",))
            .select_related("entry", "unit")
            .filter(pk=link_id, ended_at=None)
            .first()
        )
        if row is None:
            raise NotVisible
        require_visible(member, row.unit)
        require_role(member, row.unit, Role.EDITOR, act="解除挂接")
        if row.origin == LinkOrigin.RELEASED:
            raise Refusal(
                "解除挂接",
                "这条信息是随审核选定公开事项的，不能单独解除。",
                "请在写稿台修改这条信息的公开事项，重新送审后自动更新。",
            )
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        states.refresh_pairs([(row.entry_id, row.unit_id)], today=day_of(now))
        facts.record(
            action="catalogue.entry.unlinked",
            subject=("entry", row.entry.code),
            unit_id=row.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={"item": row.subject_id},
        )
    return row


def entry_checked(*, entry_id: int, unit_id: int, member: Member, now: datetime) -> EntryUnit:
    """The editor looked through what stands for long and found it current: the year begins anew."""
    with transaction.atomic():
        duty = locked_duty(entry_id, unit_id, member)
        require_role(member, duty.unit, Role.EDITOR, act="核对长期公开的内容")
        in_force(duty, "年度核对")
        if not EntryLink.objects.filter(
            entry_id=entry_id, unit_id=unit_id, ended_at=None, published_on__isnull=False
        ).exists():
            raise Refusal(
                "年度核对", "这个事项下还没有公开的信息，没有可以核对的。", "请先公开信息。"
            )
        duty.checked_on = day_of(now)
        duty.save(update_fields=["checked_on"])
        states.refresh_pairs([(entry_id, unit_id)], today=day_of(now))
        facts.record(
            action="catalogue.entry.checked",
            subject=("entry", duty.entry.code),
            unit_id=unit_id,
            actor=member.actor,
            occurred_at=now,
        )
    return duty


def entry_units_set(
    *, entry_id: int, names: str, member: Member, now: datetime
) -> tuple[list[Unit], list[str]]:
    """Name the units that answer for an entry whose 公开主体 is a class of units.

    ``names`` are written names, parted by 、 or lines. Units that are not named any more stop
    today; their history stays. Raises PermissionRefused, InvalidInput (``names``).
    """
    with transaction.atomic():
        entry = (
            Entry.objects.select_for_update(of=("self",))
            .select_related("catalogue__owner__area")
            .filter(pk=entry_id)
            .first()
        )
        if entry is None or not member.supervises(entry.catalogue.owner):
            raise NotVisible
        require_keeper(member, entry.catalogue.owner, "指定公开主体")
        today = day_of(now)
        known = unit_names(entry.catalogue.owner, today)
        units, unknown = resolve(split_units(names), known)
        if unknown:
            raise InvalidInput(
                {"names": [f"没有找到单位：{'、'.join(unknown)}。请填写规范的简称或全称。"]}
            )
        if not units:
            raise InvalidInput({"names": ["请至少填写一个单位。"]})
        duties = {d.unit_id: d for d in EntryUnit.objects.filter(entry=entry)}
        for unit in units:
            duty = duties.get(unit.pk)
            if duty is None:
                EntryUnit.objects.create(entry=entry, unit=unit, since=today)
            elif duty.ended_on is not None:
                duty.since, duty.ended_on = today, None
                duty.save(update_fields=["since", "ended_on"])
        for duty in duties.values():
            if duty.unit_id not in {u.pk for u in units} and duty.ended_on is None:
                duty.ended_on = max(today, duty.since)
                duty.save(update_fields=["ended_on"])
        entry.to_name = ""
        entry.save(update_fields=["to_name"])
        states.refresh_entries([entry.pk], today=today)
        facts.record(
            action="catalogue.entry.units_named",
            subject=("entry", entry.code),
            unit_id=entry.catalogue.owner_id,
            actor=member.actor,
            occurred_at=now,
            details={"units": [u.code for u in units]},
        )
    return units, unknown
