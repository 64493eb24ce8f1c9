"""The invented old site: believable, varied, deterministic, and moved in by the bulk path."""

import re
from datetime import date

import pytest

from gongkai.catalogue.loading import load_places, load_themes
from gongkai.catalogue.models import Placement
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.demo.history import build_history, old_rows
from gongkai.demo.people import populate
from gongkai.legacy.enums import RunStatus
from gongkai.organisations.loading import load_units
from gongkai.publishing.loading import load_kinds
from gongkai.publishing.models import Item, ItemLink

pytestmark = pytest.mark.django_db


@pytest.fixture
def units() -> None:
    load_units(now=at(date(2022, 5, 1), 9), actor=Actor.system("test"))


def test_the_old_site_is_the_same_every_time_and_no_two_pages_are_alike(units: None) -> None:
    rows = list(old_rows())
    assert rows == list(old_rows())
    assert 200 <= len(rows) <= 300
    assert len({row["标题"] for row in rows}) == len(rows)
    assert len({row["正文"] for row in rows if len(row["正文"]) > 60}) > len(rows) - 10
    assert len({row["发布机构"] for row in rows}) >= 20  # full and short names of eleven units
    # A believable title has a subject; "通知217" has none.
    assert not [row["标题"] for row in rows if re.search(r"(通知|公告|通告)\s*\d+$", row["标题"])]
    assert not [row for row in rows if "{" in row["标题"] + row["正文"]]


def test_it_comes_in_through_the_gate_with_its_faults_named(units: None) -> None:
    load_themes()
    load_places()
    load_kinds()
    populate({"zwgkb", "czj"})
    run = build_history()
    assert run.status == RunStatus.RELEASED
    assert run.count("bad") == 6
    assert run.count("duplicate") == 0
    assert run.count("file") == 1
    assert run.count("link") == 0
    items = Item.objects.filter(visibility="public")
    assert items.count() == run.count("staged") >= 200
    days = items.values_list("original_published_on", flat=True)
    assert {day.year for day in days} == {2019, 2020, 2021}
    assert ItemLink.objects.count() >= 10
    assert Placement.objects.filter(column__key="unit-czj", card__history=True).count() >= 20
