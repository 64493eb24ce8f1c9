"""Did you mean …? Rates over lists of typical errors and of right queries, and single cases."""

import json
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.pairs import fold, pairs
from gongkai.organisations.loading import fixture_names
from gongkai.search.rules_query import parse
from gongkai.search.rules_spelling import TRIED, candidates, suggest_correction
from gongkai.search.rules_vocabulary import Vocabulary

HERE = Path(__file__).parent
REFERENCE = HERE.parent / "reference"


def _lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def titles() -> list[str]:
    return _lines("titles.txt")


@cache
def vocabulary() -> Vocabulary:
    known = [(title, 1.0) for title in titles()]
    groups = json.loads((REFERENCE / "synonyms.json").read_text(encoding="utf-8"))
    known += [(word, 2.0) for group in groups for word in group["words"]]
    known += [(row[name], 2.0) for row in fixture_names() for name in ("short_name", "full_name")]
    return Vocabulary.build(known)


@cache
def _terms() -> list[set[str]]:
    return [set(pairs(title)) for title in titles()]


def hits_of(text: str) -> int:
    """Titles that hold everything of a text, as strict hits do."""
    wanted = {term for word in parse(text).content for term in pairs(word)}
    return sum(wanted <= terms for terms in _terms()) if wanted else 0


ERRORS = [tuple(line.split("\t")) for line in _lines("errors_typed.txt")]
RIGHT = _lines("right_queries.txt")


def test_the_lists_are_long_enough_and_say_what_they_say() -> None:
    assert len(ERRORS) >= 60 and len(RIGHT) >= 120
    assert all(hits_of(typed) == 0 for typed, _ in ERRORS)
    assert sum(hits_of(query) > 0 for query in RIGHT) >= 50
    assert sum(hits_of(query) == 0 for query in RIGHT) >= 60


def test_typical_errors_are_put_right() -> None:
    wrong = {
        typed: found
        for typed, meant in ERRORS
        for found in [suggest_correction(typed, vocabulary(), hits_of)]
        if found is None or meant not in found
    }
    assert len(wrong) / len(ERRORS) <= 0.10, wrong
    # Offering something wrong is worse than offering nothing.
    assert len([found for found in wrong.values() if found]) <= 2, wrong


def test_right_queries_stay() -> None:
    changed = {
        query: found
        for query in RIGHT
        for found in [suggest_correction(query, vocabulary(), hits_of)]
        if found is not None
    }
    assert len(changed) / len(RIGHT) <= 0.01, changed


def test_a_query_that_finds_enough_is_never_corrected() -> None:
    asked: list[str] = []

    def many(text: str) -> int:
        asked.append(text)
        return 3

    assert suggest_correction("营伤环境", vocabulary(), many) is None
    assert asked == ["营伤环境"]


def test_a_correction_must_find_ten_times_more_than_a_hit() -> None:
    few = {"营伤环境": 1, "营商环境": 9}
    assert suggest_correction("营伤环境", vocabulary(), lambda text: few.get(text, 0)) is None
    few["营商环境"] = 10
    assert suggest_correction("营伤环境", vocabulary(), lambda text: few.get(text, 0)) == "营商环境"


def test_what_finds_nothing_is_not_offered() -> None:
    assert suggest_correction("营伤环境", vocabulary(), lambda _: 0) is None


def test_few_counts_are_asked_for() -> None:
    asked: list[str] = []

    def none(text: str) -> int:
        asked.append(text)
        return 0

    suggest_correction("长沙市人名政付关于公鸡金", vocabulary(), none)
    assert 1 < len(asked) <= TRIED + 1


@pytest.mark.parametrize(
    "query", ["", "路", "2022", "长政办发〔2022〕13号", "字" * 31, "公积金" * 100, "😀", "\ud800"]
)
def test_no_correction_is_looked_for(query: str) -> None:
    assert candidates(query, vocabulary()) == []


def test_the_rest_of_the_query_stays() -> None:
    assert suggest_correction("公鸡金 贷款", vocabulary(), hits_of) == "公积金 贷款"


def test_a_long_word_of_one_sound_is_put_right_though_every_pair_is_known() -> None:
    known = Vocabulary.build([("疫情防控", 5.0), ("人民防空", 5.0), ("情防", 1.0)])
    assert (
        suggest_correction("疫情防空", known, lambda text: 3 * (text == "疫情防控")) == "疫情防控"
    )


def test_two_errors() -> None:
    assert (
        suggest_correction("优化营伤环境 典型案列", vocabulary(), hits_of)
        == "优化营商环境 典型案例"
    )


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.sampled_from("营商伤环境公积鸡金住房zhufang gj' 2022长沙人民名😀\ud800“《"), max_size=45
    )
)
def test_any_text(text: str) -> None:
    for found in candidates(text, vocabulary()):
        assert found and found != fold(text)


def test_it_takes_little_time() -> None:
    vocabulary(), candidates("gongjijin", vocabulary())
    begun = time.perf_counter()
    for typed, _ in ERRORS:
        candidates(typed, vocabulary())
    spent = (time.perf_counter() - begun) / len(ERRORS)
    assert spent < 0.02  # 0.5 ms where nothing else runs
