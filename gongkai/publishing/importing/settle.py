"""Bringing a Word document to its final reading: nothing hidden, pending or machine-made left.

Works in place on the XML of a part. What was taken out is counted, because an editor must know
that the file held more than the page will show.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from gongkai.publishing.importing.formatting import StyleSheet
from gongkai.publishing.importing.wordml import (
    MC,
    A,
    Element,
    M,
    V,
    W,
    make,
    remove,
    text_of,
    text_run,
    unwrap,
)

_UNWRAPPED: Final = tuple(W + name for name in ("customXml", "smartTag", "fldSimple", "dir", "bdo"))
_NOISE: Final = tuple(
    W + name
    for name in [
        "bookmarkStart",
        "bookmarkEnd",
        "proofErr",
        "permStart",
        "permEnd",
        "lastRenderedPageBreak",
        "commentRangeStart",
        "commentRangeEnd",
        "moveFromRangeStart",
        "moveFromRangeEnd",
        "moveToRangeStart",
        "moveToRangeEnd",
        "customXmlInsRangeStart",
        "customXmlInsRangeEnd",
        "customXmlDelRangeStart",
        "customXmlDelRangeEnd",
        "customXmlMoveFromRangeStart",
        "customXmlMoveFromRangeEnd",
        "customXmlMoveToRangeStart",
        "customXmlMoveToRangeEnd",
        "softHyphen",
    ]
)
_CHANGES: Final = tuple(
    W + name
    for name in [
        "rPrChange",
        "pPrChange",
        "sectPrChange",
        "tblPrChange",
        "tblPrExChange",
        "tblGridChange",
        "trPrChange",
        "tcPrChange",
        "numberingChange",
        "cellIns",
        "cellMerge",
    ]
)
MESSAGES: Final = {
    "revisions": "文档含有修订痕迹 {n} 处：插入的文字已保留，删除的文字没有导入。"
    "请确认这就是定稿；最好在 Word 中“接受所有修订”后重新上传。",
    "comments": "文档含有批注 {n} 条，没有导入。原文件作为附件公开前，请先删除批注。",
    "hidden": "文档含有隐藏文字 {n} 处，没有导入。请在 Word 中显示隐藏文字，核对是否应当公开。",
    "struck": "文档含有带删除线的文字 {n} 处，已按普通文字导入，请核对；不应公开的请手工删去。",
    "textbox": "文档含有文本框 {n} 个，其中文字已放到所在段落之后，请核对位置。",
    "math": "文档含有公式 {n} 个，只保留了其中的字符，请核对；复杂公式请截图后插入图片。",
    "chart": "文档含有图表或智能图形 {n} 个，没有导入。请在原文中另存为图片，再用“插入图片”补上。",
    "object": "文档含有嵌入对象 {n} 个（如电子表格），只导入了预览图。需要公开的请作为附件上传。",
    "toc": "文档目录没有导入，页面会按各级标题自动生成目录。",
    "chunk": "文档含有外部拼入的内容 {n} 处，没有导入。请在 Word 中打开并另存一次，再上传。",
    "placeholder": "文档含有尚未填写的占位提示 {n} 处，没有导入，请核对是否漏填。",
}


def settle(root: Element, styles: StyleSheet, findings: Counter[str]) -> None:
    """Accept insertions, drop deletions, comments, hidden text; open up containers."""
    _alternatives(root)
    _revisions(root, findings)
    _comments(root, findings)
    for element in list(root.iter(*_NOISE)):
        remove(element)
    _controls(root, findings)
    for element in list(root.iter(*_UNWRAPPED)):
        unwrap(element)
    _rubies(root)
    _math(root, findings)
    _text_boxes(root, findings)
    _graphics(root, findings)
    _hidden(root, styles, findings)
    _tables(root)


def _alternatives(root: Element) -> None:
    # The fallback is the older form of a drawing: the converter reads only that one.
    for element in list(root.iter(MC + "AlternateContent")):
        kept = element.find(MC + "Fallback")
        if kept is None or not len(kept):
            kept = element.find(MC + "Choice")
        if kept is None or element.getparent() is None:
            remove(element)
            continue
        for child in list(element):
            if child is not kept:
                element.remove(child)
        unwrap(kept)
        unwrap(element)


def _revisions(root: Element, findings: Counter[str]) -> None:
    for element in list(root.iter(*_CHANGES)):
        findings["revisions"] += 1
        remove(element)
    for row in list(root.iter(W + "tr")):
        marks = row.find(W + "trPr")
        if marks is not None and marks.find(W + "del") is not None:
            findings["revisions"] += 1
            remove(row)
    for mark in list(root.iter(W + "cellDel")):
        findings["revisions"] += 1
        remove(mark.getparent().getparent())
    for paragraph in list(root.iter(W + "p")):
        mark = paragraph.find(f"{W}pPr/{W}rPr")
        if mark is not None and (
            mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None
        ):
            findings["revisions"] += 1
            _join_next(paragraph)
    for element in list(root.iter(W + "del", W + "moveFrom")):
        findings["revisions"] += 1
        remove(element)
    for element in list(root.iter(W + "ins", W + "moveTo")):
        findings["revisions"] += 1
        if element.getparent().tag in (W + "rPr", W + "trPr"):
            remove(element)
        else:
            unwrap(element)


def _join_next(paragraph: Element) -> None:
    """A deleted paragraph mark: the content goes to the front of the next paragraph."""
    following = paragraph.getnext()
    while following is not None and following.tag in _NOISE:
        following = following.getnext()
    if following is None or following.tag != W + "p":
        return
    properties = following.find(W + "pPr")
    index = 0 if properties is None else following.index(properties) + 1
    content = [child for child in paragraph if child.tag != W + "pPr"]
    for offset, child in enumerate(content):
        following.insert(index + offset, child)
    remove(paragraph)


def _comments(root: Element, findings: Counter[str]) -> None:
    for element in list(root.iter(W + "commentReference")):
        findings["comments"] += 1
        remove(element)


def _controls(root: Element, findings: Counter[str]) -> None:
    for element in list(root.iter(W + "sdt")):
        properties = element.find(W + "sdtPr")
        content = element.find(W + "sdtContent")
        if properties is not None and any(
            "table of contents" in (gallery.get(W + "val") or "").lower()
            for gallery in properties.iter(W + "docPartGallery")
        ):
            findings["toc"] = 1
            remove(element)
        elif properties is not None and properties.find(W + "showingPlcHdr") is not None:
            # The prompt goes; what holds the place in the layout (a cell, a paragraph) stays.
            findings["placeholder"] += bool(content is not None and text_of(content).strip())
            for run in list(element.iter(W + "r")):
                remove(run)
            _open(element, content)
        else:
            _open(element, content)


def _open(element: Element, content: Element | None) -> None:
    if content is None:
        remove(element)
        return
    for child in list(element):
        if child is not content:
            element.remove(child)
    unwrap(content)
    unwrap(element)


def _rubies(root: Element) -> None:
    for ruby in list(root.iter(W + "ruby")):
        run = ruby.getparent()
        base = ruby.find(W + "rubyBase")
        place = run
        for part in [] if base is None else list(base.iterchildren(W + "r")):
            place.addnext(part)
            place = part
        remove(ruby)


def _math(root: Element, findings: Counter[str]) -> None:
    for formula in list(root.iter(M + "oMath")):
        words = "".join(node.text or "" for node in formula.iter(M + "t"))
        findings["math"] += 1
        formula.addprevious(text_run(words))
        remove(formula)
    for block in list(root.iter(M + "oMathPara")):
        unwrap(block)


def _text_boxes(root: Element, findings: Counter[str]) -> None:
    for box in reversed(list(root.iter(W + "txbxContent"))):
        anchor = box.getparent()
        while anchor is not None and anchor.tag != W + "p":
            anchor = anchor.getparent()
        words = text_of(box).strip()
        findings["textbox"] += bool(words)
        place = anchor
        for block in list(box):
            if place is not None and (words or next(box.iter(A + "blip", V + "imagedata"), None)):
                place.addnext(block)
                place = block
        remove(box)


def _graphics(root: Element, findings: Counter[str]) -> None:
    for data in list(root.iter(A + "graphicData")):
        uri = data.get("uri", "")
        if uri.endswith(("/chart", "/diagram", "/chartex")):
            findings["chart"] += 1
            remove(data)
    findings["object"] += sum(1 for _ in root.iter(W + "object"))
    for chunk in list(root.iter(W + "altChunk")):
        findings["chunk"] += 1
        remove(chunk)


def _hidden(root: Element, styles: StyleSheet, findings: Counter[str]) -> None:
    for paragraph in root.iter(W + "p"):
        style = styles.paragraph_style(paragraph.find(W + "pPr"))
        before = False
        for run in list(paragraph.iter(W + "r")):
            look = styles.run(run.find(W + "rPr"), style)
            has_content = bool(text_of(run).strip()) or next(
                run.iter(A + "blip", V + "imagedata"), None
            )
            if look.hidden:
                # Field codes live in hidden runs too: only what could be read is removed.
                for child in list(run):
                    if child.tag not in (W + "rPr", W + "fldChar", W + "instrText"):
                        run.remove(child)
                # Neighbouring runs are one piece of hidden text for the reader of the warning.
                findings["hidden"] += bool(has_content) and not before
                before = before or bool(has_content)
            else:
                before = before and not has_content
                findings["struck"] += bool(look.struck and text_of(run).strip())


def _tables(root: Element) -> None:
    """Old-style horizontal merges and indented rows, as spans that the converter counts."""
    for row in root.iter(W + "tr"):
        previous: Element | None = None
        for cell in list(row.iterchildren(W + "tc")):
            merge = cell.find(f"{W}tcPr/{W}hMerge")
            if merge is None:
                previous = cell
                continue
            if merge.get(W + "val") == "restart":
                previous = cell
            elif previous is not None:
                _widen(previous, _width(cell))
                row.remove(cell)
        properties = row.find(W + "trPr")
        if properties is None:
            continue
        before, after = (_grid(properties, tag) for tag in ("gridBefore", "gridAfter"))
        if before:
            properties.addnext(_blank_cell(before))
        if after:
            row.append(_blank_cell(after))


def _grid(properties: Element, tag: str) -> int:
    element = properties.find(W + tag)
    value = "" if element is None else element.get(W + "val", "")
    return min(int(value), 60) if value.isdigit() else 0


def _blank_cell(width: int) -> Element:
    cell = make("tc")
    properties = make("tcPr")
    properties.append(make("gridSpan", val=str(width)))
    cell.append(properties)
    cell.append(make("p"))
    return cell


def _width(cell: Element) -> int:
    span = cell.find(f"{W}tcPr/{W}gridSpan")
    value = "" if span is None else span.get(W + "val", "")
    return int(value) if value.isdigit() else 1


def _widen(cell: Element, more: int) -> None:
    properties = cell.find(W + "tcPr")
    span = properties.find(W + "gridSpan")
    width = _width(cell) + more
    if span is None:
        span = make("gridSpan")
        properties.append(span)
    span.set(W + "val", str(width))
