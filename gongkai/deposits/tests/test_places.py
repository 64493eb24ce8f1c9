"""Reading places: kept by the supervising office, shown to everybody (条例第二十五条第一款)."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.deposits import places, selectors
from gongkai.deposits.models import ReadingPlace
from gongkai.deposits.tests.conftest import OCTOBER_9, Town
from gongkai.organisations.enums import Role
from tests.factories import member, user_with

HALL = {
    "kind": "service_hall", "name": "政务服务中心", "address": "某路 1 号一楼", "hours": "工作日",
}  # fmt: skip


def save(town: Town, **more: Any) -> ReadingPlace:
    given: dict[str, Any] = {
        "owner": town.city.office, "member": member(town.keeper), "now": OCTOBER_9, **HALL, **more,
    }  # fmt: skip
    return places.place_save(**given)


def test_a_saved_place_was_checked_that_day(town: Town) -> None:
    place = save(town)
    assert place.checked_on == date(2022, 10, 9)
    assert facts.trail("reading_place", place.pk)[0].details["hours"] == "工作日"
    again = save(town, place_id=place.pk, hours="每天")
    assert (again.pk, again.hours) == (place.pk, "每天")
    assert ReadingPlace.objects.count() == 1


@pytest.mark.parametrize("field", ["name", "address", "hours", "kind"])
def test_an_incomplete_place_names_its_field(town: Town, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        save(town, **{field: " "})
    assert set(refused.value.fields) == {field}


def test_a_name_stands_once(town: Town) -> None:
    save(town)
    with pytest.raises(InvalidInput, match="已经登记"):
        save(town)


def test_an_ended_place_is_off_the_list_and_its_name_is_free(town: Town) -> None:
    place = save(town)
    places.place_end(place_id=place.pk, member=member(town.keeper), now=OCTOBER_9)
    assert selectors.public_places(None) == []
    with pytest.raises(Refusal, match="停用"):
        places.place_end(place_id=place.pk, member=member(town.keeper), now=OCTOBER_9)
    save(town)


@pytest.mark.parametrize("role", [r for r in Role.values if r not in ("supervisor", "operator")])
def test_only_keepers_enter_places(town: Town, role: str) -> None:
    with pytest.raises(PermissionRefused):
        save(town, member=member(user_with(role, town.city.office)))
    with pytest.raises(NotVisible):
        save(town, member=member(user_with(role, town.city.bureau_b)))


def test_a_districts_office_keeps_its_own_places_only(town: Town) -> None:
    office = member(user_with("supervisor", town.city.district_1))
    own = save(town, owner=town.city.district_1, member=office)
    assert selectors.public_places(town.city.district_1.area_id) == [own]
    city = save(town)
    with pytest.raises(NotVisible):
        save(town, place_id=city.pk, owner=town.city.district_1, member=office)
    with pytest.raises(NotVisible):
        places.place_end(place_id=city.pk, member=office, now=OCTOBER_9)


def test_the_public_list_shows_city_and_district_apart(town: Town, client: Client) -> None:
    save(town, hours="周二至周日 9:00—20:00", phone="0731-00000000")
    save(town, owner=town.city.district_1, name="望城区档案馆", kind="archive")
    city = client.get("/cy/")
    said = city.content.decode()
    assert city.status_code == 200
    assert "周二至周日 9:00—20:00" in said and "望城区档案馆" not in said
    assert "2022年10月9日" in said
    district = client.get("/qx/wangcheng/cy/").content.decode()
    assert "望城区档案馆" in district and "政务服务中心" not in district


def test_an_empty_list_says_so(town: Town, client: Client) -> None:
    assert "还没有登记" in client.get("/cy/").content.decode()


def test_the_public_list_costs_the_same_however_long(
    town: Town, client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        save(town, name=f"查阅点{number}")
    with django_assert_max_num_queries(4):
        client.get("/cy/")
