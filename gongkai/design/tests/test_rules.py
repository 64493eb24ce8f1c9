"""Pure parts: phrases of titles, the calendar's layout, lights and bars."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.design import charts, workdays
from gongkai.design.gallery_content import sample_due
from gongkai.design.icons import ICONS, icon_svg
from gongkai.design.phrases import phrases

CLOSING = "，。、；：？！）》〉〕】”的了"
OPENING = "（《〈〔【“"


@pytest.mark.parametrize(
    ("title", "pieces"),
    [
        ("关于修改有关规定的决定", ["关于", "修改", "有关", "规定的", "决定"]),
        ("关于印发工作要点的通知", ["关于", "印发", "工作", "要点的", "通知"]),
        ("2022年政务公开工作要点", ["2022年", "政务公开", "工作", "要点"]),
        ("《城市供水条例》解读", ["《城市", "供水", "条例》", "解读"]),
        ("管理办法（征求意见稿）", ["管理", "办法", "（征求意见稿）"]),
        ("", []),
    ],
)
def test_titles_break_at_phrases(title: str, pieces: list[str]) -> None:
    assert phrases(title) == pieces


@given(
    st.text(
        alphabet="关于印发长沙市的办法（征求意见稿）《》，、第12条和公开〔2022〕号 a", max_size=60
    )
)
def test_phrases_lose_nothing_and_keep_marks_where_they_belong(title: str) -> None:
    pieces = phrases(title)
    assert "".join(pieces) == title
    assert all(pieces)
    assert not [piece for piece in pieces[1:] if piece[0] in CLOSING]
    assert not [piece for piece in pieces[:-1] if piece[-1] in OPENING]


@given(st.text(max_size=40))
def test_phrases_accept_any_text(title: str) -> None:
    assert "".join(phrases(title)) == title


def test_calendar_of_the_known_case_due_2022_10_21() -> None:
    """条例 art. 33: 20 working days, the time for the third party's opinion not counted."""
    grid = workdays.grid(sample_due().steps, today=dt.date(2022, 10, 18))
    assert grid.total == 20
    assert grid.due == dt.date(2022, 10, 21)
    assert [(run.days, run.words) for run in grid.runs] == [
        (9, "9月16日—28日"),
        (11, "10月9日—21日"),
    ]
    assert grid.left_out_words == "9月29日、30日，10月8日"
    assert grid.has_makeup
    assert len(grid.weeks) == 6
    assert all(len(week) == 7 and week[0].day.weekday() == 0 for week in grid.weeks)


def _cell(day: dt.date, today: dt.date | None = None) -> workdays.Cell:
    grid = workdays.grid(sample_due().steps, today=today)
    return next(cell for week in grid.weeks for cell in week if cell.day == day)


@pytest.mark.parametrize(
    ("day", "css", "words"),
    [
        (dt.date(2022, 9, 12), "out", "9月12日"),
        (dt.date(2022, 9, 15), "rec", "9月15日，当日不计，收到"),
        (dt.date(2022, 9, 16), "cnt", "9月16日，第1个工作日"),
        (dt.date(2022, 9, 17), "off", "9月17日，周末，不计"),
        (dt.date(2022, 9, 28), "cnt hit", "9月28日，第9个工作日，寄出"),
        (dt.date(2022, 9, 29), "pause", "9月29日，扣除，不计，征求第三方意见期间"),
        (dt.date(2022, 10, 3), "off", "10月3日，放假，不计，国庆"),
        (dt.date(2022, 10, 8), "pause", "10月8日，调休上班，扣除，不计，征求第三方意见期间"),
        (dt.date(2022, 10, 9), "cnt", "10月9日，调休上班，第10个工作日"),
        (dt.date(2022, 10, 21), "cnt due", "10月21日，第20个工作日，期满日"),
    ],
)
def test_each_day_says_why_it_counts_or_not(day: dt.date, css: str, words: str) -> None:
    cell = _cell(day)
    assert (cell.css, cell.words) == (css, words)


def test_first_of_a_month_shows_the_month() -> None:
    assert _cell(dt.date(2022, 10, 1)).number == "10.1"
    assert _cell(dt.date(2022, 10, 2)).number == "2"


def test_today_is_marked_and_the_due_day_keeps_its_own_word() -> None:
    assert _cell(dt.date(2022, 10, 18), dt.date(2022, 10, 18)).corner == "今天"
    due = _cell(dt.date(2022, 10, 21), dt.date(2022, 10, 21))
    assert due.corner == "期满"
    assert due.words.endswith("期满日，今天")


