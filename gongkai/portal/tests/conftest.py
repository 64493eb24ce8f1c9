"""The public site's tests live on one day in one small city."""

from typing import Any

import pytest
from django.test import Client

from gongkai.portal.tests import town as towns


@pytest.fixture
def town(db: None, settings: Any) -> towns.Town:
    settings.DEMO_DATE = towns.DAY
    return towns.build()


@pytest.fixture
def visitor() -> Client:
    """A browser without cookies."""
    return Client()
