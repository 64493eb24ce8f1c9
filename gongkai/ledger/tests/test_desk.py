"""Screens of the ledger: the office's board, one task, a unit's tasks and their evidence."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongkai.ledger import board, services
from gongkai.ledger.enums import Light
from gongkai.ledger.models import Assignment, Evidence, LedgerTask, Plan
from gongkai.ledger.rules import Verdict
from gongkai.ledger.tests.offices import PROJECTS, TAXES, TRAINING, Office, assignment
from gongkai.ledger.tests.proofs import GOOD, Newsroom, add_item, add_url, pdf
from gongkai.organisations.models import Unit, User
from tests.factories import DAY, UnitFactory, give_role, member, moment, user_with
from tests.indexes import follow
from tests.screens import html, queries, refused, sign_in, stop_clock, words

BOARD = "/desk/ledger/"
MINE = "/desk/ledger/mine/"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch)


@pytest.fixture
def browser(office: Office) -> Client:
    """The supervisor's."""
    return sign_in(office.supervisor)


@pytest.fixture
def plan(office: Office) -> Plan:
    return office.plan(TAXES, PROJECTS, TRAINING)


def share_of(unit: Unit, number: int = 1) -> Assignment:
    found = Assignment.objects.filter(unit=unit, task__point__number=number).order_by("task__seq")
    row = found.first()
    assert row is not None
    return row


def share(row: Assignment) -> str:
    return f"/desk/ledger/shares/{row.pk}/"


def task_page(row: Assignment) -> str:
    return f"/desk/ledger/tasks/{row.task_id}/"


def override(office: Office, row: Assignment, light: str, reason: str = "抽查不合格") -> None:
    services.light_override(
        assignment_id=row.pk, light=light, reason=reason, member=member(office.supervisor),
        now=moment(10),
    )  # fmt: skip


# --- words of a light ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("light", "days", "overridden", "expected"),
    [
        ("green", 74, False, "按期"),
        ("grey", 74, False, "未到"),
        ("yellow", 13, False, "剩 13 天"),
        ("yellow", 0, False, "今天到期"),
        ("red", -1, False, "逾期 1 天"),
        ("red", -40, False, "逾期 40 天"),
        ("red", 74, False, "凭据被退回"),
        ("red", 0, False, "凭据被退回"),
        ("yellow", 74, True, "临期（人工）"),
        ("red", 74, True, "逾期（人工）"),
        ("green", -5, True, "按期（人工）"),
    ],
)
def test_a_light_is_said_in_calendar_days_and_only_where_days_explain_it(
    light: str, days: int, overridden: bool, expected: str
) -> None:
    assert board.light_words(Verdict(light, "", days, 0, overridden)) == expected


# --- the board -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "first_reviewer", "operator"])
def test_the_board_is_for_supervisors_and_the_refusal_names_the_role(
    office: Office, plan: Plan, role: str
) -> None:
    response = sign_in(user_with(role, office.bureaus["czj"])).get(BOARD)
    assert refused(response, 403, "岗位权限") and "政务公开主管" in words(response)
    assert plan.title not in words(response)


def test_without_a_plan_the_board_leads_to_reading_one_in(browser: Client) -> None:
    response = browser.get(BOARD)
    assert "还没有台账" in words(response) and 'href="/desk/ledger/imports/"' in html(response)


def test_the_board_lists_every_point_with_who_leads_and_why_its_light(
    plan: Plan, browser: Client
) -> None:
    response = browser.get(BOARD)
    said = words(response)
    assert "3 项要点" in said and "已有凭据 0 件" in said
    assert "围绕经济发展" in said
    assert "市财政局、市税务局" in said and "件任务里 0 件有有效凭据" in said
    assert html(response).count('class="lamp is-') == 3


def test_whom_to_chase_is_named_first(office: Office, plan: Plan, browser: Client) -> None:
    row = share_of(office.bureaus["fgw"], 2)
    LedgerTask.objects.filter(pk=row.task_id).update(deadline=date(2022, 9, 18))
    response = browser.get(BOARD)
    assert "先催：市发展改革委（第 2 项，逾期 30 天）" in words(response)
    assert f'href="{share(row)}"' in html(response).partition("先催")[2]


