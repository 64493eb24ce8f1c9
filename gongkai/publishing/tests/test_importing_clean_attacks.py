"""Attacks on stored text: only allowed markup survives, and twice is the same as once."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gongkai.publishing.importing.clean import clean_html
from gongkai.publishing.importing.plain import plain_text
from gongkai.publishing.tests.importing_html import SHA, clean

ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<p onclick=alert(1)>字</p>",
    "<p onclick='alert(1)' ONMOUSEOVER=alert(2)>字</p>",
    "<img src=x onerror=alert(1)>",
    f"<img src='blob:{SHA}' onerror=alert(1)>",
    "<img src='javascript:alert(1)'>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=x&gt;'",
    "<iframe src='https://evil.example'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x>",
    "<a href='javascript:alert(1)'>点</a>",
    "<a href='JaVaScRiPt:alert(1)'>点</a>",
    "<a href='java\tscript:alert(1)'>点</a>",
    "<a href='java&#10;script:alert(1)'>点</a>",
    "<a href=' &#1;javascript:alert(1)'>点</a>",
    "<a href='&#x6A;avascript:alert(1)'>点</a>",
    "<a href='vbscript:x'>点</a><a href='data:text/html,<script>1</script>'>点</a>",
    "<a href='/\\evil.example'>点</a><a href='\\\\evil.example'>点</a>",
    "<a href='https:evil'>点</a><a href='blob:x'>点</a><a href='file:///c:/x'>点</a>",
    "<style>body{display:none}</style><p style='background:url(javascript:1)'>字</p>",
    "<p style='width:expression(alert(1))'>字</p>",
    "<link rel=stylesheet href=x><meta http-equiv=refresh content='0;url=//evil'><base href=/>",
    "<form action=//evil><input name=a autofocus onfocus=alert(1)><button>交</button></form>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>1</script></template>",
    "<textarea></textarea><img src=x onerror=1>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<p class='sign evil' id=top name=x data-x=1>字</p>",
    "<table><tr><td background='javascript:1' onclick=x>字</td></tr></table>",
    "<a href='x' target=_blank rel=opener ping=//evil>点</a>",
    "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
    "<xmp><script>alert(1)</script></xmp><plaintext><b>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=1></audio>",
    "<p>\x00<scr\x00ipt>alert(1)</script>",
    "<a href=\"https://a.example/'onmouseover='alert(1)\">点</a>",
    "\ud800<p>\udfff字",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_leaves_only_allowed_markup(attack: str) -> None:
    result = clean(f"<p>前</p>{attack}<p>后</p>")
    assert "前" in result
    assert "javascript:" not in result.lower()


def test_text_around_an_attack_is_kept() -> None:
    assert clean("<p>前<script>alert(1)</script>后</p>") == "<p>前后</p>"


def test_escaped_markup_stays_text() -> None:
    assert clean("<p>&lt;script&gt;1 &amp; 2</p>") == "<p>&lt;script&gt;1 &amp; 2</p>"


# Pieces that meet in every order: hypothesis builds the worst of them.
PIECES = st.sampled_from(
    [
        *ATTACKS,
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<strong>粗</strong>",
        "<em>",
        "</em>",
        "<a href='https://a.example/?x=1&y=2'>链",
        "</a>",
        "<br>",
        "<h1>一级</h1>",
        "<h2>",
        "</h2>",
        "<h6>六级</h6>",
        "<ul><li>项",
        "<ol start=3><li>三</ol>",
        "<ol type=a>",
        "<ol>",
        "</ol>",
        "<li>",
        "</ul>",
        "<table>",
        "<tr>",
        "<td colspan=2>格",
        "<td rowspan=9>",
        "<th>头</th>",
        "<caption>题</caption>",
        "<thead>",
        "<tbody>",
        "<tfoot>",
        "</table>",
        "<p>表1 情况</p>",
        "<p>单位：万元</p>",
        "<p>图2 示意</p>",
        f"<img src='blob:{SHA}' alt='图\"一'>",
        "<figure>",
        "<figcaption>说明</figcaption>",
        "</figure>",
        "<blockquote>",
        "</blockquote>",
        "<div align=right>",
        "</div>",
        "<pre>一\n二</pre>",
        "<p class=note>",
        "<span style='font-weight:bold'>重</span>",
        "<span style='display:none'>藏</span>",
        "<sup>2</sup>",
        "<sub>",
        "<del>删</del>",
        "<dl><dt>词<dd>义</dl>",
        "　　",
        "&nbsp;",
        " \n ",
        "\u200b\ufeff",
        "中",
        "word",
        "1,000",
        "序号",
        "<input type=checkbox checked>",
        "<o:p>&nbsp;</o:p>",
    ]
)
SOUP = st.lists(PIECES, max_size=14).map("".join)


@settings(max_examples=400, deadline=None)
@given(SOUP)
@example("<table><tr><th>a<tr><th>b</table>")
@example("<table><thead><tr><td rowspan=3>a<td>b<tr><td>c<tr><td>d</table>")
@example("<b><p>x</b>y<p>z</p>")
@example("<table><tr><td><b>名称</b><td><b>数</b><tr><td>a<td><b>1</b></table>")
def test_cleaning_twice_changes_nothing_and_only_allowed_markup_remains(html: str) -> None:
    clean(html)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="<>/\"'=&;!- \n\tabponscript:#x1中　\u200b\xa0", max_size=60))
def test_any_character_soup_is_cleaned_once_and_for_all(html: str) -> None:
    result = clean(html)
    assert "<script" not in result.lower()
    assert not re.search(r"<[^>]*\son\w+\s*=", result, re.IGNORECASE)
    assert not re.search(r"<[^>]*\sstyle\s*=", result, re.IGNORECASE)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_plain_words_survive_cleaning(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    words = re.sub(r"[\s\u3000]+", "", plain_text(clean(f"<p>{escaped}</p>")))
    for word in re.findall(r"[\u4e00-\u9fffA-Za-z0-9]+", text):
        assert word in words


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 30_000 + "字",
        "<blockquote>" * 5_000 + "字",
        "<p>" + " " * 200_000 + "字",
        "<ul>" * 2_000 + "<li>字",
        "<table><tr><td rowspan=60000 colspan=60000>字" + "<tr><td>字" * 2_000,
    ],
)
def test_monstrous_input_is_cleaned_in_reasonable_time(html: str) -> None:
    started = time.process_time()
    assert "字" in clean_html(html).html
    assert time.process_time() - started < 5
