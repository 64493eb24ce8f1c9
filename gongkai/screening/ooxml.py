"""Reads Word, Excel and PowerPoint packages (ECMA-376) the way a leak hunter would.

Text is taken from the XML parts directly: cached values, deleted revisions, hidden sheets,
comments and pivot caches are all in the file although no page shows them. Entities, DTDs and the
network are never touched; sizes are checked before anything is unpacked.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from posixpath import basename, dirname, normpath
from typing import Final

import lxml.etree as etree

from gongkai.screening.filetypes import MEGABYTE, ZIP_ERRORS

MAX_ENTRIES: Final = 5_000
MAX_UNPACKED: Final = 400 * MEGABYTE
MAX_PART: Final = 150 * MEGABYTE
MAX_RATIO: Final = 150
RATIO_MATTERS_FROM: Final = 20 * MEGABYTE

_RELATIONSHIPS: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MACRO_PARTS: Final = re.compile(r"(?:^|/)vbaproject[^/]*\.bin$|(?:^|/)macrosheets/", re.IGNORECASE)
_ACTIVE_PARTS: Final = re.compile(r"(?:^|/)activex/", re.IGNORECASE)


class PackageError(Exception):
    """The package cannot be inspected; ``reason`` is a Chinese sentence, ``code`` its kind."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TextPart:
    """Text of one place in a file; ``header`` is the heading of a table column."""

    where: str
    text: str
    header: str = ""
    line_word: str = "段"


