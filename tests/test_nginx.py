"""The operators' nginx file really runs: what it keeps, for how long, and what it never keeps."""

import gzip
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from gongkai.core.caching import FRESH
from gongkai.core.middleware import STAFF_PREFIXES
from scripts import scratch_nginx

pytestmark = pytest.mark.nginx

BRIEF = "public, max-age=0, s-maxage=1, stale-while-revalidate=1"


class Site(BaseHTTPRequestHandler):
    """Stands for the application; says in the body what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: Counter[str]
    cookies: list[str]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.asked[self.path] += 1
        self.cookies.append(self.headers.get("Cookie", ""))
        number = self.asked[self.path]
        body = f"{self.path} {self.headers.get('Cookie', '')} {number}".encode()
        status, headers = 200, {"Cache-Control": FRESH, "Vary": "Accept-Encoding, Cookie"}
        if path == "/brief/":
            headers["Cache-Control"] = BRIEF
        elif path == "/gone/":
            status = 410
        elif path == "/missing/":
            status = 404
        elif path == "/broken/":
            status, headers["Cache-Control"] = 500, "no-store"
        elif path == "/cookie/":
            headers["Set-Cookie"] = "who=someone"
        elif path == "/private/" or path.startswith(STAFF_PREFIXES):
            headers["Cache-Control"] = "private, no-store"
        elif path == "/long/":
            body = "长页面。".encode() * 3000
        if path.startswith("/files/"):
            headers["X-Accel-Redirect"] = "/_blobs/ab/abc"
        self.send_response(status)
        headers["Content-Type"] = "text/html; charset=utf-8"
        headers["Content-Security-Policy"] = "default-src 'self'"
        headers["Content-Length"] = str(len(body))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_POST = do_GET

    def log_message(self, *args: Any) -> None:
        """Nothing."""


class Proxy:
    """What a reader gets through nginx."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder

    def ask(self, path: str, method: str = "GET", **headers: str) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            answer = urllib.request.urlopen(request, timeout=5)  # noqa: S310
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            answer.body = answer.read()
        return answer


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    found = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Site.asked, Site.cookies = Counter(), []
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


@pytest.fixture(scope="module")
def proxy(server: ThreadingHTTPServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    port = scratch_nginx.free_port()
    config = scratch_nginx.scratch_config(folder, port=port, upstream=server.server_address[1])
    path = scratch_nginx.write(folder, config)
    (folder / "static" / "a.0123456789ab.css").write_text("body{}" * 300)
    (folder / "static" / "a.0123456789ab.css.gz").write_bytes(gzip.compress(b"packed before"))
    (folder / "static" / "a.css").write_text("body{}")
    (folder / "blobs" / "ab").mkdir()
    (folder / "blobs" / "ab" / "abc").write_text("附件")
    assert scratch_nginx.check(path) == ""
    with scratch_nginx.running(path, port):
        yield Proxy(port, folder)


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/gone/", 410), ("/missing/", 404)])
def test_public_answers_are_asked_for_once(proxy: Proxy, path: str, status: int) -> None:
    first, second = proxy.ask(path), proxy.ask(path)
    assert (first.status, second.status) == (status, status)
    assert first.headers["X-Cache"] == "MISS" and second.headers["X-Cache"] == "HIT"
    assert first.body == second.body and Site.asked[path] == 1
    assert second.headers["Content-Security-Policy"] == "default-src 'self'"
    assert second.headers["Cache-Control"] == FRESH


def test_the_reading_view_has_a_copy_of_its_own_and_no_other_cookie_passes(proxy: Proxy) -> None:
    normal = proxy.ask("/view/", Cookie="gongkai_session=secret; view=large")
    elder = proxy.ask("/view/", Cookie="gongkai_session=secret; view=elder")
    again = proxy.ask("/view/", Cookie="other=1; view=elder")
    assert b"elder" not in normal.body and b"view=elder" in elder.body
    assert elder.body == again.body and Site.asked["/view/"] == 2
    assert not any("secret" in cookie for cookie in Site.cookies)


def test_two_queries_are_two_pages(proxy: Proxy) -> None:
    assert proxy.ask("/q/?a=1&b=2").body != proxy.ask("/q/?b=2&a=1").body


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/search/", False), ("/qx/wangcheng/search/jianyi/", False), ("/dw/czj/jiansuo/", False),
     ("/search/feed/", True)],
)  # fmt: skip
def test_searches_are_asked_for_each_time_whatever_they_say(
    proxy: Proxy, path: str, kept: bool
) -> None:
    for _ in range(2):
        answer = proxy.ask(f"{path}?q=1", Cookie="gongkai_session=secret; view=elder")
    assert Site.asked[f"{path}?q=1"] == (1 if kept else 2)
    assert b"view=elder" in answer.body and not any("secret" in text for text in Site.cookies)


