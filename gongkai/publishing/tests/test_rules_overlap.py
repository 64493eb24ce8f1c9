"""How much of a text was copied."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.publishing.rules_overlap import SHORTEST, letters, overlap

_DRAW = random.Random(20221018)
DOCUMENT, OTHER = ("".join(chr(_DRAW.randint(0x4E00, 0x4FFF)) for _ in range(900)) for _ in "ab")


def test_a_copy_is_a_whole_one_whatever_the_punctuation() -> None:
    shared = overlap("，".join(DOCUMENT[i : i + 9] for i in range(0, 900, 9)), DOCUMENT)
    assert shared is not None and (shared.of_document, shared.of_text) == (100, 100)


def test_another_text_shares_little() -> None:
    shared = overlap(OTHER, DOCUMENT)
    assert shared is not None and shared.percent < 20


def test_an_abridged_copy_is_found_from_the_side_of_the_text() -> None:
    shared = overlap(DOCUMENT[:300], DOCUMENT)
    assert shared is not None
    assert shared.of_text == 100 and 30 <= shared.of_document <= 34 and shared.percent == 100


def test_half_a_copy_is_about_half() -> None:
    shared = overlap(DOCUMENT[:450] + OTHER[:450], DOCUMENT)
    assert shared is not None and 45 <= shared.percent <= 65


@pytest.mark.parametrize(
    ("text", "document"), [("", DOCUMENT), (DOCUMENT, "短"), ("短" * (SHORTEST - 1), DOCUMENT)]
)
def test_short_texts_tell_nothing(text: str, document: str) -> None:
    assert overlap(text, document) is None


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=SHORTEST, max_size=400), st.text(min_size=SHORTEST, max_size=400))
def test_shares_are_percents_and_mirror_each_other(one: str, two: str) -> None:
    there, back = overlap(one, two), overlap(two, one)
    if there is None or back is None:
        assert min(len(letters(one)), len(letters(two))) < SHORTEST
        return
    assert 0 <= there.of_document <= 100 and 0 <= there.of_text <= 100
    assert (there.of_document, there.of_text) == (back.of_text, back.of_document)
