"""One item's page, its earlier versions, and what stands at the address of a withdrawn one."""

from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from gongkai.catalogue.entries.public import public_satisfied
from gongkai.catalogue.models import Column, PublicSite
from gongkai.catalogue.selectors import public_sites
from gongkai.core import clock
from gongkai.core.calendar import load_calendar
from gongkai.portal import chain, item_page, selectors
from gongkai.portal.context import absolute, site_context, site_domain
from gongkai.portal.frame import show, site_for_unit
from gongkai.publishing.compositions import addresses
from gongkai.publishing.enums import TITLE_SEALED, Visibility, WithdrawCategory
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

_LARGEST = 2**62


def _item(number: int) -> Item:
    item = public_item(number) if number < _LARGEST else None
    if item is None:
        raise Http404("没有这条信息")
    return item


def _tombstone(
    request: HttpRequest, item: Item, site: PublicSite, sites: list[PublicSite]
) -> HttpResponse:
    """The address stays, the content is gone: who withdrew what, when, in which case."""
    sealed = item.withdraw_category in TITLE_SEALED
    category = WithdrawCategory(item.withdraw_category).label if item.withdraw_category else ""
    context = site_context(
        site,
        request,
        sites=sites,
        page_title="这条信息已经撤回",
        tags=[("robots", "noindex")],
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


def _sheet(item: Item, site: PublicSite, joint: list[str]) -> dict[str, Any]:
    """What the sheet of paper itself shows, of the present or of an earlier version."""
    today = clock.today()
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


@require_safe
def scenario(request: HttpRequest, item_id: int, path: str) -> HttpResponse:
    """The item with its scenario after some answers; the path holds nothing but numbers of
    choices, so that every step has an address of its own and nothing of the reader is kept."""
    return item(request, item_id, path=path)


@require_safe
def item(request: HttpRequest, item_id: int, path: str = "") -> HttpResponse:
    """The item with its states, text, files, neighbours, clock and record."""
    found = _item(item_id)
    sites = public_sites()
    site = site_for_unit(sites, found.unit)
    if found.visibility == Visibility.WITHDRAWN:
        return _tombstone(request, found, site, sites)
    columns = selectors.public_columns_of(found.pk)
    column = item_page.main_column(columns, site.pk)
    versions = public_versions(found)
    links = public_relations(found)
    documents, interpretations = links.documents, links.interpretations
    joint = list(selectors.public_unit_names(found.joint_units).values())
    url = absolute(item_path(found.pk))
    sheet = _sheet(found, site, joint)
    tags = item_page.article_tags(found, column, url, found.unit.short_name)
    if path:
        shown = (sheet["own"] or {}).get("scenario")
        if shown is None or not chain.follow(shown, path):
            raise Http404("没有这一步")
        tags = [*tags, ("robots", "noindex")]
    calendar = load_calendar()
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=found.title,
        tags=tags,
        trail=_trail(found, site, column),
        canonical=url,
        notices=item_page.notices(found, versions, clock.today(), links),
        related=item_page.related(links),
        chain=chain.chain_of(found, links, calendar, clock.today()),
        columns=columns,
        satisfied=public_satisfied("item", found.pk),
        clock=item_page.clock_of(found, versions, calendar, clock.today(), documents),
        events=item_page.timeline(
            found, versions, selectors.public_withdrawals(found.pk), interpretations
        ),
        today=clock.today(),
        recording=public_recording(found),
        **sheet,
    )
    return show(request, "item.html", context)


@require_safe
def leaving(request: HttpRequest, item_id: int, name: str) -> HttpResponse:
    """Before an address elsewhere is opened: where it leads. Only addresses that the public item
    itself gives; nothing is taken from the request."""
    found = _item(item_id)
    label, target = addresses(found.kind, found.facts).get(name, ("", ""))
    if found.visibility != Visibility.PUBLIC or not URL.match(target):
        raise Http404("没有这个网址")
    sites = public_sites()
    site = site_for_unit(sites, found.unit)
    context = site_context(
        site,
        request,
        sites=sites,
        page_title="即将离开本网站",
        tags=[("robots", "noindex")],
        trail=[(found.title, item_path(found.pk)), ("即将离开", "")],
        item=found,
        label=label,
        target=target,
        host=urlsplit(target).hostname or target,
    )
    return show(request, "leaving.html", context)


@require_safe
def version(request: HttpRequest, item_id: int, number: int) -> HttpResponse:
    """An earlier version, marked as such; a sealed one is explained, not shown."""
    found = _item(item_id)
    sites = public_sites()
    site = site_for_unit(sites, found.unit)
    if found.visibility == Visibility.WITHDRAWN:
        return _tombstone(request, found, site, sites)
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
    context = site_context(
        site,
        request,
        sites=sites,
        tags=tags,
        trail=trail,
        page_title=f"{shown.title}（历史版本）",
        canonical=absolute(item_path(found.pk)),
        version=old,
        following=following,
        replaced_because=following.change_note.rstrip("。") if following else "",
        **_sheet(shown, site, joint),
    )
    return show(request, "version.html", context)
