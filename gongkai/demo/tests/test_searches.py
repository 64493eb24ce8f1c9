"""The demonstration's searches: the same every time, each answer asked of the index."""

from datetime import timedelta

import pytest

from gongkai.demo import searches
from gongkai.search import entries, finding, nightly, writing
from gongkai.search.entries import PUBLIC, Entry, Source
from gongkai.search.models import SearchClick, SearchDay, SearchTrace
from tests.factories import DAY

pytestmark = pytest.mark.django_db


def test_two_weeks_of_searches_as_the_index_answers_them(monkeypatch: pytest.MonkeyPatch) -> None:
    paper = Entry("paper", 7, "关于阶段性减免房租的通知")
    source = Source(
        "paper", "文件", PUBLIC, lambda ids: [paper], lambda after, n: [7][after // 7 :]
    )
    monkeypatch.setattr(entries, "_SOURCES", {(PUBLIC, "paper"): source})
    writing.rebuild(PUBLIC)
    first = [
        (type(line).__name__, line.pk, vars(line).get("text"))
        for line in searches._lines(DAY - timedelta(days=searches.DAYS), DAY)
    ]
    assert searches.build_searches(DAY) == searches.SEARCHES
    again = searches._lines(DAY - timedelta(days=searches.DAYS), DAY)
    assert first == [(type(line).__name__, line.pk, vars(line).get("text")) for line in again]
    days = SearchTrace.objects.values_list("day", flat=True).distinct()
    assert min(days) >= DAY - timedelta(days=searches.DAYS) and max(days) < DAY
    assert SearchDay.objects.count() == searches.DAYS + 1
    rent = SearchTrace.objects.filter(text="减免房租", page=1)
    found = finding.find(PUBLIC, nightly.as_typed("减免房租"), today=DAY)
    assert rent.count() > 10 and found.total == 1
    assert set(rent.values_list("strict", "related")) == {(found.total, found.related)}
    assert set(SearchClick.objects.filter(trace__in=rent).values_list("record", "position")) == {
        ("paper:7", 1)
    }
    personal = SearchTrace.objects.filter(dropped="personal")
    assert personal.exists() and not personal.exclude(text="").exists()
