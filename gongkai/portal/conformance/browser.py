"""Checks that need a browser: what a page measures, and what its controls really do."""

import shutil
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from gongkai.portal.conformance import probes
from gongkai.portal.conformance.clauses import Finding, State

WIDE: Final = {"width": 1280, "height": 800}
PHONE: Final = {"width": 375, "height": 800}
CONTRAST: Final = ["color-contrast"]


class NoBrowser(Exception):
    """Chromium or Playwright is missing; the message says which."""


@contextmanager
def chromium() -> Any:
    """A headless Chromium; raises NoBrowser."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise NoBrowser("没有安装 playwright（开发依赖），要用浏览器的条款没有检查") from error
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise NoBrowser("没有安装 Chromium，要用浏览器的条款没有检查")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def axe_source() -> str:
    """The axe script of axe-playwright-python; empty where it is not installed."""
    try:
        import axe_playwright_python
    except ImportError:
        return ""
    path = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    return path.read_text(encoding="utf-8")


class Walk:
    """One reader in one view."""

    def __init__(
        self, browser: Any, root: str, *, elder: bool = False, phone: bool = False
    ) -> None:
        self.root = root
        self.context = browser.new_context(
            viewport=PHONE if phone else WIDE, locale="zh-CN", reduced_motion="reduce"
        )
        if elder:
            self.context.add_cookies([{"name": "view", "value": "elder", "url": root}])
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.outside: list[str] = []
        self.page.on("request", self._note)

    def _note(self, request: Any) -> None:
        if not request.url.startswith((self.root, "data:", "blob:")):
            self.outside.append(request.url)

    def go(self, path: str) -> Any:
        """Open a page."""
        self.page.goto(self.root + path)
        return self.page

    def tab_through(self) -> tuple[list[str], list[str]]:
        """Press Tab through the page: (controls not reached, controls without visible focus)."""
        count = self.page.evaluate(probes.NUMBER)
        # A player has controls of its own inside.
        inside = 8 * self.page.locator("audio[controls], video[controls]").count()
        for _ in range(count + 2 + inside):
            self.page.keyboard.press("Tab")
        missed, faint = self.page.evaluate(probes.WALKED)
        return missed, faint


def _verdict(problems: list[str], passed: str) -> Finding:
    if problems:
        more = f"，等 {len(problems)} 处" if len(problems) > 3 else ""
        return Finding(State.FAIL, "；".join(problems[:3]) + more)
    return Finding(State.PASS, passed)


def _elder(browser: Any, root: str, paths: dict[str, str]) -> dict[str, Finding]:
    """What the pages of the elder view measure."""
    walk = Walk(browser, root, elder=True)
    shadows, small, lines = [], [], []
    for name, path in paths.items():
        page = walk.go(path)
        shadows += [f"{name} {html}" for html in page.evaluate(probes.NOT_FLAT)]
        small += [f"{name} {h:.0f}px {html}" for h, html in page.evaluate(probes.SMALL_TARGETS, 60)]
        (_, _), (line, words) = page.evaluate(probes.TEXT)
        if line < 1.295:
            lines.append(f"{name}“{words}” {line:.2f} 倍")
    walk.context.close()
    phone = Walk(browser, root, elder=True, phone=True)
    least, where, tiny = 1e9, "", []
    for name, path in paths.items():
        (size, words), _ = phone.go(path).evaluate(probes.TEXT)
        if size < least:
            least, where = size, name
        if size < 18:
            tiny.append(f"{name}“{words}” {size:g}px")
    phone.context.close()
    count = len(paths)
    text = _verdict(tiny, f"{count} 类页面，最小 {least:g} px（{where}，375 px 宽）")
    return {
        "flat": _verdict(shadows, f"{count} 类页面没有阴影、渐变和滤镜"),
        "targets": _verdict(small, f"{count} 类页面的按钮和成块链接都不小于 60 px（行内链接除外）"),
        "line_height": _verdict(lines, f"{count} 类页面行距都不小于 1.3 倍"),
        "elder_text": text,
        "phone_text": text,
    }


def _keyboard(browser: Any, root: str, paths: dict[str, str]) -> dict[str, Finding]:
    """Tab through pages in both views."""
    missed, faint, media, walked = [], [], [], 0
    players = 0
    for elder in (False, True):
        walk = Walk(browser, root, elder=elder)
        for name in ("首页", "正文", "栏目", "搜索"):
            if name not in paths:
                continue
            page = walk.go(paths[name])
            not_reached, not_seen = walk.tab_through()
            walked += 1
            players += page.locator("audio[controls], video[controls]").count()
            media += [html for html in not_reached if html.startswith(("<audio", "<video"))]
            media += page.evaluate(
                "[...document.querySelectorAll('audio:not([controls]), video:not([controls])')]"
                ".map((e) => e.outerHTML.slice(0, 60))"
            )
            missed += [f"{name} {html}" for html in not_reached]
            faint += [f"{name} {html}" for html in not_seen]
        walk.context.close()
    found = {
        "keyboard": _verdict(missed, f"按 Tab 走完 {walked} 个页面，每个组件都走到，没有走不出去"),
        "focus": _verdict(faint, f"{walked} 个页面的组件得到焦点时外框都不小于 2 px"),
    }
    if players or media:
        found["media"] = _verdict(media, f"{players} 个播放器都有控件，用 Tab 走到")
    return found


def _tools(browser: Any, root: str, path: str) -> dict[str, Finding]:
    """What the accessibility bar really does on a page with text."""
    from playwright.sync_api import Error as PlaywrightError

    walk = Walk(browser, root)
    walk.page.add_init_script(probes.SPEECH)
    page = walk.go(path)
    page.click("[data-a11y-toggle]")
    page.wait_for_selector("#a11y:not([hidden])")

    def press(selector: str) -> None:
        page.click(f"#a11y {selector}")

    def seen(script: str) -> Any:
        return page.evaluate(script)

    found: dict[str, Finding] = {}

    def tell(key: str, act: Callable[[], str], passed: str) -> None:
        try:
            problem = act()
        except PlaywrightError as error:  # a control that is not there is a finding, not a crash
            problem = f"操作不了：{str(error).splitlines()[0][:80]}"
        found[key] = Finding(State.FAIL, problem) if problem else Finding(State.PASS, passed)

    def pointer() -> str:
        press("[data-switch=cursor]")
        page.wait_for_timeout(100)
        return "" if "url(" in seen("getComputedStyle(document.body).cursor") else "指针没有变大"

    def zoom() -> str:
        before = seen("document.querySelector('h1').getBoundingClientRect().height")
        press("[data-set=zoom][data-value='150']")
        after = seen("document.querySelector('h1').getBoundingClientRect().height")
        press("[data-set=zoom][data-value='']")
        return "" if after > before * 1.2 else "缩放没有起作用"

    def caption() -> str:
        press("[data-switch=caption]")
        page.wait_for_selector(".caption p")
        page.focus("#main a >> nth=0")
        page.wait_for_timeout(300)
        size = seen("parseFloat(getComputedStyle(document.querySelector('.caption p')).fontSize)")
        words = page.inner_text(".caption p")
        wanted = page.inner_text("#main a >> nth=0").strip()
        press("[data-switch=caption]")
        if size < 48:
            return f"字幕只有 {size:g} px"
        return (
            ""
            if words.replace(" ", "")[:6] == wanted.replace(" ", "")[:6]
            else "没有显示走到的内容"
        )

    def voice() -> str:
        press("[data-read]")
        for _ in range(50):  # a policy without eval forbids wait_for_function
            if seen("window.__said.length") > 1:
                break
            page.wait_for_timeout(100)
        else:
            return "没有读出来"
        page.keyboard.press("Escape")
        page.wait_for_timeout(100)
        said = seen("window.__said.length")
        page.wait_for_timeout(300)
        if seen("window.__said.length") != said:
            return "停止以后还在读"
        longest = seen("Math.max(...window.__said.map((one) => one[0].length))")
        return "" if longest <= 200 else f"一次读 {longest} 字，会中断"

    def close() -> str:
        press("[data-keys]")
        box = page.locator("#a11y-keys button").first.bounding_box()
        page.keyboard.press("Escape")
        big = box is not None and min(box["width"], box["height"]) >= 43.5
        return "" if big else "说明窗口的关闭按钮太小"

    tell("pointer", pointer, "打开大鼠标后指针是 64 px 的图")
    tell("zoom", zoom, "页面缩放到 150% 起作用")
    tell("caption", caption, "大字幕 48 px 以上，显示键盘走到的内容")
    tell("voice", voice, "能开能停，每句不超过 200 字（用替身语音；设备语音和录音的效果请人工听）")
    tell("close", close, "说明窗口的关闭按钮不小于 44 px")
    walk.context.close()
    return found


def _open(browser: Any, root: str, paths: dict[str, str]) -> dict[str, Finding]:
    """What comes with a page unasked."""
    walk = Walk(browser, root)
    opened, floats = [], []
    for name, path in paths.items():
        page = walk.go(path)
        if page.locator("dialog[open]").count() or len(walk.context.pages) > 1:
            opened.append(f"{name}自己打开窗口")
        floats += [f"{name} {html}" for html in page.evaluate(probes.FLOATS)]
    outside = sorted(set(walk.outside))
    walk.context.close()
    problems = opened + [f"连到别的网站 {url[:60]}" for url in outside]
    return {
        "adverts": _verdict(problems, f"{len(paths)} 类页面没有弹窗，没有连到别的网站"),
        "floats": _verdict(floats, f"{len(paths)} 类页面打开时没有浮窗"),
    }


def _axe(browser: Any, root: str, paths: dict[str, str]) -> dict[str, Finding]:
    source = axe_source()
    if not source:
        missing = Finding(State.UNCHECKED, "没有安装 axe（开发依赖）")
        return {"axe": missing, "contrast": missing}
    problems: list[str] = []
    contrast: list[str] = []
    for view in ("standard", "elder"):
        walk = Walk(browser, root, elder=view == "elder")
        walk.page.add_init_script(source)
        for name, path in paths.items():
            page = walk.go(path)
            page.evaluate(probes.OPEN_ALL)
            violations, _ = page.evaluate(probes.AXE, None)
            problems += [f"{name}（{view}）{rule} {html}" for rule, html in violations]
            if view == "elder":
                contrast += [name for rule, _ in violations if rule in CONTRAST]
        walk.context.close()
    return {
        "axe": _verdict(problems, f"{len(paths)} 类页面 × 2 种版式，axe 没有发现问题"),
        "contrast": _verdict(contrast, f"长者版 {len(paths)} 类页面，axe 量过都不小于 4.5:1"),
    }


def check(browser: Any, root: str, paths: dict[str, str]) -> dict[str, Finding]:
    """Everything that needs a browser."""
    return {
        **_elder(browser, root, paths),
        **_keyboard(browser, root, paths),
        **_tools(browser, root, paths.get("正文", "/accessibility/")),
        **_open(browser, root, paths),
        **_axe(browser, root, paths),
    }
