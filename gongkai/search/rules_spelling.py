"""Did you mean …? Asked only when a query finds next to nothing, and answered only when what is
offered finds more. Being silent is better than teaching a reader a wrong word.

Two ways to err are looked for: a character that sounds like the right one or pinyin that stayed
letters, and one character that is wrong, missing, doubled or out of its place.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from re import compile as pattern
from typing import Final

from gongkai.core.pairs import fold, is_han
from gongkai.search import rules_pinyin
from gongkai.search.rules_query import clean
from gongkai.search.rules_vocabulary import LONGEST, WINDOW, Vocabulary

FEW: Final = 2
"""Hits up to which a query is looked at again."""

TIMES: Final = 10
"""How many times more a correction of a query with a hit must find."""

LONGEST_QUERY: Final = 30
TRIED: Final = 6
"""Corrections whose hits are counted."""

_SHAPES: Final = Path(__file__).parent / "reference" / "similar_shapes.txt"
_HAN_RUN: Final = pattern("[〇\u3400-\u4dbf\u4e00-\u9fff]{2,}")
_LETTER_RUN: Final = pattern(r"(?<![0-9a-zü'])[a-zü']{3,}(?![0-9a-zü'])")
_DIGIT: Final = pattern("[0-9]{4,}")


@dataclass(frozen=True, slots=True)
class _Repair:
    """``text[start:end]`` becomes ``phrase``; the smaller ``cost``, the likelier. ``sure`` without
    an unknown pair to put right: letters, and long words of exactly one sound."""

    start: int
    end: int
    phrase: str
    cost: float
    sure: bool = False


@cache
def _shapes() -> dict[str, frozenset[str]]:
    alike: dict[str, set[str]] = {}
    for line in _SHAPES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            for character in line:
                alike.setdefault(character, set()).update(line)
    return {character: frozenset(others) for character, others in alike.items()}


def _slip(typed: str, phrase: str) -> float | None:
    """What one slip of the hand from ``phrase`` to ``typed`` costs; None where it is no such slip,
    or where as many other phrases would be as near."""
    short, long = sorted((typed, phrase), key=len)
    if len(long) - len(short) > 1 or typed == phrase:
        return None
    first = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), None)
    place = len(short) if first is None else first
    if len(long) > len(short):
        if short[place:] != long[place + 1 :]:
            return None
        if len(typed) > len(phrase):
            # 期限限制 is no slip: two words may meet with one character.
            if place > 0 and typed[place] == typed[place - 1] and len(phrase) >= 4:
                return 0.6
            # At an end it is no slip: every word has neighbours.
            return 1.0 if len(phrase) >= 3 and 0 < place < len(phrase) else None
        # The first or last character missing: the shorter word is most often a word, too.
        if place == 0 or place == len(short):
            return 1.6 if len(phrase) >= 5 else None
        return 1.0 if len(phrase) >= 4 else None
    if typed[place + 1 :] == phrase[place + 1 :]:
        if phrase[place] in _shapes().get(typed[place], ()):
            return 0.7 if len(phrase) >= 3 else 1.2
        # Any other character only inside of a longer phrase: 土壤污染防治 is not 噪声污染防治.
        return 1.8 if len(phrase) >= 5 and 0 < place < len(phrase) - 1 else None
    swapped = phrase[:place] + phrase[place + 1 : place + 2] + phrase[place : place + 1]
    if swapped + phrase[place + 2 :] == typed:
        return 0.7 if len(phrase) >= 3 else 1.2
    return None


def _unknown(text: str, vocabulary: Vocabulary) -> int:
    """How many neighbouring characters of a text stand side by side in no phrase."""
    return sum(
        1
        for i in range(len(text) - 1)
        if is_han(text[i]) and is_han(text[i + 1]) and not vocabulary.knows_pair(text[i : i + 2])
    )


def _heard(
    typed: str, heard: tuple[str, ...], vocabulary: Vocabulary
) -> Iterator[tuple[str, float, bool]]:
    """(phrase that sounds like what was typed, cost, whether exactly so with few changes)."""
    for number in vocabulary.sounding(rules_pinyin.key(heard))[:6]:
        phrase = fold(vocabulary.phrases[number])
        if len(phrase) != len(typed) or phrase == typed:
            continue
        blurs = rules_pinyin.same_sound(heard, rules_pinyin.sounds(phrase))
        changed = sum(a != b for a, b in zip(typed, phrase, strict=True))
        # Most pairs of characters are a word in one writing or another.
        if len(typed) == 2 and (blurs or changed == 2):
            continue
        # Who hears two syllables wrong and writes both otherwise means another word.
        if blurs > 1 or (blurs and changed * 2 > len(phrase)):
            continue
        exact = not blurs and changed * 2 <= len(phrase)
        yield phrase, 0.4 + 0.5 * blurs + 0.1 * changed, exact


def _in_characters(text: str, vocabulary: Vocabulary) -> Iterator[_Repair]:
    """Repairs inside the runs of Chinese characters: where a pair is unknown, and words of four
    and more characters that sound exactly so (疫情防空)."""
    for run in _HAN_RUN.finditer(text):
        start, word = run.start(), run[0]
        strange = [not vocabulary.knows_pair(word[i : i + 2]) for i in range(len(word) - 1)]
        heard = rules_pinyin.sounds(word)
        for low in range(len(word) - 1):
            for high in range(low + 2, min(len(word), low + LONGEST + 1) + 1):
                window = word[low:high]
                near = any(strange[max(low - 1, 0) : high])
                if len(window) <= LONGEST and (near or len(window) >= WINDOW):
                    for phrase, cost, exact in _heard(window, heard[low:high], vocabulary):
                        sure = exact and len(window) >= WINDOW
                        if near or sure:
                            yield _Repair(start + low, start + high, phrase, cost, sure)
                if len(window) < 3 or not any(strange[low : high - 1]):
                    continue
                for number in vocabulary.near(window):
                    phrase = fold(vocabulary.phrases[number])
                    slip = _slip(window, phrase)
                    if slip is not None:
                        yield _Repair(start + low, start + high, phrase, slip)


def _spelled(letters: str, vocabulary: Vocabulary) -> str | None:
    """Phrases for typed pinyin, the longest first from the left; None when a piece has none."""
    for way in rules_pinyin.segment(letters):
        found: list[str] = []
        place = 0
        while place < len(way):
            for end in range(min(len(way), place + LONGEST), place + 1, -1):
                piece = way[place:end]
                numbers = vocabulary.sounding(rules_pinyin.key(piece))[:12]
                exact = (
                    fold(vocabulary.phrases[n])
                    for n in numbers
                    if rules_pinyin.sounds(fold(vocabulary.phrases[n])) == piece
                )
                phrase = next(exact, None) or next(
                    (fold(vocabulary.phrases[n]) for n in numbers), None
                )
                if phrase is not None:
                    found.append(phrase)
                    place = end
                    break
            else:
                break
        if place == len(way) and found:
            return "".join(found)
    return None


def _in_letters(text: str, vocabulary: Vocabulary) -> Iterator[_Repair]:
    """Repairs of runs of letters: whole pinyin, or first letters."""
    for run in _LETTER_RUN.finditer(text):
        letters = run[0].strip("'")
        spelled = _spelled(letters, vocabulary)
        if spelled is not None:
            yield _Repair(run.start(), run.end(), spelled, 0.3, True)
        elif "'" not in letters:
            for number in vocabulary.abbreviated(letters)[:2]:
                phrase = fold(vocabulary.phrases[number])
                yield _Repair(
                    run.start(), run.end(), phrase, 0.8 + 0.01 * number / len(vocabulary), True
                )


def _apply(text: str, repair: _Repair) -> str:
    return text[: repair.start] + repair.phrase + text[repair.end :]


def _ranked(text: str, vocabulary: Vocabulary) -> list[tuple[float, str, _Repair]]:
    """Corrected texts by likelihood, the best first; only those that are sure or leave less unknown."""
    before = _unknown(text, vocabulary)
    best: dict[str, tuple[float, str, _Repair]] = {}
    for repair in (*_in_letters(text, vocabulary), *_in_characters(text, vocabulary)):
        became = _apply(text, repair)
        gained = before - _unknown(became, vocabulary)
        if gained <= 0 and not repair.sure:
            continue
        number = vocabulary.number_of(repair.phrase)
        weight = vocabulary.weights[number] if number is not None else 1.0
        worth = (
            1.5 * min(gained, 3)
            - 2.0 * repair.cost
            + 0.25 * log(1 + weight)
            + 0.25 * len(repair.phrase)
        )
        if became not in best or best[became][0] < worth:
            best[became] = (worth, became, repair)
    return sorted(best.values(), key=lambda found: (-found[0], found[1]))


def candidates(query: str, vocabulary: Vocabulary, limit: int = TRIED) -> list[str]:
    """What may have been meant by a query, the likeliest first, whatever it finds."""
    shown, cut = clean(query)
    text = fold(shown)
    if cut or not 2 <= len(text) <= LONGEST_QUERY or _DIGIT.search(text) or not len(vocabulary):
        return []
    found = _ranked(text, vocabulary)
    texts = [became for _, became, _ in found[: limit - 2]]
    # Two errors in one query: what the likeliest repair leaves may have a place to repair.
    for _, became, _ in found[:2]:
        if _unknown(became, vocabulary) or _LETTER_RUN.search(became):
            texts += [twice for _, twice, _ in _ranked(became, vocabulary)[:2]]
    texts += [became for _, became, _ in found[limit - 2 :]]
    return list(dict.fromkeys(texts))[:limit]


def suggest_correction(
    query: str, vocabulary: Vocabulary, hits_of: Callable[[str], int]
) -> str | None:
    """What was probably meant, or None: the query finds enough, nothing is near, or what is near
    finds no more.

    ``hits_of`` counts the records that hold *everything* of a text (the strict hits, without
    synonyms); it is asked for the query and for at most ``TRIED`` corrections.
    """
    tried = candidates(query, vocabulary)
    if not tried:
        return None
    found = hits_of(query)
    if found > FEW:
        return None
    needed = max(1, found * TIMES)
    for text in tried:
        if hits_of(text) >= needed:
            return text
    return None
