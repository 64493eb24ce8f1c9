"""The writing desk: what an editor can do there, what nobody else can, and that nothing is lost."""

import io
import re
from datetime import date, timedelta
from typing import Any

import lxml.html
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document
from pytest_django import DjangoAssertNumQueries, Settings

from gongkai.core.errors import InvalidInput, PermissionRefused
from gongkai.core.models import Fact
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from gongkai.publishing import drafting, services
from gongkai.publishing.content import content_of
from gongkai.publishing.enums import Status
from gongkai.publishing.forms import ItemForm
from gongkai.publishing.models import Item
from gongkai.review.models import ReviewCase
from tests.factories import (
    DAY,
    City,
    UserFactory,
    give_role,
    make_city,
    make_draft,
    make_public,
    member,
    moment,
    reviewers,
    submit,
    user_with,
)

pytestmark = pytest.mark.django_db

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6364f8"
    "cf500f0003860180 5a347d9b0000000049454e44ae426082".replace(" ", "")
)


@pytest.fixture(autouse=True)
def day(settings: Settings) -> None:
    settings.DEMO_DATE = DAY


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def editor(city: City) -> User:
    return user_with(Role.EDITOR, city.bureau_a, username="editor", display_name="陈编辑")


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


@pytest.fixture
def item(city: City, editor: User) -> Item:
    return make_draft(city, city.bureau_a, editor)


def edit_url(item: Item) -> str:
    return reverse("items:edit", args=[item.pk])


def latest(item: Item) -> Item:
    row = Item.objects.select_related("unit", "kind", "theme", "latest_revision").get(pk=item.pk)
    return services.working_copy(row)


def typed(item: Item, person: User, **changes: Any) -> dict[str, Any]:
    """What the browser would send for the present draft, with changes."""
    row = Item.objects.get(pk=item.pk)
    form = ItemForm(item=latest(item), member=member(person))
    data: dict[str, Any] = {"base": row.latest_revision_id, "action": "save"}
    for bound in form:
        value = bound.field.prepare_value(bound.initial)
        if bound.name in ("new_files", "word") or value in (None, False):
            continue
        data[bound.name] = value
    return {**data, **changes}


def docx_bytes(*paragraphs: str, table: bool = False) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        grid = document.add_table(rows=2, cols=2)
        for cell, text in zip(
            [c for row in grid.rows for c in row.cells],
            ("项目", "金额", "补助", "500"),
            strict=True,
        ):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


# --- starting ------------------------------------------------------------------------------------


def test_a_draft_starts_with_unit_kind_and_title(desk: Client, city: City, editor: User) -> None:
    response = desk.post(
        "/admin/items/add/",
        {"unit": city.bureau_a.pk, "kind": city.kinds["notice"].pk, "title": "关于年检的公告"},
    )
    item = Item.objects.get()
    assert response["Location"] == edit_url(item)
    assert (item.unit, item.kind.key, item.status) == (city.bureau_a, "notice", Status.DRAFT)
    assert latest(item).title == "关于年检的公告"
    fact = Fact.objects.get(action="publishing.item.drafted")
    assert fact.actor_key == f"user:{editor.pk}"


def test_a_draft_cannot_be_started_for_a_unit_in_which_one_is_not_an_editor(
    desk: Client, city: City, editor: User
) -> None:
    give_role(editor, Role.CLERK, city.bureau_b)
    page = desk.get("/admin/items/add/").content.decode()
    assert "市财政局" in page
    assert "市发展改革委" not in page
    response = desk.post(
        "/admin/items/add/",
        {"unit": city.bureau_b.pk, "kind": city.kinds["news"].pk, "title": "不该有的稿件"},
    )
    assert response.status_code == 422
    assert "您不是这个单位的编辑" in response.content.decode()
    assert not Item.objects.exists()


def test_starting_without_title_or_document_keeps_the_choices(desk: Client, city: City) -> None:
    response = desk.post(
        "/admin/items/add/", {"unit": city.bureau_a.pk, "kind": city.kinds["news"].pk}
    )
    page = response.content.decode()
    assert "请填写标题，或者上传 Word 文档。" in page
    assert re.search(rf'value="{city.kinds["news"].pk}"[^>]*checked', page)


