"""Tables and pictures of an imported document."""

from __future__ import annotations

import hashlib

import pytest

from gongkai.publishing.importing.clean import present_html
from gongkai.publishing.importing.word import import_docx
from gongkai.publishing.tests.importing_docx import (
    CENTRE,
    LONG,
    RIGHT,
    Paper,
    below,
    edit,
    png,
    read,
    titled,
    xml,
)

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"

# -- tables --------------------------------------------------------------------------------------


def test_tables_keep_caption_heading_row_and_words() -> None:
    paper = titled()
    paper.line("表1　补贴标准", align=CENTRE, bold=True)
    paper.line("单位：元", align=RIGHT)
    paper.table([["项目", "标准"], ["见习", "1,502"], ["一次性", "500"]], bold_head=True)
    assert below(paper) == (
        "<table><caption>表1　补贴标准（单位：元）</caption><thead><tr>"
        '<th scope="col">项目</th><th scope="col">标准</th></tr></thead><tbody>'
        "<tr><td>见习</td><td>1,502</td></tr><tr><td>一次性</td><td>500</td></tr></tbody></table>"
    )


def test_merged_cells_keep_their_spans() -> None:
    paper = titled()
    table = paper.table(
        [["单位", "人数", "x"], ["x", "男", "女"], ["甲", "1", "2"], ["乙", "3", "4"]]
    )
    table.cell(0, 1).merge(table.cell(0, 2)).text = "人数"
    table.cell(0, 0).merge(table.cell(1, 0)).text = "单位"
    for row in table.rows[:2]:
        row._tr.get_or_add_trPr().append(xml("<w:tblHeader/>"))
    assert below(paper) == (
        '<table><thead><tr><th rowspan="2" scope="col">单位</th>'
        '<th colspan="2" scope="colgroup">人数</th></tr>'
        '<tr><th scope="col">男</th><th scope="col">女</th></tr></thead><tbody>'
        "<tr><td>甲</td><td>1</td><td>2</td></tr><tr><td>乙</td><td>3</td><td>4</td></tr>"
        "</tbody></table>"
    )


def test_a_bookmark_inside_a_table_does_not_break_merged_cells() -> None:
    paper = titled()
    table = paper.table([["甲", "1"], ["x", "2"]])
    table.cell(0, 0).merge(table.cell(1, 0)).text = "甲"
    table._tbl.tr_lst[1].addprevious(xml('<w:bookmarkStart w:id="7" w:name="b"/>'))
    assert below(paper) == (
        '<table><tbody><tr><td rowspan="2">甲</td><td>1</td></tr>'
        "<tr><td>2</td></tr></tbody></table>"
    )


def test_a_row_set_in_from_the_left_keeps_its_columns() -> None:
    paper = titled()
    table = paper.table([["甲", "乙", "丙"], ["x", "丁", "戊"]])
    row = table._tbl.tr_lst[1]
    row.remove(row.tc_lst[0])
    row.get_or_add_trPr().append(xml('<w:gridBefore w:val="1"/>'))
    assert "<tr><td></td><td>丁</td><td>戊</td></tr>" in below(paper)


