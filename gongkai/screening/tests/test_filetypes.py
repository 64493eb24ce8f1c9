import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.screening.filetypes import (
    EXTENSIONS,
    LABELS,
    POLICIES,
    FileType,
    Purpose,
    decode_text,
    extension_of,
    inner_extension_of,
    sniff,
)
from gongkai.screening.tests import builders


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (builders.docx("文"), FileType.DOCX),
        (builders.xlsx([("表", "visible", builders.sheet(""))]), FileType.XLSX),
        (builders.pptx("页"), FileType.PPTX),
        (builders.pdf("text"), FileType.PDF),
        (b"\xef\xbb\xbf\n%PDF-1.7 ...\x00\xff", FileType.PDF),
        (builders.png(), FileType.PNG),
        (builders.jpeg(), FileType.JPEG),
        (b"GIF89a\x00", FileType.GIF),
        (builders.webp(), FileType.WEBP),
        (builders.ole("WordDocument"), FileType.DOC),
        (builders.ole("Workbook"), FileType.XLS),
        (builders.ole("PowerPoint Document"), FileType.PPT),
        (builders.ole("EncryptedPackage"), FileType.LOCKED_OFFICE),
        (builders.ole("Other"), FileType.OLE),
        (builders.zip_of({"a.txt": "a"}), FileType.ZIP),
        (builders.zip_of({"OFD.xml": "<a/>"}), FileType.OFD),
        (builders.zip_of({"META-INF/MANIFEST.MF": "a"}), FileType.PROGRAM),
        (b"PK\x03\x04 damaged", FileType.ZIP),
        (b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 80, FileType.PROGRAM),
        (b"\x7fELF\x02", FileType.PROGRAM),
        (b"L\x00\x00\x00\x01\x14\x02\x00", FileType.PROGRAM),
        (b"#!/bin/sh\nls", FileType.SCRIPT),
        (b"<?php phpinfo();", FileType.SCRIPT),
        (b"{\\rtf1 text}", FileType.RTF),
        (b"Rar!\x1a\x07\x00", FileType.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c", FileType.ARCHIVE),
        (b"\x1f\x8b\x08", FileType.ARCHIVE),
        (b"<!DOCTYPE html><p>a", FileType.HTML),
        (b"  <html><script>1</script>", FileType.HTML),
        (b"<script>alert(1)</script>", FileType.HTML),
        (b'<?xml version="1.0"?><!-- c --><svg onload="a()">', FileType.SVG),
        (b'<?xml version="1.0"?><root/>', FileType.XML),
        ("普通文字".encode(), FileType.TXT),
        ("普通文字".encode("gb18030"), FileType.TXT),
        ("普通文字".encode("utf-16"), FileType.TXT),
        (b"", FileType.EMPTY),
        (b"\x00\x01\x02\x03", FileType.UNKNOWN),
    ],
)
def test_the_type_is_told_by_content(content: bytes, kind: FileType) -> None:
    assert sniff(content) is kind
    assert sniff(content, "名单.pdf") is kind


def test_the_name_separates_kinds_of_plain_text_only() -> None:
    assert sniff(b"a,b\n1,2", "a.csv") is FileType.CSV
    assert sniff(b"a,b\n1,2", "a.txt") is FileType.TXT
    assert sniff(b"WScript.Echo 1", "a.vbs") is FileType.SCRIPT


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["", "a.pdf", "a.csv", "无扩展名"]))
def test_any_bytes_get_some_type(content: bytes, name: str) -> None:
    assert sniff(content, name) in FileType


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_damaged_packages_are_never_mistaken_for_documents(tail: bytes) -> None:
    kind = sniff(b"PK\x03\x04" + tail)
    assert kind in {FileType.ZIP, FileType.PDF} or zipfile.is_zipfile(BytesIO(b"PK\x03\x04" + tail))


@pytest.mark.parametrize(
    ("name", "extension", "inner"),
    [
        ("名单.xlsx", "xlsx", ""),
        ("名单.XLSX", "xlsx", ""),
        ("名单.pdf.exe", "exe", "pdf"),
        ("名单.doc.pdf", "pdf", "doc"),
        ("2022.10.18通知.pdf", "pdf", ""),
        ("第1.2条.docx", "docx", ""),
        ("无扩展名", "", ""),
        (".htaccess", "", ""),
        ("", "", ""),
    ],
)
def test_extensions(name: str, extension: str, inner: str) -> None:
    assert extension_of(name) == extension
    assert inner_extension_of(name) == inner


def test_text_is_decoded_in_the_encodings_offices_use() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert decode_text("身份证，1".encode(encoding)) == "身份证，1"
    assert decode_text(b"\xff\xfe\x00") is None
    assert decode_text(b"a\x00b") is None
    assert decode_text(b"\xff\xff\xff") is None


def test_every_type_has_a_label_and_no_policy_lets_programs_or_markup_in() -> None:
    assert set(LABELS) == set(FileType)
    assert set(POLICIES) == set(Purpose)
    never = {
        FileType.PROGRAM,
        FileType.SCRIPT,
        FileType.HTML,
        FileType.SVG,
        FileType.LOCKED_OFFICE,
        FileType.ZIP,
        FileType.ARCHIVE,
        FileType.UNKNOWN,
        FileType.EMPTY,
    }
    for policy in POLICIES.values():
        assert not policy.allowed & never
        assert policy.allowed <= set(EXTENSIONS) | {FileType.OLE}
        assert policy.max_bytes > 0
