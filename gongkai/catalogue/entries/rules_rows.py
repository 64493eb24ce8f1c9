"""What reading a catalogue table gives: entries, refused rows, notes. Plain values only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from gongkai.catalogue.entries.rules_cells import Basis, is_class, squeeze
from gongkai.catalogue.entries.rules_limits import Limit

LABELS: Final = {
    "number": "序号",
    "item1": "一级事项",
    "item2": "二级事项",
    "elements": "公开内容（要素）",
    "bases": "公开依据",
    "limit": "公开时限",
    "units": "公开主体",
    "channels": "公开渠道和载体",
    "audience": "公开对象",
    "audience_all": "公开对象·全社会",
    "audience_group": "公开对象·特定群体",
    "method": "公开方式",
    "method_active": "公开方式·主动",
    "method_request": "公开方式·依申请",
    "level": "公开层级",
    "article": "条例条款",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """A place that was not read, or was read with a doubt: where, what and the remedy."""

    sheet: str
    row: int
    column: str
    label: str
    message: str

    @property
    def where(self) -> str:
        """The place in words: 工作表“涉农补贴”第 5 行 F 列（公开时限）."""
        parts = f"工作表“{self.sheet}”"
        parts += f"第 {self.row} 行" if self.row else ""
        parts += f" {self.column} 列" if self.column else ""
        return parts + (f"（{self.label}）" if self.label else "")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry as it was understood; ``doubts`` are for a person to look at."""

    sheet: str
    row: int
    number: str
    item1: str
    item2: str
    elements: tuple[str, ...]
    bases: tuple[Basis, ...]
    limit_text: str
    limit: Limit
    units: tuple[str, ...]
    channels: tuple[str, ...]
    platforms: tuple[str, ...]
    audience: str
    group: str
    method: str
    levels: tuple[str, ...]
    article: str = ""
    doubts: tuple[Trouble, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two rows the same entry."""
        return squeeze(self.item1), squeeze(self.item2), squeeze("".join(self.elements))


@dataclass(slots=True)
class SheetReading:
    """What one sheet gave: title lines above the heads, entries, refused rows, notes."""

    name: str
    title: str = ""
    rows: list[EntryRow] = field(default_factory=list)
    refused: list[Trouble] = field(default_factory=list)
    notes: list[Trouble] = field(default_factory=list)
    refused_items: list[tuple[str, str]] = field(default_factory=list)
    """Items of refused rows as far as readable: they are in the file, so they are not gone."""


def field_of(sheet_name: str, title: str, fields: Sequence[tuple[str, str, Sequence[str]]]) -> str:
    """The key of the field a sheet belongs to by its name, else by its title; empty for none.

    ``fields`` holds (key, name, other names). The longest name that occurs wins.
    """
    for text in (sheet_name, title):
        joined = squeeze(text)
        hits = [
            (len(squeeze(name)), key)
            for key, own, others in fields
            for name in (own, *others)
            if squeeze(name) in joined
        ]
        if hits:
            return max(hits)[1]
    return ""


def named_units(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """(names of units, names of classes that somebody has to name)."""
    return [n for n in names if not is_class(n)], [n for n in names if is_class(n)]


def troubles(readings: Sequence[SheetReading]) -> Iterator[Trouble]:
    """Every refusal of every sheet."""
    for reading in readings:
        yield from reading.refused
