"""Screens for reading a document in: drop it, look through what was understood, confirm."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from gongkai.core.clock import now
from gongkai.core.diff import Segment, diff_text
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.ledger import planning
from gongkai.ledger.comparison import PointDifference, continuation, corrected_items, differences
from gongkai.ledger.enums import ImportStatus
from gongkai.ledger.forms import ImportForm, PointForm
from gongkai.ledger.models import Plan, PlanImport
from gongkai.ledger.source import Piece, marked_text, marks_in
from gongkai.organisations.access import Member
from gongkai.organisations.desk import desk_context, fold_errors, member_of, posted, role_required
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit

DOUBTFUL = 0.9
"""Below this confidence a person is asked to look."""


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The drop zone for a new document, and what was read in before."""
    member = member_of(request)
    offices = list(Unit.objects.filter(pk__in=member.unit_ids(Role.SUPERVISOR)).order_by("order"))
    form = ImportForm(posted(request), request.FILES or None, offices=offices)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            opened = planning.import_open(
                office=form.office_chosen,
                data=upload.read(),
                filename=upload.name,
                member=member,
                now=now(),
            )
            return redirect("ledger-desk:import", import_id=opened.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    rows = (
        PlanImport.objects.filter(office__in=offices)
        .select_related("office", "plan", "created_by")
        .defer("raw_text", "parsed")
    )
    context = desk_context(
        request,
        current="imports",
        page_title="读入要点",
        form=form,
        page=Paginator(rows, 20).get_page(request.GET.get("page")),
    )
    return render(request, "ledger/imports.html", context, status=422 if form.errors else 200)


def _import_for(member: Member, import_id: int) -> PlanImport:
    row = PlanImport.objects.select_related("office__area", "plan").filter(pk=import_id).first()
    if row is None or not member.holds(Role.SUPERVISOR, row.office):
        raise NotVisible
    return row


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def import_detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """What was understood, doubtful points first; say a point is right, or put it right."""
    member = member_of(request)
    row = _import_for(member, import_id)
    bound: PointForm | None = None
    if request.method == "POST":
        text = request.POST.get("no", "")
        items = {item["no"]: item for item in corrected_items(row)}
        item = items.get(int(text)) if text.isdigit() else None
        if item is None:
            raise NotVisible
        if request.POST.get("act") == "right":
            # What a person confirms is recorded like a correction that changes nothing.
            return _corrected(request, row, member, item["no"], {"title": item["title"]})
        bound = PointForm(request.POST, item=item)
        if bound.is_valid():
            try:
                changes = bound.changes() or {"title": item["title"]}
                return _corrected(request, row, member, item["no"], changes)
            except InvalidInput as error:
                fold_errors(error, bound)
    return _import_page(request, row, bound=bound)


def _corrected(
    request: HttpRequest, row: PlanImport, member: Member, number: int, changes: Mapping[str, Any]
) -> HttpResponse:
    """Keep the correction and go on to the next doubtful point, or stay at this one."""
    row = planning.import_correct(
        import_id=row.pk, number=number, changes=changes, member=member, now=now()
    )
    open_points = [item["no"] for item in corrected_items(row) if _doubtful(item)]
    goal = f"p{open_points[0]}" if open_points else "confirm"
    return redirect(f"{request.path}#{goal}")


def _doubtful(item: Mapping[str, Any]) -> bool:
    return not item["corrected"] and (item["confidence"] < DOUBTFUL or bool(item.get("issues")))


@dataclass(frozen=True, slots=True)
class PointView:
    """One point on the page."""

    item: Mapping[str, Any]
    form: PointForm
    doubtful: bool
    checked: str
    percent: int
    raw: tuple[Piece, ...]
    difference: PointDifference | None
    changes: tuple[tuple[str, tuple[Segment, ...]], ...]


def _point(
    row: PlanImport,
    item: Mapping[str, Any],
    bound: PointForm | None,
    difference: PointDifference | None,
) -> PointView:
    number = item["no"]
    fix = row.corrections.get(str(number)) or {}
    untouched = set(fix) == {"title"} and fix["title"] == next(
        i["title"] for i in row.parsed["items"] if i["no"] == number
    )
    start, end = item.get("span") or (0, 0)
    return PointView(
        item=item,
        form=bound if bound and bound.item["no"] == number else PointForm(item=item),
        doubtful=_doubtful(item),
        checked="" if not fix else "已核对" if untouched else "已更正",
        percent=round(item["confidence"] * 100),
        raw=marks_in(row.raw_text[start:end] or item["raw"], item),
        difference=difference,
        changes=tuple(
            (label, tuple(diff_text(old, new)))
            for label, old, new in (difference.details if difference else ())
        ),
    )


def _import_page(
    request: HttpRequest,
    row: PlanImport,
    *,
    bound: PointForm | None = None,
    problems: tuple[str, ...] = (),
) -> HttpResponse:
    items = corrected_items(row)
    is_open = row.status == ImportStatus.OPEN
    found = differences(row, items) if is_open else []
    by_number = {d.number: d for d in found}
    points = [_point(row, item, bound, by_number.get(item["no"])) for item in items]
    doubtful = {point.item["no"] for point in points if point.doubtful}
    points.sort(key=lambda p: (not p.doubtful, p.item["confidence"] if p.doubtful else 0))
    asked = [i for i in row.parsed["items"] if _doubtful({**i, "corrected": False})]
    above = (
        list(Plan.objects.filter(office__area=None, year=row.parsed["year"] or 0))
        if row.office.area_id and is_open
        else []
    )
    context = desk_context(
        request,
        current="imports",
        page_title=row.parsed["title"] or row.filename,
        row=row,
        parsed=row.parsed,
        source=marked_text(row.raw_text, items, doubtful),
        doubtful=[p for p in points if p.doubtful],
        clear=[p for p in points if not p.doubtful],
        whole=len(points),
        asked=len(asked),
        looked=len(asked) - len(doubtful),
        tasks=sum(len(item["tasks"]) for item in items),
        changed=[d for d in found if d.state == "changed"],
        added=[d for d in found if d.state == "added"],
        removed=[d for d in found if d.state == "removed"],
        staying=[d for d in found if d.state == "kept"],
        year=continuation(row, items) if is_open else None,
        existing=bool(found),
        open=is_open,
        above=above,
        wrong=bound if bound is not None and bound.errors else None,
        problems=problems,
    )
    status = 422 if problems or (bound is not None and bound.errors) else 200
    return render(request, "ledger/import.html", context, status=status)


@role_required(Role.SUPERVISOR)
@require_POST
def import_confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    """The ledger goes live, or is brought up to date."""
    member = member_of(request)
    row = _import_for(member, import_id)
    chosen = request.POST.get("refers_to", "")
    above = Plan.objects.filter(pk=int(chosen)).first() if chosen.isdigit() else None
    try:
        plan = planning.import_confirm(import_id=row.pk, member=member, now=now(), refers_to=above)
    except InvalidInput as error:
        messages = tuple(m for found in error.fields.values() for m in found)
        return _import_page(request, row, problems=messages)
    return redirect(f"/desk/ledger/?plan={plan.pk}")


@role_required(Role.SUPERVISOR)
@require_POST
def import_discard(request: HttpRequest, import_id: int) -> HttpResponse:
    """Drop what was read."""
    planning.import_discard(import_id=import_id, member=member_of(request), now=now())
    return redirect("ledger-desk:imports")
