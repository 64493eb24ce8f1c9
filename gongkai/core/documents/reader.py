"""The one door: bytes and a file name in, a SourceDocument or a DocumentError out.

The type is decided by what is in the file; the name only has to agree with it. A name that
promises something else is refused rather than guessed round, because a .docx that is really a
web page has usually been saved by mistake.
"""

import zipfile
from io import BytesIO
from typing import Final

from gongkai.core.documents.docx import read_docx
from gongkai.core.documents.html import looks_like_html, read_html
from gongkai.core.documents.model import DocumentError, SourceDocument, too_many_chars
from gongkai.core.documents.pdf import read_pdf
from gongkai.core.documents.text import decode, read_markdown, read_text

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_CHARS: Final = 2_000_000

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")

#: Leading bytes of formats that are refused by name.
_REFUSED_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"II*\x00", "图片"),
    (b"MM\x00*", "图片"),
    (b"MZ", "可执行程序"),
    (b"\x7fELF", "可执行程序"),
    (b"\xca\xfe\xba\xbe", "可执行程序"),
    (b"{\\rtf", "RTF 文档"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
)

_REMEDY: Final = {
    "图片": "请上传带文字的 .docx 或 .pdf；只有照片或扫描件时，请先做文字识别并人工核对。",
    "可执行程序": "请上传工作要点的 .docx、.pdf、.html、.md 或 .txt 文件。",
    "RTF 文档": "请用文字处理软件打开后另存为 .docx 再上传。",
    "压缩包": "请先解压，再单独上传其中的文档。",
    "WPS 文字文档（.wps）": "请在 WPS 中另存为 .docx 再上传。",
    "旧版 Word 文档（.doc）": "请用文字处理软件打开后另存为 .docx 再上传。",
    "旧版电子表格（.xls）": "请把分工表复制到 Word 文档中，另存为 .docx 再上传。",
    "电子表格（.xlsx）": "请把分工表复制到 Word 文档中，另存为 .docx 再上传。",
    "演示文稿": "请把内容整理为 .docx 再上传。",
    "OFD 版式文件": "请用版式软件另存为 .docx 或带文字的 .pdf 再上传。",
    "ODF 文档（.odt）": "请用文字处理软件打开后另存为 .docx 再上传。",
}

#: Extensions that promise a type; anything else is not held against the file.
_PROMISED: Final = {
    "docx": "docx",
    "docm": "docx",
    "pdf": "pdf",
    "html": "html",
    "htm": "html",
    "txt": "text",
    "md": "text",
    "markdown": "text",
    "doc": "doc",
    "wps": "wps",
    "xls": "xls",
    "xlsx": "xlsx",
    "et": "xls",
    "ppt": "ppt",
    "pptx": "ppt",
    "rtf": "rtf",
}
_NAMES: Final = {
    "docx": "Word 文档（.docx）",
    "pdf": "PDF 文件",
    "html": "网页文件",
    "text": "纯文本",
    "doc": "旧版 Word 文档（.doc）",
    "wps": "WPS 文字文档（.wps）",
    "xls": "旧版电子表格（.xls）",
    "xlsx": "电子表格（.xlsx）",
    "ppt": "演示文稿",
    "rtf": "RTF 文档",
}
_SUGGESTED: Final = {"docx": ".docx", "pdf": ".pdf", "html": ".html", "text": ".txt"}


def _extension(filename: str) -> str:
    stem, dot, extension = filename.rpartition(".")
    return extension.lower() if dot and stem else ""


def _unsupported(kind: str) -> DocumentError:
    remedy = _REMEDY.get(kind, "请另存为 .docx 或 .pdf 再上传。")
    return DocumentError("unsupported", f"上传的是{kind}，系统不能读取。{remedy}")


def _sniff_zip(data: bytes, extension: str) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        if extension == "docx":
            raise DocumentError(
                "unreadable", "这个 .docx 文件已损坏，打不开。请用文字处理软件修复并另存后再上传。"
            ) from error
        raise DocumentError(
            "unreadable", "文件已损坏，打不开。请重新取得完整的文件后再上传。"
        ) from error
    if "[Content_Types].xml" in names and "word/document.xml" in names:
        return "docx"
    if any(name.startswith("xl/") for name in names):
        raise _unsupported("电子表格（.xlsx）")
    if any(name.startswith("ppt/") for name in names):
        raise _unsupported("演示文稿")
    if "OFD.xml" in names:
        raise _unsupported("OFD 版式文件")
    if "content.xml" in names and "mimetype" in names:
        raise _unsupported("ODF 文档（.odt）")
    if extension in ("docx", "docm"):
        raise DocumentError(
            "not_a_docx",
            "这个文件的扩展名是 .docx，里面却没有 Word 正文。"
            "请用文字处理软件打开原文件，另存为 .docx 再上传。",
        )
    raise _unsupported("压缩包")


