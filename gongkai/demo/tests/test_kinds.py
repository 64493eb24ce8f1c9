"""The demonstration shows every kind of information, and each state of validity once."""

import pytest

from gongkai.catalogue.loading import load_places, load_themes
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.core.masking import mask_text
from gongkai.demo.kinds import CONTENT, build_kinds, read
from gongkai.organisations.loading import load_units
from gongkai.publishing.deadlines import clocks_for
from gongkai.publishing.loading import load_kinds
from gongkai.publishing.models import Item, ItemKind
from tests.factories import DAY

PROFILES = {"overview", "functions", "leader", "guide", "system", "annual_report"}


@pytest.fixture
def made(db: None) -> list[Item]:
    load_units(now=at(DAY.replace(month=5, day=1), 9), actor=Actor.system("demo", "演示"))
    load_themes()
    load_places()
    load_kinds()
    return build_kinds()


@pytest.mark.parametrize("path", sorted(CONTENT.glob("*.md")), ids=lambda path: path.stem)
def test_every_document_is_a_whole_one(path: object) -> None:
    document = read(path)  # type: ignore[arg-type]
    said = document["body"] + str(document["facts"])
    assert len(said) > 250
    assert "【" not in said and mask_text(said) == said


def test_every_kind_is_shown_and_released(made: list[Item]) -> None:
    public = Item.objects.filter(pk__in=[item.pk for item in made], visibility="public")
    shown = (
        set(public.values_list("kind__key", flat=True)) | PROFILES | {"interpretation", "notice"}
    )
    assert set(ItemKind.objects.values_list("key", flat=True)) <= shown
    states = sorted(item.current_validity for item in public)
    assert (states.count("lapsed"), states.count("not_yet")) == (1, 1)
    assert len(made) - len(public) == 1  # one waits for its hour


def test_nothing_of_it_came_late_article_26(made: list[Item]) -> None:
    from gongkai.core.calendar import load_calendar

    rows = list(
        Item.objects.filter(pk__in=[i.pk for i in made], visibility="public").select_related("kind")
    )
    found = clocks_for(rows, calendar=load_calendar(), today=DAY)
    late = [row.title for row in rows for clock in found[row.pk] if clock.verdict.late]
    assert late == []
