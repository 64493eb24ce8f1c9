"""Balanced brackets, whatever their width, in one pass."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

_FAMILY: Final = {
    "（": "round", "(": "round", "【": "square", "[": "square", "［": "square", "〔": "hexagon",
    "<": "angle", "＜": "angle",
}  # fmt: skip
_CLOSING: Final = {
    "）": "round", ")": "round", "】": "square", "]": "square", "］": "square", "〕": "hexagon",
    ">": "angle", "＞": "angle",
}  # fmt: skip
OPENERS: Final = frozenset(_FAMILY)
_MARKS: Final = re.compile("[" + re.escape("".join((*_FAMILY, *_CLOSING))) + "]")


@dataclass(frozen=True, slots=True)
class Bracket:
    """``text[start]`` opens, ``text[end - 1]`` closes."""

    start: int
    end: int


def outermost(text: str) -> list[Bracket]:
    """Balanced brackets that lie in no other balanced bracket.

    An opening mark that is never closed is ignored, so one slip does not swallow the rest.
    """
    found: list[Bracket] = []
    stack: list[tuple[str, int]] = []
    waiting = dict.fromkeys(_FAMILY.values(), 0)
    for match in _MARKS.finditer(text):
        position, char = match.start(), match.group()
        family = _FAMILY.get(char)
        if family is not None:
            stack.append((family, position))
            waiting[family] += 1
            continue
        family = _CLOSING.get(char)
        if family is None or not waiting[family]:
            continue
        while stack:
            opened, start = stack.pop()
            waiting[opened] -= 1
            if opened == family:
                found.append(Bracket(start, position + 1))
                break
    found.sort(key=lambda bracket: (bracket.start, -bracket.end))
    outer: list[Bracket] = []
    for bracket in found:
        if not outer or bracket.start >= outer[-1].end:
            outer.append(bracket)
    return outer


def open_bracket(text: str) -> int:
    """Position of the first opening mark left open at the end of the text, -1 when none."""
    stack: list[tuple[str, int]] = []
    waiting = dict.fromkeys(_FAMILY.values(), 0)
    for match in _MARKS.finditer(text):
        position, char = match.start(), match.group()
        family = _FAMILY.get(char)
        if family is not None:
            stack.append((family, position))
            waiting[family] += 1
            continue
        family = _CLOSING.get(char)
        if family is None or not waiting[family]:
            continue
        while stack:
            opened, _ = stack.pop()
            waiting[opened] -= 1
            if opened == family:
                break
    return stack[0][1] if stack else -1


class OpenMarks:
    """Follows a growing text and knows whether a bracket opened lately is still open."""

    def __init__(self) -> None:
        self._stack: list[tuple[str, int]] = []
        self._waiting = dict.fromkeys(_FAMILY.values(), 0)
        self._length = 0

    def feed(self, text: str) -> None:
        for match in _MARKS.finditer(text):
            family = _FAMILY.get(match.group())
            if family is not None:
                self._stack.append((family, self._length + match.start()))
                self._waiting[family] += 1
                continue
            family = _CLOSING[match.group()]
            while self._waiting[family]:
                opened, _ = self._stack.pop()
                self._waiting[opened] -= 1
                if opened == family:
                    break
        self._length += len(text)

    def open_within(self, distance: int) -> bool:
        """Is a mark open that stands at most ``distance`` characters back?"""
        return bool(self._stack) and self._length - self._stack[-1][1] < distance


class Cover:
    """Answers whether a position lies inside one of the brackets."""

    def __init__(self, brackets: list[Bracket]) -> None:
        self._brackets = brackets
        self._starts = [bracket.start for bracket in brackets]

    def holds(self, position: int) -> bool:
        index = bisect_right(self._starts, position) - 1
        return index >= 0 and position < self._brackets[index].end


def split_top(text: str, separators: str) -> list[str]:
    """Split at separators that stand outside brackets; empty parts are dropped."""
    cover = Cover(outermost(text))
    parts: list[str] = []
    start = 0
    for position, char in enumerate(text):
        if char in separators and not cover.holds(position):
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]