def test_by_unit_the_late_ones_come_first(office: Office, plan: Plan, browser: Client) -> None:
    override(office, share_of(office.bureaus["fgw"], 2), Light.RED)
    said = words(browser.get(f"{BOARD}?by=unit")).partition("单位逾期")[2]
    assert said.index("市发展改革委") < said.index("市财政局")


def test_an_opened_point_lists_each_task_once_with_all_its_units(
    office: Office, plan: Plan, browser: Client
) -> None:
    response = browser.get(f"{BOARD}?open=1")
    said = words(response)
    texts = [task.text for task in LedgerTask.objects.filter(point__number=1)]
    assert len(texts) == 2
    for text in texts:
        assert said.count(text) == 1 or text in said
    listed = html(response).partition('class="panel tasks"')[2].partition("</ol>")[0]
    assert (
        listed.count("/desk/ledger/shares/")
        == Assignment.objects.filter(task__point__number=1, active=True).count()
    )
    assert "牵头" in listed and "要点原文" in said


def test_an_opened_unit_lists_its_tasks(office: Office, plan: Plan, browser: Client) -> None:
    unit = office.bureaus["czj"]
    said = words(browser.get(f"{BOARD}?by=unit&open={unit.pk}"))
    assert "市财政局" in said and "第 1 项" in said and "市发展改革委" not in said


@pytest.mark.parametrize("query", ["light=red", "light=red&by=unit"])
def test_a_colour_shows_only_its_shares(
    office: Office, plan: Plan, browser: Client, query: str
) -> None:
    assert "没有这样的责任" in words(browser.get(f"{BOARD}?{query}"))
    row = share_of(office.bureaus["fgw"], 2)
    override(office, row, Light.RED)
    response = browser.get(f"{BOARD}?{query}")
    assert "符合条件的 1 项" in words(response)
    table = html(response).partition("符合条件的")[2]
    assert share(row) in table and table.count("/desk/ledger/shares/") == 1


@pytest.mark.parametrize(
    "query",
    ["plan=999", "plan=x", "by=nothing", "light=purple", "open=99", "open=x", "page=99", "page=x",
     "day=2022-13-41", "day=", "day=morgen"],
)  # fmt: skip
def test_nonsense_in_the_address_shows_the_board_of_today(
    plan: Plan, browser: Client, query: str
) -> None:
    response = browser.get(f"{BOARD}?{query}")
    assert response.status_code == 200
    assert "截至 2022年10月18日" in words(response) and plan.title in words(response)


def test_an_earlier_day_shows_what_was_so_then(
    office: Office, plan: Plan, browser: Client, newsroom: Newsroom
) -> None:
    row = share_of(office.bureaus["czj"])
    add_url(row, newsroom.editor, now=moment(9))
    assert "已有凭据 1 件" in words(browser.get(BOARD))
    said = words(browser.get(f"{BOARD}?day=2022-10-17"))
    assert "已有凭据 0 件" in said and "这是 2022年10月17日 当天的情况" in said
    assert "回到今天" in said


def test_a_day_to_come_is_today(plan: Plan, browser: Client) -> None:
    said = words(browser.get(f"{BOARD}?day=2030-01-01"))
    assert "截至 2022年10月18日" in said and "回到今天" not in said


def test_a_light_set_by_hand_is_called_so(office: Office, plan: Plan, browser: Client) -> None:
    override(office, share_of(office.bureaus["fgw"], 2), Light.YELLOW)
    assert "临期（人工）" in words(browser.get(f"{BOARD}?open=2"))


def test_the_city_sees_districts_plans_and_a_district_only_its_own(
    office: Office, plan: Plan, browser: Client
) -> None:
    unit = UnitFactory(short_name="望城区审批局", area=office.districts[5])
    Plan.objects.create(office=unit, year=2022, title="望城区要点", confirmed_at=moment(8))
    assert "望城区审批局 2022" in words(browser.get(BOARD))
    district = sign_in(user_with("supervisor", unit))
    said = words(district.get(f"{BOARD}?plan={plan.pk}"))
    assert "望城区要点" in said and plan.title not in said


