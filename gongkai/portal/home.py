"""Reads of the home page: what each topic can say in one line, and what explains itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery

from gongkai.catalogue.models import Column, Placement
from gongkai.catalogue.tallies import counts_by
from gongkai.core import memo
from gongkai.core.clock import day_of
from gongkai.portal import rules, selectors
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item, ItemKind

PROGRESS = "progress"
INTERPRETATION = "interpretation"
# A picture for each form of interpretation; unknown forms get the plain one.
FORM_ICONS = {
    "qa": "ask", "picture": "eye", "scenario": "users", "video": "camera", "h5": "book",
    "interview": "phone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic with its number of items, its newest day and, where its progress is published, how
    far it is."""

    column: Column
    total: int
    newest: date | None
    headline: rules.Headline | None


def public_topic_states(columns: Sequence[Column]) -> list[TopicState]:
    """What the topics can say of themselves; three queries, however much they hold."""
    own = Placement.objects.filter(column=OuterRef("pk"), section=None).order_by(
        "-published_at", "-id"
    )
    newest: dict[int, Any] = {}
    drawn: dict[int, int] = {}
    for pk, at, item in (
        Column.objects.filter(pk__in=[column.pk for column in columns])
        .order_by()
        .annotate(
            newest=Subquery(own.values("published_at")[:1]),
            figures=Subquery(own.filter(kind=PROGRESS).values("subject_id")[:1]),
        )
        .values_list("pk", "newest", "figures")
    ):
        newest[pk] = at
        if item:
            drawn[pk] = item
    counts = counts_by(list(newest), "column", "section")
    facts: Mapping[int, Mapping[str, Any]] = dict(
        Item.objects.filter(pk__in=set(drawn.values()), visibility=Visibility.PUBLIC).values_list(
            "pk", "facts"
        )
        if drawn
        else ()
    )
    return [
        TopicState(
            column,
            counts.get((column.pk, None), 0),
            day_of(newest[column.pk]) if newest.get(column.pk) else None,
            rules.headline(facts.get(drawn.get(column.pk, 0), {})),
        )
        for column in columns
    ]


@dataclass(frozen=True, slots=True)
class Reading:
    """An interpretation as a card: its form as a picture and in words."""

    title: str
    path: str
    unit: str
    icon: str
    form_words: str
    on: date


@memo.reference(lambda key: key)
def _kind(key: str) -> ItemKind | None:
    return ItemKind.objects.filter(key=key).first()


def public_readings(stream: Column, *, size: int) -> list[Reading]:
    """The newest interpretations of a site; three queries."""
    kind = _kind(INTERPRETATION)
    if kind is None:
        return []
    field: dict[str, Any] = next((f for f in kind.schema if f["name"] == "form"), {})
    words = dict(field.get("choices", ()))
    return [
        Reading(
            told.title,
            told.path,
            told.unit,
            FORM_ICONS.get(str(told.facts.get("form")), "file"),
            str(words.get(told.facts.get("form"), kind.name)),
            day_of(told.published_at),
        )
        for told in selectors.public_told(stream, kinds=(INTERPRETATION,), size=size)
    ]
