"""A city that publishes, and the archive and library it hands over to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gongkai.core import outbox
from gongkai.core.clock import at
from gongkai.deposits import services
from gongkai.deposits.models import DepositBatch, DepositTarget
from gongkai.organisations.models import Unit, User
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item
from tests.factories import (
    City,
    approve_all,
    make_city,
    make_draft,
    member,
    reviewers,
    submit,
    user_with,
)

SEPTEMBER = date(2022, 9, 1)
OCTOBER_9 = at(date(2022, 10, 9), 9)


@dataclass
class Town:
    """The test city with one bureau's people and two keepers."""

    city: City
    editor: User
    people: dict[str, User]
    keeper: User
    archive: DepositTarget

    def public(self, moment: datetime, **changes: Any) -> Item:
        """An item released at a moment."""
        changes.setdefault("formed_on", (moment.date() - timedelta(days=3)).isoformat())
        item = make_draft(self.city, self.city.bureau_a, self.editor, now=moment, **changes)
        case = submit(item, self.editor, now=moment)
        approve_all(case, self.people, now=moment)
        return Item.objects.get(pk=item.pk)

    def correct(self, item: Item, moment: datetime, kind: str = "correction") -> Item:
        """A new version."""
        content = {"body": f"<p>改于 {moment}</p>", "change_kind": kind, "change_note": "更正"}
        publishing.item_edit(
            item_id=item.pk, content=content, member=member(self.editor), now=moment
        )
        approve_all(submit(item, self.editor, now=moment), self.people, now=moment)
        return Item.objects.get(pk=item.pk)

    def withdraw(self, item: Item, moment: datetime, category: str = "error") -> None:
        publishing.item_withdraw(
            item_id=item.pk, category=category, reason="有误", now=moment,
            member=member(self.people["final"]),
        )  # fmt: skip

    def target(self, owner: Unit, name: str = "市图书馆", kind: str = "library") -> DepositTarget:
        return services.target_add(
            owner=owner, kind=kind, name=name, since=date(2022, 8, 1),
            member=member(self.keeper), now=at(date(2022, 8, 1), 9),
        )  # fmt: skip

    def make(
        self, target: DepositTarget | None = None, period: date = SEPTEMBER, **more: Any
    ) -> DepositBatch:
        given: dict[str, Any] = {"member": member(self.keeper), "now": OCTOBER_9, **more}
        return services.batch_make(target_id=(target or self.archive).pk, period=period, **given)

    def send(self, batch: DepositBatch, **more: Any) -> DepositBatch:
        given: dict[str, Any] = {
            "manifest_sha256": batch.manifest_sha256, "method": "光盘一张",
            "member": member(self.keeper), "now": at(date(2022, 10, 10), 9), **more,
        }  # fmt: skip
        return services.batch_dispatch(batch_id=batch.pk, **given)


def drain(moment: datetime = OCTOBER_9) -> None:
    """Run every side effect that waits."""
    while outbox.run(now=moment, limit=500):
        pass


@pytest.fixture
def town(db: None) -> Town:
    city = make_city()
    keeper = user_with("supervisor", city.office)
    archive = services.target_add(
        owner=city.office, kind="archive", name="市档案馆", since=date(2022, 8, 1),
        member=member(keeper), now=at(date(2022, 8, 1), 9),
    )  # fmt: skip
    editor = user_with("editor", city.bureau_a)
    return Town(city, editor, reviewers(city.bureau_a), keeper, archive)
