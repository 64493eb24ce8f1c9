"""The page cache keeps what is public and nothing else, never too long, and asks once."""

import gzip
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from gongkai.core.caching import FRESH, LIFE, aged, may_keep
from gongkai.core.page_cache import LONGEST_QUERY, PageCache
from gongkai.settings.environment import read

PAGE = "公开内容。" * 400


class App:
    """A WSGI application that counts what it is asked; ``make`` decides the answer."""

    def __init__(self, make: Callable[[dict[str, Any]], HttpResponse] | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self.closed = 0
        self.make = make or (lambda environ: public())

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ)
        response = self.make(environ)
        headers = [
            *response.items(),
            *(("Set-Cookie", c.OutputString()) for c in cookies(response)),
        ]
        start_response(f"{response.status_code} {response.reason_phrase}", headers)
        close = response.close

        def counted() -> None:
            self.closed += 1
            close()

        response.close = counted  # type: ignore[method-assign]
        return response


def cookies(response: HttpResponse) -> Any:
    return response.cookies.values()


def public(text: str = PAGE, status: int = 200, **headers: str) -> HttpResponse:
    response = HttpResponse(text, status=status)
    response["Cache-Control"] = FRESH
    response["ETag"] = 'W/"one"'
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


class Now:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


class Answer:
    def __init__(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = int(status[:3])
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def hit(self) -> bool:
        return self.headers.get("x-cache") == "HIT"


def ask_whole(app: Any, environ: dict[str, Any]) -> Answer:
    """A request with an environment of its own, as a server makes it."""
    said: list[Any] = []
    answer = app(dict(environ), lambda status, headers, *rest: said.extend([status, headers]))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return Answer(said[0], said[1], body)


def ask(app: Any, path: str = "/", query: str = "", method: str = "GET", **more: Any) -> Answer:
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "gk.example",
        "SERVER_PORT": "80",
        "HTTP_HOST": "gk.example",
        "wsgi.url_scheme": "http",
        **more,
    }
    return ask_whole(app, environ)


def cache(app: App, clock: Now | None = None, limit: int = 10**7, **more: Any) -> PageCache:
    return PageCache(app, limit=limit, clock=clock or Now(), **more)


def test_the_second_reader_gets_the_first_one_s_page() -> None:
    app = App()
    kept = cache(app)
    first, second = ask(kept), ask(kept)
    assert (first.hit, second.hit) == (False, True)
    assert first.body == second.body == PAGE.encode() and len(app.asked) == 1
    assert app.closed == 1


def test_a_page_is_never_served_after_its_life() -> None:
    app, now = App(), Now()
    kept = cache(app, now)
    ask(kept)
    now.time += LIFE - 0.01
    assert ask(kept).hit
    now.time += 0.01
    assert not ask(kept).hit and len(app.asked) == 2
    now.time += 3600
    assert not ask(kept).hit and len(app.asked) == 3


def test_life_counts_from_the_moment_rendering_began() -> None:
    now = Now()

    def slow(environ: dict[str, Any]) -> HttpResponse:
        now.time += 3
        return public()

    kept = cache(App(slow), now)
    assert ask(kept).headers["cache-control"] == aged(2)
    now.time += 1.9
    assert ask(kept).hit
    now.time += 0.2
    assert not ask(kept).hit


def test_a_page_that_takes_longer_than_its_life_is_served_but_not_kept() -> None:
    now = Now()

    def slow(environ: dict[str, Any]) -> HttpResponse:
        now.time += LIFE + 1
        return public()

    kept = cache(App(slow), now)
    assert ask(kept).headers["cache-control"] == aged(0)
    assert not ask(kept).hit


def test_caches_behind_it_learn_how_much_life_is_left() -> None:
    now = Now()
    kept = cache(App(), now)
    assert ask(kept).headers["cache-control"] == "public, max-age=0, s-maxage=5"
    now.time += 3.4
    assert ask(kept).headers["cache-control"] == "public, max-age=0, s-maxage=1"


