"""The format of the demonstration documents: what is read, what is refused and how it is said."""

import re
from pathlib import Path

import pytest

from gongkai.demo.content.loader import ContentError, load_item, load_items, markdown_to_html
from gongkai.demo.content.markup import Bullets, Heading, Paragraph, Table, blocks

HEAD = """---
slug: sample
kind: notice
title: 样例
unit: czj
theme: 财政、金融、审计/财政
genre: 公告
formed_on: 2022-09-01
published_at: 2022-09-02 10:00
attribute: 主动公开
origin: made
summary: 一句话
drafter: 何工
contact_phone: 0731-80000001
state: published
lead_task: 样例
topics:
- zhidu
---
"""


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "sample.md"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_small_document_is_read(tmp_path: Path) -> None:
    item = load_item(write(tmp_path, HEAD + "第一段。\n\n第二段。\n"))
    assert item.published_at is not None
    assert item.published_at.isoformat() == "2022-09-02T10:00:00+08:00"
    assert item.topics == ("zhidu",) and item.attachments == () and item.correction is None
    assert item.html == "<p>第一段。</p>\n<p>第二段。</p>"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("---\nslug", "slug", "---"),
        ("slug: sample", "slug sample", "第 2 行"),
        ("slug: sample", "slug: sample\nslug: again", "重复填写"),
        ("slug: sample\n", "", "缺少 slug"),
        ("slug: sample", "slug: sample\ncolour: red", "colour"),
        ("kind: notice", "kind: letter", "kind 不能是“letter”"),
        ("kind: notice", "kind: policy", "validity"),
        ("kind: notice", "kind: interpretation", "interprets"),
        ("formed_on: 2022-09-01", "formed_on: 2022年9月1日", "2022-09-30"),
        ("2022-09-02 10:00", "2022-09-02", "2022-09-30 10:20"),
        ("published_at: 2022-09-02 10:00\n", "", "published_at"),
        ("state: published", "state: draft", "请删去 published_at"),
        ("state: published", "state: in_review", "in_review:first"),
        ("state: published", "state: gone", "state 不能是“gone”"),
        ("state: published", "state: withdrawn", "withdraw_reason"),
        ("state: published", "state: corrected", "old_body_replace"),
        ("topics:\n- zhidu", "drafter: x\n- zhidu", "重复填写"),
        ("state: published", "state: published\n- zhidu", "不属于任何列表键"),
        ("topics:", "attachments:\n- a.csv | 表 | csv\ntopics:", "没有“### 附件: 表”一节"),
        ("topics:", "attachments:\n- a.docx | 表 | csv\ntopics:", "扩展名"),
    ],
)
def test_a_fault_is_refused_naming_file_and_remedy(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in HEAD
    with pytest.raises(ContentError, match=re.escape(message)) as caught:
        load_item(write(tmp_path, HEAD.replace(old, new, 1) + "正文。\n"))
    assert str(caught.value).startswith("sample.md：")


def test_an_attachment_section_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="没有列出"):
        load_item(write(tmp_path, HEAD + "正文。\n\n### 附件: 表\n\n内容\n"))


def test_two_documents_with_one_slug_are_refused(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(HEAD + "正文。\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"b\.md：slug 与 a\.md 重复"):
        load_items(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"没有找到 \.md"):
        load_items(tmp_path)


def test_blocks_of_every_sort() -> None:
    text = "## 一、标题\n\n段落一行\n续行\n\n- 甲\n- 乙\n\n表：数量\n\n| 名称 | 数 |\n"
    text += "|---|---:|\n| 甲 | 1,200 |"
    heading, paragraph, bullets, table = blocks(text)
    assert heading == Heading(2, "一、标题")
    assert paragraph == Paragraph("段落一行续行")
    assert bullets == Bullets(("甲", "乙"))
    assert table == Table("数量", ("名称", "数"), (False, True), (("甲", "1,200"),))


def test_table_html_names_its_caption_and_column_headers() -> None:
    html = markdown_to_html("表：数量\n\n| 名称 | 数 |\n|---|---:|\n| 甲 | 1 |")
    assert html == (
        "<table><caption>数量</caption>"
        '<thead><tr><th scope="col">名称</th><th scope="col" class="num">数</th></tr></thead>'
        '<tbody><tr><td>甲</td><td class="num">1</td></tr></tbody></table>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "## <img src=x onerror=alert(1)>",
        "- <b>甲</b>",
        "表：<i>题</i>\n\n| <u>a</u> | b |\n|---|---|\n| <a href='x'>1</a> | 2 |",
    ],
)
def test_text_that_looks_like_markup_stays_text(text: str) -> None:
    assert not re.search(r"<(script|img|b|i|u|a)[ >]", markdown_to_html(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("| 甲 | 乙 |\n|---|---|\n| 1 |", "有 2 列，这一行是 1 列"),
        ("| 甲 | 乙 |\n| 1 | 2 |", "表格需要表头、分隔行"),
        ("表：孤儿\n\n段落", "后面没有表格"),
        ("表：孤儿", "后面没有表格"),
        ("# 一级标题", "只能使用"),
        ("## 标题\n正文", "后面请空一行"),
    ],
)
def test_a_malformed_block_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        blocks(text)
