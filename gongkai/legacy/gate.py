"""A whole import passes the gate as one batch: what is approved is the digest of its manifest."""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from gongkai.core.errors import NotVisible
from gongkai.core.facts import canonical_json, sha256_text
from gongkai.legacy import releasing
from gongkai.legacy.access import check_submitter
from gongkai.legacy.enums import IssueKind, RunStatus
from gongkai.legacy.models import ImportRun, RowIssue, StagedItem
from gongkai.legacy.staging import content_of, manifest_of_run
from gongkai.organisations.access import Member
from gongkai.organisations.models import Unit
from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.models import ItemKind
from gongkai.review.models import ReviewCase
from gongkai.review.registry import Reading, Subject
from gongkai.screening.findings import Finding, Severity

KIND = "import_batch"
_SAMPLES = 12
_WORDS = 160
_SHOWN = 8


def view_of(run: ImportRun) -> dict[str, Any]:
    """What is approved: the file, the mapping, and the digest over every staged row, computed
    from the rows as they are now."""
    return {
        "batch": run.pk,
        "filename": run.filename,
        "fingerprint": run.fingerprint,
        "mapping": sha256_text(canonical_json(run.mapping)),
        "source": run.source_name,
        "unit": run.unit.code,
        "cutoff": run.cutoff.isoformat(),
        "manifest": manifest_of_run(run.pk),
        "counts": dict(run.counts),
    }


def subject_of(run: ImportRun) -> Subject:
    """The batch as the gate takes it; whoever prepared it is its author."""
    return Subject(
        id=str(run.pk),
        title=f"迁入旧网站历史信息 {run.count('staged')} 条（{run.filename}）"[:300],
        unit=run.unit,
        view=view_of(run),
        authors=[run.created_by_id] if run.created_by_id else [],
    )


class BatchReviewable:
    """See gongkai.review.registry.Reviewable."""

    label = "旧网站历史信息"

    def _run(self, subject_id: str) -> ImportRun:
        run = ImportRun.objects.select_related("unit").filter(pk=subject_id).first()
        if run is None:
            raise NotVisible
        return run

    def check_submitter(self, *, member: Member, unit: Unit) -> None:
        """Operators and supervisors prepare and submit; editors do not."""
        check_submitter(member=member, unit=unit)

    def lock(self, subject_id: str) -> None:
        """The run's row."""
        list(ImportRun.objects.select_for_update().filter(pk=subject_id).values_list("pk"))

    def subject(self, subject_id: str) -> Subject:
        """The batch as it is now."""
        return subject_of(self._run(subject_id))

    def present_view(self, subject_id: str) -> Mapping[str, Any]:
        """The batch as it is now."""
        return view_of(self._run(subject_id))

    def released_view(self, subject_id: str) -> Mapping[str, Any] | None:
        """A batch is released once and never changed."""
        return None

    def reading(self, view: Mapping[str, Any], subject_id: str) -> Reading:
        """Counts, what was found, and samples spread over the whole batch."""
        run = self._run(subject_id)
        return Reading(_texts(view), _samples(run), (), _findings(run))

    def release(self, *, case: ReviewCase, member: Member, now: datetime) -> None:
        """Make the staged rows public; a large batch goes on in the worker."""
        releasing.release_begin(run_id=int(case.subject_id), member=member, now=now)

    def case_closed(self, *, case: ReviewCase, now: datetime) -> None:
        """Not released: it can be sent again, or dropped and read anew."""
        ImportRun.objects.filter(pk=case.subject_id, status=RunStatus.IN_REVIEW).update(
            status=RunStatus.PREPARED, updated_at=now
        )

    def reopened(self, *, subject_id: str, now: datetime) -> None:
        """A batch found publishable later is sent again by whoever prepared it."""

    def edit_url(self, subject_id: str) -> str:
        """The import's page."""
        return f"/desk/legacy/{subject_id}/"


