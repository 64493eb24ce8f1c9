"""The state of a unit's profile: for each part present, complete, matching, reviewed, and the one
next act. Plain values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gongkai.profiles.rules import (
    PARTS,
    Finding,
    Part,
    functions_findings,
    leader_findings,
    report_findings,
    report_year,
    review_due,
    review_finding,
)
from gongkai.profiles.rules_guide import UnitData, compare

# Acts by key; each part offers exactly one.
ACTS = {
    "draft": "起草",
    "continue": "继续起草",
    "wait": "查看审核",
    "guide": "更新指南",
    "edit": "修改",
    "confirm": "核对",
    "look": "查看",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A published item of the profile. ``reviewed_on``: when it was last found right, the day of
    its newest version included."""

    id: int
    kind: str
    title: str
    facts: Mapping[str, Any]
    reviewed_on: date
    published_on: date


@dataclass(frozen=True, slots=True)
class Pending:
    """Work not released yet; ``in_review`` = nobody of the unit may touch it without recalling."""

    id: int
    kind: str
    in_review: bool
    published: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the state is computed from."""

    entries: Sequence[Entry]
    pending: Sequence[Pending]
    data: UnitData
    founded: date
    whole_government: bool
    directory: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True)
class PartState:
    """One part of the profile. ``act`` is a key of :data:`ACTS`, ``act_item`` what it is about."""

    part: Part
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    reviewed_on: date | None
    due_on: date | None
    act: str
    act_item: int | None

    @property
    def present(self) -> bool:
        """Whether the public can read anything of it."""
        return bool(self.entries)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.present and not any(f.severity == "missing" for f in self.findings)

    @property
    def matches(self) -> bool:
        """Whether nothing contradicts the unit's own data or a required form."""
        return self.present and not any(f.severity == "wrong" for f in self.findings)

    @property
    def tone(self) -> str:
        """ok, warn, red or idle (nothing is owed yet), as the design's marks take it."""
        severities = {f.severity for f in self.findings}
        if severities & {"missing", "wrong", "stale"}:
            return "red"
        if not self.present:
            return "idle"
        return "warn" if severities else "ok"

    @property
    def word(self) -> str:
        """The state in a word or two."""
        if not self.present:
            return "没有公布" if self.findings else "还不用公布"
        severities = {f.severity for f in self.findings}
        for severity, word in (
            ("missing", "不完整"), ("wrong", "不一致"), ("stale", "逾期未核对"), ("soon", "临近核对"),
        ):  # fmt: skip
            if severity in severities:
                return word
        return "正常"


def part_state(part: Part, profile: Profile, today: date) -> PartState:
    """The state of one part on a day."""
    entries = tuple(e for e in profile.entries if e.kind == part.kind)
    pending = [p for p in profile.pending if p.kind == part.kind]
    oldest = min(entries, key=lambda e: (e.reviewed_on, e.id), default=None)
    findings: list[Finding] = []
    if not entries and part.key != "report":
        findings.append(
            Finding(
                "missing", "", f"没有公布{part.label}", f"请起草{part.label}并送审。", part.basis
            )
        )
    elif part.key == "functions":
        findings += functions_findings(_newest(entries).facts)
    elif part.key == "leaders":
        findings += leader_findings([e.facts for e in entries])
    elif part.key == "guide":
        newest = _newest(entries)
        findings += compare(newest.facts, profile.data, reviewed_on=newest.reviewed_on, today=today)
    elif part.key == "report":
        findings += report_findings(
            [report_year(e.title, e.facts) for e in entries],
            founded=profile.founded, whole_government=profile.whole_government, today=today,
        )  # fmt: skip
    if part.key != "guide" and oldest is not None:
        late = review_finding(part, oldest.reviewed_on, today)
        findings += [late] if late else []
    findings.sort(key=lambda f: f.rank)
    reviewed = oldest.reviewed_on if oldest and part.review_days else None
    act, about = _act(part, entries, pending, findings)
    return PartState(
        part, entries, tuple(findings), reviewed,
        review_due(reviewed, part.review_days) if reviewed else None, act, about,
    )  # fmt: skip


def _newest(entries: Sequence[Entry]) -> Entry:
    return max(entries, key=lambda e: (e.published_on, e.id))


def _act(
    part: Part, entries: Sequence[Entry], pending: Sequence[Pending], findings: Sequence[Finding]
) -> tuple[str, int | None]:
    """The one next act: whatever is under way first, then what is missing, wrong, due."""
    for row in sorted(pending, key=lambda p: (p.in_review, p.id)):
        return ("wait" if row.in_review else "continue"), row.id
    if part.key == "guide" and (not entries or any(f.severity in ("missing", "wrong")
                                                   for f in findings)):  # fmt: skip
        return "guide", entries[0].id if entries else None
    if not entries or (part.key == "report" and findings):
        return "draft", None
    if any(f.severity in ("missing", "wrong") for f in findings):
        return "edit", _faulty(part, entries).id
    oldest = min(entries, key=lambda e: (e.reviewed_on, e.id))
    if findings:
        return "confirm", oldest.id
    return "look", oldest.id


def _faulty(part: Part, entries: Sequence[Entry]) -> Entry:
    if part.key == "leaders":
        for entry in entries:
            if leader_findings([entry.facts]):
                return entry
    return _newest(entries)


@dataclass(frozen=True, slots=True)
class ProfileState:
    """The state of a whole profile; ``directory`` holds what the directory's rows lack."""

    parts: tuple[PartState, ...]
    directory: tuple[Finding, ...] = field(default=())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that is wrong, worst first."""
        every = [f for p in self.parts for f in p.findings] + list(self.directory)
        return tuple(sorted(every, key=lambda f: f.rank))

    @property
    def present(self) -> int:
        """How many parts the public can read."""
        return sum(p.present for p in self.parts)

    @property
    def next(self) -> PartState | None:
        """The part to begin with; None when nothing is wrong."""
        faulty = [p for p in self.parts if p.findings]
        return min(faulty, key=lambda p: p.findings[0].rank, default=None)

    @property
    def badness(self) -> tuple[int, int, int, int, int]:
        """For sorting, the worst unit first: parts missing, then findings by severity."""
        counts = {severity: 0 for severity in ("missing", "wrong", "stale", "soon")}
        for finding in self.findings:
            counts[finding.severity] += 1
        return (
            len(self.parts) - self.present, counts["missing"], counts["wrong"], counts["stale"],
            counts["soon"],
        )  # fmt: skip


def profile_state(profile: Profile, today: date) -> ProfileState:
    """The state of a unit's profile on a day."""
    return ProfileState(
        tuple(part_state(part, profile, today) for part in PARTS), tuple(profile.directory)
    )