def test_a_word_document_becomes_a_draft_with_its_warnings(desk: Client, city: City) -> None:
    data = docx_bytes(
        "长沙市财政局关于做好年度决算工作的通知",
        "各区县（市）财政局：",
        "现就年度决算工作通知如下。",
        "一、时间安排",
        "请按时报送。",
        "长沙市财政局",
        "2022年10月9日",
        table=True,
    )
    upload = SimpleUploadedFile("决算通知.docx", data)
    response = desk.post(
        "/admin/items/add/",
        {"unit": city.bureau_a.pk, "kind": city.kinds["policy"].pk, "word": upload},
        follow=True,
    )
    draft = latest(Item.objects.get())
    assert "决算工作" in draft.title
    assert "请按时报送" in draft.body
    assert "<table>" in draft.body
    assert "已读入 Word 文档" in response.content.decode()


def test_what_is_no_word_document_is_refused_in_words(desk: Client, city: City) -> None:
    upload = SimpleUploadedFile("通知.docx", b"%PDF-1.7 not word at all")
    response = desk.post(
        "/admin/items/add/",
        {"unit": city.bureau_a.pk, "kind": city.kinds["policy"].pk, "word": upload},
    )
    assert response.status_code == 422
    assert "PDF" in response.content.decode()
    assert not Item.objects.exists()


def test_a_taken_number_in_the_document_does_not_stop_the_import(
    city: City, editor: User, item: Item
) -> None:
    number = latest(item).doc_no
    data = docx_bytes(number, "关于做好年度决算工作的通知", "各单位：", "请按时报送。")
    made, warnings = drafting.item_from_word(
        unit=city.bureau_a,
        kind=city.kinds["policy"],
        filename="通知.docx",
        data=data,
        member=member(editor),
        now=moment(),
    )
    assert any("已经用于另一份文件" in text for text in warnings)
    assert latest(made).doc_no == ""
    assert latest(made).title == "关于做好年度决算工作的通知"
    assert "请按时报送" in latest(made).body


# --- writing -------------------------------------------------------------------------------------


def test_what_is_typed_is_saved_through_the_service(desk: Client, item: Item, editor: User) -> None:
    revisions = item.revisions.count()
    data = typed(
        item,
        editor,
        title="新的标题",
        summary="新的概述",
        body="<p>新的正文</p>",
        formed_on="2022-10-11",
        keywords="小微企业、补助，稳岗",
        topics=["yingshang/jiedu"],
        joint_units="市发改委、市发展改革委",
    )
    data["joint_units"] = "市发展改革委"
    data["origin"] = "joint"
    response = desk.post(edit_url(item), data)
    assert response.status_code == 302
    content = content_of(latest(item))
    assert content["title"] == "新的标题"
    assert content["body"] == "<p>新的正文</p>"
    assert content["formed_on"] == "2022-10-11"
    assert content["keywords"] == ["小微企业", "补助", "稳岗"]
    assert content["topics"] == ["yingshang/jiedu"]
    assert content["joint_units"] == ["fgw"]
    assert item.revisions.count() == revisions + 1
    fact = Fact.objects.filter(action="publishing.item.edited").latest("pk")
    assert "title" in fact.details["fields"]
    row = Item.objects.get(pk=item.pk)
    assert (row.live, row.version, row.visibility) == (False, 0, "hidden")


def test_saving_what_was_not_touched_changes_nothing(
    desk: Client, item: Item, editor: User
) -> None:
    before, revisions = content_of(latest(item)), item.revisions.count()
    assert desk.post(edit_url(item), typed(item, editor)).status_code == 302
    assert content_of(latest(item)) == before
    assert item.revisions.count() == revisions


STORED = (
    "<p>各单位：</p><h2>一、标准</h2><table><caption>表一</caption><thead><tr>"
    '<th scope="col">项目</th><th scope="col">标准</th></tr></thead><tbody><tr>'
    '<td rowspan="2">补助</td><td>500</td></tr><tr><td>600</td></tr></tbody></table>'
    '<p class="note">注：按月发放。</p><ol><li>甲</li><li>乙</li></ol>'
    '<p>面积 100m<sup>2</sup></p><p class="sign">长沙市财政局<br>2022年10月10日</p>'
)


def test_tables_notes_and_signatures_survive_an_unrelated_change(
    desk: Client, item: Item, editor: User
) -> None:
    services.item_edit(
        item_id=item.pk, content={"body": STORED}, member=member(editor), now=moment()
    )
    page = desk.get(edit_url(item)).content.decode()
    assert "&lt;td rowspan=&quot;2&quot;&gt;补助" in page
    desk.post(edit_url(item), typed(item, editor, summary="只改概述"))
    assert latest(item).body == STORED
    # A browser sends line ends its own way.
    desk.post(edit_url(item), typed(item, editor, body=STORED.replace("\n", "\r\n")))
    assert latest(item).body == STORED


