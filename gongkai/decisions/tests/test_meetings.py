"""Meetings: what is entered once, what of it becomes public, what came of it."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Revision

from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.core.models import Fact
from gongkai.decisions import meetings, notes
from gongkai.decisions.models import AgendaItem, AgendaLink, Meeting
from gongkai.decisions.public import public_meetings
from gongkai.decisions.tests.world import World, entry, secret
from gongkai.publishing import services as publishing
from gongkai.publishing.models import Item, ItemLink, ItemVersion
from gongkai.review.models import ReviewCase
from gongkai.review.notes import notes_of
from tests.factories import member, moment, user_with

SECRET = "人防工程布局调整"


def drafted(world: World, meeting: Meeting) -> Item:
    return meetings.meeting_draft(
        meeting_id=meeting.pk, member=member(world.editor), now=moment(9, 30)
    )


def released(world: World, *agenda: Any) -> tuple[Meeting, Item]:
    meeting = world.meeting(*agenda)
    item = world.release(drafted(world, meeting))
    meeting.refresh_from_db()
    return meeting, item


def everything_of(item: Item) -> str:
    """All that is stored of an item and its reviews."""
    rows = [
        *Item.objects.filter(pk=item.pk).values(),
        *ItemVersion.objects.filter(item=item).values(),
        *Revision.objects.for_instance(item).values("content", "object_str"),
        *ReviewCase.objects.filter(subject_id=str(item.pk)).values("view", "title"),
        *Fact.objects.values("details"),
    ]
    return str(rows)


def test_only_public_matters_reach_the_item_numbered_without_a_gap(world: World) -> None:
    _, item = released(world, entry("保供方案"), secret(), entry("学位建设"))
    assert [row["topic"] for row in item.facts["topics"]] == ["保供方案", "学位建设"]
    assert SECRET not in everything_of(item) and "3项" not in everything_of(item)
    page = Client().get(f"/nr/{item.pk}/").content.decode()
    assert "保供方案" in page and "学位建设" in page and SECRET not in page
    shown = public_meetings("")[0]
    assert [m.number for m in shown.matters] == [1, 2]


def test_the_public_item_is_the_same_as_if_there_had_been_no_secret(world: World) -> None:
    with_secret = drafted(world, world.meeting(entry("甲事项"), secret(), entry("乙事项")))
    without = drafted(world, world.meeting(entry("甲事项"), entry("乙事项"), session_no=15))
    assert with_secret.facts["topics"] == without.facts["topics"]
    assert with_secret.summary.replace("14", "15") == without.summary
    assert with_secret.body.replace("14", "15") == without.body


def test_reviewers_read_beside_the_case_what_is_held_back(world: World) -> None:
    meeting = world.meeting(entry(), secret())
    case = world.submit(drafted(world, meeting))
    (note,) = notes_of("item", case.subject_id)
    assert SECRET in note.lines[1] and "第十四条" in note.lines[1] and "演示定密" in note.lines[1]
    client = Client()
    client.force_login(world.people["first"])
    page = client.get(f"/desk/review/{case.pk}/")
    assert SECRET in page.content.decode()
    assert SECRET not in str(case.view)
    stranger = user_with("first_reviewer", world.city.bureau_b)
    client.force_login(stranger)
    assert client.get(f"/desk/review/{case.pk}/").status_code == 404


def test_typing_the_secret_into_the_item_is_refused(world: World) -> None:
    item = drafted(world, world.meeting(entry(), secret()))
    for body in (f"<p>会议还研究了{SECRET}。</p>", "<p>会议研究了2项议题。</p>"):
        publishing.item_edit(
            item_id=item.pk, content={"body": body}, member=member(world.editor), now=moment(9, 40)
        )
        with pytest.raises(InvalidInput) as refused:
            world.submit(item)
        assert "body" in refused.value.fields


def test_a_matter_held_back_after_submission_stops_the_release(world: World) -> None:
    meeting = world.meeting(entry("甲事项的议题"), entry("乙事项的议题"))
    case = world.submit(drafted(world, meeting))
    rows = {row.title: row.pk for row in AgendaItem.objects.filter(meeting=meeting)}
    world.meeting(
        entry("甲事项的议题", id=rows["甲事项的议题"]),
        secret("乙事项的议题", id=rows["乙事项的议题"]),
        meeting=meeting,
    )
    with pytest.raises(Refusal, match="议题"):
        world.approve(case)
    assert Item.objects.get(pk=case.subject_id).visibility == "hidden"


def test_a_matter_withheld_later_seals_the_earlier_version(world: World) -> None:
    meeting, item = released(world, entry("甲事项的议题"), entry("乙事项的议题"))
    rows = {row.title: row.pk for row in AgendaItem.objects.filter(meeting=meeting)}
    other = world.public("plan", title="乙事项形成的文件")
    meetings.link_add(
        agenda_id=rows["乙事项的议题"], kind="formed", item_ids=[other.pk],
        member=member(world.editor), now=moment(12),
    )  # fmt: skip
    assert ItemLink.objects.filter(source=item, target=other, relation="formed").exists()
    world.meeting(
        entry("甲事项的议题", id=rows["甲事项的议题"]),
        secret("乙事项的议题", id=rows["乙事项的议题"]),
        meeting=meeting,
    )
    assert not ItemLink.objects.filter(source=item).exists()
    drafted(world, meeting)
    world.release(item, now=moment(14))
    assert Client().get(f"/nr/{item.pk}/v/1/").status_code == 404
    assert "乙事项的议题" not in Client().get(f"/nr/{item.pk}/").content.decode()


def test_links_show_on_both_pages_only_while_both_are_public(world: World) -> None:
    meeting, item = released(world, entry("甲事项的议题"))
    agenda = AgendaItem.objects.get(meeting=meeting)
    target = world.draft("plan", title="会后形成的文件", summary="形成的文件。")
    args: dict[str, Any] = {"member": member(world.editor), "now": moment(12)}
    meetings.link_add(agenda_id=agenda.pk, kind="formed", item_ids=[target.pk], **args)
    page = Client().get(f"/nr/{item.pk}/").content.decode()
    assert "会后形成的文件" not in page and public_meetings("")[0].matters[0].links == []
    world.release(target, now=moment(13))
    assert "会后形成的文件" in Client().get(f"/nr/{item.pk}/").content.decode()
    back = Client().get(f"/nr/{target.pk}/").content.decode()
    assert item.title in back and "议定它的会议" in back
    (link,) = public_meetings("")[0].matters[0].links
    assert (link.word, link.title) == ("形成的文件", "会后形成的文件")
    # A correction of the meeting's item keeps what is no part of its content.
    publishing.item_edit(
        item_id=item.pk,
        content={"contact": "0731-80001011", "change_kind": "update", "change_note": "补充电话。"},
        **args,
    )
    world.release(item, now=moment(14))
    assert ItemLink.objects.filter(source=item, relation="formed").count() == 1
    meetings.link_remove(link_id=AgendaLink.objects.get().pk, **args)
    assert not ItemLink.objects.filter(source=item).exists()


def test_a_matter_held_back_cannot_be_linked(world: World) -> None:
    meeting, _ = released(world, entry(), secret())
    other = world.public("plan")
    hidden = AgendaItem.objects.get(meeting=meeting, public=False)
    with pytest.raises(Refusal, match="不公开"):
        meetings.link_add(
            agenda_id=hidden.pk, kind="formed", item_ids=[other.pk],
            member=member(world.editor), now=moment(12),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("agenda", "words"),
    [
        ([], "至少"),
        ([entry("")], "议题"),
        ([entry(text=" ")], "议定内容"),
        ([entry(way="vote")], "议程"),
        ([entry("甲"), entry("甲")], "同名"),
        ([secret(code="because")], "七种情形"),
        ([secret(legal_basis=" ")], "依据"),
    ],
)
def test_what_an_agenda_must_say(world: World, agenda: list[Any], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        meetings.meeting_save(
            meeting_id=None, unit=world.unit, kind="executive", government="市人民政府",
            term="第十六届", session_no=1, held_on=date(2022, 10, 10), chair="市长", agenda=agenda,
            observers={}, media=[], member=member(world.editor), now=moment(9),
        )  # fmt: skip
    assert any(words in text for text in refused.value.fields["agenda"])


def test_who_may_enter_a_meeting_and_when(world: World) -> None:
    meeting = world.meeting()
    with pytest.raises(InvalidInput, match="已经登记过"):
        world.meeting()
    with pytest.raises(InvalidInput, match="今天"):
        world.meeting(held_on=date(2022, 10, 19), session_no=15)
    with pytest.raises(InvalidInput):
        world.meeting(kind="party", session_no=15)
    stranger = member(user_with("editor", world.city.bureau_b))
    with pytest.raises(NotVisible):
        meetings.meeting_draft(meeting_id=meeting.pk, member=stranger, now=moment(9))
    with pytest.raises(PermissionRefused):
        meetings.meeting_draft(
            meeting_id=meeting.pk, member=member(world.people["first"]), now=moment(9)
        )
    with pytest.raises(NotVisible):
        meetings.meeting_draft(meeting_id=0, member=stranger, now=moment(9))


def test_when_a_draft_is_not_made(world: World) -> None:
    hidden = world.meeting(secret())
    with pytest.raises(Refusal, match="没有可以公开"):
        drafted(world, hidden)
    meeting = world.meeting(entry(), session_no=15)
    item = drafted(world, meeting)
    with pytest.raises(Refusal, match="一致"):
        drafted(world, meeting)
    world.submit(item)
    with pytest.raises(Refusal, match="正在审核"):
        drafted(world, meeting)


def test_rows_can_swap_their_titles(world: World) -> None:
    meeting = world.meeting(entry("甲事项"), entry("乙事项"))
    first, second = AgendaItem.objects.filter(meeting=meeting)
    world.meeting(entry("乙事项", id=first.pk), entry("甲事项", id=second.pk), meeting=meeting)
    assert list(AgendaItem.objects.filter(meeting=meeting).values_list("pk", "title")) == [
        (first.pk, "乙事项"), (second.pk, "甲事项"),
    ]  # fmt: skip


def test_a_decided_matter_without_a_document_falls_due(world: World) -> None:
    meeting, _ = released(
        world, secret(), entry("甲事项", needs_document=True), entry("乙事项"),
        entry("丙事项", needs_document=True, decision="postponed"),
    )  # fmt: skip
    day = date(2022, 10, 18)
    assert not list(notes.documents_due(day, day))
    (due,) = notes.documents_due(day, date(2022, 11, 30))
    # 20 working days after 10 October 2022.
    assert due.due == date(2022, 11, 7) and "第 1 项" in due.title and "甲事项" not in due.title
    agenda = AgendaItem.objects.get(meeting=meeting, title="甲事项")
    meetings.link_add(
        agenda_id=agenda.pk, kind="formed", item_ids=[world.public("plan").pk],
        member=member(world.editor), now=moment(12),
    )  # fmt: skip
    assert not list(notes.documents_due(day, date(2022, 11, 30)))
