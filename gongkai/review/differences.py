"""What changed between two texts, cut to what a reviewer has to read. Plain values only."""

from dataclasses import dataclass

from gongkai.core.diff import Block, BlockOp, Segment, diff_blocks, diff_text

CONTEXT = 1
"""How many unchanged paragraphs stand before and after a change."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One paragraph with its changes, or (``skipped``) how many unchanged ones are left out."""

    segments: tuple[Segment, ...] = ()
    skipped: int = 0
    moved: bool = False


def stretches(old: str, new: str) -> tuple[Stretch, ...]:
    """The changes from one text to another, paragraph by paragraph, with a little around them.

    A text of one line is compared as a whole.
    """
    if "\n" not in old and "\n" not in new:
        return (Stretch(tuple(diff_text(old, new))),)
    blocks = diff_blocks(_paragraphs(old), _paragraphs(new))
    near = _near_a_change(blocks)
    found: list[Stretch] = []
    skipped = 0
    for place, block in enumerate(blocks):
        if place not in near:
            skipped += 1
            continue
        if skipped:
            found.append(Stretch(skipped=skipped))
            skipped = 0
        found.append(Stretch(block.segments, moved=block.op is BlockOp.MOVE))
    if skipped:
        found.append(Stretch(skipped=skipped))
    return tuple(found)


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _near_a_change(blocks: list[Block]) -> set[int]:
    return {
        place + step
        for place, block in enumerate(blocks)
        if block.op is not BlockOp.EQUAL
        for step in range(-CONTEXT, CONTEXT + 1)
    }
