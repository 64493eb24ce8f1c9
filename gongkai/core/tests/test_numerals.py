import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.numerals import chinese_to_int, digits_to_chinese, int_to_chinese

NUMBERS = st.integers(min_value=0, max_value=9999)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0),
        ("〇", 0),
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("一十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("一百", 100),
        ("一百零一", 101),
        ("一百〇一", 101),
        ("一百○一", 101),
        ("一百零五", 105),
        ("一百一十", 110),
        ("一百十", 110),
        ("二百十", 210),
        ("二百一十", 210),
        ("二百十五", 215),
        ("两百零二", 202),
        ("一千", 1000),
        ("一千零一", 1001),
        ("一千零一十", 1010),
        ("一千零十", 1010),
        ("一千二百六十", 1260),
        ("两千零二十二", 2022),
        ("九千九百九十九", 9999),
        ("二〇二二", 2022),
        ("二零二二", 2022),
        ("一九四九", 1949),
        (" 十二 ", 12),
    ],
)
def test_spellings_used_in_laws_are_read(text: str, value: int) -> None:
    assert chinese_to_int(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "二百五",
        "一千五",
        "一千一十",
        "一百零十",
        "零十",
        "百",
        "千二",
        "十百",
        "一百二百",
        "十二十",
        "12",
        "第十二",
        "二〇二二〇",
        "两",
        "十两",
        "一万",
        "一百零",
        "壹",
    ],
)
def test_ambiguous_or_damaged_numerals_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"。$"):
        chinese_to_int(text)


def test_the_refusal_of_a_colloquial_numeral_names_the_right_spelling() -> None:
    with pytest.raises(ValueError, match="二百零五"):
        chinese_to_int("二百五")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "零"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (1010, "一千零一十")],
)
def test_numbers_are_written_with_units(value: int, text: str) -> None:
    assert int_to_chinese(value) == text


def test_zero_can_be_written_as_a_circle() -> None:
    assert int_to_chinese(105, zero="〇") == "一百〇五"
    assert digits_to_chinese(2022) == "二〇二二"
    assert digits_to_chinese(2022, zero="零") == "二零二二"


@pytest.mark.parametrize("value", [-1, 10000])
def test_numbers_out_of_range_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="0到9999"):
        int_to_chinese(value)
    with pytest.raises(ValueError, match="0到9999"):
        digits_to_chinese(value)


@settings(deadline=None)
@given(NUMBERS, st.sampled_from(["零", "〇"]))
def test_every_number_survives_writing_and_reading(value: int, zero: str) -> None:
    assert chinese_to_int(int_to_chinese(value, zero=zero)) == value  # type: ignore[arg-type]
    assert chinese_to_int(digits_to_chinese(value)) == value


@settings(deadline=None)
@given(st.text(alphabet="零〇一二两三九十百千", max_size=8))
def test_what_is_read_has_one_canonical_spelling(text: str) -> None:
    try:
        value = chinese_to_int(text)
    except ValueError:
        return
    assert chinese_to_int(int_to_chinese(value)) == value
