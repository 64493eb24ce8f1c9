"""No text from the platform is a formula in somebody's spreadsheet."""

import pytest

from gongkai.core.cells import safe_cell


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_text_that_begins_like_a_formula_is_marked_as_text(start: str) -> None:
    assert safe_cell(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


@pytest.mark.parametrize("text", ["", "长财发〔2022〕1号", "2022-10-18", "a=b"])
def test_every_other_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text
