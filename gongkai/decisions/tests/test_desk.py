"""The screens of meetings, as editors, reviewers and strangers meet them."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from gongkai.decisions.models import AgendaItem, AgendaLink, Meeting
from gongkai.decisions.tests.world import World, entry, secret
from gongkai.publishing.models import Item
from tests.factories import user_with


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(world: World, **changes: Any) -> dict[str, Any]:
    rows = changes.pop("rows", [{"title": "保供稳价方案"}])
    data: dict[str, Any] = {
        "unit": world.unit.pk, "kind": "executive", "government": "市人民政府", "term": "第十六届",
        "session_no": "14", "held_on": "2022-10-10", "chair": "市长", "n_citizens": "2",
        "reports": "长沙晚报（演示）｜市政府研究保供｜2022-10-11",
        "agenda-TOTAL_FORMS": str(len(rows) + 1), "agenda-INITIAL_FORMS": "0", **changes,
    }  # fmt: skip
    for number, row in enumerate(rows):
        values = {"way": "study", "decision": "agreed", "text": "议定内容", **row}
        data |= {f"agenda-{number}-{name}": value for name, value in values.items()}
    return data


def test_a_meeting_is_entered_once_and_its_item_drafted(world: World) -> None:
    client = client_of(world.editor)
    add = reverse("decisions-desk:meeting-add")
    assert "第 3 个议题" in client.get(add).content.decode()
    hidden = {
        "title": "不公开的事项",
        "held_back": "on",
        "code": "state_secret",
        "legal_basis": "第十四条",
    }
    response = client.post(add, sent(world, rows=[{"title": "保供稳价方案"}, hidden]))
    meeting = Meeting.objects.get()
    assert response.status_code == 302 and meeting.held_on == date(2022, 10, 10)
    assert meeting.observers == [{"group": "市民代表", "count": 2}]
    assert meeting.media[0]["day"] == "2022-10-11"
    page = client.get(reverse("decisions-desk:meeting", args=[meeting.pk])).content.decode()
    assert "不公开的事项" in page and "国家秘密" in page and "其中 1 个不公开" in page
    response = client.post(reverse("decisions-desk:meeting-draft", args=[meeting.pk]))
    item = Item.objects.get()
    assert response["Location"] == reverse("items:edit", args=[item.pk])
    assert "不公开的事项" not in client.get(response["Location"]).content.decode()
    listed = client.get(reverse("decisions-desk:meetings"), {"kind": "executive"}).content.decode()
    assert meeting.name in listed
    assert meeting.name not in client.get("/desk/meetings/?kind=plenary").content.decode()


def test_what_is_missing_is_said_beside_the_form_and_nothing_is_lost(world: World) -> None:
    client = client_of(world.editor)
    response = client.post(
        reverse("decisions-desk:meeting-add"),
        sent(world, rows=[{"title": "保供稳价方案", "held_back": "on"}], held_on=""),
    )
    page = response.content.decode()
    assert response.status_code == 422 and "请填写开会日期" in page and "保供稳价方案" in page
    response = client.post(
        reverse("decisions-desk:meeting-add"),
        sent(world, rows=[{"title": "保供稳价方案", "held_back": "on"}]),
    )
    assert "七种情形" in response.content.decode() and not Meeting.objects.exists()
    for reports in ("没有标题", "报纸｜标题｜十月"):
        response = client.post(reverse("decisions-desk:meeting-add"), sent(world, reports=reports))
        assert response.status_code == 422


def test_rows_are_changed_and_taken_out(world: World) -> None:
    meeting = world.meeting(entry("甲事项"), entry("乙事项"))
    first, second = AgendaItem.objects.filter(meeting=meeting)
    client = client_of(world.editor)
    edit = reverse("decisions-desk:meeting-edit", args=[meeting.pk])
    assert "甲事项" in client.get(edit).content.decode()
    rows = [
        {"row": first.pk, "title": "甲事项改"},
        {"row": second.pk, "title": "乙事项", "DELETE": "on"},
    ]
    data = sent(world, rows=rows) | {"agenda-INITIAL_FORMS": "2"}
    assert client.post(edit, data).status_code == 302
    assert list(AgendaItem.objects.values_list("pk", "title")) == [(first.pk, "甲事项改")]


def test_links_are_made_and_taken_away_at_the_desk(world: World) -> None:
    meeting = world.meeting(entry("甲事项"), secret())
    agenda = AgendaItem.objects.get(meeting=meeting, public=True)
    target = world.public("plan", title="会后形成的文件")
    client = client_of(world.editor)
    url = reverse("decisions-desk:meeting", args=[meeting.pk])
    data = {"agenda": agenda.pk, "kind": "formed", "items": str(target.pk)}
    assert client.post(url, {**data, "items": "没有这份文件"}).status_code == 422
    assert client.post(url, {**data, "items": ""}).status_code == 422
    hidden = AgendaItem.objects.get(meeting=meeting, public=False)
    assert client.post(url, {**data, "agenda": hidden.pk}).status_code == 422
    assert client.post(url, data).status_code == 302
    link = AgendaLink.objects.get()
    assert "会后形成的文件" in client.get(url).content.decode()
    assert client.post(reverse("decisions-desk:unlink", args=[link.pk])).status_code == 302
    assert not AgendaLink.objects.exists()


def test_strangers_and_readers(world: World) -> None:
    meeting = world.meeting(entry(), secret())
    url = reverse("decisions-desk:meeting", args=[meeting.pk])
    stranger = client_of(user_with("editor", world.city.bureau_b))
    assert stranger.get(url).status_code == 404
    assert (
        stranger.get(reverse("decisions-desk:meeting-edit", args=[meeting.pk])).status_code == 404
    )
    assert meeting.name not in stranger.get("/desk/meetings/").content.decode()
    reader = client_of(world.people["secrecy"])
    page = reader.get(url).content.decode()
    assert "人防工程布局调整" in page and "修改会议登记" not in page
    assert reader.get(reverse("decisions-desk:meeting-add")).status_code == 403


def test_the_list_takes_the_same_queries_however_many_meetings(
    world: World, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = client_of(world.editor)
    for number in range(12):
        world.meeting(entry(), secret(), session_no=number + 1)
    client.get("/desk/meetings/")
    with django_assert_max_num_queries(9):
        client.get("/desk/meetings/")
