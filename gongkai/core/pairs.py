"""Text to index terms: overlapping character pairs, the same at index and at query time.

Chinese has no spaces, and dictionary words miss new terms; pairs of neighbouring characters need
no dictionary. Latin words and numbers stay whole.
"""

import re
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

# Full-width ASCII only. NFKC would also turn ①, ㎡, （ and 〇-like signs into other text.
_WIDTH: Final = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20}
_HAN: Final = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS: Final = re.compile(rf"[{_HAN}]+|[0-9]+(?:\.[0-9]+)+|[^\W_{_HAN}]+")
_IS_HAN: Final = re.compile(rf"[{_HAN}]")
# A run that begins between these is Chinese without a doubt, and almost all are.
_FIRST_HAN, _AFTER_HAN = "\u3400", "\ua000"
_JOIN: Final = "".join


@cache
def _simplified() -> dict[int, int]:
    """Traditional → simplified, one character for one. What may also stay as it is (於, 乾) is
    changed all the same: text and question go the same way.

    Read from OpenCC's character table (Apache License 2.0), which is installed with its package.
    """
    table = files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8")
    found = {}
    for line in table.splitlines():
        old, _, new = line.partition("\t")
        first = next((form for form in new.split(" ") if form != old), "")
        # Beyond the basic plane there are only old forms of rare names, and looking for them
        # would make every text four times slower to prepare.
        if len(old) == len(first) == 1 and ord(old) < 0x10000:
            found[ord(old)] = ord(first)
    return found


@cache
def _folding() -> dict[int, int]:
    lower = {
        code: ord(chr(code).lower())
        for code in range(0x24F)
        if len(chr(code).lower()) == 1 and chr(code).lower() != chr(code)
    }
    wide = {0xFF21 + i: 0x61 + i for i in range(26)}
    return {**_simplified(), **lower, **_WIDTH, **wide}


@cache
def _changes_by_folding() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(map(chr, _folding())))}]")


_UNSEEN: Final = (
    (0xAD, 0xAD), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
)  # fmt: skip


@cache
def _term_folding() -> dict[int, int | None]:
    """As :func:`_folding`, and what cannot be seen is left out."""
    unseen = dict.fromkeys(code for low, high in _UNSEEN for code in range(low, high + 1))
    return {**_simplified(), **_WIDTH, **unseen}


@cache
def _needs_folding() -> re.Pattern[str]:
    """What changes a term. Looking for it is many times cheaper than translating every text; wide
    punctuation, which is everywhere, separates terms as the narrow does, except ． and ＿."""
    wide = [chr(code) for code in _WIDTH if chr(_WIDTH[code]).isalnum()]
    unseen = [f"{chr(low)}-{chr(high)}" for low, high in _UNSEEN]
    return re.compile(f"[{''.join(map(chr, _simplified()))}{''.join(wide)}{''.join(unseen)}．＿]")


def _folded_term(found: re.Match[str]) -> str:
    code = _term_folding()[ord(found[0])]
    return "" if code is None else chr(code)


def prepared(text: str) -> str:
    """``text`` as :func:`pairs` takes it apart; its places are not those of the original."""
    # Narrow before lower case: the wide capitals have their own small forms. Most texts hold a few
    # such characters at most, and translating all the others took nine tenths of the time.
    return _needs_folding().sub(_folded_term, text).lower()


def fold(text: str) -> str:
    """``text`` in the form in which it is compared: narrow, lower case, simplified.

    Every character stays at its place, so positions found here hold in the original.
    """
    if not _changes_by_folding().search(text):
        return text
    return text.translate(_folding())


def is_han(character: str) -> bool:
    """Whether a text begins with a Chinese character."""
    return _IS_HAN.match(character) is not None


def pairs(text: str) -> list[str]:
    """Return the terms of ``text`` in order of appearance, repeats kept.

    A run of Chinese characters gives its overlapping pairs, a single one gives itself; a Latin
    word, a number or a decimal is one lower-case term. 长政办发〔2022〕13号 gives 长政, 政办,
    办发, 2022, 13, 号. Traditional characters give the terms of their simplified form.
    """
    return terms(prepared(text))


def terms(text: str) -> list[str]:
    """The terms of a text that is :func:`prepared`."""
    found: list[str] = []
    for run in _RUNS.findall(text):
        if len(run) > 1 and (_FIRST_HAN <= run < _AFTER_HAN or _IS_HAN.match(run)):
            found += map(_JOIN, pairwise(run))
        else:
            found.append(run)
    return found
