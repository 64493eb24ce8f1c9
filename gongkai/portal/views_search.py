"""Searching: the results page of a site."""

import time
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from gongkai.core import clock
from gongkai.portal import search
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, sites_and_site
from gongkai.portal.search_question import suggestions
from gongkai.portal.search_saved import follow_query
from gongkai.search import traces


@require_safe
def results(request: HttpRequest, district: str = "") -> HttpResponse:
    """What a site (a district's: its own, the city's: all of them) has of what was typed."""
    sites, site = sites_and_site(district)
    started = time.perf_counter()
    found = search.results(request.GET, sites, site, clock.today())
    trace = _noted(request, found, (time.perf_counter() - started) * 1000)
    here = f"{site.path}search/"
    typed = found["wanted"].q[:60]
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=f"“{typed}”的搜索结果" if typed else "搜索",
        tags=[
            *column_tags("搜索", "在全部公开信息的标题、正文和附件里查找", [], "办事服务"),
            ("robots", "noindex"),
        ],
        trail=[("搜索", "")],
        here_url=here,
        trace=trace,
        follow=follow_query(found["wanted"], district) if found["ready"] else "",
        # They stand twice, for wide and for narrow screens.
        facets_html=render_to_string(
            "portal/_facets.html", {"facets": found.get("facets"), "here_url": here}
        ),
        **found,
    )
    return show(request, "search.html", context)


def _noted(request: HttpRequest, found: dict[str, Any], milliseconds: float) -> int:
    """Put the search into the query log; returns the trace for the marks of its hits."""
    wanted = found["wanted"]
    if request.method != "GET" or not found["ready"] or found["question"].empty:
        return 0
    narrowed = {
        **wanted.chosen,
        **{name: "1" for name in ("title", "lapsed", "plain") if getattr(wanted, name)},
        **({"in": wanted.scope} if wanted.scope else {}),
    }
    search_line = traces.Search(
        wanted.q,
        # What was named stands on a card, outside of the list; so do units and columns.
        strict=max(found["total"], len(found["cards"]) + len(found["places"])),
        related=found["related"],
        page=wanted.page,
        milliseconds=milliseconds,
        filters=narrowed,
        order=wanted.order,
        synonyms=bool(found["also"]),
    )
    return traces.searched(search_line, now=clock.now(), headers=request.headers)


@require_safe
def suggest(request: HttpRequest, district: str = "") -> HttpResponse:
    """Phrases that begin with what was typed so far, for the list below a search box."""
    sites_and_site(district)  # a site that is shut answers nothing
    words = suggestions(request.GET.get("q", "")[:200], clock.today())
    return JsonResponse({"suggestions": words}, json_dumps_params={"ensure_ascii": False})
