"""Measures: one in force for an area and kind; bulletins, rebuttals and maps at the gate."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from gongkai.core.errors import InvalidInput, Refusal
from gongkai.decisions import measures
from gongkai.decisions.models import MeasurePeriod, MeasureSlot
from gongkai.decisions.public import (
    public_bulletin,
    public_measures,
    public_plan_tree,
    public_rebuttals,
)
from gongkai.decisions.tests.world import FACTS, World, build
from gongkai.messaging.models import Message
from gongkai.organisations.access import system_member
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item
from tests.factories import DAY, member, moment


def problems_of(world: World, item: Item) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refused:
        world.submit(item)
    return refused.value.fields


def test_a_second_measure_for_the_same_area_and_kind_is_refused_with_the_remedy(
    world: World,
) -> None:
    first = world.public("measure", title="望城区来长报备措施")
    problems = problems_of(world, world.draft("measure"))
    (text,) = problems["facts.measure_kind"]
    assert "望城区来长报备措施" in text and f"编号 {first.pk}" in text and "代替的措施" in text
    assert "望城区" in text and "进出" in text


@pytest.mark.parametrize(
    ("facts", "more"),
    [
        ({"area": "liuyang"}, {}),
        ({"measure_kind": "school"}, {}),
        ({}, {"effective_on": "2022-11-01"}),
        ({}, {"effective_on": "2022-09-01", "expires_on": "2022-10-09", "formed_on": "2022-09-01"}),
    ],
)
def test_other_areas_kinds_and_days_do_not_clash(
    world: World, facts: dict[str, str], more: dict[str, str]
) -> None:
    world.public("measure", expires_on="2022-10-31")
    assert world.public("measure", facts=facts, **more).visibility == "public"


def test_a_measure_that_replaces_ends_the_old_one_the_day_before(world: World) -> None:
    old = world.public("measure", title="旧措施")
    new = world.public(
        "measure", title="新措施", facts={"replaces": [old.pk]}, effective_on="2022-10-18"
    )
    period = MeasurePeriod.objects.get(item=old)
    assert period.ends == date(2022, 10, 17) and period.replaced_by_id == new.pk
    board = public_measures("wangcheng", DAY)
    assert [m.title for m in board.current] == ["新措施"]
    assert [(m.title, m.ends) for m in board.over] == [("旧措施", date(2022, 10, 17))]
    assert measures.due_ends(member=system_member("tick"), now=moment(12)) == 1
    assert measures.due_ends(member=system_member("tick"), now=moment(12)) == 0
    page = Client().get(f"/nr/{old.pk}/").content.decode()
    assert "已失效" in page and "新措施" in page
    assert "旧措施" in Client().get(f"/nr/{new.pk}/").content.decode()


def test_a_measure_cannot_replace_one_that_begins_no_earlier(world: World) -> None:
    old = world.public("measure", effective_on="2022-10-20")
    item = world.draft("measure", facts={"replaces": [old.pk]}, effective_on="2022-10-20")
    assert "代替不了" in problems_of(world, item)["facts.measure_kind"][0]


def test_only_the_same_area_and_kind_can_be_replaced(world: World) -> None:
    other = world.public("measure", facts={"area": "liuyang"}, title="浏阳的措施")
    item = world.draft("measure", facts={"replaces": [other.pk]})
    assert "浏阳的措施" in problems_of(world, item)["facts.replaces"][0]


def test_nobody_is_asked_to_end_what_ends_by_itself(world: World) -> None:
    old = world.public("measure")
    world.public("measure", facts={"replaces": [old.pk]}, effective_on="2022-10-18")
    assert not Message.objects.filter(kind="publishing.ended_by").exists()


def test_two_submitted_at_once_the_second_release_is_refused(world: World) -> None:
    """Neither clashes when it is submitted; the releasing transaction decides."""
    first = world.submit(world.draft("measure", title="先发布的措施"))
    second = world.submit(world.draft("measure", title="后发布的措施"))
    world.approve(first)
    with pytest.raises(Refusal) as refused:
        world.approve(second)
    assert "先发布的措施" in refused.value.reason and "代替的措施" in refused.value.remedy
    assert Item.objects.get(pk=second.subject_id).visibility == "hidden"
    assert MeasurePeriod.objects.count() == 1


def test_a_correction_keeps_its_place_and_is_checked_again(world: World) -> None:
    item = world.public("measure", expires_on="2022-10-20")
    world.public("measure", effective_on="2022-10-21")

    def change(expires_on: str) -> Item:
        publishing.item_edit(
            item_id=item.pk,
            content={"expires_on": expires_on, "change_kind": "update", "change_note": "延长。"},
            member=member(world.editor), now=moment(12),
        )  # fmt: skip
        return world.release(item, now=moment(13))

    with pytest.raises(InvalidInput):
        change("2022-10-25")
    assert change("2022-10-19").version == 2
    assert MeasurePeriod.objects.get(item=item).ends == date(2022, 10, 19)


def test_a_withdrawn_measure_leaves_its_place(world: World) -> None:
    item = world.public("measure")
    publishing.item_withdraw(
        item_id=item.pk, category="error", reason="有误", member=member(world.people["final"]),
        now=moment(12),
    )  # fmt: skip
    assert not MeasurePeriod.objects.exists() and public_measures("", DAY).current == []
    assert world.public("measure").visibility == "public"


def test_the_database_refuses_two_open_measures_by_itself(world: World) -> None:
    item, other = world.public("measure"), world.draft("measure")
    slot = MeasureSlot.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        MeasurePeriod.objects.create(slot=slot, item=other, begins=date(2022, 12, 1), ends=None)
    assert MeasurePeriod.objects.get().item_id == item.pk


@pytest.mark.django_db(transaction=True)
def test_of_two_releases_at_the_same_moment_one_wins(settings: Any) -> None:
    """Real transactions in two threads: one measure is released, the other refused."""
    settings.DEMO_DATE = DAY
    world = build()
    cases = [world.submit(world.draft("measure", title=f"同时发布{n}")) for n in (1, 2)]
    start = threading.Barrier(2)
    told: list[str] = []

    def release(case: Any) -> None:
        try:
            start.wait(5)
            world.approve(case)
            told.append("released")
        except Refusal as refused:
            told.append(refused.rule)
        finally:
            connection.close()

    threads = [threading.Thread(target=release, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == sorted(["released", "同一地方同一类措施只能有一项在效"])
    assert MeasurePeriod.objects.count() == 1
    assert Item.objects.filter(kind__key="measure", visibility="public").count() == 1


def test_days_alone_tell_what_is_in_force(world: World) -> None:
    world.public("measure", expires_on="2022-10-20")
    world.public("measure", facts={"measure_kind": "school"}, effective_on="2022-10-25")
    board = public_measures("", DAY)
    assert (len(board.current), len(board.coming), len(board.over)) == (1, 1, 0)
    later = public_measures("", date(2022, 10, 26))
    assert (len(later.current), len(later.coming), len(later.over)) == (1, 0, 1)
    assert public_measures("liuyang", DAY).current == []


@pytest.mark.parametrize(
    ("source", "refused"),
    [("湖南省卫生健康委员会通报", False), ("市财政局", True), ("长沙市财政局", True), ("", True)],
)
def test_case_counts_need_somebody_authorised(world: World, source: str, refused: bool) -> None:
    item = world.draft("bulletin", facts={"authorised_source": source})
    if refused:
        assert "facts.authorised_source" in problems_of(world, item)
    else:
        world.release(item)
        shown = public_bulletin("")
        assert shown is not None and shown.source == source


def test_figures_that_count_no_cases_may_be_the_units_own(world: World) -> None:
    figures = [{"name": "便民采样点", "value": 1260}]
    item = world.draft("bulletin", facts={"authorised_source": "市财政局", "figures": figures})
    assert world.release(item).visibility == "public"


def test_a_rebuttal_links_both_ways_and_does_not_state_the_rumour(world: World) -> None:
    truth = world.public("measure", title="正式的措施通告")
    bad = world.draft("rumour", title="辟谣：明天全城停运")
    assert "谣言本身" in problems_of(world, bad)["title"][0]
    item = world.public("rumour", facts={"truth": [truth.pk]})
    page = Client().get(f"/nr/{item.pk}/").content.decode()
    assert "正式的措施通告" in page and "不属实" in page
    assert item.title in Client().get(f"/nr/{truth.pk}/").content.decode()
    (shown,) = public_rebuttals("")
    assert (shown.verdict, shown.tone) == ("不属实", "red")
    assert [link.title for link in shown.truths] == ["正式的措施通告"]


def test_maps_without_their_number_are_refused_at_the_gate(world: World) -> None:
    item = world.draft("plan", facts={"maps": [{"name": "空间布局图"}]})
    (text,) = problems_of(world, item)["facts.maps"]
    assert "没有审图号" in text and "待核实" in text
    good = [{"name": "空间布局图", "map_no": "湘S〔2022〕012号"}]
    assert world.public("plan", facts={"maps": good}).visibility == "public"


def test_the_tree_of_plans(world: World) -> None:
    whole = world.public("plan", title="“十四五”规划纲要")
    world.public("plan", title="专项规划", facts={"level": "special", "part_of": [whole.pk]})
    world.public("plan", title="“十三五”规划纲要", facts={"period": "2016—2020年"})
    world.public("plan", title="2020年中评估", facts={"level": "midterm", "evaluates": [whole.pk]})
    world.public(
        "interpretation", title="纲要解读", body="<p>解读。</p>", summary="解读。", theme="0401",
        facts={"interprets": [whole.pk], "form": "text", "drafter": "市财政局",
               "interpreter": "科长", "phone": "0731-80001011"},
    )  # fmt: skip
    overall, special = public_plan_tree("", DAY)
    assert [(p.title, p.lapsed) for p in overall.plans] == [
        ("“十四五”规划纲要", False), ("“十三五”规划纲要", True),
    ]  # fmt: skip
    first = overall.plans[0]
    assert [link.title for link in first.interpretations] == ["纲要解读"]
    assert first.midterm == "done" and [r.title for r in first.reviews] == ["2020年中评估"]
    assert special.plans[0].parents[0].title == "“十四五”规划纲要"
    assert special.plans[0].midterm_word == "2023年作中期评估"
    assert overall.plans[1].midterm == "late"


def test_everything_works_when_empty(world: World) -> None:
    board = public_measures("", DAY)
    assert board.current == board.coming == board.over == []
    assert public_bulletin("") is None and public_rebuttals("") == []
    assert public_plan_tree("", DAY) == []


def test_reads_take_the_same_queries_however_many_rows(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    for kind in FACTS["measure"]["how"], ["x"]:
        world.public("measure", facts={"how": kind, "area": "yuelu" if kind == ["x"] else "kaifu"})
        world.public("plan")
    with django_assert_num_queries(3):
        public_measures("", DAY)
    with django_assert_num_queries(3):
        public_plan_tree("", DAY)
