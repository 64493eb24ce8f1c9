"""The list of suggestions below a search box, in Chromium, with nothing but the keyboard."""

from typing import Any

import pytest

from gongkai.portal.tests import town as towns

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db: None, settings: Any) -> towns.Town:
    settings.DEMO_DATE = towns.DAY
    town = towns.build()
    town.fill(14)
    town.indexed()
    return town


def test_suggestions_by_keyboard(chromium: Any, live_server: Any, town: towns.Town) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{live_server.url}/zx/")
    box = page.locator("#find")
    assert box.get_attribute("role") == "combobox"
    box.focus()
    height = page.evaluate("document.documentElement.scrollHeight")
    page.keyboard.type("事项")
    page.wait_for_selector("ul.suggest li")
    assert box.get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.documentElement.scrollHeight") == height
    options = page.locator(".find [role=option]")
    number = options.count()
    assert f"有 {number} 条建议" in page.locator(".find [role=status]").inner_text()

    page.keyboard.press("ArrowDown")
    first = options.first
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    assert first.get_attribute("aria-selected") == "true"
    assert box.input_value() == first.inner_text()
    page.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None and box.input_value() == "事项"
    page.keyboard.press("ArrowUp")
    assert box.input_value() == options.nth(number - 1).inner_text()

    page.keyboard.press("Escape")
    assert box.input_value() == "事项" and box.get_attribute("aria-expanded") == "false"
    assert page.locator(".find ul.suggest").is_hidden()
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".find ul.suggest:not([hidden])")
    page.keyboard.press("ArrowDown")
    chosen = box.input_value()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#q").input_value() == chosen
    assert page.locator(".found-list li, .hit-card").count()
    context.close()