class Package:
    """An opened package whose sizes have been checked. Raises PackageError when it is not safe."""

    def __init__(self, content: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(BytesIO(content))
            entries = self._archive.infolist()
        except ZIP_ERRORS:
            raise PackageError("unreadable", "文件已损坏，无法打开检查。") from None
        total = sum(entry.file_size for entry in entries)
        if (
            len(entries) > MAX_ENTRIES
            or total > MAX_UNPACKED
            or any(entry.file_size > MAX_PART for entry in entries)
            or (total > RATIO_MATTERS_FROM and total > MAX_RATIO * len(content))
        ):
            raise PackageError("zip_bomb", "文件解压后的体积异常大，疑似压缩炸弹。")
        if any(entry.flag_bits & 1 for entry in entries):
            raise PackageError("encrypted", "文件加了密码，无法检查内容。")
        self.names: tuple[str, ...] = tuple(dict.fromkeys(entry.filename for entry in entries))
        if any(n.startswith(("/", "\\")) or ".." in n.split("/") for n in self.names):
            raise PackageError("unreadable", "文件内部结构异常，含有指向文件之外的路径。")

    def read(self, name: str) -> bytes:
        """The bytes of one part. Raises PackageError for damaged data."""
        try:
            with self._archive.open(name) as part:
                return part.read(MAX_PART)
        except ZIP_ERRORS:
            raise PackageError("unreadable", "文件内部有损坏的部分，无法打开检查。") from None

    def xml(self, name: str) -> etree._Element:
        """The root of an XML part. Raises PackageError for damaged XML or a DTD."""
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            root = etree.fromstring(self.read(name), parser)
        except (etree.XMLSyntaxError, ValueError):
            raise PackageError("unreadable", "文件内部有损坏的部分，无法打开检查。") from None
        if root.getroottree().docinfo.doctype:
            raise PackageError("xml_entities", "文件内部含有实体定义，正常的办公软件不会写出。")
        return root

    def matching(self, pattern: str) -> list[str]:
        """Part names that match, in natural order (slide2 before slide10)."""
        found = [name for name in self.names if re.fullmatch(pattern, name)]
        return sorted(found, key=lambda n: [int(d) for d in re.findall("[0-9]+", n)])

    def macro_parts(self) -> list[str]:
        return [name for name in self.names if _MACRO_PARTS.search(name)]

    def active_parts(self) -> list[str]:
        return [name for name in self.names if _ACTIVE_PARTS.search(name)]

    def embedded(self) -> list[str]:
        """Files embedded as objects."""
        return [n for n in self.names if "/embeddings/" in n and not n.endswith("/")]

    def media(self) -> list[str]:
        return [n for n in self.names if "/media/" in n and not n.endswith("/")]

    def external_targets(self) -> list[str]:
        """Targets outside the file that opening it would load; ordinary hyperlinks are not."""
        targets: list[str] = []
        for name in self.names:
            if not name.endswith(".rels"):
                continue
            for link in self.xml(name).iter("{*}Relationship"):
                kind = basename(link.get("Type", ""))
                if link.get("TargetMode") == "External" and kind != "hyperlink":
                    targets.append(link.get("Target", ""))
        return targets

    def people(self) -> list[str]:
        """Author and last editor named in the document properties."""
        if "docProps/core.xml" not in self.names:
            return []
        root = self.xml("docProps/core.xml")
        named = [*root.iter("{*}creator"), *root.iter("{*}lastModifiedBy")]
        return list(dict.fromkeys(text for n in named if (text := (n.text or "").strip())))


@dataclass(frozen=True, slots=True)
class Hidden:
    """Something in a package that readers of the page do not see."""

    code: str
    where: str
    message: str
    remedy: str


# --- Word ---------------------------------------------------------------------------------------

_WORD_PARTS: Final = (
    (r"word/document[0-9]*\.xml", "正文"),
    (r"word/header[0-9]*\.xml", "页眉"),
    (r"word/footer[0-9]*\.xml", "页脚"),
    (r"word/footnotes\.xml", "脚注"),
    (r"word/endnotes\.xml", "尾注"),
    (r"word/comments[A-Za-z]*\.xml", "批注"),
    (r"word/glossary/document\.xml", "构建基块"),
)
_REVISIONS: Final = ("{*}ins", "{*}del", "{*}moveFrom", "{*}moveTo")
_BREAKS: Final = {"tab": "\t", "br": " ", "cr": " ", "noBreakHyphen": "-", "softHyphen": ""}


def word_texts(package: Package) -> Iterator[TextPart]:
    """Body, headers, notes and comments, one paragraph a line, deleted revisions included."""
    handled: list[str] = []
    for pattern, label in _WORD_PARTS:
        for name in package.matching(pattern):
            handled.append(name)
            yield TextPart(label, "\n".join(_paragraphs(package.xml(name))))
    yield from _other_texts(package, "word/", handled)


def _paragraphs(root: etree._Element) -> list[str]:
    """Paragraph texts in order of their ends; a text box inside a paragraph is its own."""
    done: list[str] = []
    open_: list[list[str]] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = _local(element)
        if tag == "p":
            if event == "start":
                open_.append([])
            elif open_:
                done.append("".join(open_.pop()))
        elif event == "end" and open_:
            if tag in {"t", "delText", "instrText"}:
                open_[-1].append(element.text or "")
            elif tag in _BREAKS:
                open_[-1].append(_BREAKS[tag])
    return done


def word_hidden(package: Package) -> Iterator[Hidden]:
    """Comments, tracked changes and hidden characters of a Word document."""
    for name in package.matching(r"word/comments\.xml"):
        count = sum(1 for _ in package.xml(name).iter("{*}comment"))
        if count:
            yield _comments("", count)
    for name in package.matching(r"word/document[0-9]*\.xml"):
        root = package.xml(name)
        if any(True for _ in root.iter(*_REVISIONS)):
            yield Hidden(
                "tracked_changes",
                "",
                "文档里留有修订痕迹，下载的人能看到改前的文字。",
                "请在“审阅”中接受或拒绝全部修订后另存。",
            )
        if any(v.get(_word(v, "val")) not in {"0", "false"} for v in root.iter("{*}vanish")):
            yield Hidden(
                "hidden_text",
                "",
                "文档里有隐藏文字，页面上看不见但下载后可以显示。",
                "请取消隐藏并删去不公开的内容后另存。",
            )


# --- Excel --------------------------------------------------------------------------------------


def sheet_parts(package: Package) -> list[tuple[str, str, str]]:
    """(sheet name, state, part name) of every sheet; state is visible, hidden or veryHidden."""
    if "xl/workbook.xml" not in package.names:
        return []
    targets: dict[str, str] = {}
    if "xl/_rels/workbook.xml.rels" in package.names:
        for link in package.xml("xl/_rels/workbook.xml.rels").iter("{*}Relationship"):
            target = link.get("Target", "")
            place = target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}")
            targets[link.get("Id", "")] = place
    sheets = []
    for sheet in package.xml("xl/workbook.xml").iter("{*}sheet"):
        part = targets.get(sheet.get(_RELATIONSHIPS, ""), "")
        sheets.append((sheet.get("name", ""), sheet.get("state", "visible"), part))
    return sheets


