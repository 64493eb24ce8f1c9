"""Rendering of the components."""

import datetime as dt
import re
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from lxml import html

from gongkai.design.gallery_content import SampleForm, sample_due

pytestmark = pytest.mark.urls("gongkai.design.tests.urls")


def render(source: str, **context: Any) -> str:
    return Template("{% load design %}" + source).render(Context(context))


def tree(source: str, **context: Any) -> html.HtmlElement:
    return html.fragment_fromstring(render(source, **context), create_parent=True)


# --- filters and marks ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("{{ v|cn_date }}", dt.date(2022, 10, 4), "2022年10月4日"),
        ("{{ v|cn_day }}", dt.date(2022, 1, 4), "1月4日"),
        ("{{ v|cn_weekday }}", dt.date(2022, 10, 21), "星期五"),
        ("{{ v|stamp }}", dt.date(2022, 10, 4), "2022-10-04"),
        ("{{ v|stamp }}", dt.datetime(2022, 10, 4, 9, 5, 59), "2022-10-04 09:05"),
        (
            "{{ v|stamp }}",
            dt.datetime(2022, 10, 4, 16, 30, tzinfo=dt.UTC),
            "2022-10-05 00:30",
        ),
        ("{{ v|cn_date }}", dt.datetime(2022, 12, 31, 16, 0, tzinfo=dt.UTC), "2023年1月1日"),
        ("{{ v|cn_date }}", None, ""),
        ("{{ v|stamp }}", None, ""),
        ("{{ v|cn_size }}", 512, "512 字节"),
        ("{{ v|cn_size }}", 28_672, "28 KB"),
        ("{{ v|cn_size }}", 2_516_582, "2.4 MB"),
        ("{{ v|cn_size }}", 3 * 1024**3, "3.0 GB"),
        ("{{ v|cn_size }}", None, ""),
    ],
)
def test_filters(source: str, value: object, expected: str) -> None:
    assert render(source, v=value) == expected


def test_phrases_filter_escapes_the_title() -> None:
    out = render("{{ v|phrases }}", v="关于<b>公开</b>的通知")
    assert "<b>" not in out
    assert "&lt;" in out
    assert "<wbr>" in out


def test_a_light_has_a_drawing_and_words_even_without_colour() -> None:
    light = tree('{% light "yellow" days=3 %}')
    assert light.text_content().strip() == "剩 3 个工作日"
    assert light.xpath(".//*[name()='svg'][@aria-hidden='true']")


def test_a_lamp_speaks_its_number_and_state() -> None:
    lamp = tree('{% lamp 12 "red" url="/ledger/12/" title="补贴清单" days=9 %}')
    link = lamp.find(".//a")
    assert link.get("href") == "/ledger/12/"
    assert link.text_content().endswith("第 12 项，补贴清单，逾期 9 个工作日")


def test_text_given_to_tags_is_escaped() -> None:
    bad = "<script>alert(1)</script>"
    for source in (
        "{% tag v %}",
        '{% light "green" label=v %}',
        "{% lamp v 'green' title=v %}",
        '{% icon "print" v %}',
        "{% diff s %}",
        '{% notice "info" v %}正文{% endnotice %}',
        "{% why v %}正文{% endwhy %}",
        "{% disclosure v %}正文{% enddisclosure %}",
        "{% basis rows %}",
        "{% progress 1 2 label=v %}",
        "{% ring 1 2 label=v %}",
        "{% bar_chart v pairs %}",
        "{% breadcrumb trail %}",
        "{% item_list rows %}",
        "{% meta rows %}",
        "{% timeline rows %}",
        "{% empty v v %}",
        "{% qr 'https://example.cn' v %}",
    ):
        out = render(
            source,
            v=bad,
            s=[("insert", bad), ("delete", bad), ("equal", bad)],
            rows=[{"label": bad, "text": bad, "law": bad, "url": bad, "title": bad, "value": bad}],
            pairs=[(bad, 1)],
            trail=[(bad, bad), (bad, "")],
        )
        assert "<script>" not in out, source
        assert "alert(1)" in out, source


def test_block_tags_escape_variables_of_their_content() -> None:
    out = render('{% notice "warn" %}<p>{{ v }}</p>{% endnotice %}', v="<i>x</i>")
    assert "<p>&lt;i&gt;x&lt;/i&gt;</p>" in out


def test_qr_code_is_inline_square_and_named() -> None:
    code = tree('{% qr "https://www.example.gov.cn/i/01873" %}').find(".//svg")
    _, _, width, height = (code.get("viewbox") or code.get("viewBox")).split()
    assert width == height
    assert code.get("aria-label")
    assert code.get("style") is None


# --- drawings ------------------------------------------------------------------------------------


