"""What the accessibility bar does: reading aloud, captions, recordings, and the elder app."""

from collections.abc import Iterator
from typing import Any

import pytest

from gongkai.portal.conformance.browser import Walk
from gongkai.portal.conformance.probes import SPEECH
from tests.browsing import serving
from tests.factories import DAY
from tests.public_world import PublicWorld, build

# Marked for the database to exist; nothing is written in a test, so the world of the module stays.
pytestmark = [pytest.mark.browser, pytest.mark.django_db]
Place = tuple[PublicWorld, str]


@pytest.fixture(scope="module")
def place(django_db_setup: None, django_db_blocker: Any) -> Iterator[Place]:
    with serving(django_db_blocker, build, DEMO_DATE=DAY, SPEECH_COMMAND=["true"]) as found:
        yield found


@pytest.fixture
def page(chromium: Any, place: Place) -> Iterator[Any]:
    walk = Walk(chromium, place[1])
    walk.page.add_init_script(SPEECH)
    walk.go(place[0].pages["item"])
    walk.page.click("[data-a11y-toggle]")
    walk.page.wait_for_selector("#a11y:not([hidden])")
    yield walk.page
    walk.context.close()


def said(page: Any) -> list[Any]:
    return list(page.evaluate("window.__said"))


def until(page: Any, script: str) -> None:
    """Wait without eval, which the pages' policy forbids."""
    for _ in range(60):
        if page.evaluate(script):
            return
        page.wait_for_timeout(50)
    raise AssertionError(script)


def test_the_text_is_read_sentence_by_sentence_and_marked(page: Any) -> None:
    page.click("main [data-read]")
    until(page, "document.querySelector('.reading') && window.__said.length > 1")
    until(page, "document.querySelector('#a11y output').textContent === '读完了。'")
    words = [text for text, _ in said(page)]
    assert words[0] == page.inner_text("h1").replace("\n", "") and "补助十万元。" in words
    assert all(len(text) <= 200 for text in words)
    assert page.locator(".reading").count() == 0 and page.locator(".remote").count() == 0


def test_reading_pauses_goes_on_with_the_same_sentence_and_stops(page: Any) -> None:
    page.evaluate("window.__speed = 100000")
    page.click("#a11y [data-read]")
    until(page, "window.__said.length === 1")
    page.click(".remote [data-pause]")
    assert page.inner_text(".remote [data-pause]") == "接着读"
    page.click(".remote [data-pause]")
    first, again = said(page)
    assert first == again
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('.remote')")
    assert page.get_attribute("#a11y [data-read]", "aria-pressed") == "false"


def test_the_speed_goes_from_a_half_to_double(page: Any) -> None:
    for _ in range(9):
        page.click("#a11y [data-rate='1']")
    assert page.inner_text("[data-rate-now]") == "2 倍"
    for _ in range(9):
        page.click("#a11y [data-rate='-1']")
    page.click("#a11y [data-read]")
    until(page, "window.__said.length > 0")
    assert said(page)[0][1] == 0.5


def test_pointing_and_the_focus_read_what_they_are_on(page: Any) -> None:
    page.click("#a11y [data-switch=point]")
    page.hover(".doc p >> nth=0")
    until(page, "window.__said.some((one) => one[0].startsWith('各单位'))")
    page.focus(".foot a >> nth=0")
    until(page, "window.__said.at(-1)[0] === document.querySelector('.foot a').textContent.trim()")


def test_a_long_text_without_a_stop_is_cut_below_200_characters(page: Any) -> None:
    lengths = page.evaluate(
        """async () => {
          const { sentences } = await import(document.getElementById('a11y').dataset.speech);
          return ['字'.repeat(950), '一，'.repeat(300), '短。长！”' + '字'.repeat(250), '', '\\n\\n']
            .map((text) => [sentences(text).map(([a, b]) => b - a),
                            sentences(text).map(([a, b]) => text.slice(a, b)).join('') === text]);
        }"""
    )
    assert all(length <= 200 for cuts, _ in lengths for length in cuts)
    assert [whole for _, whole in lengths] == [True, True, True, True, False]
    assert lengths[2][0][:2] == [2, 3]


def test_the_caption_shows_the_focus_with_pinyin_and_in_traditional_characters(page: Any) -> None:
    page.click("#a11y [data-switch=caption]")
    page.wait_for_selector(".caption")  # it is fetched when it is wanted
    page.hover(".doc p >> nth=0")
    until(page, "document.querySelector('.caption p').textContent.startsWith('各单位')")
    size = page.evaluate("getComputedStyle(document.querySelector('.caption p')).fontSize")
    assert float(size.removesuffix("px")) >= 48
    page.click(".caption >> text=拼音")
    until(page, "document.querySelector('.caption rt')?.textContent === 'gè'")
    page.click(".caption >> text=繁体")
    until(page, "document.querySelector('.caption p').textContent.includes('單')")
    page.reload()
    page.wait_for_selector(".caption")
    assert page.get_attribute("html", "data-caption") == "on"
    page.click(".caption >> text=关闭大字幕")
    assert page.locator(".caption").count() == 0


def test_what_is_behind_the_caption_can_be_scrolled_into_view(page: Any) -> None:
    page.click("#a11y [data-switch=caption]")
    page.focus(".foot a >> nth=-1")
    page.wait_for_timeout(200)
    foot = page.locator(".foot a").last.bounding_box()
    bar = page.locator(".caption").bounding_box()
    assert foot["y"] + foot["height"] <= bar["y"] + 1


def test_without_a_chinese_voice_the_recording_is_played(chromium: Any, place: Place) -> None:
    walk = Walk(chromium, place[1], elder=True)
    page = walk.go(place[0].pages["item"])
    page.evaluate("speechSynthesis.getVoices = () => []")
    page.click("main [data-read]")
    until(page, "document.querySelector('#a11y output').textContent.includes('录音')")
    # The recording of the test lasts one second.
    until(page, "document.querySelector('audio').currentTime > 0.2")
    walk.context.close()


def test_the_recording_can_be_heard_without_script(chromium: Any, place: Place) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(place[1] + place[0].pages["item"])
    assert page.locator("audio[controls]").is_visible()
    assert page.locator("main [data-read]").is_hidden()
    sent = page.request.get(place[1] + page.get_attribute("audio source", "src"))
    assert sent.status == 200 and sent.headers["content-type"] == "audio/wav"
    context.close()


def test_the_elder_app_opens_in_the_elder_view(chromium: Any, place: Place) -> None:
    walk = Walk(chromium, place[1])
    page = walk.go("/qx/wangcheng/accessibility/")
    manifest = page.request.get(place[1] + page.get_attribute("link[rel=manifest]", "href")).json()
    for icon in manifest["icons"]:
        assert page.request.get(place[1] + icon["src"]).status == 200
    page.goto(place[1] + manifest["start_url"])
    assert page.url == place[1] + "/qx/wangcheng/"
    assert page.get_attribute("html", "data-view") == "elder"
    workers = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
    assert page.evaluate(workers) == 0
    walk.context.close()
