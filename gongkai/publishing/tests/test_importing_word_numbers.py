"""Word's automatic numbers in an imported document."""

from __future__ import annotations

import re

from gongkai.publishing.importing.clean import plain_text
from gongkai.publishing.tests.importing_docx import (
    LONG,
    below,
    read,
    titled,
    xml,
)

# -- automatic numbers ---------------------------------------------------------------------------


def test_chinese_automatic_numbers_are_written_and_make_headings() -> None:
    paper = titled()
    key = paper.numbering(("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"))
    paper.numbered(key, "总体要求", font="黑体")
    paper.body(LONG)
    paper.numbered(key, "合理布点", 1, font="楷体")
    paper.body(LONG)
    paper.numbered(key, "规范运营", 1, font="楷体")
    paper.body(LONG)
    paper.numbered(key, "保障措施", font="黑体")
    paper.body(LONG)
    assert re.findall(r"<(h\d>.*?)</h", below(paper)) == [
        *("h2>一、总体要求", "h3>（一）合理布点", "h3>（二）规范运营", "h2>二、保障措施"),
    ]


def test_automatic_articles() -> None:
    paper = titled()
    key = paper.numbering(("chineseCountingThousand", "第%1条"))
    paper.numbered(key, "为了加强管理，制定本办法。")
    paper.numbered(key, "本办法自发布之日起施行。")
    assert below(paper) == (
        "<p><strong>第一条</strong>　为了加强管理，制定本办法。</p>"
        "<p><strong>第二条</strong>　本办法自发布之日起施行。</p>"
    )


def test_a_plain_list_from_1_is_an_ordered_list() -> None:
    paper = titled()
    key = paper.numbering(("decimal", "%1."))
    paper.numbered(key, "每日公布菜单。")
    paper.numbered(key, "每月公布收支。")
    paper.body(LONG)
    assert below(paper) == f"<ol><li>每日公布菜单。</li><li>每月公布收支。</li></ol><p>{LONG}</p>"


def test_an_interrupted_list_keeps_its_numbers_as_text() -> None:
    paper = titled()
    key = paper.numbering(("decimal", "%1."))
    paper.numbered(key, "每日公布菜单。")
    paper.body(LONG)
    paper.numbered(key, "每月公布收支。")
    assert below(paper) == f"<p>1. 每日公布菜单。</p><p>{LONG}</p><p>2. 每月公布收支。</p>"


def test_lists_side_by_side_are_not_run_together() -> None:
    paper = titled()
    first = paper.numbering(("decimal", "%1."))
    second = paper.numbering(("decimal", "%1."))
    for key in (first, first, second, second):
        paper.numbered(key, "公布收支。")
    assert re.findall(r"\d(?=\. )", plain_text(below(paper))) == ["1", "2", "1", "2"]


def test_numbers_with_other_patterns_are_text() -> None:
    paper = titled()
    key = paper.numbering(("decimal", "（%1）"), ("decimal", "%1.%2"))
    paper.numbered(key, "甲。")
    paper.numbered(key, "乙。", 1)
    assert below(paper) == "<p>（1）甲。</p><p>1.1 乙。</p>"


def test_bullets_become_nested_lists() -> None:
    paper = titled()
    key = paper.numbering(("bullet", "●"), ("bullet", "○"))
    paper.numbered(key, "甲")
    paper.numbered(key, "乙", 1)
    paper.numbered(key, "丙")
    assert below(paper) == "<ul><li>甲<ul><li>乙</li></ul></li><li>丙</li></ul>"


def test_a_list_tied_to_a_style_counts_without_numbers_in_the_paragraphs() -> None:
    paper = titled()
    key = paper.numbering(("chineseCounting", "%1、"))
    style = paper.document.styles.add_style("自动一级", 1)
    style.element.get_or_add_rPr().append(xml('<w:rFonts w:eastAsia="黑体"/>'))
    style.element.get_or_add_pPr().append(xml(f'<w:numPr><w:numId w:val="{key}"/></w:numPr>'))
    paper.document.add_paragraph("目标", style="自动一级")
    paper.body(LONG)
    paper.document.add_paragraph("措施", style="自动一级")
    paper.body(LONG)
    assert re.findall(r"<h2>(.*?)</h2>", below(paper)) == ["一、目标", "二、措施"]


def test_a_paragraph_may_opt_out_of_the_list_of_its_style() -> None:
    paper = titled()
    key = paper.numbering(("chineseCounting", "%1、"))
    style = paper.document.styles.add_style("自动一级", 1)
    style.element.get_or_add_pPr().append(xml(f'<w:numPr><w:numId w:val="{key}"/></w:numPr>'))
    paragraph = paper.document.add_paragraph("不编号。", style="自动一级")
    paragraph._p.get_or_add_pPr().append(xml('<w:numPr><w:numId w:val="0"/></w:numPr>'))
    assert below(paper) == "<p>不编号。</p>"


def test_deleted_and_hidden_paragraphs_do_not_count() -> None:
    paper = titled()
    key = paper.numbering(("chineseCounting", "%1、"))
    paper.numbered(key, "目标。")
    gone = paper.numbered(key, "删去。")
    gone._p.get_or_add_pPr().append(xml("<w:rPr><w:del w:id='1' w:author='x'/></w:rPr>"))
    gone.runs[0]._r.addprevious(xml('<w:del w:id="2" w:author="x"/>'))
    deletion = gone._p[1]
    deletion.append(gone.runs[0]._r)
    paper.numbered(key, "措施。")
    assert below(paper) == "<p>一、目标。</p><p>二、措施。</p>"


def test_numbered_attachments_are_named_with_the_numbers_word_wrote() -> None:
    paper = titled()
    paper.line("附件：")
    key = paper.numbering(("decimal", "%1."))
    paper.numbered(key, "任务分解表")
    paper.numbered(key, "补贴标准")
    result = read(paper)
    assert result.attachments_named == ("任务分解表", "补贴标准")
    assert "<p>1. 任务分解表</p><p>2. 补贴标准</p>" in result.html
