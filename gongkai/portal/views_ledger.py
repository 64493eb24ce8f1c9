"""The year's work points as a public progress page: computed from evidence, with reasons."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gongkai.catalogue.models import PublicSite
from gongkai.core import clock
from gongkai.ledger.models import Plan
from gongkai.ledger.rules import PointVerdict
from gongkai.ledger.selectors import (
    Progress,
    public_followups,
    public_plan,
    public_point,
    public_progress,
)
from gongkai.portal.context import column_tags, site_context
from gongkai.portal.frame import show, sites_and_site

_NUMERALS = (*"一二三四五六七八九十", *(f"十{n}" for n in "一二三四五六七八九"), *["二十"] * 80)
LIGHT_WORDS = {"green": "按期", "yellow": "临近期限", "red": "逾期", "grey": "未到时间"}
# A green point has all its evidence; a grey one is on its way.
RULE = (
    "一项要点只要有一个责任单位逾期就亮红灯，有临近期限还没有凭据的亮黄灯，"
    "每件任务都有牵头单位的有效凭据才亮绿灯，其余显示已有凭据的任务数。"
)


def _plan_day(plan: Plan) -> date:
    """Today, or the last day of the plan's year when that is over."""
    return min(clock.today(), date(plan.year, 12, 31))


def _plan(site: PublicSite) -> Plan | None:
    return public_plan(site.owner if site.prefix else None, clock.today())


def say(verdict: PointVerdict) -> str:
    """A light in words, with how far a grey one has come."""
    words = LIGHT_WORDS[verdict.light]
    if verdict.light == "grey" and verdict.done:
        return f"推进中 {verdict.done}/{verdict.whole}"
    return words


def summary(progress: Progress) -> list[str]:
    """One sentence over all points, from the lights, in pieces that should not be broken."""
    tally = progress.tally
    parts = [
        f"{tally[light]} 项{words}"
        for light, words in (
            ("green", "已有全部凭据"),
            ("red", "逾期"),
            ("yellow", "临近期限"),
            ("grey", "正在推进"),
        )
        if tally[light]
    ]
    parts[0] = f"{len(progress.points)} 项里 {parts[0]}"
    return [f"{part}，" for part in parts[:-1]] + [f"{parts[-1]}。"]


@require_safe
def progress(request: HttpRequest, district: str = "") -> HttpResponse:
    """All points of the year with lights and reasons."""
    sites, site = sites_and_site(district)
    plan = _plan(site)
    found = public_progress(plan, _plan_day(plan)) if plan else None
    sentence = summary(found) if found and found.points else []
    name = f"{plan.year} 年政务公开工作要点进展" if plan else "政务公开工作要点进展"
    bars = [
        {
            "label": f"{point.number}. {point.title}",
            "value": round(100 * point.verdict.done / (point.verdict.whole or 1)),
            "display": f"{point.verdict.done} / {point.verdict.whole} 件",
            "tone": point.light,
            "url": f"{site.path}jd/{point.number}/",
        }
        for point in (found.points if found else ())
    ]
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=name,
        tags=column_tags(
            "工作要点进展",
            "".join(sentence) or name,
            [p.title for p in found.points[:6]] if found else [],
            "工作动态",
        ),
        trail=[("工作要点进展", "")],
        progress=found,
        followups=public_followups(plan) if plan else None,
        sections=[
            (f"{_NUMERALS[place]}、{title}" if title else "", [(p, say(p.verdict)) for p in points])
            for place, (title, points) in enumerate(found.sections() if found else ())
        ],
        sentence=sentence,
        bars=bars,
        rule=RULE,
    )
    return show(request, "progress.html", context)


@require_safe
def point(request: HttpRequest, number: int, district: str = "") -> HttpResponse:
    """One point: tasks, units, deadlines, evidence, and its light month by month."""
    sites, site = sites_and_site(district)
    plan = _plan(site)
    detail = public_point(plan, number, _plan_day(plan)) if plan and number < 1000 else None
    if detail is None:
        raise Http404("没有这一项工作要点")
    found = detail.point
    context = site_context(
        site,
        request,
        sites=sites,
        page_title=f"第 {found.number} 项 {found.title}",
        tags=column_tags(
            f"工作要点第 {found.number} 项", found.title, [found.section, *found.leads], "工作动态"
        ),
        trail=[("工作要点进展", f"{site.path}jd/"), (f"第 {found.number} 项", "")],
        plan=detail.plan,
        point=found,
        words=say(found.verdict),
        history=[(month, say(month.verdict)) for month in detail.history],
        rule=RULE,
        day=_plan_day(detail.plan),
    )
    return show(request, "point.html", context)
