"""The reviewers' screens: who sees what, what is refused and why, nothing typed is lost."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from gongkai.organisations.models import User
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item
from gongkai.review import consulting, services
from gongkai.review.enums import CaseStatus, WithholdCode
from gongkai.review.models import Consultation, Review, ReviewCase, WithheldRecord
from tests.factories import (
    City,
    approve_all,
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

TITLE = "关于小微企业补助的通知"
BASIS = "条例第十三条"


@dataclass
class Bureau:
    """One bureau's people, and the way of a case through their screens."""

    city: City
    editor: User
    people: dict[str, User]

    def draft(self, **changes: Any) -> Item:
        return make_draft(self.city, self.city.bureau_a, self.editor, title=TITLE, **changes)

    def case(self, **changes: Any) -> ReviewCase:
        return submit(self.draft(**changes), self.editor)

    def browser(self, step: str) -> Client:
        return sign_in(self.people[step])

    def approve(self, case: ReviewCase, *steps: str) -> None:
        for step in steps:
            services.step_approve(
                case_id=case.pk, step=step, digest=case.digest, member=member(self.people[step]),
                now=moment(11), legal_basis=BASIS if step == "secrecy" else "",
            )  # fmt: skip

    def ask(self, case: ReviewCase, question: str = "请核对第二部分。") -> Consultation:
        return consulting.consultation_ask(
            case_id=case.pk, units=[self.city.bureau_b], question=question,
            member=member(self.editor), now=moment(11),
        )[0]  # fmt: skip