def test_the_board_takes_at_most_fifteen_queries_however_large_the_plan(
    office: Office, plan: Plan, browser: Client
) -> None:
    before = queries(browser, BOARD)
    for number in range(4, 10):
        point = plan.points.get(number=1)
        point.pk, point.number = None, number
        point.save()
        task = LedgerTask.objects.create(point=point, seq=1, text=f"任务{number}")
        Assignment.objects.bulk_create(
            Assignment(task=task, unit=unit, role="responsible") for unit in office.districts
        )
    for query in ("", "?by=unit", "?open=1", "?light=grey", "?day=2022-10-01"):
        assert queries(browser, BOARD + query) == before <= 15, query


def test_a_long_list_of_shares_is_paged(office: Office, plan: Plan, browser: Client) -> None:
    whole = Assignment.objects.filter(active=True).count()
    task = LedgerTask.objects.filter(point__number=2).first()
    Assignment.objects.bulk_create(
        Assignment(task=task, unit=UnitFactory(), role="responsible") for _ in range(60)
    )
    said = words(browser.get(f"{BOARD}?light=grey"))
    assert f"符合条件的 {whole + 60} 项" in said and f"共 {whole + 60} 条" in said
    last = html(browser.get(f"{BOARD}?light=grey&page=2")).partition("符合条件的")[2]
    assert last.count("/desk/ledger/shares/") == min(50, whole + 60 - 50)
    assert "共 " in words(browser.get(f"{BOARD}?by=unit&page=2"))


# --- one task ------------------------------------------------------------------------------------


def test_a_task_names_its_units_their_part_and_what_the_document_left_open(
    office: Office, plan: Plan, browser: Client
) -> None:
    said = words(browser.get(task_page(share_of(office.bureaus["czj"]))))
    assert "市财政局" in said and "牵头" in said and "芙蓉区政府" in said
    assert "市直相关单位" in said and "由主管部门指定到具体单位" in said


def test_the_office_names_a_further_unit_and_the_unit_sees_the_task(
    office: Office, plan: Plan, browser: Client
) -> None:
    row, audit = share_of(office.bureaus["czj"]), office.bureaus["sjj"]
    path = task_page(row)
    response = browser.post(path, {"unit": str(audit.pk), "role": "responsible"})
    assert response["Location"] == path
    assert "市审计局" in words(browser.get(path)).partition("责任单位")[2]
    assert row.task.text in words(sign_in(user_with("editor", audit)).get(MINE))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"role": "lead"}, "请选择单位。"),
        ({"unit": "999999", "role": "lead"}, "没有这个单位，请重新选择。"),
        ({"unit": "x", "role": "lead"}, "没有这个单位，请重新选择。"),
    ],
)
def test_naming_nobody_comes_back_with_the_part_that_was_chosen(
    office: Office, plan: Plan, browser: Client, given: dict[str, str], message: str
) -> None:
    response = browser.post(task_page(share_of(office.bureaus["czj"])), given)
    assert response.status_code == 422 and message in words(response)
    assert "checked" in html(response).partition('value="lead"')[2][:60]


def test_a_unit_that_answers_already_is_not_offered_and_refused(
    office: Office, plan: Plan, browser: Client
) -> None:
    row = share_of(office.bureaus["czj"])
    offered = html(browser.get(task_page(row))).partition("<select")[2].partition("</select>")[0]
    assert "市审计局" in offered and "市财政局" not in offered
    response = browser.post(task_page(row), {"unit": str(row.unit_id), "role": "lead"})
    assert refused_text(response, 409, "已经是这项任务的责任单位")


def refused_text(response: Any, status: int, text: str) -> bool:
    assert response.status_code == status, words(response)[:300]
    return text in words(response)


def test_the_city_reads_a_districts_task_but_does_not_shape_it(
    office: Office, browser: Client
) -> None:
    unit = UnitFactory(short_name="望城区审批局", area=office.districts[5])
    row = assignment(office, office.districts[5])
    Plan.objects.update(office=unit)
    said = words(browser.get(task_page(row)))
    assert "由望城区审批局的政务公开主管办理" in said
    given = {"unit": str(office.bureaus["sjj"].pk), "role": "lead"}
    assert refused(browser.post(task_page(row), given), 403, "台账管理权限")