def test_every_kind_has_its_own_fields(desk: Client, city: City, editor: User) -> None:
    target = make_public(city, city.bureau_a, editor, title="被解读的文件")
    item = make_draft(city, city.bureau_a, editor, kind="interpretation", body="<p>问答</p>")
    page = desk.get(edit_url(item)).content.decode()
    for label in ("解读的文件", "解读形式", "原创解读", "文件起草单位", "解读人（职务）"):
        assert label in page
    assert "主送机关" not in page
    data = typed(
        item,
        editor,
        fact_interprets=f"https://www.example.test/nr/{target.pk}/\n{target.doc_no}",
        fact_form="qa",
        fact_original="on",
        fact_drafter="市财政局",
        fact_interpreter="陈某（处长）",
        fact_phone="0731-88660001",
    )
    assert desk.post(edit_url(item), data).status_code == 302
    facts = latest(item).facts
    assert facts["interprets"] == [target.pk]
    assert facts["form"] == "qa"
    assert facts["original"] is True
    assert facts["drafter"] == "市财政局"
    page = desk.get(edit_url(item)).content.decode()
    assert f"{target.pk} 被解读的文件" in page


def test_a_line_that_names_no_document_is_named_and_stays(
    desk: Client, city: City, editor: User
) -> None:
    title = "别人的机密草稿"
    hidden = make_draft(city, city.bureau_b, user_with(Role.EDITOR, city.bureau_b), title=title)
    item = make_draft(city, city.bureau_a, editor, kind="interpretation", body="<p>问答</p>")
    for line in (str(hidden.pk), title, f"/nr/{hidden.pk}/", "没有这份文件"):
        response = desk.post(edit_url(item), typed(item, editor, fact_interprets=line))
        page = response.content.decode()
        assert response.status_code == 422
        assert f"没有找到：{line}" in page
        assert f">\n{line}</textarea>" in page
        # The page knows the words only where they were typed.
        assert (title in page) is (line == title)
    assert "interprets" not in latest(item).facts


def test_nothing_typed_is_lost_when_something_is_wrong(
    desk: Client, item: Item, editor: User
) -> None:
    data = typed(
        item,
        editor,
        title="",
        summary="改过的概述",
        body="<p>改过的正文</p>",
        doc_no="长财发[2022]77号",
        formed_on="2022-13-40",
        joint_units="没有这个局",
        keywords="一、二",
        topics=["yingshang"],
        submit_note="请尽快",
    )
    response = desk.post(edit_url(item), data)
    page = response.content.decode()
    assert response.status_code == 422
    for text in ("请填写标题。", "请填写真实的日期", "没有找到单位：没有这个局"):
        assert text in page
    for text in ("改过的概述", "改过的正文", "长财发[2022]77号", "没有这个局", "一、二", "请尽快"):
        assert text in page
    assert re.search(r'value="yingshang"[^>]*checked', page)
    assert not re.search(r'value="yingshang/wenjian"[^>]*checked', page)
    assert latest(item).summary != "改过的概述"


