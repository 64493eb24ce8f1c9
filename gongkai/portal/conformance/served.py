"""Checks of pages as the server sends them; no browser needed."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Final
from urllib.error import HTTPError
from urllib.parse import quote, urljoin
from urllib.request import HTTPRedirectHandler, Request, build_opener

from lxml import html
from lxml.html import HtmlElement

from gongkai.portal.conformance.clauses import Finding, State

_LURES: Final = re.compile(r"立即下载|马上下载|点击领取|领红包|立即支付|立即购买|免费领")
_PLUGINS: Final = ("iframe", "object", "embed", "applet")
TIMEOUT: Final = 30


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Redirects are looked at, not followed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one address."""

    status: int
    text: str
    location: str
    cookies: SimpleCookie

    @property
    def document(self) -> HtmlElement:
        """The page as a tree."""
        page: HtmlElement = html.document_fromstring(self.text or "<html></html>")
        return page


class Site:
    """The running site at an address."""

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/")
        self._opener = build_opener(_Stay)

    def get(self, path: str, view: str = "") -> Answer:
        """One page, as somebody with the elder view would get it when ``view`` says so."""
        address = urljoin(f"{self.root}/", quote(path, safe="/?&=%#"))
        headers = {"Accept": "text/html", **({"Cookie": f"view={view}"} if view else {})}
        request = Request(address, headers=headers)  # noqa: S310  an operator's own address
        try:
            response = self._opener.open(request, timeout=TIMEOUT)
        except HTTPError as error:
            response = error
        with response:
            cookies = SimpleCookie()
            for line in response.headers.get_all("Set-Cookie") or ():
                cookies.load(line)
            return Answer(
                response.status or 0,
                response.read().decode("utf-8", errors="replace"),
                response.headers.get("Location", ""),
                cookies,
            )


def pages(site: Site) -> dict[str, str]:
    """The kinds of page to look at, found by following the site's own links."""
    found = {"首页": "/", "最新公开": "/zx/", "搜索": "/search/?q=公开", "工作要点": "/jd/",
             "单位": "/dw/", "无障碍声明": "/accessibility/", "联系方式": "/contact/"}  # fmt: skip
    for name, at, pattern in (
        ("正文", "/zx/", r"^/nr/\d+/$"),
        ("栏目", "/columns/", r"^/zt/[\w-]+/$"),
        ("单位专栏", "/dw/", r"^/dw/[\w-]+/$"),
    ):
        hrefs = [str(link.get("href") or "") for link in site.get(at).document.iter("a")]
        first = next((href for href in hrefs if re.search(pattern, href)), "")
        if first:
            found[name] = first
    return found


def _verdict(problems: list[str], passed: str) -> Finding:
    if problems:
        more = f"，等 {len(problems)} 处" if len(problems) > 3 else ""
        return Finding(State.FAIL, "；".join(problems[:3]) + more)
    return Finding(State.PASS, passed)


def _foot(page: HtmlElement) -> set[str]:
    return {
        " ".join(item.text_content().split())
        for item in page.xpath("//footer//li | //footer//*[contains(@class, 'badge')]")
    }


def _same_parts(site: Site, paths: dict[str, str]) -> Finding:
    problems = []
    for name, path in paths.items():
        plain = site.get(path).document
        joint = "&" if "?" in path else "?"
        text = site.get(f"{path}{joint}view=text").document
        for view, other in (("长者版", site.get(path, "elder").document), ("纯文本版", text)):
            if _foot(plain) - _foot(other):
                problems.append(f"{name}的{view}缺页脚：{'、'.join(_foot(plain) - _foot(other))}")
            tags = [{m.get("name") for m in page.iter("meta")} for page in (plain, other)]
            if tags[0] - tags[1]:
                problems.append(f"{name}的{view}缺网页标签")
            if not other.xpath("//a[contains(@href, '/search/')] | //form[@role='search']"):
                problems.append(f"{name}的{view}没有搜索")
    return _verdict(problems, f"对看 {len(paths)} 类页面，页脚、网页标签和搜索都在")


def _without_script(site: Site, paths: dict[str, str]) -> Finding:
    problems = []
    for name, path in paths.items():
        for view, wanted in (("", "elder"), ("elder", "standard")):
            link = site.get(path, view).document.xpath(f"//a[contains(@href, 'to={wanted}')]/@href")
            answer = site.get(str(link[0])) if link else None
            if answer is None or answer.status != 302 or "view" not in answer.cookies:
                problems.append(f"{name}不能一步{'进入' if wanted == 'elder' else '离开'}长者版")
            elif not site.get(path, "elder").text.count('data-view="elder"'):
                problems.append(f"{name}选了长者版没有变")
    return _verdict(problems, f"{len(paths)} 类页面都能一步进、一步出，不用脚本")


def _entrance(site: Site) -> Finding:
    link = site.get("/accessibility/").document.xpath("//link[@rel='manifest']/@href")
    if not link:
        return Finding(State.FAIL, "无障碍声明没有给出应用清单")
    answer = site.get(str(link[0]))
    try:
        start = str(json.loads(answer.text)["start_url"])
    except (ValueError, KeyError, TypeError):
        return Finding(State.FAIL, "应用清单读不出来")
    opened = site.get(start)
    cookie = opened.cookies.get("view")
    if opened.status != 302 or cookie is None or cookie.value != "elder":
        return Finding(State.FAIL, f"应用从 {start} 打开，没有进入长者版")
    shown = site.get(opened.location, "elder").text
    if 'data-view="elder"' not in shown:
        return Finding(State.FAIL, "应用打开的页面不是长者版")
    return Finding(State.PASS, f"应用从 {start} 打开，进入长者版")


def check(site: Site, paths: dict[str, str]) -> dict[str, Finding]:
    """Everything that can be told without a browser."""
    sent = {name: site.get(path) for name, path in paths.items()}
    broken = [f"{name}（{answer.status}）" for name, answer in sent.items() if answer.status != 200]
    if broken:
        raise ValueError(f"这些页面打不开：{'、'.join(broken)}")
    count = len(sent)
    every = {**sent, "登录": site.get("/desk/login/")}

    def those(test: Callable[[Answer], bool]) -> list[str]:
        return [name for name, answer in every.items() if test(answer)]

    captcha = those(lambda a: bool(re.search(r"验证码|captcha", a.text, re.IGNORECASE)))
    forms = those(
        lambda a: bool(a.document.xpath("//main//form[translate(@method, 'POST', 'post')='post']"))
    )
    forms = [name for name in forms if name != "登录"]
    plugins = those(lambda a: any(a.document.iter(*_PLUGINS)))
    lures = those(lambda a: bool(_LURES.search(a.document.text_content())))
    none = Finding(State.NOT_APPLICABLE, f"看了 {len(every)} 类页面（含登录），没有验证码")
    asks = Finding(State.MANUAL, f"有验证码：{'、'.join(captcha)}，要人工看放大和语音")
    return {
        "captcha": asks if captcha else none,
        "captcha_time": asks if captcha else none,
        "undo": Finding(State.MANUAL, f"有提交表单：{'、'.join(forms)}，要人工看能否撤销")
        if forms
        else Finding(State.NOT_APPLICABLE, f"看了 {count} 类页面，没有在线提交的表单"),
        "plugins": _verdict([f"{name}有插件" for name in plugins], f"{count} 类页面没有插件"),
        "lures": _verdict([f"{name}有诱导词" for name in lures], f"{count} 类页面没有诱导词"),
        "same_parts": _same_parts(site, paths),
        "without_script": _without_script(site, paths),
        "entrance": _entrance(site),
    }
