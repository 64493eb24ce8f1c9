"""Accounts and roles: who may, what is refused, what is recorded."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate

from gongkai.core.errors import InvalidInput, PermissionRefused, Refusal
from gongkai.core.models import Fact
from gongkai.organisations import services
from gongkai.organisations.access import Member, member_for, system_member
from gongkai.organisations.enums import Role
from gongkai.organisations.models import RoleAssignment, Unit, User
from tests.factories import (
    DAY,
    City,
    UnitFactory,
    UserFactory,
    give_role,
    make_city,
    member,
    moment,
    user_with,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def operator(city: City) -> Member:
    return member(user_with(Role.OPERATOR, city.office))


def grant(
    user: User, unit: Unit, by: Member, role: str = Role.EDITOR, **kwargs: object
) -> RoleAssignment:
    return services.role_grant(user=user, unit=unit, role=role, member=by, now=moment(), **kwargs)  # type: ignore[arg-type]


def test_a_granted_role_counts_from_the_same_day_and_is_recorded(
    city: City, operator: Member
) -> None:
    person = UserFactory()
    assignment = grant(person, city.bureau_a, operator)
    assert member(person).holds(Role.EDITOR, city.bureau_a)
    assert not member(person, DAY - timedelta(days=1)).holdings
    fact = Fact.objects.get(action="organisations.role.granted")
    assert (fact.subject_kind, fact.subject_id) == ("user", str(person.pk))
    assert fact.unit_id == city.bureau_a.pk
    assert fact.actor_key == operator.actor.key
    assert fact.details["assignment"] == assignment.pk
    assert fact.details["role"] == "editor"


def test_a_supervisor_gives_roles_only_in_the_own_area(city: City) -> None:
    district = member(user_with(Role.SUPERVISOR, city.district_1))
    assert grant(UserFactory(), city.district_1_bureau, district)
    for unit in (city.district_2_bureau, city.bureau_a, city.government):
        with pytest.raises(PermissionRefused):
            grant(UserFactory(), unit, district)
    whole_city = member(user_with(Role.SUPERVISOR, city.office))
    for unit in (city.district_2_bureau, city.bureau_a, city.government):
        assert grant(UserFactory(), unit, whole_city)
    with pytest.raises(PermissionRefused):
        grant(UserFactory(), city.bureau_a, whole_city, role=Role.OPERATOR)


@pytest.mark.parametrize("role", [r for r in Role.values if r not in ("operator", "supervisor")])
def test_no_other_role_gives_roles_or_ends_them(city: City, role: str, operator: Member) -> None:
    person = user_with(role, city.bureau_a)
    held = grant(UserFactory(), city.bureau_a, operator)
    with pytest.raises(PermissionRefused):
        grant(UserFactory(), city.bureau_a, member(person))
    with pytest.raises(PermissionRefused):
        services.role_end(assignment_id=held.pk, member=member(person), now=moment())
    with pytest.raises(PermissionRefused):
        services.user_create(
            username="new", display_name="新人", password="Lu-shan-8820",
            member=member(person), now=moment(),
        )  # fmt: skip


def test_the_superuser_flag_gives_nothing(city: City) -> None:
    root = member(UserFactory(superuser=True))
    with pytest.raises(PermissionRefused):
        grant(UserFactory(), city.bureau_a, root)


def test_nobody_gives_themselves_a_role_or_changes_their_own(city: City) -> None:
    person = user_with(Role.OPERATOR, city.office)
    with pytest.raises(PermissionRefused, match="自己"):
        grant(person, city.bureau_a, member(person), role=Role.FINAL_REVIEWER)
    own = RoleAssignment.objects.get(user=person)
    with pytest.raises(PermissionRefused, match="自己"):
        services.role_end(assignment_id=own.pk, member=member(person), now=moment())


def test_a_lapsed_operator_gives_nothing(city: City) -> None:
    person = UserFactory()
    give_role(person, Role.OPERATOR, city.office, valid_to=DAY - timedelta(days=1))
    with pytest.raises(PermissionRefused):
        grant(UserFactory(), city.bureau_a, member(person))


def test_a_set_up_job_may_but_an_anonymous_visitor_may_not(city: City) -> None:
    assert grant(UserFactory(), city.bureau_a, system_member("setup"))
    with pytest.raises(PermissionRefused):
        from django.contrib.auth.models import AnonymousUser

        grant(UserFactory(), city.bureau_a, member_for(AnonymousUser(), DAY))


def test_a_role_is_not_given_twice_for_one_time(city: City, operator: Member) -> None:
    person = UserFactory()
    grant(person, city.bureau_a, operator, valid_to=date(2022, 12, 31))
    with pytest.raises(Refusal, match="已经是"):
        grant(person, city.bureau_a, operator, valid_from=date(2022, 12, 31))
    assert grant(person, city.bureau_a, operator, valid_from=date(2023, 1, 1))
    assert grant(person, city.bureau_b, operator)
    assert grant(person, city.bureau_a, operator, role=Role.CLERK)


@pytest.mark.parametrize(
    ("kwargs", "field"),
    [
        ({"role": "president"}, "role"),
        ({"valid_from": date(2022, 11, 1), "valid_to": date(2022, 10, 31)}, "valid_to"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    city: City, operator: Member, kwargs: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        grant(UserFactory(), city.bureau_a, operator, **kwargs)  # type: ignore[arg-type]
    assert field in refused.value.fields


def test_an_abolished_unit_and_a_closed_account_get_no_roles(operator: Member) -> None:
    with pytest.raises(InvalidInput) as refused:
        grant(UserFactory(), UnitFactory(ended=True), operator)
    assert "unit" in refused.value.fields
    with pytest.raises(InvalidInput) as refused:
        grant(UserFactory(inactive=True), UnitFactory(), operator)
    assert "user" in refused.value.fields


def test_the_last_day_of_an_ended_role_still_belongs_to_it(city: City, operator: Member) -> None:
    person = user_with(Role.EDITOR, city.bureau_a)
    own = RoleAssignment.objects.get(user=person)
    services.role_end(assignment_id=own.pk, member=operator, now=moment())
    assert member(person).holdings
    assert not member(person, DAY + timedelta(days=1)).holdings
    assert Fact.objects.get(action="organisations.role.ended").details["role"] == "editor"


def test_a_role_ends_once_and_not_before_it_began(city: City, operator: Member) -> None:
    person = user_with(Role.EDITOR, city.bureau_a)
    own = RoleAssignment.objects.get(user=person)
    with pytest.raises(InvalidInput) as refused:
        services.role_end(
            assignment_id=own.pk, member=operator, now=moment(), last_day=date(2021, 12, 31)
        )
    assert "last_day" in refused.value.fields
    services.role_end(
        assignment_id=own.pk, member=operator, now=moment(), last_day=DAY - timedelta(days=1)
    )
    with pytest.raises(Refusal, match="已经结束"):
        services.role_end(assignment_id=own.pk, member=operator, now=moment())
    with pytest.raises(InvalidInput):
        services.role_end(assignment_id=987654, member=operator, now=moment())


def test_membership_of_the_editors_group_follows_the_editor_role(
    city: City, operator: Member
) -> None:
    person = UserFactory()
    clerk = grant(person, city.bureau_a, operator, role=Role.CLERK)
    assert not person.groups.exists()
    first = grant(person, city.bureau_a, operator)
    second = grant(person, city.bureau_b, operator)
    assert [group.name for group in person.groups.all()] == ["编辑"]
    assert User.objects.get(pk=person.pk).get_group_permissions() == {"wagtailadmin.access_admin"}
    yesterday = DAY - timedelta(days=1)
    RoleAssignment.objects.filter(pk__in=[first.pk, second.pk]).update(valid_from=yesterday)
    for assignment, remains in ((first, True), (second, False)):
        services.role_end(
            assignment_id=assignment.pk, member=operator, now=moment(), last_day=yesterday
        )
        assert person.groups.exists() is remains
    assert clerk.role == Role.CLERK


def test_an_opened_account_can_sign_in_and_do_nothing(operator: Member) -> None:
    user = services.user_create(
        username="zhang.san", display_name="张三（演示）", password="Yue-lu-5519",
        member=operator, now=moment(),
    )  # fmt: skip
    assert not member(user).holdings
    assert user.check_password("Yue-lu-5519")
    assert authenticate(username="zhang.san", password="Yue-lu-5519") is not None
    fact = Fact.objects.get(action="organisations.user.created")
    assert fact.details == {"username": "zhang.san"}
    assert "Yue-lu" not in str(fact.details)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "TAKEN"}, "username"),
        ({"username": "有 空格"}, "username"),
        ({"username": ""}, "username"),
        ({"display_name": "  "}, "display_name"),
        ({"display_name": "名" * 41}, "display_name"),
        ({"password": "short"}, "password"),
        ({"password": "12345678901"}, "password"),
        ({"password": "li.siming.2022", "username": "li.siming"}, "password"),
    ],
)
def test_an_account_that_cannot_be_opened_says_which_field(
    operator: Member, changes: dict[str, str], field: str
) -> None:
    UserFactory(username="taken")
    values = {"username": "new", "display_name": "新人", "password": "Lu-shan-8820", **changes}
    before = User.objects.count()
    with pytest.raises(InvalidInput) as refused:
        services.user_create(**values, member=operator, now=moment())  # type: ignore[arg-type]
    assert field in refused.value.fields
    assert User.objects.count() == before
