"""Opening a .docx archive without trusting it: sizes first, then single XML parts."""

import zipfile
import zlib
from typing import Final

import lxml.etree as etree

from gongkai.core.documents.model import DocumentError

MAX_ENTRIES: Final = 3_000
MAX_UNPACKED: Final = 300 * 1024 * 1024
MAX_XML_PART: Final = 60 * 1024 * 1024
#: XML of real documents packs 10 to 60 times; 200 leaves room for very repetitive tables.
MAX_RATIO: Final = 200
_RATIO_FROM: Final = 1024 * 1024

_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_BOMB: Final = (
    "这个文件解压后异常庞大，可能是恶意压缩文件，系统拒绝打开。"
    "请用文字处理软件打开原文件，另存为新的 .docx 再上传。"
)
BROKEN: Final = "这个 .docx 文件的内部结构已损坏。请用文字处理软件修复并另存后再上传。"


def check_archive(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise DocumentError("encrypted", "这个文件设了密码。请先取消密码并另存，再上传。")
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise DocumentError("unreadable", BROKEN)
    if (
        len(entries) > MAX_ENTRIES
        or len(names) != len(entries)
        or unpacked > MAX_UNPACKED
        # Overlapping entries claim more packed bytes than the archive holds.
        or packed > size
        or any(
            entry.file_size > _RATIO_FROM
            and entry.file_size > MAX_RATIO * max(1, entry.compress_size)
            for entry in entries
        )
    ):
        raise DocumentError("zip_bomb", _BOMB)


def read_part(archive: zipfile.ZipFile, name: str) -> etree._Element | None:
    """Parse one XML part; None when it is absent. DOCTYPE and entities are refused."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    if entry.file_size > MAX_XML_PART:
        raise DocumentError("zip_bomb", _BOMB)
    try:
        with archive.open(entry) as handle:
            content = handle.read(MAX_XML_PART + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        raise DocumentError("unreadable", BROKEN) from error
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise DocumentError("unreadable", BROKEN)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError("unreadable", BROKEN) from error
