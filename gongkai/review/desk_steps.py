"""Which steps each unit's submissions pass: the list and the page where they are changed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from gongkai.core.clock import now, today
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.core.typed import containing
from gongkai.organisations.desk import desk_context, fold_errors, member_of, posted, role_required
from gongkai.organisations.enums import Role
from gongkai.review import stepping
from gongkai.review.enums import ACTIVE, Step
from gongkai.review.forms import StepsForm
from gongkai.review.models import ReviewCase
from gongkai.review.services import steps_for

KEEPERS = (Role.SUPERVISOR, Role.OPERATOR)
PER_PAGE = 30


@role_required(*KEEPERS)
@require_safe
def steps(request: HttpRequest) -> HttpResponse:
    """Every unit one looks after, with its steps and whether each is staffed."""
    words = request.GET.get("q", "").strip()[:40]
    units = stepping.units_for(member_of(request))
    if words:
        units = units.filter(containing(words, "short_name", "full_name"))
    page = Paginator(units, PER_PAGE).get_page(request.GET.get("page"))
    context = desk_context(
        request,
        current="steps",
        page_title="审核步骤",
        page=page,
        rows=stepping.rows_of(list(page.object_list), today()),
        words=words,
    )
    return render(request, "review/steps.html", context)


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def unit_steps(request: HttpRequest, unit_id: int) -> HttpResponse:
    """One unit's steps; what is under way keeps the steps it began with."""
    member = member_of(request)
    unit = stepping.units_for(member).filter(pk=unit_id).first()
    if unit is None:
        raise NotVisible
    row = stepping.rows_of([unit], today())[0]
    form = StepsForm(
        posted(request),
        initial={
            "mode": "own" if row.own else "common",
            "steps": [step for step in steps_for(unit) if step != Step.SECRECY],
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            stepping.steps_set(
                unit_id=unit.pk,
                steps=form.cleaned_data["steps"],
                common=form.cleaned_data["mode"] == "common",
                member=member,
                now=now(),
            )
            return redirect("review-desk:unit-steps", unit_id=unit.pk)
        except InvalidInput as error:
            fold_errors(error, form)
    context = desk_context(
        request,
        current="steps",
        page_title=f"审核步骤：{unit.short_name}",
        unit=unit,
        row=row,
        form=form,
        sees=member.may_see(unit),
        running=ReviewCase.objects.filter(unit=unit, status__in=ACTIVE).count(),
    )
    return render(request, "review/unit_steps.html", context, status=422 if form.errors else 200)
