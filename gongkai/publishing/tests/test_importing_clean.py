"""Cleaning: nothing worth keeping is lost, and the result is regular."""

from __future__ import annotations

import re

import pytest

from gongkai.publishing.importing.clean import clean_html
from gongkai.publishing.tests.importing_html import SHA, clean

# -- structure -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("<h1>总</h1><h2>分</h2><h3>细</h3>", "<h2>总</h2><h3>分</h3><h4>细</h4>"),
        ("<h2>总</h2><h3>分</h3>", "<h2>总</h2><h3>分</h3>"),
        ("<h5>小</h5><h6>更小</h6>", "<h4>小</h4><h4>更小</h4>"),
        ("<h2><b>一、总体要求</b></h2>", "<h2>一、总体要求</h2>"),
        ("<h2>第一章<br>总则</h2>", "<h2>第一章 总则</h2>"),
        ("<h2> </h2><p></p><p>&nbsp;</p><p>　　</p><p><br></p>", ""),
        ("<p>　　为了加强</p>", "<p>为了加强</p>"),
        ("<p>&nbsp;&nbsp;&nbsp;&nbsp;为了 加强&nbsp;</p>", "<p>为了 加强</p>"),
        ("<p>第一条　为了</p>", "<p>第一条　为了</p>"),
        ("文字没有段落", "<p>文字没有段落</p>"),
        ("<div>甲</div><div>乙<div>丙</div></div>", "<p>甲</p><p>乙</p><p>丙</p>"),
        ("<p>甲<br><br>乙<br>丙</p>", "<p>甲</p><p>乙<br>丙</p>"),
        ("<p><b>甲</b><b>乙</b> <strong>丙</strong></p>", "<p><strong>甲乙 丙</strong></p>"),
        ("<p><i>甲</i><u>乙</u><font color=red>丙</font></p>", "<p><em>甲</em>乙丙</p>"),
        ("<p>面积12m<sup>2</sup></p>", "<p>面积12m<sup>2</sup></p>"),
        ("<ul><li><p>甲</p></li><li></li><li>乙</ul>", "<ul><li>甲</li><li>乙</li></ul>"),
        ("<ol><li>甲<ul><li>乙</ul></ol>", "<ol><li>甲<ul><li>乙</li></ul></li></ol>"),
        ("<ol start=3><li>甲<li>乙</ol>", "<p>3. 甲</p><p>4. 乙</p>"),
        (
            "<ol style='list-style-type:cjk-ideographic'><li>甲<li>乙</ol>",
            "<p>一、甲</p><p>二、乙</p>",
        ),
        (
            "<blockquote>引文<h2>题</h2></blockquote>",
            "<blockquote><p>引文</p><p>题</p></blockquote>",
        ),
        (
            "<p align=right>市财政局<br>2022年5月1日</p>",
            '<p class="sign">市财政局<br>2022年5月1日</p>',
        ),
        ("<p style='text-align:right'>市财政局</p>", '<p class="sign">市财政局</p>'),
        ("<p class='MsoNormal'>甲</p><p class='x note'>注</p>", '<p>甲</p><p class="note">注</p>'),
        ("<p>加强\n   管理 of\n the city</p>", "<p>加强管理 of the city</p>"),
        ("<p>甲\u200b乙\ufeff丙\u202e丁</p>", "<p>甲乙丙丁</p>"),
        ("<ruby>汉<rp>(</rp><rt>hàn</rt><rp>)</rp></ruby>", "<p>汉</p>"),
        ("<table><tr><td>框里<p>两段</table>", "<p>框里</p><p>两段</p>"),
        ("<table><tr><td></td></tr></table>", ""),
        ("<pre>一\n二</pre>", "<p>一<br>二</p>"),
        ("<dl><dt>词<dd>义</dl>", "<p><strong>词</strong></p><p>义</p>"),
        ("<p><input type=checkbox checked>同意<input type=radio>不同意</p>", "<p>☑同意☐不同意</p>"),
    ],
)
def test_markup_is_made_regular(dirty: str, expected: str) -> None:
    assert clean(dirty) == expected


@pytest.mark.parametrize(
    ("href", "stored"),
    [
        ("https://a.example/x?a=1&b=2", "https://a.example/x?a=1&amp;b=2"),
        ("HTTP://A.example", "HTTP://A.example"),
        ("/zwgk/item/12", "/zwgk/item/12"),
        ("item/12", "item/12"),
        ("?page=2", "?page=2"),
        ("#s1", "#s1"),
        ("//a.example/x", "https://a.example/x"),
        ("mailto:zfbgs@city.example", "mailto:zfbgs@city.example"),
        ("tel:0731-12345", "tel:0731-12345"),
        ("  https://a.example/x  ", "https://a.example/x"),
        ("https://a.example/文件.pdf", "https://a.example/文件.pdf"),
    ],
)
def test_safe_addresses_are_kept(href: str, stored: str) -> None:
    assert clean(f'<p><a href="{href}">点</a></p>') == f'<p><a href="{stored}">点</a></p>'


