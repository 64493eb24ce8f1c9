"""Addressees and signature of a document that does not mark them itself (GB/T 9704-2012, 7.3)."""

import pytest

from gongkai.portal.paper import dress

BODY = "<p>市直各单位：</p><p>现通知如下。</p>"


def test_the_addressees_are_the_first_paragraph_that_ends_with_a_colon() -> None:
    assert dress(BODY).startswith('<p class="to">市直各单位：</p>')


@pytest.mark.parametrize(
    "first", ["<p>为做好工作，通知如下。</p>", "<h2>一、范围：</h2>", "<ul></ul>"]
)
def test_anything_else_at_the_top_is_left_alone(first: str) -> None:
    assert 'class="to"' not in dress(first + BODY.split("</p>", 1)[1])


def test_issuers_and_date_become_one_signature() -> None:
    html = dress(BODY + "<p>长沙市财政局</p><p>长沙市国资委</p><p>2022年6月10日</p>")
    assert html.endswith('<p class="sign">长沙市财政局<br>长沙市国资委<br>2022年6月10日</p>')


def test_a_note_below_stays_below() -> None:
    html = dress(BODY + "<p>长沙市财政局</p><p>2022年6月10日</p><p>（此件主动公开）</p>")
    assert html.endswith("2022年6月10日</p><p>（此件主动公开）</p>")
    assert '<p class="sign">长沙市财政局<br>' in html


@pytest.mark.parametrize(
    "end",
    [
        "<p>以上事项，请认真执行。</p><p>本办法自2022年6月10日起施行。</p>",
        "<p>2022年6月10日</p><p>另附说明。</p>",
        '<p class="sign">长沙市财政局<br>2022年6月10日</p><p>2022年6月10日</p>',
        "<p>长沙市<b>财政局</b></p><p>2022年6月</p>",
    ],
)
def test_text_that_is_no_signature_is_left_alone(end: str) -> None:
    assert dress("<p>正文。</p>" + end) == "<p>正文。</p>" + end


def test_a_sentence_above_the_date_is_not_part_of_the_signature() -> None:
    html = dress("<p>请认真执行。</p><p>2022年6月10日</p>")
    assert html == '<p>请认真执行。</p><p class="sign">2022年6月10日</p>'


def test_nothing_is_lost_or_added() -> None:
    source = BODY + "<p>长沙市财政局</p><p>2022年6月10日</p>"
    strip = lambda html: html.replace(' class="to"', "").replace(' class="sign"', "")  # noqa: E731
    assert strip(dress(source)).replace("<br>", "</p><p>") == source


def test_an_empty_text_stays_empty() -> None:
    assert dress("") == ""