def test_bar_chart_is_its_own_data_table() -> None:
    chart = tree('{% bar_chart "件数" rows %}', rows=[("甲", 1200), ("乙", 300)])
    assert chart.findtext(".//caption") == "件数"
    assert [cell.text_content() for cell in chart.findall(".//tbody//th")] == ["甲", "乙"]
    assert [cell.text_content() for cell in chart.xpath(".//td[@class='n']")] == ["1,200", "300"]
    widths = [rect.get("width") for rect in chart.iter("rect")]
    assert widths == ["100.0", "25.0"]


def test_ring_and_progress_say_their_numbers() -> None:
    ring = tree("{% ring 11 17 label='按期' %}")
    assert "65%" in ring.text_content()
    assert "11 / 17" in ring.text_content()
    assert ring.find(".//svg").get("aria-label") == "按期 65%"
    assert "0%" in render("{% ring 0 0 %}")
    assert "1,102 / 1,384" in render("{% progress 1102 1384 %}")


def test_workday_calendar_shows_sum_and_reads_every_day() -> None:
    out = tree(
        "{% workday_calendar due today=today %}", due=sample_due(), today=dt.date(2022, 10, 18)
    )
    days = out.xpath(".//td/span[@class='vh']")
    assert len(days) == 42
    assert len(out.xpath(".//td[contains(@class, 'due')]")) == 1
    assert len(out.xpath(".//td[contains(@class, 'today')]")) == 1
    total = out.xpath(".//ul[@class='sum']")[0].text_content()
    assert re.sub(r"\s", "", total) == (
        "99月16日—28日＋加1110月9日—21日＝等于20答复期满10月21日扣除39月29日、30日，10月8日"
    )


def test_diff_says_added_and_removed_to_those_who_listen() -> None:
    out = tree(
        "{% diff s %}",
        s=[("equal", "补助"), ("delete", "8 万元"), {"op": "insert", "text": "10 万元"}],
    )
    assert out.find(".//del").text_content() == "删除：8 万元，"
    assert out.find(".//ins").text_content() == "新增：10 万元，"


def test_diff_refuses_an_unknown_operation() -> None:
    with pytest.raises(KeyError):
        render("{% diff s %}", s=[("moved", "一")])


def test_timeline_times_are_in_the_required_form() -> None:
    out = tree(
        "{% timeline events %}",
        events=[{"at": dt.datetime(2022, 10, 18, 9, 30), "title": "发布", "tone": "red"}],
    )
    moment = out.find(".//time")
    assert moment.text == moment.get("datetime") == "2022-10-18 09:30"
    assert out.find(".//li").get("class") == "red"


def test_live_strip_works_without_script_and_stops_asking_when_done() -> None:
    steps = [{"label": "正文页", "state": "done", "ms": 38}, {"label": "搜索", "state": "waiting"}]
    live = tree('{% live_strip steps "/f/live/1/" %}', steps=steps)
    assert live.find(".//section").get("data-live") == "/f/live/1/"
    assert "38 毫秒" in live.text_content()
    assert "：完成" in live.text_content()
    assert live.find(".//noscript") is not None
    done = tree('{% live_strip steps "/f/live/1/" done=True %}', steps=steps)
    assert done.find(".//section").get("data-live") is None
    assert done.find(".//template") is None


# --- forms ---------------------------------------------------------------------------------------


def test_every_field_kind_has_a_label_that_reaches_its_control() -> None:
    form = SampleForm()
    for bound in form:
        out = tree("{% field bound %}", bound=bound)
        controls = out.xpath(".//input|.//select|.//textarea")
        assert controls, bound.name
        labels = {label.get("for") for label in out.iter("label")}
        for control in controls:
            assert control.get("id") in labels, bound.name


def test_radio_buttons_and_boxes_stand_in_a_fieldset_with_a_legend() -> None:
    out = tree("{% field bound %}", bound=SampleForm()["delivery"])
    assert out.findtext(".//fieldset/legend") == "怎么给您"
    assert len(out.findall(".//input[@type='radio']")) == 3


def test_optional_fields_say_so_and_required_ones_do_not() -> None:
    form = SampleForm()
    assert "（选填）" in render("{% field bound %}", bound=form["since"])
    assert "（选填）" not in render("{% field bound %}", bound=form["name"])


def test_help_and_errors_are_tied_to_the_control() -> None:
    form = SampleForm({})
    assert not form.is_valid()
    out = tree("{% field bound %}", bound=form["name"])
    control = out.find(".//input")
    assert control.get("aria-invalid") == "true"
    ids = control.get("aria-describedby").split()
    assert ids == ["id_name_helptext", "id_name_error"]
    assert all(out.xpath(f".//*[@id='{name}']") for name in ids)


