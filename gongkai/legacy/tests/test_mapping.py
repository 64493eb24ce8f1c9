"""A mapping is checked as a whole before a row is read."""

import json
from typing import Any

import pytest

from gongkai.legacy import mapping as maps
from gongkai.legacy.tests import world


def test_the_plain_mapping_is_right() -> None:
    found = maps.check_mapping(world.MAPPING)
    assert found.key == "id"
    assert found.fields["title"].sources == ("title",)
    assert found.fields["kind"].value == "notice"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([], "应当是一个"),
        ({"fields": {}}, "缺少“title”"),
        (world.mapping(title=None), "缺少“title”"),
        (world.mapping(original_on=None), "原发布日期"),
        (world.mapping(body=None), "至少要有一项"),
        (world.mapping(nonsense="x"), "nonsense"),
        (world.mapping(attribute={"value": "proactive"}), "attribute"),
        (world.mapping(change_kind="x"), "change_kind"),
        (world.mapping(body={"from": "text", "as": "pdf"}), "text"),
        (world.mapping(title={"form": "x"}), "form"),
        (world.mapping(title={}), "要有 from"),
        (world.mapping(title={"from": 3}), "from 应当是"),
        (world.mapping(original_on={"from": "d", "formats": ["us"]}), "formats"),
        (world.mapping(validity={"from": "s", "map": {"有效": "yes"}}), "validity"),
        ({**world.MAPPING, "near_duplicates": "drop"}, "near_duplicates"),
        ({**world.MAPPING, "hosts": "x"}, "hosts"),
        ({**world.MAPPING, "redirects": ["x"]}, "redirects"),
        ({**world.MAPPING, "colour": 1}, "colour"),
    ],
)
def test_each_mistake_is_named(raw: Any, words: str) -> None:
    with pytest.raises(maps.MappingError) as error:
        maps.check_mapping(raw)
    assert words in str(error.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(maps.MappingError) as error:
        maps.check_mapping(world.mapping(title=None, nonsense="x", body=None))
    assert len(error.value.problems) >= 3


def test_a_broken_file_names_its_line() -> None:
    with pytest.raises(maps.MappingError, match="第 2 行"):
        maps.read_mapping('{\n"a" 1}')


def test_columns_that_a_file_lacks_are_named_with_what_they_feed() -> None:
    found = maps.missing_columns(maps.check_mapping(world.MAPPING), ["title", "text", "url"])
    assert found == ["date（对应原发布日期）", "id（旧网站编号）"]


@pytest.mark.parametrize(
    "heads",
    [
        ["id", "title", "content", "pubDate", "url"],
        ["编号", "标题", "正文", "发布日期", "文号", "索引号", "发布机构"],
    ],
)
def test_a_proposal_can_be_used_as_it_is(heads: list[str]) -> None:
    found = maps.suggest(heads, {"content": "<p>正文</p>"})
    checked = maps.read_mapping(json.dumps(found))
    assert not maps.missing_columns(checked, heads)
    assert checked.fields["body"].form == ("html" if "content" in heads else "text")