def test_a_page_with_a_life_of_its_own_says_it_unchanged() -> None:
    kept = cache(App(lambda e: public(Cache_Control="public, max-age=3600")))
    ask(kept)
    found = ask(kept)
    assert found.hit and found.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/zx/"},
        {"query": "a=1"},
        {"HTTP_HOST": "other.example"},
        {"HTTP_COOKIE": "view=elder"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"wsgi.url_scheme": "https"},
    ],
)
def test_path_query_host_scheme_and_view_make_another_page(other: dict[str, Any]) -> None:
    app = App()
    kept = cache(app)
    ask(kept)
    assert not ask(kept, **other).hit and len(app.asked) == 2
    assert ask(kept, **other).hit and ask(kept).hit


@pytest.mark.parametrize(
    ("cookie", "elder"),
    [
        ("", False),
        ("view=", False),
        ("view=standard", False),
        ("review=elder", False),
        ("view=elder", True),
        ("gongkai_session=abc; view=elder; x=1", True),
        ("view=elder; view=other", False),
        ('view="elder"', True),
    ],
)
def test_only_the_reading_view_is_read_from_cookies(cookie: str, elder: bool) -> None:
    kept = cache(App(lambda e: public("长者" if "elder" in e.get("HTTP_COOKIE", "") else "标准")))
    ask(kept)
    ask(kept, HTTP_COOKIE="view=elder")
    found = ask(kept, HTTP_COOKIE=cookie)
    assert found.hit and (found.body.decode() == "长者") is elder


def test_the_order_of_parameters_is_kept_because_pages_repeat_their_address() -> None:
    kept = cache(App(lambda e: public(e["QUERY_STRING"])))
    ask(kept, query="a=1&b=2")
    assert ask(kept, query="b=2&a=1").body == b"b=2&a=1"
    assert ask(kept, query="a=1&b=2").body == b"a=1&b=2"


@pytest.mark.parametrize("path", ["/desk/", "/admin/x/", "/f/view/", "/tour/", "/files/a/b/c/d",
                                  "/static/design/css/base.css"])  # fmt: skip
def test_staff_forms_tour_files_and_assets_never_enter(path: str) -> None:
    app = App()
    kept = cache(app)
    assert not ask(kept, path).hit and not ask(kept, path).hit
    assert len(app.asked) == 2 and len(kept) == 0


@pytest.mark.parametrize(
    "more",
    [
        {"HTTP_AUTHORIZATION": "Bearer x"},
        {"method": "POST"},
        {"method": "OPTIONS"},
        {"SCRIPT_NAME": "/under"},
        {"query": "q=" + "x" * LONGEST_QUERY},
    ],
)
def test_such_requests_neither_take_from_the_cache_nor_give_to_it(more: dict[str, Any]) -> None:
    app = App()
    kept = cache(app)
    ask(kept)
    assert not ask(kept, **more).hit
    assert len(app.asked) == 2 and len(kept) == 1


def with_cookie(environ: dict[str, Any]) -> HttpResponse:
    response = public()
    response.set_cookie("who", "someone")
    return response


@pytest.mark.parametrize(
    "make",
    [
        with_cookie,
        lambda e: public(Cache_Control="private"),
        lambda e: public(Cache_Control="no-store"),
        lambda e: public(Cache_Control="public, no-cache"),
        lambda e: public(Cache_Control="max-age=5"),
        lambda e: public(Content_Encoding="br"),
        lambda e: public(status=500),
        lambda e: public(status=503),
        lambda e: public(status=302),
        lambda e: public(status=206),
        lambda e: public(status=400),
        lambda e: StreamingHttpResponse([b"a"], headers={"Cache-Control": FRESH}),
    ],
)
def test_what_may_not_be_shared_is_passed_on_and_not_kept(make: Any) -> None:
    app = App(make)
    kept = cache(app)
    first = ask(kept)
    ask(kept)
    assert "x-cache" not in first.headers and len(app.asked) == 2 and len(kept) == 0
    assert app.closed == 2
    head = ask(kept, method="HEAD")
    assert head.body == b"" and app.closed == 3


@pytest.mark.parametrize("status", [200, 301, 404, 410])
def test_these_answers_are_kept(status: int) -> None:
    kept = cache(App(lambda e: public(status=status, Location="/x/")))
    ask(kept)
    found = ask(kept)
    assert found.hit and found.status == status and found.headers["location"] == "/x/"