@pytest.mark.parametrize(
    "href",
    [
        *("javascript:alert(1)", "data:text/html,x", "file:///C:/a.doc", "https://", "ftp://a/x"),
        *("mailto:x", "tel:<x>", "https://a b", "https://a/\\b", "blob:" + SHA, "x:y", ""),
    ],
)
def test_unsafe_or_broken_addresses_lose_the_link_and_keep_the_words(href: str) -> None:
    assert clean(f'<p>看<a href="{href}">这里</a></p>') == "<p>看这里</p>"


@pytest.mark.parametrize(
    ("src", "kept"),
    [
        (f"blob:{SHA}", True),
        (f"blob:{SHA.upper()}", False),
        (f"blob:{SHA[:-1]}", False),
        (f"blob:{SHA}0", False),
        (f"blob:https://a.example/{SHA}", False),
        (f"BLOB:{SHA}", False),
        ("https://a.example/x.png", False),
        ("data:image/png;base64,AAAA", False),
        ("/media/x.png", False),
    ],
)
def test_only_pictures_stored_here_are_kept(src: str, kept: bool) -> None:
    result = clean(f'<p><img src="{src}" alt="流程图"></p>')
    assert result == (f'<figure><img src="{src}" alt="流程图"></figure>' if kept else "")
    assert bool(clean_html(f'<img src="{src}">').warnings) is not kept


def test_a_picture_among_words_stays_in_the_line() -> None:
    html = f'<p>见图<img src="blob:{SHA}" alt="">所示</p>'
    assert clean(html) == html


def test_a_figure_takes_the_line_图N_below_it_as_caption() -> None:
    html = f"<p><img src='blob:{SHA}' alt='流程'></p><p>图1　办理流程</p><p>正文。</p>"
    assert clean(html) == (
        f'<figure><img src="blob:{SHA}" alt="流程"><figcaption>图1　办理流程</figcaption></figure>'
        "<p>正文。</p>"
    )


# -- tables --------------------------------------------------------------------------------------


def table(*rows: str, head: str = "") -> str:
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table>{head}<tbody>{body}</tbody></table>" if rows else ""


def test_heading_cells_of_the_first_row_become_column_headings() -> None:
    dirty = "<table><tr><th>项目<th>金额<tr><td>甲<td>1</table>"
    assert clean(dirty) == (
        '<table><thead><tr><th scope="col">项目</th><th scope="col">金额</th></tr></thead>'
        "<tbody><tr><td>甲</td><td>1</td></tr></tbody></table>"
    )


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>序号<td>项目<td>责任单位<tr><td>1<td>甲<td>乙",
        "<tr><td><b>名称</b><td><b>地址</b><tr><td>甲<td>乙",
        "<tr><td>街道<td>户数<tr><td>甲<td>12<tr><td>乙<td>1,300",
        "<thead><tr><td>甲<td>乙</thead><tr><td>1<td>2",
    ],
)
def test_obvious_heading_rows_are_found(rows: str) -> None:
    assert clean(f"<table>{rows}</table>").count('scope="col"') >= 2


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>姓名<td><td>性别<td><tr><td>住址<td><td>电话<td>",
        "<tr><td>名称<td>星沙市图书馆<tr><td>地址<td>滨河路，公园旁",
        "<tr><td>1<td>2<tr><td>3<td>4",
        "<tr><td>甲<td>乙",
        "<tr><td><b>甲</b><td><b>乙</b><tr><td><b>丙</b><td><b>丁</b>",
    ],
)
def test_rows_that_may_be_content_are_not_made_headings(rows: str) -> None:
    assert "<th" not in clean(f"<table>{rows}</table>")


def test_merged_cells_keep_their_spans_and_heading_rows_reach_down() -> None:
    dirty = (
        "<table><thead><tr><th rowspan=2>单位<th colspan=2>人数</thead>"
        "<tr><td>男<td>女<tr><td>甲<td>1<td>2</table>"
    )
    assert clean(dirty) == (
        '<table><thead><tr><th rowspan="2" scope="col">单位</th>'
        '<th colspan="2" scope="colgroup">人数</th></tr>'
        '<tr><th scope="col">男</th><th scope="col">女</th></tr></thead>'
        "<tbody><tr><td>甲</td><td>1</td><td>2</td></tr></tbody></table>"
    )


def test_row_headings_get_row_scope() -> None:
    dirty = "<table><tr><td>项<td>数<tr><th rowspan=2>甲<td>1<tr><td>2</table>"
    assert '<th rowspan="2" scope="rowgroup">甲</th>' in clean(dirty)


@pytest.mark.parametrize(
    ("span", "kept"), [("0", ""), ("-3", ""), ("x", ""), ("1", ""), ("9999", "3")]
)
def test_spans_are_held_within_the_table(span: str, kept: str) -> None:
    html = f"<table><tr><td rowspan={span}>a<td>b<tr><td>c<td>x<tr><td>d<td>y</table>"
    found = re.search(r'rowspan="(\d+)"', clean(html))
    assert (found[1] if found else "") == (kept or ("3" if span == "0" else ""))


