"""What every public page carries: the site's name and identifiers, page tags, the demo bar.

Never touches the session or the user, so that a page is the same for everybody.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest

from gongkai.catalogue.models import Column, PublicSite
from gongkai.catalogue.sites.enums import State
from gongkai.catalogue.sites.selectors import public_notice
from gongkai.portal.verbs import verbs_of

ERROR_FORM = "/f/zhaocuo/"
# Both registers are of ministries and open without a notice (see portal.outside).
ICP_REGISTER = "https://beian.miit.gov.cn/"

Tags = list[tuple[str, str]]
Trail = Sequence[tuple[str, str]]


def absolute(path: str) -> str:
    """The full address of a path on this installation."""
    return f"{settings.BASE_URL}{path}"


def site_domain() -> str:
    """The host name that page tags carry (国办发〔2017〕47号, 网页标签规范)."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def site_tags(site: PublicSite) -> Tags:
    """The three mandatory site tags, in this order on every page."""
    return [
        ("SiteName", site.name),
        ("SiteDomain", site_domain()),
        ("SiteIDCode", site.site_code),
    ]


def column_tags(name: str, description: str, keywords: Iterable[str], kind: str) -> Tags:
    """The four mandatory tags of a column page; none of them may be empty."""
    words = "，".join(dict.fromkeys(filter(None, (name, *keywords))))
    return [
        ("ColumnName", name),
        ("ColumnDescription", description or name),
        ("ColumnKeywords", words),
        ("ColumnType", kind or "政策文件"),
    ]


def tags_of(column: Column, sections: Iterable[str] = ()) -> Tags:
    """The tags of a stored column."""
    return column_tags(column.name, column.description, sections, column.tag_type)


def demo_bar() -> dict[str, Any] | None:
    """The bar of a demonstration city; None elsewhere. A visitor is always 市民 here."""
    day = settings.DEMO_DATE
    if day is None:
        return None
    return {
        "date_label": f"{day.year} 年 {day.month} 月 {day.day} 日",
        "identity": "市民",
        "links_only": True,
        "switch_url": "/f/role/",
        "tour_url": "/tour/",
    }


def area_of(site: PublicSite) -> str:
    """The area code of a district's site; empty for the city's."""
    return site.owner.code if site.prefix else ""


def error_report_url(site: PublicSite, path: str) -> str:
    """Where a reader reports that something is wrong on a page; the form knows the site by the
    page's address, and by ``site`` where the address alone does not tell it."""
    district = f"&site={site.key}" if site.prefix else ""
    return f"{ERROR_FORM}?page={quote(path)}{district}"


def site_context(
    site: PublicSite,
    request: HttpRequest,
    *,
    sites: Iterable[PublicSite] = (),
    page_title: str = "",
    tags: Tags | None = None,
    trail: Trail = (),
    **more: Any,
) -> dict[str, Any]:
    """The frame of a public page of ``site``; ``tags``, ``trail`` and ``feeds`` (name, address)
    come after its own."""
    home = site.path
    others = [
        {"label": other.name, "url": other.path}
        for other in sites
        if other.pk != site.pk and other.state != State.CLOSED
    ]
    return {
        "here": site,
        "home": home,
        "site": {
            "id_code": site.site_code,
            "sponsor": site.organiser,
            "operator": site.undertaker,
            "phone": site.contact,
            "icp": site.icp,
            "icp_url": ICP_REGISTER,
            "police": site.police,
            "home_url": home,
            "search_url": f"{home}search/",
            "columns_url": f"{home}columns/",
            "contact_url": f"{home}contact/",
            "sitemap_url": f"{home}sitemap/",
            "accessibility_url": f"{home}accessibility/",
            "convert_url": "/zi/",
            "manifest_url": f"{home}elder.webmanifest",
            "error_report_url": error_report_url(site, request.path),
            "notice": public_notice(site),
            "links": others,
        },
        "site_name": site.name,
        "site_owner": f"{site.owner.full_name} · {site_domain()} · 简体中文",
        "feeds": [(f"{site.name}最新公开", f"{home}feed/"), *more.pop("feeds", ())],
        "page_title": page_title,
        "page_tags": [*site_tags(site), *(tags or [])],
        "trail": [("首页", home), *trail] if trail else [],
        "verbs": verbs_of(site, request.get_full_path()),
        "demo": demo_bar(),
        **more,
    }
