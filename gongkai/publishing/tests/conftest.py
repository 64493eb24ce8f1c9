"""A bureau with an editor and its reviewers, in the test city."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from gongkai.core import facts
from gongkai.organisations.models import User
from gongkai.publishing import services
from gongkai.publishing.models import Item
from gongkai.review.models import ReviewCase
from tests.factories import (
    City,
    approve_all,
    draft_content,
    make_city,
    make_draft,
    make_public,
    member,
    moment,
    reviewers,
    submit,
    user_with,
)

NOW = moment(9)


@dataclass
class Bureau:
    """What a test of items needs: the city, one unit's people, and the way through the gate."""

    city: City
    editor: User
    people: dict[str, User]

    def content(self, **changes: Any) -> dict[str, Any]:
        return draft_content(self.city, **changes)

    def draft(self, **changes: Any) -> Item:
        return make_draft(self.city, self.city.bureau_a, self.editor, **changes)

    def public(self, **changes: Any) -> Item:
        return make_public(self.city, self.city.bureau_a, self.editor, self.people, **changes)

    def edit(self, item: Item, *, by: User | None = None, **changes: Any) -> Item:
        return services.item_edit(
            item_id=item.pk, content=changes, member=member(by or self.editor), now=NOW
        )

    def submit(self, item: Item, **more: Any) -> ReviewCase:
        return submit(item, self.editor, **more)

    def pass_all(self, case: ReviewCase, *, now: datetime | None = None) -> Item:
        approve_all(case, self.people, now=now)
        return Item.objects.select_related("unit", "kind", "theme").get(pk=int(case.subject_id))

    def correct(
        self, item: Item, kind: str = "correction", *, now: datetime | None = None, **changes: Any
    ) -> Item:
        """Edit, submit and release a change of a public item."""
        given: dict[str, Any] = {
            "change_kind": kind,
            "change_note": "更正金额",
            "body": "<p>更正后的正文</p>",
            **changes,
        }
        self.edit(item, **given)
        return self.pass_all(self.submit(item), now=now)

    def withdraw(
        self,
        item: Item,
        category: str = "error",
        *,
        by: User | None = None,
        reason: str = "金额有误",
        now: datetime | None = None,
    ) -> Item:
        return services.item_withdraw(
            item_id=item.pk, category=category, reason=reason, now=now or moment(15),
            member=member(by or self.people["final"]),
        )  # fmt: skip

    def actions(self, item: Item) -> list[str]:
        """What the fact store says happened to an item in its own room."""
        names = [fact.action for fact in facts.trail("item", item.pk)]
        return [n.removeprefix("publishing.") for n in names if n.startswith("publishing.")]


@pytest.fixture
def bureau(db: None) -> Bureau:
    city = make_city()
    return Bureau(city, user_with("editor", city.bureau_a), reviewers(city.bureau_a))


@pytest.fixture
def stored() -> Callable[[Item], Item]:
    """The row as the database has it."""
    return lambda item: Item.objects.get(pk=item.pk)
