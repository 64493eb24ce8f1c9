"""Staff screens for information that is or was public: find it, see its clock, withdraw it."""

from datetime import datetime

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import day_of, now
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.core.workdays import DueDate
from gongkai.organisations.desk import desk_context, fold_errors, member_of, posted, staff_required
from gongkai.organisations.enums import Role
from gongkai.publishing import selectors, services
from gongkai.publishing.enums import Visibility, WithdrawCategory
from gongkai.publishing.models import ItemVersion


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


@staff_required
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """Everything my units have published, newest first."""
    words = request.GET.get("q", "").strip()[:60]
    rows = (
        selectors.items_for(member_of(request))
        .exclude(visibility=Visibility.HIDDEN)
        .defer("body", "facts", "attachments")
        .order_by("-published_at", "-id")
    )
    state = request.GET.get("state", "")
    if state in (Visibility.PUBLIC, Visibility.WITHDRAWN):
        rows = rows.filter(visibility=state)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(doc_no__icontains=words))
    page = Paginator(rows, 20).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        current="published",
        page_title="已公开",
        page=page,
        words=words,
        state=state,
        states=[(Visibility.PUBLIC, "已公开"), (Visibility.WITHDRAWN, "已撤回")],
    )
    return render(request, "publishing/items.html", context)


def _workdays_used(due: DueDate | None, published_at: datetime | None) -> int | None:
    """On which working day of the period it became public; None without a period or after it."""
    if due is None or published_at is None:
        return None
    day = day_of(published_at)
    counted = [step for step in due.steps if step.counted]
    return sum(1 for step in counted if step.date <= day) if day <= due.date else None


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
    due = selectors.publish_due(row, load_calendar())
    used = _workdays_used(due, row.published_at)
    context = desk_context(
        request,
        current="published",
        page_title=row.title,
        item=row,
        form=form,
        due=due,
        late=selectors.lateness(row, due),
        used=used,
        ticks=[day <= used for day in range(1, row.kind.due_workdays + 1)] if used else [],
        versions=list(ItemVersion.objects.filter(item=row).defer("content")),
        public=row.visibility == Visibility.PUBLIC,
        edit_url=f"/admin/items/edit/{row.pk}/" if member.holds(Role.EDITOR, row.unit) else "",
        may_withdraw=row.visibility == Visibility.PUBLIC
        and (
            member.supervises(row.unit)
            or any(member.holds(role, row.unit) for role in services.WITHDRAWERS)
        ),
    )
    return render(request, "publishing/item.html", context, status=422 if form.errors else 200)
