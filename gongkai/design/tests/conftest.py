"""The gallery exists in a demonstration only; these tests look at it as in one."""

from datetime import date
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def demonstration(settings: Any) -> None:
    settings.DEMO_DATE = date(2022, 10, 18)
