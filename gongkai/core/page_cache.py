"""A cache of public pages inside the process, for installations without nginx in front.

It stands outside of Django, around the WSGI application, so that a page it holds costs no request
object, no middleware and no query. Rules (docs/adr/0011):

- Only GET and HEAD of public addresses without ``Authorization``; only answers that say they are
  public, carry no cookie and have status 200, 301, 404 or 410.
- The key is scheme, host, path, query as it was written, and the reading view. Two orders of the
  same parameters are two pages, because a page may repeat its own address.
- A page lives ``LIFE`` seconds from the moment its rendering *began*, and is never served after.
- A page that several readers want at once is rendered once; the others wait for it.
- Bounded in pages and bytes; what was not asked for longest goes first.
- When staff change something in this process everything is forgotten at once.
"""

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.cookies import CookieError
from typing import Any

from django.http.cookie import parse_cookie

from gongkai.core.caching import FRESH, LIFE, aged, matches, may_keep, never_kept
from gongkai.core.middleware import CACHED_STATUSES, is_public_path

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Key = tuple[str, str, str, str, bool]

STATUSES = frozenset(map(str, CACHED_STATUSES))
LONGEST_QUERY = 500
"""Characters; nobody links to longer ones, and each would take a place of its own."""
LARGEST_PAGE = 1024 * 1024
"""Bytes."""
SMALLEST_GZIP = 1024
"""Bytes; below that packing costs more than it saves."""
PAGES = 5000

# Of the stored answer; the cache says these itself for every reader.
_OWN_HEADERS = frozenset({"content-length", "x-cache", "date"})


@dataclass(slots=True)
class Page:
    """One stored answer."""

    status: str
    headers: Headers
    body: bytes
    etag: str
    born: float
    """Monotonic seconds when its rendering began."""
    ages: bool
    """Whether it has the common life; a page that set its own keeps what it said."""
    packed: bytes | None = None
    """The body in gzip, made when the first reader takes it."""

    @property
    def weight(self) -> int:
        """Bytes it takes: the body, and a quarter more for its packed form."""
        return len(self.body) * 5 // 4


@dataclass(slots=True)
class _Flight:
    """A page that is being rendered; those who want it meanwhile wait here."""

    landed: threading.Event = field(default_factory=threading.Event)
    page: Page | None = None


