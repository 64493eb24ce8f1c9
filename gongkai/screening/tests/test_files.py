from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.screening import ooxml
from gongkai.screening.files import LISTED_PER_CODE, FileInput, inspect_file
from gongkai.screening.filetypes import POLICIES, FilePolicy, FileType, Purpose
from gongkai.screening.findings import Finding, Severity
from gongkai.screening.rules import TextOptions
from gongkai.screening.tests import builders
from gongkai.screening.tests.builders import MOBILE, OTHER_PERSON, PERSON, USCC


def _inspect(name: str, content: bytes, purpose: Purpose = Purpose.ATTACHMENT) -> list[Finding]:
    return inspect_file(FileInput(name, content, purpose))


def _codes(findings: list[Finding]) -> list[str]:
    return [f.code for f in findings]


def _one(findings: list[Finding], code: str) -> Finding:
    chosen = [f for f in findings if f.code == code]
    assert len(chosen) == 1, findings
    return chosen[0]


# --- names, types, sizes ------------------------------------------------------------------------


def test_a_clean_document_has_no_findings() -> None:
    assert _inspect("通知.docx", builders.docx("各区县人民政府：", "电话0731-88665432")) == []


@pytest.mark.parametrize(
    ("name", "content", "purpose"),
    [
        ("名单.zip", builders.zip_of({"a": "b"}), Purpose.ATTACHMENT),
        ("名单.rar", b"Rar!\x1a\x07\x00", Purpose.ATTACHMENT),
        ("页面.html", b"<!doctype html><p>", Purpose.ATTACHMENT),
        ("图.svg", b"<svg/>", Purpose.PICTURE),
        ("程序.exe", b"MZ\x90" + b"\0" * 80, Purpose.ATTACHMENT),
        ("名单.docx", b"\x7fELF", Purpose.ATTACHMENT),
        ("名单.pdf", b"#!/bin/sh", Purpose.ATTACHMENT),
        ("加密.docx", builders.ole("EncryptedPackage"), Purpose.ATTACHMENT),
        ("空.pdf", b"", Purpose.ATTACHMENT),
        ("数据.bin", b"\x00\x01", Purpose.ATTACHMENT),
        ("文档.pdf", builders.pdf("a"), Purpose.PICTURE),
        ("表.xls", builders.ole("Workbook"), Purpose.DATASET),
        ("图.png", builders.png(), Purpose.DRAFT),
        ("图.gif", b"GIF89a", Purpose.MATERIAL),
    ],
)
def test_types_outside_the_purpose_are_refused_with_a_remedy(
    name: str, content: bytes, purpose: Purpose
) -> None:
    finding = _one(_inspect(name, content, purpose), "file_type_refused")
    assert finding.severity is Severity.BLOCK
    assert finding.remedy.endswith("。")
    assert finding.where == f"附件《{name}》"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("名单.pdf", builders.docx("文")),
        ("名单.docx", builders.pdf("text")),
        ("名单.xls", builders.xlsx([])),
        ("照片.png", builders.jpeg()),
        ("名单", builders.pdf("text")),
        ("名单.docx", builders.ole("WordDocument")),
        ("名单.pdf", "其实是文字".encode()),
    ],
)
def test_an_extension_that_lies_blocks(name: str, content: bytes) -> None:
    if name == "名单.xls":
        content = builders.xlsx([("表", "visible", builders.sheet(""))])
    finding = _one(_inspect(name, content), "file_type_mismatch")
    assert finding.severity is Severity.BLOCK


@pytest.mark.parametrize("name", ["照片.jpg", "照片.JPEG"])
def test_both_spellings_of_jpeg_are_fine(name: str) -> None:
    assert _inspect(name, builders.jpeg()) == []


def test_a_file_over_the_limit_is_not_opened() -> None:
    policies = {**POLICIES, Purpose.ATTACHMENT: FilePolicy(frozenset({FileType.TXT}), 1024)}
    file = FileInput("名单.txt", f"身份证{PERSON}".encode() * 100)
    findings = inspect_file(file, policies=policies)
    assert _codes(findings) == ["file_too_large"]
    assert findings[0].severity is Severity.BLOCK


