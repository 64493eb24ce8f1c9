"""What a file is by its content, what its name claims, and what may be uploaded where."""

import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Final


class FileType(StrEnum):
    """File types told apart by content."""

    PDF = "pdf"
    OFD = "ofd"
    ODF = "odf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    DOC = "doc"
    XLS = "xls"
    PPT = "ppt"
    OLE = "ole"
    LOCKED_OFFICE = "locked_office"
    RTF = "rtf"
    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    TIFF = "tiff"
    WEBP = "webp"
    MP4 = "mp4"
    WEBM = "webm"
    VTT = "vtt"
    ZIP = "zip"
    ARCHIVE = "archive"
    TXT = "txt"
    CSV = "csv"
    HTML = "html"
    SVG = "svg"
    XML = "xml"
    PROGRAM = "program"
    SCRIPT = "script"
    EMPTY = "empty"
    UNKNOWN = "unknown"


LABELS: Final[Mapping[FileType, str]] = {
    FileType.PDF: "PDF文档",
    FileType.OFD: "OFD版式文档",
    FileType.ODF: "ODF文档",
    FileType.DOCX: "Word文档（.docx）",
    FileType.XLSX: "Excel表格（.xlsx）",
    FileType.PPTX: "演示文稿（.pptx）",
    FileType.DOC: "旧版Word文档（.doc）",
    FileType.XLS: "旧版Excel表格（.xls）",
    FileType.PPT: "旧版演示文稿（.ppt）",
    FileType.OLE: "旧版Office文件",
    FileType.LOCKED_OFFICE: "加密的Office文件",
    FileType.RTF: "RTF文档",
    FileType.PNG: "PNG图片",
    FileType.JPEG: "JPG图片",
    FileType.GIF: "GIF图片",
    FileType.TIFF: "TIF图片",
    FileType.WEBP: "WebP图片",
    FileType.MP4: "MP4视频",
    FileType.WEBM: "WebM视频",
    FileType.VTT: "WebVTT字幕",
    FileType.ZIP: "ZIP压缩包",
    FileType.ARCHIVE: "压缩包",
    FileType.TXT: "文本文件",
    FileType.CSV: "CSV数据表",
    FileType.HTML: "网页文件",
    FileType.SVG: "SVG矢量图",
    FileType.XML: "XML文件",
    FileType.PROGRAM: "可执行程序",
    FileType.SCRIPT: "脚本程序",
    FileType.EMPTY: "空文件",
    FileType.UNKNOWN: "无法识别的文件",
}

EXTENSIONS: Final[Mapping[FileType, frozenset[str]]] = {
    FileType.PDF: frozenset({"pdf"}),
    FileType.OFD: frozenset({"ofd"}),
    FileType.ODF: frozenset({"odt", "ods", "odp"}),
    FileType.DOCX: frozenset({"docx"}),
    FileType.XLSX: frozenset({"xlsx"}),
    FileType.PPTX: frozenset({"pptx"}),
    FileType.DOC: frozenset({"doc", "wps"}),
    FileType.XLS: frozenset({"xls", "et"}),
    FileType.PPT: frozenset({"ppt", "dps"}),
    FileType.RTF: frozenset({"rtf", "doc"}),
    FileType.PNG: frozenset({"png"}),
    FileType.JPEG: frozenset({"jpg", "jpeg"}),
    FileType.GIF: frozenset({"gif"}),
    FileType.TIFF: frozenset({"tif", "tiff"}),
    FileType.WEBP: frozenset({"webp"}),
    FileType.MP4: frozenset({"mp4", "m4v"}),
    FileType.WEBM: frozenset({"webm"}),
    FileType.VTT: frozenset({"vtt"}),
    FileType.ZIP: frozenset({"zip"}),
    FileType.ARCHIVE: frozenset({"rar", "7z", "gz", "bz2", "xz", "tar"}),
    FileType.TXT: frozenset({"txt", "md", "log"}),
    FileType.CSV: frozenset({"csv"}),
    FileType.HTML: frozenset({"html", "htm"}),
    FileType.SVG: frozenset({"svg"}),
    FileType.XML: frozenset({"xml"}),
}

DANGEROUS_EXTENSIONS: Final = frozenset(
    re.findall(
        "[a-z0-9]+",
        "exe dll com scr msi bat cmd ps1 vbs vbe js jse wsf wsh hta jar apk lnk reg cpl inf url "
        "sh bash py php phtml jsp asp aspx docm dotm xlsm xlsb xltm xlam pptm potm ppam ppsm",
    )
)
_KNOWN_EXTENSIONS: Final = frozenset().union(*EXTENSIONS.values()) | DANGEROUS_EXTENSIONS

#: What ``zipfile`` raises on damaged or hostile archives.
ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)

MEGABYTE: Final = 1024 * 1024


class Purpose(StrEnum):
    """What an upload is for; each purpose has its own list of types and its own size."""

    ATTACHMENT = "attachment"
    PICTURE = "picture"
    DRAFT = "draft"
    DATASET = "dataset"
    MATERIAL = "material"


@dataclass(frozen=True, slots=True)
class FilePolicy:
    """Allowed types and the largest size in bytes."""

    allowed: frozenset[FileType]
    max_bytes: int


_DOCUMENTS: Final = frozenset({FileType.PDF, FileType.OFD, FileType.DOCX, FileType.XLSX})
_PICTURES: Final = frozenset({FileType.PNG, FileType.JPEG, FileType.GIF, FileType.WEBP})

