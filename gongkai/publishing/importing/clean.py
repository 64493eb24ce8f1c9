"""Cleaning text before it is stored: pasted pages, editor output, imported documents.

What may be stored is a short list of elements and attributes (``sanitizer.ALLOWED``). The
sanitizer has the last word on every result; the steps before it only make the text regular,
so a mistake there can spoil a layout but cannot let anything harmful through.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from gongkai.publishing.importing import sanitizer
from gongkai.publishing.importing.blocks import to_nodes
from gongkai.publishing.importing.plain import plain_text
from gongkai.publishing.importing.present import Presented, TocEntry, present_html
from gongkai.publishing.importing.rebuild import rebuild
from gongkai.publishing.importing.tree import Node, parse, serialize

__all__ = ["CleanResult", "Presented", "TocEntry", "clean_html", "plain_text", "present_html"]

_ROUNDS: Final = 6
_ACTIVE: Final = re.compile(
    r"<\s*(script|iframe|frame|object|embed|applet|form|textarea|select|button|video|audio|"
    r"svg|math|canvas)\b",
    re.IGNORECASE,
)
_ACTIVE_NAMES: Final = {
    "script": "脚本",
    "iframe": "内嵌网页",
    "frame": "内嵌网页",
    "object": "内嵌对象",
    "embed": "内嵌对象",
    "applet": "内嵌对象",
    "form": "表单",
    "textarea": "表单",
    "select": "表单",
    "button": "表单",
    "video": "音视频",
    "audio": "音视频",
    "svg": "矢量图形",
    "math": "公式",
    "canvas": "矢量图形",
}
_MESSAGES: Final = {
    "link": "有 {n} 处链接的地址不能使用（脚本、本机文件或写法有误），已去掉链接、保留文字；"
    "需要链接的，请重新填写以 https:// 开头的地址。",
    "picture": "有 {n} 张图片没有保存（图片不在本系统中）；请用“插入图片”逐张上传。",
    "hidden": "有 {n} 处隐藏文字已删除；如确需公开，请先在原文中取消隐藏再粘贴。",
    "deleted": "有 {n} 处标记为删除的文字（修订痕迹）已删除，请核对是否为定稿。",
    "struck": "有 {n} 处文字带删除线，已按普通文字保留；不应公开的，请手工删去。",
    "nested": "有 {n} 个嵌套在表格里的表格已改为文字，请核对。",
}


@dataclass(frozen=True, slots=True)
class CleanResult:
    """The text to store and, in Chinese for the editor, what was changed on the way."""

    html: str
    warnings: tuple[str, ...] = ()


def clean_html(html: str) -> CleanResult:
    """Clean a fragment for storing. Cleaning the result again changes nothing.

    Kept: headings 2 to 4 (a first-level heading moves all down by one), paragraphs (class
    ``sign``, ``note`` or ``no-indent``), lists, tables with spans, caption and heading cells,
    bold, emphasis, super- and subscript, safe links, pictures stored here
    (``blob:<sha256>``), figures, quotations. Never raises on any text.
    """
    findings: Counter[str] = Counter()
    text = _round(html, findings)
    for _ in range(_ROUNDS):
        again = _round(text, Counter())
        if again == text:
            break
        text = again
    return CleanResult(text, _warnings(html, findings))


def _round(html: str, findings: Counter[str]) -> str:
    tree = parse(sanitizer.read(html))
    return sanitizer.strict(serialize(Node("#root", {}, to_nodes(rebuild(tree, findings)))))


def _warnings(html: str, findings: Counter[str]) -> tuple[str, ...]:
    result: list[str] = []
    active = [_ACTIVE_NAMES[match[1].lower()] for match in _ACTIVE.finditer(html)]
    if active:
        names = "、".join(dict.fromkeys(active))
        result.append(f"已删除网页中不能发布的内容 {len(active)} 处：{names}。")
    result.extend(
        message.format(n=findings[kind]) for kind, message in _MESSAGES.items() if findings[kind]
    )
    return tuple(result)
