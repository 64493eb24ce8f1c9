"""Scenarios: nobody is sent round in a circle, and every way through can be read."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.publishing.rules_scenario import (
    MAX_CASES,
    cases_of,
    questions_of,
    scenario_problems,
    walk,
)

Row = dict[str, Any]


def row(step: Any, choice: str, *, question: str = "", next: Any = "", outcome: str = "") -> Row:
    cells = {"step": step, "question": question, "choice": choice, "next": next, "outcome": outcome}
    return {k: v for k, v in cells.items() if v != ""}


TREE = [
    row("1", "个体户", question="您是？", next="2"),
    row("1", "个人", outcome="不适用"),
    row("2", "是", question="租的是国有房屋吗？", outcome="免三个月\n找出租单位"),
    row("2", "不是", outcome="不适用"),
]


def test_a_good_tree_has_no_faults_and_all_its_ways() -> None:
    assert scenario_problems(TREE) == []
    cases = cases_of(TREE)
    assert [case.path for case in cases] == [(1, 1), (1, 2), (2,)]
    assert cases[0].answers == (("您是？", "个体户"), ("租的是国有房屋吗？", "是"))
    assert cases[0].outcome == ("免三个月", "找出租单位")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("1", "是", outcome="好"), row("1", "否", outcome="坏")], "没有写问题"),
        ([row("1", "是", question="吗？", outcome="好")], "只有一个选项"),
        ([row("1", "是", question="吗？", outcome="好"), row("1", "是", outcome="坏")], "两个相同"),
        ([row("1", "是", question="吗？"), row("1", "否", outcome="坏")], "填写一项"),
        (
            [row("1", "是", question="吗？", next="2", outcome="好"), row("1", "否", outcome="坏")],
            "只填一项",
        ),
        ([row("1", "是", question="吗？", next="9"), row("1", "否", outcome="坏")], "没有这一问"),
        ([*TREE[:1], row("1", "个人", next="1"), *TREE[2:]], "绕了一圈"),
        ([*TREE[:3], row("2", "不是", next="1")], "绕了一圈"),
        (
            [
                row("1", "是", question="吗？", outcome="好"),
                row("1", "否", outcome="坏"),
                *TREE[2:],
            ],
            "没有选项通向",
        ),
    ],
)
def test_what_cannot_be_walked_is_named(rows: list[Row], words: str) -> None:
    assert any(words in problem for problem in scenario_problems(rows))


def test_too_many_ways_are_counted_and_refused() -> None:
    rows = []
    for step in range(1, 8):
        for choice in ("甲", "乙"):
            last = {"outcome": "完"} if step == 7 else {"next": str(step + 1)}
            rows.append(row(str(step), choice, question="？", **last))
    assert "128 种情形" in scenario_problems(rows)[0]
    assert len(cases_of(rows)) == MAX_CASES


@pytest.mark.parametrize("step", ["1", 1, 1.0, " 1 "])
def test_numbers_of_questions_may_be_written_in_any_way(step: Any) -> None:
    assert list(questions_of([row(step, "是", question="？", outcome="完")])) == ["1"]


@pytest.mark.parametrize(
    ("path", "kept", "ended"),
    [
        ((), (), False),
        ((1,), (1,), False),
        ((1, 2), (1, 2), True),
        ((2,), (2,), True),
        ((2, 1), (2,), True),
        ((9,), (), False),
        ((1, 9), (1,), False),
        ((0,), (), False),
        ((-1,), (), False),
    ],
)
def test_what_cannot_be_followed_is_left_off(
    path: tuple[int, ...], kept: tuple[int, ...], ended: bool
) -> None:
    place = walk(TREE, path)
    assert place.path == kept and bool(place.outcome) is ended
    assert (place.question is None) is ended


def test_a_circle_in_stored_rows_ends() -> None:
    rows = [row("1", "是", question="？", next="1"), row("1", "否", next="1")]
    assert cases_of(rows) == []
    assert len(walk(rows, [1] * 500).path) <= 2


@st.composite
def trees(draw: st.DrawFn) -> list[Row]:
    """Questions that only lead forward, each reached from the one before."""
    count = draw(st.integers(1, 5))
    rows = []
    for step in range(1, count + 1):
        for number in range(draw(st.integers(2, 3))):
            ahead = (
                draw(st.integers(step + 1, count)) if step < count and draw(st.booleans()) else 0
            )
            if number == 0 and step < count:
                ahead = step + 1
            end = {"next": str(ahead)} if ahead else {"outcome": f"结果{step}"}
            rows.append(row(str(step), f"选项{number}", question=f"问题{step}？", **end))
    return rows


@settings(max_examples=60, deadline=None)
@given(trees())
def test_every_case_is_where_its_path_leads(rows: list[Row]) -> None:
    cases = cases_of(rows)
    if scenario_problems(rows):
        assert len(cases) == MAX_CASES
    assert cases and len({case.path for case in cases}) == len(cases)
    for case in cases:
        place = walk(rows, case.path)
        assert place.path == case.path and place.outcome == case.outcome
        assert tuple((q.text, c.text) for q, c in place.answered) == case.answers
