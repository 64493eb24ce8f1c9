"""The tests of profiles live on one day in one small city."""

from typing import Any

import pytest

from gongkai.profiles.tests import world as worlds
from tests.factories import DAY


@pytest.fixture
def world(db: None, settings: Any) -> worlds.World:
    settings.DEMO_DATE = DAY
    return worlds.build()
