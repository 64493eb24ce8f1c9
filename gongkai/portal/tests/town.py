"""A small city with a public site, people, and quick ways to fill it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from gongkai.catalogue import services as catalogue
from gongkai.catalogue.models import Column, ColumnKind, Section
from gongkai.core import blobs
from gongkai.core.clock import at
from gongkai.ledger.enums import UnitRole
from gongkai.ledger.models import Assignment, LedgerTask, Plan, WorkPoint
from gongkai.organisations.models import Unit, User
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item, ItemVersion
from gongkai.publishing.placing import record_of
from gongkai.search import phrases
from gongkai.search.entries import ARTICLES, PUBLIC
from gongkai.search.writing import rebuild
from tests.factories import (
    DAY,
    City,
    approve_all,
    make_city,
    make_draft,
    make_public,
    member,
    moment,
    reviewers,
    submit,
    user_with,
)

TOPICS = ("guizhang", "jiedu", "jiceng", "zhidu")


@dataclass
class Town:
    """The city, an editor and reviewers per unit made on first use, and the plan if any."""

    city: City
    editors: dict[int, User] = field(default_factory=dict)
    people: dict[int, dict[str, User]] = field(default_factory=dict)

    def editor(self, unit: Unit) -> User:
        if unit.pk not in self.editors:
            self.editors[unit.pk] = user_with("editor", unit)
        return self.editors[unit.pk]

    def reviewers(self, unit: Unit) -> dict[str, User]:
        if unit.pk not in self.people:
            self.people[unit.pk] = reviewers(unit)
        return self.people[unit.pk]

    def draft(self, unit: Unit | None = None, **changes: Any) -> Item:
        unit = unit or self.city.bureau_a
        return make_draft(self.city, unit, self.editor(unit), **changes)

    def public(
        self, unit: Unit | None = None, *, now: datetime | None = None, **changes: Any
    ) -> Item:
        """Through the whole gate."""
        unit = unit or self.city.bureau_a
        return make_public(
            self.city, unit, self.editor(unit), self.reviewers(unit), now=now, **changes
        )

    def correct(self, item: Item, *, now: datetime | None = None, **changes: Any) -> Item:
        """A new version through the gate."""
        editor = self.editor(item.unit)
        content = {"change_kind": "correction", "change_note": "数字有误，现予更正。", **changes}
        publishing.item_edit(
            item_id=item.pk, content=content, member=member(editor), now=moment(12)
        )
        case = submit(item, editor, now=moment(13))
        approve_all(case, self.reviewers(item.unit), now=now or moment(14))
        return Item.objects.get(pk=item.pk)

    def withdraw(
        self, item: Item, *, category: str = "error", reason: str = "时间有误，更正后重新发布。"
    ) -> Item:
        final = self.reviewers(item.unit)["final"]
        return publishing.item_withdraw(
            item_id=item.pk, category=category, reason=reason, member=member(final), now=moment(15)
        )

    def attachment(
        self, text: str = "名称,金额\n甲,1\n", name: str = "qingdan.csv"
    ) -> dict[str, Any]:
        blob = blobs.store(text.encode(), content_type="text/csv", now=moment(8))
        return {"title": "清单", "filename": name, "sha256": blob.sha256, "size": blob.size}

    def fill(self, count: int, unit: Unit | None = None, **changes: Any) -> list[Item]:
        """Many public items at once, by direct rows, an hour apart."""
        unit = unit or self.city.bureau_a
        names = ("policy", "interpretation", "notice", "news")
        kinds = [self.city.kinds[name] for name in names]
        shelf = catalogue.Shelf.load()
        found = []
        for number in range(count):
            kind = kinds[number % len(kinds)]
            when = moment(8) - timedelta(hours=number + 1)
            item = Item.objects.create(
                **{
                    "unit": unit,
                    "kind": kind,
                    "title": f"关于第{number}号事项的信息",
                    "summary": "办理的范围、标准和渠道。",
                    "body": "<p>正文。</p>",
                    "theme": self.city.themes["0401"],
                    "formed_on": when.date(),
                    "topics": ["yingshang", "yingshang/wenjian"],
                    "index_no": f"{unit.code.upper()}/2022-9{number:04d}",
                    "visibility": "public",
                    "status": "settled",
                    "published_at": when,
                    "version": 1,
                    "live_digest": "0" * 64,
                    **changes,
                }
            )
            ItemVersion.objects.create(
                item=item, number=1, content={}, digest="0" * 64, released_at=when
            )
            with transaction.atomic():
                catalogue.place(record=record_of(item), shelf=shelf)
            found.append(item)
        return found

    def indexed(self) -> None:
        """Have search know what is public now."""
        for space in (PUBLIC, ARTICLES):
            rebuild(space)
        phrases.build()

    def plan(self, points: int = 3, tasks: int = 2) -> Plan:
        """The city's work points: every task led by bureau A, district 1 responsible."""
        return make_plan(
            self.city.office, [self.city.bureau_a], [self.city.district_1], points, tasks
        )


def make_plan(
    office: Unit, leads: list[Unit], others: list[Unit], points: int = 3, tasks: int = 2
) -> Plan:
    """A confirmed plan of 2022 with numbered points."""
    plan = Plan.objects.create(
        office=office,
        year=2022,
        title="2022年政务公开工作要点",
        doc_no=f"公开办发〔2022〕{Plan.objects.count() + 1}号",
        issued_on=date(2022, 5, 10),
        confirmed_at=at(date(2022, 5, 11), 9),
    )
    for number in range(1, points + 1):
        point = WorkPoint.objects.create(
            plan=plan,
            number=number,
            section_title="围绕基层" if number > 1 else "围绕发展",
            title=f"公开第{number}类信息",
            text=f"公开第{number}类信息的全文。",
            raw="原文",
            kind="task",
            text_hash="x",
        )
        for seq in range(1, tasks + 1):
            task = LedgerTask.objects.create(point=point, seq=seq, text=f"第{number}项第{seq}件")
            for unit, role in [(u, UnitRole.LEAD) for u in leads] + [
                (u, UnitRole.RESPONSIBLE) for u in others
            ]:
                Assignment.objects.create(task=task, unit=unit, role=role)
    return plan


def build() -> Town:
    """The test city with the columns that public pages lead to."""
    city = make_city()
    for place, key in enumerate(TOPICS, start=2):
        Column.objects.create(
            site=city.site,
            key=key,
            name={"guizhang": "政府规章", "jiedu": "政策解读", "jiceng": "基层公开"}.get(
                key, "公开制度"
            ),
            description="说明",
            kind=ColumnKind.TOPIC,
            owner=city.bureau_b,
            rule={"kind": "interpretation"} if key == "jiedu" else {"topic": key},
            max_gap_days=14,
            order=place,
        )
    jiceng = Column.objects.get(site=city.site, key="jiceng")
    Section.objects.create(
        column=jiceng, key="butie", name="惠民惠农补贴", rule={"topic": "jiceng/butie"}, order=1
    )
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
    return Town(city)


__all__ = ["DAY", "Town", "build", "make_plan", "moment"]
