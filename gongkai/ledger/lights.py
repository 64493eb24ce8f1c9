"""Lights of many assignments on a day, from facts. Reads facts as of the day, not current rows.

The evidence and overrides of a plan are loaded once; any number of days is then computed without
further queries (:class:`PlanFacts`).
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from gongkai.core.clock import day_of
from gongkai.core.models import Fact, OutboxMessage
from gongkai.ledger import rules
from gongkai.ledger.enums import EvidenceKind, Light
from gongkai.ledger.models import Assignment, Evidence

_PUBLIC = {"publishing.item.released", "publishing.item.corrected"}
_GONE = {"publishing.item.withdrawn"}


def _spans(facts: Iterable[Fact]) -> tuple[rules.Span, ...]:
    """The stretches in which an item was public, from its facts in time order."""
    spans: list[rules.Span] = []
    since: date | None = None
    for fact in facts:
        day = day_of(fact.occurred_at)
        if fact.action in _PUBLIC and since is None:
            since = day
        elif fact.action in _GONE and since is not None:
            spans.append(rules.Span(since, day))
            since = None
    if since is not None:
        spans.append(rules.Span(since))
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What has been recorded about a set of assignments, ready for any day."""

    duties: Mapping[int, rules.Duty]
    evidence: Mapping[int, tuple[rules.EvidenceSpan, ...]]
    overrides: Mapping[int, tuple[rules.Override, ...]]

    def verdict(self, assignment_id: int, day: date) -> rules.Verdict:
        """The light of one assignment at the end of a day."""
        return rules.light_of(
            self.duties[assignment_id],
            self.evidence.get(assignment_id, ()),
            day,
            self.overrides.get(assignment_id, ()),
        )


def load(assignments: Iterable[Assignment]) -> PlanFacts:
    """Read the facts of these assignments; three queries however many there are.

    The assignments come with ``task__point__plan`` selected.
    """
    rows = list(assignments)
    duties = {
        a.pk: rules.Duty(a.task.point.plan.year, a.task.deadline, a.task.recurs) for a in rows
    }
    ids = list(duties)
    own = Fact.objects.filter(
        subject_kind="ledger_assignment",
        subject_id__in=[str(i) for i in ids],
        action__in=[
            "ledger.evidence.added",
            "ledger.evidence.removed",
            "ledger.evidence.rejected",
            "ledger.light.overridden",
            "ledger.light.restored",
        ],
    ).order_by("occurred_at", "id")
    added: dict[int, dict[int, tuple[date, int | None]]] = defaultdict(dict)
    removed: dict[int, date] = {}
    rejected: dict[int, date] = {}
    overrides: dict[int, list[rules.Override]] = defaultdict(list)
    for fact in own:
        row, day = int(fact.subject_id), day_of(fact.occurred_at)
        if fact.action == "ledger.evidence.added":
            added[row][fact.details["evidence"]] = (day, fact.details.get("item"))
        elif fact.action == "ledger.evidence.removed":
            removed[fact.details["evidence"]] = day
        elif fact.action == "ledger.evidence.rejected":
            rejected[fact.details["evidence"]] = day
        else:
            if overrides[row]:
                last = overrides[row].pop()
                overrides[row].append(
                    rules.Override(last.light, last.reason, last.since, last.until or day)
                )
            if fact.action == "ledger.light.overridden":
                overrides[row].append(
                    rules.Override(fact.details["light"], fact.details["reason"], day)
                )
    items = {item for row in added.values() for _, item in row.values() if item}
    by_item: dict[str, list[Fact]] = defaultdict(list)
    for fact in Fact.objects.filter(
        subject_kind="item",
        subject_id__in=[str(i) for i in items],
        action__in=[*_PUBLIC, *_GONE],
    ).order_by("occurred_at", "id"):
        by_item[fact.subject_id].append(fact)
    visible = {item: _spans(by_item[str(item)]) for item in items}
    return PlanFacts(
        duties=duties,
        evidence={
            row: tuple(
                rules.EvidenceSpan(
                    rules.Span(day, removed.get(evidence)),
                    visible[item] if item else None,
                    rejected.get(evidence),
                )
                for evidence, (day, item) in found.items()
            )
            for row, found in added.items()
        },
        overrides={row: tuple(found) for row, found in overrides.items()},
    )


def item_changed(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler: tell which task lights an item's release or withdrawal moves, and how."""
    started = time.perf_counter()
    ids = Evidence.objects.filter(
        kind=EvidenceKind.ITEM, item_id=message.subject_id, removed_at=None
    ).values_list("assignment_id", flat=True)
    rows = list(
        Assignment.objects.filter(pk__in=ids, active=True).select_related(
            "task__point__plan", "unit"
        )
    )
    found = load(rows)
    day = day_of(now)
    steps = []
    for row in rows:
        verdict = found.verdict(row.pk, day)
        label = f"第{row.task.point.number}项任务灯（{row.unit.short_name}）"
        steps.append(
            {
                "label": f"{label}：{Light(verdict.light).label}",
                "light": verdict.light,
                "milliseconds": round((time.perf_counter() - started) * 1000),
            }
        )
    message.payload = {**message.payload, "steps": steps}
