"""The withheld register at the desk: who reads what, the export, evaluations through the forms."""

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from gongkai.core import facts
from gongkai.core.errors import PermissionRefused
from gongkai.core.models import Fact
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit, User
from gongkai.publishing.enums import Status
from gongkai.publishing.models import Item
from gongkai.review import evaluating, register_file, services
from gongkai.review.models import ReviewCase, WithheldRecord
from tests.factories import (
    DAY,
    City,
    approve_all,
    make_city,
    make_draft,
    member,
    moment,
    reviewers,
    submit,
    user_with,
)
from tests.screens import html, queries, refused, sign_in, stop_clock, words

REASON = "会商意见还没有定论"


@dataclass
class Desk:
    """Two units with withheld records, and their people."""

    city: City
    people: dict[str, User]
    editor: User

    def withhold(self, unit: Unit | None = None, **more: Any) -> WithheldRecord:
        unit = unit or self.city.bureau_a
        own = unit == self.city.bureau_a
        editor = self.editor if own else user_with("editor", unit)
        people = self.people if own else reviewers(unit)
        code = more.pop("code", "process_info")
        due = more.pop("due", None)
        case = submit(make_draft(self.city, unit, editor, kind="news", **more), editor)
        for step in ("first", "final"):
            services.step_approve(
                case_id=case.pk, step=step, digest=case.digest, member=member(people[step]),
                now=moment(11),
            )  # fmt: skip
        record = services.case_withhold(
            case_id=case.pk, digest=case.digest, code=code, reason=REASON,
            member=member(people["secrecy"]), now=moment(12),
        )  # fmt: skip
        if due:
            WithheldRecord.objects.filter(pk=record.pk).update(next_review_on=due)
        return WithheldRecord.objects.get(pk=record.pk)


@pytest.fixture
def desk(db: None, monkeypatch: pytest.MonkeyPatch) -> Desk:
    stop_clock(monkeypatch)
    city = make_city()
    return Desk(city, reviewers(city.bureau_a), user_with("editor", city.bureau_a))


def page(record: WithheldRecord) -> str:
    return f"/desk/withheld/{record.pk}/"


# --- the list ------------------------------------------------------------------------------------


def test_an_empty_register_says_what_will_come(desk: Desk) -> None:
    assert "没有不予公开的信息" in words(sign_in(desk.editor).get("/desk/withheld/"))


def test_overdue_comes_first_then_by_day_then_what_is_on_its_way(desk: Desk) -> None:
    later = desk.withhold(title="以后评估的")
    soon = desk.withhold(title="快要评估的", due=DAY + timedelta(9))
    late = desk.withhold(title="过期没有评估的", due=DAY - timedelta(1))
    released = desk.withhold(title="可以公开的", due=DAY - timedelta(40))
    release(desk, released)
    said = words(sign_in(desk.editor).get("/desk/withheld/"))
    places = [said.index(row.title) for row in (late, soon, later, released)]
    assert places == sorted(places)
    assert "有 1 条过了评估日期" in said and "条例第十六条第二款" in said and REASON in said


def release(desk: Desk, record: WithheldRecord) -> None:
    made = evaluating.evaluation_propose(
        record_id=record.pk, outcome="release", reason="已经有定论",
        member=member(desk.people["secrecy"]), now=moment(14),
    )  # fmt: skip
    evaluating.evaluation_confirm(
        evaluation_id=made.pk, member=member(desk.people["final"]), now=moment(15)
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"甲", "乙", "丙"}),
        ("code=process_info", {"甲", "丙"}),
        ("code=internal_affairs", {"乙"}),
        ("state=overdue", {"丙"}),
        ("state=soon", {"乙"}),
        ("state=kept", {"甲", "乙", "丙"}),
        ("state=published", set()),
        ("code=nonsense&state=nonsense&unit=nonsense", {"甲", "乙", "丙"}),
    ],
)
def test_the_list_is_filtered(desk: Desk, query: str, found: set[str]) -> None:
    desk.withhold(title="甲号信息")
    desk.withhold(title="乙号信息", code="internal_affairs", due=DAY + timedelta(3))
    desk.withhold(title="丙号信息", due=DAY - timedelta(3))
    said = words(sign_in(desk.editor).get(f"/desk/withheld/?{query}"))
    assert {name for name in "甲乙丙" if f"{name}号信息" in said} == found
    assert ("没有符合条件的登记" in said) is (not found)


def test_the_filter_by_unit_offers_only_units_with_records(desk: Desk) -> None:
    desk.withhold(title="甲号信息")
    other = desk.withhold(desk.city.bureau_b, title="乙号信息")
    office = sign_in(user_with("supervisor", desk.city.office))
    said = html(office.get(f"/desk/withheld/?unit={other.unit_id}"))
    assert "乙号信息" in said and "甲号信息" not in said
    assert f'<option value="{other.unit_id}" selected>' in said
    assert f'<option value="{desk.city.district_2.pk}"' not in said


