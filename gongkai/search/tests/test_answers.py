"""Questions are ranked on one scale and their best hits ordered again; other queries are not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gongkai.search import finding, writing
from gongkai.search.asking import ask_of
from gongkai.search.entries import PUBLIC
from gongkai.search.query import Ask, Word
from gongkai.search.rules_query import parse
from gongkai.search.tests.world import shelf

DAY = date(2022, 10, 18)
pytestmark = pytest.mark.django_db

LONG = "为做好有关工作，请各单位按照职责分工抓好落实，并于月底前报告进展情况。" * 6


@pytest.fixture
def filled(db: Any) -> Iterator[None]:
    with shelf() as things:
        things.put(1, "托育补助通知", "托育补助按规定发放。" + LONG)
        things.put(2, "工作安排", "普惠托育补助于2022年10月发放，每月六百元。")
        things.put(3, "托育补助说明", "托育补助另行通知。" + LONG)
        things.put(4, "节约用水倡议", "请市民节约用水。")
        things.put(5, "托育机构名单", "名单见附件。", asked="孩子没人带怎么办")
        writing.rebuild(PUBLIC)
        yield


def asked(*words: str, question: str = "", **more: Any) -> Ask:
    return Ask(words=tuple(map(Word, words)), question=question, **more)


def found(ask: Ask, **more: Any) -> finding.Result:
    return finding.find(PUBLIC, ask, today=DAY, **more)


def ids(ask: Ask, **more: Any) -> list[int]:
    return [row.stored.record[1] for row in found(ask, **more).rows]


@pytest.mark.usefixtures("filled")
class TestAnswers:
    def test_the_hit_with_the_answer_comes_first(self) -> None:
        assert ids(asked("托育补助的发放", question="托育补助的发放是什么时候"))[0] == 2

    def test_it_says_why(self) -> None:
        rows = found(asked("托育补助的发放", question="托育补助的发放是什么时候")).rows
        assert rows[0].why.startswith("与其他结果相比：")
        shown = finding.shown(PUBLIC, rows)
        assert [row.why for row in shown] == [row.why for row in rows]
        plain = found(asked("托育补助的发放")).rows
        assert all(row.why.startswith(("标题里有", "正文或者附件里有")) for row in plain)
        assert {row.why for row in found(asked("托育补助"), order=finding.NEWEST).rows} == {""}

    def test_words_find_the_document_that_is_called_so(self) -> None:
        assert ids(asked("托育补助的发放"))[0] == 1

    def test_all_hits_of_a_question_are_counted_and_none_is_lost(self) -> None:
        result = found(asked("托育补助", "规定发放", question="托育补助规定发放哪些"), size=2)
        assert result.total == 4 and result.related == 0
        assert all(row.strict for row in result.rows)
        pages = [
            ids(asked("托育补助", "规定发放", question="托育补助规定发放哪些"), size=2, page=p)
            for p in (1, 2)
        ]
        assert sorted(pages[0] + pages[1]) == [1, 2, 3, 5]

    def test_what_answers_nothing_is_only_related(self) -> None:
        result = found(asked("托育", "宠物", "登记", "收费", question="宠物登记怎么收费，托育呢"))
        assert result.total == 0 and result.related == len(result.rows) > 0
        assert not any(row.strict for row in result.rows)

    def test_facets_of_a_question_count_its_hits(self) -> None:
        result = found(asked("托育补助", "规定发放", question="托育补助规定发放哪些"))
        assert dict(result.facets["validity"]) == {"in_force": 4}

    def test_readers_questions_are_looked_at_too(self) -> None:
        assert ids(asked("家里孩子没人带", question="孩子没人带怎么办")) == [5]

    def test_a_short_question_names_a_document(self) -> None:
        ask = asked("托育补助", question="托育补助有哪些")
        assert not ask.describes
        assert ids(ask) == ids(replace(ask, question=""))

    def test_filters_narrow_questions(self) -> None:
        nothing = asked(
            "托育补助", "规定发放", question="托育补助规定发放哪些", only={"validity": ("lapsed",)}
        )
        assert ids(nothing) == []

    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            ('"按规定发放"的托育补助有哪些', {1}),
            ("“按规定发放”的托育补助有哪些", {1, 2, 3, 5}),
        ],
    )
    def test_quotation_marks_of_a_sentence(self, question: str, expected: set[int]) -> None:
        ask = asked("托育补助", "规定发放", question=question, phrases=("按规定发放",))
        assert set(ids(ask)) == expected

    def test_very_words_that_stand_nowhere_do_not_empty_the_page(self) -> None:
        ask = asked(
            "托育补助", "规定发放", question='"没有的话"托育补助有哪些', phrases=("没有的话",)
        )
        assert len(ids(ask)) == 4

    def test_by_date_a_question_is_like_any_other(self) -> None:
        ask = asked("托育补助", "规定发放", question="托育补助规定发放哪些")
        plain = replace(ask, question="")
        assert ids(ask, order=finding.NEWEST) == ids(plain, order=finding.NEWEST)

    def test_who_writes_a_number_wants_that_document(self) -> None:
        assert ask_of(parse("长政办发〔2022〕13号什么时候开始施行")).question == ""
        assert ask_of(parse("托育补助什么时候开始发放")).question == "托育补助什么时候开始发放"
