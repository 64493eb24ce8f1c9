"""Words of one meaning: where they stand, what a query becomes, what staff may not write."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.search.rules_synonyms import (
    BOTH_WAYS,
    LIMIT,
    NAMES,
    ONE_WAY,
    Group,
    Synonyms,
    problems,
)

GROUPS = Synonyms(
    [
        Group(("公积金", "住房公积金")),
        Group(("社保", "社会保险")),
        Group(("五险一金", "社会保险缴费", "职工五险"), one_way=True, weight=ONE_WAY),
        Group(("发改委", "发展和改革委员会", "市发展改革委"), weight=NAMES),
        Group(("APP", "手机应用")),
        Group(("单",)),
    ]
)


def texts(*words: str) -> list[str]:
    return [a.text for a in GROUPS.alternatives(words)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("公积金提取",), ["住房公积金提取"]),
        (("住房公积金提取",), ["公积金提取"]),
        (("我的公积金",), ["我的住房公积金"]),
        (("公积金", "住房公积金"), []),
        (("社保", "缴费"), ["社会保险"]),
        (("五险一金",), ["社会保险缴费", "职工五险"]),
        (("职工五险",), []),
        (("app下载",), ["手机应用下载"]),
        (("apple",), []),
        (("單",), []),
        (("公積金",), ["住房公积金"]),
        ((), []),
        (("营商环境",), []),
    ],
)
def test_what_a_query_becomes(words: tuple[str, ...], expected: list[str]) -> None:
    assert texts(*words) == expected


def test_every_place_is_widened_alone() -> None:
    assert set(texts("公积金和社保")) == {"住房公积金和社保", "公积金和社会保险"}


def test_an_alternative_counts_for_less_than_what_was_typed() -> None:
    found = GROUPS.alternatives(["公积金 发改委 五险一金"])
    assert all(a.weight < 1 for a in found)
    assert [a.weight for a in found] == sorted((a.weight for a in found), reverse=True)
    assert {a.weight for a in found} == {BOTH_WAYS, NAMES, ONE_WAY}


def test_the_longest_word_is_found() -> None:
    groups = Synonyms([Group(("社会保险", "社保")), Group(("社会保险费", "社保费"))])
    assert [a.text for a in groups.alternatives(["社会保险费缴纳"])] == ["社保费缴纳"]


def test_words_of_several_sources_come_together() -> None:
    groups = Synonyms([Group(("市卫健委", "卫健委")), Group(("卫健委", "卫生健康委员会"))])
    assert set(groups.words_for(["卫健委"])) == {"市卫健委", "卫生健康委员会"}


def test_there_is_a_limit() -> None:
    groups = Synonyms([Group(tuple(f"词{n}" for n in range(10, 60)))])
    assert len(groups.alternatives(["词10"])) == LIMIT


@given(st.lists(st.text("公积金住房社保险会五一发改委 ap", max_size=14), max_size=5))
def test_nothing_is_doubled(words: list[str]) -> None:
    for found in GROUPS.alternatives(words):
        assert found.word in found.text
        assert found.text != found.query_word
        assert "住房住房" in found.query_word or "住房住房公积金" not in found.text
        assert 0 < found.weight < 1


@given(st.text(max_size=80))
def test_places_never_overlap(text: str) -> None:
    spans = GROUPS.found(text)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["公积金", "住房公积金"], []),
        (["金", "公积金"], ["只有一个字"]),
        (["公积金", "公積金"], ["写了两次", "至少写两个词"]),
        (["公积金"], ["至少写两个词"]),
        ([], ["至少写两个词"]),
        (["社保", "保险"], ["已经在“社会保险”这一组里"]),
        (["公积金", "公 积金"], ["有空格"]),
        (["公积金", "“公积金”"], ["有空格、引号"]),
        (["公积金", "长" * 31], ["超过 30 个字"]),
        (["公积金", "！！"], ["没有文字"]),
        ([f"词语{n}" for n in range(13)], ["最多 12 个词"]),
    ],
)
def test_what_staff_may_not_write(words: list[str], said: list[str]) -> None:
    found = problems(words, {"社保": "社会保险"})
    assert len(found) == len(said)
    assert all(part in text for part, text in zip(said, found, strict=True))
