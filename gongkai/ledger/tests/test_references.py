"""District points that carry out city points: proposals, decisions, the city's overview."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gongkai.core import facts
from gongkai.core.clock import at
from gongkai.core.errors import InvalidInput, NotVisible, PermissionRefused, Refusal
from gongkai.ledger import planning, references
from gongkai.ledger.enums import ReferenceSource
from gongkai.ledger.models import Plan, PointReference, WorkPoint
from gongkai.ledger.tests.offices import NOW, PROJECTS, TAXES, TRAINING, Office, document
from gongkai.organisations.models import Unit, User
from tests.factories import UnitFactory, member, user_with

DAY = date(2022, 10, 18)
OWN_TAX = "公布减税降费清单。建立减税降费优惠政策清单并公开。（望城区财政局牵头）"
OWN_ELSE = "整治违法停车。对乱停乱放的车辆开展巡查。（望城区城管局牵头）"


class District:
    """A district with its office and a plan of its own."""

    def __init__(self, city: Office, unit: Unit, above: Plan, *points: str) -> None:
        self.unit = unit
        self.office = UnitFactory(
            kind="district_department", area=unit, parent=unit,
            short_name=f"{unit.short_name}审批局",
        )  # fmt: skip
        self.boss: User = user_with("supervisor", self.office)
        head = f"# {unit.short_name}2022年政务公开重点任务清单\n\n2022年5月25日\n"
        row = planning.import_open(
            office=self.office, data=document(*points, head=head), filename="q.md",
            member=member(self.boss), now=NOW,
        )  # fmt: skip
        self.plan = planning.import_confirm(
            import_id=row.pk, member=member(self.boss), now=NOW, refers_to=above
        )

    def point(self, number: int) -> WorkPoint:
        return self.plan.points.get(number=number, retired_at=None)


@pytest.fixture
def above(office: Office) -> Plan:
    return office.plan(TAXES, PROJECTS, TRAINING)


@pytest.fixture
def district(office: Office, above: Plan) -> District:
    return District(office, office.districts[5], above, OWN_TAX, OWN_ELSE)


def choose(
    district: District, number: int, above: list[WorkPoint], who: User | None = None
) -> None:
    references.references_set(
        point_id=district.point(number).pk, above_ids=[p.pk for p in above],
        member=member(who or district.boss), now=NOW,
    )  # fmt: skip


def links(district: District, number: int) -> list[tuple[int, str]]:
    rows = PointReference.objects.filter(point=district.point(number)).select_related("above")
    return [(row.above.number, row.source) for row in rows]


def test_confirming_proposes_what_is_alike_and_leaves_the_rest_open(district: District) -> None:
    assert links(district, 1) == [(1, ReferenceSource.PROPOSED)]
    assert links(district, 2) == []


def test_the_district_decides_several_or_none_and_it_is_on_record(
    district: District, above: Plan
) -> None:
    tax, work = above.points.get(number=1), above.points.get(number=2)
    choose(district, 1, [tax, work])
    assert links(district, 1) == [(1, "office"), (2, "office")]
    choose(district, 1, [])
    assert links(district, 1) == []
    last = facts.trail("ledger_point", district.point(1).pk)[-1]
    assert last.action == "ledger.reference.set" and last.details["above"] == []


def test_a_second_reading_does_not_undo_a_decision(district: District, above: Plan) -> None:
    choose(district, 1, [])
    assert references.propose(district.plan) == 0
    assert links(district, 1) == []


def test_only_live_points_of_the_named_city_plan_can_be_chosen(
    district: District, above: Plan, office: Office
) -> None:
    with pytest.raises(InvalidInput):
        choose(district, 1, [district.point(2)])
    retired = above.points.get(number=3)
    retired.retired_at = NOW
    retired.save()
    with pytest.raises(InvalidInput):
        choose(district, 1, [retired])


def test_the_city_does_not_decide_for_the_district(
    district: District, above: Plan, office: Office
) -> None:
    for who in (office.supervisor, user_with("editor", district.office)):
        with pytest.raises(PermissionRefused):
            choose(district, 1, [], who)
    with pytest.raises(NotVisible):
        references.references_set(
            point_id=98765, above_ids=[], member=member(district.boss), now=NOW
        )
    district.plan.closed_at = NOW
    district.plan.save()
    with pytest.raises(Refusal, match="封账"):
        choose(district, 1, [])


def test_the_overview_counts_districts_and_names_those_that_lack_a_point(
    office: Office, above: Plan, district: District
) -> None:
    other = District(office, office.districts[7], above, OWN_ELSE)
    found = references.coverage(above, DAY)
    assert len(found.districts) == 9
    assert {u.short_name for u in found.without_plan} == {u.short_name for u in found.districts} - {
        district.unit.short_name,
        other.unit.short_name,
    }
    tax, work, _ = found.points
    assert [(c.district, [p.title for p in c.points]) for c in tax.carried] == [
        (district.unit, [district.point(1).title])
    ]
    assert tax.lacking == (other.unit,)
    assert set(work.lacking) == {district.unit, other.unit} and work.carried == ()
    assert tax.tally["grey"] == 1 and tax.carried[0].light == "grey"


def test_the_light_of_a_district_is_that_of_its_own_points(
    office: Office, above: Plan, district: District
) -> None:
    district.point(1).tasks.update(deadline=date(2022, 9, 30))
    found = references.coverage(above, DAY)
    # Nobody answers for the task yet, so nobody is late.
    assert found.points[0].carried[0].light == "grey"
    task = district.point(1).tasks.first()
    assert task is not None
    task.assignments.create(unit=district.office, role="lead")
    assert references.coverage(above, DAY).points[0].carried[0].light == "red"


def test_the_overview_costs_the_same_for_any_number_of_districts(
    office: Office, above: Plan, district: District
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            references.coverage(above, DAY)
        return len(queries)

    District(office, office.districts[8], above, OWN_TAX, TRAINING)
    before = count()
    for unit in office.districts[:4]:
        District(office, unit, above, OWN_TAX, TRAINING)
    assert count() == before <= 11


def test_a_new_version_without_a_point_drops_its_references(
    office: Office, above: Plan, district: District
) -> None:
    row = planning.import_open(
        office=district.office, filename="q.md", member=member(district.boss), now=at(DAY, 9),
        data=document(OWN_ELSE, head="# 望城区2022年政务公开重点任务清单\n\n2022年5月25日\n"),
    )  # fmt: skip
    planning.import_confirm(import_id=row.pk, member=member(district.boss), now=at(DAY, 9))
    assert references.coverage(above, DAY).points[0].carried == ()
