"""Words typed into the search box of a small list."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.typed import WORDS, containing, forms, typed_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  市财政局　预算 ", ["市财政局", "预算"]),
        ("“托育 补助”", ["托育", "补助"]),
        ('"托育"', ["托育"]),
        ("a\x00b", ["a", "b"]),
        ("一 二 三 四 五 六 七 八 九", list("一二三四五六七八")),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert typed_words(text) == words


@pytest.mark.parametrize(
    ("word", "also"),
    [
        ("財政", "财政"),
        ("ＡＢＣ", "abc"),
        ("长财发[2022]1号", "长财发〔2022〕1号"),
        ("长财发（2022）1号", "长财发〔2022〕1号"),
    ],
)
def test_forms_hold_what_was_typed_and_how_it_may_be_stored(word: str, also: str) -> None:
    assert forms(word)[0] == word and also in forms(word)


def test_brackets_without_a_year_stay() -> None:
    assert forms("（试行）") == ["（试行）", "(试行)"]


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_any_text_makes_a_condition_of_bounded_size(text: str) -> None:
    found = containing(text, "title", "doc_no")
    assert len(found.children) <= WORDS * 6
    assert "\x00" not in repr(found)
