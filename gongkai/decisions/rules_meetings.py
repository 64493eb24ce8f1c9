"""What of a meeting is public, and how it is written down. Plain values only."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any, Final

from gongkai.core.numerals import chinese_to_int

_COUNTED: Final = re.compile(
    r"(\d{1,3}|[一二两三四五六七八九十百]{1,4})\s*(?:项|个|件)(?:议题|议定事项|事项|议程|内容|工作|文件|事)"
)
_SPACE: Final = re.compile(r"[\s《》“”\"'、，。：:；;（）()]+")
SHORTEST_LEAK: Final = 6


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter on the agenda as the rules see it."""

    title: str
    result: str
    decision: str
    way: str
    organ: str
    lead: str
    public: bool


def numbered(agenda: Sequence[Matter]) -> list[tuple[int, Matter]]:
    """The public matters, counted from 1 without a gap: nothing tells that others were there."""
    return list(enumerate((m for m in agenda if m.public), start=1))


def _listed(titles: Sequence[str]) -> str:
    return "、".join(f"“{title}”" for title in titles)


def content_of_meeting(
    *,
    name: str,
    session: str,
    term: str,
    held_on: date,
    chair: str,
    agenda: Sequence[Matter],
    observers: Sequence[Mapping[str, Any]],
    media: Sequence[Mapping[str, Any]],
    topics: Sequence[str],
) -> dict[str, Any]:
    """The content of the public item: the public matters only, in title, summary, text and facts.

    ``session`` is the stored value of the meeting's kind.
    """
    shown = [matter for _, matter in numbered(agenda)]
    titles = [matter.title for matter in shown]
    day = f"{held_on.month}月{held_on.day}日"
    sat_in = "、".join(f"{row['group']}{row['count']}名" for row in observers)
    body = (
        f"<h2>会议概况</h2><p>{day}，{escape(chair)}主持召开{escape(name)}（{escape(term)}）。</p>"
    )
    if sat_in:
        body = body.removesuffix("</p>") + f"{escape(sat_in)}列席会议。</p>"
    rows = [
        {
            key: value
            for key, value in (
                ("topic", m.title), ("result", m.result), ("decision", m.decision),
                ("way", m.way), ("organ", m.organ), ("lead", m.lead),
            )
            if value
        }
        for m in shown
    ]  # fmt: skip
    facts: dict[str, Any] = {
        "meeting": name, "session": session, "term": term, "held_on": held_on.isoformat(),
        "chair": chair, "topics": rows,
    }  # fmt: skip
    if observers:
        facts["observers"] = [dict(row) for row in observers]
    if media:
        facts["media"] = [dict(row) for row in media]
    return {
        "title": f"{name}研究和议定的事项",
        "summary": f"{day}召开的{name}研究了{_listed(titles)}。"[:400],
        "body": body,
        "formed_on": held_on.isoformat(),
        "topics": list(topics),
        "facts": facts,
    }


def _plain(text: str) -> str:
    return _SPACE.sub("", text)


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _strings(part)


def held_back_words(content: Mapping[str, Any], held_back: Sequence[Matter]) -> list[str]:
    """Titles and results of matters held back that stand in a content, spaces and marks aside."""
    whole = _plain("\n".join(_strings(content)))
    return [
        words
        for matter in held_back
        for words in (matter.title, matter.result)
        if len(_plain(words)) >= SHORTEST_LEAK and _plain(words) in whole
    ]


def count_told(content: Mapping[str, Any], *, total: int, shown: int) -> str:
    """The words that tell how many matters there really were; empty when none do."""
    if total == shown:
        return ""
    for text in _strings(content):
        for match in _COUNTED.finditer(text):
            try:
                count = (
                    int(match[1])
                    if match[1].isdigit()
                    else chinese_to_int(match[1].replace("两", "二"))
                )
            except ValueError:
                continue
            if count == total:
                return match[0]
    return ""
