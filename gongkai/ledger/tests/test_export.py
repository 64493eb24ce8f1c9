"""The ledger as a workbook: what stands in it, what a spreadsheet must not run, what it costs."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from gongkai.core.clock import at
from gongkai.ledger import export, followups, reports
from gongkai.ledger.models import Assignment, LedgerTask, Plan
from gongkai.ledger.tests.offices import PROJECTS, TAXES, Office
from gongkai.ledger.tests.proofs import Newsroom, add_item, add_url
from gongkai.organisations.models import User
from tests.factories import member

DAY = date(2022, 10, 18)
ROOT = "https://gk.example.gov.cn"


@pytest.fixture
def plan(office: Office) -> Plan:
    return office.plan(TAXES, PROJECTS)


def read(plan: Plan, light: str = "", day: date = DAY) -> Any:
    return load_workbook(BytesIO(export.workbook(plan, day, light, ROOT)))


def table(book: Any, sheet: str) -> list[dict[str, Any]]:
    head, *rows = list(book[sheet].values)
    return [dict(zip(head, row, strict=True)) for row in rows]


def own(office: Office) -> Assignment:
    row = Assignment.objects.filter(unit=office.bureaus["czj"]).order_by("pk").first()
    assert row is not None
    return row


def test_every_sheet_is_there_with_frozen_heads_and_print_set_up(plan: Plan) -> None:
    book = read(plan)
    assert book.sheetnames == ["要点", "任务", "凭据", "督办", "月报"]
    for sheet in book:
        assert sheet.freeze_panes == "A2" and sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToHeight == 0
        assert sheet.auto_filter.ref.startswith("A1:")
        assert all(sheet.column_dimensions[c].width >= 6 for c in "ABCD")
    assert "截至 2022-10-18" in book["要点"].oddHeader.center.text


def test_points_and_tasks_stand_with_units_lights_and_reasons(office: Office, plan: Plan) -> None:
    book = read(plan)
    first = table(book, "要点")[0]
    assert (first["序号"], first["要点"], first["灯"]) == (1, "公开税费信息", "未到")
    assert ("市财政局" in first["牵头单位"] and "税费" in first["原文"]) or "减税" in first["原文"]
    tasks = table(book, "任务")
    assert len(tasks) == Assignment.objects.filter(active=True).count()
    assert {t["单位"] for t in tasks} >= {"市财政局", "市税务局", "望城区政府"}
    assert all("期限" in t["依据"] for t in tasks)


def test_evidence_has_titles_links_and_states(
    office: Office, plan: Plan, editor: User, newsroom: Newsroom
) -> None:
    row, item, gone = own(office), newsroom.public(), newsroom.public()
    add_item(row, item, editor)
    add_item(row, gone, editor)
    newsroom.withdraw(gone)
    add_url(row, editor)
    rows = table(read(plan), "凭据")
    assert [(r["种类"], r["状态"]) for r in rows] == [
        ("已公开的信息", "有效"), ("已公开的信息", "已不公开，不计"), ("网址", "有效"),
    ]  # fmt: skip
    assert rows[0]["地址"] == f"{ROOT}/nr/{item.pk}/" and rows[1]["地址"] is None
    task = next(t for t in table(read(plan), "任务") if t["凭据"])
    assert task["凭据"] == 3 and task["灯"] == "按期"


def test_follow_ups_and_reports_are_in_the_book(office: Office, plan: Plan, editor: User) -> None:
    row, boss = own(office), member(office.supervisor)
    followups.followup_issue(
        office=office.unit, unit=row.unit, level="reminder", title="迟了", demand="请办",
        terms=followups.Terms(days=3), member=boss, now=at(date(2022, 10, 10), 9),
        assignment_ids=[row.pk],
    )  # fmt: skip
    reports.plan_reports_set(
        plan_id=plan.pk, start=date(2022, 9, 1), kind="next_nth", nth=5, member=boss,
        now=at(DAY, 8),
    )  # fmt: skip
    text = reports.ReportText("做了一半", 50, next_step="做完")
    common = {"unit": row.unit, "month": date(2022, 9, 1), "member": member(editor)}
    reports.reports_save(entries={row.pk: text}, now=at(DAY, 9), **common)
    reports.reports_send(assignment_ids=[row.pk], now=at(DAY, 9), **common)
    book = read(plan)
    (chase,) = table(book, "督办")
    assert (chase["文号"], chase["逾期"], chase["单位"]) == ("督办〔2022〕1号", "逾期", "市财政局")
    (report,) = table(book, "月报")
    assert (report["月份"], report["完成百分比"], report["进展"]) == ("2022-09", 50, "做了一半")
    assert next(t for t in table(book, "任务") if t["督办"])["单位"] == "市财政局"


def test_the_filter_of_the_board_holds_and_so_does_the_day(
    office: Office, plan: Plan, editor: User
) -> None:
    add_url(own(office), editor, now=at(DAY, 9))
    green = table(read(plan, "green"), "任务")
    assert [t["单位"] for t in green] == ["市财政局"]
    assert [p["序号"] for p in table(read(plan, "green"), "要点")] == [1]
    assert table(read(plan, "green", date(2022, 10, 17)), "任务") == []
    assert table(read(plan, "", date(2022, 10, 17)), "凭据") == []


@pytest.mark.parametrize("bad", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_looks_like_a_formula_is_text(
    office: Office, plan: Plan, bad: str, editor: User
) -> None:
    LedgerTask.objects.filter(point__number=1, seq=1).update(text=f"{bad}任务")
    sheet = read(plan)["任务"]
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert all(cell.data_type == "s" for cell in cells)
    assert any(cell.value.startswith("'") for cell in cells)
    assert not any(cell.value.startswith(("=", "+", "-", "@")) for cell in cells)


@given(st.text(max_size=40))
def test_no_text_starts_a_formula_or_breaks_the_file(text: str) -> None:
    found = export.safe(text)
    assert isinstance(found, str) and not found.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert all(c in "\n\t" or ord(c) >= 32 for c in found)


def test_numbers_dates_and_long_texts() -> None:
    assert export.safe(-5) == -5 and export.safe(DAY) == DAY
    moment = export.safe(at(DAY, 9))
    assert str(moment) == "2022-10-18 09:00:00"
    assert len(str(export.safe("长" * 40_000))) == 32_000


def test_the_book_takes_a_fixed_number_of_queries(office: Office, plan: Plan) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            export.workbook(plan, DAY, "", ROOT)
        return len(queries)

    before = count()
    point = plan.points.get(number=1)
    for seq in range(10, 40):
        task = LedgerTask.objects.create(point=point, seq=seq, text=f"任务{seq}")
        Assignment.objects.bulk_create(
            Assignment(task=task, unit=unit, role="lead") for unit in office.districts
        )
    assert count() == before <= 15