def test_help_given_in_the_template_is_tied_to_the_control_too() -> None:
    class Plain(forms.Form):
        code = forms.CharField(label="编号")

    out = tree('{% field bound help="写在回执右上角。" %}', bound=Plain()["code"])
    assert "id_code_helptext" in out.find(".//input").get("aria-describedby")
    assert out.xpath(".//*[@id='id_code_helptext']")[0].text == "写在回执右上角。"


def test_error_summary_links_to_each_field() -> None:
    form = SampleForm({"delivery": "fax"})
    assert not form.is_valid()
    page = tree(
        "{% error_summary form messages=more %}{% for b in form %}{% field b %}{% endfor %}",
        form=form,
        more=["文件没有传完。"],
    )
    links = page.xpath(".//div[@class='errors']//a")
    assert links
    for link in links:
        assert page.xpath(f".//*[@id='{link.get('href')[1:]}']"), link.get("href")
    box = page.xpath(".//div[@class='errors']")[0]
    assert box.get("role") == "alert"
    assert "文件没有传完。" in box.text_content()
    assert f"有 {len(links) + 1} 处要改" in box.text_content()


def test_error_summary_is_silent_without_errors() -> None:
    assert render("{% error_summary form %}", form=SampleForm()).strip() == ""


def test_file_field_is_a_plain_input_inside_the_drop_zone() -> None:
    out = tree("{% field bound %}", bound=SampleForm()["attachment"])
    assert out.xpath(".//div[@data-drop]//input[@type='file']")
    plain = tree("{% field bound drop=False %}", bound=SampleForm()["attachment"])
    assert not plain.xpath(".//div[@data-drop]")


# --- navigation ----------------------------------------------------------------------------------


def test_breadcrumb_marks_the_present_page_and_does_not_link_it() -> None:
    out = tree("{% breadcrumb trail %}", trail=[("首页", "/"), ("正文", "/i/1/")])
    last = out.findall(".//li")[-1]
    assert last.get("aria-current") == "page"
    assert last.find("a") is None


def test_pagination_keeps_the_other_parameters_and_marks_the_present_page() -> None:
    request = RequestFactory().get("/list/", {"q": "供水 价格", "page": "3"})
    page = Paginator(range(200), 20).page(3)
    out = html.fragment_fromstring(
        Template("{% load design %}{% pagination page %}").render(
            Context({"request": request, "page": page})
        )
    )
    links = {link.text_content().strip(): link.get("href") for link in out.iter("a")}
    assert links["上一页"] == "?q=%E4%BE%9B%E6%B0%B4+%E4%BB%B7%E6%A0%BC&page=2"
    assert links["下一页"].endswith("&page=4")
    assert out.xpath(".//*[@aria-current='page']")[0].text_content().split()[1] == "3"
    assert "共 200 条" in out.text_content()


def test_one_page_needs_no_pagination() -> None:
    out = render("{% pagination page %}", page=Paginator(range(3), 20).page(1))
    assert "<nav" not in out
    assert "共 3 条" in out


def test_tabs_and_steps_mark_the_present_one() -> None:
    tabs = tree("{% tabs t '按年' %}", t=[{"label": "2022", "url": "?y=2022", "current": True}])
    assert tabs.find(".//a").get("aria-current") == "page"
    steps = tree(
        "{% stepper s %}", s=[{"label": "初审", "state": "done"}, {"label": "复审", "state": "now"}]
    )
    assert steps.xpath(".//li[@aria-current='step']")[0].text_content().startswith("2复审")
    assert "初审，已完成" in steps.text_content()


# --- item parts ----------------------------------------------------------------------------------


def test_item_header_leaves_out_empty_facts_and_hides_extra_ones_from_the_elder_view() -> None:
    head = {
        "title": "关于公开的通知",
        "kind": "政策文件",
        "meta": [
            {"label": "发文字号", "value": ""},
            {"label": "索引号", "value": "114/2022-00001", "extra": True},
            {"label": "发布时间", "value": "2022-10-18 09:30", "datetime": dt.date(2022, 10, 18)},
        ],
    }
    out = tree("{% item_header head %}", head=head)
    assert [term.text for term in out.iter("dt")] == ["索引号", "发布时间"]
    assert "opt-elder" in out.find(".//dl/div").get("class")
    assert out.find(".//h1").text_content() == "关于公开的通知"


def test_three_way_links_mark_the_present_part_on_all_three_pages() -> None:
    for current, word in (("document", "文件"), ("interpretation", "解读"), ("answer", "问答")):
        out = tree("{% three_way links %}", links={"current": current})
        heads = [head.text_content().split() for head in out.iter("h3")]
        assert [head[0] for head in heads] == ["文件", "解读", "问答"]
        assert [head for head in heads if len(head) > 1] == [[word, "正在看"]]