@pytest.mark.parametrize(
    ("name", "code", "severity"),
    [
        ("名单.pdf.exe", "file_name", Severity.BLOCK),
        ("名单.docm", "file_name", Severity.BLOCK),
        ("名单.xlsm", "file_name", Severity.BLOCK),
        ("名单\u202efdp.docx", "file_name", Severity.BLOCK),
        ("../名单.docx", "file_name", Severity.BLOCK),
        ("a\x00.docx", "file_name", Severity.BLOCK),
        ("名单.doc.docx", "double_extension", Severity.WARN),
    ],
)
def test_misleading_names_are_found(name: str, code: str, severity: Severity) -> None:
    finding = _one(_inspect(name, builders.docx("文")), code)
    assert finding.severity is severity


def test_dates_and_numbers_in_names_are_no_second_extension() -> None:
    assert _inspect("2022.10.18通知1.2版.docx", builders.docx("文")) == []


def test_file_names_are_searched_and_shown_masked() -> None:
    findings = _inspect(f"张三{PERSON}.docx", builders.docx("文"))
    finding = _one(findings, "resident_id")
    assert finding.message.startswith("文件名中")
    assert PERSON not in repr(findings)


# --- Word ---------------------------------------------------------------------------------------


def test_the_body_is_searched_and_the_paragraph_named() -> None:
    finding = _one(_inspect("名单.docx", builders.docx("标题", f"张三{PERSON}")), "resident_id")
    assert finding.where == "附件《名单.docx》正文第2段"
    assert (finding.start, finding.end) == (None, None)
    assert PERSON not in repr(finding)


def test_a_number_split_over_runs_and_cells_is_found() -> None:
    runs = "".join(f"<w:r><w:t>{part}</w:t></w:r>" for part in (PERSON[:7], PERSON[7:]))
    boxes = "".join(f"<w:tc>{builders.paragraphs(digit)}</w:tc>" for digit in OTHER_PERSON)
    body = f"<w:p>{runs}</w:p><w:tbl><w:tr>{boxes}</w:tr></w:tbl>"
    findings = _inspect("表.docx", builders.docx(body=body))
    assert _codes(findings) == ["resident_id", "resident_id"]


@pytest.mark.parametrize(
    ("part", "xml", "label"),
    [
        ("word/header1.xml", builders.word_part("hdr", builders.paragraphs(PERSON)), "页眉"),
        ("word/footer2.xml", builders.word_part("ftr", builders.paragraphs(PERSON)), "页脚"),
        (
            "word/footnotes.xml",
            builders.word_part("footnotes", builders.paragraphs(PERSON)),
            "脚注",
        ),
        ("word/endnotes.xml", builders.word_part("endnotes", builders.paragraphs(PERSON)), "尾注"),
        (
            "word/charts/chart1.xml",
            f"<c:chart xmlns:c='http://example.test/c'><c:v>{PERSON}</c:v></c:chart>",
            "图表等部件",
        ),
    ],
)
def test_text_outside_the_body_is_searched(part: str, xml: str, label: str) -> None:
    findings = _inspect("文.docx", builders.docx("正文", extra={part: xml}))
    assert label in _one(findings, "resident_id").where


def test_comments_are_warned_about_and_searched() -> None:
    inner = f"<w:comment>{builders.paragraphs(f'此人电话{MOBILE}')}</w:comment>"
    extra = {"word/comments.xml": builders.word_part("comments", inner)}
    findings = _inspect("文.docx", builders.docx("正文", extra=extra))
    comment = _one(findings, "comments")
    assert (comment.severity, "1条批注" in comment.message) == (Severity.WARN, True)
    assert "批注" in _one(findings, "mobile").where