def test_another_units_records_do_not_exist(desk: Desk) -> None:
    record = desk.withhold()
    browser = sign_in(user_with("final_reviewer", desk.city.bureau_b))
    assert record.title not in words(browser.get("/desk/withheld/"))
    assert browser.get(page(record)).status_code == 404


@pytest.mark.parametrize("role", ["clerk", "case_officer", "enquiry_officer", "operator"])
def test_posts_without_a_part_in_it_are_told_so(desk: Desk, role: str) -> None:
    browser = sign_in(user_with(role, desk.city.bureau_a))
    assert refused(browser.get("/desk/withheld/"), 403, "岗位权限")


def test_the_list_costs_the_same_however_long(desk: Desk) -> None:
    desk.withhold()
    browser = sign_in(desk.editor)
    few = queries(browser, "/desk/withheld/")
    for _ in range(7):
        desk.withhold()
    assert queries(browser, "/desk/withheld/") == few <= 16


# --- what a state secret shows -------------------------------------------------------------------


def test_the_citys_office_reads_the_code_of_a_districts_state_secret_and_no_title(
    desk: Desk,
) -> None:
    secret = desk.withhold(desk.city.district_1_bureau, code="state_secret", title="涉密信息标题")
    office = sign_in(user_with("supervisor", desk.city.office))
    for address in ("/desk/withheld/", page(secret), "/desk/review/"):
        response = office.get(address)
        assert response.status_code == 200
        assert "涉密信息标题" not in html(response) and REASON not in html(response)
    assert "依法确定为国家秘密" in words(office.get("/desk/withheld/"))
    assert office.get(f"/desk/review/{secret.case_id}/").status_code == 404


def test_the_trail_of_a_districts_state_secret_is_closed_to_the_citys_office(desk: Desk) -> None:
    secret = desk.withhold(desk.city.district_1_bureau, code="state_secret", title="涉密信息标题")
    trail = f"/desk/trail/item/{secret.subject_id}/"
    response = sign_in(user_with("supervisor", desk.city.office)).get(trail)
    assert response.status_code == 404 and "涉密信息标题" not in html(response)
    own = sign_in(user_with("supervisor", desk.city.district_1)).get(trail)
    assert own.status_code == 200 and "涉密信息标题" in html(own)


def test_the_unit_itself_and_its_own_office_read_the_title(desk: Desk) -> None:
    secret = desk.withhold(desk.city.district_1_bureau, code="state_secret", title="涉密信息标题")
    for person in (
        user_with("secrecy_reviewer", desk.city.district_1_bureau),
        user_with("supervisor", desk.city.district_1),
    ):
        browser = sign_in(person)
        assert "涉密信息标题" in words(browser.get("/desk/withheld/"))
        assert "涉密信息标题" in words(browser.get(page(secret)))
        assert browser.get(f"/desk/review/{secret.case_id}/").status_code == 200


def test_other_grounds_are_open_to_the_office_above(desk: Desk) -> None:
    record = desk.withhold(desk.city.district_1_bureau, title="区里的会商记录")
    office = sign_in(user_with("supervisor", desk.city.office))
    assert "区里的会商记录" in words(office.get(page(record)))


# --- the export ----------------------------------------------------------------------------------


def rows_of(content: bytes) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def test_the_export_lists_everything_but_the_words_of_state_secrets(desk: Desk) -> None:
    desk.withhold(title="会商记录", due=DAY - timedelta(1))
    desk.withhold(title="涉密信息标题", code="state_secret")
    office = user_with("supervisor", desk.city.office)
    response = sign_in(office).post("/desk/withheld/export/", {})
    assert response["Content-Type"] == register_file.CONTENT_TYPE
    assert "no-store" in response["Cache-Control"]
    rows = rows_of(response.content)
    assert rows[2] == register_file.HEADS and "一律不写" in rows[1][0]
    plain, secret = rows[3], rows[4]
    assert (plain[1], plain[2], plain[3], plain[5], plain[9]) == (
        "市财政局", "会商记录", "过程性信息", REASON, "已过评估日期",
    )  # fmt: skip
    assert plain[8].date() == DAY - timedelta(1)
    assert secret[2] == "（依法确定为国家秘密，标题不显示）" and not secret[5]
    assert "涉密信息标题" not in str(rows)


def test_who_exported_how_much_is_recorded(desk: Desk) -> None:
    desk.withhold()
    office = user_with("supervisor", desk.city.office)
    sign_in(office).post(
        "/desk/withheld/export/", {"code": "process_info", "unit": "", "state": ""}
    )
    fact = Fact.objects.get(action="review.withheld.exported")
    assert fact.actor_name == str(office)
    assert fact.details == {"rows": 1, "filters": {"code": "process_info"}}


def test_the_export_keeps_the_filters_and_the_area(desk: Desk) -> None:
    desk.withhold(title="市里的")
    own = desk.withhold(desk.city.district_1_bureau, title="望城的")
    office = member(user_with("supervisor", desk.city.district_1))
    rows = rows_of(register_file.register_export(filters={}, member=office, now=moment(18)))
    assert [row[0] for row in rows[3:]] == [own.pk]
    none = register_file.register_export(
        filters={"code": "law_forbidden"}, member=office, now=moment(18)
    )
    assert len(rows_of(none)) == 3


