"""A kind is data: loaded from a file, written, reviewed, released and shown without any code."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gongkai.core.codes import resident_id_check_character
from gongkai.core.errors import InvalidInput, Refusal
from gongkai.organisations.enums import UnitLevel
from gongkai.publishing import services
from gongkai.publishing.loading import REFERENCE, load_kinds
from gongkai.publishing.models import Item, ItemKind, ItemLink, NumberClaim
from gongkai.publishing.rules_screening import PROFILES
from gongkai.publishing.tests.conftest import NOW, Bureau
from tests.factories import UnitFactory, member, user_with

LAKE = {
    "key": "lake",
    "name": "河湖名录",
    "group": "service",
    "text": "一条河、一个湖的基本情况和河长。",
    "required": ["title", "formed_on"],
    "doc_no": "none",
    "template": "<h2>基本情况</h2><p>【请写：位置和面积】</p>",
    "schema": [
        {"name": "chief", "label": "河长", "type": "text", "required": True, "head": True},
        {"name": "points", "label": "监测点", "type": "rows", "columns": [
            {"name": "place", "label": "位置", "type": "text", "required": True},
            {"name": "grade", "label": "水质", "type": "text"}]},
        {"name": "no", "label": "河湖编号", "type": "text", "claim": "lake_no"},
    ],
    "distinct_by": "no",
    "levels": ["city", "district"],
    "page": {"heading": "河湖情况", "noun": "河湖"},
}  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path, bureau: Bureau) -> ItemKind:
    path = tmp_path / "kinds.json"
    path.write_text(json.dumps([LAKE], ensure_ascii=False), encoding="utf-8")
    assert load_kinds(path) == 1
    return ItemKind.objects.get(key="lake")


def write(bureau: Bureau, kind: str, facts: dict[str, Any], **content: Any) -> Item:
    return services.item_create(
        unit=bureau.city.bureau_a,
        kind=ItemKind.objects.get(key=kind),
        content={"title": "浏阳河", "formed_on": "2022-10-10", "facts": facts, **content},
        member=member(bureau.editor),
        now=NOW,
    )


GOOD = {"chief": "市级河长（演示）", "no": "HH—1", "points": [{"place": "三角洲", "grade": "Ⅲ类"}]}


def test_a_new_kind_needs_a_file_and_nothing_else(
    bureau: Bureau, lake: ItemKind, client: Client
) -> None:
    item = write(bureau, "lake", {**GOOD})
    item = bureau.pass_all(bureau.submit(item))
    assert item.visibility == "public"
    page = client.get(f"/nr/{item.pk}/").content.decode()
    for words in ("河湖情况", "市级河长（演示）", "三角洲", "Ⅲ类", "河湖名录"):
        assert words in page
    listed = client.get("/zx/?kind=lake").content.decode()
    assert f"/nr/{item.pk}/" in listed


def test_the_writing_form_offers_the_fields_of_a_new_kind(
    bureau: Bureau, lake: ItemKind, client: Client
) -> None:
    client.force_login(bureau.editor)
    start = client.get("/admin/items/add/").content.decode()
    assert "河湖名录" in start and LAKE["text"] in start and "服务与民生" in start
    sent = {"unit": bureau.city.bureau_a.pk, "kind": lake.pk, "title": "湘江", "start": "blank"}
    made = client.post("/admin/items/add/", sent, follow=True).content.decode()
    assert "河长" in made and "监测点" in made and "【请写：位置和面积】" in made
    item = Item.objects.get(title="湘江")
    data = {
        "base": item.latest_revision_id, "title": "湘江", "formed_on": "2022-10-10",
        "fact_chief": "演示", "fact_points-rows": "4", "fact_points-0-place": "橘子洲",
        "fact_points-2-place": "岳麓", "fact_points-2-grade": "Ⅱ类",
        "fact_points-paste": "开福\tⅢ类\n\n", "body": "", "action": "save",
    }  # fmt: skip
    assert client.post(f"/admin/items/edit/{item.pk}/", data).status_code == 302
    facts = services.working_copy(Item.objects.get(pk=item.pk)).facts
    assert facts["points"] == [
        {"place": "橘子洲"},
        {"place": "岳麓", "grade": "Ⅱ类"},
        {"place": "开福", "grade": "Ⅲ类"},
    ]
    again = client.get(f"/admin/items/edit/{item.pk}/").content.decode()
    assert 'value="Ⅱ类"' in again and 'name="fact_points-5-place"' in again


def test_what_the_kind_asks_for_is_named_by_its_label(bureau: Bureau, lake: ItemKind) -> None:
    item = write(bureau, "lake", {"points": [{"grade": "Ⅲ类"}]})
    with pytest.raises(InvalidInput) as refused:
        bureau.submit(item)
    said = refused.value.fields
    assert said["facts.chief"] == ["请填写“河长”。"]
    assert said["facts.points"] == ["“监测点”第 1 行缺少“位置”。"]


def test_template_hints_that_were_left_standing_keep_a_draft_back(
    bureau: Bureau, lake: ItemKind
) -> None:
    item = write(bureau, "lake", {**GOOD}, body=lake.template)
    with pytest.raises(InvalidInput, match="模板提示"):
        bureau.submit(item)


def test_a_number_in_the_facts_is_claimed_once_and_given_back(
    bureau: Bureau, lake: ItemKind
) -> None:
    first = write(bureau, "lake", {**GOOD})
    with pytest.raises(InvalidInput, match="已经用于另一份"):
        write(bureau, "lake", {**GOOD, "no": "hh-1"})
    bureau.edit(first, facts={**GOOD, "no": "HH-2"})
    assert list(NumberClaim.objects.values_list("value", flat=True)) == ["HH-2"]
    write(bureau, "lake", {**GOOD})


def test_a_level_that_does_not_issue_a_kind_is_refused(bureau: Bureau, lake: ItemKind) -> None:
    village = UnitFactory(level=UnitLevel.VILLAGE)
    with pytest.raises(Refusal, match="村级单位，不制作"):
        services.item_create(
            unit=village, kind=lake, content={"title": "塘"},
            member=member(user_with("editor", village)), now=NOW,
        )  # fmt: skip


FUNCTIONS = {
    "org_name": "市财政局", "duties": ["管钱"], "departments": [{"name": "办公室"}],
    "address": "演示路1号", "hours": "工作日", "phone": "0731-80001501",
    "contact": "传真同电话", "head": "某局长（演示）",
}  # fmt: skip


def test_of_standing_information_a_unit_has_one_current_item(bureau: Bureau) -> None:
    first = bureau.pass_all(bureau.submit(write(bureau, "functions", FUNCTIONS)))
    assert first.reviewed_on == NOW.date()
    second = write(bureau, "functions", {**FUNCTIONS, "head": "新局长"})
    with pytest.raises(Refusal) as refused:
        bureau.submit(second)
    assert f"编号 {first.pk}" in refused.value.reason and "修改后送审" in refused.value.remedy
    # The one there is can be changed and released again.
    bureau.edit(first, facts={**FUNCTIONS, "head": "新局长"}, change_kind="update",
                change_note="负责人变动")  # fmt: skip
    assert bureau.pass_all(bureau.submit(first)).version == 2


def test_a_second_draft_waits_for_the_one_under_review(bureau: Bureau) -> None:
    bureau.submit(write(bureau, "functions", FUNCTIONS))
    with pytest.raises(Refusal, match="已有一份在审核"):
        bureau.submit(write(bureau, "functions", FUNCTIONS))


def test_there_is_one_page_for_each_leader_not_for_each_unit(bureau: Bureau) -> None:
    def leader(name: str) -> Item:
        facts = {"name": name, "post": "局长", "duty": "全面工作", "resume": ["2019年任现职"]}
        return write(bureau, "leader", facts, title=name)

    bureau.pass_all(bureau.submit(leader("甲某")))
    bureau.pass_all(bureau.submit(leader("乙某")))
    with pytest.raises(Refusal, match="领导信息“甲某”已经公开"):
        bureau.submit(leader("甲某"))


def test_personal_numbers_block_inside_tables_too(bureau: Bureau) -> None:
    body = "43010219900307" + "001"
    number = body + resident_id_check_character(body)
    people = [{"name": "某甲", "post": "岗位", "note": f"身份证号{number}"}]
    facts = {"matter": "publicity", "people": people}
    item = write(bureau, "personnel", facts, body="<p>公示拟聘人员。</p>")
    with pytest.raises(InvalidInput) as refused:
        bureau.submit(item)
    assert "身份证" in str(refused.value.fields["facts"])
    assert number not in str(refused.value.fields)


def test_every_relation_a_kind_names_becomes_a_link(bureau: Bureau, client: Client) -> None:
    old = bureau.public(title="旧办法")
    new = bureau.draft(title="新办法", doc_no="长财发〔2022〕8号", facts={"repeals": [old.pk]})
    new = bureau.pass_all(bureau.submit(new))
    link = ItemLink.objects.get(source=new)
    assert (link.target_id, link.relation) == (old.pk, "repeals")
    page = client.get(f"/nr/{old.pk}/").content.decode()
    assert "已被新文件废止" in page and f"/nr/{new.pk}/" in page
    assert "还没有解读" in page  # a repeal is no interpretation
    bureau.edit(new, facts={}, change_kind="correction", change_note="误写")
    bureau.pass_all(bureau.submit(new))
    assert not ItemLink.objects.filter(source=new).exists()


def test_the_editors_of_a_repealed_document_are_told(bureau: Bureau) -> None:
    from gongkai.messaging.models import Message

    old = bureau.public(title="旧办法")
    new = bureau.draft(title="新办法", doc_no="长财发〔2022〕8号", facts={"repeals": [old.pk]})
    bureau.pass_all(bureau.submit(new))
    [told] = Message.objects.filter(kind="publishing.ended_by")
    assert told.recipient == bureau.editor and "旧办法" in told.title


# --- the reference file --------------------------------------------------------------------------

ENTRIES = json.loads(REFERENCE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["key"])
def test_a_reference_kind_is_whole(entry: dict[str, Any], db: None) -> None:
    assert entry["text"].endswith("。") and len(entry["text"]) <= 60
    assert entry.get("screening", "standard") in PROFILES
    rule = entry.get("due_rule") or {"basis": "条例"}
    assert rule["basis"]
    if entry.get("standing") or entry["key"] == "leader":
        assert entry["review_days"] == 365
    if "body" in entry["required"] and entry["key"] not in ("policy", "notice", "news"):
        assert "【请写：" in entry["template"]


def test_loading_is_repeatable_and_keeps_local_kinds(
    bureau: Bureau, lake: ItemKind, tmp_path: Path
) -> None:
    before = ItemKind.objects.count()
    load_kinds()
    assert ItemKind.objects.count() == before
    path = tmp_path / "again.json"
    path.write_text(json.dumps([{**LAKE, "text": "", "levels": []}]), encoding="utf-8")
    load_kinds(path)
    lake.refresh_from_db()
    assert (lake.text, lake.levels) == ("", [])


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[", "读不出"),
        ("{}", "应为种类的列表"),
        ('[{"key": "a", "name": "甲", "required": [], "colour": 1}]', "不认识 colour"),
    ],
)
def test_a_faulty_file_is_refused_whole(
    tmp_path: Path, bureau: Bureau, text: str, part: str
) -> None:
    path = tmp_path / "kinds.json"
    path.write_text(text, encoding="utf-8")
    before = ItemKind.objects.count()
    with pytest.raises(InvalidInput, match=part):
        load_kinds(path)
    assert ItemKind.objects.count() == before


def test_an_outside_address_is_opened_only_after_a_notice(bureau: Bureau, client: Client) -> None:
    facts = {
        "audience": "老人", "conditions": ["年满65岁"], "steps": ["取号"], "limit": "当场",
        "materials": [{"name": "身份证", "form": "原件"}], "fee": "不收费", "place": "大厅",
        "phone": "0731-80001501", "online": "https://zwfw.example.cn/a",
    }  # fmt: skip
    item = write(bureau, "service", facts, summary="怎么办", contact="0731-80001501")
    item = bureau.pass_all(bureau.submit(item))
    page = client.get(f"/nr/{item.pk}/").content.decode()
    assert 'href="https://zwfw' not in page and f"/nr/{item.pk}/likai/online/" in page
    notice = client.get(f"/nr/{item.pk}/likai/online/").content.decode()
    assert "即将离开本网站" in notice and 'href="https://zwfw.example.cn/a"' in notice
    for name in ("phone", "nothing", "audience"):
        assert client.get(f"/nr/{item.pk}/likai/{name}/").status_code == 404


def test_a_government_address_opens_without_a_notice(bureau: Bureau, client: Client) -> None:
    facts = {
        "audience": "老人", "conditions": ["年满65岁"], "steps": ["取号"], "limit": "当场",
        "materials": [{"name": "身份证", "form": "原件"}], "fee": "不收费", "place": "大厅",
        "phone": "0731-80001501", "online": "https://zwfw.changsha.gov.cn/a",
    }  # fmt: skip
    item = write(bureau, "service", facts, summary="怎么办", contact="0731-80001501")
    item = bureau.pass_all(bureau.submit(item))
    answer = client.get(f"/nr/{item.pk}/likai/online/")
    assert answer.status_code == 302 and answer["Location"] == "https://zwfw.changsha.gov.cn/a"


# --- video ---------------------------------------------------------------------------------------

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d4944415478da6364f8cf500f0003830181b0d6d4f60000000049454e44ae426082"
)
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\n大家好\n".encode()


def test_a_video_is_served_with_captions_poster_and_transcript(
    bureau: Bureau, client: Client
) -> None:
    from gongkai.publishing import drafting

    item = write(bureau, "video", {}, summary="学急救")
    shas = {}
    for name, data in (("片.mp4", MP4), ("封面.png", PNG), ("字幕.vtt", VTT)):
        drafting.attachment_add(
            item_id=item.pk, filename=name, data=data, member=member(bureau.editor), now=NOW
        )
        entries = services.working_copy(Item.objects.get(pk=item.pk)).attachments
        shas[name] = entries[-1]["sha256"]
    facts = {"poster": shas["封面.png"], "poster_text": "一台机器", "transcript": "大家好。",
             "seconds": 75}  # fmt: skip
    bureau.edit(item, facts=facts)
    with pytest.raises(InvalidInput, match="请选择“视频文件”，或者填写“播放网址”"):
        bureau.submit(item)
    facts |= {"file": shas["片.mp4"]}
    bureau.edit(item, facts=facts)
    with pytest.raises(InvalidInput, match="请选择“字幕文件”，或者勾选“画面里已有字幕”"):
        bureau.submit(item)
    bureau.edit(item, facts={**facts, "captions": shas["字幕.vtt"]})
    item = bureau.pass_all(bureau.submit(item))
    page = client.get(f"/nr/{item.pk}/").content.decode()
    for part in ("<video controls", 'kind="captions"', "poster=", "大家好。", "1 分 15 秒"):
        assert part in page
    film = client.get(f"/files/item/{item.pk}/{shas['片.mp4'][:16]}/a.mp4")
    assert film.status_code == 200 and film["Content-Type"] == "video/mp4"
    words = client.get(f"/files/item/{item.pk}/{shas['字幕.vtt'][:16]}/a.vtt")
    assert words["Content-Type"].startswith("text/vtt")
