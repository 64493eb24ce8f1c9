"""Whatever is put in, the parser ends, in time, with a result that can be shown."""

import gc
import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.core.documents import DocumentError, from_text, read_document
from gongkai.ledger.parsing import (
    Edit,
    UnitRegister,
    apply_edits,
    diff_plans,
    parse_work_points,
    to_json_dict,
)
from gongkai.ledger.parsing.cleaning import clean_line
from gongkai.ledger.parsing.names import split_names
from gongkai.ledger.parsing.responsibility import parse_assignment
from gongkai.ledger.tests.parsing_helpers import (
    PARAPHRASE,
    REGISTER,
    check_invariants,
    load,
)

PIECES = st.sampled_from(
    [
        "（", "）", "(", ")", "【", "】", "〔", "〕", "<", ">", "《", "》", "“", "”", "、",
        "，", "。", "；", "：", "\n", "\n\n", " ", "　", "\x0c", "#", "## ", "---", "|", "**",
        "一、", "（一）", "（二）", "1.", "2.", "（1）", "①", "第一章", "市教育局",
        "各区县（市）人民政府", "市直相关单位", "市住房和城乡建设局", "牵头", "负责", "配合",
        "按职责分工负责", "责任单位：", "牵头单位：", "完成时限：", "等部门", "和", "及",
        "以下简称", "以下统称", "2022年", "2022年2月30日前", "年底前", "每年", "1次", "公开",
        "公布目录", "各市、县", "均为责任单位", "不再列出", "排在第一位的为牵头单位",
        "主管部门", "附件：", "信息公开属性：", "zheng", "場", "\u200b", "\ue000", "\x00",
        "𠮷", "🀄", "a",
    ]
)  # fmt: skip
SOUP = st.lists(PIECES, max_size=120).map("".join)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SOUP, st.sampled_from([None, REGISTER]))
def test_bracket_soup_never_raises_and_keeps_every_promise(
    text: str, units: UnitRegister | None
) -> None:
    document = from_text(text)
    plan = parse_work_points(document, units=units)
    check_invariants(document, plan)
    data = json.loads(json.dumps(to_json_dict(plan), ensure_ascii=False))
    assert diff_plans(data["items"], plan).is_empty
    if not plan.items:
        assert "no_points" in [problem.code for problem in plan.problems]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_parsed(text: str) -> None:
    document = from_text(text)
    check_invariants(document, parse_work_points(document))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=600),
    st.sampled_from(["a.txt", "a.md", "a.docx", "a.pdf", "a.html", "a", "a.doc"]),
)
def test_any_bytes_give_a_document_or_a_document_error(data: bytes, name: str) -> None:
    try:
        document = read_document(data, name)
    except DocumentError as error:
        assert error.code.isascii()
        assert error.message.endswith("。")
    else:
        check_invariants(document, parse_work_points(document))


@settings(max_examples=200, deadline=None)
@given(SOUP.filter(lambda text: "\n" not in text))
def test_cleaning_maps_every_character_to_its_place(text: str) -> None:
    line = clean_line(text, 5, pinyin=True, markup=True)
    assert len(line.text) == len(line.origin)
    assert all(a < b for a, b in zip(line.origin, list(line.origin)[1:], strict=False))
    for char, place in zip(line.text, line.origin, strict=True):
        if place not in line.ops:
            assert char == text[place - 5]


@settings(max_examples=200, deadline=None)
@given(SOUP)
def test_names_and_roles_accept_anything(text: str) -> None:
    for name in split_names(text).names:
        assert name.strip()
    assignment = parse_assignment(text)
    assignment.settle()
    for duty in assignment.duties:
        assert duty.part in ("lead", "responsible")


@given(st.text(max_size=50))
def test_no_edits_change_nothing(text: str) -> None:
    assert apply_edits(text, []) == text
    assert apply_edits(text, [Edit("space", 0, "", "")]) == text


POINT = (
    "（{n}）公布事项。梳理并公布事项目录，方便查询办理。"
    "（市教育局牵头，各区县（市）人民政府负责）\n"
)


def _big(unit: str, size: int = 1_000_000) -> str:
    return "某市2022年政务公开工作要点\n" + unit * (size // len(unit))


@pytest.mark.parametrize(
    "unit",
    [
        "（", "（（市", "）（", "（市教育局、", "市教育局和", "一、", "（一）", "责任单位：",
        "公", "公开 ", "2022年", "年底前，", "\n\n", "\n（市", " \t", "1.", "各市、", "“",
        "《", "以下简称", "| a ", "#", "（市教育局牵头，", "每年", "政zheng", "-",
        "均为责任单位", "公布。", "，不再列出", "a.b",
        "　　公布各类事项的条件。", "　　公\n",
    ],
)  # fmt: skip
def test_time_grows_with_the_text_and_not_with_its_square(unit: str) -> None:
    small, large = _seconds(_big(unit, 40_000)), _seconds(_big(unit, 160_000))
    # Four times the text may cost about four times the time; sixteen times would be quadratic.
    assert large < 9 * small + 0.3


@pytest.mark.parametrize("unit", ["）（", "公开 ", "（市教育局牵头，"])
def test_a_megabyte_of_damage_ends_within_a_minute(unit: str) -> None:
    assert _seconds(_big(unit)) < 60


def _seconds(text: str) -> float:
    """Processor time of one reading, with the collector quiet so that only the parser counts."""
    document = from_text(text)
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        parse_work_points(document)
        return time.process_time() - began
    finally:
        gc.enable()


def test_thousands_of_points_are_parsed_in_seconds() -> None:
    points = "".join(POINT.format(n="一二三四五六七八九"[i % 9]) for i in range(4_000))
    began = time.process_time()
    plan = parse_work_points(from_text("某市2022年要点\n" + points))
    assert len(plan.items) == 4_000
    assert time.process_time() - began < 20


def test_the_same_document_always_gives_the_same_plan() -> None:
    first = to_json_dict(parse_work_points(load(PARAPHRASE)))
    assert first == to_json_dict(parse_work_points(load(PARAPHRASE)))
    assert json.loads(json.dumps(first)) == first
