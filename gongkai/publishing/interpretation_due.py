"""Documents whose interpretation is due: reminders to the unit, the alarm once it is late, the
lines beside the document on the desk."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.urls import reverse

from gongkai.core.calendar import load_calendar
from gongkai.core.clock import day_of, today
from gongkai.messaging.audience import Audience, holders
from gongkai.messaging.registry import DueItem, register_due_source
from gongkai.organisations.enums import Role
from gongkai.publishing.asides import Aside
from gongkai.publishing.enums import ENDED, Visibility
from gongkai.publishing.interpretations import (
    allowance,
    due_for,
    interpretation_rule,
    waiting,
)
from gongkai.publishing.models import Item, ItemLink
from gongkai.publishing.selectors import INTERPRETS

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


def aside(item: Item) -> Aside | None:
    """Beside a document that needs it: its interpretations, or by when one is due."""
    if not item.kind.needs_interpretation or item.visibility != Visibility.PUBLIC:
        return None
    rows = ItemLink.objects.filter(
        target=item, relation__in=INTERPRETS, source__visibility=Visibility.PUBLIC
    ).select_related("source__kind")
    titles = [link.source.title for link in rows if link.source.kind.interprets]
    if titles:
        return Aside("解读", tuple(f"《{title}》" for title in titles))
    if item.original_published_on or item.current_validity in ENDED or item.published_at is None:
        return Aside("解读", ("没有解读；历史信息和不再执行的文件不要求补。",))
    rule = interpretation_rule()
    due = due_for(day_of(item.published_at), rule, load_calendar())
    state = "已经过期，政务公开主管部门也收到了提醒" if today() > due else "期限还没有到"
    basis = f"依据：{rule.basis}{'（待核实）' if rule.unconfirmed else ''}"
    return Aside(
        "解读", (f"还没有解读，应当在 {due:%Y-%m-%d} 前发布（{allowance(rule)}），{state}。", basis)
    )
