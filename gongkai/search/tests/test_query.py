from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.search import finding, index, query, writing
from gongkai.search.entries import PUBLIC
from gongkai.search.query import Ask, Word, ask
from gongkai.search.tests.world import DOC_NO, fill, shelf

DAY = date(2022, 10, 18)
pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(db: Any) -> Iterator[None]:
    with shelf() as things:
        fill(things)
        writing.rebuild(PUBLIC)
        yield


def ids(asked: Ask, *, strict_only: bool = True, **more: Any) -> list[int]:
    found = finding.find(PUBLIC, asked, today=DAY, **more)
    return [row.stored.record[1] for row in found.rows if row.strict or not strict_only]


@pytest.mark.usefixtures("filled")
class TestFinding:
    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("公积金提取", 1),
            ("公租房 补贴", 2),
            ("2022年预算", 5),
            ("财政", 6),
            ("税", 6),
            ("营商环境", 7),
            ("營商環境", 7),
            ("wto规则", 8),
            ("5g基站", 8),
            ("３.５万元", 8),
            ("管网", 9),
            ("代表名单", 10),
        ],
    )
    def test_words_find_their_document_first(self, text: str, first: int) -> None:
        assert ids(ask(text))[0] == first

    def test_a_word_across_two_words_is_not_found(self) -> None:
        assert ids(ask("房公租金")) == []

    def test_all_words_must_be_there(self) -> None:
        assert ids(ask("公租房 公积金")) == []
        assert set(ids(ask("公租房 公积金"), strict_only=False)) >= {1, 2}

    def test_what_has_everything_stands_before_what_has_a_part(self) -> None:
        found = finding.find(PUBLIC, ask("长沙 财政"), today=DAY)
        assert [row.strict for row in found.rows] == sorted(
            (row.strict for row in found.rows), reverse=True
        )
        assert found.total == 1 and found.related >= 2

    def test_the_numbers_of_a_word_must_be_there(self) -> None:
        assert ids(ask("13号文件")) == [5] and ids(ask("14号文件")) == []
        assert ids(ask("2022年预算")) == [5] and ids(ask("2021年预算")) == []

    def test_a_number_comes_first(self) -> None:
        assert ids(Ask(words=(Word("长政办发"),), numbers=(DOC_NO,)))[0] == 3

    def test_a_phrase_stands_exactly_so(self) -> None:
        assert ids(Ask(phrases=("提取住房公积金",))) == [1]
        assert ids(Ask(phrases=("公积金住房",))) == []

    def test_no_phrase_runs_from_title_into_text(self) -> None:
        assert ids(Ask(phrases=("办法职工",))) == []

    def test_a_phrase_may_end_inside_a_run(self) -> None:
        assert ids(Ask(phrases=("13号",))) == [5]

    def test_excluded_words(self) -> None:
        assert ids(Ask(words=(Word("公积金"),), excluded=("废止",))) == [1]

    def test_other_words_for_it(self) -> None:
        assert ids(Ask(words=(Word("廉租房"),))) == []
        assert ids(Ask(words=(Word("廉租房", (("公租房", 0.8),)),))) == [2]

    def test_titles_only(self) -> None:
        assert 4 in ids(ask("提取")) and ids(ask("提取", title_only=True)) == [1]

    def test_narrowing(self) -> None:
        assert ids(ask("公积金", without={"validity": ("repealed",)})) == [1]
        assert ids(ask("公积金", only={"validity": ("repealed",)})) == [4]
        assert ids(ask("补贴", only={"type": ("service",)})) == [2]
        assert ids(ask("公积金", years=(2021,))) == []
        assert ids(ask("公积金", since=date(2022, 10, 2))) == []
        assert len(ids(ask("公积金", since=date(2022, 10, 1), until=date(2022, 10, 1)))) == 2

    def test_facets_count_what_fits(self) -> None:
        found = finding.find(PUBLIC, ask("公积金"), today=DAY)
        assert dict(found.facets["validity"]) == {"in_force": 1, "repealed": 1}
        assert dict(found.facets["year"]) == {"2022": 2}

    def test_nothing_asked_finds_nothing(self) -> None:
        assert finding.find(PUBLIC, ask(""), today=DAY).rows == ()
        assert finding.find(PUBLIC, ask("“ ” ？"), today=DAY).rows == ()

    def test_pages(self) -> None:
        everything = ids(ask("的 公 长 提 营 财 规 雨 代"), strict_only=False, size=50)
        assert len(everything) == len(set(everything))
        first = ids(ask("公积金 长沙"), strict_only=False, size=2)
        second = ids(ask("公积金 长沙"), strict_only=False, size=2, page=2)
        assert first and not set(first) & set(second)
        assert finding.find(PUBLIC, ask("公积金"), today=DAY, page=10**9).rows == ()
        assert finding.find(PUBLIC, ask("公积金"), today=DAY, page=-5).rows

    def test_what_the_database_does_not_show_is_left_out(self) -> None:
        with shelf():
            found = finding.find(PUBLIC, ask("公积金"), today=DAY)
            assert found.rows and finding.shown(PUBLIC, found.rows) == []

    def test_records_for_lists(self) -> None:
        assert sorted(finding.records(PUBLIC, ask("公积金"), "thing")) == [1, 4]
        assert finding.records(PUBLIC, ask("公积金"), "other") == []

    def test_newest_first(self) -> None:
        found = finding.find(PUBLIC, ask("公积金"), today=DAY, order=finding.NEWEST)
        assert {row.stored.record[1] for row in found.rows} == {1, 4} and found.total == 2

    @settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.text(max_size=200), st.booleans())
    def test_whatever_is_typed_gives_a_page(self, text: str, titles: bool) -> None:
        asked = ask(text, title_only=titles, phrases=(text[:20],), excluded=(text[5:9],))
        found = finding.find(PUBLIC, asked, today=DAY)
        assert found.ready

    @pytest.mark.parametrize(
        "text", ["公" * 10_000, "AND OR (", "*" * 500, "\x00\u202e政\ud800务", "🏠💰"]
    )
    def test_bad_input_gives_a_page(self, text: str) -> None:
        assert finding.find(PUBLIC, ask(text), today=DAY).ready


def test_of_hits_that_fit_alike_the_newer_and_the_governments_stand_first(db: Any) -> None:
    with shelf() as things:
        things.put(1, "供水价格的通知", "水价调整。", day=date(2012, 1, 1))
        things.put(2, "供水价格的通知", "水价调整。", day=date(2022, 10, 1))
        things.put(3, "供水价格的通知", "水价调整。", day=date(2012, 1, 1), authority=3)
        things.put(4, "雨水", "顺便提到供水价格的通知，别的事情。" * 20, day=DAY, authority=3)
        writing.rebuild(PUBLIC)
        rows = finding.find(PUBLIC, ask("供水价格的通知"), today=DAY).rows
        assert [row.stored.record[1] for row in rows] == [3, 2, 1, 4]
        assert rows[0].why == "标题里有全部要找的词；市政府发布（加 9%）。"


def test_without_an_index_it_says_so() -> None:
    assert finding.find(PUBLIC, ask("公积金"), today=DAY).ready is False
    assert index.searcher(PUBLIC) is None


def test_terms_of_one_question_are_limited() -> None:
    text = "".join(chr(0x4E00 + n) for n in range(1000))
    assert len(ask(text).terms) == query.TERMS_LIMIT
