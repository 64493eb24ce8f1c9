"""Periods and patterns of this room, as data with their basis and whether it was confirmed."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Given:
    """One value: what it is, on which basis, and whether the original text has been seen."""

    value: Any
    basis: str
    unconfirmed: bool
    words: tuple[str, ...] = ()


@cache
def given(name: str) -> Given:
    """A value of ``periods.json`` by name; KeyError for one that is not there."""
    data = json.loads((Path(__file__).parent / "periods.json").read_text(encoding="utf-8"))
    entry = data[name]
    return Given(
        entry["value"], entry["basis"], entry["unconfirmed"], tuple(entry.get("words", ()))
    )