def excel_hidden(package: Package) -> Iterator[Hidden]:
    """Hidden sheets and comments of a workbook (hidden rows and columns: see the sheet reader)."""
    for name, state, _ in sheet_parts(package):
        if state != "visible":
            yield Hidden(
                "hidden_sheet",
                f"工作表“{name}”",
                "这是隐藏的工作表，下载的人可以取消隐藏查看。",
                "请删去这张工作表，或取消隐藏、确认可以公开后再上传。",
            )
    parts = package.matching(r"xl/(?:comments/?[^/]*|threadedComments/[^/]*)\.xml")
    count = 0
    for part in parts:
        root = package.xml(part)
        count += sum(1 for _ in root.iter("{*}comment", "{*}threadedComment"))
    if count:
        yield _comments("", count)


# --- PowerPoint and the rest --------------------------------------------------------------------


def slides_texts(package: Package) -> Iterator[TextPart]:
    """Slides and speaker notes, one paragraph a line."""
    handled: list[str] = []
    for folder, label in (("slides/slide", "张幻灯片"), ("notesSlides/notesSlide", "份备注")):
        for number, name in enumerate(package.matching(rf"ppt/{folder}[0-9]+\.xml"), start=1):
            handled.append(name)
            yield TextPart(f"第{number}{label}", "\n".join(_paragraphs(package.xml(name))))
    yield from _other_texts(package, "ppt/", handled)


def slides_hidden(package: Package) -> Iterator[Hidden]:
    """Comments of a presentation."""
    parts = package.matching(r"ppt/comments/[^/]*\.xml")
    count = sum(1 for part in parts for _ in package.xml(part).iter("{*}cm"))
    if count:
        yield _comments("", count)


def _other_texts(package: Package, folder: str, handled: Sequence[str]) -> Iterator[TextPart]:
    """Charts, drawings, pivot caches and comments: whatever else holds text or values."""
    for name in package.names:
        if not name.startswith(folder) or not name.endswith(".xml") or name in handled:
            continue
        pieces: list[str] = []
        for element in package.xml(name).iter("{*}t", "{*}v", "{*}text", "{*}s", "{*}n"):
            value = element.text or element.get("v")
            if value and value.strip():
                pieces.append(value)
        if pieces:
            label = "批注" if "omments" in dirname(name) + basename(name) else "图表等部件"
            yield TextPart(label, "\n".join(pieces), line_word="项")


def excel_other_texts(package: Package, handled: Sequence[str]) -> Iterator[TextPart]:
    """Text of a workbook outside its sheets: comments, drawings, charts, pivot caches."""
    yield from _other_texts(package, "xl/", [*handled, "xl/workbook.xml", "xl/styles.xml"])


def _comments(where: str, count: int) -> Hidden:
    return Hidden(
        "comments",
        where,
        f"文件里有{count}条批注，下载的人能看到。",
        "请删去全部批注后另存再上传。",
    )


def _local(element: etree._Element) -> str:
    tag = element.tag
    return etree.QName(tag).localname if isinstance(tag, str) else ""


def _word(element: etree._Element, attribute: str) -> str:
    return f"{{{etree.QName(element.tag).namespace}}}{attribute}"
