"""What every public page must carry, read from the page itself.

Page tags by 《网页标签规范》 and the parts of the foot by 国办发〔2017〕47号 (annex, lists partly
unconfirmed). Pure: takes the HTML as sent, returns what is wrong in words for the operator.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

SITE: Final = ("SiteName", "SiteDomain", "SiteIDCode")
COLUMN: Final = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ARTICLE: Final = ("ArticleTitle", "PubDate", "ContentSource")
OPTIONAL: Final = ("Keywords", "Author", "Description", "Image", "Url")
KNOWN: Final = frozenset((*SITE, *COLUMN, *ARTICLE, *OPTIONAL))
_NOTHING: Final = frozenset({"", "null", "none", "undefined", "nan"})
_PUB_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")
_VOID: Final = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "path",
        "circle",
        "rect",
    ]
)
_SILENT: Final = frozenset({"script", "style", "title"})

# What stands in the foot, and how it is told from other words.
FOOT: Final[tuple[tuple[str, str], ...]] = (
    ("党政机关网站标识", r"党政机关"),
    ("我为政府网站找错", r"我为政府网站找错"),
    ("网站标识码", r"网站标识码：\s*(bm[0-9]{8}|[0-9]{10})"),
    ("主办单位", r"主办单位：\s*\S"),
    ("承办单位", r"承办单位：\s*\S"),
    ("联系方式", r"联系(电话|方式)：\s*\S"),
    ("ICP备案号", r"ICP备[0-9]{8,}号"),
    ("公安备案号", r"公网安备\s*[0-9]{14}号"),
    ("站点地图", r"站点地图"),
)


@dataclass
class Page:
    """The parts of a page that are looked at."""

    lang: str = ""
    title: str = ""
    meta: list[tuple[str, str]] = field(default_factory=list)
    head: str = ""
    main: str = ""
    foot: str = ""
    links: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """(rel, href) of the head's links."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self._stack: list[str] = []
        self._part = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.page.lang = values.get("lang", "")
        elif tag == "meta" and "name" in values:
            self.page.meta.append((values["name"], values.get("content", "")))
        elif tag == "link":
            self.page.notes.append((values.get("rel", ""), values.get("href", "")))
        elif tag == "a" and self._part == "foot":
            self.page.links.append(values.get("href", ""))
        if tag == "header" and "top" in values.get("class", "").split():
            self._part = "head"
        elif tag == "main":
            self._part = "main"
        elif tag == "footer" and "foot" in values.get("class", "").split():
            self._part = "foot"
        if tag not in _VOID:
            self._stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._stack:
            while self._stack.pop() != tag:
                pass
        if (tag, self._part) in (("header", "head"), ("main", "main"), ("footer", "foot")):
            self._part = ""

    def handle_data(self, data: str) -> None:
        inside = self._stack[-1] if self._stack else ""
        if inside == "title" and "svg" not in self._stack:
            self.page.title += data
        elif inside not in _SILENT and self._part:
            setattr(self.page, self._part, getattr(self.page, self._part) + data)


def read(html: str) -> Page:
    """The parts of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def _words(text: str) -> str:
    return re.sub(r"\s+", "", text)


def lint(html: str, *, status: int = 200) -> list[str]:
    """What is wrong with a page; empty for nothing.

    A page that was answered with 200 is a column page or a content page and carries the tags of
    its kind; an error page carries those of the site.
    """
    page = read(html)
    names = [name for name, _ in page.meta]
    article = "ArticleTitle" in names
    wanted = SITE if status != 200 and not article else (*SITE, *(ARTICLE if article else COLUMN))
    problems = [] if page.title.strip() else ["没有网页标题"]
    if not page.lang.startswith("zh"):
        problems.append("没有写明网页的语言")
    problems += [f"缺少标签 {name}" for name in wanted if name not in names]
    for name in sorted(KNOWN & set(names)):
        values = [content for tag, content in page.meta if tag == name]
        if len(values) > 1:
            problems.append(f"标签 {name} 出现了 {len(values)} 次")
        if any(value.strip().lower() in _NOTHING for value in values):
            problems.append(f"标签 {name} 是空的")
    problems += _article(page) if article else []
    return problems + foot_problems(page)


def _article(page: Page) -> list[str]:
    tags = dict(page.meta)
    problems = []
    if _words(tags["ArticleTitle"]) not in _words(page.main):
        problems.append("标签 ArticleTitle 和页面上的标题不一致")
    stamp = tags.get("PubDate", "")
    if not _PUB_DATE.fullmatch(stamp):
        return [*problems, "标签 PubDate 应当写成 2022-10-18 09:30"]
    year, month, day = (int(part) for part in stamp[:10].split("-"))
    shown = _words(page.main)
    if _words(stamp) not in shown and f"{year}年{month}月{day}日" not in shown:
        problems.append("标签 PubDate 和页面上的发布时间不一致")
    return problems


def foot_problems(page: Page) -> list[str]:
    """What the head and the foot of a page lack."""
    tags = dict(page.meta)
    foot = re.sub(r"\s+", " ", page.foot)
    problems = [f"页脚缺少{name}" for name, shape in FOOT if not re.search(shape, foot)]
    if not any("/f/zhaocuo/" in link for link in page.links):
        problems.append("页脚的找错入口没有通到找错表单")
    if not any(link.endswith("/sitemap/") for link in page.links):
        problems.append("页脚没有通到站点地图的链接")
    for tag, name in (("SiteName", "网站名称"), ("SiteDomain", "主域名")):
        if tags.get(tag) and tags[tag] not in page.head:
            problems.append(f"页头没有{name}")
    return problems
