"""Word's own numbers, computed from numbering.xml as Word shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.core.numerals import chinese_to_int
from gongkai.publishing.importing.numbering import Numbering, format_number, read_numbering
from gongkai.publishing.tests.importing_docx import xml


@pytest.mark.parametrize(
    ("count", "style", "written"),
    [
        (1, "decimal", "1"),
        (12, "chineseCounting", "十二"),
        (20, "chineseCountingThousand", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (3, "japaneseCounting", "三"),
        (10, "ideographDigital", "一〇"),
        (22, "chineseLegalSimplified", "贰拾贰"),
        (3, "ideographTraditional", "丙"),
        (12, "ideographZodiac", "亥"),
        (3, "decimalEnclosedCircle", "③"),
        (3, "decimalEnclosedCircleChinese", "③"),
        (21, "decimalEnclosedCircle", "21"),
        (2, "decimalEnclosedParen", "⑵"),
        (2, "decimalEnclosedFullstop", "⒉"),
        (12, "decimalFullWidth", "１２"),
        (7, "decimalZero", "07"),
        (28, "lowerLetter", "bb"),
        (3, "upperLetter", "C"),
        (14, "lowerRoman", "xiv"),
        (1994, "upperRoman", "MCMXCIV"),
        (5, "somethingNew", "5"),
        (0, "upperRoman", "0"),
        (100_000, "chineseCounting", "100000"),
    ],
)
def test_number_formats(count: int, style: str, written: str) -> None:
    assert format_number(count, style) == written


@given(st.integers(1, 9999))
def test_chinese_counting_can_be_read_back(count: int) -> None:
    assert chinese_to_int(format_number(count, "chineseCountingThousand")) == count


def numbering(levels: str, nums: str = "", styles: dict[str, str] | None = None) -> Numbering:
    nums = nums or '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    root = xml(
        f'<w:numbering><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        f"{nums}</w:numbering>"
    )
    return read_numbering(root, styles or {})


def level(index: int, style: str, pattern: str, extra: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{style}"/>{extra}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


LAW = (
    level(0, "chineseCountingThousand", "第%1章")
    + level(1, "chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/>')
    + level(2, "chineseCounting", "（%3）")
)


def labels(numbers: Numbering, *steps: int | tuple[str, int]) -> list[str]:
    result = []
    for step in steps:
        num_id, index = step if isinstance(step, tuple) else ("1", step)
        label = numbers.label(num_id, index)
        result.append("" if label is None else label.text)
    return result


def test_articles_count_through_the_chapters_when_the_level_never_restarts() -> None:
    assert labels(numbering(LAW), 0, 1, 1, 2, 2, 0, 1, 2) == [
        *("第一章", "第一条", "第二条", "（一）", "（二）"),
        *("第二章", "第三条", "（一）"),
    ]


def test_lower_levels_start_again_below_a_higher_one() -> None:
    levels = level(0, "chineseCounting", "%1、") + level(1, "chineseCounting", "（%2）")
    assert labels(numbering(levels), 0, 1, 1, 0, 1) == [
        "一、",
        "（一）",
        "（二）",
        "二、",
        "（一）",
    ]


def test_a_level_may_restart_only_below_a_named_level() -> None:
    levels = (
        level(0, "decimal", "%1.")
        + level(1, "decimal", "%1.%2")
        + level(2, "decimal", "(%3)", '<w:lvlRestart w:val="1"/>')
    )
    assert labels(numbering(levels), 0, 1, 2, 1, 2, 0, 2) == [
        *("1.", "1.1", "(1)", "1.2", "(2)", "2.", "(1)"),
    ]


def test_compound_numbers_and_legal_style_use_digits() -> None:
    levels = level(0, "chineseCounting", "第%1章") + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    assert labels(numbering(levels), 0, 0, 1) == ["第一章", "第二章", "2.1"]


def test_a_level_below_one_that_never_counted_shows_its_start() -> None:
    levels = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2")
    assert labels(numbering(levels), 1, 1) == ["1.1", "1.2"]


def test_two_instances_of_one_list_go_on_unless_told_to_start_again() -> None:
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    numbers = numbering(level(0, "decimal", "%1."), nums)
    steps = [("1", 0), ("1", 0), ("2", 0), ("3", 0), ("3", 0), ("1", 0)]
    assert labels(numbers, *steps) == ["1.", "2.", "3.", "5.", "6.", "7."]


def test_an_instance_may_replace_a_level() -> None:
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        + level(0, "upperLetter", "%1)", start=3)
        + "</w:lvlOverride></w:num>"
    )
    assert labels(numbering(level(0, "decimal", "%1."), nums), 0, 0) == ["C)", "D)"]


def test_a_list_may_be_named_through_a_numbering_style() -> None:
    root = xml(
        '<w:numbering><w:abstractNum w:abstractNumId="0">'
        + level(0, "chineseCounting", "%1、")
        + '</w:abstractNum><w:abstractNum w:abstractNumId="7"><w:numStyleLink w:val="Gongwen"/>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="4"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    )
    assert labels(read_numbering(root, {"Gongwen": "1"}), ("4", 0)) == ["一、"]


def test_styles_that_name_each_other_do_not_hang() -> None:
    root = xml(
        '<w:numbering><w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="A"/>'
        "</w:abstractNum>"
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    assert read_numbering(root, {"A": "1"}).label("1", 0) is None


def test_bullets_have_no_number_and_unknown_lists_none() -> None:
    numbers = numbering(level(0, "bullet", "\uf0b7"))
    label = numbers.label("1", 0)
    assert label is not None
    assert label.bullet
    assert label.text == ""
    assert numbers.label("99", 0) is None
    assert numbers.label("1", 8) is None
    assert numbers.label("1", -1) is None


@pytest.mark.parametrize(
    ("pattern", "style", "suffix", "prefix"),
    [
        ("%1、", "chineseCounting", "tab", "一、"),
        ("（%1）", "chineseCounting", "tab", "（一）"),
        ("第%1条", "chineseCounting", "space", "第一条　"),
        ("%1.", "decimal", "tab", "1. "),
        ("%1.", "decimal", "nothing", "1."),
    ],
)
def test_the_blank_behind_a_number_is_the_one_the_field_writes(
    pattern: str, style: str, suffix: str, prefix: str
) -> None:
    numbers = numbering(level(0, style, pattern, f'<w:suff w:val="{suffix}"/>'))
    label = numbers.label("1", 0)
    assert label is not None
    assert label.prefix() == prefix


def test_a_document_without_lists_has_no_numbers() -> None:
    assert read_numbering(None, {}).label("1", 0) is None
