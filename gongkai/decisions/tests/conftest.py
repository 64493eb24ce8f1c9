"""The tests of decisions live on one day in one small city."""

from typing import Any

import pytest

from gongkai.decisions.tests import world as worlds
from tests.factories import DAY


@pytest.fixture
def world(db: None, settings: Any) -> worlds.World:
    settings.DEMO_DATE = DAY
    return worlds.build()
