"""Importing a Word document: the one door from an uploaded .docx to web text.

The steps, each in its own module: open and check (``package``), settle revisions and hidden
parts (``settle``), take the pictures (``media``), read paragraphs with their numbers and looks
(``gather``), tell the parts of the paper (``paper``), restyle (``rewrite``), convert (mammoth),
clean (``clean``).
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from xml.parsers.expat import ExpatError

import mammoth
from lxml import etree

from gongkai.publishing.importing import container
from gongkai.publishing.importing.clean import clean_html
from gongkai.publishing.importing.formatting import StyleSheet
from gongkai.publishing.importing.gather import Item, gather
from gongkai.publishing.importing.media import Media, take_pictures
from gongkai.publishing.importing.numbering import read_numbering
from gongkai.publishing.importing.package import Package, open_package
from gongkai.publishing.importing.paper import Paper, read_paper
from gongkai.publishing.importing.pictures import ImportedImage
from gongkai.publishing.importing.plain import plain_text
from gongkai.publishing.importing.problems import ImportProblem
from gongkai.publishing.importing.rewrite import STYLE_MAP, rewrite
from gongkai.publishing.importing.roles import Role
from gongkai.publishing.importing.settle import MESSAGES, settle
from gongkai.publishing.importing.tree import Node, parse, serialize
from gongkai.publishing.importing.wordml import Element, W, remove

__all__ = ["ImportProblem", "ImportedDocument", "ImportedImage", "import_docx"]

_NOTE_ID: Final = re.compile(r"gk-(?:foot|end)note-")
_BLOB: Final = re.compile(r"blob:([0-9a-f]{64})")
_NOT_IN_TEXT: Final = (Role.TITLE, Role.HEAD, Role.CONTENTS, Role.COLOPHON)
_SAMPLE: Final = 20
# What a damaged or hostile file makes the parsers raise.
_BROKEN: Final = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    RecursionError,
    NotImplementedError,
    zipfile.BadZipFile,
    etree.LxmlError,
    ExpatError,
)


@dataclass(frozen=True, slots=True)
class ImportedDocument:
    """A Word document as web text and the facts it states about itself.

    ``html`` is clean (see ``clean_html``) and has neither title nor 发文字号, which the page
    shows from their fields; 主送机关 and signature stay in it. ``issuer`` joins several units
    with 、. ``formed_on`` is 成文日期. ``attachments_named`` are the names in 附件说明.
    ``warnings`` are Chinese sentences for the editor, the gravest first.
    """

    title: str | None
    doc_no: str | None
    issuer: str | None
    formed_on: date | None
    addressees: str | None
    html: str
    images: tuple[ImportedImage, ...]
    attachments_named: tuple[str, ...]
    warnings: tuple[str, ...]


def import_docx(data: bytes, *, filename: str) -> ImportedDocument:
    """Turn a .docx into clean web text.

    Pictures (png, jpeg, gif) come as ``images`` and stand in the text as ``blob:<sha256>``.
    Raises ImportProblem when the file is empty, too large, encrypted, of another kind, damaged
    or unsafe to unpack, or holds no text.
    """
    package = open_package(data, filename)
    try:
        return _convert(package)
    except _BROKEN as error:
        raise ImportProblem(
            "damaged",
            "文件内部已损坏，无法读取。请在 Word 或 WPS 中打开原文件，新建空白文档，"
            "全选复制粘贴过去，另存为 .docx 后重新上传。",
        ) from error
    finally:
        package.archive.close()


def _convert(package: Package) -> ImportedDocument:
    styles = StyleSheet(package.styles, package.theme)
    findings: Counter[str] = Counter()
    body = package.document.find(W + "body")
    if body is None:
        raise ValueError("no body")
    settle(body, styles, findings)
    notes = _notes(package, styles, body, findings)
    media = Media()
    take_pictures(body, package, media)
    links = container.keep_links(body, package.relations)
    numbering = read_numbering(package.numbering, styles.list_styles())
    items = gather(body, styles, numbering)
    if not any(item.line.text.strip() for item in items) and not media.images:
        raise ImportProblem(
            "empty",
            "文档中没有可以导入的文字。请检查是否选错了文件；文字全部隐藏或者标记为删除的，"
            "请在 Word 中处理后重新上传。",
        )
    paper = read_paper([item.line for item in items])
    lost = rewrite(items, paper, styles)
    stream = container.build(package.document, links=links, pictures=media.uses, notes=notes)
    cleaned = clean_html(_finish(_to_html(stream)))
    used = set(_BLOB.findall(cleaned.html))
    warnings = [
        *paper.warnings,
        *(text.format(n=findings[kind]) for kind, text in MESSAGES.items() if findings[kind]),
        *media.all_warnings(),
        *_lost_pictures(lost),
        *_missing(items, paper, cleaned.html),
        *cleaned.warnings,
    ]
    if not plain_text(cleaned.html).replace("［图片］", "").strip():
        warnings.insert(0, "文档没有正文文字（可能是扫描件），公开前请补充文字内容。")
    return ImportedDocument(
        title=paper.title,
        doc_no=paper.doc_no,
        issuer=paper.issuer,
        formed_on=paper.formed_on,
        addressees=paper.addressees,
        html=cleaned.html,
        images=tuple(image for image in media.images.values() if image.sha256 in used),
        attachments_named=paper.attachments,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _notes(
    package: Package, styles: StyleSheet, body: Element, findings: Counter[str]
) -> dict[str, Element]:
    result: dict[str, Element] = {}
    for kind in ("footnote", "endnote"):
        root = package.footnotes if kind == "footnote" else package.endnotes
        if root is not None:
            settle(root, styles, findings)
        plain, ids = container.plain_notes(root, kind)
        for reference in list(body.iter(f"{W}{kind}Reference")):
            if reference.get(W + "id") not in ids:
                remove(reference)
        if plain is not None:
            result[f"{kind}s"] = plain
    return result


def _to_html(stream: Any) -> str:
    def source(image: Any) -> dict[str, str]:
        with image.open() as handle:
            digest, _, words = handle.read().decode("utf-8").partition("\n")
        return {"src": f"blob:{digest}", "alt": words}

    result = mammoth.convert_to_html(
        stream,
        style_map=STYLE_MAP,
        include_default_style_map=False,
        include_embedded_style_map=False,
        convert_image=mammoth.images.img_element(source),
        id_prefix="gk-",
        external_file_access=False,
    )
    html: str = result.value
    return html


def _finish(html: str) -> str:
    """Footnotes as note paragraphs below the text; links within the document opened up."""
    root = parse(html)
    _open_anchors(root)
    blocks: list[Node | str] = []
    for child in root.children:
        if isinstance(child, Node) and child.tag == "ol" and _is_notes(child):
            for number, item in enumerate(child.elements(), 1):
                words = item.text().replace("↑", "").strip()
                blocks.append(Node("p", {"class": "note"}, [f"[{number}] {words}"]))
        else:
            blocks.append(child)
    return serialize(Node("#root", {}, blocks))


def _is_notes(node: Node) -> bool:
    first = next(iter(node.elements()), None)
    return first is not None and _NOTE_ID.match(first.attrs.get("id", "")) is not None


def _open_anchors(root: Node) -> None:
    for parent in (root, *root.walk()):
        children: list[Node | str] = []
        for child in parent.children:
            is_anchor = isinstance(child, Node) and child.tag == "a"
            if is_anchor and isinstance(child, Node) and child.attrs.get("href", "#")[:1] == "#":
                children.extend(child.children)
            else:
                children.append(child)
        parent.children = children


def _lost_pictures(count: int) -> list[str]:
    if not count:
        return []
    return [f"版头、标题或目录中的 {count} 张图片没有导入，需要的请用“插入图片”补上。"]


def _missing(items: Sequence[Item], paper: Paper, html: str) -> list[str]:
    """Compare the words read with the words written: nothing may get lost unsaid."""
    read: Counter[str] = Counter()
    for item, part in zip(items, paper.parts, strict=True):
        if part.role not in _NOT_IN_TEXT:
            read.update("".join(item.line.text.split()))
    read.subtract("".join(plain_text(html).split()))
    gone = "".join(char * count for char, count in read.items() if count > 0)
    if not gone:
        return []
    return [f"有 {len(gone)} 个字没有导入（如“{gone[:_SAMPLE]}”），请对照原文逐段核对。"]
