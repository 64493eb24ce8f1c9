"""Screens of deposits: batches by archive and library, dispatch, receipt, recalls, targets."""

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.deposits import package, rules, selectors, services
from gongkai.deposits.enums import BatchState
from gongkai.deposits.forms import DispatchForm, RecallForm, ReceiptForm, TargetForm
from gongkai.deposits.models import DepositBatch, DepositRecall
from gongkai.deposits.policy import policy
from gongkai.organisations.access import Member
from gongkai.organisations.desk import (
    desk_context,
    fold_errors,
    member_of,
    posted,
    role_required,
)
from gongkai.organisations.enums import Role
from gongkai.publishing.uploads import Upload

KEEPERS = (Role.SUPERVISOR, Role.OPERATOR)
PER_PAGE = 20
ROWS = 50


@role_required(*KEEPERS)
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """What each archive and library was given month by month, and what waits."""
    member = member_of(request)
    filters = {name: request.GET.get(name, "").strip()[:20] for name in ("target", "state")}
    rows = selectors.narrowed(selectors.batches_for(member), **filters)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    calendar = load_calendar()
    context = desk_context(
        request,
        current="deposits",
        page_title="移送存档",
        page=page,
        batches=[selectors.shown(row, today(), calendar) for row in page.object_list],
        waiting=selectors.waiting_for(member, today()),
        targets=list(selectors.targets_for(member)),
        states=BatchState.choices,
        filters=filters,
        filtered=any(filters.values()),
        query=urlencode({k: v for k, v in filters.items() if v}),
        policy=policy(),
        recalls=_recalls(member),
    )
    return render(request, "deposits/batches.html", context)


def _recalls(member: Member) -> int:
    return DepositRecall.objects.filter(
        told_at=None, row__batch__in=selectors.batches_for(member).order_by().values("pk")
    ).count()


@role_required(*KEEPERS)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Put a month together that the timer has not made yet."""
    try:
        period = date.fromisoformat(request.POST.get("period", "")[:10])
    except ValueError as error:
        raise InvalidInput({"period": ["请选择月份。"]}) from error
    target = request.POST.get("target", "")
    batch = services.batch_make(
        target_id=int(target) if target.isascii() and target.isdigit() else 0,
        period=period,
        member=member_of(request),
        now=now(),
    )
    return redirect("deposits-desk:batch", batch_id=batch.pk)


def _batch_or_missing(member: Member, batch_id: int) -> DepositBatch:
    batch = selectors.batch_for(member, batch_id)
    if batch is None:
        raise NotVisible
    return batch


@role_required(*KEEPERS)
@require_safe
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One batch: its list, its package, dispatch and receipt."""
    member = member_of(request)
    return _batch_page(request, _batch_or_missing(member, batch_id))


def _batch_page(
    request: HttpRequest,
    row: DepositBatch,
    *,
    dispatch_form: forms.Form | None = None,
    receipt_form: forms.Form | None = None,
    recall_form: forms.Form | None = None,
    recalling: int = 0,
) -> HttpResponse:
    shown = selectors.shown(row, today(), load_calendar())
    rows = (
        row.rows.select_related("item__unit", "version")
        .defer("version__content", "item__body", "item__facts", "item__attachments")
        .order_by("left_out", "released_at", "pk")
    )
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    recalls = DepositRecall.objects.filter(row__batch=row).select_related("row", "told_by")
    wrong = next(
        (f for f in (dispatch_form, receipt_form, recall_form) if f is not None and f.errors), None
    )
    context = desk_context(
        request,
        current="deposits",
        page_title=f"{row.target.name} {row.period.year} 年 {row.period.month} 月",
        batch=row,
        shown=shown,
        sees=member_of(request).may_see(row.target.owner),
        page=page,
        rows=[(r, selectors.shown_title(r)) for r in page.object_list],
        parts=range(1, rules.volumes(row.item_count) + 1),
        volume=rules.VOLUME,
        dispatch_form=dispatch_form or DispatchForm(initial={"manifest": row.manifest_sha256}),
        receipt_form=receipt_form or ReceiptForm(initial={"receipt_on": today()}),
        recalls=[
            (r, recall_form if recall_form and r.pk == recalling else _recall_form(r.pk))
            for r in recalls[:100]
        ],
        receipt_url=_receipt_url(row),
        policy=policy(),
        wrong=wrong,
    )
    return render(request, "deposits/batch.html", context, status=422 if wrong else 200)


