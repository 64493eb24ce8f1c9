"""Reading uploaded documents: every format, every encoding, every refusal."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.core.documents import (
    DocumentError,
    Paragraph,
    SourceDocument,
    Table,
    from_text,
    read_document,
    sniff,
)
from gongkai.core.documents.docx_numbering import format_number
from gongkai.core.documents.model import MAX_COLUMNS, RawCell, lay_out

TEXT = "某市政务公开工作要点\n一、公开重点\n（一）公布目录。\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def texts(document: SourceDocument) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def refusal(data: bytes, name: str, **limits: int) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_document(data, name, **limits)
    error = caught.value
    assert error.code.isascii()
    assert error.message.endswith("。")
    assert str(error) == error.message
    return error


def check_offsets(document: SourceDocument) -> None:
    """Every paragraph and cell stands in the text where it says it stands."""
    end = 0
    for block in document.blocks:
        assert block.start >= end
        end = block.end
        if isinstance(block, Paragraph):
            assert document.text[block.start : block.end] == block.text
            assert block.text.strip() == block.text != ""
            continue
        width = len(block.rows[0])
        for row_no, row in enumerate(block.rows):
            assert len(row) == width
            for column, cell in enumerate(row):
                assert document.text[cell.start : cell.end] == cell.text
                assert cell.repeated == (cell.origin != (row_no, column))
    assert list(document.page_breaks) == sorted(document.page_breaks)


# -- encodings ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("gb18030", b""),
        ("gbk", b""),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_text_in_every_common_encoding(encoding: str, mark: bytes, newline: str) -> None:
    data = mark + TEXT.replace("\n", newline).encode(encoding)
    document = read_document(data, "要点.txt")
    assert document.kind == "text"
    assert texts(document) == TEXT.splitlines()
    check_offsets(document)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode()[:20] + b"\xff\xfe\xfa" + TEXT.encode()[20:],
        b"\x81\x20\xff\x80" * 50,
        "锟斤拷锟斤拷锟斤拷".encode(),
        bytes(range(256)) * 4,
        ("正文" + "\x01\x02\x03\x04\x05\x06" * 10).encode(),
    ],
)
def test_garbled_text_is_refused_and_not_guessed(data: bytes) -> None:
    error = refusal(data, "要点.txt")
    assert error.code == "unreadable"
    assert "UTF-8" in error.message


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="一二三公开市（）。，\n 　a1#|-*\f", max_size=200))
def test_offsets_hold_for_any_text(text: str) -> None:
    check_offsets(from_text(text))
    check_offsets(from_text(text, markdown=True))


# -- text and Markdown ----------------------------------------------------------------------------
def test_markdown_headings_rules_bold_lines_quotes_and_tables() -> None:
    document = read_document(
        (
            "# 标题\n\n## 一、公开 ##\n\n正文**重点**。\n\n**全行加粗**\n\n---\n\n> 引文\n\n"
            "| 任务 | 单位 |\n|:--|--|\n| 甲 | 市教育局 |\n| 乙 |\n\n尾。\n"
        ).encode(),
        "要点.md",
    )
    assert document.kind == "markdown"
    levels = [(p.text, p.level, p.style) for p in document.paragraphs]
    assert levels == [
        ("标题", 1, ""),
        ("一、公开", 2, ""),
        ("正文**重点**。", None, ""),
        ("全行加粗", None, ""),
        ("---", None, "rule"),
        ("引文", None, ""),
        ("尾。", None, ""),
    ]
    (table,) = document.tables
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["任务", "单位"],
        ["甲", "市教育局"],
        ["乙", ""],
    ]
    check_offsets(document)


def test_a_text_file_with_markdown_headings_is_read_as_markdown() -> None:
    document = read_document("# 标题\n\n正文。".encode(), "要点.txt")
    assert document.kind == "markdown"
    assert document.paragraphs[0].level == 1


def test_form_feeds_are_page_breaks() -> None:
    document = from_text("甲\f乙\n丙")
    assert document.page_breaks == (2,)
    assert texts(document) == ["甲", "乙", "丙"]


def test_a_web_copy_on_one_line_is_cut_at_the_paragraph_indent() -> None:
    document = from_text("　　".join(["公布各类事项的办理条件和标准。" * 4] * 3))
    assert len(document.paragraphs) == 3
    assert texts(from_text("张三　　李四")) == ["张三　　李四"]


# -- .docx ----------------------------------------------------------------------------------------
def docx_bytes(build: Callable[[object], None] | None = None) -> bytes:
    document = Document()
    if build:
        build(document)
    else:
        document.add_heading("一、公开重点", level=2)
        document.add_paragraph("（一）公布目录。")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def rezip(data: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The archive with some members replaced (None: left out) or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            content = changes.pop(entry.filename, old.read(entry))
            if content is not None:
                new.writestr(entry.filename, content)
        for name, content in changes.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx_with_body(body: str, **parts: str) -> bytes:
    xml = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    changes: dict[str, bytes | None] = {"word/document.xml": xml.encode()}
    changes.update({f"word/{name}.xml": text.encode() for name, text in parts.items()})
    return rezip(docx_bytes(), changes)


def test_docx_headings_and_paragraphs() -> None:
    document = read_document(docx_bytes(), "要点.docx")
    assert document.kind == "docx"
    assert [(p.text, p.level) for p in document.paragraphs] == [
        ("一、公开重点", 2),
        ("（一）公布目录。", None),
    ]
    check_offsets(document)


def test_docx_tables_with_merged_cells_mark_the_repetition() -> None:
    def build(document: object) -> None:
        table = document.add_table(rows=3, cols=3)  # type: ignore[attr-defined]
        for r in range(3):
            for c in range(3):
                table.cell(r, c).text = f"{r}{c}"
        table.cell(0, 0).merge(table.cell(0, 2)).text = "整行"
        table.cell(1, 1).merge(table.cell(2, 1)).text = "整列"

    (table,) = read_document(docx_bytes(build), "表.docx").tables
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["整行", "整行", "整行"],
        ["10", "整列", "12"],
        ["20", "整列", "22"],
    ]
    assert [[cell.repeated for cell in row] for row in table.rows] == [
        [False, True, True],
        [False, False, False],
        [False, True, False],
    ]
    assert table.rows[2][1].origin == (1, 1)


def test_docx_automatic_numbers_are_written_out() -> None:
    shapes = (("chineseCounting", "%1、"), ("japaneseCounting", "（%2）"), ("decimal", "%3."))
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
        for level, (style, pattern) in enumerate((*shapes, ("bullet", "•")))
    )
    numbering = f"""<w:numbering {W}>
      <w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>
      <w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>
      <w:num w:numId="6"><w:abstractNumId w:val="0"/>
        <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
    </w:numbering>"""

    def paragraph(text: str, level: int, number: int = 5) -> str:
        return (
            f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
            f"</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
        )

    body = (
        paragraph("公开", 0) + paragraph("目录", 1) + paragraph("标准", 1) + paragraph("甲", 2)
        + paragraph("乙", 2) + paragraph("点", 3) + paragraph("保障", 0) + paragraph("培训", 1)
        + paragraph("另起", 0, 6)
    )  # fmt: skip
    document = read_document(docx_with_body(body, numbering=numbering), "要点.docx")
    assert texts(document) == [
        "一、公开", "（一）目录", "（二）标准", "1.甲", "2.乙", "点", "二、保障", "（一）培训",
        "一、另起",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "style", "written"),
    [
        (12, "chineseCountingThousand", "十二"),
        (3, "japaneseCounting", "三"),
        (3, "decimalEnclosedCircle", "③"),
        (4, "upperRoman", "IV"),
        (9, "lowerRoman", "ix"),
        (2, "upperLetter", "B"),
        (28, "lowerLetter", "bb"),
        (7, "decimalZero", "07"),
        (7, "unknownFormat", "7"),
    ],
)
def test_number_formats(number: int, style: str, written: str) -> None:
    assert format_number(number, style) == written


def test_docx_revisions_hidden_text_and_text_boxes() -> None:
    body = (
        "<w:p><w:r><w:t>公布</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>新</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>目录</w:t></w:r>'
        "<w:r><w:ruby><w:rt><w:r><w:t>pin</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>拼</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
        "<w:p><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:r><w:br/><w:t>次行</w:t></w:r></w:p>"
    )
    document = read_document(docx_with_body(body), "要点.docx")
    assert texts(document) == ["公布新目录拼", "链接", "次行"]
    assert "修订" in document.notes[0]


def test_docx_page_breaks_do_not_end_a_paragraph() -> None:
    body = (
        "<w:p><w:r><w:t>前一页</w:t></w:r></w:p>"
        '<w:p><w:r><w:br w:type="page"/><w:t>后一页</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>跨</w:t><w:lastRenderedPageBreak/><w:t>页的一段话</w:t></w:r></w:p>"
    )
    document = read_document(docx_with_body(body), "要点.docx")
    assert texts(document) == ["前一页", "后一页", "跨页的一段话"]
    assert document.page_breaks == (4, 8)


def test_docx_heading_level_is_inherited_from_the_style_below() -> None:
    def style(identifier: str, name: str, below: str = "") -> str:
        based = f'<w:basedOn w:val="{below}"/>' if below else ""
        return (
            f'<w:style w:type="paragraph" w:styleId="{identifier}"><w:name w:val="{name}"/>'
            f"{based}</w:style>"
        )

    chain = style("a", "heading 3") + style("b", "自定标题", "a") + style("c", "环", "c")
    styles = f"<w:styles {W}>{chain}</w:styles>"
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{name}"/></w:pPr><w:r><w:t>{name}文</w:t></w:r></w:p>'
        for name in "abc"
    )
    document = read_document(docx_with_body(body, styles=styles), "要点.docx")
    assert [(p.level, p.style) for p in document.paragraphs] == [
        (3, "heading 3"),
        (3, "自定标题"),
        (None, "环"),
    ]


def test_docx_with_content_controls() -> None:
    def build(document: object) -> None:
        body = document.element.body  # type: ignore[attr-defined]
        body.insert(
            0,
            parse_xml(
                f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>控件内文字</w:t></w:r></w:p>"
                "</w:sdtContent></w:sdt>"
            ),
        )

    assert texts(read_document(docx_bytes(build), "要点.docx")) == ["控件内文字"]


def test_a_zip_bomb_is_refused_before_anything_is_unpacked() -> None:
    bomb = rezip(docx_bytes(), {"word/media/image1.bmp": bytes(80 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    error = refusal(bomb, "要点.docx")
    assert error.code == "zip_bomb"
    assert "另存" in error.message


def test_an_archive_of_very_many_members_is_refused() -> None:
    many = rezip(docx_bytes(), {f"word/x{n}.xml": b"x" for n in range(3_100)})
    assert refusal(many, "要点.docx").code == "zip_bomb"


def test_members_that_lie_about_their_size_are_refused() -> None:
    data = bytearray(rezip(docx_bytes(), {"word/extra.xml": b"a" * 5000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 20 : at + 24] = struct.pack("<I", 2_000_000_000)
    assert refusal(bytes(data), "要点.docx").code in ("zip_bomb", "unreadable")


def test_entities_and_external_parts_in_the_xml_are_refused() -> None:
    xml = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
        f"<w:document {W}><w:body><w:p><w:r><w:t>&a;&b;</w:t></w:r></w:p></w:body></w:document>"
    )
    data = rezip(docx_bytes(), {"word/document.xml": xml.encode()})
    assert refusal(data, "要点.docx").code == "unreadable"


def test_a_docx_without_a_body_is_not_a_docx() -> None:
    assert (
        refusal(rezip(docx_bytes(), {"word/document.xml": None}), "要点.docx").code == "not_a_docx"
    )
    wrong = rezip(docx_bytes(), {"word/document.xml": b"<html><body>x</body></html>"})
    assert refusal(wrong, "要点.docx").code == "not_a_docx"


@pytest.mark.parametrize("cut", [30, 200, 1000, -10])
def test_a_docx_cut_short_is_unreadable(cut: int) -> None:
    assert refusal(docx_bytes()[:cut], "要点.docx").code == "unreadable"


def test_a_docx_with_broken_xml_is_unreadable() -> None:
    broken = rezip(docx_bytes(), {"word/document.xml": b"<w:document><w:body>"})
    assert refusal(broken, "要点.docx").code == "unreadable"


def test_an_encrypted_docx_is_named_as_such() -> None:
    error = refusal(OLE + "EncryptedPackage".encode("utf-16-le"), "要点.docx")
    assert error.code == "encrypted"
    assert "取消密码" in error.message


# -- HTML -----------------------------------------------------------------------------------------
def page(body: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>题</title></head><body>{body}</body></html>".encode()


def test_html_blocks_and_hidden_parts() -> None:
    document = read_document(
        page(
            "<nav>导航</nav><h1>标题</h1><script>x()</script><div>甲<br>乙<span>丙</span></div>"
            "<p style='display:none'>隐藏</p><p>可<span style='font-size:0'>乱码</span>见</p>"
            "<ruby>政<rt>zheng</rt></ruby><ol start='3'><li>第三</li><li>第四</li></ol>"
            "<ul><li>圆点</li></ul><hr><p align='center'>居中</p><!-- 注释 -->"
        ),
        "要点.html",
    )
    assert texts(document) == [
        "标题", "甲", "乙丙", "可见", "政", "3. 第三", "4. 第四", "圆点", "居中",
    ]  # fmt: skip
    assert document.paragraphs[0].level == 1
    assert document.paragraphs[-1].style == "centre"
    check_offsets(document)


def test_html_tables_with_spans() -> None:
    document = read_document(
        page(
            "<table><thead><tr><th>任务<th>单位<th>时限</tr></thead><tbody>"
            "<tr><td rowspan=2>甲</td><td colspan=2>市教育局</td></tr>"
            "<tr><td>市财政局</td><td>年底</td></tr></tbody></table>"
        ),
        "表.htm",
    )
    (table,) = document.tables
    assert [[(c.text, c.repeated) for c in row] for row in table.rows] == [
        [("任务", False), ("单位", False), ("时限", False)],
        [("甲", False), ("市教育局", False), ("市教育局", True)],
        [("甲", True), ("市财政局", False), ("年底", False)],
    ]
    check_offsets(document)


def test_html_layout_tables_are_read_as_text() -> None:
    document = read_document(
        page(
            "<table><tr><td><p>甲</p><table><tr><td>一</td><td>二</td></tr></table></td></tr></table>"
        ),
        "x.html",
    )
    assert texts(document) == ["甲"]
    assert len(document.tables) == 1


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "gb18030", "utf-8", "no-such-code"])
def test_html_encodings(declared: str) -> None:
    actual = "utf-8" if declared in ("utf-8", "no-such-code") else "gb18030"
    text = (
        f"<html><head><meta charset='{declared}'></head><body><p>政务公开工作要点</p></body></html>"
    )
    assert texts(read_document(text.encode(actual), "x.html")) == ["政务公开工作要点"]


def test_deeply_nested_html_does_not_exhaust_the_stack() -> None:
    data = page("<div>" * 5_000 + "深处" + "</div>" * 5_000)
    try:
        assert "深处" in read_document(data, "x.html").text
    except DocumentError as error:
        assert error.code in ("unreadable", "empty")


@pytest.mark.parametrize("inner", ["<table><tr><td>" * 40 + "甲" + "</td></tr></table>" * 40])
def test_nested_tables_are_read_once(inner: str) -> None:
    assert read_document(page(inner), "x.html").text.count("甲") == 1


def test_huge_spans_do_not_make_a_huge_grid() -> None:
    document = read_document(
        page(
            "<table><tr><td colspan='99999' rowspan='99999'>甲</td></tr>"
            "<tr><td>乙</td></tr></table>"
        ),
        "x.html",
    )
    assert len(document.tables[0].rows[0]) <= MAX_COLUMNS
    assert len(document.tables[0].rows) == 2


# -- PDF ------------------------------------------------------------------------------------------
def pdf(body: str, css: str = "") -> bytes:
    weasyprint = pytest.importorskip("weasyprint", exc_type=ImportError)
    style = (
        "@page{size:A4;margin:37mm 26mm 35mm 28mm;@bottom-center{content:'— ' counter(page) ' —'}}"
        "body{font:16pt/28pt 'Noto Serif CJK SC',serif;text-align:justify}"
        "p{margin:0;text-indent:2em}"
        "td,th{border:1px solid black}table{border-collapse:collapse}" + css
    )
    try:
        return bytes(weasyprint.HTML(string=f"<style>{style}</style>{body}").write_pdf())
    except OSError as error:
        pytest.skip(f"no PDF output here: {error}")


LONG = "公布各类事项的办理条件、流程、时限和收费标准，方便企业和群众随时查询、对照办理。"


def test_pdf_lines_are_joined_to_paragraphs_across_pages() -> None:
    paragraphs = [f"（{n}）{LONG * 5}" for n in "一二三四五六七八九"]
    document = read_document(pdf("".join(f"<p>{p}</p>" for p in paragraphs)), "要点.pdf")
    assert texts(document) == paragraphs
    assert len(document.page_breaks) >= 1
    assert any("页码" in note for note in document.notes)
    check_offsets(document)


def test_pdf_title_over_two_lines_is_one_paragraph() -> None:
    document = read_document(
        pdf(
            "<p style='text-align:center;text-indent:0;font-size:22pt;line-height:34pt'>"
            "关于印发《某某市人民政府二〇二二年政务公开工作要点》的通知</p>"
            f"<p>{LONG}</p>"
        ),
        "要点.pdf",
    )
    assert texts(document)[0] == "关于印发《某某市人民政府二〇二二年政务公开工作要点》的通知"


def test_pdf_ruled_tables_with_merged_cells() -> None:
    document = read_document(
        pdf(
            "<p>前文。</p><table><tr><th>任务</th><th>措施</th><th>单位</th></tr>"
            "<tr><td rowspan=2>甲任务</td><td>做一</td><td>市教育局</td></tr>"
            "<tr><td>做二</td><td>市住房和城乡建设局</td></tr>"
            "<tr><td colspan=3>一、小节</td></tr></table><p>后文。</p>"
        ),
        "表.pdf",
    )
    assert [type(block).__name__ for block in document.blocks] == [
        "Paragraph",
        "Table",
        "Paragraph",
    ]
    (table,) = document.tables
    assert [[(c.text, c.repeated) for c in row] for row in table.rows] == [
        [("任务", False), ("措施", False), ("单位", False)],
        [("甲任务", False), ("做一", False), ("市教育局", False)],
        [("甲任务", True), ("做二", False), ("市住房和城乡建设局", False)],
        [("一、小节", False), ("一、小节", True), ("一、小节", True)],
    ]


def test_a_scanned_pdf_says_what_to_do() -> None:
    error = refusal(pdf("<div style='width:100mm;height:100mm;background:gray'></div>",
                        "@page{@bottom-center{content:none}}"), "扫描.pdf")  # fmt: skip
    assert error.code == "scan_without_text"
    assert "文字识别" in error.message


def test_a_pdf_with_one_scanned_page_names_the_page() -> None:
    document = read_document(
        pdf(
            f"<p>{LONG}</p><div style='break-before:page;height:50mm;background:gray'></div>",
            "@page{@bottom-center{content:none}}",
        ),
        "要点.pdf",
    )
    assert document.notes == ("第2页没有文字，可能是扫描图片，请对照原件核对。",)


#: A one-page PDF with the standard security handler (revision 2) and a user password.
def encrypted_pdf() -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <"
        + b"5a" * 32
        + b"> /U <"
        + b"3c" * 32
        + b"> >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    out += b"trailer << /Size 5 /Root 1 0 R /Encrypt 4 0 R /ID [<00> <00>] >>\n"
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def test_an_encrypted_pdf_is_named_as_such() -> None:
    error = refusal(encrypted_pdf(), "要点.pdf")
    assert error.code == "encrypted"
    assert "密码" in error.message


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(2000), b"%PDF-" + b"x" * 99])
def test_a_broken_pdf_is_unreadable(data: bytes) -> None:
    assert refusal(data, "要点.pdf").code == "unreadable"


# -- what is refused ------------------------------------------------------------------------------
def zip_of(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "code", "word"),
    [
        (b"", "a.txt", "empty", "空"),
        (b" \n\n\t", "a.txt", "empty", "没有文字"),
        (page(""), "a.html", "empty", "没有文字"),
        (OLE, "a.doc", "unsupported", "（.doc）"),
        (OLE, "a.wps", "unsupported", "（.wps）"),
        (OLE, "a.xls", "unsupported", "（.xls）"),
        (OLE, "a.docx", "unsupported", "（.doc）"),
        (zip_of("[Content_Types].xml", "xl/workbook.xml"), "a.xlsx", "unsupported", "（.xlsx）"),
        (zip_of("ppt/presentation.xml"), "a.pptx", "unsupported", "演示文稿"),
        (zip_of("OFD.xml"), "a.ofd", "unsupported", "OFD"),
        (zip_of("mimetype", "content.xml"), "a.odt", "unsupported", "（.odt）"),
        (zip_of("a.txt"), "a.zip", "unsupported", "压缩包"),
        (zip_of("a.txt"), "a.docx", "not_a_docx", "没有 Word 正文"),
        (b"PK\x03\x04" + bytes(50), "a.docx", "unreadable", "损坏"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "a.png", "unsupported", "图片"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "要点.pdf", "unsupported", "图片"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.webp", "unsupported", "图片"),
        (b"MZ\x90\x00" + bytes(60), "a.exe", "unsupported", "可执行程序"),
        (b"\x7fELF" + bytes(60), "a", "unsupported", "可执行程序"),
        (b"{\\rtf1 x}", "a.rtf", "unsupported", "RTF"),
        (b"Rar!\x1a\x07", "a.rar", "unsupported", "压缩包"),
    ],
)
def test_refusals_name_the_file_type_and_the_remedy(
    data: bytes, name: str, code: str, word: str
) -> None:
    error = refusal(data, name)
    assert error.code == code
    assert word in error.message
    assert "请" in error.message


@pytest.mark.parametrize(
    ("data", "name", "found", "suggested"),
    [
        (TEXT.encode(), "a.docx", "纯文本", ".txt"),
        (TEXT.encode(), "a.pdf", "纯文本", ".txt"),
        (TEXT.encode(), "a.html", "纯文本", ".txt"),
        (page("<p>甲</p>"), "a.docx", "网页", ".html"),
        (page("<p>甲</p>"), "a.txt", "网页", ".html"),
        (docx_bytes(), "a.pdf", "Word", ".docx"),
        (docx_bytes(), "a.doc", "Word", ".docx"),
        (b"%PDF-1.7\n", "a.docx", "PDF", ".pdf"),
    ],
)
def test_a_name_that_promises_another_type_is_refused(
    data: bytes, name: str, found: str, suggested: str
) -> None:
    error = refusal(data, name)
    assert error.code == "mismatch"
    assert found in error.message
    assert suggested in error.message


def test_a_name_without_a_known_ending_is_no_obstacle() -> None:
    assert read_document(TEXT.encode(), "要点").kind == "text"
    assert read_document(docx_bytes(), "upload.bin").kind == "docx"
    assert read_document(TEXT.encode(), "要点.TXT").kind == "text"


def test_sniff_looks_at_the_content() -> None:
    assert sniff(docx_bytes(), "x.txt") == "docx"
    assert sniff(b"\n<html>", "x.txt") == "html"
    assert sniff(b"<!-- a --><!DOCTYPE HTML>") == "html"
    assert sniff("BM是部门简称".encode()) == "text"
    assert sniff("MZ，某镇".encode()) == "text"
    assert sniff("提到%PDF-1.4的文章".encode()) == "text"


def test_limits_on_bytes_and_characters() -> None:
    error = refusal(b"x" * 2_000, "a.txt", max_bytes=1_000)
    assert error.code == "too_large"
    assert refusal(TEXT.encode(), "a.txt", max_chars=10).code == "too_large"
    assert refusal(docx_bytes(), "a.docx", max_chars=5).code == "too_large"
    assert refusal(page("<p>" + "公" * 50 + "</p>"), "a.html", max_chars=20).code == "too_large"
    assert refusal(bytes(21 * 1024 * 1024), "a.txt").code == "too_large"


def test_a_grid_too_large_is_refused() -> None:
    with pytest.raises(DocumentError) as caught:
        list(lay_out([[RawCell("x")] * 60] * 1_000))
    assert caught.value.code == "too_large"


@given(
    st.lists(
        st.lists(
            st.builds(RawCell, st.just("x"), st.integers(1, 5), st.integers(1, 5)), max_size=5
        ),
        max_size=6,
    )
)
def test_any_spans_give_a_full_grid(rows: list[list[RawCell]]) -> None:
    grid = list(lay_out(rows))
    assert len(grid) == len(rows)
    assert len({len(row) for row in grid}) <= 1
    for row_no, row in enumerate(grid):
        for column, (_, origin) in enumerate(row):
            assert origin <= (row_no, column)


def test_reading_has_no_side_effects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = read_document(docx_bytes(), "a.docx")
    assert isinstance(document.blocks[0], Paragraph | Table)
    assert list(tmp_path.iterdir()) == []
