"""The writing desk shows the panels of a form, keeps what belongs to it, and takes tables with
files and choices in them."""

from typing import Any

import pytest
from django.test import Client

from gongkai.organisations.models import User
from gongkai.publishing.fact_fields import RowsField
from gongkai.publishing.forms import ItemForm
from gongkai.publishing.models import Item
from gongkai.publishing.tests.test_admin import edit_url, latest, typed
from gongkai.publishing.uploads import picture_size
from tests.factories import City, make_city, make_draft, member, user_with

pytestmark = pytest.mark.django_db
SHA = "a" * 64
COLUMNS: list[dict[str, Any]] = [
    {
        "name": "band",
        "label": "是什么",
        "type": "choice",
        "choices": [["text", "文字"], ["pic", "图片"]],
    },
    {"name": "words", "label": "说明", "type": "longtext"},
    {"name": "file", "label": "图片", "type": "file", "formats": ["png"]},
    {"name": "note", "label": "备注", "type": "text"},
]
FILES = [
    {"sha256": SHA, "title": "示意图", "filename": "图.png"},
    {"sha256": "b" * 64, "title": "表", "filename": "表.xlsx"},
]


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def editor(city: City) -> User:
    return user_with("editor", city.bureau_a)


@pytest.fixture
def item(city: City, editor: User) -> Item:
    return make_draft(city, city.bureau_a, editor, kind="interpretation", body="")


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def test_every_form_has_a_panel_that_says_when_to_fill_it_in(
    desk: Client, item: Item, editor: User
) -> None:
    parts = {
        part.title: part for part in ItemForm(item=latest(item), member=member(editor)).parts()
    }
    assert parts["视频解读的内容"].when == ("fact_form", ("video",))
    assert [f.name for f in parts["图解的内容"].fields] == ["fact_pictures"]
    assert parts["谁来解读"].when is None
    page = desk.get(edit_url(item)).content.decode()
    assert 'data-when="fact_form" data-values="video"' in page
    assert "只在“解读形式”选了“视频解读”时填写" in page
    assert "publishing/js/conditions" in page


def test_what_another_form_needs_is_not_kept_and_the_editor_is_told(
    desk: Client, item: Item, editor: User
) -> None:
    data = typed(item, editor, fact_form="video", fact_transcript="大家好", fact_seconds="30")
    assert desk.post(edit_url(item), data).status_code == 302
    assert latest(item).facts["transcript"] == "大家好"
    page = desk.post(edit_url(item), typed(item, editor, fact_form="text"), follow=True)
    assert "文字稿" in page.content.decode() and "没有保留" in page.content.decode()
    assert set(latest(item).facts) == {"form", "original"}


def test_a_text_needs_its_body_and_a_video_does_not(desk: Client, item: Item, editor: User) -> None:
    for form, needed in (("text", True), ("video", False)):
        desk.post(edit_url(item), typed(item, editor, fact_form=form))
        page = desk.get(edit_url(item)).content.decode()
        assert ("请填写正文" in page) is needed, form


def rows_of(data: dict[str, str]) -> Any:
    field = RowsField(columns=COLUMNS, attachments=FILES)
    return field.widget.value_from_datadict(data, {}, "x")


def test_cells_offer_choices_and_fitting_files() -> None:
    field = RowsField(columns=COLUMNS, attachments=FILES)
    html = field.widget.render("x", [{"band": "pic", "file": SHA}], {"id": "id_x"})
    assert '<option value="pic" selected>图片</option>' in html
    assert f'<option value="{SHA}" selected>示意图（图.png）</option>' in html
    assert "表.xlsx" not in html and "is-stacked" in html


def test_a_pasted_cell_may_say_the_words_of_a_choice_or_the_name_of_a_file() -> None:
    data = {"x-rows": "1", "x-0-band": "text", "x-0-words": "话",
            "x-paste": "图片\t看图\t图.png\n别的\t话\t不在.png"}  # fmt: skip
    assert rows_of(data) == [
        {"band": "text", "words": "话"},
        {"band": "pic", "words": "看图", "file": SHA},
        {"band": "别的", "words": "话", "file": "不在.png"},
    ]


def test_the_size_of_a_picture_is_kept_and_other_files_have_none() -> None:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "PNG")
    assert picture_size(out.getvalue()) == {"width": 40, "height": 30}
    assert picture_size(out.getvalue()[:20]) == {}
    assert picture_size(b"plain text") == {}


def test_a_reviewer_reads_the_names_of_files_in_tables(city: City, editor: User) -> None:
    from gongkai.publishing.content import content_of
    from gongkai.publishing.reading import reading_of

    made = make_draft(
        city, city.bureau_a, editor, kind="interpretation", attachments=[{**FILES[0], "size": 1}],
        facts={"form": "picture", "pictures": [{"title": "怎么领", "picture": SHA, "words": "到窗口"}]},
    )  # fmt: skip
    read = reading_of(content_of(made), str(made.pk))
    assert read.texts["facts.pictures"][1] == "怎么领　图.png　到窗口"
