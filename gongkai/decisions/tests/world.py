"""A small city with people who write, review and release, for the tests of decisions."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gongkai.decisions import meetings
from gongkai.decisions.meetings import Entry
from gongkai.decisions.models import Meeting
from gongkai.organisations.models import Unit, User
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item
from gongkai.review.models import ReviewCase
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

FACTS: dict[str, dict[str, Any]] = {
    "measure": {
        "area": "wangcheng", "measure_kind": "travel", "applies_to": "外省来长人员",
        "how": ["到达前报备", "三天两检"], "hotline": "0731-80009999",
    },
    "trace": {
        "area": "雨花区",
        "venues": [
            {"place": "演示生鲜超市", "district": "雨花区", "day": "2022-10-16", "band": "下午"}
        ],
        "act": ["向社区报备"], "hotline": "0731-80009999",
    },
    "bulletin": {
        "authorised_source": "湖南省卫生健康委员会10月17日通报", "period_to": "10月17日24时",
        "area": "全市", "figures": [{"name": "新增确诊病例", "value": 0}],
        "hotline": "0731-80009999",
    },
    "rumour": {"claim": "明天全城停运", "verdict": "false", "authority": "市交通运输局"},
    "plan": {"period": "2021—2025年", "level": "overall"},
}  # fmt: skip
MORE: dict[str, dict[str, Any]] = {
    "measure": {"effective_on": "2022-10-10", "summary": "来长人员报备。"},
    "trace": {"topics": ["yingshang"]},
    "bulletin": {"body": "<p>情况。</p>"},
    "rumour": {"body": "<p>事实。</p>", "summary": "不属实。", "title": "“明天全城停运”不属实"},
    "plan": {"body": "<p>正文。</p>", "summary": "规划。", "theme": "0401"},
}


def entry(title: str = "冬春季保供稳价方案", **more: Any) -> Entry:
    """A public matter that was agreed to."""
    values: dict[str, Any] = {
        "way": "deliberate", "decision": "agreed", "text": f"{title}的议定内容",
        "organ": "市商务局", "lead": "市商务局",
    }  # fmt: skip
    return Entry(title, **{**values, **more})


def secret(title: str = "人防工程布局调整", **more: Any) -> Entry:
    """A matter held back."""
    return entry(
        title,
        **{"public": False, "code": "state_secret", "legal_basis": "演示定密〔2022〕1号", **more},
    )


@dataclass
class World:
    """The city with an editor and reviewers of one bureau."""

    city: City
    editor: User
    people: dict[str, User] = field(default_factory=dict)
    serial: int = 0

    @property
    def unit(self) -> Unit:
        return self.city.bureau_a

    def meeting(
        self, *agenda: Entry, meeting: Meeting | None = None, now: datetime | None = None, **more: Any
    ) -> Meeting:  # fmt: skip
        values: dict[str, Any] = {
            "kind": "executive", "government": "市人民政府", "term": "第十六届", "session_no": 14,
            "held_on": date(2022, 10, 10), "chair": "市长", "observers": {"citizens": 2},
            "media": [{"outlet": "长沙晚报（演示）", "title": "市政府研究保供"}],
        }  # fmt: skip
        return meetings.meeting_save(
            meeting_id=meeting.pk if meeting else None, unit=self.unit, agenda=agenda or [entry()],
            member=member(self.editor), now=now or moment(9), **{**values, **more},
        )  # fmt: skip

    def draft(
        self, kind: str, *, now: datetime | None = None, facts: Any = None, **more: Any
    ) -> Item:
        self.serial += 1
        content = {
            "title": f"{kind}第{self.serial}条", "formed_on": "2022-10-10", **MORE.get(kind, {}), **more,
            "facts": {**FACTS.get(kind, {}), **(facts or {})},
        }  # fmt: skip
        return publishing.item_create(
            unit=self.unit, kind=self.city.kinds[kind], content=content,
            member=member(self.editor), now=now or moment(9),
        )  # fmt: skip

    def submit(self, item: Item, now: datetime | None = None) -> ReviewCase:
        return submit(item, self.editor, now=now or moment(10))

    def approve(self, case: ReviewCase, now: datetime | None = None) -> Item:
        approve_all(case, self.people, now=now or moment(11))
        return Item.objects.select_related("unit", "kind").get(pk=case.subject_id)

    def release(self, item: Item, *, now: datetime | None = None) -> Item:
        return self.approve(self.submit(item, now), now)

    def public(self, kind: str, *, now: datetime | None = None, **more: Any) -> Item:
        return self.release(self.draft(kind, now=now, **more), now=now)


def build() -> World:
    """The test city."""
    city = make_city()
    return World(city, user_with("editor", city.bureau_a), reviewers(city.bureau_a))
