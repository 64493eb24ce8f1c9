"""Saved searches, asked of the real index."""

import pytest

from gongkai.core import facts
from gongkai.portal.tests.town import Town
from gongkai.search.entries import PUBLIC
from gongkai.search.writing import rebuild
from gongkai.subscriptions import hits, searching
from gongkai.subscriptions.kinds import search_words
from gongkai.subscriptions.models import Due, Subscription
from gongkai.subscriptions.tests.readers import Readers, moment, target


def index() -> None:
    while facts.seal():
        pass
    rebuild(PUBLIC, resume=False)


def test_what_is_new_is_told_once_and_old_things_never(readers: Readers, town: Town) -> None:
    town.public(title="公积金提取的老办法", doc_no="长财发〔2022〕61号", now=moment(9))
    readers.run()
    mine = readers.follow("search", target(q="公积金"), now=moment(11))
    other = readers.follow("search", target(q="公积金"), address="b@mail.example", now=moment(15))
    new = town.public(title="公积金提取的新办法", doc_no="长财发〔2022〕62号", now=moment(14))
    town.public(title="供水价格", doc_no="长财发〔2022〕63号", now=moment(14))
    index()
    assert searching.look(moment(11, 5)).searches == 0, "not yet"
    assert searching.look(moment(16)) == searching.Round(1, 1), "one question for both readers"
    assert list(Due.objects.values_list("subscription", "subject_id")) == [(mine.pk, new.pk)]
    assert searching.run(moment(17)) == 0 and Due.objects.count() == 1
    other.refresh_from_db()
    assert other.looked_at == moment(17)
    [letter] = readers.letters(moment(17))
    assert "公积金提取的新办法" in letter.body and "检索：“公积金”" in letter.body


def test_filters_of_the_results_page_hold(readers: Readers, town: Town) -> None:
    city = town.public(title="公积金提取办法", doc_no="长财发〔2022〕61号", now=moment(14))
    there = town.public(title="公积金提取办法", unit=town.city.district_1_bureau, now=moment(14))
    index()
    found = {name: hits.found(wanted, now=moment(16)) for name, wanted in (
        ("all", target(q="公积金")), ("district", target(q="公积金", district="wangcheng")),
        ("unit", target(q="公积金", unit="czj")), ("kind", target(q="公积金", type="news")),
        ("year", target(q="公积金", year="2019")),
    )}  # fmt: skip
    assert set(found["all"]) == {city.pk, there.pk} and found["district"] == [there.pk]
    assert found["unit"] == [city.pk] and found["kind"] == found["year"] == []


def test_a_withdrawn_item_is_no_hit_however_old_the_index_is(readers: Readers, town: Town) -> None:
    item = town.public(title="公积金提取办法", now=moment(14))
    index()
    town.withdraw(item)
    assert hits.new_hits(target(q="公积金"), since=moment(9), now=moment(16)) == []


def test_without_an_index_nothing_is_lost(
    readers: Readers, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = readers.follow("search", target(q="公积金"), now=moment(11))
    monkeypatch.setattr("gongkai.search.index.searcher", lambda space: None)
    assert searching.look(moment(16)) == searching.Round(0, 0)
    row.refresh_from_db()
    assert row.looked_at == moment(11)


def test_one_search_that_fails_does_not_stop_the_others(
    readers: Readers, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers.follow("search", target(q="甲"), now=moment(9))
    good = readers.follow("search", target(q="乙"), now=moment(10))

    def fails(wanted: str, **more: object) -> list[hits.Hit]:
        if wanted == target(q="甲"):
            raise RuntimeError("x")
        return []

    monkeypatch.setattr(searching, "new_hits", fails)
    assert searching.look(moment(16)).searches == 1
    good.refresh_from_db()
    assert good.looked_at == moment(16)
    assert Subscription.objects.get(target=target(q="甲")).looked_at == moment(9)


def test_a_saved_search_is_said_in_the_words_of_the_results_page(town: Town) -> None:
    assert (
        search_words(target(q="公积金", type="policy", year="2022", title="1"))
        == "“公积金”（信息种类：政策文件，公开年份：2022 年，只查标题）"
    )
    assert search_words(target(q="公积金")) == "“公积金”"


def test_a_saved_search_asks_what_the_results_page_asks(town: Town) -> None:
    asked = hits.question({"q": ["公积金"], "year": ["2022"], "title": ["1"], "type": ["nothing"]})
    assert asked.years == (2022,) and asked.title_only and "type" not in asked.only
    assert "validity" in asked.without
    assert "validity" not in hits.question({"q": ["a"], "lapsed": ["1"]}).without
    unit = town.city.district_1
    assert hits.question({"q": ["a"], "district": ["wangcheng"]}).only["site"] == (unit.code,)
