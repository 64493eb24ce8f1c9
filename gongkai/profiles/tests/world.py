"""A small city whose units have profiles, made through the services and the gate."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gongkai.catalogue.models import Column, ColumnKind
from gongkai.organisations.models import Unit, User
from gongkai.profiles import services
from gongkai.profiles.tests.test_rules import WHOLE
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item
from tests.factories import (
    City,
    approve_all,
    make_city,
    member,
    moment,
    reviewers,
    submit,
    user_with,
)

CONTENT: dict[str, dict[str, Any]] = {
    "overview": {"body": "<p>全局概况。</p>"},
    "functions": {"facts": WHOLE},
    "leader": {
        "facts": {
            "name": "张演示",
            "post": "局长",
            "duty": "主持全面工作",
            "resume": "1990年起工作。",
        }
    },
    "guide": {"body": "<p>指南正文。</p>"},
    "system": {"body": "<p>制度正文。</p>", "facts": {"topic": "publish"}},
    "annual_report": {"body": "<p>年报正文。</p>", "facts": {"year": "2021"}},
    "notice": {"body": "<p>通知正文。</p>", "theme": "0401", "summary": "通知的概述。"},
}


@dataclass
class World:
    """The city, with an editor and reviewers per unit made on first use."""

    city: City
    editors: dict[int, User] = field(default_factory=dict)
    people: dict[int, dict[str, User]] = field(default_factory=dict)

    @property
    def unit(self) -> Unit:
        return self.city.bureau_a

    def editor(self, unit: Unit | None = None) -> User:
        unit = unit or self.unit
        if unit.pk not in self.editors:
            self.editors[unit.pk] = user_with("editor", unit)
            self.people[unit.pk] = reviewers(unit)
        return self.editors[unit.pk]

    def draft(
        self, kind: str, unit: Unit | None = None, *, now: datetime | None = None, **more: Any
    ) -> Item:
        unit = unit or self.unit
        own = CONTENT[kind]
        content = {
            "title": f"{unit.short_name}的{kind}", "formed_on": "2022-10-10", **own, **more,
        }  # fmt: skip
        return publishing.item_create(
            unit=unit, kind=self.city.kinds[kind], content=content,
            member=member(self.editor(unit)), now=now or moment(9),
        )  # fmt: skip

    def release(self, item: Item, *, now: datetime | None = None) -> Item:
        case = submit(item, self.editor(item.unit), now=now or moment(10))
        approve_all(case, self.people[item.unit_id], now=now or moment(11))
        return Item.objects.select_related("unit", "kind").get(pk=item.pk)

    def public(
        self, kind: str, unit: Unit | None = None, *, now: datetime | None = None, **more: Any
    ) -> Item:
        return self.release(self.draft(kind, unit, now=now, **more), now=now)

    def guide(self, unit: Unit | None = None) -> Item:
        """The generated guide, released."""
        unit = unit or self.unit
        drafted = services.guide_draft(unit=unit, member=member(self.editor(unit)), now=moment(12))
        return self.release(drafted)

    def change(self, item: Item, **content: Any) -> Item:
        """A new version through the gate."""
        publishing.item_edit(
            item_id=item.pk,
            content={"change_kind": "update", "change_note": "内容变更。", **content},
            member=member(self.editor(item.unit)), now=moment(13),
        )  # fmt: skip
        return self.release(item, now=moment(14))

    def whole(self, unit: Unit | None = None) -> None:
        """Every part of the profile, published."""
        for kind in ("overview", "functions", "leader", "system", "annual_report"):
            self.public(kind, unit)
        self.guide(unit)


def build() -> World:
    """The test city with a column for each unit."""
    city = make_city()
    for unit in Unit.objects.all():
        own = unit.area_id == city.district_1.pk
        Column.objects.create(
            site=city.district_site if own else city.site,
            key=f"unit-{unit.code}",
            name=f"{unit.short_name}政府信息公开专栏",
            kind=ColumnKind.UNIT,
            owner=unit,
            rule={"unit": unit.code},
            order=1000,
        )
    return World(city)
