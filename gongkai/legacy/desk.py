"""Screens for moving an old site in: all imports, one import, its rows and its lists."""

import json
import tempfile
from pathlib import Path
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core.clock import now, today
from gongkai.core.errors import NotVisible, Refusal
from gongkai.core.typed import containing
from gongkai.legacy import mapping as maps
from gongkai.legacy import preparing, selectors, services, sources
from gongkai.legacy.access import PREPARERS, may_prepare, run_for, runs_for
from gongkai.legacy.attachments import open_files
from gongkai.legacy.enums import IssueKind, RunStatus
from gongkai.legacy.forms import ImportForm
from gongkai.legacy.gate import KIND
from gongkai.legacy.models import ImportRun, RowIssue, StagedItem
from gongkai.legacy.staging import content_of
from gongkai.organisations.access import Member
from gongkai.organisations.desk import (
    desk_context,
    member_of,
    posted,
    role_required,
    staff_required,
)
from gongkai.organisations.enums import Role, UnitKind
from gongkai.organisations.models import Unit
from gongkai.publishing.placing import item_path
from gongkai.publishing.presentation import present
from gongkai.review.models import ReviewCase

PER_PAGE = 20
TONES = {
    RunStatus.PREPARING: "warn", RunStatus.PREPARED: "", RunStatus.IN_REVIEW: "warn",
    RunStatus.RELEASING: "warn", RunStatus.RELEASED: "ok", RunStatus.ABANDONED: "idle",
}  # fmt: skip


def _units(member: Member) -> Any:
    """Units whose reviewers may be asked: those a supervisor reaches; all for an operator."""
    units = Unit.objects.filter(valid_to=None).exclude(
        kind__in=[UnitKind.VILLAGE, UnitKind.PUBLIC_UTILITY]
    )
    if not member.holds_anywhere(Role.OPERATOR):
        whole, areas = member.supervised_areas()
        units = units if whole else units.filter(area_id__in=areas)
    return units.order_by("order", "pk")


