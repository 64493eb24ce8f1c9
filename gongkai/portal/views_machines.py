"""What programs read: feeds, the list of all addresses for search engines, robots.txt."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from gongkai.catalogue.models import ColumnKind
from gongkai.catalogue.selectors import public_column, public_sections, public_sites
from gongkai.core import clock
from gongkai.core.clock import SHANGHAI
from gongkai.portal import feeds
from gongkai.portal import selectors_machines as selectors
from gongkai.portal.context import absolute
from gongkai.portal.frame import open_site, site_for_unit, sites_and_site
from gongkai.portal.item_life import public_life
from gongkai.portal.selectors import public_told_of
from gongkai.portal.unit_frame import find_unit, unit_path
from gongkai.portal.views_items import public_item_or_404, tombstone
from gongkai.publishing.enums import Visibility
from gongkai.publishing.placing import item_path
from gongkai.publishing.selectors import public_kinds
from gongkai.subscriptions import hits
from gongkai.subscriptions.kinds import search_path, search_words
from gongkai.subscriptions.registry import followable

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
Disallow: /nr/*/feed/
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
    """The newest of one topic, or of one of its sections (``fq``)."""
    _, site = sites_and_site(district)
    column = public_column(site, key)
    if column is None or column.kind != ColumnKind.TOPIC:
        raise Http404("没有这个栏目")
    wanted = request.GET.get("fq", "")
    section = next((s for s in public_sections(column) if s.key == wanted), None)
    return feeds.answer(
        request,
        title=f"{column.name}{f'·{section.name}' if section else ''} - {site.name}",
        subtitle=column.description,
        page=column.path,
        column=column,
        section=section,
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


@require_safe
def search_feed(request: HttpRequest, district: str = "") -> HttpResponse:
    """The newest of what a search finds; the parameters are those of the results page."""
    _, site = sites_and_site(district)
    given = {name: request.GET.getlist(name) for name in request.GET}
    search = followable("search")
    target = search.canonical({**given, "district": [district]}) if search else ""
    if not target:
        raise Http404("没有这个检索")
    try:
        ids = hits.found(target, now=clock.now(), size=feeds.SIZE)
    except hits.NoIndex:
        ids = []  # being built: a reader keeps what it had
    kinds = public_kinds()
    cards = [
        {
            "id": told.id,
            "title": told.title,
            "path": told.path,
            "summary": told.summary,
            "unit": told.unit,
            "kind_name": kinds[told.kind].name if told.kind in kinds else "",
            "published_at": told.published_at,
        }
        # The index knows days only.
        for told in sorted(public_told_of(ids), key=lambda t: t.published_at, reverse=True)
    ]
    words = search_words(target)
    return feeds.of_cards(
        request, cards, f"检索{words} - {site.name}", f"符合{words}的最新信息",
        search_path(target), search_path(target, feed=True),
    )  # fmt: skip


@require_safe
def item_feed(request: HttpRequest, item_id: int) -> HttpResponse:
    """The life of one document: versions, what became of its validity, and what explains, answers
    for, ends or cites it. 410 once it is withdrawn, so that programs stop asking."""
    found = public_item_or_404(item_id)
    sites = public_sites()
    site = open_site(sites, found.unit)
    if found.visibility == Visibility.WITHDRAWN:
        return tombstone(request, found, site, sites)
    return feeds.of_events(
        request,
        public_life(found),
        title=f"{found.title} - 修改、废止和解读",
        subtitle=f"{found.unit.full_name}公开的《{found.title}》有了什么变化",
        page=item_path(found.pk),
        author=found.unit.short_name,
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
