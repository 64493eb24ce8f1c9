"""Opening what people upload: every wrong file is refused with the remedy, none does harm."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.publishing.importing import package
from gongkai.publishing.importing.word import ImportProblem, import_docx
from gongkai.publishing.tests.importing_docx import Paper, edit, notice

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def problem(data: bytes, filename: str = "文件.docx") -> ImportProblem:
    with pytest.raises(ImportProblem) as caught:
        import_docx(data, filename=filename)
    assert caught.value.message
    return caught.value


def pack(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "filename", "code", "words"),
    [
        (b"", "a.docx", "empty", "重新选择"),
        (OLE, "a.doc", "legacy_doc", "另存为 .docx"),
        (OLE, "改名.docx", "legacy_doc", "旧版 Word"),
        (OLE, "a.wps", "legacy_doc", "WPS"),
        (OLE, "a.xls", "wrong_type", "附件"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "encrypted", "取消密码"),
        (b"%PDF-1.7", "a.docx", "wrong_type", "PDF"),
        (b"MZ\x90\x00", "a.docx", "wrong_type", "可执行程序"),
        (b"{\\rtf1", "a.doc", "wrong_type", "RTF"),
        (b"Rar!\x1a\x07", "a.docx", "wrong_type", "解压"),
        (b"\x89PNG\r\n\x1a\n", "a.docx", "wrong_type", "图片"),
        (b"<html><body>x", "a.doc", "wrong_type", "网页"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "a.docx", "wrong_type", "网页"),
        ("随便的文字".encode(), "a.docx", "not_docx", "不是 Word 文档"),
        (pack(a=b"x"), "a.docx", "not_docx", "普通压缩包"),
        (pack(xl__workbook=b"x"), "a.docx", "wrong_type", "表格"),
        (pack(ppt__slides=b"x"), "a.docx", "wrong_type", "演示文稿"),
        (pack(**{"OFD.xml": b"x"}), "a.docx", "wrong_type", "OFD"),
        (pack(**{"content.xml": b"x", "mimetype": b"x"}), "a.odt", "wrong_type", "ODF"),
        (pack(**{"[Content_Types].xml": b"<x/>"}), "a.docx", "not_docx", "没有 Word 正文"),
        (b"PK\x03\x04" + b"\x00" * 40, "a.docx", "damaged", "修复"),
    ],
)
def test_wrong_files_are_refused_with_the_remedy(
    data: bytes, filename: str, code: str, words: str
) -> None:
    caught = problem(data, filename)
    assert caught.code == code
    assert words in caught.message


def test_a_file_over_the_limit_is_refused_before_it_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(package, "MAX_BYTES", 1000)
    assert problem(notice().bytes()).code == "too_large"


def test_macros_are_refused() -> None:
    def add_macros(members: dict[str, bytes]) -> None:
        members["word/vbaProject.bin"] = b"x"

    def change_type(members: dict[str, bytes]) -> None:
        name = "[Content_Types].xml"
        members[name] = members[name].replace(
            b"wordprocessingml.document.main+xml", b"document.macroEnabled.main+xml"
        )

    for change in (add_macros, change_type):
        caught = problem(edit(notice().bytes(), change))
        assert caught.code == "macro"
        assert "另存为" in caught.message


def test_a_zip_bomb_is_refused() -> None:
    def blow(members: dict[str, bytes]) -> None:
        members["word/media/image1.png"] = b"\x00" * (64 << 20)

    caught = problem(edit(notice().bytes(), blow))
    assert caught.code == "unsafe"


def test_a_bomb_that_lies_about_its_size_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_XML", 2000)
    data = notice().bytes()
    assert problem(data).code == "too_large"


def test_a_document_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_ELEMENTS", 100)
    caught = problem(notice().bytes())
    assert caught.code == "too_large"
    assert "拆分" in caught.message


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(notice().bytes())
    # Bit 0 of the flags, in every local header and in the directory.
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(magic)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(magic, place + 4)
    assert problem(bytes(data)).code == "encrypted"


BILLION = b"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]><w:document
xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&c;</w:t>
</w:r></w:p></w:body></w:document>"""
OUTSIDE = BILLION.replace(b'"aaaaaaaaaa"', b'SYSTEM "file:///etc/passwd"').replace(b"&c;", b"&a;")


@pytest.mark.parametrize("content", [BILLION, OUTSIDE], ids=["billion laughs", "outside entity"])
def test_entities_are_refused_not_expanded(content: bytes) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["word/document.xml"] = content

    assert problem(edit(notice().bytes(), change)).code in ("unsafe", "damaged")


