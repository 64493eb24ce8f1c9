"""What programs read: feeds, the list of all addresses for search engines, robots.txt."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from gongkai.catalogue.models import ColumnKind
from gongkai.catalogue.selectors import public_column, public_sites
from gongkai.core import clock
from gongkai.core.clock import SHANGHAI
from gongkai.portal import feeds
from gongkai.portal import selectors_machines as selectors
from gongkai.portal.context import absolute
from gongkai.portal.frame import site_for_unit, sites_and_site
from gongkai.portal.unit_frame import find_unit, unit_path
from gongkai.publishing.placing import item_path

PART = 10_000
"""Item numbers in one part of the site map, and so at most as many addresses: a part keeps its
place for ever and nothing has to be counted."""
XML = "application/xml; charset=utf-8"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<{tag} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)
_PLACES = (
    "", "zx/", "dw/", "ml/", "jd/", "columns/", "sitemap/", "accessibility/", "contact/", "cy/",
)  # fmt: skip
_ROBOTS = """User-agent: *
Disallow: /desk/
Disallow: /admin/
Disallow: /f/
Disallow: /tour/
Disallow: /likai/
Disallow: /search/
Disallow: /nr/*/pdf/
Disallow: /qx/*/search/

Sitemap: {sitemap}
"""


@require_safe
def site_feed(request: HttpRequest, district: str = "") -> HttpResponse:
    """The newest of a whole site."""
    _, site = sites_and_site(district)
    return feeds.answer(
        request,
        title=f"{site.name}最新公开",
        subtitle=site.slogan,
        page=site.path,
        column=public_column(site, "latest"),
    )


@require_safe
def topic_feed(request: HttpRequest, key: str, district: str = "") -> HttpResponse:
    """The newest of one topic."""
    _, site = sites_and_site(district)
    column = public_column(site, key)
    if column is None or column.kind != ColumnKind.TOPIC:
        raise Http404("没有这个栏目")
    return feeds.answer(
        request,
        title=f"{column.name} - {site.name}",
        subtitle=column.description,
        page=column.path,
        column=column,
    )


@require_safe
def unit_feed(request: HttpRequest, code: str, district: str = "") -> HttpResponse:
    """The newest of one unit, at the address of its own site only."""
    sites, site = sites_and_site(district)
    unit, column = find_unit(code, clock.today())
    if site_for_unit(sites, unit).pk != site.pk:
        raise Http404("没有这个单位")
    return feeds.answer(
        request,
        title=f"{unit.full_name}政府信息公开专栏",
        subtitle=f"{unit.full_name}主动公开的信息",
        page=unit_path(site, unit),
        column=column,
    )


def _line(tag: str, path: str, moment: datetime | None) -> str:
    last = f"<lastmod>{moment.astimezone(SHANGHAI).isoformat()}</lastmod>" if moment else ""
    return f"<{tag}><loc>{escape(absolute(path))}</loc>{last}</{tag}>\n"


def _stream(tag: str, lines: Iterable[str]) -> HttpResponseBase:
    def written() -> Iterator[str]:
        yield _HEAD.format(tag=tag)
        yield from lines
        yield f"</{tag}>\n"

    return StreamingHttpResponse(written(), content_type=XML)


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponseBase:
    """The parts that hold something. Times stand beside the addresses in the parts: the newest of
    a part would cost a look at every version of the archive."""
    parts = [0, *selectors.public_map_parts(PART)]
    lines = [_line("sitemap", f"/sitemap-{part}.xml", None) for part in parts]
    return _stream("sitemapindex", lines)


@require_safe
def sitemap_part(request: HttpRequest, part: int) -> HttpResponseBase:
    """Part 0: places of all open sites; part n: items. Read in short pieces while it is sent, so
    that neither memory nor a reader's slow line holds anything up."""
    if part == 0:
        return _stream("urlset", _places())
    if part > 2**40:
        raise Http404("没有这一部分")
    pieces = selectors.public_map_items((part - 1) * PART, part * PART)
    first = next(pieces, None)
    if first is None:
        raise Http404("没有这一部分")
    return _stream("urlset", _items(first, pieces))


def _items(
    first: list[tuple[int, datetime]], pieces: Iterator[list[tuple[int, datetime]]]
) -> Iterator[str]:
    yield "".join(_line("url", item_path(pk), moment) for pk, moment in first)
    for piece in pieces:
        yield "".join(_line("url", item_path(pk), moment) for pk, moment in piece)


def _places() -> Iterator[str]:
    sites = [site for site in public_sites() if not site.shut]
    for site in sites:
        for place in _PLACES:
            yield _line("url", f"{site.path}{place}", None)
    for path in selectors.public_column_paths(sites):
        yield _line("url", path, None)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What programs need not read: staff pages, forms, notices, result lists."""
    text = _ROBOTS.format(sitemap=absolute("/sitemap.xml"))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
