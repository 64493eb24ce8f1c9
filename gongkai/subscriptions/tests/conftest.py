"""Readers of the test city."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from gongkai.portal.tests import town as towns
from gongkai.subscriptions.tests.readers import Readers


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def town(db: None, settings: Any) -> towns.Town:
    settings.DEMO_DATE = towns.DAY
    return towns.build()


@pytest.fixture
def readers(town: towns.Town, mailoutbox: Any) -> Readers:
    return Readers(town)
