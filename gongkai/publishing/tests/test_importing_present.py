"""Presenting a stored text, its plain words, and the breaks of its title."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.publishing.importing.clean import clean_html, plain_text, present_html
from gongkai.publishing.importing.present import TocEntry
from gongkai.publishing.importing.titles import title_breaks

SHA = "0123456789abcdef" * 4
SIMPLE = (
    "<table><caption>表1　标准</caption><thead><tr>"
    '<th scope="col">项目</th><th scope="col">标准（元）</th></tr></thead>'
    "<tbody><tr><td>见习补贴</td><td>1,502</td></tr><tr><td>一次性补贴</td><td>500</td></tr></tbody>"
    "</table>"
)
MERGED = (
    '<table><thead><tr><th scope="col">单位</th><th scope="col">事项</th></tr></thead>'
    '<tbody><tr><td rowspan="2">甲</td><td>一</td></tr><tr><td>二</td></tr></tbody></table>'
)


def show(html: str, **options: object) -> str:
    return present_html(html, image_url=lambda sha: f"/files/{sha}", **options).html  # type: ignore[arg-type]


def test_headings_get_anchors_and_make_the_contents() -> None:
    html = "<h2>一、甲</h2><h3>（一）乙</h3><h3>（二）丙</h3><h4>1. 丁</h4><h2>二、<em>戊</em></h2>"
    shown = present_html(html, image_url=str)
    assert shown.toc == (
        TocEntry(2, "s1", "一、甲"),
        TocEntry(3, "s1-1", "（一）乙"),
        TocEntry(3, "s1-2", "（二）丙"),
        TocEntry(4, "s1-2-1", "1. 丁"),
        TocEntry(2, "s2", "二、戊"),
    )
    assert re.findall(r'id="([^"]+)"', shown.html) == [entry.id for entry in shown.toc]


def test_anchors_are_unique_even_when_levels_are_skipped() -> None:
    shown = present_html("<h3>甲</h3><h4>乙</h4><h2>丙</h2><h4>丁</h4><h3>戊</h3>", image_url=str)
    ids = [entry.id for entry in shown.toc]
    assert len(set(ids)) == len(ids) == 5


def test_without_anchors_there_are_neither_ids_nor_contents() -> None:
    shown = present_html("<h2>甲</h2>", image_url=str, anchors=False)
    assert (shown.html, shown.toc) == ("<h2>甲</h2>", ())


def test_a_table_stands_in_a_named_region_that_the_keyboard_reaches() -> None:
    assert show(SIMPLE).startswith(
        '<div class="tbl" role="region" tabindex="0" aria-label="表1　标准"><table role="table"'
    )
    assert 'aria-label="表格 2"' in show(SIMPLE + MERGED)


def test_cells_of_a_simple_table_carry_the_column_name_for_phones() -> None:
    html = show(SIMPLE)
    assert '<td role="cell" data-l="项目">见习补贴</td>' in html
    assert '<td role="cell" class="n" data-l="标准（元）">1,502</td>' in html
    assert 'class="cards"' in html


def test_a_row_heading_leads_its_card_without_a_label() -> None:
    html = show(SIMPLE.replace("<td>见习补贴</td>", '<th scope="row">见习补贴</th>'))
    assert '<th scope="row" role="rowheader">见习补贴</th>' in html


@pytest.mark.parametrize(
    "html",
    [
        MERGED,
        MERGED.replace('rowspan="2"', 'colspan="2"'),
        "<table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>",
        SIMPLE.replace("<td>500</td>", ""),
    ],
)
def test_tables_that_are_not_simple_stay_tables_on_phones(html: str) -> None:
    shown = show(html)
    assert "data-l" not in shown
    assert "cards" not in shown
    assert 'role="table"' in shown


def test_every_part_of_a_table_says_its_role() -> None:
    html = show(SIMPLE)
    for role, count in (
        ("table", 1),
        ("rowgroup", 2),
        ("row", 3),
        ("columnheader", 2),
        ("cell", 4),
    ):
        assert html.count(f'role="{role}"') == count


def test_column_names_are_escaped_in_the_attribute() -> None:
    html = SIMPLE.replace("项目", 'a"&gt;&lt;b')
    assert 'data-l="a&quot;&gt;&lt;b"' in show(html)


def test_pictures_are_resolved_by_digest() -> None:
    html = f'<figure><img src="blob:{SHA}" alt="流程图"></figure>'
    assert show(html) == (
        f'<figure><img src="/files/{SHA}" alt="流程图" loading="lazy" decoding="async"></figure>'
    )


@pytest.mark.parametrize(
    "address", ["", "javascript:alert(1)", "data:image/png;base64,AA", "mailto:a@b"]
)
def test_pictures_without_a_safe_address_are_left_out(address: str) -> None:
    html = f'<p>见<img src="blob:{SHA}" alt="图">。</p>'
    assert present_html(html, image_url=lambda _: address).html == "<p>见。</p>"


@pytest.mark.parametrize(
    ("href", "outside"),
    [
        ("https://other.example/x", True),
        ("http://OTHER.example", True),
        ("https://www.city.example/x", False),
        ("https://WWW.city.example:8443/x", False),
        ("https://www.city.example@evil.example/", True),
        ("/zwgk/", False),
        ("mailto:a@city.example", False),
    ],
)
def test_links_to_other_sites_are_marked(href: str, outside: bool) -> None:
    html = show(f'<p><a href="{href}">点</a></p>', own_hosts=["www.city.example"])
    assert ('class="out" rel="noopener"' in html) is outside


def test_presenting_never_lets_through_what_cleaning_would_not() -> None:
    html = '<p onclick="x()">甲</p><script>alert(1)</script><a href="javascript:1">乙</a>'
    assert show(html) == "<p>甲</p><a>乙</a>"


def test_characters_that_no_sanitizer_takes_do_no_harm() -> None:
    assert show("<p>甲\ud800乙\x00</p>") == "<p>甲乙</p>"
    assert plain_text("<p>甲\udfff</p>") == "甲"


# -- plain words --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<h2>一、甲</h2><p>乙<strong>丙</strong></p><p>丁</p>", "一、甲\n乙丙\n丁"),
        (SIMPLE, "表1　标准\n项目\t标准（元）\n见习补贴\t1,502\n一次性补贴\t500"),
        (
            "<table><tbody><tr><td>甲<br>乙</td><td></td><td>丙</td></tr></tbody></table>",
            "甲 乙\t\t丙",
        ),
        ("<ol><li>甲</li><li>乙<ul><li>丙</li></ul></li></ol>", "1. 甲\n2. 乙\n• 丙"),
        ('<p class="sign">财政局<br>2022年5月1日</p>', "财政局\n2022年5月1日"),
        (f'<p>见<img src="blob:{SHA}" alt="流程图">。</p>', "见［图片：流程图］。"),
        (
            f'<figure><img src="blob:{SHA}" alt=""><figcaption>图1</figcaption></figure>',
            "［图片］\n图1",
        ),
        ("<blockquote><p>甲</p><p>乙</p></blockquote>", "甲\n乙"),
        ("<p>a &lt; b &amp; c</p>", "a < b & c"),
        ("<p>面积<sup>[1]</sup></p>", "面积[1]"),
        ("", ""),
        ("<script>alert(1)</script><p>甲</p>", "甲"),
    ],
)
def test_plain_text_keeps_paragraphs_and_cells_apart(html: str, words: str) -> None:
    assert plain_text(html) == words


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="中文字abc12、。 ", min_size=1, max_size=12), max_size=6))
def test_plain_text_has_one_line_for_each_paragraph(texts: list[str]) -> None:
    html = clean_html("".join(f"<p>{text}</p>" for text in texts)).html
    assert len(plain_text(html).splitlines()) == sum(bool(text.strip()) for text in texts)


# -- title breaks -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "broken"),
    [
        (
            "星沙市人民政府办公厅关于印发《星沙市2022年政务公开工作要点》的通知",
            "星沙市人民政府办公厅|关于|印发|《星沙市|2022年|政务公开|工作要点》|的通知",
        ),
        ("关于进一步支持小微企业稳岗扩岗的若干措施", "关于|进一步|支持小微企业稳岗扩岗|的若干措施"),
        ("中华人民共和国政府信息公开条例", "中华人民共和国政府信息公开条例"),
        ("星沙市古树名木保护办法（试行）", "星沙市|古树名木保护办法|（试行）"),
        ("关于教育、卫生、交通领域的公告", "关于|教育、|卫生、|交通领域|的公告"),
        ("工伤保险条例", "工伤保险条例"),
        ("", ""),
    ],
)
def test_titles_break_between_phrases(title: str, broken: str) -> None:
    assert title_breaks(title).replace("<wbr>", "|") == broken


def test_titles_are_escaped() -> None:
    assert title_breaks('<b>关于</b>&"的通知').count("<") == title_breaks(
        '<b>关于</b>&"的通知'
    ).count("<wbr>")
    assert "&lt;b&gt;" in title_breaks("<b>关于</b>的通知")


TITLE = st.lists(
    st.sampled_from(
        [
            *("关于", "印发", "《", "》", "的通知", "的意见", "星沙市", "人民政府", "办公厅"),
            *("、", "“", "”", "（", "）", "试行", "和", "与", "进一步", "加强", "做好", "年度"),
            *("2022年", "2021—2025", "GB/T9704", "工作要点", "实施方案", "发展", ",", "<", "&"),
        ]
    ),
    max_size=16,
).map("".join)


@settings(max_examples=300, deadline=None)
@given(TITLE)
def test_breaks_add_nothing_and_stand_only_where_a_line_may_end(title: str) -> None:
    broken = title_breaks(title)
    assert unescape(broken.replace("<wbr>", "")) == title
    pieces = [unescape(piece) for piece in broken.split("<wbr>")]
    for before, after in pairwise(pieces):
        assert before and after
        assert before[-1] not in "《“（"
        assert after[0] not in "》”）、"
        assert not (re.match(r"[A-Za-z0-9]", before[-1]) and re.match(r"[A-Za-z0-9]", after[0]))
