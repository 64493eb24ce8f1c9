"""Plans: their years, and the maps that may stand in them. Plain values only."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

LEVELS: Final = ("overall", "special", "area", "space", "yearly")
"""Levels in the order of the tree; progress reports and mid-term reviews hang on a plan."""
REVIEWS: Final = ("midterm", "progress")
_YEAR: Final = re.compile(r"(?:19|20)\d{2}")


def years_of(period: str) -> tuple[int, int] | None:
    """First and last year of a planning period (2021—2025年); one year stands for itself."""
    years = [int(year) for year in _YEAR.findall(period)]
    return (min(years), max(years)) if years else None


def midterm_year(first: int, last: int) -> int | None:
    """The year in which a plan of several years is looked at half-way; None for short ones."""
    return first + (last - first + 1) // 2 if last - first >= 3 else None


def map_problems(
    maps: Sequence[Mapping[str, Any]],
    attachments: Sequence[Mapping[str, Any]],
    *,
    pattern: str,
    words: Sequence[str],
) -> list[str]:
    """What is wrong with the maps of a plan: one without 审图号, or one nobody entered."""
    found = []
    for number, row in enumerate(maps, start=1):
        name = str(row.get("name") or f"第 {number} 张图")
        value = str(row.get("map_no") or "").strip()
        if not value:
            found.append(f"“{name}”没有审图号")
        elif not re.match(pattern, value):
            found.append(f"“{name}”的审图号“{value}”写法不对，应如“湘S〔2022〕012号”")
    named = [str(row.get("name") or "") for row in maps]
    for entry in attachments:
        title = str(entry.get("title") or entry.get("filename") or "")
        stem = str(entry.get("filename") or "").rpartition(".")[0]
        if any(word in title or word in stem for word in words) and not any(
            name and (name in title or name in stem or title in name) for name in named
        ):
            found.append(f"附件“{title}”是地图，没有在“规划图”里登记审图号")
    return found
