"""The compositions of 决策公开, 规划公开 and 疫情防控: what they show, empty and full."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.catalogue.models import Column, ColumnKind
from gongkai.decisions.public import PlanLevel, PublicPlan
from gongkai.decisions.tests import world as worlds
from gongkai.decisions.tests.world import World, entry, secret
from gongkai.portal.blocks.decisions import bars
from gongkai.portal.tests.test_blocks import places
from tests.factories import DAY

NAMED = {"juece", "guihua", "yiqing"}


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.DEMO_DATE = DAY
    world = worlds.build()
    for topic in places():
        if topic["key"] in NAMED:
            Column.objects.create(
                site=world.city.site, key=topic["key"], name=topic["name"], owner=world.unit,
                kind=ColumnKind.TOPIC, rule={"topic": "x"}, blocks=topic["blocks"],
            )  # fmt: skip
    return world


def page(key: str) -> str:
    response = Client().get(f"/zt/{key}/")
    assert response.status_code == 200
    return response.content.decode()


def test_every_place_works_when_there_is_nothing(world: World) -> None:
    assert "还没有公开的会议" in page("juece")
    assert "还没有公开的规划" in page("guihua")
    empty = page("yiqing")
    for words in ("当前没有在效的防控措施", "现在没有通报", "现在没有场所提示", "现在没有要澄清"):
        assert words in empty


def fill(world: World) -> None:
    from gongkai.decisions import meetings
    from tests.factories import member, moment

    for number in range(1, 5):
        meeting = world.meeting(
            entry(f"第{number}次会上的甲事项"), secret(), entry("乙事项"), session_no=number,
            held_on=date(2022, 10, number),
        )  # fmt: skip
        item = meetings.meeting_draft(
            meeting_id=meeting.pk, member=member(world.editor), now=moment(9, 30)
        )
        world.release(item)
    old = world.public("plan", title="上一期规划", facts={"period": "2016—2020年"})
    world.public("plan", title="规划评估", facts={"level": "midterm", "evaluates": [old.pk]})
    truth = world.public("measure", title="望城区报备措施")
    world.public("measure", title="到期的措施", facts={"area": "liuyang"}, expires_on="2022-10-12")
    for kind in ("plan", "bulletin", "trace"):
        world.public(kind)
    world.public("rumour", facts={"truth": [truth.pk]})


def test_every_place_shows_what_there_is_with_few_queries(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill(world)
    meetings = page("juece")
    assert "第4次会上的甲事项" in meetings and "以前的会议" in meetings and "2022年" in meetings
    assert "人防工程布局调整" not in meetings and '<b class="num">2</b> 项' in meetings
    plans = page("guihua")
    assert "上一期规划" in plans and "已到期" in plans and "已作中期评估" in plans
    assert "看成表格" in plans and "<svg" in plans
    epidemic = page("yiqing")
    for words in (
        "望城区报备措施", "到期停止", "湖南省卫生健康委员会", "演示生鲜超市", "明天全城停运",
        "以此为准",
    ):  # fmt: skip
        assert words in epidemic, words
    for key in sorted(NAMED):
        with django_assert_max_num_queries(20 if key == "yiqing" else 14):
            page(key)


def plan(period: tuple[int, int] | None, **more: Any) -> PublicPlan:
    values: dict[str, Any] = {
        "id": 1, "title": "规划", "level": "overall", "period": "", "years": period,
        "approved_by": "", "unit": "", "lapsed": False, "interpretations": [], "reviews": [],
        "progress": [], "parents": [], "midterm": "later", "midterm_word": "",
    }  # fmt: skip
    return PublicPlan(**{**values, **more})


def test_bars_lie_where_their_years_lie() -> None:
    levels = [
        PlanLevel("overall", "总体规划", [plan((2021, 2025)), plan(None), plan((2030, 2030))])
    ]
    whole, single = bars(levels, 2021, 2030)
    assert (whole.x, whole.width, whole.mark) == (0, 500, 250)
    assert (single.x, single.width, single.mark) == (900, 100, None)