def test_an_empty_comments_part_is_no_finding() -> None:
    extra = {"word/comments.xml": builders.word_part("comments", "")}
    assert _inspect("文.docx", builders.docx("正文", extra=extra)) == []


def test_deleted_revisions_are_still_in_the_file() -> None:
    body = f"<w:p><w:del><w:r><w:delText>{PERSON}</w:delText></w:r></w:del></w:p>"
    findings = _inspect("文.docx", builders.docx(body=body))
    assert set(_codes(findings)) == {"tracked_changes", "resident_id"}


def test_hidden_characters_are_found_unless_switched_off() -> None:
    on = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>密</w:t></w:r></w:p>"
    off = '<w:p><w:r><w:rPr><w:vanish w:val="false"/></w:rPr><w:t>明</w:t></w:r></w:p>'
    assert _codes(_inspect("文.docx", builders.docx(body=on))) == ["hidden_text"]
    assert _inspect("文.docx", builders.docx(body=off)) == []


def test_text_boxes_are_searched() -> None:
    inner = f"<w:txbxContent>{builders.paragraphs(PERSON)}</w:txbxContent>"
    box = f"<w:p><w:r><w:t>外</w:t>{inner}</w:r></w:p>"
    assert _codes(_inspect("文.docx", builders.docx(body=box))) == ["resident_id"]


@pytest.mark.parametrize(
    ("creator", "editor", "severities"),
    [
        ("张小三", "", [Severity.WARN]),
        ("张小三", "李四", [Severity.WARN, Severity.WARN]),
        ("张小三", "张小三", [Severity.WARN]),
        ("财政局", "Administrator", [Severity.INFO, Severity.INFO]),
        ("长沙市财政局", "python-docx", [Severity.INFO, Severity.INFO]),
        ("", "", []),
    ],
)
def test_authors_are_told_and_masked(creator: str, editor: str, severities: list[Severity]) -> None:
    extra = builders.core_properties(creator, editor)
    findings = _inspect("文.docx", builders.docx("正文", extra=extra))
    assert [(f.code, f.severity) for f in findings] == [("author", s) for s in severities]
    assert "张小三" not in repr(findings)


# --- macros and foreign content -----------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        "word/vbaProject.bin",
        "xl/vbaProject.bin",
        "word/VBAPROJECT.BIN",
        "xl/macrosheets/sheet1.xml",
    ],
)
def test_macros_block(part: str) -> None:
    content = builders.docx("文", extra={part: "<a/>"})
    finding = _one(_inspect("文.docx", content), "macro")
    assert finding.severity is Severity.BLOCK


def test_active_controls_block() -> None:
    content = builders.docx("文", extra={"word/activeX/activeX1.xml": "<a/>"})
    assert _one(_inspect("文.docx", content), "macro").severity is Severity.BLOCK


def test_content_loaded_from_outside_is_warned_about_but_links_are_not() -> None:
    name = "word/_rels/document.xml.rels"
    link = builders.relationships(("hyperlink", "https://example.test/", "External"))
    template = builders.relationships(("attachedTemplate", "https://example.test/t", "External"))
    assert _inspect("文.docx", builders.docx("文", extra={name: link})) == []
    findings = _inspect("文.docx", builders.docx("文", extra={name: template}))
    assert _codes(findings) == ["external_content"]


def test_embedded_workbooks_are_inspected_too() -> None:
    inner = builders.xlsx([("表", "hidden", builders.sheet(builders.rows(["张三", PERSON])))])
    content = builders.docx("文", extra={"word/embeddings/book.xlsx": inner})
    findings = _inspect("文.docx", content)
    assert set(_codes(findings)) == {"resident_id", "hidden_sheet"}
    assert "内嵌文件book.xlsx" in _one(findings, "resident_id").where


def test_embedded_programs_block_and_unknown_objects_warn() -> None:
    extra = {"word/embeddings/a.bin": b"\x7fELF", "word/embeddings/b.bin": builders.ole("Other")}
    findings = _inspect("文.docx", builders.docx("文", extra=extra))
    assert {f.code: f.severity for f in findings} == {
        "macro": Severity.BLOCK,
        "not_inspected": Severity.WARN,
    }


