"""规范性文件 and 规章 in lists: how a 题注 reads, which file is which, how long one still holds.

Plain values only: no ORM, no settings, no clock.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

ORDER_FORM: Final = "令(（[0-9]{4}年）)?第[0-9]+号$"
"""A 规章 is made known by an order; the database asks by this pattern, too."""

# An order that changes or ends other texts is no text of a 规章 itself.
DECISION_END: Final = "的决定"

STATES: Final = {
    "in_force": ("现行有效", "green"),
    "not_yet": ("尚未施行", "yellow"),
    "lapsed": ("已失效", "grey"),
    "repealed": ("已废止", "red"),
}
"""State → its word and its shape (design: light)."""

CHOICES: Final = {
    "in_force": "现行有效",
    "not_yet": "尚未施行",
    "ended": "废止失效",
    "lapsed": "只看已失效",
    "repealed": "只看已废止",
    "all": "全部",
}
"""What a reader may ask a list for, by the value in the address."""

SOON_DAYS: Final = 183
"""Half a year: the maker evaluates a document within the six months before it lapses."""

_TEXT: Final = frozenset({"doc", "docx", "wps", "txt", "odt", "rtf"})
_PICTURE: Final = frozenset({"pdf", "ofd", "tif", "tiff", "png", "jpg", "jpeg"})
_DASHED: Final = re.compile("[A-Za-z0-9—－–-]{4,30}")
_MARKS: Final = re.compile(r"[《》\s（）()〔〕]")


def states_of(choice: str) -> tuple[str, ...]:
    """The states a choice stands for; everything for one that nobody knows."""
    if choice == "ended":
        return ("lapsed", "repealed")
    return (choice,) if choice in STATES else tuple(STATES)


def choice_of(value: str) -> str:
    """A choice out of the address; what holds now when nothing (or nonsense) is asked for."""
    return value if value in CHOICES else "in_force"


def place_number(value: str) -> int:
    """The 序号 a page of a list begins with, out of the address; 1 for nonsense."""
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 7 else 1
    return max(number, 1)


def is_order(doc_no: str) -> bool:
    """Whether a 发文字号 is that of an order."""
    return re.search(ORDER_FORM, doc_no) is not None


def register_pattern(word: str) -> str:
    """A pattern that finds a 统一登记号 whatever dash was typed; empty for a word that cannot be
    part of one."""
    if not _DASHED.fullmatch(word):
        return ""
    parts = [re.escape(part) for part in re.split("[—－–-]+", word)]
    return "[—－–-]+".join(parts)


def _cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Ending:
    """The document that repealed or replaced another: when it was made and under which number."""

    verb: str
    title: str
    path: str
    doc_no: str
    formed_on: date | None


def caption(
    doc_no: str,
    formed_on: date | None,
    effective_on: date | None,
    *,
    ending: Ending | None = None,
) -> str:
    """The 题注 of a 规章 without brackets: 公布时间及文号, 施行时间, and by what it was ended.

    Made from the record's own facts; parts that are not known are left out, and without the day
    and number of its order there is none (国办公开办函〔2021〕33号).
    """
    if not (doc_no and formed_on):
        return ""
    parts = [f"{_cn(formed_on)}{doc_no}公布"]
    if effective_on:
        parts.append(f"自{_cn(effective_on)}起施行")
    if ending is not None and ending.formed_on and ending.doc_no:
        parts.append(f"{_cn(ending.formed_on)}{ending.doc_no}{ending.verb}")
    return "　".join(parts)


@dataclass(frozen=True, slots=True)
class Versions:
    """The files that hold the very text, in characters and as pages, and all the others."""

    text: Mapping[str, Any] | None
    picture: Mapping[str, Any] | None
    others: tuple[Mapping[str, Any], ...]


def _bare(text: str) -> str:
    return _MARKS.sub("", text).removesuffix("文字版").removesuffix("图片版")


def versions(title: str, files: Iterable[Mapping[str, Any]]) -> Versions:
    """Which file is the 文字版 and which the 图片版 of a text: the first of its format that is
    titled like the text itself. An annex of another name is never taken for the text."""
    text = picture = None
    others = []
    for entry in files:
        own = _bare(str(entry.get("title") or "").rpartition("：")[2]) == _bare(title)
        extension = str(entry.get("filename", "")).rpartition(".")[2].lower()
        if own and text is None and extension in _TEXT:
            text = entry
        elif own and picture is None and extension in _PICTURE:
            picture = entry
        else:
            others.append(entry)
    return Versions(text, picture, tuple(others))
