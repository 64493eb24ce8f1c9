"""Screens of the catalogues: a unit's board, the city's overview, one entry and what is done there."""

from typing import Any
from urllib.parse import urlencode

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gongkai.catalogue.entries import absences, selectors, services
from gongkai.catalogue.entries import board as boards
from gongkai.catalogue.entries.forms import AbsenceForm, LinkForm, RemarkForm, UnitsForm
from gongkai.catalogue.entries.models import Entry, EntryAbsence, EntryUnit
from gongkai.core import facts
from gongkai.core.calendar import load_calendar
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.organisations.access import Member
from gongkai.organisations.desk import (
    desk_context,
    fold_errors,
    member_of,
    role_required,
    staff_required,
)
from gongkai.organisations.enums import Role

PER_PAGE = 30


@staff_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What the person's units owe and have published, the most urgent first."""
    member = member_of(request)
    asked = boards.asked_of(request.GET)
    found = boards.board_of(member, asked, today())
    page = Paginator(found.rows, PER_PAGE).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        current="catalogue",
        page_title="公开目录",
        found=found,
        page=page,
        rows=boards.lines(page.object_list, today()),
        asked=asked,
        query=urlencode(asked.query()),
        tabs=boards.state_tabs(found.counts, asked),
        day=today(),
        waiting=boards.waiting(member)[:5],
        supervisor=member.holds_anywhere(Role.SUPERVISOR),
    )
    return render(request, "catalogue/board.html", context)


@role_required(Role.SUPERVISOR)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every unit in the supervisor's area by state, the most overdue first."""
    member = member_of(request)
    asked = boards.asked_of(request.GET)
    found = boards.overview_of(member, asked, today())
    context = desk_context(
        request,
        current="catalogue",
        page_title="公开目录总览",
        found=found,
        page=Paginator(found.units, PER_PAGE).get_page(request.GET.get("page")),
        asked=asked,
        query=urlencode(asked.query()),
        day=today(),
    )
    return render(request, "catalogue/overview.html", context)


# --- one entry ----------------------------------------------------------------------------------


def _find(
    member: Member, entry_id: int, unit: str
) -> tuple[Entry, list[EntryUnit], EntryUnit | None]:
    """The entry, the duties the person may see, and the one that is looked at."""
    entry = selectors.entry_for(member, entry_id)
    if entry is None:
        raise NotVisible
    duties = selectors.duties_of(entry, member)
    own = member.unit_ids()
    chosen = next((d for d in duties if str(d.unit_id) == unit), None)
    chosen = chosen or next((d for d in duties if d.unit_id in own), duties[0] if duties else None)
    return entry, duties, chosen


@staff_required
@require_safe
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """What an entry asks for, how each unit stands, what was published under it."""
    return _entry_page(request, entry_id, request.GET.get("unit", ""))


def _entry_page(
    request: HttpRequest,
    entry_id: int,
    unit: str,
    *,
    bound: dict[str, django_forms.Form] | None = None,
) -> HttpResponse:
    member = member_of(request)
    found, duties, duty = _find(member, entry_id, unit)
    bound = bound or {}
    shown = boards.entry_view(found, duty, member, today(), load_calendar()) if duty else None
    names = "、".join(d.unit.short_name for d in duties if d.ended_on is None) or found.units_text
    context = desk_context(
        request,
        current="catalogue",
        page_title=found.name,
        entry=found,
        duties=duties,
        duty=duty,
        shown=shown,
        tabs=[
            {
                "label": d.unit.short_name + ("（已停止）" if d.ended_on else ""),
                "url": f"?unit={d.unit_id}",
                "current": duty is not None and d.pk == duty.pk,
            }
            for d in duties
        ],
        about=boards.about(found),
        keeper=member.supervises(found.catalogue.owner),
        editor=duty is not None and member.holds(Role.EDITOR, duty.unit_id),
        decider=duty is not None
        and (member.supervises(duty.unit) or member.holds(Role.FINAL_REVIEWER, duty.unit_id)),
        me=member.actor.user_id,
        link_form=bound.get("link") or LinkForm(),
        absence_form=bound.get("absence") or AbsenceForm(initial={"period": str(today().year)}),
        units_form=bound.get("units") or UnitsForm(initial={"names": names}),
        remark_form=bound.get("refuse") or RemarkForm(),
        wrong=next((form for form in bound.values() if form.errors), None),
        wrong_act=next((name for name, form in bound.items() if form.errors), ""),
        record=[(fact, facts.action_label(fact.action)) for fact in boards.trail(found, member)],
        day=today(),
    )
    return render(request, "catalogue/entry.html", context, status=422 if bound else 200)


