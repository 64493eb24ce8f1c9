"""Progress data and projects are read by their names; what is no figure is left out."""

from datetime import date
from typing import Any

import pytest

from gongkai.publishing.facts_figures import BUILDING, RESEARCH, money, progress_view, project_view

WHOLE: dict[str, Any] = {
    "list": "infrastructure", "list_no": 3, "owner": "演示公司", "place": "岳麓区", "investment": 12.5,
    "as_of": "2022-09-30", "plan_year": 4, "done_year": "3.1", "stage": "building",
    "nodes": [
        {"node": "桩基", "planned_on": "2022-08-31", "done_on": "2022-09-02", "note": "雨"},
        {"node": "桥墩", "planned_on": "2022-09-20"},
        {"node": "通车", "planned_on": "2023-08-31"},
    ],
}  # fmt: skip


def test_progress_is_read_with_its_day() -> None:
    rows = [{"name": "企业", "unit": "万户", "target": "6.2", "done": "4.7"}, {"name": "无数"}, "x"]
    view = progress_view({"programme": "倍增", "as_of": "2022-09-30", "measures": rows})
    assert (view.programme, view.as_of, len(view.rows)) == ("倍增", date(2022, 9, 30), 1)
    assert view.rows[0].pace == "ok"


@pytest.mark.parametrize("facts", [{}, {"measures": None}, {"measures": "x", "as_of": "昨天"}])
def test_progress_without_figures_is_empty(facts: dict[str, Any]) -> None:
    view = progress_view(facts)
    assert (view.as_of, list(view.rows)) == (None, [])


def test_a_project_is_read_whole() -> None:
    view = project_view(WHOLE)
    assert (view.stages, view.stage, view.list_no) == (BUILDING, 4, 3)
    assert view.invested is not None and view.invested.percent == "77.5%"
    assert (view.late, view.overdue) == (1, 1)
    assert view.next_node is not None and view.next_node.name == "桥墩"


@pytest.mark.parametrize(
    ("stage", "stages", "place"),
    [("approval", BUILDING, 0), ("quality", BUILDING, 4), ("finished", BUILDING, 5),
     ("set", RESEARCH, 0), ("applied", RESEARCH, 3), ("unknown", (), 0), (None, (), 0)],
)  # fmt: skip
def test_every_stage_has_its_place(stage: Any, stages: tuple[str, ...], place: int) -> None:
    view = project_view({**WHOLE, "stage": stage})
    assert (view.stages, view.stage) == (stages, place)


def test_every_stage_of_the_kind_can_be_drawn() -> None:
    import json

    from gongkai.publishing.loading import REFERENCE

    kinds = json.loads(REFERENCE.read_text(encoding="utf-8"))
    (project,) = [kind for kind in kinds if kind["key"] == "project"]
    (stage,) = [field for field in project["schema"] if field["name"] == "stage"]
    assert all(project_view({"stage": key}).stages for key, _ in stage["choices"])


def test_without_a_day_of_the_data_nothing_is_called_overdue() -> None:
    view = project_view({**WHOLE, "as_of": ""})
    assert view.overdue == 0 and view.late == 1


def test_small_projects_are_told_in_wan() -> None:
    view = project_view({**WHOLE, "plan_year": 0.05, "done_year": 0.038})
    assert view.invested is not None
    assert (view.invested.unit, round(view.invested.done)) == ("万元", 380)
    assert (view.planned, view.spent) == (0.05, 0.038)


@pytest.mark.parametrize("plan", [None, "", 0, "许多"])
def test_without_a_plan_no_investment_is_drawn(plan: Any) -> None:
    view = project_view({**WHOLE, "plan_year": plan})
    assert view.invested is None and view.invested_rows == []


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (12.5, "12.5 亿元"),
        (0.06, "600 万元"),
        (1, "1 亿元"),
        (None, ""),
        (0, "0 亿元"),
        (1234.5, "1,234.5 亿元"),
    ],
)
def test_money_is_told_in_its_own_size(amount: float | None, words: str) -> None:
    assert money(amount) == words
