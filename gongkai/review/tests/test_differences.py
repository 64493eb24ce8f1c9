"""What a reviewer has to read of a changed text, and what is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.core.diff import Op
from gongkai.review.differences import CONTEXT, Stretch, stretches

LINES = [f"第{n}段，内容各不相同的一段话：{n * 7919}。" for n in range(1, 21)]


def text(*changes: tuple[int, str], moved: tuple[int, int] | None = None) -> str:
    lines = list(LINES)
    for place, words in changes:
        lines[place] = words
    if moved:
        lines.insert(moved[1], lines.pop(moved[0]))
    return "\n".join(lines)


def shown(found: tuple[Stretch, ...]) -> list[str]:
    return ["".join(s.text for s in part.segments) for part in found if not part.skipped]


def test_a_text_of_one_line_is_compared_as_a_whole() -> None:
    (only,) = stretches("补贴50元", "补贴60元")
    assert [(s.op, s.text) for s in only.segments] == [
        (Op.EQUAL, "补贴"), (Op.DELETE, "50"), (Op.INSERT, "60"), (Op.EQUAL, "元"),
    ]  # fmt: skip


def test_unchanged_paragraphs_are_left_out_and_counted() -> None:
    found = stretches(text(), text((10, "第11段，改写过的一段话：79191。")))
    assert [part.skipped for part in found if part.skipped] == [10 - CONTEXT, 9 - CONTEXT]
    assert LINES[9] in shown(found) and LINES[11] in shown(found)
    assert LINES[0] not in shown(found)


def test_the_change_itself_is_never_left_out() -> None:
    found = stretches(
        text(), text((0, "全新的开头，和原来毫无关系。"), (19, "另一个结尾，也是重写的。"))
    )
    inserted = [s.text for part in found for s in part.segments if s.op is Op.INSERT]
    assert any("全新的开头" in t for t in inserted) and any("另一个结尾" in t for t in inserted)


def test_a_paragraph_that_only_changed_its_place_is_called_moved() -> None:
    found = stretches(text(), text(moved=(2, 15)))
    moved = [part for part in found if part.moved]
    assert ["".join(s.text for s in part.segments) for part in moved] == [LINES[2]]


def test_equal_texts_leave_nothing_to_read() -> None:
    found = stretches(text(), text())
    assert shown(found) == [] and sum(part.skipped for part in found) == 20


@pytest.mark.parametrize(("old", "new"), [("", text()), (text(), "")])
def test_a_text_that_came_or_went_is_shown_whole(old: str, new: str) -> None:
    found = stretches(old, new)
    assert "".join(shown(found)) == "".join(LINES)
    assert not any(part.skipped for part in found)


PARAGRAPHS = st.lists(st.text("公开信息补贴一二三，。", min_size=1, max_size=12), max_size=8)


@given(PARAGRAPHS, PARAGRAPHS)
def test_every_inserted_character_of_the_new_text_is_on_the_page(
    old: list[str], new: list[str]
) -> None:
    found = stretches("\n".join(old), "\n".join(new))
    here = sum(part.skipped for part in found) + sum(
        1 for part in found if any(s.op is not Op.DELETE for s in part.segments)
    )
    if len(old) > 1 or len(new) > 1:
        assert here == len(new)
