"""Public pages in Chromium: axe, sideways scroll, script errors, size of targets, cookies."""

import os
import shutil
from typing import Any

import pytest

from gongkai.portal.tests import town as towns

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]

SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, select, summary')]
  .filter((e) => e.offsetParent && e.type !== 'hidden' && getComputedStyle(e).clipPath === 'none')
  .filter((e) => getComputedStyle(e).display !== 'inline')
  .map((e) => [(e.closest('label') || e).getBoundingClientRect().height, e.outerHTML.slice(0, 90)])
  .filter(([height]) => height && height < 43.5)"""
OPEN_ALL = "document.querySelectorAll('details').forEach((d) => { d.open = true; })"
MODES: dict[str, dict[str, Any]] = {
    "desk": {"width": 1280},
    "dark": {"width": 1280, "color_scheme": "dark"},
    "elder": {"width": 1280, "elder": True},
    "phone": {"width": 320},
    "elder on a phone": {"width": 390, "elder": True, "axe": False},
}


@pytest.fixture
def paths(transactional_db: None, settings: Any) -> list[str]:
    """One address of every kind of page."""
    settings.DEMO_DATE = towns.DAY
    town = towns.build()
    town.plan(points=6, tasks=2)
    town.fill(26)
    table = (
        "<table><caption>补助</caption><thead><tr><th>对象</th><th>金额（元）</th></tr></thead>"
        "<tbody><tr><td>小微企业</td><td>1,000</td></tr></tbody></table>"
    )
    item = town.public(
        attachments=[town.attachment()],
        body=f"<p>各单位：</p><h2>一、范围</h2><h3>（一）对象</h3><p>补助八万元。</p>{table}"
        "<p>长沙市财政局</p><p>2022年10月10日</p>",
    )
    town.correct(item, body="<h2>一、范围</h2><p>补助十万元。</p>" + table)
    gone = town.public(doc_no="长财发〔2022〕900号")
    town.withdraw(gone)
    return [
        "/", "/qx/wangcheng/", "/zt/yingshang/", "/zt/yingshang/?fq=wenjian", "/zt/guizhang/",
        "/zx/", "/dw/", "/dw/?for=apply", "/dw/czj/", "/dw/czj/?part=guide", "/dw/czj/?part=apply",
        "/dw/czj/?article=20-3", "/dw/czj/jiansuo/", "/nb/", "/jy/",
        f"/nr/{item.pk}/", f"/nr/{item.pk}/v/1/", f"/nr/{gone.pk}/", "/jd/", "/jd/1/",
        "/search/?q=事项", "/search/?q=没有", "/columns/", "/sitemap/", "/accessibility/",
        "/contact/", "/nope/",
    ]  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_every_kind_of_page_can_be_used_by_everybody(
    chromium: Any, live_server: Any, paths: list[str], mode: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    options = dict(MODES[mode])
    width, elder = options.pop("width"), options.pop("elder", False)
    axe = options.pop("axe", True)
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, locale="zh-CN", bypass_csp=True, **options
    )
    if elder:
        context.add_cookies([{"name": "view", "value": "elder", "url": live_server.url}])
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
    for path in paths:
        page.goto(live_server.url + path)
        page.evaluate(OPEN_ALL)
        over = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if over > 0:
            problems.append(f"{path}: {over} px too wide")
        problems += [
            f"{path}: {height:.0f} px {html}" for height, html in page.evaluate(SMALL_TARGETS)
        ]
        problems += [
            f"{path}: {one['id']} {one['nodes'][0]['html'][:100]}"
            for one in (Axe().run(page).response["violations"] if axe else ())
        ]
    context.close()
    assert problems == []


def test_no_page_breaks_its_own_content_security_policy(
    chromium: Any, live_server: Any, paths: list[str]
) -> None:
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if "Content Security" in m.text else None)
    outside: list[str] = []
    page.on(
        "request", lambda r: None if r.url.startswith(live_server.url) else outside.append(r.url)
    )
    for path in paths:
        page.goto(live_server.url + path)
    assert problems == [] and [u for u in outside if not u.startswith("data:")] == []
    assert context.cookies() == []
    context.close()


def test_the_elder_view_can_be_chosen_and_left_from_any_page(
    chromium: Any, live_server: Any, paths: list[str]
) -> None:
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(live_server.url + "/zx/?kind=policy")
    page.get_by_role("link", name="长者模式").click()
    assert page.url == live_server.url + "/zx/?kind=policy"
    assert page.get_attribute("html", "data-view") == "elder"
    assert [c["name"] for c in context.cookies()] == ["view"]
    page.get_by_role("link", name="回标准版").click()
    assert page.get_attribute("html", "data-view") == "standard" and context.cookies() == []
    context.close()