def _texts(view: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    counts = view["counts"]
    kinds = dict(ItemKind.objects.values_list("key", "name"))
    units = dict(Unit.objects.values_list("pk", "short_name"))
    by_kind = "，".join(f"{kinds.get(k, k)} {n} 条" for k, n in counts.get("kinds", {}).items())
    found = list(counts.get("units", {}).items())
    by_unit = "，".join(f"{units.get(int(pk), pk)} {n} 条" for pk, n in found[:_SHOWN])
    if len(found) > _SHOWN:
        by_unit += f"，共 {len(found)} 个单位"
    span = f"{counts.get('first', '')} 至 {counts.get('last', '')}"
    rows = {
        "filename": ("文件", str(view["filename"])),
        "source": ("旧网站", str(view.get("source") or "")),
        "staged": ("收下", f"{counts.get('staged', 0)} 条"),
        "kinds": ("种类", by_kind),
        "units": ("单位", by_unit),
        "span": ("原发布日期", f"{span}，都早于启用日 {view['cutoff']}"),
        "bad": ("没有收下", f"{counts.get('bad', 0)} 行，不会公开"),
        "duplicate": ("重复没有收下", f"{counts.get('duplicate', 0)} 行"),
        "near": ("疑似重复已收下", f"{counts.get('near', 0)} 行"),
        "file": ("缺少的附件", f"{counts.get('file', 0)} 个"),
        "manifest": ("清单摘要", str(view["manifest"])),
        "fingerprint": ("文件 SHA-256", str(view["fingerprint"])),
    }
    return {name: text for name, text in rows.items() if text[1]}


def sample_rows(run: ImportRun, size: int = _SAMPLES) -> list[StagedItem]:
    """Rows spread evenly over the batch, the first and the last among them."""
    numbers = list(StagedItem.objects.filter(run=run).values_list("pk", flat=True).order_by("row"))
    if not numbers:
        return []
    wanted = {numbers[round(n * (len(numbers) - 1) / max(size - 1, 1))] for n in range(size)}
    return list(StagedItem.objects.filter(pk__in=wanted).order_by("row"))


def _samples(run: ImportRun) -> str:
    units = dict(Unit.objects.values_list("pk", "short_name"))
    total = run.count("staged")
    parts = [
        f"<p>这是一批历史信息，批准后 {total} 条一起公开。下面是均匀抽取的样本；"
        f'<a href="/desk/legacy/{run.pk}/rows/">每一条都可以打开看</a>。</p>'
    ]
    for row in sample_rows(run):
        content = content_of(row)
        words = " ".join(plain_text(content["body"]).split())
        more = "……" if len(words) > _WORDS else ""
        files = len(content.get("attachments") or [])
        line = f"{units.get(row.unit_id, '')}，原发布于 {row.original_on:%Y-%m-%d}"
        line += f"，附件 {files} 个" if files else ""
        parts.append(
            f'<h3><a href="/desk/legacy/{run.pk}/rows/{row.row}/">{escape(row.title)}</a></h3>'
            f"<p>{escape(line)}</p><p>{escape(words[:_WORDS])}{more}</p>"
        )
    return "".join(parts)


def _findings(run: ImportRun) -> tuple[Finding, ...]:
    found = []
    counts = [
        (run.count("findings"), "findings", "条有机器检查提示", "请在逐条列表里查看并核对。"),
        (run.count(IssueKind.NEAR), "near", "条疑似重复，已经收下", "请核对疑似重复的清单。"),
        (run.count(IssueKind.FILE), "file", "个附件没有找到", "请确认缺附件仍可公开。"),
        (run.count("outside_links"), "links", "处链接指向旧网站没有迁入的页面", "链接照原样保留。"),
        (_unsaid_validity(run), "validity", "条没有写明有效性，按“现行有效”收下", "请核对。"),
    ]
    for number, code, message, remedy in counts:
        if number:
            found.append(
                Finding(code, Severity.WARN, code, "", "", f"{number} {message}。", remedy)
            )
    return tuple(found)


def _unsaid_validity(run: ImportRun) -> int:
    """Documents whose source said nothing about validity: nobody may take that for a statement."""
    return RowIssue.objects.filter(run=run, kind=IssueKind.NOTICE, code="no_validity").count()
