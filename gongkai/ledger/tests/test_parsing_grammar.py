"""Names, roles, brackets and numbers, one rule at a time."""

import pytest

from gongkai.ledger.parsing.brackets import Bracket, open_bracket, outermost, split_top
from gongkai.ledger.parsing.names import UnitRegister, split_names
from gongkai.ledger.parsing.numbering import marker_at
from gongkai.ledger.parsing.responsibility import parse_assignment
from gongkai.ledger.parsing.unit_brackets import find_unit_brackets
from gongkai.ledger.tests.parsing_helpers import REGISTER, parse


# -- names ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("市住房和城乡建设局", ["市住房和城乡建设局"]),
        ("市发展和改革委员会", ["市发展和改革委员会"]),
        ("市人力资源和社会保障局", ["市人力资源和社会保障局"]),
        ("市工业和信息化局、市自然资源和规划局", ["市工业和信息化局", "市自然资源和规划局"]),
        ("市城市管理和综合行政执法局", ["市城市管理和综合行政执法局"]),
        ("省粮食和物资储备局", ["省粮食和物资储备局"]),
        ("市文化旅游和广播电视局", ["市文化旅游和广播电视局"]),
        ("专业技术人员与职称管理处", ["专业技术人员与职称管理处"]),
        ("市发展改革委和市财政局", ["市发展改革委", "市财政局"]),
        ("市住房和城乡建设局和市水利局", ["市住房和城乡建设局", "市水利局"]),
        ("市教育局及各区县（市）人民政府", ["市教育局", "各区县（市）人民政府"]),
        ("市民政局以及市残联", ["市民政局", "市残联"]),
        ("市税务局与人民银行某市支行", ["市税务局", "人民银行某市支行"]),
        ("市直相关单位和各区县（市）人民政府", ["市直相关单位", "各区县（市）人民政府"]),
        ("各市（含定州、辛集市）人民政府", ["各市（含定州、辛集市）人民政府"]),
        ("各市、县（市、区）人民政府", ["各市、县（市、区）人民政府"]),
        ("各市、县人力资源社会保障局", ["各市、县人力资源社会保障局"]),
        ("各乡、街办、管理处", ["各乡、街办、管理处"]),
        ("各区县（市）人民政府、园区管委会", ["各区县（市）人民政府", "园区管委会"]),
        ("各有关部门、单位", ["各有关部门、单位"]),
        ("甲、乙、丙市政府", ["甲", "乙", "丙市政府"]),
        ("石家庄、邢台、廊坊市政府", ["石家庄、邢台、廊坊市政府"]),
        ("省商务厅,省科技厅；省司法厅", ["省商务厅", "省科技厅", "省司法厅"]),
        ("市财政局 市税务局", ["市财政局", "市税务局"]),
        ("市商务局、市商务局", ["市商务局"]),
        ("由市教育局", ["市教育局"]),
        ("下同", []),
        ("", []),
    ],
)
def test_names_are_split_where_a_unit_ends_and_never_inside_one(
    text: str, names: list[str]
) -> None:
    assert split_names(text).names == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("市教育局、市民政局等部门", ["市教育局", "市民政局"]),
        ("市教育局、市民政局等", ["市教育局", "市民政局"]),
        ("市教育局等有关部门和单位", ["市教育局"]),
        ("市教育局等12个部门", ["市教育局"]),
        ("市教育局等领导小组成员单位", ["市教育局", "领导小组成员单位"]),
    ],
)
def test_等_opens_the_list(text: str, names: list[str]) -> None:
    listed = split_names(text)
    assert (listed.names, listed.open_list) == (names, True)


def test_等_in_a_name_does_not_open_the_list() -> None:
    listed = split_names("各高等学校、市教育局")
    assert (listed.names, listed.open_list) == (["各高等学校", "市教育局"], False)


