"""The two catalogues of the demonstration city: tables made from the reference rows, read in by
the importer, public documents put under their entries, some 无此事项, some overdue."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from gongkai.catalogue.entries import absences, importing, services
from gongkai.catalogue.entries.models import Entry, EntryUnit
from gongkai.catalogue.entries.reference import reference_table
from gongkai.core.clock import at, day_of
from gongkai.demo.people import acting
from gongkai.organisations.models import Unit
from gongkai.publishing.enums import Visibility
from gongkai.publishing.models import Item

CITY_FIELDS = ("jiuzhu", "yiwujiaoyu", "weishengjiankang", "zhongdaxiangmu", "shenongbutie")
DISTRICT_FIELDS = ("shenongbutie", "yiwujiaoyu", "weishengjiankang")
# (slug of the document, field of the entry, its second item, period).
LINKS = (
    ("subsidy-catalogue", "shenongbutie", "惠民惠农补贴政策目录清单", ""),
    ("rural-fund-batch2", "shenongbutie", "资金安排和使用情况", ""),
    ("childcare-beds", "weishengjiankang", "普惠托育补助", ""),
    ("health-tips-autumn", "weishengjiankang", "传染病防控信息", ""),
    ("holiday-return-health", "weishengjiankang", "传染病防控信息", ""),
    ("ten-projects-q3", "zhongdaxiangmu", "重点项目计划和调度情况", "2022Q3"),
    ("investment-issues", "zhongdaxiangmu", "投资审批问题反映渠道", ""),
    ("wangcheng-ratoon-rice", "shenongbutie", "粮食生产和适度规模经营补贴", ""),
    ("rent-relief", "", "行政规范性文件", ""),
    ("subsidy-catalogue", "", "行政规范性文件", ""),
    ("investment-issues", "", "行政规范性文件", ""),
    ("permit-commitment", "", "行政规范性文件", ""),
    ("normative-docs", "", "行政规范性文件", ""),
    ("water-gas-disclosure", "", "供水、供气、公共交通等服务信息", ""),
    ("childcare-beds", "", "教育、医疗、社会保障、促进就业的政策措施和实施情况", ""),
    ("unemployment-fund-q2", "", "社会保险基金收支和使用情况", "2022Q2"),
    ("ten-projects-q3", "", "项目批准和实施情况", ""),
    ("market-entities-2022", "", "年度重点工作计划和执行情况", ""),
)


def _import(owner: Unit, user: str, fields: tuple[str, ...], day: date) -> None:
    moment = at(day, 10)
    member = acting(user, moment)
    district = owner.area_id is not None
    data = reference_table(
        fields,
        owner=owner.short_name,
        prefix=owner.short_name.removesuffix("政府") if district else "市",
        known=set(importing.unit_names(owner, day)),
        level="county" if district else "city",
    )
    opened = importing.import_open(
        owner=owner,
        data=data,
        filename=f"{owner.short_name}公开目录{day:%Y%m%d}.xlsx",
        member=member,
        now=moment,
    )
    importing.import_confirm(import_id=opened.pk, member=member, now=moment + timedelta(minutes=30))


def build_catalogues(made: Mapping[str, Item]) -> int:
    """Import the catalogues and link what is public; returns how many links there are.

    ``made`` are the documents of the city by their slug. The dates are chosen so that on the day
    of the demonstration some entries are overdue, some due within three days, some not yet.
    """
    city = Unit.objects.get(code="changsha")
    district = Unit.objects.get(code="wangcheng")
    _import(city, "zwgkb_zhuguan", ("statutory",), date(2022, 9, 20))
    _import(city, "zwgkb_zhuguan", CITY_FIELDS, date(2022, 9, 27))
    _import(district, "wangcheng_xzspj_zhuguan", DISTRICT_FIELDS, date(2022, 9, 7))
    _import(district, "wangcheng_xzspj_zhuguan", ("statutory",), date(2022, 9, 23))
    linked = sum(_link(made, *row) for row in LINKS)
    linked += _profiles()
    _absences()
    return linked


def _duty(unit: Unit, field: str, item2: str) -> EntryUnit | None:
    return EntryUnit.objects.filter(
        unit=unit, entry__item2=item2, entry__catalogue__field=field, ended_on=None
    ).first()


def _late_enough(item: Item, duty: EntryUnit) -> datetime:
    """After both the publication and the catalogue, within office hours."""
    assert item.published_at is not None
    return at(max(day_of(item.published_at), duty.since), 16, 20)


def _link(made: Mapping[str, Item], slug: str, field: str, item2: str, period: str) -> int:
    item = made.get(slug)
    if item is None:
        return 0
    item = Item.objects.select_related("unit").get(pk=item.pk)
    duty = _duty(item.unit, field, item2)
    if duty is None or item.visibility != Visibility.PUBLIC:
        return 0
    moment = _late_enough(item, duty)
    services.link_later(
        entry_id=duty.entry_id, unit_id=item.unit_id, record_id=item.pk, period=period,
        member=acting(f"{item.unit.code}_bianji", moment), now=moment,
    )  # fmt: skip
    return 1


def _profiles() -> int:
    """The profile pages that units have published answer for 机构职能."""
    rows = Item.objects.filter(kind__key="functions", visibility=Visibility.PUBLIC)
    count = 0
    for item in rows.select_related("unit"):
        duty = _duty(item.unit, "", "机关职能和机构设置")
        if duty is None:
            continue
        moment = _late_enough(item, duty)
        services.link_later(
            entry_id=duty.entry_id, unit_id=item.unit_id, record_id=item.pk,
            member=acting(f"{item.unit.code}_bianji", moment), now=moment,
        )  # fmt: skip
        count += 1
    return count


def _absences() -> None:
    """One 无此事项 agreed to, one that waits for the final reviewer or the office."""
    moment = at(date(2022, 10, 12), 9, 30)
    agreed = Entry.objects.filter(
        item2="有一定社会影响的处罚决定", answering__unit__code="wjw"
    ).first()
    if agreed is not None:
        unit = Unit.objects.get(code="wjw")
        row = absences.absence_request(
            entry_id=agreed.pk, unit_id=unit.pk, period="2022",
            reason="今年作出的处罚都没有达到有一定社会影响的程度。",
            member=acting("wjw_bianji", moment), now=moment,
        )  # fmt: skip
        later = moment + timedelta(hours=3)
        absences.absence_decide(
            absence_id=row.pk, approve=True, remark="与执法台账核对一致。",
            member=acting("wjw_zhongshen", later), now=later,
        )  # fmt: skip
    asked = Entry.objects.filter(item2="收费目录清单", answering__unit__code="czj").first()
    if asked is not None:
        unit = Unit.objects.get(code="czj")
        moment = at(date(2022, 10, 17), 15)
        absences.absence_request(
            entry_id=asked.pk, unit_id=unit.pk, period="2022",
            reason="本级没有新设收费项目，目录由市发展改革委统一公布。",
            member=acting("czj_bianji", moment), now=moment,
        )  # fmt: skip