@pytest.mark.parametrize("path", ["/cookie/", "/private/", "/broken/"])
def test_what_may_not_be_shared_is_asked_for_each_time(proxy: Proxy, path: str) -> None:
    proxy.ask(path)
    assert proxy.ask(path).headers["X-Cache"] != "HIT" and Site.asked[path] == 2


def test_a_signed_request_neither_reads_nor_fills_the_cache(proxy: Proxy) -> None:
    proxy.ask("/signed/")
    assert proxy.ask("/signed/", Authorization="Bearer x").body.endswith(b" 2")
    assert proxy.ask("/signed/").body.endswith(b" 1")


@pytest.mark.parametrize("prefix", [p for p in STAFF_PREFIXES if p != "/files/"])
def test_staff_pages_pass_with_their_cookies_and_are_never_kept(proxy: Proxy, prefix: str) -> None:
    path = f"{prefix}x/"
    for _ in range(2):
        answer = proxy.ask(path, Cookie="gongkai_session=mine")
        assert "X-Cache" not in answer.headers and b"gongkai_session=mine" in answer.body
    assert Site.asked[path] == 2


def test_head_and_get_share_one_copy(proxy: Proxy) -> None:
    assert proxy.ask("/head/", method="HEAD").body == b""
    assert proxy.ask("/head/").headers["X-Cache"] == "HIT"


def test_what_was_withdrawn_is_gone_after_idle_time(proxy: Proxy) -> None:
    first = proxy.ask("/brief/").body
    assert proxy.ask("/brief/").body == first
    time.sleep(3.1)  # one second fresh, one stale, and clocks that count whole seconds
    assert proxy.ask("/brief/").body != first


def test_a_long_page_is_packed(proxy: Proxy) -> None:
    answer = proxy.ask("/long/", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body).decode().startswith("长页面")


def test_assets_come_from_disk_packed_and_for_ever(proxy: Proxy) -> None:
    plain = proxy.ask("/static/a.0123456789ab.css")
    assert plain.body.startswith(b"body") and plain.headers["Content-Type"] == "text/css"
    assert plain.headers["Cache-Control"] == "public, max-age=315360000, immutable"
    assert plain.headers["X-Content-Type-Options"] == "nosniff"
    packed = proxy.ask("/static/a.0123456789ab.css", Accept_Encoding="gzip")
    assert gzip.decompress(packed.body) == b"packed before"
    assert proxy.ask("/static/a.css").headers["Cache-Control"] == "public, max-age=60"
    assert proxy.ask("/static/only-there.css").body.startswith(b"/static/only-there.css")
    assert not any(path.startswith("/static/a") for path in Site.asked)


def test_files_are_handed_over_and_cannot_be_asked_for_directly(proxy: Proxy) -> None:
    answer = proxy.ask("/files/item/1/abc/a.txt")
    assert answer.body.decode() == "附件"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert proxy.ask("/_blobs/ab/abc").status == 404


def test_passwords_are_slowed_down_and_looking_is_not(proxy: Proxy) -> None:
    sent = [proxy.ask("/desk/login/", method="POST").status for _ in range(24)]
    assert sent[:20] == [200] * 20 and 429 in sent
    assert proxy.ask("/desk/login/").status == 200
