"""公开时限 as catalogues write it (site standards §5.3): every wording to its rule, or to none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.catalogue.entries.rules_limits import (
    UNPARSED,
    Limit,
    LimitKind,
    LocalDays,
    Span,
    describe,
    from_json,
    inherit,
    is_ditto,
    normalise,
    parse_limit,
)


@pytest.mark.parametrize(
    "text",
    [
        "信息形成或者变更之日起20个工作日内",
        "信息形成（变更）之日起20个工作日内",
        "自信息形成或者变更之日起20个工作日内公开",
        "信息形成或者变更之日起２０个工作日内",
        "信息形成或者变更之日起二十个工作日内",
        "信息形成或者变更 之日起 20 个工作日内",
        "信息形成或变更之日起20个工作日之内予以公开",
        "自制作或获取该政府信息之日起20个工作日内",
        "20工作日",
        "20个工作日",
        "20个工作日内。",
        "信息形成之日起20个工作日内公开；法律、法规另有规定的，从其规定",
        "及时公开，信息形成之日起20个工作日内",
    ],
)
def test_twenty_working_days_of_article_26_in_every_wording(text: str) -> None:
    limit = parse_limit(text)
    assert (limit.kind, limit.n, limit.span, limit.vague) == (
        LimitKind.WITHIN, 20, Span.WORKDAY, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "n", "span"),
    [
        ("信息形成之日起3个工作日内", 3, Span.WORKDAY),
        ("作出行政许可决定之日起7个工作日内", 7, Span.WORKDAY),
        ("作出行政处罚决定之日起七个工作日内", 7, Span.WORKDAY),
        ("经本级人大批准后20日内", 20, Span.DAY),
        ("批复后20日内", 20, Span.DAY),
        ("7日内", 7, Span.DAY),
        ("15个自然日内", 15, Span.DAY),
        ("信息形成后24小时内", 1, Span.DAY),
        ("72小时内", 3, Span.DAY),
        ("自签订合同之日起一个月内", 1, Span.MONTH),
    ],
)
def test_other_numbers_and_natural_days_are_kept_apart_from_working_days(
    text: str, n: int, span: Span
) -> None:
    limit = parse_limit(text)
    assert (limit.kind, limit.n, limit.span) == (LimitKind.WITHIN, n, span)


@pytest.mark.parametrize(
    ("text", "word", "days"),
    [
        ("实时公开", "realtime", 1),
        ("即时更新", "realtime", 1),
        ("及时公开", "timely", 5),
        ("信息形成后及时公开", "timely", 5),
    ],
)
def test_vague_words_take_the_local_number_and_say_so(text: str, word: str, days: int) -> None:
    limit = parse_limit(text)
    assert (limit.vague, limit.n) == (word, days)
    assert "本地口径" in describe(limit)
    assert parse_limit(text, LocalDays(realtime=2, timely=9)).n == {1: 2, 5: 9}[days]


@pytest.mark.parametrize("text", ["永久公开", "长期公开", "长期", "常年公开", "长期有效"])
def test_what_stands_for_ever_is_looked_through_every_year(text: str) -> None:
    limit = parse_limit(text)
    assert limit.kind is LimitKind.LASTING
    assert limit.lasting
    assert "每年核对" in describe(limit)


def test_a_number_and_lasting_together_keep_both() -> None:
    limit = parse_limit("信息形成或者变更之日起20个工作日内；长期公开")
    assert (limit.kind, limit.n, limit.lasting) == (LimitKind.WITHIN, 20, True)


@pytest.mark.parametrize(
    ("text", "freq", "months", "day", "n"),
    [
        ("每年1月31日前", "yearly", (1,), 31, 0),
        ("每年3月底前", "yearly", (3,), -1, 0),
        ("每年3月前", "yearly", (3,), -1, 0),
        ("每年年底前", "yearly", (12,), -1, 0),
        ("每年底前公开", "yearly", (12,), -1, 0),
        ("每年4月30日前公开上一年度", "yearly", (4,), 30, 0),
        ("每年第一季度", "yearly", (3,), -1, 0),
        ("每年更新一次", "yearly", (12,), -1, 0),
        ("按年度公开", "yearly", (12,), -1, 0),
        ("每半年公开一次", "half", (6, 12), -1, 0),
        ("每年6月、12月底前", "half", (6, 12), -1, 0),
        ("每季度", "quarterly", (3, 6, 9, 12), -1, 0),
        ("按季度公开", "quarterly", (3, 6, 9, 12), -1, 0),
        ("每季度末", "quarterly", (3, 6, 9, 12), -1, 0),
        ("每季度首月15日前", "quarterly", (1, 4, 7, 10), 15, 0),
        ("每季度末月20日前", "quarterly", (3, 6, 9, 12), 20, 0),
        ("每季度结束后10个工作日内", "quarterly", (3, 6, 9, 12), -1, 10),
        ("每月10日前", "monthly", tuple(range(1, 13)), 10, 0),
        ("每月底前", "monthly", tuple(range(1, 13)), -1, 0),
        ("次月10日前", "monthly", tuple(range(1, 13)), -1, 10),
    ],
)
def test_calendar_wordings_become_dates_of_the_year(
    text: str, freq: str, months: tuple[int, ...], day: int, n: int
) -> None:
    limit = parse_limit(text)
    assert limit.kind is LimitKind.CALENDAR, text
    assert (limit.freq, limit.months, limit.day, limit.n) == (freq, months, day, n)


@pytest.mark.parametrize(
    "text", ["按进展", "按进展情况公开", "根据工作进展情况及时公开", "动态更新"]
)
def test_what_depends_on_progress_has_no_fixed_day(text: str) -> None:
    assert parse_limit(text).kind is LimitKind.EVENT


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "同上", "2022", "按规定时限公开", "公示7日", "公示5个工作日",
        "公示期不少于7个工作日", "会议召开前5个工作日", "收到申请后15个工作日内", "每季度15日前",
        "每年13月底前", "每年2月30日前", "每月初", "每学期开学前", "0个工作日内", "400个工作日内",
        "信息形成之日起20个工作日内；行政许可7个工作日内", "详见附件", "每年1月31日前或者另行通知",
        "信息形成之日起20个工作日内，重大事项另行规定期限",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_never_guessed(text: str) -> None:
    assert parse_limit(text) == UNPARSED
    assert "没有读懂" in describe(UNPARSED)


@pytest.mark.parametrize("text", ["同上", "同 上", "〃", "同前", "″"])
def test_ditto_is_recognised_in_every_form(text: str) -> None:
    assert is_ditto(text)
    assert not parse_limit(text).parsed


def test_ditto_inherits_downwards_after_unmerging() -> None:
    assert inherit(["20个工作日", "同上", "同上", "长期公开", "〃"]) == [
        "20个工作日", "20个工作日", "20个工作日", "长期公开", "长期公开",
    ]  # fmt: skip
    assert inherit(["同上", "7日内"]) == ["同上", "7日内"], "nothing above to inherit"


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error_and_survives_storage(text: str) -> None:
    limit = parse_limit(text)
    assert from_json(limit.to_json()) == limit
    assert describe(limit)


@given(
    st.integers(1, 366),
    st.sampled_from(["", "信息形成之日起", "自信息形成或者变更之日起", "信息产生后"]),
    st.sampled_from(["内", "之内", "内公开", "内予以公开"]),
    st.sampled_from(["", " ", "\u3000"]),
)
def test_every_number_of_working_days_is_read_as_written(
    n: int, start: str, end: str, gap: str
) -> None:
    limit = parse_limit(f"{start}{gap}{n}{gap}个工作日{end}")
    assert (limit.kind, limit.n, limit.span) == (LimitKind.WITHIN, n, Span.WORKDAY)


@given(
    st.sampled_from(["20个工作日", "每季度", "长期公开", "按进展", "及时公开"]), st.text("　 \t")
)
def test_spaces_change_nothing(text: str, space: str) -> None:
    assert parse_limit(space.join(text)) == parse_limit(text)


def test_an_empty_store_is_unparsed_and_text_is_normalised() -> None:
    assert from_json({}) == UNPARSED
    assert normalise(" ２０个\u3000工作日 。") == "20个工作日"
    assert Limit(LimitKind.EVENT).to_json() == {"kind": "event", "span": "workday"}
