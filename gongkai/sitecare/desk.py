"""Screens of error reports: what readers found wrong, the clock, the answer."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.organisations.desk import desk_context, fold_errors, member_of, posted, role_required
from gongkai.organisations.enums import Role
from gongkai.sitecare import rules, selectors, services
from gongkai.sitecare.enums import ReportStatus
from gongkai.sitecare.forms import HandleForm

PER_PAGE = 20


@role_required(Role.SUPERVISOR)
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The reports, those that wait first."""
    status = request.GET.get("status", "")
    rows = selectors.reports_for(member_of(request))
    if status in ReportStatus.values:
        rows = rows.filter(status=status)
    else:
        status = ""
    page = Paginator(rows.order_by("-status", "-created_at", "-pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    calendar = load_calendar()
    context = desk_context(
        request,
        current="errors",
        page_title="找错",
        page=page,
        rows=[selectors.shown(row, calendar, today()) for row in page.object_list],
        statuses=ReportStatus.choices,
        status=status,
        policy=selectors.policy(),
    )
    return render(request, "sitecare/reports.html", context)


@role_required(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report with its clock; answer it."""
    member = member_of(request)
    row = selectors.reports_for(member).filter(pk=report_id).first()
    if row is None:
        raise NotVisible
    form = HandleForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.report_handle(report_id=row.pk, member=member, now=now(), **form.cleaned_data)
            return redirect("sitecare-desk:report", report_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    context = desk_context(
        request,
        current="errors",
        page_title="找错",
        row=row,
        shown=selectors.shown(row, load_calendar(), today()),
        receipt=rules.shown_receipt(row.receipt),
        form=form,
        policy=selectors.policy(),
    )
    return render(request, "sitecare/report.html", context, status=422 if form.errors else 200)


@role_required(Role.SUPERVISOR, Role.OPERATOR)
@require_safe
def links(request: HttpRequest) -> HttpResponse:
    """Addresses of other sites in public items that led nowhere, or somewhere else, last time."""
    rows = selectors.bad_links(member_of(request))
    context = desk_context(
        request,
        current="errors",
        page_title="外部链接",
        page=Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        on=settings.LINK_CHECKS,
    )
    return render(request, "sitecare/links.html", context)
