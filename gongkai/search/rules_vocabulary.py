"""The phrases that public records use: for corrections and for suggestions while typing.

Built by the worker from titles of the public index alone, stored beside the index, read by every
web process. Everything is kept in flat arrays and three long strings, so that fifty thousand
phrases need a few megabytes and are there as soon as the file is read.
"""

import json
import re
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from typing import Final

from gongkai.core.pairs import fold, is_han
from gongkai.search.rules_pinyin import blurred, initials, sounds

SIZE: Final = 50_000
"""Phrases kept: the best three of five to suggest, the others parts of them for corrections."""

LONGEST: Final = 8
"""Characters of a phrase that corrections know."""

LONGEST_TITLE: Final = 40
FREQUENT: Final = 3
WINDOW: Final = 4
"""Runs of so many characters are all kept: around any error one of them can be put right."""

_MAGIC: Final = b"gkvocab1"
_PART: Final = re.compile(
    r"[^\w]+|_+|关于(?:印发|公布|发布|下达|转发|批转|开展|做好|组织|加强|实施|进一步|调整|修改|废止)?|印发"
    r"|的(?:通知|公告|通告|公示|意见|决定|批复|函|复函|通报|报告|说明|命令|议案|解读|若干意见|实施意见|若干措施|若干规定)"
    r"|[0-9]{2,4}年度?|第[一二三四五六七八九十百0-9]+[批次号期届]"
)


def parts(title: str) -> Iterator[str]:
    """The pieces of a title that make sense alone: who, what about; 2 to 40 characters each."""
    for piece in _PART.split(title):
        piece = piece.strip("的和与及或、 ")
        if 2 <= len(piece) <= LONGEST_TITLE and any(map(is_han, piece)):
            yield piece


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "replace"))


def _sorted_index(found: list[tuple[int, int]]) -> "tuple[array[int], array[int]]":
    found.sort()
    return array("I", (h for h, _ in found)), array("I", (n for _, n in found))


