"""搜索统计 at the desk: who may read it, what it says, how many queries it takes, its files."""

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import transaction

from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.desk import search_desk
from gongkai.desk.search_notices import tell_operators
from gongkai.messaging.models import Message
from gongkai.organisations.models import User
from gongkai.search import nightly, tallies, traces
from gongkai.search.clicks import Mark
from gongkai.search.reports import Figures
from gongkai.search.traces import Search
from tests.factories import DAY, City, make_city, user_with
from tests.screens import html, queries, refused, sign_in, words

pytestmark = pytest.mark.django_db
PAGE = "/desk/search/"


@pytest.fixture
def city(settings: Any) -> City:
    settings.DEMO_DATE = DAY
    return make_city()


@pytest.fixture
def office(city: City) -> User:
    return user_with("supervisor", city.office)


def some_searches() -> None:
    lines: list[Any] = []
    for n, (text, strict, related, opened) in enumerate(
        [("公积金", 3, 0, 1), ("公积金", 3, 0, 0), ("滑雪场", 0, 0, 0), ("=1+1 上牌", 0, 4, 4)], 1
    ):
        now = at(DAY - timedelta(days=n), 10)
        found = Search(text, strict, related, milliseconds=n * 10)
        lines.append(traces.line_of(found, trace=n, now=now))
        if opened:
            lines.append(traces.click_line(Mark(n, f"item:{n}", opened), now=now))
    traces.store(lines)
    tallies.fold_due(at(DAY, 12))


def nights(lost: int) -> None:
    with transaction.atomic():
        for action, details in (
            (
                nightly.TITLES,
                {
                    "count": 20, "found": 20 - lost, "share": 100 - 5 * lost, "enough": 95,
                    "titles": [
                        {"kind": "item", "id": n, "rank": 0 if n < lost else 1} for n in range(20)
                    ],
                },
            ),
            (nightly.COMPARED, {"spaces": {"public": {"finished": True, "entries": 9, "asked": 0}}}),
        ):  # fmt: skip
            fact = facts.record(
                action=action, subject=("search", DAY.isoformat()), actor=Actor.system("x"),
                occurred_at=at(DAY, 1), details=details,
            )  # fmt: skip
            if action == nightly.TITLES and lost > 1:
                tell_operators(fact, at(DAY, 1))


def test_it_says_what_was_looked_for(office: User) -> None:
    some_searches()
    nights(lost=1)
    client = sign_in(office)
    said = words(client.get(PAGE))
    assert "搜索4次" in said and "没有结果1次，占 25.0%" in said
    assert "只有相关结果1次" in said and "有结果没人点1次" in said
    assert "点击 2 次，平均点第 2.5 条" in said
    assert "20 个搜到 19 个，95%" in said and "合格" in said and "一致 9 条" in said
    page = html(client.get(PAGE, {"list": "empty"}))
    assert 'href="/search/?q=%E6%BB%91%E9%9B%AA%E5%9C%BA"' in page and ">公积金</a>" not in page
    assert 'href="/nr/0/"' in page
    assert "这段时间没有人搜索" in words(
        client.get(PAGE, {"from": "2021-01-01", "to": "2021-02-01"})
    )


def test_the_number_of_queries_does_not_grow(office: User) -> None:
    client = sign_in(office)
    client.get(PAGE)
    empty = queries(client, PAGE)
    some_searches()
    nights(lost=0)
    full = queries(client, PAGE)
    assert full <= empty + 1 <= 14


@pytest.mark.parametrize(
    ("asked", "days", "span"),
    [
        ({}, 30, "month"),
        ({"span": "week"}, 7, "week"),
        ({"span": "x"}, 30, "month"),
        ({"from": "2022-10-02", "to": "2022-10-01"}, 2, ""),
        ({"from": "2010-01-01", "to": "2030-01-01"}, 400, ""),
        ({"from": "2030-01-01", "to": "2031-01-01"}, 1, ""),
        ({"from": "x", "to": "2022-10-01"}, 30, "month"),
    ],
)
def test_periods_make_sense_whatever_is_asked(
    rf: Any, asked: dict[str, str], days: int, span: str
) -> None:
    wanted = search_desk.wanted_of(rf.get(PAGE, asked), DAY)
    assert (len(wanted.period.days), wanted.span) == (days, span)
    assert wanted.period.last <= DAY


def test_many_days_become_weeks_and_months(rf: Any) -> None:
    for count, parts in ((7, 7), (31, 31), (90, 13), (400, 14)):
        first = DAY - timedelta(days=count - 1)
        wanted = search_desk.wanted_of(rf.get(PAGE, {"from": first, "to": DAY}), DAY)
        found = search_desk.buckets(search_desk.reports.report(wanted.period))
        assert len(found) == parts
        assert sum(bool(label) for label, _ in search_desk.thinned(found)) <= 8
        assert search_desk.thinned(found)[-1][0] == found[-1][0]
        assert all(isinstance(row, Figures) for _, row in found)


def test_only_the_office_and_operators_may_read_it(city: City, office: User) -> None:
    editor = user_with("editor", city.bureau_a)
    operator = user_with("operator", city.office)
    for address in (PAGE, f"{PAGE}export/csv/"):
        assert sign_in(None).get(address).status_code == 302
        assert refused(sign_in(editor).get(address), 403, "岗位权限")
        assert sign_in(operator).get(address).status_code == 200
    assert sign_in(office).get(f"{PAGE}export/pdf/").status_code == 404


def test_files_have_every_row_and_no_formula(office: User) -> None:
    some_searches()
    client = sign_in(office)
    answer = client.get(f"{PAGE}export/csv/")
    assert "20220919-20221018.csv" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert tuple(rows[0]) == search_desk.HEADINGS
    assert [row[0] for row in rows[1:]] == ["公积金", "'=1+1 上牌", "滑雪场"]
    assert rows[1][1:] == ["2", "0", "0", "0", "1", "1", "1", "1.0", "15", "20", "0", "0"]
    answer = client.get(f"{PAGE}export/xlsx/", {"list": "empty"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert [row[0] for row in book.active.values] == ["查询词", "滑雪场"]


def test_operators_are_told_of_a_poor_night(city: City, office: User) -> None:
    operator = user_with("operator", city.office)
    nights(lost=2)
    told = Message.objects.get()
    assert told.recipient == operator and told.title == "搜索抽查：20 个标题只搜到 18 个"
    assert told.url == "/desk/search/#nights"
