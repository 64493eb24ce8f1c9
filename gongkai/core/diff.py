"""Differences between two Chinese texts, cut so that a reviewer can read them.

Sentences are aligned first, characters (and whole numbers or Latin words) only inside sentences
that changed. Two or three equal characters between changes are folded into the change: a phrase
replaced by a phrase reads better than confetti.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from gongkai.core.pairs import pairs

_SENTENCES: Final = re.compile(r"[^。！？；\n]*(?:[。！？；\n]+[”’）」』]*|$)")
_TOKENS: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[A-Za-z]+|\s+|.", re.DOTALL)
_WORDLESS: Final = re.compile(r"[\W_]+")
_TINY: Final = 2
_ALIKE: Final = 0.4
_SAME_PARAGRAPH: Final = 0.35
_MOVABLE: Final = 4
_ONE_STRETCH: Final = 400
_MAX_TOKENS: Final = 1500
_MAX_CELLS: Final = 40_000


class Op(StrEnum):
    """What happened to a piece of text."""

    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"


class BlockOp(StrEnum):
    """What happened to a paragraph."""

    EQUAL = "equal"
    INSERT = "insert"
    DELETE = "delete"
    CHANGE = "change"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text; equal + delete make up the old text, equal + insert the new one."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph with its zero-based places in the old and the new text.

    A moved paragraph appears once, at its new place, with both places set.
    """

    op: BlockOp
    old_index: int | None
    new_index: int | None
    segments: tuple[Segment, ...]


def diff_text(old: str, new: str) -> list[Segment]:
    """Return the segments that lead from ``old`` to ``new``, deletions before insertions."""
    before, after = _split(old), _split(new)
    raw: list[Segment] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            raw.append(Segment(Op.EQUAL, "".join(before[a:b])))
        else:
            raw.extend(_stretch(before[a:b], after[c:d]))
    return _merged(raw)


