"""Words that mean the same: where they occur in a query, and what it would become. Pure.

Two pages of the same office say 公积金 and 住房公积金; a reader types one of them. An alternative
counts for less than what was typed, so that a record with the reader's own word comes first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gongkai.core.pairs import fold

BOTH_WAYS: Final = 0.8
ONE_WAY: Final = 0.6
NAMES: Final = 0.7
"""Weights of an alternative beside 1 for what was typed; names of units are in between."""

LIMIT: Final = 12
"""Alternatives of one query at most."""


@dataclass(frozen=True, slots=True)
class Group:
    """Words of one meaning. ``one_way``: the first is widened to the others, never the reverse."""

    words: tuple[str, ...]
    one_way: bool = False
    weight: float = BOTH_WAYS


@dataclass(frozen=True, slots=True)
class Alternative:
    """``query_word`` with ``found`` replaced by ``word`` is ``text``; all folded."""

    query_word: str
    found: str
    word: str
    text: str
    weight: float


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a find is no piece of a longer Latin word or number: app is not in apple."""
    first, last = text[start], text[end - 1]
    before = start > 0 and first.isascii() and first.isalnum() and text[start - 1].isascii()
    after = end < len(text) and last.isascii() and last.isalnum() and text[end].isascii()
    return not (before and text[start - 1].isalnum()) and not (after and text[end].isalnum())


class Synonyms:
    """All groups, looked up by the first two characters of a word; built once per change."""

    __slots__ = ("_begins", "_others")

    def __init__(self, groups: Iterable[Group]) -> None:
        others: dict[str, dict[str, float]] = {}
        for group in groups:
            words = tuple(dict.fromkeys(fold(word).strip() for word in group.words))
            words = tuple(word for word in words if len(word) > 1)
            for typed in words[:1] if group.one_way else words:
                known = others.setdefault(typed, {})
                for word in words:
                    if word != typed:
                        known[word] = max(known.get(word, 0.0), group.weight)
        self._others = {word: tuple(found.items()) for word, found in others.items() if found}
        begins: dict[str, list[str]] = {}
        for word in sorted(self._others, key=lambda word: (-len(word), word)):
            begins.setdefault(word[:2], []).append(word)
        self._begins = begins

    def __len__(self) -> int:
        return len(self._others)

    def found(self, text: str) -> list[tuple[int, int]]:
        """Where words with synonyms stand in a folded text: from the left, the longest first,
        never one inside another."""
        spans: list[tuple[int, int]] = []
        place, last = 0, len(text) - 1
        while place < last:
            for word in self._begins.get(text[place : place + 2], ()):
                end = place + len(word)
                if text.startswith(word, place) and _whole(text, place, end):
                    spans.append((place, end))
                    place = end - 1
                    break
            place += 1
        return spans

    def alternatives(self, words: Sequence[str], limit: int = LIMIT) -> tuple[Alternative, ...]:
        """What the words of a query (``Asked.content``) would become, the best first.

        Nothing that the query says already: 住房公积金提取 is not made 住房住房公积金提取.
        """
        made: dict[str, Alternative] = {}
        for typed in words:
            text = fold(typed)
            for start, end in self.found(text):
                for word, weight in self._others[text[start:end]]:
                    if any(word in other for other in words if other != text) or (
                        self._said(text, start, end, word)
                    ):
                        continue
                    became = text[:start] + word + text[end:]
                    if became not in made or made[became].weight < weight:
                        made[became] = Alternative(typed, text[start:end], word, became, weight)
        order = sorted(made.values(), key=lambda a: (-a.weight, -len(a.found)))
        return tuple(order[:limit])

    @staticmethod
    def _said(text: str, start: int, end: int, word: str) -> bool:
        """Whether the longer word already stands around what was found in it."""
        found = text[start:end]
        place = word.find(found)
        while place >= 0:
            if start >= place and text.startswith(word, start - place):
                return True
            place = word.find(found, place + 1)
        return False

    def words_for(self, words: Sequence[str]) -> tuple[str, ...]:
        """The synonyms to mark in what was found, each once."""
        return tuple(dict.fromkeys(a.word for a in self.alternatives(words)))


def problems(
    words: Sequence[str], taken: dict[str, str], *, longest: int = 30, most: int = 12
) -> list[str]:
    """What keeps words from being one group, as sentences; ``taken`` maps a folded word of another
    group to what that group is called. A word in one group only can never lead round in a circle.
    """
    said: list[str] = []
    seen: set[str] = set()
    for word in words:
        key = fold(word).strip()
        if not any(character.isalnum() for character in key):
            said.append(f"“{word}”里没有文字，请改写。")
        elif len(key) < 2:
            said.append(f"“{word}”只有一个字，太宽，会查出许多不相干的内容；请写两个字以上的词。")
        elif len(key) > longest:
            said.append(f"“{word[:longest]}…”超过 {longest} 个字，请写词，不写句子。")
        elif any(c.isspace() or c in "“”\"'《》*" for c in key):
            said.append(f"“{word}”里有空格、引号或者星号，请去掉。")
        if key in seen:
            said.append(f"“{word}”写了两次（繁体、全角、大小写不同也算同一个词），请去掉一个。")
        elif key in taken:
            said.append(f"“{word}”已经在“{taken[key]}”这一组里，一个词只能在一组；请并到那一组。")
        seen.add(key)
    if len({key for key in seen if key}) < 2:
        said.append("一组至少写两个词。")
    if len(words) > most:
        said.append(f"一组最多 {most} 个词，现在有 {len(words)} 个。")
    return said
