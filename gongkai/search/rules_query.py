"""What a reader typed, understood. Plain values only; any text at all gives an answer, never an error.

Offsets stay those of what is shown back: folding keeps the length of a text (``core.pairs.fold``).
"""

import re
from dataclasses import dataclass
from typing import Final

from gongkai.core.pairs import fold
from gongkai.search.rules_numbers import Number, find_numbers
from gongkai.search.rules_stop import STOP_CHARACTERS, content_of, is_question

LIMIT: Final = 200
"""Characters of a query that are looked at; what follows is left out, and the reader is told."""

WORD_LIMIT: Final = 24
"""Words of a query that are looked for."""

_CONTROL: Final = re.compile("[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]+")
# Marks of direction and joining, variation selectors, tags, halves of surrogate pairs: nobody sees
# them, and half a pair cannot be written to a log or a page.
_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_PAIRED: Final = {"“": "”", "「": "」", "『": "』", "‘": "’", '"': '"', "《": "》", "〈": "〉"}
_TITLE_MARKS: Final = "《〈"
_OPENING: Final = re.compile('[“「『‘"《〈]')
_WORD: Final = re.compile(r"[0-9]+(?:\.[0-9]+)+|[^\W_]+")
_HAN: Final = re.compile("[〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# A dash at the beginning of a word leaves it out; inside of one (2020-2022) it is a dash.
_LEFT_OUT: Final = re.compile(r"(?<!\S)[-−]+([^\s\-−]+)")
_OPERATORS: Final = re.compile(r"(?<![^\s()])(?:AND|OR|NOT|ＡＮＤ|ＯＲ|ＮＯＴ)(?![^\s()])")
_WILD: Final = re.compile(r"[*＊]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query taken apart. Everything but ``text`` is folded (width, case, simplified).

    ``text``: what is shown back, cleaned. ``phrases``: must stand in a record exactly so.
    ``titles``: between title marks, should stand so; their words are among ``words`` too.
    ``words``: everything else, without ``numbers``. ``content``: the words without the phrases of
    asking (请问, 怎么 …); what relevance is computed from. ``single``: words of one Chinese
    character, which an index of pairs cannot look up. ``excluded``: must not occur.
    ``warnings``: plain sentences for the reader.
    """

    text: str = ""
    phrases: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    content: tuple[str, ...] = ()
    single: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    question: bool = False
    truncated: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.phrases or self.words or self.numbers)


def clean(text: str) -> tuple[str, bool]:
    """(the text without what nobody sees, at most ``LIMIT`` characters; whether it was cut)."""
    # Ten times the limit leaves room for what is taken out, and bounds the work on any input.
    text = text.strip()
    seen = _CONTROL.sub(" ", _UNSEEN.sub("", text[: LIMIT * 10])).strip()
    cut = seen[:LIMIT].rstrip()
    return cut, len(cut) < len(seen) or len(text) > LIMIT * 10


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word]


def _quoted(text: str) -> tuple[str, list[tuple[int, int, bool]], bool]:
    """(the text with quotations blanked, their inner spans and whether it is a title, whether a
    mark stands alone)."""
    spans: list[tuple[int, int, bool]] = []
    rest = list(text)
    alone = False
    place = 0
    while (mark := _OPENING.search(text, place)) is not None:
        closing = _PAIRED[mark[0]]
        end = text.find(closing, mark.end())
        if end < 0:
            alone = True
            place = mark.end()
            continue
        spans.append((mark.end(), end, mark[0] in _TITLE_MARKS))
        rest[mark.start() : end + 1] = " " * (end + 1 - mark.start())
        place = end + 1
    return "".join(rest), spans, alone


def _unique(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def parse(text: str) -> Asked:
    """Take a query apart. Never raises; an empty one gives ``Asked()`` with ``empty`` true."""
    shown, truncated = clean(text)
    warnings = [f"您写的内容较长，只查了前 {LIMIT} 个字。"] if truncated else []
    folded = fold(shown)
    numbers, taken, doubts = find_numbers(folded)
    warnings += doubts

    rest, spans, alone = _quoted(shown)
    if alone:
        warnings.append("引号没有成对，已按普通文字查找。")
    said = {number.typed for number in numbers}
    phrases: list[str] = []
    titles: list[str] = []
    for start, end, is_title in spans:
        inner = folded[start:end].strip()
        if not _words(inner) or inner in said:
            continue
        (titles if is_title else phrases).append(inner)

    without = _OPERATORS.sub(lambda found: " " * len(found[0]), rest)
    if _words(without):
        rest = without
    if _WILD.search(rest):
        warnings.append("不支持用 * 代替文字，已略去。")
    # Characters that the reader quoted or that belong to a number are no words.
    plain = "".join(
        " " if shown[i] != rest[i] or i in taken else folded[i] for i in range(len(shown))
    )
    excluded: list[str] = []
    for found in _LEFT_OUT.finditer(plain):
        excluded += _words(found[1])
    words = _words(_LEFT_OUT.sub(" ", plain))
    for title in titles:
        words += _words(title)
    if excluded and not (words or phrases or numbers):
        # A line copied from a list begins with a dash; nothing else was asked for.
        words, excluded = excluded, []
    if len(words) > WORD_LIMIT:
        warnings.append(f"词太多，只查了前 {WORD_LIMIT} 个词。")
        words = words[:WORD_LIMIT]
    kept = _unique(words)
    return Asked(
        text=shown,
        phrases=_unique(phrases),
        titles=_unique(titles),
        words=kept,
        content=_content(kept),
        single=tuple(word for word in kept if len(word) == 1 and _HAN.match(word)),
        excluded=tuple(word for word in _unique(excluded) if word not in kept),
        numbers=numbers,
        question=is_question(folded),
        truncated=truncated,
        warnings=tuple(warnings),
    )


def _content(words: tuple[str, ...]) -> tuple[str, ...]:
    """What relevance is computed from; never nothing where there are words."""
    kept: list[str] = []
    for word in words:
        pieces = content_of(word, or_all=False).split()
        # What a cut leaves over of a word is no word when it is one character long.
        kept += [p for p in pieces if len(p) > 1 or p == word or not _HAN.match(p)]
    if len(kept) > 1:
        kept = [p for p in kept if p not in STOP_CHARACTERS] or kept
    return _unique(kept) or words