def test_automatic_numbers_in_cells_are_written() -> None:
    paper = titled()
    key = paper.numbering(("decimal", "%1"))
    table = paper.table([["序号", "单位", "数量"], ["", "甲", "1"], ["", "乙", "2"]])
    for row in table.rows[1:]:
        row.cells[0].text = "项"
        row.cells[0].paragraphs[0]._p.get_or_add_pPr().append(
            xml(f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{key}"/></w:numPr>')
        )
    assert "<td>1 项</td><td>甲</td>" in below(paper)
    assert "<td>2 项</td><td>乙</td>" in below(paper)


def test_several_paragraphs_in_a_cell_become_lines() -> None:
    paper = titled()
    table = paper.table([["甲", "乙"]])
    table.cell(0, 0).add_paragraph("丙")
    assert "<td>甲<br>丙</td>" in below(paper)


def test_a_head_laid_out_as_a_table_is_read_and_left_out() -> None:
    paper = Paper()
    paper.table([["星财预〔2022〕8号", "签发人：某某"]])
    paper.title("关于预算公开的通知")
    paper.body(LONG)
    result = read(paper)
    assert (result.title, result.html) == ("关于预算公开的通知", f"<p>{LONG}</p>")


# -- pictures ------------------------------------------------------------------------------------


def test_pictures_are_taken_out_and_referred_to_by_digest() -> None:
    paper = titled()
    data = png()
    digest = hashlib.sha256(data).hexdigest()
    paper.picture(data, "申请流程：先登录，后提交")
    paper.line("图1　申请流程", align=CENTRE)
    result = read(paper)
    assert [(i.content_type, i.alt, i.sha256, i.data) for i in result.images] == [
        ("image/png", "申请流程：先登录，后提交", digest, data)
    ]
    assert result.html.endswith(
        f'<figure><img src="blob:{digest}" alt="申请流程：先登录，后提交">'
        "<figcaption>图1　申请流程</figcaption></figure>"
    )
    assert result.warnings == ()
    shown = present_html(result.html, image_url=lambda sha: f"/f/{sha[:4]}").html
    assert f'src="/f/{digest[:4]}"' in shown


def test_the_same_picture_twice_is_one_image() -> None:
    paper = titled()
    for _ in range(2):
        paper.picture(png(), "印章样式")
    result = read(paper)
    assert len(result.images) == 1
    assert result.html.count("<img") == 2


@pytest.mark.parametrize(
    "alt",
    [None, "", "图片 3", "微信图片_20220501", "C:\\Users\\a\\1.png", "IMG_2022.JPG", "3f" * 16],
)
def test_pictures_without_real_words_are_reported(alt: str | None) -> None:
    paper = titled()
    paper.picture(png(), alt)
    result = read(paper)
    assert result.images[0].alt == ""
    assert any("1 张图片没有文字说明" in warning for warning in result.warnings)


def swap_picture(data: bytes, content: bytes, name: str = "image1.png") -> bytes:
    def change(members: dict[str, bytes]) -> None:
        members.pop("word/media/image1.png")
        members[f"word/media/{name}"] = content
        rels = "word/_rels/document.xml.rels"
        members[rels] = members[rels].replace(b"media/image1.png", f"media/{name}".encode())

    return edit(data, change)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"\x01\x00\x00\x00" + b"\x00" * 36 + b" EMF" + b"\x00" * 50, "image7.emf", "EMF 矢量图"),
        (b"\xd7\xcd\xc6\x9a" + b"\x00" * 50, "image7.wmf", "WMF 矢量图"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image7.svg", "SVG"),
        (b"BM" + b"\x00" * 50, "image7.bmp", "BMP 格式"),
        (b"MZ" + b"\x00" * 50, "image7.png", "PNG 格式"),
    ],
)
def test_pictures_that_browsers_cannot_show_are_named(content: bytes, name: str, said: str) -> None:
    paper = titled()
    paper.picture(png(), "图")
    result = import_docx(swap_picture(paper.bytes(), content, name), filename="a.docx")
    assert result.images == ()
    assert "<img" not in result.html
    assert any(name in text and said in text and "第 1 张图片" in text for text in result.warnings)


def test_a_jpeg_under_the_name_of_a_png_is_known_by_its_content() -> None:
    paper = titled()
    paper.picture(png(), "图示")
    result = import_docx(swap_picture(paper.bytes(), JPEG), filename="a.docx")
    assert result.images[0].content_type == "image/jpeg"


def test_a_linked_picture_is_not_fetched_but_reported() -> None:
    paper = titled()
    paper.picture(png(), "图示")

    def change(members: dict[str, bytes]) -> None:
        name = "word/_rels/document.xml.rels"
        members[name] = members[name].replace(
            b'Target="media/image1.png"', b'Target="http://10.0.0.1/x.png" TargetMode="External"'
        )

    result = import_docx(edit(paper.bytes(), change), filename="a.docx")
    assert result.images == ()
    assert any("链接到别处" in warning for warning in result.warnings)


def test_a_missing_picture_is_reported() -> None:
    paper = titled()
    paper.picture(png(), "图示")
    data = edit(paper.bytes(), lambda members: members.pop("word/media/image1.png") and None)
    assert any("没有导入" in warning for warning in import_docx(data, filename="a.docx").warnings)


def test_cropped_pictures_are_reported_because_the_whole_is_published() -> None:
    paper = titled()
    paragraph = paper.picture(png(), "图示")
    namespace = "http://schemas.openxmlformats.org/drawingml/2006/main"
    blip = next(paragraph._p.iter(f"{{{namespace}}}blip"))
    crop = blip.makeelement(f"{{{namespace}}}srcRect", {"b": "40000"})
    blip.addnext(crop)
    assert any("裁剪" in warning for warning in read(paper).warnings)


def test_old_style_pictures_are_taken_too() -> None:
    paper = titled()
    paper.picture(png(shade=9), "占位")
    key = next(k for k, r in paper.document.part.rels.items() if "image" in r.reltype)
    paper.raw(
        f'<w:p><w:r><w:pict><v:shape alt="办事大厅示意图"><v:imagedata r:id="{key}" o:title="x"/>'
        "</v:shape></w:pict></w:r></w:p>"
    )
    assert 'alt="办事大厅示意图"' in read(paper).html
