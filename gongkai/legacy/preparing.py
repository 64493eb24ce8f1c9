"""Reading a source into staged rows, chunk by chunk; what is staged stays, whatever stops it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from django.db import transaction
from django.db.models import Min

from gongkai.core import bulk, facts
from gongkai.core.clock import day_of
from gongkai.core.errors import Refusal
from gongkai.core.models import Fact
from gongkai.legacy.access import check_submitter, require_run_visible
from gongkai.legacy.attachments import Files
from gongkai.legacy.candidate import Candidate, Issue, RowRefused
from gongkai.legacy.enums import IssueKind, RunStatus
from gongkai.legacy.finishing import finish
from gongkai.legacy.lookups import Lookups
from gongkai.legacy.mapping import ImportMapping
from gongkai.legacy.matching import Memory, OwnMemory, StoredMemory, sort_out
from gongkai.legacy.models import ImportRun, RowIssue
from gongkai.legacy.shop import Shop
from gongkai.legacy.sources import SourceRow
from gongkai.legacy.staging import staged_row
from gongkai.legacy.transform import make
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit

CHUNK = 500
Progress = Callable[["Tally"], None]
Report = Callable[[list[Issue]], None]


@dataclass(slots=True)
class Tally:
    """How far a run is: the last row seen and how many rows had which outcome."""

    row: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def start_of_platform(today: date) -> date:
    """The day before which everything is history: when this platform first released an item
    through its own gate, else today. Read from facts, so that nobody can set it."""
    first = Fact.objects.filter(action="publishing.item.released").aggregate(at=Min("occurred_at"))
    return min(day_of(first["at"]), today) if first["at"] else today


def shop_for(
    *, mapping: ImportMapping, unit: Unit, fixed: bool, files: Files, now: datetime, keep: bool
) -> Shop:
    """What turning rows into items needs; ``keep`` false stores no files (dry run)."""
    today = day_of(now)
    return Shop(
        mapping=mapping,
        lookups=Lookups.load(unit),
        unit=unit if fixed else None,
        cutoff=start_of_platform(today),
        today=today,
        files=files,
        keep_at=now if keep else None,
    )


def run_open(
    *,
    filename: str,
    fingerprint: str,
    size: int,
    mapping: ImportMapping,
    unit: Unit,
    fixed: bool,
    member: Member,
    now: datetime,
    limit: int = 0,
) -> tuple[ImportRun, bool]:
    """Begin an import, or find the one of the same file with the same mapping.

    ``unit`` answers for it: its reviewers decide, and with ``fixed`` every row is its own.
    Operators, supervisors of the unit and the command line may; raises PermissionRefused, and
    Refusal for a unit that has ended. Returns the run and whether it existed already.
    """
    check_submitter(member=member, unit=unit)
    if not unit.valid_on(day_of(now)):
        raise Refusal(
            "单位有效期", f"{unit.short_name}已停用，不能审核迁入。", "请改用承继它职能的单位。"
        )
    with transaction.atomic():
        same = ImportRun.objects.filter(
            fingerprint=fingerprint, unit=unit, fixed_unit=fixed, limit=limit
        ).exclude(status=RunStatus.ABANDONED)
        for found in same.select_for_update():
            if found.mapping == dict(mapping.raw):
                return found, True
        run = ImportRun.objects.create(
            filename=filename[:200],
            fingerprint=fingerprint,
            size=size,
            source_name=mapping.source,
            mapping=dict(mapping.raw),
            unit=unit,
            fixed_unit=fixed,
            cutoff=start_of_platform(day_of(now)),
            limit=limit,
            created_by_id=member.actor.user_id,
            created_at=now,
            updated_at=now,
        )
        facts.record(
            action="legacy.run.opened",
            subject=("import_batch", run.pk),
            unit_id=unit.pk,
            actor=member.actor,
            occurred_at=now,
            details={"filename": run.filename, "fingerprint": fingerprint},
        )
    return run, False


def prepare(
    *,
    run: ImportRun,
    rows: Iterable[SourceRow],
    shop: Shop,
    member: Member,
    now: datetime,
    progress: Progress | None = None,
    chunk: int = CHUNK,
) -> ImportRun:
    """Stage the rows behind ``run.cursor`` and finish the run.

    Each chunk and the cursor are one transaction, so that a run that was killed goes on exactly
    behind what it has stored. Raises Refusal when somebody else reads the same run on.
    """
    require_run_visible(member, run)
    check_submitter(member=member, unit=run.unit)
    if run.status != RunStatus.PREPARING:
        raise Refusal(
            "迁入",
            f"第 {run.pk} 号迁入现在是“{run.get_status_display()}”，不再读入。",
            "请刷新查看。",
        )
    memory = StoredMemory(run.pk)
    tally = Tally(run.cursor, Counter(run.counts))
    left = run.limit - tally.counts["read"] if run.limit else None
    with bulk.fewer_collections():
        for part in _chunks(rows, chunk, left):
            taken, issues = _read(part, shop, memory)
            _store(run, part, taken, issues, tally, now)
            if progress is not None:
                progress(tally)
    return finish(run=run, member=member, now=now)


def rehearse(
    *,
    rows: Iterable[SourceRow],
    shop: Shop,
    limit: int = 0,
    progress: Progress | None = None,
    report: Report | None = None,
    chunk: int = CHUNK,
) -> Tally:
    """A dry run: the same reading and the same checks, nothing written. ``report`` gets the
    issues of every chunk."""
    memory = OwnMemory()
    tally = Tally()
    for part in _chunks(rows, chunk, limit or None):
        taken, issues = _read(part, shop, memory)
        _count(tally, part, taken, issues)
        if report is not None:
            report(issues)
        if progress is not None:
            progress(tally)
    return tally


def _chunks(rows: Iterable[SourceRow], size: int, left: int | None) -> Iterator[list[SourceRow]]:
    stream = iter(rows) if left is None else islice(rows, max(left, 0))
    while part := list(islice(stream, size)):
        yield part


def _read(part: list[SourceRow], shop: Shop, memory: Memory) -> tuple[list[Candidate], list[Issue]]:
    candidates: list[Candidate] = []
    issues: list[Issue] = []
    for row in part:
        if row.problem is not None:
            issues.append(
                Issue(
                    row.number, IssueKind.BAD, row.problem.code, row.problem.reason,
                    row.problem.remedy,
                )
            )  # fmt: skip
            continue
        try:
            candidates.append(make(shop, row.number, row.values or {}))
        except RowRefused as error:
            issues += error.issues
    if not candidates:
        return [], issues
    taken, found = sort_out(
        candidates, memory.recall(candidates), memory, skip_near=shop.mapping.skip_near
    )
    return taken, issues + found


def _count(
    tally: Tally, part: list[SourceRow], taken: list[Candidate], issues: list[Issue]
) -> None:
    tally.row = part[-1].number
    tally.counts["read"] += len(part)
    tally.counts["staged"] += len(taken)
    # A row with several faults is one bad row.
    by_kind: dict[str, set[int]] = {}
    for issue in issues:
        if issue.kind in (IssueKind.FILE, IssueKind.LINK):
            tally.counts[issue.kind] += 1
        else:
            by_kind.setdefault(issue.kind, set()).add(issue.row)
    for kind, numbers in by_kind.items():
        tally.counts[kind] += len(numbers)
    tally.counts["findings"] += sum(bool(c.findings) for c in taken)


def _store(
    run: ImportRun,
    part: list[SourceRow],
    taken: list[Candidate],
    issues: list[Issue],
    tally: Tally,
    now: datetime,
) -> None:
    staged = [staged_row(run.pk, candidate) for candidate in taken]
    with transaction.atomic():
        before = tally.row
        stored = ImportRun.objects.select_for_update().get(pk=run.pk)
        if stored.cursor != before or stored.status != RunStatus.PREPARING:
            raise Refusal(
                "迁入",
                f"第 {run.pk} 号迁入正由另一个进程读入，或者已经放弃。",
                "请刷新查看它的进度。",
            )
        bulk.insert(staged)
        RowIssue.objects.bulk_create(
            [
                RowIssue(
                    run_id=run.pk,
                    row=issue.row,
                    kind=issue.kind,
                    code=issue.code[:40],
                    field=issue.field[:60],
                    title=issue.title[:120],
                    reason=issue.reason[:500],
                    remedy=issue.remedy[:300],
                )
                for issue in issues
            ]
        )
        _count(tally, part, taken, issues)
        run.cursor, run.counts, run.updated_at = tally.row, dict(tally.counts), now
        run.save(update_fields=["cursor", "counts", "updated_at"])
