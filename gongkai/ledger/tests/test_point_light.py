"""The light of a whole work point, from the lights of the units that answer for its tasks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.ledger.rules import PointVerdict, Share, point_light, task_is_proved


def lead(light: str) -> Share:
    return Share(True, light)


def other(light: str) -> Share:
    return Share(False, light)


@pytest.mark.parametrize(
    ("shares", "proved"),
    [
        ([lead("green")], True),
        ([lead("green"), lead("grey")], True),
        ([lead("green"), other("red")], True),
        ([lead("grey"), other("green")], False),
        ([lead("red"), other("green")], False),
        ([other("green"), other("grey")], True),
        ([other("grey")], False),
        ([], False),
    ],
)
def test_a_task_is_proved_by_a_lead_or_by_anyone_where_none_leads(
    shares: list[Share], proved: bool
) -> None:
    assert task_is_proved(shares) is proved


@pytest.mark.parametrize(
    ("tasks", "light", "done"),
    [
        ([], "grey", 0),
        ([[]], "grey", 0),
        ([[lead("green")]], "green", 1),
        ([[lead("green"), other("grey")], [lead("green")]], "green", 2),
        ([[lead("green")], [lead("grey")]], "grey", 1),
        ([[lead("green")], []], "grey", 1),
        ([[lead("green"), other("yellow")]], "yellow", 1),
        ([[lead("yellow")], [other("red")]], "red", 0),
        ([[lead("green"), other("red")], [lead("green")]], "red", 2),
    ],
)
def test_red_before_yellow_before_all_proved_before_grey(
    tasks: list[list[Share]], light: str, done: int
) -> None:
    verdict = point_light(tasks)
    assert (verdict.light, verdict.done, verdict.whole) == (light, done, len(tasks))
    assert verdict.because


def test_the_words_say_how_many() -> None:
    verdict = point_light([[lead("red"), other("red")], [lead("green")]])
    assert verdict == PointVerdict("red", "有 2 项责任已经逾期；2 件任务里 1 件有有效凭据", 1, 2)
    assert point_light([]).because == "还没有拆成任务"


SHARES = st.builds(Share, st.booleans(), st.sampled_from(["green", "yellow", "red", "grey"]))


@given(st.lists(st.lists(SHARES, max_size=5), max_size=6))
def test_the_light_follows_from_its_parts_alone(tasks: list[list[Share]]) -> None:
    verdict = point_light(tasks)
    lights = [share.light for shares in tasks for share in shares]
    assert 0 <= verdict.done <= verdict.whole == len(tasks)
    assert (verdict.light == "red") == ("red" in lights)
    assert (verdict.light == "yellow") == ("yellow" in lights and "red" not in lights)
    if verdict.light == "green":
        assert verdict.done == verdict.whole > 0


@given(st.lists(st.lists(SHARES, min_size=1, max_size=4), min_size=1, max_size=4))
def test_order_does_not_matter(tasks: list[list[Share]]) -> None:
    turned = [list(reversed(shares)) for shares in reversed(tasks)]
    assert point_light(turned) == point_light(tasks)
