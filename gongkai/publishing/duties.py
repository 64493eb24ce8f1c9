"""An item and the catalogue entries (公开事项) it is published under: its editor chooses them, they
are reviewed with it, and the entries learn of its release and withdrawal."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from gongkai.catalogue.entries import services as entries
from gongkai.catalogue.entries.selectors import unknown_codes
from gongkai.core.clock import day_of
from gongkai.publishing.models import Item
from gongkai.publishing.rules import Problem, due_base


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None


def problems(item: Item, content: Mapping[str, Any]) -> list[Problem]:
    """Entries that the item's unit does not answer for (any more)."""
    unknown = unknown_codes(item.unit_id, list(content.get("entries") or []))
    if not unknown:
        return []
    return [
        Problem(
            "entries",
            f"公开事项 {'、'.join(unknown)} 不在本单位现行目录里，请取消，或者重新选择。",
        )
    ]


def submitted(item: Item, view: Mapping[str, Any], *, now: datetime) -> None:
    """From the submission on, the time limit of this very item is watched (条例第二十六条)."""
    if item.published_at is None:
        entries.expect(
            kind="item",
            record_id=item.pk,
            unit_id=item.unit_id,
            codes=list(view.get("entries") or []),
            formed_on=due_base(_day(view.get("formed_on")), _day(view.get("changed_on"))),
            now=now,
        )


def released(item: Item, *, first: bool, now: datetime) -> None:
    """Put the item under the entries it names; imported history keeps its own day and is exempt."""
    if first and not item.entries:
        return
    assert item.published_at is not None
    entries.link(
        kind="item",
        record_id=item.pk,
        unit_id=item.unit_id,
        codes=list(item.entries),
        published_on=item.original_published_on or day_of(item.published_at),
        # A correction is not a later forming: the first publication answered that one.
        formed_on=due_base(item.formed_on, item.changed_on if first else None),
        now=now,
        exempt=item.original_published_on is not None,
    )


def withdrawn(item: Item, *, now: datetime) -> None:
    """A withdrawn item satisfies no entry."""
    entries.unlink(kind="item", record_id=item.pk, now=now)
