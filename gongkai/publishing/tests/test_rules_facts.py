"""The fields of a kind: every type accepts what it should and says by label what is wrong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.publishing.rules_facts import facts_problems, lines_of, number_of, pattern_warnings
from gongkai.publishing.rules_kinds import due_rule, kind_problems
from gongkai.publishing.rules_screening import profile_findings

SHA = "ab" * 32
GROUPS = ("policy", "news")


def field(type_: str, **more: Any) -> dict[str, Any]:
    return {"name": "x", "label": "某项", "type": type_, **more}


def problems(type_: str, value: Any, **more: Any) -> list[str]:
    files = {SHA: "片子.mp4"}
    return [text for _, text in facts_problems([field(type_, **more)], {"x": value}, files=files)]


COLUMNS = [
    {"name": "a", "label": "甲", "type": "text", "required": True},
    {"name": "n", "label": "数", "type": "number"},
    {"name": "d", "label": "日", "type": "date"},
]


@pytest.mark.parametrize(
    ("type_", "value", "more"),
    [
        ("text", "文字", {}),
        ("longtext", "字" * 5000, {}),
        ("lines", ["一", "二"], {}),
        ("lines", "一\n二", {}),
        ("date", "2022-10-18", {}),
        ("number", 12, {}),
        ("number", "1,234.5", {}),
        ("choice", "a", {"choices": [["a", "甲"]]}),
        ("boolean", False, {}),
        ("items", [1, 2], {}),
        ("phone", "0731-88660001", {}),
        ("phone", "12345", {}),
        ("phone", "0731-88660001、88660002（工作日）", {}),
        ("url", "https://www.changsha.gov.cn/a?b=1", {}),
        ("file", SHA, {"formats": ["mp4"]}),
        ("rows", [{"a": "1", "n": "2", "d": "2022-10-18"}], {"columns": COLUMNS}),
    ],
)
def test_every_type_takes_its_values(type_: str, value: Any, more: dict[str, Any]) -> None:
    assert problems(type_, value, **more) == []


@pytest.mark.parametrize(
    ("type_", "value", "more", "part"),
    [
        ("text", "字" * 301, {}, "不能超过 300 个字"),
        ("text", 5, {}, "应为文字"),
        ("lines", [1], {}, "一行一条"),
        ("date", "10月18日", {}, "不是有效日期"),
        ("number", "十二", {}, "应为数字"),
        ("number", True, {}, "应为数字"),
        ("choice", "b", {"choices": [["a", "甲"]]}, "不在可选范围内"),
        ("boolean", "是", {}, "只能是"),
        ("items", ["1"], {}, "编号列表"),
        ("items", [True], {}, "编号列表"),
        ("phone", "办公室", {}, "不像电话号码"),
        ("url", "javascript:alert(1)", {}, "https://"),
        ("url", "www.changsha.gov.cn", {}, "https://"),
        ("file", "cd" * 32, {}, "不在附件里了"),
        ("file", SHA, {"formats": ["vtt"]}, "应为 vtt 文件"),
        ("rows", "表", {"columns": COLUMNS}, "应为表格"),
        ("rows", [{"n": "2"}], {"columns": COLUMNS}, "第 1 行缺少“甲”"),
        ("rows", [{"a": "1"}, {"a": "1", "n": "x"}], {"columns": COLUMNS}, "第 2 行"),
        ("rows", [{"a": "1", "z": "2"}], {"columns": COLUMNS}, "没有“z”这一列"),
    ],
)
def test_every_type_says_by_label_what_is_wrong(
    type_: str, value: Any, more: dict[str, Any], part: str
) -> None:
    [text] = problems(type_, value, **more)
    assert part in text and "某项" in text


@pytest.mark.parametrize("empty", [None, "", [], {}])
@pytest.mark.parametrize("type_", ["text", "rows", "lines", "file", "items"])
def test_only_a_required_field_must_be_filled(type_: str, empty: Any) -> None:
    assert problems(type_, empty) == []
    assert len(problems(type_, empty, required=True)) == 1


def test_no_is_an_answer() -> None:
    assert problems("boolean", False, required=True) == []
    assert problems("number", 0, required=True) == []


def test_a_field_the_kind_does_not_have_is_named() -> None:
    assert facts_problems([], {"odd": 1}) == [("facts", "这类信息没有“odd”这一项，请删除。")]


def test_an_unusual_registration_number_is_a_doubt_and_no_hindrance() -> None:
    schema = [field("text", pattern="^CSCR-[0-9]+$", example="CSCR-1")]
    assert pattern_warnings(schema, {"x": "CSCR-22"}) == []
    [(name, label, hint)] = pattern_warnings(schema, {"x": "长规1"})
    assert (name, label) == ("facts.x", "某项") and "CSCR-1" in hint
    assert facts_problems(schema, {"x": "长规1"}) == []


@given(st.one_of(st.none(), st.booleans(), st.text(max_size=20), st.floats(), st.integers()))
def test_no_value_whatever_breaks_the_check(value: object) -> None:
    for type_ in ("text", "lines", "date", "number", "boolean", "items", "phone", "url", "rows"):
        facts_problems([field(type_, columns=COLUMNS)], {"x": value}, files={})
    assert number_of(value) is None or isinstance(number_of(value), float)
    assert all(line.strip() for line in lines_of(value))


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"key": None}, "缺少 key"),
        ({"colour": "red"}, "不认识 colour"),
        ({"group": "odd"}, "group 应为"),
        ({"doc_no": "maybe"}, "doc_no 应为"),
        ({"fields": ["title"]}, "通用字段"),
        ({"schema": [{"name": "a-b", "label": "甲", "type": "text"}]}, "英文标识"),
        ({"schema": [{"name": "a", "label": "甲", "type": "colour"}]}, "type 应为"),
        ({"schema": [{"name": "a", "type": "text"}]}, "缺少 label"),
        ({"schema": [{"name": "a", "label": "甲", "type": "choice"}]}, "choices"),
        ({"schema": [{"name": "a", "label": "甲", "type": "rows"}]}, "columns"),
        ({"schema": [field("text"), field("date")]}, "同一个 name"),
        ({"schema": [field("items", relation="loves")]}, "relation 应为"),
        ({"distinct_by": "nobody"}, "distinct_by"),
        ({"due_rule": {"count": 5}}, "basis"),
        ({"due_rule": {"count": -1, "basis": "x"}}, "count"),
        ({"due_rule": {"unit": "year", "basis": "x"}}, "unit"),
        ({"due_rule": {"base": "fact:odd", "basis": "x"}}, "base"),
        ({"page": {"layout": "odd"}}, "layout"),
    ],
)
def test_a_kind_described_wrongly_is_refused_in_words(change: dict[str, Any], part: str) -> None:
    good = {"key": "k", "name": "某类", "required": ["title"], "group": "news"}
    assert kind_problems(good, groups=GROUPS) == []
    entry = {k: v for k, v in {**good, **change}.items() if v is not None}
    assert any(part in text for text in kind_problems(entry, groups=GROUPS))


def test_an_empty_rule_is_the_general_one_article_26() -> None:
    rule = due_rule({})
    assert (rule.count, rule.unit, rule.words) == (20, "workday", "20 个工作日")
    assert "第二十六条" in rule.basis


@pytest.mark.parametrize(
    ("profile", "text", "code"),
    [
        ("leader", "1970年3月生，汉族", "birth_date"),
        ("leader", "家住岳麓区", "home_address"),
        ("personnel", "出生日期：1990年1月2日", "birth_date"),
        ("place_and_time", "病例1：女，45岁", "describes_person"),
        ("place_and_time", "系某某公司员工", "describes_person"),
        ("place_and_time", "住3栋2单元501室", "door_number"),
        ("anonymous", "当事人：王小明，未戴头盔", "named_party"),
        ("service", "其他材料", "vague_material"),
    ],
)
def test_a_screening_profile_asks_to_look_again(profile: str, text: str, code: str) -> None:
    found = profile_findings(profile, {"body": text}, {}, {"body": "正文"})
    assert code in [finding.code for finding in found]
    assert {finding.severity for finding in found} == {"warn"}
    assert profile_findings("standard", {"body": text}, {}, {}) == []


@pytest.mark.parametrize(
    "text", ["10月13日8时至9时，演示生鲜超市一层", "地铁2号线，三天两检", "自2022年10月1日生效"]
)
@pytest.mark.parametrize("profile", ["place_and_time", "leader", "anonymous"])
def test_times_and_places_alone_raise_no_doubt(profile: str, text: str) -> None:
    assert profile_findings(profile, {"body": text}, {}, {}) == []


def test_a_budget_without_a_table_does_not_pass() -> None:
    [found] = profile_findings("tables", {}, {"body": "<p>收支平衡</p>"}, {})
    assert found.severity == "block" and "表格" in found.message
    assert profile_findings("tables", {}, {"body": "<table></table>"}, {}) == []
    attached = {"body": "", "attachments": [{"filename": "收支.xlsx", "sha256": SHA}]}
    assert profile_findings("tables", {}, attached, {}) == []