class PageCache:
    """WSGI application around another one. Safe for threads; every process has its own."""

    def __init__(
        self,
        application: Application,
        *,
        limit: int,
        life: float = LIFE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``limit``: bytes of all pages together; ``life``: seconds."""
        self.application = application
        self.limit = limit
        self.life = life
        self.clock = clock
        self.bytes = 0
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._flights: dict[Key, _Flight] = {}
        self._lock = threading.Lock()
        self._age = 0
        """Counts the purges: what was being rendered during one is not kept."""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the cache, or have the page rendered."""
        key = key_of(environ)
        if key is None:
            return self._pass(environ, start_response)
        page = self._find(key)
        if page is not None:
            return self._send(page, environ, start_response, "HIT")
        flight, leads = self._board(key)
        if leads:
            return self._render(key, flight, environ, start_response)
        flight.landed.wait(self.life)
        if flight.page is not None and self.clock() < flight.page.born + self.life:
            return self._send(flight.page, environ, start_response, "HIT")
        # It cannot be kept, or took longer than it may live.
        return self.application(environ, start_response)

    def __len__(self) -> int:
        return len(self._pages)

    def purge(self) -> None:
        """Forget every page."""
        with self._lock:
            self._pages.clear()
            self.bytes = 0
            self._age += 1
            # Who comes now must not wait for a page that was begun before the change.
            self._flights.clear()

    def _pass(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or not _is_desk(environ.get("PATH_INFO", "")):
            return self.application(environ, start_response)
        moved: list[bool] = []

        def listen(status: str, headers: Headers, *more: Any) -> Any:
            moved.append(_leads_on(status, headers))
            return start_response(status, headers, *more)

        body = self.application(environ, listen)
        if any(moved):
            self.purge()
        return body

    def _find(self, key: Key) -> Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            if self.clock() >= page.born + self.life:
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            return page

    def _board(self, key: Key) -> tuple[_Flight, bool]:
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = _Flight()
            return flight, True

    def _render(
        self, key: Key, flight: _Flight, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        born, age = self.clock(), self._age
        said: dict[str, Any] = {}

        def listen(status: str, headers: Headers, *more: Any) -> None:
            said.update(status=status, headers=headers, more=more)

        # The whole page is asked for, whatever this reader wants of it.
        asked = {
            name: value
            for name, value in environ.items()
            if name not in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE")
        }
        asked["REQUEST_METHOD"] = "GET"
        try:
            answer = self.application(asked, listen)
            status, headers = said["status"], said["headers"]
            if getattr(answer, "streaming", True) or not _may_keep(status, headers):
                head = environ["REQUEST_METHOD"] == "HEAD"
                start_response(status, headers, *said["more"])
                return _Closing(answer) if head else answer
            try:
                body = b"".join(answer)
            finally:
                close = getattr(answer, "close", None)
                if close is not None:
                    close()
            page = _page(status, headers, body, born)
            flight.page = page
            self._keep(key, page, age)
        finally:
            with self._lock:
                if self._flights.get(key) is flight:
                    del self._flights[key]
            flight.landed.set()
        return self._send(page, environ, start_response, "MISS")

    def _keep(self, key: Key, page: Page, age: int) -> None:
        if len(page.body) > LARGEST_PAGE:
            return
        with self._lock:
            if age != self._age:
                return
            self._drop(key)
            self._pages[key] = page
            self.bytes += page.weight
            while self._pages and (self.bytes > self.limit or len(self._pages) > PAGES):
                self._drop(next(iter(self._pages)))

    def _drop(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self.bytes -= page.weight

    def _send(
        self, page: Page, environ: Environ, start_response: StartResponse, how: str
    ) -> Iterable[bytes]:
        left = page.born + self.life - self.clock()
        headers = [*page.headers, ("X-Cache", how)]
        if page.ages:
            headers.append(("Cache-Control", aged(left)))
        if matches(environ.get("HTTP_IF_NONE_MATCH", ""), page.etag):
            start_response(
                "304 Not Modified",
                [pair for pair in headers if not pair[0].lower().startswith("content-t")],
            )
            return []
        body = page.body
        if len(body) >= SMALLEST_GZIP and _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            if page.packed is None:
                # Two threads may both do it; the result is the same.
                page.packed = gzip.compress(body, 5, mtime=0)
            body = page.packed
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        start_response(page.status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


class _Closing:
    """The answer to a HEAD request that was rendered as GET: nothing is sent, all is closed."""

    def __init__(self, answer: Iterable[bytes]) -> None:
        self.answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return iter(())

    def close(self) -> None:
        close = getattr(self.answer, "close", None)
        if close is not None:
            close()


def key_of(environ: Environ) -> Key | None:
    """What makes two requests the same page; None for what is never kept."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in environ:
        return None
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if (
        environ.get("SCRIPT_NAME")
        or path.startswith("/static/")
        or not is_public_path(path)
        or never_kept(path)
        or len(query) > LONGEST_QUERY
    ):
        return None
    scheme = "https" if _is_secure(environ) else "http"
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return scheme, host, path, query, _is_elder(environ.get("HTTP_COOKIE", ""))


def _is_secure(environ: Environ) -> bool:
    # As Django reads it: the first of several values.
    said = str(environ.get("HTTP_X_FORWARDED_PROTO", "")).partition(",")[0].strip()
    return "https" in (said, environ.get("wsgi.url_scheme"))


def _is_elder(cookies: str) -> bool:
    if "view" not in cookies:
        return False
    try:
        return bool(parse_cookie(cookies).get("view") == "elder")
    except CookieError:
        return False


def _may_keep(status: str, headers: Headers) -> bool:
    control = ""
    for name, value in headers:
        lower = name.lower()
        if lower in ("set-cookie", "content-encoding", "content-range"):
            return False
        if lower == "cache-control":
            control = value
    return status[:3] in STATUSES and may_keep(control)


def _page(status: str, headers: Headers, body: bytes, born: float) -> Page:
    said = {name.lower(): value for name, value in headers}
    ages = said["cache-control"] == FRESH
    own = _OWN_HEADERS | {"cache-control"} if ages else _OWN_HEADERS
    kept = [pair for pair in headers if pair[0].lower() not in own]
    return Page(status, kept, body, said.get("etag", ""), born, ages)


def _is_desk(path: str) -> bool:
    return path.startswith(("/desk/", "/admin/"))


def _leads_on(status: str, headers: Headers) -> bool:
    """Whether a form was accepted: it leads on to another page, but not to the way in. (Anybody
    can send a form there, and nobody outside shall be able to empty the cache.)"""
    to = next((value for name, value in headers if name.lower() == "location"), "")
    return status.startswith("3") and bool(to) and "/login/" not in to


def _takes_gzip(accept: str) -> bool:
    for part in accept.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
