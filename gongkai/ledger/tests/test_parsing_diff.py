"""Importing a corrected document again: what is new, gone, changed, renumbered."""

import copy
from dataclasses import replace

import pytest

from gongkai.ledger.parsing import (
    ItemChange,
    diff_plans,
    parse_work_points,
    text_hash,
    to_json_dict,
)
from gongkai.ledger.tests.parsing_helpers import PARAPHRASE, load, parse

POINTS = (
    "公布补贴目录。梳理各类补贴并公布名称和标准。（市财政局牵头，各区政府负责）",
    "公布招生计划。发布各校招生人数和片区范围。（市教育局牵头）",
    "公布执法结果。公示检查对象、依据和结论。（市司法局牵头）",
)


def plan_of(*points: str) -> str:
    numbers = "一二三四五六"
    return "某市2022年要点\n" + "".join(
        f"（{numbers[i]}）{point}\n" for i, point in enumerate(points)
    )


def test_the_same_document_shows_no_difference() -> None:
    plan = parse_work_points(load(PARAPHRASE))
    diff = diff_plans(plan, plan)
    assert diff.is_empty
    assert diff.unchanged == list(range(1, 18))
    assert diff_plans(to_json_dict(plan)["items"], plan).is_empty


def test_an_added_and_a_removed_point() -> None:
    old, new = parse(plan_of(*POINTS[:2])), parse(plan_of(*POINTS))
    assert diff_plans(old, new).added == [3]
    assert diff_plans(new, old).removed == [3]
    assert diff_plans(old, new).unchanged == [1, 2]


def test_a_point_put_in_between_renumbers_but_does_not_change_the_rest() -> None:
    old = parse(plan_of(POINTS[0], POINTS[1]))
    new = parse(plan_of(POINTS[0], POINTS[2], POINTS[1]))
    diff = diff_plans(old, new)
    assert diff.unchanged == [1]
    assert diff.added == [2]
    assert diff.moved == [ItemChange(2, 3)]
    assert diff.changed == []


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        ("市财政局牵头", "市民政局牵头", ("lead",)),
        ("各区政府负责", "各县政府负责", ("responsible",)),
        ("名称和标准", "名称、标准和电话", ("text", "tasks")),
        ("梳理各类补贴", "9月底前梳理各类补贴", ("text", "deadlines", "tasks")),
        ("公布补贴目录", "公布补贴清单", ("title",)),
    ],
)
def test_a_changed_point_names_the_fields_that_differ(
    old: str, new: str, fields: tuple[str, ...]
) -> None:
    before = plan_of(*POINTS)
    diff = diff_plans(parse(before), parse(before.replace(old, new)))
    assert diff.changed == [ItemChange(1, 1, fields)]
    assert diff.unchanged == [2, 3]


def test_a_point_that_moved_and_was_reworded_is_one_change() -> None:
    old = parse(plan_of(POINTS[0], POINTS[1]))
    reworded = POINTS[1].replace("片区范围", "学区范围")
    diff = diff_plans(old, parse(plan_of(POINTS[0], POINTS[2], reworded)))
    assert diff.changed == [ItemChange(2, 3, ("text", "tasks"))]
    assert diff.added == [2]


def test_another_point_under_the_same_number_is_not_the_same_point() -> None:
    diff = diff_plans(parse(plan_of(POINTS[0])), parse(plan_of(POINTS[2])))
    assert (diff.added, diff.removed, diff.changed) == ([1], [1], [])


def test_points_may_come_as_stored_records_with_fewer_fields() -> None:
    new = parse(plan_of(*POINTS))
    stored = [{"no": i.no, "title": i.title, "text": i.text, "lead": i.lead} for i in new.items]
    assert diff_plans(stored, new).is_empty
    stored[1]["lead"] = ["市文旅广电局"]
    assert diff_plans(stored, new).changed == [ItemChange(2, 2, ("lead",))]


def test_spaces_and_punctuation_do_not_change_the_hash() -> None:
    assert text_hash("公布目录", "公布，目录。") == text_hash("公布目录", "公布目录")
    assert text_hash("公布目录", "公布清单") != text_hash("公布目录", "公布目录")


def test_comparing_leaves_both_plans_alone() -> None:
    plan = parse(plan_of(*POINTS))
    before = copy.deepcopy(to_json_dict(plan))
    other = [replace(item, lead=[]) for item in plan.items]
    assert len(diff_plans(plan, other).changed) == 3
    assert to_json_dict(plan) == before
