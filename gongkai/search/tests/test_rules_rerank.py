"""Re-ranking: each feature by an example, and what must hold for any hits."""

import json
import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.pairs import pairs
from gongkai.search.rules_rerank import (
    FILE,
    LABELS,
    LIMIT,
    NAMES,
    Candidate,
    Model,
    Question,
    Ranked,
    answered,
    features,
    learned,
    model_of,
    question,
    rarity,
    rerank,
    why,
)

EVEN = Model((1.0,) * len(NAMES), {})
SCORE_ONLY = Model((1.0,) + (0.0,) * (len(NAMES) - 1), {})


def only(name: str, weight: float = 1.0) -> Model:
    return Model(tuple(weight if one == name else 0.0 for one in NAMES), {})


def asked(text: str, weight: float = 3.0) -> Question:
    return question(text, {pair: weight for pair in pairs(text)})


def hits(*texts: str, scores: tuple[float, ...] = ()) -> list[Candidate]:
    given = scores or tuple(10.0 - place for place in range(len(texts)))
    return [Candidate("", text, score) for text, score in zip(texts, given, strict=True)]


def places(ranked: list[Ranked]) -> list[int]:
    return [one.place for one in ranked]


def feature(name: str, query: str, *texts: str) -> list[float]:
    rows = features(asked(query), hits(*texts))
    return [round(row[NAMES.index(name)], 3) for row in rows]


def test_every_feature_has_a_chinese_label() -> None:
    assert set(LABELS) == set(NAMES)
    assert all(re.search("[\u4e00-\u9fff]", label) for label in LABELS.values())


def test_scores_are_compared_with_the_best() -> None:
    rows = features(asked("公积金"), hits("公积金", "公积金", scores=(8.0, 4.0)))
    assert [row[0] for row in rows] == [0.0, math.log(0.5)]


@pytest.mark.parametrize("score", [0.0, -1.0, 1e-12])
def test_a_score_of_nothing_is_no_error(score: float) -> None:
    rows = features(asked("公积金"), hits("公积金", "公积金", scores=(5.0, score)))
    assert rows[1][0] == pytest.approx(math.log(1e-3))
    assert features(asked("公积金"), hits("公积金", scores=(score,)))[0][0] <= 0


def test_what_all_hits_hold_tells_less_than_what_one_holds() -> None:
    held = feature("special", "公积金贷款", "公积金", "公积金贷款", "公积金")
    assert held[1] == 1.0
    assert held[0] == held[2] < 0.5


@pytest.mark.parametrize(
    ("query", "with_answer", "without"),
    [
        ("住房补贴何时发放", "住房补贴于2022年10月发放", "住房补贴按月发放"),
        ("住房补贴标准是多少", "住房补贴标准为每月600元", "住房补贴标准另行通知"),
        ("住房补贴咨询电话", "住房补贴电话0731-80001234", "住房补贴电话见门口"),
        ("住房补贴有哪些条件", "住房补贴条件：（一）本市户籍", "住房补贴条件从宽"),
        ("住房补贴编制了什么文件", "住房补贴见《办法》", "住房补贴见办法"),
        ("住房补贴通过什么平台申请", "住房补贴在网站申请", "住房补贴到窗口申请"),
    ],
)
def test_an_answer_of_the_kind_asked_for(query: str, with_answer: str, without: str) -> None:
    with_it, without_it = feature("answer", query, with_answer, without)
    assert with_it > without_it


def test_an_answer_far_from_the_words_is_none() -> None:
    far = "住房补贴标准" + "，" * 500 + "600元"
    assert feature("answer", "住房补贴标准是多少", far, "住房补贴标准600元") == [0.0, 1.0]


def test_a_question_that_asks_for_no_kind_has_no_answer_feature() -> None:
    assert feature("answer", "住房补贴", "住房补贴2022年", "住房补贴") == [0.0, 0.0]


