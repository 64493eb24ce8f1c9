"""Fields that matter only for a choice: validated, required and described as data."""

import json
from typing import Any

import pytest

from gongkai.publishing.enums import KindGroup
from gongkai.publishing.loading import REFERENCE
from gongkai.publishing.rules import KindRules, completeness_problems
from gongkai.publishing.rules_facts import applies, facts_problems, needed_fields
from gongkai.publishing.rules_kinds import condition_problems, kind_problems
from tests.factories import DAY

SHA = "a" * 64
FORM: dict[str, Any] = {
    "name": "form", "label": "形式", "type": "choice", "choices": [["text", "文字"], ["video", "视频"]],
    "requires": {"text": ["body"]},
}  # fmt: skip
TRANSCRIPT = {"name": "words", "label": "文字稿", "type": "longtext", "required": True,
              "when": {"form": ["video"]}}  # fmt: skip
FILE = {
    "name": "file",
    "label": "视频文件",
    "type": "file",
    "one_of": "film",
    "when": {"form": ["video"]},
}
URL = {"name": "url", "label": "网址", "type": "url", "one_of": "film", "when": {"form": ["video"]}}
BURNED = {"name": "burned", "label": "有字幕", "type": "boolean", "when": {"form": ["video"]}}
SCHEMA = [FORM, TRANSCRIPT, FILE, URL, BURNED]
KINDS = {kind["key"]: kind for kind in json.loads(REFERENCE.read_text(encoding="utf-8"))}


def found(facts: dict[str, Any], schema: list[dict[str, Any]] | None = None) -> list[str]:
    return [text for _, text in facts_problems(schema or SCHEMA, facts, files={SHA: "片.mp4"})]


@pytest.mark.parametrize(
    ("when", "values", "expected"),
    [
        (None, {}, True),
        ({"form": ["video"]}, {"form": "video"}, True),
        ({"form": ["video", "text"]}, {"form": "text"}, True),
        ({"form": ["video"]}, {"form": "text"}, False),
        ({"form": ["video"]}, {}, False),
        ({"form": ["video"], "big": [True]}, {"form": "video", "big": True}, True),
        ({"form": ["video"], "big": [True]}, {"form": "video"}, False),
        ({"form": ["video"]}, {"form": ["video"]}, False),
    ],
)
def test_a_field_applies_when_all_conditions_hold(
    when: Any, values: dict[str, Any], expected: bool
) -> None:
    assert applies({"name": "x", **({"when": when} if when else {})}, values) is expected


def test_what_does_not_apply_is_neither_asked_for_nor_accepted() -> None:
    assert found({"form": "text"}) == []
    assert found({"form": "text", "words": "你好"}) == [
        "“文字稿”只在“形式”为“视频”时填写，请清空。"
    ]
    assert found({"form": "text", "burned": False}) == [], "a box nobody ticked says nothing"
    assert found({"form": "text", "burned": True}) != []


@pytest.mark.parametrize(
    ("facts", "faults"),
    [
        ({}, 2),
        ({"words": "你好"}, 1),
        ({"file": SHA}, 1),
        ({"words": "你好", "file": SHA}, 0),
        ({"words": "你好", "url": "https://v.example.cn/1"}, 0),
        ({"words": "你好", "file": SHA, "url": "https://v.example.cn/1"}, 0),
        ({"words": "你好", "url": "v.example.cn"}, 1),
        ({"words": "你好", "file": "b" * 64}, 1),
    ],
)
def test_one_of_several_is_enough(facts: dict[str, Any], faults: int) -> None:
    assert len(found({"form": "video", **facts})) == faults


def test_an_unticked_box_is_not_one_of_them() -> None:
    schema = [
        {"name": "vtt", "label": "字幕", "type": "file", "one_of": "captions"},
        {"name": "burned", "label": "画面有字幕", "type": "boolean", "one_of": "captions"},
    ]
    assert found({"burned": False}, schema) == ["请选择“字幕”，或者勾选“画面有字幕”，至少有一样。"]
    assert found({"burned": True}, schema) == []
    assert found({"vtt": SHA}, schema) == []


def test_a_choice_can_call_for_a_common_field() -> None:
    assert needed_fields(SCHEMA, {"form": "text"}) == ["body"]
    assert needed_fields(SCHEMA, {"form": "video"}) == []
    assert needed_fields(SCHEMA, {"form": ["text"]}) == []
    kind = KindRules("x", ("title",), "none", tuple(SCHEMA))

    def missing(**content: Any) -> list[str]:
        problems = completeness_problems(
            {"title": "题", "attribute": "proactive", **content},
            kind=kind, prefixes=(), today=DAY, released_before=False,
        )  # fmt: skip
        return [p.field for p in problems]

    assert missing(facts={"form": "text"}) == ["body"]
    assert missing(facts={"form": "text"}, body="<p>话</p>") == []
    assert "body" not in missing(facts={"form": "video"})


