"""Lights from recorded facts: as of any day, unchanged by what comes later."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from gongkai.core import outbox
from gongkai.core.clock import at
from gongkai.core.errors import InvalidInput
from gongkai.core.models import OutboxMessage
from gongkai.ledger import lights, services
from gongkai.ledger.models import Assignment
from gongkai.ledger.tests.offices import Office, assignment
from gongkai.ledger.tests.proofs import DAY, NOW, Newsroom, add_item, add_url, light
from gongkai.organisations.models import User
from tests.factories import member

# --- lights from facts ---------------------------------------------------------------------------


def days(*numbers: int) -> list[date]:
    return [date(2022, 10, n) for n in numbers]


def test_a_light_follows_the_item_behind_the_evidence(
    duty: Assignment, editor: User, newsroom: Newsroom
) -> None:
    item = newsroom.public(at(date(2022, 10, 3), 9))
    add_item(duty, item, editor, at(date(2022, 10, 5), 9))
    newsroom.withdraw(item, at(date(2022, 10, 10), 9))
    newsroom.correct(item, at(date(2022, 10, 15), 9))
    seen = [light(duty, day) for day in days(4, 5, 9, 10, 14, 15, 31)]
    assert seen == ["yellow", "green", "green", "yellow", "yellow", "green", "green"]


def test_a_light_counts_in_shanghai_days(duty: Assignment, editor: User) -> None:
    add_url(duty, editor, now=at(date(2022, 10, 5), 0, 30))
    assert [light(duty, day) for day in days(4, 5)] == ["yellow", "green"]


def test_evidence_sent_back_is_red_until_something_new_comes(
    office: Office, duty: Assignment, editor: User
) -> None:
    first = add_url(duty, editor, now=at(date(2022, 10, 3), 9))
    services.evidence_reject(
        evidence_id=first.pk, reason="打不开", member=member(office.supervisor),
        now=at(date(2022, 10, 5), 9),
    )  # fmt: skip
    add_url(duty, editor, now=at(date(2022, 10, 8), 9))
    assert [light(duty, day) for day in days(2, 3, 5, 7, 8)] == [
        "yellow", "green", "red", "red", "green",
    ]  # fmt: skip


def test_a_light_set_by_hand_holds_until_restored_and_explains_itself(
    office: Office, duty: Assignment
) -> None:
    who = member(office.supervisor)
    for day, colour in ((3, "green"), (6, "red")):
        services.light_override(
            assignment_id=duty.pk, light=colour, reason="会上核实", member=who,
            now=at(date(2022, 10, day), 9),
        )  # fmt: skip
    services.light_restore(assignment_id=duty.pk, member=who, now=at(date(2022, 10, 9), 9))
    assert [light(duty, day) for day in days(2, 3, 5, 6, 8, 9)] == [
        "yellow", "green", "green", "red", "red", "yellow",
    ]  # fmt: skip
    rows = Assignment.objects.select_related("task__point__plan").filter(pk=duty.pk)
    verdict = lights.load(rows).verdict(duty.pk, date(2022, 10, 4))
    assert (verdict.because, verdict.overridden) == ("人工定灯：会上核实", True)


@pytest.mark.parametrize(
    ("colour", "reason", "fields"),
    [("", "理由", {"light"}), ("blue", "理由", {"light"}), ("red", " ", {"reason"}),
     ("x", "", {"light", "reason"})],
)  # fmt: skip
def test_a_light_set_by_hand_needs_a_colour_and_a_reason(
    office: Office, duty: Assignment, colour: str, reason: str, fields: set[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.light_override(
            assignment_id=duty.pk, light=colour, reason=reason, now=NOW,
            member=member(office.supervisor),
        )  # fmt: skip
    assert set(refused.value.fields) == fields
    assert light(duty) == "yellow"


ACTS = st.lists(
    st.tuples(
        st.integers(0, 20), st.sampled_from(["add", "remove", "reject", "override", "restore"])
    ),
    min_size=1,
    max_size=9,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS, recurs=st.sampled_from(["", "weekly", "monthly"]))
def test_the_light_of_a_past_day_does_not_change_when_later_facts_come(
    office: Office, editor: User, acts: list[tuple[int, str]], recurs: str
) -> None:
    row = assignment(office, office.bureaus["czj"], deadline=date(2022, 10, 25), recurs=recurs)
    chief, today = member(office.supervisor), date(2022, 10, 1)
    all_days = [date(2022, 9, 28) + timedelta(days=n) for n in range(60)]
    mine = Assignment.objects.select_related("task__point__plan").filter(pk=row.pk)
    seen: dict[date, str] = {}
    for pause, act in acts:
        state = lights.load(mine)
        for day in (d for d in all_days if today <= d < today + timedelta(days=pause)):
            seen[day] = state.verdict(row.pk, day).light
        today += timedelta(days=pause)
        now = at(today, 9)
        open_piece = row.evidence.filter(removed_at=None, rejected_at=None).first()
        if act == "add":
            add_url(row, editor, now=now)
        elif act == "override":
            services.light_override(
                assignment_id=row.pk, light="red", reason="核实", member=chief, now=now
            )
        elif act == "restore":
            services.light_restore(assignment_id=row.pk, member=chief, now=now)
        elif open_piece is not None and act == "remove":
            services.evidence_remove(
                evidence_id=open_piece.pk, reason="换", member=member(editor), now=now
            )
        elif open_piece is not None:
            services.evidence_reject(evidence_id=open_piece.pk, reason="退", member=chief, now=now)
        state = lights.load(mine)
        assert {day: state.verdict(row.pk, day).light for day in seen} == seen


def test_lights_of_many_assignments_cost_as_many_queries_as_of_one(
    office: Office,
    editor: User,
    newsroom: Newsroom,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = [assignment(office, office.bureaus["czj"]) for _ in range(6)]
    item = newsroom.public()
    for row in rows:
        add_item(row, item, editor)
    with django_assert_num_queries(3):
        found = lights.load(Assignment.objects.select_related("task__point__plan").all())
    with django_assert_num_queries(0):
        assert {found.verdict(row.pk, DAY).light for row in rows} == {"green"}


def test_a_release_and_a_withdrawal_tell_which_task_lights_they_move(
    duty: Assignment, editor: User, newsroom: Newsroom
) -> None:
    item = newsroom.public()
    add_item(duty, item, editor)
    outbox.run(now=NOW)
    newsroom.withdraw(item, NOW + timedelta(hours=1))
    outbox.run(now=NOW + timedelta(hours=1))
    message = OutboxMessage.objects.get(kind="publishing.ledger", payload__event="withdrawn")
    assert message.done_at is not None
    step = message.payload["steps"][0]
    assert (step["label"], step["light"]) == ("第3项任务灯（市财政局）：临期", "yellow")
    assert light(duty) == "yellow"
