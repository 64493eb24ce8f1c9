"""A small collection to search in: records in memory, registered as a source of a space."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from gongkai.search import entries
from gongkai.search.entries import PUBLIC, Entry, Shown, Source, number_key


@dataclass
class Shelf:
    """Records that tests change at will."""

    rows: dict[int, list[Entry]] = field(default_factory=dict)
    reads: int = 0

    def put(self, number: int, title: str, text: str = "", **more: object) -> Entry:
        """Add or replace a record."""
        facets = {"validity": ("in_force",), "type": ("notice",)} | dict(more.pop("facets", {}))  # type: ignore[call-overload]
        entry = Entry(kind="thing", id=number, title=title, text=text, facets=facets)
        entry = replace(entry, **{"day": date(2022, 10, 1), "version": "1", **more})  # type: ignore[arg-type]
        self.rows[number] = [entry]
        return entry

    def read(self, ids: Sequence[int]) -> Iterable[Entry]:
        """As a source."""
        self.reads += 1
        for number in ids:
            yield from self.rows.get(number, [])

    def ids(self, after: int, limit: int) -> Sequence[int]:
        """As a source."""
        return sorted(number for number in self.rows if number > after)[:limit]

    def show(self, wanted: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Shown]:
        """As a source."""
        return {
            (number, part): Shown(self.rows[number][0].version, self.rows[number][0].title, "/x/")
            for number, part in wanted
            if number in self.rows
        }


@contextmanager
def shelf(space: str = PUBLIC) -> Iterator[Shelf]:
    """A shelf as the only source of all spaces."""
    before = dict(entries._SOURCES)
    entries._SOURCES.clear()
    found = Shelf()
    entries.register_source(Source("thing", "物件", space, found.read, found.ids, show=found.show))
    try:
        yield found
    finally:
        entries._SOURCES.clear()
        entries._SOURCES.update(before)


DOC_NO = number_key("长政办发〔2022〕13号")


def fill(on: Shelf) -> None:
    """A dozen records that the tests of queries ask for."""
    on.put(1, "长沙市住房公积金提取办法", "职工购房可以提取住房公积金。提取额不超过账户余额。")
    on.put(
        2, "公租房租赁补贴申请指南", "申请公租房补贴，要有长沙户口。", facets={"type": ("service",)}
    )
    on.put(3, "关于印发政务公开工作要点的通知", "各区县认真贯彻。", numbers=(DOC_NO,), authority=3)
    on.put(4, "旧的公积金办法", "已经废止的公积金提取规定。", facets={"validity": ("repealed",)})
    on.put(5, "2022年市本级预算调整方案", "预算收入与支出，13号文件的要求。")
    on.put(6, "长沙市财政局概况", "财政、税收与国有资产。")
    on.put(7, "優化營商環境條例解讀", "營商環境好不好，企業說了算。")
    on.put(8, "ＷＴＯ规则与５Ｇ基站建设", "5G 基站，每座补贴 3.5 万元。")
    on.put(9, "雨水管网改造公告", "雨花区的雨水管网，今年改造。")
    on.put(10, "第十二届人大代表名单", "")