_FORMS: dict[str, type[django_forms.Form]] = {
    "link": LinkForm,
    "absence": AbsenceForm,
    "units": UnitsForm,
}


@staff_required
@require_POST
def entry_act(request: HttpRequest, entry_id: int, act: str) -> HttpResponse:
    """Put a record under the entry, ask for 无此事项, say it was looked through, name units."""
    member = member_of(request)
    unit = request.POST.get("unit", "")
    unit_id = int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else 0
    entry_id = int(entry_id)
    back = f"{reverse('catalogue-desk:entry', args=[entry_id])}?unit={unit_id}"
    if act == "check":
        services.entry_checked(entry_id=entry_id, unit_id=unit_id, member=member, now=now())
        messages.success(request, "已记录核对，下一次核对在一年以后。")
        return redirect(back)
    form = _FORMS[act](request.POST)
    if form.is_valid():
        try:
            return redirect(back + _do(act, form.cleaned_data, entry_id, unit_id, request))
        except InvalidInput as error:
            fold_errors(error, form)
    return _entry_page(request, entry_id, unit, bound={act: form})


def _do(act: str, values: dict[str, Any], entry_id: int, unit_id: int, request: HttpRequest) -> str:
    """Call the service; returns the place on the page to go back to."""
    member = member_of(request)
    if act == "link":
        services.link_later(
            entry_id=entry_id, unit_id=unit_id, record_id=values["record"],
            period=values["period"], member=member, now=now(),
        )  # fmt: skip
        messages.success(request, "已挂接。")
        return "#links"
    if act == "absence":
        absences.absence_request(
            entry_id=entry_id, unit_id=unit_id, period=values["period"], reason=values["reason"],
            member=member, now=now(),
        )  # fmt: skip
        messages.success(request, "已申报，等待终审人员或者主管部门批准。")
        return "#absences"
    services.entry_units_set(entry_id=entry_id, names=values["names"], member=member, now=now())
    messages.success(request, "已指定公开主体。")
    return ""


@staff_required
@require_POST
def link_end(request: HttpRequest, link_id: int) -> HttpResponse:
    """Take a record from under an entry."""
    row = services.link_end(link_id=link_id, member=member_of(request), now=now())
    messages.success(request, "已解除挂接，记录保留。")
    return redirect(
        f"{reverse('catalogue-desk:entry', args=[row.entry_id])}?unit={row.unit_id}#links"
    )


@staff_required
@require_POST
def absence_act(request: HttpRequest, absence_id: int, act: str) -> HttpResponse:
    """Agree to 无此事项, refuse it, or take it back."""
    member = member_of(request)
    if act == "cancel":
        row = absences.absence_cancel(absence_id=int(absence_id), member=member, now=now())
    else:
        form = RemarkForm(request.POST)
        form.full_clean()
        try:
            row = absences.absence_decide(
                absence_id=int(absence_id),
                approve=act == "approve",
                remark=form.cleaned_data.get("remark", ""),
                member=member,
                now=now(),
            )
        except InvalidInput as error:
            fold_errors(error, form)
            asked = EntryAbsence.objects.get(pk=int(absence_id))
            return _entry_page(request, asked.entry_id, str(asked.unit_id), bound={"refuse": form})
    messages.success(request, f"无此事项{row.get_status_display()}。")
    return redirect(
        f"{reverse('catalogue-desk:entry', args=[row.entry_id])}?unit={row.unit_id}#absences"
    )
