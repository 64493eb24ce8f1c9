"""One item's page through its life: in force, corrected, sealed, withdrawn, gone."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from gongkai.portal.tests.town import Town, moment
from gongkai.publishing.models import Item


def page(visitor: Client, item: Item, tail: str = "") -> str:
    response = visitor.get(f"/nr/{item.pk}/{tail}")
    assert response.status_code == 200
    return response.content.decode()


def meta(text: str) -> dict[str, str]:
    block = re.search(r'<dl class="meta">(.*?)</dl>', text, re.DOTALL)
    assert block
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", block[1], re.DOTALL)
    return {label: re.sub("<[^>]+>", "", value) for label, value in rows}


def test_the_block_under_the_title_has_the_required_rows(town: Town, visitor: Client) -> None:
    item = town.public(effective_on="2022-10-20", expires_on="2024-10-19")
    rows = meta(page(visitor, item))
    assert rows["索引号"] == item.index_no != ""
    assert rows["主题分类"] == "财政、金融、审计\\财政"
    assert rows["发文机关"] == "市财政局"
    assert rows["成文日期"] == "2022年10月10日"
    assert rows["发布日期"] == "2022-10-18 11:00"
    assert rows["发文字号"] == item.doc_no
    assert rows["公开方式"] == "主动公开" and rows["体裁分类"] == "通知"
    assert rows["有效性"] == "尚未施行" and rows["有效期至"] == "2024年10月19日"
    assert rows["内容概述"] == item.summary


def test_news_has_no_validity_and_a_publisher_instead_of_an_issuer(
    town: Town, visitor: Client
) -> None:
    rows = meta(page(visitor, town.public(kind="news")))
    assert "有效性" not in rows and rows["发布机构"] == "市财政局" and "发文机关" not in rows


def test_joint_makers_are_named(town: Town, visitor: Client) -> None:
    item = town.public(origin="joint", joint_units=["fgw"])
    assert meta(page(visitor, item))["联合单位"] == "市发展改革委"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"effective_on": "2022-10-11"}, "自 2022 年 10 月 11 日起施行"),
        ({"effective_on": "2022-11-01"}, "尚未施行"),
        ({"expires_on": "2022-10-17"}, "已失效"),
        ({"validity": "repealed"}, "已废止"),
        ({"validity": "lapsed"}, "已失效"),
        ({"validity": "amended"}, "以修改后的文本为准"),
    ],
)
def test_a_reader_is_told_first_whether_it_holds(
    town: Town, visitor: Client, changes: dict[str, Any], words: str
) -> None:
    text = page(visitor, town.public(**changes))
    notice = text[text.index('class="notice') : text.index('class="doc"')]
    assert words in notice


def test_contents_body_files_and_code_to_scan(town: Town, visitor: Client) -> None:
    entry = town.attachment()
    item = town.public(attachments=[entry])
    text = page(visitor, item)
    assert '<a href="#s1">一、补助</a>' in text and 'id="s1"' in text
    link = re.search(rf'href="(/files/item/{item.pk}/{entry["sha256"][:16]}/qingdan\.csv)"', text)
    assert link and "CSV" in text and entry["sha256"][:16] in text
    got = visitor.get(link[1])
    assert got.status_code == 200 and b"".join(got.streaming_content).startswith("名称".encode())
    assert "本页二维码" in text and f"/f/zhaocuo/?page=/nr/{item.pk}/" in text


def test_canonical_address_and_tags(town: Town, visitor: Client, settings: Any) -> None:
    settings.BASE_URL = "https://www.example.gov.cn"
    item = town.public()
    text = page(visitor, item)
    assert f'<link rel="canonical" href="https://www.example.gov.cn/nr/{item.pk}/">' in text
    assert '<meta name="SiteDomain" content="www.example.gov.cn">' in text
    assert '<meta name="PubDate" content="2022-10-18 11:00">' in text
    assert '<meta name="ArticleTitle" content="关于支持小微企业稳定发展的若干措施">' in text
    assert '<meta name="ColumnName" content="优化营商环境">' in text


def test_a_district_s_item_stands_in_the_district_s_frame(town: Town, visitor: Client) -> None:
    item = town.public(town.city.district_1_bureau)
    text = page(visitor, item)
    assert '<meta name="SiteName" content="望城政务公开">' in text
    assert 'href="/qx/wangcheng/zt/yingshang/"' in text
    other = town.public(town.city.district_2_bureau)
    assert '<meta name="SiteName" content="长沙政务公开">' in page(visitor, other)


def test_published_in_time_says_how_that_was_counted(town: Town, visitor: Client) -> None:
    text = page(visitor, town.public(formed_on="2022-10-10"))
    # 2022-10-10 is a Monday; twenty working days later is 2022-11-07.
    assert "按时公开" in text and "2022 年 11 月 7 日前公开" in text
    assert "条例（国务院令第711号）第二十六条" in text


def test_published_late_says_by_how_much(town: Town, visitor: Client) -> None:
    # 2022-09-13 plus twenty working days, the national days off and two make-up days counted:
    # 2022-10-14. The 18th is two working days after it.
    text = page(visitor, town.public(formed_on="2022-09-13"))
    assert "为什么说逾期公开了" in text and "晚了" in text
    assert "2022 年 10 月 14 日前公开" in text and "晚了 2 个工作日" in text


def test_imported_history_is_exempt_from_lateness(town: Town, visitor: Client) -> None:
    item = town.fill(1, original_published_on=date(2015, 3, 2), formed_on=date(2015, 1, 2))[0]
    text = page(visitor, item)
    assert "不计算公开时限" in text and "逾期公开" not in text


def test_a_correction_is_announced_and_compared(town: Town, visitor: Client) -> None:
    item = town.public(body="<p>补助不超过8万元，验收后拨付。</p>")
    town.correct(item, body="<p>补助不超过10万元，验收后拨付。</p>")
    text = page(visitor, item)
    assert "2022-10-18 14:00 更正" in text and "数字有误，现予更正。" in text
    assert f'href="/nr/{item.pk}/v/1/"' in text
    assert "<ins>" in text and "<del>" in text and "发布日期</dt><dd><time" in text
    assert meta(text)["发布日期"] == "2022-10-18 11:00"
    old = page(visitor, item, "v/1/")
    assert "历史版本，不是现在的文本" in old and "不超过8万元" in old and "noindex" in old
    assert f'rel="canonical" href="http://127.0.0.1:8000/nr/{item.pk}/"' in old
    assert "不超过10万元" not in old


def test_the_present_version_has_one_address(town: Town, visitor: Client) -> None:
    item = town.public()
    response = visitor.get(f"/nr/{item.pk}/v/1/")
    assert response.status_code == 302 and response["Location"] == f"/nr/{item.pk}/"
    assert visitor.get(f"/nr/{item.pk}/v/2/").status_code == 404
    assert visitor.get(f"/nr/{item.pk}/v/0/").status_code == 404


@pytest.mark.parametrize("kind", ["privacy", "secrecy"])
def test_a_sealed_version_is_explained_but_not_shown(
    town: Town, visitor: Client, kind: str
) -> None:
    item = town.public(body="<p>联系人住址在某路某号。</p>")
    town.correct(item, body="<p>联系人住址已略。</p>", change_kind=kind, change_note="删去住址。")
    response = visitor.get(f"/nr/{item.pk}/v/1/")
    assert response.status_code == 404
    text = response.content.decode()
    assert "该版本" in text and "封存" in text and "某路某号" not in text
    now = page(visitor, item)
    assert "某路某号" not in now and f'href="/nr/{item.pk}/v/1/"' not in now
    assert "改动以前的文本已经封存" in now


@pytest.mark.parametrize("category", ["error", "revoked", "duplicate"])
def test_a_withdrawn_item_leaves_a_tombstone_with_title_and_reason(
    town: Town, visitor: Client, category: str
) -> None:
    item = town.public(attachments=[town.attachment()])
    town.withdraw(item, category=category)
    response = visitor.get(f"/nr/{item.pk}/")
    assert response.status_code == 410 and response["Cache-Control"].startswith("public")
    text = response.content.decode().replace("<wbr>", "")
    assert item.title in text and "时间有误，更正后重新发布。" in text and "长沙市财政局" in text
    assert "可以申请一次性补助" not in text and "noindex" in text and "/files/" not in text
    assert visitor.head(f"/nr/{item.pk}/").status_code == 410
    assert visitor.get(f"/nr/{item.pk}/v/1/").status_code == 410


@pytest.mark.parametrize("category", ["privacy", "secrecy"])
def test_the_tombstone_of_a_sealed_item_does_not_repeat_the_title(
    town: Town, visitor: Client, category: str
) -> None:
    item = town.public()
    town.withdraw(item, category=category, reason="依法不再公开。")
    response = visitor.get(f"/nr/{item.pk}/")
    assert response.status_code == 410
    assert "小微企业" not in response.content.decode().replace("<wbr>", "")


def test_a_withdrawn_item_is_gone_from_lists_search_and_files(town: Town, visitor: Client) -> None:
    entry = town.attachment()
    item = town.public(attachments=[entry])
    town.withdraw(item)
    for path in ("/", "/zx/", "/zt/yingshang/", "/dw/czj/", "/search/?q=小微企业"):
        assert f'href="/nr/{item.pk}/"' not in visitor.get(path).content.decode(), path
    file = f"/files/item/{item.pk}/{entry['sha256'][:16]}/qingdan.csv"
    assert visitor.get(file).status_code == 404


def test_an_item_published_again_tells_that_it_had_been_withdrawn(
    town: Town, visitor: Client
) -> None:
    item = town.public()
    town.withdraw(item, reason="撤回原因只在撤回页显示。")
    town.correct(item, now=moment(17), body="<p>重新发布的正文。</p>")
    text = page(visitor, item)
    assert "撤回" in text and "情形：内容有误，待更正后重新发布。" in text
    assert "撤回原因只在撤回页显示" not in text


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_what_was_never_published_does_not_exist(town: Town, visitor: Client, state: str) -> None:
    from tests.factories import submit

    item = town.draft()
    if state == "in_review":
        submit(item, town.editor(item.unit))
    for path in (f"/nr/{item.pk}/", f"/nr/{item.pk}/v/1/", f"/nr/{item.pk}/v/0/"):
        assert visitor.get(path).status_code == 404


def interpretation(town: Town, target: Item, **changes: Any) -> Item:
    return town.public(
        kind="interpretation",
        title="一问一答：补助怎么领",
        body="<p>补助到窗口领取。</p>",
        summary="到哪里领、带什么。",
        topics=["yingshang/jiedu"],
        facts={
            "interprets": [target.pk],
            "form": "qa",
            "original": True,
            "drafter": "长沙市财政局",
            "interpreter": "李工（企业科）",
            "phone": "0731-88660002",
            "pairs": [{"question": "到哪里领？", "answer": "到窗口领取。"}],
        },
        **changes,
    )


def test_a_document_and_its_interpretation_point_at_each_other(town: Town, visitor: Client) -> None:
    document = town.public()
    assert "还没有解读" in page(visitor, document)
    explained = interpretation(town, document, now=moment(12))
    text = page(visitor, document)
    assert f'href="/nr/{explained.pk}/"' in text and "李工（企业科）" in text
    assert "发布解读" in text and "还没有解读" not in text
    back = page(visitor, explained)
    assert f'href="/nr/{document.pk}/"' in back and "谁来解读" in back
    assert "一问一答" in back and "0731-88660002" in back


def test_an_interpretation_of_a_draft_or_withdrawn_document_does_not_link(
    town: Town, visitor: Client
) -> None:
    document = town.public()
    explained = interpretation(town, document, now=moment(12))
    town.withdraw(document)
    text = page(visitor, explained)
    assert f'href="/nr/{document.pk}/"' not in text
    assert "小微企业" not in text.replace("<wbr>", "")


def test_the_elder_view_puts_the_gist_first(town: Town) -> None:
    item = town.public()
    visitor = Client()
    visitor.cookies["view"] = "elder"
    text = page(visitor, item)
    assert 'data-view="elder"' in text and "这份文件说了什么" in text
    assert text.index("这份文件说了什么") < text.index('class="doc"')


@pytest.mark.parametrize(
    "title", ['<script>alert("x")</script>', "“引号”&实体<b>", "很长" * 140, "😀 表情"]
)
def test_any_title_is_escaped_everywhere(town: Town, visitor: Client, title: str) -> None:
    item = town.fill(1, title=title)[0]
    for path in (f"/nr/{item.pk}/", "/", "/zx/", "/zt/yingshang/", "/dw/czj/"):
        text = visitor.get(path).content.decode()
        assert "<script>alert" not in text and "实体<b>" not in text, path


def test_a_body_with_pictures_points_at_the_private_store(town: Town, visitor: Client) -> None:
    entry = town.attachment()
    sha = entry["sha256"]
    item = town.public(body=f'<p>见图。</p><p><img src="blob:{sha}" alt="示意图"></p>')
    assert f'src="/files/item/{item.pk}/{sha[:16]}/picture"' in page(visitor, item)
