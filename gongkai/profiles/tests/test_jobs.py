"""The timer: editors are told once what is missing, wrong or near its review."""

from datetime import date, timedelta

from gongkai.core.clock import at
from gongkai.messaging.models import Message
from gongkai.profiles import jobs
from gongkai.profiles.tests.test_rules import WHOLE
from gongkai.profiles.tests.world import World
from gongkai.publishing.models import Item
from tests.factories import DAY, moment


def told(world: World) -> list[Message]:
    rows = Message.objects.filter(kind=jobs.NOTICE, recipient=world.editor())
    return list(rows.order_by("pk"))


def next_days(count: int) -> list[date]:
    return [DAY + timedelta(days=n) for n in range(1, count + 1)]


def test_editors_of_an_empty_unit_are_told_once(world: World) -> None:
    world.editor()
    assert jobs.check_profiles(moment(8)) == 1
    assert jobs.check_profiles(moment(9)) == 0
    for day in next_days(5):
        assert jobs.check_profiles(at(day, 8)) == 0
    [message] = told(world)
    assert "市财政局" in message.title and "机构职能" in message.title
    assert message.url == "/desk/profile/czj/"


def test_a_new_finding_is_told_anew(world: World) -> None:
    world.whole()
    assert jobs.check_profiles(moment(15)) == 0
    functions = Item.objects.get(kind__key="functions")
    world.change(functions, facts={**WHOLE, "phone": "0731-88660077"})
    assert jobs.check_profiles(at(next_days(1)[0], 8)) == 1
    [message] = told(world)
    assert "指南" in message.title and "1 项" in message.title
    assert "0731-88660077" in message.body


def test_a_review_is_announced_from_thirty_days_before(world: World) -> None:
    world.whole()
    world.public("annual_report", facts={"year": "2022"})
    assert jobs.check_profiles(at(DAY + timedelta(days=334), 8)) == 0
    assert jobs.check_profiles(at(DAY + timedelta(days=335), 8)) == 1
    assert jobs.check_profiles(at(DAY + timedelta(days=336), 8)) == 0


def test_nobody_else_is_told(world: World) -> None:
    world.editor()
    jobs.check_profiles(moment(8))
    recipients = Message.objects.filter(kind=jobs.NOTICE).values_list("recipient", flat=True)
    assert set(recipients) == {world.editor().pk}


def test_reviews_due_yield_each_public_part_by_its_day(world: World) -> None:
    world.whole()
    assert list(jobs.reviews_due(DAY, DAY + timedelta(days=364))) == []
    found = list(jobs.reviews_due(DAY, DAY + timedelta(days=365)))
    assert {item.due for item in found} == {DAY + timedelta(days=365)}
    assert {item.key for item in found} == {
        f"czj:{key}" for key in ("overview", "functions", "leaders", "guide", "system")
    }
    assert all(item.url == "/desk/profile/czj/" for item in found)
