"""The staff shell: today's work by role, the live strip, the trail, pages that are not there."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from gongkai.core import facts, outbox
from gongkai.desk.record import rows_of
from gongkai.desk.strip import strip_state
from gongkai.ledger.models import Assignment, LedgerTask, Plan, PlanImport, WorkPoint
from gongkai.organisations.models import User
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item
from gongkai.review import consulting
from gongkai.review import services as review
from tests.factories import (
    DAY,
    City,
    give_role,
    make_city,
    make_draft,
    make_public,
    member,
    moment,
    reviewers,
    submit,
    user_with,
)
from tests.screens import html, queries, refused, sign_in, stop_clock, words


@dataclass
class Office:
    """One bureau's people in the test city."""

    city: City
    editor: User
    people: dict[str, User]

    def draft(self, title: str = "托育补助通知") -> Item:
        return make_draft(self.city, self.city.bureau_a, self.editor, title=title)

    def public(self, title: str = "托育补助通知") -> Item:
        return make_public(self.city, self.city.bureau_a, self.editor, self.people, title=title)

    def withdraw(self, item: Item) -> None:
        publishing.item_withdraw(
            item_id=item.pk, category="error", reason="写错", now=moment(15),
            member=member(self.people["final"]),
        )  # fmt: skip


@pytest.fixture
def office(db: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    stop_clock(monkeypatch)
    city = make_city()
    return Office(city, user_with("editor", city.bureau_a), reviewers(city.bureau_a))


def task_of(office: Office, number: int = 12, **changes: Any) -> Assignment:
    """One task of a plan that the bureau leads."""
    plan, _ = Plan.objects.get_or_create(
        office=office.city.office, year=2022, doc_no="长政务公开办发〔2022〕1号",
        defaults={"title": "长沙市2022年政务公开工作要点", "confirmed_at": moment(8)},
    )  # fmt: skip
    point = WorkPoint.objects.create(
        plan=plan, number=number, title="做实基层公开", text="正文", raw="正文", kind="task",
        text_hash="x", section_title="强化基层",
    )  # fmt: skip
    task = LedgerTask.objects.create(point=point, seq=1, text="公布补贴清单", **changes)
    return Assignment.objects.create(task=task, unit=office.city.bureau_a, role="lead")


def run_worker() -> None:
    """What the background worker does."""
    while outbox.run(now=moment(17)):
        pass
    while facts.seal():
        pass


# --- today ---------------------------------------------------------------------------------------


def home(user: User | None) -> str:
    response = sign_in(user).get("/desk/")
    assert response.status_code == 200
    return words(response)


def test_without_signing_in_one_is_led_to_the_door_and_back(office: Office) -> None:
    response = sign_in(None).get("/desk/")
    assert response.status_code == 302
    assert response["Location"] == "/desk/login/?next=/desk/"


def test_somebody_without_a_role_reads_the_rule_and_the_remedy(office: Office) -> None:
    former = user_with("editor", office.city.bureau_a)
    former.assignments.all().delete()
    assert refused(sign_in(former).get("/desk/"), 403, "岗位权限")


def test_an_editor_sees_drafts_and_what_came_back_and_what_is_in_review(office: Office) -> None:
    office.draft("草稿甲")
    submit(office.draft("送审乙"), office.editor)
    case = submit(office.draft("退回丙"), office.editor)
    review.step_reject(
        case_id=case.pk, step="first", digest=case.digest, remark="缺电话",
        member=member(office.people["first"]), now=moment(11),
    )  # fmt: skip
    said = home(office.editor)
    assert "1件被退回" in said and "1件起草中" in said and "1件审核中" in said
    assert said.index("退回丙") < said.index("草稿甲") < said.index("送审乙")
    assert "等我审核" not in said and "要点台账" not in said.partition("</h1>")[2]


def test_the_counts_are_of_everything_though_only_some_are_named(office: Office) -> None:
    for n in range(9):
        office.draft(f"草稿{n}")
    said = home(office.editor)
    assert "9件起草中" in said and said.count("草稿") <= 7


def test_a_submission_of_the_editor_leads_to_its_case(office: Office) -> None:
    case = submit(office.draft(), office.editor)
    assert f'href="/desk/review/{case.pk}/"' in html(sign_in(office.editor).get("/desk/"))


def test_a_reviewer_sees_what_waits_and_what_the_own_unit_is_asked(office: Office) -> None:
    case = submit(office.draft(), office.editor)
    consulting.consultation_ask(
        case_id=case.pk, units=[office.city.bureau_b], question="请核对", now=moment(11),
        member=member(office.editor),
    )  # fmt: skip
    assert "1件等我审核" in home(office.people["first"])
    said = home(office.people["final"])
    assert "0件等我审核" in said and "托育补助通知" not in said
    said = home(user_with("secrecy_reviewer", office.city.bureau_b))
    assert "1件征求意见等回复" in said and "市财政局" in said


def test_a_stranger_sees_nothing_of_it(office: Office) -> None:
    office.draft("草稿甲")
    submit(office.draft("送审乙"), office.editor)
    for role in ("editor", "first_reviewer", "supervisor"):
        said = home(user_with(role, office.city.district_1_bureau))
        assert "草稿甲" not in said and "送审乙" not in said


def test_the_supervisor_sees_the_lamps_and_whom_to_chase(office: Office) -> None:
    task_of(office, deadline=DAY.replace(month=9))
    said = home(user_with("supervisor", office.city.office))
    assert "长沙市2022年政务公开工作要点" in said
    assert "先催这 1 项" in said and "公布补贴清单" in said and "逾期 30 天" in said


def test_the_supervisor_is_reminded_of_a_reading_nobody_confirmed(office: Office) -> None:
    from gongkai.core import blobs

    PlanImport.objects.create(
        office=office.city.office, filename="要点.docx", raw_text="", parsed={"items": []},
        blob=blobs.store(b"x", content_type="text/plain", now=moment(9)), created_at=moment(9),
    )  # fmt: skip
    said = home(user_with("supervisor", office.city.office))
    assert "读入的要点还没有确认" in said and "要点.docx" in said
    assert "要点.docx" not in home(user_with("supervisor", office.city.district_1))


def test_a_supervisor_without_a_plan_is_led_to_reading_one_in(office: Office) -> None:
    response = sign_in(user_with("supervisor", office.city.office)).get("/desk/")
    assert "还没有台账" in words(response) and 'href="/desk/ledger/imports/"' in html(response)


def test_an_editor_sees_the_tasks_that_have_no_evidence_yet(office: Office) -> None:
    task_of(office, deadline=DAY.replace(day=31))
    said = home(office.editor)
    assert "还没有凭据的 1 件" in said and "剩 13 天" in said and "10月31日" in said


def test_an_operator_is_told_where_the_work_is(office: Office) -> None:
    assert "今天没有等您办的事" in home(user_with("operator", office.city.bureau_a))


def test_the_menu_has_only_what_the_role_can_open(office: Office) -> None:
    def menu(role: str) -> set[str]:
        sent = html(sign_in(user_with(role, office.city.office)).get("/desk/"))
        rail = sent.partition("<nav")[2].partition("</nav>")[0]
        names = ("要点台账", "读入要点", "我的任务", "人员和岗位", "审核")
        return {name for name in names if name in rail}

    assert menu("editor") == {"我的任务", "审核"}
    assert menu("first_reviewer") == {"审核"}
    assert menu("supervisor") == {"要点台账", "读入要点", "人员和岗位", "审核"}
    assert menu("operator") == {"人员和岗位", "审核"}


def test_today_costs_the_same_with_much_to_do_and_at_most_twenty_queries(office: Office) -> None:
    person = user_with("supervisor", office.city.office)
    for role in ("editor", "first_reviewer", "final_reviewer"):
        give_role(person, role, office.city.bureau_a)
    task_of(office)
    submit(office.draft("送审"), office.editor)
    before = queries(sign_in(person), "/desk/")
    for n in range(5):
        submit(office.draft(f"送审{n}"), office.editor)
        office.draft(f"草稿{n}")
        task_of(office, number=n + 1)
    assert queries(sign_in(person), "/desk/") == before <= 20


# --- the live strip ------------------------------------------------------------------------------


def strip(item: Item) -> str:
    return f"/desk/strip/item/{item.pk}/"


def as_json(client: Client, item: Item) -> dict[str, Any]:
    response = client.get(strip(item), headers={"Accept": "application/json"})
    assert response["Content-Type"] == "application/json"
    found: dict[str, Any] = response.json()
    return found


def test_after_a_release_the_strip_names_version_columns_and_waits_for_the_worker(
    office: Office,
) -> None:
    item = office.public()
    found = as_json(sign_in(office.editor), item)
    labels = [step["label"] for step in found["steps"]]
    assert labels[0] == "公开版本第 1 版"
    assert "收录：优化营商环境" in labels and "收录：最新公开" in labels
    states = {step["label"]: step["state"] for step in found["steps"]}
    assert states["公开版本第 1 版"] == "done" and states["审计封存"] == "waiting"
    assert "waiting" in states.values() and found["done"] is False


def test_when_the_worker_is_through_the_strip_is_done_with_its_place_in_the_chain(
    office: Office,
) -> None:
    item = office.public()
    run_worker()
    found = as_json(sign_in(office.editor), item)
    assert found["done"] is True
    assert {step["state"] for step in found["steps"]} == {"done"}
    assert found["steps"][-1]["label"].startswith("审计封存，序号 ")
    for step in found["steps"]:
        assert set(step) == {"label", "state", "ms", "url"}
        assert step["ms"] is None or step["ms"] >= 0


def test_the_links_of_the_strip_lead_somewhere(office: Office) -> None:
    item = office.public()
    run_worker()
    found = as_json(sign_in(office.editor), item)
    addresses = [step["url"] for step in found["steps"] if step["url"]]
    assert f"/nr/{item.pk}/" in addresses
    for address in addresses:
        assert sign_in(None).get(address).status_code == 200, address


def test_after_a_withdrawal_the_strip_runs_backwards_to_the_tombstone(office: Office) -> None:
    item = office.public()
    run_worker()
    office.withdraw(item)
    run_worker()
    found = as_json(sign_in(office.people["final"]), item)
    labels = [step["label"] for step in found["steps"]]
    assert labels[0] == "从 3 处栏目收录撤下" and labels[1] == "原网址改为撤回说明"
    assert not any(label.startswith("收录：") for label in labels)
    assert found["done"] is True


def test_a_side_effect_that_failed_is_shown_as_failed(office: Office) -> None:
    item = office.public()
    from gongkai.core.models import OutboxMessage

    OutboxMessage.objects.filter(subject_id=str(item.pk)).update(error="没有连上")
    state = strip_state("item", str(item.pk))
    assert state is not None
    assert "failed" in {step["state"] for step in state.steps}


def test_the_strip_is_a_page_with_the_next_ways_to_go(office: Office) -> None:
    item = office.public()
    response = sign_in(office.editor).get(strip(item))
    assert "发布的每一步" in words(response) and f'data-live="{strip(item)}"' in html(response)
    for address in (f"/nr/{item.pk}/", f"/desk/items/{item.pk}/", f"/desk/trail/item/{item.pk}/"):
        assert f'href="{address}"' in html(response)


def test_a_finished_strip_asks_no_more(office: Office) -> None:
    item = office.public()
    run_worker()
    assert "data-live=" not in html(sign_in(office.editor).get(strip(item)))


@pytest.mark.parametrize("case", ["draft", "stranger", "missing", "nonsense"])
def test_there_is_no_strip_for_drafts_strangers_and_nonsense(office: Office, case: str) -> None:
    item = office.draft() if case == "draft" else office.public()
    who = user_with("editor", office.city.bureau_b) if case == "stranger" else office.editor
    path = {"missing": "/desk/strip/item/99999/", "nonsense": "/desk/strip/item/a-b/"}.get(
        case, strip(item)
    )
    assert sign_in(who).get(path).status_code == 404


def test_strip_and_trail_take_at_most_twenty_queries(office: Office) -> None:
    item = office.public()
    run_worker()
    for path in (strip(item), f"/desk/trail/item/{item.pk}/"):
        assert queries(sign_in(office.editor), path) <= 20


# --- the trail -----------------------------------------------------------------------------------


def trail(item: Item) -> str:
    return f"/desk/trail/item/{item.pk}/"


def test_the_trail_tells_everything_newest_first_in_words(office: Office) -> None:
    item = office.public()
    office.withdraw(item)
    said = words(sign_in(office.editor).get(trail(item)))
    acts = ["起草", "提交审核", "审核通过", "保密审查：可以公开", "发布", "撤回"]
    places = [said.rindex(act) for act in acts]
    assert places == sorted(places, reverse=True)
    assert "种类：政策文件" in said and "policy" not in said
    assert "依据：条例第十三条" in said and "情形：" in said
    for code in ("first", "secrecy", "True", "False", "error", "None"):
        assert code not in said, code


def test_a_yes_or_no_is_said_as_such(office: Office) -> None:
    case = submit(office.draft(), office.editor)
    (question,) = consulting.consultation_ask(
        case_id=case.pk, units=[office.city.bureau_b], question="请核对", now=moment(11),
        member=member(office.editor),
    )  # fmt: skip
    consulting.consultation_answer(
        consultation_id=question.pk, agrees=False, opinion="不同意", now=moment(12),
        member=member(user_with("final_reviewer", office.city.bureau_b)),
    )  # fmt: skip
    said = words(sign_in(office.editor).get(trail(Item.objects.get())))
    assert "同意公开：否" in said


def test_a_second_round_is_counted_the_first_is_not(office: Office) -> None:
    item = office.draft()
    case = submit(item, office.editor)
    review.case_recall(case_id=case.pk, member=member(office.editor), now=moment(11))
    submit(item, office.editor, now=moment(12))
    rows = rows_of(facts.trail("item", item.pk))
    first, second = [row.words for row in rows if row.label == "提交审核"]
    assert first.startswith("步骤：初审") and second.startswith("第 2 次送审")


def test_every_line_shows_the_digest_and_the_place_in_the_chain(office: Office) -> None:
    item = office.public()
    said = words(sign_in(office.editor).get(trail(item)))
    assert "待封存" in said and f"内容摘要 {item.live_digest[:12]}" in said
    run_worker()
    said = words(sign_in(office.editor).get(trail(item)))
    assert "待封存" not in said and "封存 1" in said


def test_the_trail_of_a_share_of_the_ledger_can_be_read_by_its_unit(office: Office) -> None:
    from gongkai.ledger import services

    row = task_of(office)
    services.light_override(
        assignment_id=row.pk, light="yellow", reason="抽查不合格", now=moment(11),
        member=member(user_with("supervisor", office.city.office)),
    )  # fmt: skip
    path = f"/desk/trail/ledger_assignment/{row.pk}/"
    said = words(sign_in(office.editor).get(path))
    assert "人工定灯" in said and "灯：临期" in said and "抽查不合格" in said
    assert sign_in(user_with("editor", office.city.bureau_b)).get(path).status_code == 404


@pytest.mark.parametrize("subject", ["item/999", "item/x", "ledger_plan/1", "user/1"])
def test_there_is_no_trail_of_what_one_may_not_see(office: Office, subject: str) -> None:
    assert sign_in(office.editor).get(f"/desk/trail/{subject}/").status_code == 404


def test_the_trail_of_another_units_draft_does_not_exist(office: Office) -> None:
    item = office.draft()
    stranger = sign_in(user_with("editor", office.city.bureau_b))
    assert stranger.get(trail(item)).status_code == 404


def test_a_long_trail_is_paged(office: Office) -> None:
    item = office.draft()
    for n in range(110):
        publishing.item_edit(
            item_id=item.pk, content={"summary": f"摘要{n}"}, member=member(office.editor),
            now=moment(10),
        )  # fmt: skip
    said = words(sign_in(office.editor).get(trail(item)))
    assert said.count("修改草稿") == 100 and "共 111 条" in said


# --- what is not there ---------------------------------------------------------------------------


def test_on_the_desk_a_missing_page_keeps_the_menu(office: Office) -> None:
    response = sign_in(office.editor).get("/desk/nothing/here/")
    assert response.status_code == 404
    assert "没有这一页" in words(response) and 'aria-label="工作台"' in html(response)


def test_without_signing_in_a_missing_desk_page_shows_no_menu(office: Office) -> None:
    response = sign_in(None).get("/desk/nothing/here/")
    assert response.status_code == 404
    assert 'aria-label="工作台"' not in html(response)


def test_a_missing_public_page_is_the_sites_own_even_for_staff(office: Office) -> None:
    response = sign_in(office.editor).get("/nothing/here/")
    assert response.status_code == 404 and 'aria-label="工作台"' not in html(response)


def test_a_page_for_another_role_names_the_rule_the_role_and_the_remedy(office: Office) -> None:
    response = sign_in(office.editor).get("/desk/ledger/")
    assert refused(response, 403, "岗位权限")
    assert "政务公开主管" in words(response) and 'href="/desk/"' in html(response)


@pytest.mark.parametrize("path", ["/desk/", "/desk/strip/item/1/", "/desk/trail/item/1/"])
def test_the_shell_only_shows(office: Office, path: str) -> None:
    assert sign_in(office.editor).post(path).status_code == 405


def test_no_staff_page_may_be_kept_by_a_cache(office: Office) -> None:
    assert "no-store" in sign_in(office.editor).get("/desk/")["Cache-Control"]