@role_required(*PREPARERS)
@require_http_methods(["GET", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """All imports and the form for a small new one."""
    member = member_of(request)
    form = ImportForm(posted(request), request.FILES or None, units=_units(member))
    proposal = ""
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["source"]
        with tempfile.TemporaryDirectory() as folder:
            # A name of ours: what the browser calls the file is shown, never used as a path.
            path = Path(folder) / f"source{''.join(Path(upload.name).suffixes[-2:])}"
            path.write_bytes(upload.read())
            try:
                source = sources.look(path)
                mapping = form.cleaned_data["mapping"]
                if mapping is None:
                    proposal = _proposal(source)
                else:
                    missing = maps.missing_columns(mapping, source.heads)
                    if missing:
                        form.add_error("mapping", f"数据文件里没有这些列：{'；'.join(missing)}。")
                    else:
                        run = _read(source, upload.name, mapping, form.cleaned_data, member)
                        return redirect("legacy-desk:run", run_id=run.pk)
            except sources.SourceError as error:
                form.add_error("source", str(error).replace(path.name, upload.name))
    page = Paginator(runs_for(member), PER_PAGE).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        current="legacy",
        page_title="迁入旧网站",
        form=form,
        page=page,
        rows=[(run, TONES[RunStatus(run.status)]) for run in page.object_list],
        proposal=proposal,
    )
    return render(request, "legacy/runs.html", context, status=422 if form.errors else 200)


def _proposal(source: sources.Source) -> str:
    sample = next((row.values for row in sources.rows(source) if row.values), None)
    return json.dumps(maps.suggest(source.heads, sample), ensure_ascii=False, indent=2)


def _read(
    source: sources.Source,
    name: str,
    mapping: maps.ImportMapping,
    chosen: dict[str, Any],
    member: Member,
) -> ImportRun:
    moment = now()
    fixed = not chosen["several"]
    run, _ = preparing.run_open(
        filename=name,
        fingerprint=sources.fingerprint(source.path),
        size=source.size,
        mapping=mapping,
        unit=chosen["unit"],
        fixed=fixed,
        member=member,
        now=moment,
    )
    if run.status != RunStatus.PREPARING:
        return run
    with open_files(source.path, source.member, None) as files:
        shop = preparing.shop_for(
            mapping=mapping, unit=run.unit, fixed=fixed, files=files, now=moment, keep=True
        )
        return preparing.prepare(
            run=run,
            rows=sources.rows(source, after=run.cursor),
            shop=shop,
            member=member,
            now=moment,
        )


@staff_required
@require_safe
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One import: how far it is, what came of its rows, what to do next."""
    member = member_of(request)
    row = run_for(member, run_id)
    case = (
        ReviewCase.objects.filter(subject_kind=KIND, subject_id=str(row.pk))
        .defer("view")
        .order_by("-round")
        .first()
    )
    kind = request.GET.get("kind", IssueKind.BAD)
    if kind not in IssueKind.values:
        kind = IssueKind.BAD
    counts = selectors.issue_counts(row)
    issues = RowIssue.objects.filter(run=row, kind=kind).order_by("row", "id")
    mine = may_prepare(member, row.unit)
    context = desk_context(
        request,
        current="legacy",
        page_title=f"迁入 {row.filename}",
        run=row,
        tone=TONES[RunStatus(row.status)],
        case=case,
        figures=_figures(row),
        units=_unit_counts(row),
        tabs=[
            {
                "label": label,
                "url": f"?kind={value}#issues",
                "count": counts.get(value, 0),
                "current": value == kind,
            }
            for value, label in IssueKind.choices
        ],
        kind_label=IssueKind(kind).label,
        reasons=selectors.reasons(row, kind),
        page=Paginator(issues, PER_PAGE).get_page(request.GET.get("page")),
        may_submit=mine and row.status == RunStatus.PREPARED and row.count("staged") > 0,
        may_abandon=mine
        and row.status in (RunStatus.PREPARING, RunStatus.PREPARED, RunStatus.IN_REVIEW),
        sees_unit=member.may_see(row.unit),
        working=row.status in (RunStatus.PREPARING, RunStatus.RELEASING),
        written=StagedItem.objects.filter(run=row).exclude(item=None).count()
        if row.status == RunStatus.RELEASING
        else 0,
    )
    return render(request, "legacy/run.html", context)


def _figures(run: ImportRun) -> list[tuple[str, int]]:
    names = (
        ("read", "读到"), ("staged", "收下"), ("bad", "没有收下"), ("duplicate", "重复"),
        ("near", "疑似重复"), ("file", "缺少附件"),
    )  # fmt: skip
    return [(label, run.count(name)) for name, label in names]


def _unit_counts(run: ImportRun) -> list[tuple[str, int]]:
    found = run.counts.get("units") or {}
    names = dict(Unit.objects.filter(pk__in=map(int, found)).values_list("pk", "short_name"))
    return [(names.get(int(pk), pk), n) for pk, n in found.items()]


@staff_required
@require_safe
def rows(request: HttpRequest, run_id: int) -> HttpResponse:
    """Every row that was taken, to be looked at one by one."""
    row = run_for(member_of(request), run_id)
    staged = StagedItem.objects.filter(run=row).defer("content").order_by("row")
    words = request.GET.get("q", "").strip()[:60]
    if words:
        staged = staged.filter(containing(words, "title"))
    page = Paginator(staged, PER_PAGE).get_page(request.GET.get("page"))
    ids = {entry.unit_id for entry in page.object_list}
    names = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "short_name"))
    context = desk_context(
        request,
        current="legacy",
        page_title=f"收下的 {row.count('staged')} 条",
        run=row,
        page=page,
        entries=[(entry, names.get(entry.unit_id, "")) for entry in page.object_list],
        words=words,
    )
    return render(request, "legacy/rows.html", context)


@staff_required
@require_safe
def staged(request: HttpRequest, run_id: int, number: int) -> HttpResponse:
    """One row as the public would see it; once it is public, the public page itself."""
    row = run_for(member_of(request), run_id)
    entry = StagedItem.objects.filter(run=row, row=number).first()
    if entry is None:
        raise NotVisible
    if entry.item_id:
        return redirect(item_path(entry.item_id))
    near = StagedItem.objects.filter(run=row).order_by("row").values_list("row", flat=True)
    context = desk_context(
        request,
        current="legacy",
        page_title=entry.title,
        run=row,
        entry=entry,
        shown=present(content_of(entry), item_id=0, picture_url=lambda sha: ""),
        issues=list(RowIssue.objects.filter(run=row, row=number)),
        before=near.filter(row__lt=number).last(),
        after=near.filter(row__gt=number).first(),
    )
    return render(request, "legacy/staged.html", context)


@role_required(*PREPARERS)
@require_POST
def submit(request: HttpRequest, run_id: int) -> HttpResponse:
    """Send the batch to its reviewers."""
    member = member_of(request)
    row = run_for(member, run_id)
    case = services.run_submit(
        run_id=row.pk, member=member, now=now(), note=request.POST.get("note", "").strip()
    )
    if member.may_see(case.unit):
        return redirect("review-desk:case", case_id=case.pk)
    return redirect("legacy-desk:run", run_id=row.pk)


@role_required(*PREPARERS)
@require_POST
def abandon(request: HttpRequest, run_id: int) -> HttpResponse:
    """Drop an import that is not public."""
    member = member_of(request)
    row = run_for(member, run_id)
    services.run_abandon(run_id=row.pk, member=member, now=now())
    return redirect("legacy-desk:run", run_id=row.pk)


@staff_required
@require_safe
def download(request: HttpRequest, run_id: int, what: str) -> HttpResponseBase:
    """The archive manifest, or the list of what was not taken, as JSON lines."""
    row = run_for(member_of(request), run_id)
    lines = {"manifest": selectors.manifest_lines, "bad-rows": selectors.bad_row_lines}.get(what)
    if lines is None:
        raise NotVisible
    if what == "manifest" and not row.manifest:
        raise Refusal("归档清单", "还没有读完，没有清单。", "读完以后再下载。")
    name = f"import-{row.pk}-{what}.jsonl"
    response = StreamingHttpResponse(lines(row), content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@role_required(*PREPARERS)
@require_safe
def addresses(request: HttpRequest) -> HttpResponseBase:
    """The map of old addresses as CSV."""
    response = StreamingHttpResponse(
        selectors.redirects_csv(), content_type="text/csv; charset=utf-8"
    )
    day = today().isoformat()
    response["Content-Disposition"] = f'attachment; filename="redirects-{day}.csv"'
    return response
