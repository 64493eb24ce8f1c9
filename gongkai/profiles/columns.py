"""Reads over the columns of many units at once, for overviews. ``public_*`` is for public code."""

from collections.abc import Iterable, Sequence
from datetime import date

from gongkai.catalogue.models import Column, ColumnKind, Placement
from gongkai.catalogue.tallies import counts_by
from gongkai.core.clock import day_of
from gongkai.organisations.models import Unit
from gongkai.profiles.rules import report_year
from gongkai.profiles.rules_columns import (
    Columns,
    Report,
    ReportCell,
    report_cell,
)
from gongkai.profiles.rules_statutory import NOT_HERE
from gongkai.profiles.selectors import GOVERNMENTS
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item
from gongkai.publishing.placing import item_path

_OWN = {"guide": "guide", "system": "rules", "annual_report": "report"}


def public_columns_state(units: Iterable[Unit]) -> dict[int, Columns]:
    """Which of the four columns hold something, by unit id; three queries for any number."""
    ids = {unit.pk for unit in units}
    owners = dict(
        Column.objects.filter(kind=ColumnKind.UNIT, owner__in=ids).values_list("pk", "owner_id")
    )
    found: dict[int, dict[str, int]] = {unit_id: {} for unit_id in ids}
    for (section, column, kind), n in counts_by(owners, "section", "column", "kind").items():
        if section is not None or kind == "news":
            continue
        key = _OWN.get(kind, "content" if kind not in NOT_HERE else "")
        counts = found[owners[column]]
        counts[key] = counts.get(key, 0) + n
    rules = Placement.objects.filter(column__key="zhidu", section=None, unit_id__in=ids)
    for unit_id in rules.order_by().values_list("unit_id", flat=True).distinct():
        found[unit_id]["rules"] = found[unit_id].get("rules", 0) or 1
    return {unit_id: Columns(counts) for unit_id, counts in found.items()}


def public_reports(units: Sequence[Unit]) -> dict[int, dict[int, Report]]:
    """The first published annual report of each year, by unit id and year; one query."""
    rows = (
        Item.objects.filter(
            unit_id__in=[unit.pk for unit in units],
            kind__key="annual_report",
            visibility=Visibility.PUBLIC,
        )
        .only("unit_id", "title", "facts", "published_at", "original_published_on")
        .order_by("-published_at", "-pk")
    )
    found: dict[int, dict[int, Report]] = {}
    for item in rows:
        if item.published_at is None:
            continue
        year = report_year(item.title, item.facts)
        day = item.original_published_on or day_of(item.published_at)
        report = Report(
            year, day, item_path(item.pk), item.title, item.original_published_on is not None
        )
        found.setdefault(item.unit_id, {})[year] = report
    return found


def public_matrix(
    units: Sequence[Unit], years: Sequence[int], today: date
) -> list[tuple[Unit, list[ReportCell]]]:
    """Each unit with one cell for each year; one query."""
    reports = public_reports(units)
    return [
        (
            unit,
            [
                report_cell(
                    year,
                    reports.get(unit.pk, {}).get(year),
                    whole_government=unit.kind in GOVERNMENTS,
                    founded=unit.valid_from,
                    ended=unit.valid_to,
                    today=today,
                )
                for year in years
            ],
        )
        for unit in units
    ]
