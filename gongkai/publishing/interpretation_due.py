"""Documents whose interpretation is due: reminders to the unit, the alarm once it is late."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse

from gongkai.core.calendar import load_calendar
from gongkai.messaging.audience import Audience, holders
from gongkai.messaging.registry import DueItem, register_due_source
from gongkai.organisations.enums import Role
from gongkai.publishing.interpretations import (
    waiting,
)

SOURCE = "publishing.interpretations"


def register() -> None:
    """Declare the source; called from the app's ``ready()``."""
    register_due_source(SOURCE, "文件应配解读", due_items)


def due_items(today: date, until: date) -> Iterator[DueItem]:
    """Public documents without interpretation that is due by a day.

    The unit's editors hear of all of them; once the day has passed, the supervising office does
    as well (the alarm). A document drops out as soon as it is explained, withdrawn or repealed.
    """
    for gap in waiting(units=Q(), today=today, calendar=load_calendar(), until=until):
        to = holders(gap.unit_id, Role.EDITOR)
        if gap.late:
            to |= Audience(supervised=frozenset({gap.area_id}))
        yield DueItem(
            audience=to,
            title=f"{gap.unit}《{gap.title}》还没有解读",
            url=reverse("publishing-desk:item", args=[gap.item_id]),
            due=gap.due,
            key=str(gap.item_id),
        )
