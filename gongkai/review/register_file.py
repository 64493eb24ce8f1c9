"""The withheld register as a workbook for the supervising office."""

import io
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gongkai.core import facts
from gongkai.core.cells import safe_cell
from gongkai.core.clock import SHANGHAI, day_of
from gongkai.core.errors import PermissionRefused
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.review import register
from gongkai.review.enums import WithheldState, WithholdCode

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = ("登记号", "单位", "标题", "情形", "条文", "理由", "审定人", "审定时间", "下次评估", "状态")
WIDTHS = (9, 18, 44, 30, 20, 44, 14, 17, 13, 20)
NOTE = (
    "依法确定为国家秘密的登记，标题和理由一律不写进导出文件：文件会离开平台，只列情形和日期。"
    "要核对的，到登记单位当面查阅。"
)
LIMIT = 20_000


def register_export(*, filters: Mapping[str, str], member: Member, now: datetime) -> bytes:
    """The register with the list's filters as .xlsx; a supervisor, within their own area.

    Title and reason of state secrets are never in the file, whoever asks: a file leaves the
    platform. Who exported how many rows is recorded. Raises PermissionRefused.
    """
    if not member.holds_anywhere(Role.SUPERVISOR):
        raise PermissionRefused(
            "岗位权限", "不予公开登记只能由政务公开主管导出。", "请由主管部门导出。"
        )
    today = day_of(now)
    rows = register.narrowed(
        register.records_for(member),
        unit=filters.get("unit", ""),
        code=filters.get("code", ""),
        state=filters.get("state", ""),
        today=today,
    )
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "不予公开登记"
    sheet.append([f"不予公开信息登记表（截至{today.year}年{today.month}月{today.day}日）"])
    sheet.append([NOTE])
    sheet.append(list(HEADS))
    count = 0
    for entry in register.entries(rows[:LIMIT], member, today):
        record = entry.record
        secret = record.code == WithholdCode.STATE_SECRET
        kept = record.state == WithheldState.KEPT
        sheet.append(
            [
                record.pk,
                record.unit.short_name,
                register.SEALED_TITLE if secret else safe_cell(entry.title),
                entry.code_label,
                entry.article,
                "" if secret else safe_cell(entry.reason),
                entry.decided_by,
                record.decided_at.astimezone(SHANGHAI).replace(tzinfo=None),
                record.next_review_on if kept else None,
                "已过评估日期" if entry.urgency == "overdue" else record.get_state_display(),
            ]
        )
        count += 1
    _dress(sheet)
    with transaction.atomic():
        facts.record(
            action="review.withheld.exported",
            subject=("withheld_register", today.isoformat()),
            actor=member.actor,
            occurred_at=now,
            details={"rows": count, "filters": {k: v for k, v in filters.items() if v}},
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _dress(sheet: Worksheet) -> None:
    for column, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet["A1"].font = Font(bold=True, size=14)
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=4):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        row[7].number_format = "yyyy-mm-dd hh:mm"
        row[8].number_format = "yyyy-mm-dd"
    sheet.freeze_panes = "A4"
