"""The parts of an item's page, lists of items, and boxes around text."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from gongkai.design.icons import icon_svg
from gongkai.design.tags.registry import get, register


@register.inclusion_tag("design/components/item_header.html")
def item_header(head: Any) -> dict[str, Any]:
    """Title under its kind, the red double rule, the facts.

    ``head``: title, kind, category, tone, meta (rows of label, value, url, datetime, extra, wide).
    Rows without a value are left out; ``extra`` rows are not shown in the elder view.
    """
    rows = [row for row in get(head, "meta", []) if get(row, "value") != ""]
    return {"head": head, "rows": rows, "tone": get(head, "tone")}


@register.inclusion_tag("design/components/meta.html")
def meta(rows: Iterable[Any]) -> dict[str, Any]:
    """A definition list of facts: rows of label, value, url, datetime, extra, wide."""
    return {"rows": [row for row in rows if get(row, "value") != ""]}


@register.inclusion_tag("design/components/three_way.html")
def three_way(links: Any) -> dict[str, Any]:
    """文件 / 解读 / 问答 with the present one marked.

    ``links``: current (document, interpretation or answer) and three parts of the same names,
    each with note, text, items (title, url), all_url, all_label.
    """
    current = get(links, "current", "document")
    parts = [
        {"name": name, "word": word, "part": get(links, name, {}), "current": name == current}
        for name, word in (("document", "文件"), ("interpretation", "解读"), ("answer", "问答"))
    ]
    return {"parts": parts}


@register.inclusion_tag("design/components/item_list.html")
def item_list(items: Iterable[Any]) -> dict[str, Any]:
    """A list of items: title, url, tag, tone, at, meta, summary."""
    return {"items": list(items)}


@register.inclusion_tag("design/components/soon_list.html")
def soon_list(items: Iterable[Any]) -> dict[str, Any]:
    """What closes soon: days, word (``天后截止``), title, url, meta."""
    return {"items": list(items)}


@register.inclusion_tag("design/components/file_list.html")
def file_list(files: Iterable[Any]) -> dict[str, Any]:
    """Attachments: title, url, format, size (bytes), note, sha256."""
    return {"files": list(files)}


@register.inclusion_tag("design/components/empty.html")
def empty(
    title: str, text: str = "", icon_name: str = "inbox", url: str = "", action: str = ""
) -> dict[str, Any]:
    """Nothing here: what that means and what to do next."""
    return {"title": title, "text": text, "icon_name": icon_name, "url": url, "action": action}


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    """``{% notice "warn" "标题" %} HTML {% endnotice %}``; tone info, ok, warn or stop."""
    names = {"info": "info", "ok": "check", "warn": "alert", "stop": "stop"}
    head = format_html("<p><b>{}</b></p>", title) if title else ""
    return format_html(
        '<div class="notice {}" role="note">{}<div>{}{}</div></div>',
        tone,
        mark_safe(icon_svg(names[tone])),
        head,
        content,
    )


@register.simple_block_tag
def disclosure(content: str, summary: str, open: bool = False) -> SafeString:
    """``{% disclosure "标题" %} HTML {% enddisclosure %}``."""
    return format_html(
        '<details class="more"{}><summary>{}</summary><div>{}</div></details>',
        mark_safe(" open") if open else "",
        summary,
        content,
    )


@register.simple_block_tag
def why(content: str, summary: str = "为什么？", open: bool = False) -> SafeString:
    """``{% why "为什么是这一天？" %} calendar, 依据 {% endwhy %}``."""
    return format_html(
        '<details class="why"{}><summary>{}</summary>{}</details>',
        mark_safe(" open") if open else "",
        summary,
        content,
    )


@register.simple_tag
def basis(rows: Iterable[Any]) -> SafeString:
    """The 依据 of a computed value: rows of label, text, law, url."""
    return format_html(
        '<dl class="law">{}</dl>',
        format_html_join(
            "",
            "<div><dt>{}</dt><dd>{}{}</dd></div>",
            (
                (
                    get(row, "label"),
                    get(row, "text"),
                    format_html('<a href="{}">{}</a>', get(row, "url"), get(row, "law"))
                    if get(row, "url")
                    else get(row, "law"),
                )
                for row in rows
            ),
        ),
    )
