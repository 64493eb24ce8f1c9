"""The PDF of a public item, made when somebody first asks for it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from gongkai.catalogue.models import PublicSite
from gongkai.catalogue.selectors import public_sites
from gongkai.core import clock
from gongkai.core.blobs import Grant
from gongkai.core.clock import SHANGHAI
from gongkai.core.views import deliver
from gongkai.portal import item_page, selectors
from gongkai.portal.context import absolute, column_tags, site_context, site_domain
from gongkai.portal.frame import open_site, show
from gongkai.portal.pdf import making
from gongkai.portal.views_items import public_item_or_404, tombstone
from gongkai.publishing.enums import Visibility
from gongkai.publishing.importing.links import BLOB_SRC
from gongkai.publishing.models import Item
from gongkai.publishing.placing import item_path
from gongkai.publishing.selectors import public_versions

_NAME_LENGTH = 60


def _pairs(rows: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """The rows of the head block two by two; wide ones stand alone."""
    short = [row for row in rows if row["value"] and not row.get("wide")]
    found: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
        (short[n], short[n + 1] if n + 1 < len(short) else None) for n in range(0, len(short), 2)
    ]
    return found + [(row, None) for row in rows if row["value"] and row.get("wide")]


def sheet_of(item: Item, site: PublicSite) -> making.Sheet:
    """Everything the document shows, from what is public now."""
    today = clock.today()
    joint = list(selectors.public_unit_names(item.joint_units).values())
    context = {
        "item": item,
        "site_name": site.name,
        "url": absolute(item_path(item.pk)),
        "rows": _pairs(item_page.meta_rows(item, today, home=site.path, joint=joint)),
        "notices": [
            entry
            for entry in item_page.notices(item, public_versions(item), today)
            if entry.tone != "ok"
        ],
        "own": item_page.own_facts(item),
        "text": item_page.text_of(item, site_domain(), paper=True),
        "files": item_page.files_of(item),
    }
    made_at = clock.now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    shas = [*BLOB_SRC.findall(item.body), *(entry["sha256"] for entry in item.attachments or [])]
    return making.Sheet(
        item_id=item.pk,
        bare=render_to_string("portal/pdf/item.html", context),
        dated=render_to_string("portal/pdf/item.html", {**context, "made_at": made_at}),
        pictures={sha[:16]: sha for sha in shas},
    )


def _name(title: str) -> str:
    plain = "".join(c for c in title if c.isalnum() or c in "（）《》“”〔〕-")
    return f"{plain[:_NAME_LENGTH] or 'wenjian'}.pdf"


@require_safe
def pdf(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """The document as a file; why not, where it cannot be made; 410 after a withdrawal."""
    item = public_item_or_404(item_id)
    sites = public_sites()
    site = open_site(sites, item.unit)
    if item.visibility == Visibility.WITHDRAWN:
        return tombstone(request, item, site, sites)
    sheet = sheet_of(item, site)
    try:
        if not making.kept(sheet):
            making.make(sheet)
    except making.CannotMake as reason:
        return _cannot(request, item, site, sites, reason)
    grant = Grant("", _name(item.title), "application/pdf", inline=True, public=True)
    return deliver(sheet.path, grant)


def _cannot(
    request: HttpRequest,
    item: Item,
    site: PublicSite,
    sites: list[PublicSite],
    reason: making.CannotMake,
) -> HttpResponse:
    name = "暂时不能生成 PDF"
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=name,
        tags=[*column_tags(name, "用浏览器打印的办法", [], "办事服务"), ("robots", "noindex")],
        trail=[(item.title, item_path(item.pk)), ("PDF", "")],
        item=item,
        words=reason.words,
    )
    response = show(request, "no_pdf.html", context, status=503)
    if reason.again:
        response["Retry-After"] = str(reason.again)
    return response
