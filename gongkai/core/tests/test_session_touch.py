"""A signed-in person's session lives on with use, without a write for every page."""

from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_city, user_with

pytestmark = pytest.mark.django_db
MINUTE = 60


def writes(client: Client, path: str = "/desk/") -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return sum("django_session" in q["sql"] and "UPDATE" in q["sql"] for q in captured)


@pytest.fixture
def signed_in() -> Any:
    with time_machine.travel("2022-10-18T09:00:00+08:00", tick=False) as clock:
        client = Client()
        client.force_login(user_with("editor", make_city().bureau_a))
        client.get("/desk/")
        yield client, clock


def test_pages_within_a_minute_write_nothing(signed_in: Any) -> None:
    client, clock = signed_in
    clock.shift(59)
    assert writes(client) == 0


def test_after_a_minute_the_session_is_prolonged_once(signed_in: Any) -> None:
    client, clock = signed_in
    before = Session.objects.get().expire_date
    clock.shift(61)
    assert writes(client) == 1
    assert writes(client) == 0
    assert (Session.objects.get().expire_date - before).total_seconds() == 61


def test_use_every_ten_minutes_keeps_one_signed_in_for_hours(signed_in: Any) -> None:
    client, clock = signed_in
    for _ in range(12):
        clock.shift(10 * MINUTE)
        assert client.get("/desk/").status_code == 200


def test_thirty_idle_minutes_sign_one_out(signed_in: Any) -> None:
    client, clock = signed_in
    clock.shift(31 * MINUTE)
    assert client.get("/desk/").status_code == 302


def test_a_visitor_gets_no_session_from_looking(db: None) -> None:
    make_city()
    Client().get("/desk/login/")
    assert not Session.objects.exists()
