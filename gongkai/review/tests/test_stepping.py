"""Which steps a unit uses: who may change them; the secrecy review stays last (条例第十七条)."""

import pytest

from gongkai.core import facts
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused
from gongkai.organisations.enums import Role
from gongkai.review import services, stepping
from gongkai.review.models import ReviewCase, ReviewStep
from gongkai.review.tests.rooms import NOW, Office
from tests.factories import City, make_city, member, user_with
from tests.screens import html, queries, refused, sign_in, stop_clock, words


@pytest.fixture
def city(db: None) -> City:
    return make_city()


def put(city: City, *steps: str, common: bool = False) -> tuple[str, ...]:
    return stepping.steps_set(
        unit_id=city.bureau_a.pk, steps=steps, common=common, now=NOW,
        member=member(user_with("supervisor", city.office)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (["first"], ("first", "secrecy")),
        (["final", "first"], ("first", "final", "secrecy")),
        (["second", "secrecy", "final"], ("second", "final", "secrecy")),
        (["first", "second", "final"], ("first", "second", "final", "secrecy")),
    ],
)
def test_chosen_steps_keep_their_order_and_end_with_the_secrecy_review(
    city: City, chosen: list[str], found: tuple[str, ...]
) -> None:
    assert put(city, *chosen) == found
    assert services.steps_for(city.bureau_a) == found
    assert services.steps_for(city.bureau_b) == ("first", "final", "secrecy")


@pytest.mark.parametrize("chosen", [[], ["secrecy"]])
def test_the_secrecy_review_alone_is_not_enough(city: City, chosen: list[str]) -> None:
    with pytest.raises(InvalidInput, match="至少"):
        put(city, *chosen)
    assert not ReviewStep.objects.exists()


def test_an_unknown_step_is_refused(city: City) -> None:
    with pytest.raises(InvalidInput, match="没有这个"):
        put(city, "first", "fourth")


def test_going_back_to_the_common_steps(city: City) -> None:
    put(city, "second")
    assert put(city, common=True) == ("first", "final", "secrecy")
    assert not ReviewStep.objects.exists()


def test_a_change_is_recorded_with_before_and_after_and_nothing_else_is(city: City) -> None:
    put(city, "second")
    put(city, "second")
    (fact,) = facts.trail("unit", city.bureau_a.pk)
    assert fact.action == "review.steps.changed"
    assert fact.details == {
        "before": ["first", "final", "secrecy"], "after": ["second", "secrecy"], "common": False,
    }  # fmt: skip


def test_what_is_under_way_keeps_its_steps(office: Office) -> None:
    case = office.submit()
    stepping.steps_set(
        unit_id=office.unit.pk, steps=["second"], common=False, now=NOW,
        member=member(user_with("operator", office.other)),
    )  # fmt: skip
    assert ReviewCase.objects.get(pk=case.pk).steps == ["first", "final", "secrecy"]
    assert office.pass_all(case).status == "released"
    office.room.put("2", office.unit, office.editor, title="另一份")
    assert office.submit("2").steps == ["second", "secrecy"]


@pytest.mark.parametrize("role", [r for r in Role.values if r not in ("supervisor", "operator")])
def test_the_units_own_staff_may_not_change_them(city: City, role: str) -> None:
    who = member(user_with(role, city.bureau_a))
    with pytest.raises(PermissionRefused, match="主管"):
        stepping.steps_set(
            unit_id=city.bureau_a.pk, steps=["first"], common=False, member=who, now=NOW
        )
    with pytest.raises(NotVisible):
        stepping.steps_set(
            unit_id=city.bureau_b.pk, steps=["first"], common=False, member=who, now=NOW
        )


def test_a_districts_supervisor_changes_the_own_district_only(city: City) -> None:
    who = member(user_with("supervisor", city.district_1))
    assert stepping.steps_set(
        unit_id=city.district_1_bureau.pk, steps=["final"], common=False, member=who, now=NOW
    ) == ("final", "secrecy")
    for unit in (city.bureau_a, city.district_2_bureau):
        with pytest.raises(NotVisible):
            stepping.steps_set(unit_id=unit.pk, steps=["final"], common=False, member=who, now=NOW)
    with pytest.raises(NotVisible):
        stepping.steps_set(unit_id=99999, steps=["final"], common=False, member=who, now=NOW)


# --- the screens ---------------------------------------------------------------------------------


def test_the_list_tells_where_a_submission_would_stop(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch)
    user_with("first_reviewer", city.bureau_a)
    browser = sign_in(user_with("supervisor", city.office))
    said = words(browser.get("/desk/steps/?q=市财政局"))
    assert "初审 → 终审 → 保密审查" in said and "缺人 终审、保密审查" in said
    assert "没有找到" in words(browser.get("/desk/steps/?q=没有的局"))


def test_steps_are_changed_through_the_form(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch)
    browser = sign_in(user_with("supervisor", city.office))
    page = f"/desk/steps/{city.bureau_a.pk}/"
    assert "用全市通用步骤" in words(browser.get(page))
    response = browser.post(page, {"mode": "own"})
    assert response.status_code == 422 and "至少" in words(response)
    assert 'value="own"' in html(response)
    assert browser.post(page, {"mode": "own", "steps": ["second", "final"]}).status_code == 302
    assert services.steps_for(city.bureau_a) == ("second", "final", "secrecy")
    assert browser.post(page, {"mode": "common"}).status_code == 302
    assert services.steps_for(city.bureau_a) == ("first", "final", "secrecy")


def test_strangers_of_the_area_and_other_posts_do_not_come_in(city: City) -> None:
    page = f"/desk/steps/{city.bureau_a.pk}/"
    assert sign_in(user_with("supervisor", city.district_1)).get(page).status_code == 404
    editor = sign_in(user_with("editor", city.bureau_a))
    assert refused(editor.get(page), 403, "岗位权限")
    assert refused(editor.get("/desk/steps/"), 403, "岗位权限")


def test_the_list_costs_the_same_for_every_number_of_units(city: City) -> None:
    few = queries(sign_in(user_with("supervisor", city.district_1)), "/desk/steps/")
    many = queries(sign_in(user_with("supervisor", city.office)), "/desk/steps/")
    assert many <= few + 1 <= 16