def test_a_document_number_in_use_is_refused_beside_its_field(
    desk: Client, city: City, item: Item, editor: User
) -> None:
    other = make_draft(city, city.bureau_a, editor)
    number = latest(item).doc_no
    response = desk.post(edit_url(other), typed(other, editor, doc_no=number, summary="保留"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "已经用于另一份文件" in page
    assert "保留" in page


def test_typed_markup_is_cleaned_before_it_is_shown_or_stored(
    desk: Client, item: Item, editor: User
) -> None:
    nasty = "<p onclick=x>好</p><script>alert(1)</script><img src=x onerror=y>"
    refused = desk.post(edit_url(item), typed(item, editor, title="", body=nasty))
    for trace in ("alert(1)", "onerror", "onclick"):
        assert trace not in refused.content.decode()
    desk.post(edit_url(item), typed(item, editor, body=nasty))
    assert latest(item).body == "<p>好</p>"


def test_a_colleagues_newer_draft_is_not_overwritten_unseen(
    desk: Client, city: City, item: Item, editor: User
) -> None:
    data = typed(item, editor, summary="我的版本")
    colleague = user_with(Role.EDITOR, city.bureau_a, display_name="李同事")
    services.item_edit(
        item_id=item.pk, content={"summary": "对方的版本"}, member=member(colleague), now=moment(10)
    )
    response = desk.post(edit_url(item), data)
    page = response.content.decode()
    assert response.status_code == 409
    assert "李同事保存过这份草稿" in page
    assert "我的版本" in page
    assert latest(item).summary == "对方的版本"
    again = int(re.search(r'name="base" value="(\d+)"', page)[1])  # type: ignore[index]
    assert desk.post(edit_url(item), {**data, "base": again}).status_code == 302
    assert latest(item).summary == "我的版本"


def test_unit_and_kind_cannot_be_changed_by_a_forged_form(
    desk: Client, city: City, item: Item, editor: User
) -> None:
    give_role(editor, Role.EDITOR, city.bureau_b)
    data = typed(item, editor, summary="改", unit=city.bureau_b.pk, kind="news")
    desk.post(edit_url(item), {**data, "status": "settled", "visibility": "public", "live": "1"})
    row = Item.objects.get(pk=item.pk)
    assert (row.unit_id, row.kind.key, row.status) == (city.bureau_a.pk, "policy", "draft")
    assert (row.visibility, row.live) == ("hidden", False)
    assert latest(item).unit == city.bureau_a


def valid_id(first17: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights, strict=True)) % 11]
    )


# --- files ---------------------------------------------------------------------------------------


