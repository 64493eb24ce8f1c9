"""Old addresses answer for ever: 301 to the new one, cheap, only where there would be a 404."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gongkai.legacy.models import Redirect
from gongkai.legacy.selectors import public_redirect, redirects_csv, redirects_nginx
from gongkai.legacy.tests import world
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item
from tests.factories import City, make_city, member, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = make_city()
    operator, people = world.people_of(made, made.bureau_a)
    rows = [
        world.row(1),
        world.row(2, url="http://old.example.gov.cn/show.jsp?id=2&c=7"),
        world.row(3, url="http://second.example.gov.cn/art/1.html"),
    ]
    raw = {
        **world.MAPPING,
        "redirects": [
            {"url": "http://old.example.gov.cn/list/", "column": "yingshang"},
            {"url": "http://old.example.gov.cn/guestbook/", "column": ""},
        ],
    }
    path = world.write(tmp_path / "a.jsonl", rows)
    run = world.prepared(path, unit=made.bureau_a, operator=operator, raw=raw)
    world.approve(run, operator, people)
    return made


def path_of(number: int) -> str:
    return f"/nr/{Item.objects.order_by('pk')[number].pk}/"


def test_addresses_lead_to_items_columns_or_nowhere(city: City) -> None:
    host = "old.example.gov.cn"
    assert public_redirect("/art/1.html", host) == ("item", path_of(0))
    assert public_redirect("//art/./1.html", host) == ("item", path_of(0))
    assert public_redirect("/show.jsp?id=2&c=7", host) == ("item", path_of(1))
    assert public_redirect("/show.jsp?id=3&c=7", host) is None
    assert public_redirect("/list/", host) == ("column", city.column.path)
    assert public_redirect("/guestbook/", host) == ("gone", "")
    assert public_redirect("/unknown", host) is None


def test_two_old_sites_with_one_path_are_told_apart_by_host_and_never_guessed(city: City) -> None:
    assert public_redirect("/art/1.html", "second.example.gov.cn") == ("item", path_of(2))
    assert public_redirect("/art/1.html", "www.new.gov.cn") is None
    assert public_redirect("/list/", "www.new.gov.cn") == ("column", city.column.path)


def test_the_public_site_answers_301_410_and_404(city: City) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/show.jsp?id=2&c=7")
    assert answer.status_code == 301
    assert answer["Location"] == path_of(1)
    assert not answer.cookies
    assert client.get("/guestbook/").status_code == 410
    assert client.get("/nothing/here.html").status_code == 404
    assert client.post("/show.jsp?id=2&c=7").status_code in (403, 404)


def test_staff_addresses_are_never_looked_up(city: City) -> None:
    Redirect.objects.create(
        host="", path="/desk/none/", state="gone", created_at=moment(9), run=None
    )
    assert Client(raise_request_exception=False).get("/desk/none/").status_code != 410


def test_an_address_costs_one_query_and_a_page_that_exists_none(city: City) -> None:
    with CaptureQueriesContext(connection) as captured:
        Client().get("/show.jsp?id=2&c=7")
    assert len(captured) == 1
    with CaptureQueriesContext(connection) as captured:
        Client().get(path_of(0))
    assert not [q for q in captured if "legacy_redirect" in q["sql"]]


def test_the_map_as_csv_and_for_nginx(city: City) -> None:
    lines = "".join(redirects_csv()).splitlines()
    assert len(lines) == 1 + Redirect.objects.count()
    assert f"old.example.gov.cn,/art/1.html,信息,{path_of(0)}" in lines
    text = "".join(redirects_nginx("https://new.example.gov.cn/"))
    assert f'    "old.example.gov.cn/art/1.html" "https://new.example.gov.cn{path_of(0)}";' in text
    assert "guestbook" not in text
    call_command("redirect_map", format="nginx", stdout=open("/dev/null", "w"))  # noqa: SIM115


def test_a_quote_in_an_address_cannot_leave_its_line_of_the_nginx_map(city: City) -> None:
    item = Item.objects.first()
    Redirect.objects.create(
        host="~x", path='/a";return 200 "$host', state="item", item=item, created_at=moment(9)
    )
    line = next(line for line in redirects_nginx("https://n.cn") if "return" in line)
    assert line.count('";') <= 2
    assert '\\"' in line
    assert "$host" not in line


def test_a_withdrawn_item_keeps_its_old_address_and_shows_its_tombstone(city: City) -> None:
    item = Item.objects.order_by("pk")[1]
    from tests.factories import user_with

    person = member(user_with("final_reviewer", city.bureau_a))
    publishing.item_withdraw(
        item_id=item.pk, category="error", reason="内容有误", member=person, now=moment(14)
    )
    answer = Client().get("/show.jsp?id=2&c=7", follow=True)
    assert answer.redirect_chain[0][1] == 301
    assert answer.status_code == 410