def _recall_form(recall_id: int, data: Any = None) -> RecallForm:
    return RecallForm(data, auto_id=f"id_recall_{recall_id}_%s")


def _receipt_url(row: DepositBatch) -> str:
    if row.receipt_file_id is None:
        return ""
    name = quote(row.receipt_name, safe="")
    return f"/files/deposit/{row.pk}/{str(row.receipt_file_id)[:16]}/{name}"


@role_required(*KEEPERS)
@require_safe
def volume(request: HttpRequest, batch_id: int, part: int) -> HttpResponseBase:
    """One volume of the package, written while it is sent."""
    row = _batch_or_missing(member_of(request), batch_id)
    if not row.item_count or not 1 <= part <= rules.volumes(row.item_count):
        raise NotVisible
    response = StreamingHttpResponse(package.stream(row, part), content_type=package.CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{package.file_name(row, part)}"'
    response["Cache-Control"] = "private, no-store"
    return response


@role_required(*KEEPERS)
@require_POST
def dispatch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Record the dispatch."""
    member = member_of(request)
    row = _batch_or_missing(member, batch_id)
    form = DispatchForm(request.POST)
    if form.is_valid():
        try:
            services.batch_dispatch(
                batch_id=row.pk,
                manifest_sha256=form.cleaned_data["manifest"],
                method=form.cleaned_data["method"],
                member=member,
                now=now(),
            )
            return redirect("deposits-desk:batch", batch_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    return _batch_page(request, row, dispatch_form=form)


@role_required(*KEEPERS)
@require_POST
def receipt(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Record the receipt with its file."""
    member = member_of(request)
    row = _batch_or_missing(member, batch_id)
    form = ReceiptForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.receipt_record(
                batch_id=row.pk,
                receipt_no=data["receipt_no"],
                receipt_on=data["receipt_on"],
                receiver=data["receiver"],
                upload=Upload(data["receipt_file"].name, data["receipt_file"].read()),
                member=member,
                now=now(),
            )
            return redirect("deposits-desk:batch", batch_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    return _batch_page(request, row, receipt_form=form)


@role_required(*KEEPERS)
@require_POST
def recall(request: HttpRequest, recall_id: int) -> HttpResponse:
    """Record that the target was told."""
    member = member_of(request)
    found = DepositRecall.objects.select_related("row").filter(pk=recall_id).first()
    if found is None or found.row.batch_id is None:
        raise NotVisible
    row = _batch_or_missing(member, found.row.batch_id)
    form = _recall_form(recall_id, request.POST)
    if form.is_valid():
        try:
            services.recall_tell(
                recall_id=recall_id, note=form.cleaned_data["note"], member=member, now=now()
            )
            return redirect("deposits-desk:batch", batch_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    return _batch_page(request, row, recall_form=form, recalling=recall_id)


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def targets(request: HttpRequest) -> HttpResponse:
    """Archives and libraries; enter another one."""
    member = member_of(request)
    owners = selectors.owners_for(member)
    form = TargetForm(
        posted(request), owners=owners, initial={"owner": owners.first(), "since": today()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.target_add(member=member, now=now(), **form.cleaned_data)
            return redirect("deposits-desk:targets")
        except InvalidInput as error:
            fold_errors(error, form)
    context = desk_context(
        request,
        current="deposits",
        page_title="接收单位",
        page=Paginator(selectors.targets_for(member), PER_PAGE).get_page(request.GET.get("page")),
        form=form,
    )
    return render(request, "deposits/targets.html", context, status=422 if form.errors else 200)


@role_required(*KEEPERS)
@require_POST
def end_target(request: HttpRequest, target_id: int) -> HttpResponse:
    """Stop handing over to a target."""
    services.target_end(target_id=target_id, member=member_of(request), now=now())
    return redirect("deposits-desk:targets")