@pytest.mark.parametrize("who", ["stranger", "editor"])
def test_a_task_is_not_there_for_others(office: Office, plan: Plan, who: str) -> None:
    path = task_page(share_of(office.bureaus["czj"]))
    if who == "editor":
        assert refused(
            sign_in(user_with("editor", office.bureaus["czj"])).get(path), 403, "岗位权限"
        )
        return
    unit = UnitFactory(short_name="望城区审批局", area=office.districts[5])
    assert sign_in(user_with("supervisor", unit)).get(path).status_code == 404


def test_a_retired_task_is_gone(office: Office, plan: Plan, browser: Client) -> None:
    row = share_of(office.bureaus["czj"])
    LedgerTask.objects.filter(pk=row.task_id).update(retired_at=moment(9))
    assert browser.get(task_page(row)).status_code == 404


# --- my tasks ------------------------------------------------------------------------------------


def test_an_editor_sees_the_own_units_tasks_most_urgent_first(
    office: Office, plan: Plan, editor: User
) -> None:
    first, second = LedgerTask.objects.filter(point__number=1).order_by("seq")
    LedgerTask.objects.filter(pk=second.pk).update(deadline=date(2022, 10, 20))
    said = words(sign_in(editor).get(MINE))
    assert said.index(second.text) < said.index(first.text)
    assert "剩 2 天" in said and "10月20日" in said and "年底（文件没写）" in said


def test_a_unit_without_tasks_reads_why(office: Office, plan: Plan) -> None:
    said = words(sign_in(user_with("editor", office.bureaus["sjj"])).get(MINE))
    assert "没有任务" in said and "主管部门还没有指定" in said


def test_with_several_units_each_task_names_its_unit(
    office: Office, plan: Plan, editor: User
) -> None:
    assert "单位" not in words(sign_in(editor).get(MINE)).partition("责任期限灯")[0][-6:]
    give_role(editor, "editor", office.bureaus["fgw"])
    said = words(sign_in(editor).get(MINE))
    assert "市财政局" in said and "市发展改革委" in said


def test_my_tasks_are_paged_and_cost_the_same(office: Office, plan: Plan, editor: User) -> None:
    browser = sign_in(editor)
    before = queries(browser, MINE)
    point = plan.points.get(number=1)
    for n in range(60):
        task = LedgerTask.objects.create(point=point, seq=100 + n, text=f"第{n}号任务")
        Assignment.objects.create(task=task, unit=office.bureaus["czj"], role="lead")
    assert queries(browser, MINE) == before <= 20
    assert words(browser.get(MINE)).count("号任务") <= 50
    assert "共 62 条" in words(browser.get(MINE))


# --- one share -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "supervisor"])
def test_a_share_is_not_there_for_another_unit(office: Office, duty: Assignment, role: str) -> None:
    stranger = office.bureaus["fgw"] if role == "editor" else office.districts[0]
    client = sign_in(user_with(role, stranger))
    assert client.get(share(duty)).status_code == 404
    assert client.post(share(duty), {"kind": "url", "url": GOOD, "title": "x"}).status_code == 404
    assert not Evidence.objects.exists()


def test_a_share_shows_its_light_why_and_its_deadline(duty: Assignment, editor: User) -> None:
    said = words(sign_in(editor).get(share(duty)))
    assert "剩 13 天" in said and "期限 2022 年 10 月 31 日" in said
    assert "为什么是这盏灯？" in said and "没有有效凭据" in said


def test_only_the_editor_is_offered_to_prove_only_the_office_to_judge(
    office: Office, duty: Assignment, editor: User, browser: Client
) -> None:
    own = words(sign_in(editor).get(share(duty)))
    assert "提交凭据" in own and "人工定灯" not in own and "取消责任" not in own
    said = words(browser.get(share(duty)))
    assert "人工定灯" in said and "提交凭据" not in said
    reviewer = sign_in(user_with("final_reviewer", office.bureaus["czj"]))
    said = words(reviewer.get(share(duty)))
    assert "提交凭据" not in said and "人工定灯" not in said


