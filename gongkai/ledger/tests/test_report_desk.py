"""Screens of monthly reports and of a whole plan: a unit's month, the matrix, export, year."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gongkai.core.clock import at
from gongkai.ledger import planning, reports
from gongkai.ledger.models import Assignment, LedgerTask, MonthReport, Plan, PointReference
from gongkai.ledger.reports import ReportText
from gongkai.ledger.tests.offices import PROJECTS, TAXES, TRAINING, Office, document
from gongkai.ledger.tests.proofs import Newsroom
from gongkai.organisations.models import User
from tests.factories import UnitFactory, member, moment, user_with
from tests.screens import html, queries, refused, sign_in, stop_clock, words

MINE = "/desk/ledger/reports/"
OFFICE = f"{MINE}office/"
SEPTEMBER = date(2022, 9, 1)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch)


@pytest.fixture
def browser(office: Office) -> Client:
    return sign_in(office.supervisor)


@pytest.fixture
def plan(office: Office) -> Plan:
    made = office.plan(TAXES, PROJECTS, TRAINING)
    return reports.plan_reports_set(
        plan_id=made.pk, start=SEPTEMBER, kind="next_nth", nth=5,
        member=member(office.supervisor), now=moment(8),
    )  # fmt: skip


def shares(office: Office, code: str = "czj") -> list[Assignment]:
    return list(Assignment.objects.filter(unit=office.bureaus[code], active=True).order_by("pk"))


def sent(row: Assignment, who: User, **text: Any) -> MonthReport:
    common = {"unit": row.unit, "month": SEPTEMBER, "member": member(who), "now": moment(9)}
    reports.reports_save(entries={row.pk: ReportText(**{"progress": "做了", **text})}, **common)
    return reports.reports_send(assignment_ids=[row.pk], **common)[0]


def read_page(plan: Plan, row: Assignment) -> str:
    return f"{MINE}{plan.pk}/{row.unit_id}/2022-09/"


# --- a unit's month -------------------------------------------------------------------------------


def test_nothing_to_report(office: Office, editor: User) -> None:
    assert "现在不用报月报" in words(sign_in(editor).get(MINE))


def test_one_screen_lists_the_tasks_of_the_oldest_waiting_month(
    office: Office, plan: Plan, editor: User
) -> None:
    said = words(sign_in(editor).get(MINE))
    assert (
        "2022 年 9 月月报" in said
        and "2 件未报、已过期" in said
        and "10月12日" in said.replace(" ", "")
    )
    assert said.count("报送这一项") >= 2
    october = words(sign_in(editor).get(f"{MINE}?month=2022-10"))
    assert "2022 年 10 月月报" in october and "2 件待报" in october


def test_a_draft_is_kept_and_comes_back(office: Office, plan: Plan, editor: User) -> None:
    client, first = sign_in(editor), shares(office)[0]
    done = client.post(MINE, {f"{first.pk}-progress": "写了一半", "act": "save"})
    assert done.status_code == 302 and "kept=1" in done["Location"]
    assert "写了一半" in html(client.get(MINE))
    assert set(MonthReport.objects.values_list("status", flat=True)) == {"draft"}


def test_what_is_ticked_is_sent_and_cannot_be_edited(
    office: Office, plan: Plan, editor: User, newsroom: Newsroom
) -> None:
    client, (first, second) = sign_in(editor), shares(office)
    item = newsroom.public(at(date(2022, 9, 20), 9))
    data = {
        f"{first.pk}-progress": "清单已上网", f"{first.pk}-send": "on", f"{first.pk}-percent": "60",
        f"{first.pk}-items": [item.pk], f"{second.pk}-progress": "还没有", "act": "send",
    }  # fmt: skip
    assert client.post(f"{MINE}?month=2022-09", data).status_code == 302
    one, other = MonthReport.objects.order_by("assignment_id")
    assert (one.status, one.percent, other.status) == ("submitted", 60, "draft")
    assert first.evidence.get().item_id == item.pk
    got = html(client.get(f"{MINE}?month=2022-09"))
    assert f'name="{first.pk}-progress"' not in got and f'name="{second.pk}-progress"' in got


def test_an_error_names_the_task_and_loses_nothing(
    office: Office, plan: Plan, editor: User
) -> None:
    client, (first, second) = sign_in(editor), shares(office)
    bad = client.post(MINE, {f"{first.pk}-progress": "很长", f"{first.pk}-percent": "300"})
    assert bad.status_code == 422 and "应在 0 到 100 之间" in words(bad) and "很长" in html(bad)
    empty = client.post(
        MINE, {f"{first.pk}-send": "on", f"{second.pk}-progress": "留着", "act": "send"}
    )
    assert empty.status_code == 422 and "的进展还没有填写" in words(empty)
    assert MonthReport.objects.get(assignment=second).progress == "留着"
    none = client.post(MINE, {f"{first.pk}-progress": "x", "act": "send"})
    assert none.status_code == 422 and "请勾选要报送的任务" in words(none)


def test_the_last_months_text_is_filled_in_but_not_ticked(
    office: Office, plan: Plan, editor: User
) -> None:
    first = shares(office)[0]
    sent(first, editor, progress="九月的话")
    got = html(sign_in(editor).get(f"{MINE}?month=2022-10"))
    assert "九月的话" in got and "先填上了上一次月报的内容" in got
    assert f'name="{first.pk}-send" checked' not in got


def test_the_reason_of_a_return_is_shown_where_it_is_mended(
    office: Office, plan: Plan, editor: User
) -> None:
    report = sent(shares(office)[0], editor)
    reports.report_return(
        report_id=report.pk, reason="太简单", member=member(office.supervisor), now=moment(10)
    )
    said = words(sign_in(editor).get(f"{MINE}?month=2022-09"))
    assert "太简单" in said and "退回，待补" in said


def test_a_month_costs_the_same_for_any_number_of_tasks(
    office: Office, plan: Plan, editor: User
) -> None:
    client = sign_in(editor)
    before = queries(client, MINE)
    point = plan.points.get(number=1)
    for n in range(12):
        task = LedgerTask.objects.create(point=point, seq=100 + n, text=f"第{n}号任务")
        Assignment.objects.create(task=task, unit=office.bureaus["czj"], role="lead")
    assert queries(client, MINE) == before <= 26


def test_nobody_posts_for_another_unit(office: Office, plan: Plan) -> None:
    row = shares(office)[0]
    client = sign_in(user_with("editor", office.bureaus["fgw"]))
    client.post(f"{MINE}?unit={row.unit_id}", {f"{row.pk}-progress": "入侵", "act": "save"})
    assert not MonthReport.objects.filter(assignment=row).exists()
    assert sign_in(office.supervisor).post(MINE, {}).status_code == 404


# --- the office -----------------------------------------------------------------------------------


def test_the_matrix_and_the_way_to_remind(
    office: Office, plan: Plan, editor: User, browser: Client
) -> None:
    sent(shares(office)[0], editor)
    said = words(browser.get(OFFICE))
    assert "次月第 5 个工作日前报上月" in said and "1/2" in said and "个单位未报" in said
    assert said == words(browser.get(MINE))  # a supervisor who does not edit
    bulk = words(browser.get(f"/desk/followups/bulk/?plan={plan.pk}&missing=2022-09"))
    assert "9 月月报催报" in bulk and "期限 2022-10-12" in bulk


def test_the_matrix_costs_the_same_for_any_number_of_tasks(
    office: Office, plan: Plan, browser: Client
) -> None:
    before = queries(browser, OFFICE)
    point = plan.points.get(number=1)
    for n in range(20):
        task = LedgerTask.objects.create(point=point, seq=100 + n, text=f"第{n}号任务")
        Assignment.objects.bulk_create(
            Assignment(task=task, unit=unit, role="lead") for unit in office.districts
        )
    assert queries(browser, OFFICE) == before <= 22


def test_the_rule_is_set_on_the_page(office: Office, plan: Plan, browser: Client) -> None:
    path = f"{OFFICE}?plan={plan.pk}"
    bad = browser.post(path, {"start": "2022-10-01", "kind": "next_nth", "nth": "50"})
    assert bad.status_code == 422 and "1 到 20" in words(bad)
    browser.post(path, {"start": "", "kind": "last_workday", "nth": "5"})
    plan.refresh_from_db()
    assert plan.reports_from is None and plan.report_due == "last_workday"
    assert "还没有要求月报" in words(browser.get(OFFICE))


def test_the_office_reads_and_returns(
    office: Office, plan: Plan, editor: User, browser: Client
) -> None:
    row = shares(office)[0]
    report = sent(row, editor, problems="缺人", next_step="催一催")
    said = words(browser.get(read_page(plan, row)))
    for expected in ("做了", "缺人", "催一催", "1 份都已阅", "没有报送，已经过了期限"):
        assert expected in said
    bad = browser.post(f"{MINE}{report.pk}/return/", {"reason": ""})
    assert bad.status_code == 422 and "请写明理由" in words(bad)
    assert browser.post(f"{MINE}{report.pk}/return/", {"reason": "太短"}).status_code == 302
    assert "退回理由：太短" in words(browser.get(read_page(plan, row)))
    sent(row, editor, progress="写全了")
    assert browser.post(f"{read_page(plan, row)}read/").status_code == 302
    report.refresh_from_db()
    assert report.status == "read"


def test_reports_are_not_there_for_strangers(office: Office, plan: Plan, editor: User) -> None:
    row = shares(office)[0]
    report = sent(row, editor)
    stranger = sign_in(user_with("supervisor", office.districts[0]))
    assert stranger.get(read_page(plan, row)).status_code == 404
    assert stranger.post(f"{MINE}{report.pk}/return/", {"reason": "x"}).status_code == 404
    assert stranger.post(f"{read_page(plan, row)}read/").status_code == 404
    own = sign_in(office.supervisor)
    for path in (f"{MINE}{plan.pk}/{row.unit_id}/2022-13/", f"{MINE}{plan.pk}/99999/2022-09/"):
        assert own.get(path).status_code == 404
    assert refused(sign_in(editor).get(OFFICE), 403, "岗位权限")


# --- export and print -----------------------------------------------------------------------------


def test_the_export_has_the_filters_of_the_board(
    office: Office, plan: Plan, browser: Client
) -> None:
    response = browser.get(f"/desk/ledger/export.xlsx?plan={plan.pk}&light=green")
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert (
        "attachment" in response["Content-Disposition"] and response["Cache-Control"] == "no-store"
    )
    book = load_workbook(BytesIO(response.content))
    assert book["任务"].max_row == 1
    everything = load_workbook(BytesIO(browser.get("/desk/ledger/export.xlsx").content))
    assert everything["任务"].max_row == 1 + Assignment.objects.filter(active=True).count()


def test_the_print_has_heads_signatures_and_the_day(
    office: Office, plan: Plan, browser: Client
) -> None:
    got = html(browser.get("/desk/ledger/print/"))
    said = words(browser.get("/desk/ledger/print/"))
    assert "<thead>" in got and 'scope="col"' in got
    assert "填表人" in said and "打印日期：2022年10月18日" in said.replace(" ", "")
    assert "没有符合条件的任务" in words(browser.get("/desk/ledger/print/?light=green"))


@pytest.mark.parametrize("path", ["export.xlsx", "print/", "districts/"])
def test_without_a_plan_there_is_a_page_not_an_error(
    office: Office, browser: Client, path: str
) -> None:
    response = browser.get(f"/desk/ledger/{path}")
    assert response.status_code == 200 and "台账" in words(response)


def test_the_board_leads_to_all_of_it(office: Office, plan: Plan, browser: Client) -> None:
    said = words(browser.get(f"/desk/ledger/?plan={plan.pk}"))
    for link in ("导出表格", "打印台账", "区县对应情况", "年度结转和封账"):
        assert link in said
    got = html(browser.get(f"/desk/ledger/?plan={plan.pk}&light=red"))
    assert "light=red" in got.partition("导出表格")[0][-200:]


# --- the year -------------------------------------------------------------------------------------


def year(plan: Plan) -> str:
    return f"/desk/ledger/plans/{plan.pk}/year/"


def test_rolling_over_on_the_page(office: Office, plan: Plan, browser: Client) -> None:
    said = words(browser.get(year(plan)))
    assert "结转到 2023 年" in said and "12 月 31 日起可以封账" in said
    none = browser.post(year(plan), {})
    assert none.status_code == 422 and "请至少选一项" in words(none)
    task = LedgerTask.objects.filter(point__plan=plan)[0]
    response = browser.post(year(plan), {"task": [task.pk]})
    fresh = Plan.objects.get(year=2023)
    assert response["Location"].endswith(f"?plan={fresh.pk}")
    assert "下一年的台账已经有了" in words(browser.get(year(plan)))


def test_closing_and_opening_on_the_page(
    office: Office, plan: Plan, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(browser.post(f"{year(plan)}close/"), 409, "封账")
    stop_clock(monkeypatch, at(date(2023, 1, 4), 9))
    assert browser.post(f"{year(plan)}close/").status_code == 302
    said = words(browser.get(year(plan)))
    assert "这一年已经封账" in said and "件任务" in said
    row = shares(office)[0]
    share = words(browser.get(f"/desk/ledger/shares/{row.pk}/"))
    assert "人工定灯" not in share
    assert browser.post(f"{year(plan)}reopen/", {"reason": ""}).status_code == 422
    assert browser.post(f"{year(plan)}reopen/", {"reason": "补材料"}).status_code == 302
    assert "补材料" in words(browser.get(year(plan)))


def test_another_districts_office_does_not_see_the_year(office: Office, plan: Plan) -> None:
    stranger = sign_in(user_with("supervisor", office.districts[0]))
    assert stranger.get(year(plan)).status_code == 404
    assert stranger.post(f"{year(plan)}close/").status_code == 404


# --- districts ------------------------------------------------------------------------------------


@pytest.fixture
def below(office: Office, plan: Plan) -> tuple[Plan, User]:
    """望城区's own plan with one point like a city point and one unlike any."""
    district = office.districts[5]
    desk = UnitFactory(kind="district_department", area=district, parent=district)
    boss = user_with("supervisor", desk)
    row = planning.import_open(
        office=desk, filename="q.md", member=member(boss), now=moment(8),
        data=document(
            "公布减税降费清单。建立减税降费优惠政策清单并公开。",
            "整治违法停车。对乱停乱放的车辆开展巡查。",
            head="# 望城区2022年政务公开重点任务清单\n\n2022年5月25日\n",
        ),
    )  # fmt: skip
    made = planning.import_confirm(
        import_id=row.pk, member=member(boss), now=moment(9), refers_to=plan
    )
    return made, boss


