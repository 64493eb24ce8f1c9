"""Every write of meetings: the record, the public item made from it, what came of each matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from gongkai.core import facts
from gongkai.core.clock import day_of
from gongkai.core.errors import InvalidInput, NotVisible, Refusal
from gongkai.decisions.enums import Decision, LinkKind, MeetingKind, ObserverGroup, Way
from gongkai.decisions.models import AgendaItem, AgendaLink, Meeting
from gongkai.decisions.rules_meetings import content_of_meeting
from gongkai.decisions.selectors import matters_of
from gongkai.organisations.access import Member, require_role, require_visible
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit
from gongkai.publishing import services as publishing
from gongkai.publishing.enums import ChangeKind, Status, Visibility
from gongkai.publishing.models import Item, ItemKind, ItemLink
from gongkai.review.enums import WithholdCode

KIND = "meeting_decision"
SECTIONS = {MeetingKind.EXECUTIVE: "changwu", MeetingKind.PLENARY: "quanhui"}
MOST = 40
_LABELS = {
    "title": "议题", "text": "议定内容", "way": "议程", "decision": "结论",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the agenda as it was typed; ``id`` of a row that is there already."""

    title: str
    way: str
    decision: str
    text: str
    organ: str = ""
    lead: str = ""
    public: bool = True
    code: str = ""
    legal_basis: str = ""
    needs_document: bool = False
    id: int | None = None


def _check_entries(agenda: Sequence[Entry]) -> None:
    wrong: list[str] = []
    if not agenda:
        wrong.append("请至少填写一个议题。")
    if len(agenda) > MOST:
        wrong.append(f"一次会议最多登记 {MOST} 个议题。")
    titles = [entry.title.strip() for entry in agenda]
    for number, entry in enumerate(agenda, start=1):
        for name, label in _LABELS.items():
            if not str(getattr(entry, name)).strip():
                wrong.append(f"议题 {number}：请填写“{label}”。")
        if entry.way and entry.way not in Way.values:
            wrong.append(f"议题 {number}：“议程”不在可选范围内。")
        if entry.decision and entry.decision not in Decision.values:
            wrong.append(f"议题 {number}：“结论”不在可选范围内。")
        if titles.count(entry.title.strip()) > 1 and titles.index(entry.title.strip()) < number - 1:
            wrong.append(f"议题 {number}：和前面的议题同名，请区分。")
        if not entry.public:
            if entry.code not in WithholdCode.values:
                wrong.append(f"议题 {number}：不公开的，请从七种情形中选择一种。")
            if not entry.legal_basis.strip():
                wrong.append(f"议题 {number}：不公开的，请写明依据的条款或者定密文号。")
    if wrong:
        raise InvalidInput({"agenda": wrong})


