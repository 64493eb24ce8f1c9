"""Load the register of units from its fixture; repeatable, local additions stay."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit, UnitAlias

FIXTURE = Path(__file__).parent / "fixtures" / "changsha_2022.csv"


def fixture_names(path: Path = FIXTURE) -> list[dict[str, str]]:
    """The fixture's rows as text, for use before a database exists."""
    return list(_rows(path))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        yield from csv.DictReader(handle)


def _split(value: str) -> list[str]:
    return [part for part in value.split("|") if part]


def _day(value: str) -> date | None:
    return date.fromisoformat(value) if value else None


def load_units(*, now: datetime, actor: Actor, path: Path = FIXTURE) -> int:
    """Create or update the units of the fixture by code; returns how many rows were read.

    Units that are not in the fixture are never touched.
    """
    rows = list(_rows(path))
    with transaction.atomic():
        units: dict[str, Unit] = {}
        for order, row in enumerate(rows, start=1):
            units[row["code"]], _ = Unit.objects.update_or_create(
                code=row["code"],
                defaults={
                    "short_name": row["short_name"],
                    "full_name": row["full_name"],
                    "kind": row["kind"],
                    "level": row["level"],
                    "region_code": row["region_code"],
                    "uscc": row["uscc"],
                    "doc_prefixes": _split(row["doc_prefixes"]),
                    "vertical": row["vertical"] == "1",
                    "valid_from": _day(row["valid_from"]) or date(2022, 1, 1),
                    "valid_to": _day(row["valid_to"]),
                    "uncertain": row["uncertain"] == "1",
                    "note": row["note"],
                    "order": order,
                },
            )
        for row in rows:
            unit = units[row["code"]]
            unit.parent = units.get(row["parent"])
            unit.successor = units.get(row["successor"])
            above: Unit | None = unit
            while above is not None and above.kind != UnitKind.DISTRICT:
                above = units.get(above.parent.code) if above.parent else None
            unit.area = above
            unit.save(update_fields=["parent", "successor", "area"])
            wanted = set(_split(row["aliases"]))
            have = set(unit.aliases.values_list("name", flat=True))
            UnitAlias.objects.bulk_create(
                [UnitAlias(unit=unit, name=name) for name in sorted(wanted - have)]
            )
        facts.record(
            action="organisations.units.loaded",
            subject=("organisations", path.name),
            actor=actor,
            occurred_at=now,
            details={"units": len(rows)},
        )
    return len(rows)