class Vocabulary:
    """Phrases with weights; number 0 is the best. The first ``suggested`` of them are shown."""

    def __init__(self, phrases: Sequence[str], weights: Sequence[float], suggested: int) -> None:
        self.phrases = list(phrases)
        self.weights = array("f", weights)
        self.suggested = suggested
        self._arrays: dict[str, array[int]] = {}
        self._strings: list[str] = []

    # --- making --------------------------------------------------------------------------------

    @classmethod
    def build(cls, pairs: Iterable[tuple[str, float]], *, size: int = SIZE) -> "Vocabulary":
        """From (text, weight): titles, names of units, keywords, words that readers found by.

        Memory is bounded by ``size``, not by the number of texts: what is rare is forgotten on the
        way. A text of at most 40 characters is a phrase itself, with the parts of a longer one.
        """
        counts: Counter[str] = Counter()
        for text, weight in pairs:
            if weight <= 0:
                continue
            title = " ".join(text.split())
            whole = title.strip("《》“”。！？!?.…— ")
            pieces = set(parts(title[:200]))
            if 2 <= len(whole) <= LONGEST_TITLE and any(map(is_han, whole)):
                pieces.add(whole)
            for piece in pieces:
                counts[piece] += weight  # type: ignore[assignment]
            if len(counts) > 12 * size:
                counts = Counter(dict(nlargest(6 * size, counts.items(), key=lambda c: c[1])))
        return cls._of(counts, size)

    @classmethod
    def _of(cls, counts: "Counter[str]", size: int) -> "Vocabulary":
        shown = size * 3 // 5
        # Of two spellings that fold to the same the more frequent one is shown.
        merged: dict[str, tuple[float, str]] = {}
        for text, weight in sorted(counts.items(), key=lambda c: (-c[1], c[0])):
            folded = fold(text)
            known = merged.get(folded)
            merged[folded] = (weight + known[0], known[1]) if known else (float(weight), text)
        best = nlargest(shown, merged.items(), key=lambda m: (m[1][0], -len(m[0]), m[0]))
        terms = [(text, weight) for _, (weight, text) in best]
        have = {folded for folded, _ in best}
        grams = _grams(((folded, weight) for folded, (weight, _) in best), size - len(terms), have)
        phrases = [text for text, _ in terms] + [text for text, _ in grams]
        weights = [weight for _, weight in terms] + [weight for _, weight in grams]
        made = cls(phrases, weights, len(terms))
        made._index()
        return made

    def _index(self) -> None:
        by_sound: list[tuple[int, int]] = []
        by_initials: list[tuple[int, int]] = []
        near: list[tuple[int, int]] = []
        seen: set[int] = set()
        rows: list[str] = []
        firsts: list[str] = []
        for number, phrase in enumerate(self.phrases):
            folded = fold(phrase)
            heard = sounds(folded) if number < self.suggested or len(folded) <= LONGEST else ()
            if number < self.suggested:
                rows.append("'" + "'".join(heard))
                firsts.append(initials(heard))
                seen.update(_hash(folded[i : i + 2]) for i in range(len(folded) - 1))
            if len(folded) > LONGEST:
                continue
            by_sound.append((_hash("'".join(blurred(s) for s in heard)), number))
            by_initials.append((_hash(initials(heard)), number))
            near.append((_hash(folded), number))
            if len(folded) > 2:
                cut = {folded[:i] + folded[i + 1 :] for i in range(len(folded))}
                near += [(_hash(text), number) for text in cut]
        for name, found in (("sound", by_sound), ("initials", by_initials), ("near", near)):
            self._arrays[f"{name}.key"], self._arrays[f"{name}.number"] = _sorted_index(found)
        self._arrays["pairs"] = array("I", sorted(seen))
        self._strings = [
            "\n" + "\n".join(fold(p) for p in self.phrases[: self.suggested]) + "\n",
            "\n" + "\n".join(rows) + "\n",
            "\n" + "\n".join(firsts) + "\n",
        ]
        for place, string in enumerate(self._strings):
            starts = array("I")
            at = 0
            while (at := string.find("\n", at)) >= 0:
                at += 1
                starts.append(at)
            self._arrays[f"line{place}"] = starts

    # --- keeping -------------------------------------------------------------------------------

    def to_bytes(self) -> bytes:
        """The whole as bytes; read by :meth:`from_bytes` on any machine."""
        arrays = {name: _little(values).tobytes() for name, values in self._arrays.items()}
        texts = {
            "phrases": "\n".join(self.phrases).encode("utf-8", "replace"),
            "sounds": self._strings[1].encode("utf-8", "replace"),
            "firsts": self._strings[2].encode("utf-8", "replace"),
            "weights": _little(self.weights).tobytes(),
        }
        blocks = {**texts, **arrays}
        head = json.dumps(
            {"suggested": self.suggested, "blocks": {name: len(b) for name, b in blocks.items()}}
        ).encode()
        body = head + b"\n" + b"".join(blocks.values())
        return _MAGIC + zlib.crc32(body).to_bytes(4, "little") + zlib.compress(body, 1)

    @classmethod
    def from_bytes(cls, kept: bytes) -> "Vocabulary":
        """The vocabulary that :meth:`to_bytes` gave. Raises ValueError for anything else."""
        try:
            if kept[:8] != _MAGIC:
                raise ValueError("no vocabulary")
            body = zlib.decompress(kept[12:])
            if zlib.crc32(body) != int.from_bytes(kept[8:12], "little"):
                raise ValueError("the vocabulary is damaged")
        except zlib.error as error:
            raise ValueError("the vocabulary is damaged") from error
        head, _, rest = body.partition(b"\n")
        known = json.loads(head)
        blocks: dict[str, bytes] = {}
        place = 0
        for name, size in known["blocks"].items():
            blocks[name] = rest[place : place + size]
            place += size
        text = blocks.pop("phrases").decode()
        weights = _little(array("f", blocks.pop("weights")))
        found = cls(text.split("\n") if text else [], weights, known["suggested"])
        rows, firsts = blocks.pop("sounds").decode(), blocks.pop("firsts").decode()
        found._arrays = {name: _little(array("I", block)) for name, block in blocks.items()}
        shown = "\n".join(found.phrases[: found.suggested])
        found._strings = ["\n" + fold(shown) + "\n", rows, firsts]
        return found

    # --- asking --------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.phrases)

    def _numbers(self, name: str, text: str) -> "array[int]":
        keys = self._arrays[f"{name}.key"]
        value = _hash(text)
        low = bisect_left(keys, value)
        if low == len(keys) or keys[low] != value:
            return array("I")
        return self._arrays[f"{name}.number"][low : bisect_right(keys, value, low)]

    def number_of(self, folded: str) -> int | None:
        """The number of exactly this phrase."""
        for number in self._numbers("near", folded):
            if fold(self.phrases[number]) == folded:
                return number
        return None

    def sounding(self, blurred_key: str) -> "array[int]":
        """Numbers of phrases that sound so (``rules_pinyin.key``), the best first."""
        return self._numbers("sound", blurred_key)

    def abbreviated(self, letters: str) -> "array[int]":
        """Numbers of phrases with these first letters, the best first."""
        return self._numbers("initials", letters)

    def near(self, folded: str) -> set[int]:
        """Numbers of phrases that may be one character away; the caller compares."""
        found = set(self._numbers("near", folded))
        for place in range(len(folded)):
            found.update(self._numbers("near", folded[:place] + folded[place + 1 :]))
        return found

    def knows_pair(self, pair: str) -> bool:
        """Whether two characters stand side by side in any phrase."""
        keys = self._arrays["pairs"]
        value = _hash(pair)
        place = bisect_left(keys, value)
        return place < len(keys) and keys[place] == value

    def lines(self, place: int, wanted: str, limit: int) -> Iterator[int]:
        """Numbers of shown phrases, the best first, whose folded text (``place`` 0), syllables (1:
        ``'zhu'fang``) or first letters (2) contain ``wanted``; begin it with a line feed for the
        beginning of a phrase."""
        string, starts = self._strings[place], self._arrays[f"line{place}"]
        at, last = 0, -1
        while limit and (at := string.find(wanted, at)) >= 0:
            number = bisect_right(starts, at + wanted.startswith("\n")) - 1
            at += 1
            if number != last:
                last = number
                limit -= 1
                yield number
                # The rest of this phrase is of no interest.
                at = max(at, starts[number + 1] - 1)

    def line(self, place: int, number: int) -> str:
        """One phrase's folded text, syllables or first letters; see :meth:`lines`."""
        starts = self._arrays[f"line{place}"]
        return self._strings[place][starts[number] : starts[number + 1] - 1]


