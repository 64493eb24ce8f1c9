"""The two rules at the door: public pages are the same for all; a refusal names its rule."""

import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseGone
from django.test import Client
from django.urls import path
from pytest_django import Settings

from gongkai.core.caching import FRESH, LIFE
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.core.middleware import is_public_path

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def plain(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return HttpResponse("公开内容")


def sets_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("公开内容")
    response.set_cookie("who", "someone")
    return response


def reads_user(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"您好 {request.user}")


def gone(request: HttpRequest) -> HttpResponse:
    return HttpResponseGone("已撤回")


def varies(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"Vary": "Accept-Language"})


def own_cache(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"Cache-Control": "public, max-age=60"})


def shows_cookies(request: HttpRequest) -> HttpResponse:
    return HttpResponse(",".join(sorted(f"{k}={v}" for k, v in request.COOKIES.items())))


def refuses(request: HttpRequest, how: str) -> HttpResponse:
    raise {
        "conflict": Refusal("审核流程", "这份内容已经在审核中。", "请等待审核结果。"),
        "forbidden": PermissionRefused("四眼原则", "您参与了撰稿。", "请由他人办理。"),
        "invalid": InvalidInput({"title": ["请填写标题。"], "body": ["请填写正文。"]}),
        "hidden": NotVisible(),
        "crash": ZeroDivisionError(),
    }[how]