def test_a_public_item_proves_the_task_and_the_light_turns_green(
    duty: Assignment, newsroom: Newsroom, editor: User
) -> None:
    item = newsroom.public()
    client = sign_in(editor)
    response = client.post(share(duty), {"kind": "item", "item": str(item.pk), "note": "见附件"})
    assert response["Location"] == share(duty)
    said = words(client.get(share(duty)))
    assert "按期" in said and "一件事" in said and "见附件" in said and "有效" in said


def test_drafts_and_other_units_items_are_neither_offered_nor_taken(
    office: Office, duty: Assignment, newsroom: Newsroom, editor: User
) -> None:
    draft = newsroom.draft()
    other = Newsroom(office.bureaus["fgw"]).public()
    client = sign_in(editor)
    offered = html(client.get(share(duty))).partition('id="id_item"')[2].partition("</select>")[0]
    assert "一件事" not in offered
    for item in (draft, other):
        response = client.post(share(duty), {"kind": "item", "item": str(item.pk)})
        assert response.status_code == 422
        assert "没有找到本单位的这条公开信息" in words(response)


def test_older_items_are_found_by_their_title(
    duty: Assignment, newsroom: Newsroom, editor: User
) -> None:
    newsroom.public()
    client = sign_in(editor)

    def offered(path: str) -> str:
        return html(client.get(path)).partition('id="id_item"')[2].partition("</select>")[0]

    assert "一件事" in offered(share(duty)) and "一件事" in offered(f"{share(duty)}?find=件事")
    assert "一件事" not in offered(f"{share(duty)}?find=别的")


def test_items_are_found_by_what_stands_in_them_own_public_ones_only(
    duty: Assignment, newsroom: Newsroom, office: Office, editor: User
) -> None:
    own, draft = newsroom.public(), newsroom.draft()
    other = Newsroom(office.bureaus["fgw"]).public()
    follow()
    page = html(sign_in(editor).get(f"{share(duty)}?find=办成"))
    offered = page.partition('id="id_item"')[2].partition("</select>")[0]
    assert f'value="{own.pk}"' in offered
    assert f'value="{draft.pk}"' not in offered and f'value="{other.pk}"' not in offered