def _little(values: "array[int] | array[float]") -> "array":  # type: ignore[type-arg]
    """The array as little-endian machines write it; a copy where that differs."""
    import sys

    if sys.byteorder == "little":
        return values
    turned = array(values.typecode, values)
    turned.byteswap()
    return turned


def _grams(
    texts: Iterable[tuple[str, float]], size: int, have: set[str]
) -> list[tuple[str, float]]:
    """Frequent runs of 2 to 8 characters inside of texts that do not only stand in one longer run.

    Counted length by length: a run can only be frequent when both its shorter halves are.
    """
    runs = [
        (run, weight) for text, weight in texts for run in re.findall("[\u4e00-\u9fff]{2,}", text)
    ]
    # A young site has every word once; a large one would drown in what stands there once.
    characters = sum(len(run) for run, _ in runs)
    least = 1 if characters < 40_000 else 2 if characters < 200_000 else FREQUENT
    kept: dict[str, float] = {}
    shorter: dict[str, float] = {}
    for length in range(2, LONGEST + 1):
        counts: dict[str, float] = {}
        for run, weight in runs:
            for place in range(len(run) - length + 1):
                gram = run[place : place + length]
                if length == 2 or (gram[1:] in shorter and gram[:-1] in shorter):
                    counts[gram] = counts.get(gram, 0.0) + weight
        shorter = {gram: count for gram, count in counts.items() if count >= least}
        for gram, count in shorter.items():
            if count >= FREQUENT:
                for half in (gram[1:], gram[:-1]) if length != WINDOW + 1 else ():
                    if FREQUENT <= kept.get(half, 0.0) <= count * 1.1:
                        kept.pop(half, None)
            elif not 3 <= length <= 6:
                continue
            kept[gram] = count
    found = [(gram, count) for gram, count in kept.items() if gram not in have]
    return nlargest(max(size, 0), found, key=lambda g: (g[1] * len(g[0]), g[0]))
