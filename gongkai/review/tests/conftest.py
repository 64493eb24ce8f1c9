"""The gate's tests work on a small room of their own."""

import pytest

from gongkai.review import registry
from gongkai.review.tests.rooms import KIND, Office, Room, open_office


@pytest.fixture
def office(db: None, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(registry, "_KINDS", dict(registry._KINDS))
    room = Room()
    registry.register_reviewable(KIND, room)
    return open_office(room)