# --- hostile and damaged packages ---------------------------------------------------------------


def test_a_zip_bomb_blocks_without_being_unpacked() -> None:
    content = builders.docx("文", extra={"word/media/a.bin": b"\0" * (40 * 1024 * 1024)})
    finding = _one(_inspect("文.docx", content), "zip_bomb")
    assert finding.severity is Severity.BLOCK


def test_too_many_parts_are_a_bomb_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ooxml, "MAX_ENTRIES", 10)
    extra = {f"word/a{n}.xml": "<a/>" for n in range(20)}
    assert _codes(_inspect("文.docx", builders.docx("文", extra=extra))) == ["zip_bomb"]


def test_a_large_ordinary_workbook_is_no_bomb() -> None:
    data = builders.rows(*[["村民补贴", str(n * 37), "600.00"] for n in range(3000)])
    content = builders.xlsx([("表", "visible", builders.sheet(data))])
    assert _inspect("表.xlsx", content) == []


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        ("<w:document", "unreadable"),
        ("", "unreadable"),
        (
            '<!DOCTYPE a [<!ENTITY x "430199"><!ENTITY y SYSTEM "file:///etc/hostname">]>'
            "<a>&x;&y;</a>",
            "xml_entities",
        ),
        ('<!DOCTYPE a SYSTEM "http://example.test/a.dtd"><a/>', "xml_entities"),
    ],
)
def test_damaged_xml_and_entities_block(xml: str, code: str) -> None:
    content = builders.docx(extra={"word/document.xml": xml})
    finding = _one(_inspect("文.docx", content), code)
    assert finding.severity is Severity.BLOCK


def test_entity_expansion_never_happens() -> None:
    lines = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};">' for n in range(1, 40))
    xml = f'<!DOCTYPE a [<!ENTITY a0 "x">{lines}]><a>&a39;</a>'
    content = builders.docx(extra={"word/document.xml": xml})
    assert _codes(_inspect("文.docx", content)) in (["xml_entities"], ["unreadable"])


def test_paths_that_leave_the_package_block() -> None:
    content = builders.docx("文", extra={"word/../../evil.xml": "<a/>"})
    assert _codes(_inspect("文.docx", content)) == ["unreadable"]


def test_encrypted_entries_block() -> None:
    content = bytearray(builders.docx("文"))
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 8] |= 1
        at = content.find(b"PK\x01\x02", at + 4)
    assert _codes(_inspect("文.docx", bytes(content))) == ["encrypted"]


