"""The directory of a unit (条例第十二条第三款): as a page, and as files to take along."""

from collections.abc import Iterator
from urllib.parse import quote

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
)
from django.views.decorators.http import require_safe

from gongkai.catalogue.entries.enums import ARTICLES
from gongkai.catalogue.entries.public import public_article_counts
from gongkai.catalogue.models import Column
from gongkai.core import clock
from gongkai.portal import listing
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, site_for_unit, sites_and_site
from gongkai.portal.unit_frame import (
    KNOWN,
    find_unit,
    rail,
    rule_cards,
    statutory_total,
    unit_path,
)
from gongkai.profiles import directory as directories
from gongkai.profiles.selectors import public_profile

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def _filter(request: HttpRequest) -> directories.Filter:
    kind = request.GET.get("kind", "")
    known = len(kind) <= 50 and kind.replace("_", "").replace("-", "").isalnum()
    article = request.GET.get("article", "")
    return directories.Filter(
        kind=kind if known else "",
        year=listing.year_of(request.GET.get("year")),
        article=article if article in ARTICLES else "",
    )


@require_safe
def directory(request: HttpRequest, code: str, district: str = "") -> HttpResponse:
    """The directory of a unit by kind and year, newest first, read by key."""
    sites, site = sites_and_site(district)
    found, column = find_unit(code, clock.today())
    home = site_for_unit(sites, found)
    if home.pk != site.pk:
        return HttpResponsePermanentRedirect(f"{unit_path(home, found)}ml/")
    path = unit_path(site, found)
    here = f"{path}ml/"
    wanted = _filter(request)
    after = directories.known_cursor(request.GET.get("after", ""))
    figures = directories.public_figures(column) if column else None
    page = directories.public_directory(column, wanted, after=after) if column else None
    profile = public_profile(column)
    query = {"kind": wanted.kind, "year": wanted.year, "article": wanted.article}
    articles = public_article_counts(found.pk)
    name, tag = KNOWN["directory"]
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=f"{name} - {found.short_name}",
        tags=column_tags(
            f"{found.short_name}{name}",
            f"{found.full_name}公开的全部政府信息：索引号、名称、内容概述、生成日期",
            ["政府信息公开", found.short_name],
            tag,
        ),
        trail=[("单位公开专栏", f"{site.path}dw/"), (found.short_name, path), (name, "")],
        unit=found,
        unit_kind=found.get_kind_display(),
        unit_path=path,
        ended=not found.valid_on(clock.today()),
        part="directory",
        part_name=name,
        figures=figures,
        rows=page.rows if page else (),
        wanted=wanted,
        filtered=any(query.values()),
        articles=[(key, ARTICLES[key], count) for key, count in articles.items()],
        here_url=here,
        files=[
            {"label": label, "url": listing.address(f"{here}{key}/", **query)}
            for key, label in (("xlsx", "下载 Excel 表"), ("csv", "下载 CSV"))
        ],
        pages=listing.pages(here, after=after, following=page.next if page else "", **query),
        **rail(
            path,
            "directory",
            profile,
            total=statutory_total({key: n for key, _, n in figures.kinds}) if figures else 0,
            rules=len(rule_cards(found, profile)) + len(profile.of("system")),
        ),
    )
    return show(request, "unit_directory.html", context)


@require_safe
def directory_file(
    request: HttpRequest, code: str, form: str, district: str = ""
) -> HttpResponseBase:
    """The whole directory, or the part that the same filter shows, as a file; streamed."""
    if form not in FORMATS:
        raise Http404("没有这种格式")
    sites, site = sites_and_site(district)
    found, column = find_unit(code, clock.today())
    home = site_for_unit(sites, found)
    if home.pk != site.pk:
        return HttpResponsePermanentRedirect(f"{unit_path(home, found)}ml/{form}/")
    wanted = _filter(request)
    response = StreamingHttpResponse(
        _chunks(column, wanted, form, found.short_name), content_type=FORMATS[form]
    )
    part = f"{wanted.year}年" if wanted.year else ""
    filename = quote(f"{found.short_name}{part}政府信息公开目录.{form}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{filename}"
    response["X-Robots-Tag"] = "noindex"
    return response


def _chunks(
    column: Column | None, wanted: directories.Filter, form: str, name: str
) -> Iterator[bytes]:
    if form == "csv":
        return directories.csv_chunks(column, wanted, root=settings.BASE_URL)
    return directories.xlsx_chunks(column, wanted, root=settings.BASE_URL, title=f"{name}目录")
