import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.digit_windows import (
    LONGEST,
    SHORTEST,
    describe_disguise,
    digits_of,
    fold,
    has_spelled_number,
    may_hold_number,
    windows,
)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_folding_keeps_every_place(text: str) -> None:
    for spelled in (False, True):
        folded = fold(text, spelled=spelled)
        places = folded.places if folded.places is not None else range(len(text))
        assert len(folded.text) == len(places)
        for at, char in enumerate(folded.text):
            if char.isascii() and char.isdigit():
                original = text[places[at]]
                value = unicodedata.decimal(original, None)
                assert value is None or str(value) == char


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("１２３", "123"),
        ("٠١٢", "012"),
        ("１３８－００１３—８０００", "138-0013-8000"),
        ("1\u200b2\ufeff3", "123"),
        ("1\u00a02\u30003\u20284", "1 2 3\n4"),
        ("Х×", "××"),
        ("一②", "一②"),
        ("（号）：", "(号):"),
    ],
)
def test_disguises_of_width_sign_and_space_are_undone(text: str, folded: str) -> None:
    assert fold(text).text == folded


def test_spelled_digits_are_read_only_on_request() -> None:
    assert fold("一三八①〇", spelled=True).text == "13810"
    assert digits_of("一三八①〇9") == "9"


def test_spans_lead_back_past_invisible_characters() -> None:
    text = "号1\u200b2\u200b3止"
    folded = fold(text)
    start = folded.text.index("1")
    assert text[slice(*folded.original_span(start, start + 3))] == "1\u200b2\u200b3"


def test_windows_are_runs_of_whole_groups() -> None:
    found = {(w.digits, w.sizes) for w in windows("138 0013 8000 77")}
    assert found == {("13800138000", (3, 4, 4)), ("1380013800077", (3, 4, 4, 2))}


def test_a_final_x_completes_seventeen_digits() -> None:
    found = [w for w in windows("4301991988080800 1 x后") if w.digits.endswith("X")]
    assert [(w.digits, w.gaps) for w in found] == [("43019919880808001X", (" ", " "))]
    assert not [w for w in windows("43019919880808001Xa") if w.digits.endswith("X")]


def test_words_between_digits_end_a_window() -> None:
    assert list(windows("1380013号8000")) == []
    assert list(windows("1380013    8000")) == []


@settings(deadline=None)
@given(st.text(alphabet="0123 -\n.x甲", max_size=60))
def test_windows_report_what_the_text_holds(text: str) -> None:
    for window in windows(text):
        written = text[window.start : window.end].upper()
        assert "".join(c for c in written if c.isdigit() or c == "X") == window.digits
        assert SHORTEST <= len(window.digits) <= LONGEST
        assert sum(window.sizes) == len(window.digits)
        assert len(window.gaps) <= len(window.sizes) - 1 or window.digits.endswith("X")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一三八零零一三八零零零", True),
        ("138零零一三8000", True),
        ("13800138000", False),
        ("二〇二二年十月十八日", False),
        ("一、二、三", False),
    ],
)
def test_spelled_numbers_are_noticed(text: str, expected: bool) -> None:
    assert has_spelled_number(fold(text).text) is expected


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ("13800138000", ()),
        ("138 0013 8000", ("夹有空格",)),
        ("138-0013-8000", ("夹有符号",)),
        ("138\n00138000", ("跨行书写",)),
        ("1\u200b3800138000", ("夹有不可见字符",)),
        ("１３８００１３８０００", ("使用全角或特殊数字",)),
        ("一三八零零一三八零零零", ("使用中文数字",)),
        ("43019919880808001×", ("用×代替X",)),
    ],
)
def test_the_disguise_is_named(written: str, labels: tuple[str, ...]) -> None:
    assert describe_disguise(written) == labels


@given(st.text(alphabet="0123456789 -_.,、/\\|#~Xx×年月第", max_size=60))
def test_the_quick_look_misses_nothing_that_the_slow_one_finds(text: str) -> None:
    folded = fold(text).text
    if list(windows(folded)):
        assert may_hold_number(folded)


def test_the_quick_look_spares_ordinary_texts() -> None:
    assert not may_hold_number("2022年10月18日，共3,516户、1.2亿元，联系科室3楼305")
    assert may_hold_number("电话 138 0000 0000")
