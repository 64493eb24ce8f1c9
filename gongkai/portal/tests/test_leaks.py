"""Any cache may hold a public page: every address of a full city is walked, in both views."""

import re
from collections.abc import Iterator
from contextlib import suppress
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from gongkai.core.caching import FRESH, may_keep, never_kept
from gongkai.core.middleware import STAFF_PREFIXES, is_public_path
from gongkai.portal.tests.town import Town

# Addresses that no page links to. A new one that the walk does not reach is added here.
UNLINKED = (
    "/nope/", "/qx/none/", "/zt/none/", "/nr/987654/", "/jd/99/", "/dw/none/", "/search/?q=号",
    "/zx/?after=bad&year=1900", "/zt/yingshang", "/contact/?page=/zx/", "/ml/", "/ml/none/", "/design/",
    "/nr/987654/likai/web/", "/nr/987654/qingjing/1/", "/dw/czj/feed/", "/search/feed/?q=号",
    "/likai/", "/zi/?to=pinyin&text=公开", "/robots.txt", "/sitemap.xml", "/sitemap-1.xml",
    "/search/jianyi/?q=号",
)  # fmt: skip
FEW = 4
"""So many addresses of one pattern are enough: they differ in content only."""


@pytest.fixture
def full(town: Town) -> Town:
    """Every state an item can be in, both sites, a plan."""
    town.plan()
    town.fill(8)
    town.fill(3, town.city.district_1_bureau)
    policy = town.public(
        effective_on="2022-11-01", attachments=[town.attachment()], origin="joint",
        joint_units=["fgw"],
    )  # fmt: skip
    town.correct(policy, body="<h2>一</h2><p>改过的正文。</p>")
    sealed = town.correct(
        town.public(), change_kind="privacy", change_note="原文有个人信息，已经处理。"
    )
    gone, secret = town.public(), town.public()
    town.withdraw(gone)
    town.withdraw(secret, category="privacy", reason="涉及个人隐私。")
    town.indexed()
    town.extra = [  # type: ignore[attr-defined]
        *UNLINKED,
        *(f"/nr/{item.pk}/" for item in (policy, sealed, gone, secret)),
        *(f"/nr/{item.pk}/v/1/" for item in (policy, sealed, gone)),
        f"/nr/{policy.pk}/v/2/",
    ]
    return town


def _walk(town: Town, visitor: Client) -> Iterator[tuple[str, HttpResponse]]:
    """Every address that can be reached, at most FEW of one pattern and query."""
    waiting = ["/", "/qx/wangcheng/", *town.extra]  # type: ignore[attr-defined]
    must = set(waiting)
    seen: set[str] = set()
    counts: dict[str, int] = {}
    while waiting:
        address = waiting.pop(0)
        path, _, query = address.partition("?")
        if address in seen or not is_public_path(path) or path.startswith("/static/"):
            continue
        seen.add(address)
        if "/search/?" in address and query.count("&") > 1:
            continue  # narrowed in hundreds of ways
        shape = re.sub(r"\d+|(?<=/dw/)[^/]+", "*", path) + re.sub(r"=[^&]*", "", query)
        counts[shape] = counts.get(shape, 0) + 1
        if counts[shape] > FEW and address not in must:
            continue
        response = visitor.get(address)
        yield address, response
        if response.streaming or not response["Content-Type"].startswith("text/html"):
            continue
        text = response.content.decode()
        waiting += [unescape(link) for link in re.findall(r'(?:href|action)="(/[^"#]*)', text)]


def _check(address: str, response: HttpResponse) -> None:
    assert not response.cookies and "Set-Cookie" not in response, address
    session = getattr(response.wsgi_request, "session", None)
    assert session is None or not session.accessed, f"{address} opens the session"
    assert response["Vary"] == "Accept-Encoding, Cookie", address
    if response.status_code == 302:
        # The present version at the address of a number: leads on, and is not remembered.
        assert response["Cache-Control"] == "no-store", address
        return
    assert response.status_code in (200, 301, 404, 410), address
    if never_kept(address.partition("?")[0]):
        assert response["Cache-Control"] == "no-store", address
    else:
        assert may_keep(response["Cache-Control"]), address
    if response.streaming:
        return
    if response["Content-Type"].startswith("text/html"):
        assert response["Cache-Control"] in (FRESH, "no-store"), address
        text = response.content.decode()
        assert "csrf" not in text.lower(), address
        assert not re.search(r"<form[^>]*method=.?post", text, re.IGNORECASE), address
        assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text), f"inline script: {address}"
        assert not re.search(r"<[^>]+\s(style|on[a-z]+)=\"", text), f"inline style: {address}"


@pytest.mark.parametrize("view", ["standard", "elder"])
def test_no_public_address_leaks_anything(full: Town, visitor: Client, view: str) -> None:
    if view == "elder":
        visitor.cookies["view"] = "elder"
    statuses: set[int] = set()
    for address, response in _walk(full, visitor):
        _check(address, response)
        statuses.add(response.status_code)
        if view == "elder" and response.status_code != 301 and not response.streaming:
            text = response.content.decode()
            assert "<html" not in text or 'data-view="elder"' in text, address
    assert statuses == {200, 301, 302, 404, 410}


def _patterns(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, str(entry.name)


def test_the_walk_reaches_every_public_address_there_is(full: Town, visitor: Client) -> None:
    reached = set()
    for address, _ in _walk(full, visitor):
        with suppress(Resolver404):
            reached.add(resolve(address.partition("?")[0]).route)
    known = {route.lstrip("/") for route, _ in _patterns(get_resolver()) if is_public_path(route)}
    districts = {route for route in known if route.startswith("qx/")}
    # A district repeats the city's pages; what it lacks here is walked at the city's address.
    missing = {
        route
        for route in known - reached
        if route not in districts or route.removeprefix("qx/<slug:district>/") not in reached
    }
    assert not missing, f"no page links there; name an address in UNLINKED: {sorted(missing)}"


def test_a_public_page_is_the_same_for_staff(full: Town, visitor: Client) -> None:
    staff = Client()
    staff.force_login(full.editor(full.city.bureau_a))
    for address in ("/", "/zt/yingshang/", *full.extra[-3:]):  # type: ignore[attr-defined]
        assert staff.get(address).content == visitor.get(address).content, address


def test_forms_and_everything_of_staff_are_kept_by_no_cache(full: Town, visitor: Client) -> None:
    routes = [
        route
        for route, _ in _patterns(get_resolver())
        if route.startswith(("/f/", "/tour/", "/desk/")) and "<" not in route
    ]
    assert "/f/view/" in routes and "/f/role/" in routes and len(routes) > 10
    for route in routes:
        response = visitor.get(route)
        assert "no-store" in response["Cache-Control"], route
        assert not may_keep(response["Cache-Control"]), route


def test_the_prefixes_of_staff_are_those_that_caches_know() -> None:
    assert set(STAFF_PREFIXES) == {"/desk/", "/admin/", "/f/", "/tour/", "/files/"}
