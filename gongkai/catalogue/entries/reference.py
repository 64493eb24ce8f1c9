"""Our own reference rows of both catalogues, as tables that the importer reads.

The rows are written in our own words after the structure of 条例 arts 20 and 21 and of the standard
lists; they are a start for an office, not a copy of anybody's catalogue. Names of departments are
bare (教育局) and get the prefix of the government; alternatives are parted by a slash.
"""

import csv
from collections.abc import Collection, Sequence
from typing import Final

from gongkai.catalogue.entries.fields import REFERENCE, STATUTORY, local_days
from gongkai.catalogue.entries.rules_cells import split_bases
from gongkai.catalogue.entries.rules_limits import parse_limit
from gongkai.catalogue.entries.rules_rows import EntryRow
from gongkai.catalogue.entries.sheets import ExportSheet, write_file

_PLATFORMS: Final = {
    "zhongdaxiangmu": ("投资项目在线审批监管平台",),
    STATUTORY: ("公共资源交易平台",),
}


def reference_fields() -> list[str]:
    """The fields for which there are reference rows, the statutory content first."""
    with (REFERENCE / "entries.csv").open(encoding="utf-8", newline="") as handle:
        return list(dict.fromkeys(row["field"] for row in csv.DictReader(handle)))


def _units(text: str, prefix: str, known: Collection[str]) -> tuple[str, ...]:
    found = []
    for choice in text.split("、"):
        named = [prefix + name for name in choice.split("/")]
        match = next((name for name in named if name in known), None)
        if match:
            found.append(match)
        elif choice.startswith("各"):
            found.append(choice)
    return tuple(found)


def reference_rows(
    key: str, *, prefix: str, known: Collection[str], level: str
) -> tuple[EntryRow, ...]:
    """The rows of one field for a government: those of its level (city, county, town) whose
    departments it has. ``known`` are the written names of its units."""
    found: list[EntryRow] = []
    with (REFERENCE / "entries.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            levels = tuple(row["levels"].split("|"))
            if row["field"] != key or (key == STATUTORY and level not in levels):
                continue
            units = _units(row["units"], prefix, known)
            if not units:
                continue
            channels = tuple(row["channels"].split("|"))
            group = row["audience"].partition(":")[2]
            found.append(
                EntryRow(
                    sheet=key, row=0, number=str(len(found) + 1), item1=row["item1"],
                    item2=row["item2"], elements=tuple(row["elements"].split("|")),
                    bases=split_bases(row["bases"].replace("|", "\n")), limit_text=row["limit"],
                    limit=parse_limit(row["limit"], local_days()), units=units,
                    channels=channels,
                    platforms=_PLATFORMS.get(key, ()) if "other" in channels else (),
                    audience="group" if group else "all", group=group, method=row["method"],
                    levels=levels, article=row["article"],
                )
            )  # fmt: skip
    return tuple(found)


def reference_table(
    keys: Sequence[str], *, owner: str, prefix: str, known: Collection[str], level: str
) -> bytes:
    """The .xlsx of these fields, one sheet each, as an office would hand it in."""
    sheets = [
        ExportSheet(key, f"{owner}公开目录", rows)
        for key in keys
        if (rows := reference_rows(key, prefix=prefix, known=known, level=level))
    ]
    return write_file(sheets)
