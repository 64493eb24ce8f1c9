"""Rows become staged rows: what is refused, what is a duplicate, and exactly once after a crash."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gongkai.core.errors import PermissionRefused, Refusal
from gongkai.legacy import preparing, sources
from gongkai.legacy.attachments import NoFiles
from gongkai.legacy.enums import IssueKind, RunStatus
from gongkai.legacy.mapping import check_mapping
from gongkai.legacy.models import ImportRun, RowIssue, StagedItem
from gongkai.legacy.services import run_abandon
from gongkai.legacy.staging import content_of
from gongkai.legacy.tests import world
from gongkai.organisations.access import Member
from gongkai.organisations.models import UnitAlias
from gongkai.publishing.models import Item
from tests.factories import City, UnitFactory, make_city, make_public, member, moment, user_with

pytestmark = pytest.mark.django_db
ID_NUMBER = "11010519491231002X"
"""The specimen number printed in GB 11643, nobody's."""


@pytest.fixture
def city() -> City:
    return make_city()


@pytest.fixture
def operator(city: City) -> Member:
    return member(user_with("operator", city.office))


def codes(run: ImportRun, kind: str = IssueKind.BAD) -> list[tuple[int, str]]:
    return list(RowIssue.objects.filter(run=run, kind=kind).values_list("row", "code"))


def staged(run: ImportRun) -> list[int]:
    return list(StagedItem.objects.filter(run=run).values_list("row", flat=True))


