"""Staff screens of meetings: the list, one meeting with its whole agenda, the form."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core.clock import now
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.decisions import meetings, selectors
from gongkai.decisions.enums import MeetingKind
from gongkai.decisions.forms import (
    LinkForm,
    MeetingForm,
    agenda_set,
    entries_of,
    meeting_initial,
    observers_of,
)
from gongkai.decisions.models import AgendaItem, AgendaLink, Meeting
from gongkai.organisations.access import Member
from gongkai.organisations.desk import (
    desk_context,
    fold_errors,
    member_of,
    posted,
    role_required,
)
from gongkai.organisations.enums import REVIEWER_ROLES, Role
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Visibility

PER_PAGE = 20
READERS = (Role.EDITOR, Role.SUPERVISOR, *REVIEWER_ROLES)


@role_required(*READERS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The meetings of my units, newest first."""
    member = member_of(request)
    kind = request.GET.get("kind", "")
    rows = selectors.meetings_for(member).annotate(
        matters=Count("agenda"), held_back=Count("agenda", filter=Q(agenda__public=False))
    )
    if kind in MeetingKind.values:
        rows = rows.filter(kind=kind)
    rows = rows.order_by("-held_on", "-pk")  # counting took the model's own order away
    context = desk_context(
        request,
        current="meetings",
        page_title="会议",
        page=Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        may_write=member.holds_anywhere(Role.EDITOR),
        kinds=[
            {"label": label, "url": f"?kind={key}" if key else "?", "current": key == kind}
            for key, label in [("", "全部"), *MeetingKind.choices]
        ],
    )
    return render(request, "decisions/meetings.html", context)


def _found(member: Member, meeting_id: int) -> Meeting:
    row = selectors.meeting_for(member, meeting_id)
    if row is None:
        raise NotVisible
    return row


@role_required(*READERS)
@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """One meeting: its agenda with what is held back, the public item, what came of each matter;
    a POST links a matter with an item."""
    member = member_of(request)
    row = _found(member, meeting_id)
    may_write = member.holds(Role.EDITOR, row.unit_id)
    agenda = list(AgendaItem.objects.filter(meeting=row))
    shown = [a for a in agenda if a.public]
    form = LinkForm(posted(request), member=member, agenda=shown)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            meetings.link_add(
                agenda_id=int(data["agenda"]), kind=data["kind"], item_ids=data["items"],
                member=member, now=now(),
            )  # fmt: skip
            messages.success(request, "已关联；两边都公开后，两个页面会互相指向。")
            return redirect("decisions-desk:meeting", meeting_id=row.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    links: dict[int, list[AgendaLink]] = {}
    for link in AgendaLink.objects.filter(agenda__meeting=row).select_related("item"):
        links.setdefault(link.agenda_id, []).append(link)
    numbers = {a.pk: number for number, a in enumerate(shown, start=1)}
    context = desk_context(
        request,
        current="meetings",
        page_title=row.name,
        meeting=row,
        agenda=[(numbers.get(a.pk), a, links.get(a.pk, [])) for a in agenda],
        held_back=len(agenda) - len(shown),
        item=row.item,
        public=row.item is not None and row.item.visibility == Visibility.PUBLIC,
        may_write=may_write,
        form=form if may_write and shown else None,
    )
    return render(request, "decisions/meeting.html", context, status=422 if form.errors else 200)


@role_required(Role.EDITOR)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enter a meeting."""
    return _edit(request, None)


@role_required(Role.EDITOR)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Change a meeting and its agenda."""
    member = member_of(request)
    row = _found(member, meeting_id)
    if not member.holds(Role.EDITOR, row.unit_id):
        raise NotVisible
    return _edit(request, row)


def _edit(request: HttpRequest, row: Meeting | None) -> HttpResponse:
    member = member_of(request)
    units = Unit.objects.filter(pk__in=member.unit_ids(Role.EDITOR)).order_by("order", "pk")
    initial: dict[str, Any] = (
        meeting_initial(row)
        if row
        else {"unit": units.first(), "government": "市人民政府", "term": "第十六届"}
    )
    form = MeetingForm(posted(request), units=units, initial=initial)
    agenda = agenda_set(posted(request), row)
    wrong: list[str] = []
    if request.method == "POST" and form.is_valid() and agenda.is_valid():
        data = form.cleaned_data
        names = ("unit", "kind", "government", "term", "session_no", "held_on", "chair")
        try:
            saved = meetings.meeting_save(
                meeting_id=row.pk if row else None,
                agenda=entries_of(agenda.forms),
                observers=observers_of(data),
                media=data["reports"],
                member=member,
                now=now(),
                **{name: data[name] for name in names},
            )
            return redirect("decisions-desk:meeting", meeting_id=saved.pk)
        except InvalidInput as error:
            wrong = error.fields.pop("agenda", [])
            for text in wrong:
                form.add_error(None, text)
            fold_errors(error, form)
    failed = bool(form.errors or (agenda.is_bound and not agenda.is_valid()))
    context = desk_context(
        request,
        current="meetings",
        page_title=row.name if row else "登记会议",
        meeting=row,
        form=form,
        agenda=agenda,
    )
    return render(request, "decisions/edit.html", context, status=422 if failed else 200)


@role_required(Role.EDITOR)
@require_POST
def draft(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Write the public item from the public matters, and open it for reading and submitting."""
    item = meetings.meeting_draft(meeting_id=meeting_id, member=member_of(request), now=now())
    messages.success(request, "公开稿已按公开的议题生成，请核对后送审。")
    return redirect("items:edit", pk=item.pk)


@role_required(Role.EDITOR)
@require_POST
def unlink(request: HttpRequest, link_id: int) -> HttpResponse:
    """Take a link of a matter away."""
    row = meetings.link_remove(link_id=link_id, member=member_of(request), now=now())
    return redirect("decisions-desk:meeting", meeting_id=row.pk)
