"""What one row of the source becomes, before anything is written."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gongkai.legacy.enums import IssueKind
from gongkai.legacy.rules import ValueProblem


@dataclass(frozen=True, slots=True)
class Issue:
    """Something found about a row. Says where, what and what to do; never repeats its text."""

    row: int
    kind: str
    code: str
    reason: str
    remedy: str = ""
    field: str = ""
    title: str = ""


class RowRefused(Exception):
    """A row that cannot be taken over, with every reason."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__("；".join(issue.reason for issue in issues))
        self.issues = issues


@dataclass(slots=True)
class Candidate:
    """A row that could be staged: its content in the platform's shape, and how to find it again."""

    row: int
    title: str
    unit_id: int
    kind: str
    original_on: date
    content: dict[str, Any]
    text: str
    """The body's words."""
    source_key: str
    near_key: str = ""
    text_key: str = ""
    url_key: str = ""
    name_key: str = ""
    doc_no: str = ""
    index_no: str = ""
    urls: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    has_links: bool = False
    findings: list[str] = field(default_factory=list)
    notes: list[Issue] = field(default_factory=list)

    @property
    def substance(self) -> str:
        """The same for the same title, day, unit and words."""
        return self.near_key + self.text_key

    def note(self, kind: IssueKind, code: str, field: str, reason: str, remedy: str = "") -> None:
        """Remember something a person should look at; the row is taken over all the same."""
        self.notes.append(Issue(self.row, kind, code, reason, remedy, field, self.title[:120]))


def refused(row: int, field: str, problem: ValueProblem, title: str = "") -> RowRefused:
    """A refusal for one reason."""
    issue = Issue(
        row, IssueKind.BAD, problem.code, problem.reason, problem.remedy, field, title[:120]
    )
    return RowRefused([issue])
