"""Screens of operators and supervisors: people and their roles, the working-day calendar."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput
from gongkai.core.models import CalendarDay
from gongkai.core.typed import containing
from gongkai.core.workdays import add_workdays
from gongkai.organisations import calendar, services
from gongkai.organisations.access import Member
from gongkai.organisations.desk import desk_context, member_of, role_required
from gongkai.organisations.enums import Role
from gongkai.organisations.models import RoleAssignment, Unit, User

KEEPERS = (Role.OPERATOR, Role.SUPERVISOR)


class PersonForm(forms.Form):
    """A new account; it can do nothing until a role is granted."""

    username = forms.CharField(label="登录名", max_length=60)
    display_name = forms.CharField(label="显示姓名", max_length=40)
    password = forms.CharField(
        label="初始密码",
        widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"}),
        help_text="至少 10 位；请当面或电话告知本人。",
    )


class GrantForm(forms.Form):
    """A role in a unit."""

    unit = forms.ModelChoiceField(
        label="单位", queryset=Unit.objects.filter(valid_to=None), empty_label="（请选择）"
    )
    role = forms.ChoiceField(label="岗位", choices=Role.choices)
    valid_to = forms.DateField(
        label="截止日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="不填表示长期。",
    )


class DayForm(forms.Form):
    """One exception of the calendar."""

    day = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(label="性质", choices=CalendarDay.Kind.choices)
    name = forms.CharField(label="节日或事由", max_length=40)
    source = forms.CharField(
        label="依据", max_length=200, help_text="写通知名称和文号，例如国务院办公厅放假安排通知。"
    )


def _fold(error: InvalidInput, form: forms.Form) -> None:
    for field, messages in error.fields.items():
        for message in messages:
            form.add_error(field if field in form.fields else None, message)


def _manageable(member: Member) -> Any:
    """People whom the person may look after: everybody for operators and the city's office."""
    people = User.objects.prefetch_related("assignments__unit").order_by("username")
    whole_city, areas = member.supervised_areas()
    if member.holds_anywhere(Role.OPERATOR) or whole_city:
        return people
    return people.filter(Q(assignments__unit__area_id__in=areas) | Q(assignments=None)).distinct()


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Accounts and who holds which role; open an account."""
    member = member_of(request)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.user_create(member=member, now=now(), **form.cleaned_data)
            return redirect("office-desk:person", user_id=user.pk)
        except InvalidInput as error:
            _fold(error, form)
    words = request.GET.get("q", "").strip()[:40]
    rows = _manageable(member)
    if words:
        names = ("username", "display_name", "assignments__unit__short_name")
        rows = rows.filter(containing(words, *names)).distinct()
    context = desk_context(
        request,
        current="people",
        page_title="人员和岗位",
        form=form,
        words=words,
        page=Paginator(rows, 30).get_page(request.GET.get("page")),
        day=today(),
    )
    return render(request, "organisations/people.html", context, status=422 if form.errors else 200)


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person's roles in time; grant a further one."""
    member = member_of(request)
    user = get_object_or_404(_manageable(member), pk=user_id)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.role_grant(user=user, member=member, now=now(), **form.cleaned_data)
            return redirect("office-desk:person", user_id=user.pk)
        except InvalidInput as error:
            _fold(error, form)
    context = desk_context(
        request,
        current="people",
        page_title=str(user),
        person=user,
        form=form,
        assignments=list(
            RoleAssignment.objects.filter(user=user).select_related("unit").order_by("-valid_from")
        ),
        day=today(),
    )
    return render(request, "organisations/person.html", context, status=422 if form.errors else 200)


@role_required(*KEEPERS)
@require_POST
def end_role(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """End a role today."""
    row = services.role_end(assignment_id=assignment_id, member=member_of(request), now=now())
    return redirect("office-desk:person", user_id=row.user_id)


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def calendar_days(request: HttpRequest) -> HttpResponse:
    """The exceptions, and a try-out: twenty working days from today."""
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            calendar.calendar_day_set(member=member_of(request), now=now(), **form.cleaned_data)
            return redirect("office-desk:calendar")
        except InvalidInput as error:
            _fold(error, form)
    working = load_calendar()
    context = desk_context(
        request,
        current="calendar",
        page_title="工作日历",
        form=form,
        page=Paginator(CalendarDay.objects.order_by("-day"), 40).get_page(request.GET.get("page")),
        known=working.is_known(today().year),
        known_next=working.is_known(today().year + 1),
        year=today().year,
        due=add_workdays(today(), 20, working),
    )
    return render(
        request, "organisations/calendar.html", context, status=422 if form.errors else 200
    )


@role_required(*KEEPERS)
@require_POST
def calendar_remove(request: HttpRequest, row_id: int) -> HttpResponse:
    """Take an exception out."""
    row = get_object_or_404(CalendarDay, pk=row_id)
    calendar.calendar_day_remove(day=row.day, member=member_of(request), now=now())
    return redirect("office-desk:calendar")
