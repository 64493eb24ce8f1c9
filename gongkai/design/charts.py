"""Geometry of the small drawings: shares, rings and the shapes of lights. Pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

_STATES: Final[Mapping[str, str]] = {
    "green": "green",
    "on_time": "green",
    "done": "green",
    "yellow": "yellow",
    "due_soon": "yellow",
    "red": "red",
    "overdue": "red",
    "grey": "grey",
    "gray": "grey",
    "not_due": "grey",
    "waiting": "grey",
}

# Twelve by twelve, next to words.
MARKS: Final[Mapping[str, str]] = {
    "green": '<circle cx="6" cy="6" r="5" fill="currentColor"/>',
    "yellow": '<path d="M6 1.3 11.2 10.6H.8z" fill="none" stroke="currentColor" '
    'stroke-width="1.8" stroke-linejoin="round"/>',
    "red": '<path d="M1 1h10v10H1z" fill="currentColor"/>',
    "grey": '<circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" '
    'stroke-width="1.6" stroke-dasharray="2 1.6"/>',
}
# Forty-four by forty-four, around a number; the second value is the baseline of the number.
LAMPS: Final[Mapping[str, tuple[str, int]]] = {
    "green": ('<circle class="shape" cx="22" cy="22" r="19"/>', 27),
    "yellow": ('<path class="shape" d="M22 4.5 41.5 39.5H2.5z"/>', 34),
    "red": ('<path class="shape" d="M4 4h36v36H4z"/>', 27),
    "grey": ('<circle class="shape" cx="22" cy="22" r="19"/>', 27),
}
WORDS: Final[Mapping[str, str]] = {
    "green": "按期",
    "yellow": "临近期限",
    "red": "逾期",
    "grey": "未到时间",
}


def light_state(state: object) -> str:
    """Return ``green``, ``yellow``, ``red`` or ``grey`` for a state, an enum member or a synonym.

    Raises ValueError for an unknown state: a light that guesses is worse than none.
    """
    text = str(getattr(state, "value", state))
    try:
        return _STATES[text]
    except KeyError:
        raise ValueError(f"unknown light state: {text!r}") from None


def light_words(state: object, days: int | None = None) -> str:
    """Return the words of a light; ``days`` are working days left (yellow) or late (red)."""
    colour = light_state(state)
    if colour == "yellow" and days is not None:
        return f"剩 {days} 个工作日" if days > 0 else "今天到期"
    if colour == "red" and days is not None:
        return f"逾期 {abs(days)} 个工作日"
    return WORDS[colour]


def percent(value: float, whole: float) -> float:
    """Return the share in percent, kept within 0 and 100; 0 when there is no whole."""
    if whole <= 0:
        return 0.0
    return round(min(max(value / whole, 0.0), 1.0) * 100, 2)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart: the words of the row and the length of its bar in percent."""

    label: str
    display: str
    length: float
    tone: str
    url: str


def bars(rows: Iterable[Any], top: float | None = None) -> list[Bar]:
    """Return the bars of a chart; the longest reaches 100 unless ``top`` says what 100 means.

    A row is ``(label, value)`` or a mapping with label, value and optionally display, tone
    (green, yellow, red, grey) and url.
    """
    plain: list[Mapping[str, Any]] = [
        row if isinstance(row, Mapping) else {"label": row[0], "value": row[1]} for row in rows
    ]
    whole = top if top is not None else max((float(row["value"]) for row in plain), default=0.0)
    return [
        Bar(
            label=str(row["label"]),
            display=str(row.get("display") or f"{row['value']:,}"),
            length=percent(float(row["value"]), whole),
            tone=light_state(row["tone"]) if row.get("tone") else "",
            url=str(row.get("url") or ""),
        )
        for row in plain
    ]