def test_rows_without_cells_only_shorten_the_spans_across_them() -> None:
    html = "<table><tr><td rowspan=3>a<td>b<tr></tr><tr><td>c</table>"
    assert clean(html) == table('<td rowspan="2">a</td><td>b</td>', "<td>c</td>")


def test_paragraphs_and_lists_in_a_cell_become_lines() -> None:
    html = "<table><tr><td><p>甲</p><p>乙</p><ol><li>丙</ol><td>丁</table>"
    assert clean(html) == table("<td>甲<br>乙<br>1. 丙</td><td>丁</td>")


def test_a_table_inside_a_cell_becomes_text_and_is_reported() -> None:
    result = clean_html("<table><tr><td>甲<table><tr><td>乙<td>丙</table><td>丁</table>")
    assert result.html == table("<td>甲<br>乙　丙</td><td>丁</td>")
    assert "嵌套" in result.warnings[0]


def test_a_line_表N_above_a_table_becomes_its_caption_with_the_unit() -> None:
    html = "<p><b>表1　补贴标准</b></p><p>单位：元</p><table><tr><td>甲<td>乙</table>"
    assert clean(html).startswith("<table><caption>表1　补贴标准（单位：元）</caption>")


@pytest.mark.parametrize("line", ["表1列出了各项标准。", "各表如下：", "表面处理", "见表1 数据"])
def test_sentences_about_tables_are_not_captions(line: str) -> None:
    assert clean(f"<p>{line}</p><table><tr><td>甲<td>乙</table>").startswith(f"<p>{line}</p>")


# -- pasted from Word, WPS, web pages ------------------------------------------------------------


WPS = """<html><head><meta name=Generator content="Microsoft Word 15"><style><!-- p.MsoNormal
{mso-style-parent:""; margin:0} --></style></head><body lang=ZH-CN style='text-justify-trim:punctuation'>
<!--StartFragment--><!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<p class=MsoNormal align=center style='text-align:center'><b><span style='font-size:22.0pt;
font-family:方正小标宋简体'>关于开展检查的通知<span lang=EN-US><o:p></o:p></span></span></b></p>
<p class=MsoNormal style='text-indent:32.0pt;mso-char-indent-count:2.0'><span style='font-size:
16.0pt;font-family:仿宋_GB2312'>为进一步规范市场秩序，决定开展检
查。<span lang=EN-US><o:p></o:p></span></span></p>
<p class=MsoListParagraph style='margin-left:21.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
lang=EN-US style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]><span
style='font-size:16pt'>检查对象</span></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='font-family:Wingdings;mso-list:Ignore'>l<span>&nbsp;</span></span>检查内容</p>
<p class=MsoNormal><span style='mso-hide:all;display:none'>内部掌握</span><o:p>&nbsp;</o:p></p>
<p class=MsoNormal><del cite="mailto:x" datetime="2022">删去的话</del><ins>补上的话</ins></p>
<p class=MsoNormal align=right style='text-align:right'>市场监督管理局</p><!--EndFragment--></body></html>"""  # noqa: E501


def test_word_and_wps_paste_keeps_words_numbers_and_signature_only() -> None:
    assert clean(WPS) == (
        "<p><strong>关于开展检查的通知</strong></p><p>为进一步规范市场秩序，决定开展检查。</p>"
        '<p>1. 检查对象</p><p>• 检查内容</p><p>补上的话</p><p class="sign">市场监督管理局</p>'
    )


def test_hidden_and_deleted_text_in_a_paste_is_reported() -> None:
    warnings = "".join(clean_html(WPS).warnings)
    assert "隐藏文字" in warnings
    assert "修订痕迹" in warnings


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<script>1</script><iframe></iframe>", ["2 处", "脚本", "内嵌网页"]),
        ("<a href='javascript:1'>x</a>", ["1 处链接", "https://"]),
        ("<img src='https://a/x.png'><img src=y>", ["2 张图片", "插入图片"]),
        ("<s>旧标准</s>", ["删除线"]),
    ],
)
def test_what_was_taken_out_is_said_with_the_remedy(html: str, words: list[str]) -> None:
    warnings = "".join(clean_html(html).warnings)
    assert all(word in warnings for word in words)


def test_clean_text_gives_no_warning() -> None:
    html = '<h2>一</h2><p>甲<a href="/x">乙</a></p><ul><li>丙</li></ul>'
    result = clean_html(html)
    assert (result.html, result.warnings) == (html, ())


def test_bookmarks_of_the_pasted_page_go_without_a_word() -> None:
    result = clean_html("<p><a name=_Toc1>甲</a><a href='#_Toc1'>乙</a></p>")
    assert (result.html, result.warnings) == ("<p>甲乙</p>", ())