@given(st.integers(0, 2000), st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_a_damaged_document_never_crashes_the_inspection(place: int, value: int) -> None:
    content = bytearray(builders.docx("标题", f"张三{PERSON}"))
    content[place % len(content)] = value
    for finding in _inspect("文.docx", bytes(content)):
        assert PERSON not in repr(finding)


# --- Excel --------------------------------------------------------------------------------------


def _book(*rows: Sequence[str | float], **options: object) -> bytes:
    data = builders.rows(*rows, **options)  # type: ignore[arg-type]
    return builders.xlsx([("名单", "visible", builders.sheet(data))])


def test_cells_are_named() -> None:
    content = _book(["姓名", "身份证号"], ["张三", PERSON])
    finding = _one(_inspect("名单.xlsx", content), "resident_id")
    assert finding.where == "附件《名单.xlsx》工作表“名单”B2单元格"


def test_under_a_heading_a_wrong_check_digit_blocks_too() -> None:
    number = "430199199001011230"
    assert _one(_inspect("a.xlsx", _book(["身份证号"], [number])), "resident_id")
    assert _one(_inspect("a.xlsx", _book(["备注"], [number])), "resident_id_doubt")


def test_identity_numbers_stored_as_numbers_are_found() -> None:
    findings = _inspect(
        "a.xlsx", _book(["身份证号码", "手机"], [430199199001011237.0, 13800138000.0])
    )
    assert set(_codes(findings)) == {"resident_id", "mobile"}


def test_amounts_and_public_codes_in_cells_pass() -> None:
    rows: list[list[str | float]] = [
        ["单位", "统一社会信用代码", "金额（元）", "电话"],
        ["某某公司", USCC, 13800138.25, "0731-88665432"],
    ]
    assert _inspect("a.xlsx", _book(*rows)) == []


def test_digits_in_boxes_of_their_own_are_joined() -> None:
    finding = _one(_inspect("a.xlsx", _book(["证", *PERSON])), "resident_id")
    assert "起的一行" in finding.where


def test_shared_strings_are_resolved_without_phonetic_guides() -> None:
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    strings = (
        f"<sst {namespace}><si><t>表头</t></si>"
        f"<si><r><t>{PERSON[:9]}</t></r><r><t>{PERSON[9:]}</t></r><rPh><t>ピン</t></rPh></si></sst>"
    )
    data = '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>9</v></c></row>'
    content = builders.xlsx(
        [("表", "visible", builders.sheet(data))], {"xl/sharedStrings.xml": strings}
    )
    assert _codes(_inspect("a.xlsx", content)) == ["resident_id"]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_warned_about_and_searched(state: str) -> None:
    data = builders.sheet(builders.rows([PERSON]))
    content = builders.xlsx([("公开", "visible", builders.sheet("")), ("底册", state, data)])
    findings = _inspect("a.xlsx", content)
    assert "底册" in _one(findings, "hidden_sheet").where
    assert "（隐藏）" in _one(findings, "resident_id").where


def test_hidden_rows_and_columns_are_warned_about() -> None:
    data = builders.rows(["甲"], ["乙"], hidden=[2])
    columns = '<cols><col min="2" max="3" hidden="1"/></cols>'
    content = builders.xlsx([("表", "visible", builders.sheet(data, columns))])
    finding = _one(_inspect("a.xlsx", content), "hidden_cells")
    assert "1行、1组列" in finding.message


def test_comments_and_pivot_caches_of_workbooks_are_searched() -> None:
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    extra = {
        "xl/comments1.xml": (
            f"<comments {namespace}><commentList><comment><text><t>电话{MOBILE}</t></text>"
            "</comment></commentList></comments>"
        ),
        "xl/pivotCache/pivotCacheRecords1.xml": (
            f'<pivotCacheRecords {namespace}><r><s v="{PERSON}"/></r></pivotCacheRecords>'
        ),
    }
    content = builders.xlsx([("表", "visible", builders.sheet(""))], extra)
    findings = _inspect("a.xlsx", content)
    assert set(_codes(findings)) == {"comments", "mobile", "resident_id"}


def test_a_leaked_list_shows_the_first_rows_and_the_count() -> None:
    rows = [[f"村民{n}", builders.person_number(n)] for n in range(200)]
    findings = [f for f in _inspect("a.xlsx", _book(*rows)) if f.code == "resident_id"]
    assert len(findings) == LISTED_PER_CODE + 1
    assert "共200处" in findings[-1].message


# --- PowerPoint, PDF, pictures, old formats, text -----------------------------------------------


def test_slides_and_notes_are_searched() -> None:
    notes = {
        "ppt/notesSlides/notesSlide1.xml": (
            "<n xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'>"
            f"<a:p><a:t>电话{MOBILE}</a:t></a:p></n>"
        )
    }
    findings = _inspect("解读.pptx", builders.pptx("封面", f"张三{PERSON}", extra=notes))
    assert "第2张幻灯片" in _one(findings, "resident_id").where
    assert "备注" in _one(findings, "mobile").where


def test_pdf_pages_are_searched() -> None:
    finding = _one(_inspect("表.pdf", builders.pdf("page one text", f"id {PERSON}")), "resident_id")
    assert finding.where.startswith("附件《表.pdf》第2页")


def test_pdf_pages_without_text_need_a_person() -> None:
    finding = _one(_inspect("扫描.pdf", builders.pdf("text of page 1", "")), "no_text_layer")
    assert (finding.severity, "第2页" in finding.message) == (Severity.WARN, True)


def test_pdf_author_and_scripts_are_told() -> None:
    open_part = "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"
    findings = _inspect(
        "a.pdf", builders.pdf("some text here", author="Zhang San", open_part=open_part)
    )
    assert set(_codes(findings)) == {"active_content", "author"}
    assert "Zhang" not in repr(findings)


@pytest.mark.parametrize("content", [b"%PDF-1.7\n\x00garbage", b"%PDF-1.4"])
def test_a_pdf_that_cannot_be_read_blocks(content: bytes) -> None:
    assert _one(_inspect("a.pdf", content), "unreadable").severity is Severity.BLOCK


def test_a_pdf_with_a_password_blocks() -> None:
    finding = _one(_inspect("a.pdf", builders.pdf("text", locked=True)), "encrypted")
    assert (finding.severity, "密码" in finding.message) == (Severity.BLOCK, True)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("name", "build"),
    [("a.jpg", builders.jpeg), ("a.png", builders.png), ("a.webp", builders.webp)],
)
def test_pictures_that_tell_their_place_are_warned_about(
    order: str, name: str, build: object
) -> None:
    assert callable(build)
    located = build(builders.tiff(order, gps=True))
    assert _codes(_inspect(name, located, Purpose.PICTURE)) == ["location"]
    assert _inspect(name, build(builders.tiff(order, gps=False)), Purpose.PICTURE) == []
    empty = build(builders.tiff(order, gps=True, version_only=True))
    assert _inspect(name, empty, Purpose.PICTURE) == []
    assert _inspect(name, build(), Purpose.PICTURE) == []