@pytest.fixture
def bureau(db: None, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    stop_clock(monkeypatch)
    city = make_city()
    return Bureau(city, user_with("editor", city.bureau_a), reviewers(city.bureau_a))


def page(case: ReviewCase) -> str:
    return f"/desk/review/{case.pk}/"


def verdict(case: ReviewCase, choice: str, **more: str) -> dict[str, str]:
    return {"verdict": choice, "digest": case.digest, "remark": "", **more}


def stored(case: ReviewCase) -> ReviewCase:
    return ReviewCase.objects.get(pk=case.pk)


# --- who gets in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/desk/review/", "/desk/review/1/", "/desk/review/1/recall/"])
def test_nobody_gets_in_without_signing_in(bureau: Bureau, path: str) -> None:
    response = sign_in(None).post(path) if path.endswith("recall/") else sign_in(None).get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/desk/login/")


def test_an_account_without_any_role_reads_which_rule_keeps_it_out(bureau: Bureau) -> None:
    former = user_with("editor", bureau.city.bureau_a)
    former.assignments.update(valid_to=moment().date().replace(day=1))
    assert refused(sign_in(former).get("/desk/review/"), 403, "岗位权限")


def test_another_units_case_does_not_exist_for_a_stranger(bureau: Bureau) -> None:
    case = bureau.case()
    for role in ("editor", "first_reviewer", "final_reviewer"):
        stranger = sign_in(user_with(role, bureau.city.bureau_b))
        response = stranger.get(page(case))
        assert response.status_code == 404
        assert TITLE not in html(response)
        assert TITLE not in html(stranger.get("/desk/review/"))
        assert stranger.post(page(case), verdict(case, "approve")).status_code == 404


def test_a_missing_case_and_an_invisible_one_are_answered_alike(bureau: Bureau) -> None:
    case, stranger = bureau.case(), sign_in(user_with("editor", bureau.city.bureau_b))
    assert words(stranger.get(page(case))) == words(stranger.get("/desk/review/999999/"))


@pytest.mark.parametrize("where", ["office", "bureau_a"])
def test_the_citys_supervisor_and_the_own_unit_see_the_case(bureau: Bureau, where: str) -> None:
    case = bureau.case()
    role = "supervisor" if where == "office" else "editor"
    watcher = sign_in(user_with(role, getattr(bureau.city, where)))
    assert TITLE in words(watcher.get("/desk/review/"))
    response = watcher.get(page(case))
    assert response.status_code == 200
    assert "作出结论" not in words(response)


def test_a_districts_supervisor_does_not_see_the_citys_cases(bureau: Bureau) -> None:
    case = bureau.case()
    supervisor = sign_in(user_with("supervisor", bureau.city.district_1))
    assert supervisor.get(page(case)).status_code == 404


# --- the queue -----------------------------------------------------------------------------------


def waiting(response: Any) -> str:
    """The part of the queue that lists what waits for the person."""
    return words(response).partition("等我办的")[2].partition("全部送审")[0]


def test_a_case_waits_for_the_step_it_has_reached_and_for_nobody_else(bureau: Bureau) -> None:
    case = bureau.case()
    seen = {s: TITLE in waiting(bureau.browser(s).get("/desk/review/")) for s in bureau.people}
    assert seen == {"first": True, "second": False, "final": False, "secrecy": False}
    bureau.approve(case, "first")
    seen = {s: TITLE in waiting(bureau.browser(s).get("/desk/review/")) for s in bureau.people}
    assert seen == {"first": False, "second": False, "final": True, "secrecy": False}


def test_with_nothing_to_do_the_queue_says_so(bureau: Bureau) -> None:
    assert "没有等您办的审核" in words(bureau.browser("first").get("/desk/review/"))


def test_a_case_of_ones_own_is_marked_not_hidden(bureau: Bureau) -> None:
    give_role(bureau.editor, "first_reviewer", bureau.city.bureau_a)
    bureau.case()
    assert "由同事办理" in waiting(sign_in(bureau.editor).get("/desk/review/"))


def test_a_case_sent_in_again_is_marked(bureau: Bureau) -> None:
    case = bureau.case()
    services.case_recall(case_id=case.pk, member=member(bureau.editor), now=moment(12))
    submit(Item.objects.get(), bureau.editor, now=moment(13))
    assert "再次送审" in waiting(bureau.browser("first").get("/desk/review/"))


@pytest.mark.parametrize(
    ("status", "listed"), [("open", True), ("released", False), ("rejected", False), ("", True),
                           ("nonsense", True)],
)  # fmt: skip
def test_all_cases_can_be_looked_at_by_state(bureau: Bureau, status: str, listed: bool) -> None:
    bureau.case()
    response = sign_in(bureau.editor).get(f"/desk/review/?status={status}")
    assert (TITLE in words(response).partition("全部送审")[2]) is listed


def fill(bureau: Bureau, number: int) -> None:
    """More cases like the first one."""
    first = ReviewCase.objects.get()
    ReviewCase.objects.bulk_create(
        ReviewCase(
            subject_kind="item", subject_id=str(9000 + n), unit=first.unit, title=f"稿件{n}",
            round=1, digest="x", view={}, authors=first.authors, steps=first.steps,
            current_step="first", status="open", submitted_by=bureau.editor,
            submitted_at=moment(10),
        )
        for n in range(number)
    )  # fmt: skip


def test_both_lists_of_the_queue_are_paged_by_twenty(bureau: Bureau) -> None:
    bureau.case()
    fill(bureau, 24)
    browser = bureau.browser("first")
    response = browser.get("/desk/review/")
    assert "等我办的 25 件" in words(response)
    mine, everything = waiting(response), words(response).partition("全部送审")[2]
    assert mine.count("稿件") + mine.count(TITLE) == 20
    assert everything.count("稿件") + everything.count(TITLE) == 20
    second = waiting(browser.get("/desk/review/?w=2"))
    assert second.count("稿件") == 5 and "稿件23" in second
    assert browser.get("/desk/review/?w=99&page=99").status_code == 200


def test_the_queue_costs_the_same_for_one_case_and_for_twenty(bureau: Bureau) -> None:
    bureau.case()
    browser = bureau.browser("first")
    before = queries(browser, "/desk/review/")
    fill(bureau, 18)
    assert queries(browser, "/desk/review/") == before <= 20


# --- reading a case ------------------------------------------------------------------------------


def test_a_first_publication_shows_its_fields_in_words_and_the_whole_text(bureau: Bureau) -> None:
    case = bureau.case()
    said = words(bureau.browser("first").get(page(case)))
    assert "首次公开" in said
    assert "财政" in said and "优化营商环境·政策文件" in said and "主动公开" in said
    assert "0401" not in said and "yingshang" not in said
    assert "符合条件的小微企业可以申请一次性补助。" in said


def correct(bureau: Bureau, **changes: Any) -> ReviewCase:
    """A change of a public item, in review."""
    item = make_public(
        bureau.city, bureau.city.bureau_a, bureau.editor, bureau.people, title=TITLE,
        body="<p>开头一段。</p><p>甲。</p><p>乙。</p><p>丙。</p><p>补助50元。</p><p>丁。</p>",
    )  # fmt: skip
    given = {"change_kind": "correction", "change_note": "更正金额", **changes}
    publishing.item_edit(
        item_id=item.pk, content=given, member=member(bureau.editor), now=moment(12)
    )
    return submit(item, bureau.editor, now=moment(13))


def test_a_correction_shows_what_changed_and_leaves_out_what_did_not(bureau: Bureau) -> None:
    case = correct(
        bureau,
        body="<p>开头一段。</p><p>甲。</p><p>乙。</p><p>丙。</p><p>补助60元。</p><p>丁。</p>",
    )
    response = bureau.browser("first").get(page(case))
    said = words(response)
    assert "和公众现在看到的相比，改了 3 处" in said
    assert "删除：</span>50" in html(response) and "新增：</span>60" in html(response)
    changes = said.partition("改了 3 处")[2].partition("送审全文")[0]
    assert "这里有 3 段没有改动" in changes and "开头一段" not in changes
    assert "主题分类" not in changes


def test_what_a_person_typed_is_shown_as_text_never_as_markup(bureau: Bureau) -> None:
    case = bureau.case(
        summary="<script>alert(1)</script>摘要", body="<p>正文</p><script>x()</script>"
    )
    sent = html(bureau.browser("first").get(page(case)))
    assert "<script>alert(1)" not in sent and "x()" not in sent
    assert "&lt;script&gt;alert(1)" in sent


def test_the_page_names_the_step_and_who_may_decide_it(bureau: Bureau) -> None:
    case = bureau.case()
    assert "初审结论" in words(bureau.browser("first").get(page(case)))
    said = words(bureau.browser("final").get(page(case)))
    assert "现在到初审" in said and "市财政局的初审人员办理" in said
    assert "作出结论" not in said


def test_the_page_of_a_case_takes_at_most_twenty_queries(bureau: Bureau) -> None:
    case = correct(bureau, body="<p>另一段。</p>", keywords=["补助"], topics=["yingshang/jiedu"])
    bureau.ask(case)
    assert queries(bureau.browser("first"), page(case)) <= 20


@pytest.mark.parametrize("rounds", [2, 5])
def test_earlier_rounds_cost_the_same_however_many(bureau: Bureau, rounds: int) -> None:
    case = bureau.case()
    for number in range(rounds):
        services.step_reject(
            case_id=case.pk, step="first", digest=case.digest, remark="再改改",
            member=member(bureau.people["first"]), now=moment(12),
        )  # fmt: skip
        publishing.item_edit(
            item_id=case.subject_id, content={"summary": f"第 {number + 2} 稿的概述"},
            member=member(bureau.editor), now=moment(12),
        )  # fmt: skip
        case = submit(Item.objects.get(), bureau.editor, now=moment(13))
    browser = bureau.browser("first")
    assert queries(browser, page(case)) <= 20
    said = words(browser.get(page(case)))
    assert "以前的送审" in said and said.count("再改改") == rounds


def test_an_old_round_points_to_the_newest_one(bureau: Bureau) -> None:
    old = bureau.case()
    services.case_recall(case_id=old.pk, member=member(bureau.editor), now=moment(12))
    new = submit(Item.objects.get(), bureau.editor, now=moment(13))
    response = sign_in(bureau.editor).get(page(old))
    assert "后来又送审过" in words(response) and f'href="{page(new)}"' in html(response)
    assert "去修改" not in words(response)


# --- deciding ------------------------------------------------------------------------------------


def test_an_approval_passes_the_case_on(bureau: Bureau) -> None:
    case = bureau.case()
    response = bureau.browser("first").post(page(case), verdict(case, "approve"))
    assert response.status_code == 302 and response["Location"] == page(case)
    assert (stored(case).current_step, stored(case).status) == ("final", "open")


def test_the_last_approval_releases_and_goes_on_to_the_live_strip(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.approve(case, "first", "final")
    response = bureau.browser("secrecy").post(
        page(case), verdict(case, "open", legal_basis=BASIS, code="")
    )
    assert response["Location"] == f"/desk/strip/item/{case.subject_id}/"
    assert Item.objects.get().visibility == "public"
    said = words(bureau.browser("secrecy").get(page(case)))
    assert "已按审定内容发布" in said and "条例第十三条" in said


def test_a_choice_is_needed_and_the_remark_stays(bureau: Bureau) -> None:
    case = bureau.case()
    response = bureau.browser("first").post(
        page(case), {"digest": case.digest, "remark": "已核对第二部分"}
    )
    assert response.status_code == 422
    assert "请选择结论。" in words(response) and 'href="#id_verdict_0"' in html(response)
    assert "已核对第二部分" in html(response)


def test_sending_back_needs_its_reason_and_the_choice_stays(bureau: Bureau) -> None:
    case = bureau.case()
    response = bureau.browser("first").post(page(case), verdict(case, "reject"))
    assert response.status_code == 422
    assert "请写明退回的理由和需要修改的地方。" in words(response)
    assert 'href="#id_remark"' in html(response)
    chosen = html(response).partition('value="reject"')[2][:80]
    assert "checked" in chosen
    assert stored(case).status == CaseStatus.OPEN


def test_sending_back_ends_the_round_and_offers_the_editor_to_go_on(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.browser("first").post(page(case), verdict(case, "reject", remark="缺监督电话"))
    assert stored(case).status == CaseStatus.REJECTED
    response = sign_in(bureau.editor).get(page(case))
    assert "去修改" in words(response) and "缺监督电话" in words(response)
    assert f'href="/admin/items/edit/{case.subject_id}/"' in html(response)
    assert "去修改" not in words(bureau.browser("first").get(page(case)))


def secrecy(bureau: Bureau) -> ReviewCase:
    case = bureau.case()
    bureau.approve(case, "first", "final")
    return case


def test_article_17_publishing_needs_its_legal_basis(bureau: Bureau) -> None:
    case = secrecy(bureau)
    response = bureau.browser("secrecy").post(page(case), verdict(case, "open", remark="没有问题"))
    assert response.status_code == 422
    assert "请填写可以公开的依据" in words(response) and "没有问题" in html(response)
    assert Item.objects.get().visibility == "hidden"


def test_withholding_needs_one_of_the_seven_grounds_and_keeps_the_reason(bureau: Bureau) -> None:
    case = secrecy(bureau)
    response = bureau.browser("secrecy").post(
        page(case), verdict(case, "withhold", remark="属于讨论中的意见", code="")
    )
    assert response.status_code == 422
    assert "请从条例规定的七种情形中选择一种。" in words(response)
    assert "属于讨论中的意见" in html(response)
    assert not WithheldRecord.objects.exists()


@pytest.mark.parametrize("code", WithholdCode.values)
def test_a_withheld_case_shows_ground_reason_and_the_next_look(bureau: Bureau, code: str) -> None:
    case = secrecy(bureau)
    bureau.browser("secrecy").post(
        page(case), verdict(case, "withhold", remark="属于讨论中的意见", code=code)
    )
    said = words(sign_in(bureau.editor).get(page(case)))
    assert "审定不予公开" in said and str(WithholdCode(code).label) in said
    assert "属于讨论中的意见" in said and "2023年10月18日" in said


@pytest.mark.parametrize("superuser", [False, True])
def test_four_eyes_the_author_reads_why_and_is_refused_even_as_superuser(
    bureau: Bureau, superuser: bool
) -> None:
    give_role(bureau.editor, "first_reviewer", bureau.city.bureau_a)
    User.objects.filter(pk=bureau.editor.pk).update(is_superuser=superuser)
    case = bureau.case()
    browser = sign_in(bureau.editor)
    said = words(browser.get(page(case)))
    assert "这一步不能由您办理" in said and "四眼原则" in said and "作出结论" not in said
    assert refused(browser.post(page(case), verdict(case, "approve")), 403, "四眼原则")
    assert not Review.objects.exists()


def test_four_eyes_who_decided_one_step_is_refused_the_next(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.approve(case, "first")
    give_role(bureau.people["first"], "final_reviewer", bureau.city.bureau_a)
    browser = bureau.browser("first")
    assert "已经在这次送审的另一步作过结论" in words(browser.get(page(case)))
    assert refused(browser.post(page(case), verdict(case, "approve")), 403, "四眼原则")


def test_a_colleague_without_the_steps_role_is_refused_with_the_role_named(bureau: Bureau) -> None:
    case = bureau.case()
    response = bureau.browser("final").post(page(case), verdict(case, "approve"))
    assert refused(response, 403, "岗位权限") and "初审" in words(response)


def test_what_was_read_must_be_what_was_sent_in(bureau: Bureau) -> None:
    case = bureau.case()
    given = {**verdict(case, "approve"), "digest": "0" * 64}
    assert refused(bureau.browser("first").post(page(case), given), 409, "所审即所发")
    assert stored(case).current_step == "first"


def test_a_decided_case_is_not_decided_again(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.browser("first").post(page(case), verdict(case, "reject", remark="不行"))
    colleague = sign_in(user_with("first_reviewer", bureau.city.bureau_a))
    response = colleague.post(page(case), verdict(case, "approve"))
    assert response.status_code == 409 and "请刷新页面" in words(response)


def test_a_case_kept_for_a_time_says_when(bureau: Bureau) -> None:
    case = submit(bureau.draft(), bureau.editor, release_at=moment(20))
    approve_all(case, bureau.people)
    said = words(sign_in(bureau.editor).get(page(case)))
    assert "等待发布" in said and "2022-10-18 20:00" in said


# --- taking back ---------------------------------------------------------------------------------


def test_the_editor_takes_a_submission_back(bureau: Bureau) -> None:
    case = bureau.case()
    browser = sign_in(bureau.editor)
    assert "撤回送审" in words(browser.get(page(case)))
    assert browser.post(f"{page(case)}recall/").status_code == 302
    assert stored(case).status == CaseStatus.RECALLED
    said = words(browser.get(page(case)))
    assert "可以继续修改" in said and "去修改" in said


def test_a_reviewer_may_not_take_it_back(bureau: Bureau) -> None:
    case = bureau.case()
    browser = bureau.browser("first")
    assert "撤回送审" not in words(browser.get(page(case)))
    assert refused(browser.post(f"{page(case)}recall/"), 403, "岗位权限")


def test_what_is_published_is_not_taken_back_this_way(bureau: Bureau) -> None:
    case = bureau.case()
    approve_all(case, bureau.people)
    browser = sign_in(bureau.editor)
    assert refused(browser.post(f"{page(case)}recall/"), 409, "审核流程")


def test_taking_back_needs_a_post(bureau: Bureau) -> None:
    assert sign_in(bureau.editor).get(f"{page(bureau.case())}recall/").status_code == 405


# --- asking other organs (条例第十一条) ------------------------------------------------------------


def answer_page(question: Consultation) -> str:
    return f"/desk/review/consultations/{question.pk}/"


def test_article_11_the_editor_asks_another_organ(bureau: Bureau) -> None:
    case = bureau.case()
    browser = sign_in(bureau.editor)
    response = browser.post(
        f"{page(case)}consult/", {"units": [bureau.city.bureau_b.pk], "question": "请核对金额"}
    )
    assert response["Location"] == f"{page(case)}#questions"
    said = words(browser.get(page(case)))
    assert "市发展改革委" in said and "请核对金额" in said and "等待回复" in said


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"question": "请核对金额"}, "请至少选择一个单位。"),
        ({"units": ["b"], "question": ""}, "请写明要征求意见的事项。"),
        ({"units": ["0"], "question": "请核对金额"}, "请重新选择。"),
    ],
)
def test_an_incomplete_question_comes_back_with_what_was_typed(
    bureau: Bureau, given: dict[str, Any], message: str
) -> None:
    case = bureau.case()
    given = {**given, "units": [str(bureau.city.bureau_b.pk) if u == "b" else u
                                for u in given.get("units", [])]}  # fmt: skip
    response = sign_in(bureau.editor).post(f"{page(case)}consult/", given)
    assert response.status_code == 422 and message in words(response)
    assert given["question"] in html(response)
    assert not Consultation.objects.exists()


def test_the_own_unit_and_those_already_asked_are_not_offered(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.ask(case)
    sent = html(sign_in(bureau.editor).get(page(case)))
    offered = sent.partition('class="pick"')[2].partition("</form>")[0]
    assert "市政务公开办" in offered
    assert "市财政局" not in offered and "市发展改革委" not in offered


def test_somebody_who_only_watches_may_not_ask(bureau: Bureau) -> None:
    case = bureau.case()
    supervisor = sign_in(user_with("supervisor", bureau.city.office))
    assert "征求意见</summary>" not in html(supervisor.get(page(case)))
    given = {"units": [bureau.city.bureau_b.pk], "question": "请核对金额"}
    assert refused(supervisor.post(f"{page(case)}consult/", given), 403, "岗位权限")


def test_the_organ_asked_finds_the_question_reads_the_text_and_agrees(bureau: Bureau) -> None:
    question = bureau.ask(bureau.case())
    colleague = sign_in(user_with("secrecy_reviewer", bureau.city.bureau_b))
    assert TITLE in words(colleague.get("/desk/review/"))
    said = words(colleague.get(answer_page(question)))
    assert "请核对第二部分。" in said and "可以申请一次性补助" in said
    response = colleague.post(answer_page(question), {"agrees": "yes", "opinion": "属实"})
    assert response["Location"] == answer_page(question)
    assert "已回复：同意公开" in words(colleague.get(answer_page(question)))
    assert "等我单位回复的征求意见" not in words(colleague.get("/desk/review/"))


def test_an_objection_needs_its_grounds_and_the_choice_stays(bureau: Bureau) -> None:
    question = bureau.ask(bureau.case())
    colleague = sign_in(user_with("first_reviewer", bureau.city.bureau_b))
    response = colleague.post(answer_page(question), {"agrees": "no", "opinion": " "})
    assert response.status_code == 422 and "请写明理由和依据" in words(response)
    assert "checked" in html(response).partition('value="no"')[2][:60]
    response = colleague.post(answer_page(question), {"opinion": "标准还没有定"})
    assert response.status_code == 422 and "请选择是否同意。" in words(response)
    assert "标准还没有定" in html(response)


def test_an_editor_of_the_organ_asked_reads_but_does_not_answer(bureau: Bureau) -> None:
    question = bureau.ask(bureau.case())
    editor = sign_in(user_with("editor", bureau.city.bureau_b))
    response = editor.get(answer_page(question))
    assert "由市发展改革委的审核人员回复" in words(response) and "<textarea" not in html(response)
    given = {"agrees": "yes", "opinion": ""}
    assert refused(editor.post(answer_page(question), given), 403, "岗位权限")


def test_a_question_does_not_exist_for_a_third_organ(bureau: Bureau) -> None:
    question = bureau.ask(bureau.case())
    stranger = sign_in(user_with("final_reviewer", bureau.city.district_1))
    assert stranger.get(answer_page(question)).status_code == 404
    assert stranger.post(answer_page(question), {"agrees": "yes"}).status_code == 404


def test_a_question_is_answered_once(bureau: Bureau) -> None:
    question = bureau.ask(bureau.case())
    colleague = sign_in(user_with("final_reviewer", bureau.city.bureau_b))
    colleague.post(answer_page(question), {"agrees": "yes", "opinion": ""})
    given = {"agrees": "no", "opinion": "反悔"}
    assert colleague.post(answer_page(question), given).status_code == 409


def objected(bureau: Bureau) -> tuple[ReviewCase, Consultation]:
    """At the last step, with an objection that nobody has settled."""
    case = bureau.case()
    question = bureau.ask(case)
    consulting.consultation_answer(
        consultation_id=question.pk, agrees=False, opinion="标准还没有定", now=moment(12),
        member=member(user_with("final_reviewer", bureau.city.bureau_b)),
    )  # fmt: skip
    bureau.approve(case, "first", "final")
    return case, question


def test_article_11_an_open_objection_stops_the_last_verdict(bureau: Bureau) -> None:
    case, _ = objected(bureau)
    browser = bureau.browser("secrecy")
    assert "市发展改革委的意见还没有了结" in words(browser.get(page(case)))
    response = browser.post(page(case), verdict(case, "open", legal_basis=BASIS))
    assert refused(response, 409, "条例第十一条")
    assert Item.objects.get().visibility == "hidden"


def test_a_settlement_needs_words_and_lets_the_case_go_on(bureau: Bureau) -> None:
    case, question = objected(bureau)
    browser = bureau.browser("secrecy")
    settle = f"/desk/review/consultations/{question.pk}/settle/"
    response = browser.post(settle, {"settlement": "  "})
    assert response.status_code == 422 and "请写明协商的经过和结果。" in words(response)
    response = browser.post(settle, {"settlement": "10月18日电话协商，删去第三项。"})
    assert response["Location"] == f"{page(case)}#questions"
    said = words(browser.get(page(case)))
    assert "删去第三项" in said and "已协商一致" in said and "还没有了结" not in said
    browser.post(page(case), verdict(case, "open", legal_basis=BASIS))
    assert stored(case).status == CaseStatus.RELEASED


def test_only_reviewers_of_the_cases_unit_settle(bureau: Bureau) -> None:
    _, question = objected(bureau)
    settle = f"/desk/review/consultations/{question.pk}/settle/"
    given = {"settlement": "商量好了"}
    assert refused(sign_in(bureau.editor).post(settle, given), 403, "岗位权限")
    stranger = sign_in(user_with("final_reviewer", bureau.city.district_1))
    assert stranger.post(settle, given).status_code == 404
    assert bureau.browser("final").post(
        "/desk/review/consultations/99999/settle/", given
    ).status_code == 404  # fmt: skip


def test_each_objection_has_a_form_of_its_own(bureau: Bureau) -> None:
    case, _ = objected(bureau)
    consulting.consultation_ask(
        case_id=case.pk, units=[bureau.city.office], question="也请核对", now=moment(12),
        member=member(bureau.editor),
    )  # fmt: skip
    second = Consultation.objects.get(unit=bureau.city.office)
    consulting.consultation_answer(
        consultation_id=second.pk, agrees=False, opinion="也不同意", now=moment(12),
        member=member(user_with("final_reviewer", bureau.city.office)),
    )  # fmt: skip
    sent = html(bureau.browser("secrecy").get(page(case)))
    for question in Consultation.objects.all():
        assert sent.count(f'id="id_settle_{question.pk}_settlement"') == 1