POLICIES: Final[Mapping[Purpose, FilePolicy]] = {
    Purpose.ATTACHMENT: FilePolicy(
        _DOCUMENTS
        | {FileType.PPTX, FileType.DOC, FileType.XLS, FileType.PNG, FileType.JPEG}
        | {FileType.TXT, FileType.CSV}
        | {FileType.MP4, FileType.WEBM, FileType.VTT},
        50 * MEGABYTE,
    ),
    Purpose.PICTURE: FilePolicy(_PICTURES, 10 * MEGABYTE),
    Purpose.DRAFT: FilePolicy(frozenset({FileType.DOCX, FileType.PDF}), 30 * MEGABYTE),
    Purpose.DATASET: FilePolicy(frozenset({FileType.XLSX, FileType.CSV}), 30 * MEGABYTE),
    Purpose.MATERIAL: FilePolicy(
        frozenset({FileType.PDF, FileType.DOCX, FileType.PNG, FileType.JPEG}), 20 * MEGABYTE
    ),
}

_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"GIF87a", FileType.GIF),
    (b"GIF89a", FileType.GIF),
    (b"II*\x00", FileType.TIFF),
    (b"MM\x00*", FileType.TIFF),
    (b"{\\rtf", FileType.RTF),
    (b"\x7fELF", FileType.PROGRAM),
    (b"\xca\xfe\xba\xbe", FileType.PROGRAM),
    (b"\xcf\xfa\xed\xfe", FileType.PROGRAM),
    (b"\xfe\xed\xfa", FileType.PROGRAM),
    (b"L\x00\x00\x00\x01\x14\x02\x00", FileType.PROGRAM),
    (b"7z\xbc\xaf\x27\x1c", FileType.ARCHIVE),
    (b"Rar!\x1a\x07", FileType.ARCHIVE),
    (b"\x1f\x8b", FileType.ARCHIVE),
    (b"BZh", FileType.ARCHIVE),
    (b"\xfd7zXZ\x00", FileType.ARCHIVE),
    (b"#!", FileType.SCRIPT),
)
_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGES: Final = (
    ("word/", FileType.DOCX),
    ("xl/", FileType.XLSX),
    ("ppt/", FileType.PPTX),
)
_MARKUP: Final = re.compile(r"(?:\s|<\?xml[^>]*\?>|<!--.*?-->|<!doctype[^>]*>)*<([a-z]+)", re.S)
_HTML_TAGS: Final = frozenset(
    {"html", "head", "body", "script", "iframe", "div", "p", "table", "meta", "a", "img"}
)


def extension_of(name: str) -> str:
    """The lower-case extension without its dot, or an empty string."""
    stem, dot, extension = name.strip().rpartition(".")
    return extension.lower() if dot and stem else ""


def inner_extension_of(name: str) -> str:
    """A known extension standing before the last one (名单.xlsx.exe → xlsx), or empty."""
    inner = extension_of(name.strip().rpartition(".")[0])
    return inner if inner in _KNOWN_EXTENSIONS else ""


def decode_text(content: bytes) -> str | None:
    """The text of a file in UTF-8, UTF-16 with a mark, or GB 18030; None for binary data."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            return None
    if b"\x00" in content:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def sniff(content: bytes, name: str = "") -> FileType:
    """Tell the type by content; the name only separates kinds of plain text."""
    if not content:
        return FileType.EMPTY
    for magic, found in _MAGIC:
        if content.startswith(magic):
            return found
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return FileType.WEBP
    if content.startswith(b"\x1aE\xdf\xa3"):
        return FileType.WEBM
    if content.startswith(b"MZ") and _is_program(content):
        return FileType.PROGRAM
    if content.startswith(_OLE_MAGIC):
        return _ole_type(content)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(content)
    if content[4:8] == b"ftyp":  # behind four bytes of length, which may look like anything
        return FileType.MP4
    if b"%PDF-" in content[:1024]:
        return FileType.PDF
    text = decode_text(content)
    return FileType.UNKNOWN if text is None else _text_type(text, extension_of(name))


def _is_program(content: bytes) -> bool:
    return decode_text(content) is None or len(content) < 64


def _ole_type(content: bytes) -> FileType:
    streams = (
        ("EncryptedPackage", FileType.LOCKED_OFFICE),
        ("WordDocument", FileType.DOC),
        ("PowerPoint Document", FileType.PPT),
        ("Workbook", FileType.XLS),
        ("Book", FileType.XLS),
    )
    for stream, found in streams:
        if stream.encode("utf-16-le") in content:
            return found
    return FileType.OLE


def _zip_type(content: bytes) -> FileType:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except ZIP_ERRORS:
        return FileType.ZIP
    if "OFD.xml" in names:
        return FileType.OFD
    if "mimetype" in names and "content.xml" in names:
        return FileType.ODF
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        return FileType.PROGRAM
    if "[Content_Types].xml" in names:
        for folder, found in _PACKAGES:
            if any(name.startswith(folder) for name in names):
                return found
    return FileType.ZIP


def _text_type(text: str, extension: str) -> FileType:
    start = text[:2048].lstrip("\ufeff").lower()
    if extension in DANGEROUS_EXTENSIONS or start.lstrip().startswith(("<?php", "<%")):
        return FileType.SCRIPT
    markup = _MARKUP.match(start)
    if markup is not None:
        if markup[1] in _HTML_TAGS or "<!doctype html" in start:
            return FileType.HTML
        return FileType.SVG if markup[1] == "svg" else FileType.XML
    if start.startswith("webvtt"):
        return FileType.VTT
    return FileType.CSV if extension == "csv" else FileType.TXT
