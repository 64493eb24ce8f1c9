"""Order the best hits again by what can be read in them. Pure functions, plain values.

The engine weighs how often the pairs of a question occur in a whole document. Here the first hits
are looked at themselves: which of them holds what the others lack, whether there is an answer of
the kind that was asked for (a date for 何时, a figure for 多少), whether it is about that place. The
weights were learned from questions with known answers; ``reference/rerank.json`` says which, and
benchmarks/results/search_ranking.md says what was tried besides and did not help.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from gongkai.core.pairs import is_han, prepared

FILE: Final = Path(__file__).parent / "reference" / "rerank.json"

LIMIT: Final = 30
"""Hits that are ordered again; the right one is among them for 99 of 100 policy questions."""

TITLE_LIMIT: Final = 300
TEXT_LIMIT: Final = 20_000
"""Characters of a hit that are read."""

QUESTION_LIMIT: Final = 300
TERMS_LIMIT: Final = 64
"""Characters of a question, and pairs of it, that are looked for: the rarest."""

POSITIONS_LIMIT: Final = 8
AROUND_TERMS: Final = 14
"""Places of one pair in one text, and pairs, the rarest, that a stretch is looked for by."""

NEAR: Final = 150
"""Characters that count as close together: two or three sentences."""

AROUND: Final = 200
"""Characters before and after the end of the closest stretch where an answer is looked for."""

ANSWERED: Final = 0.35
"""Share of a question that some hit must hold to be called an answer. Of 300 questions on the
searched documents 98 of 100 have such a hit, of 300 messages on other matters 15 of 100."""

NAMES: Final = ("score", "special", "answer", "length", "characters", "place")
"""Features in the order of a row."""

LABELS: Final[Mapping[str, str]] = {
    "score": "全文相关程度",
    "special": "含有其他结果没有的字词",
    "answer": "附近有所问的时间、数额等内容",
    "length": "篇幅（同样相关时短的在前）",
    "characters": "单字相符",
    "place": "写到所问的地方",
}
"""What a reader is told about each."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hit as the engine ordered it; ``score`` is the engine's, above 0."""

    title: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, prepared once by :func:`question`."""

    weights: Mapping[str, float]
    characters: frozenset[str]
    places: tuple[str, ...]
    wanted: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Learned weights by feature; ``source`` says from what, when and with which figures."""

    weights: tuple[float, ...]
    source: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One hit in its new order: its old place from 0, its value, and what made it (largest
    first): label and points, against the average of the hits that were compared. ``covered`` is
    the share of the question it holds, by rarity; 0 for hits that were not read."""

    place: int
    value: float
    reasons: tuple[tuple[str, float], ...]
    covered: float = 0.0


# What a question asks for, and what such an answer looks like. Both are compared as pairs are made (``prepared``).
_ANSWERS: Final = tuple(
    (re.compile(asked), re.compile(answer))
    for asked, answer in (
        (
            "何时|什么时[候间]|时间|期限|多久|几[点月号日]|截止",
            r"\d(?:年|月|日|时|天|个工作日|个月|点)",
        ),
        ("多少|几[个家人名次项条天]|比例|比率|率|金额|标准", r"\d"),
        ("电话|热线|咨询", r"\d{5}|\d{3,4}-\d{7}"),
        (
            "哪些|哪几|什么措施|内容",
            "[一二三四五六七八九][是、]|[(（][一二三四五六七八九1-9][)）]|、[^。;；]{1,12}、|[1-9][.．、]",
        ),
        ("文件|通知|公告|指引|办法|方案|编制", "《"),
        ("网|平台|渠道|app|公众号|小程序", "网站|平台|公众号|app|小程序|www|微信"),
    )
)
_PLACE: Final = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    "|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
    r"|[\u4e00-\u9fff]{2}(?=[市省县])"
)


def rarity(documents: int, frequency: int) -> float:
    """How much a term tells that stands in ``frequency`` of ``documents`` documents."""
    return math.log(1 + (max(documents - frequency, 0) + 0.5) / (frequency + 0.5))


def question(text: str, weights: Mapping[str, float]) -> Question:
    """Prepare what a reader typed. ``weights`` is the :func:`rarity` of each of its pairs in the
    index; phrases of asking may stand in ``text``, they say which answer is wanted."""
    folded = prepared(text[:QUESTION_LIMIT])
    rarest = sorted(weights, key=lambda pair: (-weights[pair], pair))[:TERMS_LIMIT]
    return Question(
        weights={pair: weights[pair] for pair in rarest},
        characters=frozenset(filter(is_han, folded)),
        places=tuple(dict.fromkeys(_PLACE.findall(folded)))[:8],
        wanted=tuple(answer for asked, answer in _ANSWERS if asked.search(folded)),
    )


def _around(full: str, held: Sequence[str], weights: Mapping[str, float]) -> str:
    """The stretch of a text where most weight of different pairs stands close together."""
    events: list[tuple[int, str]] = []
    for pair in held:
        at, count = full.find(pair), 0
        while at >= 0 and count < POSITIONS_LIMIT:
            events.append((at, pair))
            at, count = full.find(pair, at + 1), count + 1
    events.sort()
    best, end, now, tail = 0.0, 0, 0.0, 0
    inside = dict.fromkeys(held, 0)
    for at, pair in events:
        if not inside[pair]:
            now += weights[pair]
        inside[pair] += 1
        while events[tail][0] < at - NEAR:
            gone = events[tail][1]
            tail += 1
            inside[gone] -= 1
            if not inside[gone]:
                now -= weights[gone]
        if now > best + 1e-9:
            best, end = now, at
    return full[max(0, end - AROUND) : end + AROUND]


def _part(found: float, whole: float) -> float:
    return found / whole if whole else 0.0


def features(asked: Question, candidates: Sequence[Candidate]) -> list[tuple[float, ...]]:
    """A row of numbers for each candidate, in the order of :data:`NAMES`.

    They only mean something beside each other: ``score`` is the logarithm of the share of the
    best engine score, ``special`` the part of the pairs a candidate holds, each weighted by how
    few of the *candidates* hold it; ``answer``, ``characters`` and ``place`` are parts of 1.
    """
    return _rows(asked, candidates, _read(asked, candidates))


@dataclass(frozen=True, slots=True)
class _Read:
    """Title and text of a candidate as they are compared, and the pairs it holds."""

    full: str
    held: list[str]


def _read(asked: Question, candidates: Sequence[Candidate]) -> list[_Read]:
    fulls = (
        f"{prepared(one.title[:TITLE_LIMIT])}\n{prepared(one.text[:TEXT_LIMIT])}"
        for one in candidates
    )
    return [_Read(full, [pair for pair in asked.weights if pair in full]) for full in fulls]


def _rows(
    asked: Question, candidates: Sequence[Candidate], reads: Sequence[_Read]
) -> list[tuple[float, ...]]:
    seen: dict[str, int] = {}
    for read in reads:
        for pair in read.held:
            seen[pair] = seen.get(pair, 0) + 1
    special = {pair: rarity(len(reads), count) for pair, count in seen.items()}
    whole = sum(special.values())
    top = max((one.score for one in candidates), default=0.0)
    rows: list[tuple[float, ...]] = []
    for one, read in zip(candidates, reads, strict=True):
        full, pairs = read.full, read.held
        answer = 0.0
        if asked.wanted and pairs:
            around = _around(full, pairs[:AROUND_TERMS], asked.weights)
            answer = sum(p.search(around) is not None for p in asked.wanted) / len(asked.wanted)
        rows.append(
            (
                math.log(max(one.score / top, 1e-3)) if top > 0 else 0.0,
                _part(sum(special[pair] for pair in pairs), whole),
                answer,
                math.log(len(full)) / 10,
                _part(sum(c in full for c in asked.characters), len(asked.characters)),
                _part(sum(name in full for name in asked.places), len(asked.places)),
            )
        )
    return rows


@cache
def learned() -> Model:
    """The weights that come with the package."""
    return model_of(json.loads(FILE.read_text(encoding="utf-8")))


def model_of(data: Mapping[str, Any]) -> Model:
    """Weights as written by ``benchmarks.train_rerank``; ValueError when a feature is missing."""
    try:
        weights = tuple(float(data["weights"][name]) for name in NAMES)
    except (KeyError, TypeError) as error:
        raise ValueError(f"weights of re-ranking lack {error}") from error
    return Model(weights, data.get("source", {}))


def rerank(
    asked: Question, candidates: Sequence[Candidate], model: Model | None = None
) -> list[Ranked]:
    """The candidates in their new order, best first; equal ones keep theirs.

    The first :data:`LIMIT` are ordered again, the rest follows as it was. No hit is lost.
    """
    weights = (model or learned()).weights
    first = candidates[:LIMIT]
    reads = _read(asked, first)
    nothing = [(0.0,) * len(NAMES)] * len(first)
    rows = _rows(asked, first, reads) if asked.weights else nothing
    whole = sum(asked.weights.values())
    average = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    ranked = []
    for place, row in enumerate(rows):
        points = {
            name: weight * (value - mean)
            for name, weight, value, mean in zip(NAMES, weights, row, average, strict=True)
        }
        said = sorted(points.items(), key=lambda item: -abs(item[1]))
        reasons = tuple((LABELS[name], point) for name, point in said if abs(point) >= 0.005)
        covered = _part(sum(asked.weights[pair] for pair in reads[place].held), whole)
        ranked.append(Ranked(place, sum(points.values()), reasons, covered))
    ranked.sort(key=lambda one: (-round(one.value, 9), one.place))
    return ranked + [Ranked(place, 0.0, ()) for place in range(len(first), len(candidates))]


def answered(ranked: Sequence[Ranked]) -> bool:
    """Whether any hit holds enough of the question to be called an answer."""
    return any(one.covered >= ANSWERED for one in ranked)


def why(ranked: Ranked, limit: int = 3) -> str:
    """The 为什么排在这里 of a hit: what speaks for it against the other hits, in a sentence."""
    for_it = [label for label, points in ranked.reasons if points > 0][:limit]
    if not for_it:
        return "与其他结果相比没有特别之处，按全文相关程度排列。"
    return f"与其他结果相比：{'；'.join(for_it)}。"
