"""Screens of sites: state and history, identifiers of the foot, topics that are over."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.catalogue.models import PublicSite
from gongkai.catalogue.sites import rules, selectors, services
from gongkai.catalogue.sites.enums import State
from gongkai.catalogue.sites.forms import ChangeForm, CloseForm
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.organisations.access import Member
from gongkai.organisations.desk import desk_context, fold_errors, member_of, posted, role_required
from gongkai.organisations.enums import Role

KEEPERS = (Role.SUPERVISOR, Role.OPERATOR)
PER_PAGE = 20
TONES = {
    State.PREPARING.value: "idle", State.RUNNING.value: "ok", State.MAINTENANCE.value: "warn",
    State.OFFLINE.value: "red", State.MOVING.value: "warn", State.CLOSED.value: "idle",
}  # fmt: skip


@role_required(*KEEPERS)
@require_safe
def sites(request: HttpRequest) -> HttpResponse:
    """The sites with their states, and what is wrong with the numbers in their feet."""
    page = Paginator(selectors.sites_for(member_of(request)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = desk_context(
        request,
        current="sites",
        page_title="网站和专题",
        page=page,
        rows=[
            (row, TONES[row.state], _overdue(row), len(selectors.problems_of(row)))
            for row in page.object_list
        ],
    )
    return render(request, "catalogue/sites.html", context)


def _overdue(site: PublicSite) -> bool:
    return site.state_until is not None and site.state_until < today()


def _site(member: Member, key: str) -> PublicSite:
    site = selectors.sites_for(member).filter(key=key).first()
    if site is None:
        raise NotVisible
    return site


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def site(request: HttpRequest, key: str) -> HttpResponse:
    """One site: what may be done with it, what was done, its topics."""
    member = member_of(request)
    row = _site(member, key)
    form = ChangeForm(posted(request), state=row.state)
    if request.method == "POST" and form.is_valid():
        try:
            services.site_change(key=row.key, member=member, now=now(), **form.cleaned_data)
            return redirect("catalogue-desk:site", key=row.key)
        except InvalidInput as error:
            fold_errors(error, form)
    context = desk_context(
        request,
        current="sites",
        page_title=row.name,
        row=row,
        tone=TONES[row.state],
        overdue=_overdue(row),
        steps=rules.events_of(row.state),
        form=form,
        problems=selectors.problems_of(row),
        limits=selectors.limits(),
        warnings=rules.limit_warnings(
            selectors.limits(), selectors.absences(row), today(), row.state_until
        )
        if row.state in (State.RUNNING, State.MAINTENANCE)
        else [],
        page=Paginator(row.changes.all(), PER_PAGE).get_page(request.GET.get("page")),
        topics=selectors.topics_of(row)[:100],
    )
    return render(request, "catalogue/site.html", context, status=422 if form.errors else 200)


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def column(request: HttpRequest, key: str, column_id: int) -> HttpResponse:
    """Archive a topic that is over, or take it out of the archive."""
    member = member_of(request)
    row = _site(member, key)
    found = selectors.topics_of(row).filter(pk=column_id).first()
    if found is None:
        raise NotVisible
    form = CloseForm(posted(request))
    if request.method == "POST":
        if found.closed_on:
            services.column_reopen(column_id=found.pk, member=member, now=now())
            return redirect("catalogue-desk:site", key=row.key)
        if form.is_valid():
            services.column_close(
                column_id=found.pk, note=form.cleaned_data["note"], member=member, now=now()
            )
            return redirect("catalogue-desk:site", key=row.key)
    context = desk_context(
        request, current="sites", page_title=found.name, row=row, column=found, form=form
    )
    return render(request, "catalogue/topic.html", context, status=422 if form.errors else 200)
