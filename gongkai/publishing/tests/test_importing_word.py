"""Importing whole .docx files, made with python-docx and raw XML."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest

from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.importing.word import ImportProblem, import_docx
from gongkai.publishing.tests.importing_docx import (
    CENTRE,
    LONG,
    Paper,
    below,
    notice,
    png,
    read,
    run,
    titled,
    xml,
)

# -- the whole paper -----------------------------------------------------------------------------


def test_a_complete_notice_becomes_facts_and_clean_text() -> None:
    result = read(notice())
    assert result.title == "星沙市人民政府办公室关于印发《星沙市社区食堂建设方案》的通知"
    assert result.doc_no == "星政办发〔2022〕13号"
    assert result.issuer == "星沙市人民政府办公室"
    assert result.formed_on == date(2022, 5, 10)
    assert result.addressees == "各区县（市）人民政府，市直各单位"
    assert result.attachments_named == ("社区食堂建设任务分解表", "社区食堂补贴标准")
    assert result.warnings == ("版记（抄送、印发机关和印发日期等）没有导入，网页上不显示版记。",)
    assert re.findall(r"<(h\d)>(.*?)</h\d>", result.html) == [
        ("h2", "一、总体要求"),
        ("h2", "二、主要任务"),
        ("h3", "（一）合理布点"),
    ]
    assert result.html.startswith('<p class="no-indent">各区县（市）人民政府，市直各单位：</p>')
    assert "<p><strong>（二）规范运营。</strong>运营单位应当公开" in result.html
    assert result.html.endswith(
        '<p class="sign">星沙市人民政府办公室<br>2022年5月10日</p>'
        '<p class="no-indent">（此件公开发布）</p>'
    )
    for left_out in ("星政办发", "抄送", "文件</", "社区食堂建设方案》的通知"):
        assert left_out not in result.html.replace("《星沙市社区食堂建设方案》已经", "")


def test_headings_made_with_styles() -> None:
    paper = Paper()
    paper.document.add_heading("星沙市公园管理方案", 0)
    paper.document.add_heading("总体要求", 1)
    paper.body(LONG)
    paper.document.add_heading("指导思想", 2)
    paper.body(LONG)
    result = read(paper)
    assert result.title == "星沙市公园管理方案"
    assert result.html == f"<h2>总体要求</h2><p>{LONG}</p><h3>指导思想</h3><p>{LONG}</p>"


def test_heading_1_used_for_the_title_moves_the_others_up() -> None:
    paper = Paper()
    paper.document.add_heading("星沙市公园管理方案", 1).alignment = CENTRE
    paper.document.add_heading("总体要求", 2)
    paper.body(LONG)
    result = read(paper)
    assert (result.title, result.html) == ("星沙市公园管理方案", f"<h2>总体要求</h2><p>{LONG}</p>")


def test_a_title_on_two_lines_made_with_a_soft_return_is_one_title() -> None:
    paper = Paper()
    paragraph = paper.line(align=CENTRE)
    run(paragraph, "星沙市财政局", font="方正小标宋简体", size=22).add_break()
    run(paragraph, "关于预算公开的通知", font="方正小标宋简体", size=22)
    paper.body(LONG)
    assert read(paper).title == "星沙市财政局关于预算公开的通知"


def test_soft_returns_part_paragraphs() -> None:
    paper = titled()
    paragraph = paper.line()
    run(paragraph, "一、目标").add_break()
    run(paragraph, LONG)
    assert below(paper) == f"<h2>一、目标</h2><p>{LONG}</p>"


def test_fonts_may_come_from_a_style() -> None:
    paper = titled()
    style = paper.document.styles.add_style("一级标题", 1)
    style.element.get_or_add_rPr().append(xml('<w:rFonts w:eastAsia="黑体"/>'))
    paper.document.add_paragraph("一、目标，分两步走", style="一级标题")
    paper.document.add_paragraph("一、目标", style="一级标题")
    paper.body(LONG)
    assert below(paper) == f"<p>一、目标，分两步走</p><h2>一、目标</h2><p>{LONG}</p>"


def test_indents_and_blanks_of_the_page_are_not_carried_over() -> None:
    paper = titled()
    paper.line("　　为了加强管理。　")
    paper.line("\t为了\u00a0加强管理。")
    paper.line()
    assert below(paper) == "<p>为了加强管理。</p><p>为了 加强管理。</p>"


def test_bold_and_raised_letters_are_kept_other_looks_are_not() -> None:
    paper = titled()
    paragraph = paper.line()
    run(paragraph, "面积12m")
    run(paragraph, "2").font.superscript = True
    run(paragraph, "以上的", bold=True)
    made = run(paragraph, "单位。")
    made.font.underline = True
    made.font.color.rgb = None
    assert below(paper) == "<p>面积12m<sup>2</sup><strong>以上的</strong>单位。</p>"


def test_a_paper_all_in_bold_is_not_bold_on_the_page() -> None:
    paper = Paper()
    paper.title("关于检查的通知")
    paper.line(LONG, bold=True)
    assert read(paper).html == f"<p>{LONG}</p>"


def test_articles_get_a_bold_number() -> None:
    paper = Paper()
    paper.title("星沙市绿化管理办法")
    paper.line("第一章　总则", align=CENTRE)
    paper.line("第一条　为了加强绿化管理，制定本办法。")
    assert read(paper).html == (
        "<h2>第一章　总则</h2><p><strong>第一条</strong>　为了加强绿化管理，制定本办法。</p>"
    )


def test_an_annex_in_the_same_file() -> None:
    paper = titled()
    paper.sign("星沙市财政局", "2022年5月10日")
    paper.line("附件1", font="黑体")
    paper.title("星沙市检查", "工作方案")
    paper.first("一、目标")
    paper.body(LONG)
    assert below(paper) == (
        '<p class="sign">星沙市财政局<br>2022年5月10日</p><p class="no-indent">附件1</p>'
        f"<h2>星沙市检查工作方案</h2><h3>一、目标</h3><p>{LONG}</p>"
    )


def test_links_keep_safe_addresses_and_lose_others() -> None:
    paper = titled()
    part = paper.document.part
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    for address in ("https://a.example/?x=1&y=2", "javascript:alert(1)", "file:///C:/a.doc"):
        key = part.relate_to(address, kind, is_external=True)
        paper.line()._p.append(
            xml(f'<w:hyperlink r:id="{key}"><w:r><w:t>看这里</w:t></w:r></w:hyperlink>')
        )
    paper.line()._p.append(
        xml('<w:hyperlink w:anchor="_Toc1"><w:r><w:t>看上文</w:t></w:r></w:hyperlink>')
    )
    assert below(paper) == (
        '<p><a href="https://a.example/?x=1&amp;y=2">看这里</a></p>'
        "<p>看这里</p><p>看这里</p><p>看上文</p>"
    )
    assert any("2 处链接" in warning for warning in read(paper).warnings)


def test_headers_footers_and_page_numbers_are_not_imported() -> None:
    paper = titled()
    section = paper.document.sections[0]
    section.header.paragraphs[0].text = "页眉文字"
    section.footer.paragraphs[0].text = "— 1 —"
    assert below(paper) == ""


def test_angle_brackets_and_ampersands_stay_text() -> None:
    paper = titled()
    paper.line("甲<script>alert(1)</script>&乙 onclick=x")
    assert below(paper) == "<p>甲&lt;script&gt;alert(1)&lt;/script&gt;&amp;乙 onclick=x</p>"


# -- refusals ------------------------------------------------------------------------------------


def test_a_document_without_words_is_refused() -> None:
    with pytest.raises(ImportProblem) as caught:
        import_docx(Paper().bytes(), filename="空.docx")
    assert caught.value.code == "empty"
    assert "没有可以导入的文字" in caught.value.message


def test_a_document_whose_words_are_all_hidden_is_refused() -> None:
    paper = Paper()
    run(paper.line(), "全部隐藏").font.hidden = True
    with pytest.raises(ImportProblem) as caught:
        import_docx(paper.bytes(), filename="a.docx")
    assert caught.value.code == "empty"


def test_a_scan_inside_a_document_is_reported() -> None:
    paper = Paper()
    paper.picture(png(), "")
    result = read(paper)
    assert "扫描件" in result.warnings[0]
    assert len(result.images) == 1


# -- size ----------------------------------------------------------------------------------------


def test_twelve_thousand_characters_with_a_long_table_take_no_noticeable_time() -> None:
    paper = Paper()
    paper.title("关于开展检查的通知")
    while sum(len(x.text) for x in paper.document.paragraphs) < 12_000:
        paper.first("一、总体要求")
        paper.body(LONG * 3, LONG * 2)
    paper.table([[f"单位{i}", "项目", "1,000", "备注"] for i in range(50)])
    data = paper.bytes()
    started = time.process_time()
    result = import_docx(data, filename="a.docx")
    elapsed = time.process_time() - started
    assert len(plain_text(result.html)) > 12_000
    assert elapsed < 5
