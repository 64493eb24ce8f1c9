"""条例第十二条: the guide made from the unit's own data, and compared with them."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.profiles.rules_guide import (
    GUIDE_FIELDS,
    UnitData,
    compare,
    generate,
    office_in,
    present_data,
)
from gongkai.profiles.tests.test_rules import DAY, WHOLE


def data(**changes: Any) -> UnitData:
    values: dict[str, Any] = {
        "name": "长沙市财政局",
        "functions": WHOLE,
        "functions_on": date(2022, 9, 1),
        "classes": [("政策文件", 12), ("财政预算、决算", 3)],
        "directory": "/dw/czj/ml/",
        "search": "/search/",
        "apply": "/dw/czj/?part=apply",
        "index_example": "CZJ/2022-00001",
        **changes,
    }
    return UnitData(**values)


def test_article_12_a_generated_guide_has_every_field() -> None:
    facts = generate(data()).facts
    assert list(facts) == list(GUIDE_FIELDS)
    assert all(facts.values())


def test_every_statement_names_where_it_comes_from() -> None:
    for statement in generate(data()).statements:
        assert statement.source, statement.key


def test_what_is_generated_matches_what_it_was_generated_from() -> None:
    assert compare(generate(data()).facts, data(), reviewed_on=DAY, today=DAY) == []


def test_the_guide_repeats_address_hours_and_phone_of_the_functions() -> None:
    guide = generate(data())
    assert guide.facts["phone"] == WHOLE["phone"]
    assert guide.facts["fax"] == "0731-88660002"
    assert guide.facts["email"] == "czj@example.cn"
    for value in (WHOLE["phone"], "czj@example.cn", "政策文件：12 条", "/dw/czj/ml/"):
        assert value in guide.body


def test_names_are_escaped_in_the_body() -> None:
    body = generate(data(name="<b>局</b>", classes=[("a&b", 1)])).body
    assert "<b>局" not in body and "&lt;b&gt;局" in body and "a&amp;b" in body


def test_fields_without_source_stay_empty_for_the_gate_to_name() -> None:
    facts = generate(data(functions={}, functions_on=None)).facts
    assert facts["address"] == facts["phone"] == facts["office"] == ""


def test_what_only_the_present_guide_knows_is_kept() -> None:
    guide = generate(data(functions={}, guide={"office": "综合科", "fax": "0731-88000000"}))
    assert guide.facts["office"] == "综合科" and guide.facts["fax"] == "0731-88000000"
    sources = {s.key: s.source for s in guide.statements}
    assert sources["office"] == sources["fax"] == "现行指南"


def test_new_functions_win_over_the_present_guide() -> None:
    guide = generate(data(guide={"phone": "0731-11111111", "office": "办公室"}))
    assert guide.facts["phone"] == WHOLE["phone"]


@pytest.mark.parametrize(
    ("departments", "office"),
    [
        ("办公室\n预算处", "办公室"),
        ("1. 预算处\n2. 办公室：负责文电、会务", "办公室"),
        ("预算处：编制预算\n法规处：负责政务公开", "法规处"),
        ("政务公开科、人事科", "政务公开科"),
        ("综合科；业务科", "综合科"),
        ("预算处\n国库处", ""),
        ("", ""),
        ([{"name": "预算处"}, {"name": "办公室", "duty": "文电"}], "办公室"),
        ([{"name": "办公室"}, {"name": "法规处", "duty": "承担政务公开工作"}], "法规处"),
        ([{"name": "预算处"}, "坏行", {}], ""),
    ],
)
def test_the_office_in_charge_is_read_from_the_departments(departments: Any, office: str) -> None:
    assert office_in(departments) == office


@pytest.mark.parametrize("name", list(GUIDE_FIELDS))
def test_article_12_each_missing_field_is_found_alone(name: str) -> None:
    facts = {**generate(data()).facts, name: ""}
    [finding] = compare(facts, data(), reviewed_on=DAY, today=DAY)
    assert (finding.severity, finding.field, finding.basis) == ("missing", name, "条例第十二条")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "天心区白沙路 1 号"), ("hours", "8:00—11:00，13:30—17:00"),
        ("phone", "0731-88660009"), ("fax", "0731-88660009"), ("email", "other@example.cn"),
    ],
)  # fmt: skip
def test_article_53_each_differing_field_is_found_with_both_values(name: str, value: str) -> None:
    facts = {**generate(data()).facts, name: value}
    [finding] = compare(facts, data(), reviewed_on=DAY, today=DAY)
    assert (finding.severity, finding.field) == ("wrong", name)
    assert finding.basis == "条例第五十三条第二项"
    assert value in finding.message
    assert present_data(data())[name] in finding.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "湖南省长沙市岳麓区岳华路218号"), ("phone", "（0731）88660001"),
        ("hours", "工作日 09:00至12:00，13:30至17:00"), ("email", "CZJ@example.cn"),
        ("fax", "88660002"),
    ],
)  # fmt: skip
def test_another_writing_of_the_same_is_no_difference(name: str, value: str) -> None:
    facts = {**generate(data()).facts, name: value}
    assert compare(facts, data(), reviewed_on=DAY, today=DAY) == []


def test_a_class_in_which_something_is_public_must_be_named() -> None:
    facts = generate(data()).facts
    more = data(classes=[("政策文件", 13), ("财政预算、决算", 3), ("行政处罚", 1), ("空类", 0)])
    [finding] = compare(facts, more, reviewed_on=DAY, today=DAY)
    assert finding.field == "classification"
    assert "行政处罚" in finding.message and "空类" not in finding.message


def test_without_functions_there_is_nothing_to_differ_from() -> None:
    facts = generate(data()).facts
    assert compare(facts, data(functions={}), reviewed_on=DAY, today=DAY) == []


@pytest.mark.parametrize(("days", "stale"), [(365, "soon"), (366, "stale"), (10, None)])
def test_article_53_a_guide_not_reviewed_for_a_year_is_stale(days: int, stale: str | None) -> None:
    facts = generate(data()).facts
    found = compare(facts, data(), reviewed_on=DAY - timedelta(days=days), today=DAY)
    assert [f.severity for f in found] == ([stale] if stale else [])


LINE = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)


@given(st.dictionaries(st.sampled_from(list(WHOLE)), LINE), st.lists(LINE, max_size=4))
def test_whatever_the_unit_wrote_its_generated_guide_never_differs_from_it(
    functions: dict[str, str], classes: list[str]
) -> None:
    unit = data(functions=functions, classes=[(name, 1) for name in classes])
    found = compare(generate(unit).facts, unit, reviewed_on=DAY, today=DAY)
    assert not [f for f in found if "机构职能写的是" in f.message or f.field == "classification"]
