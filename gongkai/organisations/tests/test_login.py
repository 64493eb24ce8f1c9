"""The staff entrance, and the shell behind it."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from gongkai.core.errors import PermissionRefused
from gongkai.core.models import Fact
from gongkai.organisations import desk
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from tests.factories import (
    DAY,
    PASSWORD,
    City,
    UnitFactory,
    UserFactory,
    give_role,
    make_city,
    user_with,
)

pytestmark = pytest.mark.django_db

LOGIN = "/desk/login/"


@pytest.fixture(autouse=True)
def day(settings: Settings) -> None:
    settings.DEMO_DATE = DAY


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def editor(city: City) -> User:
    return user_with(Role.EDITOR, city.bureau_a, username="editor", display_name="陈编辑")


def test_signing_in_opens_a_session_and_records_a_fact(client: Client, editor: User) -> None:
    response = client.post(LOGIN, {"username": "editor", "password": PASSWORD})
    assert response.status_code == 302
    assert response["Location"] == "/desk/"
    assert client.session["_auth_user_id"] == str(editor.pk)
    fact = Fact.objects.get(action="organisations.session.opened")
    assert fact.subject_id == str(editor.pk)
    assert fact.actor_name == "陈编辑"


def test_the_page_asked_for_comes_after_signing_in(client: Client, editor: User) -> None:
    response = client.post(
        f"{LOGIN}?next=/admin/items/", {"username": "editor", "password": PASSWORD}
    )
    assert response["Location"] == "/admin/items/"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:x"]
)
def test_signing_in_never_leads_to_another_site(client: Client, editor: User, target: str) -> None:
    response = client.post(LOGIN, {"username": "editor", "password": PASSWORD, "next": target})
    assert response["Location"] == "/desk/"


@pytest.mark.parametrize(
    ("username", "password"),
    [("editor", "wrong"), ("nobody", PASSWORD), ("closed", PASSWORD)],
)
def test_a_wrong_entry_gets_one_answer_that_tells_nothing(
    client: Client, editor: User, username: str, password: str
) -> None:
    UserFactory(username="closed", inactive=True)
    response = client.post(LOGIN, {"username": username, "password": password})
    page = response.content.decode()
    assert response.status_code == 200
    assert "登录名或密码不正确" in page
    assert "_auth_user_id" not in client.session
    assert f'value="{username}"' in page
    assert password not in page
    assert not Fact.objects.filter(action="organisations.session.opened").exists()


def test_empty_fields_are_named(client: Client) -> None:
    page = client.post(LOGIN, {}).content.decode()
    assert "请填写登录名。" in page
    assert "请填写密码。" in page


def test_the_form_needs_its_token(editor: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(LOGIN, {"username": "editor", "password": PASSWORD})
    assert response.status_code == 403
    assert "表单安全校验" in response.content.decode()
    assert 'name="csrfmiddlewaretoken"' in strict.get(LOGIN).content.decode()


def test_who_is_signed_in_already_goes_on(client: Client, editor: User) -> None:
    client.force_login(editor)
    assert client.get(LOGIN)["Location"] == "/desk/"


def test_who_holds_no_role_finds_the_way_out(client: Client) -> None:
    client.force_login(UserFactory(superuser=True, display_name="无岗人员"))
    page = client.get(LOGIN).content.decode()
    assert "没有任何有效岗位" in page
    assert "无岗人员" in page
    assert 'action="/desk/logout/"' in page


def test_signing_out_takes_a_post(client: Client, editor: User) -> None:
    client.force_login(editor)
    assert client.get("/desk/logout/").status_code == 405
    assert "_auth_user_id" in client.session
    response = client.post("/desk/logout/")
    assert response["Location"] == LOGIN
    assert "_auth_user_id" not in client.session


def test_staff_pages_are_never_cached(client: Client) -> None:
    assert "no-store" in client.get(LOGIN)["Cache-Control"]


def test_five_wrong_passwords_lock_the_account_on_this_machine(
    client: Client, editor: User, settings: Settings
) -> None:
    settings.AXES_ENABLED = True
    for attempt in range(1, 6):
        response = client.post(LOGIN, {"username": "editor", "password": f"wrong{attempt}"})
        assert response.status_code == (200 if attempt < 5 else 429)
    page = response.content.decode()
    assert "已锁定" in page
    assert "30 分钟" in page
    # Even the right password is refused now, from this address.
    response = client.post(LOGIN, {"username": "editor", "password": PASSWORD})
    assert response.status_code == 429
    assert "_auth_user_id" not in client.session
    # Neither another person here nor the same person elsewhere is locked out.
    user_with(Role.EDITOR, UnitFactory(), username="other")
    assert client.post(LOGIN, {"username": "other", "password": PASSWORD}).status_code == 302
    elsewhere = Client(REMOTE_ADDR="10.1.1.9")
    ok = elsewhere.post(LOGIN, {"username": "editor", "password": PASSWORD})
    assert ok.status_code == 302


def test_a_right_password_clears_the_count(
    client: Client, editor: User, settings: Settings
) -> None:
    settings.AXES_ENABLED = True
    for _ in range(4):
        client.post(LOGIN, {"username": "editor", "password": "wrong"})
    assert client.post(LOGIN, {"username": "editor", "password": PASSWORD}).status_code == 302
    client.post("/desk/logout/")
    for _ in range(4):
        response = client.post(LOGIN, {"username": "editor", "password": "wrong"})
        assert response.status_code == 200


def signed_in(user: User) -> HttpRequest:
    request = RequestFactory().get("/desk/x/")
    request.user = user
    return request


@desk.staff_required
def any_role(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@desk.role_required(Role.SUPERVISOR)
def supervisors_only(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def test_the_desk_sends_strangers_to_the_login_and_back(city: City, editor: User) -> None:
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/desk/x/?a=1")
    request.user = AnonymousUser()
    assert any_role(request)["Location"] == "/desk/login/?next=/desk/x/%3Fa%3D1"
    assert any_role(signed_in(editor)).status_code == 200


def test_a_superuser_without_a_role_has_no_desk() -> None:
    with pytest.raises(PermissionRefused, match="没有任何有效岗位"):
        any_role(signed_in(UserFactory(superuser=True)))


def test_a_page_for_one_role_is_closed_to_the_others(city: City, editor: User) -> None:
    with pytest.raises(PermissionRefused, match="政务公开主管"):
        supervisors_only(signed_in(editor))
    assert supervisors_only(signed_in(user_with(Role.SUPERVISOR, city.office))).status_code == 200


def test_yesterdays_role_opens_nothing_today(city: City, settings: Settings) -> None:
    from datetime import timedelta

    person = UserFactory()
    give_role(person, Role.EDITOR, city.bureau_a, valid_to=DAY - timedelta(days=1))
    with pytest.raises(PermissionRefused):
        any_role(signed_in(person))
    settings.DEMO_DATE = DAY - timedelta(days=1)
    assert any_role(signed_in(person)).status_code == 200


def test_roles_are_read_once_per_request(
    city: City, editor: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = signed_in(editor)
    with django_assert_num_queries(1):
        assert desk.member_of(request) is desk.member_of(request)


@pytest.fixture
def menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "_MENU", {})
    desk.register_menu_entry("b", "审核", "accounts:login", "review", [Role.FIRST_REVIEWER], 20)
    desk.register_menu_entry(
        "a",
        "稿件",
        "accounts:login",
        "file",
        [Role.EDITOR],
        10,
        lambda member: [User.objects.all(), User.objects.none()],
    )
    desk.register_menu_entry("d", "月报", "accounts:login", "calendar", [], 31)
    desk.register_menu_entry("c", "台账", "accounts:login", "ledger", [], 30)


def test_the_menu_shows_what_the_persons_roles_are_for(
    city: City, editor: User, menu: None
) -> None:
    rows = desk.menu_for(desk.member_of(signed_in(editor)), "c")
    assert [(r["label"], r["count"], r["current"], r["group"]) for r in rows] == [
        ("稿件", 1, False, ""),
        ("台账", 0, True, "要点"),
        ("月报", 0, False, ""),
    ]
    assert rows[0]["url"] == LOGIN


def test_the_page_head_says_who_acts_for_which_unit(city: City, editor: User, menu: None) -> None:
    context = desk.desk_context(signed_in(editor), "a", page_title="稿件")
    assert context["who"] == {"name": "陈编辑", "unit": "市财政局", "role": "编辑"}
    assert context["logout_url"] == "/desk/logout/"
    assert context["page_title"] == "稿件"
    give_role(editor, Role.FINAL_REVIEWER, city.bureau_b)
    assert desk.who_is(signed_in(editor)) == {
        "name": "陈编辑",
        "unit": "市财政局等 2 个单位",
        "role": "编辑、终审",
    }
