"""Whether units keep the four columns, and when their annual reports came. Plain values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gongkai.profiles.rules import report_due

FOUR = ("guide", "rules", "content", "report")
FOUR_NAMES = {"guide": "指南", "rules": "制度", "content": "法定主动公开内容", "report": "年报"}

ON_TIME, LATE, MISSING, NOT_DUE, NOT_OWED, HISTORY = (
    "on_time", "late", "missing", "not_due", "not_owed", "history",
)  # fmt: skip
# Shape and words of each state; a shape never stands without its word.
REPORT_STATES = {
    ON_TIME: ("●", "按时"),
    LATE: ("▲", "逾期"),
    MISSING: ("○", "没有公布"),
    NOT_DUE: ("—", "未到期"),
    NOT_OWED: ("—", "当年未设立"),
    HISTORY: ("●", "历史信息"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which of the four columns of a unit hold something, by their key."""

    counts: Mapping[str, int]

    @property
    def marks(self) -> tuple[tuple[str, str, bool], ...]:
        """(key, name, whether it holds something) in the official order."""
        return tuple((key, FOUR_NAMES[key], self.counts.get(key, 0) > 0) for key in FOUR)

    @property
    def present(self) -> int:
        """How many of the four hold something."""
        return sum(1 for key in FOUR if self.counts.get(key, 0) > 0)

    @property
    def complete(self) -> bool:
        """Whether all four do."""
        return self.present == len(FOUR)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of those that hold nothing."""
        return tuple(name for _, name, here in self.marks if not here)


@dataclass(frozen=True, slots=True)
class Report:
    """A published annual report; ``history`` = moved in from an old site, exempt from lateness."""

    year: int
    published_on: date
    path: str
    title: str = ""
    history: bool = False


@dataclass(frozen=True, slots=True)
class ReportCell:
    """One unit, one year of the matrix."""

    year: int
    state: str
    due_on: date
    report: Report | None = None

    @property
    def shape(self) -> str:
        """The mark."""
        return REPORT_STATES[self.state][0]

    @property
    def word(self) -> str:
        """The mark in words."""
        return REPORT_STATES[self.state][1]


def report_cell(
    year: int, report: Report | None, *, whole_government: bool, founded: date,
    ended: date | None, today: date,
) -> ReportCell:  # fmt: skip
    """How a unit stands with its report on a year, on a day (条例第四十九条)."""
    due = report_due(year, whole_government=whole_government)
    if report is not None:
        state = (
            HISTORY if report.history and report.published_on > due
            else ON_TIME if report.published_on <= due else LATE
        )  # fmt: skip
        return ReportCell(year, state, due, report)
    if founded > date(year, 12, 31) or (ended is not None and ended < due):
        return ReportCell(year, NOT_OWED, due)
    return ReportCell(year, NOT_DUE if today <= due else MISSING, due)


def report_years(today: date, count: int = 4) -> tuple[int, ...]:
    """The years the matrix shows, the newest first: those that are over."""
    return tuple(range(today.year - 1, today.year - 1 - count, -1))
