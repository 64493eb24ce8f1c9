"""Under which item of the regulation information stands, and what is said where there is none."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.entries.enums import ARTICLES
from gongkai.profiles.rules_statutory import (
    KIND_ARTICLES,
    NOT_HERE,
    Absence,
    article_number,
    article_of,
    article_state,
    articles_for,
    cn_number,
    merged,
)

DAY = date(2022, 10, 18)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (15, "十五"), (20, "二十"), (99, "九十九")],
)
def test_numbers_are_written_as_the_regulation_writes_them(value: int, text: str) -> None:
    assert cn_number(value) == text


def test_article_20_has_fifteen_items_in_order() -> None:
    numbers = [article_number(key) for key in articles_for("city") if key.startswith("20-")]
    assert len(numbers) == 15 and numbers[0] == "（一）" and numbers[-1] == "（十五）"


@pytest.mark.parametrize(
    ("level", "last", "count"),
    [("city", "21-city", 16), ("district", "21-city", 16), ("township", "21-town", 16),
     ("village", "20-15", 15), ("", "20-15", 15)],
)  # fmt: skip
def test_article_21_adds_an_item_by_level(level: str, last: str, count: int) -> None:
    keys = articles_for(level)
    assert keys[-1] == last and len(keys) == count


def test_every_kind_leads_to_an_item_that_exists() -> None:
    assert set(KIND_ARTICLES.values()) <= set(ARTICLES)
    assert not set(KIND_ARTICLES) & set(NOT_HERE)


@pytest.mark.parametrize("kind", NOT_HERE)
def test_61_no_news_and_no_other_column_among_the_statutory_content(kind: str) -> None:
    assert article_of(kind) == ""


def test_an_unknown_kind_stands_with_the_rest() -> None:
    assert article_of("something_new") == "20-15"


@given(st.integers(0, 5), st.booleans(), st.booleans())
def test_an_item_is_never_said_to_be_absent_when_something_is_public(
    count: int, absent: bool, owed: bool
) -> None:
    absence = Absence("没有这类职责。", "2022年") if absent else None
    state = article_state("20-6", count, DAY if count else None, absence=absence, owed=owed)
    assert (state.word == "已公开") == (count > 0)
    assert (state.word == "本单位无此类信息") == (count == 0 and absent)
    if state.word == "本单位无此类信息":
        assert state.note == "没有这类职责。（2022年）"
    assert (state.tone == "warn") == (count == 0 and not absent and owed)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(-3, 9)), max_size=4))
def test_sums_leave_out_what_is_not_there(parts: list[dict[str, int]]) -> None:
    found = merged(*parts)
    assert all(n > 0 for n in found.values())
    for key, n in found.items():
        assert n == sum(p.get(key, 0) for p in parts)
