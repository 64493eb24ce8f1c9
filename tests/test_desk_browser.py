"""The staff screens in Chromium: uploads that fail stay alive, the document follows the point,
no accessibility finding, no sideways scroll."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gongkai.ledger.models import PlanImport
from gongkai.ledger.tests.offices import PROJECTS, TAXES, document
from gongkai.organisations.models import User
from tests.factories import City, make_city, make_draft, make_public, reviewers, submit, user_with
from tests.screens import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The test city has no tax bureau; a name the register does not know would make the point doubtful.
KNOWN = TAXES.replace("、市税务局", "")
DOUBTFUL = "公开民生信息。做好供水供气公开。（公共企事业单位相应行政主管部门按职责牵头负责）"


class Window:
    """One browser window, signed in as somebody."""

    def __init__(self, browser: Any, root: str, user: User | None, **options: Any) -> None:
        self.root = root
        self.context = browser.new_context(
            locale="zh-CN", viewport={"width": 1280, "height": 900}, **options
        )
        if user is not None:
            key = sign_in(user).cookies["gongkai_session"].value
            self.context.add_cookies([{"name": "gongkai_session", "value": key, "url": root}])
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def go(self, path: str, width: int = 1280) -> Any:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(self.root + path)
        return self.page

    def findings(self) -> list[str]:
        """What axe finds, of any impact."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]

    def sideways(self) -> bool:
        """Whether the page scrolls sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.fixture
def city(transactional_db: None) -> City:
    return make_city()


@pytest.fixture
def window(city: City, live_server: Any, chromium: Any) -> Iterator[Window]:
    opened = Window(chromium, live_server.url, user_with("supervisor", city.office))
    yield opened
    assert opened.errors == []
    opened.context.close()


def files(folder: Path) -> dict[str, str]:
    good, bad = folder / "要点.md", folder / "要点.docx"
    good.write_bytes(document(PROJECTS, KNOWN, DOUBTFUL))
    bad.write_bytes(b"just text")
    return {"good": str(good), "bad": str(bad)}


def test_after_a_file_was_refused_the_page_lives_on_and_takes_the_next(
    window: Window, tmp_path: Path
) -> None:
    given = files(tmp_path)
    page = window.go("/desk/ledger/imports/", 390)
    for _ in range(2):
        page.set_input_files("#id_file", given["bad"])
        page.get_by_role("button", name="读入", exact=True).click()
        page.wait_for_selector(".errors:focus")
        assert "内容却是纯文本" in page.inner_text(".field .err")
        assert page.is_visible(".drop .hint") and page.is_hidden(".rail nav")
        assert window.findings() == []
    assert not PlanImport.objects.exists()
    page.set_input_files("#id_file", given["good"])
    assert "已选：要点.md" in page.inner_text(".drop li")
    page.get_by_role("button", name="读入", exact=True).click()
    page.wait_for_url("**/desk/ledger/imports/*/")
    assert "3 项要点" in page.inner_text(".say")


def test_while_the_server_reads_the_page_says_so(window: Window, tmp_path: Path) -> None:
    page = window.go("/desk/ledger/imports/")
    held: list[Any] = []
    page.route(
        "**/desk/ledger/imports/",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.set_input_files("#id_file", files(tmp_path)["good"])
    page.get_by_role("button", name="读入", exact=True).click()
    page.get_by_text("正在").first.wait_for()
    assert page.get_attribute("form.wide", "aria-busy") == "true"
    assert page.is_visible(".drop progress[aria-label='上传进度']")
    while not held:
        page.wait_for_timeout(20)
    held[0].abort()
    page.get_by_text("没有传上去：网络断了").wait_for()
    assert page.get_attribute("form.wide", "aria-busy") is None


def read_in(window: Window, folder: Path) -> Any:
    page = window.go("/desk/ledger/imports/")
    page.set_input_files("#id_file", files(folder)["good"])
    page.get_by_role("button", name="读入", exact=True).click()
    page.wait_for_url("**/desk/ledger/imports/*/")
    return page


def test_the_document_follows_the_point_one_looks_at(window: Window, tmp_path: Path) -> None:
    page = read_in(window, tmp_path)
    assert page.get_attribute("mark.on", "id") == "s3"
    page.locator("#p1 > summary").click()
    assert page.get_attribute("mark.on", "id") == "s1"
    page.locator("#s2 .no").click()
    page.wait_for_selector("#p2[open]")
    assert page.get_attribute("mark.on", "id") == "s2"
    assert window.findings() == []


def test_looking_through_works_on_a_phone(window: Window, tmp_path: Path) -> None:
    page = read_in(window, tmp_path)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.is_hidden(".source") and page.is_visible("#p3 .raw")
    assert not window.sideways() and window.findings() == []
    page.locator("#p3").get_by_role("button", name="核对无误").click()
    page.wait_for_url("**#confirm")
    assert "1 / 1" in page.inner_text(".confirm-bar")
    page.get_by_role("button", name="确认，生成台账").click()
    page.wait_for_url("**/desk/ledger/?plan=*")
    assert not window.sideways()


@pytest.mark.parametrize("width", [1280, 390])
def test_reading_and_deciding_stand_side_by_side_or_in_that_order(
    city: City, live_server: Any, chromium: Any, width: int
) -> None:
    people, editor = reviewers(city.bureau_a), user_with("editor", city.bureau_a)
    case = submit(make_draft(city, city.bureau_a, editor), editor)
    opened = Window(chromium, live_server.url, people["first"])
    page = opened.go(f"/desk/review/{case.pk}/", width)
    assert opened.findings() == [] and not opened.sideways()
    text, verdict = (page.locator(s).bounding_box() for s in (".judge .doc", "#verdict"))
    if width > 1000:
        assert verdict["x"] > text["x"] + text["width"] - 1
        assert page.is_hidden(".jump")
    else:
        assert verdict["y"] > text["y"] + text["height"] - 1
        page.get_by_text("读完了，去作初审结论").click()
    page.get_by_label("退回修改").check()
    page.get_by_role("button", name="作出结论").click()
    page.wait_for_selector(".errors:focus")
    page.get_by_text("意见：请写明退回的理由").click()
    assert page.evaluate("document.activeElement.id") == "id_remark"
    assert page.is_checked("[value=reject]") and opened.errors == []
    opened.context.close()


def test_only_the_fields_of_the_choice_are_shown(
    city: City, live_server: Any, chromium: Any
) -> None:
    people, editor = reviewers(city.bureau_a), user_with("editor", city.bureau_a)
    case = submit(make_draft(city, city.bureau_a, editor), editor)
    case.current_step = "secrecy"
    case.save(update_fields=["current_step"])
    opened = Window(chromium, live_server.url, people["secrecy"])
    page = opened.go(f"/desk/review/{case.pk}/")
    assert page.is_visible("#id_legal_basis") and page.is_hidden("#id_code")
    page.get_by_label("不予公开", exact=True).check()
    assert page.is_hidden("#id_legal_basis") and page.is_visible("#id_code")
    page.get_by_label("退回修改").check()
    assert page.is_hidden("#id_legal_basis") and page.is_hidden("#id_code")
    opened.context.close()


def test_taking_down_asks_once_more_and_can_be_called_off(
    city: City, live_server: Any, chromium: Any
) -> None:
    people, editor = reviewers(city.bureau_a), user_with("editor", city.bureau_a)
    item = make_public(city, city.bureau_a, editor, people)
    opened = Window(chromium, live_server.url, people["final"])
    page = opened.go(f"/desk/items/{item.pk}/")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_text("我要撤回").click()
    page.select_option("#id_category", index=1)
    page.fill("#id_reason", "金额写错")
    page.get_by_role("button", name="撤回", exact=True).click()
    assert asked == ["确定撤回？公众将立即看不到这条信息。"]
    item.refresh_from_db()
    assert item.visibility == "public" and page.input_value("#id_reason") == "金额写错"
    opened.context.close()


def test_without_script_every_part_of_a_reading_can_be_reached(
    city: City, live_server: Any, chromium: Any, tmp_path: Path
) -> None:
    opened = Window(
        chromium, live_server.url, user_with("supervisor", city.office), java_script_enabled=False
    )
    page = opened.go("/desk/ledger/imports/")
    assert page.is_visible("#id_file")
    page.set_input_files("#id_file", files(tmp_path)["good"])
    page.get_by_role("button", name="读入", exact=True).click()
    page.wait_for_url("**/desk/ledger/imports/*/")
    page.locator("#p1 > summary").click()
    assert page.is_visible("#p1 .duties")
    page.get_by_role("button", name="确认，生成台账").click()
    page.wait_for_url("**/desk/ledger/?plan=*")
    opened.context.close()
