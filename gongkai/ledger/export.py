"""The ledger as a workbook: points, tasks, evidence, follow-ups, reports. Staff only.

Written row by row (openpyxl's write-only mode), so that a large ledger needs no large memory.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.db.models import Count
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from gongkai.core.cells import safe_cell
from gongkai.core.clock import SHANGHAI, day_of
from gongkai.ledger import board
from gongkai.ledger.enums import EvidenceKind, Light
from gongkai.ledger.models import Evidence, FollowUp, MonthReport, Plan
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item

_LINE = Side(style="thin", color="999999")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="E8EEF7")
_COLOURS = {"red": "F7D9D6", "yellow": "FBF0CC", "green": "DDEFE0", "grey": "EEEEEE"}
_LONGEST = 32_000
"""A cell holds at most 32,767 characters."""


def safe(value: object) -> object:
    """A value as it may stand in a cell: text that a spreadsheet would take for a formula gets an
    apostrophe in front, control characters go, too long a text is cut."""
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).replace(tzinfo=None)
    if not isinstance(value, str):
        return value
    return safe_cell("".join(c for c in value if c in "\n\t" or ord(c) >= 32)[:_LONGEST])


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, its columns with their widths (characters), its rows."""

    title: str
    columns: tuple[tuple[str, float], ...]
    rows: Iterable[Sequence[object]]
    light: int | None = None


def _styles(page: Any) -> dict[str, Any]:
    """One cell of each look: plain, the four lights, a day, a moment."""
    found: dict[str, Any] = {}
    for name in ("", *_COLOURS, "day", "moment"):
        cell = WriteOnlyCell(page)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        cell.border = _GRID
        if name in _COLOURS:
            cell.fill = PatternFill("solid", fgColor=_COLOURS[name])
        found[name] = cell
    found["day"].number_format = "yyyy-mm-dd"
    found["moment"].number_format = "yyyy-mm-dd hh:mm"
    return found


def _write(book: Workbook, sheet: Sheet, heading: str) -> None:
    page: Any = book.create_sheet(sheet.title)
    for place, (_, width) in enumerate(sheet.columns, start=1):
        page.column_dimensions[chr(64 + place)].width = width
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = "9"  # A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddHeader.center.text = heading.replace("&", "&&")[:200]
    page.oddFooter.center.text = "第 &P 页，共 &N 页"
    last = chr(64 + len(sheet.columns))
    head = []
    for name, _ in sheet.columns:
        cell = WriteOnlyCell(page, name)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _GRID
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        head.append(cell)
    page.append(head)
    count = 1
    styles = _styles(page)
    for row in sheet.rows:
        count += 1
        cells = []
        for place, value in enumerate(row):
            light = value if place == sheet.light and isinstance(value, str) else ""
            cell = WriteOnlyCell(page, safe(Light(light).label if light else value))
            style = light
            if isinstance(cell.value, str):
                # Never a formula, whatever it looks like.
                cell.data_type = "s"
            elif isinstance(cell.value, datetime):
                style = "moment"
            elif isinstance(cell.value, date):
                style = "day"
            # Sharing a ready style is many times faster than setting its parts cell by cell.
            cell._style = styles[style]._style
            cells.append(cell)
        page.append(cells)
    page.auto_filter.ref = f"A1:{last}{count}"