def test_the_city_sees_who_has_a_point_and_who_lacks_it(
    plan: Plan, below: tuple[Plan, User], browser: Client
) -> None:
    path = f"/desk/ledger/districts/?plan={plan.pk}"
    said = words(browser.get(path))
    assert "9 个区县里 1 个有自己的台账" in said and "1 / 9" in said and "浏阳市政府" in said
    opened = words(browser.get(f"{path}&open=1"))
    assert "公布减税降费清单" in opened and "望城区政府" in opened
    assert "有台账但没有这一项的" in words(browser.get(f"{path}&open=2"))


def test_the_district_confirms_what_was_proposed(
    plan: Plan, below: tuple[Plan, User], browser: Client
) -> None:
    made, boss = below
    path = f"/desk/ledger/plans/{made.pk}/references/"
    client = sign_in(boss)
    said = words(client.get(path))
    assert (
        "系统建议，请核定" in said
        and "没有找到相近的市级要点" in said
        and "还有 2 项没有对应" in said
    )
    second = made.points.get(number=2)
    response = client.post(path, {"point": second.pk, "above": [plan.points.get(number=3).pk]})
    assert response["Location"].endswith("#p2")
    assert PointReference.objects.get(point=second).source == "office"
    bad = client.post(path, {"point": second.pk, "above": [second.pk]})
    assert bad.status_code == 422 and "已经变化" in words(bad)
    assert client.post(path, {"point": "x"}).status_code == 404
    # The city looks on, and does not decide.
    assert "保存" not in words(browser.get(path)).partition("对应市级要点")[2]
    assert refused(browser.post(path, {"point": second.pk}), 403, "台账管理权限")