def test_an_address_and_a_file_prove_as_well(duty: Assignment, editor: User) -> None:
    client = sign_in(editor)
    client.post(share(duty), {"kind": "url", "url": GOOD, "title": "清单页"})
    upload = SimpleUploadedFile("签到表.pdf", pdf())
    response = client.post(share(duty), {"kind": "file", "file": upload})
    assert response.status_code == 302
    said = words(client.get(share(duty)))
    assert "清单页" in said and "签到表.pdf" in said and "凭据 2 件" in said


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "请选择凭据种类。"),
        ({"kind": "item"}, "请选择一条已公开的信息。"),
        (
            {"kind": "url", "url": "https://example.com/", "title": "外网"},
            "应以 http 开头并属于政府网站",
        ),
        ({"kind": "url", "url": GOOD}, "请填写网页标题。"),
        ({"kind": "file"}, "请选择文件。"),
        ({"kind": "magic"}, "magic"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(
    duty: Assignment, editor: User, given: dict[str, str], message: str
) -> None:
    response = sign_in(editor).post(share(duty), {**given, "note": "九月的工作"})
    assert response.status_code == 422 and message in words(response)
    for value in (*given.values(), "九月的工作"):
        assert value in html(response)
    assert not Evidence.objects.exists()


def test_a_file_that_is_dangerous_or_empty_or_too_large_is_refused(
    duty: Assignment, editor: User, settings: Any
) -> None:
    settings.UPLOAD_LIMIT = 1024 * 1024
    client = sign_in(editor)
    for data, name in ((b"MZ\x00\x00" + b"\x00" * 99, "a.exe"), (b"", "空.pdf"),
                       (b"a" * (1024 * 1024 + 1), "大.txt")):  # fmt: skip
        given = {"kind": "file", "file": SimpleUploadedFile(name, data)}
        response = client.post(share(duty), given)
        assert response.status_code == 422, name
        assert 'id="id_file_error"' in html(response), name
    assert not Evidence.objects.exists()


def test_somebody_who_may_look_may_not_prove(office: Office, duty: Assignment) -> None:
    reviewer = sign_in(user_with("final_reviewer", office.bureaus["czj"]))
    given = {"kind": "url", "url": GOOD, "title": "清单"}
    assert refused(reviewer.post(share(duty), given), 403, "岗位权限")


def test_evidence_is_gone_from_the_light_when_its_item_is_withdrawn(
    duty: Assignment, newsroom: Newsroom, editor: User
) -> None:
    item = newsroom.public()
    add_item(duty, item, newsroom.editor)
    newsroom.withdraw(item, moment(12))
    said = words(sign_in(editor).get(share(duty)))
    assert "已不公开，不计" in said and "剩 13 天" in said


def act(kind: str, piece: Evidence) -> str:
    return f"/desk/ledger/evidence/{piece.pk}/{kind}/"


def test_the_unit_takes_evidence_back_with_a_reason(
    duty: Assignment, newsroom: Newsroom, editor: User
) -> None:
    piece, client = add_url(duty, newsroom.editor), sign_in(editor)
    assert "撤下这件凭据" in words(client.get(share(duty)))
    response = client.post(act("remove", piece), {"reason": "传错了"})
    assert response["Location"] == share(duty)
    said = words(client.get(share(duty)))
    assert "已撤下" in said and "传错了" in said and "撤下这件凭据" not in said


def test_the_office_sends_evidence_back_and_the_unit_reads_why(
    duty: Assignment, newsroom: Newsroom, editor: User, browser: Client
) -> None:
    piece = add_url(duty, newsroom.editor)
    assert "退回这件凭据" in words(browser.get(share(duty)))
    browser.post(act("reject", piece), {"reason": "缺补助标准一列"})
    said = words(sign_in(editor).get(share(duty)))
    assert "凭据被退回" in said and "缺补助标准一列" in said and "补正后重新提交" in said


@pytest.mark.parametrize("kind", ["remove", "reject"])
@pytest.mark.parametrize("reason", ["", "   ", "长" * 301])
def test_an_act_without_a_proper_reason_comes_back_open_on_its_page(
    duty: Assignment, newsroom: Newsroom, editor: User, browser: Client, kind: str, reason: str
) -> None:
    piece = add_url(duty, newsroom.editor)
    client = sign_in(editor) if kind == "remove" else browser
    response = client.post(act(kind, piece), {"reason": reason})
    assert response.status_code == 422
    assert f'href="#id_evidence_{piece.pk}_reason"' in html(response)
    assert "请选择凭据种类。" not in words(response)
    assert reason.strip() in html(response)
    piece.refresh_from_db()
    assert piece.removed_at is None and piece.rejected_at is None


def test_neither_does_the_others_act(
    duty: Assignment, newsroom: Newsroom, editor: User, browser: Client
) -> None:
    piece = add_url(duty, newsroom.editor)
    assert refused(browser.post(act("remove", piece), {"reason": "x"}), 403, "岗位权限")
    assert refused(sign_in(editor).post(act("reject", piece), {"reason": "x"}), 403, "台账管理权限")


def test_evidence_of_a_share_one_may_not_see_is_404(
    office: Office, duty: Assignment, newsroom: Newsroom
) -> None:
    piece = add_url(duty, newsroom.editor)
    stranger = sign_in(user_with("editor", office.bureaus["fgw"]))
    assert stranger.post(act("remove", piece), {"reason": "x"}).status_code == 404
    assert stranger.post("/desk/ledger/evidence/999/remove/", {"reason": "x"}).status_code == 404


def test_a_light_is_set_by_hand_with_a_reason_and_restored(
    duty: Assignment, editor: User, browser: Client
) -> None:
    response = browser.post(f"{share(duty)}override/", {"light": "red", "reason": "抽查不合格"})
    assert response["Location"] == share(duty)
    said = words(sign_in(editor).get(share(duty)))
    assert "逾期（人工）" in said and "抽查不合格" in said
    assert "恢复自动定灯" in words(browser.get(share(duty)))
    browser.post(f"{share(duty)}restore/")
    said = words(browser.get(share(duty)))
    assert "剩 13 天" in said and "恢复自动定灯" not in said.partition("经过")[0]


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({"light": "red"}, "#id_light_reason"),
        ({"reason": "抽查不合格"}, "#id_light_light"),
        ({"light": "purple", "reason": "抽查不合格"}, "#id_light_light"),
        ({}, "#id_light_light"),
    ],
)
def test_a_light_without_colour_or_reason_comes_back_with_what_was_typed(
    duty: Assignment, browser: Client, given: dict[str, str], target: str
) -> None:
    response = browser.post(f"{share(duty)}override/", given)
    assert response.status_code == 422 and f'href="{target}"' in html(response)
    assert given.get("reason", "") in html(response)
    if given.get("light") == "red":
        assert "selected" in html(response).partition('<option value="red"')[2][:12]


