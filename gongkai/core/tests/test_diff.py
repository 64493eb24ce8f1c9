from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.diff import Block, Op, Segment, diff_blocks, diff_text

TEXT = st.text(alphabet="政务公开信息管理，。；\n0123AB ", max_size=60)
PARAGRAPHS = st.lists(st.text(alphabet="政务公开信息。1", max_size=12), max_size=8)


def _old(segments: list[Segment]) -> str:
    return "".join(s.text for s in segments if s.op is not Op.INSERT)


def _new(segments: list[Segment]) -> str:
    return "".join(s.text for s in segments if s.op is not Op.DELETE)


def _shown(segments: list[Segment]) -> str:
    marks = {Op.EQUAL: "{}", Op.DELETE: "[-{}-]", Op.INSERT: "[+{}+]"}
    return "".join(marks[s.op].format(s.text) for s in segments)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("", "", ""),
        ("不变。", "不变。", "不变。"),
        ("", "新增。", "[+新增。+]"),
        ("删去。", "", "[-删去。-]"),
        (
            "申请人应当在15个工作日内补正。",
            "申请人应当在20个工作日内补正。",
            "申请人应当在[-15-][+20+]个工作日内补正。",
        ),
        (
            "第一句不变。第二句由市财政局负责。第三句不变。",
            "第一句不变。第二句由市审计局负责。第三句不变。",
            "第一句不变。第二句由市[-财政-][+审计+]局负责。第三句不变。",
        ),
        (
            "第一句。第三句。",
            "第一句。新加的一句。第三句。",
            "第一句。[+新加的一句。+]第三句。",
        ),
        (
            "补贴标准为每人每月1,200.50元。",
            "补贴标准为每人每月1,300.50元。",
            "补贴标准为每人每月[-1,200.50-][+1,300.50+]元。",
        ),
    ],
)
def test_a_reviewer_reads_phrases_not_confetti(old: str, new: str, shown: str) -> None:
    assert _shown(diff_text(old, new)) == shown


def test_an_unlike_sentence_is_replaced_whole() -> None:
    old, new = "严禁燃放烟花爆竹。", "鼓励企业扩大再生产并给予奖补。"
    assert diff_text(old, new) == [Segment(Op.DELETE, old), Segment(Op.INSERT, new)]


def test_short_equal_runs_between_changes_are_folded() -> None:
    old = "本办法自二〇二二年十月一日起施行，有效期五年。"
    new = "本办法自二〇二三年三月八日起施行，有效期两年。"
    shown = _shown(diff_text(old, new))
    assert "[-二年十月一-][+三年三月八+]" in shown
    assert "[-五-][+两+]" in shown


@given(TEXT, TEXT)
@settings(max_examples=200, deadline=None)
def test_segments_rebuild_both_texts(old: str, new: str) -> None:
    segments = diff_text(old, new)
    assert _old(segments) == old
    assert _new(segments) == new
    assert all(s.text for s in segments)


@given(TEXT, TEXT)
@settings(max_examples=200, deadline=None)
def test_no_two_neighbours_are_of_one_kind_and_deletions_come_first(old: str, new: str) -> None:
    ops = [s.op for s in diff_text(old, new)]
    for first, second in pairwise(ops):
        assert first is not second
        assert (first, second) != (Op.INSERT, Op.DELETE)


@settings(deadline=None)
@given(TEXT)
def test_equal_texts_have_no_changes(text: str) -> None:
    assert all(s.op is Op.EQUAL for s in diff_text(text, text))


def test_very_long_changed_stretches_are_replaced_whole_and_fast() -> None:
    old, new = "甲乙丙" * 3000, "丁甲乙" * 3000
    assert [s.op for s in diff_text(old, new)] == [Op.DELETE, Op.INSERT]


