"""The two catalogues for the public: which information is published by whom, until when, and the
newest records under each entry."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gongkai.catalogue.entries.fields import STATUTORY, field_name, fields
from gongkai.catalogue.entries.models import Entry
from gongkai.catalogue.entries.public import (
    public_catalogue,
    public_catalogues,
    public_entries,
    public_entry_units,
)
from gongkai.portal import listing
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, sites_and_site

PER_PAGE = 40


@require_safe
def catalogues(request: HttpRequest, district: str = "") -> HttpResponse:
    """The catalogues of the site's government, with how much of each is published."""
    sites, site = sites_and_site(district)
    found = public_catalogues(site.owner)
    name = "公开目录"
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=name,
        tags=column_tags(name, f"{site.owner.full_name}公开目录", ["目录"], "信息公开目录"),
        trail=[(name, "")],
        statutory=[c for c in found if c.key == STATUTORY],
        fields=[c for c in found if c.key != STATUTORY],
        path=f"{site.path}ml/",
        entries=sum(c.entries for c in found),
        others=[s for s in sites if s.pk != site.pk],
    )
    return show(request, "catalogues.html", context)


@require_safe
def catalogue(request: HttpRequest, key: str, district: str = "") -> HttpResponse:
    """The nine columns of one catalogue; ``?unit=`` narrows to one unit's entries."""
    sites, site = sites_and_site(district)
    if key != STATUTORY and key not in fields():
        raise Http404("没有这个领域")
    found = public_catalogue(site.owner, key)
    if found is None:
        raise Http404("这个领域还没有目录")
    units = public_entry_units(found)
    unit = next((u for u in units if u.code == request.GET.get("unit", "")), None)
    rows = Entry.objects.filter(catalogue=found, retired_at=None).order_by("sort", "pk")
    if unit is not None:
        rows = rows.filter(answering__unit=unit, answering__ended_on=None)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    name = field_name(found.field)
    path = f"{site.path}ml/{key}/"
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=f"{name}公开目录",
        tags=column_tags(f"{name}公开目录", found.name, ["目录", name], "信息公开目录"),
        trail=[("公开目录", f"{site.path}ml/"), (name, "")],
        catalogue=found,
        name=name,
        rows=public_entries(list(page.object_list), unit.code if unit else ""),
        page=page,
        query=f"unit={unit.code}" if unit else "",
        units=units,
        unit=unit,
        path=path,
        unit_root=f"{site.path}dw/",
        all_units=listing.address(path),
    )
    return show(request, "catalogue.html", context)
