"""The home page of a site: search first, six verbs, what is new, what comes soon, what was promised."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gongkai.catalogue.models import ColumnKind, PublicSite
from gongkai.catalogue.selectors import public_cards
from gongkai.core import clock, memo
from gongkai.ledger.selectors import Progress, public_plan, public_progress
from gongkai.portal import home as front
from gongkai.portal import listing, rules, selectors
from gongkai.portal.context import area_of, column_tags, site_context
from gongkai.portal.frame import show, sites_and_site

ITEMS = 6
TOPICS = 12
READINGS = 4
ATTENTION = 3
HOT = ("jianshui", "minsheng", "xiangcun", "yingshang")


def _progress(site: PublicSite, today: date) -> Progress | None:
    plan = public_plan(site.owner if site.prefix else None, today)
    if plan is None:
        return None
    # A plan of last year is shown as it stood at the end of its year.
    return public_progress(plan, min(today, date(plan.year, 12, 31)))


def _lamps(site: PublicSite, progress: Progress | None) -> list[dict[str, Any]]:
    return [
        {
            "number": point.number,
            "light": point.light,
            "title": point.title,
            "url": f"{site.path}jd/{point.number}/",
        }
        for point in (progress.points if progress else ())
    ]


def _soon(site: PublicSite, today: date) -> list[dict[str, Any]]:
    return [
        {
            "days": days,
            "word": word,
            "title": event.title,
            "url": f"/nr/{event.id}/",
            "meta": " · ".join(filter(None, (event.unit, event.place))),
        }
        for event in selectors.public_upcoming(area_of(site), today)
        for days, word in [rules.coming(event.title, today, event.on, ends=event.ends)]
    ]


@memo.while_public(lambda site, today: (site.pk, site.path, today))
def _content(site: PublicSite, today: date) -> dict[str, Any]:
    """Everything between the head and the foot."""
    columns = selectors.public_site_columns([site]).get(site.pk, [])
    topics = [c for c in columns if c.kind == ColumnKind.TOPIC and not c.closed_on]
    stream = next((c for c in columns if c.kind == ColumnKind.STREAM), None)
    newest = public_cards(stream, size=ITEMS).cards if stream else ()
    progress = _progress(site, today)
    lamps = _lamps(site, progress)
    return {
        "tags": column_tags("首页", site.slogan or site.name, [c.name for c in topics], "首页"),
        "newest": listing.rows(newest),
        "soon": _soon(site, today),
        "progress": progress,
        "lamps": lamps,
        "attention": [lamp for lamp in lamps if lamp["light"] in ("red", "yellow")][:ATTENTION],
        "readings": front.public_readings(stream, size=READINGS) if stream else [],
        "topics": front.public_topic_states(topics[:TOPICS]),
        "hot": [c for c in topics if c.key in HOT],
    }


@require_safe
def home(request: HttpRequest, district: str = "") -> HttpResponse:
    """The first screen; a district's is the same page with its own content."""
    sites, site = sites_and_site(district)
    context = site_context(site, request, sites=sites, **_content(site, clock.today()))
    return show(request, "home.html", context)
