"""Pinyin and traditional characters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.design.readings import pinyin, traditional, written


def test_readings_are_chosen_by_phrases() -> None:
    assert dict(pinyin("长沙")) == {"长": "cháng", "沙": "shā"}
    assert pinyin("增长")[1] == ("长", "zhǎng")
    assert pinyin("银行")[1] == ("行", "háng")


def test_what_is_not_chinese_stands_as_one_piece_without_reading() -> None:
    assert pinyin("发30%，A。") == [("发", "fā"), ("30%，A。", "")]


def test_traditional_characters_are_chosen_by_phrases() -> None:
    assert traditional("头发发展") == "頭髮發展"


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        (["pinyin"], [("长", "cháng"), ("沙", "shā")]),
        (["fanti"], [("長沙", "")]),
        (["pinyin", "fanti"], [("長", "cháng"), ("沙", "shā")]),
        ([], [("长沙", "")]),
    ],
)
def test_the_four_ways_to_write(wanted: list[str], parts: list[tuple[str, str]]) -> None:
    assert written("长沙", wanted) == parts


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_character_is_lost_or_added(text: str) -> None:
    assert "".join(piece for piece, _ in pinyin(text)) == text
    assert "".join(piece for piece, _ in written(text, ["pinyin"])) == text
    assert "".join(p for p, _ in written(text, ["pinyin", "fanti"])) == traditional(text)
