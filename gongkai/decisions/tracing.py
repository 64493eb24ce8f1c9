"""The term of trace notices: counted from the release, and the end of everything afterwards."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from gongkai.core.clock import day_of
from gongkai.decisions.models import TraceTerm
from gongkai.decisions.reference import given
from gongkai.organisations.access import Member
from gongkai.publishing import purging
from gongkai.publishing.models import Item
from gongkai.publishing.rules_facts import number_of

logger = logging.getLogger("gongkai.decisions")
REASON = "流调提示公开期满，标题、正文和附件已按规定从网站和全部版本中删除。"


def days_of(value: Any) -> int:
    """How many days a notice stays, from what its editor wrote; the given days for nothing."""
    number = number_of(value)
    return int(number) if number else int(given("trace_days").value)


def term_problem(value: Any) -> str:
    """What is wrong with a term: not whole days, or longer than allowed; empty when nothing."""
    if value in (None, ""):
        return ""
    number, most = number_of(value), int(given("trace_days").value)
    if number is None or number != int(number) or not 1 <= number <= most:
        return f"公开天数应为 1 到 {most} 的整数；留空按 {most} 天。"
    return ""


def last_day(released_on: date, days: int) -> date:
    """The last day on which a notice may be read; the day of release is not counted."""
    return released_on + timedelta(days=days)


def term_begin(*, item: Item, now: datetime) -> TraceTerm:
    """Note in the releasing transaction until when the notice may be kept.

    A correction never makes it stay longer: the first release counts.
    """
    assert item.published_at is not None
    days = days_of(item.facts.get("term_days"))
    last_on = last_day(day_of(item.published_at), days)
    term, first = TraceTerm.objects.get_or_create(
        item=item, defaults={"days": days, "last_on": last_on}
    )
    if not first and last_on < term.last_on:
        term.days, term.last_on = days, last_on
        term.save(update_fields=["days", "last_on"])
    return term


def due_purges(*, member: Member, now: datetime) -> int:
    """Timer job: delete every trace notice whose term is over, public or withdrawn; how many.

    Each in its own transaction; one that fails is logged and tried again at the next tick.
    """
    rows = TraceTerm.objects.filter(last_on__lt=day_of(now), purged_at=None)
    done = 0
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)[:200]):
        try:
            with transaction.atomic():
                term = TraceTerm.objects.select_for_update().get(pk=pk)
                if term.purged_at is not None:
                    continue
                purging.item_purge(item_id=term.item_id, reason=REASON, member=member, now=now)
                term.purged_at = now
                term.save(update_fields=["purged_at"])
            done += 1
        except Exception:  # one bad record must not hold up all the others
            logger.exception("trace notice of term %s could not be deleted", pk)
    return done
