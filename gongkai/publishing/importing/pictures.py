"""Pictures of a document: which can be shown on the web, what they are called, what they hide."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_REMEDY: Final = "请在原文中把它另存为 PNG 或 JPG，再用“插入图片”补上。"
# What programs put in place of a description: file names, paths, 图片 3, hashes, camera names.
_NO_WORDS: Final = re.compile(
    r"(?:.*\.(?:png|jpe?g|gif|bmp|emf|wmf|tiff?|webp))|(?:[a-z]:\\.*)|(?:https?://.*)|(?:/.*)"
    r"|(?:(?:图片|图像|图形|picture|image|img|graphic|对象|文本框|矩形)[ _\-]*\d*)"
    r"|(?:[0-9a-f]{16,})|(?:[\d_\-. ]+)"
    r"|(?:(?:微信图片|微信截图|qq图片|qq截图|截图|屏幕截图)[_\d ]*)",
    re.IGNORECASE | re.DOTALL,
)
_MACHINE: Final = re.compile(
    r"\s*(?:AI 生成的内容可能不正确。|描述已自动生成|已生成极高可信度的说明)\s*"
)


@dataclass(frozen=True, slots=True)
class ImportedImage:
    """A picture taken out of a document; the text refers to it as ``blob:<sha256>``."""

    data: bytes
    content_type: str
    alt: str
    sha256: str


def content_type_of(data: bytes) -> str | None:
    """png, jpeg or gif by content; None for everything else (the name proves nothing)."""
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def kind_name(data: bytes, name: str) -> str:
    """The format of a picture that cannot be taken, for messages."""
    if data[:4] == b"\x01\x00\x00\x00" and data[40:44] == b" EMF":
        return "EMF 矢量图"
    if data[:4] in (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00"):
        return "WMF 矢量图"
    extension = name.rpartition(".")[2].lower()
    known = {"emf": "EMF 矢量图", "wmf": "WMF 矢量图", "svg": "SVG 矢量图"}
    return known.get(extension, f"{extension.upper()} 格式" if extension.isalnum() else "未知格式")


def refused(order: int, name: str, data: bytes) -> str:
    """The warning for a picture of a format that browsers do not show."""
    file = name.rpartition("/")[2]
    kind = kind_name(data, name)
    return f"第 {order} 张图片（{file}）是{kind}，网页不能显示，没有导入。{_REMEDY}"


def description(text: str) -> str:
    """The description an editor wrote for a picture; empty when a program put it there."""
    words = " ".join(_MACHINE.sub("", text).split())
    return "" if _NO_WORDS.fullmatch(words) else words


def make_image(data: bytes, content_type: str, alt: str) -> ImportedImage:
    """A picture with its digest."""
    return ImportedImage(data, content_type, alt, hashlib.sha256(data).hexdigest())