def test_place_data_in_xmp_is_found() -> None:
    content = builders.jpeg() + b"<x:xmpmeta exif:GPSLatitude='28,12N'/>"
    assert _codes(_inspect("a.jpg", content)) == ["location"]


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_damaged_picture_metadata_never_crashes(exif: bytes) -> None:
    for name, content in (("a.jpg", builders.jpeg(exif)), ("a.png", builders.png(exif))):
        assert set(_codes(_inspect(name, content))) <= {"location"}


def test_pictures_inside_documents_are_looked_at() -> None:
    photo = builders.jpeg(builders.tiff("<", gps=True))
    content = builders.docx("文", extra={"word/media/image1.jpeg": photo})
    assert _codes(_inspect("文.docx", content)) == ["location"]


def test_old_formats_are_searched_roughly_and_say_so() -> None:
    body = PERSON.encode("utf-16-le") + b"\0\0" + MOBILE.encode("ascii") + b"\0"
    findings = _inspect("旧.doc", builders.ole("WordDocument", body=body))
    assert set(_codes(findings)) == {"resident_id", "mobile", "not_inspected"}
    assert PERSON not in repr(findings)


def test_macros_of_old_formats_block() -> None:
    findings = _inspect("旧.xls", builders.ole("Workbook", "_VBA_PROJECT"))
    assert _one(findings, "macro").severity is Severity.BLOCK


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_plain_text_is_searched_in_every_usual_encoding(encoding: str) -> None:
    content = f"姓名,身份证\n张三,{PERSON}\n".encode(encoding)
    finding = _one(_inspect("名单.csv", content), "resident_id")
    assert finding.where == "附件《名单.csv》第2行"


def test_ofd_is_accepted_but_must_be_read_by_a_person() -> None:
    findings = _inspect("文.ofd", builders.zip_of({"OFD.xml": "<a/>"}))
    assert _codes(findings) == ["not_inspected"]


def test_published_office_numbers_pass_in_files_too() -> None:
    file = FileInput("通知.docx", builders.docx(f"值班手机{MOBILE}"))
    assert inspect_file(file, TextOptions(allow_phones=frozenset({MOBILE}))) == []
