"""Deadlines and tasks, one rule at a time."""

import pytest

from gongkai.ledger.parsing.deadlines import find_deadlines, is_deadline_clause
from gongkai.ledger.parsing.finish import missing_character
from gongkai.ledger.tests.parsing_helpers import parse


# -- deadlines ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "date", "precision"),
    [
        ("2022年年底前公布", "2022-12-31", "year"),
        ("2022年底前公布", "2022-12-31", "year"),
        ("2022年底公布", "2022-12-31", "year"),
        ("2022年内公布", "2022-12-31", "year"),
        ("年底前公布", "2022-12-31", "year"),
        ("今年底前公布", "2022-12-31", "year"),
        ("今年年底前公布", "2022-12-31", "year"),
        ("到2025年，实现全覆盖", "2025-12-31", "year"),
        ("明年3月底前公布", "2023-03-31", "month"),
        ("11月底前公布", "2022-11-30", "month"),
        ("2022年11月底前公布", "2022-11-30", "month"),
        ("2024年2月底前公布", "2024-02-29", "month"),
        ("2022年6月30日前公布", "2022-06-30", "day"),
        ("6月30日之前公布", "2022-06-30", "day"),
        ("截至2022年9月15日公布", "2022-09-15", "day"),
        ("二〇二二年十月底前公布", "2022-10-31", "month"),
        ("10月中旬前公布", "2022-10-20", "day"),
        ("第三季度末公布", "2022-09-30", "quarter"),
        ("三季度前公布", "2022-09-30", "quarter"),
        ("2022年上半年公布", "2022-06-30", "half"),
        ("下半年公布", "2022-12-31", "half"),
    ],
)
def test_deadlines_are_the_last_day(text: str, date: str, precision: str) -> None:
    (found,) = find_deadlines(text, 2022)
    assert (found.deadline.date, found.deadline.precision) == (date, precision)
    assert not found.bad
    assert found.deadline.raw == text[found.start : found.end]
    assert "公布" not in found.deadline.raw


@pytest.mark.parametrize(
    "text",
    [
        "落实2021年5月10日印发的意见",
        "贯彻《某市2022年底前行动方案》",
        "自2016年1月1日起实施",
        "建立3年内的台账",
        "在10个工作日内答复",
        "持续推进信息公开",
        "2022年内部审计工作",
        "“十四五”各类规划",
        "《2022年政府工作报告》提出的实事",
        "近三年内的数据",
    ],
)
def test_dates_that_are_only_mentioned_are_no_deadlines(text: str) -> None:
    assert list(find_deadlines(text, 2022)) == []


@pytest.mark.parametrize(
    ("text", "recurs", "times"),
    [
        ("每年组织1次以上培训", "yearly", 1),
        ("每年举办两次培训", "yearly", 2),
        ("每半年通报一次", "half_yearly", 1),
        ("每季度公布", "quarterly", None),
        ("每月更新", "monthly", None),
        ("每周发布", "weekly", None),
        ("按季度公布", "quarterly", None),
        ("逐月公布", "monthly", None),
    ],
)
def test_recurring_duties(text: str, recurs: str, times: int | None) -> None:
    (found,) = find_deadlines(text, 2022)
    assert (found.deadline.recurs, found.deadline.times) == (recurs, times)
    assert found.deadline.date is None


def test_a_yearly_date_has_both_a_day_and_a_recurrence() -> None:
    (found,) = find_deadlines("每年1月31日前公布年度报告", 2022)
    assert (found.deadline.date, found.deadline.recurs) == ("2022-01-31", "yearly")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2022年2月30日前公布", "没有30日"),
        ("2023年2月29日前公布", "没有29日"),
        ("6月31日前公布", "没有31日"),
        ("2022年13月底前公布", "没有“13月”"),
        ("2022年0月底前公布", "没有“0月”"),
    ],
)
def test_impossible_dates_are_reported_and_never_guessed(text: str, reason: str) -> None:
    (found,) = find_deadlines(text, 2022)
    assert found.deadline.date is None
    assert reason in found.bad


def test_an_impossible_date_is_a_problem_of_its_point() -> None:
    plan = parse("某市2022年要点\n（一）公布甲。2022年2月30日前公布甲。（市教育局负责）\n")
    (item,) = plan.items
    assert item.deadlines[0].date is None
    assert item.deadlines[0].raw == "2022年2月30日前"
    assert item.confidence == 0.75
    (problem,) = [p for p in plan.problems if p.code == "bad_date"]
    assert "2022年2月没有30日" in problem.message
    assert "第1项" in problem.where


