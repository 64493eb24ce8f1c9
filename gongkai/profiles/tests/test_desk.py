"""The desk: who sees which profile, what each part offers, what is kept from strangers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gongkai.organisations.enums import Role
from gongkai.profiles.tests.test_rules import WHOLE
from gongkai.profiles.tests.world import World
from gongkai.publishing.models import Item
from tests.factories import DAY, user_with


def as_(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, url: str, **query: str) -> str:
    response = client.get(url, query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_an_editor_sees_the_six_parts_of_the_own_unit(world: World) -> None:
    html = page(as_(world.editor()), reverse("profiles-desk:own"))
    for label in ("概况", "机构职能", "领导信息", "政府信息公开指南", "制度", "年报"):
        assert label in html
    assert "市财政局的单位信息" in html and "先办" in html
    assert html.count('class="btn"') == 1  # one filled button


def test_a_whole_profile_says_so(world: World) -> None:
    world.whole()
    html = page(as_(world.editor()), reverse("profiles-desk:unit", args=["czj"]))
    assert "六项都完整、一致" in html and "先办" not in html


def test_a_differing_guide_is_told_with_both_values(world: World) -> None:
    functions = world.public("functions")
    world.guide()
    world.change(functions, facts={**WHOLE, "phone": "0731-88660077"})
    html = page(as_(world.editor()), reverse("profiles-desk:unit", args=["czj"]))
    assert "0731-88660077" in html and "0731-88660001" in html and "更新指南" in html


def test_a_supervisor_looks_but_does_not_act(world: World) -> None:
    world.editor()
    office = as_(user_with(Role.SUPERVISOR, world.city.office))
    html = page(office, reverse("profiles-desk:unit", args=["czj"]))
    assert "由本单位编辑办理" in html and '<form method="post" action="/desk/profile' not in html


@pytest.mark.parametrize("role", [r for r in Role.values if r not in (Role.EDITOR,
                                                                     Role.SUPERVISOR)])  # fmt: skip
def test_other_roles_are_refused(world: World, role: str) -> None:
    client = as_(user_with(role, world.unit))
    for url in (reverse("profiles-desk:own"), reverse("profiles-desk:unit", args=["czj"])):
        assert client.get(url).status_code == 403


def test_another_units_profile_does_not_exist(world: World) -> None:
    stranger = as_(user_with(Role.EDITOR, world.city.bureau_b))
    assert stranger.get(reverse("profiles-desk:unit", args=["czj"])).status_code == 404
    assert stranger.get(reverse("profiles-desk:unit", args=["nichts"])).status_code == 404
    draft = reverse("profiles-desk:draft", args=["czj", "system"])
    assert stranger.post(draft).status_code == 404
    assert Item.objects.count() == 0


def test_visitors_are_sent_to_the_login(world: World) -> None:
    response = Client().get(reverse("profiles-desk:own"))
    assert response.status_code == 302 and "/desk/login/" in response["Location"]


def test_drafting_opens_the_draft_for_writing(world: World) -> None:
    client = as_(world.editor())
    response = client.post(reverse("profiles-desk:draft", args=["czj", "functions"]))
    item = Item.objects.get(kind__key="functions")
    assert response["Location"] == reverse("items:edit", args=[item.pk])


def test_a_refused_guide_names_the_rule_and_the_remedy(world: World) -> None:
    response = as_(world.editor()).post(reverse("profiles-desk:draft", args=["czj", "guide"]))
    assert response.status_code == 409
    assert "请先起草机构职能" in response.content.decode()


@pytest.mark.parametrize("part", ["nichts", "units", "x" * 60])
def test_an_unknown_part_is_missing(world: World, part: str) -> None:
    client = as_(world.editor())
    assert client.post(reverse("profiles-desk:draft", args=["czj", part])).status_code == 404


def test_acts_are_posts(world: World) -> None:
    item = world.public("overview")
    client = as_(world.editor())
    for url in (
        reverse("profiles-desk:draft", args=["czj", "system"]),
        reverse("profiles-desk:confirm", args=[item.pk]),
    ):
        assert client.get(url).status_code == 405


def test_confirming_by_one_click(world: World) -> None:
    item = world.public("overview")
    Item.objects.filter(pk=item.pk).update(reviewed_on=DAY - timedelta(days=500))
    client = as_(world.editor())
    response = client.post(reverse("profiles-desk:confirm", args=[item.pk]))
    assert response["Location"] == reverse("profiles-desk:unit", args=["czj"])
    item.refresh_from_db()
    assert item.reviewed_on == DAY


def test_the_office_sees_the_worst_unit_first(world: World) -> None:
    world.whole()
    world.public("overview", world.city.bureau_b)
    office = as_(user_with(Role.SUPERVISOR, world.city.office))
    html = page(office, reverse("profiles-desk:units"))
    places = [html.index(f">{name}</a>") for name in ("望城区政府", "市发展改革委", "市财政局")]
    assert places == sorted(places)


def test_a_districts_office_sees_its_district_only(world: World) -> None:
    office = as_(user_with(Role.SUPERVISOR, world.city.district_1_bureau))
    html = page(office, reverse("profiles-desk:units"))
    assert ">望城区财政局</a>" in html and ">市财政局</a>" not in html
    assert office.get(reverse("profiles-desk:unit", args=["czj"])).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"page": "x"}, {"page": "-1"}, {"page": "99999999999"}, {"state": "nope"},
        {"q": "\x00' OR 1=1"}, {"q": "x" * 500}, {"state": "red", "q": "没有这个单位"},
    ],
)  # fmt: skip
def test_bad_parameters_of_the_overview_are_harmless(world: World, query: dict[str, str]) -> None:
    office = as_(user_with(Role.SUPERVISOR, world.city.office))
    page(office, reverse("profiles-desk:units"), **query)


def test_the_filters_of_the_overview(world: World) -> None:
    world.whole()
    office = as_(user_with(Role.SUPERVISOR, world.city.office))
    url = reverse("profiles-desk:units")
    assert ">市财政局</a>" in page(office, url, state="ok")
    assert ">市财政局</a>" not in page(office, url, state="none")
    assert "没有符合条件的单位" in page(office, url, q="没有这个单位")
    assert "市发展改革委" not in page(office, url, q="市财政")


def test_the_screens_ask_little(world: World, django_assert_max_num_queries: Any) -> None:
    world.whole()
    editor, office = as_(world.editor()), as_(user_with(Role.SUPERVISOR, world.city.office))
    page(editor, reverse("profiles-desk:own"))
    with django_assert_max_num_queries(30):
        page(editor, reverse("profiles-desk:own"))
    with django_assert_max_num_queries(30):
        page(office, reverse("profiles-desk:units"))
