"""The ten main journeys with nothing but the keyboard; nothing is clicked here."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from gongkai.portal.conformance.browser import Walk
from gongkai.portal.conformance.probes import SPEECH, TOO_WIDE
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


class Reader(Walk):
    """Somebody who has only a keyboard."""

    def reach(self, selector: str, limit: int = 150) -> None:
        """Tab until the focus is on what is meant, and see that it shows."""
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("(s) => document.activeElement.matches(s)", selector):
                break
        else:
            raise AssertionError(f"{selector} is not reached by Tab on {self.page.url}")
        shown = self.page.evaluate(
            """() => [document.activeElement, document.activeElement.closest('.search')]
              .filter(Boolean).map((e) => getComputedStyle(e))
              .some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2)"""
        )
        assert shown, f"{selector} has the focus, but does not show it"

    def press(self, selector: str, key: str = "Enter") -> None:
        """Reach a control and press it."""
        self.reach(selector)
        if self.page.evaluate("document.activeElement.matches('a[href]:not([role=button])')"):
            with self.page.expect_navigation():
                self.page.keyboard.press(key)
        else:
            self.page.keyboard.press(key)

    @property
    def path(self) -> str:
        return str(self.page.url.removeprefix(self.root))


@pytest.fixture(params=["standard", "elder"])
def reader(request: Any, chromium: Any, place: Place) -> Iterator[Reader]:
    found = Reader(chromium, place[1], elder=request.param == "elder")
    yield found
    found.context.close()


@pytest.fixture
def plain(chromium: Any, place: Place) -> Iterator[Reader]:
    found = Reader(chromium, place[1])
    yield found
    found.context.close()


def test_1_search(reader: Reader) -> None:
    reader.go("/")
    reader.reach("#q")
    reader.page.keyboard.type("事项")
    with reader.page.expect_navigation():
        reader.page.keyboard.press("Enter")
    assert reader.path.startswith("/search/?q=")
    reader.press("main a[href^='/nr/']")
    assert reader.path.startswith("/nr/")


def test_2_find_a_policy(reader: Reader) -> None:
    reader.go("/")
    reader.press("main a[href*='kind=policy']")
    reader.press("main a[href^='/nr/']")
    assert reader.page.locator("main h1").count() == 1


@pytest.mark.parametrize("name", ["item", "item of facts"])
def test_3_read_an_item_every_control_is_reached_and_none_holds_the_focus(
    reader: Reader, place: Place, name: str
) -> None:
    reader.go(place[0].pages[name])
    assert reader.tab_through() == ([], [])


def test_3_the_first_tab_leads_past_the_head(plain: Reader, place: Place) -> None:
    plain.go(place[0].pages["item"])
    plain.page.keyboard.press("Tab")
    assert plain.page.evaluate("document.activeElement.className") == "skip"
    plain.page.keyboard.press("Enter")
    assert plain.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize(
    "name", ["home", "item", "column", "unit", "search", "progress", "missing"]
)
def test_4_the_elder_view_is_one_step_away_and_one_step_back(
    plain: Reader, place: Place, name: str
) -> None:
    path = place[0].pages[name]
    plain.go(path)
    before = plain.path
    plain.press(".tools a[href*='to=elder']")
    assert plain.path == before
    assert plain.page.get_attribute("html", "data-view") == "elder"
    plain.press(".tools a[href*='to=standard']")
    assert plain.path == before
    assert plain.page.get_attribute("html", "data-view") == "standard"
    assert plain.context.cookies() == []


def test_5_the_toolbar_opens_is_walked_and_closes(plain: Reader, place: Place) -> None:
    plain.page.add_init_script(SPEECH)
    page = plain.go(place[0].pages["item"])
    plain.press("[data-a11y-toggle]", "Space")
    page.wait_for_selector("#a11y:not([hidden])")
    page.wait_for_timeout(50)
    assert page.evaluate("document.activeElement.closest('#a11y') !== null")
    for _ in page.locator("#a11y .wrap button:enabled, #a11y .wrap a").all()[1:]:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#a11y') !== null")
    assert page.evaluate("document.activeElement.dataset.a11yClose") == ""
    page.keyboard.press("?")
    assert page.evaluate("document.activeElement.closest('dialog[open]') !== null")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.closest('#a11y') !== null")
    page.keyboard.press("c")
    page.wait_for_selector(".caption")
    page.keyboard.press("+")
    assert page.get_attribute("html", "data-size") == "large"
    page.keyboard.press("0")
    assert page.get_attribute("html", "data-size") is None and not page.locator(".caption").count()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#a11y", state="hidden")
    page.wait_for_timeout(50)
    assert page.evaluate("document.activeElement.matches('[data-a11y-toggle]')")


def test_6_download_an_attachment(reader: Reader, place: Place) -> None:
    reader.go(place[0].pages["item"])
    reader.reach(".files a[href^='/files/']")
    with reader.page.expect_download() as download:
        reader.page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")


def test_7_follow_the_progress_to_its_evidence(reader: Reader) -> None:
    reader.go("/jd/")
    reader.press("main a[href='/jd/2/']")
    assert "第2类" in reader.page.inner_text("main h1").replace("\n", "")


def test_8_from_the_units_to_the_guide_of_one(reader: Reader) -> None:
    reader.go("/dw/")
    reader.press("main a[href='/dw/czj/']")
    reader.press("main a[href='/dw/czj/?part=guide']")
    assert "指南" in reader.page.inner_text("main h2 >> nth=0")


def test_9_how_to_apply(reader: Reader) -> None:
    reader.go("/")
    reader.press("main a[href*='for=apply']")
    reader.press("main a[href*='part=apply']")
    assert "申请" in reader.page.inner_text("main")


def test_10_report_an_error_on_a_page(reader: Reader, place: Place) -> None:
    path = place[0].pages["item"]
    reader.go(path)
    reader.press("main .acts a:is([href*='zhaocuo'], [href*='zc'])")
    assert path in reader.page.inner_text("main") or path in re.sub("%2F", "/", reader.path)


@pytest.mark.parametrize("name", ["home", "item", "column", "unit", "progress"])
def test_1_4_10_nothing_is_cut_off_at_the_largest_text_and_zoom(
    plain: Reader, place: Place, name: str
) -> None:
    page = plain.go(place[0].pages[name])
    # 1280 px at 400 % is 320 px, which the sweep measures; these are the site's own controls.
    page.evaluate(
        "localStorage.setItem('gongkai-reading', JSON.stringify({size: 'largest', zoom: '200'}))"
    )
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).zoom") == "2"
    assert page.evaluate(TOO_WIDE) <= 0


@pytest.mark.parametrize("kept", ["null", "5", '"x"', "[]", "{", '{"size": {"a": 1}, "zoom": "<"}'])
def test_broken_storage_does_no_harm(plain: Reader, kept: str) -> None:
    errors: list[str] = []
    plain.page.on("pageerror", lambda error: errors.append(str(error)))
    page = plain.go("/")
    page.evaluate("(kept) => localStorage.setItem('gongkai-reading', kept)", kept)
    page.reload()
    plain.press("[data-a11y-toggle]", "Space")
    page.wait_for_selector("#a11y:not([hidden])")
    assert errors == []


def test_without_storage_and_speech_the_page_and_the_bar_work(plain: Reader, place: Place) -> None:
    errors: list[str] = []
    plain.page.on("pageerror", lambda error: errors.append(str(error)))
    plain.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('closed'); }});"
        "Object.defineProperty(window, 'speechSynthesis', {value: undefined});"
        "delete window.Highlight;"
    )
    page = plain.go("/accessibility/")
    plain.press("[data-a11y-toggle]", "Space")
    page.wait_for_selector("#a11y:not([hidden])")
    page.keyboard.press("r")
    page.wait_for_selector("#a11y output:has-text('不能朗读')")
    page.keyboard.press("c")
    page.wait_for_selector(".caption")
    assert errors == []
