"""Reminders of what falls due: three working days ahead, on the day, and when it is overdue."""

import logging
from datetime import date, datetime

from django.db import transaction

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import day_of
from gongkai.core.workdays import add_workdays
from gongkai.messaging import rules
from gongkai.messaging.models import DailyRun
from gongkai.messaging.registry import DueItem, DueSource, due_kind, due_sources
from gongkai.messaging.services import Notice, notify_all

logger = logging.getLogger("gongkai.messaging")


def soon(today: date) -> date:
    """The day that lies three working days ahead (one query)."""
    return add_workdays(today, rules.SOON_WORKDAYS, load_calendar()).date


def items_of(source: DueSource, today: date, until: date) -> list[DueItem] | None:
    """What one source says is open and due by a day; None when it failed.

    A room that cannot answer is logged and asked again; it holds up neither the other rooms nor
    the worker.
    """
    try:
        return [item for item in source.items(today, until) if item.due <= until]
    except Exception:  # one room's mistake must not stop the reminders of the others
        logger.exception("due source %s failed", source.key)
        return None


def open_items(today: date, until: date) -> list[tuple[DueSource, DueItem]]:
    """What every source says is open and due by a day."""
    return [
        (source, item) for source in due_sources() for item in items_of(source, today, until) or ()
    ]


def remind(now: datetime) -> int:
    """Timer job: make the notices of today, once a day; returns how many messages were made.

    Idempotent: a run of the day is remembered for each source, and each notice is known by its
    item, due date and stage, so that a date that was moved is announced anew and nothing is
    announced twice. One query when all has been done.
    """
    today = day_of(now)
    done = set(DailyRun.objects.filter(day=today).values_list("job", flat=True))
    waiting = [source for source in due_sources() if _job(source) not in done]
    if not waiting:
        return 0
    until = soon(today)
    made = 0
    for source in waiting:
        items = items_of(source, today, until)
        if items is None:
            continue
        notices = []
        for item in items:
            stage = rules.stage(item.due, today=today, soon=until)
            if stage is not None:
                notices.append(_notice(source, item, stage))
        with transaction.atomic():
            _, first = DailyRun.objects.get_or_create(job=_job(source), day=today)
            made += notify_all(notices, now=now) if first else 0
    return made


def _job(source: DueSource) -> str:
    return f"due:{source.key}"


def _notice(source: DueSource, item: DueItem, stage: str) -> Notice:
    lead = {"soon": "快到期", "today": "今天到期", "overdue": "已逾期"}[stage]
    return Notice(
        kind=due_kind(source.key),
        to=item.audience,
        # How long is left is not written down: whoever reads it tomorrow would read it wrong.
        title=f"{lead}：{item.title}",
        url=item.url,
        key=f"{item.key}:{item.due.isoformat()}:{stage}",
        due=item.due,
    )
