"""Opening a .docx: what it is, whether it is safe to unpack, its parts as checked XML."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from lxml import etree

# The container check is shared with the reader of plain documents: one place decides.
from gongkai.core.documents.docx_package import check_archive
from gongkai.core.documents.model import DocumentError
from gongkai.publishing.importing.problems import ImportProblem
from gongkai.publishing.importing.wordml import Element

MAX_BYTES: Final = 50 << 20
MAX_XML: Final = 30 << 20
MAX_PICTURE: Final = 20 << 20
# About 7,000 table cells in full formatting; conversion time grows evenly with it.
MAX_ELEMENTS: Final = 150_000

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS: Final = "请在 Word 或 WPS 中打开原文件，另存为 .docx 后重新上传。"
_DAMAGED: Final = (
    "文件内部已损坏，无法读取。请在 Word 或 WPS 中打开原文件（能打开时按提示修复），"
    "另存为 .docx 后重新上传。"
)
_TOO_LONG: Final = (
    "文档的文字和表格过多，系统无法处理。请拆分成几个文件，或者把长表格作为附件上传。"
)
# Leading bytes of what people upload by mistake, and its name.
_OTHERS: Final = (
    (b"%PDF", "PDF 文件", "请上传排版前的 Word 原文件；只有 PDF 的，请作为附件上传。"),
    (b"{\\rtf", "RTF 文件", _SAVE_AS),
    (b"MZ", "可执行程序", "请检查是否选错了文件，重新选择 .docx 文件。"),
    (b"\x7fELF", "可执行程序", "请检查是否选错了文件，重新选择 .docx 文件。"),
    (b"Rar!", "压缩包", "请先解压，再上传其中的 .docx 文件。"),
    (b"7z\xbc\xaf", "压缩包", "请先解压，再上传其中的 .docx 文件。"),
    (b"\x1f\x8b", "压缩包", "请先解压，再上传其中的 .docx 文件。"),
    (b"\x89PNG", "图片", "请上传文字版的 .docx 文件；扫描件请先识别成文字并核对。"),
    (b"\xff\xd8\xff", "图片", "请上传文字版的 .docx 文件；扫描件请先识别成文字并核对。"),
)
# The strict form of the standard names everything differently; one spelling from here on.
_STRICT: Final = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/main",
        b"http://schemas.openxmlformats.org/drawingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
        b"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    ),
    (
        b"http://purl.oclc.org/ooxml/drawingml/picture",
        b"http://schemas.openxmlformats.org/drawingml/2006/picture",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/math",
        b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship of a part: its kind (last word of the type), target, whether outside."""

    kind: str
    target: str
    outside: bool


@dataclass(slots=True)
class Package:
    """The parts of a document that the import reads."""

    archive: zipfile.ZipFile
    main: str
    relations: dict[str, Relation]
    document: Element
    styles: Element | None = None
    numbering: Element | None = None
    theme: Element | None = None
    footnotes: Element | None = None
    endnotes: Element | None = None
    note_relations: dict[str, dict[str, Relation]] = field(default_factory=dict)

    def read(self, name: str, limit: int) -> bytes | None:
        """The content of a member; None when it is absent or larger than ``limit`` bytes."""
        try:
            info = self.archive.getinfo(name)
        except KeyError:
            return None
        content = _read(self.archive, info, limit)
        return None if len(content) > limit else content


def open_package(data: bytes, filename: str) -> Package:
    """Open a .docx. Raises ImportProblem; the caller closes ``archive``."""
    _sniff(data, filename)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ImportProblem("damaged", _DAMAGED) from error
    try:
        check_archive(archive, len(data))
    except DocumentError as error:
        raise _container_problem(error) from error
    names = set(archive.namelist())
    _check_kind(names)
    package_relations = _relations(archive, "_rels/.rels", "")
    main = next((r.target for r in package_relations.values() if r.kind == "officeDocument"), "")
    if main not in names:
        main = "word/document.xml"
    if main not in names:
        raise ImportProblem("not_docx", f"压缩包中没有 Word 正文，这不是 .docx 文档。{_SAVE_AS}")
    _check_macros(archive, names)
    folder, base = posixpath.split(main)
    relations = _relations(archive, posixpath.join(folder, "_rels", f"{base}.rels"), folder)
    document = _xml(archive, main)
    if document is None or not str(document.tag).endswith("}document"):
        raise ImportProblem("damaged", _DAMAGED)
    if sum(1 for _ in document.iter()) > MAX_ELEMENTS:
        raise ImportProblem("too_large", _TOO_LONG)

    def part(kind: str) -> tuple[str, Element | None]:
        found = next((r.target for r in relations.values() if r.kind == kind), "")
        name = found if found in names else posixpath.join(folder, f"{kind}.xml")
        return name, _xml(archive, name) if name in names else None

    package = Package(archive, main, relations, document)
    package.styles = part("styles")[1]
    package.numbering = part("numbering")[1]
    package.theme = part("theme")[1]
    for kind in ("footnotes", "endnotes"):
        name, root = part(kind)
        setattr(package, kind, root)
        parent, base = posixpath.split(name)
        rels = posixpath.join(parent, "_rels", f"{base}.rels")
        package.note_relations[kind] = _relations(archive, rels, parent)
    return package


