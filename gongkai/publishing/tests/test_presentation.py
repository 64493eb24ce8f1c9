"""What a page shows of a content: addresses of files, words for codes, only what there is."""

from datetime import date

import pytest
from django.template.loader import render_to_string
from pytest_django import DjangoAssertNumQueries

from gongkai.organisations.enums import Role
from gongkai.publishing import services
from gongkai.publishing.content import content_of
from gongkai.publishing.facts_view import cn_day
from gongkai.publishing.facts_view import file_address as file_url
from gongkai.publishing.models import Item
from gongkai.publishing.presentation import present, preview_context
from tests.factories import City, make_city, make_draft, member, moment, user_with

pytestmark = pytest.mark.django_db
SHA = "ab" * 32


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def item(city: City) -> Item:
    entry = {"title": "申请表", "filename": "申请 表&1.docx", "sha256": SHA, "size": 2048}
    return make_draft(
        city,
        city.bureau_a,
        user_with(Role.EDITOR, city.bureau_a),
        effective_on="2022-11-01",
        expires_on="2024-10-31",
        origin="joint",
        joint_units=["fgw"],
        body=f'<h2>一、标准</h2><p>见图。</p><figure><img src="blob:{SHA}" alt="流程图"></figure>',
        attachments=[{**entry, "content_type": "application/x"}],
    )


def latest(item: Item) -> Item:
    row = Item.objects.select_related("unit", "kind", "theme__parent", "latest_revision")
    return services.working_copy(row.get(pk=item.pk))


def test_pictures_and_files_point_at_the_items_own_address(item: Item) -> None:
    shown = present(content_of(latest(item)), item_id=item.pk)
    assert f'src="/files/item/{item.pk}/{SHA[:16]}/picture"' in shown["html"]
    assert shown["files"][0]["url"] == (
        f"/files/item/{item.pk}/{SHA[:16]}/%E7%94%B3%E8%AF%B7%20%E8%A1%A8%261.docx"
    )
    assert shown["files"][0]["format"] == "DOCX"
    assert shown["files"][0]["title"] == "申请表"
    assert [entry.text for entry in shown["toc"]] == ["一、标准"]
    assert "blob:" not in shown["html"]


def test_codes_become_words(item: Item) -> None:
    shown = present(content_of(latest(item)), item_id=item.pk)
    rows = {row["label"]: row["value"] for row in shown["head"]["meta"]}
    assert rows["发文机关"] == "市财政局、市发展改革委"
    assert rows["成文日期"] == "2022年10月10日"
    assert rows["主题分类"] == "财政、金融、审计\\财政"
    assert rows["转载来源"] == ""
    assert shown["head"]["kind"] == "政策文件"
    assert shown["validity"] == {
        "key": "in_force",
        "label": "现行有效",
        "tone": "ok",
        "text": "自2022年11月1日起施行，有效期至2024年10月31日",
    }


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2022, 1, 2), "2022年1月2日"),
        (date(2022, 12, 31), "2022年12月31日"),
        (None, ""),
    ],
)
def test_dates_are_written_without_padding(day: date | None, words: str) -> None:
    assert cn_day(day) == words


def test_a_kinds_own_fields_are_shown_by_their_labels(city: City) -> None:
    editor = user_with(Role.EDITOR, city.bureau_a)
    facts = {"form": "qa", "original": True, "drafter": "市财政局", "interprets": [1]}
    made = make_draft(city, city.bureau_a, editor, kind="interpretation", facts=facts)
    shown = present(content_of(latest(made)), item_id=made.pk)
    assert shown["heading"] == "谁来解读"
    head = {row["label"]: row["value"] for row in shown["head"]["meta"]}
    assert (head["解读形式"], head["原创解读"]) == ("一问一答", "是")
    who = [(row["label"], row["value"]) for row in shown["own"]["who"]]
    assert who == [("文件起草单位", "市财政局")]


def test_what_was_read_already_is_not_read_again(
    item: Item, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    copy = latest(item)
    assert str(copy.theme)
    content = content_of(copy)
    with django_assert_num_queries(1):  # the other units of a joint document
        present(content, item_id=item.pk, unit=copy.unit, kind=copy.kind, theme=copy.theme)


def test_the_preview_carries_every_part_and_says_what_it_is(item: Item) -> None:
    page = render_to_string("publishing/preview.html", preview_context(latest(item)))
    for text in ("这是预览", "一、标准", "申请表", "长财发", "noindex"):
        assert text in page
    elsewhere = preview_context(latest(item), lambda sha: f"/seen/{sha[:4]}/")
    assert 'src="/seen/abab/"' in elsewhere["shown"]["html"]


def test_stored_text_cannot_bring_scripts_onto_the_page(item: Item, city: City) -> None:
    editor = member(user_with(Role.EDITOR, city.bureau_a))
    nasty = '<p onclick="x">好<script>alert(1)</script></p><a href="javascript:x">链</a>'
    services.item_edit(item_id=item.pk, content={"body": nasty}, member=editor, now=moment(10))
    html = present(content_of(latest(item)), item_id=item.pk)["html"]
    for trace in ("onclick", "script", "javascript"):
        assert trace not in html


def test_an_address_of_a_file_is_built_in_one_place() -> None:
    assert file_url(7, SHA, "a/b?.pdf") == f"/files/item/7/{SHA[:16]}/a%2Fb%3F.pdf"
