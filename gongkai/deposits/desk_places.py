"""The reading places at the desk: what the public list says, kept by the supervising office."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongkai.core.clock import now
from gongkai.core.errors import InvalidInput, NotVisible
from gongkai.deposits import places, selectors
from gongkai.deposits.desk import KEEPERS
from gongkai.deposits.forms import PlaceForm
from gongkai.deposits.models import ReadingPlace
from gongkai.organisations.desk import desk_context, fold_errors, member_of, posted, role_required

PER_PAGE = 20


@role_required(*KEEPERS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All places of the areas one looks after."""
    rows = selectors.places_for(member_of(request)).order_by("-active", "order", "pk")
    context = desk_context(
        request,
        current="places",
        page_title="查阅场所",
        page=Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    )
    return render(request, "deposits/places.html", context)


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Enter a place."""
    return _edit(request, None)


@role_required(*KEEPERS)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, place_id: int) -> HttpResponse:
    """Change a place; saving says that it was checked today."""
    found = selectors.places_for(member_of(request)).filter(pk=place_id).first()
    if found is None:
        raise NotVisible
    return _edit(request, found)


def _edit(request: HttpRequest, row: ReadingPlace | None) -> HttpResponse:
    member = member_of(request)
    owners = selectors.owners_for(member)
    if row is not None:
        owners = owners | owners.model.objects.filter(pk=row.owner_id).order_by("order", "pk")
    names = ("owner", "kind", "name", "address", "hours", "phone", "offers", "order")
    initial = {n: getattr(row, n) for n in names} if row else {"owner": owners.first()}
    form = PlaceForm(posted(request), owners=owners, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "order": form.cleaned_data["order"] or 0}
        try:
            places.place_save(place_id=row.pk if row else None, member=member, now=now(), **data)
            return redirect("deposits-desk:places")
        except InvalidInput as error:
            fold_errors(error, form)
    context = desk_context(
        request,
        current="places",
        page_title=row.name if row else "登记查阅场所",
        place=row,
        form=form,
    )
    return render(request, "deposits/place.html", context, status=422 if form.errors else 200)


@role_required(*KEEPERS)
@require_POST
def end(request: HttpRequest, place_id: int) -> HttpResponse:
    """Take a place off the public list."""
    places.place_end(place_id=place_id, member=member_of(request), now=now())
    return redirect("deposits-desk:places")