def test_a_unit_is_taken_off_with_a_reason_and_reads_that_it_is(
    duty: Assignment, editor: User, browser: Client
) -> None:
    path = f"{share(duty)}end/"
    response = browser.post(path, {"reason": " "})
    assert response.status_code == 422 and 'href="#id_end_reason"' in html(response)
    assert browser.post(path, {"reason": "职能已划转"}).status_code == 302
    client = sign_in(editor)
    said = words(client.get(share(duty)))
    assert "未启用" in said and "职能已划转" in said and "提交凭据" not in said
    given = {"kind": "url", "url": GOOD, "title": "清单"}
    assert refused_text(client.post(share(duty), given), 409, "不由本单位负责")


@pytest.mark.parametrize("kind", ["override", "restore", "end"])
def test_the_units_own_editor_does_not_judge(duty: Assignment, editor: User, kind: str) -> None:
    given = {"light": "green", "reason": "做完了"}
    response = sign_in(editor).post(f"{share(duty)}{kind}/", given)
    assert refused(response, 403, "岗位权限")


@pytest.mark.parametrize("kind", ["override", "restore", "end"])
def test_another_offices_supervisor_does_not_judge(
    office: Office, duty: Assignment, kind: str
) -> None:
    unit = UnitFactory(short_name="望城区审批局", area=office.districts[5])
    stranger = sign_in(user_with("supervisor", unit))
    given = {"light": "green", "reason": "做完了"}
    assert stranger.post(f"{share(duty)}{kind}/", given).status_code == 404


@pytest.mark.parametrize("kind", ["override", "restore", "end"])
def test_acts_need_a_post(duty: Assignment, browser: Client, kind: str) -> None:
    assert browser.get(f"{share(duty)}{kind}/").status_code == 405


def test_a_share_takes_at_most_twenty_queries_with_much_evidence(
    duty: Assignment, newsroom: Newsroom, editor: User
) -> None:
    client = sign_in(editor)
    add_item(duty, newsroom.public(), newsroom.editor)
    before = queries(client, share(duty))
    for _ in range(8):
        add_item(duty, newsroom.public(), newsroom.editor)
    assert queries(client, share(duty)) == before <= 20


def test_only_a_hundred_items_are_offered_but_any_is_taken(
    duty: Assignment, newsroom: Newsroom, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.ledger.desk.LISTED", 1)
    old = newsroom.public(moment(8))
    newsroom.public(moment(9))
    client = sign_in(editor)
    offered = html(client.get(share(duty))).partition('id="id_item"')[2].partition("</select>")[0]
    assert offered.count("一件事") == 1 and f'value="{old.pk}"' not in offered
    response = client.post(share(duty), {"kind": "item", "item": str(old.pk)})
    assert response.status_code == 302
    assert Evidence.objects.get().item_id == old.pk


def test_the_day_of_the_tests_is_the_day_of_the_screens(duty: Assignment, editor: User) -> None:
    assert (date(2022, 10, 31) - DAY).days == 13
    assert "剩 13 天" in words(sign_in(editor).get(MINE))
