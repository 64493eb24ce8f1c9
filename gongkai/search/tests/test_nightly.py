"""Every night: titles come back on page 1, indexes say what the database says, and a fact tells."""

import json
from collections.abc import Sequence
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gongkai.core import jobs
from gongkai.core.clock import at
from gongkai.core.models import Fact, SealHead
from gongkai.search import entries, health, nightly, query, reports, writing
from gongkai.search.entries import PUBLIC, Entry, Shown, Source
from gongkai.search.models import NightRun
from tests.factories import DAY

pytestmark = pytest.mark.django_db
NIGHT = at(DAY, 1, 5)
TITLES = (
    "关于减免服务业小微企业房屋租金的通知", "普惠托育机构补助办法", "老旧小区改造实施方案", "防汛应急预案",
    "市场主体倍增工程工作方案", "教师公开招聘公告", "停水检修通知", "食品安全抽检信息通告",
)  # fmt: skip


class Shelf:
    """Records in memory, as a source sees them."""

    def __init__(self, titles: Sequence[str]) -> None:
        self.titles = dict(enumerate(titles, start=1))

    def read(self, ids: Sequence[int]) -> list[Entry]:
        return [Entry("paper", n, self.titles[n], version="1") for n in ids if n in self.titles]

    def ids(self, after: int, limit: int) -> list[int]:
        return [n for n in sorted(self.titles) if n > after][:limit]

    def show(self, wanted: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Shown]:
        return {
            (n, ""): Shown("1", self.titles[n], f"/{n}/") for n, _ in wanted if n in self.titles
        }


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    found = Shelf(TITLES)
    source = Source("paper", "文件", PUBLIC, found.read, found.ids, show=found.show)
    monkeypatch.setattr(entries, "_SOURCES", {(PUBLIC, "paper"): source})
    monkeypatch.setattr(nightly, "_TOLD", {})
    writing.rebuild(PUBLIC)
    return found


def test_titles_are_looked_for_and_the_night_is_a_fact_once(shelf: Shelf) -> None:
    assert nightly.check_nightly(at(DAY, 0, 59)) == 0 and not Fact.objects.exists()
    assert nightly.check_nightly(NIGHT) == 0
    assert nightly.check_nightly(at(DAY, 3)) == 0
    fact = Fact.objects.get()
    assert (fact.action, fact.subject_kind, fact.subject_id) == (
        "search.titles.checked", "search", DAY.isoformat(),
    )  # fmt: skip
    told = fact.details
    assert (told["count"], told["found"], told["share"], told["enough"]) == (8, 8, 100.0, 95)
    assert {row["id"] for row in told["titles"]} == set(shelf.titles)
    assert all(row["rank"] == 1 for row in told["titles"])
    assert nightly.check_nightly(NIGHT + timedelta(days=1)) == 0
    assert Fact.objects.count() == 2


def test_a_poor_night_is_told_with_the_records_that_were_not_found(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Fact] = []
    nightly.on_poor_result("test", lambda fact, now: told.append(fact))
    monkeypatch.setattr(
        nightly, "as_typed", lambda text: query.ask("没有这样的词" if "托育" in text else text)
    )
    assert nightly.check_nightly(NIGHT) == 1
    assert told == [Fact.objects.get()] and told[0].details["share"] == 87.5
    night = reports.nights(DAY)[0]
    assert not night.good and night.lost == [("paper", 2)]


def test_a_night_without_an_index_waits_and_shows(
    shelf: Shelf, settings: Any, tmp_path: Any
) -> None:
    settings.SEARCH_DIR = tmp_path
    assert nightly.check_nightly(NIGHT) == 0 and nightly.compare_nightly(NIGHT) == 0
    assert not Fact.objects.exists() and not NightRun.objects.exists()
    assert not nightly.check_titles(today=DAY).ready


def test_a_night_begun_by_a_worker_that_died_is_taken_over(shelf: Shelf) -> None:
    NightRun.objects.create(job="search.nightly", day=DAY, leased_until=NIGHT + timedelta(hours=1))
    nightly.check_nightly(NIGHT)
    assert not Fact.objects.exists()
    nightly.check_nightly(NIGHT + timedelta(hours=2))
    assert Fact.objects.count() == 1