def test_head_is_answered_from_the_page_without_its_body() -> None:
    app = App()
    kept = cache(app)
    head = ask(kept, method="HEAD")
    assert head.body == b"" and head.headers["content-length"] == str(len(PAGE.encode()))
    assert app.asked[0]["REQUEST_METHOD"] == "GET"
    found = ask(kept)
    assert found.hit and found.body == PAGE.encode()
    assert ask(kept, method="HEAD").hit


def test_who_has_the_page_already_is_told_so() -> None:
    app = App()
    kept = cache(app)
    fresh = ask(kept, HTTP_IF_NONE_MATCH='W/"one"')
    assert fresh.status == 304 and fresh.body == b"" and "content-length" not in fresh.headers
    assert "HTTP_IF_NONE_MATCH" not in app.asked[0]
    assert ask(kept).status == 200
    assert ask(kept, HTTP_IF_NONE_MATCH='"zero", "one"').status == 304
    assert ask(kept, HTTP_IF_NONE_MATCH='W/"two"').status == 200


@pytest.mark.parametrize(
    ("accept", "packed"),
    [("", False), ("gzip", True), ("br, gzip;q=0.8", True), ("gzip;q=0", False), ("*", True),
     ("identity", False)],
)  # fmt: skip
def test_who_takes_gzip_gets_it(accept: str, packed: bool) -> None:
    found = ask(cache(App()), HTTP_ACCEPT_ENCODING=accept)
    assert (found.headers.get("content-encoding") == "gzip") is packed
    assert (gzip.decompress(found.body) if packed else found.body) == PAGE.encode()
    assert found.headers["content-length"] == str(len(found.body))


def test_a_small_answer_is_not_packed() -> None:
    found = ask(cache(App(lambda e: public("短"))), HTTP_ACCEPT_ENCODING="gzip")
    assert "content-encoding" not in found.headers


def test_it_is_bounded_in_bytes_and_forgets_what_was_not_asked_for_longest() -> None:
    size = len(PAGE.encode()) * 5 // 4
    kept = cache(App(), limit=3 * size)
    for name in "abc":
        ask(kept, f"/{name}/")
    ask(kept, "/a/")
    ask(kept, "/d/")
    assert len(kept) == 3 and kept.bytes <= 3 * size
    assert ask(kept, "/a/").hit and ask(kept, "/d/").hit and not ask(kept, "/b/").hit


def test_it_is_bounded_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongkai.core.page_cache.PAGES", 5)
    kept = cache(App(lambda e: public("")))
    for number in range(12):
        ask(kept, query=f"n={number}")
    assert len(kept) == 5


def test_an_enormous_page_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongkai.core.page_cache.LARGEST_PAGE", 100)
    kept = cache(App())
    assert ask(kept).body == PAGE.encode() and len(kept) == 0 and kept.bytes == 0


def moved(to: str) -> Callable[[dict[str, Any]], HttpResponse]:
    def make(environ: dict[str, Any]) -> HttpResponse:
        if environ["REQUEST_METHOD"] == "POST":
            return HttpResponse(status=302, headers={"Location": to} if to else {})
        return public()

    return make


@pytest.mark.parametrize(
    ("path", "to", "forgets"),
    [
        ("/desk/review/3/", "/desk/live/3/", True),
        ("/admin/items/3/", "/admin/items/", True),
        ("/desk/review/3/", "/desk/login/?next=/desk/review/3/", False),
        ("/desk/review/3/", "", False),
        ("/f/role/", "/desk/", False),
        ("/zx/", "/", False),
    ],
)
def test_a_change_by_staff_is_seen_at_once_in_this_process(
    path: str, to: str, forgets: bool
) -> None:
    kept = cache(App(moved(to)))
    ask(kept)
    ask(kept, path, method="POST")
    assert ask(kept).hit is not forgets


def test_a_page_begun_before_a_change_is_not_kept_after_it() -> None:
    kept: PageCache

    def meanwhile(environ: dict[str, Any]) -> HttpResponse:
        kept.purge()
        return public()

    kept = cache(App(meanwhile))
    ask(kept)
    assert len(kept) == 0 and kept.bytes == 0


