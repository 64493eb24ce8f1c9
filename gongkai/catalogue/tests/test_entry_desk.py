"""The desk screens of the catalogues, the command, and the public pages."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gongkai.catalogue.entries import absences
from gongkai.catalogue.entries.models import (
    CatalogueImport,
    Entry,
    EntryAbsence,
    EntryLink,
    EntryUnit,
)
from gongkai.catalogue.entries.sheets import read_file
from gongkai.catalogue.tests.entry_town import Town
from gongkai.catalogue.tests.tables import row, table
from gongkai.organisations.enums import Role
from gongkai.organisations.models import User
from gongkai.publishing.forms import ItemForm
from gongkai.publishing.models import Item
from tests.factories import DAY, make_draft, moment, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings: object) -> None:
    settings.DEMO_DATE = DAY  # type: ignore[attr-defined]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def keeper(town: Town) -> Client:
    return signed_in(User.objects.get(pk=town.keeper.actor.user_id))


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    response = client.get(reverse(f"catalogue-desk:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_table_is_handed_in_looked_at_and_confirmed(town: Town) -> None:
    client = keeper(town)
    assert "还没有目录" in page(client, "imports")
    data = table(row(), row(n="2", item2="招生结果", limit="及时公开"), row(n="3", elements=""))
    answer = client.post(
        reverse("catalogue-desk:imports"),
        {"owner": town.city.government.pk, "file": SimpleUploadedFile("目录.xlsx", data)},
    )
    opened = CatalogueImport.objects.get()
    assert answer.status_code == 302 and answer["Location"].endswith(f"/imports/{opened.pk}/")
    text = page(client, "import", opened.pk)
    assert "读出 2 个事项" in text and "1 处没有读入" in text
    assert "第 5 行 D 列（公开内容（要素））" in text
    assert text.index("招生结果") < text.index("学校招生方案"), "doubtful rows come first"
    client.post(reverse("catalogue-desk:confirm", args=[opened.pk]))
    assert Entry.objects.count() == 2
    assert "已确认" in page(client, "import", opened.pk)
    assert client.post(reverse("catalogue-desk:confirm", args=[opened.pk])).status_code == 409


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        (
            "目录.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"),
            "另存为",
        ),
        ("目录.xlsx", b"", "空的"),
        ("目录.csv", b"a,b", "不能作为目录导入"),
        ("目录.xlsx", b"PK\x03\x04", "不能作为目录导入"),
    ],
)
def test_a_wrong_file_is_answered_with_the_remedy(
    town: Town,
    name: str,
    data: bytes,
    words: str,
) -> None:
    answer = keeper(town).post(
        reverse("catalogue-desk:imports"),
        {"owner": town.city.government.pk, "file": SimpleUploadedFile(name, data)},
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_the_board_shows_the_most_urgent_first_and_narrows(town: Town) -> None:
    town.bring_in(
        row(), row(n="2", item2="每季情况", limit="每季度结束后5个工作日内"),
        row(n="3", item2="进展", limit="按进展"),
    )  # fmt: skip
    town.publish(town.entry("进展").code)
    client = signed_in(town.editor_user)
    text = page(client, "board")
    assert "1 期逾期" in text and "1 期三个工作日内到期" in text
    assert text.index("每季情况") < text.index("学校招生方案") < text.index("招生管理·进展")
    only = page(client, "board", query="?state=published")
    assert "招生管理·进展" in only and "每季情况" not in only
    assert "没有符合条件的事项" in page(client, "board", query="?field=jiuye")
    assert page(client, "board", query="?state=x&unit=a&period=9&field=%00")


def test_somebody_without_entries_is_told_so(town: Town) -> None:
    client = signed_in(user_with(Role.EDITOR, town.city.bureau_b))
    assert "没有由本单位公开的事项" in page(client, "board")


def test_the_overview_lists_units_and_what_has_to_be_named(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果", units="相关部门"))
    text = page(keeper(town), "overview")
    assert "市财政局" in text and "公开主体待指定 1 项" in text
    assert "还没有公开目录" in page(
        signed_in(user_with(Role.SUPERVISOR, town.city.district_1)), "overview"
    )


def test_the_entry_page_explains_the_day_with_the_calendar(town: Town) -> None:
    town.bring_in(row())
    client = signed_in(town.editor_user)
    text = page(client, "entry", town.entry().pk)
    assert "从2022年9月20日的次日起算，第20个工作日为2022年10月21日" in text
    assert "招生计划" in text and "中华人民共和国义务教育法" in text
    assert 'class="cal"' in text


def _act(client: Client, town: Town, act: str, **data: object) -> int:
    url = reverse("catalogue-desk:entry-act", args=[town.entry().pk, act])
    return client.post(url, {"unit": town.city.bureau_a.pk, **data}).status_code


def test_an_editor_links_asks_and_the_reviewer_decides_on_the_page(town: Town) -> None:
    town.bring_in(row())
    item = town.publish()
    client = signed_in(town.editor_user)
    assert _act(client, town, "link", record=f"/nr/{item.pk}/") == 302
    assert EntryLink.objects.get().subject_id == item.pk
    assert _act(client, town, "link", record="不是编号") == 422
    assert _act(client, town, "absence", period="2023", reason="明年不再办理这一事项。") == 302
    asked = EntryAbsence.objects.get()
    reviewer = signed_in(town.people["final"])
    assert "批准无此事项" in page(reviewer, "entry", town.entry().pk)
    refuse = reverse("catalogue-desk:absence-act", args=[asked.pk, "refuse"])
    assert reviewer.post(refuse, {"remark": ""}).status_code == 422
    approve = reverse("catalogue-desk:absence-act", args=[asked.pk, "approve"])
    assert client.post(approve).status_code == 403, "nobody decides what they asked for"
    assert reviewer.post(approve).status_code == 302
    asked.refresh_from_db()
    assert asked.status == "approved"


def test_what_was_typed_stays_after_an_error(town: Town) -> None:
    town.bring_in(row())
    url = reverse("catalogue-desk:entry-act", args=[town.entry().pk, "absence"])
    answer = signed_in(town.editor_user).post(
        url, {"unit": town.city.bureau_a.pk, "period": "去年", "reason": "没有发生这一类的事情"}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "没有发生这一类的事情" in text and "期间请写成" in text


def test_units_are_named_on_the_entry_page_by_the_keeper(town: Town) -> None:
    town.bring_in(row(units="相关部门"))
    client = keeper(town)
    assert "还没有指定由谁公开" in page(client, "entry", town.entry().pk)
    assert _act(client, town, "units", names="市财政局") == 302
    assert EntryUnit.objects.get().unit == town.city.bureau_a


def test_a_stranger_of_the_unit_finds_no_entry(town: Town) -> None:
    town.bring_in(row())
    client = signed_in(user_with(Role.EDITOR, town.city.district_1_bureau))
    url = reverse("catalogue-desk:entry", args=[town.entry().pk])
    assert client.get(url).status_code == 404


def test_the_export_reads_back_as_the_same_catalogue(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果", limit="长期公开"))
    answer = keeper(town).get(reverse("catalogue-desk:export", args=[town.city.government.pk]))
    assert answer["Content-Disposition"].endswith('catalogue-20221018.xlsx"')
    rows = read_file(answer.content).sheets[0].sheet.rows
    assert [(r.item2, r.limit.n) for r in rows] == [("学校招生方案", 20), ("招生结果", 0)]


def test_the_board_takes_as_many_queries_for_many_rows_as_for_few(
    town: Town,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    town.bring_in(*[row(n=str(n), item2=f"第{n}类招生方案") for n in range(1, 60)])
    client = signed_in(town.editor_user)
    page(client, "board")
    with django_assert_max_num_queries(16):
        page(client, "board")


# --- command --------------------------------------------------------------------------------------


def test_the_command_reads_without_saving_and_imports_with_a_keeper(
    town: Town,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "目录.xlsx"
    path.write_bytes(table(row(), row(n="2", item2="坏", elements="")))
    call_command("import_catalogue", str(path), "--dry-run", "--format", "json")
    told = json.loads(capsys.readouterr().out)
    assert told["refused"][0]["where"].startswith("工作表“义务教育”第 4 行")
    assert told["sheets"][0]["rows"][0]["limit"]["n"] == 20
    assert Entry.objects.count() == 0
    username = User.objects.get(pk=town.keeper.actor.user_id).username
    call_command(
        "import_catalogue", str(path), "--owner", "changsha", "--user", username, "--confirm"
    )
    assert "已确认：市政府义务教育领域" in capsys.readouterr().out
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--dry-run"], "不能作为目录导入"),
        ([], "--owner"),
        (["--dry-run", "--field", "nothing"], "领域标识"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path: Path, arguments: list[str], words: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"not a workbook")
    with pytest.raises(CommandError, match=words):
        call_command("import_catalogue", str(path), *arguments)
    with pytest.raises(CommandError, match="读不到文件"):
        call_command("import_catalogue", str(tmp_path / "gone.xlsx"), "--dry-run")


# --- the writing desk ----------------------------------------------------------------------------


def _form(town: Town, item: Item, **data: object) -> ItemForm:
    from django.http import QueryDict

    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return ItemForm(query, item=item, member=town.editor)


def test_entries_are_chosen_by_tick_or_by_search_without_a_script(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果"))
    item = make_draft(
        town.city, town.city.bureau_a, town.editor_user, title="2022年学校招生方案公布"
    )
    blank = ItemForm(item=item, member=town.editor)
    html = str(blank["entries"])
    assert "可能符合：标题里有“学校招生方案”" in html
    assert "<datalist" in html and "义务教育·招生管理·招生结果（changsha-yiwujiaoyu-0002）" in html
    form = _form(
        town, item, title="x", entries=["changsha-yiwujiaoyu-0001"],
        entries_find=["义务教育·招生管理·招生结果（changsha-yiwujiaoyu-0002）", ""],
    )  # fmt: skip
    form.full_clean()
    assert form.content()["entries"] == ["changsha-yiwujiaoyu-0001", "changsha-yiwujiaoyu-0002"]


def test_words_that_name_no_entry_stay_typed_and_are_named(town: Town) -> None:
    town.bring_in(row())
    item = make_draft(town.city, town.city.bureau_a, town.editor_user)
    form = _form(town, item, title="x", entries_find=["没有这个事项"])
    form.full_clean()
    assert "没有这个事项" in str(form.errors["entries"])
    assert 'value="没有这个事项"' in str(form["entries"])


def test_a_unit_without_entries_sees_no_such_field(town: Town) -> None:
    item = make_draft(town.city, town.city.bureau_a, town.editor_user)
    assert "entries" not in ItemForm(item=item, member=town.editor).fields


def test_the_reviewer_reads_names_instead_of_codes(town: Town) -> None:
    from gongkai.publishing.content import content_of
    from gongkai.publishing.reading import reading_of

    town.bring_in(row())
    item = make_draft(town.city, town.city.bureau_a, town.editor_user, entries=[town.entry().code])
    label, text = reading_of(content_of(item), str(item.pk)).texts["entries"]
    assert label == "公开事项"
    assert text == "义务教育·招生管理·学校招生方案（changsha-yiwujiaoyu-0001）"


# --- the public -----------------------------------------------------------------------------------


def test_the_public_finds_the_catalogues_and_the_newest_records(town: Town) -> None:
    town.bring_in(row(), row(n="2", item2="招生结果", all="", group="在校学生家长"))
    item = town.publish(town.entry().code, town.entry("招生结果").code)
    client = Client()
    listing = client.get("/ml/").content.decode()
    assert "义务教育" in listing and "2022年10月18日" in listing
    text = client.get("/ml/yiwujiaoyu/").content.decode()
    assert text.count(f'href="/nr/{item.pk}/"') == 1, "not under the entry for a named group"
    assert "只向在校学生家长公开" in text
    assert "没有符合条件" not in client.get("/ml/yiwujiaoyu/?unit=czj").content.decode()
    assert client.get("/ml/jiuye/").status_code == 404
    assert client.get("/ml/nothing/").status_code == 404
    assert "公开目录还没有发布" in client.get("/qx/wangcheng/ml/").content.decode()
    shown = client.get(f"/nr/{item.pk}/").content.decode()
    assert "满足的公开事项" in shown and "在校学生家长" not in shown


def test_requests_and_drafts_are_never_public(town: Town) -> None:
    town.bring_in(row())
    absences.absence_request(
        entry_id=town.entry().pk, unit_id=town.city.bureau_a.pk, period="2022",
        reason="金丝雀理由不外传", member=town.editor, now=moment(9),
    )  # fmt: skip
    make_draft(
        town.city, town.city.bureau_a, town.editor_user, title="金丝雀草稿",
        entries=[town.entry().code],
    )  # fmt: skip
    for path in ("/ml/", "/ml/yiwujiaoyu/"):
        assert "金丝雀" not in Client().get(path).content.decode()


def test_the_public_table_takes_few_queries(
    town: Town,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    town.bring_in(*[row(n=str(n), item2=f"第{n}类招生方案") for n in range(1, 40)])
    town.publish(*Entry.objects.values_list("code", flat=True))
    for path, most in (("/ml/", 7), ("/ml/yiwujiaoyu/", 9)):
        with django_assert_max_num_queries(most):
            assert Client().get(path).status_code == 200
