"""The vocabulary beside the public index: built when the index has changed, and not too often."""

from collections.abc import Iterator

import pytest

from gongkai.search import index, phrases
from gongkai.search.entries import PUBLIC
from gongkai.search.rules_suggest import suggest
from gongkai.search.tests.world import Shelf, shelf
from gongkai.search.writing import rebuild

pytestmark = pytest.mark.django_db


@pytest.fixture
def on() -> Iterator[Shelf]:
    with shelf() as found:
        found.put(1, "住房公积金提取办法")
        rebuild(PUBLIC)
        yield found


def test_it_is_made_of_titles_and_read_by_every_process(on: Shelf) -> None:
    assert len(phrases.current()) == 0
    assert phrases.build() > 0
    assert "住房公积金提取办法" in suggest("公积金", phrases.current())


def test_it_is_built_again_when_the_index_has_changed_and_not_too_often(
    on: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = phrases.Keeper()
    assert [keeper.step(), keeper.step()] == [1, 0]
    on.put(2, "老年人优待证办理")
    rebuild(PUBLIC)
    assert keeper.step() == 0
    monkeypatch.setattr(phrases, "PAUSE", 0.0)
    monkeypatch.setattr(phrases, "SHARE", 1e9)
    assert [keeper.step(), keeper.step()] == [1, 0]
    assert suggest("优待", phrases.current())


def test_what_is_lost_or_damaged_is_as_good_as_empty(on: Shelf) -> None:
    phrases.build()
    path = index.folder(PUBLIC) / "phrases"
    path.write_bytes(b"something else")
    assert len(phrases.current()) == 0
    path.unlink()
    assert len(phrases.current()) == 0


def test_without_an_index_there_is_nothing_to_build(db: None) -> None:
    assert phrases.build() == 0 and phrases.Keeper().step() == 0
