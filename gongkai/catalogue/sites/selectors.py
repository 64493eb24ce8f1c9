"""Reads of sites for the public frame and for the desk."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.db.models import Q, QuerySet

from gongkai.catalogue.models import Column, ColumnKind, PublicSite, SiteChange
from gongkai.catalogue.sites import rules
from gongkai.catalogue.sites.enums import State
from gongkai.catalogue.sites.rules import Absence, Limits
from gongkai.core.clock import day_of
from gongkai.core.health import Line
from gongkai.organisations.access import Member
from gongkai.organisations.enums import Role


@cache
def limits() -> Limits:
    """How often and how long a site may be off line; see reference/site_limits.json."""
    path = Path(__file__).parent.parent / "reference" / "site_limits.json"
    return Limits(**json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Notice:
    """What every page of a site says above all else."""

    title: str
    text: str
    until: date | None
    url: str


def public_notice(site: PublicSite) -> Notice | None:
    """The banner of a site under maintenance or on the move; None in ordinary times. No query."""
    titles = {
        State.MAINTENANCE.value: "网站正在例行维护，部分功能可能不稳定",
        State.MOVING.value: "网站正在迁移",
    }
    title = titles.get(site.state)
    if title is None:
        return None
    return Notice(title, site.state_note, site.state_until, site.notice_url)


def sites_for(member: Member) -> QuerySet[PublicSite]:
    """The sites that a person looks after: an operator all of them, a supervisor the own area's."""
    rows = PublicSite.objects.select_related("owner").order_by("order", "pk")
    whole_city, areas = member.supervised_areas()
    if whole_city or member.holds_anywhere(Role.OPERATOR):
        return rows
    return rows.filter(Q(owner_id__in=areas) | Q(owner__area_id__in=areas))


def absences(site: PublicSite) -> list[Absence]:
    """Every time a site was off line, oldest first."""
    found: list[Absence] = []
    for change in SiteChange.objects.filter(site=site).order_by("made_at", "pk"):
        if change.new_state == State.OFFLINE:
            found.append(Absence(change.since, None))
        elif change.old_state == State.OFFLINE and found:
            found[-1] = Absence(found[-1].first, day_of(change.made_at))
    return found


def problems_of(site: PublicSite) -> list[str]:
    """What is wrong with the numbers in the foot."""
    return rules.identifier_problems(site.site_code, site.icp, site.police)


def examined() -> list[Line]:
    """For the doctor: sites whose foot carries misshapen numbers or placeholders."""
    found: list[Line] = []
    for site in PublicSite.objects.order_by("order", "pk"):
        problems = problems_of(site)
        wrong = any(rules.MISSHAPEN in text for text in problems)
        ok = None if problems and not wrong else not wrong
        found.append((f"页脚号码（{site.name}）", ok, "".join(problems) or "合乎写法"))
    return found


def topics_of(site: PublicSite) -> QuerySet[Column]:
    """The topics of a site, the archived ones last."""
    return (
        Column.objects.filter(site=site, kind=ColumnKind.TOPIC)
        .select_related("site", "owner")
        .order_by("closed_on", "order", "pk")
    )