@pytest.mark.parametrize(
    ("query", "text", "value"),
    [
        ("天津市的补贴", "天津市发放补贴", 1.0),
        ("天津市的补贴", "重庆市发放补贴", 0.0),
        ("长沙市的补贴", "长沙市发放补贴", 1.0),
        ("补贴", "长沙市发放补贴", 0.0),
        ("湖南省与湖北省的补贴", "湖北省发放补贴", 0.5),
    ],
)
def test_places(query: str, text: str, value: float) -> None:
    assert feature("place", query, text) == [value]


def test_characters_count_without_their_neighbours() -> None:
    assert feature("characters", "贷款", "借贷与款项", "借贷", "无") == [1.0, 0.5, 0.0]


def test_longer_texts_have_a_larger_length() -> None:
    short, long = feature("length", "补贴", "补贴", "补贴" * 500)
    assert short < long


def test_traditional_and_wide_forms_are_the_same() -> None:
    assert feature("special", "长沙财政12", "長沙財政１２", "长沙财政12") == [1.0, 1.0]


def test_the_title_is_read_with_the_text() -> None:
    rows = features(asked("公积金"), [Candidate("公积金", "", 1.0), Candidate("", "无", 1.0)])
    assert rows[0][NAMES.index("special")] > rows[1][NAMES.index("special")]


def test_text_beyond_the_limit_is_not_read() -> None:
    assert feature("characters", "金", "无" * 30_000 + "金") == [0.0]


@pytest.mark.parametrize("name", NAMES)
def test_each_feature_can_change_the_order_or_is_neutral(name: str) -> None:
    found = rerank(asked("天津市何时发放补贴"), hits("无", "天津市2022年10月发放补贴"), only(name))
    assert places(found) == ([0, 1] if name == "score" else [1, 0])


def test_equal_hits_keep_their_order() -> None:
    same = [Candidate("补贴", "补贴办法", 2.0)] * 8
    assert places(rerank(asked("补贴"), same, EVEN)) == list(range(8))


def test_hits_beyond_the_limit_follow_as_they_were() -> None:
    texts = ["无"] * (LIMIT + 5) + ["补贴"]
    found = rerank(asked("补贴"), hits(*texts, scores=(1.0,) * len(texts)), EVEN)
    assert places(found)[LIMIT:] == list(range(LIMIT, len(texts)))


@pytest.mark.parametrize(
    "text",
    ["", " ", "🙂" * 40, "\x00\x01", "AND OR (", "*" * 200, "的", "何" * 10_000, "ａｂ" * 5000],
)
def test_any_question_gives_an_order(text: str) -> None:
    candidates = hits("公积金提取", "", "\x00", "🙂")
    assert sorted(places(rerank(asked(text), candidates))) == [0, 1, 2, 3]


def test_no_hits_no_order() -> None:
    assert rerank(asked("公积金"), []) == []
    assert features(asked("公积金"), []) == []


def test_without_pairs_the_order_stays() -> None:
    assert places(rerank(question("何时", {}), hits("无", "2022年"))) == [0, 1]


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        st.text("公积金贷款提取长沙市2年 ", max_size=12),
        st.text("公积金贷款提取长沙市何时0123年月《》。，\n", max_size=80),
        st.floats(0, 50),
    ),
    max_size=LIMIT + 6,
)
QUERIES = st.text("公积金贷款提取长沙市何时多少哪些2年 ？", max_size=30)


@settings(max_examples=60, deadline=None)
@given(QUERIES, CANDIDATES)
def test_no_hit_is_lost_or_added(query: str, candidates: list[Candidate]) -> None:
    found = rerank(asked(query), candidates)
    assert sorted(places(found)) == list(range(len(candidates)))
    assert places(rerank(asked(query), candidates)) == places(found)


@settings(max_examples=60, deadline=None)
@given(QUERIES, CANDIDATES)
def test_shares_are_shares(query: str, candidates: list[Candidate]) -> None:
    for row in features(asked(query), candidates[:LIMIT]):
        assert row[0] <= 0
        assert all(0 <= row[NAMES.index(name)] <= 1 + 1e-9 for name in
                   ("special", "answer", "characters", "place"))  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(QUERIES, CANDIDATES)