def _sniff(data: bytes, filename: str) -> None:
    if not data:
        raise ImportProblem("empty", "文件是空的（0 字节）。请检查文件，重新选择后上传。")
    if len(data) > MAX_BYTES:
        raise ImportProblem(
            "too_large",
            f"文件有 {len(data) / 1048576:.1f} MB，超过 {MAX_BYTES >> 20} MB 的上限。"
            "请压缩文中图片，或者把图片、附表作为附件另行上传。",
        )
    extension = filename.rpartition(".")[2].lower()
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise ImportProblem(
                "encrypted",
                "文档设了打开密码，系统无法读取。请先在 Word 或 WPS 中取消密码，保存后重新上传。",
            )
        if extension in ("xls", "et", "ppt", "dps"):
            raise _wrong_type("表格或演示文稿", "正文请用 .docx 文件；表格请作为附件上传。")
        kind = "WPS 旧格式（.wps）" if extension == "wps" else "旧版 Word 格式（.doc）"
        raise ImportProblem("legacy_doc", f"这是{kind}，扩展名改成 .docx 也不能读取。{_SAVE_AS}")
    head = data[:16]
    for magic, name, remedy in _OTHERS:
        if head.startswith(magic):
            raise _wrong_type(name, remedy)
    if not data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if start.startswith((b"<html", b"<!doctype html", b"<?xml", b"mime-version")):
            raise _wrong_type("网页或 XML 文件", _SAVE_AS)
        raise ImportProblem("not_docx", f"文件内容不是 Word 文档（.docx）。{_SAVE_AS}")


def _wrong_type(name: str, remedy: str) -> ImportProblem:
    return ImportProblem("wrong_type", f"上传的是{name}，不是 Word 文档（.docx）。{remedy}")


def _container_problem(error: DocumentError) -> ImportProblem:
    if error.code == "encrypted":
        return ImportProblem(
            "encrypted",
            "文件加了密码，系统无法读取。请先取消密码，保存后重新上传。",
        )
    if error.code == "zip_bomb":
        return ImportProblem(
            "unsafe",
            "文件解压后异常庞大或结构可疑，已拒绝读取。"
            "请在 Word 或 WPS 中新建文档，把内容粘贴进去后另存为 .docx 再上传。",
        )
    return ImportProblem("damaged", _DAMAGED)


def _check_kind(names: set[str]) -> None:
    if any(name.startswith("xl/") for name in names):
        raise _wrong_type("电子表格（.xlsx）", "正文请用 .docx 文件；表格请作为附件上传。")
    if any(name.startswith("ppt/") for name in names):
        raise _wrong_type("演示文稿（.pptx）", "请把文字整理成 .docx 文件后上传。")
    if "OFD.xml" in names:
        raise _wrong_type("OFD 版式文件", "请上传排版前的 Word 原文件。")
    if "content.xml" in names and "mimetype" in names:
        raise _wrong_type("ODF 文档（.odt）", _SAVE_AS)
    if "[Content_Types].xml" not in names:
        raise ImportProblem(
            "not_docx",
            "这是普通压缩包，不是 Word 文档。请先解压，再上传其中的 .docx 文件。",
        )


def _check_macros(archive: zipfile.ZipFile, names: set[str]) -> None:
    content_types = _read(archive, archive.getinfo("[Content_Types].xml"), MAX_XML)
    if b"macroEnabled" in content_types or any(n.endswith("vbaProject.bin") for n in names):
        raise ImportProblem(
            "macro",
            "文档含有宏，不能上传。请在 Word 或 WPS 中另存为“Word 文档（*.docx）”"
            "（不带宏）后重新上传。",
        )


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """At most ``limit`` + 1 bytes of a member, whatever size it declares."""
    try:
        with archive.open(info) as handle:
            return handle.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        raise ImportProblem("damaged", _DAMAGED) from error


def _xml(archive: zipfile.ZipFile, name: str) -> Element | None:
    content = _read(archive, archive.getinfo(name), MAX_XML)
    if len(content) > MAX_XML:
        raise ImportProblem("too_large", _TOO_LONG)
    return parse_xml(content)


def parse_xml(content: bytes) -> Element:
    """Parse a part. A document type or an entity is refused: no word processor writes one."""
    for strict, transitional in _STRICT:
        content = content.replace(strict, transitional)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ImportProblem("damaged", _DAMAGED) from error
    if root.getroottree().docinfo.doctype:
        raise ImportProblem("unsafe", f"文档内部含有不允许的声明，已拒绝读取。{_SAVE_AS}")
    return root


def _relations(archive: zipfile.ZipFile, name: str, folder: str) -> dict[str, Relation]:
    try:
        info = archive.getinfo(name)
    except KeyError:
        return {}
    content = _read(archive, info, MAX_XML)
    relations: dict[str, Relation] = {}
    for element in parse_xml(content):
        target = element.get("Target", "")
        outside = element.get("TargetMode") == "External"
        if not outside:
            path = unquote(target)
            joined = path if path.startswith("/") else posixpath.join("/", folder, path)
            target = posixpath.normpath(joined).lstrip("/")
        kind = element.get("Type", "").rpartition("/")[2]
        relations[element.get("Id", "")] = Relation(kind, target, outside)
    return relations
