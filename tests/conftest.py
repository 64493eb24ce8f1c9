"""Fixtures of the stories: the demonstration clock and a worker beside the live server."""

import os
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def demo_clock(settings: Any) -> date:
    """The demonstration city's day."""
    settings.DEMO_DATE = date(2022, 10, 18)
    return settings.DEMO_DATE


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """The background worker, as `gongkai serve` runs it."""
    from gongkai.core.jobs import work

    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,), kwargs={"pause": 0.05}, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(timeout=20)


@pytest.fixture
def screenshots() -> Path | None:
    """Where to keep pictures for the documentation; None when nobody asked for them."""
    folder = os.environ.get("GONGKAI_SCREENSHOTS")
    if not folder:
        return None
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path
