"""The demonstration shows meetings, plans and epidemic information in every state."""

import pytest
from django.test import Client

from gongkai.catalogue.loading import load_places, load_themes
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.decisions.models import AgendaItem, TraceTerm
from gongkai.decisions.public import public_measures, public_meetings, public_plan_tree
from gongkai.demo.decisions import CONTENT, build_decisions
from gongkai.organisations.loading import load_units
from gongkai.publishing.deadlines import clocks_for
from gongkai.publishing.loading import load_kinds
from gongkai.publishing.models import Item
from tests.factories import DAY


@pytest.fixture
def made(db: None) -> int:
    load_units(now=at(DAY.replace(month=5, day=1), 9), actor=Actor.system("demo", "演示"))
    load_themes()
    load_places()
    load_kinds()
    return build_decisions()


def test_every_state_can_be_seen_and_nothing_came_late(made: int) -> None:
    from gongkai.core.calendar import load_calendar

    assert made >= 25
    assert public_meetings("")[0].name == "市人民政府第12次常务会议"
    assert AgendaItem.objects.filter(public=False).count() == 1
    assert [level.key for level in public_plan_tree("", DAY)] == [
        "overall", "special", "area", "space", "yearly",
    ]  # fmt: skip
    plans = [plan for level in public_plan_tree("", DAY) for plan in level.plans]
    assert {plan.midterm for plan in plans} >= {"done", "later", "none"}
    assert any(plan.lapsed for plan in plans)
    board = public_measures("", DAY)
    assert {m.area for m in board.current} == {"city", "yuhua"}
    assert len(board.over) >= 2 and any(m.replaced_by for m in board.over)
    assert TraceTerm.objects.exclude(purged_at=None).count() == 1
    rows = list(Item.objects.filter(visibility="public").select_related("kind"))
    clocks = clocks_for(rows, calendar=load_calendar(), today=DAY)
    assert [r.title for r in rows for c in clocks[r.pk] if c.verdict.late] == []


def test_the_matter_held_back_and_the_deleted_notice_are_nowhere_public(made: int) -> None:
    secret = AgendaItem.objects.get(public=False).title
    assert secret in CONTENT.read_text(encoding="utf-8")
    for path in ["/zt/juece/", "/zt/guihua/", "/zt/yiqing/", "/zx/"] + [
        f"/nr/{pk}/" for pk in Item.objects.values_list("pk", flat=True)
    ]:
        page = Client().get(path).content.decode()
        assert secret not in page and "天心区演示书店" not in page, path