def test_the_register_protects_a_name_that_looks_like_two() -> None:
    name = "市委办公室和市政府办公室督查局"
    assert split_names(name).names != [name]
    assert split_names(name, UnitRegister(names={name: "督查局"})).names == [name]


def test_register_reads_half_width_brackets_and_spaces_alike() -> None:
    assert REGISTER.members("各区县(市) 人民政府") == REGISTER.collectives["各区县（市）人民政府"]
    assert REGISTER.canonical("市 发改委") == "市发展改革委"
    assert REGISTER.canonical("市外星局") is None


# -- roles ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "lead", "responsible"),
    [
        ("市教育局牵头", ["市教育局"], []),
        ("市教育局牵头负责", ["市教育局"], []),
        ("市教育局、市体育局共同牵头", ["市教育局", "市体育局"], []),
        ("市教育局、市体育局分别牵头落实", ["市教育局", "市体育局"], []),
        ("市教育局负责", [], ["市教育局"]),
        ("市教育局负责落实", [], ["市教育局"]),
        ("市教育局按职责分别负责", [], ["市教育局"]),
        ("市直相关单位，各县区政府按职责分工负责", [], ["市直相关单位", "各县区政府"]),
        ("市教育局牵头，市财政局按职责分工负责", ["市教育局"], ["市财政局"]),
        ("市教育局牵头，市财政局配合", ["市教育局"], ["市财政局"]),
        ("市教育局牵头、市财政局参与", ["市教育局"], ["市财政局"]),
        ("市教育局负责，市财政局配合", ["市教育局"], ["市财政局"]),
        ("市教育局会同市财政局负责", ["市教育局"], ["市财政局"]),
        ("由市教育局牵头，会同市财政局落实", ["市教育局"], ["市财政局"]),
        (
            "牵头单位：市教育局；责任单位：市财政局、市审计局",
            ["市教育局"],
            ["市财政局", "市审计局"],
        ),
        ("牵头单位:市教育局 责任单位:市财政局", ["市教育局"], ["市财政局"]),
        ("责任单位：市教育局牵头，市财政局", ["市教育局"], ["市财政局"]),
        ("责任单位：市教育局；配合单位：市财政局", ["市教育局"], ["市财政局"]),
        ("主办单位：市教育局，协办单位：市财政局", ["市教育局"], ["市财政局"]),
        ("责任科室：办公室、法规科", [], ["办公室", "法规科"]),
        ("责任部门：市科协牵头，市民政局按职责分工负责", ["市科协"], ["市民政局"]),
        ("市教育局承办", [], ["市教育局"]),
        ("市教育局指导，各区政府落实", ["各区政府"], ["市教育局"]),
        ("商务部、财政部按职责分工负责", [], ["商务部", "财政部"]),
        ("责任领导：某某某；责任单位：市教育局", [], ["市教育局"]),
    ],
)
def test_role_words_decide_who_leads(text: str, lead: list[str], responsible: list[str]) -> None:
    assignment = parse_assignment(text)
    assignment.settle()
    assert assignment.units("lead") == lead
    assert assignment.units("responsible") == responsible


def test_a_person_named_as_responsible_leader_is_not_read() -> None:
    assignment = parse_assignment("责任领导：某某某；牵头单位：市教育局")
    assert [duty.unit for duty in assignment.duties] == ["市教育局"]


@pytest.mark.parametrize(
    "role", ["公共企事业单位相应行政主管部门", "各行业主管部门", "市级行业监管部门"]
)
def test_an_abstract_role_is_kept_apart_from_units(role: str) -> None:
    assignment = parse_assignment(f"{role}按职责牵头负责")
    assert assignment.roles == [role]
    assert assignment.duties == []


def test_names_without_any_role_word_are_responsible_and_doubtful() -> None:
    assignment = parse_assignment("市教育局、市财政局")
    assert assignment.units("responsible") == ["市教育局", "市财政局"]
    assert [issue.code for issue in assignment.issues] == ["no_role_word"]


