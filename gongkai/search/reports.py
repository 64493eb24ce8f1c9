"""What the query log says: totals and days from one small row a day, words from the tallies."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Max, Sum

from gongkai.core.models import Fact
from gongkai.search import nightly
from gongkai.search.models import SearchDay, SearchTally
from gongkai.search.rules_traces import DROPPED
from gongkai.search.tallies import SLOWEST, SUMS, share

MOST_DAYS: Final = 400
MOST_LISTED: Final = 2000
"""Queries that a list has pages for; an export has all of them."""

TOP: Final = 10
"""Places of hits on the first page."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a report, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """All of them."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of searches, of a day or of a period."""

    searches: int = 0
    narrowed: int = 0
    empty: int = 0
    related_only: int = 0
    unclicked: int = 0
    clicked: int = 0
    clicks: int = 0
    positions: int = 0
    milliseconds: int = 0
    corrected: int = 0
    synonyms: int = 0
    slowest: int = 0

    @property
    def found(self) -> int:
        """Searches with hits that have everything."""
        return self.searches - self.empty - self.related_only

    @property
    def average_ms(self) -> int | None:
        """Milliseconds of a search."""
        return round(self.milliseconds / self.searches) if self.searches else None

    @property
    def average_position(self) -> float | None:
        """Where readers clicked."""
        return round(self.positions / self.clicks, 1) if self.clicks else None

    def part(self, name: str) -> float | None:
        """A figure in percent of all searches."""
        return share(getattr(self, name), self.searches)


def _figures(row: Mapping[str, Any]) -> Figures:
    return Figures(**{name: row[name] or 0 for name in (*SUMS, SLOWEST)})


@dataclass(frozen=True, slots=True)
class Report:
    """A period: the whole, each day of it (zeros where nothing was searched), clicks by place,
    queries that were not recorded by reason."""

    period: Period
    whole: Figures
    days: tuple[tuple[date, Figures], ...]
    opened: tuple[tuple[str, int], ...]
    dropped: tuple[tuple[str, int], ...]
    later_pages: int
    folded_at: Any = None


def summed(rows: Sequence[Figures]) -> Figures:
    """Several figures as one."""
    sums = {name: sum(getattr(row, name) for row in rows) for name in SUMS}
    return Figures(**sums, slowest=max((row.slowest for row in rows), default=0))


