"""What a profile must say: phones, addresses, hours, eight facts, leaders, directory, reviews."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.profiles import rules

DAY = date(2022, 10, 18)
WHOLE: dict[str, Any] = {
    "org_name": "长沙市财政局",
    "duties": "拟订财政政策，编制预算。",
    "departments": [{"name": "办公室", "duty": "文电、政务公开"}, {"name": "预算处"}],
    "address": "岳麓区岳华路 218 号",
    "hours": "工作日 9:00—12:00，13:30—17:00",
    "phone": "0731-88660001",
    "contact": "传真 0731-88660002，电子邮箱 czj@example.cn",
    "head": "张演示",
}
LEADER = {"name": "张演示", "post": "局长", "duty": "主持全面工作", "resume": "1970 年生。"}


@pytest.mark.parametrize(
    "value",
    [
        "0731-88660001", "88660001", "073188660001", "(0731)88660001", "（0731）88660001",
        "0731—88660001", "0731 88660001", "0731-88660001-802", "0731-88660001转802", "12345",
        "400-820-8820", "0731-88660001、0731-88660002", "88660001/88660002", "财政：0731-88660001",
        "020-1234567",
    ],
)  # fmt: skip
def test_office_phones_in_their_usual_writings_pass(value: str) -> None:
    assert rules.phone_problem(value) is None


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("", "没有填写"), ("   ", "没有填写"), (None, "没有填写"), ("13800138000", "手机号"),
        ("138-0013-8000", "手机号"), ("0731-88660001、13800138000", "手机号"), ("见网站", "不像"),
        ("0731-886", "不像"), ("0731-88660001 局长室", "不像"), ("电话占线", "不像"),
    ],
)  # fmt: skip
def test_what_is_no_office_phone_is_named(value: str | None, part: str) -> None:
    assert part in (rules.phone_problem(value) or "")


@given(st.integers(10_000_000, 99_999_999))
def test_any_eight_digit_number_passes_with_and_without_area_code_and_is_the_same(n: int) -> None:
    bare, coded, wide = str(n), f"0731-{n}", f"（0731）{n}"
    assert rules.phone_problem(bare) is None
    assert rules.phone_problem(coded) is None
    assert rules.same_phone(bare, coded)
    assert rules.same_phone(coded, wide)
    assert not rules.same_phone(coded, f"0731-{n + 1}")


@given(st.text(max_size=60))
def test_no_text_whatever_breaks_a_check(text: str) -> None:
    for check in (
        rules.phone_problem, rules.email_problem, rules.address_problem, rules.hours_problem,
    ):  # fmt: skip
        assert check(text) is None or check(text)
    rules.parse_contact(text)
    assert rules.same_address(text, text)
    assert rules.same_hours(text, text)
    assert rules.same_phone(text, text)


@pytest.mark.parametrize(
    "value", ["岳麓区岳华路218号", "望城区高塘岭街道郭亮中路 88 号", "白沙镇便民服务中心大楼"]
)
def test_addresses_one_can_find_pass(value: str) -> None:
    assert rules.address_problem(value) is None


@pytest.mark.parametrize("value", ["", "市里", "长沙", "办公楼", "见官方网站首页"])
def test_addresses_nobody_can_find_are_named(value: str) -> None:
    assert rules.address_problem(value)


@pytest.mark.parametrize("value", ["工作日 9:00—12:00", "周一至周五上午9时到12时", "9点—17点"])
def test_hours_by_the_clock_pass(value: str) -> None:
    assert rules.hours_problem(value) is None


@pytest.mark.parametrize("value", ["", "工作日", "上班时间", "9:00 开始"])
def test_hours_without_clock_are_named(value: str) -> None:
    assert rules.hours_problem(value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("湖南省长沙市岳麓区岳华路218号", "岳麓区岳华路 218 号", True),
        ("长沙市岳麓区岳华路２１８号", "岳麓区岳华路218号", True),
        ("岳麓区岳华路218号", "岳麓区岳华路219号", False),
    ],
)
def test_addresses_are_the_same_without_province_city_and_blanks(
    one: str, other: str, same: bool
) -> None:
    assert rules.same_address(one, other) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("9:00-12:00", "09:00—12:00", True),
        ("9:00至12:00", "9：00～12：00", True),
        ("9时至12时", "9:00-12:00", True),
        ("9点30分到12点", "9:30-12:00", True),
        ("每周一至周五 9:00-17:00", "星期一至星期五9:00—17:00", True),
        ("9:00-12:00", "9:00-12:30", False),
    ],
)
def test_hours_are_the_same_however_they_are_written(one: str, other: str, same: bool) -> None:
    assert rules.same_hours(one, other) is same


@pytest.mark.parametrize(
    ("value", "fax", "email"),
    [
        ("传真 0731-88660002，电子邮箱 czj@example.cn", "0731-88660002", "czj@example.cn"),
        ("czj@example.cn；88660002", "88660002", "czj@example.cn"),
        ("邮箱：a1.b-2@gov.example.cn", "", "a1.b-2@gov.example.cn"),
        ("传真：（0731）88660002", "(0731)88660002", ""),
        ("", "", ""),
        ("没有", "", ""),
        ("88660002@example.cn", "", "88660002@example.cn"),
    ],
)
def test_fax_and_mailbox_are_read_in_any_order(value: str, fax: str, email: str) -> None:
    assert rules.parse_contact(value) == rules.Contact(fax, email)


def test_the_eight_facts_complete_have_no_finding() -> None:
    assert rules.functions_findings(WHOLE) == []


@pytest.mark.parametrize("name", list(rules.FUNCTION_FIELDS))
def test_each_of_the_eight_facts_is_missed_alone(name: str) -> None:
    """条例第二十条第二项."""
    [finding] = rules.functions_findings({**WHOLE, name: " "})
    assert (finding.severity, finding.field) == ("missing", name)
    assert rules.FUNCTION_FIELDS[name] in finding.message
    assert finding.basis == "条例第二十条第二项"


@pytest.mark.parametrize(
    ("name", "value"),
    [("phone", "13800138000"), ("address", "市里"), ("hours", "工作日"), ("contact", "无")],
)
def test_facts_in_the_wrong_form_are_wrong_not_missing(name: str, value: str) -> None:
    found = rules.functions_findings({**WHOLE, name: value})
    assert {f.severity for f in found} == {"wrong"}
    assert {f.field for f in found} == {name}


@given(st.sets(st.sampled_from(list(rules.FUNCTION_FIELDS))))
def test_exactly_the_empty_facts_are_missed(empty: set[str]) -> None:
    facts = {k: "" if k in empty else v for k, v in WHOLE.items()}
    found = rules.functions_findings(facts)
    assert {f.field for f in found if f.severity == "missing"} == empty
    assert all(f.severity == "missing" for f in found)


def test_complete_leaders_have_no_finding() -> None:
    assert rules.leader_findings([LEADER, {**LEADER, "name": "李演示"}]) == []


@pytest.mark.parametrize("name", list(rules.LEADER_FIELDS))
def test_each_fact_of_a_leader_is_missed(name: str) -> None:
    found = rules.leader_findings([LEADER, {**LEADER, "name": "李演示", name: ""}])
    assert [(f.severity, f.field) for f in found] == [("missing", name)]
    assert ("第 2 位领导" if name == "name" else "李演示") in found[0].message


def test_a_leader_named_twice_is_found() -> None:
    [finding] = rules.leader_findings([LEADER, dict(LEADER)])
    assert finding.severity == "wrong" and "张演示" in finding.message


@pytest.mark.parametrize("name", list(rules.DIRECTORY_FIELDS))
def test_article_12_each_column_of_the_directory_is_needed(name: str) -> None:
    row = {"index_no": "X/2022-00001", "title": "通知", "summary": "概述", "formed_on": DAY}
    [finding] = rules.directory_findings([row, {**row, name: ""}, {**row, name: None}])
    assert finding.field == name and "2 条" in finding.message
    assert rules.directory_findings([row]) == []


@pytest.mark.parametrize(
    ("days", "severity"), [(0, None), (334, None), (335, "soon"), (365, "soon"), (366, "stale")]
)
def test_a_review_is_soon_from_thirty_days_before_and_stale_after_365(
    days: int, severity: str | None
) -> None:
    found = rules.review_finding(rules.PART_KEYS["guide"], DAY - timedelta(days=days), DAY)
    assert (found.severity if found else None) == severity


def test_reports_are_never_due_for_review() -> None:
    assert rules.review_finding(rules.PART_KEYS["report"], date(2000, 1, 1), DAY) is None
    assert rules.review_finding(rules.PART_KEYS["guide"], None, DAY) is None


@pytest.mark.parametrize(
    ("government", "today", "wanted"),
    [
        (False, date(2022, 1, 31), 2020),
        (False, date(2022, 2, 1), 2021),
        (True, date(2022, 2, 1), 2020),
        (True, date(2022, 3, 31), 2020),
        (True, date(2022, 4, 1), 2021),
    ],
)
def test_article_49_a_report_is_missed_from_the_day_after_its_due_day(
    government: bool, today: date, wanted: int
) -> None:
    found = rules.report_findings(
        [], founded=date(2000, 1, 1), whole_government=government, today=today
    )
    assert [f"{wanted} 年度报告" in f.message for f in found] == [True]
    assert not rules.report_findings(
        [wanted], founded=date(2000, 1, 1), whole_government=government, today=today
    )


def test_a_unit_owes_no_report_on_years_before_it_existed() -> None:
    found = rules.report_findings([], founded=DAY, whole_government=False, today=DAY)
    assert found == []


@pytest.mark.parametrize(
    ("title", "facts", "year"),
    [
        ("市财政局2021年政府信息公开工作年度报告", {}, 2021),
        ("年度报告", {"year": "2020"}, 2020),
        ("年度报告", {"year": 2020}, 2020),
        ("2021年报告（2022年发布）", {}, 2021),
        ("年度报告", {}, 0),
        ("第120219号报告", {}, 0),
    ],
)
def test_the_year_of_a_report(title: str, facts: dict[str, object], year: int) -> None:
    assert rules.report_year(title, facts) == year