def test_a_twin_counts_and_is_named(shelf: Shelf) -> None:
    shelf.titles = dict(enumerate(["停水检修通知"] * 12, start=1))
    writing.rebuild(PUBLIC, resume=False)
    found = nightly.check_titles(today=DAY, count=12)
    assert found.good and {row.twin for row in found.rows} == {True, False}


def test_the_choice_is_the_days_own(shelf: Shelf) -> None:
    assert nightly.pick(3, "2022-10-18") == nightly.pick(3, "2022-10-18")
    assert len({tuple(nightly.pick(3, f"2022-10-{n}")) for n in range(10, 20)}) > 3
    assert sorted(nightly.pick(99, "x")) == [("paper", n) for n in range(1, 9)]


def test_drift_is_found_asked_for_and_recorded(shelf: Shelf) -> None:
    shelf.titles[2] = "普惠托育机构补助办法（修订）"
    shelf.titles[9] = "新的一篇"
    del shelf.titles[4]
    assert nightly.compare_nightly(NIGHT) == 3
    assert nightly.compare_nightly(NIGHT) == 0
    told = Fact.objects.get(action="search.index.compared").details["spaces"][PUBLIC]
    assert (told["missing"], told["stale"], told["surplus"], told["asked"]) == (1, 1, 1, 3)
    assert Fact.objects.filter(action=writing.DRIFT).count() == 1
    night = reports.nights(DAY)[0]
    assert (night.drift, night.entries, night.finished, night.titles) == (3, 8, True, None)


def test_a_comparison_that_takes_too_long_stops_and_says_so(shelf: Shelf) -> None:
    told: list[str] = []
    nightly.on_poor_result("test", lambda fact, now: told.append(fact.action))
    nightly.compare_nightly(NIGHT, budget=-1.0)
    assert told == ["search.index.compared"]
    assert not reports.nights(DAY)[0].finished


def test_the_timer_and_the_slow_work_know_of_it() -> None:
    assert {"search.tally", "search.forget", "search.nightly"} <= set(jobs._JOBS)
    assert jobs._SLOW["search.compare"][1] is nightly.compare_nightly


def test_nights_between_checks_are_shown_as_missed(shelf: Shelf) -> None:
    nightly.check_nightly(NIGHT - timedelta(days=2))
    nightly.check_nightly(NIGHT)
    shown = reports.nights(DAY)
    assert [(night.day, night.titles is None) for night in shown] == [
        (DAY, False), (DAY - timedelta(days=1), True), (DAY - timedelta(days=2), False),
    ]  # fmt: skip
    assert reports.nights(DAY + timedelta(days=40)) == []


def run(*words: str) -> str:
    out = StringIO()
    call_command("search", *words, stdout=out)
    return out.getvalue()


def test_the_command_looks_for_titles_and_records_nothing(
    shelf: Shelf, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO_DATE = DAY
    told = json.loads(run("titles", "--n", "3", "--format", "json"))
    assert (told["count"], told["found"]) == (3, 3)
    assert {row["title"] for row in told["titles"]} <= set(TITLES)
    assert "首页搜到 8 个，100.0%" in run("titles")
    assert not Fact.objects.exists()
    with pytest.raises(CommandError, match="至少"):
        run("titles", "--n", "0")
    monkeypatch.setattr(nightly, "as_typed", lambda text: query.ask("没有"))
    with pytest.raises(CommandError, match="低于"):
        run("titles")


def test_the_doctor_tells_of_each_index(
    shelf: Shelf, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [(ok, "已跟上" in note) for _, ok, note in health.examine()] == [(True, True)]
    monkeypatch.setattr(health.index, "read_state", lambda generation: {"cursor": 7})
    assert "另一个数据库" in health.examine()[0][2]
    settings.SEARCH_DIR = tmp_path
    assert [ok for _, ok, _ in health.examine()] == [False]
    shelf.titles.clear()
    assert [ok for _, ok, _ in health.examine()] == [None]


def test_the_doctor_says_when_nobody_follows(shelf: Shelf) -> None:
    SealHead.objects.create(pk=1, sequence=health.BEHIND, chain="x")
    assert health.examine()[0][1] is True and "落后 2000 条" in health.examine()[0][2]
    SealHead.objects.update(sequence=health.BEHIND + 1)
    assert health.examine()[0][1] is False
