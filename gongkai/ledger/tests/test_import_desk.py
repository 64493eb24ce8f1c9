"""Reading a document in by the screens: drop, look through, put right, confirm, read again."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongkai.core import facts
from gongkai.core.models import Blob
from gongkai.ledger.enums import ImportStatus
from gongkai.ledger.forms import PointForm
from gongkai.ledger.models import Assignment, Evidence, LedgerTask, Plan, PlanImport, WorkPoint
from gongkai.ledger.tests.offices import HEAD, PROJECTS, TAXES, TRAINING, Office, document
from tests.factories import UnitFactory, give_role, user_with
from tests.screens import html, queries, refused, sign_in, stop_clock, words

IMPORTS = "/desk/ledger/imports/"
ROLE = "公开民生信息。做好供水供气信息公开。（公共企事业单位相应行政主管部门按职责牵头负责）"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch)


@pytest.fixture
def browser(office: Office) -> Client:
    return sign_in(office.supervisor)


def drop(browser: Client, data: bytes, name: str = "要点.md", **more: Any) -> Any:
    return browser.post(IMPORTS, {"file": SimpleUploadedFile(name, data), **more})


def read(browser: Client, *points: str, head: str = HEAD) -> PlanImport:
    response = drop(browser, document(*points, head=head))
    assert response.status_code == 302, words(response)[:400]
    row = PlanImport.objects.latest("pk")
    assert response["Location"] == page(row)
    return row


def page(row: PlanImport) -> str:
    return f"{IMPORTS}{row.pk}/"


def fix(row: PlanImport, number: int, **changes: str) -> dict[str, str]:
    """The form of one point as the page shows it, with changes."""
    from gongkai.ledger.comparison import corrected_items

    item = next(i for i in corrected_items(row) if i["no"] == number)
    form = PointForm(item=item)
    given = {f"p{number}-{name}": str(form.initial[name]) for name in form.fields}
    given |= {f"p{number}-{name}": value for name, value in changes.items()}
    return {"no": str(number), **given}


def fresh(row: PlanImport) -> PlanImport:
    return PlanImport.objects.get(pk=row.pk)


def article(response: Any, number: int) -> str:
    """One point on the page."""
    return html(response).partition(f'id="p{number}"')[2].partition('id="p')[0]


# --- who -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "final_reviewer", "operator"])
def test_reading_in_is_for_supervisors_and_the_refusal_says_so(office: Office, role: str) -> None:
    somebody = sign_in(user_with(role, office.unit))
    assert refused(somebody.get(IMPORTS), 403, "岗位权限")
    assert refused(drop(somebody, document(TAXES)), 403, "岗位权限")
    assert not PlanImport.objects.exists()


@pytest.mark.parametrize("act", ["", "confirm/", "discard/"])
def test_another_offices_reading_cannot_be_seen_nor_touched(
    office: Office, browser: Client, act: str
) -> None:
    row = read(browser, TAXES)
    other = UnitFactory(short_name="望城区行政审批局", area=office.districts[5])
    stranger = sign_in(user_with("supervisor", other))
    if not act:
        assert stranger.get(page(row)).status_code == 404
        assert row.filename not in words(stranger.get(IMPORTS))
    assert stranger.post(f"{page(row)}{act}", {"no": "1", "act": "right"}).status_code in (403, 404)
    assert fresh(row).status == ImportStatus.OPEN and not fresh(row).corrections


def test_a_supervisor_of_two_offices_says_for_which_one(office: Office, browser: Client) -> None:
    other = UnitFactory(short_name="望城区行政审批局", area=office.districts[5])
    give_role(office.supervisor, "supervisor", other)
    assert "读入哪个部门的台账" in words(browser.get(IMPORTS))
    drop(browser, document(TAXES), office=str(other.pk))
    assert PlanImport.objects.get().office == other
    response = drop(browser, document(TAXES), office=str(office.bureaus["czj"].pk))
    assert response.status_code == 422 and "请选择您主管的部门。" in words(response)


# --- dropping a file -----------------------------------------------------------------------------


def test_the_drop_zone_is_a_plain_file_input_that_names_what_it_takes(browser: Client) -> None:
    sent = html(browser.get(IMPORTS))
    assert "data-drop" in sent and 'data-progress="已传完，正在读入…"' in sent
    assert '<label class="btn quiet" for="id_file">' in sent
    assert 'accept=".txt,.md,.docx,.pdf,.html,.htm"' in sent
    assert "还没有读入过文件" in sent


BAD = [
    (b"", "空.txt", "这个文件是空的。"),
    (b"hello", "要点.docx", "内容却是纯文本"),
    (b"MZ\x00\x00", "要点.exe", "不能读入 .exe 文件"),
    (b"hello", "要点.EXE", "不能读入 .exe 文件"),
    (b"\x89PNG\r\n\x1a\n\x00", "扫描件.png", "请先做文字识别"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "要点.doc", "另存为 .docx"),
    ("各单位：\n请认真做好公开工作。\n".encode(), "通知.txt", "没有找到编号的要点"),
    (b"PK\x03\x04 broken", "要点.docx", "已损坏"),
    (b"%PDF-1.4 broken", "要点.pdf", "PDF"),
]


@pytest.mark.parametrize(("data", "name", "message"), BAD, ids=[name for _, name, _ in BAD])
def test_a_file_that_cannot_be_read_is_refused_at_the_field_and_nothing_is_kept(
    browser: Client, data: bytes, name: str, message: str
) -> None:
    response = drop(browser, data, name)
    assert response.status_code == 422
    assert message in words(response)
    assert 'id="id_file_error"' in html(response) and 'href="#id_file"' in html(response)
    assert "读入工作要点" in words(response) and 'type="file"' in html(response)
    assert not PlanImport.objects.exists() and not Blob.objects.exists()


def test_only_what_stops_the_reading_is_told_not_every_oddity(browser: Client) -> None:
    said = words(drop(browser, "各单位：\n请认真做好公开工作。\n".encode(), "通知.txt"))
    assert "单独成行" not in said and said.count("没有找到编号的要点") == 2  # summary and field


def test_no_file_at_all_is_said_so(browser: Client) -> None:
    response = browser.post(IMPORTS, {})
    assert response.status_code == 422 and "请选择文件。" in words(response)


def test_a_file_over_the_limit_is_refused_with_the_limit(browser: Client, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 2 * 1024 * 1024
    response = drop(browser, b"a" * (2 * 1024 * 1024 + 1), "要点.txt")
    assert response.status_code == 422 and "文件超过 2 MB" in words(response)


def test_what_was_read_before_is_listed_by_twenty(office: Office, browser: Client) -> None:
    for n in range(22):
        office.open(TAXES, name=f"文件{n}.md")
    said = words(browser.get(IMPORTS))
    assert said.count("文件") - said.count("工作要点文件") >= 20 and "共 22 条" in said
    assert words(browser.get(f"{IMPORTS}?page=2")).count(".md") == 2
    assert queries(browser, IMPORTS) <= 20


# --- looking through -----------------------------------------------------------------------------


def test_the_page_says_how_much_was_read_and_puts_doubtful_points_first(browser: Client) -> None:
    row = read(browser, PROJECTS, TAXES, ROLE)
    response = browser.get(page(row))
    said, sent = words(response), html(response)
    assert "读出 3 项要点" in said and "项请您核对" in said
    points = sent.partition('class="points-read"')[2]
    assert points.index('id="p3"') < points.index('id="p1"') < points.index('id="p2"')
    assert "为什么请您核对" in article(response, 3) and "核对无误" in article(response, 3)
    assert "核对无误" not in article(response, 1)


def test_the_raw_span_is_marked_in_the_document_with_a_way_to_the_result(browser: Client) -> None:
    row = read(browser, TAXES, ROLE)
    sent = html(browser.get(page(row)))
    source = sent.partition('class="source')[2].partition("</section>")[0]
    assert 'id="s1"' in source and 'href="#p1"' in source
    assert '<mark id="s2" class="doubt">' in source
    assert '<span class="due">2022年年底前</span>' in source
    assert "市财政局、市税务局牵头" in source.partition('class="units"')[2]


def test_a_result_shows_units_deadline_and_tasks(browser: Client) -> None:
    row = read(browser, TAXES)
    said = article(browser.get(page(row)), 1)
    for expected in ("市财政局、市税务局", "各区县（市）人民政府", "市直相关单位", "2022-12-31"):
        assert expected in said, expected
    assert "由主管部门指定到具体单位" in said and "任务 2 件" in said


def test_text_of_the_document_is_never_markup(browser: Client) -> None:
    row = read(browser, "公开<script>alert(1)</script>信息。（市财政局牵头）")
    assert "<script>alert(1)" not in html(browser.get(page(row)))


def test_to_look_through_takes_at_most_twenty_queries_also_with_corrections(
    browser: Client,
) -> None:
    row = read(browser, TAXES, PROJECTS, TRAINING, ROLE)
    before = queries(browser, page(row))
    for number in (1, 2, 3, 4):
        browser.post(page(row), fix(row, number, lead="市审计局"))
    assert queries(browser, page(row)) <= 20
    assert before <= 20


def test_a_reading_that_is_not_there_is_404(browser: Client) -> None:
    assert browser.get(f"{IMPORTS}999/").status_code == 404
    assert browser.post(f"{IMPORTS}999/confirm/").status_code == 404


# --- putting right -------------------------------------------------------------------------------


def test_saying_that_a_doubtful_point_is_right_changes_nothing_but_the_doubt(
    browser: Client,
) -> None:
    row = read(browser, TAXES, ROLE)
    assert "0 / 1 项存疑的已核对" in words(browser.get(page(row)))
    response = browser.post(page(row), {"no": "2", "act": "right"})
    assert response["Location"] == f"{page(row)}#confirm"
    said = words(browser.get(page(row)))
    assert "1 / 1 项存疑的已核对" in said and "存疑的都核对过了" in said
    assert "已核对" in article(browser.get(page(row)), 2)
    assert "还有 1 项没有核对" not in html(browser.get(page(row)))
    from gongkai.ledger.comparison import corrected_items

    parsed, now = fresh(row).parsed["items"][1], corrected_items(fresh(row))[1]
    assert {k: now[k] for k in parsed} == parsed


def test_after_one_doubtful_point_the_next_one_comes(browser: Client) -> None:
    row = read(browser, ROLE, TAXES, ROLE)
    response = browser.post(page(row), {"no": "1", "act": "right"})
    assert response["Location"] == f"{page(row)}#p3"


def test_a_correction_keeps_only_what_differs_and_is_on_record(browser: Client) -> None:
    row = read(browser, TAXES)
    browser.post(page(row), fix(row, 1, lead="市财政局，市审计局"))
    assert fresh(row).corrections == {"1": {"lead": ["市财政局", "市审计局"]}}
    (fact,) = (f for f in facts.trail("ledger_import", row.pk) if f.action.endswith("corrected"))
    assert fact.details["point"] == 1
    shown = article(browser.get(page(row)), 1)
    assert "已更正" in shown and "市财政局、市审计局" in shown


def test_a_correction_of_a_title_does_not_lose_how_often_a_task_recurs(
    office: Office, browser: Client
) -> None:
    row = read(browser, TRAINING)
    assert row.parsed["items"][0]["tasks"][0]["deadline"]["recurs"] == "yearly"
    browser.post(page(row), fix(row, 1, title="抓好业务培训"))
    browser.post(f"{page(row)}confirm/")
    assert LedgerTask.objects.get().recurs == "yearly"
    assert WorkPoint.objects.get().title == "抓好业务培训"


def test_a_task_that_kept_its_words_keeps_its_rhythm_when_another_is_added(
    browser: Client,
) -> None:
    row = read(browser, TRAINING)
    old = str(PointForm(item=row.parsed["items"][0]).initial["tasks"])
    browser.post(page(row), fix(row, 1, tasks=f"{old}\n公布培训材料 | 2022-11-30\n\n"))
    tasks = fresh(row).corrections["1"]["tasks"]
    assert [task.get("recurs") for task in tasks] == ["yearly", None]
    assert tasks[1] == {"text": "公布培训材料", "deadline": "2022-11-30"}


def test_lines_ended_as_browsers_end_them_are_not_a_change(browser: Client) -> None:
    row = read(browser, TAXES)
    given = fix(row, 1)
    given["p1-tasks"] = given["p1-tasks"].replace("\n", "\r\n")
    browser.post(page(row), given)
    assert set(fresh(row).corrections["1"]) == {"title"}


@pytest.mark.parametrize(
    ("changes", "message", "target"),
    [
        ({"title": " "}, "请填写这一项的标题。", "#id_p1-title"),
        ({"tasks": ""}, "请至少写一件任务。", "#id_p1-tasks"),
        ({"tasks": "建清单 | 明年"}, "不是有效日期", "#id_p1-tasks"),
        ({"tasks": "建清单\n| 2022-12-31"}, "没有内容", "#id_p1-tasks"),
        ({"title": "长" * 201}, "200", "#id_p1-title"),
    ],
)
def test_a_wrong_correction_comes_back_open_with_everything_that_was_typed(
    browser: Client, changes: dict[str, str], message: str, target: str
) -> None:
    row = read(browser, TAXES)
    response = browser.post(page(row), fix(row, 1, responsible="市审计局", **changes))
    assert response.status_code == 422
    assert message in words(response) and f'href="{target}"' in html(response)
    shown = article(response, 1)
    assert 'value="市审计局"' in shown
    for value in changes.values():
        assert value.strip() in html(response)
    assert "<details" in shown.partition("更正这一项")[0][-40:] or " open" in shown
    assert not fresh(row).corrections


@pytest.mark.parametrize("number", ["9", "0", "x", "", "-1"])
def test_a_point_that_is_not_there_is_404(browser: Client, number: str) -> None:
    row = read(browser, TAXES)
    assert browser.post(page(row), {"no": number, "act": "right"}).status_code == 404


def test_a_name_nobody_knows_is_pointed_out(browser: Client) -> None:
    row = read(browser, TAXES)
    browser.post(page(row), fix(row, 1, lead="市不存在局"))
    assert "不在单位名录里" in article(browser.get(page(row)), 1)


# --- confirming ----------------------------------------------------------------------------------


def test_confirming_makes_the_ledger_and_opens_it(office: Office, browser: Client) -> None:
    row = read(browser, TAXES, PROJECTS)
    browser.post(page(row), fix(row, 2, lead="市审计局"))
    response = browser.post(f"{page(row)}confirm/")
    plan = Plan.objects.get()
    assert response["Location"] == f"/desk/ledger/?plan={plan.pk}"
    leads = Assignment.objects.filter(task__point__number=2, role="lead")
    assert {a.unit.short_name for a in leads} == {"市审计局"}
    said = words(browser.get(page(row)))
    assert "已确认" in said and "看台账" in said
    assert "确认，生成台账" not in said and "更正这一项" not in said


def test_with_doubts_open_the_button_asks_once_more(browser: Client) -> None:
    row = read(browser, ROLE)
    assert 'data-confirm="还有 1 项没有核对' in html(browser.get(page(row)))
    sure = read(browser, PROJECTS)
    assert "没有存疑的要点" in words(browser.get(page(sure)))
    bar = html(browser.get(page(sure))).partition('id="confirm"')[2]
    assert "没有核对" not in bar


@pytest.mark.parametrize("act", ["confirm/", "discard/", ""])
def test_what_is_confirmed_is_not_changed_any_more(browser: Client, act: str) -> None:
    row = read(browser, TAXES)
    browser.post(f"{page(row)}confirm/")
    response = browser.post(f"{page(row)}{act}", {"no": "1", "act": "right"})
    assert refused_flow(response)


def refused_flow(response: Any) -> bool:
    said = words(response)
    return response.status_code == 409 and "读入流程" in said and "不能再改" in said


def test_discarding_leaves_no_ledger(browser: Client) -> None:
    row = read(browser, TAXES)
    assert browser.post(f"{page(row)}discard/")["Location"] == IMPORTS
    assert fresh(row).status == ImportStatus.DISCARDED and not Plan.objects.exists()
    assert "已放弃" in words(browser.get(IMPORTS))
    assert refused_flow(browser.post(f"{page(row)}confirm/"))


@pytest.mark.parametrize("act", ["confirm/", "discard/"])
def test_acts_need_a_post(browser: Client, act: str) -> None:
    assert browser.get(f"{page(read(browser, TAXES))}{act}").status_code == 405


def test_a_document_without_a_year_says_what_to_do_and_stays_on_its_page(browser: Client) -> None:
    row = read(
        browser, TAXES.replace("2022年", ""), head="# 长沙市政务公开工作要点\n\n## 一、总体\n"
    )
    assert row.parsed["year"] is None
    assert "没有读出年度" in words(browser.get(page(row)))
    response = browser.post(f"{page(row)}confirm/")
    assert response.status_code == 422
    assert "请在文件标题中写明年份后重新读入" in words(response)
    assert "逐项" in words(response) or 'id="p1"' in html(response)
    assert not Plan.objects.exists()


# --- a district's plan ---------------------------------------------------------------------------


def test_a_districts_plan_is_tied_to_the_citys(office: Office, browser: Client) -> None:
    city = office.plan(TAXES)
    district = UnitFactory(short_name="望城区行政审批局", area=office.districts[5])
    own = sign_in(user_with("supervisor", district))
    row = read(own, PROJECTS)
    assert "对应的市级要点" in words(own.get(page(row)))
    assert "对应的市级要点" not in words(browser.get(page(read(browser, PROJECTS))))
    own.post(f"{page(row)}confirm/", {"refers_to": str(city.pk)})
    assert Plan.objects.get(office=district).refers_to == city


@pytest.mark.parametrize("chosen", ["", "abc", "99999", "-1"])
def test_a_chosen_plan_that_is_none_ties_to_nothing(
    office: Office, browser: Client, chosen: str
) -> None:
    row = read(browser, TAXES)
    assert browser.post(f"{page(row)}confirm/", {"refers_to": chosen}).status_code == 302
    assert Plan.objects.get().refers_to is None


# --- reading again -------------------------------------------------------------------------------


def test_reading_again_shows_what_would_change_and_where(office: Office, browser: Client) -> None:
    office.plan(TAXES, PROJECTS, TRAINING)
    changed = PROJECTS.replace("公布重大项目的进展", "按月公布重大项目的进展和投资")
    row = read(browser, TAXES, changed, head=HEAD)
    response = browser.get(page(row))
    said = words(response)
    assert "改动 1 项，移出 1 项" in said
    assert "第 2 项" in said and "内容有变化" in said
    assert "第 3 项 抓好培训：移出，历史保留" in said
    assert "有变化" in article(response, 2) and "有变化" not in article(response, 1)
    assert "新增：</span>按月" in html(response)
    assert "确认，更新台账" in said


def test_a_point_more_is_called_new(office: Office, browser: Client) -> None:
    office.plan(TAXES)
    response = browser.get(page(read(browser, TAXES, PROJECTS)))
    assert "新增 1 项" in words(response) and "新增" in article(response, 2)


def test_the_same_document_again_is_said_to_change_nothing(office: Office, browser: Client) -> None:
    office.plan(TAXES)
    assert "和现有台账相比：没有变化" in words(browser.get(page(read(browser, TAXES))))


def test_confirming_again_keeps_evidence_and_retires_what_is_gone(
    office: Office, browser: Client
) -> None:
    plan = office.plan(TAXES, PROJECTS)
    row = Assignment.objects.filter(unit=office.bureaus["czj"]).first()
    assert row is not None
    Evidence.objects.create(
        assignment=row, kind="url", url="http://czj.changsha.gov.cn/", title="清单",
        added_at=plan.confirmed_at,
    )  # fmt: skip
    again = read(browser, TAXES)
    response = browser.post(f"{page(again)}confirm/")
    assert response["Location"] == f"/desk/ledger/?plan={plan.pk}"
    assert Plan.objects.count() == 1
    assert Assignment.objects.get(pk=row.pk).evidence.count() == 1
    assert plan.points.get(number=2).retired_at is not None
