"""What makes an item complete, late or contradictory: plain values only."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.core.codes import is_index_number
from gongkai.publishing import rules
from gongkai.publishing.models import CONTENT_FIELDS
from gongkai.publishing.rules import KindRules, Problem

TODAY = date(2022, 10, 18)
PREFIXES = ["长财发", "长财函"]


# --- 发文字号 ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["required", "optional"])
@pytest.mark.parametrize(
    ("value", "formed_on"),
    [
        ("长财发〔2022〕3号", date(2022, 10, 10)),
        ("长财发[2022]3号", date(2022, 10, 10)),
        ("长财函（2022）11号", date(2022, 10, 10)),
        ("长财发〔2022〕３号", date(2022, 10, 10)),
        ("长财发〔2021〕99号", date(2022, 1, 4)),
        ("长财发〔2023〕1号", date(2022, 12, 30)),
        ("长财发〔1999〕1号", None),
    ],
)
def test_a_right_document_number_has_no_problem(
    value: str, formed_on: date | None, mode: str
) -> None:
    assert rules.doc_no_problem(value, mode=mode, prefixes=PREFIXES, formed_on=formed_on) is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("长政发〔2022〕3号", "没有登记在本单位名下"),
        ("财发〔2022〕3号", "没有登记在本单位名下"),
        ("长财发〔2020〕3号", "相差超过一年"),
        ("长财发〔2024〕3号", "相差超过一年"),
        ("长财发〔2022〕003号", "虚位"),
        ("长财发〔2022〕第3号", "第"),
        ("长财发〔22〕3号", "四位数"),
        ("长财发2022年3号", "六角括号"),
        ("3号", "六角括号"),
        ("   ", "空"),
        ("长财发〔2022〕", "1至5位数字"),
    ],
)
def test_a_wrong_document_number_says_what_is_wrong(value: str, words: str) -> None:
    problem = rules.doc_no_problem(
        value, mode="required", prefixes=PREFIXES, formed_on=date(2022, 10, 10)
    )
    assert problem is not None and words in problem


def test_a_foreign_prefix_is_answered_with_the_registered_ones() -> None:
    problem = rules.doc_no_problem(
        "长政发〔2022〕3号", mode="optional", prefixes=PREFIXES, formed_on=None
    )
    assert problem is not None and "长财发、长财函" in problem


def test_without_registered_prefixes_every_prefix_passes() -> None:
    assert (
        rules.doc_no_problem("湘教发〔2022〕3号", mode="optional", prefixes=(), formed_on=TODAY)
        is None
    )


@pytest.mark.parametrize(
    ("value", "mode", "problem"),
    [("", "required", True), ("", "optional", False), ("", "none", False),
     ("长财发〔2022〕3号", "none", True)],
)  # fmt: skip
def test_whether_a_number_is_needed_depends_on_the_kind(
    value: str, mode: str, problem: bool
) -> None:
    found = rules.doc_no_problem(value, mode=mode, prefixes=PREFIXES, formed_on=TODAY)
    assert (found is not None) is problem


@given(st.integers(1950, 2060), st.dates(date(1951, 1, 1), date(2059, 12, 31)))
def test_the_year_of_the_number_lies_within_one_of_the_forming(year: int, formed_on: date) -> None:
    problem = rules.doc_no_problem(
        f"长财发〔{year}〕1号", mode="required", prefixes=PREFIXES, formed_on=formed_on
    )
    assert (problem is None) is (abs(year - formed_on.year) <= 1)


# --- dates -------------------------------------------------------------------------------------


def fields(**days: date | None) -> list[str]:
    given_days: dict[str, Any] = dict.fromkeys(
        ("formed_on", "changed_on", "effective_on", "expires_on")
    )
    return [p.field for p in rules.date_problems(**{**given_days, **days}, today=TODAY)]


D = date


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ({}, []),
        ({"formed_on": TODAY}, []),
        ({"formed_on": D(2022, 10, 19)}, ["formed_on"]),
        ({"formed_on": D(1949, 10, 1)}, []),
        ({"formed_on": D(1949, 9, 30)}, ["formed_on"]),
        ({"formed_on": D(2022, 10, 1), "changed_on": D(2022, 10, 1)}, []),
        ({"formed_on": D(2022, 10, 2), "changed_on": D(2022, 10, 1)}, ["changed_on"]),
        ({"changed_on": TODAY}, []),
        ({"changed_on": D(2022, 10, 19)}, ["changed_on"]),
        ({"formed_on": D(2022, 10, 1), "effective_on": D(2022, 10, 1)}, []),
        ({"formed_on": D(2022, 10, 1), "effective_on": D(2023, 1, 1)}, []),
        ({"formed_on": D(2022, 10, 2), "effective_on": D(2022, 10, 1)}, ["effective_on"]),
        ({"effective_on": D(2022, 1, 1), "expires_on": D(2022, 1, 2)}, []),
        ({"effective_on": D(2022, 1, 1), "expires_on": D(2022, 1, 1)}, ["expires_on"]),
        ({"effective_on": D(2022, 1, 2), "expires_on": D(2022, 1, 1)}, ["expires_on"]),
        ({"formed_on": D(2022, 1, 2), "expires_on": D(2022, 1, 1)}, ["expires_on"]),
        ({"expires_on": D(2000, 1, 1)}, []),
        (
            {
                "formed_on": D(2023, 1, 2),
                "changed_on": D(2023, 1, 1),
                "effective_on": D(2023, 1, 1),
            },
            ["formed_on", "changed_on", "changed_on", "effective_on"],
        ),
    ],
    ids=str,
)  # fmt: skip
def test_dates_that_cannot_be_are_named(days: dict[str, date], wrong: list[str]) -> None:
    assert fields(**days) == wrong


DAYS = st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1))


@given(DAYS, DAYS, DAYS, DAYS)
def test_dates_in_order_and_not_ahead_have_no_problem(
    a: date | None, b: date | None, c: date | None, d: date | None
) -> None:
    present = sorted(day for day in (a, b) if day and day <= TODAY)
    later = sorted({day for day in (c, d) if day and day >= TODAY + timedelta(1)})
    days: dict[str, date] = dict(zip(("formed_on", "changed_on"), present, strict=False))
    days |= dict(zip(("effective_on", "expires_on"), later, strict=False))
    assert fields(**days) == []


# --- fields of a kind --------------------------------------------------------------------------

SCHEMA: tuple[dict[str, Any], ...] = (
    {"name": "interprets", "label": "解读的文件", "type": "items", "required": True},
    {"name": "form", "label": "解读形式", "type": "choice", "required": True,
     "choices": [["text", "文字解读"], ["picture", "图解"]]},
    {"name": "original", "label": "原创解读", "type": "boolean", "required": False},
    {"name": "phone", "label": "咨询电话", "type": "text", "required": True},
    {"name": "event_on", "label": "事项日期", "type": "date", "required": False},
)  # fmt: skip
WHOLE: dict[str, Any] = {"interprets": [3], "form": "text", "phone": "0731-88660001"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"original": False}, []),
        ({"original": True}, []),
        ({"event_on": "2022-10-18"}, []),
        ({"event_on": ""}, []),
        ({"interprets": []}, ["facts.interprets"]),
        ({"interprets": None}, ["facts.interprets"]),
        ({"interprets": 3}, ["facts.interprets"]),
        ({"interprets": ["3"]}, ["facts.interprets"]),
        ({"interprets": "长财发〔2022〕3号"}, ["facts.interprets"]),
        ({"form": ""}, ["facts.form"]),
        ({"form": "video"}, ["facts.form"]),
        ({"form": "文字解读"}, ["facts.form"]),
        ({"phone": ""}, ["facts.phone"]),
        ({"event_on": "2022-02-30"}, ["facts.event_on"]),
        ({"event_on": "十月十八日"}, ["facts.event_on"]),
        ({"colour": "red"}, ["facts"]),
        ({"colour": "red", "size": 1, "form": "x"}, ["facts", "facts", "facts.form"]),
    ],
    ids=str,
)
def test_a_kind_s_own_fields_are_checked_against_its_schema(
    change: dict[str, Any], wrong: list[str]
) -> None:
    assert [p.field for p in rules.schema_problems(SCHEMA, {**WHOLE, **change})] == wrong


def test_every_missing_own_field_is_named_by_its_label() -> None:
    messages = "".join(p.message for p in rules.schema_problems(SCHEMA, {}))
    for label in ("解读的文件", "解读形式", "咨询电话"):
        assert label in messages
    assert "原创解读" not in messages


def test_a_kind_without_own_fields_takes_none() -> None:
    assert rules.schema_problems((), {}) == []
    assert [p.field for p in rules.schema_problems((), {"x": 1})] == ["facts"]


# --- completeness ------------------------------------------------------------------------------

POLICY = KindRules(
    "policy", ("title", "body", "summary", "theme", "genre", "formed_on"), "required", ()
)
COMPLETE: dict[str, Any] = {
    "title": "关于支持小微企业的措施",
    "body": "<p>正文</p>",
    "summary": "概述",
    "theme": "0401",
    "genre": "通知",
    "formed_on": "2022-10-10",
    "doc_no": "长财发〔2022〕3号",
    "attribute": "proactive",
    "origin": "made",
    "facts": {},
}


def missing(
    change: dict[str, Any], *, kind: KindRules = POLICY, released_before: bool = False
) -> list[str]:
    found = rules.completeness_problems(
        {**COMPLETE, **change},
        kind=kind,
        prefixes=PREFIXES,
        today=TODAY,
        released_before=released_before,
    )
    assert all(p.message for p in found)
    return [p.field for p in found]


@pytest.mark.parametrize("empty", ["", None])
@pytest.mark.parametrize("name", POLICY.required)
def test_each_required_field_is_missed(name: str, empty: str | None) -> None:
    assert missing({name: empty}) == [name]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"doc_no": ""}, ["doc_no"]),
        ({"doc_no": "没有"}, ["doc_no"]),
        ({"formed_on": "2022-12-01"}, ["formed_on"]),
        ({"formed_on": date(2022, 10, 10)}, []),
        ({"origin": "joint"}, ["joint_units"]),
        ({"origin": "joint", "joint_units": ["fgw"]}, []),
        ({"origin": "from_agency"}, []),
        ({"attribute": "on_request"}, ["attribute"]),
        ({"attribute": "withheld"}, ["attribute"]),
        ({"attribute": ""}, ["attribute"]),
        ({"facts": {"x": 1}}, ["facts"]),
        ({"facts": None}, []),
        ({"change_kind": "", "change_note": ""}, []),
        (
            {"title": "", "body": "", "doc_no": "", "attribute": "withheld", "origin": "joint"},
            ["title", "body", "doc_no", "joint_units", "attribute"],
        ),
    ],
    ids=str,
)
def test_everything_that_keeps_a_first_release_back(
    change: dict[str, Any], wrong: list[str]
) -> None:
    assert missing(change) == wrong


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, ["change_kind", "change_note"]),
        ({"change_kind": "correction"}, ["change_note"]),
        ({"change_note": "更正金额"}, ["change_kind"]),
        ({"change_kind": "correction", "change_note": "更正金额"}, []),
    ],
    ids=str,
)
def test_a_change_of_what_was_public_says_what_and_why(
    change: dict[str, Any], wrong: list[str]
) -> None:
    assert missing(change, released_before=True) == wrong


def test_a_kind_that_requires_the_number_as_a_field_names_it_once() -> None:
    kind = KindRules("x", ("doc_no",), "required", ())
    assert missing({"doc_no": ""}, kind=kind) == ["doc_no"]


@pytest.mark.parametrize(
    ("mode", "wrong"), [("none", []), ("optional", []), ("required", ["doc_no"])]
)
def test_an_empty_number_matters_only_where_it_is_required(mode: str, wrong: list[str]) -> None:
    assert missing({"doc_no": ""}, kind=KindRules("x", (), mode, ())) == wrong


@given(st.frozensets(st.sampled_from(POLICY.required)))
def test_no_missing_part_hides_another(names: frozenset[str]) -> None:
    assert set(missing(dict.fromkeys(names, ""))) == names


def test_every_content_field_has_a_chinese_name() -> None:
    assert set(CONTENT_FIELDS) <= set(rules.FIELD_LABELS)
    assert Problem("facts.phone", "").label == "专有信息"
    assert Problem("unknown", "").label == "unknown"


# --- when it is due, and its index number ------------------------------------------------------


@pytest.mark.parametrize(
    ("formed_on", "changed_on", "base"),
    [
        (date(2022, 10, 1), None, date(2022, 10, 1)),
        (None, date(2022, 10, 5), date(2022, 10, 5)),
        (date(2022, 10, 1), date(2022, 10, 5), date(2022, 10, 5)),
        (date(2022, 10, 9), date(2022, 10, 5), date(2022, 10, 9)),
        (None, None, None),
    ],
)
def test_the_period_runs_from_forming_or_the_later_change_article_26(
    formed_on: date | None, changed_on: date | None, base: date | None
) -> None:
    assert rules.due_base(formed_on, changed_on) == base


def test_an_index_number_stands_under_the_credit_code_of_its_unit() -> None:
    number = rules.index_number("szf", "114301006735800977", 2022, 7)
    assert number == "114301006735800977/2022-00007"
    assert is_index_number(number)


def test_a_unit_without_a_credit_code_numbers_under_its_platform_code() -> None:
    assert rules.index_number("czj", "", 2022, 7) == "CZJ/2022-00007"


@given(st.integers(1, 99_999), st.integers(1, 99_999), st.integers(1999, 2035))
def test_two_serials_never_give_one_number(one: int, two: int, year: int) -> None:
    numbers = {rules.index_number("czj", "114301006735800977", year, n) for n in (one, two)}
    assert len(numbers) == len({one, two})
