"""What the catalogues declare to the floors below, when the app is ready."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from gongkai.catalogue.entries import absences, files, states
from gongkai.catalogue.entries.enums import AbsenceStatus
from gongkai.catalogue.entries.models import EntryAbsence, EntryInstance
from gongkai.core.blobs import register_gate
from gongkai.core.facts import register_actions
from gongkai.core.jobs import register_job
from gongkai.messaging.audience import holders
from gongkai.messaging.registry import DueItem, register_due_source, register_notice_kind
from gongkai.organisations.access import Member, visible_units
from gongkai.organisations.desk import register_menu_entry
from gongkai.organisations.enums import Role

_LOOK_BACK = timedelta(days=30)
"""What has been overdue for longer is on the board; its unit was told in time."""


def _waiting(member: Member) -> list[QuerySet[EntryAbsence]]:
    """Requests of 无此事项 that this person may decide."""
    rows = EntryAbsence.objects.filter(
        status=AbsenceStatus.REQUESTED, unit__in=visible_units(member)
    ).exclude(requested_by_id=member.actor.user_id or 0)
    if not member.holds_anywhere(Role.SUPERVISOR):
        rows = rows.filter(unit_id__in=member.unit_ids(Role.FINAL_REVIEWER))
    return [rows]


def due_items(today: date, until: date) -> Iterator[DueItem]:
    """One line for each unit and day: so many entries have to be public by then (条例第二十六条)."""
    rows = (
        EntryInstance.objects.filter(
            published_on=None, absent=False, unclear=False,
            due_on__gte=today - _LOOK_BACK, due_on__lte=until,
        )
        .order_by("unit_id", "due_on")
        .values("unit_id", "due_on")
        .annotate(n=Count("entry_id", distinct=True))
    )  # fmt: skip
    for row in rows:
        day = row["due_on"]
        if day is None:
            continue
        yield DueItem(
            audience=holders(row["unit_id"], Role.EDITOR),
            title=f"{row['n']} 个公开事项应于 {day.month}月{day.day}日前公开",
            url=f"/desk/catalogue/?unit={row['unit_id']}",
            due=day,
            key=f"{row['unit_id']}",
        )


def register() -> None:
    """Menu, facts, files, timer jobs and notices of the catalogues."""
    register_menu_entry("catalogue", "公开目录", "catalogue-desk:board", "file", order=27,
                        waiting=_waiting)  # fmt: skip
    register_menu_entry(
        "catalogue-imports", "导入目录", "catalogue-desk:imports", "upload", [Role.SUPERVISOR],
        order=28,
    )  # fmt: skip
    register_actions(
        {
            "catalogue.import.opened": "读入公开目录",
            "catalogue.import.discarded": "放弃导入目录",
            "catalogue.catalogue.confirmed": "确认公开目录",
            "catalogue.catalogue.revised": "更新公开目录",
            "catalogue.entry.linked": "挂接公开事项",
            "catalogue.entry.unlinked": "解除事项挂接",
            "catalogue.entry.checked": "年度核对",
            "catalogue.entry.units_named": "指定公开主体",
            "catalogue.absence.requested": "申报无此事项",
            "catalogue.absence.approved": "批准无此事项",
            "catalogue.absence.refused": "不批准无此事项",
            "catalogue.absence.cancelled": "撤销无此事项",
        }
    )
    register_job("catalogue.instances", "事项期次", states.follow)
    register_gate("catalogue", files.catalogue_file_gate)
    register_notice_kind(absences.WAITING, "无此事项待批准")
    register_notice_kind(absences.DECIDED, "无此事项有结果")
    register_due_source("catalogue.entries", "公开事项", due_items)
