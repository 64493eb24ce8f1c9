"""The work points as the public sees them: computed from facts, links only to what is public."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gongkai.ledger import selectors, services
from gongkai.ledger.models import Assignment, Plan
from gongkai.portal.tests.town import DAY, Town, build, make_plan, moment
from gongkai.publishing.models import Item
from tests.factories import member, user_with


@pytest.fixture
def town(db: None, settings: Any) -> Town:
    settings.DEMO_DATE = DAY
    return build()


@pytest.fixture
def plan(town: Town) -> Plan:
    return town.plan(points=3, tasks=2)


def share(plan: Plan, number: int, seq: int = 1, lead: bool = True) -> Assignment:
    return Assignment.objects.select_related("unit").get(
        task__point__plan=plan,
        task__point__number=number,
        task__seq=seq,
        role="lead" if lead else "responsible",
    )


def prove(town: Town, row: Assignment, item: Item | None = None, **kwargs: Any) -> Item:
    item = item or town.public(row.unit)
    services.evidence_add_item(
        assignment_id=row.pk, item_id=item.pk, member=member(town.editor(row.unit)),
        now=moment(14), **kwargs,
    )  # fmt: skip
    return item


def point(plan: Plan, number: int, day: date = DAY) -> selectors.PointState:
    found = selectors.public_point(plan, number, day)
    assert found is not None
    return found.point


def test_the_city_s_plan_and_a_district_s_are_kept_apart(town: Town, plan: Plan) -> None:
    district = make_plan(town.city.district_1, [town.city.district_1_bureau], [])
    assert selectors.public_plan(None, DAY) == plan
    assert selectors.public_plan(town.city.district_1, DAY) == district
    assert selectors.public_plan(town.city.district_2, DAY) is None


def test_a_plan_of_next_year_is_not_shown_yet_and_last_year_s_still_is(plan: Plan) -> None:
    assert selectors.public_plan(None, date(2021, 12, 31)) is None
    assert selectors.public_plan(None, date(2023, 1, 5)) == plan


def test_a_point_turns_green_when_every_task_has_a_lead_s_evidence(town: Town, plan: Plan) -> None:
    assert point(plan, 1).verdict.because == "2 件任务里 0 件有有效凭据，其余还没有到期"
    prove(town, share(plan, 1, 1))
    half = point(plan, 1)
    assert (half.light, half.verdict.done, half.verdict.whole) == ("grey", 1, 2)
    prove(town, share(plan, 1, 2))
    assert point(plan, 1).light == "green"
    assert point(plan, 2).light == "grey"


def test_evidence_of_a_responsible_unit_alone_does_not_prove_a_led_task(
    town: Town, plan: Plan
) -> None:
    row = share(plan, 1, lead=False)
    prove(town, row)
    assert point(plan, 1).verdict.done == 0


def test_withdrawn_evidence_no_longer_counts_nor_is_it_linked(town: Town, plan: Plan) -> None:
    item = prove(town, share(plan, 1))
    assert [e.item_id for e in point(plan, 1).tasks[0].evidence] == [item.pk]
    town.withdraw(item)
    state = point(plan, 1)
    assert state.verdict.done == 0 and state.tasks[0].evidence == ()


def test_files_addresses_and_remarks_are_counted_but_not_shown(
    town: Town, plan: Plan, client: Client
) -> None:
    row = share(plan, 1)
    editor = member(town.editor(row.unit))
    services.evidence_add_url(
        assignment_id=row.pk, url="https://www.example.gov.cn/neibu", title="内部网页标题",
        member=editor, now=moment(14), note="内部备注一",
    )  # fmt: skip
    services.evidence_add_file(
        assignment_id=row.pk, data="名称,数量\n".encode(), filename="neibu.csv", member=editor,
        now=moment(14), note="内部备注二",
    )  # fmt: skip
    prove(town, row, note="内部备注三")
    task = point(plan, 1).tasks[0]
    assert task.kept == 2 and len(task.evidence) == 1
    for path in ("/jd/", "/jd/1/"):
        text = client.get(path).content.decode()
        for secret in ("内部", "neibu", "example.gov.cn/"):
            assert secret not in text, (path, secret)


def test_reasons_for_sending_evidence_back_stay_inside(
    town: Town, plan: Plan, client: Client
) -> None:
    row = share(plan, 1)
    prove(town, row)
    supervisor = member(user_with("supervisor", town.city.office))
    evidence = row.evidence.get()
    services.evidence_reject(
        evidence_id=evidence.pk, reason="退回的内部理由", member=supervisor, now=moment(15)
    )
    text = client.get("/jd/1/").content.decode()
    assert "退回的内部理由" not in text and "提交的凭据已被退回" in text
    assert point(plan, 1).light == "red" and point(plan, 1).tasks[0].evidence == ()


def test_an_overridden_light_shows_its_reason(town: Town, plan: Plan, client: Client) -> None:
    supervisor = member(user_with("supervisor", town.city.office))
    services.light_override(
        assignment_id=share(plan, 1).pk, light="red", reason="核查发现内容不实",
        member=supervisor, now=moment(15),
    )  # fmt: skip
    assert "人工定灯：核查发现内容不实" in client.get("/jd/1/").content.decode()


def test_units_that_were_taken_off_do_not_count(town: Town, plan: Plan) -> None:
    supervisor = member(user_with("supervisor", town.city.office))
    services.light_override(
        assignment_id=share(plan, 1).pk, light="red", reason="理由", member=supervisor,
        now=moment(14),
    )  # fmt: skip
    services.assignment_end(
        assignment_id=share(plan, 1).pk, reason="改由他人", member=supervisor, now=moment(15)
    )
    assert point(plan, 1).light == "grey"


def test_deadlines_are_said_as_written_and_as_counted(town: Town, plan: Plan) -> None:
    task = share(plan, 1).task
    assert point(plan, 1).tasks[0].due_words == "文件没有写期限，按 2022 年 12 月 31 日计"
    task.deadline, task.deadline_raw, task.recurs = date(2022, 10, 31), "10月底前", "quarterly"
    task.save()
    assert point(plan, 1).tasks[0].due_words == (
        "每季度；期限 2022 年 10 月 31 日（原文“10月底前”）"
    )
    assert point(plan, 1).light == "yellow"


def test_past_its_deadline_a_point_is_red(plan: Plan) -> None:
    share(plan, 1).task.__class__.objects.filter(point__number=1).update(
        deadline=DAY - timedelta(1)
    )
    assert point(plan, 1).light == "red"
    assert selectors.public_progress(plan, DAY).tally == {
        "green": 0, "yellow": 0, "red": 1, "grey": 2,
    }  # fmt: skip


def test_the_history_runs_from_issue_to_today_by_month_ends(town: Town, plan: Plan) -> None:
    for seq in (1, 2):
        prove(town, share(plan, 1, seq))
    found = selectors.public_point(plan, 1, DAY)
    assert found is not None
    assert [month.day for month in found.history] == [
        date(2022, 5, 31), date(2022, 6, 30), date(2022, 7, 31), date(2022, 8, 31),
        date(2022, 9, 30), DAY,
    ]  # fmt: skip
    assert [m.verdict.light for m in found.history] == [*["grey"] * 5, "green"]


@pytest.mark.parametrize("number", [0, 4, 99])
def test_a_point_that_is_not_there_is_none(plan: Plan, number: int) -> None:
    assert selectors.public_point(plan, number, DAY) is None
    assert selectors.public_point_state(plan, number, DAY) is None


def test_retired_points_and_tasks_are_gone(town: Town, plan: Plan) -> None:
    plan.points.filter(number=3).update(retired_at=moment())
    plan.points.get(number=1).tasks.filter(seq=2).update(retired_at=moment())
    progress = selectors.public_progress(plan, DAY)
    assert [p.number for p in progress.points] == [1, 2]
    assert progress.whole == 3


def test_points_stand_in_their_sections(plan: Plan) -> None:
    found = selectors.public_progress(plan, DAY).sections()
    assert [(title, [p.number for p in points]) for title, points in found] == [
        ("围绕发展", [1]),
        ("围绕基层", [2, 3]),
    ]


def test_the_number_of_questions_does_not_grow(
    town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    small, large = town.plan(points=2, tasks=1), town.plan(points=17, tasks=4)
    for row in Assignment.objects.filter(task__point__plan=large, role="lead")[:6]:
        prove(town, row, town.fill(1, index_no=f"N/{row.pk}")[0])
    for plan in (small, large):
        with django_assert_max_num_queries(5):
            selectors.public_progress(plan, DAY)
        with django_assert_max_num_queries(7):
            selectors.public_point(plan, 1, DAY)


def test_the_summary_counts_every_light_once(town: Town, plan: Plan, client: Client) -> None:
    share(plan, 1).task.__class__.objects.filter(point__number=1).update(
        deadline=DAY - timedelta(days=1)
    )
    for seq in (1, 2):
        prove(town, share(plan, 2, seq))
    text = client.get("/jd/").content.decode()
    words = "".join(re.findall(r'<span class="bit">([^<]+)</span>', text))
    assert words == "3 项里 1 项已有全部凭据，1 项逾期，1 项正在推进。"
    assert 'href="/jd/3/"' in text and "2 / 2 件" in text
