"""What tests of evidence and lights do: publish an item, hand something in, look at the light."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

import pypdfium2

from gongkai.core.clock import at
from gongkai.ledger import lights, services
from gongkai.ledger.models import Assignment, Evidence
from gongkai.organisations.models import User
from gongkai.publishing import services as publishing
from gongkai.publishing.loading import load_kinds
from gongkai.publishing.models import Item, ItemKind
from gongkai.review import services as review
from gongkai.review.enums import STEP_ROLE, Step
from tests.factories import member, user_with

DAY = date(2022, 10, 18)
NOW = at(DAY, 9)
GOOD = "http://czj.changsha.gov.cn/qd/2022.html"


def add_url(row: Assignment, who: User, *, now: datetime = NOW, url: str = GOOD) -> Evidence:
    return services.evidence_add_url(
        assignment_id=row.pk, url=url, title="清单", member=member(who), now=now
    )


def light(row: Assignment, day: date = DAY) -> str:
    rows = Assignment.objects.select_related("task__point__plan").filter(pk=row.pk)
    return lights.load(rows).verdict(row.pk, day).light


class Newsroom:
    """Publishes one-line news of a unit through the gate."""

    def __init__(self, unit: Any) -> None:
        load_kinds()
        self.unit, self.editor = unit, user_with("editor", unit)
        self.people = {step: user_with(STEP_ROLE[Step(step)], unit) for step in Step.values}

    def draft(self) -> Item:
        return publishing.item_create(
            unit=self.unit, kind=ItemKind.objects.get(key="news"), now=NOW,
            content={"title": "一件事", "body": "<p>办成了。</p>", "formed_on": "2022-03-01"},
            member=member(self.editor),
        )  # fmt: skip

    def release(self, item: Item, now: datetime = NOW) -> Item:
        case = publishing.item_submit(item_id=item.pk, member=member(self.editor), now=now)
        for step in case.steps:
            review.step_approve(
                case_id=case.pk, step=step, digest=case.digest, now=now, legal_basis="条例第十九条",
                member=member(self.people[step]),
            )  # fmt: skip
        return Item.objects.get(pk=item.pk)

    def public(self, now: datetime = NOW) -> Item:
        return self.release(self.draft(), now)

    def withdraw(self, item: Item, now: datetime = NOW) -> None:
        publishing.item_withdraw(
            item_id=item.pk, category="error", reason="有误", now=now,
            member=member(self.people["final"]),
        )  # fmt: skip

    def correct(self, item: Item, now: datetime = NOW) -> Item:
        publishing.item_edit(
            item_id=item.pk, member=member(self.editor), now=now,
            content={"body": "<p>改</p>", "change_kind": "update", "change_note": "更新"},
        )  # fmt: skip
        return self.release(item, now)


def add_item(row: Assignment, item: Item, who: User, now: datetime = NOW) -> Evidence:
    return services.evidence_add_item(
        assignment_id=row.pk, item_id=item.pk, member=member(who), now=now, note=" 见附件 "
    )


def pdf() -> bytes:
    """A small real PDF file."""
    document, out = pypdfium2.PdfDocument.new(), BytesIO()
    document.new_page(300, 300)
    document.save(out)
    return out.getvalue()


def add_file(row: Assignment, who: User, data: bytes, name: str = "登记表.pdf") -> Evidence:
    return services.evidence_add_file(
        assignment_id=row.pk, data=data, filename=name, member=member(who), now=NOW
    )
