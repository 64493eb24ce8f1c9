"""Annual reports of the demonstration city: of last year and the one before, some on time, some late,
some missing, as cities find them. Numbers are invented and marked as such."""

from collections.abc import Mapping
from datetime import date
from html import escape

from django.db import transaction

from gongkai.catalogue import services as catalogue
from gongkai.core.clock import at
from gongkai.demo.profiles import publish
from gongkai.organisations.models import Unit
from gongkai.publishing.models import Item, ItemKind
from gongkai.publishing.placing import record_of

FOUNDED = date(2019, 3, 25)
"""The reform of 2018 and 2019 gave the units their present form."""
# Unit: (published, applications, extended), the day of the report on 2021, and the day on which
# the old site had shown the report on 2020, if it had.
REPORTS: Mapping[str, tuple[tuple[int, int, int], date, date | None]] = {
    "czj": ((186, 9, 1), date(2022, 1, 24), date(2021, 1, 22)),
    "wjw": ((243, 21, 2), date(2022, 1, 24), date(2021, 1, 28)),
    "fgw": ((158, 14, 1), date(2022, 1, 24), date(2021, 1, 26)),
    "szfb": ((97, 63, 6), date(2022, 1, 24), date(2021, 1, 29)),
    "wangcheng": ((512, 48, 3), date(2022, 3, 24), date(2021, 3, 30)),
    "jyj": ((204, 17, 1), date(2022, 1, 27), None),
    "jtj": ((131, 11, 0), date(2022, 2, 18), date(2021, 1, 27)),
    "rsj": ((176, 26, 2), date(2022, 1, 28), date(2021, 1, 25)),
    "zjj": ((167, 35, 4), date(2022, 3, 8), None),
    "nyj": ((142, 8, 0), date(2022, 1, 26), None),
    "scjgj": ((221, 12, 1), date(2022, 1, 29), date(2021, 1, 29)),
}


def build_reports() -> int:
    """Publish the reports through the gate; returns how many. Reports on 2020 came from the old
    site and keep the day on which they were public there."""
    Unit.objects.filter(valid_from=date(2022, 1, 1)).update(valid_from=FOUNDED)
    kind = ItemKind.objects.get(key="annual_report")
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=list(REPORTS))}
    shelf = catalogue.Shelf.load()
    count = 0
    for place, (code, (numbers, day, before)) in enumerate(REPORTS.items()):
        if before is not None:
            fewer = (numbers[0] * 9 // 10, numbers[1] * 8 // 10, numbers[2] // 2)
            item = _report(units[code], kind, 2020, fewer, date(2022, 1, 13), place)
            Item.objects.filter(pk=item.pk).update(original_published_on=before)
            item = Item.objects.select_related("unit__area", "kind", "theme__parent").get(
                pk=item.pk
            )
            with transaction.atomic():
                catalogue.place(record=record_of(item), shelf=shelf)
            count += 1
        _report(units[code], kind, 2021, numbers, day, place)
        count += 1
    return count


def _report(
    unit: Unit, kind: ItemKind, year: int, numbers: tuple[int, int, int], day: date, minute: int
) -> Item:
    published, received, extended = numbers
    parts = (
        ("总体情况", f"全年主动公开政府信息 {published} 条，更新机构职能和公开指南各 1 次。"
         f"收到政府信息公开申请 {received} 件，都在期限内办结，其中延期 {extended} 件。"),
        ("主动公开政府信息情况", f"制发行政规范性文件 {max(published // 60, 1)} 件，"
         "废止 1 件，现行有效的文件都在专栏公开。"),
        ("收到和处理政府信息公开申请情况", f"自然人申请 {received - received // 5} 件，"
         f"法人和其他组织申请 {received // 5} 件；予以公开 {received - received // 3} 件，"
         f"部分公开、不予公开和无法提供 {received // 3} 件。"),
        ("因政府信息公开工作被申请行政复议、提起行政诉讼情况", "行政复议 0 件，行政诉讼 0 件。"),
        ("存在的主要问题及改进情况", "解读形式还偏单一，个别栏目更新不够及时。"
         "下一年增加图解和场景解读，按月检查栏目更新。"),
        ("其他需要报告的事项", "全年没有收取信息处理费。本报告数字为演示编写。"),
    )  # fmt: skip
    body = "".join(
        f"<h2>{'一二三四五六'[n]}、{head}</h2><p>{escape(text)}</p>"
        for n, (head, text) in enumerate(parts)
    )
    return publish(
        unit, kind, at(day, 15, minute),
        title=f"{unit.full_name}{year}年政府信息公开工作年度报告",
        summary=f"{year} 年主动公开 {published} 条，收到申请 {received} 件，没有行政复议和诉讼。",
        body=body,
        facts={"year": str(year)},
    )  # fmt: skip
