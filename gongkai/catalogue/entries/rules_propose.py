"""Which entries a record probably belongs to, each with the reason in words. Plain values only."""

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from gongkai.catalogue.entries.rules_cells import squeeze

_WORDS: Final = (
    "关于 的通 通知 知关 公告 通告 工作 有关 情况 事项 管理 办法 实施 意见 信息 公开 政策 文件 措施 "
    "做好 印发 方案 长沙 沙市 我市 全市 市政 政府 人民 服务 项目 相关 规定 其他 进一 一步 开展 "
    "2022 2021 2023 22 20 02 年度"
)
_COMMON: Final = frozenset(_WORDS.split())
"""Character pairs that stand in the titles of everything."""
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "20-1": ("normative", "policy"),
    "20-2": ("overview", "functions", "leader"),
    "20-3": ("plan", "planning"),
    "20-4": ("statistics",),
    "20-7": ("budget",),
    "20-10": ("project",),
    "20-12": ("emergency",),
    "20-14": ("personnel", "recruitment"),
}
"""Kinds of information that lie near an item of 条例 art. 20."""
LEAST: Final = 3
MOST: Final = 3


class Candidate(NamedTuple):
    """An entry as the proposal looks at it."""

    code: str
    item1: str
    item2: str
    elements: Sequence[str]
    field: str
    article: str


class Proposal(NamedTuple):
    """An entry that may fit, and why."""

    code: str
    reason: str


def _pairs(text: str) -> set[str]:
    joined = squeeze(text)
    return {joined[i : i + 2] for i in range(len(joined) - 1)} - _COMMON


def _longest(title: str, words: str) -> str:
    """The longest stretch of ``words`` that stands in the title."""
    best = ""
    for start in range(len(words)):
        for end in range(start + len(best) + 1, len(words) + 1):
            if words[start:end] not in title:
                break
            best = words[start:end]
    return best


def propose(
    title: str,
    entries: Sequence[Candidate],
    *,
    kind: str = "",
    keywords: Sequence[str] = (),
    chosen: Collection[str] = (),
) -> list[Proposal]:
    """At most three entries whose words stand in the title or keywords, the likest first.

    A word of the entry's own name counts three times, one of its elements once; the kind of
    information adds to what matches already and never proposes anything by itself.
    """
    said = squeeze(title)
    pairs = _pairs(title) | {p for word in keywords for p in _pairs(word)}
    found: list[tuple[int, int, Proposal]] = []
    for order, entry in enumerate(entries):
        if entry.code in chosen:
            continue
        named = _pairs(entry.item1) | _pairs(entry.item2)
        within = {p for text in entry.elements for p in _pairs(text)} - named
        score = 3 * len(pairs & named) + len(pairs & within) + 2 * len(pairs & _pairs(entry.field))
        if score < LEAST:
            continue
        near = kind in KINDS.get(entry.article, ())
        words = max(
            (_longest(said, squeeze(t)) for t in (entry.item2, entry.item1, *entry.elements)),
            key=len, default="",
        )  # fmt: skip
        if len(words) < 2 or words in _COMMON:
            continue
        reason = f"标题里有“{words}”" + ("，种类也相符" if near else "")
        found.append((-(score + 2 * near), order, Proposal(entry.code, reason)))
    return [proposal for _, _, proposal in sorted(found)[:MOST]]