def _observers(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Groups with their counts, in the order of the list; groups nobody came from left out."""
    return [
        {"group": label, "count": int(counts[key])}
        for key, label in ObserverGroup.choices
        if counts.get(key)
    ]


def _lock(meeting_id: int) -> Meeting:
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("unit")
    try:
        return rows.get(pk=meeting_id)
    except Meeting.DoesNotExist as error:
        raise NotVisible from error


def meeting_save(
    *,
    meeting_id: int | None,
    unit: Unit,
    kind: str,
    government: str,
    term: str,
    session_no: int,
    held_on: date,
    chair: str,
    agenda: Sequence[Entry],
    observers: Mapping[str, int],
    media: Sequence[Mapping[str, str]],
    member: Member,
    now: datetime,
) -> Meeting:
    """Enter a meeting or change it, its whole agenda included. Only an editor of the unit.

    The public item is not touched: :func:`meeting_draft` makes it anew. Links of a matter that is
    held back from now on disappear at once. Raises NotVisible, PermissionRefused, InvalidInput.
    """
    with transaction.atomic():
        if meeting_id is not None:
            row = _lock(meeting_id)
            require_visible(member, row.unit)
            unit = row.unit
        else:
            row = Meeting(unit=unit, created_at=now)
        require_role(member, unit, Role.EDITOR, act="登记会议")
        problems: dict[str, list[str]] = {}
        if kind not in MeetingKind.values:
            problems["kind"] = ["请选择会议类别。"]
        if held_on > day_of(now):
            problems["held_on"] = ["开会日期不能晚于今天，开过的会议才登记。"]
        if problems:
            raise InvalidInput(problems)
        _check_entries(agenda)
        row.kind, row.government, row.term = kind, government.strip(), term.strip()
        row.session_no, row.held_on, row.chair = session_no, held_on, chair.strip()
        row.observers = _observers(observers)
        row.media = [dict(entry) for entry in media if entry.get("outlet") and entry.get("title")]
        row.updated_at = now
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise InvalidInput(
                {"session_no": [f"{term}第{session_no}次{MeetingKind(kind).label}已经登记过。"]}
            ) from error
        _write_agenda(row, agenda)
        held_back = sum(1 for entry in agenda if not entry.public)
        facts.record(
            action="decisions.meeting.saved",
            subject=("meeting", row.pk),
            unit_id=unit.pk,
            actor=member.actor,
            occurred_at=now,
            # No titles: some of them must not be read by everybody who reads trails.
            details={"name": row.name, "agenda": len(agenda), "held_back": held_back},
        )
        sync_links(row)
    return row


def _write_agenda(meeting: Meeting, agenda: Sequence[Entry]) -> None:
    known = {row.pk: row for row in AgendaItem.objects.filter(meeting=meeting)}
    kept = {entry.id for entry in agenda if entry.id in known}
    AgendaItem.objects.filter(meeting=meeting).exclude(pk__in=kept).delete()
    # Two rows that swap their titles would meet half-way.
    for pk in kept:
        AgendaItem.objects.filter(pk=pk).update(title=f"#{pk}")
    for order, entry in enumerate(agenda, start=1):
        row = known.get(entry.id or 0) or AgendaItem(meeting=meeting)
        row.order, row.title, row.organ = order, entry.title.strip(), entry.organ.strip()
        row.lead, row.way, row.decision = entry.lead.strip(), entry.way, entry.decision
        row.text, row.public = entry.text.strip(), entry.public
        row.code = "" if entry.public else entry.code
        row.legal_basis = "" if entry.public else entry.legal_basis.strip()
        row.needs_document = entry.public and entry.needs_document
        row.save()
        if not row.public:
            row.links.all().delete()


def _content(meeting: Meeting) -> dict[str, Any]:
    return content_of_meeting(
        name=meeting.name,
        session=meeting.kind,
        term=meeting.term,
        held_on=meeting.held_on,
        chair=meeting.chair,
        agenda=matters_of(meeting),
        observers=meeting.observers,
        media=meeting.media,
        topics=["juece", f"juece/{SECTIONS[MeetingKind(meeting.kind)]}"],
    )


def meeting_draft(*, meeting_id: int, member: Member, now: datetime) -> Item:
    """Write the public item from the public matters: a new draft, or the present one brought up to
    date; it then passes the gate like any other. Only an editor of the unit.

    Matters that were public and are held back now seal the earlier versions. Raises NotVisible,
    PermissionRefused; Refusal when no matter is public, the item is in review, or nothing differs.
    """
    with transaction.atomic():
        meeting = _lock(meeting_id)
        require_visible(member, meeting.unit)
        require_role(member, meeting.unit, Role.EDITOR, act="生成会议公开稿")
        if not any(matter.public for matter in matters_of(meeting)):
            raise Refusal(
                "会议公开稿", "这次会议没有可以公开的议题。", "不用公开；会议登记保留在工作台。"
            )
        content = _content(meeting)
        item = Item.objects.filter(pk=meeting.item_id or 0).exclude(
            visibility=Visibility.WITHDRAWN
        ).first()  # fmt: skip
        if item is None:
            kind = ItemKind.objects.get(key=KIND)
            item = publishing.item_create(
                unit=meeting.unit, kind=kind, content=content, member=member, now=now
            )
            meeting.item = item
            meeting.save(update_fields=["item"])
        else:
            item = _refresh(item, content, member, now)
        facts.record(
            action="decisions.meeting.drafted",
            subject=("meeting", meeting.pk),
            unit_id=meeting.unit_id,
            actor=member.actor,
            occurred_at=now,
            details={"item": item.pk},
        )
    return item


def _refresh(item: Item, content: dict[str, Any], member: Member, now: datetime) -> Item:
    row = publishing.lock_item(item.pk)
    if row.status == Status.IN_REVIEW:
        raise Refusal(
            "会议公开稿", "公开稿正在审核中，现在不能改动。", "请等审核结束，或者先撤回送审。"
        )
    copy = publishing.working_copy(row)
    if all(getattr(copy, name) == content[name] for name in ("title", "body", "facts", "summary")):
        raise Refusal("会议公开稿", "公开稿和会议登记一致，没有要更新的地方。", "可以直接送审。")
    if row.version:
        gone = {m.get("topic") for m in row.facts.get("topics") or []} - {
            m["topic"] for m in content["facts"]["topics"]
        }
        kind = ChangeKind.SECRECY if gone else ChangeKind.UPDATE
        note = "删除不应公开的内容。" if gone else "按会议登记更新议定事项。"
        content |= {
            "changed_on": day_of(now).isoformat(),
            "change_kind": kind.value,
            "change_note": note,
        }
    return publishing.item_edit(item_id=row.pk, content=content, member=member, now=now)


def link_add(
    *, agenda_id: int, kind: str, item_ids: Sequence[int], member: Member, now: datetime
) -> int:
    """Link a public matter with what came of it; returns how many links are new.

    An editor of the meeting's unit. The links are no part of the reviewed text, and show on both
    pages only while both are public. Raises NotVisible, PermissionRefused, Refusal, InvalidInput.
    """
    with transaction.atomic():
        agenda = AgendaItem.objects.select_related("meeting__unit").filter(pk=agenda_id).first()
        if agenda is None:
            raise NotVisible
        meeting = _lock(agenda.meeting_id)
        require_visible(member, meeting.unit)
        require_role(member, meeting.unit, Role.EDITOR, act="关联议定事项")
        if not agenda.public:
            raise Refusal(
                "议题不公开",
                "这个议题审定不公开，不能关联公开的信息：从关联就能看出议题。",
                "需要公开的，请先修改会议登记。",
            )
        if kind not in LinkKind.values:
            raise InvalidInput({"kind": ["请选择关联的是文件、解读还是报道。"]})
        if not item_ids:
            raise InvalidInput({"items": ["请填写要关联的信息。"]})
        if meeting.item_id in item_ids:
            raise InvalidInput({"items": ["不能关联会议公开稿自己。"]})
        added = 0
        for item_id in item_ids:
            _, new = AgendaLink.objects.get_or_create(
                agenda=agenda, item_id=item_id, kind=kind, defaults={"added_at": now}
            )
            added += new
        if added:
            _told("decisions.link.added", agenda, member, now, kind=kind, items=list(item_ids))
            sync_links(meeting)
    return added


def link_remove(*, link_id: int, member: Member, now: datetime) -> Meeting:
    """Take a link away. An editor of the meeting's unit; raises NotVisible, PermissionRefused."""
    with transaction.atomic():
        link = AgendaLink.objects.select_related("agenda__meeting").filter(pk=link_id).first()
        if link is None:
            raise NotVisible
        meeting = _lock(link.agenda.meeting_id)
        require_visible(member, meeting.unit)
        require_role(member, meeting.unit, Role.EDITOR, act="关联议定事项")
        link.delete()
        _told(
            "decisions.link.removed", link.agenda, member, now, kind=link.kind, items=[link.item_id]
        )
        sync_links(meeting)
    return meeting


def _told(action: str, agenda: AgendaItem, member: Member, now: datetime, **details: Any) -> None:
    facts.record(
        action=action,
        subject=("meeting", agenda.meeting_id),
        unit_id=agenda.meeting.unit_id,
        actor=member.actor,
        occurred_at=now,
        details=details,
    )


def sync_links(meeting: Meeting) -> None:
    """Make the links between pages those of the matters that stand in the public item; runs in
    the caller's transaction, after every change and after every release."""
    if meeting.item_id is None:
        return
    item = Item.objects.filter(pk=meeting.item_id).only("facts", "visibility").first()
    released = item is not None and item.visibility == Visibility.PUBLIC
    told = (
        {row.get("topic") for row in item.facts.get("topics") or []} if item and released else set()
    )
    rows = AgendaLink.objects.filter(agenda__meeting=meeting, agenda__public=True)
    wanted = {
        (kind, target)
        for title, kind, target in rows.values_list("agenda__title", "kind", "item_id")
        if title in told
    }
    mine = ItemLink.objects.filter(source_id=meeting.item_id, relation__in=LinkKind.values)
    for link in mine:
        if (link.relation, link.target_id) not in wanted:
            link.delete()
        else:
            wanted.discard((link.relation, link.target_id))
    ItemLink.objects.bulk_create(
        [
            ItemLink(source_id=meeting.item_id, target_id=target, relation=kind)
            for kind, target in sorted(wanted)
        ],
        ignore_conflicts=True,
    )