urlpatterns = [
    path("nr/1/", plain),
    path("cookie/", sets_cookie),
    path("user/", reads_user),
    path("gone/", gone),
    path("varies/", varies),
    path("own/", own_cache),
    path("cookies/", shows_cookies),
    path("no/<str:how>/", refuses),
    path("desk/", plain),
    path("desk/cookie/", sets_cookie),
    path("desk/own/", own_cache),
    path("desk/cookies/", shows_cookies),
    path("desk/no/<str:how>/", refuses),
    path("f/kaoshi/", plain),
    path("tour/", plain),
    path("admin/x/", plain),
    path("files/public/", own_cache),
]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("/", True),
        ("/nr/1/", True),
        ("/zt/yingshang/", True),
        ("/deskundig/", True),
        ("/desk/", False),
        ("/desk/review/3/", False),
        ("/admin/", False),
        ("/f/zhaocuo/", False),
        ("/tour/", False),
        ("/files/item/3/abc/a.pdf", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public_path(address) is public


def test_a_public_page_may_be_kept_five_seconds_by_any_cache(client: Client) -> None:
    response = client.get("/nr/1/")
    assert response["Cache-Control"] == FRESH
    assert response["Vary"] == "Accept-Encoding, Cookie"
    assert not response.cookies


def test_a_tombstone_is_cached_no_longer_than_the_page_it_replaces(client: Client) -> None:
    response = client.get("/gone/")
    assert response.status_code == 410
    assert response["Cache-Control"] == FRESH


def test_a_missing_public_page_is_kept_as_long_as_one_that_is_there(client: Client) -> None:
    response = client.get("/nothing/")
    assert response.status_code == 404
    assert response["Cache-Control"] == FRESH


def test_shared_cache_stale_time_and_browser_together_stay_within_five_seconds() -> None:
    words = dict(part.strip().partition("=")[::2] for part in FRESH.split(","))
    stale = int(words["stale-while-revalidate"])
    # once in a shared cache that refetches, once more in the browser that got it last
    assert int(words["max-age"]) == 0
    assert int(words["s-maxage"]) + 2 * stale == LIFE == 5


def test_a_reader_who_has_the_page_is_told_so(client: Client) -> None:
    first = client.get("/nr/1/")
    again = client.get("/nr/1/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and again.content == b""
    assert {n: again[n] for n in ("ETag", "Cache-Control", "Vary")} == {
        n: first[n] for n in ("ETag", "Cache-Control", "Vary")
    }
    assert client.get("/nr/1/", headers={"If-None-Match": 'W/"other"'}).status_code == 200
    assert "ETag" not in client.get("/nothing/") and "ETag" not in client.get("/desk/")


def test_a_public_page_that_sets_its_own_cache_life_keeps_it(client: Client) -> None:
    assert client.get("/own/")["Cache-Control"] == "public, max-age=60"


def test_a_public_page_varies_by_nothing_but_encoding_and_view(client: Client) -> None:
    assert client.get("/varies/")["Vary"] == "Accept-Encoding, Cookie"


@pytest.mark.parametrize(("address", "what"), [("/cookie/", "who"), ("/user/", "session")])
def test_a_public_page_that_touches_cookie_or_session_raises(
    client: Client, address: str, what: str
) -> None:
    with pytest.raises(RuntimeError, match=what):
        client.get(address)


@pytest.mark.parametrize("address", ["/cookie/", "/user/"])
def test_in_production_the_cookie_is_stripped_and_the_mistake_logged(
    client: Client,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    address: str,
) -> None:
    settings.PUBLIC_LEAK_RAISES = False
    with caplog.at_level(logging.ERROR, logger="gongkai.public"):
        response = client.get(address)
    assert response.status_code == 200
    assert not response.cookies
    assert address in caplog.text


def test_a_public_page_sees_no_cookie_but_the_elder_view(client: Client) -> None:
    client.cookies.load({"view": "elder", "gongkai_session": "abc", "gongkai_csrf": "def"})
    assert client.get("/cookies/").content.decode() == "view=elder"
    client.cookies.load({"view": "nonsense"})
    assert client.get("/cookies/").content.decode() == ""


def test_a_signed_in_person_gets_the_same_public_page_as_everybody(
    client: Client, django_user_model: Any
) -> None:
    client.force_login(django_user_model.objects.create(username="u", display_name="某人"))
    response = client.get("/nr/1/")
    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.parametrize("address", ["/desk/", "/f/kaoshi/", "/tour/", "/admin/x/"])
def test_a_staff_or_form_page_is_never_stored(client: Client, address: str) -> None:
    assert client.get(address)["Cache-Control"] == "private, no-store"


def test_a_staff_page_may_set_cookies_and_sees_them(client: Client) -> None:
    assert "who" in client.get("/desk/cookie/").cookies
    assert "who=someone" in client.get("/desk/cookies/").content.decode()


def test_what_any_cache_may_keep_never_carries_a_session(
    client: Client, django_user_model: Any
) -> None:
    """A public file is served to signed-in staff too; their session must not be stored with it."""
    client.force_login(django_user_model.objects.create(username="u", display_name="某人"))
    response = client.get("/files/public/")
    assert response["Cache-Control"].startswith("public")
    assert not response.cookies


REFUSALS = [
    ("conflict", 409, "审核流程", "这份内容已经在审核中。", "请等待审核结果。"),
    ("forbidden", 403, "四眼原则", "您参与了撰稿。", "请由他人办理。"),
    ("invalid", 422, "填写检查", "请填写标题。", "请按提示修改后再提交"),
]


@pytest.mark.parametrize("prefix", ["/desk", ""], ids=["staff", "public"])
@pytest.mark.parametrize(("how", "status", "rule", "reason", "remedy"), REFUSALS)
def test_a_refusal_is_a_page_that_names_rule_reason_and_remedy(
    client: Client, prefix: str, how: str, status: int, rule: str, reason: str, remedy: str
) -> None:
    response = client.get(f"{prefix}/no/{how}/")
    # A heading may be broken between words on a narrow screen.
    page = response.content.decode().replace("<wbr>", "")
    assert response.status_code == status
    assert "no-store" in response["Cache-Control"]
    for words in (rule, reason, remedy):
        assert words in page


@pytest.mark.parametrize(("how", "status", "rule", "reason", "remedy"), REFUSALS)
def test_a_program_gets_the_refusal_as_json(
    client: Client, how: str, status: int, rule: str, reason: str, remedy: str
) -> None:
    response = client.get(f"/desk/no/{how}/", headers={"accept": "application/json"})
    assert response.status_code == status
    answer = response.json()
    assert (answer["rule"], answer["reason"]) == (rule, reason)
    assert answer["remedy"].startswith(remedy)


def test_text_from_a_person_in_a_refusal_is_escaped(client: Client) -> None:
    from django.test import RequestFactory

    from gongkai.core.middleware import RefusalMiddleware

    request = RequestFactory().get("/desk/")
    answer = RefusalMiddleware(lambda r: HttpResponse()).process_exception(
        request, Refusal("规则", "<script>alert(1)</script>")
    )
    assert answer is not None
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize("prefix", ["/desk", ""], ids=["staff", "public"])
def test_what_is_not_visible_looks_exactly_like_what_does_not_exist(
    client: Client, prefix: str
) -> None:
    pages = []
    for address in (f"{prefix}/no/hidden/", f"{prefix}/no/such/page/"):
        response = client.get(address)
        assert response.status_code == 404
        pages.append(response.content.decode().replace(address, "ADDRESS"))
    assert pages[0] == pages[1]


def test_a_real_fault_is_not_dressed_up_as_a_refusal(client: Client) -> None:
    with pytest.raises(ZeroDivisionError):
        client.get("/desk/no/crash/")