def test_several_attachments_are_kept_and_renamed_and_removed(
    desk: Client, item: Item, editor: User
) -> None:
    files = [
        SimpleUploadedFile("申请表.docx", docx_bytes("申请表")),
        SimpleUploadedFile("标准.csv", "项目,标准\n补助,500\n".encode()),
    ]
    response = desk.post(edit_url(item), typed(item, editor, new_files=files), follow=True)
    entries = latest(item).attachments
    assert [e["filename"] for e in entries] == ["申请表.docx", "标准.csv"]
    assert entries[0]["title"] == "申请表"
    assert set(entries[0]) == {"title", "filename", "sha256", "size", "content_type"}
    assert entries[1]["content_type"].startswith("text/csv")
    assert Fact.objects.filter(action="publishing.file.added").count() == 2
    page = response.content.decode()
    assert "申请表.docx" in page
    served = desk.get(f"/files/item/{item.pk}/{entries[1]['sha256'][:16]}/x.csv")
    assert served.status_code == 200
    first, second = (e["sha256"] for e in entries)
    desk.post(
        edit_url(item),
        typed(item, editor, remove_file=[second], **{f"title-{first}": "补贴申请表"}),
    )
    assert [e["title"] for e in latest(item).attachments] == ["补贴申请表"]
    assert Fact.objects.get(action="publishing.file.removed").details["sha256"] == second


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("病毒.exe", b"MZ\x90\x00" + b"\x00" * 80, "不能上传"),
        ("名单.pdf", "姓名,电话\n".encode(), "内容却是"),
        ("空.docx", b"", "空"),
        ("名单.csv", f"姓名,身份证号\n张某,{valid_id('43010219900101123')}\n".encode(), "身份"),
    ],
)
def test_a_file_that_may_not_be_published_is_refused_and_the_text_stays(
    desk: Client, item: Item, editor: User, name: str, data: bytes, told: str
) -> None:
    upload = SimpleUploadedFile(name, data)
    response = desk.post(
        edit_url(item), typed(item, editor, summary="还在的概述", new_files=[upload])
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert told in page
    assert "还在的概述" in page
    assert latest(item).attachments == []


def test_chosen_files_are_kept_although_the_text_has_an_error(
    desk: Client, item: Item, editor: User
) -> None:
    upload = SimpleUploadedFile("标准.csv", "项目,标准\n".encode())
    response = desk.post(edit_url(item), typed(item, editor, title="", new_files=[upload]))
    page = response.content.decode()
    assert response.status_code == 422
    assert "附件的变动已经保存" in page
    assert [e["filename"] for e in latest(item).attachments] == ["标准.csv"]
    # The page that comes back can be sent at once: it knows the newer draft.
    again = int(re.search(r'name="base" value="(\d+)"', page)[1])  # type: ignore[index]
    data = typed(item, editor, title="有标题了", base=again)
    assert desk.post(edit_url(item), data).status_code == 302
    assert [e["filename"] for e in latest(item).attachments] == ["标准.csv"]


def test_the_same_file_is_not_attached_twice(city: City, item: Item, editor: User) -> None:
    for attempt in (1, 2):
        try:
            drafting.attachment_add(
                item_id=item.pk, filename=f"标准{attempt}.csv", data=b"a,b\n",
                member=member(editor), now=moment(),
            )  # fmt: skip
        except InvalidInput as refused:
            assert attempt == 2
            assert "内容相同" in refused.fields["attachments"][0]
    assert len(latest(item).attachments) == 1


def test_a_path_in_a_file_name_is_dropped() -> None:
    assert drafting.clean_filename("C:\\公文\\..\\通知.docx") == "通知.docx"
    assert drafting.clean_filename("../../etc/passwd.txt") == "passwd.txt"
    assert drafting.clean_filename("   ") == "文件"
    assert len(drafting.clean_filename("长" * 300 + ".pdf")) <= 112


def test_pictures_are_kept_for_the_item_and_shown_to_its_editors_only(
    desk: Client, client: Client, city: City, item: Item, editor: User
) -> None:
    url = reverse("items:picture_add", args=[item.pk])
    answer = desk.post(url, {"picture": SimpleUploadedFile("图.png", PNG)}).json()
    shown = reverse("items:picture", args=[item.pk, answer["sha256"][:16]])
    assert desk.get(shown)["Content-Type"] == "image/png"
    desk.post(
        edit_url(item),
        typed(item, editor, body=f'<p><img src="blob:{answer["sha256"]}" alt="流程图"></p>'),
    )
    assert f"blob:{answer['sha256']}" in latest(item).body
    other = make_draft(city, city.bureau_a, editor)
    assert (
        desk.get(reverse("items:picture", args=[other.pk, answer["sha256"][:16]])).status_code
        == 404
    )
    assert (
        desk.get(reverse("items:picture", args=[item.pk, answer["sha256"][:8]])).status_code == 404
    )
    refused = desk.post(url, {"picture": SimpleUploadedFile("图.png", b"MZ not a picture")})
    assert refused.status_code == 422
    assert refused.json()["error"]
    client.force_login(user_with(Role.EDITOR, city.bureau_b))
    assert client.get(shown).status_code == 404


def test_a_word_document_replaces_the_body_in_the_form_only(
    desk: Client, item: Item, editor: User
) -> None:
    before = latest(item).body
    upload = SimpleUploadedFile("新稿.docx", docx_bytes("关于补助的通知", "这是新的正文内容。"))
    data = typed(item, editor, summary="没有保存的概述", action="import", word=upload)
    response = desk.post(edit_url(item), data)
    page = response.content.decode()
    assert response.status_code == 200
    assert "这是新的正文内容" in page
    assert "没有保存的概述" in page
    assert "还没有保存" in page
    assert latest(item).body == before
    assert (
        "请先选择 Word 文档"
        in desk.post(edit_url(item), typed(item, editor, action="import")).content.decode()
    )


def test_pasted_pages_come_back_clean(desk: Client) -> None:
    answer = desk.post(
        reverse("items:clean"), {"html": "<h1>题</h1><p style='x'>文<script>1</script></p>"}
    ).json()
    assert answer["html"] == "<h2>题</h2><p>文</p>"
    assert any("脚本" in text for text in answer["warnings"])
    assert desk.get(reverse("items:clean")).status_code == 405


# --- review --------------------------------------------------------------------------------------


def test_what_is_missing_is_listed_with_links_to_the_fields(
    desk: Client, city: City, editor: User
) -> None:
    item = make_draft(city, city.bureau_a, editor, summary="", theme="", formed_on="")
    page = desk.get(edit_url(item)).content.decode()
    for target in ("id_summary", "id_theme", "id_formed_on"):
        assert f'href="#{target}"' in page
        assert f'id="{target}"' in page
    response = desk.post(edit_url(item), typed(item, editor, action="submit"), follow=True)
    assert "还不能送审" in response.content.decode()
    assert not ReviewCase.objects.exists()


def test_saving_and_submitting_opens_a_review_of_exactly_what_was_typed(
    desk: Client, item: Item, editor: User
) -> None:
    data = typed(
        item, editor, action="submit", summary="送审的概述", submit_note="请审", release_at=""
    )
    response = desk.post(edit_url(item), data, follow=True)
    page = response.content.decode()
    case = ReviewCase.objects.get()
    assert case.view["summary"] == "送审的概述"
    assert case.note == "请审"
    assert Item.objects.get(pk=item.pk).status == Status.IN_REVIEW
    assert "已送审" in page
    assert "初审" in page
    assert "撤回送审" in page
    assert "保存并送审" not in page


def test_a_release_time_is_read_as_local_time(desk: Client, item: Item, editor: User) -> None:
    desk.post(edit_url(item), typed(item, editor, action="submit", release_at="2022-10-20T09:30"))
    assert ReviewCase.objects.get().release_at == moment(9, 30, day=date(2022, 10, 20))


@pytest.mark.parametrize("wrong", ["明天上午", "2022-10-17T09:00", "2022-99-99T09:00"])
def test_a_release_time_that_cannot_be_is_refused_after_saving(
    desk: Client, item: Item, editor: User, wrong: str
) -> None:
    data = typed(item, editor, action="submit", summary="已存", release_at=wrong)
    page = desk.post(edit_url(item), data, follow=True).content.decode()
    assert "定时发布时间" in page
    assert latest(item).summary == "已存"
    assert not ReviewCase.objects.exists()


def test_an_edit_during_review_voids_it_and_a_recall_ends_it(
    desk: Client, item: Item, editor: User
) -> None:
    submit(item, editor)
    assert "正在审核" in desk.get(edit_url(item)).content.decode()
    desk.post(edit_url(item), typed(item, editor))
    assert ReviewCase.objects.get().status == "open", "saving nothing new leaves the review alone"
    desk.post(edit_url(item), typed(item, editor, summary="改了"))
    assert ReviewCase.objects.get().status == "voided"
    submit(item, editor)
    desk.post(reverse("items:recall", args=[item.pk]))
    assert ReviewCase.objects.order_by("-round")[0].status == "recalled"
    page = desk.post(reverse("items:recall", args=[item.pk]), follow=True).content.decode()
    assert "不需要撤回" in page


def test_a_returned_draft_shows_who_wants_what(
    desk: Client, city: City, item: Item, editor: User
) -> None:
    from gongkai.review import services as review

    people = reviewers(city.bureau_a)
    case = submit(item, editor)
    review.step_reject(
        case_id=case.pk, step=case.steps[0], digest=case.digest,
        member=member(people[case.steps[0]]), now=moment(11), remark="请核对第二段的日期",
    )  # fmt: skip
    page = desk.get(edit_url(item)).content.decode()
    assert "退回修改" in page
    assert "请核对第二段的日期" in page
    assert "已退回" in desk.get("/admin/").content.decode()


def test_a_correction_needs_its_kind_and_reason(desk: Client, city: City, editor: User) -> None:
    item = make_public(city, city.bureau_a, editor)
    page = desk.get(edit_url(item)).content.decode()
    assert "更正说明" in page
    data = typed(item, editor, body="<p>更正后的正文</p>", action="submit")
    page = desk.post(edit_url(item), data, follow=True).content.decode()
    assert "请选择这次变更的性质" in page
    public = Item.objects.get(pk=item.pk)
    assert public.visibility == "public"
    assert "更正后的正文" not in public.body
    data = typed(item, editor, change_kind="correction", change_note="日期写错", action="submit")
    desk.post(edit_url(item), data)
    assert ReviewCase.objects.filter(status="open").exists()


def test_a_new_item_has_no_correction_fields(desk: Client, item: Item) -> None:
    assert "更正说明" not in desk.get(edit_url(item)).content.decode()


def test_the_preview_shows_what_is_typed_and_saves_nothing(
    desk: Client, item: Item, editor: User
) -> None:
    url = reverse("items:preview", args=[item.pk])
    data = typed(item, editor, title="预览的标题", body="<h2>预览</h2><p>预览的正文</p>")
    data["formed_on"] = "不是日期"
    page = desk.post(url, data).content.decode()
    assert "还没有公开" in page
    assert "预览的正文" in page
    assert "2022年10月10日" in page, "a field that cannot be read shows its saved content"
    assert "预览的标题" not in desk.get(url).content.decode()
    assert latest(item).title != "预览的标题"


def test_the_history_tells_every_step_and_cannot_be_changed(
    desk: Client, item: Item, editor: User
) -> None:
    desk.post(edit_url(item), typed(item, editor, summary="改"))
    submit(item, editor)
    url = reverse("items:history", args=[item.pk])
    page = desk.get(url).content.decode()
    for text in ("起草", "修改草稿", "提交审核", "陈编辑", "改了内容概述"):
        assert text in page
    assert desk.post(url).status_code == 405


# --- list ----------------------------------------------------------------------------------------


def test_the_list_shows_own_units_newest_drafts(
    desk: Client, city: City, item: Item, editor: User
) -> None:
    make_draft(city, city.bureau_b, user_with(Role.EDITOR, city.bureau_b), title="外单位的草稿")
    make_draft(city, city.bureau_a, editor, kind="news", title="一条动态")
    services.item_edit(
        item_id=item.pk, content={"title": "改过的题目"}, member=member(editor), now=moment(11)
    )
    page = desk.get("/admin/items/").content.decode()
    assert "改过的题目" in page
    assert "外单位的草稿" not in page
    assert page.index("改过的题目") < page.index("一条动态")
    for query, found in (
        ("kind=news", ["一条动态"]),
        ("q=改过", ["改过的题目"]),
        ("q=外单位", []),
        ("status=in_review", []),
        (f"unit={city.bureau_b.pk}", []),
        ("q=题目 改过&kind=policy&status=draft", ["改过的题目"]),
        ("p=999", ["改过的题目", "一条动态"]),
        ("kind=nothing&unit=x&p=x", []),
    ):
        rows = desk.get(f"/admin/items/?{query}").content.decode()
        for title in ("改过的题目", "一条动态"):
            assert (f">{title}</a>" in rows) is (title in found), query
        assert "外单位的草稿" not in rows


def test_the_unit_filter_offers_own_units_only(desk: Client, city: City, editor: User) -> None:
    give_role(editor, Role.EDITOR, city.district_1_bureau)
    page = desk.get("/admin/items/").content.decode()
    assert "望城区财政局" in page
    assert "浏阳市财政局" not in page
    assert "市发展改革委" not in page


def test_the_list_takes_the_same_queries_for_few_and_many(
    desk: Client,
    city: City,
    editor: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(20):
        make_draft(city, city.bureau_a, editor, kind="news", title=f"动态{number}")
    with django_assert_max_num_queries(13):
        desk.get("/admin/items/")
    with django_assert_max_num_queries(12):
        desk.get("/admin/")


def test_the_writing_screen_takes_a_bounded_number_of_queries(
    desk: Client,
    city: City,
    item: Item,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(34):
        assert desk.get(edit_url(item)).status_code == 200


# --- who may not ---------------------------------------------------------------------------------

PAGES = ("edit", "preview", "history", "recall", "picture_add")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_units_item_does_not_exist_for_an_editor(
    client: Client, city: City, item: Item, name: str, method: str
) -> None:
    client.force_login(user_with(Role.EDITOR, city.bureau_b))
    response = getattr(client, method)(reverse(f"items:{name}", args=[item.pk]))
    assert response.status_code == 404


def test_changing_the_unit_inside_a_draft_does_not_open_the_door(
    client: Client, city: City, item: Item, editor: User
) -> None:
    # The stored row decides: a draft that claims another unit must not let its editors in.
    stranger = user_with(Role.EDITOR, city.bureau_b)
    revision = Item.objects.get(pk=item.pk).latest_revision
    revision.content["unit"] = city.bureau_b.pk
    revision.save(update_fields=["content"])
    client.force_login(stranger)
    assert client.get(edit_url(item)).status_code == 404
    client.force_login(editor)
    assert client.get(edit_url(item)).status_code == 200


@pytest.mark.parametrize("role", [r for r in Role.values if r != "editor"])
def test_no_other_role_enters_the_writing_desk(
    client: Client, city: City, item: Item, role: str
) -> None:
    client.force_login(user_with(role, city.bureau_a))
    for url in ("/admin/", "/admin/items/", "/admin/items/add/", edit_url(item)):
        response = client.get(url)
        assert response.status_code == 403
        assert "编辑" in response.content.decode()
    assert client.post(edit_url(item), {"title": "x"}).status_code == 403


def test_a_superuser_without_the_editor_role_does_not_enter(client: Client, item: Item) -> None:
    client.force_login(UserFactory(superuser=True))
    for url in ("/admin/", "/admin/items/", edit_url(item), "/admin/jsi18n/"):
        assert client.get(url).status_code == 403


def test_an_editor_of_yesterday_does_not_enter(client: Client, city: City, item: Item) -> None:
    person = UserFactory()
    give_role(person, Role.EDITOR, city.bureau_a, valid_to=DAY - timedelta(days=1))
    client.force_login(person)
    assert client.get(edit_url(item)).status_code == 403


def test_visitors_are_sent_to_the_one_login(client: Client, item: Item) -> None:
    for url in ("/admin/", "/admin/items/", edit_url(item)):
        response = client.get(url)
        assert response["Location"].startswith("/desk/login/?next=/admin/")


def test_services_refuse_strangers_too(city: City, item: Item) -> None:
    stranger = member(user_with(Role.EDITOR, city.bureau_b))
    reviewer = member(user_with(Role.FIRST_REVIEWER, city.bureau_a))
    from gongkai.core.errors import NotVisible

    for person, error in ((stranger, NotVisible), (reviewer, PermissionRefused)):
        with pytest.raises(error):
            drafting.attachment_add(
                item_id=item.pk, filename="a.csv", data=b"a,b\n", member=person, now=moment()
            )
        with pytest.raises(error):
            drafting.attachment_remove(
                item_id=item.pk, sha256="0" * 64, member=person, now=moment()
            )
        with pytest.raises(error):
            drafting.picture_add(
                item_id=item.pk, filename="a.png", data=PNG, member=person, now=moment()
            )
    with pytest.raises(PermissionRefused):
        drafting.item_from_word(
            unit=city.bureau_a, kind=city.kinds["policy"], filename="a.docx",
            data=docx_bytes("题"), member=stranger, now=moment(),
        )  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "pages/", "images/", "documents/", "reports/", "settings/", "users/", "groups/",
        "workflows/list/", "redirects/", "collections/", "account/", "login/", "logout/",
        "password_reset/", "snippets/", "bulk/publishing/item/delete/?id=1", "items/delete/1/",
        "items/copy/1/", "items/unpublish/1/", "items/usage/1/", "items/publish/1/",
        "items/edit/1/lock/", "api/main/pages/", "choose-page/", "reports/site-history/", "help/",
        "dismissibles/", "tag-autocomplete/", "failwhale/", "block-preview/",
    ],
)  # fmt: skip
def test_the_rest_of_wagtails_admin_is_not_there(desk: Client, item: Item, path: str) -> None:
    assert desk.get(f"/admin/{path}").status_code == 404
    assert desk.post(f"/admin/{path}").status_code == 404


# --- language ------------------------------------------------------------------------------------

LATIN = re.compile(r"[A-Za-z]{2,}(?:[ ,.;:'’-]+[A-Za-z]{2,})+")
ALLOWED = {"PDF", "OFD", "Word", "Excel", "TXT", "CSV", "docx", "KB", "MB"}


def visible_text(html: str) -> str:
    """Everything a person sees or hears on a page, text and labels, one piece a line."""
    root = lxml.html.fromstring(html)
    for hidden in root.xpath("//script|//style|//template|//svg"):
        hidden.drop_tree()
    labels = root.xpath("//@aria-label|//@title|//@placeholder|//@alt")
    return "\n".join([*root.itertext(), *labels])


def test_no_english_sentence_stands_on_the_pages_of_the_desk(
    desk: Client, city: City, item: Item, editor: User
) -> None:
    submit(make_draft(city, city.bureau_a, editor), editor)
    interpretation = make_draft(city, city.bureau_a, editor, kind="interpretation", facts={})
    pages = [
        desk.get(url)
        for url in (
            "/admin/",
            "/admin/items/",
            "/admin/items/?q=zzzz",
            "/admin/items/add/",
            edit_url(item),
            edit_url(interpretation),
            reverse("items:history", args=[item.pk]),
            reverse("items:preview", args=[item.pk]),
        )
    ]
    pages += [Client().get("/desk/login/"), Client().post("/desk/login/", {"username": "x"})]
    pages.append(desk.post("/admin/items/add/", {}))
    wrong = typed(item, editor, title="", formed_on="x", theme="zz", genre="zz", topics=["zz"])
    pages.append(desk.post(edit_url(item), {**wrong, "title": "长" * 301, "summary": "长" * 401}))
    for page in pages:
        for found in LATIN.findall(visible_text(page.content.decode())):
            words = set(re.findall(r"[A-Za-z]+", found))
            assert words <= ALLOWED, f"{page.request['PATH_INFO']}: {found}"


def test_the_language_does_not_follow_the_browser(desk: Client) -> None:
    page = desk.get("/admin/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="zh-hans"' in page
    assert "跳到正文" in page