@pytest.mark.parametrize(
    "name",
    ["word/document.xml", "word/styles.xml", "word/numbering.xml", "word/_rels/document.xml.rels"],
)
@pytest.mark.parametrize("content", [b"", b"<broken", b"\x00\xff" * 50])
def test_a_broken_part_is_reported_as_damage(name: str, content: bytes) -> None:
    def change(members: dict[str, bytes]) -> None:
        members[name] = content

    assert problem(edit(notice().bytes(), change)).code == "damaged"


def test_a_truncated_file_is_reported_as_damage() -> None:
    data = notice().bytes()
    assert problem(data[: len(data) // 2]).code == "damaged"


def test_member_names_that_climb_out_of_the_folder_write_nothing() -> None:
    def change(members: dict[str, bytes]) -> None:
        members["../../evil.txt"] = b"x"

    assert import_docx(edit(notice().bytes(), change), filename="a.docx").title


def test_deeply_nested_markup_is_refused_not_crashed_on() -> None:
    deep = b"<w:tbl><w:tr><w:tc>" * 4000
    body = (
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body>"
        + deep
        + b"<w:p/>"
        + b"</w:tc></w:tr></w:tbl>" * 4000
        + b"</w:body></w:document>"
    )

    def change(members: dict[str, bytes]) -> None:
        members["word/document.xml"] = body

    assert problem(edit(notice().bytes(), change)).code == "damaged"


def test_tables_nested_twenty_deep_are_read() -> None:
    inner = "<w:p><w:r><w:t>底</w:t></w:r></w:p>"
    for _ in range(20):
        inner = f"<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    paper = notice()
    paper.raw(inner)
    assert "底" in import_docx(paper.bytes(), filename="a.docx").html


def test_the_strict_form_of_the_standard_is_read() -> None:
    def change(members: dict[str, bytes]) -> None:
        for name in list(members):
            if name.endswith((".xml", ".rels")):
                for strict, transitional in package._STRICT:
                    members[name] = members[name].replace(transitional, strict)

    result = import_docx(edit(notice().bytes(), change), filename="a.docx")
    assert result.doc_no == "星政办发〔2022〕13号"


def test_a_document_without_styles_numbering_or_theme_is_read() -> None:
    def change(members: dict[str, bytes]) -> None:
        for name in ("word/styles.xml", "word/numbering.xml", "word/theme/theme1.xml"):
            members.pop(name, None)

    assert import_docx(edit(notice().bytes(), change), filename="a.docx").issuer


def test_the_main_part_may_have_another_name() -> None:
    def change(members: dict[str, bytes]) -> None:
        members["word/document2.xml"] = members.pop("word/document.xml")
        members["word/_rels/document2.xml.rels"] = members.pop("word/_rels/document.xml.rels")
        members["_rels/.rels"] = members["_rels/.rels"].replace(b"document.xml", b"document2.xml")

    assert import_docx(edit(notice().bytes(), change), filename="a.docx").title


SMALL = Paper()
SMALL.title("关于检查的通知")
SMALL.body("各单位要抓好落实。")
SMALL_BYTES = SMALL.bytes()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_damaged_bytes_give_a_document_or_a_problem_never_a_crash(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(SMALL_BYTES)
    for _ in range(chance.randint(1, 12)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        import_docx(bytes(data), filename="a.docx")
    except ImportProblem as caught:
        assert caught.message


def scramble(chance: random.Random) -> Callable[[dict[str, bytes]], None]:
    """Move, copy and delete elements of the body at random."""

    def change(members: dict[str, bytes]) -> None:
        from lxml import etree

        root = etree.fromstring(members["word/document.xml"])
        for _ in range(chance.randint(1, 10)):
            elements = list(root.iter())
            source, target = chance.choice(elements), chance.choice(elements)
            if source is root or target in list(source.iter()):
                continue
            if chance.random() < 0.3:
                source.getparent().remove(source)
            else:
                target.insert(chance.randint(0, len(target)), source)
        members["word/document.xml"] = etree.tostring(root)

    return change


NOTICE_BYTES = notice().bytes()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_scrambled_structure_gives_a_document_or_a_problem_never_a_crash(seed: int) -> None:
    try:
        import_docx(edit(NOTICE_BYTES, scramble(random.Random(seed))), filename="a.docx")
    except ImportProblem as caught:
        assert caught.message
