"""Rules of meetings, measures, trace notices, rebuttals and plans, case by case."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.decisions import rules_epidemic as epidemic
from gongkai.decisions import rules_meetings as meetings
from gongkai.decisions import rules_plans as plans
from gongkai.decisions.reference import given as reference
from gongkai.decisions.rules_epidemic import Period


def matter(title: str, *, public: bool = True, result: str = "") -> meetings.Matter:
    return meetings.Matter(
        title, result or f"{title}的议定内容", "同意", "审议", "市财政局", "", public
    )


def written(agenda: list[meetings.Matter]) -> dict[str, object]:
    return meetings.content_of_meeting(
        name="市人民政府第14次常务会议", session="executive", term="第十六届",
        held_on=date(2022, 10, 10), chair="市长", agenda=agenda,
        observers=[{"group": "市民代表", "count": 2}],
        media=[{"outlet": "长沙晚报（演示）", "title": "市政府研究保供"}], topics=["juece"],
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_a_withheld_matter_leaves_no_trace(shown: list[bool]) -> None:
    """What is written is the same as if the matters held back had never been on the agenda."""
    agenda = [matter(f"第{n}号事项的议题", public=public) for n, public in enumerate(shown)]
    content = written(agenda)
    assert content == written([m for m in agenda if m.public])
    numbers = [number for number, _ in meetings.numbered(agenda)]
    assert numbers == list(range(1, sum(shown) + 1))
    assert not meetings.held_back_words(content, [m for m in agenda if not m.public])


def test_words_of_a_held_back_matter_are_found_whatever_the_spacing() -> None:
    secret = matter("人防工程 布局调整", public=False, result="同意按方案实施")
    found = meetings.held_back_words(
        {"body": "<p>会议还研究了《人防工程》布局、调整。</p>"}, [secret]
    )
    assert found == ["人防工程 布局调整"]
    assert meetings.held_back_words({"facts": {"x": ["同意按方案实施"]}}, [secret])
    assert not meetings.held_back_words({"title": "研究教育工作"}, [secret])
    short = matter("人事", public=False, result="同意")
    assert not meetings.held_back_words({"title": "人事工作"}, [short])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("会议研究了5项议题", "5项议题"),
        ("会议研究五个议题", "五个议题"),
        ("议定5件事", "5件事"),
        ("会议研究了4项议题", ""),
        ("新建5所学校", ""),
        ("共5项，涉及5个区", ""),
    ],
)
def test_how_many_matters_there_were_is_not_told(text: str, told: str) -> None:
    assert meetings.count_told({"body": text}, total=5, shown=4) == told
    assert meetings.count_told({"body": text}, total=5, shown=5) == ""


@pytest.mark.parametrize(
    "band", ["上午", "中午", "下午", "晚间", "凌晨", "全天", "10时—12时", "8点至11点", "18时-24时"]
)
def test_a_rough_band_passes(band: str) -> None:
    assert epidemic.band_problem(band) == ""


@pytest.mark.parametrize(
    "band",
    ["18:10—18:40", "18：10", "8时20分左右", "10时—11时", "12时—10时", "饭点", "", "8时—25时", "10:00—12:00"],
)  # fmt: skip
def test_an_exact_band_is_refused(band: str) -> None:
    assert epidemic.band_problem(band)


@pytest.mark.parametrize(
    "text",
    ["陈某在超市购物", "男性，35岁", "女，42岁", "湖北籍人员", "病例3到过", "其妻同住", "5栋302室",
     "12:20到店", "8时20分乘车", "张某某", "无症状感染者2曾就餐", "30岁的顾客", "男孩"],
)  # fmt: skip
def test_persons_minutes_and_doors_are_found(text: str) -> None:
    assert epidemic.person_words([text])


@pytest.mark.parametrize(
    "text",
    ["雨花区演示生鲜超市（一层）", "地铁2号线 长沙火车南站至五一广场", "三天两检", "10月12日上午",
     "请向社区报备", "女装市场一楼", "第三十五中学", "咨询电话0731-12320"],
)  # fmt: skip
def test_places_and_advice_pass(text: str) -> None:
    assert not epidemic.person_words([text])


def test_which_figures_count_cases() -> None:
    rows = [{"name": "新增确诊病例"}, {"name": "采样点"}, {"name": "无症状感染者"}]
    assert epidemic.case_counts(rows) == ["新增确诊病例", "无症状感染者"]


days = st.dates(date(2022, 1, 1), date(2022, 12, 31))


@st.composite
def periods(draw: st.DrawFn, number: int) -> Period:
    begins = draw(days)
    length = draw(st.none() | st.integers(0, 60))
    ends = None if length is None else begins + timedelta(days=length)
    return Period(number, "", begins, ends)


@settings(max_examples=200, deadline=None)
@given(periods(1), periods(2))
def test_overlap_is_what_the_days_say(a: Period, b: Period) -> None:
    span = [date(2021, 12, 31) + timedelta(days=n) for n in range(500)]
    both = any(
        epidemic.in_force(a.begins, a.ends, d) and epidemic.in_force(b.begins, b.ends, d)
        for d in span
    )
    assert epidemic.overlap(a, b) == epidemic.overlap(b, a) == both


@settings(max_examples=200, deadline=None)
@given(periods(1), periods(2))
def test_what_is_replaced_ends_the_day_before(old: Period, new: Period) -> None:
    left = epidemic.cut_off(old, new)
    if left is None:
        assert old.begins >= new.begins
        return
    assert not epidemic.overlap(left, new)
    assert left.begins == old.begins and left.ends is not None
    last = new.begins - timedelta(days=1)
    assert left.ends == (min(old.ends, last) if old.ends else last)


@pytest.mark.parametrize(
    "title",
    ["“国庆后全市静默三天”不是真的", "网传长沙停运不属实", "长沙地铁明天停运？", "全市停课是真的吗",
     "关于网传“停水三天”的情况说明", "“打疫苗会感染”是误读", "辟谣：没有发布过停课通知",
     "旧闻翻炒：这张图片是2020年的", "网传视频内容经核实并未发生", "谣言：封城不实"],
)  # fmt: skip
def test_a_title_that_refutes_or_asks_passes(title: str) -> None:
    assert epidemic.title_problem(title) == ""


@pytest.mark.parametrize(
    ("title", "claim"),
    [
        ("国庆后全市静默三天", "国庆后全市静默三天，公交停运"),
        ("辟谣：国庆后全市静默三天", ""),
        ("【辟谣】地铁明天停运", ""),
        ("网传长沙明天封城", ""),
        ("长沙明天封城", ""),
        ("谣言：喝白酒能杀死病毒", ""),
    ],
)
def test_a_title_that_states_the_rumour_is_refused(title: str, claim: str) -> None:
    assert epidemic.title_problem(title, claim)


@pytest.mark.parametrize(
    ("period", "years", "midterm"),
    [
        ("2021—2025年", (2021, 2025), 2023),
        ("2021-2035年", (2021, 2035), 2028),
        ("2022年", (2022, 2022), None),
        ("“十四五”", None, None),
        ("2022年至2024年", (2022, 2024), None),
    ],
)
def test_the_years_of_a_plan(
    period: str, years: tuple[int, int] | None, midterm: int | None
) -> None:
    assert plans.years_of(period) == years
    assert (plans.midterm_year(*years) if years else None) == midterm


def test_maps_need_their_number() -> None:
    rule = reference("map_number")
    assert rule.unconfirmed and reference("trace_days").unconfirmed

    def wrong(
        maps: list[dict[str, str]], attachments: list[dict[str, str]] | None = None
    ) -> list[str]:
        return plans.map_problems(maps, attachments or [], pattern=rule.value, words=rule.words)

    assert not wrong([])
    assert not wrong([{"name": "空间布局图", "map_no": "湘S〔2022〕012号"}])
    assert not wrong([{"name": "区位图", "map_no": "GS(2022)123号"}])
    assert "没有审图号" in wrong([{"name": "空间布局图"}])[0]
    assert "写法不对" in wrong([{"name": "空间布局图", "map_no": "12号"}])[0]
    file = {"title": "空间布局图", "filename": "图1.png"}
    assert "没有在“规划图”里登记" in wrong([], [file])[0]
    assert not wrong([{"name": "空间布局图", "map_no": "湘S〔2022〕012号"}], [file])
    assert not wrong([], [{"title": "指标表", "filename": "指标.xlsx"}])