def test_points_of_the_reasons_add_up_to_the_value(query: str, candidates: list[Candidate]) -> None:
    for one in rerank(asked(query), candidates, EVEN)[:LIMIT]:
        assert sum(points for _, points in one.reasons) == pytest.approx(one.value, abs=0.03)


def test_values_fall_and_reasons_begin_with_the_largest() -> None:
    found = rerank(asked("天津市何时发放补贴"), hits("补贴", "天津市2022年发放补贴", "天津市补贴"))
    assert [one.value for one in found] == sorted((one.value for one in found), reverse=True)
    sizes = [abs(points) for _, points in found[0].reasons]
    assert sizes == sorted(sizes, reverse=True)


def test_why_says_what_speaks_for_a_hit() -> None:
    found = rerank(asked("天津市何时发放补贴"), hits("补贴", "天津市2022年发放补贴"), EVEN)
    assert found[0].place == 1
    assert why(found[0]).startswith("与其他结果相比：")
    assert LABELS["place"] in why(found[0], limit=6)
    assert LABELS["place"] not in why(found[1], limit=6)


def test_why_of_equal_hits() -> None:
    found = rerank(asked("补贴"), [Candidate("补贴", "", 1.0)] * 2)
    assert why(found[0]) == "与其他结果相比没有特别之处，按全文相关程度排列。"


def test_rarity_falls_with_frequency() -> None:
    values = [rarity(1000, frequency) for frequency in (0, 1, 10, 100, 1000, 2000)]
    assert values == sorted(values, reverse=True)
    assert values[-1] > 0


def test_only_the_rarest_pairs_of_a_long_question_are_kept() -> None:
    weights = {f"{chr(0x4E00 + n)}{chr(0x4E00 + n)}": float(n) for n in range(500)}
    kept = question("问", weights).weights
    assert len(kept) == 64
    assert min(kept.values()) == 436.0


def test_the_learned_weights_are_complete_and_say_where_they_come_from() -> None:
    assert len(learned().weights) == len(NAMES)
    source = json.loads(Path(FILE).read_text(encoding="utf-8"))["source"]
    assert source["made by"] == "python -m benchmarks.train_rerank"
    assert source["date"]
    assert source["judged on unseen questions"]


def test_learned_weights_point_where_sense_says() -> None:
    weights = dict(zip(NAMES, learned().weights, strict=True))
    assert all(weights[name] > 0 for name in NAMES if name != "length")
    assert weights["length"] < 0


@pytest.mark.parametrize(
    "data", [{}, {"weights": {}}, {"weights": {"score": 1}}, {"weights": None}]
)
def test_incomplete_weights_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="lack"):
        model_of(data)


def test_score_alone_keeps_the_order_of_the_engine() -> None:
    candidates = hits("甲", "乙", "丙", scores=(3.0, 2.0, 1.0))
    assert places(rerank(asked("甲乙"), candidates, SCORE_ONLY)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("query", "text", "is_answered"),
    [
        ("公积金提取条件", "公积金提取条件如下", True),
        ("公积金提取条件", "公积金", False),
        ("公积金提取条件", "公积金提取", True),
        ("公积金提取条件", "无", False),
    ],
)
def test_an_answer_holds_enough_of_the_question(query: str, text: str, is_answered: bool) -> None:
    assert answered(rerank(asked(query), hits("无", text))) is is_answered


def test_nothing_answers_an_empty_question() -> None:
    assert not answered(rerank(question("", {}), hits("甲")))
    assert not answered([])


def test_the_covered_share_weighs_by_rarity() -> None:
    weighed = question("公积金", {"公积": 1.0, "积金": 3.0})
    found = rerank(weighed, hits("积金", "公积"))
    assert {one.place: one.covered for one in found} == {0: 0.75, 1: 0.25}
