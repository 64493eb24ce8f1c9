"""How Chinese text sounds and how it is written in traditional characters. Pure functions.

The dictionaries are loaded on first use (about 30 MB); a web process that nobody asks never pays.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

LIMIT: Final = 200
"""Characters of one request."""

Parts = list[tuple[str, str]]


@lru_cache(maxsize=1)
def _converter() -> object:
    from opencc.opencc import OpenCC

    return OpenCC("s2t")


def traditional(text: str) -> str:
    """The text in traditional characters, chosen by phrases (头发 → 頭髮, 发展 → 發展)."""
    converted: str = _converter().convert(text)  # type: ignore[attr-defined]
    return converted


def pinyin(text: str) -> Parts:
    """(character, reading with tone mark) for every Chinese character, chosen by phrases (长沙
    cháng, 增长 zhǎng); everything else as one piece without a reading."""
    from pypinyin import Style
    from pypinyin import pinyin as readings

    found: Parts = []
    place = 0
    for reading, *_ in readings(text, style=Style.TONE, errors=str):
        if place >= len(text):
            break
        if text.startswith(reading, place) and reading:
            found.append((reading, ""))
            place += len(reading)
        else:
            found.append((text[place], reading))
            place += 1
    # A dictionary that joins or drops characters must never change what is shown.
    return found if "".join(piece for piece, _ in found) == text else [(text, "")]


def written(text: str, wanted: Sequence[str]) -> Parts:
    """The text with ``pinyin``, in ``fanti`` (traditional characters), or both; readings are
    those of the simplified text, which has the phrases the dictionary knows."""
    if "pinyin" not in wanted:
        return [(traditional(text), "")] if "fanti" in wanted else [(text, "")]
    parts = pinyin(text)
    if "fanti" not in wanted:
        return parts
    converted = traditional(text)
    if len(converted) != len(text):
        return pinyin(converted)
    found: Parts = []
    place = 0
    for piece, reading in parts:
        found.append((converted[place : place + len(piece)], reading))
        place += len(piece)
    return found