def test_a_title_is_never_a_formula(desk: Desk) -> None:
    desk.withhold(title="=HYPERLINK(1)")
    office = member(user_with("supervisor", desk.city.office))
    rows = rows_of(register_file.register_export(filters={}, member=office, now=moment(18)))
    assert rows[3][2] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("role", [r for r in Role.values if r != "supervisor"])
def test_only_supervisors_export(desk: Desk, role: str) -> None:
    person = user_with(role, desk.city.bureau_a)
    with pytest.raises(PermissionRefused):
        register_file.register_export(filters={}, member=member(person), now=moment(18))
    assert sign_in(person).post("/desk/withheld/export/").status_code == 403
    assert not Fact.objects.filter(action="review.withheld.exported").exists()


# --- evaluations through the forms ---------------------------------------------------------------


def test_from_withheld_to_published_through_the_screens(desk: Desk) -> None:
    record = desk.withhold()
    item = Item.objects.get()
    assert item.status == Status.WITHHELD
    secrecy, final = sign_in(desk.people["secrecy"]), sign_in(desk.people["final"])
    said = words(secrecy.get(page(record)))
    assert "提出评估" in said and "由另一位终审人员确认" in said
    given = {"outcome": "release", "reason": "已经有定论"}
    assert secrecy.post(page(record), given).status_code == 302
    assert "等待确认" in words(secrecy.get(page(record)))
    waiting = record.evaluations.get()
    assert "确认评估" in words(final.get(page(record)))
    address = f"/desk/withheld/evaluations/{waiting.pk}/"
    assert final.get(address)["Location"] == page(record)
    assert final.post(address, {"verdict": "confirm"}).status_code == 302
    said = words(final.get(page(record)))
    assert "2022年11月15日" in said and "还剩" in said and "为什么是这一天" in said
    item.refresh_from_db()
    assert item.status == Status.DRAFT
    assert f'href="/admin/items/edit/{item.pk}/"' in html(sign_in(desk.editor).get(page(record)))
    approve_all(submit(item, desk.editor, now=moment(18, 5)), desk.people, now=moment(18, 10))
    said = words(final.get(page(record)))
    assert "销号" in said and "实际公开" in said
    assert [f.action for f in facts.trail("item", item.pk)][-1] == "review.withheld.published"


def test_what_was_typed_comes_back_with_the_error(desk: Desk) -> None:
    record = desk.withhold()
    response = sign_in(desk.people["secrecy"]).post(
        page(record),
        {"outcome": "keep", "code": "", "reason": "还在会商", "next_review_on": "2030-01-01"},
    )
    assert response.status_code == 422
    said = html(response)
    assert "还在会商" in said and "七种情形" in said and "24 个月以内" in said
    assert "2030-01-01" in said


def test_sending_back_without_a_word_keeps_the_choice(desk: Desk) -> None:
    record = desk.withhold()
    sign_in(desk.people["secrecy"]).post(page(record), {"outcome": "release", "reason": "可以"})
    waiting = record.evaluations.get()
    final = sign_in(desk.people["final"])
    response = final.post(
        f"/desk/withheld/evaluations/{waiting.pk}/", {"verdict": "return", "remark": ""}
    )
    assert response.status_code == 422 and "请写明退回的理由" in words(response)
    final.post(
        f"/desk/withheld/evaluations/{waiting.pk}/", {"verdict": "return", "remark": "理由不足"}
    )
    said = words(final.get(page(record)))
    assert "已退回" in said and "理由不足" in said


def test_an_overdue_record_says_for_how_long_and_what_to_do(desk: Desk) -> None:
    record = desk.withhold(due=date(2022, 10, 11))
    said = words(sign_in(desk.people["final"]).get(page(record)))
    assert "该评估了" in said and "7 天" in said


def test_an_overdue_release_is_marked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    record = desk.withhold()
    release(desk, record)
    stop_clock(monkeypatch, moment(9, day=date(2022, 11, 16)))
    assert "已超期" in words(sign_in(desk.editor).get(page(record)))


def test_the_menu_counts_what_waits_for_the_person(desk: Desk) -> None:
    from gongkai.review.desk_withheld import due

    def due_count(person: Member) -> int:
        return sum(rows.count() for rows in due(person))

    desk.withhold(due=DAY)
    secrecy, final = member(desk.people["secrecy"]), member(desk.people["final"])
    assert (due_count(secrecy), due_count(final)) == (1, 1)
    assert due_count(member(desk.editor)) == 0
    record = WithheldRecord.objects.get()
    evaluating.evaluation_propose(
        record_id=record.pk, outcome="release", reason="可以", member=secrecy, now=moment(14)
    )
    assert (due_count(secrecy), due_count(final)) == (0, 1)


def test_the_case_page_leads_to_the_register(desk: Desk) -> None:
    record = desk.withhold()
    case = ReviewCase.objects.get()
    assert page(record) in html(sign_in(desk.editor).get(f"/desk/review/{case.pk}/"))
