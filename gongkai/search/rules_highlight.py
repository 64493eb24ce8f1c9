"""Marks in what was found: on the original text, by positions found in its folded copy.

Answers are pieces of text with a flag, never HTML; a template escapes and marks them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gongkai.core.pairs import fold, is_han
from gongkai.search.rules_query import Asked
from gongkai.search.rules_stop import STOP_CHARACTERS

LENGTH: Final = 120
"""Characters of a snippet, all fragments together."""

LOOKED_AT: Final = 200_000
"""Characters of a text that are looked at; what stands later is not shown in a snippet."""

JOINER: Final = "…"
Segments = list[tuple[str, bool]]
Span = tuple[int, int]

_PER_NEEDLE: Final = 30
_SENTENCE: Final = "。！？；!?;\n\r\t\u2029"
_CLAUSE: Final = "，,：:、 \u3000"
_WORD_RUN: Final = re.compile(r"[^\W_]+")
_PHRASE, _WHOLE, _SYNONYM, _PAIR, _CHARACTER = 12.0, 5.0, 3.0, 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Fragment:
    """A slice ``[start, end)`` of the original text in marked and unmarked pieces."""

    start: int
    end: int
    segments: Segments


@dataclass(frozen=True, slots=True)
class Needles:
    """What to look for in folded text, with what a find is worth; made once for a page of hits."""

    weights: dict[str, float]

    @classmethod
    def of(cls, asked: Asked, synonyms: Iterable[str] = ()) -> "Needles":
        """The needles of a query and the synonyms of its words (``Synonyms.words_for``)."""
        found: dict[str, float] = {}

        def put(text: str, weight: float) -> None:
            if text and found.get(text, 0.0) < weight:
                found[text] = weight

        for phrase in (*asked.phrases, *asked.titles):
            put(phrase, _PHRASE)
        for number in asked.numbers:
            put(number.typed, _PHRASE)
            put(number.value.lower(), _PHRASE)
            put(number.tail.lower(), _PHRASE)
        for words, whole in ((asked.content, _WHOLE), (tuple(synonyms), _SYNONYM)):
            for word in words:
                for run in _runs(fold(word)):
                    if len(run) > 1 or not is_han(run):
                        put(run, whole + 0.5 * min(len(run), 12))
                    elif run not in STOP_CHARACTERS:
                        put(run, _CHARACTER)
                    if is_han(run) and len(run) > 2:
                        for place in range(len(run) - 1):
                            pair = run[place : place + 2]
                            if not (pair[0] in STOP_CHARACTERS or pair[1] in STOP_CHARACTERS):
                                put(pair, _PAIR)
        return cls(found)


_HAN_OR_NOT: Final = re.compile(
    "[〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
    "|[^〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)


def _runs(text: str) -> list[str]:
    """Runs of Chinese characters, and Latin words and numbers, of a folded text."""
    return [run for word in _WORD_RUN.findall(text) for run in _HAN_OR_NOT.findall(word)]


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a Latin word or number found is a whole one: 13 is not in 2013, app not in apple."""
    if start and text[start].isascii() and text[start].isalnum():
        before = text[start - 1]
        if before.isascii() and before.isalnum():
            return False
    if end < len(text) and text[end - 1].isascii() and text[end - 1].isalnum():
        after = text[end]
        if after.isascii() and after.isalnum():
            return False
    return True