BANDS: dict[str, Any] = {
    "name": "bands", "label": "内容", "type": "rows", "columns": [
        {"name": "band", "label": "是什么", "type": "choice", "required": True,
         "choices": [["text", "文字"], ["picture", "图片"]]},
        {"name": "picture", "label": "图片", "type": "file", "required": True,
         "when": {"band": ["picture"]}, "formats": ["png"]}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"band": "text"}, ""),
        ({"band": "picture"}, "第 1 行缺少“图片”"),
        ({"band": "text", "picture": SHA}, "只在“是什么”为“图片”时填写"),
        ({"band": "film"}, "不在可选范围"),
        ({"band": "picture", "picture": SHA}, "应为 png 文件"),
        ({"band": "picture", "picture": "c" * 64}, "不在附件里"),
        ({"band": "text", "odd": "1"}, "没有“odd”这一列"),
    ],
)
def test_cells_have_conditions_of_their_own_row(row: dict[str, Any], part: str) -> None:
    texts = found({"bands": [row]}, [BANDS])
    assert (part in "".join(texts)) if part else texts == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"when": {"nothing": ["video"]}}, "应为排在它前面的单选或是否字段"),
        ({"when": {"words": ["video"]}}, "应为排在它前面"),
        ({"when": {"form": ["film"]}}, "没有 film 这样的取值"),
        ({"when": {"form": "video"}}, "取值应为列表"),
        ({"when": {"form": []}}, "取值应为列表"),
        ({"when": {}}, "when 应写成"),
        ({"when": ["form"]}, "when 应写成"),
        ({"requires": {"film": ["body"]}}, "requires 里没有 film"),
        ({"type": "choice", "choices": [["a", "甲"]], "requires": {"a": ["facts"]}}, "只能要求"),
    ],
)
def test_a_wrong_condition_is_named(changes: dict[str, Any], words: str) -> None:
    problems = condition_problems(
        [FORM, {"name": "x", "label": "甲", "type": "text", **changes}], "此处"
    )
    assert any(words in problem for problem in problems), problems


def test_a_condition_cannot_hang_on_a_conditional_field() -> None:
    last = {"name": "x", "label": "甲", "type": "text", "when": {"burned": [True]}}
    assert "自己也有条件" in "".join(condition_problems([FORM, BURNED, last], "此处"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"whenever": {"form": ["video"]}}, "不认识 whenever"),
        ({"show": "carousel"}, "show 应为"),
        ({"check": "spelling"}, "check 应为"),
        ({"overlap": {"percent": 60, "basis": "x"}}, "只用于已有的信息"),
        ({"type": "items", "overlap": {"percent": 0, "basis": "x"}}, "1 到 100"),
        ({"type": "items", "overlap": {"percent": True, "basis": "x"}}, "1 到 100"),
        ({"type": "items", "overlap": {"percent": 60}}, "basis"),
        ({"type": "items", "overlap": {"percent": 60, "basis": "x", "odd": 1}}, "overlap 只有"),
        ({"when": {"nothing": ["1"]}}, "when 里的“nothing”"),
    ],
)
def test_a_kind_with_a_wrong_description_is_not_loaded(changes: dict[str, Any], words: str) -> None:
    field = {"name": "x", "label": "甲", "type": "text", **changes}
    kind = {"key": "k", "name": "种", "required": ["title"], "schema": [field]}
    assert any(words in p for p in kind_problems(kind, groups=KindGroup.values))


def test_the_forms_of_the_shipped_kind_are_whole() -> None:
    kind = KINDS["interpretation"]
    assert kind_problems(kind, groups=KindGroup.values) == []
    forms = next(f for f in kind["schema"] if f["name"] == "form")
    own = {v for f in kind["schema"] if f.get("when") for v in f["when"]["form"]}
    assert own | set(forms["requires"]) == {choice[0] for choice in forms["choices"]}
    assert next(f for f in kind["schema"] if f.get("overlap"))["overlap"]["unconfirmed"] is True


PERSON = {
    "interprets": [1],
    "drafter": "市财政局",
    "interpreter": "某科长",
    "phone": "0731-80000001",
}
VIDEO = {"poster": SHA, "poster_text": "封面", "transcript": "大家好", "seconds": 30}


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"form": "text"}, set()),
        ({"form": "qa"}, {"pairs"}),
        ({"form": "picture"}, {"pictures"}),
        ({"form": "h5"}, {"bands"}),
        ({"form": "scenario"}, {"steps"}),
        ({"form": "interview"}, {"guests", "held_on", "exchange"}),
        ({"form": "video"}, {"poster", "poster_text", "transcript", "seconds", "film", "captions"}),
        ({"form": "video", **VIDEO}, {"film", "captions"}),
        ({"form": "video", **VIDEO, "film_url": "https://v.example.cn/1"}, {"captions"}),
        ({"form": "video", **VIDEO, "film_url": "https://v.example.cn/1", "burned": True}, set()),
        ({"form": "video", "film_url": "https://v.example.cn/1", "burned": True, **VIDEO,
          "transcript": ""}, {"transcript"}),
        ({"form": "text", "pairs": [{"question": "问", "answer": "答"}]}, {"pairs"}),
    ],
)  # fmt: skip
def test_each_form_asks_for_its_own(facts: dict[str, Any], missing: set[str]) -> None:
    problems = facts_problems(KINDS["interpretation"]["schema"], {**PERSON, **facts})
    assert {name.removeprefix("facts.") for name, _ in problems} == missing
