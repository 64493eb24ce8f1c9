"""Screens for bringing a catalogue table in and out."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.catalogue.entries import importing, selectors
from gongkai.catalogue.entries.board import owners_of
from gongkai.catalogue.entries.enums import ImportStatus
from gongkai.catalogue.entries.fields import STATUTORY, field_name, fields
from gongkai.catalogue.entries.forms import TableForm
from gongkai.catalogue.entries.models import CatalogueImport
from gongkai.catalogue.entries.rules_limits import describe
from gongkai.catalogue.entries.sheets import CONTENT_TYPE, ExportSheet, row_from_json, write_file
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.organisations.access import Member
from gongkai.organisations.desk import desk_context, fold_errors, member_of, posted, role_required
from gongkai.organisations.enums import Role
from gongkai.organisations.models import Unit

PER_PAGE = 50


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The place to hand in a table, the present catalogues, and what was read in before."""
    member = member_of(request)
    owners = owners_of(member)
    form = TableForm(posted(request), request.FILES or None, owners=owners)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            opened = importing.import_open(
                owner=form.owner_chosen,
                data=upload.read(),
                filename=upload.name,
                member=member,
                now=now(),
                only=form.cleaned_data["only"],
            )
            return redirect("catalogue-desk:import", import_id=opened.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    context = desk_context(
        request,
        current="catalogue-imports",
        page_title="导入目录",
        form=form,
        owners=[(o, list(selectors.catalogues_of(o))) for o in owners if o.catalogues.exists()],
        page=Paginator(selectors.imports_of(owners), 20).get_page(request.GET.get("page")),
        unconfirmed=sum(1 for f in fields().values() if f.unconfirmed),
    )
    return render(request, "catalogue/imports.html", context, status=422 if form.errors else 200)


def _import_for(member: Member, import_id: int) -> CatalogueImport:
    row = (
        CatalogueImport.objects.select_related("owner__area", "created_by")
        .filter(pk=import_id)
        .first()
    )
    if row is None or not member.supervises(row.owner):
        raise NotVisible
    return row


@role_required(Role.SUPERVISOR)
@require_safe
def import_detail(request: HttpRequest, import_id: int) -> HttpResponse:
    """What was understood: refused rows and doubts first, then what would change, then all rows."""
    row = _import_for(member_of(request), import_id)
    is_open = row.status == ImportStatus.OPEN
    found = importing.plans(row) if is_open else []
    sheets = row.parsed["sheets"]
    doubts = [d for sheet in sheets for r in sheet["rows"] for d in r["doubts"]]
    key = request.GET.get("field", "")
    chosen = next((s for s in sheets if s["field"] == key), sheets[0])
    rows = [row_from_json(r) for r in chosen["rows"]]
    rows.sort(key=lambda r: not r.doubts)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    changes = {
        state: [(plan, c) for plan in found for c in plan.changes if c.state == state]
        for state in ("added", "changed", "returned", "retired")
    }
    context = desk_context(
        request,
        current="catalogue-imports",
        page_title=row.filename,
        row=row,
        open=is_open,
        refused=row.parsed["refused"],
        notes=row.parsed["notes"],
        doubts=len(doubts),
        doubtful=sum(1 for s in sheets for r in s["rows"] if r["doubts"]),
        whole=sum(len(s["rows"]) for s in sheets),
        tabs=[
            {
                "label": field_name("" if s["field"] == STATUTORY else s["field"]),
                "count": len(s["rows"]),
                "url": f"?field={s['field']}#rows",
                "current": s is chosen,
            }
            for s in sheets
        ],
        chosen=chosen,
        page=page,
        shown=[(r, describe(r.limit)) for r in page.object_list],
        query=f"field={chosen['field']}",
        changes=changes,
        existing=any(plan.existing for plan in found),
        kept=sum(len(plan.kept) for plan in found),
    )
    return render(request, "catalogue/import.html", context)


@role_required(Role.SUPERVISOR)
@require_POST
def confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    """The catalogues are brought up to date."""
    done = importing.import_confirm(import_id=import_id, member=member_of(request), now=now())
    messages.success(request, f"已更新 {len(done)} 个目录，期限从今天起重新计算。")
    return redirect("catalogue-desk:overview")


@role_required(Role.SUPERVISOR)
@require_POST
def discard(request: HttpRequest, import_id: int) -> HttpResponse:
    """Drop what was read."""
    importing.import_discard(import_id=import_id, member=member_of(request), now=now())
    messages.success(request, "已放弃这次导入，目录没有改动。")
    return redirect("catalogue-desk:imports")


@role_required(Role.SUPERVISOR)
@require_safe
def export(request: HttpRequest, owner_id: int) -> HttpResponse:
    """The present catalogues of a government as one .xlsx, one sheet each."""
    owner = get_object_or_404(Unit, pk=owner_id)
    if not member_of(request).supervises(owner):
        raise NotVisible
    sheets = [
        ExportSheet(c.field or STATUTORY, c.name, selectors.rows_of(c))
        for c in selectors.catalogues_of(owner)
    ]
    response = HttpResponse(write_file(sheets), content_type=CONTENT_TYPE)
    name = f"{owner.code}-catalogue-{today():%Y%m%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