def report(period: Period) -> Report:
    """The figures of a period; one query."""
    rows = {
        row.day: row for row in SearchDay.objects.filter(day__range=(period.first, period.last))
    }
    by_day = [(day, _figures(vars(rows[day])) if day in rows else Figures()) for day in period.days]
    opened: Counter[int] = Counter()
    dropped: Counter[str] = Counter()
    for row in rows.values():
        for position, n in row.opened.items():
            opened[min(int(position), TOP + 1)] += n
        dropped.update(row.dropped)
    places = [(str(place), opened[place]) for place in range(1, TOP + 1)]
    return Report(
        period,
        summed([figures for _, figures in by_day]),
        tuple(by_day),
        (*places, (f"{TOP + 1}+", opened[TOP + 1])),
        tuple((DROPPED.get(reason, reason), n) for reason, n in sorted(dropped.items()) if n),
        sum(row.later_pages for row in rows.values()),
        max((row.folded_at for row in rows.values()), default=None),
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """A list of queries: its name, and the figure that puts queries on it and in order."""

    key: str
    label: str
    note: str
    column: str


KINDS: Final = {
    kind.key: kind
    for kind in (
        Kind("frequent", "最常查", "按搜索次数排列。", "searches"),
        Kind("empty", "没有结果", "一条也没有找到：可能没有公开，也可能说法不同，可以加同义词。", "empty"),
        Kind("related", "只有相关结果", "没有一条包含全部查询词，只列出了沾边的。", "related_only"),
        Kind(
            "unclicked", "有结果没人点",
            "找到了，但读者一条也没有打开：标题可能没有说清楚，也可能答案不在里面。", "unclicked",
        ),
        Kind("slow", "最慢", "按最慢的一次排列。", "slowest"),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a list with its figures in the period."""

    text: str
    figures: Figures


class QueryList:
    """The queries of a list, best first, for a paginator: one query finds the order of the first
    ``MOST_LISTED``, another one the figures of those on a page."""

    def __init__(self, period: Period, kind: Kind) -> None:
        self._tallies = SearchTally.objects.filter(day__range=(period.first, period.last)).exclude(
            text=""
        )
        # Without zeros before adding up: most queries are on no list but the first.
        some = self._tallies.filter(**{f"{kind.column}__gt": 0}).values("text")
        total = Max(kind.column) if kind.column == SLOWEST else Sum(kind.column)
        self._ranked = some.annotate(rank=total).order_by("-rank", "text")
        self._texts: list[str] | None = None

    @property
    def texts(self) -> list[str]:
        """The words of the list in its order."""
        if self._texts is None:
            self._texts = list(self._ranked.values_list("text", flat=True)[:MOST_LISTED])
        return self._texts

    def count(self) -> int:
        """How many queries the list has pages for."""
        return len(self.texts)

    __len__ = count

    def __getitem__(self, stretch: slice) -> list[Query]:
        return self._with_figures(self.texts[stretch])

    def all(self) -> Iterator[Query]:
        """All queries without a limit, for exports; a stretch at a time."""
        stretch: list[str] = []
        for text in self._ranked.values_list("text", flat=True).iterator(2000):
            stretch.append(text)
            if len(stretch) == 500:
                yield from self._with_figures(stretch)
                stretch = []
        yield from self._with_figures(stretch)

    def _with_figures(self, texts: list[str]) -> list[Query]:
        sums = {f"{name}_n": Sum(name) for name in SUMS}
        rows = self._tallies.filter(text__in=texts).values("text").order_by()
        found = {row["text"]: _query(row) for row in rows.annotate(**sums, slowest_n=Max(SLOWEST))}
        return [found[text] for text in texts if text in found]


def _query(row: Mapping[str, Any]) -> Query:
    return Query(row["text"], _figures({name: row[f"{name}_n"] for name in (*SUMS, SLOWEST)}))


@dataclass(frozen=True, slots=True)
class Night:
    """What one night found; ``titles`` and ``index`` are the details of its facts, None where
    nothing was looked at."""

    day: date
    titles: Mapping[str, Any] | None
    index: Mapping[str, Any] | None

    @property
    def good(self) -> bool:
        """Whether enough titles came back."""
        return self.titles is not None and self.titles["share"] >= self.titles["enough"]

    @property
    def lost(self) -> list[tuple[str, int]]:
        """Records that did not come back by their titles."""
        rows = self.titles["titles"] if self.titles else ()
        return [(row["kind"], row["id"]) for row in rows if not row["rank"]]

    @property
    def drift(self) -> int | None:
        """Records that differed; None when nothing was compared."""
        if self.index is None:
            return None
        return sum(int(found.get("asked", 0)) for found in self.index["spaces"].values())

    @property
    def entries(self) -> int:
        """Entries that were compared."""
        spaces = self.index["spaces"].values() if self.index else ()
        return sum(int(found.get("entries", 0)) for found in spaces)

    @property
    def finished(self) -> bool:
        """Whether the comparison came to its end in every index."""
        return self.index is not None and all(
            found["finished"] for found in self.index["spaces"].values()
        )


def nights(last: date, count: int = 14) -> list[Night]:
    """The newest nights up to a day, newest first, those without a check between them included;
    one query."""
    days = [(last - timedelta(days=n)).isoformat() for n in range(count)]
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    rows = Fact.objects.filter(
        subject_kind="search",
        subject_id__in=days,
        action__in=(nightly.TITLES, nightly.COMPARED),
    )
    for action, day, details in rows.order_by("id").values_list("action", "subject_id", "details"):
        found[(action, day)] = details
    known = [
        day for day in days if any((a, day) in found for a in (nightly.TITLES, nightly.COMPARED))
    ]
    return [
        Night(
            date.fromisoformat(day),
            found.get((nightly.TITLES, day)),
            found.get((nightly.COMPARED, day)),
        )
        for day in days
        if known and day >= known[-1]
    ]
