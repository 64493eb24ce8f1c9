"""Values of an old site, read without a database."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongkai.legacy import rules
from gongkai.legacy.bodies import from_html, from_text, rewrite_links
from gongkai.publishing.importing.clean import clean_html, plain_text


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2022-10-18", date(2022, 10, 18)),
        ("2022-10-18 09:30:00", date(2022, 10, 18)),
        ("2022-10-18T09:30:00+08:00", date(2022, 10, 18)),
        ("2022年10月18日", date(2022, 10, 18)),
        ("2022年1月8日", date(2022, 1, 8)),
        ("２０２２年１０月１８日", date(2022, 10, 18)),
        ("2022/10/18 09:30", date(2022, 10, 18)),
        ("2022.1.8", date(2022, 1, 8)),
        ("20221018", date(2022, 10, 18)),
        ("二〇二二年十月十八日", date(2022, 10, 18)),
        ("二○一九年十二月三十一日", date(2019, 12, 31)),
        ("二〇二〇年二月二十日", date(2020, 2, 20)),
        (1666022400, date(2022, 10, 18)),
        ("1666022400000", date(2022, 10, 18)),
        (1666022400.0, date(2022, 10, 18)),
        ("", None),
        (None, None),
        (" - ", None),
    ],
)
def test_every_written_form_of_a_date_is_read(value: Any, day: date | None) -> None:
    assert rules.parse_day(value) == day


@pytest.mark.parametrize(
    "value", ["10/18/2022", "18-10-2022", "2022-13-01", "2022-02-30", "去年", "1911-10-10", "2022"]
)
def test_a_date_that_is_not_plain_is_refused_and_never_guessed(value: str) -> None:
    with pytest.raises(rules.ValueProblem) as error:
        rules.parse_day(value)
    assert error.value.code == "date"
    assert error.value.remedy


def test_only_the_forms_a_mapping_names_are_read() -> None:
    with pytest.raises(rules.ValueProblem):
        rules.parse_day("2022/10/18", ("iso",))


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_what_is_written_in_any_form_is_read_back(day: date) -> None:
    for text in (f"{day}", f"{day.year}年{day.month}月{day.day}日", f"{day:%Y%m%d}"):
        assert rules.parse_day(text) == day


@given(st.text(max_size=40))
def test_reading_a_date_either_works_or_says_why(text: str) -> None:
    try:
        rules.parse_day(text)
    except rules.ValueProblem as problem:
        assert problem.reason
        assert problem.remedy


def test_words_for_validity() -> None:
    assert rules.validity_of("有效") == "in_force"
    assert rules.validity_of("已废止") == "repealed"
    with pytest.raises(rules.ValueProblem):
        rules.validity_of("大概有效")


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("http://Old.Example.gov.cn/a/b.html", "old.example.gov.cn", "/a/b.html"),
        ("https://old.example.gov.cn:8080//a//b.html#top", "old.example.gov.cn", "/a/b.html"),
        ("/col/col12/index.html", "", "/col/col12/index.html"),
        ("http://x.cn/a/../b/./c/", "x.cn", "/b/c/"),
        ("http://x.cn/%E9%99%84%E4%BB%B6.doc", "x.cn", "/%E9%99%84%E4%BB%B6.doc"),
        ("http://x.cn/附件.doc", "x.cn", "/%E9%99%84%E4%BB%B6.doc"),
        ("http://x.cn/i.jsp?id=7&t=a", "x.cn", "/i.jsp?id=7&t=a"),
        ("old.example.gov.cn/a.html", "old.example.gov.cn", "/a.html"),
    ],
)
def test_one_spelling_for_every_old_address(url: str, host: str, path: str) -> None:
    assert rules.old_address(url) == rules.OldAddress(host, path)


@pytest.mark.parametrize(
    "url", ["", "javascript:alert(1)", "mailto:a@b.cn", "http://x.cn/", "http://[x", "a\nb"]
)
def test_what_is_no_page_of_the_old_site_is_no_address(url: str) -> None:
    assert rules.old_address(url) is None


@given(st.text(max_size=60))
def test_an_address_is_read_twice_the_same(text: str) -> None:
    first = rules.old_address(text)
    if first is not None:
        assert rules.old_address(f"http://{first.host or 'h.cn'}{first.path}") == rules.OldAddress(
            first.host or "h.cn", first.path
        )


def test_names_under_which_a_file_may_lie_never_leave_the_folder() -> None:
    assert rules.file_names("http://x.cn/up/2019/%E8%A1%A8.xls") == ["up/2019/表.xls", "表.xls"]
    assert rules.file_names("../../etc/passwd") == ["etc/passwd", "passwd"]
    assert rules.file_names("http://x.cn/down.jsp?f=/up/a.doc")[-1] == "a.doc"


def test_titles_in_book_marks() -> None:
    assert rules.quoted_titles("《甲〈乙〉办法》和《丙》解读") == ["甲〈乙〉办法", "丙"]
    assert rules.quoted_titles("《关于《甲》的通知》解读") == ["关于《甲》的通知"]
    assert rules.name_key("关于印发《甲办法》的通知") == rules.name_key("《甲办法》")


@given(st.text(alphabet="桥梁限高1 \t\u3000\u00a0\u200b\n\r<>&\"'《》。", max_size=120))
def test_paragraphs_of_plain_text_are_what_the_sanitizer_would_store(text: str) -> None:
    body = from_text(text)
    assert clean_html(body.html).html == body.html
    assert plain_text(body.html) == body.text


@given(st.text(max_size=80))
def test_any_text_becomes_paragraphs_that_the_sanitizer_leaves_alone(text: str) -> None:
    body = from_text(text)
    assert clean_html(body.html).html == body.html
    assert plain_text(body.html) == body.text


def test_two_wide_blanks_begin_a_paragraph() -> None:
    assert from_text("各局：\u3000\u3000现通知如下。\r\n\r\n一、范围").html == (
        "<p>各局：</p><p>现通知如下。</p><p>一、范围</p>"
    )


def test_a_web_page_is_cleaned_and_its_links_made_whole() -> None:
    body = from_html(
        '<div><script>x()</script><p>见<a href="../b.html">乙</a>和<a href="c.doc">表</a>'
        '<img src="p.png"></p></div>',
        base="http://old.gov.cn/a/1.html",
        picture=lambda address: None,
    )
    assert "script" not in body.html
    assert 'href="http://old.gov.cn/b.html"' in body.html
    assert body.files == ["http://old.gov.cn/a/c.doc"]
    assert body.lost_pictures == ["http://old.gov.cn/a/p.png"]


def test_links_get_new_addresses_and_unknown_ones_stay() -> None:
    html = '<p><a href="http://o.cn/1">一</a><a href="http://o.cn/2">二</a><a href="http://o.cn/3">三</a></p>'
    new = {"http://o.cn/1": "/nr/5/", "http://o.cn/2": ""}
    assert rewrite_links(html, new.get) == (
        '<p><a href="/nr/5/">一</a>二<a href="http://o.cn/3">三</a></p>',
        2,
        1,
    )
