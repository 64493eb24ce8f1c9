"""What the timer does for profiles: tell editors, once, what is missing, wrong or due."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from gongkai.core.clock import day_of
from gongkai.messaging.audience import holders
from gongkai.messaging.models import DailyRun
from gongkai.messaging.registry import DueItem
from gongkai.messaging.services import Notice, notify_all
from gongkai.organisations.enums import Role
from gongkai.organisations.models import RoleAssignment, Unit
from gongkai.profiles.rules_state import ProfileState
from gongkai.profiles.selectors import owes_profile, states_of

JOB = "profiles.checks"
NOTICE = "profiles.review_due"


def _staffed(today: date) -> list[Unit]:
    """Organs that exist and have an editor: nobody else could do anything."""
    ids = {
        row.unit_id
        for row in RoleAssignment.objects.filter(role=Role.EDITOR)
        if row.valid_from <= today and (row.valid_to is None or today <= row.valid_to)
    }
    units = Unit.objects.filter(pk__in=ids)
    return [unit for unit in units if unit.valid_on(today) and owes_profile(unit)]


def _url(unit: Unit) -> str:
    return reverse("profiles-desk:unit", args=[unit.code])


def _mark(state: ProfileState) -> str:
    """The same as long as the same things are wrong, whatever the day."""
    lines = [
        f"{part.part.key}:{f.severity}:{f.field}:{part.due_on if f.field == 'reviewed_on' else ''}"
        for part in state.parts
        for f in part.findings
    ]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


def check_profiles(moment: datetime) -> int:
    """Timer job: one notice to the editors of every unit whose profile lacks something, says
    something wrong or is near its review; returns how many messages were made.

    Idempotent: once a day, and the same findings are announced once only.
    """
    today = day_of(moment)
    if DailyRun.objects.filter(job=JOB, day=today).exists():
        return 0
    with transaction.atomic():
        _, first = DailyRun.objects.get_or_create(job=JOB, day=today)
        if not first:
            return 0
        notices = []
        for unit, state in states_of(_staffed(today), today):
            faulty = [p for p in state.parts if p.findings]
            if not faulty:
                continue
            names = "、".join(p.part.label for p in faulty)
            notices.append(
                Notice(
                    kind=NOTICE,
                    to=holders(unit, Role.EDITOR),
                    title=f"{unit.short_name}的单位信息有 {len(faulty)} 项要处理：{names}",
                    body="；".join(f.message for p in faulty for f in p.findings[:2])[:900],
                    url=_url(unit),
                    key=f"{unit.code}:{_mark(state)}",
                )
            )
        return notify_all(notices, now=moment)


def reviews_due(today: date, until: date) -> Iterator[DueItem]:
    """Source of due dates: every public part whose review falls due by a day."""
    for unit, state in states_of(_staffed(today), today):
        for part in state.parts:
            if part.due_on is not None and part.due_on <= until:
                yield DueItem(
                    audience=holders(unit, Role.EDITOR),
                    title=f"核对{unit.short_name}的{part.part.label}",
                    url=_url(unit),
                    due=part.due_on,
                    key=f"{unit.code}:{part.part.key}",
                )