def _sniff_ole(data: bytes, extension: str) -> DocumentError:
    if _ENCRYPTED_STREAM in data:
        return DocumentError(
            "encrypted", "这个 Word 文档设了打开密码。请先取消密码并另存，再上传。"
        )
    kind = {"wps": "wps", "xls": "xls", "et": "xls", "ppt": "ppt"}.get(extension, "doc")
    return _unsupported(_NAMES[kind])


def sniff(data: bytes, filename: str = "") -> str:
    """Say what the bytes are: "pdf", "docx", "html" or "text".

    Raises DocumentError for what cannot be read (old .doc, pictures, archives, programs).
    """
    extension = _extension(filename)
    head = data[:1024]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(_OLE):
        raise _sniff_ole(data, extension)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sniff_zip(data, extension)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        raise _unsupported("图片")
    for magic, kind in _REFUSED_MAGIC:
        # "BM" and "MZ" are also plain letters: a binary has zero bytes close by.
        if head.startswith(magic) and (len(magic) > 2 or b"\x00" in head or magic[0] > 0x7F):
            raise _unsupported(kind)
    return "html" if looks_like_html(head) else "text"


def _check_name(found: str, extension: str) -> None:
    promised = _PROMISED.get(extension)
    if promised is None or promised == found:
        return
    advice = f"如果内容没有错，请把扩展名改为 {_SUGGESTED[found]} 后再上传。"
    raise DocumentError(
        "mismatch",
        f"文件名是 .{extension}（{_NAMES[promised]}），内容却是{_NAMES[found]}。{advice}",
    )


def read_document(
    data: bytes,
    filename: str,
    *,
    max_bytes: int = MAX_BYTES,
    max_chars: int = MAX_CHARS,
) -> SourceDocument:
    """Read an uploaded document.

    ``max_bytes`` limits the file (bytes), ``max_chars`` the text read from it (characters).
    Raises DocumentError only; its codes are empty, too_large, unsupported, mismatch, unreadable,
    encrypted, not_a_docx, zip_bomb and scan_without_text.
    """
    if not data:
        raise DocumentError("empty", "文件是空的。请检查是否选错了文件，或重新取得文件后再上传。")
    if len(data) > max_bytes:
        raise DocumentError(
            "too_large",
            f"文件有{len(data) / 1048576:.1f} MB，超过{max_bytes / 1048576:.0f} MB的上限。"
            "请删去图片等大附件，只保留正文后再上传。",
        )
    extension = _extension(filename)
    found = sniff(data, filename)
    _check_name(found, extension)
    if found == "pdf":
        document = read_pdf(data, filename, max_chars)
    elif found == "docx":
        document = read_docx(data, filename, max_chars)
    elif found == "html":
        document = read_html(data, filename, max_chars)
    else:
        text, encoding = decode(data)
        document = from_text(
            text,
            filename,
            encoding=encoding,
            markdown=extension in ("md", "markdown"),
            max_chars=max_chars,
        )
    if not document.blocks:
        raise DocumentError("empty", "文件里没有文字。请检查是否选错了文件。")
    return document


def from_text(
    text: str,
    filename: str = "",
    *,
    encoding: str = "",
    markdown: bool | None = None,
    max_chars: int = MAX_CHARS,
) -> SourceDocument:
    """Make a document from text that is already decoded (a paste, a stored text).

    ``markdown`` None means: look for Markdown headings. Raises DocumentError when the text is
    too long.
    """
    if len(text) > max_chars:
        raise too_many_chars(max_chars)
    if markdown is None or not markdown:
        markdown = bool(markdown) or _has_markdown_headings(text)
    reader = read_markdown if markdown else read_text
    return reader(text, filename, encoding)


def _has_markdown_headings(text: str) -> bool:
    return any(line.startswith(("# ", "## ", "### ")) for line in text[:20_000].splitlines())
