"""From a document to a ledger: read, correct, confirm; read again without losing progress."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import gongkai.demo.content as demo
from gongkai.core import facts
from gongkai.core.actors import Actor
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.core.models import Blob
from gongkai.ledger import planning
from gongkai.ledger.enums import ImportStatus, UnitRole
from gongkai.ledger.models import Assignment, LedgerTask, Plan, PlanImport, WorkPoint
from gongkai.ledger.tests.offices import (
    HEAD,
    NOW,
    PROJECTS,
    TAXES,
    TRAINING,
    Office,
    document,
)
from gongkai.organisations.enums import Role, UnitKind
from gongkai.organisations.loading import load_units
from gongkai.organisations.models import Unit
from tests.factories import UnitFactory, member, user_with

LATER = NOW + timedelta(days=60)


def point(plan: Plan, number: int) -> WorkPoint:
    return WorkPoint.objects.get(plan=plan, number=number, retired_at=None)


def tasks(plan: Plan, number: int) -> list[LedgerTask]:
    return list(point(plan, number).tasks.filter(retired_at=None))


def units(task: LedgerTask, **which: Any) -> list[str]:
    rows = task.assignments.filter(**{"active": True, **which}).select_related("unit")
    return [row.unit.short_name for row in rows.order_by("unit__order")]


# --- reading -------------------------------------------------------------------------------------


def test_reading_keeps_the_document_and_what_was_understood(office: Office) -> None:
    row = office.open(TAXES, PROJECTS, TRAINING)
    assert (row.status, row.filename, row.office) == (ImportStatus.OPEN, "yaodian.md", office.unit)
    assert row.blob.sha256 == facts.sha256_text(document(TAXES, PROJECTS, TRAINING).decode())
    assert "公开税费信息" in row.raw_text
    assert (row.parsed["year"], row.parsed["doc_no"]) == (2022, "长政务公开办发〔2022〕1号")
    assert [item["no"] for item in row.parsed["items"]] == [1, 2, 3]
    fact = facts.trail("ledger_import", row.pk)[0]
    assert fact.action == "ledger.import.opened"
    assert (fact.details["points"], fact.details["sha256"]) == (3, row.blob_id)
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (b"", "empty.md"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, "scan.png"),
        (b"PK\x03\x04 not a document", "broken.docx"),
        (b"%PDF-1.4 broken", "broken.pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.doc"),
        ("这里没有编号，只有一段话。".encode(), "prose.md"),
        (HEAD.split("## ")[0].encode(), "head-only.md"),
    ],
)
def test_a_document_that_cannot_be_read_leaves_nothing_behind(
    office: Office, data: bytes, filename: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        planning.import_open(
            office=office.unit, data=data, filename=filename, now=NOW,
            member=member(office.supervisor),
        )  # fmt: skip
    assert list(refused.value.fields) == ["file"]
    assert all(message.strip() for message in refused.value.fields["file"])
    assert not PlanImport.objects.exists()
    assert not Blob.objects.exists()
    assert not facts.Fact.objects.filter(subject_kind="ledger_import").exists()


# --- who may -------------------------------------------------------------------------------------


def _acts(office: Office, row: PlanImport) -> dict[str, Callable[[Any], Any]]:
    return {
        "open": lambda who: planning.import_open(
            office=office.unit, data=document(TAXES), filename="a.md", member=who, now=NOW
        ),
        "correct": lambda who: planning.import_correct(
            import_id=row.pk, number=1, changes={"title": "新"}, member=who, now=NOW
        ),
        "confirm": lambda who: planning.import_confirm(import_id=row.pk, member=who, now=NOW),
        "discard": lambda who: planning.import_discard(import_id=row.pk, member=who, now=NOW),
    }


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("act", ["open", "correct", "confirm", "discard"])
def test_only_the_supervisor_of_this_office_shapes_its_ledger(
    office: Office, act: str, role: str
) -> None:
    do = _acts(office, office.open(TAXES))[act]
    if role == Role.SUPERVISOR:
        do(member(user_with(role, office.unit)))
        return
    with pytest.raises(PermissionRefused, match="市政务公开办"):
        do(member(user_with(role, office.unit)))
    assert not Plan.objects.exists()


@pytest.mark.parametrize("act", ["open", "correct", "confirm", "discard"])
def test_another_office_s_supervisor_does_not(office: Office, act: str) -> None:
    do = _acts(office, office.open(TAXES))[act]
    elsewhere = [
        UnitFactory(kind=UnitKind.OFFICE, area=office.districts[0]), office.districts[0],
        office.bureaus["czj"],
    ]  # fmt: skip
    for unit in elsewhere:
        with pytest.raises(PermissionRefused):
            do(member(user_with("supervisor", unit)))
    assert PlanImport.objects.count() == 1


def test_the_city_s_office_does_not_shape_a_district_s_ledger(office: Office) -> None:
    district_office = UnitFactory(kind=UnitKind.OFFICE, area=office.districts[0])
    with pytest.raises(PermissionRefused):
        planning.import_open(
            office=district_office, data=document(TAXES), filename="a.md", now=NOW,
            member=member(office.supervisor),
        )  # fmt: skip


@pytest.mark.parametrize("act", ["correct", "confirm", "discard"])
def test_an_import_that_does_not_exist_is_not_visible(office: Office, act: str) -> None:
    do = _acts(office, PlanImport(pk=10**6))[act]
    with pytest.raises(NotVisible):
        do(member(office.supervisor))


# --- correcting ----------------------------------------------------------------------------------


def test_a_correction_leaves_the_parser_s_own_result_on_record(office: Office) -> None:
    row = office.open(TAXES)
    before = row.parsed
    office.correct(row, 1, title="公开税费优惠")
    row = office.correct(row, 1, text="改过的内容")
    assert row.parsed == before
    assert row.corrections == {"1": {"title": "公开税费优惠", "text": "改过的内容"}}
    item = planning.corrected_items(row)[0]
    assert (item["title"], item["text"], item["corrected"]) == ("公开税费优惠", "改过的内容", True)
    fact = facts.trail("ledger_import", row.pk)[-1]
    assert fact.action == "ledger.import.corrected"
    assert fact.details == {"point": 1, "changes": {"text": "改过的内容"}}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"colour": "red"}, "colour"),
        ({"no": 9}, "no"),
        ({"tasks": [{"text": ""}]}, "tasks"),
        ({"tasks": [{"text": "公开", "deadline": "2022-02-30"}]}, "tasks"),
        ({"tasks": [{"text": "公开", "deadline": "年底"}]}, "tasks"),
    ],
)
def test_a_wrong_correction_names_point_and_field(
    office: Office, changes: dict[str, Any], field: str
) -> None:
    row = office.open(TAXES)
    with pytest.raises(InvalidInput) as refused:
        office.correct(row, 1, **changes)
    assert set(refused.value.fields) == {field}
    assert "第 1 项" in refused.value.fields[field][0]
    row.refresh_from_db()
    assert row.corrections == {}


def test_a_point_that_is_not_in_the_document_cannot_be_corrected(office: Office) -> None:
    with pytest.raises(NotVisible):
        office.correct(office.open(TAXES), 2, title="新")


def test_corrected_units_replace_the_wrong_ones_everywhere(office: Office) -> None:
    row = office.open(TAXES)
    office.correct(row, 1, lead=["市审计局"], responsible=["市发展改革委"])
    plan = office.confirm(row)
    for task in tasks(plan, 1):
        assert units(task, role=UnitRole.LEAD) == ["市审计局"]
        assert units(task, role=UnitRole.RESPONSIBLE) == ["市发展改革委"]
    assert point(plan, 1).needs_naming == []


def test_a_corrected_collective_is_expanded_and_an_unknown_name_stays_open(office: Office) -> None:
    row = office.open(TRAINING)
    office.correct(row, 1, responsible=["各区县（市）人民政府", "市某某局", "市直相关单位"])
    plan = office.confirm(row)
    assert len(units(tasks(plan, 1)[0])) == 9
    assert sorted(point(plan, 1).needs_naming) == ["市某某局", "市直相关单位"]


def test_corrected_tasks_replace_the_parsed_ones(office: Office) -> None:
    row = office.open(TAXES)
    office.correct(
        row, 1, tasks=[{"text": "按月公布清单", "deadline": "2022-11-30", "recurs": "monthly"}]
    )
    task = tasks(office.confirm(row), 1)[0]
    assert (task.text, task.deadline, task.recurs) == (
        "按月公布清单",
        date(2022, 11, 30),
        "monthly",
    )


@pytest.mark.parametrize("end", ["confirm", "discard"])
def test_what_is_settled_is_not_touched_again(office: Office, end: str) -> None:
    row = office.open(TAXES)
    who = member(office.supervisor)
    _acts(office, row)[end](who)
    for act in ("correct", "confirm", "discard"):
        with pytest.raises(Refusal, match="已"):
            _acts(office, row)[act](who)


def test_what_was_discarded_reaches_no_ledger(office: Office) -> None:
    row = office.open(TAXES)
    planning.import_discard(import_id=row.pk, member=member(office.supervisor), now=NOW)
    assert not Plan.objects.exists()
    assert facts.trail("ledger_import", row.pk)[-1].action == "ledger.import.discarded"


# --- confirming ----------------------------------------------------------------------------------


def test_confirming_makes_points_tasks_and_responsible_units(office: Office) -> None:
    row = office.open(TAXES, PROJECTS, TRAINING)
    plan = office.confirm(row)
    assert (plan.year, plan.doc_no) == (2022, "长政务公开办发〔2022〕1号")
    assert plan.issued_on == date(2022, 5, 10)
    assert [p.title for p in plan.points.all()] == ["公开税费信息", "公开投资信息", "抓好培训"]
    assert [len(tasks(plan, n)) for n in (1, 2, 3)] == [2, 1, 1]
    first = tasks(plan, 1)[0]
    assert units(first, role=UnitRole.LEAD) == ["市财政局", "市税务局"]
    assert units(first, role=UnitRole.RESPONSIBLE) == [d.short_name for d in office.districts]
    assert units(tasks(plan, 3)[0]) == ["市行政审批服务局"]
    assert point(plan, 1).needs_naming == ["市直相关单位"]
    assert point(plan, 3).needs_naming == []
    row.refresh_from_db()
    assert (row.status, row.plan) == (ImportStatus.CONFIRMED, plan)
    fact = facts.trail("ledger_plan", plan.pk)[0]
    assert fact.action == "ledger.plan.confirmed"
    assert (fact.details["points"], fact.details["import"]) == (3, row.pk)


def test_a_deadline_belongs_to_its_own_task_only(office: Office) -> None:
    plan = office.plan(TAXES, TRAINING)
    without, by_year_end = tasks(plan, 1)
    assert (without.deadline, without.precision) == (None, "none")
    assert (by_year_end.deadline, by_year_end.precision) == (date(2022, 12, 31), "year")
    assert by_year_end.deadline_raw == "2022年年底前"
    assert (tasks(plan, 2)[0].recurs, tasks(plan, 2)[0].deadline) == ("yearly", None)


def test_parks_that_are_only_addressed_become_reference_rows_off(office: Office) -> None:
    plan = office.plan(TAXES)
    for task in tasks(plan, 1):
        rows = task.assignments.filter(reference=True)
        assert {r.unit.short_name for r in rows} == {"长沙高新区", "长沙经开区"}
        assert {r.active for r in rows} == {False}
        assert set(units(task)).isdisjoint({"长沙高新区", "长沙经开区"})


def test_a_document_without_a_year_is_not_confirmed(office: Office) -> None:
    head = "# 政务公开工作要点\n\n## 一、任务\n"
    row = office.open(TRAINING, head=head)
    assert row.parsed["year"] is None
    with pytest.raises(InvalidInput) as refused:
        office.confirm(row)
    assert list(refused.value.fields) == ["year"]
    assert not Plan.objects.exists()


def test_a_district_s_plan_refers_to_the_city_s_and_never_to_its_own(office: Office) -> None:
    city_plan = office.plan(TAXES)
    with pytest.raises(InvalidInput):
        office.confirm(office.open(TAXES), refers_to=city_plan)
    district = office.districts[5]
    unit = UnitFactory(short_name="望城区政务公开办", kind=UnitKind.OFFICE, area=district)
    there = Office(unit, user_with("supervisor", unit), {}, [], [])
    plan = there.confirm(there.open(TRAINING), refers_to=city_plan)
    assert plan.refers_to == city_plan
    assert Plan.objects.count() == 2


# --- the city's own document ---------------------------------------------------------------------


def test_the_city_s_document_becomes_seventeen_points_with_their_units(db: None) -> None:
    load_units(now=NOW, actor=Actor.system("test"))
    unit = Unit.objects.get(code="zwgkb")
    path = Path(demo.__file__).parent / "work_points_2022.md"
    who = member(user_with("supervisor", unit))
    row = planning.import_open(
        office=unit, data=path.read_bytes(), filename=path.name, member=who, now=NOW
    )
    planning.import_correct(import_id=row.pk, number=8, changes={"lead": ["市住房和城乡建设局"]},
                            member=who, now=NOW)  # fmt: skip
    plan = planning.import_confirm(import_id=row.pk, member=who, now=NOW)
    assert (plan.year, plan.doc_no, plan.issued_on) == (
        2022, "长政务公开办发〔2022〕1号", date(2022, 5, 10),
    )  # fmt: skip
    points = list(plan.points.order_by("number"))
    assert [p.number for p in points] == list(range(1, 18))
    assert len({p.section_title for p in points}) == 5
    leads = {p.number: p.written_lead for p in points}
    assert leads[1] == leads[6] == []
    assert leads[2] == ["市发展改革委", "市司法局", "市商务局", "市市场监督管理局"]
    assert leads[3] == ["市发展改革委", "市财政局", "市税务局"]
    assert leads[5] == ["市卫生健康委", "市委宣传部"]
    assert leads[9] == ["市司法局", "市发展改革委", "市数据资源局"]
    assert all(leads[n] == ["市行政审批服务局"] for n in (14, 15, 16, 17))
    for p in points:
        named = {
            a.unit.kind
            for a in Assignment.objects.filter(task__point=p, active=True).select_related("unit")
        }
        for task in p.tasks.all():
            districts = task.assignments.filter(active=True, unit__kind=UnitKind.DISTRICT)
            assert districts.count() == (0 if p.number == 8 else 9)
            parks = task.assignments.filter(unit__kind=UnitKind.PARK)
            assert parks.exists()
            assert not parks.filter(active=True).exists()
        assert UnitKind.PARK not in named
    assert {p.number for p in points if "市直相关单位" in p.needs_naming} == (
        set(range(1, 18)) - {8}
    )
    dated = LedgerTask.objects.exclude(deadline=None).values_list("point__number", "deadline")
    assert set(dated) == {(9, date(2022, 12, 31)), (13, date(2022, 12, 31))}
    assert set(LedgerTask.objects.exclude(recurs="").values_list("point__number", "recurs")) == {
        (16, "yearly")
    }
    assert points[7].role == "公共企事业单位相应行政主管部门"
