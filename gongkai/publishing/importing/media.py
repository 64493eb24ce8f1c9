"""Taking the pictures out of a document: the usable ones by digest, the rest as warnings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from gongkai.publishing.importing import pictures
from gongkai.publishing.importing.package import MAX_PICTURE, Package
from gongkai.publishing.importing.pictures import ImportedImage
from gongkai.publishing.importing.wordml import WP, A, Element, O, R, V, W, make, remove

_PIC: Final = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_HOLDERS: Final = (W + "drawing", W + "pict", W + "object")
_SIDES: Final = ("l", "t", "r", "b")


@dataclass(slots=True)
class Media:
    """Pictures found: ``images`` once each by digest, ``uses`` by relationship id.

    The same picture may stand in two places with different words.
    """

    images: dict[str, ImportedImage] = field(default_factory=dict)
    uses: dict[str, ImportedImage] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def all_warnings(self) -> list[str]:
        """The warnings for single pictures and those that count."""
        result = list(self.warnings)
        if self.counts["cropped"]:
            result.append(
                f"有 {self.counts['cropped']} 张图片在文档中裁剪过，导入的是裁剪前的原图，"
                "裁掉的部分也会公开。请核对；需要裁剪的，请在原文中“压缩图片—删除裁剪区域”后重新上传。"
            )
        if self.counts["no_words"]:
            result.append(
                f"有 {self.counts['no_words']} 张图片没有文字说明，读屏软件无法读出。"
                "请逐张填写图片说明。"
            )
        return result


def take_pictures(root: Element, package: Package, media: Media) -> None:
    """Replace every drawing by the pictures in it, in the one form the converter reads alike.

    Shapes without pictures (lines, seals drawn as vectors, text boxes already emptied) go.
    """
    order = 0
    for holder in list(root.iter(*_HOLDERS)):
        if holder.getparent() is None:
            continue
        for element in list(holder.iter(A + "blip", V + "imagedata")):
            order += 1
            image = _take(element, holder, order, package, media)
            if image is not None:
                name = f"gk{len(media.uses) + 1}"
                media.images.setdefault(image.sha256, image)
                media.uses[name] = image
                holder.addprevious(_picture(name))
        remove(holder)


def _take(
    element: Element, holder: Element, order: int, package: Package, media: Media
) -> ImportedImage | None:
    key = element.get(R + "embed") or element.get(R + "id") or element.get(R + "link") or ""
    relation = package.relations.get(key)
    if relation is None:
        media.warnings.append(f"第 {order} 张图片在文件中已丢失，没有导入。请重新插入。")
        return None
    if relation.outside:
        media.warnings.append(
            f"第 {order} 张图片是链接到别处的图片（不在文件中），没有导入。"
            "请另存该图片，再用“插入图片”补上。"
        )
        return None
    data = package.read(relation.target, MAX_PICTURE)
    if data is None:
        media.warnings.append(
            f"第 {order} 张图片缺失或者超过 {MAX_PICTURE >> 20} MB，没有导入。"
            "请压缩后用“插入图片”补上。"
        )
        return None
    content_type = pictures.content_type_of(data)
    if content_type is None:
        media.warnings.append(pictures.refused(order, relation.target, data))
        return None
    words = pictures.description(_words(element, holder))
    media.counts["no_words"] += not words
    media.counts["cropped"] += _cropped(element)
    return pictures.make_image(data, content_type, words)


def _words(element: Element, holder: Element) -> str:
    """The description of a picture, wherever Word or WPS put it."""
    candidates: list[str] = []
    frame = element.getparent()
    while frame is not None and frame is not holder:
        named = frame.find(f"{_PIC}nvPicPr/{_PIC}cNvPr") if frame.tag == _PIC + "pic" else None
        candidates.extend(
            value
            for source in (frame, named)
            if source is not None
            for value in (source.get("alt"), source.get("descr"))
            if value
        )
        frame = frame.getparent()
    for properties in holder.iter(WP + "docPr"):
        candidates.extend(filter(None, (properties.get("descr"), properties.get("title"))))
    candidates.append(element.get(O + "title", ""))
    return next((words for words in candidates if pictures.description(words)), "")


def _cropped(element: Element) -> bool:
    crop = element.getparent().find(A + "srcRect")
    if crop is not None and any(crop.get(side, "0") not in ("0", "0%") for side in _SIDES):
        return True
    return any(element.get(f"crop{side}") for side in ("left", "top", "right", "bottom"))


def _picture(relation: str) -> Element:
    holder = make("object")
    shape = etree.SubElement(holder, V + "shape")
    image = etree.SubElement(shape, V + "imagedata")
    image.set(R + "id", relation)
    return holder
