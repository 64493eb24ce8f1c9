"""Public pages of the whole site: stream, maps and statements."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from gongkai.catalogue.models import ColumnKind
from gongkai.catalogue.selectors import public_column
from gongkai.portal import listing, rules, selectors
from gongkai.portal.context import column_tags, site_context, tags_of
from gongkai.portal.frame import show, sites_and_site
from gongkai.publishing.selectors import public_kinds
from gongkai.subscriptions.kinds import column_target, follow_path

VIEW_SECONDS = 365 * 24 * 3600


@require_safe
def stream(request: HttpRequest, district: str = "") -> HttpResponse:
    """Everything a site publishes, newest first, by kind and year."""
    sites, site = sites_and_site(district)
    column = public_column(site, "latest")
    if column is None:
        raise Http404("没有这个栏目")
    kind = request.GET.get("kind", "")
    opinion = kind == "opinion"
    kinds = public_kinds()
    if kind not in kinds and not opinion:
        kind = ""
    year = listing.year_of(request.GET.get("year"))
    after = selectors.known_cursor(request.GET.get("after", ""))
    page = selectors.public_stream(
        column, kind="" if opinion else kind, opinion=opinion, after=after, year=year
    )
    counts = selectors.public_unit_kinds(column)
    offered = {
        key: found.name
        for key, found in kinds.items()
        if key == kind or (found.tab and counts.get(key))
    }
    labels = {"": "全部", **offered, "opinion": "征集意见"}
    heading = {"": column.name, "opinion": "正在征集和征集过的意见"}.get(kind, labels[kind])
    tabs = [
        {"label": label, "url": listing.address(column.path, kind=key), "current": key == kind}
        for key, label in labels.items()
    ]
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=heading,
        tags=tags_of(column, offered.values()),
        trail=[(column.name, column.path), (heading, "")] if kind else [(column.name, "")],
        column=column,
        heading=heading,
        opinion=opinion,
        follow=follow_path(*column_target(column)),
        tabs=tabs,
        rows=listing.rows(page.cards, summary=True),
        years=listing.year_links(column.path, selectors.public_years(column), year, kind=kind),
        year=year,
        pages=listing.pages(column.path, after=after, following=page.next, kind=kind, year=year),
    )
    return show(request, "stream.html", context)


@require_safe
def sitemap(request: HttpRequest, district: str = "") -> HttpResponse:
    """Every place of every site, in one list."""
    sites, site = sites_and_site(district)
    by_site = selectors.public_site_columns(sites)
    context = site_context(
        site,
        request,
        sites=sites,
        page_title="站点地图",
        tags=column_tags("站点地图", f"{site.name}的站点地图", [], "信息公开目录"),
        trail=[("站点地图", "")],
        maps=[
            (other, [c for c in by_site.get(other.pk, []) if c.kind == ColumnKind.TOPIC])
            for other in sites
        ],
        kinds={key: kind.name for key, kind in public_kinds().items() if kind.tab},
    )
    return show(request, "sitemap.html", context)


def _plain(
    request: HttpRequest, district: str, template: str, name: str, description: str, **more: Any
) -> HttpResponse:
    sites, site = sites_and_site(district)
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=name,
        tags=column_tags(name, description, [], "概况信息"),
        trail=[(name, "")],
        all_sites=sites,
        **more,
    )
    return show(request, template, context)


@require_safe
def accessibility(request: HttpRequest, district: str = "") -> HttpResponse:
    """What is done for readers with disabilities, and what is not."""
    return _plain(
        request,
        district,
        "accessibility.html",
        "无障碍声明",
        "本网站的无障碍功能和已知的不足",
        recordings=bool(settings.SPEECH_COMMAND),
    )


@require_safe
def contact(request: HttpRequest, district: str = "") -> HttpResponse:
    """Who runs the site, and how to report an error on a page."""
    return _plain(
        request,
        district,
        "contact.html",
        "联系方式",
        "主办和承办单位、找错、申请公开",
    )


@require_safe
def choose_view(request: HttpRequest) -> HttpResponse:
    """Remember (or forget) the elder view and go back to the page the reader came from."""
    response = HttpResponseRedirect(rules.safe_next(request.GET.get("next", "")))
    if request.GET.get("to") == "elder":
        response.set_cookie(
            "view", "elder", max_age=VIEW_SECONDS, samesite="Lax", secure=request.is_secure()
        )
    else:
        response.delete_cookie("view", samesite="Lax")
    response["Cache-Control"] = "no-store"
    return response
