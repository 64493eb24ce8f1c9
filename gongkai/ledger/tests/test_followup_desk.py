"""Screens of follow-ups: the list, one follow-up, issuing one and many, the letter."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongkai.core.clock import at
from gongkai.ledger import followup_replies, followups, services
from gongkai.ledger.followups import Terms
from gongkai.ledger.models import Assignment, FollowUp, FollowUpProof, Plan
from gongkai.ledger.tests.offices import PROJECTS, TAXES, Office
from gongkai.ledger.tests.proofs import Newsroom, pdf
from gongkai.organisations.desk import menu_for
from gongkai.organisations.models import User
from tests.factories import member, moment, user_with
from tests.screens import html, queries, refused, sign_in, stop_clock, words

LIST = "/desk/followups/"
NEW = f"{LIST}new/"
BULK = f"{LIST}bulk/"
DAY = date(2022, 10, 11)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch)


@pytest.fixture
def browser(office: Office) -> Client:
    return sign_in(office.supervisor)


@pytest.fixture
def row(office: Office, duty: Assignment) -> FollowUp:
    """Sent on the 11th, due on the 18th: today, and still in time."""
    return issue(office, duty)


def issue(office: Office, duty: Assignment | None = None, **changes: Any) -> FollowUp:
    values: dict[str, Any] = {
        "office": office.unit, "unit": office.bureaus["czj"], "level": "reminder",
        "title": "目录迟了", "demand": "请更新目录。", "terms": Terms(days=5), "now": at(DAY, 9),
        "member": member(office.supervisor), "assignment_ids": [duty.pk] if duty else [], **changes,
    }  # fmt: skip
    return followups.followup_issue(**values)


def page(row: FollowUp) -> str:
    return f"{LIST}{row.pk}/"


def answered(row: FollowUp, editor: User) -> FollowUp:
    followup_replies.followup_reply(
        followup_id=row.pk, text="已经更新。", member=member(editor), now=moment(9)
    )
    return row


def post(client: Client, row: FollowUp, act: str, **data: Any) -> Any:
    return client.post(f"{page(row)}{act}/", data)


# --- the list -------------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do(office: Office, browser: Client, editor: User) -> None:
    assert "还没有发过督办" in words(browser.get(LIST))
    assert "没有督办" in words(sign_in(editor).get(LIST))


def test_the_list_shows_clocks_levels_and_counts(
    office: Office, row: FollowUp, browser: Client, editor: User
) -> None:
    issue(office, unit=office.bureaus["fgw"], title="别的事", terms=Terms(days=2))
    said = words(browser.get(LIST))
    assert "督办〔2022〕1号" in said and "今天到期" in said and "逾期 3 个工作日" in said
    assert "别的事" not in words(sign_in(editor).get(LIST))
    late = words(browser.get(f"{LIST}?which=overdue"))
    assert "别的事" in late and "目录迟了" not in late
    assert "这一类现在没有" in words(browser.get(f"{LIST}?which=closed"))
    assert words(browser.get(f"{LIST}?which=nonsense")) == said


def test_the_list_is_paged_and_costs_the_same(
    office: Office, row: FollowUp, browser: Client
) -> None:
    before = queries(browser, LIST)
    for n in range(31):
        issue(office, title=f"第{n}件")
    assert queries(browser, LIST) == before <= 16
    assert "共 32 条" in words(browser.get(LIST))


def test_the_badge_counts_what_waits(office: Office, row: FollowUp, editor: User) -> None:
    def badge(who: User) -> int:
        return next(e["count"] for e in menu_for(member(who)) if e["key"] == "followups")

    assert (badge(editor), badge(office.supervisor)) == (1, 0)
    answered(row, editor)
    assert (badge(editor), badge(office.supervisor)) == (0, 1)


# --- one follow-up --------------------------------------------------------------------------------


def test_the_unit_sees_clock_demand_tasks_and_answers(row: FollowUp, editor: User) -> None:
    client = sign_in(editor)
    said = words(client.get(page(row)))
    for expected in (
        "今天到期",
        "请更新目录。",
        "建立清单",
        "为什么是这一天？",
        "第5个工作日",
        "提交回复",
    ):
        assert expected in said
    assert "认可，办结" not in said
    done = client.post(page(row), {"text": "已经更新。"})
    assert done.status_code == 302
    assert "已回复，待审看" in words(client.get(page(row)))


def test_an_answer_with_a_file_can_be_opened_by_both_sides_only(
    office: Office, row: FollowUp, editor: User, browser: Client
) -> None:
    upload = SimpleUploadedFile("说明.pdf", pdf())
    sign_in(editor).post(page(row), {"text": "见附件。", "attachments": [upload]})
    proof = FollowUpProof.objects.get()
    assert proof.blob_id is not None
    url = f"/files/followup/{proof.pk}/{proof.blob_id[:16]}/x.pdf"
    assert "说明.pdf" in words(browser.get(page(row)))
    assert browser.get(url).status_code == 200 == sign_in(editor).get(url).status_code
    for stranger in (sign_in(None), sign_in(user_with("editor", office.bureaus["fgw"]))):
        assert stranger.get(url).status_code == 404
    assert browser.get(f"/files/followup/x/{proof.blob_id[:16]}/x.pdf").status_code == 404


def test_what_was_typed_stays_after_an_error(row: FollowUp, editor: User) -> None:
    response = sign_in(editor).post(
        page(row), {"text": "写了很久", "url": "http://example.com/", "url_title": "外面"}
    )
    assert response.status_code == 422
    assert "写了很久" in html(response) and "属于政府网站" in words(response)
    assert "请写明办理情况" in words(sign_in(editor).post(page(row), {"text": ""}))


def test_an_item_is_offered_as_proof(row: FollowUp, editor: User, newsroom: Newsroom) -> None:
    item = newsroom.public()
    client = sign_in(editor)
    assert f'value="{item.pk}"' in html(client.get(page(row)))
    client.post(page(row), {"text": "见公开。", "items": [item.pk]})
    assert FollowUpProof.objects.get().item_id == item.pk


@pytest.mark.parametrize("role", ["editor", "supervisor"])
def test_a_strangers_follow_up_is_not_there(office: Office, row: FollowUp, role: str) -> None:
    place = office.bureaus["fgw"] if role == "editor" else office.districts[0]
    client = sign_in(user_with(role, place))
    for path in (page(row), f"{page(row)}print/"):
        assert client.get(path).status_code == 404
    assert post(client, row, "accept").status_code in (403, 404)


def test_a_reviewer_reads_but_gets_no_form_and_cannot_post(office: Office, row: FollowUp) -> None:
    client = sign_in(user_with("final_reviewer", office.bureaus["czj"]))
    assert "提交回复" not in words(client.get(page(row)))
    for data in ({"text": "x"}, {}):
        assert refused(client.post(page(row), data), 403, "岗位权限")


def test_the_office_accepts(row: FollowUp, browser: Client, editor: User) -> None:
    answered(row, editor)
    assert "认可，办结" in words(browser.get(page(row)))
    assert post(browser, row, "accept", remark="可以").status_code == 302
    said = words(browser.get(page(row)))
    assert "已办结" in said and "审看意见：可以" in said and "撤销这件" not in said


def test_the_office_returns_with_a_reason_and_a_day(
    row: FollowUp, browser: Client, editor: User
) -> None:
    answered(row, editor)
    bad = post(browser, row, "return", reason="", days="3")
    assert bad.status_code == 422 and "请写明理由" in words(bad)
    both = post(browser, row, "return", reason="不全", days="3", day="2022-10-28")
    assert both.status_code == 422 and "两者选一" in words(both) and "不全" in html(both)
    assert post(browser, row, "return", reason="不全", day="2022-10-28").status_code == 302
    said = words(sign_in(editor).get(page(row)))
    assert "退回理由：不全" in said and "10月28日" in said.replace(" ", "") and "指定为" in said


def test_escalating_leads_to_the_next_notice(office: Office, browser: Client) -> None:
    late = issue(office, terms=Terms(days=2))
    assert "升级为督办" in words(browser.get(page(late)))
    response = post(browser, late, "escalate", reason="没有回复", days="5")
    up = FollowUp.objects.get(follows=late)
    assert response["Location"] == page(up)
    assert "由督办〔2022〕1号升级" in words(browser.get(page(up))).replace(" ", "")
    assert "请回复那一件" in words(browser.get(page(late)))


def test_before_the_day_the_page_says_why_it_cannot_climb(row: FollowUp, browser: Client) -> None:
    assert "还没有过，不能升级" in words(browser.get(page(row)))
    assert refused(post(browser, row, "escalate", reason="急", days="5"), 409, "督办升级")


def test_the_office_calls_off(row: FollowUp, browser: Client) -> None:
    assert post(browser, row, "call_off", reason=" ").status_code == 422
    assert post(browser, row, "call_off", reason="发错").status_code == 302
    assert "撤销" in words(browser.get(page(row)))


def test_a_double_click_is_told_kindly(row: FollowUp, browser: Client, editor: User) -> None:
    answered(row, editor)
    post(browser, row, "accept")
    assert refused(post(browser, row, "accept"), 409, "督办流程")


def test_one_follow_up_takes_a_fixed_number_of_queries(
    office: Office, row: FollowUp, browser: Client, editor: User
) -> None:
    answered(row, editor)
    before = queries(browser, page(row))
    for n in range(5):
        row.replies.create(unit=row.unit, text=str(n), at=moment(10), due=row.reply_due)
    assert queries(browser, page(row)) == before <= 24


# --- issuing --------------------------------------------------------------------------------------


def test_a_notice_about_a_free_matter(office: Office, browser: Client) -> None:
    assert "系统建议值" in words(browser.get(NEW))
    unit = office.bureaus["fgw"]
    data = {
        "unit": unit.pk,
        "level": "notice",
        "title": "目录未更新",
        "demand": "请更新",
        "days": 3,
    }
    response = browser.post(NEW, data)
    made = FollowUp.objects.get()
    assert response["Location"] == page(made) and made.head == office.unit.parent
    assert "同时发市政府" in words(browser.get(page(made)))


def test_a_notice_about_a_share_is_filled_in(
    office: Office, duty: Assignment, browser: Client
) -> None:
    path = f"{NEW}?share={duty.pk}"
    got = html(browser.get(path))
    assert "建立清单" in got and f'value="{duty.unit_id}" selected' in got
    data = {"unit": duty.unit_id, "level": "reminder", "title": "x", "demand": "y", "days": 3}
    browser.post(path, data)
    assert FollowUp.objects.get().shares.get().assignment == duty
    said = words(browser.get(f"/desk/ledger/shares/{duty.pk}/"))
    assert "督办中" in said and "督办〔2022〕1号" in said
    assert browser.get(f"{NEW}?share=99999").status_code == 404


def test_an_incomplete_notice_keeps_what_was_typed(office: Office, browser: Client) -> None:
    response = browser.post(NEW, {"title": "只有事由", "level": "reminder", "demand": ""})
    assert response.status_code == 422 and "只有事由" in html(response)
    said = words(response)
    assert "请选择单位" in said and "请写明要求对方做什么" in said


def test_values_from_another_room_fill_the_form(office: Office, browser: Client) -> None:
    got = html(browser.get(f"{NEW}?title=公开事项逾期&basis=条例第二十六条"))
    assert 'value="公开事项逾期"' in got and 'value="条例第二十六条"' in got


@pytest.mark.parametrize("path", [NEW, BULK])
def test_only_supervisors_issue(office: Office, editor: User, path: str) -> None:
    assert refused(sign_in(editor).get(path), 403, "岗位权限")


# --- many at once ---------------------------------------------------------------------------------


@pytest.fixture
def plan(office: Office) -> Plan:
    return office.plan(TAXES, PROJECTS)


def redden(office: Office, *codes: str) -> list[Assignment]:
    rows = [Assignment.objects.filter(unit=office.bureaus[c]).order_by("pk")[0] for c in codes]
    for row in rows:
        services.light_override(
            assignment_id=row.pk, light="red", reason="抽查", member=member(office.supervisor),
            now=moment(9),
        )  # fmt: skip
    return rows


def test_without_a_plan_or_late_tasks_the_page_says_so(office: Office, browser: Client) -> None:
    assert "还没有台账" in words(browser.get(BULK))
    office.plan(TAXES)
    assert "没有逾期任务" in words(browser.get(BULK))


def test_choose_look_send(office: Office, plan: Plan, browser: Client) -> None:
    tax, work = redden(office, "czj", "fgw")
    got = words(browser.get(BULK))
    assert "市财政局" in got and "市发展改革委" in got
    data = {
        "share": [tax.pk, work.pk], "level": "reminder", "title": "逾期", "lead": "请办：", "days": 5,
    }  # fmt: skip
    seen = browser.post(BULK, {**data, "act": "preview"})
    said = words(seen)
    assert "将发出 2 件" in said and "1. 第 1 项" in said and "长沙市财政局" not in said[:10]
    assert not FollowUp.objects.exists()
    assert "checked" in html(browser.post(BULK, {**data, "act": "back"}))
    assert browser.post(BULK, {**data, "act": "issue"})["Location"] == LIST
    assert FollowUp.objects.count() == 2
    assert "都在督办中" in words(browser.get(BULK))
    assert "督办中" in words(browser.get(f"/desk/ledger/?plan={plan.pk}&light=red"))


def test_nothing_chosen_or_no_words_is_an_error_that_keeps_the_rest(
    office: Office, plan: Plan, browser: Client
) -> None:
    (tax,) = redden(office, "czj")
    none = browser.post(BULK, {"level": "reminder", "title": "留着", "lead": "x", "days": 5})
    assert none.status_code == 422 and "请至少选一项" in words(none) and "留着" in html(none)
    bad = browser.post(BULK, {"share": [tax.pk], "level": "reminder", "title": "留着", "days": 5})
    assert bad.status_code == 422 and "请写明要求" in words(bad) and "checked" in html(bad)
    terms = browser.post(
        BULK, {"share": [tax.pk], "level": "talk", "title": "t", "lead": "x", "act": "preview"}
    )
    assert terms.status_code == 422 and "两者选一" in words(terms)


def test_a_share_that_is_not_late_cannot_be_slipped_in(
    office: Office, plan: Plan, browser: Client
) -> None:
    redden(office, "czj")
    other = Assignment.objects.filter(unit=office.bureaus["sw"])[0]
    data = {"share": [other.pk], "level": "reminder", "title": "t", "lead": "x", "days": 5}
    assert browser.post(BULK, {**data, "act": "issue"}).status_code == 422
    assert not FollowUp.objects.exists()


# --- on paper -------------------------------------------------------------------------------------


def test_the_letter_and_the_reply_form(office: Office, browser: Client, editor: User) -> None:
    row = issue(office, level="notice", basis="条例第十九条")
    said = words(browser.get(f"{page(row)}print/"))
    for expected in (
        "督办通知", "督办〔2022〕1号", "长沙市财政局：", "抄送：长沙市人民政府", "回复单",
        "2022年10月18日", "第5个工作日", "条例第十九条", "单位负责人",
    ):  # fmt: skip
        assert expected in said.replace(" ", "") or expected in said, expected
    answered(row, editor)
    assert "已经更新。" in words(sign_in(editor).get(f"{page(row)}print/"))


def test_an_interview_is_addressed_to_the_head_unit_first(office: Office, browser: Client) -> None:
    row = issue(office, level="talk")
    said = words(browser.get(f"{page(row)}print/"))
    assert "长沙市人民政府、" in said and "约谈通知" in said and "抄送" not in said
