"""Staff screens for information that is or was public: find it, see its clock, withdraw it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import day_of, now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.organisations.access import Member
from gongkai.organisations.desk import desk_context, fold_errors, member_of, posted, staff_required
from gongkai.organisations.enums import Role
from gongkai.publishing import lifecycle, selectors, services
from gongkai.publishing.asides import asides_of
from gongkai.publishing.deadlines import Clock, clocks_for, worst
from gongkai.publishing.enums import Visibility, WithdrawCategory
from gongkai.publishing.found import KIND
from gongkai.publishing.found_staff import FIELDS, reach_of
from gongkai.publishing.models import Item, ItemVersion
from gongkai.publishing.rules_due import next_review
from gongkai.search.lists import OWN, RELEVANCE, searched


class WithdrawForm(forms.Form):
    """Why a public item is taken down; the reason is shown at its address."""

    category = forms.ChoiceField(
        label="撤回情形",
        choices=[("", "（请选择）"), *WithdrawCategory.choices],
        error_messages={"required": "请选择撤回的情形。"},
    )
    reason = forms.CharField(
        label="撤回原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="会显示在原网址上，请用公众看得懂的话写。",
        error_messages={"required": "请写明撤回原因，原因会显示在原网址上。"},
    )


def _rows(found: list[Item]) -> list[dict[str, Any]]:
    """The items of one page with their clocks; two queries for all of them."""
    clocks = clocks_for(found, calendar=load_calendar(), today=today())
    return [
        {"item": item, "clock": worst(clocks[item.pk]), "exempt": bool(item.original_published_on)}
        for item in found
    ]


@staff_required
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """Everything my units have published, newest first; what was searched, best first."""
    member = member_of(request)
    words = request.GET.get("q", "").strip()[:60]
    rows = (
        selectors.items_for(member)
        .filter(published_at__isnull=False)
        .defer("body", "attachments")
        .order_by("-published_at", "-id")
    )
    state = request.GET.get("state", "")
    states: list[str] = [Visibility.PUBLIC, Visibility.WITHDRAWN]
    if state in states:
        rows = rows.filter(visibility=state)
        states = [state]
    order = OWN if request.GET.get("order") == OWN else RELEVANCE
    found = searched(
        rows,
        words,
        kind=KIND,
        fields=FIELDS[1:],
        only={"unit": reach_of(member), "state": states},
        order=order,
    )
    page = Paginator(found.rows, 20).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        current="published",
        page_title="已公开",
        page=page,
        rows=_rows(list(page.object_list)),
        words=words,
        order=order,
        cut=found.cut,
        state=state,
        states=[(Visibility.PUBLIC, "已公开"), (Visibility.WITHDRAWN, "已撤回")],
    )
    return render(request, "publishing/items.html", context)


@dataclass(frozen=True, slots=True)
class ClockPanel:
    """One period as the desk shows it: the working days used, as ticks, while it was in time."""

    clock: Clock
    used: int | None
    ticks: list[bool]


def _panel(clock: Clock) -> ClockPanel:
    done = clock.verdict.done
    counted = [step for step in clock.due.steps if step.counted]
    if done is None or done > clock.due_on or not counted:
        return ClockPanel(clock, None, [])
    used = sum(1 for step in counted if step.date <= done)
    return ClockPanel(clock, used, [day <= used for day in range(1, len(counted) + 1)])


def _panels(row: Item) -> list[ClockPanel]:
    found = clocks_for([row], calendar=load_calendar(), today=today())
    return [_panel(clock) for clock in found[row.pk]]


def _review(row: Item, member: Member) -> dict[str, Any] | None:
    """When the information is to be looked at again; None for kinds without a review."""
    if not row.kind.review_days or row.visibility != Visibility.PUBLIC or not row.published_at:
        return None
    since = row.reviewed_on or row.original_published_on or day_of(row.published_at)
    following = next_review(since, row.kind.review_days)
    return {
        "since": since,
        "next": following,
        "late": following < today(),
        "days": row.kind.review_days,
        "may": member.holds(Role.EDITOR, row.unit),
    }


@staff_required
@require_POST
def confirm(request: HttpRequest, item_id: int) -> HttpResponse:
    """已核对，内容无变化: standing information was read again by an editor of its unit."""
    following = lifecycle.item_confirm(item_id=item_id, member=member_of(request), now=now())
    messages.success(request, f"已记录核对，下次核对不晚于 {following:%Y-%m-%d}。")
    return redirect("publishing-desk:item", item_id)


@staff_required
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One published item: its clock, its versions, and taking it down."""
    member = member_of(request)
    row = selectors.item_for(member, item_id)
    if row is None or row.visibility == Visibility.HIDDEN:
        raise NotVisible
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.item_withdraw(item_id=row.pk, member=member, now=now(), **form.cleaned_data)
            return redirect("desk:strip", kind="item", subject_id=str(row.pk))
        except InvalidInput as error:
            fold_errors(error, form)
    context = desk_context(
        request,
        current="published",
        page_title=row.title,
        item=row,
        form=form,
        clocks=_panels(row),
        exempt=bool(row.original_published_on),
        review=_review(row, member),
        versions=list(ItemVersion.objects.filter(item=row).defer("content")),
        public=row.visibility == Visibility.PUBLIC,
        asides=asides_of(row),
        edit_url=f"/admin/items/edit/{row.pk}/" if member.holds(Role.EDITOR, row.unit) else "",
        may_withdraw=row.visibility == Visibility.PUBLIC
        and (
            member.supervises(row.unit)
            or any(member.holds(role, row.unit) for role in services.WITHDRAWERS)
        ),
    )
    return render(request, "publishing/item.html", context, status=422 if form.errors else 200)
