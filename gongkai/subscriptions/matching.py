"""What a release, a lapse or a withdrawal of an item means to those who follow something."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gongkai.catalogue.models import Placement
from gongkai.catalogue.selectors import public_columns
from gongkai.core.models import OutboxMessage
from gongkai.publishing import events
from gongkai.publishing.enums import Validity, Visibility
from gongkai.publishing.models import Item, ItemLink, ItemVersion
from gongkai.publishing.selectors import INTERPRETS
from gongkai.subscriptions.enums import Event
from gongkai.subscriptions.kinds import column_targets, document_target
from gongkai.subscriptions.telling import tell

_VALIDITY = {Validity.REPEALED: Event.REPEALED, Validity.AMENDED: Event.AMENDED,
             Validity.LAPSED: Event.LAPSED}  # fmt: skip
_RELATIONS = {"repeals": Event.ENDED_BY, "supersedes": Event.REPLACED_BY}


def follow(message: OutboxMessage, now: datetime) -> None:
    """Outbox handler: write down who is to be told of one event. Safe to repeat.

    History that was moved in from an old site is no news, and is told to nobody.
    """
    item = Item.objects.select_related("kind").filter(pk=message.subject_id).first()
    if item is None:
        return
    event, at = message.payload["event"], message.created_at
    version = int(message.payload.get("version") or item.version)
    if event == events.WITHDRAWN:
        _tell(item, Event.WITHDRAWN, f"withdrawn:{item.pk}:{version}", at)
    elif item.visibility != Visibility.PUBLIC:
        return
    elif event == events.LAPSED:
        _tell(item, Event.LAPSED, f"lapsed:{item.pk}:{version}", at)
    elif event == events.BEGUN:
        _tell(item, Event.BEGUN, f"begun:{item.pk}:{version}", at)
    elif version == 1:
        if item.original_published_on is None:
            _published(item, at)
        _linked(item, None, at)
    else:
        before = _content(item, version - 1)
        _changed(item, version, before, at)
        _linked(item, before, at)


def _tell(item: Item, event: Event, key: str, at: datetime) -> None:
    tell(
        kind="document",
        targets=[document_target(item.pk)],
        event=event,
        subject=("item", item.pk),
        key=key,
        occurred_at=at,
    )


def _content(item: Item, number: int) -> Mapping[str, Any]:
    content = ItemVersion.objects.filter(item=item, number=number).values_list("content", flat=True)
    return content.first() or {}


def _published(item: Item, at: datetime) -> None:
    """Everybody who follows a column, a section of it or a unit in which the item stands now."""
    rows = Placement.objects.filter(subject_kind="item", subject_id=item.pk)
    places = list(rows.values_list("column_id", "section__key"))
    columns = public_columns(column for column, _ in places)
    for kind, targets in column_targets(
        (columns[pk], section or "") for pk, section in places
    ).items():
        tell(
            kind=kind,
            targets=targets,
            event=Event.PUBLISHED,
            subject=("item", item.pk),
            key=f"published:{item.pk}",
            occurred_at=at,
        )


def _changed(item: Item, version: int, before: Mapping[str, Any], at: datetime) -> None:
    """A new version; one that says that the document does not hold any more is told as that."""
    after = _content(item, version)
    holds = str(after.get("validity") or "")
    told = _VALIDITY.get(Validity(holds)) if holds in Validity.values else None
    event = told if told and holds != before.get("validity") else Event.CHANGED
    _tell(item, event, f"changed:{item.pk}:{version}", at)


def _references(item: Item, content: Mapping[str, Any]) -> set[tuple[str, int]]:
    """(relation, target) of the links that a version's content names."""
    facts = content.get("facts") or {}
    return {
        (str(field.get("relation", "interprets")), int(pk))
        for field in item.kind.schema
        if field["type"] == "items"
        for pk in facts.get(field["name"]) or ()
    }


def _linked(item: Item, before: Mapping[str, Any] | None, at: datetime) -> None:
    """Documents that this item refers to, and did not in the version before."""
    rows = ItemLink.objects.filter(source=item, target__visibility=Visibility.PUBLIC)
    known = _references(item, before) if before is not None else set()
    for relation, target in rows.order_by("pk").values_list("relation", "target_id"):
        if (relation, target) in known:
            continue
        if relation in INTERPRETS:
            event = Event.INTERPRETED if item.kind.interprets else Event.ANSWERED
        else:
            event = _RELATIONS.get(relation, Event.CITED)
        tell(
            kind="document",
            targets=[document_target(target)],
            event=event,
            subject=("item", item.pk),
            key=f"{event}:{item.pk}",
            occurred_at=at,
        )
