"""Facts for the tests of the fact store."""

from datetime import date, timedelta
from typing import Any

from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.clock import at
from gongkai.core.models import Fact

NOW = at(date(2022, 10, 18), 9, 30)
EDITOR = Actor(key="user:7", name="测试编辑", user_id=7)
ACTION = "test.thing.done"


def record(number: int = 1, **changes: Any) -> Fact:
    given_values: dict[str, Any] = {
        "action": ACTION,
        "subject": ("thing", number),
        "actor": EDITOR,
        "occurred_at": NOW + timedelta(minutes=number),
        "unit_id": 3,
        "details": {"序号": number},
        **changes,
    }
    return facts.record(**given_values)


def sealed(count: int) -> list[Fact]:
    """So many facts, recorded and sealed."""
    for number in range(1, count + 1):
        record(number)
    facts.seal()
    return list(Fact.objects.order_by("id"))