def one(
    city: City, operator: Member, tmp_path: Path, raw: Any = world.MAPPING, **changes: Any
) -> tuple[ImportRun, StagedItem | None]:
    path = world.write(tmp_path / "one.jsonl", [world.row(1, **changes)])
    run = world.prepared(path, unit=city.bureau_a, operator=operator, raw=raw)
    return run, StagedItem.objects.filter(run=run).first()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": ""}, "no_title"),
        ({"title": "长" * 301}, "long_title"),
        ({"date": ""}, "no_date"),
        ({"date": "昨天"}, "date"),
        ({"date": "2022-10-18"}, "not_history"),
        ({"date": "2099-01-01"}, "not_history"),
        ({"text": "　 \n "}, "no_body"),
        ({"text": f"经办人身份证号{ID_NUMBER}，已审核。"}, "privacy.resident_id"),
        ({"title": f"给{ID_NUMBER}的回复"}, "privacy.resident_id"),
        ({"text": "联系人手机13874000000"}, "privacy.mobile"),
        ({"title": ["甲", "乙"]}, "not_text"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_with_field_and_remedy(
    city: City, operator: Member, tmp_path: Path, changes: dict[str, Any], code: str
) -> None:
    run, found = one(city, operator, tmp_path, **changes)
    assert found is None
    assert codes(run) == [(1, code)]
    issue = RowIssue.objects.get(run=run)
    assert issue.field and issue.reason and issue.remedy
    # What blocks publication is not repeated to whoever may read the list.
    assert ID_NUMBER not in f"{issue.reason}{issue.remedy}{issue.title}"


def test_history_is_what_was_public_before_the_first_release_here(
    city: City, operator: Member, tmp_path: Path
) -> None:
    make_public(city, city.bureau_b, user_with("editor", city.bureau_b), now=moment(8))
    assert preparing.start_of_platform(date(2023, 5, 1)) == date(2022, 10, 18)
    _, found = one(city, operator, tmp_path, date="2022-10-17")
    assert found is not None


def test_the_content_has_the_shape_of_every_other_item(
    city: City, operator: Member, tmp_path: Path
) -> None:
    raw = world.mapping(
        kind={"value": "policy"},
        doc_no="no",
        theme={"value": "04"},
        validity="v",
        formed_on="formed",
        index_no="index",
        keywords={"from": "words", "split": "、"},
    )
    _, found = one(
        city, operator, tmp_path, raw, no="长住建发[2019]7号", v="失效", formed="2019年2月1日",
        index="A01/2019-0007", words="桥梁、限高",
    )  # fmt: skip
    assert found is not None
    content = content_of(found)
    assert content["doc_no"] == "长住建发〔2019〕7号"
    assert content["validity"] == "lapsed"
    assert content["formed_on"] == "2019-02-01"
    assert content["keywords"] == ["桥梁", "限高"]
    assert content["unit"] == city.bureau_a.code
    assert content["attribute"] == "proactive"
    assert found.index_no == "A01/2019-0007"
    assert content["body"].startswith("<p>第1号桥梁")


def test_optional_values_that_do_not_fit_are_left_out_and_told(
    city: City, operator: Member, tmp_path: Path
) -> None:
    raw = world.mapping(summary="s", effective_on="e", theme="t", index_no="i", doc_no="n")
    run, found = one(
        city, operator, tmp_path, raw, s="长" * 500, e="不详", t="没有这一类", i="？", n="无文号"
    )
    assert found is not None
    content = content_of(found)
    assert (content["summary"], content["effective_on"], content["theme"]) == ("", "", "")
    fields = set(RowIssue.objects.filter(run=run, kind="notice").values_list("field", flat=True))
    assert {"summary", "effective_on", "theme", "index_no", "doc_no"} <= fields


def test_units_are_found_by_their_names_in_time(
    city: City, operator: Member, tmp_path: Path
) -> None:
    heir = city.bureau_b
    UnitFactory(
        short_name="市旧局", full_name="长沙市旧局", valid_from=date(2010, 1, 1),
        valid_to=date(2019, 12, 31), successor=heir,
    )  # fmt: skip
    UnitAlias.objects.create(unit=city.bureau_a, name="甲局老名")
    raw = world.mapping(unit={"from": "dept", "map": {"7号部门": city.bureau_a.code}})
    rows = [
        world.row(1, dept="市旧局"), world.row(2, dept="甲局老名"), world.row(3, dept="7号部门"),
        world.row(4, dept="查无此局"), world.row(5, dept=""),
    ]  # fmt: skip
    path = world.write(tmp_path / "u.jsonl", rows)
    run = world.prepared(path, unit=city.office, operator=operator, raw=raw, fixed=False)
    found = dict(StagedItem.objects.filter(run=run).values_list("row", "unit_id"))
    assert found == {1: heir.pk, 2: city.bureau_a.pk, 3: city.bureau_a.pk}
    assert codes(run) == [(4, "unit"), (5, "unit")]


def test_a_district_office_cannot_bring_in_for_units_outside_its_district(
    city: City, operator: Member, tmp_path: Path
) -> None:
    raw = world.mapping(unit="dept")
    path = world.write(tmp_path / "d.jsonl", [world.row(1, dept=city.bureau_a.full_name)])
    run = world.prepared(path, unit=city.district_1_bureau, operator=operator, raw=raw, fixed=False)
    assert codes(run) == [(1, "unit")]


def test_the_same_record_is_taken_once(city: City, operator: Member, tmp_path: Path) -> None:
    rows = [world.row(1), world.row(2), world.row(1), world.row(2, title="另一个标题")]
    path = world.write(tmp_path / "twice.jsonl", rows)
    run = world.prepared(path, unit=city.bureau_a, operator=operator, chunk=2)
    assert staged(run) == [1, 2]
    assert codes(run, IssueKind.DUPLICATE) == [(3, "same_record"), (4, "same_record")]
    reasons = list(RowIssue.objects.filter(run=run).values_list("reason", flat=True))
    assert "内容相同" in reasons[0]
    assert "内容却不同" in reasons[1]


def test_the_same_file_is_recognised_and_a_longer_one_brings_only_what_is_new(
    city: City, operator: Member, tmp_path: Path
) -> None:
    path = world.write(tmp_path / "a.jsonl", [world.row(n) for n in (1, 2)])
    first = world.prepared(path, unit=city.bureau_a, operator=operator)
    again, existed = preparing.run_open(
        filename="copy.jsonl", fingerprint=sources.fingerprint(path), size=1,
        mapping=check_mapping(world.MAPPING), unit=city.bureau_a, fixed=True, member=operator,
        now=moment(12),
    )  # fmt: skip
    assert existed
    assert again.pk == first.pk
    longer = world.write(tmp_path / "b.jsonl", [world.row(n) for n in (1, 2, 3)])
    second = world.prepared(longer, unit=city.bureau_a, operator=operator)
    assert staged(second) == [3]
    assert codes(second, IssueKind.DUPLICATE) == [(1, "same_record"), (2, "same_record")]


def test_an_abandoned_import_leaves_the_way_free(
    city: City, operator: Member, tmp_path: Path
) -> None:
    path = world.write(tmp_path / "a.jsonl", [world.row(1)])
    run = world.prepared(path, unit=city.bureau_a, operator=operator)
    run_abandon(run_id=run.pk, member=operator, now=moment(12))
    assert not StagedItem.objects.exists()
    again = world.prepared(path, unit=city.bureau_a, operator=operator)
    assert again.pk != run.pk
    assert staged(again) == [1]


@pytest.mark.parametrize(("near", "taken"), [("keep", [1, 2, 3]), ("skip", [1])])
def test_near_duplicates_are_listed(
    city: City, operator: Member, tmp_path: Path, near: str, taken: list[int]
) -> None:
    same_head = world.row(2, title=world.row(1)["title"] + "。", date="2019年2月15日")
    same_text = world.row(3, text=world.row(1)["text"])
    path = world.write(tmp_path / "n.jsonl", [world.row(1), same_head, same_text])
    raw = {**world.MAPPING, "near_duplicates": near}
    run = world.prepared(path, unit=city.bureau_a, operator=operator, raw=raw)
    assert staged(run) == taken
    kind = IssueKind.NEAR if near == "keep" else IssueKind.DUPLICATE
    assert [number for number, _ in codes(run, kind)] == [2, 3]


def test_a_document_number_belongs_to_one_document(
    city: City, operator: Member, tmp_path: Path
) -> None:
    item = make_public(city, city.bureau_a, user_with("editor", city.bureau_a))
    raw = world.mapping(kind={"value": "policy"}, doc_no="no")
    rows = [
        world.row(1, no=item.doc_no), world.row(2, no="长建发〔2019〕1号"),
        world.row(3, no="长建发(2019)1号"),
    ]  # fmt: skip
    run = world.prepared(
        world.write(tmp_path / "n.jsonl", rows), unit=city.bureau_a, operator=operator, raw=raw
    )
    assert staged(run) == [2]
    assert codes(run, IssueKind.DUPLICATE) == [(1, "doc_no_taken"), (3, "doc_no_taken")]


class Killed(Exception):
    """The process dies here."""


def lines(number: int) -> list[dict[str, Any]]:
    return [world.row(n) if n % 4 else world.row(n, date="?") for n in range(1, number + 1)]


def figures(run: ImportRun) -> tuple[list[int], list[tuple[int, str]], dict[str, Any], str]:
    return staged(run), codes(run), run.counts, run.manifest


@pytest.mark.parametrize("stop_after", [1, 2, 4])
def test_killed_between_chunks_and_resumed_is_exactly_once(
    city: City, operator: Member, tmp_path: Path, stop_after: int
) -> None:
    path = world.write(tmp_path / "k.jsonl", lines(14))
    seen = 0

    def die(tally: preparing.Tally) -> None:
        nonlocal seen
        seen += 1
        if seen == stop_after:
            raise Killed

    with pytest.raises(Killed):
        world.prepared(path, unit=city.bureau_a, operator=operator, progress=die)
    half = ImportRun.objects.get()
    assert half.status == RunStatus.PREPARING
    assert half.cursor == stop_after * 3
    run = world.prepared(path, unit=city.bureau_a, operator=operator)
    assert run.pk == half.pk
    assert run.status == RunStatus.PREPARED
    whole = figures(run)
    run_abandon(run_id=run.pk, member=operator, now=moment(12))
    straight = world.prepared(path, unit=city.bureau_a, operator=operator)
    assert figures(straight)[0] == whole[0] == [n for n in range(1, 15) if n % 4]
    assert figures(straight)[1] == whole[1]
    assert figures(straight)[2] == whole[2]


def test_killed_in_the_middle_of_a_chunk_stores_nothing_of_it(
    city: City, operator: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = world.write(tmp_path / "k.jsonl", lines(8))
    real = ImportRun.save
    calls = 0

    def die(self: ImportRun, *args: Any, **kwargs: Any) -> None:
        nonlocal calls
        calls += 1
        # The first save opens the run, the second ends chunk one; rows of chunk two are written.
        if calls == 3:
            raise Killed
        real(self, *args, **kwargs)

    monkeypatch.setattr(ImportRun, "save", die)
    with pytest.raises(Killed):
        world.prepared(path, unit=city.bureau_a, operator=operator)
    monkeypatch.undo()
    half = ImportRun.objects.get()
    assert StagedItem.objects.filter(row__gt=half.cursor).count() == 0
    run = world.prepared(path, unit=city.bureau_a, operator=operator)
    assert staged(run) == [1, 2, 3, 5, 6, 7]
    assert codes(run) == [(4, "date"), (8, "date")]
    assert run.count("read") == 8


def test_two_processes_cannot_read_the_same_run(
    city: City, operator: Member, tmp_path: Path
) -> None:
    path = world.write(tmp_path / "k.jsonl", lines(8))

    def other(tally: preparing.Tally) -> None:
        ImportRun.objects.update(cursor=99)

    with pytest.raises(Refusal, match="另一个进程"):
        world.prepared(path, unit=city.bureau_a, operator=operator, progress=other)


def test_a_dry_run_finds_the_same_and_writes_nothing(
    city: City, operator: Member, tmp_path: Path
) -> None:
    rows = [*lines(9), world.row(1)]
    path = world.write(tmp_path / "k.jsonl", rows)
    shop = preparing.shop_for(
        mapping=check_mapping(world.MAPPING), unit=city.bureau_a, fixed=True, files=NoFiles(),
        now=moment(9), keep=False,
    )  # fmt: skip
    tally = preparing.rehearse(rows=sources.rows(sources.look(path)), shop=shop, chunk=4)
    assert not ImportRun.objects.exists()
    assert not StagedItem.objects.exists()
    run = world.prepared(path, unit=city.bureau_a, operator=operator)
    for name in ("read", "staged", "bad", "duplicate"):
        assert tally.counts[name] == run.count(name)


def test_limit_ends_the_run_early(city: City, operator: Member, tmp_path: Path) -> None:
    path = world.write(tmp_path / "k.jsonl", [world.row(n) for n in range(1, 9)])
    run = world.prepared(path, unit=city.bureau_a, operator=operator, limit=5, chunk=2)
    assert (run.status, run.count("read")) == (RunStatus.PREPARED, 5)


def test_files_come_from_the_folder_by_path_or_name_and_missing_ones_are_listed(
    city: City, operator: Member, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    (folder / "up" / "2019").mkdir(parents=True)
    (folder / "up" / "2019" / "清单.csv").write_text("项目,金额\n桥梁,3\n", encoding="utf-8")
    raw = world.mapping(attachments={"from": "files", "split": ";"})
    path = world.write(
        tmp_path / "f.jsonl",
        [
            world.row(1, files="http://old.example.gov.cn/up/2019/%E6%B8%85%E5%8D%95.csv;/no.doc"),
            world.row(2, files="../../../etc/passwd", text=""),
        ],
    )
    run = world.prepared(path, unit=city.bureau_a, operator=operator, raw=raw, folder=folder)
    content = content_of(StagedItem.objects.get(run=run))
    assert [f["filename"] for f in content["attachments"]] == ["清单.csv"]
    assert codes(run, IssueKind.FILE) == [(1, "missing_file")]
    assert codes(run) == [(2, "no_body")]


def test_a_file_that_gives_people_away_keeps_its_row_out(
    city: City, operator: Member, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.csv").write_text(f"姓名,身份证号\n某人,{ID_NUMBER}\n", encoding="utf-8")
    raw = world.mapping(attachments="files")
    path = world.write(tmp_path / "f.jsonl", [world.row(1, files="a.csv")])
    run = world.prepared(path, unit=city.bureau_a, operator=operator, raw=raw, folder=folder)
    assert codes(run) == [(1, "file")]
    assert ID_NUMBER not in RowIssue.objects.get(run=run).reason


def test_files_in_the_archive_are_found(city: City, operator: Member, tmp_path: Path) -> None:
    path = tmp_path / "old.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.jsonl", json.dumps(world.row(1, files="附件/表.csv")))
        archive.writestr("附件/表.csv", "a,b\n1,2\n")
    raw = world.mapping(attachments="files")
    run = world.prepared(path, unit=city.bureau_a, operator=operator, raw=raw)
    assert len(content_of(StagedItem.objects.get(run=run))["attachments"]) == 1


def test_html_goes_through_the_sanitizer(city: City, operator: Member, tmp_path: Path) -> None:
    raw = world.mapping(body={"from": "text", "as": "html"})
    html = '<p onclick="x()">正文<script>alert(1)</script><img src="/p.png"></p>'
    run, found = one(city, operator, tmp_path, raw, text=html)
    assert found is not None
    assert content_of(found)["body"] == "<p>正文</p>"
    assert codes(run, IssueKind.FILE) == [(1, "missing_file")]


def test_links_between_old_pages_lead_to_the_new_site(
    city: City, operator: Member, tmp_path: Path
) -> None:
    raw = world.mapping(body={"from": "text", "as": "html"})
    html = (
        '<p><a href="2.html">二</a><a href="http://old.example.gov.cn/art/404.html">没有</a>'
        '<a href="https://www.hunan.gov.cn/x">外站</a></p>'
    )
    path = world.write(tmp_path / "l.jsonl", [world.row(1, text=html), world.row(2)])
    run = world.prepared(path, unit=city.bureau_a, operator=operator, raw=raw)
    body = content_of(StagedItem.objects.get(run=run, row=1))["body"]
    assert '<a href="/art/2.html">二</a>' in body
    assert '<a href="http://old.example.gov.cn/art/404.html">' in body
    assert '<a href="https://www.hunan.gov.cn/x">' in body
    assert run.count("outside_links") == 1


@pytest.mark.parametrize("role", ["editor", "final_reviewer", "secrecy_reviewer", "case_officer"])
def test_only_operators_and_supervisors_prepare(city: City, tmp_path: Path, role: str) -> None:
    path = world.write(tmp_path / "a.jsonl", [world.row(1)])
    person = member(user_with(role, city.bureau_a))
    with pytest.raises(PermissionRefused):
        world.prepared(path, unit=city.bureau_a, operator=person)
    assert not ImportRun.objects.exists()


def test_a_supervisor_of_another_district_cannot_prepare(city: City, tmp_path: Path) -> None:
    path = world.write(tmp_path / "a.jsonl", [world.row(1)])
    person = member(user_with("supervisor", city.district_2_bureau))
    with pytest.raises(PermissionRefused):
        world.prepared(path, unit=city.district_1_bureau, operator=person)
    own = member(user_with("supervisor", city.district_1_bureau))
    assert world.prepared(path, unit=city.district_1_bureau, operator=own).count("staged") == 1


def test_a_unit_that_has_ended_answers_for_nothing(
    city: City, operator: Member, tmp_path: Path
) -> None:
    path = world.write(tmp_path / "a.jsonl", [world.row(1)])
    with pytest.raises(Refusal, match="已停用"):
        world.prepared(path, unit=UnitFactory(ended=True), operator=operator)


def test_nothing_is_public_and_no_item_exists_before_approval(
    city: City, operator: Member, tmp_path: Path
) -> None:
    one(city, operator, tmp_path)
    assert not Item.objects.exists()