def test_long_changed_stretches_are_compared_sentence_by_sentence() -> None:
    old = [f"第{i}项工作由第{i}科室在{i}月底前完成并报送进展情况。" for i in range(1, 40)]
    new = [s.replace("月底前完成", "月中旬前办结") for s in old]
    new.insert(20, "临时增加一项与其他各项都不相同的安排，另行通知。")
    segments = diff_text("".join(old), "".join(new))
    assert _old(segments) == "".join(old)
    assert _new(segments) == "".join(new)
    kept = sum(len(s.text) for s in segments if s.op is Op.EQUAL)
    assert kept > 0.7 * len("".join(old))
    inserted = [s.text for s in segments if s.op is Op.INSERT]
    assert any(text.startswith("临时增加一项") for text in inserted)


# --- paragraphs ---------------------------------------------------------------------------------


def _ops(blocks: list[Block]) -> list[tuple[str, int | None, int | None]]:
    return [(b.op.value, b.old_index, b.new_index) for b in blocks]


def test_a_changed_paragraph_is_paired_with_its_old_form() -> None:
    old = ["第一条 为了规范政务公开工作，制定本办法。", "第二条 本办法适用于本市。"]
    new = ["第一条 为了规范本市政务公开工作，制定本办法。", "第二条 本办法适用于本市。"]
    blocks = diff_blocks(old, new)
    assert _ops(blocks) == [("change", 0, 0), ("equal", 1, 1)]
    assert Segment(Op.INSERT, "本市") in blocks[0].segments


def test_inserted_and_deleted_paragraphs_are_told_apart_from_changed_ones() -> None:
    old = ["一、总体要求和基本原则", "二、严格落实安全生产责任", "三、保障措施与组织领导"]
    new = ["一、总体要求与基本原则", "二、扩大有效投资规模", "三、保障措施和组织领导"]
    assert _ops(diff_blocks(old, new)) == [
        ("change", 0, 0),
        ("delete", 1, None),
        ("insert", None, 1),
        ("change", 2, 2),
    ]


def test_a_paragraph_moved_word_for_word_appears_once() -> None:
    old = ["甲段落的内容", "乙段落写了别的", "丙段落收尾文字"]
    new = ["乙段落写了别的", "丙段落收尾文字", "甲段落的内容"]
    blocks = diff_blocks(old, new)
    assert _ops(blocks) == [("equal", 1, 0), ("equal", 2, 1), ("move", 0, 2)]
    assert blocks[-1].segments == (Segment(Op.EQUAL, "甲段落的内容"),)


def test_very_short_paragraphs_are_never_called_moved() -> None:
    blocks = diff_blocks(
        ["附件", "正文内容在这里", "结尾文字"], ["正文内容在这里", "结尾文字", "附件"]
    )
    assert ("move", 0, 2) not in _ops(blocks)


def test_repeated_paragraphs_move_one_by_one() -> None:
    old = ["重复的段落", "重复的段落", "留在原处的段落", "收尾的段落"]
    new = ["留在原处的段落", "收尾的段落", "重复的段落"]
    assert _ops(diff_blocks(old, new)) == [
        ("delete", 1, None),
        ("equal", 2, 0),
        ("equal", 3, 1),
        ("move", 0, 2),
    ]


@given(PARAGRAPHS, PARAGRAPHS)
@settings(max_examples=200, deadline=None)
def test_blocks_cover_every_paragraph_once(old: list[str], new: list[str]) -> None:
    blocks = diff_blocks(old, new)
    assert sorted(b.old_index for b in blocks if b.old_index is not None) == list(range(len(old)))
    assert [b.new_index for b in blocks if b.new_index is not None] == list(range(len(new)))
    for block in blocks:
        if block.old_index is not None:
            assert _old(list(block.segments)) == old[block.old_index]
        if block.new_index is not None:
            assert _new(list(block.segments)) == new[block.new_index]


def test_many_changed_paragraphs_are_paired_in_order_without_searching() -> None:
    old = [f"第{i}段原来的文字" for i in range(250)]
    new = [f"第{i}段后来的说法" for i in range(250)]
    blocks = diff_blocks(old, new)
    assert [(b.old_index, b.new_index) for b in blocks] == [(i, i) for i in range(250)]
