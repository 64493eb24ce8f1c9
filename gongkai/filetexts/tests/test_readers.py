"""Every format in memory: what a reader of the page sees, and nothing else; every kind of bad file."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gongkai.filetexts.readers import Limits, Outcome, Reading, read
from gongkai.filetexts.readers.markup import paragraphs
from gongkai.filetexts.tests import samples
from gongkai.screening.tests import builders

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def text_of(content: bytes, name: str = "file") -> str:
    found = read(content, name)
    assert found.outcome == Outcome.TEXT, found
    return "\f".join(found.pages)


# --- documents ----------------------------------------------------------------------------------


def test_word_with_tables_headers_and_notes() -> None:
    table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲格</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    part = builders.word_part
    content = builders.docx(
        "正文第一段",
        body=table,
        extra={
            "word/header1.xml": part("hdr", builders.paragraphs("页眉")),
            "word/header2.xml": part("hdr", builders.paragraphs("页眉")),
            "word/footer1.xml": part("ftr", builders.paragraphs("页脚")),
            "word/footnotes.xml": part("footnotes", builders.paragraphs("脚注")),
            "word/comments.xml": part("comments", builders.paragraphs("批注是内部意见")),
        },
    )
    lines = text_of(content).split("\n")
    assert lines[:2] == ["正文第一段", "甲格"]
    assert sorted(lines[2:]) == sorted(["页眉", "页脚", "脚注"])


def test_word_deleted_and_hidden_words_are_not_found() -> None:
    body = (
        "<w:p><w:r><w:t>留下</w:t></w:r><w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r></w:p>"
    )
    header = builders.word_part("hdr", body.replace("留下", "页眉"))
    content = builders.docx(body=body, extra={"word/header1.xml": header})
    assert text_of(content) == "留下\n页眉"


def test_word_longer_than_an_upload_may_be_is_cut_and_not_refused() -> None:
    table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>一格</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    found = read(builders.docx(*["很长的正文"] * 50, body=table), "a.docx", Limits(max_chars=40))
    assert (found.outcome, found.complete) == (Outcome.TEXT, False)
    assert found.pages[0].startswith("很长的正文\n很长的正文")


def test_workbook_shows_what_is_shown() -> None:
    shown = builders.sheet(
        builders.rows(
            ["项目", "内部", "金额"], ["绿化", "保密", 12.5], ["隐藏行", "x", 1.0], hidden=[3]
        ),
        '<cols><col min="2" max="2" hidden="1"/></cols>',
    )
    hidden = builders.sheet(builders.rows(["隐藏表里的话"]))
    second = hidden.replace("隐藏表里的话", "第二张")
    content = builders.xlsx(
        [("名单", "visible", shown), ("底稿", "hidden", hidden), ("空", "visible", second)]
    )
    assert text_of(content) == "名单\n项目 金额\n绿化 12.5\f空\n第二张"


def test_slides_with_notes_but_without_hidden_ones() -> None:
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    slide = f"<p:sld xmlns:p='x' {space} show='0'><a:p><a:r><a:t>不放映</a:t></a:r></a:p></p:sld>"
    notes = (
        f"<p:notes xmlns:p='x' {space}><a:p><a:t>备注</a:t></a:p><a:p><a:t>1</a:t></a:p></p:notes>"
    )
    content = builders.pptx(
        "第一张",
        "第二张",
        extra={
            "ppt/slides/slide3.xml": slide,
            "ppt/notesSlides/notesSlide1.xml": notes,
            "ppt/notesSlides/_rels/notesSlide1.xml.rels": builders.relationships(
                ("slide", "../slides/slide1.xml", "")
            ),
        },
    )
    assert text_of(content) == "第一张\n备注\f第二张"


def test_pdf_page_by_page_with_broken_lines_joined() -> None:
    text = "为深入贯彻落实党中央国务院决策部署进一步优化营商环境激发市场主体活力制定本方案。"
    assert text_of(samples.chinese_pdf(text)) == text
    found = read(builders.pdf("first page text", "second page text"), "a.pdf")
    assert found.pages == ("first page text", "second page text")
    assert found.pictures == ()


def test_pdf_pages_that_are_pictures_are_named() -> None:
    found = read(samples.scan(samples.picture_of("扫描件"), b""), "s.pdf")
    assert (found.outcome, found.pictures, found.pages) == (Outcome.PICTURES, (1, 2), ("", ""))
    # An empty page has nothing to recognise.
    empty = read(builders.pdf("page with some text", ""), "a.pdf")
    assert (empty.outcome, empty.pictures) == (Outcome.TEXT, ())


def test_ofd_pages_in_order() -> None:
    assert text_of(samples.ofd("关于公开的通知\n正文", "第二页")) == "关于公开的通知\n正文\f第二页"
    nothing = read(samples.ofd(""), "a.ofd")
    assert nothing.outcome == Outcome.NO_TEXT and "图片" in nothing.problem


def test_open_document_without_tracked_deletions() -> None:
    content = samples.odt(
        "<text:tracked-changes><text:p>删去的</text:p></text:tracked-changes>"
        "<text:h>标题</text:h><text:p>一<text:span>二</text:span>三<text:tab/>四</text:p>"
    )
    assert text_of(content) == "标题\n一二三 四"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_plain_text_in_every_encoding(encoding: str) -> None:
    text = "长沙市人民政府办公厅\n关于优化营商环境的通知"
    assert text_of(text.encode(encoding), "通知.txt") == text


def test_tables_captions_and_pages_of_the_web() -> None:
    assert (
        text_of('单位,金额\n"市财政局,本级",12'.encode(), "a.csv") == "单位 金额\n市财政局,本级 12"
    )
    captions = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\n大家好\n".encode()
    assert text_of(captions, "a.vtt") == "大家好"
    page = "<html><head><title>x</title><script>alert(1)</script></head><body><nav>菜单</nav>" \
        "<p>正文</p><p hidden>看不见</p></body></html>"  # fmt: skip
    assert text_of(page.encode("gb18030"), "a.html") == "正文"


# --- pictures, old office, other kinds ----------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "WEBP"])
def test_pictures_are_for_recognition(kind: str) -> None:
    found = read(samples.picture_of("公开", kind=kind), "a")
    assert (found.outcome, found.pictures) == (Outcome.PICTURES, (1,))


def test_pictures_that_nobody_would_read() -> None:
    small = io.BytesIO()
    Image.new("L", (40, 40)).save(small, "PNG")
    assert read(small.getvalue(), "icon.png").outcome == Outcome.NO_TEXT
    broken = read(b"\x89PNG\r\n\x1a\n" + samples.noise(), "a.png")
    assert broken.outcome == Outcome.UNREADABLE and "损坏" in broken.problem
    for side in (11_000, 60_000):
        assert read(samples.claimed_png(side), "a.png").outcome == Outcome.TOO_LARGE


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (builders.ole("WordDocument"), "a.doc", "doc"),
        (builders.ole("Workbook"), "a.xls", "xls"),
        (builders.ole("PowerPoint Document"), "a.ppt", "ppt"),
        (builders.ole("别的"), "a.wps", "doc"),
        (builders.ole("别的"), "a.et", "xls"),
        (samples.rtf("公开"), "a.rtf", "rtf"),
    ],
)
def test_old_office_files_need_a_program(content: bytes, name: str, kind: str) -> None:
    assert read(content, name) == Reading(Outcome.OLD_OFFICE, kind)


@pytest.mark.parametrize(
    ("content", "name", "outcome", "said"),
    [
        (b"", "a.txt", Outcome.NO_TEXT, "空"),
        (b"   \n\n", "a.txt", Outcome.NO_TEXT, ""),
        (builders.ole("EncryptedPackage"), "a.docx", Outcome.ENCRYPTED, "密码"),
        (builders.pdf("x", locked=True), "a.pdf", Outcome.ENCRYPTED, "密码"),
        (builders.docx("正文")[:-60], "a.docx", Outcome.UNREADABLE, "损坏"),
        (builders.pdf("x")[:90], "a.pdf", Outcome.UNREADABLE, "损坏"),
        (builders.zip_of({"a.txt": "x"}), "a.zip", Outcome.UNSUPPORTED, "ZIP"),
        (b"\x7fELF" + samples.noise(), "a", Outcome.UNSUPPORTED, "程序"),
        (b"\x00\x01" + samples.noise(), "a.bin", Outcome.UNSUPPORTED, "不认识"),
        (b"\x00\x00\x00\x18ftypmp42", "a.mp4", Outcome.UNSUPPORTED, "MP4"),
        (samples.bomb(), "a.docx", Outcome.UNREADABLE, "异常"),
    ],
)
def test_bad_files_end_in_a_sentence(
    content: bytes, name: str, outcome: Outcome, said: str
) -> None:
    found = read(content, name)
    assert found.outcome == outcome, found
    assert said in found.problem
    assert found.pages == () or not any(found.pages)


def test_entities_are_never_expanded() -> None:
    laughs = '<!ENTITY l0 "哈">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9)
    )
    for types, used in ((laughs, "&l8;"), ('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;")):
        word = (
            f"<w:document {W}><w:body><w:p><w:r><w:t>{used}</w:t></w:r></w:p></w:body></w:document>"
        )
        sheet = builders.sheet(builders.rows(["甲"])).replace("甲", used)
        page = f"<html><body><p>{used}</p></body></html>"
        for content, name in (
            (builders.docx(extra={"word/document.xml": f"<!DOCTYPE w [{types}]>{word}"}), "a.docx"),
            (builders.xlsx([("表", "visible", f"<!DOCTYPE w [{types}]>{sheet}")]), "a.xlsx"),
            (f"<!DOCTYPE html [{types}]>{page}".encode(), "a.html"),
        ):
            said = "".join(read(content, name).pages)
            assert "root:" not in said and "哈哈" not in said


def test_deep_markup_ends_in_a_sentence() -> None:
    deep = "<w:p>" * 5000 + "</w:p>" * 5000
    assert read(builders.docx(body=deep), "a.docx").outcome in (Outcome.UNREADABLE, Outcome.NO_TEXT)
    page = ("<html><body>" + "<div>" * 5000 + "x").encode()
    assert read(page, "a.html").outcome in (Outcome.UNREADABLE, Outcome.TEXT)


def test_limits_of_bytes_characters_and_pages() -> None:
    big = read(b"x" * 200, "a.txt", Limits(max_bytes=100))
    assert big.outcome == Outcome.TOO_LARGE and "MB" in big.problem
    long = read(("长" * 300).encode(), "a.txt", Limits(max_chars=100))
    assert (len(long.pages[0]), long.complete) == (100, False)
    assert "没有收入" in long.problem
    many = read(builders.pdf("page number one", "page number two"), "a.pdf", Limits(max_pages=1))
    assert (len(many.pages), many.complete) == (1, False)
    rows = builders.rows(*[["很长的一行文字"] for _ in range(500)])
    sheet = read(
        builders.xlsx([("表", "visible", builders.sheet(rows))]), "a.xlsx", Limits(max_chars=50)
    )
    assert (len(sheet.pages[0]), sheet.complete) == (50, False)
    scans = read(samples.scan(b"", b"", b""), "a.pdf", Limits(max_pictures=2))
    assert (scans.pictures, scans.complete) == ((1, 2), False)


HEADS = (b"", b"%PDF-1.4\n", b"PK\x03\x04", b"{\\rtf1", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"<html>",
         b"GIF89a", b"\xff\xd8\xff", builders.docx("正文")[:200], builders.pdf("x")[:300])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(HEADS), st.binary(max_size=400), st.sampled_from(["a.docx", "a.pdf", "a"]))
def test_no_bytes_raise(head: bytes, tail: bytes, name: str) -> None:
    found = read(head + tail, name)
    assert Reading.unpacked(found.packed()) == found


@pytest.mark.parametrize("make", [builders.docx, builders.pptx])
def test_a_package_with_any_damage_ends_in_a_sentence(make: object) -> None:
    content = bytearray(make("长沙市人民政府办公厅关于优化营商环境的通知"))  # type: ignore[operator]
    for place in range(30, len(content), 37):
        damaged = bytes(content[:place]) + b"\x00\xff" + bytes(content[place + 2 :])
        assert read(damaged, "a.docx").outcome in Outcome
    assert zipfile.is_zipfile(io.BytesIO(content))


def test_paragraphs_take_the_newer_twin_of_a_drawing() -> None:
    import lxml.etree as etree

    root = etree.fromstring(
        f"<w:x {W} xmlns:mc='m'><w:p><w:r><mc:AlternateContent><mc:Choice><w:p><w:r><w:t>框</w:t>"
        "</w:r></w:p></mc:Choice><mc:Fallback><w:p><w:r><w:t>框</w:t></w:r></w:p></mc:Fallback>"
        "</mc:AlternateContent><w:t>外</w:t></w:r></w:p></w:x>"
    )
    assert paragraphs(root) == ["框", "外"]
