"""Reads of columns and placements. ``public_*`` is the only door for public pages."""

from dataclasses import dataclass
from datetime import date, datetime

from gongkai.catalogue.models import Column, ColumnKind, Placement, PublicSite, Section
from gongkai.catalogue.sites.enums import State
from gongkai.core.clock import SHANGHAI, at


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list read by key; ``next`` is the cursor of the following page, if any."""

    cards: tuple[dict[str, object], ...]
    next: str


def public_sites() -> list[PublicSite]:
    """All public sites, the city's first; one that is still being built is not there yet."""
    return list(PublicSite.objects.select_related("owner").exclude(state=State.PREPARING))


def public_site(prefix: str) -> PublicSite | None:
    """The site under a path prefix ('' = the city)."""
    return PublicSite.objects.select_related("owner").filter(prefix=prefix).first()


def public_column(site: PublicSite, key: str) -> Column | None:
    """One column of a site with its owner."""
    return Column.objects.select_related("owner", "site").filter(site=site, key=key).first()


def public_topics(site: PublicSite) -> list[Column]:
    """The topic columns of a site in order."""
    return list(Column.objects.select_related("site").filter(site=site, kind=ColumnKind.TOPIC))


def public_sections(column: Column) -> list[Section]:
    """The sections of a column in order."""
    return list(column.sections.all())


def _cursor(placement: Placement) -> str:
    return f"{placement.published_at.timestamp():.6f}-{placement.pk}"


def _parse(cursor: str) -> tuple[datetime, int] | None:
    stamp, _, row = cursor.rpartition("-")
    try:
        return datetime.fromtimestamp(float(stamp), SHANGHAI), int(row)
    except (ValueError, OverflowError, OSError):
        return None


def public_cards(
    column: Column,
    section: Section | None = None,
    *,
    size: int = 20,
    after: str = "",
    year: int = 0,
) -> Page:
    """One page of a column, newest first; ``after`` is a cursor, ``year`` limits to one year.

    A cursor that cannot be read counts as none.
    """
    rows = Placement.objects.filter(column=column, section=section)
    if year and 1949 <= year <= 2999:
        rows = rows.filter(
            published_at__gte=at(date(year, 1, 1)), published_at__lt=at(date(year + 1, 1, 1))
        )
    rows = rows.order_by("-published_at", "-id")
    key = _parse(after) if after else None
    if key:
        moment, row = key
        rows = rows.filter(published_at__lte=moment).exclude(published_at=moment, id__gte=row)
    found = list(rows[: size + 1])
    return Page(
        tuple({**p.card, "published_at": p.published_at} for p in found[:size]),
        _cursor(found[size - 1]) if len(found) > size else "",
    )
