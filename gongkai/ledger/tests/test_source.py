"""The document beside the result: every character is shown once, the words that mattered marked."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.ledger.source import LONGEST_GAP, Piece, marked_text, marks_in


def item(no: int, start: int, end: int, **more: Any) -> dict[str, Any]:
    return {"no": no, "span": [start, end], "bracket": "", "deadlines": [], **more}


def plain(stretches: Any) -> str:
    return "".join(piece.text for stretch in stretches for piece in stretch.pieces)


def test_the_bracket_and_every_deadline_are_marked_where_they_stand() -> None:
    text = "年底前建立清单，6月底前公布。（市财政局牵头）"
    found = marks_in(
        text,
        item(
            1, 0, 0, bracket="（市财政局牵头）", deadlines=[{"raw": "6月底前"}, {"raw": "年底前"}]
        ),
    )
    assert found == (
        Piece("年底前", "due"), Piece("建立清单，"), Piece("6月底前", "due"), Piece("公布。"),
        Piece("（市财政局牵头）", "units"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"bracket": "（不在文中）"},
        {"deadlines": [{"raw": ""}, {"raw": "明年"}, {"date": "2022-12-31"}]},
        {"bracket": None, "deadlines": None},
    ],
)
def test_what_is_not_found_word_for_word_is_not_marked(more: dict[str, Any]) -> None:
    assert marks_in("公布清单。", item(1, 0, 0, **more)) == (Piece("公布清单。"),)


def test_the_last_bracket_is_the_one_with_the_units() -> None:
    found = marks_in("（市财政局）公布（市财政局）", item(1, 0, 0, bracket="（市财政局）"))
    assert [piece.role for piece in found] == ["", "units"]


def test_marks_never_overlap() -> None:
    found = marks_in(
        "年底前完成", item(1, 0, 0, bracket="年底前完成", deadlines=[{"raw": "年底前"}])
    )
    assert "".join(piece.text for piece in found) == "年底前完成"


def test_points_stand_in_the_order_of_the_document_whatever_their_numbers() -> None:
    text = "前言\n第二项内容\n第一项内容\n落款"
    found = marked_text(text, [item(1, 9, 14), item(2, 3, 8)], doubtful={1})
    assert [(s.number, s.doubtful) for s in found] == [
        (0, False), (2, False), (1, True), (0, False),
    ]  # fmt: skip
    assert plain(found).replace("\n", "") == text.replace("\n", "")


def test_a_point_without_a_place_is_left_out_of_the_document() -> None:
    assert [s.number for s in marked_text("全文", [item(1, 0, 0)], set())] == [0]


def test_of_overlapping_points_the_first_keeps_its_place() -> None:
    found = marked_text("一二三四五六", [item(1, 0, 4), item(2, 2, 6)], set())
    assert [s.number for s in found] == [1, 0] and plain(found) == "一二三四五六"


def test_long_text_between_points_is_shortened_and_says_by_how_much() -> None:
    text = "首" + "文" * 5000 + "尾" + "要点"
    (gap, point) = marked_text(text, [item(1, 5002, 5004)], set())
    shown = gap.pieces[0].text
    assert shown.startswith("首") and shown.endswith("尾")
    assert f"略去 {5002 - LONGEST_GAP} 字" in shown
    assert plain((point,)) == "要点"


def test_a_long_point_is_never_shortened() -> None:
    text = "文" * 5000
    assert plain(marked_text(text, [item(1, 0, 5000)], set())) == text


def test_page_breaks_and_marks_of_markdown_do_not_tear_the_page() -> None:
    found = marked_text("## 一、总体要求\n\n\n\n**重点**\n", [], set())
    assert plain(found) == "一、总体要求\n重点\n"


@given(st.text("公开 \n（）。#", max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_no_character_of_the_document_is_lost_or_doubled(text: str, cuts: list[int]) -> None:
    edges = sorted({min(cut, len(text)) for cut in cuts})
    items = [item(n, a, b) for n, (a, b) in enumerate(pairwise(edges), 1)]
    shown = plain(marked_text(text, items, set()))
    bare = [c for c in text if c not in " \n#"]
    assert [c for c in shown if c not in " \n#"] == bare
