"""Whether a record belongs in a column: the rule tree on plain values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.rules import FIELDS, RecordFacts, check_rule, matches

POLICY = RecordFacts(
    kind=frozenset({"policy"}),
    theme=frozenset({"0401", "04"}),
    genre=frozenset({"通知"}),
    unit=frozenset({"czj"}),
    area=frozenset({"city"}),
    topic=frozenset({"yingshang", "yingshang/wenjian"}),
    attribute=frozenset({"proactive"}),
    validity=frozenset({"in_force"}),
)


@pytest.mark.parametrize(
    ("rule", "belongs"),
    [
        # A column without a rule never fills by accident.
        ({}, False),
        ({"all": []}, False),
        ({"any": []}, False),
        ({"not": {}}, False),
        ({"kind": []}, False),
        ({"all": [{}]}, False),
        ({"any": [{}, {}]}, False),
        # One condition.
        ({"kind": "policy"}, True),
        ({"kind": "news"}, False),
        ({"kind": ["news", "policy"]}, True),
        ({"kind": ["news", "notice"]}, False),
        ({"unit": "czj"}, True),
        ({"unit": "fgw"}, False),
        ({"area": "city"}, True),
        ({"area": "wangcheng"}, False),
        # A theme also matches by its top class, not by a mere beginning.
        ({"theme": "0401"}, True),
        ({"theme": "04"}, True),
        ({"theme": "0"}, False),
        ({"theme": "0402"}, False),
        # A record stands under several topics.
        ({"topic": "yingshang"}, True),
        ({"topic": "yingshang/wenjian"}, True),
        ({"topic": "yingshang/jiedu"}, False),
        ({"topic": "ying"}, False),
        # Several keys in one object all have to hold.
        ({"kind": "policy", "area": "city"}, True),
        ({"kind": "policy", "area": "wangcheng"}, False),
        ({"kind": "news", "area": "city"}, False),
        # Trees.
        ({"all": [{"kind": "policy"}, {"theme": "04"}]}, True),
        ({"all": [{"kind": "policy"}, {"theme": "11"}]}, False),
        ({"any": [{"kind": "news"}, {"theme": "04"}]}, True),
        ({"any": [{"kind": "news"}, {"theme": "11"}]}, False),
        ({"not": {"validity": ["repealed", "lapsed"]}}, True),
        ({"not": {"kind": "policy"}}, False),
        ({"kind": "policy", "not": {"validity": "repealed"}}, True),
        ({"kind": "policy", "not": {"unit": "czj"}}, False),
        ({"any": [{"all": [{"kind": "news"}, {"area": "city"}]}, {"not": {"unit": "fgw"}}]}, True),
        ({"all": [{"any": [{"kind": "news"}, {"kind": "policy"}]}, {"not": {"topic": "x"}}]}, True),
        ({"genre": "通知", "attribute": "proactive", "validity": "in_force"}, True),
    ],
    ids=str,
)
def test_a_record_belongs_where_its_facts_satisfy_the_rule(
    rule: dict[str, Any], belongs: bool
) -> None:
    assert matches(rule, POLICY) is belongs


# --- any rule, any record ----------------------------------------------------------------------

VALUES = st.sampled_from(["a", "b", "c"])
LEAF = st.dictionaries(
    st.sampled_from(sorted(FIELDS)),
    VALUES | st.lists(VALUES, min_size=1, max_size=3),
    min_size=1,
    max_size=2,
)
RULES = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)
RECORDS = st.fixed_dictionaries(
    {name: st.frozensets(VALUES, max_size=2) for name in sorted(FIELDS)}
).map(lambda values: RecordFacts(**values))


@given(RULES, RECORDS)
def test_a_rule_and_its_negation_divide_the_world(
    rule: dict[str, Any], record: RecordFacts
) -> None:
    assert matches({"not": rule}, record) is not matches(rule, record)


@given(RULES, RULES, RECORDS)
def test_all_is_and_and_any_is_or(
    left: dict[str, Any], right: dict[str, Any], record: RecordFacts
) -> None:
    one, two = matches(left, record), matches(right, record)
    assert matches({"all": [left, right]}, record) is (one and two)
    assert matches({"any": [left, right]}, record) is (one or two)


@given(RULES, RULES, RECORDS)
def test_neither_all_nor_any_of_negations_breaks_de_morgan(
    left: dict[str, Any], right: dict[str, Any], record: RecordFacts
) -> None:
    neither = {"all": [{"not": left}, {"not": right}]}
    assert matches(neither, record) is matches({"not": {"any": [left, right]}}, record)


@given(st.sampled_from(sorted(FIELDS)), st.lists(VALUES, min_size=1), VALUES, RECORDS)
def test_a_longer_list_never_admits_less(
    field: str, values: list[str], more: str, record: RecordFacts
) -> None:
    if matches({field: values}, record):
        assert matches({field: [*values, more]}, record)


@given(RULES)
def test_a_record_without_facts_matches_only_negations(rule: dict[str, Any]) -> None:
    if "not" not in str(rule):
        assert not matches(rule, RecordFacts())


# --- what can be stored ------------------------------------------------------------------------


@given(RULES)
def test_a_well_formed_rule_can_be_stored(rule: dict[str, Any]) -> None:
    assert check_rule(rule) == []


def test_an_empty_rule_can_be_stored_a_column_may_be_filled_by_hand_later() -> None:
    assert check_rule({}) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (None, "对象"),
        ([], "对象"),
        ("kind", "对象"),
        ({"colour": "red"}, "没有“colour”这个条件"),
        ({"all": {"kind": "policy"}}, "“all”"),
        ({"any": "policy"}, "“any”"),
        ({"all": []}, "“all”"),
        ({"any": []}, "“any”"),
        ({"all": ["policy"]}, "对象"),
        ({"all": [{"kind": "policy"}, {}]}, "空"),
        ({"not": {}}, "空"),
        ({"not": ["kind"]}, "对象"),
        ({"any": [{"not": {"colour": "red"}}]}, "没有“colour”这个条件"),
        ({"kind": 5}, "“kind”"),
        ({"kind": None}, "“kind”"),
        ({"kind": {"in": ["policy"]}}, "“kind”"),
        ({"kind": ["policy", 5]}, "“kind”"),
        ({"topic": [["a"]]}, "“topic”"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_rule_is_said_in_chinese(rule: Any, words: str) -> None:
    problems = check_rule(rule)
    assert problems
    assert any(words in problem for problem in problems)


def test_every_fault_of_a_rule_is_named() -> None:
    assert len(check_rule({"colour": "red", "all": "x", "any": [{"size": "1"}]})) == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["all", "any", "not", *sorted(FIELDS), "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(JSON, RECORDS)
def test_a_rule_that_may_be_stored_never_fails_at_publishing_time(
    rule: Any, record: RecordFacts
) -> None:
    if check_rule(rule) == []:
        assert matches(rule, record) in (True, False)