@pytest.mark.django_db(transaction=True)
def test_the_whole_application_stands_inside_it_where_settings_want_one(
    settings: Settings,
) -> None:
    from django.core.handlers.wsgi import WSGIHandler

    from gongkai.wsgi import _application

    settings.PAGE_CACHE_BYTES = 0
    assert isinstance(_application(), WSGIHandler)
    settings.PAGE_CACHE_BYTES = 10**6
    kept = _application()
    assert isinstance(kept, PageCache)
    kept.life = 600  # a busy machine must not make the second request late
    environ = RequestFactory(headers={"host": "gk.example"}).get("/nope/").environ
    first, second = ask_whole(kept, environ), ask_whole(kept, environ)
    assert first.status == second.status == 404 and first.body == second.body
    assert (first.hit, second.hit) == (False, True)
    # What Django says for safety is kept with the page.
    for name in ("content-security-policy", "x-content-type-options", "vary", "x-frame-options"):
        assert first.headers[name] == second.headers[name]


@pytest.mark.parametrize(
    ("given", "megabytes"),
    [
        ({}, 64),
        ({"GONGKAI_BEHIND_PROXY": "1"}, 0),
        ({"GONGKAI_BEHIND_PROXY": "1", "GONGKAI_PAGE_CACHE": "16"}, 16),
        ({"GONGKAI_PAGE_CACHE": "0"}, 0),
        ({"GONGKAI_PAGE_CACHE": "-3"}, 0),
    ],
)
def test_it_is_on_where_no_proxy_does_the_same(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], megabytes: int
) -> None:
    for name in ("GONGKAI_BEHIND_PROXY", "GONGKAI_PAGE_CACHE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert read(default_secret="x" * 50).page_cache == megabytes * 1024 * 1024


def test_a_size_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_PAGE_CACHE", "big")
    with pytest.raises(ImproperlyConfigured, match="GONGKAI_PAGE_CACHE"):
        read(default_secret="x" * 50)


def together(count: int, kept: PageCache, gate: threading.Event, app: App) -> list[Answer]:
    found: list[Answer] = []

    def read() -> None:
        found.append(ask(kept))

    threads = [threading.Thread(target=read) for _ in range(count)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 5
    while not app.asked and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.05)
    gate.set()
    for thread in threads:
        thread.join(5)
    return found


def test_many_readers_of_a_cold_page_have_it_rendered_once() -> None:
    gate = threading.Event()

    def slow(environ: dict[str, Any]) -> HttpResponse:
        gate.wait(5)
        return public()

    app = App(slow)
    kept = PageCache(app, limit=10**7, life=600)
    found = together(20, kept, gate, app)
    assert len(found) == 20 and len(app.asked) == 1
    assert {answer.body for answer in found} == {PAGE.encode()}
    assert sum(answer.hit for answer in found) == 19


def test_when_the_awaited_page_cannot_be_kept_everyone_asks_for_himself() -> None:
    gate = threading.Event()

    def slow(environ: dict[str, Any]) -> HttpResponse:
        gate.wait(5)
        return public(status=500)

    app = App(slow)
    found = together(8, PageCache(app, limit=10**7, life=600), gate, app)
    assert len(app.asked) == 8 and {answer.status for answer in found} == {500}


def test_a_failure_frees_those_who_wait() -> None:
    def breaks(environ: dict[str, Any]) -> HttpResponse:
        raise RuntimeError("broken")

    app = App(breaks)
    kept = PageCache(app, limit=10**7, life=600)
    with pytest.raises(RuntimeError):
        ask(kept)
    app.make = lambda environ: public()
    assert ask(kept).status == 200 and ask(kept).hit


def test_readers_and_purges_at_once_leave_the_books_right() -> None:
    kept = PageCache(App(), limit=10**7)

    def work(number: int) -> None:
        for step in range(60):
            ask(kept, query=f"n={(number + step) % 7}")
            if step % 20 == number:
                kept.purge()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert kept.bytes == sum(page.weight for page in kept._pages.values())
    assert not kept._flights


@pytest.mark.parametrize(
    ("control", "allowed"),
    [(FRESH, True), (aged(0), True), ("public", True), ("private, max-age=5", False),
     ("no-store", False), ("", False), ("max-age=60, public", True), ("Public, No-Store", False)],
)  # fmt: skip
def test_what_a_shared_cache_may_keep(control: str, allowed: bool) -> None:
    assert may_keep(control) is allowed