def workbook(plan: Plan, day: date, light: str, root: str) -> bytes:
    """The whole ledger of a plan on a day as .xlsx; ``light`` keeps only such shares.

    ``root`` is the address of the site, for links to public items. Twelve queries.
    """
    found = board.board_of(plan, day)
    shown = [row for row in found.rows if not light or row.verdict.light == light]
    ids = [row.assignment_id for row in shown]
    kept = set(ids)
    numbers = {row.number for row in shown}
    day = found.progress.day
    heading = f"{plan.title}　截至 {day:%Y-%m-%d}"
    points = [p for p in found.progress.points if not light or p.number in numbers]
    evidence = _evidence(plan, kept, day)
    counts: dict[int, int] = {}
    for piece in evidence:
        counts[piece.assignment_id] = counts.get(piece.assignment_id, 0) + 1
    chasing = dict(
        FollowUp.objects.filter(plan=plan, shares__assignment__in=ids)
        .values_list("shares__assignment")
        .annotate(n=Count("pk"))
        .order_by()
    )
    book = Workbook(write_only=True)
    sheets = [
        Sheet(
            "要点",
            (("序号", 6), ("部分", 24), ("要点", 32), ("牵头单位", 30), ("灯", 8), ("依据", 40),
             ("任务数", 8), ("已有凭据", 10), ("原文", 80)),
            ((p.number, p.section, p.title, "、".join(p.leads) or p.role, p.light,
              p.verdict.because, p.verdict.whole, p.verdict.done, p.text) for p in points),
            light=4,
        ),
        Sheet(
            "任务",
            (("要点", 6), ("任务", 60), ("单位", 20), ("责任", 8), ("期限", 18), ("灯", 8),
             ("情况", 16), ("依据", 44), ("凭据", 8), ("督办", 8)),
            ((r.number, r.text, r.unit, "牵头" if r.lead else "责任", r.due, r.verdict.light,
              r.words, r.verdict.because, counts.get(r.assignment_id, 0),
              chasing.get(r.assignment_id, 0)) for r in shown),
            light=5,
        ),
        Sheet(
            "凭据",
            (("要点", 6), ("任务", 46), ("单位", 20), ("种类", 12), ("名称", 46), ("地址", 40),
             ("提交时间", 18), ("状态", 14), ("说明", 40)),
            _evidence_rows(evidence, root),
        ),
        Sheet(
            "督办",
            (("文号", 20), ("层级", 8), ("单位", 20), ("事由", 40), ("要求", 60), ("发出", 18),
             ("回复期限", 14), ("状态", 14), ("逾期", 8), ("最后回复", 18)),
            _followup_rows(plan, kept if light else None, day),
        ),
        Sheet(
            "月报",
            (("月份", 10), ("要点", 6), ("任务", 46), ("单位", 20), ("状态", 12), ("报送", 18),
             ("完成百分比", 10), ("进展", 60), ("困难和问题", 40), ("下一步", 40)),
            _report_rows(ids, day),
        ),
    ]  # fmt: skip
    for sheet in sheets:
        _write(book, sheet, heading)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _evidence(plan: Plan, kept: set[int], day: date) -> list[Evidence]:
    rows = (
        Evidence.objects.filter(assignment__task__point__plan=plan)
        .select_related("assignment__task__point", "assignment__unit")
        .order_by("assignment__task__point__number", "assignment_id", "added_at")
    )
    return [e for e in rows if e.assignment_id in kept and day_of(e.added_at) <= day]


def _evidence_rows(evidence: Sequence[Evidence], root: str) -> Iterable[Sequence[object]]:
    public = set(
        Item.objects.filter(
            pk__in={e.item_id for e in evidence if e.item_id}, visibility=Visibility.PUBLIC
        ).values_list("pk", flat=True)
    )
    for e in evidence:
        shown = e.item_id in public
        url = f"{root}/nr/{e.item_id}/" if e.item_id and shown else e.url
        if e.removed_at:
            state = "已撤下"
        elif e.rejected_at:
            state = "已退回"
        elif e.item_id and not shown:
            state = "已不公开，不计"
        else:
            state = "有效"
        yield (
            e.assignment.task.point.number, e.assignment.task.text, e.assignment.unit.short_name,
            EvidenceKind(e.kind).label, e.title, url, e.added_at, state,
            e.reject_reason or e.note,
        )  # fmt: skip


def _followup_rows(plan: Plan, kept: set[int] | None, day: date) -> Iterable[Sequence[object]]:
    rows = (
        FollowUp.objects.filter(plan=plan)
        .select_related("unit")
        .prefetch_related("replies", "shares")
        .order_by("year", "serial")
    )
    for row in rows:
        about = {share.assignment_id for share in row.shares.all()}
        if (kept is not None and not about & kept) or day_of(row.issued_at) > day:
            continue
        replies = list(row.replies.all())
        owed = row.status in ("open", "returned")
        yield (
            row.number, row.get_level_display(), row.unit.short_name, row.title, row.demand,
            row.issued_at, row.reply_due, row.get_status_display(),
            "逾期" if owed and day > row.reply_due else "",
            replies[-1].at if replies else "",
        )  # fmt: skip


def _report_rows(ids: Sequence[int], day: date) -> Iterable[Sequence[object]]:
    rows = (
        MonthReport.objects.filter(assignment__in=ids, sent_at__isnull=False)
        .select_related("assignment__task__point", "assignment__unit")
        .order_by("month", "assignment__task__point__number", "assignment_id")
    )
    for row in rows:
        if row.sent_at is None or day_of(row.sent_at) > day:
            continue
        share = row.assignment
        yield (
            f"{row.month:%Y-%m}", share.task.point.number, share.task.text, share.unit.short_name,
            row.get_status_display(), row.sent_at, row.percent, row.progress, row.problems,
            row.next_step,
        )  # fmt: skip
