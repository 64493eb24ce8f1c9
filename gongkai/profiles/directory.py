"""政府信息公开目录 of a unit (条例第十二条第三款): 索引号, 名称, 内容概述, 生成日期 of everything public.

Read by key from the placements of the unit's column, so the hundredth page costs what the first
does; downloads go through the same rows in stretches and hold one stretch in memory.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from gongkai.catalogue.entries.enums import Audience
from gongkai.catalogue.entries.models import EntryLink
from gongkai.catalogue.models import Column, Placement
from gongkai.catalogue.tallies import counts_by
from gongkai.core.cells import safe_cell
from gongkai.core.clock import SHANGHAI, at
from gongkai.profiles.sheet import stream_sheet
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.placing import item_path

PAGE = 30
STRETCH = 1000
HEADINGS = ("索引号", "名称", "内容概述", "生成日期", "网址")
_LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a directory."""

    index_no: str
    title: str
    summary: str
    formed_on: date | None
    path: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What part of a directory: ``kind``, ``year`` (of publication) and ``article`` (an item of
    条例 arts 20 and 21, as catalogue entries name it) empty or 0 = all."""

    kind: str = ""
    year: int = 0
    article: str = ""


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """One page of rows; ``next`` is the cursor of the following page, empty at the end."""

    rows: tuple[Row, ...]
    next: str


def _cursor(text: str) -> tuple[datetime, int] | None:
    stamp, _, row = text.rpartition("-")
    try:
        moment, key = datetime.fromtimestamp(float(stamp), SHANGHAI), int(row)
    except (ValueError, OverflowError, OSError):
        return None
    return (moment, key) if 0 < key < _LARGEST else None


def known_cursor(text: str) -> str:
    """The cursor itself when it can be read, else empty: the list then starts at the top."""
    return text if len(text) < 60 and _cursor(text) else ""


def _placed(column: Column, wanted: Filter, after: str) -> QuerySet[Placement]:
    rows = Placement.objects.filter(column=column, section=None, subject_kind="item")
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if 1949 <= wanted.year <= 2999:
        rows = rows.filter(
            published_at__gte=at(date(wanted.year, 1, 1)),
            published_at__lt=at(date(wanted.year + 1, 1, 1)),
        )
    if wanted.article:
        # The links themselves, never a list of their ids: there may be a hundred thousand.
        linked = (
            EntryLink.objects.filter(
                unit_id=column.owner_id, ended_at=None, published_on__isnull=False,
                subject_kind="item", entry__article=wanted.article, entry__retired_at=None,
            )
            .exclude(entry__audience=Audience.GROUP)
            .order_by()
            .values("subject_id")
        )  # fmt: skip
        rows = rows.filter(subject_id__in=linked)
    key = _cursor(after) if after else None
    if key:
        rows = rows.filter(published_at__lte=key[0]).exclude(published_at=key[0], id__gte=key[1])
    return rows.order_by("-published_at", "-id")


def _rows(ids: Sequence[int]) -> list[Row]:
    found = {
        row["pk"]: row
        for row in Item.objects.filter(pk__in=ids, visibility=Visibility.PUBLIC).values(
            "pk", "index_no", "title", "summary", "formed_on"
        )
    }
    return [
        Row(r["index_no"], r["title"], r["summary"], r["formed_on"], item_path(pk))
        for pk in ids
        if (r := found.get(pk)) is not None
    ]


def public_directory(
    column: Column, wanted: Filter, *, after: str = "", size: int = PAGE
) -> DirectoryPage:
    """One page of a unit's directory, newest first; two queries whatever there is."""
    found = list(
        _placed(column, wanted, after).values_list("subject_id", "published_at", "id")[: size + 1]
    )
    shown = found[:size]
    more = f"{shown[-1][1].timestamp():.6f}-{shown[-1][2]}" if len(found) > size else ""
    return DirectoryPage(tuple(_rows([row[0] for row in shown])), more)


@dataclass(frozen=True, slots=True)
class Figures:
    """How much a directory holds: in all, by kind (key, name, count) and by year, newest first."""

    total: int
    kinds: tuple[tuple[str, str, int], ...]
    years: tuple[int, ...]


def public_figures(column: Column) -> Figures:
    """Counts of a unit's directory; two queries."""
    names = dict(ItemKind.objects.order_by("order", "pk").values_list("key", "name"))
    counts: dict[str, int] = {}
    years: set[int] = set()
    for (section, kind, year), n in counts_by([column], "section", "kind", "year").items():
        if section is None:
            counts[kind] = counts.get(kind, 0) + n
            years.add(year)
    kinds = tuple((key, name, counts[key]) for key, name in names.items() if counts.get(key))
    return Figures(sum(counts.values()), kinds, tuple(sorted(years, reverse=True)))


def public_rows(column: Column | None, wanted: Filter) -> Iterator[Row]:
    """Every row of a directory, in stretches; two queries a stretch, constant memory. A unit
    without a column has none."""
    after = ""
    while column is not None:
        page = public_directory(column, wanted, after=after, size=STRETCH)
        yield from page.rows
        if not page.next:
            return
        after = page.next


def _cells(row: Row, root: str) -> tuple[str, ...]:
    formed = row.formed_on.isoformat() if row.formed_on else ""
    return row.index_no, row.title, row.summary, formed, f"{root}{row.path}"


def csv_chunks(column: Column | None, wanted: Filter, *, root: str) -> Iterator[bytes]:
    """The directory as CSV with a byte-order mark, piece by piece; ``root`` goes before paths."""
    out = io.StringIO()
    writer = csv.writer(out)
    yield "\ufeff".encode()
    writer.writerow(HEADINGS)
    for count, row in enumerate(public_rows(column, wanted), start=1):
        writer.writerow([safe_cell(cell) for cell in _cells(row, root)])
        if count % 200 == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def xlsx_chunks(column: Column | None, wanted: Filter, *, root: str, title: str) -> Iterator[bytes]:
    """The directory as a workbook with one sheet, piece by piece."""
    rows = (_cells(row, root) for row in public_rows(column, wanted))
    return stream_sheet(title=title, headings=HEADINGS, widths=(30, 52, 60, 14, 46), rows=rows)
