"""The demonstration shows every kind of information, and each state of validity once."""

from pathlib import Path
from typing import Any

import pytest

from gongkai.catalogue.loading import load_places, load_themes
from gongkai.core.actors import Actor
from gongkai.core.calendar import load_calendar
from gongkai.core.clock import at
from gongkai.core.masking import mask_text
from gongkai.demo.kinds import CONTENT, PLACES, build_kinds, read
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


FILES = [path for folder in (CONTENT, PLACES) for path in sorted(folder.glob("*.md"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_document_is_a_whole_one(path: Path) -> None:
    document = read(path)
    said = document["body"] + str(document["facts"])
    assert len(said) > 250
    assert "【" not in said and mask_text(said) == said


def places(kind: str) -> list[dict[str, Any]]:
    return [d for d in map(read, sorted(PLACES.glob("*.md"))) if d["kind"] == kind]


def test_the_three_lists_add_up_to_their_yearly_plans() -> None:
    projects = [d["facts"] for d in places("project") if d["facts"].get("list_no")]
    for key, plan in (("infrastructure", 60), ("industry", 95), ("research", 9)):
        rows = [p for p in projects if p["list"] == key]
        assert sorted(p["list_no"] for p in rows) == list(range(1, 11))
        assert sum(p["plan_year"] for p in rows) == pytest.approx(plan)
        assert all(p["done_year"] <= p["investment"] for p in rows)


def test_the_fund_adds_up_month_by_month_and_over_the_quarter() -> None:
    items = [d["facts"] for d in places("progress") if d["facts"]["programme"] == "失业保险基金"]
    months = [
        {row["name"]: row for row in f["measures"]}
        for f in sorted(items, key=lambda f: str(f["as_of"]))
    ]
    closing = None
    for month in months:
        balance = month["期末累计结余"]
        assert closing is None or balance["before"] == closing
        closing = balance["before"] + month["基金收入"]["done"] - month["基金支出"]["done"]
        assert balance["done"] == closing
    # The announcement of the second quarter (content/items/unemployment-fund-q2.md) says so.
    assert sum(m["基金收入"]["done"] for m in months[:3]) == 28900
    assert sum(m["基金支出"]["done"] for m in months[:3]) == 35000


def test_the_districts_of_a_batch_add_up_to_what_the_city_allotted() -> None:
    given = {
        d["facts"]["programme"]: sum(row["target"] for row in d["facts"]["measures"])
        for d in places("progress")
        if d["topics"] == ["xiangcun/zijin"]
    }
    assert (given["第一批市级衔接资金"], given["第二批市级衔接资金"]) == (6000, 5000)
    assert (given["望城区第二批市级衔接资金"], given["浏阳市第二批市级衔接资金"]) == (760, 1760)


def test_every_kind_is_shown_and_released_in_time_article_26(made: list[Item]) -> None:
    public = Item.objects.filter(pk__in=[item.pk for item in made], visibility="public")
    shown = (
        set(public.values_list("kind__key", flat=True)) | PROFILES | {"interpretation", "notice"}
    )
    assert set(ItemKind.objects.values_list("key", flat=True)) <= shown
    states = [item.current_validity for item in public]
    assert [states.count(s) for s in ("lapsed", "not_yet", "repealed")] == [3, 2, 2]
    for old in public.filter(validity="repealed"):
        [link] = old.links_in.filter(relation="repeals")
        assert link.source.visibility == "public" and old.version == 2
        assert link.source.effective_on is not None and link.source.effective_on <= DAY
    rules = public.filter(doc_no__contains="人民政府令第")
    assert rules.count() == 4
    for rule in rules:
        assert "演示" in rule.title and "不是真实规章" in rule.body
        assert rule.attachments[0]["title"] == f"{rule.title}（文字版）"
    assert len(made) - len(public) == 1  # one waits for its hour

    rows = list(
        Item.objects.filter(pk__in=[i.pk for i in made], visibility="public").select_related("kind")
    )
    found = clocks_for(rows, calendar=load_calendar(), today=DAY)
    late = [row.title for row in rows for clock in found[row.pk] if clock.verdict.late]
    assert late == []
