"""Text to index terms: overlapping character pairs, the same at index and at query time.

Chinese has no spaces, and dictionary words miss new terms; pairs of neighbouring characters need
no dictionary. Latin words and numbers stay whole. Nothing here maps traditional to simplified.
"""

import re
from typing import Final

# Full-width ASCII only. NFKC would also turn ①, ㎡, （ and 〇-like signs into other text.
_FOLD: Final = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " "}
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_HAN: Final = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS: Final = re.compile(rf"[{_HAN}]+|[0-9]+(?:\.[0-9]+)+|[^\W_{_HAN}]+")
_IS_HAN: Final = re.compile(rf"[{_HAN}]")


def pairs(text: str) -> list[str]:
    """Return the terms of ``text`` in order of appearance, repeats kept.

    A run of Chinese characters gives its overlapping pairs, a single one gives itself; a Latin
    word, a number or a decimal is one lower-case term. 长政办发〔2022〕13号 gives 长政, 政办,
    办发, 2022, 13, 号.
    """
    folded = _INVISIBLE.sub("", text).translate(_FOLD).lower()
    terms: list[str] = []
    for run in _RUNS.findall(folded):
        if len(run) > 1 and _IS_HAN.match(run):
            terms.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            terms.append(run)
    return terms
