"""How characters sound: toneless syllables, forms that ears mix up, typed pinyin in syllables.

Readings come from pypinyin (MIT); words tell it which of several readings is meant (长沙, 银行).
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

LONGEST: Final = 6
_SYLLABLES: Final = Path(__file__).parent / "reference" / "syllables.txt"
_TYPED: Final = re.compile(r"[a-züv']+")


_TONES: Final = str.maketrans(
    {
        mark: plain
        for plain, marks in {
            "a": "āáǎà", "e": "ēéěèêếềếềế", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "v": "üǖǘǚǜ",
            "n": "ńňǹ", "m": "ḿ", "": "\u0300\u0301\u0304\u030c",
        }.items()
        for mark in marks
    }
)  # fmt: skip


@cache
def _readings() -> tuple[dict[str, str], dict[str, tuple[tuple[str, tuple[str, ...]], ...]]]:
    """(the usual reading of each character, words by their first two characters that are read
    otherwise, the longest first).

    Read from pypinyin's tables, because its own conversion takes a hundred times as long as a
    look-up, and a vocabulary has half a million characters.
    """
    # A third of a second; only who types pinyin or finds nothing has to wait for it.
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    usual = {
        chr(code): readings.split(",")[0].translate(_TONES)
        for code, readings in PINYIN_DICT.items()
    }
    other: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for word, readings in PHRASES_DICT.items():
        read = tuple(reading[0].translate(_TONES) for reading in readings)
        if len(read) == len(word) > 1 and any(
            usual.get(c) != r for c, r in zip(word, read, strict=True)
        ):
            other.setdefault(word[:2], []).append((word, read))
    return usual, {
        two: tuple(sorted(words, key=lambda w: (-len(w[0]), w[0]))) for two, words in other.items()
    }


@lru_cache(maxsize=4096)
def sounds(text: str) -> tuple[str, ...]:
    """One syllable for each character of a folded text; what has no reading stands for itself."""
    usual, other = _readings()
    found = [usual.get(character, character) for character in text]
    place = 0
    while place < len(text) - 1:
        for word, read in other.get(text[place : place + 2], ()):
            if text.startswith(word, place):
                found[place : place + len(word)] = read
                place += len(word) - 1
                break
        place += 1
    return tuple(found)


_ALIKE: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))


@lru_cache(maxsize=2048)
def blurred(syllable: str) -> str:
    """A syllable without the differences that many speakers of Hunan do not make: zh/z, ch/c,
    sh/s, n/l at its beginning, ang/an, eng/en, ing/in at its end."""
    for clear, plain in _ALIKE:
        if syllable.startswith(clear) and len(syllable) > len(clear):
            syllable = plain + syllable[len(clear) :]
            break
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable


def key(syllables: Iterable[str]) -> str:
    """One word for a row of syllables as blurred ears hear it."""
    return "'".join(blurred(s) for s in syllables)


def initials(syllables: Iterable[str]) -> str:
    """The first letters: gjj for 公积金."""
    return "".join(s[0] for s in syllables if s)


@cache
def all_syllables() -> frozenset[str]:
    """The syllables of standard Chinese without tones, ü written v."""
    return frozenset(_SYLLABLES.read_text(encoding="utf-8").split())


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(s[:n] for s in all_syllables() for n in range(1, len(s) + 1))


def is_typed(text: str) -> bool:
    """Whether a folded text has nothing but letters that pinyin is typed with."""
    return _TYPED.fullmatch(text) is not None


def segment(typed: str, *, open_end: bool = False) -> list[tuple[str, ...]]:
    """The ways to read letters as syllables, fewest syllables first, at most four.

    ``open_end`` lets the last syllable be unfinished. 'xian' gives (xian) and (xi, an); an
    apostrophe is a border. Empty when the letters are no pinyin, or more than 40.
    """
    if not typed or len(typed) > 40 or not is_typed(typed):
        return []
    typed = typed.replace("ü", "v")
    known = all_syllables()
    best: list[list[tuple[str, ...]]] = [[] for _ in range(len(typed) + 1)]
    best[0] = [()]
    for end in range(1, len(typed) + 1):
        if typed[end - 1] == "'":
            best[end] = best[end - 1]
            continue
        for start in range(max(0, end - LONGEST), end):
            piece = typed[start:end]
            whole = piece in known
            unfinished = open_end and end == len(typed) and piece in _beginnings()
            if best[start] and (whole or unfinished):
                best[end] = best[end] + [(*way, piece) for way in best[start]]
        best[end] = sorted(best[end], key=len)[:4]
    return [way for way in best[-1] if way]


def same_sound(first: Sequence[str], second: Sequence[str]) -> int:
    """How many syllables of two rows of one length differ before they are blurred."""
    return sum(a != b for a, b in zip(first, second, strict=True))
