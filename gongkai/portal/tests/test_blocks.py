"""A column's page is what its blocks say, in their order; nothing a block does can break a page."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.catalogue.loading import REFERENCE
from gongkai.catalogue.models import Column
from gongkai.portal import blocks
from gongkai.portal.tests.town import DAY, Town


def places() -> list[dict[str, Any]]:
    data = json.loads((REFERENCE / "places.json").read_text(encoding="utf-8"))
    return list(data["topics"])


@pytest.mark.parametrize("topic", places(), ids=lambda topic: str(topic["key"]))
def test_every_block_that_a_place_names_is_registered(topic: dict[str, Any]) -> None:
    named = {entry["block"] for entry in topic.get("blocks", [])}
    assert named <= blocks.known_blocks()


@pytest.mark.parametrize("topic", places(), ids=lambda topic: str(topic["key"]))
def test_blocks_name_only_sections_of_their_column(topic: dict[str, Any]) -> None:
    for entry in topic.get("blocks", []):
        for option in ("covers", "sections"):
            assert set(entry.get(option, ())) <= set(topic["sections"]), entry


@pytest.mark.parametrize("topic", places(), ids=lambda topic: str(topic["key"]))
def test_no_section_is_lost_by_the_composition(topic: dict[str, Any]) -> None:
    """Each section is covered by a block or stands among the panels."""
    entries = topic.get("blocks") or blocks.DEFAULT
    shown = set(blocks.covered_by(entries))
    for entry in entries:
        if entry["block"] == "sections":
            shown |= set(entry.get("sections", topic["sections"]))
    assert shown >= set(topic["sections"])


def test_a_covered_section_leaves_the_panels(town: Town, visitor: Client) -> None:
    town.fill(4)
    column = Column.objects.get(site__prefix="", key="yingshang")
    column.blocks = [
        {"block": "sections", "covers": []},
        {"block": "newest", "covers": ["wenjian"]},
    ]
    column.save()
    text = visitor.get("/zt/yingshang/").content.decode()
    assert ">政策解读</h2>" in text and ">政策文件</h2>" not in text
    assert text.index("is-sections") < text.index("is-newest")


def test_an_unknown_block_is_logged_and_left_out(
    town: Town, visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    town.fill(2)
    column = Column.objects.get(site__prefix="", key="yingshang")
    column.blocks = [{"block": "no-such-thing"}, {"block": "newest"}]
    column.save()
    with caplog.at_level("ERROR", logger="gongkai.public"):
        response = visitor.get("/zt/yingshang/")
    assert response.status_code == 200 and "is-newest" in response.content.decode()
    assert "no-such-thing" in caplog.text


def test_a_name_belongs_to_one_block() -> None:
    def other(place: blocks.Place, options: blocks.Options) -> blocks.Data | None:
        return None

    with pytest.raises(ValueError, match="newest"):
        blocks.block("newest")(other)


def test_what_is_told_of_a_column_costs_two_queries(town: Town) -> None:
    town.fill(8)
    column = Column.objects.get(site__prefix="", key="latest")
    place = blocks.Place(
        site=column.site, column=column, sections=(), counts={}, today=DAY, query={}
    )
    with CaptureQueriesContext(connection) as found:
        told = place.told(size=5)
    assert len(told) == 5 and len(found) == 2
    assert [t.published_at for t in told] == sorted((t.published_at for t in told), reverse=True)
    assert place.told(sections=("none",)) == []
