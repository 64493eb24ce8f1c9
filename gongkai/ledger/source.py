"""The document beside the result: which stretch became which point, and the words that mattered.

Plain values only.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LONGEST_GAP = 600
"""Of text that became no point only this many characters are shown between two points."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A few characters; ``role`` is empty, ``units`` (the bracket with units) or ``due``.

    Runs of empty lines, which page breaks leave behind, are shown as one line break.
    """

    text: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the document: text beside the points, or (``number``) the text of one point."""

    pieces: tuple[Piece, ...]
    number: int = 0
    doubtful: bool = False


def marks_in(text: str, item: Mapping[str, Any]) -> tuple[Piece, ...]:
    """The text of a point with its units and deadlines marked where they are found verbatim."""
    wanted = [("units", str(item.get("bracket") or ""))]
    wanted += [("due", str(d.get("raw") or "")) for d in item.get("deadlines") or []]
    places: list[tuple[int, int, str]] = []
    for role, words in wanted:
        at = text.rfind(words) if role == "units" else text.find(words)
        if words and at >= 0 and not any(a < at + len(words) and at < b for a, b, _ in places):
            places.append((at, at + len(words), role))
    pieces: list[Piece] = []
    position = 0
    for start, end, role in sorted(places):
        pieces += [Piece(_tidy(text[position:start])), Piece(_tidy(text[start:end]), role)]
        position = end
    pieces.append(Piece(_tidy(text[position:])))
    return tuple(piece for piece in pieces if piece.text)


def _tidy(text: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", text)


def marked_text(
    text: str, items: Iterable[Mapping[str, Any]], doubtful: Collection[int]
) -> tuple[Stretch, ...]:
    """The whole document in order, with every point that has a place in it marked."""
    found: list[Stretch] = []
    position = 0
    for start, end, item in _spans(items):
        if start < position:
            continue
        found.append(Stretch((Piece(_beside(text[position:start])),)))
        pieces = marks_in(text[start:end], item)
        found.append(Stretch(pieces, item["no"], item["no"] in doubtful))
        position = end
    found.append(Stretch((Piece(_beside(text[position:])),)))
    return tuple(s for s in found if any(piece.text.strip() for piece in s.pieces))


def _spans(items: Iterable[Mapping[str, Any]]) -> Sequence[tuple[int, int, Mapping[str, Any]]]:
    spans = [(*(item.get("span") or (0, 0)), item) for item in items]
    return sorted((s for s in spans if s[1] > s[0]), key=lambda s: s[:2])


def _beside(text: str) -> str:
    """Text that became no point, without Markdown's marks, shortened when it is long."""
    text = re.sub(r"^#+[ \t]+|\*\*", "", _tidy(text), flags=re.MULTILINE)
    if len(text) <= LONGEST_GAP:
        return text
    half = LONGEST_GAP // 2
    return f"{text[:half]}\n……（这里略去 {len(text) - 2 * half} 字）……\n{text[-half:]}"