@pytest.mark.parametrize(
    ("text", "date", "recurs", "ongoing"),
    [
        ("2022年10月", "2022-10-31", None, False),
        ("2022年", "2022-12-31", None, False),
        ("2021-2023年", "2023-12-31", None, False),
        ("2022年6月30日", "2022-06-30", None, False),
        ("2018年底前完成并持续落实", "2018-12-31", None, True),
        ("长期坚持", None, "ongoing", True),
        ("持续推进", None, "ongoing", True),
        ("即时", None, "ongoing", True),
        ("每月", None, "monthly", False),
    ],
)
def test_a_deadline_column_needs_no_limit_word(
    text: str, date: str | None, recurs: str | None, ongoing: bool
) -> None:
    (found,) = find_deadlines(text, 2022, labelled=True)
    deadline = found.deadline
    assert (deadline.date, deadline.recurs, deadline.ongoing) == (date, recurs, ongoing)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("2022年10月底前完成", True),
        ("长期坚持", True),
        ("年底前", True),
        ("市教育局", False),
        ("及时办理科", False),
        ("", False),
    ],
)
def test_deadline_clauses_in_a_bracket(text: str, verdict: bool) -> None:
    assert is_deadline_clause(text) is verdict


def test_a_bracket_may_end_with_its_deadline() -> None:
    plan = parse(
        "某市2022年要点\n（一）公布甲。公布甲。（市教育局牵头，市财政局配合，2022年10月底前完成）\n"
    )
    (item,) = plan.items
    assert (item.lead, item.responsible) == (["市教育局"], ["市财政局"])
    assert [d.date for d in item.deadlines] == ["2022-10-31"]
    assert item.tasks[0].deadline == item.deadlines[0]


# -- tasks ----------------------------------------------------------------------------------------
def test_each_deadline_stays_with_its_own_sentence() -> None:
    plan = parse(
        "某市2022年要点\n（一）建好专栏。建立专栏。6月底前发布目录；完善检索。年底前，公布报告。（市教育局负责）\n"
    )
    (item,) = plan.items
    assert [(t.text, t.deadline and t.deadline.date) for t in item.tasks] == [
        ("建立专栏。", None),
        ("6月底前发布目录；", "2022-06-30"),
        ("完善检索。", None),
        ("年底前，公布报告。", "2022-12-31"),
    ]


def test_two_dates_in_one_sentence_make_two_tasks() -> None:
    plan = parse(
        "某市2022年要点\n（一）建好专栏。6月底前完成甲库建设，9月底前完成乙库建设。（市教育局负责）\n"
    )
    assert [(t.text, t.deadline and t.deadline.date) for t in plan.items[0].tasks] == [
        ("6月底前完成甲库建设", "2022-06-30"),
        ("9月底前完成乙库建设。", "2022-09-30"),
    ]


def test_sentences_without_a_duty_verb_are_explanation() -> None:
    plan = parse("某市2022年要点\n（一）建好专栏。专栏是窗口。公布目录。（市教育局负责）\n")
    assert [task.text for task in plan.items[0].tasks] == ["公布目录。"]


def test_a_stop_inside_brackets_or_quotes_does_not_cut_a_sentence() -> None:
    plan = parse(
        "某市2022年要点\n（一）建好专栏。公布目录（含甲。乙类），开设“问。答”栏目。（市教育局负责）\n"
    )
    assert [t.text for t in plan.items[0].tasks] == ["公布目录（含甲。乙类），开设“问。答”栏目。"]


def test_a_deadline_before_the_date_of_issue_is_doubtful() -> None:
    plan = parse(
        "某市政府办公室\n2022年5月10日\n某市2022年政务公开工作要点\n（一）公布甲。2021年底前公布甲。（市教育局负责）\n"
    )
    assert plan.issued_on == "2022-05-10"
    assert "deadline_before_issue" in [issue.code for issue in plan.items[0].issues]


# -- damaged terms --------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["新的组式减税降费政策", "全国统一的市场准负面清单"])
def test_a_fixed_term_with_a_character_missing_is_doubtful(text: str) -> None:
    issue = missing_character(text)
    assert issue is not None
    assert "没有改动" in issue.message


@pytest.mark.parametrize("text", ["组合式减税降费", "村务公开工作", "政府信息公开制度", ""])
def test_complete_terms_are_left_alone(text: str) -> None:
    assert missing_character(text) is None
