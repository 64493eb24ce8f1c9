"""政策解读: a gallery by form, the share of originals, and which documents have been explained."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from gongkai.core.clock import day_of
from gongkai.portal import selectors_places
from gongkai.portal.blocks import Data, Options, Place, block

CSS = "portal/blocks/services.css"
FORMS = (
    ("text", "文字解读", "file", "一段一段说清楚"),
    ("qa", "一问一答", "ask", "直接找自己的问题"),
    ("picture", "图解", "chart", "一张图看懂标准和流程"),
    ("video", "视频解读", "camera", "配字幕和文字稿"),
    ("h5", "H5 解读", "download", "在手机上一屏一屏看"),
    ("scenario", "场景解读", "user", "照着自己的情况对号入座"),
    ("interview", "在线访谈", "listen", "起草的人当面回答"),
)
LATEST = 10


def _area(place: Place) -> str:
    area = place.site.owner.area
    return area.code if area else ""


def share_of_originals(readings: Sequence[selectors_places.Reading]) -> tuple[int, int]:
    """(originals, all) in the period; what is relayed counts in the whole only."""
    return sum(one.original for one in readings), len(readings)


@block("forms", css=CSS)
def forms(place: Place, options: Options) -> Data | None:
    """The newest interpretation of every form of this year; forms without one are said."""
    since = date(place.today.year, 1, 1)
    readings = selectors_places.public_interpretations(_area(place), since)
    original, whole = share_of_originals(readings)
    cards = []
    for key, name, icon, text in FORMS:
        mine = [one for one in readings if one.form == key]
        cards.append(
            {
                "key": key, "name": name, "icon": icon, "text": text, "count": len(mine),
                "newest": mine[0] if mine else None,
            }
        )  # fmt: skip
    return {
        "cards": cards,
        "absent": [card for card in cards if not card["newest"]],
        "original": original,
        "whole": whole,
        "year": place.today.year,
        "used": sum(bool(card["count"]) for card in cards),
    }


def _wait(one: selectors_places.Explained, today: date) -> dict[str, Any]:
    released = day_of(one.published_at)
    if one.read_at is None:
        days = (today - released).days
        return {"light": "grey" if days < 5 else "yellow", "words": f"还没有解读，公开 {days} 天"}
    days = (day_of(one.read_at) - released).days
    words = "同一天解读" if days == 0 else f"{days} 天后解读" if days > 0 else "解读先公开"
    return {"light": "green", "words": words}


@block("explained", css=CSS)
def explained(place: Place, options: Options) -> Data | None:
    """This year's documents with and without interpretation, and the units' shares."""
    since = date(place.today.year, 1, 1)
    documents = selectors_places.public_explained(_area(place), since)
    units: dict[str, dict[str, Any]] = {}
    for one in documents:
        row = units.setdefault(one.unit, {"unit": one.unit, "whole": 0, "read": 0, "same": 0})
        row["whole"] += 1
        if one.read_at:
            row["read"] += 1
            row["same"] += day_of(one.read_at) <= day_of(one.published_at)
    ordered = sorted(units.values(), key=lambda row: (-row["whole"], row["unit"]))
    return {
        "rows": [{"one": one, **_wait(one, place.today)} for one in documents[:LATEST]],
        "whole": len(documents),
        "read": sum(one.read_at is not None for one in documents),
        "units": ordered[:20],
        "year": place.today.year,
    }