def _hits(folded: str, needles: Needles) -> list[tuple[int, int, str]]:
    """(start, end, needle) of what is found, by place; a bounded number for each needle."""
    hits: list[tuple[int, int, str]] = []
    for needle in needles.weights:
        size, place, left = len(needle), folded.find(needle), _PER_NEEDLE
        latin = not is_han(needle) or needle[-1].isascii()
        while place >= 0 and left:
            if not latin or _alone(folded, place, place + size):
                hits.append((place, place + size, needle))
                left -= 1
            place = folded.find(needle, place + size)
    hits.sort(key=lambda hit: (hit[0], -hit[1]))
    # What lies inside a longer find adds nothing.
    kept: list[tuple[int, int, str]] = []
    reach = -1
    for hit in hits:
        if hit[1] > reach:
            kept.append(hit)
            reach = hit[1]
    return kept


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Overlapping and touching spans become one; ``spans`` are in order."""
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _spans(folded: str, start: int, end: int, needles: Needles) -> list[Span]:
    """Every mark inside of a slice, also where a needle occurs more often than was counted."""
    found = _hits(folded[start:end], needles)
    return _merged((start + low, start + high) for low, high, _ in found)


def _cut(text: str, start: int, end: int, spans: Sequence[Span]) -> Segments:
    """``text[start:end]`` in pieces; spans outside are left out or shortened."""
    segments: Segments = []
    place = start
    for low, high in spans:
        low, high = max(low, start), min(high, end)
        if low >= high:
            continue
        if place < low:
            segments.append((text[place:low], False))
        segments.append((text[low:high], True))
        place = high
    if place < end:
        segments.append((text[place:end], False))
    return segments


def marked(text: str, needles: Needles, folded: str | None = None) -> Segments:
    """The whole of a short text (a title) in marked and unmarked pieces."""
    folded = fold(text) if folded is None else folded
    spans = _merged((start, end) for start, end, _ in _hits(folded, needles))
    return _cut(text, 0, len(text), spans)


def _best(
    hits: Sequence[tuple[int, int, str]], weights: dict[str, float], length: int, used: set[str]
) -> tuple[float, int, int]:
    """(worth, first hit, hits) of the window that holds most; what was shown counts little."""
    best = (0.0, 0, 0)
    for first, (start, _, _) in enumerate(hits):
        worth, seen, last = 0.0, set(used), first
        for _, end, needle in hits[first:]:
            if end - start > length:
                break
            worth += weights[needle] if needle not in seen else 0.05 * weights[needle]
            seen.add(needle)
            last += 1
        if worth > best[0] + 1e-9:
            best = (worth, first, last - first)
    return best


def _start(text: str, hit: int, room: int) -> int:
    """Where a fragment begins: at a sentence near before the hit, else at a clause, else a few
    characters before."""
    low = max(0, hit - room)
    for marks in (_SENTENCE, _CLAUSE):
        for place in range(hit - 1, low - 1, -1):
            if text[place] in marks:
                return place + 1
        if low == 0:
            return 0
    return max(low, hit - min(room, 12))


def _end(text: str, must: int, limit: int) -> int:
    """Where it ends: at the last end of a sentence behind the last mark that still fits, else at a
    clause near the limit."""
    limit = min(limit, len(text))
    if limit == len(text):
        return limit
    for place in range(limit - 1, max(must, limit - 40) - 1, -1):
        if text[place] in "。！？；!?;":
            return place + 1
    for place in range(limit - 1, max(must, limit - 10) - 1, -1):
        if text[place] in _CLAUSE:
            return place + 1
    return limit


def fragments(
    text: str, needles: Needles, *, length: int = LENGTH, most: int = 2, folded: str | None = None
) -> list[Fragment]:
    """The best pieces of a text in its own order, about ``length`` characters together.

    One piece when it shows everything that the text has of the query, else up to ``most`` shorter
    ones. Without a find the beginning is given. ``folded`` spares folding a text twice.
    """
    folded = (fold(text[:LOOKED_AT]) if folded is None else folded)[:LOOKED_AT]
    hits = _hits(folded, needles)
    if not hits:
        start = len(folded) - len(folded.lstrip())
        start = 0 if start == len(folded) else start
        end = _end(text, start, start + length)
        return [Fragment(start, end, _cut(text, start, end, ()))] if end > start else []
    present = {needle for _, _, needle in hits}
    chosen: list[Span] = []
    used: set[str] = set()
    _, first, count = _best(hits, needles.weights, length - 20, used)
    whole = {needle for _, _, needle in hits[first : first + count]}
    share = length if most < 2 or whole >= present else max(length // most, 1)
    for _ in range(1 if share == length else most):
        worth, first, count = _best(hits, needles.weights, max(share - 12, 1), used)
        if (chosen and worth < 0.9) or not count:
            break
        inside = hits[first : first + count]
        used |= {needle for _, _, needle in inside}
        from_, until = inside[0][0], max(end for _, end, _ in inside)
        room = max(share - (until - from_), 12)
        start = _start(text, from_, min(room - 4, 40))
        end = max(_end(text, until, start + share), min(until, start + 2 * length))
        chosen.append((start, end))
        hits = [hit for hit in hits if hit[1] <= start or hit[0] >= end]
        if not hits:
            break
    return [
        Fragment(start, end, _cut(text, start, end, _spans(folded, start, end, needles)))
        for start, end in _merged(sorted(chosen))
    ]


_BLANKS: Final = str.maketrans(dict.fromkeys("\n\r\t\u2028\u2029\u3000\x0b\x0c", " "))


def snippet(
    text: str, needles: Needles, *, length: int = LENGTH, most: int = 2, folded: str | None = None
) -> Segments:
    """:func:`fragments` in one row for a page: joined by …, line breaks as blanks."""
    found = fragments(text, needles, length=length, most=most, folded=folded)
    row: Segments = []
    for number, piece in enumerate(found):
        if number or (piece.start > 0 and text[: piece.start].strip()):
            row.append((JOINER, False))
        row += [(words.translate(_BLANKS), is_marked) for words, is_marked in piece.segments]
    if found and text[found[-1].end :].strip():
        row.append((JOINER, False))
    return row