def test_a_calendar_without_counted_days_is_refused() -> None:
    with pytest.raises(ValueError, match="counted day"):
        workdays.grid([])


@dataclass(frozen=True)
class PlainStep:
    date: dt.date
    kind: object
    counted: bool
    ordinal: int | None = None
    note: str = ""


@given(
    st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)),
    st.lists(st.sampled_from(["workday", "holiday", "paused"]), min_size=1, max_size=60),
)
def test_runs_add_up_and_every_day_appears_once(first: dt.date, kinds: list[str]) -> None:
    steps = [PlainStep(first, "start", False)]
    for offset, kind in enumerate(kinds, start=1):
        steps.append(PlainStep(first + dt.timedelta(days=offset), kind, kind == "workday", offset))
    if "workday" not in kinds:
        with pytest.raises(ValueError, match="counted day"):
            workdays.grid(steps)
        return
    grid = workdays.grid(steps)
    assert sum(run.days for run in grid.runs) == grid.total == kinds.count("workday")
    assert len(grid.left_out) == kinds.count("paused")
    days = [cell.day for week in grid.weeks for cell in week]
    assert len(days) == len(set(days))
    assert {step.date for step in steps} <= set(days)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (dt.date(2022, 10, 9), dt.date(2022, 10, 9), "10月9日"),
        (dt.date(2022, 9, 30), dt.date(2022, 10, 9), "9月30日—10月9日"),
        (dt.date(2021, 10, 9), dt.date(2022, 10, 9), "10月9日—10月9日"),
    ],
)
def test_spans_say_the_month_once(first: dt.date, last: dt.date, words: str) -> None:
    assert workdays.span_words(first, last) == words


class Light(StrEnum):
    LATE = "overdue"


@pytest.mark.parametrize(
    ("state", "days", "words"),
    [
        ("green", None, "按期"),
        ("on_time", 3, "按期"),
        ("yellow", 3, "剩 3 个工作日"),
        ("due_soon", 0, "今天到期"),
        ("yellow", None, "临近期限"),
        ("red", 9, "逾期 9 个工作日"),
        ("red", -9, "逾期 9 个工作日"),
        (Light.LATE, None, "逾期"),
        ("grey", None, "未到时间"),
        ("not_due", 5, "未到时间"),
    ],
)
def test_lights_say_their_state_in_words(state: object, days: int | None, words: str) -> None:
    assert charts.light_words(state, days) == words


def test_the_four_lights_differ_in_shape_not_only_in_colour() -> None:
    assert len(set(charts.MARKS.values())) == len(charts.MARKS) == 4
    shapes = {name: shape for name, (shape, _) in charts.LAMPS.items()}
    assert len({shapes["green"], shapes["yellow"], shapes["red"]}) == 3


@pytest.mark.parametrize("state", ["", "blue", None, 1])
def test_an_unknown_light_is_an_error(state: object) -> None:
    with pytest.raises(ValueError, match="unknown light state"):
        charts.light_state(state)


@given(
    st.floats(-1e6, 1e6, allow_nan=False),
    st.floats(-1e6, 1e6, allow_nan=False),
)
def test_shares_stay_between_0_and_100(value: float, whole: float) -> None:
    assert 0 <= charts.percent(value, whole) <= 100


def test_bars_are_measured_against_the_longest_or_the_given_top() -> None:
    rows = [("甲", 50), {"label": "乙", "value": 200, "tone": "red", "display": "200 件"}]
    assert [bar.length for bar in charts.bars(rows)] == [25.0, 100.0]
    assert [bar.length for bar in charts.bars(rows, top=400)] == [12.5, 50.0]
    assert [bar.display for bar in charts.bars(rows)] == ["50", "200 件"]
    assert charts.bars(rows)[1].tone == "red"
    assert charts.bars([]) == []
    assert charts.bars([("甲", 0)])[0].length == 0


@pytest.mark.parametrize("name", sorted(ICONS))
def test_icons_take_their_colour_from_the_text_and_are_hidden_unless_named(name: str) -> None:
    drawing = icon_svg(name)
    assert 'aria-hidden="true"' in drawing
    assert "#" not in drawing
    assert "fill=" not in drawing
    assert 'role="img" aria-label="打印"' in icon_svg(name, "打印")


def test_there_are_about_thirty_icons_or_more_and_an_unknown_name_is_an_error() -> None:
    assert len(ICONS) >= 30
    with pytest.raises(KeyError):
        icon_svg("no-such-icon")
