"""A small city with its supervising office, and work points written for these tests."""

from dataclasses import dataclass
from datetime import date, datetime

from gongkai.core.clock import at
from gongkai.ledger import planning
from gongkai.ledger.enums import UnitRole
from gongkai.ledger.models import Assignment, LedgerTask, Plan, PlanImport, WorkPoint
from gongkai.organisations.enums import UnitKind
from gongkai.organisations.models import Unit, User
from tests.factories import UnitFactory, member, user_with

NOW = at(date(2022, 5, 20), 9)
DISTRICTS = (
    "芙蓉区",
    "天心区",
    "岳麓区",
    "开福区",
    "雨花区",
    "望城区",
    "长沙县",
    "浏阳市",
    "宁乡市",
)

HEAD = """# 长沙市2022年政务公开工作要点

长政务公开办发〔2022〕1号

市直各单位，各区县（市）人民政府、园区管委会：

长沙市政务公开政务服务工作领导小组办公室

2022年5月10日

## 一、围绕经济发展
"""
TAXES = (
    "公开税费信息。发布新出台的减税降费政策。2022年年底前，建立优惠政策清单并公开。"
    "（市财政局、市税务局牵头，市直相关单位和各区县（市）人民政府按职责分工负责）"
)
PROJECTS = (
    "公开投资信息。公布重大项目的进展。（市发展改革委牵头，各区县（市）人民政府按职责分工负责）"
)
TRAINING = "抓好培训。每年组织1次以上集中培训。（市行政审批服务局负责）"
NUMERALS = "一二三四五六七八九"


def document(*points: str, head: str = HEAD) -> bytes:
    """Work points as a Markdown file."""
    lines = [f"（{NUMERALS[i]}）{text}\n" for i, text in enumerate(points)]
    return "\n".join([head, *lines]).encode()


@dataclass
class Office:
    """The supervising office, its supervisor, and the units its document names."""

    unit: Unit
    supervisor: User
    bureaus: dict[str, Unit]
    districts: list[Unit]
    parks: list[Unit]

    def open(
        self, *points: str, head: str = HEAD, name: str = "yaodian.md", now: datetime = NOW
    ) -> PlanImport:
        """Read a document made of these points."""
        return planning.import_open(
            office=self.unit, data=document(*points, head=head), filename=name,
            member=member(self.supervisor), now=now,
        )  # fmt: skip

    def confirm(
        self, row: PlanImport, *, now: datetime = NOW, refers_to: Plan | None = None
    ) -> Plan:
        return planning.import_confirm(
            import_id=row.pk, member=member(self.supervisor), now=now, refers_to=refers_to
        )

    def correct(self, row: PlanImport, number: int, **changes: object) -> PlanImport:
        return planning.import_correct(
            import_id=row.pk, number=number, changes=changes, member=member(self.supervisor),
            now=NOW,
        )  # fmt: skip

    def plan(self, *points: str) -> Plan:
        """A confirmed ledger."""
        return self.confirm(self.open(*points))


def open_office() -> Office:
    """Build the office and the city around it."""
    government = UnitFactory(
        code="changsha", short_name="市政府", full_name="长沙市人民政府", kind=UnitKind.GOVERNMENT
    )
    unit = UnitFactory(
        code="zwgkb", short_name="市政务公开办", kind=UnitKind.OFFICE, parent=government,
        full_name="长沙市政务公开政务服务工作领导小组办公室",
    )  # fmt: skip
    bureaus = {
        code: UnitFactory(code=code, short_name=name, parent=government)
        for code, name in (
            ("czj", "市财政局"), ("sw", "市税务局"), ("fgw", "市发展改革委"),
            ("xzspj", "市行政审批服务局"), ("sjj", "市审计局"),
        )
    }  # fmt: skip
    districts = []
    for name in DISTRICTS:
        district = UnitFactory(
            short_name=f"{name}政府", full_name=f"长沙市{name}人民政府", district=True
        )
        district.area = district
        district.save(update_fields=["area"])
        districts.append(district)
    parks = [
        UnitFactory(short_name=name, kind=UnitKind.PARK) for name in ("长沙高新区", "长沙经开区")
    ]
    return Office(unit, user_with("supervisor", unit), bureaus, districts, parks)


def assignment(
    office: Office,
    unit: Unit,
    *,
    deadline: date | None = None,
    recurs: str = "",
    role: str = UnitRole.LEAD,
    active: bool = True,
    reference: bool = False,
) -> Assignment:
    """One unit's share in the one task of a plan of its own."""
    plan = Plan.objects.create(
        office=office.unit,
        year=2022,
        title="要点",
        confirmed_at=NOW,
        doc_no=f"无〔2022〕{Plan.objects.count()}号",
    )
    point = WorkPoint.objects.create(
        plan=plan,
        number=3,
        title="公开税费信息",
        text="正文",
        raw="正文",
        kind="task",
        text_hash="x",
    )
    task = LedgerTask.objects.create(
        point=point, seq=1, text="建立清单", deadline=deadline, recurs=recurs
    )
    return Assignment.objects.create(
        task=task, unit=unit, role=role, active=active, reference=reference
    )
