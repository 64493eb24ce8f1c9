"""The writing screen in a browser: what is on the screen is what is stored, and nothing is lost."""

from collections.abc import Iterator
from typing import Any

import pytest

from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from gongkai.publishing import services
from gongkai.publishing.models import Item
from tests.factories import PASSWORD, City, make_city, make_draft, member, moment, user_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STORED = (
    "<p>各单位：</p><h2>一、标准</h2><table><caption>表一</caption><thead><tr>"
    '<th scope="col">项目</th><th scope="col">标准</th></tr></thead><tbody><tr>'
    '<td>补助</td><td>500</td></tr></tbody></table><p class="note">注：按月发放。</p>'
    "<ol><li>甲</li><li>乙</li></ol><p>面积 100m<sup>2</sup></p>"
    '<p class="sign">长沙市财政局<br>2022年10月10日</p>'
)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6364f8"
    "cf500f00038601805a347d9b0000000049454e44ae426082"
)


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def editor(city: City) -> User:
    return user_with(Role.EDITOR, city.bureau_a, username="editor", display_name="陈编辑")


@pytest.fixture
def item(city: City, editor: User) -> Item:
    return make_draft(city, city.bureau_a, editor, body=STORED)


@pytest.fixture
def page(chromium: Any, live_server: Any, demo_clock: Any, item: Item) -> Iterator[Any]:
    """The edit screen of the draft, signed in; errors of scripts fail the test."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 1000})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"{live_server.url}/desk/login/?next=/admin/items/edit/{item.pk}/")
    page.fill("#id_username", "editor")
    page.fill("#id_password", PASSWORD)
    page.click("button.btn")
    page.wait_for_selector(".body-edit")
    yield page
    context.close()
    assert broken == []


def body(item: Item) -> str:
    row = Item.objects.select_related("unit", "kind", "theme", "latest_revision").get(pk=item.pk)
    return services.working_copy(row).body


def save(page: Any) -> None:
    with page.expect_navigation():
        page.click(".desk-foot button[value=save]")
    page.wait_for_selector(".body-edit")


def test_saving_without_touching_the_text_keeps_it_letter_by_letter(page: Any, item: Item) -> None:
    page.fill("#id_summary", "只改概述")
    save(page)
    assert body(item) == STORED
    assert page.input_value("#id_summary") == "只改概述"


def test_a_cell_of_a_table_is_edited_in_place_and_the_rest_stays(page: Any, item: Item) -> None:
    page.locator(".body-edit td", has_text="500").click()
    page.keyboard.press("End")
    page.keyboard.type("0")
    page.click("button[title=下方加行]")
    save(page)
    assert body(item) == STORED.replace(
        "<td>500</td></tr>", "<td>5000</td></tr><tr><td></td><td></td></tr>"
    )


def test_headings_signatures_and_bold_are_made_with_the_tools(page: Any, item: Item) -> None:
    page.locator(".body-edit p", has_text="各单位").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("二、程序")
    page.select_option(".body-tools select", label="一级标题")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("市财政局")
    page.select_option(".body-tools select", label="落款")
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Control+B")
    save(page)
    assert body(item).startswith(
        '<p>各单位：</p><h2>二、程序</h2><p class="sign"><strong>市财政局</strong></p><h2>一、标准</h2>'
    )


def test_pasted_pages_are_cleaned_before_they_come_in(page: Any, item: Item) -> None:
    page.evaluate(
        """() => navigator.clipboard.write([new ClipboardItem({
            "text/html": new Blob(["<h1 style='color:red'>大题</h1><p onclick='x()'>文字<script>1"
              + "</script></p><table><tr><td>甲</td><td>乙</td></tr></table>"], {type: "text/html"}),
            "text/plain": new Blob(["x"], {type: "text/plain"})})])"""
    )
    page.locator(".body-edit p", has_text="各单位").click()
    page.keyboard.press("End")
    page.keyboard.press("Control+V")
    page.wait_for_selector(".body-say :text('已粘贴')")
    save(page)
    stored = body(item)
    assert (
        "<h2>大题</h2><p>文字</p><table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>"
        in stored
    )
    for trace in ("script", "onclick", "color"):
        assert trace not in stored


def test_a_picture_needs_words_and_is_seen_at_once(page: Any, item: Item) -> None:
    page.locator(".body-edit p", has_text="各单位").click()
    page.keyboard.press("End")
    page.click("button[title=插入图片]")
    page.set_input_files("#ask-file", {"name": "图.png", "mimeType": "image/png", "buffer": PNG})
    page.click("dialog button:has-text('确定')")
    assert "图片说明" in page.inner_text("dialog .err")
    page.fill("#ask-alt", "补助流程图")
    page.click("dialog button:has-text('确定')")
    page.wait_for_selector(".body-edit img")
    page.wait_for_function("document.querySelector('.body-edit img').naturalWidth === 1")
    save(page)
    assert '<img src="blob:' in body(item)
    assert 'alt="补助流程图"' in body(item)


def test_what_was_typed_survives_an_error_and_a_colleague(
    page: Any, item: Item, editor: User
) -> None:
    page.locator(".body-edit p", has_text="各单位").click()
    page.keyboard.press("End")
    page.keyboard.type("请认真执行")
    page.fill("#id_title", "")
    save(page)
    assert "请填写标题" in page.inner_text("#errors")
    assert "请认真执行" in page.inner_text(".body-edit")
    services.item_edit(
        item_id=item.pk, content={"summary": "对方的"}, member=member(editor), now=moment(11)
    )
    page.fill("#id_title", "新标题")
    save(page)
    assert "保存过这份草稿" in page.inner_text("#errors")
    assert "请认真执行" in page.inner_text(".body-edit")
    save(page)
    assert "请认真执行" in body(item)


def test_leaving_with_unsaved_words_asks_first(page: Any, item: Item) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.fill("#id_summary", "没有保存")
    assert "没有保存" in page.inner_text("[data-saved]")
    page.click("text=办理记录")
    page.wait_for_selector(".desk-time")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("width", [390, 1280])
def test_the_screen_fits_and_breaks_no_rule_of_access(page: Any, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found] == []
