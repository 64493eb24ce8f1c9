"""Suggestions while typing: phrases that begin with or contain what was typed so far, in
characters, in pinyin, or in first letters. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from gongkai.core.pairs import fold, is_han
from gongkai.search import rules_pinyin
from gongkai.search.rules_query import clean
from gongkai.search.rules_vocabulary import Vocabulary

LIMIT: Final = 10
LONGEST: Final = 30
"""Characters typed; nobody needs suggestions for more."""

_SCANNED: Final = 200
_MIXED: Final = re.compile("(.*[〇\u3400-\u4dbf\u4e00-\u9fff])([a-zü']+)")
_TEXT, _SOUND, _FIRST = 0, 1, 2


def suggest(text: str, vocabulary: Vocabulary, limit: int = LIMIT) -> list[str]:
    """At most ``limit`` phrases, what begins so before what contains it, frequent ones first.

    Of several words all are in the phrase; where there is none, the last word is completed and
    those before it stay. Never what was typed itself.
    """
    shown, cut = clean(text)
    typed = fold(shown)
    if cut or not typed or len(typed) > LONGEST or not vocabulary.suggested or limit < 1:
        return []
    head, _, last = typed.rpartition(" ")
    found = _unique(_numbers(typed, vocabulary, limit), vocabulary, typed, limit)
    if not found and head and last:
        words = head.split()
        both = (
            number
            for number in vocabulary.lines(_TEXT, last, _SCANNED)
            if all(word in vocabulary.line(_TEXT, number) for word in words)
        )
        found = _unique(both, vocabulary, typed, limit)
    if not found and head and last:
        wanted = shown[: len(head)]
        tails = _unique(_numbers(last, vocabulary, limit), vocabulary, last, limit)
        found = [f"{wanted} {tail}" for tail in tails]
    return found


def _unique(numbers: Iterable[int], vocabulary: Vocabulary, typed: str, limit: int) -> list[str]:
    found: dict[str, str] = {}
    for number in numbers:
        phrase = vocabulary.phrases[number]
        folded = fold(phrase)
        if folded != typed:
            found.setdefault(folded, phrase)
        if len(found) >= limit:
            break
    return list(found.values())


def _numbers(typed: str, vocabulary: Vocabulary, limit: int) -> Iterator[int]:
    """Numbers of phrases in the order of suggestion; some may come twice."""
    more = limit + 1
    letters = rules_pinyin.is_typed(typed)
    yield from vocabulary.lines(_TEXT, "\n" + typed, more)
    if letters and len(typed) > 1:
        yield from _pinyin(typed, vocabulary, more)
    elif (mixed := _MIXED.fullmatch(typed)) is not None:
        # An input method that is still composing sends its letters: 公积j, 住房gong.
        yield from _composing(mixed[1], mixed[2].replace("'", ""), vocabulary)
    yield from vocabulary.lines(_TEXT, typed, more)
    if len(typed) > 1 and all(map(is_han, typed)):
        # The same sound written with other characters.
        heard = "'" + "'".join(rules_pinyin.sounds(typed))
        yield from vocabulary.lines(_SOUND, "\n" + heard, more)
        yield from vocabulary.lines(_SOUND, heard, more)


def _pinyin(typed: str, vocabulary: Vocabulary, more: int) -> Iterator[int]:
    """Whole syllables before an unfinished one; words with these first letters before titles that
    happen to begin with them."""
    known = rules_pinyin.all_syllables()
    ways = [
        "'" + "'".join(way)
        for way in rules_pinyin.segment(typed, open_end=True)
        if all(s in known for s in way[:-1])
    ][:2]  # each reading costs a look through all sounds
    open_start: list[int] = []
    open_inside: list[int] = []
    for begin, others in (("\n", open_start), ("", open_inside)):
        for heard in ways:
            if not begin and len(heard) < 4:
                continue
            for number in vocabulary.lines(_SOUND, begin + heard, _SCANNED):
                if f"{heard}'" in f"{vocabulary.line(_SOUND, number)}'":
                    yield number
                elif len(others) < more:
                    others.append(number)
    letters = "'" not in typed
    if letters and len(typed) > 2:
        for number in vocabulary.abbreviated(typed)[:4]:
            word = fold(vocabulary.phrases[number])
            for begin in ("\n", ""):
                yield from vocabulary.lines(_TEXT, begin + word, 5)
    yield from open_start
    if letters:
        yield from vocabulary.lines(_FIRST, "\n" + typed, more)
    yield from open_inside
    if letters and len(typed) > 2:
        yield from vocabulary.lines(_FIRST, typed, more)


def _composing(head: str, letters: str, vocabulary: Vocabulary) -> Iterator[int]:
    for wanted in ("\n" + head, head):
        for number in vocabulary.lines(_TEXT, wanted, _SCANNED):
            text = vocabulary.line(_TEXT, number)
            after = text.find(head) + len(head)
            sounds = vocabulary.line(_SOUND, number).split("'")[1:][after:]
            firsts = rules_pinyin.initials(sounds)
            if firsts.startswith(letters) or "".join(sounds).startswith(letters):
                yield number
