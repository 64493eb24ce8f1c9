"""Outside addresses: noted at release, gone on withdrawal, looked at again without any network."""

import socket
from datetime import timedelta
from typing import Any

import pytest

from gongkai.core import outbox
from gongkai.organisations.enums import Role
from gongkai.publishing import services as publishing
from gongkai.sitecare import links
from gongkai.sitecare.enums import LinkState
from gongkai.sitecare.links import Seen
from gongkai.sitecare.models import OutsideLink
from tests.factories import (
    DAY,
    City,
    make_city,
    make_public,
    member,
    moment,
    reviewers,
    user_with,
)
from tests.screens import sign_in, words

BODY = (
    '<p><a href="https://example.com/a?x=1&amp;y=2">甲</a><a href="https://example.com/b">乙</a>'
    '<a href="/zx/">本站</a><a href="tel:12345">电话</a></p>'
)
A, B = "https://example.com/a?x=1&y=2", "https://example.com/b"


@pytest.fixture
def city(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> City:
    settings.DEMO_DATE = DAY
    settings.LINK_CHECKS = True

    def forbidden(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("no test may ask the network")

    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    return make_city()


def drain() -> None:
    while outbox.run(now=moment(20)):
        pass


def urls() -> set[str]:
    return set(OutsideLink.objects.values_list("url", flat=True))


def test_links_follow_the_public_text(city: City) -> None:
    unit, editor = city.bureau_a, user_with("editor", city.bureau_a)
    people = reviewers(unit)
    item = make_public(city, unit, editor, people, body=BODY, source="见 https://paper.example/1。")
    assert urls() == set()
    drain()
    assert urls() == {A, B, "https://paper.example/1"}
    publishing.item_withdraw(
        item_id=item.pk,
        category="error",
        reason="有误，更正后重发。",
        member=member(people["final"]),
        now=moment(15),
    )
    drain()
    assert urls() == set()


def test_what_was_seen_is_kept_and_told(city: City) -> None:
    make_public(city, city.bureau_a, user_with("editor", city.bureau_a), body=BODY)
    drain()
    answers = {A: Seen(404), B: Seen(302, "https://casino.example/")}
    assert links.check_due(moment(20), ask=answers.__getitem__) == 2
    assert links.check_due(moment(21), ask=answers.__getitem__) == 0, "not before a week is over"
    assert links.check_due(moment(20) + timedelta(days=8), ask=answers.__getitem__) == 2
    row = OutsideLink.objects.get(url=A)
    assert (row.state, row.failures, row.note) == ("broken", 2, "返回 404")
    said = words(sign_in(user_with(Role.SUPERVISOR, city.office)).get("/desk/errors/links/"))
    assert "转到 casino.example" in said and "连续 2 次" in said
    stranger = sign_in(user_with(Role.SUPERVISOR, city.district_2))
    assert "没有发现问题" in words(stranger.get("/desk/errors/links/"))


def test_nothing_is_asked_unless_it_is_switched_on(city: City, settings: Any) -> None:
    settings.LINK_CHECKS = False
    make_public(city, city.bureau_a, user_with("editor", city.bureau_a), body=BODY)
    drain()
    assert links.check_due(moment(20)) == 0
    said = words(sign_in(user_with(Role.SUPERVISOR, city.office)).get("/desk/errors/links/"))
    assert "没有开启复查" in said


@pytest.mark.parametrize(
    ("seen", "state"),
    [
        (Seen(200), LinkState.OK),
        (Seen(204), LinkState.OK),
        (Seen(403), LinkState.OK),
        (Seen(405), LinkState.OK),
        (Seen(301, "https://example.com/b"), LinkState.OK),
        (Seen(301, "/b"), LinkState.OK),
        (Seen(301, "https://www.example.com/"), LinkState.OK),
        (Seen(302, "https://evil.example/"), LinkState.MOVED),
        (Seen(302, "//evil.example/"), LinkState.MOVED),
        (Seen(404), LinkState.BROKEN),
        (Seen(410), LinkState.BROKEN),
        (Seen(503), LinkState.BROKEN),
        (Seen(0), LinkState.BROKEN),
    ],
)
def test_what_answers_mean(seen: Seen, state: LinkState) -> None:
    assert links.judge("https://example.com/a", seen)[0] == state


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "192.168.1.1"]
)
def test_private_networks_are_never_asked(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *a, **k: [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", (address, 80))],
    )
    monkeypatch.setattr("http.client.HTTPConnection.request", lambda *a, **k: pytest.fail("asked"))
    assert links.look("http://inside.example/").note == "内部地址，不查看"
