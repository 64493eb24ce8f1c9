"""One item's page, its earlier versions, and what stands at the address of a withdrawn one."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from gongkai.catalogue.entries.public import public_satisfied
from gongkai.catalogue.models import Column, PublicSite
from gongkai.catalogue.selectors import public_sites
from gongkai.core import clock, memo
from gongkai.core.calendar import public_calendar
from gongkai.portal import chain, item_page, selectors
from gongkai.portal.context import absolute, column_tags, site_context, site_domain
from gongkai.portal.frame import open_site, show, sites_and_site
from gongkai.portal.outside import is_government, signed_target
from gongkai.publishing.compositions import addresses
from gongkai.publishing.enums import TITLE_SEALED, Visibility, WithdrawCategory
from gongkai.publishing.facts_view import file_address
from gongkai.publishing.importing.links import BLOB_SRC
from gongkai.publishing.models import Item
from gongkai.publishing.placing import item_path
from gongkai.publishing.rules_facts import URL
from gongkai.publishing.selectors import (
    public_item,
    public_relations,
    public_version,
    public_versions,
)
from gongkai.speech.selectors import public_recording
from gongkai.subscriptions.kinds import document_target, follow_path

_LARGEST = 2**62


def public_item_or_404(number: int) -> Item:
    """An item that is public or was withdrawn; raises Http404."""
    item = public_item(number) if number < _LARGEST else None
    if item is None:
        raise Http404("没有这条信息")
    return item


def tombstone(
    request: HttpRequest, item: Item, site: PublicSite, sites: list[PublicSite]
) -> HttpResponse:
    """The address stays, the content is gone: who withdrew what, when, in which case."""
    sealed = item.withdraw_category in TITLE_SEALED
    heading = "这条信息已经撤回" if sealed else item.title
    withdrawn = item_page.stamp(item.withdrawn_at)
    category = WithdrawCategory(item.withdraw_category).label if item.withdraw_category else ""
    context = site_context(
        site,
        request,
        sites=sites,
        page_title="这条信息已经撤回",
        tags=[
            ("ArticleTitle", heading),
            ("PubDate", withdrawn),
            ("ContentSource", item.unit.full_name),
            ("robots", "noindex"),
        ],
        trail=[(item.unit.short_name, f"{site.path}dw/{item.unit.code}/"), ("已撤回", "")],
        item=item,
        title="" if sealed else item.title,
        category=category,
    )
    return show(request, "withdrawn.html", context, status=410)


def _trail(item: Item, site: PublicSite, column: Column | None) -> list[tuple[str, str]]:
    unit = (item.unit.short_name, f"{site.path}dw/{item.unit.code}/")
    place = (column.name, column.path) if column else (item.kind.name, f"{site.path}zx/")
    return [place, unit, ("正文", "")]


def _picture(item: Item) -> str:
    """The address of the first picture of the text; empty for none."""
    found = BLOB_SRC.search(item.body)
    return absolute(file_address(item.pk, found[1], "picture")) if found else ""


def _sheet(item: Item, site: PublicSite, joint: list[str], today: date) -> dict[str, Any]:
    """What the sheet of paper itself shows, of the present or of an earlier version."""
    own = item_page.own_facts(item)
    return {
        "item": item,
        "head": {
            "title": item.title,
            "kind": item.kind.name,
            "category": item.genre,
            "meta": item_page.meta_rows(item, today, home=site.path, joint=joint),
        },
        "text": item_page.text_of(item, site_domain()),
        "files": item_page.files_of(item, without=own["used"] if own else ()),
        "own": own,
    }


@memo.while_public(
    lambda item, site, today: (item.pk, item.version, item.updated_at, site.pk, site.path, today)
)
def _page_of(item: Item, site: PublicSite, today: date) -> dict[str, Any]:
    """Everything that the page of a public item shows in the frame of a site."""
    columns = selectors.public_columns_of(item.pk)
    column = item_page.main_column(columns, site.pk)
    versions = public_versions(item)
    links = public_relations(item)
    joint = list(selectors.public_unit_names(item.joint_units).values())
    url = absolute(item_path(item.pk))
    calendar = public_calendar()
    return {
        "page_title": item.title,
        "tags": item_page.article_tags(
            item, column, url, item.unit.short_name, image=_picture(item)
        ),
        "feeds": [
            *([(column.name, f"{column.path}feed/")] if column else []),
            ("修改、废止和解读", f"{item_path(item.pk)}feed/"),
        ],
        "follow": follow_path("document", document_target(item.pk)),
        "trail": _trail(item, site, column),
        "canonical": url,
        "notices": item_page.notices(item, versions, today, links),
        "related": item_page.related(links),
        "chain": chain.chain_of(item, links, calendar, today),
        "columns": columns,
        "satisfied": public_satisfied("item", item.pk),
        "clock": item_page.clock_of(item, versions, calendar, today, links.documents),
        "events": item_page.timeline(
            item, versions, selectors.public_withdrawals(item.pk), links.interpretations
        ),
        "today": today,
        "recording": public_recording(item),
        **_sheet(item, site, joint, today),
    }


@require_safe
def scenario(request: HttpRequest, item_id: int, path: str) -> HttpResponse:
    """The item with its scenario after some answers; the path holds nothing but numbers of
    choices, so that every step has an address of its own and nothing of the reader is kept."""
    return item(request, item_id, path=path)


@require_safe
def item(request: HttpRequest, item_id: int, path: str = "") -> HttpResponse:
    """The item with its states, text, files, neighbours, clock and record."""
    found = public_item_or_404(item_id)
    sites = public_sites()
    site = open_site(sites, found.unit)
    if found.visibility == Visibility.WITHDRAWN:
        return tombstone(request, found, site, sites)
    page = dict(_page_of(found, site, clock.today()))
    if path:
        own = page["own"] or {}
        if "scenario" not in own:
            raise Http404("没有这一步")
        scene = dict(own["scenario"])  # the one of the page is shared by all its readers
        if not chain.follow(scene, path):
            raise Http404("没有这一步")
        page |= {
            "own": {**own, "scenario": scene},
            "tags": [*page["tags"], ("robots", "noindex")],
        }
    context = site_context(site, request, sites=sites, **page)
    return show(request, "item.html", context)


@require_safe
def leaving(request: HttpRequest, item_id: int, name: str) -> HttpResponse:
    """Before an address elsewhere is opened: where it leads. Only addresses that the public item
    itself gives; nothing is taken from the request."""
    found = public_item_or_404(item_id)
    label, target = addresses(found.kind, found.facts).get(name, ("", ""))
    if found.visibility != Visibility.PUBLIC or not URL.match(target):
        raise Http404("没有这个网址")
    if is_government(target):
        return HttpResponseRedirect(target)
    return _notice(request, target, found, label)


def _notice(request: HttpRequest, target: str, item: Item | None, label: str) -> HttpResponse:
    if item is None:
        sites, site = sites_and_site()
    else:
        sites = public_sites()
        site = open_site(sites, item.unit)
    host = urlsplit(target).hostname or target
    page = "即将离开本网站"
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=page,
        tags=[*column_tags(page, f"去{host}以前的提示", [], "办事服务"), ("robots", "noindex")],
        trail=[*([(item.title, item_path(item.pk))] if item else []), ("即将离开", "")],
        item=item,
        label=label,
        target=target,
        host=host,
    )
    return show(request, "leaving.html", context)


@require_safe
def leaving_signed(request: HttpRequest) -> HttpResponse:
    """The notice for a link in a text. The address carries our own signature, and works while the
    item that contains the link is public: a dead partner's domain does not stay a way out."""
    target, number = request.GET.get("u", ""), request.GET.get("n", "")
    item_id = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else -1
    if item_id < 0 or not signed_target(target, item_id, request.GET.get("s", "")):
        raise Http404("没有这个网址")
    found = public_item_or_404(item_id) if item_id else None
    if found is not None and found.visibility != Visibility.PUBLIC:
        raise Http404("没有这个网址")
    return _notice(request, target, found, "")