def diff_blocks(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """Compare two texts paragraph by paragraph.

    Paragraphs that resemble each other are paired and carry their inner segments; a paragraph
    that went and came back word for word elsewhere is reported as moved.
    """
    blocks: list[Block] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            blocks.extend(
                Block(BlockOp.EQUAL, a + i, c + i, (Segment(Op.EQUAL, old[a + i]),))
                for i in range(b - a)
            )
        else:
            blocks.extend(_changed(old, new, range(a, b), range(c, d)))
    return _with_moves(blocks, old, new)


def _split(text: str) -> list[str]:
    return [part for part in _SENTENCES.findall(text) if part]


def _stretch(old: Sequence[str], new: Sequence[str]) -> list[Segment]:
    """Compare neighbouring changed sentences: together when short, else sentence by sentence."""
    before, after = "".join(old), "".join(new)
    if len(before) + len(after) <= _ONE_STRETCH:
        return _inside(before, after)
    segments: list[Segment] = []
    i = j = 0
    for old_at, new_at in _paired(old, new, range(len(old)), range(len(new))):
        segments.extend(_replaced("".join(old[i:old_at]), "".join(new[j:new_at])))
        segments.extend(_inside(old[old_at], new[new_at]))
        i, j = old_at + 1, new_at + 1
    segments.extend(_replaced("".join(old[i:]), "".join(new[j:])))
    return segments


def _inside(old: str, new: str) -> list[Segment]:
    """Compare two changed stretches token by token, or give up and replace the whole."""
    whole = _replaced(old, new)
    if not old or not new:
        return whole
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if len(before) > _MAX_TOKENS or len(after) > _MAX_TOKENS:
        return whole
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return whole
    segments: list[Segment] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            segments.append(Segment(Op.EQUAL, "".join(before[a:b])))
        else:
            segments.extend(_replaced("".join(before[a:b]), "".join(after[c:d])))
    return _without_confetti(segments)


def _replaced(old: str, new: str) -> list[Segment]:
    found = (Segment(Op.DELETE, old), Segment(Op.INSERT, new))
    return [segment for segment in found if segment.text]


def _without_confetti(segments: Sequence[Segment]) -> list[Segment]:
    """Fold short equal runs that stand between two changes into those changes."""
    last = len(segments) - 1
    folded: list[Segment] = []
    for place, segment in enumerate(segments):
        if segment.op is Op.EQUAL and 0 < place < last and _is_tiny(segment.text):
            folded.append(Segment(Op.DELETE, segment.text))
            folded.append(Segment(Op.INSERT, segment.text))
        else:
            folded.append(segment)
    return folded


def _is_tiny(text: str) -> bool:
    return len(_WORDLESS.sub("", text)) <= _TINY and "\n" not in text


def _merged(segments: Iterable[Segment]) -> list[Segment]:
    """Join neighbours of one kind; between two equal runs one deletion, then one insertion."""
    merged: list[Segment] = []
    pending = {Op.DELETE: "", Op.INSERT: ""}

    def flush() -> None:
        for op, text in pending.items():
            if text:
                merged.append(Segment(op, text))
            pending[op] = ""

    for segment in segments:
        if segment.op is not Op.EQUAL:
            pending[segment.op] += segment.text
            continue
        flush()
        if merged and merged[-1].op is Op.EQUAL:
            merged[-1] = Segment(Op.EQUAL, merged[-1].text + segment.text)
        elif segment.text:
            merged.append(segment)
    flush()
    return merged


def _changed(old: Sequence[str], new: Sequence[str], a: range, b: range) -> list[Block]:
    """Pair the resembling paragraphs of a changed stretch, in order; the rest came or went."""
    blocks: list[Block] = []
    i, j = a.start, b.start
    for old_at, new_at in [*_paired(old, new, a, b), (a.stop, b.stop)]:
        blocks.extend(_deleted(old, at) for at in range(i, old_at))
        blocks.extend(_inserted(new, at) for at in range(j, new_at))
        if old_at < a.stop and new_at < b.stop:
            segments = tuple(diff_text(old[old_at], new[new_at]))
            blocks.append(Block(BlockOp.CHANGE, old_at, new_at, segments))
        i, j = old_at + 1, new_at + 1
    return blocks


def _paired(old: Sequence[str], new: Sequence[str], a: range, b: range) -> list[tuple[int, int]]:
    """The order-preserving pairing of greatest total likeness (dynamic programming)."""
    if not a or not b:
        return []
    if len(a) * len(b) > _MAX_CELLS:
        return list(zip(a, b, strict=False))
    before = [Counter(pairs(old[i])) for i in a]
    after = [Counter(pairs(new[j])) for j in b]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            likeness = _likeness(before[i], after[j])
            together = likeness + best[i + 1][j + 1] if likeness >= _SAME_PARAGRAPH else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    chosen: list[tuple[int, int]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            chosen.append((a[i], b[j]))
            i, j = i + 1, j + 1
    return chosen


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def _deleted(old: Sequence[str], at: int) -> Block:
    return Block(BlockOp.DELETE, at, None, (Segment(Op.DELETE, old[at]),))


def _inserted(new: Sequence[str], at: int) -> Block:
    return Block(BlockOp.INSERT, None, at, (Segment(Op.INSERT, new[at]),))


def _with_moves(blocks: Sequence[Block], old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """Turn each word-for-word delete and insert pair into one moved paragraph."""
    gone: dict[str, list[int]] = {}
    for block in blocks:
        if block.op is BlockOp.DELETE and block.old_index is not None:
            text = old[block.old_index]
            if len(text.strip()) >= _MOVABLE:
                gone.setdefault(text, []).append(block.old_index)
    moved_from: set[int] = set()
    result: list[Block] = []
    for block in blocks:
        if block.op is BlockOp.INSERT and block.new_index is not None:
            text = new[block.new_index]
            if places := gone.get(text):
                origin = places.pop(0)
                moved_from.add(origin)
                segments = (Segment(Op.EQUAL, text),)
                result.append(Block(BlockOp.MOVE, origin, block.new_index, segments))
                continue
        result.append(block)
    return [b for b in result if not (b.op is BlockOp.DELETE and b.old_index in moved_from)]
