"""The gallery in Chromium: no axe finding, no sideways scroll, targets large enough."""

import os
import shutil
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.template import Context, Template

from gongkai.design.views import SCREENS

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("gongkai.design.tests.urls"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]

SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, select, summary')]
  .filter((e) => e.offsetParent && e.type !== 'hidden' && getComputedStyle(e).clipPath === 'none')
  .filter((e) => getComputedStyle(e).display !== 'inline')
  .map((e) => [(e.closest('label') || e).getBoundingClientRect().height, e.outerHTML.slice(0, 90)])
  .filter(([height]) => height && height < 43.5)"""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, StaticFilesHandler(WSGIHandler()), _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


MODES = {
    "standard": {},
    "dark": {"color_scheme": "dark"},
    "contrast": {"contrast": "more"},
}


def _open(chromium: Any, address: str, screen: str, width: int, **options: Any) -> Any:
    context = chromium.new_context(viewport={"width": width, "height": 800}, **options)
    page = context.new_page()
    page.problems = []
    page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(f"{address}/design/?screen={screen}")
    return page


def _violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_no_violation_of_any_impact(
    chromium: Any, address: str, screen: str, mode: str
) -> None:
    page = _open(chromium, address, screen, 1280, **MODES[mode])
    assert _violations(page) == []
    assert page.problems == []
    page.context.close()


@pytest.mark.parametrize("view", ["standard", "elder"])
@pytest.mark.parametrize("screen", SCREENS)
def test_phone_of_320_px_has_no_sideways_scroll_and_targets_of_44_px(
    chromium: Any, address: str, screen: str, view: str
) -> None:
    page = _open(chromium, address, screen, 320)
    page.evaluate(f"document.documentElement.dataset.view = '{view}'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(SMALL_TARGETS) == []
    assert _violations(page) == []
    page.context.close()


def test_the_toolbar_opens_by_keyboard_keeps_its_settings_and_resets(
    chromium: Any, address: str
) -> None:
    page = _open(chromium, address, "item", 1280)
    page.focus("[data-a11y-toggle]")
    page.keyboard.press("Space")
    page.wait_for_selector("#a11y", state="visible")  # its style comes first
    page.click("[data-set=size][data-value=larger]")
    page.click("[data-set=theme][data-value=yellow]")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    assert page.get_attribute("[data-set=size][data-value=larger]", "aria-pressed") == "true"
    assert _violations(page) == []
    page.reload()
    assert page.get_attribute("html", "data-theme") == "yellow"
    page.click("[data-reset]")
    assert page.get_attribute("html", "data-theme") is None
    assert page.problems == []
    page.context.close()


def test_reading_aloud_without_a_chinese_voice_says_so(chromium: Any, address: str) -> None:
    page = _open(chromium, address, "item", 1280)
    page.evaluate("speechSynthesis.getVoices = () => []")
    page.click(".acts [data-read]")
    page.wait_for_selector(".a11y output:has-text('没有安装中文语音')")
    assert page.get_attribute(".acts [data-read]", "aria-pressed") != "true"
    page.context.close()


def test_pages_work_without_script(chromium: Any, address: str) -> None:
    page = _open(chromium, address, "desk", 390, java_script_enabled=False)
    assert page.is_visible(".rail nav a >> nth=0")
    page.goto(f"{address}/design/?screen=item")
    assert page.is_hidden("#a11y")
    page.context.close()


def test_the_menu_of_the_desk_is_folded_on_a_phone_and_opens(chromium: Any, address: str) -> None:
    page = _open(chromium, address, "desk", 390)
    assert page.is_hidden(".rail nav")
    page.click(".rail summary")
    assert page.is_visible(".rail nav a >> nth=0")
    page.context.close()


def _serve(page: Any, address: str, body: str, **context: Any) -> None:
    """Show a page that is not in the gallery, from the same origin and with its real scripts."""
    source = (
        '{% extends "design/form_page.html" %}{% load design %}'
        "{% block main %}<h1>试页</h1>" + body + "{% endblock %}"
    )
    html = Template(source).render(Context(context))
    page.route("**/trial/", lambda route: route.fulfill(content_type="text/html", body=html))
    page.goto(f"{address}/trial/")


def test_the_live_strip_ticks_its_steps_off_and_says_the_end(chromium: Any, address: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    answers = [
        {"done": False, "steps": [{"label": "正文页", "state": "done", "ms": 38, "url": "/i/1/"}]},
        {
            "done": True,
            "steps": [
                {"label": "正文页", "state": "done", "ms": 38, "url": "/i/1/"},
                {"label": "<b>搜索</b>", "state": "done", "ms": 212, "url": ""},
            ],
        },
    ]
    page.route(
        "**/live.json",
        lambda route: route.fulfill(json=answers.pop(0) if len(answers) > 1 else answers[0]),
    )
    _serve(
        page,
        address,
        '{% live_strip steps "/live.json" %}',
        steps=[{"label": "正文页", "state": "waiting"}],
    )
    page.wait_for_selector(".live [role=status]:has-text('全部完成，最慢的一步 212 毫秒。')")
    assert page.locator(".live li.done").count() == 2
    assert page.locator(".live li b").count() == 0
    assert page.get_attribute(".live li a", "href") == "/i/1/"
    assert _violations(page) == []
    context.close()


def test_a_chosen_file_is_named_and_an_act_can_be_called_off(chromium: Any, address: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    _serve(
        page,
        address,
        '<form method="get" action="/trial/" data-confirm="撤下后公众就看不到了，要撤下吗？">'
        '<div data-drop class="drop"><p class="hint" hidden>拖到这里</p>'
        '<label for="f">清单</label><input id="f" type="file" name="f"></div>'
        '<button class="btn">撤下</button></form>',
    )
    assert page.is_visible(".drop .hint")
    page.set_input_files("#f", {"name": "清单.xlsx", "mimeType": "x/y", "buffer": b"0" * 2048})
    assert page.inner_text(".drop li") == "已选：清单.xlsx（2 KB）"
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.click(".btn")
    assert asked == ["撤下后公众就看不到了，要撤下吗？"]
    assert page.url.endswith("/trial/")
    context.close()
