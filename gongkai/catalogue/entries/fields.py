"""The pilot fields of the standard lists and the local meaning of vague limits: reference data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from gongkai.catalogue.entries.rules_limits import LocalDays

REFERENCE: Final = Path(__file__).parent.parent / "reference"
STATUTORY: Final = "statutory"
"""The key under which the statutory content stands beside the fields in addresses."""
STATUTORY_NAMES: Final = ("法定主动公开内容", "法定主动公开")


@dataclass(frozen=True, slots=True)
class Field:
    """A pilot field. ``unconfirmed``: the name was not yet checked with the official list."""

    key: str
    name: str
    aliases: tuple[str, ...]
    article: str
    group: str
    unconfirmed: bool
    successor: str = ""


@cache
def fields() -> Mapping[str, Field]:
    """All fields by key, in official order."""
    data = json.loads((REFERENCE / "fields.json").read_text(encoding="utf-8"))
    return {
        row["key"]: Field(
            row["key"], row["name"], tuple(row["aliases"]), row["article"], row["set"],
            bool(row.get("unconfirmed")), row.get("successor", ""),
        )
        for row in data["fields"]
    }  # fmt: skip


@cache
def local_days() -> LocalDays:
    """What 实时 and 及时 mean here, in working days."""
    data = json.loads((REFERENCE / "fields.json").read_text(encoding="utf-8"))["limits"]
    return LocalDays(data["realtime"], data["timely"])


def field_name(key: str) -> str:
    """A field's name; the statutory content has none."""
    if not key:
        return "法定主动公开内容"
    found = fields().get(key)
    return found.name if found else key


def known_names() -> list[tuple[str, str, tuple[str, ...]]]:
    """(key, name, other names) of every field and of the statutory content."""
    rows = [(f.key, f.name, f.aliases) for f in fields().values()]
    return [*rows, (STATUTORY, STATUTORY_NAMES[0], STATUTORY_NAMES[1:])]
