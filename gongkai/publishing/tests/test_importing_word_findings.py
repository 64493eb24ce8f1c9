"""What an imported document held that the page will not show: the editor is told."""

from __future__ import annotations

from typing import Any

import pytest

from gongkai.publishing.importing.word import import_docx
from gongkai.publishing.tests.importing_docx import (
    LONG,
    Paper,
    below,
    edit,
    read,
    run,
    titled,
    xml,
)

# -- what the editor must know -------------------------------------------------------------------


def insert(text: str) -> Any:
    return xml(f'<w:ins w:id="1" w:author="x"><w:r><w:t>{text}</w:t></w:r></w:ins>')


def test_insertions_are_kept_deletions_dropped_and_both_reported() -> None:
    paper = titled()
    paragraph = paper.line("补贴标准为")
    paragraph._p.append(
        xml('<w:del w:id="2" w:author="x"><w:r><w:delText>五百元</w:delText></w:r></w:del>')
    )
    paragraph._p.append(insert("六百元。"))
    result = read(paper)
    assert result.html.endswith("<p>补贴标准为六百元。</p>")
    assert any(w.startswith("文档含有修订痕迹 2 处") for w in result.warnings)


def test_moved_text_stands_only_where_it_was_moved_to() -> None:
    paper = titled()
    paper.raw(
        '<w:p><w:moveFrom w:id="3" w:author="x"><w:r><w:t>移动的话。</w:t></w:r></w:moveFrom></w:p>'
    )
    paper.body("中间。")
    paper.raw(
        '<w:p><w:moveTo w:id="4" w:author="x"><w:r><w:t>移动的话。</w:t></w:r></w:moveTo></w:p>'
    )
    assert below(paper) == "<p>中间。</p><p>移动的话。</p>"


def test_a_deleted_paragraph_mark_joins_the_paragraphs() -> None:
    paper = titled()
    paper.raw(
        '<w:p><w:pPr><w:rPr><w:del w:id="5" w:author="x"/></w:rPr></w:pPr>'
        "<w:r><w:t>前半句，</w:t></w:r></w:p>"
    )
    paper.body("后半句。")
    assert below(paper) == "<p>前半句，后半句。</p>"


def test_a_deleted_table_row_is_gone() -> None:
    paper = titled()
    table = paper.table([["甲", "1"], ["乙", "2"], ["丙", "3"]])
    table.rows[1]._tr.get_or_add_trPr().append(xml('<w:del w:id="6" w:author="x"/>'))
    assert "乙" not in below(paper)


def test_comments_are_dropped_and_reported() -> None:
    paper = titled()
    paragraph = paper.line("标准为六百元。")
    paper.document.add_comment(paragraph.runs, text="这里要再核实", author="某某", initials="m")
    result = read(paper)
    assert "核实" not in result.html
    assert any(w.startswith("文档含有批注 1 条") for w in result.warnings)


@pytest.mark.parametrize("where", ["run", "paragraph style", "character style"])
def test_hidden_text_is_dropped_and_reported(where: str) -> None:
    paper = titled()
    paragraph = paper.line("公开部分。")
    hidden = run(paragraph, "内部掌握：每户一千元。")
    if where == "run":
        hidden.font.hidden = True
    else:
        style = paper.document.styles.add_style("藏", 1 if where == "paragraph style" else 2)
        style.element.get_or_add_rPr().append(xml("<w:vanish/>"))
        if where == "paragraph style":
            paragraph.style = style
            paragraph.runs[0].font.hidden = False
        else:
            hidden.style = style
    result = read(paper)
    assert result.html.endswith("<p>公开部分。</p>")
    assert any(w.startswith("文档含有隐藏文字 1 处") for w in result.warnings)


def test_struck_text_is_kept_and_reported() -> None:
    paper = titled()
    run(paper.line(), "旧标准。").font.strike = True
    result = read(paper)
    assert result.html.endswith("<p>旧标准。</p>")
    assert any("删除线" in w for w in result.warnings)


def test_text_boxes_follow_their_paragraph() -> None:
    paper = titled()
    paper.raw(
        "<w:p><w:r><w:t>段落。</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
        "<w:drawing/></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>"
        "<w:p><w:r><w:t>框中文字。</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    result = read(paper)
    assert result.html.endswith("<p>段落。</p><p>框中文字。</p>")
    assert any("文本框 1 个" in w for w in result.warnings)


def test_fields_content_controls_ruby_and_formulas_keep_their_words() -> None:
    paper = titled()
    paper.raw(
        '<w:p><w:fldSimple w:instr=" SEQ 表 "><w:r><w:t>表内</w:t></w:r></w:fldSimple>'
        "<w:sdt><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:ruby><w:rt><w:r><w:t>yǔ</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>语</w:t></w:r>"
        "</w:rubyBase></w:ruby></w:r>"
        "<m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath></w:p>"
    )
    result = read(paper)
    assert result.html.endswith("<p>表内控件语E=mc</p>")
    assert any("公式 1 个" in w for w in result.warnings)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>单击输入</w:t></w:r>"
            "</w:sdtContent></w:sdt>",
            "占位提示 1 处",
        ),
        (
            '<w:r><w:drawing><a:graphicData xmlns:a="http://schemas.openxmlformats.org/drawingml/'
            '2006/main" uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/></w:drawing>'
            "</w:r>",
            "图表或智能图形 1 个",
        ),
        ("<w:r><w:object/></w:r>", "嵌入对象 1 个"),
    ],
)
def test_what_cannot_be_imported_is_named(content: str, said: str) -> None:
    paper = titled()
    paper.raw(f"<w:p><w:r><w:t>甲</w:t></w:r>{content}</w:p>")
    result = read(paper)
    assert result.html.endswith("<p>甲</p>")
    assert any(said in w for w in result.warnings)


def test_content_put_together_from_outside_is_reported() -> None:
    paper = titled()
    paper.raw('<w:altChunk r:id="rId99"/>')
    assert any("拼入" in w for w in read(paper).warnings)


def test_words_contents_lists_are_left_out() -> None:
    paper = Paper()
    paper.title("关于检查的通知")
    paper.raw(
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
        "</w:sdtPr><w:sdtContent><w:p><w:r><w:t>一、目标 1</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    paper.body(LONG)
    result = read(paper)
    assert result.html == f"<p>{LONG}</p>"
    assert any("目录" in w for w in result.warnings)


def test_footnotes_stay_as_notes_below_the_text() -> None:
    paper = titled()
    paragraph = paper.line("按实际人数计算")
    paragraph._p.append(xml('<w:r><w:footnoteReference w:id="2"/></w:r>'))
    run(paragraph, "。")

    def change(members: dict[str, bytes]) -> None:
        members["word/footnotes.xml"] = (
            b'<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            b'<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
            b'<w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>'
            + "实际人数指在册人数。".encode()
            + b"</w:t></w:r></w:p></w:footnote></w:footnotes>"
        )

    result = import_docx(edit(paper.bytes(), change), filename="a.docx")
    assert result.html.endswith(
        '<p>按实际人数计算<sup>[1]</sup>。</p><p class="note">[1] 实际人数指在册人数。</p>'
    )


def test_words_the_converter_does_not_know_are_missed_aloud() -> None:
    # An element nobody has heard of: its text must not vanish without a warning.
    paper = titled()
    paper.raw("<w:p><w:newThing><w:r><w:t>不见的字</w:t></w:r></w:newThing></w:p>")
    result = read(paper)
    assert "不见的字" in result.html or any("4 个字没有导入" in w for w in result.warnings)
