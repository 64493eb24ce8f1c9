"""Drawings of targets, validity, periods and stages: geometry, words, and nothing lost."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from gongkai.design import figures, spans

DAY = date(2022, 9, 30)
numbers = st.floats(min_value=0, max_value=1e9, allow_nan=False)


def tree(source: str, **context: Any) -> Any:
    text = Template("{% load design %}<main>" + source + "</main>").render(Context(context))
    return html.fromstring(text)


@pytest.mark.parametrize(
    ("value", "found"),
    [(3, 3), ("1,200.5", 1200.5), ("", None), (None, None), ("约三百", None), (True, None),
     ("nan", None), ("inf", None), (0, 0)],
)  # fmt: skip
def test_numbers_are_read_and_words_are_not(value: object, found: float | None) -> None:
    assert figures.number(value) == found


@pytest.mark.parametrize(
    ("value", "words"),
    [(1200, "1,200"), (81.25, "81.25"), (0.1 + 0.2, "0.3"), (None, "—"), (-0.00001, "0")],
)
def test_numbers_are_said(value: float | None, words: str) -> None:
    assert figures.said(value) == words


def test_the_year_passes() -> None:
    assert figures.year_share(date(2022, 12, 31)) == 1
    assert round(figures.year_share(DAY), 3) == 0.748
    assert figures.year_share(date(2020, 1, 1)) == pytest.approx(1 / 366)


@pytest.mark.parametrize(
    ("done", "pace"),
    [(100, "done"), (130, "done"), (75, "ok"), (70, "ok"), (69, "slow"), (0, "slow")],
)
def test_a_target_is_compared_with_the_year(done: float, pace: str) -> None:
    found = figures.measure({"name": "甲", "unit": "户", "target": 100, "done": done}, DAY)
    assert found is not None and found.pace == pace
    assert (found.pace_words == "") is False


def test_a_surpassed_target_keeps_its_true_share_and_its_mark_within_the_drawing() -> None:
    found = figures.measure({"name": "甲", "target": 80, "done": 100, "before": 90})
    assert found is not None
    assert (found.percent, found.length, found.aim, found.was) == ("125%", 100, 80, 90)
    assert (found.step, found.step_words) == (10, "+10")


@pytest.mark.parametrize("target", [None, "", 0, -5])
def test_without_a_target_nothing_is_shared_out(target: object) -> None:
    found = figures.measure({"name": "收入", "target": target, "done": 10, "before": 12}, DAY)
    assert found is not None
    assert (found.share, found.percent, found.aim, found.pace) == (None, "", None, "")
    assert found.step_words == "−2"


def test_rows_without_a_figure_are_left_out() -> None:
    assert figures.measures([{"name": "甲"}, "乙", {"name": "丙", "done": "x"}]) == []


@given(done=numbers, target=numbers, before=numbers)
def test_every_length_lies_within_the_drawing(done: float, target: float, before: float) -> None:
    found = figures.measure({"done": done, "target": target, "before": before}, DAY)
    assert found is not None
    for place in (found.length, found.aim, found.was):
        assert place is None or 0 <= place <= 100


def chart(*rows: tuple[date | None, date | None], today: date = DAY) -> spans.Gantt:
    return spans.gantt(
        [(n, *row) for n, row in enumerate(rows)],
        first=date(2022, 1, 1), last=date(2022, 12, 31), today=today,
    )  # fmt: skip


def test_validity_is_drawn_from_day_to_day() -> None:
    found = chart((date(2022, 1, 1), date(2022, 12, 31)), (None, None))
    assert [(s.start, s.width, s.open_left, s.open_right) for s in found.spans] == [
        (0, 100, False, False),
        (0, 100, True, True),
    ]
    assert found.today == pytest.approx(272 / 365 * 100, abs=0.01)
    assert found.ticks == [(0, "2022年"), (24.66, "4月"), (49.59, "7月"), (74.79, "10月")]


@pytest.mark.parametrize(
    ("since", "until", "state", "left"),
    [
        (date(2022, 1, 1), None, "on", None),
        (date(2022, 1, 1), DAY, "ending", 1),
        (date(2022, 1, 1), DAY + timedelta(days=89), "ending", 90),
        (date(2022, 1, 1), DAY + timedelta(days=90), "on", 91),
        (date(2022, 1, 1), DAY - timedelta(days=1), "over", None),
        (DAY + timedelta(days=1), None, "coming", None),
        (DAY, None, "on", None),
    ],
)
def test_the_last_day_still_counts(
    since: date, until: date | None, state: str, left: int | None
) -> None:
    span = chart((since, until)).spans[0]
    assert (span.state, span.left) == (state, left)


def test_what_lies_outside_leaves_a_mark_at_the_edge() -> None:
    span = chart((date(2019, 1, 1), date(2020, 1, 1))).spans[0]
    assert span.start == 0 and 0 < span.width < 1 and span.open_left


def test_long_charts_are_marked_by_years_and_an_empty_stretch_is_refused() -> None:
    found = spans.gantt([], first=date(2020, 6, 1), last=date(2024, 6, 1), today=DAY)
    assert [words for _, words in found.ticks] == ["2021年", "2022年", "2023年", "2024年"]
    with pytest.raises(ValueError, match="day"):
        spans.gantt([], first=DAY, last=DAY - timedelta(days=1), today=DAY)


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (9128, 10000), (12.1, 15), (0.23, 0.25), (35000, 40000)]
)
def test_scales_end_at_round_numbers(value: float, top: float) -> None:
    assert figures.nice_top(value) == pytest.approx(top)


@given(value=st.floats(min_value=1e-6, max_value=1e12))
def test_scales_hold_their_values(value: float) -> None:
    assert value <= figures.nice_top(value) * (1 + 1e-9) <= value * 2.6


def test_columns_stand_in_their_groups_and_gaps_stay_gaps() -> None:
    found = figures.columns([("4月", [10, 5]), ("5月", [None, 2])], height=100)
    assert [(bar.series, bar.height, bar.y) for bar in found.bars] == [
        (0, 100, 0),
        (1, 50, 50),
        (1, 20, 80),
    ]
    assert found.labels == [(25, "4月"), (75, "5月")]
    assert all(bar.x >= 0 and bar.x + bar.width <= 100 for bar in found.bars)
    assert figures.columns([]).bars == []


def test_a_line_goes_from_its_lowest_to_its_highest() -> None:
    found = figures.line([3, None, 1, 2], height=60)
    heights = [y for _, y, _ in found.points]
    assert heights[0] < heights[2] < heights[1] and len(found.segments) == 2
    assert len({y for _, y, _ in figures.line([5, 5]).points}) == 1
    assert figures.line([]).points == []


def test_stages_before_the_present_are_done() -> None:
    assert [s.state for s in spans.stages("abc", 1)] == ["done", "now", "later"]
    assert {s.state for s in spans.stages("abc", 3)} == {"done"}
    assert spans.stages("", 0) == []


@pytest.mark.parametrize(
    ("planned", "done", "state", "days"),
    [
        (DAY, DAY, "done", 0),
        (DAY, DAY - timedelta(days=3), "ahead", 3),
        (DAY - timedelta(days=20), DAY, "late", 20),
        (DAY - timedelta(days=2), None, "overdue", 2),
        (DAY, None, "coming", 0),
        (DAY + timedelta(days=9), None, "coming", -9),
        (None, DAY, "done", 0),
        (None, None, "open", 0),
    ],
)
def test_a_planned_step_is_judged_by_the_day_of_its_data(
    planned: date | None, done: date | None, state: str, days: int
) -> None:
    found = spans.node("桩基", planned, done, DAY)
    assert (found.state, found.days) == (state, days)
    assert found.words and found.light in ("green", "yellow", "red", "grey")


@pytest.mark.parametrize(
    ("figures_", "state", "words"),
    [
        ((100, 20, 30, 90), "ok", "核对一致"),
        ((100, 20.004, 30, 90), "ok", "核对一致"),
        ((100, 20, 30, 95), "off", "相差 5"),
        ((100, 20, 30, 88.5), "off", "相差 -1.5"),
        ((None, 20, 30, 90), "unknown", "缺数据，不能核对"),
        ((100, 20, 30, None), "unknown", "缺数据，不能核对"),
    ],
)
def test_a_balance_follows_from_the_one_before(
    figures_: tuple[float | None, ...], state: str, words: str
) -> None:
    found = figures.balance(*figures_)
    assert (found.state, found.words) == (state, words)


ROW = {"name": "净增企业", "unit": "万户", "target": 6.2, "done": 5.1, "before": 4.4}


def test_target_bars_say_what_they_draw() -> None:
    found = tree("{% target_bars rows day %}", rows=[ROW], day=DAY)
    text = " ".join(found.text_content().split())
    assert "净增企业" in text and "5.1 万户" in text and "目标 6.2" in text
    assert "82.3%" in text and "比上期 +0.7" in text and "按进度" in text
    assert found.find(".//svg").get("aria-hidden") == "true"


def test_a_ring_says_the_true_share_and_none_without_a_target() -> None:
    over = figures.measure({**ROW, "done": 7.44}, DAY)
    text = tree("{% target_ring row %}", row=over).text_content()
    assert "120%" in text and "已完成" in text
    plain = tree("{% target_ring row %}", row=figures.measure({"name": "收入", "done": 3}))
    assert plain.find(".//svg") is None and "收入" in plain.text_content()


def test_the_table_shows_only_columns_that_say_something() -> None:
    rows = figures.measures([ROW, {"name": "收入", "unit": "万元", "done": 3}], DAY)
    found = tree("{% target_table rows '各项数据' %}", rows=rows)
    assert [cell.text for cell in found.iter("th") if cell.get("scope") == "col"] == [
        "指标", "目标", "完成", "完成率", "上期", "单位",
    ]  # fmt: skip
    bare = tree(
        "{% target_table rows '数据' %}", rows=figures.measures([{"name": "甲", "done": 1}])
    )
    assert len([c for c in bare.iter("th") if c.get("scope") == "col"]) == 3


def test_other_drawings_escape_and_are_hidden_from_listeners() -> None:
    bad = "<script>"
    row = {"title": bad, "url": "/nr/1/", "meta": bad, "until_words": bad}
    context = {
        "g": spans.gantt([(row, DAY, None)], first=DAY, last=DAY, today=DAY),
        "c": figures.columns([(bad, [1.0])]),
        "l": figures.line([1.0, 2.0]),
        "n": [spans.node(bad, DAY, None, DAY, bad)],
    }
    found = tree(
        "{% gantt_chart g '有效期' %}{% columns_chart c keys '收支' '万元' %}"
        "{% line_chart l '结余' %}{% stage_bar keys 0 %}{% node_list n %}",
        keys=[bad, "乙"],
        **context,
    )
    assert found.find(".//script") is None and "<script>" in found.text_content()
    drawings = found.xpath("//svg[not(ancestor::svg) and not(ancestor::ol)]")
    assert len(drawings) >= 5
    assert [html.tostring(s) for s in drawings if s.get("aria-hidden") != "true"] == []