# -- brackets -------------------------------------------------------------------------------------
def test_outermost_brackets_hold_nested_ones_of_any_width() -> None:
    text = "甲（乙(丙)丁）戊[己（庚）]"
    assert [text[b.start : b.end] for b in outermost(text)] == ["（乙(丙)丁）", "[己（庚）]"]
    assert outermost("（甲)") == [Bracket(0, 3)]


def test_an_opening_mark_left_open_does_not_swallow_what_follows() -> None:
    text = "（甲。乙（丙）"
    assert [text[b.start : b.end] for b in outermost(text)] == ["（丙）"]
    assert open_bracket(text) == 0
    assert open_bracket("（甲）乙") == -1
    assert split_top("甲（乙、丙）、丁", "、") == ["甲（乙、丙）", "丁"]


@pytest.mark.parametrize(
    "text",
    [
        "公布清单。（市教育局牵头，各区县（市）人民政府负责）",
        "公布清单。(市教育局牵头，各区县(市)人民政府负责)",
        "公布清单（市教育局牵头，各区县（市）人民政府负责）。",
        "公布清单。（市教育局\n牵头，各区县\n（市）人民政府负责）",
        "公布清单。【牵头单位：市教育局；责任单位：各区县（市）人民政府】",
        "公布清单。（牵头单位：市教育局）（责任单位：各区县（市）人民政府）",
        "公布清单。（市教育局牵头，各区县（市）人民政府负责",
    ],
)
def test_the_unit_bracket_is_found_in_every_spelling(text: str) -> None:
    (found,) = find_unit_brackets(text)
    assert found.assignment.units("lead") == ["市教育局"]
    (name,) = found.assignment.units("responsible")
    assert name.replace("(", "（").replace(")", "）") == "各区县（市）人民政府"


@pytest.mark.parametrize(
    "text",
    [
        "全面实施（由市教育局牵头负责）的试点，公布结果。",
        "各区县（市）人民政府要公布清单。",
        "报单位党组织、董事会（或者主要负责人）批准后实施。",
        "项目参与人员（除项目负责人）可以变更。",
        "公布清单（详见附件）。",
        "推进试点（2022年启动）。",
        "贯彻意见（某政发〔2021〕1号）要求。",
    ],
)
def test_other_brackets_are_not_taken_for_units(text: str) -> None:
    assert find_unit_brackets(text) == []


def test_a_missing_closing_bracket_is_read_and_reported() -> None:
    plan = parse(
        "某市2022年要点\n（一）公布甲。公布甲清单。（市教育局牵头，市财政局负责\n（二）公布乙。公布乙清单。（市民政局负责）\n"
    )
    assert plan.items[0].lead == ["市教育局"]
    assert "unbalanced_bracket" in [issue.code for issue in plan.items[0].issues]
    assert any(p.code == "unbalanced_bracket" and "第1项" in p.where for p in plan.problems)
    assert plan.items[1].responsible == ["市民政局"]


# -- numbers --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "rank", "number"),
    [
        ("一、总体", 1, 1),
        ("十二、其他", 1, 12),
        ("（三）公开", 2, 3),
        ("(二十一)公开", 2, 21),
        ("3.公开", 3, 3),
        ("3．公开", 3, 3),
        ("12、公开", 3, 12),
        ("1.2022年底前完成", 3, 1),
        ("（4）公开", 4, 4),
        ("5）公开", 4, 5),
        ("③公开", 5, 3),
        ("第一章总则", 0, 1),
    ],
)
def test_markers(text: str, rank: int, number: int) -> None:
    marker = marker_at(text)
    assert marker is not None
    assert (marker.rank, marker.number) == (rank, number)


@pytest.mark.parametrize(
    "text", ["3.5亿元", "2022年", "第一，公开", "一是公开", "十大项目", "（市）"]
)
def test_what_is_no_marker(text: str) -> None:
    assert marker_at(text) is None