@require_safe
def version(request: HttpRequest, item_id: int, number: int) -> HttpResponse:
    """An earlier version, marked as such; a sealed one is explained, not shown."""
    found = public_item_or_404(item_id)
    sites = public_sites()
    site = open_site(sites, found.unit)
    if found.visibility == Visibility.WITHDRAWN:
        return tombstone(request, found, site, sites)
    if number == found.version:
        return HttpResponseRedirect(item_path(found.pk))
    versions = {v.number: v for v in public_versions(found)}
    row = versions.get(number)
    if row is None:
        raise Http404("没有这个版本")
    trail = [(found.title, item_path(found.pk)), (f"第 {number} 版", "")]
    tags = [("robots", "noindex")]
    following = versions.get(number + 1)
    old = public_version(found, number)
    if old is None:
        context = site_context(
            site,
            request,
            sites=sites,
            tags=tags,
            trail=trail,
            page_title="该版本已封存",
            item=found,
            number=number,
            version=row,
            following=following,
        )
        return show(request, "sealed.html", context, status=404)
    shown = item_page.item_as_of(found, old)
    joint = list(selectors.public_unit_names(shown.joint_units).values())
    url = absolute(item_path(found.pk))
    of_page = item_page.article_tags(
        shown, None, url, found.unit.short_name, published=old.released_at
    )
    context = site_context(
        site,
        request,
        sites=sites,
        tags=[*of_page, *tags],
        trail=trail,
        page_title=f"{shown.title}（历史版本）",
        canonical=url,
        version=old,
        following=following,
        replaced_because=following.change_note.rstrip("。") if following else "",
        **_sheet(shown, site, joint, clock.today()),
    )
    return show(request, "version.html", context)
